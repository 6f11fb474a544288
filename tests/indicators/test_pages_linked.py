"""Stable addresses, search and the start page: how indicators are found from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import Literal, RdfFormat, parse

from gilde.core import clock, search
from gilde.core.searching import scopes_of
from gilde.core.text import Text
from gilde.indicators.identifiers import uri_of
from gilde.indicators.models import Indicator, Release, Standing, Target
from gilde.indicators.views import answers
from tests.client import GildeClient
from tests.indicators.factories import AreaFactory, IndicatorFactory, figures_of, member
from tests.indicators.reading import TODAY, employed, html_of, revised, signed_in, words_of

pytestmark = pytest.mark.django_db
DCT, DCAT, SCHEMA = "http://purl.org/dc/terms/", "http://www.w3.org/ns/dcat#", "https://schema.org/"


@pytest.fixture(autouse=True)
def _today(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.SEARCH_DIR = tmp_path / "search"
    answers.forget()
    with clock.moved_to(TODAY):
        yield


@pytest.fixture
def indicator() -> Indicator:
    return employed()


def things(indicator: Indicator) -> dict[str, Any]:
    return {"indicator": indicator, "release": Release.objects.get(), "target": Target.objects.get()}


def address(thing: Any, settings: Any) -> str:
    return uri_of(thing).removeprefix(settings.SITE_URL)


@pytest.mark.parametrize(
    ("kind", "page"),
    [
        ("indicator", "/indicators/employed/"),
        ("release", "/indicators/employed/revisions/?release={uid}"),
        ("target", "/indicators/employed/#target-{pk}"),
    ],
)
def test_a_stable_address_leads_people_to_the_page(
    client: GildeClient, indicator: Indicator, settings: Any, kind: str, page: str
) -> None:
    thing = things(indicator)[kind]
    response = client.get(address(thing, settings))
    assert response.status_code == 303
    assert response["Location"] == page.format(pk=thing.pk, uid=getattr(thing, "uid", ""))


def statements(client: GildeClient, thing: Any, settings: Any) -> dict[str, list[str]]:
    """Return what machines read of a thing: the values of each property, both as full addresses or words."""
    response = client.get(address(thing, settings), headers={"Accept": "application/ld+json"})
    assert response["Content-Type"] == "application/ld+json"
    told: dict[str, list[str]] = {}
    for quad in parse(response.content, format=RdfFormat.JSON_LD):
        assert str(quad.subject) == f"<{uri_of(thing)}>"
        value = quad.object.value if isinstance(quad.object, Literal) else str(quad.object).strip("<>")
        told.setdefault(quad.predicate.value, []).append(value)
    return told


@pytest.mark.parametrize("kind", ["indicator", "release", "target"])
def test_every_name_that_machines_get_has_a_meaning(
    client: GildeClient, indicator: Indicator, settings: Any, kind: str
) -> None:
    thing = things(indicator)[kind]
    given = client.get(address(thing, settings), {"format": "jsonld"}).json()
    assert len(given) > 5
    # A name that the context does not explain makes no statement.
    assert len(statements(client, thing, settings)) == len(set(given) - {"@context", "@id"})


def test_an_indicator_names_its_releases_and_targets(
    client: GildeClient, indicator: Indicator, settings: Any
) -> None:
    told = statements(client, indicator, settings)
    assert told[f"{DCAT}hasVersion"] == [uri_of(Release.objects.get())]
    assert told[f"{DCT}relation"] == [uri_of(Target.objects.get())]
    assert told[f"{DCT}title"] == ["Recent VET graduates in employment"]


def test_a_target_tells_its_bound_its_year_and_who_issued_it(
    client: GildeClient, indicator: Indicator, settings: Any
) -> None:
    told = statements(client, Target.objects.get(), settings)
    assert [float(value) for value in told[f"{SCHEMA}minValue"]] == [82]
    assert f"{SCHEMA}maxValue" not in told
    assert told[f"{SCHEMA}endDate"] == ["2030"]
    assert told[f"{SCHEMA}citation"] == ["Council Recommendation on VET"]


@pytest.mark.parametrize("kind", ["indicator", "release", "target"])
def test_what_is_not_published_has_no_address_for_strangers(
    client: GildeClient, indicator: Indicator, settings: Any, kind: str
) -> None:
    Indicator.objects.update(state="draft")
    where = address(things(indicator)[kind], settings)
    assert client.get(where).status_code == 404
    assert signed_in(member(indicator, "reader")).get(where).status_code == 303


def found(words: str, actor: Any = None) -> list[tuple[str, str]]:
    scopes = scopes_of(actor) if actor else []
    return [(hit.kind, hit.url) for hit in search.find(words, scopes=scopes).hits]


def test_indicators_and_areas_are_found_by_their_words_and_codes(indicator: Indicator) -> None:
    AreaFactory(code="BE2", name=Text.of({"en": "Flemish Region", "nl": "Vlaams Gewest"}))
    search.rebuild()
    assert found("graduates") == [("indicator", "/indicators/employed/")]
    assert ("area", "/areas/BE2/") in found("gewest")
    assert ("area", "/areas/BE2/") in found("BE2")


def test_a_draft_is_found_by_the_members_of_its_keeper_only(indicator: Indicator) -> None:
    Indicator.objects.update(state="draft")
    search.rebuild()
    assert found("graduates") == []
    assert found("graduates", member(IndicatorFactory(), "officer")) == []
    assert found("graduates", member(indicator, "reader")) == [("indicator", "/indicators/employed/")]


class TestStartPage:
    def test_without_indicators_no_figure_is_made_up(self, client: GildeClient) -> None:
        labels = [words_of(node) for node in html_of(client.get("/")).css(".signals .label")]
        assert "indicators" not in labels

    def test_it_counts_indicators_and_those_without_figures(
        self, client: GildeClient, indicator: Indicator
    ) -> None:
        IndicatorFactory()
        IndicatorFactory(state="draft")
        shown = [words_of(node) for node in html_of(client.get("/")).css(".signals > li")]
        assert "2 indicators 1 without figures yet" in shown

    def test_it_counts_targets_reached_or_on_track_and_what_nobody_can_tell(
        self, client: GildeClient, indicator: Indicator
    ) -> None:
        target = Target.objects.get()
        for code, status in (("EU27_2020", "on-track"), ("BE", "cannot-tell")):
            Standing.objects.update_or_create(
                target=target, area_id=code, defaults={"status": status, "changed_at": clock.now()}
            )
        shown = [words_of(node) for node in html_of(client.get("/")).css(".signals > li")]
        assert "1 targets reached or on track of 2; for 1 nobody can tell" in shown

    def test_new_and_revised_figures_are_news(self, client: GildeClient, indicator: Indicator) -> None:
        release = revised(indicator)
        figures_of(IndicatorFactory(state="draft", name=Text.of("Secret")), {"BE": {"2024": 1.0}})
        items = html_of(client.get("/")).css(".latest li")
        shown = [words_of(node) for node in items]
        assert shown == [
            "1 March 2026 Recent VET graduates in employment Figures revised",
            "31 January 2026 Recent VET graduates in employment New figures",
        ]
        link = items[0].css_first("a")
        assert link is not None
        assert link.attributes["href"] == f"/indicators/employed/revisions/?release={release.uid}"

    @pytest.mark.parametrize("role", ["policy-officer", "researcher"])
    def test_it_is_offered_to_who_needs_it(self, client: GildeClient, role: str) -> None:
        offers = html_of(client.get(f"/start/{role}/")).css("a")
        assert "See whether it worked" in [words_of(node) for node in offers]
