"""Digests of what a credential refers to: related resources, and whether they are what the issuer saw.

W3C Verifiable Credentials Data Model 2.0, section 5.3; Subresource Integrity, section 3.5. Nothing is fetched: what
Gilde has in itself is compared, and of the rest `unchecked` tells.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from gilde.credentials.errors import Unreadable
from gilde.credentials.keys import base58
from gilde.credentials.model_values import broken, check_id, listed, things

Digests = Mapping[int, str]  # length in bytes → hexadecimal digest: 32 SHA-256, 48 SHA-384, 64 SHA-512

_V1: Final = "https://www.w3.org/2018/credentials/v1"
_V2: Final = "https://www.w3.org/ns/credentials/v2"
_OB: Final = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"

# The bytes of the contexts as published, of which Gilde has the compiled tables; equal by test to the official files.
KNOWN: Final[Mapping[str, Digests]] = {
    _V1: {
        32: "ab4ddd9a531758807a79a5b450510d61ae8d147eab966cc9a200c07095b0cdcc",
        48: "82c3b3eab863754bbfd2b9f17d8d6db9f61169f301cbf0b05e1fc4beb5f5c51d"
        "d4d2e888c274f49c3fbb2408f61faed1",
        64: "536a40b390dda94a9e39196c00090f62668e8184fe3c8c02c4a22c85666e68bf"
        "6e85d3dc7f2dba85b2b62ef95d97de24132568d8504db43f2c9c82d2e88418d2",
    },
    _V2: {
        32: "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
        48: "97f1eb8e5042356c805fdd61afa2c557663785e0794dcafa21e138fd38def18c"
        "b360133c221aa31d6896a6bf3e65b614",
        64: "5d55452bd2dcf8a29f5a290473eb242b1c5fb77d4e68f1a0aa87baa4dba26948"
        "52d65ec63d48ac04a99d956f9f7153b9406f84d2d04c74869b02c239a1d81305",
    },
    _OB: {
        32: "ef2fa9c7846dce233cc166b43639027278be4ee44f00bb1d45c75de2dd0cd761",
        48: "c859f6c00a1e0013ee79c1e5cc7566b6dfa6c28971c46ce1ab3221cdfba2b6c6"
        "d86e630e567d03c0c780bc2f9ad517a4",
        64: "efb12b27bf61402ca251e395626310dc0a3db076a4d7e4a9bdbef9fef967655d"
        "9b2bc73b93e12ea8248c283904f4d700706c73a9ad6252ffc6eb907d97c70b76",
    },
}
# Drafts of them that credentials still refer to: that of July 2024.
EARLIER: Final[Mapping[str, tuple[Digests, ...]]] = {
    _V2: (
        {
            32: "24a18c90e9856d526111f29376e302d970b2bd10182e33959995b0207d7043b9",
            48: "35239c36999d2155312091af194a1edb61634d6ad789a5e5b19f2aebdd762dd9"
            "d1dcaada40eda7ef921c6b8c0ae107a0",
        },
    )
}
_SRI: Final = re.compile(r"(sha256|sha384|sha512)-([A-Za-z0-9+/_-]+={0,2})(\?[\x21-\x7e]*)?")
_SIZES: Final = {"sha256": 32, "sha384": 48, "sha512": 64}
_MULTIHASH: Final = {
    b"\x12\x20": 32,
    b"\x20\x30": 48,
    b"\x13\x40": 64,
}  # code and length of SHA-256, -384, -512


def check_resources(document: Mapping[str, Any], at: str = "") -> None:
    """Check `relatedResource`: each with an address of its own and a digest, which fits what Gilde has of it."""
    seen: set[str] = set()
    for pointer, each in things(document, "relatedResource", at):
        check_id(each, pointer, needed=True)
        if each["id"] in seen:
            what = _("a resource stands that was named before")
            raise broken(f"{pointer}/id", what, "related-twice")
        seen.add(each["id"])
        found = list(_digests(each, pointer))
        if not found:
            raise broken(pointer, _("a digest (digestSRI or digestMultibase) is missing"), "digest")
        known = KNOWN.get(each["id"])
        versions = (known, *EARLIER.get(each["id"], ())) if known else ()
        if versions and not any(all(v.get(len(d)) == d.hex() for d in found) for v in versions):
            what = _("the digest is not that of the resource")
            raise broken(pointer, what, "digest-differs")


def unchecked(document: Mapping[str, Any]) -> list[str]:
    """Return the addresses of related resources whose digest was not compared with anything."""
    return [each["id"] for _pointer, each in things(document, "relatedResource") if each["id"] not in KNOWN]


def _digests(resource: Mapping[str, Any], pointer: str) -> Iterator[bytes]:
    for member, read in (("digestSRI", _sri), ("digestMultibase", _multibase)):
        if member not in resource:
            continue
        for text in listed(resource[member]):
            digests = read(text) if isinstance(text, str) else None
            if not digests:
                what = _("a digest by SHA-256, SHA-384 or SHA-512 must stand")
                raise broken(f"{pointer}/{member}", what, "digest")
            yield from digests


def _sri(text: str) -> list[bytes] | None:
    found = []
    for part in text.split():
        match = _SRI.fullmatch(part)
        digest = _base64(match[2]) if match else None
        if match is None or digest is None or len(digest) != _SIZES[match[1]]:
            return None
        found.append(digest)
    return found


def _multibase(text: str) -> list[bytes] | None:
    """Return the digest of a multibase text, with or without the multihash header: both are in use."""
    try:
        data = base58.from_multibase(text) if text[:1] == "z" else _base64(text[1:])
    except Unreadable:
        return None
    if data is None or text[:1] not in ("z", "u") or "=" in text:
        return None
    if len(data) in _SIZES.values():
        return [data]
    return [data[2:]] if _MULTIHASH.get(data[:2]) == len(data) - 2 else None


def _base64(text: str) -> bytes | None:
    plain = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except binascii.Error:
        return None
