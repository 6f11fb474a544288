"""The site search finds who issues and what can be awarded, and never an award."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gilde.core import search
from gilde.core.access import SYSTEM
from gilde.core.text import Text
from gilde.credentials.models import Achievement
from gilde.credentials.services import achievements
from gilde.credentials.services.achievements import Told
from tests.client import GildeClient
from tests.credentials.factories import OrganisationFactory, an_achievement, an_award, an_issuer

pytestmark = pytest.mark.django_db
Committed = Callable[..., Any]


@pytest.fixture(autouse=True)
def _own_index(settings: Any, tmp_path: Any) -> None:
    settings.SEARCH_DIR = tmp_path


def titles(query: str, **narrowed: Any) -> list[str]:
    return [hit.title for hit in search.find(query, **narrowed).hits]


def test_an_achievement_is_found_by_its_title_its_outcomes_and_who_awards_it() -> None:
    issuer = an_issuer(OrganisationFactory(name=Text.of("Mijnveld college")))
    achievement = an_achievement(issuer, title=Text("nl", {"nl": "Lasser", "en": "Welder"}))
    search.rebuild()
    for query in ("welder", "lasser", "seam", "mijnveld"):
        found = search.find(query, kinds=["achievement"]).hits
        assert [hit.url for hit in found] == [f"/achievements/{achievement.pk}/"], query


def test_achievements_are_narrowed_by_level_and_issuer() -> None:
    one, other = an_achievement(eqf=3), an_achievement(eqf=5)
    search.rebuild()
    told = search.find("", kinds=["achievement"], facets={"level": ["5"]})
    assert [hit.url for hit in told.hits] == [f"/achievements/{other.pk}/"]
    told = search.find("", kinds=["achievement"], facets={"issuer": [one.issuer.slug]})
    assert [hit.url for hit in told.hits] == [f"/achievements/{one.pk}/"]


def test_an_issuer_is_found_by_name_and_registration_number() -> None:
    issuer = an_issuer(OrganisationFactory(name=Text.of("Leiehof"), slug="leiehof"), legal_id="0777.888.999")
    search.rebuild()
    for query in ("leiehof", "0777.888.999"):
        assert f"/issuers/{issuer.slug}/" in [hit.url for hit in search.find(query, kinds=["issuer"]).hits]


def test_an_award_is_found_by_nobody_not_even_by_who_may_see_everything() -> None:
    an_award(family_name="Xanthoudakis", reference="REF-77Q", person="STU-99X", email="zx@people.example")
    search.rebuild()
    for query in ("Xanthoudakis", "REF-77Q", "STU-99X", "zx@people.example"):
        assert search.find(query, scopes=[search.EVERYTHING]).count == 0, query


def test_what_changes_is_found_anew_at_once(django_capture_on_commit_callbacks: Committed) -> None:
    search.rebuild()
    with django_capture_on_commit_callbacks(execute=True):
        made = achievements.make(
            actor=SYSTEM, issuer=an_issuer(), code="tiler", title=Text.of("Tiler"), outcomes=[]
        )
    assert titles("tiler") == ["Tiler"]
    with django_capture_on_commit_callbacks(execute=True):
        achievements.set_outcomes(
            actor=SYSTEM, achievement=made, lock=made.version, outcomes=[Told(Text.of("Lays mosaics"))]
        )
    assert titles("mosaics", kinds=["achievement"]) == ["Tiler"]
    made = Achievement.objects.get(pk=made.pk)
    with django_capture_on_commit_callbacks(execute=True):
        achievements.change(actor=SYSTEM, achievement=made, lock=made.version, title=Text.of("Paver"))
    assert titles("tiler", kinds=["achievement"]) == []
    assert titles("paver", kinds=["achievement"]) == ["Paver"]


def test_a_new_issuer_is_found_at_once(django_capture_on_commit_callbacks: Committed) -> None:
    search.rebuild()
    with django_capture_on_commit_callbacks(execute=True):
        an_issuer(OrganisationFactory(name=Text.of("Kanaalzone")))
    assert titles("kanaalzone", kinds=["issuer"]) == ["Kanaalzone"]


def test_the_search_page_names_both_kinds(client: GildeClient) -> None:
    an_achievement(title=Text.of("Bookbinder"))
    search.rebuild()
    page = client.get("/search/?q=bookbinder").content.decode()
    assert "What can be awarded" in page
    assert "Issuers" in page
