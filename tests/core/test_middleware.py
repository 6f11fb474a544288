"""What every request passes through."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import path

from gilde.config.urls import urlpatterns as every_route
from gilde.core.access import refused, require
from gilde.core.audit.chain import request_id
from gilde.core.errors import GildeError, Invalid, Missing, Refused, Stale
from gilde.core.middleware import CONTENT_SECURITY_POLICY
from gilde.core.models import User
from tests.client import GildeClient

ERRORS: dict[str, GildeError] = {
    "refused": Refused("Your role does not allow this step."),
    "missing": Missing("There is no such plan."),
    "stale": Stale("Somebody else was first."),
    "invalid": Invalid("title: This field is needed.", fields={"title": ["This field is needed."]}),
    "plain": GildeError("That cannot be read."),
}
STATUS = {"refused": 403, "missing": 404, "stale": 409, "invalid": 422, "plain": 400}


def guarded(request: HttpRequest) -> HttpResponse:
    return HttpResponse("inside")


@login_not_required
def public(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request_id.get())


@login_not_required
def stricter(request: HttpRequest) -> HttpResponse:
    return HttpResponse("x", headers={"Content-Security-Policy": "sandbox"})


@login_not_required
def fails(request: HttpRequest, name: str) -> HttpResponse:
    raise ERRORS[name]


urlpatterns = [
    path("test/guarded/", guarded),
    path("test/public/", public),
    path("test/stricter/", stricter),
    path("test/fails/<str:name>/", fails),
    *every_route,
]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


# --- refusal by default
# ---------------------------------------------------------------------------------------


def test_a_view_that_says_nothing_asks_for_a_sign_in(client: GildeClient, user: User) -> None:
    response = client.get("/test/guarded/")
    assert (response.status_code, response["Location"]) == (302, "/accounts/login/?next=/test/guarded/")
    client.force_login(user)
    assert client.get("/test/guarded/").content == b"inside"


def test_a_view_that_says_it_is_public_is(client: GildeClient) -> None:
    assert client.get("/test/public/").status_code == 200


# --- the policy
# -----------------------------------------------------------------------------------------------


def test_every_answer_carries_the_policy_and_none_allows_what_is_inline(client: GildeClient) -> None:
    for address in ("/test/public/", "/test/guarded/", "/test/fails/missing/", "/nowhere/"):
        policy = client.get(address)["Content-Security-Policy"]
        assert policy == CONTENT_SECURITY_POLICY
        assert "unsafe" not in policy
    directives = dict(part.split(" ", 1) for part in CONTENT_SECURITY_POLICY.split("; "))
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == directives["style-src"] == "'self'"
    assert directives["frame-ancestors"] == directives["base-uri"] == "'none'"


def test_a_stricter_policy_of_a_view_stays(client: GildeClient) -> None:
    assert client.get("/test/stricter/")["Content-Security-Policy"] == "sandbox"


def test_answers_may_not_be_sniffed_or_framed(client: GildeClient) -> None:
    response = client.get("/test/public/")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]


# --- the id of a request
# --------------------------------------------------------------------------------------


def test_each_request_has_its_own_id_which_the_answer_and_the_code_know(client: GildeClient) -> None:
    first, second = client.get("/test/public/"), client.get("/test/public/")
    assert re.fullmatch(r"[0-9a-f]{32}", first["X-Request-Id"])
    assert first.content.decode() == first["X-Request-Id"] != second["X-Request-Id"]
    assert request_id.get() == ""


def test_the_id_of_a_proxy_is_taken_over(client: GildeClient) -> None:
    response = client.get("/test/public/", headers={"X-Request-Id": "proxy-12345678"})
    assert response["X-Request-Id"] == response.content.decode() == "proxy-12345678"


@pytest.mark.parametrize("given", ["short", "x" * 65, "with space 123", "<script>alert</script>", "é" * 10])
def test_an_id_that_is_not_sane_is_not_taken_over(client: GildeClient, given: str) -> None:
    assert client.get("/test/public/", headers={"X-Request-Id": given})["X-Request-Id"] != given


# --- errors
# ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ERRORS)
def test_a_program_reads_an_error_as_a_problem(client: GildeClient, name: str) -> None:
    response = client.get(f"/test/fails/{name}/", headers={"Accept": "application/json"})
    assert response.status_code == STATUS[name]
    assert response["Content-Type"] == "application/problem+json"
    assert "Accept" in response["Vary"]
    problem: dict[str, Any] = json.loads(response.content)
    assert problem["title"] == ERRORS[name].sentence
    assert problem["status"] == STATUS[name]
    assert problem["type"] == f"about:blank#{ERRORS[name].code}"
    assert set(problem) == {"type", "title", "status"} | set(ERRORS[name].details)


@pytest.mark.parametrize("name", ERRORS)
def test_a_person_reads_the_same_sentence_on_a_page(client: GildeClient, name: str) -> None:
    response = client.get(f"/test/fails/{name}/", headers={"Accept": "text/html"})
    assert response.status_code == STATUS[name]
    assert response["Content-Type"].startswith("text/html")
    assert ERRORS[name].sentence in response.content.decode()


def test_a_validation_error_becomes_one_sentence_that_names_each_field() -> None:
    fields = Invalid.from_validation(ValidationError({"title": ["Is needed."], "__all__": ["Too early."]}))
    assert fields.sentence == "title: Is needed. Too early."
    assert fields.details == {"fields": {"title": ["Is needed."], "__all__": ["Too early."]}}
    assert Invalid.from_validation(ValidationError("Is wrong.")).sentence == "Is wrong."


def test_a_refusal_carries_the_reason_of_the_decision() -> None:
    with pytest.raises(Refused, match="Only officers may do this"):
        require(refused("Only officers may do this."))
