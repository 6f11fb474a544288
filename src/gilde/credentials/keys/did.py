"""Decentralised identifiers: did:key, which is a key, and did:web, which is an address.

Sources: did:key method 0.9; did:web method (W3C CCG), sections 2.1 and 2.5.2; DID Core 1.0, section 3.1.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

from django.utils.translation import gettext as _

from gilde.credentials.errors import Unreadable, Unsupported
from gilde.credentials.keys.documents import method_in, read_document, web_document
from gilde.credentials.keys.kinds import KeyKind, PublicKey, SigningKey
from gilde.credentials.keys.methods import PURPOSES, SIGNING, Method, Resolve

__all__ = [
    "PURPOSES",
    "SIGNING",
    "Method",
    "Resolve",
    "did_key",
    "did_of",
    "key_document",
    "method_in",
    "method_of_key",
    "new_key",
    "of_key",
    "read_document",
    "resolve_key",
    "web_did",
    "web_document",
    "web_url",
]

_KEY: Final = "did:key:"
_WEB: Final = "did:web:"
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# A host must end in a label that is not all digits: the method has names, never IP addresses.
_HOST: Final = rf"(?:{_LABEL}\.)*(?=[a-z0-9-]*[a-z-]){_LABEL}"
_PORT: Final = r"[1-9][0-9]{0,4}"
_SEGMENT: Final = r"(?!\.{1,2}(?::|/|$))(?:[A-Za-z0-9._-]|%(?!2[EFef]|5[Cc]|00)[0-9A-Fa-f]{2})+"
_WEB_FORM: Final = re.compile(rf"did:web:({_HOST})(?:%3[Aa]({_PORT}))?((?::{_SEGMENT})*)", re.ASCII)
_URL_FORM: Final = re.compile(rf"https://({_HOST})(?::({_PORT}))?((?:/{_SEGMENT})*)/?", re.ASCII)
_WELL_KNOWN: Final = "/.well-known"
_DOCUMENT: Final = "/did.json"


def did_key(public: PublicKey) -> str:
    """Return the did:key of a public key."""
    return _KEY + public.multikey()


def method_of_key(did: str) -> str:
    """Return the URL of the one verification method of a did:key."""
    return f"{did}#{did.removeprefix(_KEY)}"


def new_key(kind: KeyKind) -> SigningKey:
    """Return a new key whose signatures name its own did:key."""
    return of_key(SigningKey.generate(kind))


def of_key(key: SigningKey) -> SigningKey:
    """Return the key with the method of its own did:key."""
    return replace(key, method=method_of_key(did_key(key.public)))


def did_of(url: str) -> str:
    """Return the identifier in the URL of a verification method: what is before "#", "?" and "/"."""
    return url.split("#", 1)[0].split("?", 1)[0].split("/", 1)[0]


@lru_cache(maxsize=4096)
def resolve_key(url: str) -> Method:
    """Return the method that a did:key URL names; all that it says is in the URL.

    Raise Unsupported for another kind of identifier, Unreadable for a key that is none, or another's fragment.
    """
    if not url.startswith(_KEY):
        raise Unsupported(
            _("“%(url)s” is no did:key, so the key cannot be read from it.") % {"url": url[:200]},
            "did-method",
        )
    did, _hash, fragment = url.partition("#")
    text = did.removeprefix(_KEY)
    public = PublicKey.from_multikey(text)
    if fragment != text:
        raise Unreadable(
            _("“%(url)s” names no key: after “#” the key of the did:key must stand once more.")
            % {"url": url[:200]},
            "verification-method",
        )
    return Method(url, did, public, frozenset(SIGNING))


def key_document(did: str) -> dict[str, Any]:
    """Return the document of a did:key, made of the identifier alone; raise as `resolve_key` does."""
    return web_document(did, [resolve_key(method_of_key(did))])


def web_url(did: str) -> str:
    """Return where the document of a did:web is served, always by https; raise Unreadable for a wrong identifier."""
    found = _WEB_FORM.fullmatch(did)
    if found is None or len(did) > 2000 or int(found[2] or 0) > 65535:
        raise Unreadable(
            _(
                "“%(did)s” is no did:web; it should look like did:web:school.example or did:web:school.example:exams."
            )
            % {"did": did[:200]},
            "did-web",
        )
    host, port, path = found.groups()
    place = path.replace(":", "/") or _WELL_KNOWN
    return f"https://{host}{f':{port}' if port else ''}{place}{_DOCUMENT}"


def web_did(url: str) -> str:
    """Return the did:web whose document is at the address, or below it: the inverse of `web_url`.

    https://school.example, …/.well-known/did.json and …/exams/did.json are all read. Raise Unreadable for another
    scheme, an IP address, a query, and what did:web cannot hold.
    """
    found = _URL_FORM.fullmatch(url)
    if found is None or len(url) > 2000 or int(found[2] or 0) > 65535:
        raise Unreadable(
            _("No did:web can be made of “%(url)s”; it should look like https://school.example/exams.")
            % {"url": url[:200]},
            "did-web",
        )
    host, port, path = found.groups()
    path = path.removesuffix(_DOCUMENT)
    if path == _WELL_KNOWN:
        path = ""
    return f"{_WEB}{host}{f'%3A{port}' if port else ''}{path.replace('/', ':')}"
