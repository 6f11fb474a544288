"""The proof that a wallet has the key to which it wants an award bound (OpenID4VCI 1.0, appendix F.1)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext as _

from gilde.core.errors import GildeError
from gilde.credentials.errors import Altered, Unreadable, Unsupported
from gilde.credentials.keys import did
from gilde.credentials.keys.kinds import KeyKind, PublicKey
from gilde.credentials.proofs import jose
from gilde.credentials.wallets.refusals import Refusal

TYPE: Final = "openid4vci-proof+jwt"
KINDS: Final = (KeyKind.P256, KeyKind.ED25519)
ALGORITHMS: Final = tuple(name for kind in KINDS for name in jose.ALGORITHMS[kind])
WINDOW: Final = timedelta(minutes=5)  # in which a proof is fresh
SKEW: Final = timedelta(minutes=1)  # by which the clock of a wallet may be ahead of ours
_NAMING: Final = frozenset(
    {"jwk", "kid", "x5c", "trust_chain"}
)  # how a header may say whose key it is: one of these


@dataclass(frozen=True)
class Proof:
    """A proof whose signature holds: the key of the wallet, and the nonce for which it was made."""

    key: PublicKey
    nonce: str


def proofs(told: object) -> str:
    """Return the one token in the member `proofs` of a request. Raises Refusal, "invalid_proof"."""
    tokens = told.get("jwt") if isinstance(told, dict) and len(told) == 1 else None
    if not isinstance(tokens, list) or len(tokens) != 1 or not isinstance(tokens[0], str):
        raise _invalid(
            _("The request must hold one proof of the type jwt: an award is handed to one key at a time.")
        )
    return tokens[0]


def read(token: str, *, audiences: Collection[str], now: datetime) -> Proof:
    """Return what a proof proves; whether its nonce is one of ours and unused is for the caller to find out.

    Raises Refusal, "invalid_proof", for a proof that does not hold or was made for another issuer or another time.
    """
    try:
        header, _payload = jose.unverified(token)
        key = _key(header)
        claims = jose.verify_by(token, key, typs={TYPE}).payload
        made, ends, starts = (jose.moment(claims, name) for name in ("iat", "exp", "nbf"))
    except (Altered, Unreadable, Unsupported) as error:
        raise _invalid(error.sentence) from error
    if not isinstance(claims.get("aud"), str) or claims["aud"] not in audiences:
        raise _invalid(_("The proof was made for another issuer."))
    if made is None or not now - WINDOW <= made <= now + SKEW:
        raise _invalid(_("The proof was not made just now."))
    if (ends is not None and now >= ends) or (starts is not None and now < starts - SKEW):
        raise _invalid(_("The proof does not hold at this time."))
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not nonce:
        raise _invalid(_("The proof has no nonce. Ask for one first."))
    return Proof(key, nonce)


def _key(header: Mapping[str, Any]) -> PublicKey:
    named = _NAMING.intersection(header)
    if len(named) != 1:
        raise _invalid(_("The header of the proof must name one key, by jwk or kid."))
    if "jwk" in named:
        key = PublicKey.from_jwk(header["jwk"])
    elif "kid" in named:
        key = _of_did(header["kid"])
    else:
        raise _invalid(
            _("Keys in certificates (x5c) or trust chains are not taken. Use jwk, or a did:key as kid.")
        )
    if key.kind not in KINDS:
        raise _invalid(_("The key must be of the kind P-256 or Ed25519."))
    return key


def _of_did(kid: object) -> PublicKey:
    if not isinstance(kid, str) or not kid.startswith("did:key:"):
        raise _invalid(_("The kid of the proof must be a did:key."))
    try:
        return did.resolve_key(kid if "#" in kid else did.method_of_key(kid)).public
    except GildeError as error:
        raise _invalid(error.sentence) from error


def _invalid(sentence: str) -> Refusal:
    return Refusal("invalid_proof", sentence)
