"""The API: one NinjaAPI to which each context adds its routers. It refuses unless a route is public."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable
from functools import update_wrapper
from http import HTTPStatus
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, path, re_path
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.security import SessionAuth

from gilde.core.errors import GildeError
from gilde.credentials.api import TABLES
from gilde.credentials.api import routers as credentials
from gilde.indicators.api import routers as indicators
from gilde.organisations.api import router as organisations
from gilde.plans.api import routers as plans
from gilde.qualifications.api import routers as qualifications

logger = logging.getLogger(__name__)

JSON = "application/json"
PROBLEM = "application/problem+json"
# What an operation may answer beside its own results, by method.
_READS = {
    304: "Not changed since the ETag that was sent",
    404: "No such thing",
    422: "A parameter is not right",
}
_WRITES = {
    400: "The body cannot be read",
    401: "Not signed in",
    403: "Not allowed, with the reason",
    404: "No such thing",
    409: "Somebody else changed it first",
    415: "The body is not JSON",
    422: "What was sent is not right",
}
DESCRIPTION = (
    "What Gilde knows, as data. Everybody reads what is published; who is signed in writes, through the "
    "same services as the pages. Dates are ISO 8601, amounts are decimals as text, null is unknown and not "
    "nought. See docs/api.md."
)


class SignedIn(SessionAuth):
    """The session of the pages. Who has none is told so (401) before a token against forgery counts (403)."""

    def _get_key(self, request: HttpRequest) -> str | None:
        if not request.user.is_authenticated:
            return None
        # Before anything reads the body: another type is what a form on a strange page could send.
        if request.content_type not in (JSON, *TABLES):
            sentence = _("Send the body as application/json, not as “%(given)s”.")
            raise HttpError(415, sentence % {"given": request.content_type})
        return super()._get_key(request)


class GildeAPI(NinjaAPI):
    """Adds to ninja: problems everywhere, ETags on what is read, a page for people, refusal of the rest."""

    @property
    def urls(self) -> tuple[list[URLResolver | URLPattern], str, str]:
        patterns, app_name, namespace = super().urls
        for pattern in patterns:
            if isinstance(pattern, URLPattern):
                pattern.callback = _with_problems(pattern.callback)
        # The page for people stands in the place of ninja's empty root, under the same name.
        kept = [pattern for pattern in patterns if getattr(pattern, "name", "") != "api-root"]
        return [path("", index, name="api-root"), *kept, re_path(r"", unknown)], app_name, namespace

    def create_response(
        self,
        request: HttpRequest,
        data: Any,
        *,
        status: int | None = None,
        temporal_response: HttpResponse | None = None,
    ) -> HttpResponse:
        response = super().create_response(request, data, status=status, temporal_response=temporal_response)
        given = request.method == "GET" and response.status_code == HTTPStatus.OK
        if not given or "Cache-Control" in response:
            return response
        # Who is signed in may see more at the same address.
        patch_vary_headers(response, ["Cookie"])
        response["Cache-Control"] = (
            "private, no-cache" if request.user.is_authenticated else "public, no-cache"
        )
        etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
        response["ETag"] = etag
        answer = get_conditional_response(request, etag=etag, response=response)
        return answer if isinstance(answer, HttpResponse) else response

    def get_openapi_schema(self, **given: Any) -> OpenAPISchema:
        """Return the OpenAPI document with the problems that each operation may answer."""
        schema = super().get_openapi_schema(**given)
        problem = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        for operations in schema["paths"].values():
            for method, operation in operations.items():
                for status, description in (_READS if method == "get" else _WRITES).items():
                    answer = {"description": description, **({} if status == 304 else {"content": problem})}
                    operation["responses"].setdefault(status, answer)
                operation["responses"] = dict(sorted(operation["responses"].items()))
        schema["components"]["schemas"]["Problem"] = {
            "type": "object",
            "title": "Problem",
            "description": "An error (RFC 9457). The title says in a sentence what is wrong and what to do.",
            "required": ["type", "title", "status"],
            "properties": {
                "type": {"type": "string"},
                "title": {"type": "string"},
                "status": {"type": "integer"},
            },
            "additionalProperties": True,
        }
        return schema

    def get_openapi_operation_id(self, operation: Any) -> str:
        """Return the name of the function: unique, which a test checks, and the same in any module."""
        name: str = operation.view_func.__name__
        return name


api = GildeAPI(
    title="Gilde",
    version="1",
    description=DESCRIPTION,
    auth=SignedIn(),
    docs_url=None,
    urls_namespace="api",
)


class Session(Schema):
    """Who is asking, and the token to send as `X-CSRFToken` with everything that is not a GET."""

    signed_in: bool
    name: str | None
    csrf_token: str


@api.get("/session", response=Session, auth=None, tags=["session"], summary="Who is asking")
def read_session(request: HttpRequest, response: HttpResponse) -> Session:
    """Return who is signed in with the session cookie, and the token against forged requests."""
    response["Cache-Control"] = "private, no-store"
    signed_in = request.user.is_authenticated
    return Session(
        signed_in=signed_in, name=str(request.user) if signed_in else None, csrf_token=get_token(request)
    )


for prefix, router in [*plans, *qualifications, *credentials, *indicators]:
    api.add_router(prefix, router)
api.add_router("/organisations", organisations)


def problem_response(status: int, title: str, code: str, **details: object) -> HttpResponse:
    """Return an error as problem+json (RFC 9457)."""
    problem = {"type": f"about:blank#{code}", "title": title, "status": status, **details}
    body = json.dumps(problem, cls=DjangoJSONEncoder, ensure_ascii=False)
    return HttpResponse(body, status=status, content_type=PROBLEM)


@api.exception_handler(GildeError)
def on_gilde_error(request: HttpRequest, error: GildeError) -> HttpResponse:
    """Answer with the sentence that the page shows too."""
    return problem_response(error.status, error.sentence, error.code, **error.details)


@api.exception_handler(Http404)
def on_missing(request: HttpRequest, error: Http404) -> HttpResponse:
    """Answer that there is no such thing, or none that the reader may know of."""
    return problem_response(
        404, _("There is no such thing, or you may not see it. Check the address."), "missing"
    )


@api.exception_handler(AuthenticationError)
def on_stranger(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """Answer that one has to sign in."""
    return problem_response(401, _("Sign in first; the API uses the session of the pages."), "not-signed-in")


@api.exception_handler(HttpError)
def on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Answer what ninja itself refuses: a forged request, a body that is no JSON."""
    if error.status_code == 403:
        sentence = _(
            "The token against forged requests is missing or wrong. Send it as X-CSRFToken; see /api/session."
        )
        return problem_response(403, sentence, "forged")
    if error.status_code == 400:
        return problem_response(400, _("The body cannot be read: it is not valid JSON."), "bad-request")
    return problem_response(error.status_code, str(error), "bad-request")


