"""What leaves as a file or a feed: figures in every form, Atom feeds of releases, the DCAT-AP catalogue."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gilde.core.errors import Invalid, Missing
from gilde.indicators import catalogue as dcat
from gilde.indicators import feeds, selection
from gilde.indicators.access import visible_indicators
from gilde.indicators.answers import etag_of, labelled, unchanged
from gilde.indicators.exports import FORMATS, moments_of
from gilde.indicators.models import Indicator
from gilde.indicators.selection import Selection, Shape

# Raised when a form changes, so that nobody is told that an older file still holds.
_FORM = 1
# Forms that name every category before the first figure hold all of them in memory.
HELD = frozenset({"json-stat"})
MOST_HELD = 300_000


@login_not_required
@require_safe
def data(request: HttpRequest, code: str, format: str) -> HttpResponseBase:
    """Send the figures of an indicator as a file, narrowed by `area`, `key`, `first`, `last` and told of `at`.

    `area` and `key` may be given several times; an empty `key` is all together. Without `key` every breakdown comes.
    """
    head = selection.head(AnonymousUser(), code) or selection.head(request.user, code)
    if head is None:
        raise Http404
    if format not in FORMATS:
        raise Missing(
            _("There is no format “%(given)s”. Ask for one of: %(known)s.")
            % {"given": format[:40], "known": ", ".join(FORMATS)}
        )
    asked = request.GET
    moment = selection.moment_of(asked.get("at", ""))
    release = min(selection.release_at(head.pk, moment), head.release) if moment else head.release
    areas = [part for each in asked.getlist("area") for part in each.split(",") if part] or None
    keys = asked.getlist("key") if "key" in asked else None
    first, last = asked.get("first", ""), asked.get("last", "")
    question = (areas, keys, first, last, get_language())
    etag = etag_of(_FORM, format, (*head.state[:3], release), question, weak=True)
    if answer := unchanged(request, etag, public=head.public):
        return answer
    shape = Shape.of(Indicator.objects.get(pk=head.pk))
    found = selection.select(shape, areas=areas, keys=keys, first=first, last=last)
    response = stream(found if release == head.release else found.as_of(release), format)
    return labelled(response, etag, public=head.public)


def stream(found: Selection, name: str) -> StreamingHttpResponse:
    """Return the figures as a file in one of `FORMATS`, written while it is sent: one series is held at a time.

    Raises Invalid for more than a form can hold that is whole before it begins.
    """
    form = FORMATS[name]
    if name in HELD and found.has_more_than(MOST_HELD):
        raise Invalid(
            _("%(form)s holds at most %(most)s figures. Ask for fewer, or for CSV or Parquet.")
            % {"form": form.label, "most": MOST_HELD}
        )
    moments = moments_of(found.indicator)
    if found.release is not None:
        moments = {pk: moment for pk, moment in moments.items() if pk <= found.release}
    parts = form.write(found.indicator, found.lines(), moments=moments)
    response = StreamingHttpResponse(
        _in_language(parts, get_language() or "en"), content_type=form.media_type
    )
    file = f"{found.indicator.code}.{form.suffix}"
    response["Content-Disposition"] = f'attachment; filename="{file}"'
    return response


def _in_language(parts: Iterator[bytes], language: str) -> Iterator[bytes]:
    """Yield each part as made in the reader's language: a stream is read after the request has ended."""
    while True:
        with override(language):
            part = next(parts, None)
        if part is None:
            return
        yield part


@login_not_required
@require_safe
def feed(request: HttpRequest) -> HttpResponseBase:
    """Send what was published last, of every public indicator, as Atom (RFC 4287)."""
    return _feed(request, None)


@login_not_required
@require_safe
def indicator_feed(request: HttpRequest, code: str) -> HttpResponseBase:
    """Send what was published last of one public indicator as Atom."""
    return _feed(request, get_object_or_404(visible_indicators(AnonymousUser()), code=code))


def _feed(request: HttpRequest, indicator: Indicator | None) -> HttpResponseBase:
    made = feeds.feed(indicator, before=request.GET.get("before", ""), language=get_language() or "en")
    etag = etag_of(made.content)
    response = HttpResponse(made.content, content_type="application/atom+xml; charset=utf-8")
    stamp = int(made.updated.timestamp()) if made.updated else None
    if made.updated:
        response.headers["Last-Modified"] = made.updated.strftime("%a, %d %b %Y %H:%M:%S GMT")
    answer = get_conditional_response(request, etag=etag, last_modified=stamp, response=response)
    return labelled(answer or response, etag, public=True)


@login_not_required
@require_safe
def catalogue(request: HttpRequest, form: str) -> HttpResponseBase:
    """Send all public indicators as a DCAT-AP catalogue: JSON-LD, Turtle or RDF/XML, the same statements in each."""
    content = dcat.catalogue(form)
    etag = etag_of(content)
    if answer := unchanged(request, etag, public=True):
        return answer
    return labelled(HttpResponse(content, content_type=dcat.FORMS[form]), etag, public=True)
