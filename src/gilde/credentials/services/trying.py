"""How often somebody may try: a count in the cache for an address and a thing, gone after its time."""

from __future__ import annotations

import math
from hashlib import sha256
from typing import ClassVar

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext as _

from gilde.core import clock
from gilde.core.errors import GildeError


class TooOften(GildeError):
    """Somebody tries more often than people do."""

    status: ClassVar[int] = 429
    code: ClassVar[str] = "too-often"


def spend(act: str, *about: object, most: int, seconds: int) -> None:
    """Count one try; raise TooOften beyond `most` in so many seconds. The cache holds a digest, no address.

    The time runs from the first try on. (`incr` of the cache would begin it anew each time.)
    """
    digest = sha256("\n".join([settings.SECRET_KEY, act, *map(str, about)]).encode()).hexdigest()
    key, now = f"credentials.tries.{digest}", clock.now().timestamp()
    count, end = cache.get(key) or (0, 0.0)
    if end <= now:
        count, end = 0, now + seconds
    if count >= most:
        raise TooOften(
            _("This was tried too often from where you are. Wait %(minutes)d minutes, then try again.")
            % {"minutes": max(1, math.ceil((end - now) / 60))}
        )
    cache.set(key, (count + 1, end), math.ceil(end - now))


def address_of(request: HttpRequest) -> str:
    """Return where a request comes from; behind a proxy of our own, what that says last."""
    told: str = request.META.get("REMOTE_ADDR", "")
    if settings.SECURE_PROXY_SSL_HEADER:
        told = request.headers.get("X-Forwarded-For", told).rpartition(",")[2].strip() or told
    return told
