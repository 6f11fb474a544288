"""The API as a whole: its document does not change unnoticed, and nothing that one sends makes it fail."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.urls import reverse
from hypothesis import HealthCheck, Phase, settings
from schemathesis import checks

from gilde.config.api import api
from tests.client import GildeClient
from tests.credentials.api_things import api_things as credential_things
from tests.indicators.factories import TargetFactory, figures_of
from tests.plans.factories import Cast, EvidenceFactory, MilestoneFactory, UpdateFactory, a_plan
from tests.qualifications.api_things import api_things

STORED = Path(__file__).resolve().parent.parent / "docs" / "openapi.json"
WRITES = {"post", "put", "patch", "delete"}
# Anybody may check a credential: nothing is stored.
OPEN = {"/api/check"}


def document() -> str:
    return (
        json.dumps(api.get_openapi_schema(), indent=1, ensure_ascii=False, sort_keys=True, default=str) + "\n"
    )


def operations() -> list[tuple[str, str, dict[str, object]]]:
    paths = json.loads(document())["paths"]
    return [(path, method, given) for path, found in paths.items() for method, given in found.items()]


def test_the_stored_document_is_that_of_the_code() -> None:
    if os.environ.get("GILDE_UPDATE_SNAPSHOTS"):
        STORED.write_text(document(), encoding="utf-8")
    assert STORED.read_text(encoding="utf-8") == document(), (
        "The API has changed. If that is meant, run this test once with GILDE_UPDATE_SNAPSHOTS=1 and look at "
        "what changed in docs/openapi.json."
    )


def test_the_names_of_operations_are_unique() -> None:
    names = Counter(given["operationId"] for _path, _method, given in operations())
    assert [name for name, n in names.items() if n > 1] == []


def test_every_write_needs_a_session_and_every_read_needs_none() -> None:
    for path, method, given in operations():
        assert bool(given.get("security")) == (method in WRITES and path not in OPEN), f"{method} {path}"


def test_every_operation_has_a_sentence_and_a_tag() -> None:
    for path, method, given in operations():
        assert given["summary"], f"{method} {path}"
        assert str(given["description"]).endswith("."), f"{method} {path}"
        assert given["tags"], f"{method} {path}"


@pytest.mark.django_db
def test_the_document_is_served(client: GildeClient) -> None:
    assert client.get("/api/openapi.json").json() == json.loads(document())


@pytest.mark.django_db
def test_the_page_for_people_lists_every_operation(client: GildeClient) -> None:
    page = client.get(reverse("api:api-root")).content.decode()
    for path, method, given in operations():
        assert f"{method.upper()} {path}" in page
        assert str(given["summary"]) in page


# What is sent: requests that fit the document and requests that do not, always the same ones.

schema = schemathesis.openapi.from_wsgi("/api/openapi.json", get_wsgi_application())
# The many border cases that schemathesis derives from the document are for the long run.
LONG = os.environ.get("HYPOTHESIS_PROFILE") == "ci"
PHASES = [Phase.explicit, Phase.generate] if LONG else [Phase.generate]
CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.unsupported_method,
    checks.allow_header_conformance,
]


@schema.hook
def map_path_parameters(context: Any, path_parameters: dict[str, Any] | None) -> dict[str, Any]:
    """Let half of the addresses be of things that exist."""
    return {
        name: _KNOWN[name] if name in _KNOWN and crc32(str(value).encode()) % 2 else value
        for name, value in (path_parameters or {}).items()
    }


_KNOWN: dict[str, str] = {}


@pytest.fixture
def _one_connection() -> Iterator[None]:
    """Keep the connection of the test over all requests, as Django's own test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def signed_in(db: None, _one_connection: None) -> dict[str, str]:
    """A plan with something of everything, and the cookies of an officer who may write about it."""
    plan = a_plan(measures=1)
    measure = plan.measures.get()
    officer = Cast.of(plan).officer
    given = {"measure": measure, "author": officer.pk}
    # What is called `code` in an address is now that of an instrument, now that of an indicator or an area.
    code = plan.instruments.get().code
    target = TargetFactory(indicator__code=code)
    release = figures_of(target.indicator, {code: {"2020": 71.5, "2021": (76.0, "b")}})
    assert release is not None
    things = {
        "slug": plan.slug,
        "measure_id": measure.pk,
        "action_id": measure.actions.all()[0].pk,
        "milestone_id": MilestoneFactory(measure=measure).pk,
        "update_id": UpdateFactory(**given).pk,
        "evidence_id": EvidenceFactory(**given).pk,
        "code": code,
        "target_id": target.pk,
        "uid": release.uid,
        "provision_id": plan.instruments.get().provisions.all()[0].pk,
    }
    things |= api_things(code, plan.owner)
    things |= credential_things(plan.owner, officer)
    _KNOWN.update({name: str(value) for name, value in things.items()})
    client = GildeClient()
    client.force_login(officer)
    return {"sessionid": client.cookies["sessionid"].value, "csrftoken": "a" * 32}


@schema.parametrize()
@settings(
    max_examples=5,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=PHASES,
)
def test_whatever_is_sent_the_answer_is_one_that_the_document_promises(
    case: schemathesis.Case, signed_in: dict[str, str]
) -> None:
    case.call_and_validate(
        cookies=signed_in,
        checks=CHECKS,
        headers={"X-CSRFToken": "a" * 32, "Referer": "http://localhost/", **dict(case.headers or {})},
    )