@api.exception_handler(ValidationError)
def on_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Answer in one sentence what is wrong with each parameter or field."""
    fields: dict[str, str] = {}
    for each in error.errors:
        name = ".".join(str(part) for part in each["loc"][1:] if part not in ("body", "data", "payload"))
        fields.setdefault(name or str(each["loc"][0]), str(each["msg"]).removeprefix("Value error, "))
    sentence = " ".join(f"{name}: {message.rstrip('.')}." for name, message in fields.items())
    return problem_response(422, sentence, "invalid", fields=fields)


@api.exception_handler(Exception)
def on_failure(request: HttpRequest, error: Exception) -> HttpResponse:
    """Answer that the fault is Gilde's; tests and logs still get the exception."""
    logger.error("%s %s failed", request.method, request.path, exc_info=error)
    got_request_exception.send(sender=None, request=request)
    return problem_response(
        500, _("Something went wrong on our side; nothing was stored. Try again later."), "failure"
    )


def index(request: HttpRequest) -> HttpResponse:
    """List the operations of the API for people."""
    schema = api.get_openapi_schema()
    groups: dict[str, list[dict[str, Any]]] = {}
    for address, operations in schema["paths"].items():
        for method, operation in operations.items():
            groups.setdefault(operation["tags"][0], []).append(
                {
                    "method": method.upper(),
                    "address": address,
                    "summary": operation["summary"],
                    "description": operation.get("description", ""),
                    "parameters": [
                        {
                            "name": each["name"],
                            "description": each.get("description", ""),
                            "required": each.get("required", False),
                        }
                        for each in operation.get("parameters", [])
                    ],
                    "public": not operation.get("security"),
                }
            )
    return render(
        request, "core/api.html", {"title": _("API"), "groups": groups, "count": len(schema["paths"])}
    )


def unknown(request: HttpRequest) -> HttpResponse:
    """Answer that the API has no such address."""
    return problem_response(404, _("The API has no such address; /api/ lists those that it has."), "missing")


def _with_problems(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let also what ninja answers itself, such as 405, be a problem."""

    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # HEAD is a GET whose body the server leaves out (RFC 9110, 9.3.2); ninja knows GET only.
        head = request.method == "HEAD"
        if head:
            request.method = "GET"
        try:
            response = view(request, *args, **kwargs)
        finally:
            if head:
                request.method = "HEAD"
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED:
            return response
        allow = response.headers["Allow"]
        sentence = _("This address does not take %(method)s. It takes %(allow)s.") % {
            "method": request.method,
            "allow": allow,
        }
        answer = problem_response(405, sentence, "method")
        answer["Allow"] = allow
        return answer

    update_wrapper(wrapped, view, assigned=())
    wrapped.csrf_exempt = getattr(view, "csrf_exempt", False)  # type: ignore[attr-defined]
    return wrapped
