"""The dashboard of an area, and areas side by side."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse

from gilde.core import clock
from gilde.core.text import Text
from gilde.indicators.models import Area, Boundary, Indicator
from gilde.indicators.views import answers
from tests.client import GildeClient
from tests.indicators.factories import AreaFactory, IndicatorFactory, TargetFactory, figures_of, member
from tests.indicators.reading import (
    TODAY,
    areas,
    employed,
    html_of,
    main_of,
    revised,
    rows_of,
    signed_in,
    words_of,
)

pytestmark = pytest.mark.django_db
SQUARE = {"type": "Polygon", "coordinates": [[[3, 50], [4, 50], [4, 51], [3, 51], [3, 50]]]}


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    answers.forget()
    with clock.moved_to(TODAY):
        yield


def cards(response: Any) -> list[str]:
    """Return the words of each indicator on a dashboard."""
    return [words_of(node) for node in html_of(response).css(".dashboard > li")]


class TestDashboard:
    def test_each_indicator_stands_with_figure_comparison_and_targets(self, client: GildeClient) -> None:
        indicator = employed()
        TargetFactory(indicator=indicator, area=Area.objects.get(pk="BE"), value=70, year=2030)
        (card,) = cards(client.get("/areas/BE/"))
        assert card == (
            "Recent VET graduates in employment 75.4 % 2025 +11.5 percentage points since 2024 "
            "European Union (27) 80.1 % here -4.7 percentage points "
            "cannot tell at least 70.0 % by 2030 cannot tell at least 82.0 % by 2030 target of European Union (27)"
        )

    def test_on_top_it_counts_how_targets_stand(self, client: GildeClient) -> None:
        indicator = employed()
        TargetFactory(indicator=indicator, area=Area.objects.get(pk="BE"), value=70, year=2030)
        counts = [words_of(node) for node in html_of(client.get("/areas/BE/")).css(".signals > li")]
        assert counts == ["2 cannot tell 1 of them its own"]

    def test_only_published_indicators_stand_there_whoever_looks(self, client: GildeClient) -> None:
        draft = IndicatorFactory(state="draft", name=Text.of("A draft"))
        figures_of(draft, {"BE": {"2024": 1.0}})
        for reader in (client, signed_in(member(draft, "officer"))):
            assert "No figures for this area yet" in main_of(reader.get("/areas/BE/"))

    def test_an_indicator_without_a_figure_for_the_area_is_left_out(self, client: GildeClient) -> None:
        employed()
        figures_of(IndicatorFactory(name=Text.of("Only France")), {"FR": {"2024": 1.0}})
        assert len(cards(client.get("/areas/BE/"))) == 1

    def test_it_says_what_the_area_covers_and_links_its_parts(self, client: GildeClient) -> None:
        _union, belgium = areas()
        part = AreaFactory(
            code="BE2",
            kind="region",
            level=1,
            parent=belgium,
            name=Text.of("Flemish Region"),
            note=Text.of("Not Brussels."),
        )
        figures_of(IndicatorFactory(), {"BE": {"2024": 1.0}, "BE2": {"2024": 2.0}})
        assert "Not Brussels." in main_of(client.get("/areas/BE2/"))
        (link,) = html_of(client.get("/areas/BE/")).css(".area-links a")
        assert (words_of(link), link.attributes["href"]) == ("Flemish Region", "/areas/BE2/")
        assert part.parent == belgium

    def test_a_map_is_offered_once_outlines_are_loaded(self, client: GildeClient) -> None:
        _union, belgium = areas()
        parts = [
            AreaFactory(code=code, kind="region", level=1, parent=belgium, name=Text.of(code))
            for code in ("BE2", "BE3")
        ]
        figures_of(
            IndicatorFactory(code="mapped"), {"BE": {"2024": 1.0}, "BE2": {"2024": 2.0}, "BE3": {"2024": 3.0}}
        )
        assert "On a map" not in main_of(client.get("/areas/BE/"))
        for part in parts:
            Boundary.objects.create(area=part, geometry=SQUARE, source="Drawn by hand")
        answers.forget()
        page = html_of(client.get("/areas/BE/"))
        (link,) = [each for each in page.css(".area-links a") if "compare" in (each.attributes["href"] or "")]
        shown = html_of(client.get(link.attributes["href"]))
        assert shown.css_first("#map figure") is not None

    def test_a_revision_shows_at_once(self, client: GildeClient) -> None:
        indicator = employed()
        assert "75.4 %" in cards(client.get("/areas/BE/"))[0]
        revised(indicator)
        assert "76.4 %" in cards(client.get("/areas/BE/"))[0]

    def test_an_area_that_is_not_there_is_not_found(self, client: GildeClient) -> None:
        assert client.get("/areas/NOWHERE/").status_code == 404

    def test_it_takes_at_most_ten_queries_however_many_indicators(
        self, client: GildeClient, django_assert_max_num_queries: Any
    ) -> None:
        employed()
        for number in range(20):
            indicator = IndicatorFactory(code=f"other-{number}")
            figures_of(indicator, {"BE": {"2024": 1.0}, "EU27_2020": {"2024": 2.0}})
            TargetFactory(indicator=indicator, area=Area.objects.get(pk="EU27_2020"))
        with django_assert_max_num_queries(10):
            assert len(cards(client.get("/areas/BE/"))) == 21
        with django_assert_max_num_queries(1):
            client.get("/areas/BE/")


def test_areas_with_figures_are_listed_with_how_many_indicators(client: GildeClient) -> None:
    employed()
    draft = IndicatorFactory(state="draft")
    figures_of(draft, {"BE": {"2024": 1.0}, "FR": {"2024": 1.0}})
    AreaFactory(code="XX")
    told = [(row[1], row[4]) for row in rows_of(client.get("/areas/"))]
    assert told == [("EU27_2020", "1"), ("BE", "1")]
    assert [(row[1], row[4]) for row in rows_of(signed_in(member(draft, "reader")).get("/areas/"))] == [
        ("FR", "1"),
        ("EU27_2020", "1"),
        ("BE", "2"),
    ]


class TestCompare:
    @pytest.fixture
    def indicator(self) -> Indicator:
        areas()
        indicator: Indicator = IndicatorFactory(code="compared", name=Text.of("What is compared"))
        figures_of(
            indicator,
            {
                "EU27_2020": {"2020": 70.0, "2024": 75.0},
                "BE": {"2020": 60.0, "2024": (66.0, "p")},
                "FR": {"2020": 80.0, "2022": (81.0, "b"), "2024": 82.0},
                "NL": {"2024": (90.0, "u")},
                "DE": {"2023": 50.0},
            },
        )
        return indicator

    def url(self, query: str = "") -> str:
        return reverse("indicators:compare") + f"?indicator=compared{query}"

    def test_areas_are_ranked_only_where_they_can_be_compared(
        self, client: GildeClient, indicator: Indicator
    ) -> None:
        rows = {row[0]: row[1:] for row in rows_of(client.get(self.url()), "table.ranking")}
        assert rows["Area FR"] == ["82.0 %", "1 of 2", "cannot tell: break in 2022", "+7.0"]
        assert rows["Belgium"] == ["66.0 % p (provisional)", "2 of 2", "+6.0", "−9.0"]
        assert rows["Area NL"][1] == "not ranked: unreliable"
        assert rows["Area NL"][2] == "no figure of 2020"
        assert rows["Area DE"][:2] == ["no figure", "no figure, the latest is of 2023"]
        assert rows["European Union (27)"] == ["75.0 %", "", "+5.0", ""]

    def test_the_best_performer_and_the_union_stand_above(
        self, client: GildeClient, indicator: Indicator
    ) -> None:
        assert "Best performer Area FR, 82.0 % European Union (27) 75.0 %" in main_of(client.get(self.url()))

    def test_the_base_period_and_areas_can_be_chosen(self, client: GildeClient, indicator: Indicator) -> None:
        response = client.get(self.url("&area=BE&area=FR&base=2022"))
        rows = {row[0]: row[1:] for row in rows_of(response, "table.ranking")}
        assert rows == {
            "Area FR": ["82.0 %", "1 of 2", "+1.0"],
            "Belgium": ["66.0 % p (provisional)", "2 of 2", "no figure of 2022"],
        }
        chosen = html_of(response).css("input[name=area][checked]")
        assert sorted(node.attributes["value"] or "" for node in chosen) == ["BE", "FR"]

    def test_what_neither_way_is_better_ranks_nobody(self, client: GildeClient, indicator: Indicator) -> None:
        Indicator.objects.update(direction="none", version=2)
        shown = main_of(client.get(self.url()))
        assert "not ranked: neither is better" in shown
        assert "Best performer" not in shown

    def test_bars_and_small_multiples_are_drawn(self, client: GildeClient, indicator: Indicator) -> None:
        assert len(html_of(client.get(self.url())).css("figure.figure")) == 2

    def test_the_file_gives_reasons_as_codes(self, client: GildeClient, indicator: Indicator) -> None:
        content = b"".join(client.get(self.url("&format=csv")).streaming_content).decode("utf-8-sig")
        rows = {row["area"]: row for row in csv.DictReader(io.StringIO(content))}
        assert (rows["FR"]["rank"], rows["FR"]["no_change_because"]) == ("1", "break")
        assert (rows["NL"]["rank"], rows["NL"]["unranked"]) == ("", "unreliable")

    def test_without_an_indicator_one_is_chosen(self, client: GildeClient, indicator: Indicator) -> None:
        IndicatorFactory(name=Text.of("Without figures"))
        options = html_of(client.get(reverse("indicators:compare"))).css("select[name=indicator] option")
        assert [words_of(option) for option in options] == ["What is compared"]

    def test_a_draft_is_not_found_by_others(self, client: GildeClient, indicator: Indicator) -> None:
        Indicator.objects.update(state="draft")
        assert client.get(self.url()).status_code == 404
        assert signed_in(member(indicator, "reader")).get(self.url()).status_code == 200

    def test_an_indicator_without_figures_says_so(self, client: GildeClient) -> None:
        IndicatorFactory(code="compared")
        assert "Nothing to compare" in main_of(client.get(self.url()))
