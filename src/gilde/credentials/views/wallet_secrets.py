"""Links whose address is a secret: not kept, not indexed, not told to other sites, not logged."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Final

from django.http import HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from gilde.core.errors import GildeError

View = Callable[..., HttpResponseBase]
_READING: Final = ("GET", "HEAD")
_ROBOTS: Final = "noindex, nofollow, noarchive, nosnippet"


def by_secret(name: str, *, referrer: str = "no-referrer") -> Callable[[View], View]:
    """Answer to a link of which the argument `name` is a secret, and keep the secret between who has the link and us.

    The page is only ever read: what refuses other methods, or forms that are forged, would tell its address in the log.
    `referrer` is the policy of the page. A page with a form needs "same-origin": browsers send no origin from one that
    says "no-referrer", and the form would be refused as forged.
    """

    def around(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, **address: str) -> HttpResponseBase:
            response: HttpResponseBase
            if request.method not in _READING:
                _mask(request, address[name])
                return HttpResponseNotAllowed(_READING)
            try:
                response = view(request, **address)
            except GildeError as error:
                response = render(request, "core/error.html", {"error": error}, status=error.status)
            except BaseException:
                _mask(request, address[name])
                raise
            if response.status_code >= 400:
                _mask(request, address[name])
            response.headers["Cache-Control"] = "private, no-store"
            response.headers["Referrer-Policy"] = referrer
            response.headers["X-Robots-Tag"] = _ROBOTS
            return response

        return csrf_exempt(answer)

    return around


def _mask(request: HttpRequest, secret: str) -> None:
    """Take the secret out of what Django writes in the log of a request that failed: its path."""
    request.path = request.path.replace(secret, "...")
