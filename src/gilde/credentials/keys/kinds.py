"""Kinds of keys, and keys that sign and verify: Ed25519 (RFC 8032), ECDSA on P-256 and P-384 (FIPS 186-5).

A public key is its bytes alone (for curves, the compressed point), so that two of the same key are equal. It is
read and written as Multikey (Controlled Identifiers 1.0, section 2.2.2) and as JWK (RFC 7517, 7518, 8037).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from django.utils.translation import gettext as _
from nacl.bindings import crypto_sign_open
from nacl.exceptions import BadSignatureError

from gilde.credentials.errors import Unreadable, Unsupported
from gilde.credentials.keys.base58 import from_multibase, to_multibase

Private = Ed25519PrivateKey | ec.EllipticCurvePrivateKey
Public = Ed25519PublicKey | ec.EllipticCurvePublicKey


class KeyKind(StrEnum):
    """The curve, called as JWK calls it (`crv`)."""

    ED25519 = "Ed25519"
    P256 = "P-256"
    P384 = "P-384"

    @property
    def algorithm(self) -> str:
        """What JOSE calls a signature with it (RFC 7518, RFC 8037)."""
        return {"Ed25519": "EdDSA", "P-256": "ES256", "P-384": "ES384"}[self]

    @property
    def size(self) -> int:
        """Bytes of a coordinate and of a secret."""
        return 48 if self is KeyKind.P384 else 32


# Multicodec: what stands before the bytes of a public key and of a secret one.
_PUBLIC: Final = {
    KeyKind.ED25519: b"\xed\x01",
    KeyKind.P256: b"\x80\x24",
    KeyKind.P384: b"\x81\x24",
}
_SECRET: Final = {
    KeyKind.ED25519: b"\x80\x26",
    KeyKind.P256: b"\x86\x26",
    KeyKind.P384: b"\x87\x26",
}
_CURVES: Final[Mapping[KeyKind, ec.EllipticCurve]] = {
    KeyKind.P256: ec.SECP256R1(),
    KeyKind.P384: ec.SECP384R1(),
}
_HASHES: Final = {KeyKind.P256: ec.ECDSA(hashes.SHA256()), KeyKind.P384: ec.ECDSA(hashes.SHA384())}
_KIND_OF_CURVE: Final = {curve.name: kind for kind, curve in _CURVES.items()}
_FIELD: Final = 2**255 - 19
_D: Final = -121665 * pow(121666, -1, _FIELD) % _FIELD
# The y of the eight points of small order: whoever has such a "key" can make one signature fit many texts.
_OF_EIGHT: Final = 55188659117513257062467267217118295137698188065244968500265048394206261417927
_SMALL: Final = frozenset({0, 1, _FIELD - 1, _OF_EIGHT, _FIELD - _OF_EIGHT})
_BASE64URL: Final = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True)
class PublicKey:
    """A key that verifies. `raw` is 32 bytes for Ed25519, 33 or 49 for a compressed point of P-256 or P-384."""

    kind: KeyKind
    raw: bytes

    def __post_init__(self) -> None:
        """Raise Unreadable unless the bytes are a point of the curve, and not one of small order."""
        self.loaded  # noqa: B018

    @cached_property
    def loaded(self) -> Public:
        """The same as a key of `cryptography`."""
        return _loaded(self.kind, self.raw)

    def verify(self, signature: bytes, data: bytes) -> bool:
        """Tell whether this key's owner signed the data; False too for a signature of wrong length.

        A signature of ECDSA is r and s one after the other, never DER; P-256 goes with SHA-256, P-384 with SHA-384.
        """
        size = self.kind.size
        if len(signature) != 2 * size:
            return False
        key = self.loaded
        try:
            if isinstance(key, Ed25519PublicKey):
                # libsodium needs half the time of OpenSSL, and refuses points of small order in the signature, too.
                crypto_sign_open(signature + data, self.raw)
            else:
                r, s = int.from_bytes(signature[:size], "big"), int.from_bytes(signature[size:], "big")
                key.verify(encode_dss_signature(r, s), data, _HASHES[self.kind])
        except (InvalidSignature, BadSignatureError):
            return False
        return True

    def multikey(self) -> str:
        """Return the value of `publicKeyMultibase`."""
        return to_multibase(_PUBLIC[self.kind] + self.raw)

    @classmethod
    def from_multikey(cls, text: object) -> PublicKey:
        """Return the key of a `publicKeyMultibase`; raise Unreadable, or Unsupported for another kind of key."""
        return _from_multikey(text) if isinstance(text, str) else cls(*_read_multikey(text, _PUBLIC))

    def jwk(self) -> dict[str, str]:
        """Return the members that make the key, and no others."""
        key = self.loaded
        if isinstance(key, Ed25519PublicKey):
            return {"kty": "OKP", "crv": self.kind.value, "x": base64url(self.raw)}
        numbers, size = key.public_numbers(), self.kind.size
        x, y = numbers.x.to_bytes(size, "big"), numbers.y.to_bytes(size, "big")
        return {"kty": "EC", "crv": self.kind.value, "x": base64url(x), "y": base64url(y)}

    @classmethod
    def from_jwk(cls, jwk: object) -> PublicKey:
        """Return the key of a public JWK.

        Raise Unreadable for a broken one, for one with a secret in it, and for one that is not for verifying;
        Unsupported for a kind of key that Gilde does not sign with.
        """
        if not isinstance(jwk, Mapping):
            raise Unreadable(_("A JWK must be a JSON object."), "jwk")
        if "d" in jwk or "k" in jwk:
            raise Unreadable(
                _("A public JWK holds a secret key; it must be withdrawn at once."), "secret-in-jwk"
            )
        kind = _kind_of_jwk(jwk)
        size = kind.size
        x = _member(jwk, "x", size)
        if kind is KeyKind.ED25519:
            if "y" in jwk:
                raise Unreadable(_("A JWK of Ed25519 has no member “y”."), "jwk")
            return cls(kind, x)
        y = _member(jwk, "y", size)
        numbers = ec.EllipticCurvePublicNumbers(
            int.from_bytes(x, "big"), int.from_bytes(y, "big"), _CURVES[kind]
        )
        try:
            return cls.of(numbers.public_key())
        except ValueError:
            raise _off_curve() from None

    def thumbprint(self) -> str:
        """Return the SHA-256 thumbprint of the JWK in base64url (RFC 7638)."""
        members = sorted(self.jwk().items())
        text = "{" + ",".join(f'"{name}":"{value}"' for name, value in members) + "}"
        return base64url(hashlib.sha256(text.encode()).digest())

    @classmethod
    def of(cls, key: object) -> PublicKey:
        """Return a public key of `cryptography` as one of ours; raise Unsupported for RSA and other curves."""
        if isinstance(key, Ed25519PublicKey):
            return cls(KeyKind.ED25519, key.public_bytes_raw())
        if isinstance(key, ec.EllipticCurvePublicKey) and (kind := _KIND_OF_CURVE.get(key.curve.name)):
            form = serialization.PublicFormat.CompressedPoint
            return cls(kind, key.public_bytes(serialization.Encoding.X962, form))
        raise _unsupported(type(key).__name__)


@dataclass(frozen=True)
class SigningKey:
    """A key that signs, with the verification method that its signatures name. Printing it shows no secret."""

    kind: KeyKind
    private: Private = field(repr=False, compare=False, hash=False)
    method: str

    def sign(self, data: bytes) -> bytes:
        """Return the signature: 64 bytes, or 96 for P-384 (r and s one after the other)."""
        if isinstance(self.private, Ed25519PrivateKey):
            return self.private.sign(data)
        size = self.kind.size
        r, s = decode_dss_signature(self.private.sign(data, _HASHES[self.kind]))
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")

    @cached_property
    def public(self) -> PublicKey:
        """The key that verifies what this one signs."""
        return PublicKey.of(self.private.public_key())

    @classmethod
    def generate(cls, kind: KeyKind, method: str = "") -> SigningKey:
        """Return a new key; `keys.did.new_key` makes one that is its own identity."""
        if kind is KeyKind.ED25519:
            return cls(kind, Ed25519PrivateKey.generate(), method)
        return cls(kind, ec.generate_private_key(_CURVES[kind]), method)

    def secret(self) -> bytes:
        """Return the secret itself: the seed of Ed25519, or the number of a curve; 32 or 48 bytes, big-endian."""
        if isinstance(self.private, Ed25519PrivateKey):
            return self.private.private_bytes_raw()
        return self.private.private_numbers().private_value.to_bytes(self.kind.size, "big")

    @classmethod
    def of_secret(cls, kind: KeyKind, secret: bytes, method: str = "") -> SigningKey:
        """Return the key of a secret; raise Unreadable unless it has the size, and is in the range, of its kind."""
        if len(secret) != kind.size:
            raise _wrong_length(kind)
        if kind is KeyKind.ED25519:
            return cls(kind, Ed25519PrivateKey.from_private_bytes(secret), method)
        try:
            private = ec.derive_private_key(int.from_bytes(secret, "big"), _CURVES[kind])
        except ValueError:
            raise Unreadable(_("The secret key is no number of its curve."), "key-range") from None
        return cls(kind, private, method)

    def secret_multikey(self) -> str:
        """Return the value of `secretKeyMultibase`."""
        return to_multibase(_SECRET[self.kind] + self.secret())

    @classmethod
    def from_secret_multikey(cls, text: object, method: str = "") -> SigningKey:
        """Return the key of a `secretKeyMultibase`; raise Unreadable, or Unsupported for another kind of key."""
        return cls.of_secret(*_read_multikey(text, _SECRET), method)

    def secret_jwk(self) -> dict[str, str]:
        """Return the JWK with its secret member `d`."""
        return {**self.public.jwk(), "d": base64url(self.secret())}

    @classmethod
    def from_secret_jwk(cls, jwk: Mapping[str, Any], method: str = "") -> SigningKey:
        """Return the key of a secret JWK; raise Unreadable when its halves are not of one key."""
        told = PublicKey.from_jwk(
            {name: value for name, value in jwk.items() if name not in ("d", "key_ops")}
        )
        key = cls.of_secret(told.kind, _member(jwk, "d", told.kind.size), method)
        if key.public != told:
            raise Unreadable(_("The secret and the public part of a JWK are not of one key."), "jwk")
        return key

    @classmethod
    def of(cls, private: object, method: str = "") -> SigningKey:
        """Return a private key of `cryptography` as one of ours; raise Unsupported for RSA and other curves."""
        if isinstance(private, Ed25519PrivateKey):
            return cls(KeyKind.ED25519, private, method)
        if isinstance(private, ec.EllipticCurvePrivateKey) and (
            kind := _KIND_OF_CURVE.get(private.curve.name)
        ):
            return cls(kind, private, method)
        raise _unsupported(type(private).__name__)

    def __reduce__(self) -> str | tuple[Any, ...]:
        """Refuse to be written by accident into a cache, a job or a session."""
        raise TypeError("a signing key is never pickled")


def base64url(data: bytes) -> str:
    """Return the bytes in base64url without padding (RFC 7515, section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_base64url(text: object) -> bytes:
    """Return the bytes; raise Unreadable for padding, other characters, and bits that no encoder would set."""
    if isinstance(text, str) and _BASE64URL.fullmatch(text) and len(text) % 4 != 1:
        try:
            data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        except (binascii.Error, ValueError):
            data = b""
        if base64url(data) == text:
            return data
    raise Unreadable(_("A value is not base64url without padding."), "base64url")


def _read_multikey(text: object, headers: Mapping[KeyKind, bytes]) -> tuple[KeyKind, bytes]:
    data = from_multibase(text)
    for kind, header in headers.items():
        if data.startswith(header):
            return kind, data[len(header) :]
    raise _unsupported(data[:2].hex())


@lru_cache(maxsize=4096)
def _from_multikey(text: str) -> PublicKey:
    return PublicKey(*_read_multikey(text, _PUBLIC))


def _loaded(kind: KeyKind, raw: bytes) -> Public:
    if len(raw) != kind.size + (kind is not KeyKind.ED25519):
        raise _wrong_length(kind)
    if kind is KeyKind.ED25519:
        if not _is_sound_point(raw):
            raise _off_curve()
        return Ed25519PublicKey.from_public_bytes(raw)
    if raw[0] not in (2, 3):
        raise _off_curve()
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(_CURVES[kind], raw)
    except ValueError:
        raise _off_curve() from None


def _is_sound_point(raw: bytes) -> bool:
    """Tell whether the bytes are a point of edwards25519, in the one form it has, and not of small order."""
    y = int.from_bytes(raw, "little") & (2**255 - 1)
    if y >= _FIELD or y in _SMALL:
        return False
    # x² = (y² - 1) / (dy² + 1) has a root when the product of the two has (RFC 8032, section 5.1.3).
    product = (y * y - 1) * (_D * y * y + 1) % _FIELD
    return pow(product, (_FIELD - 1) // 2, _FIELD) == 1


def _kind_of_jwk(jwk: Mapping[str, Any]) -> KeyKind:
    family, curve = jwk.get("kty"), jwk.get("crv")
    kind = next((kind for kind in KeyKind if kind.value == curve), None)
    if kind is None or family != ("OKP" if kind is KeyKind.ED25519 else "EC"):
        raise _unsupported(f"{family} {curve}")
    if jwk.get("alg", kind.algorithm) not in (kind.algorithm, kind.value):
        raise Unreadable(_("A JWK says it is for another algorithm than its key can do."), "jwk")
    if jwk.get("use", "sig") != "sig" or "verify" not in jwk.get("key_ops", ["verify"]):
        raise Unreadable(_("A JWK says it is not for verifying signatures."), "jwk")
    return kind


def _member(jwk: Mapping[str, Any], name: str, size: int) -> bytes:
    value = from_base64url(jwk.get(name))
    if len(value) != size:
        raise Unreadable(
            _("The member “%(name)s” of a JWK has %(is)s bytes and must have %(must)s.")
            % {"name": name, "is": len(value), "must": size},
            "key-length",
        )
    return value


def _wrong_length(kind: KeyKind) -> Unreadable:
    return Unreadable(
        _("A key of the kind %(kind)s has the wrong length; it was cut or is of another kind.")
        % {"kind": kind.value},
        "key-length",
    )


def _off_curve() -> Unreadable:
    return Unreadable(_("A key is no point of its curve; nobody can have signed with it."), "key-point")


def _unsupported(what: str) -> Unsupported:
    return Unsupported(
        _("The key is of a kind that Gilde does not know (%(what)s); it knows Ed25519, P-256 and P-384.")
        % {"what": what},
        "key-kind",
    )
