"""Checking for programs of any site: the verdict as data, and problems with the sentence that the page shows."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gilde.config.api import api
from gilde.core.access import SYSTEM
from gilde.credentials.facts_json import from_json
from gilde.credentials.models import Award
from gilde.credentials.services import renderings, stopping
from gilde.credentials.views.checking import CHECKS
from tests.credentials.factories import an_award

pytestmark = pytest.mark.django_db

ADDRESS = "/api/check"


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()


def posted(client: Client, data: Any, **kwargs: Any) -> Any:
    return client.post(ADDRESS, data, HTTP_ACCEPT="application/json", **kwargs)


def test_a_file_comes_back_as_a_verdict_with_facts(client: Client) -> None:
    award = an_award()
    content = renderings.file(award, "vc").content
    response = posted(client, {"file": SimpleUploadedFile("a.json", content)})
    told = response.json()
    assert (response.status_code, told["answer"], told["format"]) == (200, "valid", "vc")
    assert from_json(told["facts"]) == from_json(award.facts)
    assert {each["standing"] for each in told["checks"]} == {"passed"} or "note" in str(told["checks"])
    assert {each["subject"] for each in told["checks"]} >= {"format", "signature", "key", "issuer", "status"}


def test_a_text_is_sent_as_json_too(client: Client) -> None:
    token = renderings.file(an_award(), "vc-jwt").content.decode()
    response = posted(client, json.dumps({"text": token}), content_type="application/json")
    assert response.json()["answer"] == "valid"


def test_a_revoked_award_is_stopped_with_its_reason_as_a_code(client: Client) -> None:
    award = an_award()
    stopping.revoke(actor=SYSTEM, awards=[award], reason="Issued by mistake", notify=False)
    content = renderings.file(Award.objects.get(), "vc").content
    told = posted(client, {"file": SimpleUploadedFile("a.json", content)}).json()
    assert told["answer"] == "stopped"
    assert "revoked" in {each["reason"] for each in told["checks"]}


@pytest.mark.parametrize(
    ("body", "status"),
    [('{"text": "my diploma"}', 422), ("{}", 422), ("[1]", 422), ("{", 422), ('{"text": 1}', 422)],
)
def test_what_is_no_credential_is_a_problem(client: Client, body: str, status: int) -> None:
    response = posted(client, body, content_type="application/json")
    assert (response.status_code, response.headers["Content-Type"]) == (status, "application/problem+json")
    assert response.json()["title"].endswith(".")
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_what_is_too_large_is_413(client: Client) -> None:
    long = posted(client, json.dumps({"text": "x" * (6 << 20)}), content_type="application/json")
    assert long.status_code == 413
    kind, size = "multipart/form-data; boundary=x", str(60 << 20)
    assert client.generic("POST", ADDRESS, b"x", kind, CONTENT_LENGTH=size).status_code == 413


def test_the_code_of_a_paper_is_a_problem_that_names_the_page(client: Client) -> None:
    award = an_award()
    address = renderings.check_address(award)
    told = posted(client, json.dumps({"text": address}), content_type="application/json").json()
    assert (told["status"], told["url"]) == (422, address)


def test_any_site_may_ask_and_the_limit_holds_for_each_address(client: Client) -> None:
    preflight = client.options(ADDRESS, HTTP_ORIGIN="https://employer.example")
    assert (preflight.status_code, preflight.headers["Access-Control-Allow-Origin"]) == (204, "*")
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
    body = json.dumps({"text": "x"})
    codes = [posted(client, body, content_type="application/json").status_code for _turn in range(CHECKS + 1)]
    assert (set(codes[:CHECKS]), codes[CHECKS]) == ({422}, 429)


def test_no_token_against_forged_requests_is_asked_as_nobody_is_signed_in() -> None:
    strict = Client(enforce_csrf_checks=True)
    response = strict.post(ADDRESS, json.dumps({"text": "x"}), content_type="application/json")
    assert response.status_code == 422


def test_the_operation_is_described() -> None:
    operation = api.get_openapi_schema()["paths"]["/api/check"]["post"]
    assert set(operation["requestBody"]["content"]) == {"multipart/form-data", "application/json"}
