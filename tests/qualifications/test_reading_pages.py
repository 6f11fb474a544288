"""The register and a qualification as everybody reads them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from gilde.core import search
from gilde.core.text import Text
from gilde.indicators.models import Area
from gilde.qualifications import pathway
from gilde.qualifications.models import Offer, Prerequisite, QualificationVersion, State
from gilde.qualifications.services import drafting
from tests.qualifications.factories import (
    Cast,
    OrganisationFactory,
    ProgrammeFactory,
    UserFactory,
    a_file,
    linked,
    registered,
)

pytestmark = pytest.mark.django_db
SKILL = "http://data.europa.eu/esco/skill/lay-bricks"


def _page(client: Client, query: str = "") -> str:
    return client.get(reverse("qualifications:list") + query).content.decode()


def _offered(version: QualificationVersion, place: str, area: str) -> None:
    programme = ProgrammeFactory()
    programme.leads_to.add(version.qualification)
    parent, _made = Area.objects.get_or_create(
        code=area[:3], defaults={"name": Text.of(area[:3]), "kind": "region"}
    )
    region, _made = Area.objects.get_or_create(
        code=area, defaults={"name": Text.of(f"Region {area}"), "kind": "region", "parent": parent}
    )
    Offer.objects.create(programme=programme, provider=OrganisationFactory(), place=place, area=region)


def test_a_citizen_finds_by_words_with_a_typing_error_and_by_filters(client: Client) -> None:
    bricks = registered(title=Text.of({"en": "Bricklayer", "nl": "Metselaar"}), level="3")
    care = registered(
        title=Text.of({"en": "Carer", "nl": "Zorgkundige"}), level="4", qualification__sector="care"
    )
    hidden = a_file(title=Text.of("Bricklayer in the making"))
    _offered(bricks, "Gent", "BE23")
    linked(bricks.units.first().outcomes.first().outcome, SKILL)
    search.rebuild()
    assert "Bricklayer" in _page(client, "?q=briklayer")
    assert "Bricklayer in the making" not in _page(client, "?q=bricklayer")
    for query, found, other in (
        ("?level=3", bricks, care),
        ("?sector=care", care, bricks),
        ("?area=BE2", bricks, care),
        (f"?skill={SKILL}", bricks, care),
        ("?level=4&sector=care", care, bricks),
    ):
        page = _page(client, query)
        assert reverse("qualifications:qualification", args=[found.qualification.code]) in page, query
        assert reverse("qualifications:qualification", args=[other.qualification.code]) not in page, query
    client.force_login(Cast.of(hidden).drafter)
    assert "Bricklayer in the making" in _page(client, "?q=making")


def test_the_register_comes_as_a_file_and_in_the_readers_language(client: Client) -> None:
    registered(title=Text.of({"en": "Bricklayer", "nl": "Metselaar"}))
    search.rebuild()
    client.cookies["django_language"] = "nl"
    assert "Metselaar" in _page(client)
    rows = client.get(reverse("qualifications:list") + "?format=json")
    assert "Metselaar" in b"".join(rows.streaming_content).decode()


def test_the_register_asks_little(client: Client, django_assert_max_num_queries) -> None:
    for _each in range(3):
        _offered(registered(), "Gent", "BE23")
    search.rebuild()
    with django_assert_max_num_queries(10):
        client.get(reverse("qualifications:list"))


def test_a_qualification_says_what_where_and_what_next(client: Client, django_assert_max_num_queries) -> None:
    version = registered(level="3")
    after = registered(level="4", title=Text.of("What comes next"))
    Prerequisite.objects.create(
        version=after, text=Text.of("The former"), qualification=version.qualification
    )
    near = registered(level="5", title=Text.of("Something near"))
    for each in (version, near):
        linked(each.units.first().outcomes.first().outcome, SKILL)
    _offered(version, "Aalst", "BE23")
    url = reverse("qualifications:qualification", args=[version.qualification.code])
    client.get(url)
    with django_assert_max_num_queries(21):
        page = client.get(url).content.decode()
    for word in ("Aalst", "What comes next", "Something near", "400 hours", "lay-bricks", "EQF"):
        assert word in page, word
    told = {stop.code: stop.how for stop in pathway.stops(UserFactory(), version)}
    assert told == {
        version.qualification.code: "here",
        after.qualification.code: "next",
        near.qualification.code: "near",
    }


def test_an_older_version_says_that_there_is_a_newer_one(client: Client) -> None:
    old = a_file(State.SUPERSEDED, title=Text.of("As it was"))
    new = registered(qualification=old.qualification, title=Text.of("As it is"))
    code = new.qualification.code
    assert "As it is" in client.get(reverse("qualifications:qualification", args=[code])).content.decode()
    page = client.get(reverse("qualifications:version", args=[code, 1])).content.decode()
    assert "As it was" in page
    assert "There is a newer one" in page
    assert client.get(reverse("qualifications:version", args=[code, 3])).status_code == 404


def test_nobody_but_those_who_work_on_it_sees_a_draft(client: Client) -> None:
    version = a_file()
    cast = Cast.of(version)
    urls = [
        reverse("qualifications:qualification", args=[version.qualification.code]),
        reverse("qualifications:version", args=[version.qualification.code, 1]),
        reverse("qualifications:history", args=[version.qualification.code]),
    ]
    for person, status in (
        (None, 404),
        (cast.elsewhere, 404),
        (cast.seats["validation"][0], 404),
        (cast.drafter, 200),
    ):
        if person:
            client.force_login(person)
        for url in urls:
            assert client.get(url).status_code == status, (url, person)


def test_history_tells_stages_and_what_changed(client: Client) -> None:
    old = registered(qualification__code="bricklayer")
    cast = Cast.of(old)
    draft = drafting.begin_next_version(actor=cast.drafter, qualification=old.qualification)
    drafting.change_file(actor=cast.drafter, version=draft, lock=draft.version, hours=999)
    url = reverse("qualifications:history", args=["bricklayer"])
    assert "999" not in client.get(url).content.decode()
    client.force_login(cast.drafter)
    page = client.get(url).content.decode()
    assert "999" in page
    assert "Workload in hours" in page
