"""Checking for programs, of any site: the same as the page, and the same sentences."""

from __future__ import annotations

import json
from typing import Any, Final

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import Router

from gilde.core.errors import GildeError, Invalid
from gilde.credentials.services import checking, trying
from gilde.credentials.verdict import Answer
from gilde.credentials.views.checking import CHECKS, given, status_of, too_large
from gilde.credentials.views.verdicts import as_json

check = Router(tags=["check"], auth=None)

# Any page may ask: nobody is signed in here, and nothing is stored.
_OPEN: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "POST, OPTIONS",
    "Access-Control-Allow-Headers": "Content-Type",
    "Access-Control-Max-Age": "86400",
    "Cache-Control": "no-store",
}
_PROBLEM: Final = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
_VERDICT: Final = {
    "type": "object",
    "title": "Verdict",
    "required": ["answer", "word", "sentence", "format", "checks", "facts", "parts"],
    "properties": {
        "answer": {"type": "string", "enum": [str(each) for each in Answer]},
        "word": {"type": "string"},
        "sentence": {"type": "string"},
        "format": {"type": "string"},
        "checks": {"type": "array", "items": {"type": "object"}},
        "facts": {
            "type": "object",
            "nullable": True,
            "description": "What the credential says, if it is sound.",
        },
        "parts": {"type": "array", "items": {"type": "object"}},
    },
}
_SAID: Final = {
    "responses": {
        200: {"description": "The verdict", "content": {"application/json": {"schema": _VERDICT}}},
        413: {"description": "Too large to be a credential", "content": _PROBLEM},
        429: {"description": "Asked too often", "content": _PROBLEM},
        503: {"description": "Many files are being checked at this moment", "content": _PROBLEM},
    },
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "file": {"type": "string", "format": "binary", "description": "A file of any kind."},
                        "text": {"type": "string", "description": "Instead of a file: a link or a text."},
                    },
                }
            },
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["text"],
                    "properties": {"text": {"type": "string", "description": "A link or a text."}},
                }
            },
        },
    },
}


@check.post("", summary="Check a credential", openapi_extra=_SAID)
def check_credential(request: HttpRequest) -> HttpResponse:
    """Return the verdict on a file or text.

    `answer` is valid, stopped, expired, altered, unknown-issuer or cannot-tell; `checks` are all that were made. What
    is no credential at all is a problem with the status 422, what is larger than 50 MB one with 413. The code of a
    paper is a problem with `url`: the page where a person says what is printed on it.
    """
    try:
        trying.spend("check", trying.address_of(request), most=CHECKS, seconds=60)
        verdict = checking.check_given(_given(request))
    except GildeError as error:
        status = status_of(error)
        problem = {**error.as_problem(), "status": status}
        return JsonResponse(problem, status=status, content_type="application/problem+json", headers=_OPEN)
    return JsonResponse(as_json(verdict), headers=_OPEN)


@check.api_operation(["OPTIONS"], "", include_in_schema=False)
def check_preflight(request: HttpRequest) -> HttpResponse:
    """Tell browsers that any page may ask."""
    return HttpResponse(status=204, headers=_OPEN)


def _given(request: HttpRequest) -> bytes | str:
    """Return what was given. Raises TooMuch, and Invalid for a body of another form."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > 51 * 1024 * 1024:
        raise too_large()
    try:
        if request.content_type != "application/json":
            return given(request)
        told: Any = json.loads(request.body)
    except RequestDataTooBig as error:
        raise too_large() from error
    except (ValueError, RecursionError) as error:
        raise Invalid(_('Send {"text": …} as JSON, or a file as multipart/form-data.')) from error
    text = told.get("text") if isinstance(told, dict) else None
    if not isinstance(text, str):
        raise Invalid(_('Send {"text": …} as JSON, or a file as multipart/form-data.'))
    return text
