"""Documents that publish keys, made and read strictly.

Source: Controlled Identifiers 1.0, sections 2.1 to 2.3 and 3.3; DID Core 1.0, section 5. `expires` and `revoked`
are theirs. A key that was only replaced has neither, since others then refuse all that it ever signed: its period is
told in two terms of our own, which the document defines itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from gilde.core.errors import GildeError
from gilde.credentials.errors import Unreadable, Unsupported
from gilde.credentials.keys.instants import read_instant, write_instant
from gilde.credentials.keys.kinds import KeyKind, PublicKey
from gilde.credentials.keys.methods import PURPOSES, Method
from gilde.credentials.linked.strict import parse

Json = Mapping[str, Any]

_PERIOD: Final = {
    term: {"@id": f"urn:gilde:key#{term}", "@type": "http://www.w3.org/2001/XMLSchema#dateTime"}
    for term in ("usedSince", "usedUntil")
}
_CONTEXT: Final = ("https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1")
# The member in which each type of method has its key.
_TYPES: Final = {
    "Multikey": "publicKeyMultibase",
    "Ed25519VerificationKey2020": "publicKeyMultibase",
    "JsonWebKey": "publicKeyJwk",
    "JsonWebKey2020": "publicKeyJwk",
}
_SECRET: Final = (
    "secretKeyMultibase",
    "secretKeyJwk",
    "privateKeyMultibase",
    "privateKeyJwk",
    "privateKeyBase58",
)


def web_document(did: str, methods: Iterable[Method]) -> dict[str, Any]:
    """Return the document that publishes the methods as Multikey; the compromised ones are marked revoked.

    Raise ValueError for a method of another identifier.
    """
    listed = list(methods)
    if stray := [each.id for each in listed if each.controller != did or not each.id.startswith(f"{did}#")]:
        raise ValueError(f"not methods of {did}: {stray}")
    dated = any(each.since or each.until for each in listed)
    named = {
        purpose: ids
        for purpose in PURPOSES
        if (ids := [each.id for each in listed if purpose in each.purposes])
    }
    return {
        "@context": [*_CONTEXT, _PERIOD] if dated else list(_CONTEXT),
        "id": did,
        "verificationMethod": [_written(each) for each in listed],
        **named,
    }


def read_document(data: bytes, did: str) -> dict[str, Method]:
    """Return the methods of the document by their URL, leaving out those that Gilde cannot use.

    Raise Unreadable for what is no document of this identifier. `method_in` tells what is wrong with one method.
    """
    found: dict[str, Method] = {}
    for url, told, purposes in _told(data, did):
        try:
            found[url] = _read(url, told, did, purposes)
        except GildeError:
            continue
    return found


def method_in(data: bytes, did: str, url: str) -> Method:
    """Return one method of the document.

    Raise Unreadable when the document or the method is wrong or the method is not there, Unsupported for its type.
    """
    for each, told, purposes in _told(data, did):
        if each == url:
            return _read(url, told, did, purposes)
    raise Unreadable(
        _("The document of %(did)s has no key “%(url)s”; it was removed, or never was there.")
        % {"did": did, "url": url[:200]},
        "verification-method",
    )


def _written(method: Method) -> dict[str, str]:
    told = {
        "id": method.id,
        "type": "Multikey",
        "controller": method.controller,
        "publicKeyMultibase": method.public.multikey(),
    }
    moments = {"usedSince": method.since, "usedUntil": method.until, "revoked": method.compromised}
    return told | {term: write_instant(moment) for term, moment in moments.items() if moment}


def _told(data: bytes, did: str) -> Iterator[tuple[str, Json, frozenset[str]]]:
    """Yield each method with its absolute URL and the purposes that name it, or in which it stands."""
    document = parse(data)
    if not isinstance(document, dict):
        raise _wrong(_("the whole is no JSON object"), "document")
    if document.get("id") != did:
        raise _wrong(_("it is the document of another identifier"), "document-id")
    methods: dict[str, Json] = {}
    purposes: dict[str, set[str]] = {}

    def add(told: object) -> str:
        if not isinstance(told, dict) or not isinstance(told.get("id"), str):
            raise _wrong(_("a method has no identifier"), "document")
        url = _absolute(told["id"], did)
        if url in methods:
            raise _wrong(_("two methods have the same identifier"), "document")
        methods[url] = told
        return url

    for told in _list(document, "verificationMethod"):
        add(told)
    for purpose in PURPOSES:
        for each in _list(document, purpose):
            url = _absolute(each, did) if isinstance(each, str) else add(each)
            purposes.setdefault(url, set()).add(purpose)
    for url, told in methods.items():
        yield url, told, frozenset(purposes.get(url, ()))


def _read(url: str, told: Json, did: str, purposes: frozenset[str]) -> Method:
    form = told.get("type")
    if not isinstance(form, str) or form not in _TYPES:
        raise Unsupported(
            _("The key “%(url)s” is of the type “%(type)s”, which Gilde does not know.")
            % {"url": url[:200], "type": str(form)[:60]},
            "method-type",
        )
    if any(name in told for name in _SECRET):
        raise _wrong(_("a secret key is published in it"), "secret-published")
    if told.get("controller") != did:
        raise _wrong(_("a key says that somebody else controls it"), "controller")
    if not url.startswith(f"{did}#"):
        raise _wrong(_("a key has an identifier of somebody else"), "verification-method")
    member = _TYPES[form]
    if {"publicKeyMultibase", "publicKeyJwk", "publicKeyBase58"}.intersection(told) != {member}:
        raise _wrong(_("a key is not in the one form that its type has"), "verification-method")
    read = PublicKey.from_jwk if member == "publicKeyJwk" else PublicKey.from_multikey
    public = read(told[member])
    if form == "Ed25519VerificationKey2020" and public.kind is not KeyKind.ED25519:
        raise _wrong(_("a key is of another kind than its type"), "verification-method")
    ends = [moment for term in ("usedUntil", "expires") if (moment := _moment(told, term))]
    return Method(
        url,
        did,
        public,
        purposes,
        since=_moment(told, "usedSince"),
        until=min(ends, default=None),
        compromised=_moment(told, "revoked"),
    )


def _moment(told: Json, term: str) -> datetime | None:
    return read_instant(told[term]) if term in told else None


def _list(document: Json, name: str) -> list[Any]:
    value = document.get(name, [])
    if isinstance(value, list):
        return value
    if isinstance(value, dict | str):  # a set of one may be written without brackets
        return [value]
    raise _wrong(_("“%(name)s” is no list") % {"name": name}, "document")


def _absolute(url: str, did: str) -> str:
    return did + url if url.startswith("#") else url


def _wrong(what: str, reason: str) -> Unreadable:
    return Unreadable(
        _("The document that publishes the issuer's keys is wrong: %(what)s.") % {"what": what}, reason
    )
