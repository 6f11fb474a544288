"""W3C credentials as signed CBOR: COSE_Sign1 (RFC 9052) with JSON inside (VC-JOSE-COSE, section 3.3).

Of CBOR (RFC 8949) only what such a message needs is read and written, in the one shortest form it has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from gilde.credentials.errors import Altered, Unreadable, Unsupported
from gilde.credentials.keys.did import Method
from gilde.credentials.keys.kinds import PublicKey, SigningKey
from gilde.credentials.linked import strict
from gilde.credentials.proofs import jose, vc_jwt
from gilde.credentials.proofs.foreign import ForeignKey, ForeignSigningKey

VC: Final = "application/vc+cose"
VP: Final = "application/vp+cose"
_CONTENT: Final = {VC: "application/vc", VP: "application/vp"}
# Labels of the header: RFC 9052, section 3.1, and RFC 9596 for the type.
_ALG, _CRIT, _CONTENT_TYPE, _KID, _TYP = 1, 2, 3, 4, 16
_NUMBERS: Final = {"ES256": -7, "EdDSA": -8, "ES384": -35, "ES512": -36, "PS256": -37, "RS256": -257}
_NAMES: Final = {number: name for name, number in _NUMBERS.items()}
_SIGN1: Final = 18
_LARGEST: Final = 16 * 1024 * 1024


@dataclass(frozen=True)
class _Tagged:
    tag: int
    value: Any


def secure(document: Mapping[str, Any], key: SigningKey | ForeignSigningKey) -> bytes:
    """Return the credential as a COSE_Sign1 message of the type application/vc+cose."""
    vc_jwt.no_vc_claims(document)
    return _signed(document, key, VC)


def secure_presentation(document: Mapping[str, Any], key: SigningKey | ForeignSigningKey) -> bytes:
    """Return the presentation as a message of the type application/vp+cose; its credentials must be in envelopes."""
    vc_jwt.no_vc_claims(document)
    vc_jwt.envelopes_of(document)
    return _signed(document, key, VP)


def read(message: bytes, keyed: vc_jwt.Keyed) -> vc_jwt.Secured:
    """Return the credential of a message; raise as `vc_jwt.read` does."""
    claims, method = _verified(message, keyed, VC)
    return vc_jwt.as_credential(claims, method, "vc+cose")


def read_presentation(message: bytes, keyed: vc_jwt.Keyed) -> vc_jwt.Presented:
    """Return the presentation of a message; raise as `vc_jwt.read_presentation` does."""
    claims, method = _verified(message, keyed, VP)
    return vc_jwt.as_presentation(claims, method, "vp+cose")


def _signed(document: Mapping[str, Any], key: SigningKey | ForeignSigningKey, typ: str) -> bytes:
    algorithm = key.kind.algorithm if isinstance(key, SigningKey) else key.algorithm
    header = {
        _ALG: _NUMBERS[algorithm],
        _CONTENT_TYPE: _CONTENT[typ],
        **({_KID: key.method.encode()} if key.method else {}),
        _TYP: typ,
    }
    protected, payload = encode(header), jose.to_json(document)
    signature = key.sign(_to_be_signed(protected, payload))
    return encode(_Tagged(_SIGN1, [protected, {}, payload, signature]))


def _verified(message: bytes, keyed: vc_jwt.Keyed, typ: str) -> tuple[dict[str, Any], Method | None]:
    told = decode(message)
    parts = told.value if isinstance(told, _Tagged) and told.tag == _SIGN1 else told
    if not isinstance(parts, list) or [type(part) for part in parts] != [bytes, dict, bytes, bytes]:
        raise _no_message()
    protected, unprotected, payload, signature = parts
    header = decode(protected)
    if not isinstance(header, dict):
        raise _no_message()
    if _CRIT in header:
        raise Unsupported(
            _("The message asks for a way of signing that Gilde does not know."), "critical-header"
        )
    number = header.get(_ALG)
    algorithm = _NAMES.get(number) if isinstance(number, int) else None
    if algorithm is None:
        raise Unsupported(_("The message is signed in a way that Gilde does not know or trust."), "algorithm")
    if header.get(_TYP, typ) != typ:
        raise Unreadable(_("The message is of another type than is asked for here."), "typ")
    if header.get(_CONTENT_TYPE, _CONTENT[typ]) != _CONTENT[typ]:
        raise Unreadable(_("The message holds something else than is asked for here."), "cty")
    claims = strict.parse(payload)
    if not isinstance(claims, dict):
        raise _no_message()
    method = None
    if isinstance(keyed, PublicKey | ForeignKey):
        public: PublicKey | ForeignKey = keyed
    else:
        method = keyed(_method_url(header.get(_KID, unprotected.get(_KID))))
        public = method.public
    jose.check(algorithm, signature, _to_be_signed(protected, payload), public)
    if method is not None and claims.get("iss", method.controller) != method.controller:
        raise Altered(_("The credential was signed with another's key. Do not accept it."), "issuer-key")
    return claims, method


def _method_url(kid: object) -> str:
    try:
        url = kid.decode() if isinstance(kid, bytes) else ""
    except UnicodeDecodeError:
        url = ""
    if ":" not in url:
        raise Unsupported(
            _("The message does not say by which key of which issuer it is signed."), "no-key-named"
        )
    return url


def _to_be_signed(protected: bytes, payload: bytes) -> bytes:
    return encode(["Signature1", protected, b"", payload])


def encode(value: Any) -> bytes:
    """Return the value as CBOR; whole numbers, bytes, text, lists, maps and a tag are all that is known."""
    if isinstance(value, int):
        return _head(0, value) if value >= 0 else _head(1, -1 - value)
    if isinstance(value, bytes):
        return _head(2, len(value)) + value
    if isinstance(value, str):
        text = value.encode()
        return _head(3, len(text)) + text
    if isinstance(value, list):
        return _head(4, len(value)) + b"".join(encode(each) for each in value)
    if isinstance(value, _Tagged):
        return _head(6, value.tag) + encode(value.value)
    return _head(5, len(value)) + b"".join(encode(name) + encode(inner) for name, inner in value.items())


def decode(data: bytes) -> Any:
    """Return the value of CBOR as `encode` writes it; raise Unreadable for anything else, and for what follows it."""
    if len(data) > _LARGEST:
        raise _no_message()
    value, end = _read(data, 0, 0)
    if end != len(data):
        raise _no_message()
    return value


def _head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes([major << 5 | number])
    size = next(size for size in (1, 2, 4, 8) if number < 1 << 8 * size)
    return bytes([major << 5 | 24 + size.bit_length() - 1]) + number.to_bytes(size, "big")


def _read(data: bytes, at: int, depth: int) -> tuple[Any, int]:
    if at >= len(data) or depth > 8:
        raise _no_message()
    major, number = data[at] >> 5, data[at] & 31
    start = at + 1
    if number >= 24:
        size = 1 << number - 24
        if number > 27 or start + size > len(data):
            raise _no_message()
        number, start = int.from_bytes(data[start : start + size], "big"), start + size
        if _head(major, number) != data[at:start]:
            raise _no_message()
    if major in (0, 1):
        return (number if major == 0 else -1 - number), start
    if major in (2, 3):
        part = data[start : start + number]
        if len(part) != number:
            raise _no_message()
        return (part if major == 2 else _text(part)), start + number
    if major == 6:
        value, end = _read(data, start, depth + 1)
        return _Tagged(number, value), end
    if major == 7 or number > len(data):
        raise _no_message()
    items = []
    for _number in range(number * (2 if major == 5 else 1)):
        value, start = _read(data, start, depth + 1)
        items.append(value)
    if major == 4:
        return items, start
    names = items[::2]
    if any(type(name) not in (int, str) for name in names) or len(set(names)) != len(names):
        raise _no_message()
    return dict(zip(names, items[1::2], strict=True)), start


def _text(part: bytes) -> str:
    try:
        return part.decode()
    except UnicodeDecodeError:
        raise _no_message() from None


def _no_message() -> Unreadable:
    return Unreadable(
        _("This is no signed message (COSE_Sign1), or it was cut off or changed on the way."), "not-cose"
    )
