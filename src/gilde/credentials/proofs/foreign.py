"""Keys of kinds that Gilde does not issue with, so that tokens of others can be verified: P-521 and RSA.

ES512, RS256 and PS256 of RFC 7518, sections 3.3 to 3.5. A key of P-521 can sign too: a conformance suite asks it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from django.utils.translation import gettext as _

from gilde.credentials.errors import Unreadable, Unsupported
from gilde.credentials.keys.kinds import PublicKey, from_base64url

_SIZE: Final = 66  # bytes of a coordinate of P-521
_SHORTEST: Final = 2048  # bits of RSA: RFC 7518, section 3.3
_LONGEST: Final = 8192  # a longer key only makes the verifier work


@dataclass(frozen=True)
class ForeignKey:
    """A key of P-521 or of RSA that verifies."""

    loaded: ec.EllipticCurvePublicKey | rsa.RSAPublicKey

    def __post_init__(self) -> None:
        """Raise Unsupported for another curve, and for a key of RSA that is too short or too long."""
        if isinstance(self.loaded, ec.EllipticCurvePublicKey):
            sound = isinstance(self.loaded.curve, ec.SECP521R1)
        else:
            sound = _SHORTEST <= self.loaded.key_size <= _LONGEST
        if not sound:
            raise Unsupported(
                _(
                    "The key is of a kind or size that Gilde does not trust: P-521, or RSA of 2048 to 8192 bits."
                ),
                "key-kind",
            )

    @property
    def algorithms(self) -> tuple[str, ...]:
        """What a signature with it may be called."""
        return ("ES512",) if isinstance(self.loaded, ec.EllipticCurvePublicKey) else ("RS256", "PS256")

    def verify(self, signature: bytes, data: bytes, algorithm: str) -> bool:
        """Tell whether this key's owner signed the data in the way of the algorithm, one of `algorithms`."""
        try:
            if isinstance(self.loaded, ec.EllipticCurvePublicKey):
                if len(signature) != 2 * _SIZE:
                    return False
                r, s = int.from_bytes(signature[:_SIZE], "big"), int.from_bytes(signature[_SIZE:], "big")
                self.loaded.verify(encode_dss_signature(r, s), data, ec.ECDSA(hashes.SHA512()))
            elif algorithm == "PS256":
                masked = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)
                self.loaded.verify(signature, data, masked, hashes.SHA256())
            else:
                self.loaded.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class ForeignSigningKey:
    """A key of P-521 that signs. Printing it shows no secret."""

    private: ec.EllipticCurvePrivateKey = field(repr=False, compare=False, hash=False)
    method: str = ""
    algorithm: str = "ES512"

    def sign(self, data: bytes) -> bytes:
        """Return the 132 bytes of r and s."""
        r, s = decode_dss_signature(self.private.sign(data, ec.ECDSA(hashes.SHA512())))
        return r.to_bytes(_SIZE, "big") + s.to_bytes(_SIZE, "big")

    @property
    def public(self) -> ForeignKey:
        """The key that verifies what this one signs."""
        return ForeignKey(self.private.public_key())

    @classmethod
    def from_secret_jwk(cls, jwk: Mapping[str, Any], method: str = "") -> ForeignSigningKey:
        """Return the key of a secret JWK of P-521; raise Unreadable when its halves are not of one key."""
        told = any_key({name: value for name, value in jwk.items() if name != "d"})
        try:
            private = ec.derive_private_key(_number(jwk, "d"), ec.SECP521R1())
        except ValueError:
            raise _no_key() from None
        key = cls(private, method)
        if not isinstance(told, ForeignKey) or told.loaded != key.public.loaded:
            raise _no_key()
        return key


def any_key(jwk: Mapping[str, Any]) -> PublicKey | ForeignKey:
    """Return the key of a public JWK of any kind that Gilde verifies with; raise Unreadable or Unsupported."""
    kind = (jwk.get("kty"), jwk.get("crv"))
    if kind != ("EC", "P-521") and kind[0] != "RSA":
        return PublicKey.from_jwk(jwk)
    if not {"d", "k", "p", "q"}.isdisjoint(jwk):
        raise Unreadable(_("A public JWK holds a secret key; it must be withdrawn at once."), "secret-in-jwk")
    try:
        if kind[0] == "RSA":
            return ForeignKey(rsa.RSAPublicNumbers(_number(jwk, "e"), _number(jwk, "n")).public_key())
        numbers = ec.EllipticCurvePublicNumbers(_number(jwk, "x"), _number(jwk, "y"), ec.SECP521R1())
        return ForeignKey(numbers.public_key())
    except ValueError:
        raise _no_key() from None


def _number(jwk: Mapping[str, Any], name: str) -> int:
    return int.from_bytes(from_base64url(jwk.get(name)), "big")


def _no_key() -> Unreadable:
    return Unreadable(_("A JWK holds no key, or its parts are not of one key."), "jwk")
