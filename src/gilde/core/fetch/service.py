"""The one way out. Each use has a purpose; a purpose names the hosts that may be asked; every use is
logged.
"""

from __future__ import annotations

import hashlib
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Final
from urllib.parse import quote, urljoin, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from gilde.core import clock
from gilde.core.audit.chain import request_id
from gilde.core.fetch import addresses, transport
from gilde.core.fetch.errors import BadAnswer, FetchError, NotAllowed
from gilde.core.fetch.models import FetchedAnswer, FetchLog

_MEGABYTE = 1024 * 1024
_REDIRECTS: Final = 5
_PORTS: Final = {"https": 443, "http": 80}
# Larger answers are asked for anew each time.
_CACHED: Final = 5 * _MEGABYTE


@dataclass(frozen=True)
class Purpose:
    """What Gilde goes out for. `hosts` are names, "*.name" for all below it, or "*" for any public machine.

    An installation adds hosts by the setting FETCH_HOSTS, a mapping of purposes to lists. `loopback` lets it
    talk to this very machine: for tests, never for what a person can type in.
    """

    name: str
    why: str
    hosts: tuple[str, ...]
    limit: int = 20 * _MEGABYTE
    seconds: float = 30.0
    schemes: frozenset[str] = frozenset({"https"})
    ports: frozenset[int] = frozenset({443})
    loopback: bool = False

    def allows(self, host: str) -> bool:
        """Return whether a host may be asked."""
        patterns = (*self.hosts, *getattr(settings, "FETCH_HOSTS", {}).get(self.name, ()))
        return any(
            pattern == "*" or host == pattern or (pattern.startswith("*.") and host.endswith(pattern[1:]))
            for pattern in patterns
        )


@dataclass(frozen=True)
class Fetched:
    """An answer: `body` in bytes, `url` as it was after redirects; `from_cache` when the other side said
    "unchanged".
    """

    url: str
    status: int
    media_type: str
    body: bytes
    etag: str
    fetched_at: datetime
    from_cache: bool


@dataclass
class _Use:
    purpose: Purpose
    url: str
    deadline: float
    addresses: list[str] = field(default_factory=list)
    status: int | None = None
    size: int = 0
    from_cache: bool = False


@dataclass(frozen=True)
class _Place:
    scheme: str
    host: str
    port: int
    target: str
    url: str


_purposes: dict[str, Purpose] = {}


def register(purpose: Purpose) -> Purpose:
    """Put a purpose on the list. Raises ValueError when there is one of that name."""
    if purpose.name in _purposes:
        raise ValueError(f"The purpose {purpose.name!r} is registered twice.")
    _purposes[purpose.name] = purpose
    return purpose


def purposes() -> list[Purpose]:
    """Return every purpose, by name: all that this Gilde ever goes out for."""
    return sorted(_purposes.values(), key=lambda purpose: purpose.name)


def get(purpose: str, url: str, *, accept: str = "*/*") -> Fetched:
    """Return the answer to a GET of `url` for a registered purpose; call it outside a transaction.

    Every host on the way is checked against the purpose, and every address of it for being public; the
    limits of the
    purpose hold for the whole way. An answer with an ETag or a date is kept, and next time the other side is
    only asked whether it changed. Raises NotAllowed, PrivateAddress, Unreachable, TooSlow, AnswerTooLarge,
    BadAnswer; each use is logged, refused ones too.
    """
    with _logged(purpose, url) as use:
        return _get(use, url, accept)


def post(purpose: str, url: str, body: bytes, media_type: str, *, accept: str = "*/*") -> Fetched:
    """Return the answer to a POST of `body` to `url` for a registered purpose; call it outside a transaction.

    The same is checked, raised and logged as by `get`. A redirect is not followed, since what is meant for one is told
    to no other; neither what is sent nor what is answered is kept.
    """
    with _logged(purpose, url) as use:
        place = _place(use.purpose, url)
        answer = _ask(use, place, _headers(accept) | {"Content-Type": media_type}, body)
        return _fetched(place, _good(place, answer))


@contextmanager
def _logged(purpose: str, url: str) -> Iterator[_Use]:
    known = _purposes.get(purpose)
    if known is None:
        raise NotAllowed(_("Gilde does not go out for “%(purpose)s”.") % {"purpose": purpose})
    started = time.monotonic()
    use = _Use(known, url[:2000], started + known.seconds)
    error = ""
    try:
        yield use
    except FetchError as failed:
        error = failed.sentence
        raise
    finally:
        FetchLog.objects.create(
            at=clock.now(),
            purpose=known.name,
            url=use.url,
            addresses=use.addresses,
            status=use.status,
            size=use.size,
            milliseconds=round(1000 * (time.monotonic() - started)),
            from_cache=use.from_cache,
            error=error,
            request_id=request_id.get(),
        )


