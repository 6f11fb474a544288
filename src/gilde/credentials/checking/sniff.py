"""What was given: bytes of a file or pasted text, told apart by what is in it and never by its name.

Nothing is decoded here but JSON, which is read strictly once, and nothing is verified: what looks like a credential is
handed on as one, and its reader decides. What is none gets a sentence that says what can be given instead.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from urllib.parse import unquote

from django.utils.translation import gettext as _

from gilde.credentials.errors import TooMuch, Unreadable, Unsupported
from gilde.credentials.linked import strict

LARGEST: Final = 50 * 1024 * 1024  # bytes of a file
LONGEST: Final = 4096  # characters of a link


class Form(StrEnum):
    """What can be checked, by the way it is read."""

    CREDENTIAL = "credential"  # JSON-LD: W3C, Open Badges 3.0 or European, with a proof or without
    PRESENTATION = "presentation"  # JSON-LD with credentials in it
    ENVELOPED = (
        "enveloped"  # JSON-LD around a credential or presentation in another form (VC 2.0, section 4.13)
    )
    JADES = "jades"  # a seal around JSON (ETSI TS 119 182-1), as JSON or compact
    JWT = "jwt"
    SD_JWT = "sd-jwt"
    PNG_BADGE = "png-badge"
    SVG_BADGE = "svg-badge"
    IMAGE = "image"  # with a QR code, perhaps
    PDF = "pdf"
    LINK = "link"


@dataclass(frozen=True)
class Found:
    """What it is; `data` the file or the text in UTF-8, without what stood around it; `value` the JSON, if it is that.

    `header` is the protected header of a token, not verified.
    """

    form: Form
    data: bytes
    value: Any = None
    header: Mapping[str, Any] | None = None

    @property
    def text(self) -> str:
        """The same as text, for links and tokens."""
        return self.data.decode()


_TOKEN = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*")
_SD_JWT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*~[A-Za-z0-9_.~-]*")
_ENCRYPTED = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]*){4}")
_LINK = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):\S*")
_DATA = re.compile(r"data:([a-z0-9.+/-]*)((?:;[^;,]*)*),(.*)", re.IGNORECASE | re.DOTALL)
_SEALED = {"sigT", "sigD", "sigX5ts", "sigPl", "sigPId", "srCms", "srAts", "adoTst", "x5t#o"}
_BADGE_KEYWORDS = (b"openbadgecredential", b"openbadges")
_WALLET = (
    "openid-credential-offer",
    "openid4vp",
    "openid4vci",
    "haip",
    "eudi-openid4vp",
    "mdoc-openid4vp",
    "mdoc",
)


def sniff(given: bytes | str) -> Found:
    """Return what was given.

    Raises Unreadable when it is nothing that can be checked, or is broken JSON; TooMuch when it is too large;
    Unsupported when it is known and not read by Gilde. Each sentence says what to give instead.
    """
    if len(given) > LARGEST:
        raise TooMuch(
            _("This is larger than %(largest)s MB, which no credential is; give the credential itself.")
            % {"largest": LARGEST // 1048576},
            "too-large",
        )
    if isinstance(given, bytes):
        form = _by_signature(given)
        if form:
            return Found(form, given)
        given = _decoded(given)
    return _text(given, nested=False)


# Files by their first bytes


def _by_signature(data: bytes) -> Form | None:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        baked = any(kind in (b"iTXt", b"tEXt") and _is_badge(told) for kind, told in _chunks(data))
        return Form.PNG_BADGE if baked else Form.IMAGE
    if data.startswith(b"\xff\xd8\xff") or (data[:4] == b"RIFF" and data[8:12] == b"WEBP"):
        return Form.IMAGE
    if b"%PDF-" in data[:1024]:
        return Form.PDF
    if data.startswith((b"GIF8", b"BM", b"II*\x00", b"MM\x00*")) or data[4:8] == b"ftyp":
        raise Unsupported(
            _(
                "This picture or film is in a form that is not read; save it as PNG or JPEG, or make a screenshot."
            ),
            "picture-kind",
        )
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        raise _packed(data)
    if data.startswith((b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"BZh", b"\xfd7zXZ")):
        raise _archive()
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise _office()
    return None


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the kind and the first bytes of each chunk of a PNG, as far as they are whole."""
    at = 8
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        kind = data[at + 4 : at + 8]
        yield kind, data[at + 8 : at + 8 + min(length, 80)]
        at += 12 + length


def _is_badge(told: bytes) -> bool:
    return told.partition(b"\x00")[0].lower() in _BADGE_KEYWORDS


def _packed(data: bytes) -> Unsupported:
    office = (b"[Content_Types].xml", b"mimetypeapplication/vnd.oasis", b"_rels/", b"word/", b"xl/")
    return _office() if any(name in data[30:200] for name in office) else _archive()


def _archive() -> Unsupported:
    return Unsupported(_("This is an archive of files; unpack it and give its files one by one."), "archive")


def _office() -> Unsupported:
    return Unsupported(
        _(
            "This is a document of an office program, in which no credential is kept; "
            "give the PDF, the picture or the file that the issuer sent."
        ),
        "office",
    )


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError:
            raise _nothing() from None
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise _nothing() from None
    if "\x00" in text:
        raise _nothing()
    return text


# Text


