"""How data leaves over HTTP: who may keep it, when it is the same as before, which pages elsewhere may read it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers

Answer = TypeVar("Answer", bound=HttpResponseBase)


def etag_of(*parts: object, weak: bool = False) -> str:
    """Return an entity tag of what an answer is made of (RFC 9110, section 8.8.3).

    A weak one is for answers that mean the same and may differ in a byte, such as a file that says when it was made.
    """
    digest = hashlib.sha256(repr(parts).encode()).hexdigest()[:32]
    return f'W/"{digest}"' if weak else f'"{digest}"'


def unchanged(
    request: HttpRequest, etag: str, *, public: bool, vary: Sequence[str] = ()
) -> HttpResponse | None:
    """Return 304 for a client that has this answer already, else None."""
    # Without conditions in the request there is nothing to compare, and Django need not be asked.
    if "HTTP_IF_NONE_MATCH" not in request.META and "HTTP_IF_MATCH" not in request.META:
        return None
    answer = get_conditional_response(request, etag=etag)
    if not isinstance(answer, HttpResponse):
        return None
    return labelled(answer, etag, public=public, vary=vary)


def labelled(response: Answer, etag: str = "", *, public: bool, vary: Sequence[str] = ()) -> Answer:
    """Return the answer with its tag and who may keep it.

    What is public may be kept by anybody, who asks each time whether it still holds, and be read by a page of
    anybody. What only members see is kept by nobody else, and differs by who is signed in.
    """
    if etag:
        response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "public, no-cache" if public else "private, no-cache"
    if public:
        # Cookies are not sent along by a page elsewhere, so it reads no more than anybody may.
        response.headers["Access-Control-Allow-Origin"] = "*"
    patch_vary_headers(response, [*vary, *([] if public else ["Cookie"])])
    return response