def _get(use: _Use, url: str, accept: str) -> Fetched:
    kept = FetchedAnswer.objects.filter(purpose=use.purpose.name, url_hash=_url_hash(url, accept)).first()
    headers = _headers(accept)
    if kept and kept.etag:
        headers["If-None-Match"] = kept.etag
    elif kept:
        headers["If-Modified-Since"] = kept.last_modified
    place = _place(use.purpose, url)
    for _turn in range(_REDIRECTS + 1):
        answer = _ask(use, place, headers)
        if answer.status in (301, 302, 303, 307, 308) and (location := answer.headers.get("location")):
            place = _place(use.purpose, urljoin(place.url, location))
            continue
        if answer.status == 304 and kept is not None:
            use.from_cache = True
            return Fetched(
                kept.final_url,
                200,
                kept.media_type,
                bytes(kept.body),
                kept.etag,
                kept.fetched_at,
                from_cache=True,
            )
        return _kept(use, url, accept, place, _good(place, answer))
    raise BadAnswer(_("%(host)s sends from one address to the next without end.") % {"host": place.host})


def _headers(accept: str) -> dict[str, str]:
    return {"Accept": accept, "Accept-Encoding": "identity", "User-Agent": f"Gilde (+{settings.SITE_URL})"}


def _ask(use: _Use, place: _Place, headers: Mapping[str, str], body: bytes | None = None) -> transport.Answer:
    found = addresses.checked(place.host, place.port, loopback=use.purpose.loopback)
    answer = transport.ask(
        host=place.host,
        port=place.port,
        target=place.target,
        headers=headers,
        addresses=found,
        tls=_tls() if place.scheme == "https" else None,
        deadline=use.deadline,
        limit=use.purpose.limit,
        body=body,
    )
    use.addresses.append(answer.address)
    use.status, use.size = answer.status, len(answer.body)
    return answer


def _good(place: _Place, answer: transport.Answer) -> transport.Answer:
    if answer.status != 200:
        raise BadAnswer(
            _("%(host)s answered with the error %(status)d.") % {"host": place.host, "status": answer.status},
            answered=answer.status,
        )
    return answer


def _place(purpose: Purpose, url: str) -> _Place:
    """Return the parts of an address; raise NotAllowed unless the purpose covers it."""
    try:
        if not url.isprintable() or "\\" in url or " " in url:
            raise ValueError
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".").encode("idna").decode("ascii").lower()
        port = parts.port or _PORTS.get(parts.scheme, 0)
        if not host or parts.username is not None or parts.password is not None:
            raise ValueError
    except (ValueError, UnicodeError) as error:
        raise NotAllowed(_("“%(url)s” is no address that can be asked.") % {"url": url[:200]}) from error
    if parts.scheme not in purpose.schemes or port not in purpose.ports:
        raise NotAllowed(
            _("%(url)s: only %(schemes)s on port %(ports)s may be asked for “%(purpose)s”.")
            % {
                "url": url[:200],
                "schemes": ", ".join(sorted(purpose.schemes)),
                "ports": ", ".join(str(port) for port in sorted(purpose.ports)),
                "purpose": purpose.name,
            }
        )
    if not purpose.allows(host):
        raise NotAllowed(
            _("%(host)s is not among the hosts that may be asked for “%(purpose)s”.")
            % {"host": host, "purpose": purpose.name}
        )
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?[]")
    return _Place(parts.scheme, host, port, f"{path}?{query}" if query else path, url)


def _fetched(place: _Place, answer: transport.Answer) -> Fetched:
    return Fetched(
        url=place.url,
        status=answer.status,
        media_type=answer.headers.get("content-type", "").split(";")[0].strip().lower()[:200],
        body=answer.body,
        etag=answer.headers.get("etag", "")[:300],
        fetched_at=clock.now(),
        from_cache=False,
    )


def _kept(use: _Use, url: str, accept: str, place: _Place, answer: transport.Answer) -> Fetched:
    fetched = _fetched(place, answer)
    last_modified = answer.headers.get("last-modified", "")[:60]
    where: dict[str, Any] = {"purpose": use.purpose.name, "url_hash": _url_hash(url, accept)}
    storable = "no-store" not in answer.headers.get("cache-control", "").lower()
    if storable and (fetched.etag or last_modified) and len(answer.body) <= _CACHED:
        FetchedAnswer.objects.update_or_create(
            **where,
            defaults={
                "url": url[:2000],
                "final_url": fetched.url[:2000],
                "etag": fetched.etag,
                "last_modified": last_modified,
                "media_type": fetched.media_type,
                "body": fetched.body,
                "fetched_at": fetched.fetched_at,
            },
        )
    else:
        FetchedAnswer.objects.filter(**where).delete()
    return fetched


def _url_hash(url: str, accept: str) -> str:
    return hashlib.sha256(f"{accept}\n{url}".encode()).hexdigest()


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()
