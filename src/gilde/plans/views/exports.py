"""What leaves as data: the calendar of due dates, the whole plan, and the terms of the linked data."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import override
from django.views.decorators.http import require_safe

from gilde.plans import export, vocabulary
from gilde.plans.access import visible_measures, visible_plans
from gilde.plans.calendar import measure_calendar, plan_calendar
from gilde.plans.models import Plan


def _answer(
    request: HttpRequest, content: bytes, media_type: str, name: str = "", *vary: str
) -> HttpResponseBase:
    """Return the content with its ETag, or 304 for who has it already."""
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": "no-cache"}
    if name:
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response = HttpResponse(content, content_type=media_type, headers=headers)
    patch_vary_headers(response, vary)
    return get_conditional_response(request, etag=etag, response=response) or response


def _plan(request: HttpRequest, slug: str) -> Plan:
    return get_object_or_404(visible_plans(request.user), slug=slug)


def _language(request: HttpRequest) -> str:
    """The language asked for in the address, since calendars send none; else that of the installation."""
    asked = request.GET.get("language", "")
    return asked if asked in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


@login_not_required
@require_safe
def calendar(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Send the due dates of a plan as iCalendar; `?language=nl` gives them in Dutch."""
    plan = _plan(request, slug)
    with override(_language(request)):
        content = plan_calendar(plan)
    return _answer(request, content, "text/calendar; charset=utf-8", f"{slug}.ics", "Cookie")


@login_not_required
@require_safe
def calendar_of_measure(request: HttpRequest, slug: str, number: str) -> HttpResponseBase:
    """Send the due dates of one measure as iCalendar."""
    found = visible_measures(request.user).select_related("plan")
    measure = get_object_or_404(found, plan__slug=slug, number=number)
    with override(_language(request)):
        content = measure_calendar(measure)
    return _answer(request, content, "text/calendar; charset=utf-8", f"{slug}-measure.ics", "Cookie")


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


@login_not_required
@require_safe
def export_json(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Send the whole plan as one JSON document."""
    content = _json(export.as_json(request.user, _plan(request, slug)))
    return _answer(request, content, "application/json", f"{slug}.json", "Cookie")


@login_not_required
@require_safe
def export_zip(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Send the whole plan as CSV files in a ZIP."""
    content = export.as_zip(request.user, _plan(request, slug))
    return _answer(request, content, "application/zip", f"{slug}.zip", "Cookie")


@login_not_required
@require_safe
def context(request: HttpRequest) -> HttpResponseBase:
    """Send the JSON-LD context with what our own terms mean."""
    response = _answer(request, _json(vocabulary.context()), "application/ld+json")
    response["Access-Control-Allow-Origin"] = "*"
    return response
