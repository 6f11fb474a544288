"""Stable public identifiers: `/id/<kind>/<uuid>` answers a page to people and JSON or JSON-LD to machines.

Only what is public has such an address; personal things never do. A context registers a kind in its
`uris.py`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.http.request import MediaType
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gilde.core.access import Actor
from gilde.core.errors import GildeError, Invalid, Missing

HTML: Final = "text/html"
JSON: Final = "application/json"
JSON_LD: Final = "application/ld+json"
# A client that takes anything is shown the page.
_OFFERED = (HTML, JSON_LD, JSON)
_FORMATS = {"html": HTML, "json": JSON, "jsonld": JSON_LD}
_NAME = re.compile(r"[a-z][a-z0-9-]*")

Find: TypeAlias = Callable[[Actor, UUID], Any]


@dataclass(frozen=True)
class Kind:
    """A kind of public thing: how an actor finds one (None when they may not), its page, and its data."""

    name: str
    find: Find
    page: Callable[[Any], str]
    data: Callable[[Any], Mapping[str, Any]]


_kinds: dict[str, Kind] = {}


class NotAcceptable(GildeError):
    """The client takes none of the forms that there are."""

    status = 406
    code = "not-acceptable"


def register(
    kind: str, *, find: Find, page: Callable[[Any], str], data: Callable[[Any], Mapping[str, Any]]
) -> None:
    """Give things of a kind their stable address.

    `find(actor, uuid)` returns the thing or None; it must ask a visible queryset. `page(thing)` returns the
    path of its page, `data(thing)` its data as JSON-LD with "@type"; "@id" is added. Raises ValueError for a
    kind that is taken or no plain word.
    """
    if not _NAME.fullmatch(kind):
        raise ValueError(
            f"The kind {kind!r} must be a plain word in small letters, since it stands in addresses."
        )
    if kind in _kinds:
        raise ValueError(f"The kind {kind!r} is registered twice.")
    _kinds[kind] = Kind(kind, find, page, data)


def uri(kind: str, id: UUID) -> str:
    """Return the absolute stable address of a thing."""
    return f"{settings.SITE_URL}{reverse('identifier', args=[kind, id])}"


@login_not_required
@require_safe
def identifier(request: HttpRequest, kind: str, id: UUID) -> HttpResponse:
    """Answer 303 to the page, or the data, as the client prefers (Accept with q values;
    `?format=json|jsonld|html`).

    The pattern of W3C "Cool URIs for the Semantic Web", section 4.2.
    """
    wanted = HTML
    try:
        wanted = _wanted(request)
        thing = _found(request, kind, id)
    except GildeError as error:
        if wanted == HTML and request.accepts(HTML) and "format" not in request.GET:
            raise
        return _varying(
            HttpResponse(
                json.dumps(error.as_problem()), status=error.status, content_type="application/problem+json"
            )
        )
    if wanted == HTML:
        return _varying(HttpResponse(status=303, headers={"Location": _kinds[kind].page(thing)}))
    content = {"@id": uri(kind, id), **_kinds[kind].data(thing)}
    body = json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1).encode()
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    answer = get_conditional_response(request, etag=etag) or HttpResponse(body, content_type=wanted)
    answer.headers["ETag"] = etag
    answer.headers["Cache-Control"] = "no-cache"
    # Cookies are not sent along by a page elsewhere, so it reads no more than anybody may.
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return _varying(answer)


def _wanted(request: HttpRequest) -> str:
    if given := request.GET.get("format"):
        if given not in _FORMATS:
            raise Invalid(
                _("There is no format “%(given)s”. Ask for one of: %(known)s.")
                % {"given": given[:40], "known": ", ".join(_FORMATS)}
            )
        return _FORMATS[given]
    preferred = _preferred(request.headers.get("Accept", ""))
    if preferred is None:
        raise NotAcceptable(
            _("This address answers %(offered)s, and your client takes none of them.")
            % {"offered": ", ".join(_OFFERED)}
        )
    return preferred


def _preferred(accept: str) -> str | None:
    """Return what the client likes best of what is offered, None when it takes none (RFC 9110, section
    12.5.1).

    Of the ranges that fit a type the most specific one counts; "q=0" excludes.
    """
    ranges = [MediaType(part) for part in accept.split(",") if part.strip()]
    if not ranges:
        return HTML

    def quality(offered: str) -> float:
        fitting = [r for r in ranges if MediaType(offered).match(str(r))]
        return max(fitting, key=lambda r: r.specificity).quality if fitting else 0.0

    best = max(_OFFERED, key=quality)
    return best if quality(best) > 0 else None


def _found(request: HttpRequest, kind: str, id: UUID) -> Any:
    thing = _kinds[kind].find(request.user, id) if kind in _kinds else None
    if thing is None:
        raise Missing(_("There is nothing at this address, or you may not see it."))
    return thing


def _varying(response: HttpResponse) -> HttpResponse:
    patch_vary_headers(response, ["Accept", "Cookie"])
    return response
