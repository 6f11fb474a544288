"""Parts of public pages that are made once and kept until what they tell changes; and answers of 304.

What is kept is the same for every reader who may see the page: what depends on the reader is put around it. The name
holds everything that it was made from, so nothing has to be thrown away and a new release shows at once. Each
process keeps its own: reading a page must not write to the database.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from gilde.core import clock
from gilde.indicators.kept import Kept


@dataclass(frozen=True, slots=True)
class _Whole:
    """A whole answer, as every visitor gets it."""

    content: bytes
    headers: tuple[tuple[str, str], ...]


_PARTS: Final = Kept[str](16 * 1024 * 1024, len)
_WHOLE: Final = Kept[_Whole](16 * 1024 * 1024, lambda whole: len(whole.content))


@cache
def _code() -> int:
    """Return a number that changes with the code, templates, rules and translations that make the pages."""
    files = (
        path for path in settings.PACKAGE_DIR.rglob("*") if path.suffix in {".py", ".html", ".mo", ".yaml"}
    )
    return max(path.stat().st_mtime_ns for path in files)


def name_of(*parts: object) -> str:
    """Return the name of what these parts determine, today, in the reader's language and by this code."""
    told = repr((_code(), get_language(), clock.today().isoformat(), *parts))
    return hashlib.sha256(told.encode()).hexdigest()


def kept(name: str, make: Callable[[], str]) -> SafeString:
    """Return the HTML that is kept under a name, made now when it is not."""
    return mark_safe(_PARTS.made(name, make))


def forget() -> None:
    """Keep nothing of what was made before, as a process that has just begun."""
    _PARTS.clear()
    _WHOLE.clear()


def conditional(
    request: HttpRequest, name: str, make: Callable[[], HttpResponseBase], *, public: bool = False
) -> HttpResponseBase:
    """Return the answer that goes by `name`, with an ETag, for who is not signed in; others get it as `make` makes it.

    Visitors get 304 for what they have, and all the same page, which is kept too. `public` says that the answer is
    the same for everybody, whoever asks. A visitor with a message to be shown gets a page of their own.
    """
    user: Any = request.user
    visitor = not {"sessionid", "messages"} & set(request.COOKIES) and not user.is_authenticated
    if not (public or visitor) or request.headers.get("HX-Request"):
        return make()
    etag = f'"{name[:32]}"'
    response: Any = get_conditional_response(request, etag=etag)
    if response is None:
        # The address stands on the page too, so that it can be shown again in another language.
        place = (name, request.get_full_path())
        whole = _WHOLE.get(place)
        response = HttpResponse(whole.content, headers=dict(whole.headers)) if whole else make()
        if whole is None and response.status_code == 200 and not response.streaming:
            _WHOLE.put(place, _Whole(response.content, tuple(response.headers.items())))
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "no-cache"
    patch_vary_headers(response, ["Accept-Language", *([] if public else ["Cookie"])])
    return response
