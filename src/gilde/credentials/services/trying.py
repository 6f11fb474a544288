"""How often somebody may try: a count in the cache for an address and a thing, gone after its time."""

from __future__ import annotations

from hashlib import sha256
from typing import ClassVar

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext as _

from gilde.core.errors import GildeError


class TooOften(GildeError):
    """Somebody tries more often than people do."""

    status: ClassVar[int] = 429
    code: ClassVar[str] = "too-often"


def spend(act: str, *about: object, most: int, seconds: int) -> None:
    """Count one try; raise TooOften beyond `most` in so many seconds. The cache holds a digest, no address."""
    digest = sha256("\n".join([settings.SECRET_KEY, act, *map(str, about)]).encode()).hexdigest()
    key = f"credentials.tries.{digest}"
    if cache.add(key, 1, seconds):
        return
    try:
        count = cache.incr(key)
    except ValueError:  # it went between the two
        cache.add(key, 1, seconds)
        return
    if count > most:
        raise TooOften(
            _("This was tried too often from where you are. Wait %(minutes)d minutes, then try again.")
            % {"minutes": max(1, seconds // 60)}
        )


def address_of(request: HttpRequest) -> str:
    """Return where a request comes from; behind a proxy of our own, what that says last."""
    told: str = request.META.get("REMOTE_ADDR", "")
    if settings.SECURE_PROXY_SSL_HEADER:
        told = request.headers.get("X-Forwarded-For", told).rpartition(",")[2].strip() or told
    return told
