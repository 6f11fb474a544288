"""Tokens that are signed: JWS in compact form (RFC 7515), as JWT uses it (RFC 7519, RFC 8725).

The framing is our own on `cryptography`, and not joserfc's: joserfc adds 60 µs (ES256) to 105 µs (EdDSA) to each
verification, where 200 µs in all is the most that five thousand a second leave, and it reads JSON that repeats a name.
Nothing that a token says about its own key is believed: `jwk`, `jku`, `x5u` and `x5c` are passed over.
"""

from __future__ import annotations

import binascii
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final, Protocol

from django.utils.translation import gettext as _

from gilde.credentials.errors import Altered, Unreadable, Unsupported
from gilde.credentials.keys.did import Method, Resolve, method_of_key
from gilde.credentials.keys.kinds import KeyKind, PublicKey, SigningKey, base64url
from gilde.credentials.linked import strict
from gilde.credentials.proofs.foreign import ForeignKey, ForeignSigningKey

# What a signature may be called with each kind of key; RFC 9864 calls EdDSA on edwards25519 "Ed25519".
ALGORITHMS: Final = {
    KeyKind.ED25519: ("EdDSA", "Ed25519"),
    KeyKind.P256: ("ES256",),
    KeyKind.P384: ("ES384",),
}
KNOWN: Final = frozenset({"EdDSA", "Ed25519", "ES256", "ES384", "ES512", "RS256", "PS256"})
LATEST: Final = 253402300799  # the last second of the year 9999

Header = Mapping[str, Any]


class Signer(Protocol):
    """Whatever signs bytes and knows the verification method that its signatures name."""

    @property
    def method(self) -> str: ...

    def sign(self, data: bytes) -> bytes: ...


@dataclass(frozen=True)
class Signed:
    """A token whose signature holds: what it says, its protected header, and the method that signed it.

    `method` is None when the key was given by the caller and not found through the token.
    """

    payload: dict[str, Any]
    header: Header
    method: Method | None

    @property
    def issuer(self) -> str:
        """What the token says of who made it: `iss` of the payload, else of the header, else nothing."""
        return str(self.payload.get("iss", self.header.get("iss", "")))


def sign(
    payload: Mapping[str, Any],
    key: SigningKey | ForeignSigningKey,
    *,
    typ: str,
    headers: Mapping[str, Any] | None = None,
) -> str:
    """Return the compact token of the payload; `kid` of its header is the URL of the key's method."""
    algorithm = key.kind.algorithm if isinstance(key, SigningKey) else key.algorithm
    header = {"alg": algorithm, "typ": typ, **({"kid": key.method} if key.method else {}), **(headers or {})}
    signing_input = f"{base64url(to_json(header))}.{base64url(to_json(payload))}"
    return f"{signing_input}.{base64url(key.sign(signing_input.encode()))}"


def verify(token: str, resolve: Resolve, *, typs: Collection[str]) -> Signed:
    """Return what a token says, after its signature was verified with the key that its `kid` names.

    `typs` are the values that `typ` may have, without "application/"; "" allows that there is none. Raises Unreadable
    for what is no token of these types, Unsupported for what Gilde does not know, and Altered when the signature does
    not hold, the algorithm is not one of the key, or the key is not that of the `iss` which the token names. Times in
    the token are not judged: see `moment`.
    """
    header, body, signature, signing_input = _opened(token, typs)
    payload = _payload(body)
    method = resolve(_method_url(header, payload))
    check(header["alg"], signature, signing_input, method.public)
    for issuer in (payload.get("iss"), header.get("iss")):
        if issuer is not None and issuer != method.controller:
            raise Altered(
                _(
                    "The credential says it is by %(issuer)s, but was signed with another's key. Do not accept it."
                )
                % {"issuer": str(issuer)[:200]},
                "issuer-key",
            )
    return Signed(payload, header, method)


def verify_by(token: str, public: PublicKey | ForeignKey, *, typs: Collection[str]) -> Signed:
    """Return what a token says, after its signature was verified with a key that the caller trusts already.

    Raises as `verify` does; whose the key is, and that it is the issuer's, is for the caller to know.
    """
    header, body, signature, signing_input = _opened(token, typs)
    payload = _payload(body)
    check(header["alg"], signature, signing_input, public)
    return Signed(payload, header, None)


def unverified(token: str) -> tuple[Header, dict[str, Any]]:
    """Return header and payload of a token that nobody has verified, only to find out what it is."""
    header, body, _signature, _input = _opened(token, None)
    return header, _payload(body)


def moment(claims: Mapping[str, Any], name: str) -> datetime | None:
    """Return the time that a claim such as `exp` gives (RFC 7519, NumericDate), or None where it is absent."""
    if name not in claims:
        return None
    value = claims[name]
    if type(value) not in (int, float) or not 0 <= value <= LATEST:
        raise Unreadable(
            _("“%(name)s” must be a time in seconds since 1970. Ask the issuer for a correct file.")
            % {"name": name},
            "time",
            claim=name,
        )
    return datetime.fromtimestamp(value, UTC)


