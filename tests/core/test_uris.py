"""Stable addresses of public things: a page for people, data for machines, from one address."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gilde.core import uris
from gilde.core.access import Actor
from gilde.core.models import User
from tests.client import GildeClient

pytestmark = pytest.mark.django_db
KNOWN = UUID("6f1c3e0e-0000-4000-8000-000000000001")
HIDDEN = UUID("6f1c3e0e-0000-4000-8000-000000000002")
PATH = f"/id/measure/{KNOWN}"


def find(actor: Actor, id: UUID) -> str | None:
    if id == HIDDEN and not actor.is_authenticated:
        return None
    return {KNOWN: "dual learning", HIDDEN: "a draft"}.get(id)


@pytest.fixture(autouse=True)
def _own_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uris, "_kinds", {})
    uris.register(
        "measure",
        find=find,
        page=lambda thing: "/plans/flanders/measures/3.9/",
        data=lambda thing: {"@type": "Measure", "name": thing},
    )


def get(client: GildeClient, accept: str = "", path: str = PATH) -> Any:
    return client.get(path, headers={"Accept": accept} if accept else {})


def test_a_person_is_sent_on_to_the_page(client: GildeClient) -> None:
    for accept in ("", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "*/*"):
        response = get(client, accept)
        assert (response.status_code, response["Location"]) == (303, "/plans/flanders/measures/3.9/")
        assert "Accept" in response["Vary"]


@pytest.mark.parametrize("media_type", ["application/json", "application/ld+json"])
def test_a_machine_gets_the_data(client: GildeClient, media_type: str) -> None:
    response = get(client, media_type)
    assert response.status_code == 200
    assert response["Content-Type"] == media_type
    assert "Accept" in response["Vary"]
    assert json.loads(response.content) == {
        "@id": f"http://127.0.0.1:8000/id/measure/{KNOWN}",
        "@type": "Measure",
        "name": "dual learning",
    }


@pytest.mark.parametrize(
    ("accept", "status", "content_type"),
    [
        ("application/json;q=0.2, text/html;q=0.9", 303, None),
        ("application/json, text/html;q=0.9", 200, "application/json"),
        ("application/ld+json;q=0.5, application/json;q=0.4", 200, "application/ld+json"),
        ("application/*", 200, "application/ld+json"),
        ("text/html;q=0, */*", 200, "application/ld+json"),
        ("*/*;q=0.1, application/json", 200, "application/json"),
        ("image/png", 406, "application/problem+json"),
        ("application/json;q=0", 406, "application/problem+json"),
    ],
)
def test_what_the_client_prefers_is_weighed(
    client: GildeClient, accept: str, status: int, content_type: str | None
) -> None:
    response = get(client, accept)
    assert response.status_code == status
    if content_type:
        assert response["Content-Type"] == content_type


@pytest.mark.parametrize(
    ("format", "content_type"), [("json", "application/json"), ("jsonld", "application/ld+json")]
)
def test_the_format_in_the_address_counts_more_than_the_header(
    client: GildeClient, format: str, content_type: str
) -> None:
    assert get(client, "text/html", f"{PATH}?format={format}")["Content-Type"] == content_type
    assert get(client, "application/json", f"{PATH}?format=html").status_code == 303


def test_an_unknown_format_is_refused_with_those_that_exist(client: GildeClient) -> None:
    response = get(client, "", f"{PATH}?format=rdf")
    assert response.status_code == 422
    assert (
        json.loads(response.content)["title"]
        == "There is no format “rdf”. Ask for one of: html, json, jsonld."
    )


@pytest.mark.parametrize(
    "path", [f"/id/measure/{UUID(int=7)}", f"/id/person/{KNOWN}", f"/id/measure/{HIDDEN}"]
)
def test_what_is_not_there_or_not_public_is_the_same_404(client: GildeClient, path: str) -> None:
    response = get(client, "application/json", path)
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    assert json.loads(response.content)["title"] == "There is nothing at this address, or you may not see it."
    assert "Accept" in response["Vary"]
    page = get(client, "text/html", path)
    assert (page.status_code, page["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert "Accept" in page["Vary"]


def test_who_may_see_it_finds_it(client: GildeClient, user: User) -> None:
    client.force_login(user)
    assert get(client, "application/json", f"/id/measure/{HIDDEN}").status_code == 200


def test_data_that_did_not_change_is_not_sent_again(client: GildeClient) -> None:
    etag = get(client, "application/json")["ETag"]
    again = client.get(PATH, headers={"Accept": "application/json", "If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")


def test_other_sites_may_read_what_anybody_may(client: GildeClient) -> None:
    assert get(client, "application/json")["Access-Control-Allow-Origin"] == "*"


def test_only_reading_is_answered(client: GildeClient) -> None:
    assert client.post(PATH).status_code == 405


@pytest.mark.parametrize("kind", ["measure", "Big", "two words", ""])
def test_a_kind_is_registered_once_and_under_a_plain_word(kind: str) -> None:
    with pytest.raises(ValueError, match=r"registered twice|must be a plain word"):
        uris.register(kind, find=find, page=str, data=dict)


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), max_size=80))
def test_any_accept_header_is_weighed_or_refused(accept: str) -> None:
    assert uris._preferred(accept) in {"text/html", "application/json", "application/ld+json", None}


@given(st.floats(0.1, 1), st.floats(0.1, 1))
def test_the_higher_weight_wins(html: float, data: float) -> None:
    html, data = round(html, 3), round(data, 3)
    preferred = uris._preferred(f"text/html;q={html}, application/json;q={data}")
    assert preferred == ("application/json" if data > html else "text/html")
