"""The API: one NinjaAPI to which each context adds its router. It refuses by default; what is public says so."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.security import django_auth

from gilde.core.errors import GildeError

api = NinjaAPI(title="Gilde", version="1", auth=django_auth, docs_url=None, urls_namespace="api")


@api.exception_handler(GildeError)
def problem(request: HttpRequest, error: GildeError) -> HttpResponse:
    """Return an error as problem+json (RFC 9457) with the sentence that the page shows too."""
    response = api.create_response(request, error.as_problem(), status=error.status)
    response["Content-Type"] = "application/problem+json"
    return response