def to_json(value: Any) -> bytes:
    """Return JSON in UTF-8 without white space; raises ValueError for what is no JSON, such as NaN."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def unpacked(text: str) -> bytes:
    """Return the bytes of base64url (RFC 7515, section 2); quicker than the reader of keys, and as strict.

    Raises Unreadable for padding, white space, any other character, and bits at the end that no writer sets.
    """
    rest = len(text) % 4
    if not text.isascii() or rest == 1 or (rest and text[-1] not in _LAST[rest]):
        raise _not_base64url()
    try:
        return binascii.a2b_base64(
            text.encode("ascii").translate(_TO_BASE64) + b"==="[: -rest % 4], strict_mode=True
        )
    except binascii.Error:
        raise _not_base64url() from None


_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
# With two characters left over the last four bits must be nought, with three the last two.
_LAST: Final = {2: _ALPHABET[::16], 3: _ALPHABET[::4]}
_TO_BASE64: Final = bytes.maketrans(b"-_+/=", b"+/...")


def _opened(token: str, typs: Collection[str] | None) -> tuple[Header, str, bytes, bytes]:
    parts = token.split(".")
    if len(parts) != 3:
        raise Unreadable(
            _(
                "This is no signed token: it must have three parts with a full stop between them. Was it cut off?"
            ),
            "not-compact",
        )
    header = _header(parts[0])
    if typs is not None and _plain_type(header.get("typ", "")) not in typs:
        raise Unreadable(
            _("The token says it is of the type “%(typ)s”, which is not what is asked for here.")
            % {"typ": str(header.get("typ", ""))[:80]},
            "typ",
        )
    return header, parts[1], unpacked(parts[2]), token[: -len(parts[2]) - 1].encode()


@lru_cache(maxsize=512)
def _header(text: str) -> Header:
    header = strict.parse(unpacked(text), largest=64 * 1024)
    if not isinstance(header, dict):
        raise _no_object()
    if "crit" in header or "b64" in header:
        raise Unsupported(
            _("The token asks for a way of signing (“crit”, “b64”) that Gilde does not know."),
            "critical-header",
        )
    algorithm = header.get("alg")
    if isinstance(algorithm, str) and algorithm.lower() == "none":
        raise Altered(_("The token is not signed at all, so anybody can have written it."), "not-signed")
    if not isinstance(algorithm, str) or algorithm not in KNOWN:
        raise Unsupported(
            _("The token is signed with “%(algorithm)s”, which Gilde does not know or does not trust.")
            % {"algorithm": str(algorithm)[:80]},
            "algorithm",
        )
    return MappingProxyType(header)


def _plain_type(value: object) -> str | None:
    return value.removeprefix("application/") if isinstance(value, str) else None


def _payload(text: str) -> dict[str, Any]:
    payload = strict.parse(unpacked(text))
    if not isinstance(payload, dict):
        raise _no_object()
    return payload


def _method_url(header: Header, payload: Mapping[str, Any]) -> str:
    """Return the URL of the method: `kid` when it is absolute, else `kid` within the issuer, else that of a did:key."""
    kid, issuer = header.get("kid"), payload.get("iss", header.get("iss"))
    if isinstance(kid, str) and ":" in kid:
        return kid
    if isinstance(issuer, str) and isinstance(kid, str) and kid:
        return issuer + "#" + kid.removeprefix("#")
    if isinstance(issuer, str) and kid is None and issuer.startswith("did:key:"):
        return method_of_key(issuer)
    raise Unsupported(
        _("The token does not say by which key of which issuer it is signed, so it cannot be checked."),
        "no-key-named",
    )


def check(algorithm: str, signature: bytes, data: bytes, public: PublicKey | ForeignKey) -> None:
    """Raise Altered unless the algorithm is one of the key's, and the key's owner signed the data."""
    fits = ALGORITHMS[public.kind] if isinstance(public, PublicKey) else public.algorithms
    if algorithm not in fits:
        raise Altered(
            _("The token says “%(algorithm)s”, but the issuer's key is of another kind. Do not accept it.")
            % {"algorithm": algorithm},
            "algorithm-of-key",
        )
    if isinstance(public, PublicKey):
        holds = public.verify(signature, data)
    else:
        holds = public.verify(signature, data, algorithm)
    if not holds:
        raise Altered(
            _(
                "The signature does not hold: the token was changed after signing, or somebody else signed it."
            ),
            "signature-wrong",
        )


def _not_base64url() -> Unreadable:
    return Unreadable(
        _("A part of the token is not base64url without padding. Was it changed on the way?"), "base64url"
    )


def _no_object() -> Unreadable:
    return Unreadable(_("Header and payload of a token must be JSON objects."), "not-an-object")