def _text(given: str, *, nested: bool) -> Found:
    text = given.removeprefix("\ufeff").strip()
    if not text:
        raise Unreadable(
            _(
                "Nothing was given; choose a file, take a photo of a QR code, or paste a link or a credential."
            ),
            "nothing",
        )
    if text[0] in '{["':
        return _json(text, nested=nested)
    if text[0] == "<":
        return _marked_up(text)
    if found := _token("".join(text.split())):
        return found
    if _LINK.fullmatch(text):
        if len(text) > LONGEST:
            raise TooMuch(_("This link is longer than any that leads to a credential."), "long-link")
        return Found(Form.LINK, text.encode())
    if not nested and (told := _DATA.fullmatch(text)):
        return _of_data_url(*told.groups())
    if scheme := _SCHEME.fullmatch(text):
        raise _other_scheme(scheme[1].lower())
    raise _nothing()


def _token(text: str) -> Found | None:
    """Return the token that the text is; line breaks in it, as mail programs make them, are already gone."""
    if _ENCRYPTED.fullmatch(text) and _header(text):
        raise Unsupported(
            _("This credential is encrypted for another reader; ask its holder for one that is not."),
            "encrypted",
        )
    selective = _SD_JWT.fullmatch(text)
    header = _header(text) if selective or _TOKEN.fullmatch(text) else None
    if header is None:
        return None
    if selective:
        form = Form.SD_JWT
    else:
        form = Form.JADES if _SEALED & header.keys() else Form.JWT
    return Found(form, text.encode(), header=header)


def _header(token: str) -> dict[str, Any] | None:
    """Return the protected header, when the first part is a JSON object. Raises Unreadable for an ambiguous one."""
    part = token.partition(".")[0]
    try:
        header = strict.parse(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)), largest=1 << 20)
    except binascii.Error:
        return None
    except Unreadable as error:
        if error.reason in ("not-json", "not-utf8"):
            return None
        raise
    return header if isinstance(header, dict) else None


def _json(text: str, *, nested: bool) -> Found:
    value = strict.parse(text)
    if isinstance(value, str) and not nested:
        return _text(value, nested=True)
    if isinstance(value, dict):
        return _object(value, text, nested=nested)
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict) and not nested:
        return _object(value[0], json.dumps(value[0], ensure_ascii=False), nested=True)
    raise _no_credential()


def _object(value: dict[str, Any], text: str, *, nested: bool) -> Found:
    data = text.encode()
    if isinstance(value.get("payload"), str) and ("signatures" in value or "signature" in value):
        return Found(Form.JADES, data, value)
    types = value.get("type", value.get("@type", []))
    types = {each for each in (types if isinstance(types, list) else [types]) if isinstance(each, str)}
    if "@context" in value and types:
        if types & {"EnvelopedVerifiableCredential", "EnvelopedVerifiablePresentation"}:
            return Found(Form.ENVELOPED, data, value)
        if "VerifiablePresentation" in types:
            return Found(Form.PRESENTATION, data, value)
        if "VerifiableCredential" in types:
            return Found(Form.CREDENTIAL, data, value)
        if types & {"Assertion", "BadgeClass", "Profile"}:
            raise Unsupported(
                _(
                    "This is an Open Badge of version 2, which carries no proof of its own; "
                    "ask the issuer for one of version 3."
                ),
                "open-badge-2",
            )
    if not nested:
        # What an interface of issuers answers, and what wallets save: one credential and nothing else that matters.
        for name in ("verifiableCredential", "verifiablePresentation", "credential"):
            inner = value.get(name)
            if isinstance(inner, str):
                return _text(inner, nested=True)
            if isinstance(inner, dict):
                return _object(inner, json.dumps(inner, ensure_ascii=False), nested=True)
    raise _no_credential()


def _marked_up(text: str) -> Found:
    head = text[:4096].lower()
    if "<svg" in head or ":svg" in head:
        if "openbadges:credential" in text or "openbadges:assertion" in text or "imsglobal.org/ob/" in text:
            return Found(Form.SVG_BADGE, text.encode())
        raise Unreadable(
            _("There is no credential in this SVG picture; give the file or the link that the issuer sent."),
            "plain-svg",
        )
    if "<!doctype html" in head or "<html" in head:
        raise Unreadable(
            _("This is a web page and no credential; give the link to it, or the file that the page offers."),
            "html",
        )
    raise Unsupported(
        _("This is XML, in which no credential is read; ask the issuer for JSON or PDF."), "xml"
    )


def _of_data_url(kind: str, options: str, content: str) -> Found:
    """Return what a data: URL holds (RFC 2397), as enveloped credentials and copied pictures are written."""
    if options.lower().endswith(";base64"):
        try:
            data = base64.b64decode(unquote(content), validate=True)
        except (binascii.Error, ValueError):
            raise _nothing() from None
    else:
        data = unquote(content).encode()
    form = _by_signature(data)
    return Found(form, data) if form else _text(_decoded(data), nested=True)


def _other_scheme(scheme: str) -> Unreadable | Unsupported:
    if scheme in _WALLET:
        return Unsupported(
            _(
                "This code is for a wallet and holds no credential; open it with the wallet on your telephone."
            ),
            "wallet-link",
        )
    if scheme in ("did", "urn"):
        return Unreadable(
            _("This is the name of someone or something and no credential; give the credential itself."),
            "name-only",
        )
    return _nothing()


def _no_credential() -> Unreadable:
    return Unreadable(
        _(
            "This is JSON and no credential that is known: a W3C credential, an Open Badge 3.0 or a European Digital "
            "Credential, signed or sealed. Give the file as the issuer sent it."
        ),
        "no-credential",
    )


def _nothing() -> Unreadable:
    return Unreadable(
        _(
            "No credential is recognised in this. What can be checked: the file of a credential (JSON, JWT, SD-JWT), "
            "a badge (PNG or SVG), a PDF certificate, a picture with a QR code, or a link to any of them."
        ),
        "unknown",
    )
