"""Figures for other sites: a bare page for a frame, and a drawing as a file. What is published, for anybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, override
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from gilde.core.middleware import CONTENT_SECURITY_POLICY
from gilde.indicators import figures
from gilde.indicators.access import visible_indicators
from gilde.indicators.pictures import svg_file
from gilde.indicators.standings import stands
from gilde.indicators.views.answers import conditional, name_of
from gilde.indicators.views.common import (
    Asked,
    asked_of,
    chosen_areas,
    key_words,
    since,
    state_of,
    with_state,
)
from gilde.indicators.views.indicator import chart_of

# As every other page, but that any site may put it into a frame.
_FRAMED: Final = CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", "frame-ancestors *")


@login_not_required
@require_safe
@xframe_options_exempt
def page(request: HttpRequest, code: str) -> HttpResponseBase:
    """Show the figure of a published indicator alone, to stand in a frame of another site."""

    def make(indicator: Any, asked: Asked) -> HttpResponseBase:
        context = {
            "indicator": indicator,
            "title": str(indicator.name),
            "key_words": key_words(indicator, asked.key),
            "chart": _chart(indicator, asked),
            "language": get_language(),
            "site_name": settings.SITE_NAME,
            "page_url": settings.SITE_URL
            + reverse("indicators:indicator", args=[indicator.code])
            + asked.query(lang=None),
        }
        response = render(request, "indicators/embed.html", context)
        response.headers["Content-Security-Policy"] = _FRAMED
        return response

    return _published(request, code, "embed", make)


@login_not_required
@require_safe
def svg(request: HttpRequest, code: str) -> HttpResponseBase:
    """Give the figure of a published indicator as an SVG file, which any site may show and scripts may read."""

    def make(indicator: Any, asked: Asked) -> HttpResponseBase:
        chart = _chart(indicator, asked)
        if chart is None:
            raise Http404
        response = HttpResponse(
            svg_file(chart, "both" if request.GET.get("scheme") == "both" else "light"),
            content_type="image/svg+xml; charset=utf-8",
        )
        response.headers["Content-Disposition"] = f'inline; filename="{indicator.code}.svg"'
        return response

    response = _published(request, code, "figure-svg", make)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _published(
    request: HttpRequest, code: str, name: str, make: Callable[[Any, Asked], HttpResponseBase]
) -> HttpResponseBase:
    """Answer in the language that the address names, the same to everybody, whoever asks."""
    seen = with_state(visible_indicators(AnonymousUser())).select_related("owner", "body")
    indicator: Any = seen.filter(code=code).first()
    if indicator is None:
        raise Http404
    asked = asked_of(request)
    wanted = request.GET.get("lang", "")
    language = wanted if wanted in dict(settings.LANGUAGES) else get_language() or settings.LANGUAGE_CODE
    with override(language):
        named = name_of(
            name, state_of(indicator), asked, asked.parameters, request.GET.get("scheme") == "both"
        )
        response = conditional(request, named, lambda: make(indicator, asked), public=True)
        response.headers["Content-Language"] = language
        return response


def _chart(indicator: Any, asked: Asked) -> Any:
    told = figures.lines(indicator, keys=[asked.key], at=asked.at)
    held = {line.area.code: line for line in told}
    areas = chosen_areas(asked.areas, held)
    shown = [since(held[code], asked.first) for code in areas]
    if not any(line.figures for line in shown):
        return None
    return chart_of(shown, stands(indicator, areas=areas, at=asked.at), None)
