"""The catalogue of indicators, and the page that tells how they are judged."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse

from gilde.core import clock
from gilde.core.text import Text
from gilde.indicators.models import Indicator
from gilde.indicators.thresholds import rules_on
from gilde.indicators.views import answers, catalogue
from gilde.organisations.models import Organisation
from tests.client import GildeClient
from tests.indicators.factories import AreaFactory, IndicatorFactory, TargetFactory, figures_of, member
from tests.indicators.reading import TODAY, employed, html_of, main_of, revised, rows_of, signed_in, words_of

pytestmark = pytest.mark.django_db
LIST = "/indicators/"


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    answers.forget()
    catalogue.forget()
    with clock.moved_to(TODAY):
        yield


def names(response: Any) -> list[str]:
    """Return the names in the list, in their order."""
    return [words_of(node) for node in html_of(response).css("tbody th a")]


def test_it_tells_the_newest_figure_of_the_nearest_area_and_how_it_stands(client: GildeClient) -> None:
    employed()
    (row,) = rows_of(client.get(LIST))
    name, _trend, latest, status, _body, updated = row
    assert name == "Recent VET graduates in employment"
    assert latest == "75.4 % Belgium, 2025"
    assert status == "cannot tell at least 82.0 % by 2030"
    assert updated == "31 January 2026"
    assert html_of(client.get(LIST)).css("tbody svg.sparkline")


def test_the_area_can_be_chosen(client: GildeClient) -> None:
    employed()
    other = IndicatorFactory(name=Text.of("Only France"))
    figures_of(other, {"FR": {"2024": 12.0}})
    assert names(client.get(LIST + "?area=EU27_2020")) == ["Recent VET graduates in employment"]
    assert rows_of(client.get(LIST + "?area=EU27_2020"))[0][2] == "80.1 % European Union (27), 2025"
    assert rows_of(client.get(LIST + "?area=FR"))[0][2] == "12.0 % Area FR, 2024"


def test_it_says_how_many_have_no_figures_and_which(client: GildeClient) -> None:
    employed()
    assert "have no figures yet" not in main_of(client.get(LIST))
    IndicatorFactory(name=Text.of("Nothing known"))
    IndicatorFactory(name=Text.of("Nothing known either"))
    IndicatorFactory(state="draft")
    response = client.get(LIST)
    assert "2 indicators have no figures yet" in main_of(response)
    assert [row[2] for row in rows_of(response)].count("no figures yet") == 2
    assert names(client.get(LIST + "?figures=no")) == ["Nothing known", "Nothing known either"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?q=GRADUATES", ["Recent VET graduates in employment"]),
        ("?q=nothing+fits", []),
        ("?kind=reported", ["Reported"]),
        ("?frequency=Q", ["Reported"]),
        ("?status=cannot-tell", ["Recent VET graduates in employment"]),
        ("?status=reached", ["Reported"]),
        ("?status=moving-away", []),
        ("?body={body}", ["Reported"]),
        ("?sort=-name", ["Reported", "Recent VET graduates in employment"]),
        ("?figures=yes&kind=official", ["Recent VET graduates in employment"]),
    ],
)
def test_it_can_be_searched_filtered_and_sorted(client: GildeClient, query: str, expected: list[str]) -> None:
    employed()
    body = Organisation.objects.create(slug="office", name=Text.of("Office"))
    reported = IndicatorFactory(
        name=Text.of("Reported"),
        kind="reported",
        frequency="Q",
        body=body,
        unit="NR",
        unit_label=Text.of("people"),
    )
    figures_of(reported, {"BE": {"2024-Q4": 90.0, "2025-Q1": 91.0}})
    TargetFactory(indicator=reported, area=AreaFactory(code="BE"), value=80)
    assert names(client.get(LIST + query.format(body=body.pk))) == expected


def test_drafts_are_listed_for_the_members_of_their_keeper_only(client: GildeClient) -> None:
    draft = IndicatorFactory(name=Text.of("A draft"), state="draft")
    assert names(signed_in(member(draft, "reader")).get(LIST)) == ["A draft"]
    assert names(signed_in(member(IndicatorFactory(name=Text.of("Other")), "officer")).get(LIST)) == ["Other"]
    assert names(client.get(LIST)) == ["Other"]


def test_without_indicators_it_says_what_will_be_here(client: GildeClient) -> None:
    assert "Indicators stand here once an organisation that keeps some has published one." in main_of(
        client.get(LIST)
    )


def test_the_download_holds_the_figures_in_full(client: GildeClient) -> None:
    employed()
    content = b"".join(client.get(LIST + "?format=csv").streaming_content).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(content))
    assert (row["latest"], row["period"], row["area"], row["status"]) == ("75.4", "2025", "BE", "cannot-tell")


def test_a_revision_shows_at_once_to_everybody(client: GildeClient) -> None:
    indicator = employed()
    reader = signed_in(member(indicator, "reader"))
    for each in (client, reader):
        assert rows_of(each.get(LIST))[0][2].startswith("75.4 %")
    revised(indicator)
    for each in (client, reader):
        assert rows_of(each.get(LIST))[0][2].startswith("76.4 %")


def test_the_number_of_queries_does_not_grow_with_the_list(
    client: GildeClient, django_assert_max_num_queries: Any
) -> None:
    indicator = employed()
    for number in range(30):
        other = IndicatorFactory(code=f"other-{number}")
        figures_of(other, {"BE": {"2024": 1.0, "2025": 2.0}})
        TargetFactory(indicator=other, area=AreaFactory(code="BE"))
    reader = signed_in(member(indicator, "reader"))
    with django_assert_max_num_queries(13):  # nothing is kept yet
        assert len(names(client.get(LIST))) == 31
    with django_assert_max_num_queries(10):  # two of them to know who it is
        reader.get(LIST)
    with django_assert_max_num_queries(1):
        client.get(LIST)


class TestHowJudged:
    """The page tells the method with an example that a reader can compute by hand."""

    @pytest.fixture
    def shown(self, client: GildeClient) -> str:
        return main_of(client.get(reverse("indicators:judged")))

    def test_the_example_is_what_a_reader_computes_by_hand(self, shown: str) -> None:
        # 70.0, 70.6, 71.8, 72.4 in 2020 to 2023, and at least 82 % by 2030.
        assert "Distance: 82 − 72.4 = 9.60 percentage points are missing." in shown
        assert "Required: (82 − 70.0) / 10 years = 1.20 percentage points a year." in shown
        assert "= 1.59 % a year." in shown
        assert "Change a year by least squares: 0.84 percentage points." in shown
        assert "Pace: 0.84 / 1.20 = 70 %." in shown
        assert "Status: progress too slow" in shown

    def test_every_status_and_its_threshold_is_told(self, shown: str) -> None:
        rules = rules_on(TODAY.date())
        paces = (rules.on_track, rules.too_slow, rules.no_progress)
        on_track, too_slow, none = (f"{float(pace) * 100:g}".replace("-", "\N{MINUS SIGN}") for pace in paces)
        for said in (
            f"on track {on_track} % of the required pace or more",
            f"progress too slow from {too_slow} % to under {on_track} %",
            f"no progress from {none} % to under {too_slow} %",
            f"moving away under {none} %",
            "reached The newest figure is at the target or beyond it.",
        ):
            assert said in shown

    def test_what_cannot_tell_means_is_told(self, shown: str) -> None:
        assert "There are fewer than 3 comparable figures." in shown
        assert "That is no verdict on the area." in shown

    def test_the_thresholds_have_a_date_and_a_source(self, shown: str) -> None:
        assert "These thresholds hold since 1 January 2020. Source: Eurostat" in shown


def test_the_main_links_lead_to_the_indicators(client: GildeClient) -> None:
    links = {words_of(node): node.attributes["href"] for node in html_of(client.get("/")).css(".site-nav a")}
    assert links["Indicators"] == LIST
    assert Indicator.objects.count() == 0
