"""Nonces for proofs of possession: nobody stores them when they are handed out, and each tells how old it is.

Whoever accepts one has to see to it that it is not accepted again.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from django.utils.translation import gettext as _

from gilde.credentials.errors import Unreadable
from gilde.credentials.keys.kinds import base64url, from_base64url
from gilde.credentials.wallets.refusals import Refusal

LASTS: Final = timedelta(minutes=5)
_TIME, _RANDOM, _MAC = 8, 16, 24  # bytes: 64 characters in all


def make(secret: bytes, now: datetime) -> str:
    """Return a nonce of 64 characters that is good from now on."""
    told = int(now.timestamp()).to_bytes(_TIME, "big") + secrets.token_bytes(_RANDOM)
    return base64url(told + _mac(secret, told))


def check(nonce: str, secret: bytes, now: datetime) -> None:
    """Raise Refusal, "invalid_nonce", unless the nonce was made with this secret and is not too old."""
    try:
        read = from_base64url(nonce)
    except Unreadable:
        read = b""
    told, mac = read[:-_MAC], read[-_MAC:]
    if len(read) != _TIME + _RANDOM + _MAC or not hmac.compare_digest(_mac(secret, told), mac):
        raise Refusal("invalid_nonce", _("The nonce is not of this issuer."))
    age = now.timestamp() - int.from_bytes(told[:_TIME], "big")
    if not -1 <= age <= LASTS.total_seconds():
        raise Refusal("invalid_nonce", _("The nonce is too old. Ask for a new one."))


def _mac(secret: bytes, told: bytes) -> bytes:
    return hmac.digest(secret, b"gilde nonce\n" + told, sha256)[:_MAC]
