"""No personal fact of an award is in any answer that everybody gets: every public route is asked, pages and API."""

from __future__ import annotations

import html
import json
from datetime import date
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, reverse

from gilde.config.api import api
from gilde.core import search
from gilde.credentials.models import Award, Issuer
from gilde.credentials.services import log, renderings
from gilde.credentials.urls import urlpatterns
from tests.credentials.factories import a_holder, an_achievement, an_award, an_issuer

pytestmark = pytest.mark.django_db

GIVEN, FAMILY = "Zéphyrine", "Xanthoudakis-Quill"
EMAIL, BORN = "zx.quill@people.example", date(1987, 11, 23)
REFERENCE, PERSON, GRADE, ASSESSOR = "REF-77Q-ZX", "STU-99X-QZ", "bene-probatus-77", "Jury of Dr. Wolkenstein"
FACTS = [
    *(GIVEN, FAMILY, EMAIL, REFERENCE, PERSON, GRADE, ASSESSOR),
    *("1987-11-23", "23/11/1987", "23 November 1987", "Nov. 23, 1987", "November 23, 1987"),
]


@pytest.fixture
def award(settings: Any, tmp_path: Any) -> Award:
    """An award in a wallet, with a file of several forms, in the log and in the search index."""
    settings.SEARCH_DIR = tmp_path
    award = an_award(
        an_achievement(an_issuer()),
        given_name=GIVEN,
        family_name=FAMILY,
        email=EMAIL,
        born=BORN,
        reference=REFERENCE,
        person=PERSON,
        grade=GRADE,
        assessed_by=ASSESSOR,
    )
    for form in ("vc-jwt", "open-badge", "edc"):
        renderings.rendering(award, form)
    a_holder(award)
    log.sign_checkpoint()
    search.rebuild()
    return award


def written(fact: str) -> set[str]:
    """The ways in which a text may stand in an answer."""
    return {fact, html.escape(fact), json.dumps(fact)[1:-1], quote(fact), fact.lower(), fact.upper()}


def told_in(content: bytes) -> list[str]:
    text = content.decode("utf-8", "replace")
    return [fact for fact in FACTS if any(each in text for each in written(fact))]


def values(award: Award) -> dict[str, Any]:
    """What stands in addresses, by name; secrets of others are what nobody else has, so wrong ones stand here."""
    issuer: Issuer = award.issuer
    return {
        "slug": issuer.slug,
        "achievement_id": award.achievement_id,
        "award_id": award.pk,
        "holder_id": award.holder_id,
        "list_id": award.status_list_id,
        "version_id": award.pk,
        "key_id": issuer.keys.all()[0].pk,
        "digest": award.renderings.all()[0].digest,
        "size": 4,
        "first": 1,
        "second": 2,
        "secret": "no-such-secret",
        "token": "no-such-token",
        "folder_id": 1,
    }


FORMS = ["vc", "revocation", "suspension", "tokens", "json", "pdf", "png", "csv", "svg"]
QUERIES = ["", "?q=" + quote(FAMILY), "?format=json", "?format=csv", "?digest="]


def addresses(award: Award) -> set[str]:
    """The address of every route of credentials, with what there is; where a form is asked for, in each."""
    known = values(award)
    found = set()
    for pattern in urlpatterns:
        assert isinstance(pattern, URLPattern)
        names = list(pattern.pattern.converters)
        for form in FORMS if "form" in names or "act" in names else ["x"]:
            told = {name: known.get(name, award.pk if name.endswith("_id") else form) for name in names}
            path = reverse(f"credentials:{pattern.name}", kwargs=told)
            found |= {path + query for query in QUERIES}
    return found


def operations(award: Award) -> set[str]:
    """The address of every reading of the API, with what there is."""
    known = {name: str(value) for name, value in values(award).items()} | {"form": "vc", "code": "welder"}
    paths = json.loads(json.dumps(api.get_openapi_schema(), default=str))["paths"]
    found = set()
    for path, given in paths.items():
        if "get" in given:
            for name in known:
                path = path.replace("{" + name + "}", known[name])
            if "{" not in path:
                found |= {path, path + "?q=" + quote(FAMILY)}
    return found


def test_the_facts_are_where_they_belong(award: Award) -> None:
    """What is looked for below is really in the award; else nothing would be found anywhere."""
    whole = award.renderings.get(form="vc").content
    assert {GIVEN, FAMILY, GRADE, ASSESSOR, "1987-11-23"} <= set(told_in(bytes(whole)))


def test_no_page_tells_a_stranger_of_a_person(award: Award) -> None:
    client, answered = Client(), set()
    for path in sorted(addresses(award)):
        response = client.get(path, follow=False)
        content = b"".join(response.streaming_content) if response.streaming else response.content
        asked = {FAMILY} if "?q=" in path else set()  # a page repeats its own address
        assert set(told_in(content)) <= asked, f"{path} tells of a person"
        assert response.status_code < 500, path
        if response.status_code == 200:
            answered.add(path.partition("?")[0])
    assert len(answered) > 15  # the crawl went somewhere


def test_no_answer_of_the_api_tells_a_stranger_of_a_person(award: Award) -> None:
    client, answered = Client(), set()
    for path in sorted(operations(award)):
        response = client.get(path)
        # Of some a problem repeats what was asked.
        asked = {FAMILY} if "?q=" in path and response.status_code >= 400 else set()
        assert set(told_in(response.content)) <= asked, f"{path} tells of a person"
        if response.status_code == 200:
            answered.add(path)
    assert {"/api/issuers", "/api/achievements", f"/api/issuers/{award.issuer.slug}"} <= answered
    assert f"/api/awards/{award.pk}" not in answered


def test_search_and_start_tell_a_stranger_of_nobody(award: Award) -> None:
    client = Client()
    for path in ("/", "/start/learner/", f"/search/?q={quote(FAMILY)}", f"/search/?q={quote(REFERENCE)}"):
        content = client.get(path).content
        asked = {FAMILY, REFERENCE} if "?q=" in path else set()  # the page repeats what was asked
        assert set(told_in(content)) <= asked
        assert str(award.pk) not in content.decode()
    assert search.find(FAMILY).count == 0
    assert search.find(REFERENCE).count == 0


def test_linked_data_and_lists_name_neither_award_nor_person(award: Award) -> None:
    client = Client()
    paths = [
        f"/id/issuer/{award.issuer.pk}?format=jsonld",
        f"/id/achievement/{award.achievement_id}?format=jsonld",
        f"/issuers/{award.issuer.slug}/did.json",
        *(reverse("credentials:status-list", args=[award.status_list_id, form]) for form in FORMS[1:4]),
        "/log/leaves/0",
    ]
    for path in paths:
        response = client.get(path)
        assert response.status_code == 200, path
        text = response.content.decode()
        assert told_in(response.content) == []
        assert not [each for each in (award.pk, award.holder_id) if str(each) in text], path


def test_an_address_of_an_award_answers_a_stranger_as_one_that_never_was(award: Award) -> None:
    client = Client()
    for path in ("/api/awards/{}", "/api/wallet/{}", "/api/awards/{}/renderings/vc"):
        real, none = (client.get(path.format(each)) for each in (award.pk, uuid4()))
        assert (real.status_code, real.content) == (none.status_code, none.content)
