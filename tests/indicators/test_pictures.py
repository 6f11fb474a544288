"""Pictures of figures: what they show, and what they say to who cannot see them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils import translation
from selectolax.lexbor import LexborHTMLParser

from gilde.core import chart_drawing
from gilde.core.charts import Chart
from gilde.core.text import Text
from gilde.indicators.figures import Figure, Line, lines
from gilde.indicators.judgement import Judged, PathPoint
from gilde.indicators.models import Area, Indicator, Release, Target
from gilde.indicators.models.areas import Boundary
from gilde.indicators.models.targets import Status
from gilde.indicators.pictures import (
    compared_of,
    map_of,
    multiples_of,
    outlines_of,
    spark_of,
    svg_file,
    trend_of,
)
from gilde.indicators.standings import Stand, aim_of, judge
from gilde.indicators.words import FLAGS, figure_cell, flag_words
from tests.client import faults_of
from tests.indicators.factories import AreaFactory, IndicatorFactory, TargetFactory, figures_of

pytestmark = pytest.mark.django_db

# Eurostat, edat_lfse_24: recent VET graduates in employment, ISCED 3-4, 20 to 34 years, percent.
BELGIUM = [70.2, 75.6, 73.1, 72.2, 76.7, 77.1, 76.5, (71.5, "b"), 79.6, 80.9, (63.9, "b"), 75.4]
UNION = [72.5, 72.3, 75.0, 75.9, 79.1, 79.2, 75.9, (76.0, "b"), 79.7, 80.7, 79.9, 80.1]
SQUARE = {"type": "Polygon", "coordinates": [[[3, 49], [7, 49], [7, 52], [3, 52], [3, 49]]]}


def by_year(values: list[Any], first: int = 2014) -> dict[str, Any]:
    return {str(first + n): value for n, value in enumerate(values)}


@pytest.fixture(autouse=True)
def _folder(tmp_path: Any, settings: Any) -> None:
    settings.DATA_DIR = tmp_path


@pytest.fixture
def graduates() -> Indicator:
    AreaFactory(code="EU27_2020", kind=Area.Kind.UNION, level=None, name=Text.of("European Union"))
    AreaFactory(code="BE", name=Text.of({"en": "Belgium", "nl": "België"}))
    for code, name in {"DE": "Germany", "NL": "Netherlands", "LU": "Luxembourg"}.items():
        AreaFactory(code=code, name=Text.of(name))
    return IndicatorFactory(
        name=Text.of("Recent VET graduates in employment"), source=Text.of("Eurostat, edat_lfse_24")
    )


@pytest.fixture
def told(graduates: Indicator) -> list[Line]:
    figures_of(graduates, {"BE": by_year(BELGIUM), "EU27_2020": by_year(UNION)})
    Release.objects.update(retrieved_at="2026-10-05T23:30:00+00:00")
    return sorted(lines(graduates), key=lambda line: line.area.code)


def stand_of(indicator: Indicator, line: Line, value: float = 82.0, year: int = 2025, **fields: Any) -> Stand:
    target = TargetFactory(indicator=indicator, area=line.area, value=value, year=year, **fields)
    return Stand(indicator, target, line.area, line, judge(line.figures, aim_of(target, indicator)))


def seen(chart: Chart) -> str:
    return chart_drawing.for_page(chart, "wide")


class TestTrend:
    def test_it_says_how_belgium_goes_and_what_cannot_be_compared(
        self, graduates: Indicator, told: list[Line]
    ) -> None:
        chart = trend_of(graduates, told[:1], stand=stand_of(graduates, told[0]))
        assert chart.alt.replace("\N{NO-BREAK SPACE}", " ") == (
            "Belgium rises from 70.2 % in 2014 to 76.5 % in 2020. "
            "After a break it rises from 71.5 % in 2021 to 80.9 % in 2023. "
            "After a break it rises from 63.9 % in 2024 to 75.4 % in 2025. "
            "Figures before and after the breaks in 2021 and 2024 cannot be compared. "
            "The target of 82.0 % for 2025 is 6.6 percentage points away."
        )

    def test_it_shows_the_target_and_no_path_where_nobody_can_tell(
        self, graduates: Indicator, told: list[Line]
    ) -> None:
        stand = stand_of(graduates, told[0])
        assert stand.judged.status == Status.CANNOT_TELL
        chart = trend_of(graduates, told, stand=stand)
        assert (chart.target and chart.target.value, chart.target and chart.target.at) == (82.0, 2025.0)
        assert chart.paths == ()
        assert chart.projection is None

    def test_it_shows_the_way_and_where_the_trend_leads_where_that_can_be_told(self) -> None:
        indicator = IndicatorFactory()
        figures_of(indicator, {"BE": by_year([60.0, 61.0, 62.5, 63.0, 64.5, 65.0], 2019)})
        (line,) = lines(indicator)
        chart = trend_of(indicator, [line], stand=stand_of(indicator, line, 80.0, 2030), compound=True)
        linear, compound = chart.paths
        assert linear.points[0] == (2019, 60.0)
        assert linear.points[-1] == compound.points[-1] == (2030, 80.0)
        assert compound.compound
        assert chart.projection is not None
        assert chart.projection.low < chart.projection.value < chart.projection.high
        assert "If the trend goes on, it comes to" in chart.alt
        assert "var(--band)" in seen(chart)

    def test_a_benchmark_is_named_by_its_area(self, graduates: Indicator, told: list[Line]) -> None:
        own = stand_of(graduates, told[1])
        borrowed = Stand(graduates, own.target, told[0].area, told[0], own.judged, borrowed=True)
        chart = trend_of(graduates, told, stand=borrowed)
        assert chart.target is not None
        assert chart.target.label.startswith("target of European Union: 82.0")

    def test_source_and_day_of_retrieval_stand_under_it(self, graduates: Indicator, told: list[Line]) -> None:
        chart = trend_of(graduates, told)
        assert chart.source == "Eurostat, edat_lfse_24"
        assert chart.as_of == date(2026, 10, 6), "the day in Brussels"

    def test_it_asks_the_database_once_or_not_at_all(
        self, graduates: Indicator, told: list[Line], django_assert_num_queries: Any
    ) -> None:
        with django_assert_num_queries(1):
            trend_of(graduates, told)
        with django_assert_num_queries(0):
            trend_of(graduates, told, as_of=date(2026, 10, 6))

    def test_the_others_are_grey_and_said_in_one_sentence(self, graduates: Indicator) -> None:
        many = {f"X{n}": by_year([50.0 + n, 51.0 + n]) for n in range(12)}
        figures_of(graduates, {**many, "BE": by_year(BELGIUM)})
        chart = trend_of(graduates, lines(graduates), highlight=["BE"])
        assert chart.highlight == ("Belgium",)
        assert "12 others are drawn in grey" in chart.alt
        assert "51.0" in chart.alt
        assert "(Area X11)" in chart.alt

    def test_without_a_choice_no_more_are_seen_first_than_can_be_told_apart(
        self, graduates: Indicator
    ) -> None:
        figures_of(graduates, {f"X{n}": by_year([50.0 + n, 51.0]) for n in range(9)})
        assert len(trend_of(graduates, lines(graduates)).highlight) == 6

    def test_flags_and_what_is_missing_are_said(self, graduates: Indicator) -> None:
        figures_of(graduates, {"BE": by_year([70.0, None, 71.0, (70.0, "pu")])})
        chart = trend_of(graduates, lines(graduates))
        assert "There is no figure for 2015." in chart.alt
        assert "The figure of 2017 is: provisional, unreliable." in chart.alt
        assert "p\N{NO-BREAK SPACE}= provisional, u\N{NO-BREAK SPACE}= unreliable" in chart.note

    def test_a_confidential_value_is_not_shown(self, graduates: Indicator) -> None:
        figures_of(graduates, {"BE": by_year([70.0, (12.3, "c")])})
        chart = trend_of(graduates, lines(graduates))
        assert "12.3" not in chart.declaration() + chart.alt
        assert chart.rows[1]["value"] is None

    def test_what_is_invented_says_so(self, told: list[Line], graduates: Indicator) -> None:
        graduates.synthetic = True
        assert trend_of(graduates, told).note.startswith("These figures are invented.")

    def test_breakdowns_of_one_area_have_names_of_their_own(self, graduates: Indicator) -> None:
        graduates.dimensions = [
            {"code": "sex", "name": "sex", "total": "T", "categories": {"F": "women", "M": "men"}}
        ]
        graduates.save()
        for key, value in {"": 70.0, "sex=F": 72.0, "sex=M": 68.0}.items():
            figures_of(graduates, {"BE": {"2024": value}}, key=key)
        chart = trend_of(graduates, lines(graduates, keys=None))
        assert chart.series_names() == ["Belgium", "Belgium, women", "Belgium, men"]
        (women,) = lines(graduates, keys=["sex=F"])
        assert trend_of(graduates, [women]).title == "Recent VET graduates in employment, women, Belgium"

    def test_it_speaks_the_language_of_the_reader(self, graduates: Indicator, told: list[Line]) -> None:
        with translation.override("nl"):
            chart = trend_of(graduates, told[:1])
        assert chart.series_names() == ["België"]
        assert "76,5" in chart.alt

    def test_without_figures_it_says_that(self, graduates: Indicator) -> None:
        assert trend_of(graduates, []).alt == "There are no figures."
        assert trend_of(graduates, []).is_empty


class TestSideBySide:
    @pytest.fixture
    def several(self, graduates: Indicator) -> list[Line]:
        figures_of(
            graduates,
            {
                "BE": by_year(BELGIUM),
                "EU27_2020": by_year(UNION),
                "DE": by_year([90.0] * 11 + [92.4]),
                "NL": by_year([88.0] * 11 + [(90.0, "u")]),
                "LU": by_year([70.0] * 11 + [None]),
            },
        )
        return lines(graduates)

    def test_small_multiples_hold_the_union_in_each(self, graduates: Indicator, several: list[Line]) -> None:
        chart = multiples_of(graduates, several, highlight=["BE"])
        assert chart.repeated == "European Union"
        assert chart.highlight == ("Belgium",)
        assert "4 small charts side by side, all on the same axes." in chart.alt
        assert "European Union stands in each of them" in chart.alt
        assert "highest in Germany (92.4" in chart.alt
        assert "The series of Belgium is broken" in chart.alt
        assert seen(chart).count("<text") > 8

    def test_bars_go_from_best_to_worst_and_who_is_not_ranked_comes_last(
        self, graduates: Indicator, several: list[Line]
    ) -> None:
        chart = compared_of(graduates, several, highlight=["BE"])
        assert [(row["area"], row["unranked"]) for row in chart.rows] == [
            ("Germany", False),
            ("Belgium", False),
            ("Netherlands", True),
        ]
        assert chart.reference is not None
        assert chart.reference.value == 80.1
        assert chart.title.endswith(", 2025")
        alt = chart.alt.replace("\N{NO-BREAK SPACE}", " ")
        assert "First is Germany with 92.4 %, last Belgium with 75.4 %." in alt
        assert "Belgium is number 2 of 2 with 75.4 %, 4.7 percentage points below European Union." in alt
        assert "Netherlands is not ranked." in alt
        assert "No figure: Luxembourg." in chart.note
        assert "u\N{NO-BREAK SPACE}= unreliable" in chart.note

    def test_where_no_direction_is_better_nobody_is_ranked_and_no_bar_is_odd(
        self, graduates: Indicator, several: list[Line]
    ) -> None:
        graduates.direction = Indicator.Direction.NONE
        chart = compared_of(graduates, [line for line in several if line.area.code != "NL"])
        assert not any(row["unranked"] for row in chart.rows)
        assert "First is" not in chart.alt

    def test_a_map_fills_who_has_a_figure_and_hatches_who_has_none(
        self, graduates: Indicator, several: list[Line]
    ) -> None:
        for code in ("BE", "DE", "LU"):
            Boundary.objects.create(area_id=code, geometry=SQUARE, source="Drawn by hand")
        outlines = outlines_of(["BE", "DE", "LU", "NL"])
        assert sorted(outlines) == ["BE", "DE", "LU"]
        chart = map_of(graduates, several, outlines)
        assert {row["code"]: row["value"] for row in chart.rows} == {"BE": 75.4, "DE": 92.4, "LU": None}
        alt = chart.alt.replace("\N{NO-BREAK SPACE}", " ")
        assert alt == (
            "A map of 2 areas in 2025: from 75.4 % in Belgium to 92.4 % in Germany. "
            "For 1 area there is no figure."
        )
        svg = seen(chart)
        for fill in ("var(--m2)", "var(--m4)", "url(#hatch)"):
            assert f'fill="{fill}"' in svg

    def test_outlines_parsed_or_as_text_give_the_same_map(
        self, graduates: Indicator, several: list[Line]
    ) -> None:
        Boundary.objects.create(area_id="BE", geometry=SQUARE, source="Drawn by hand")
        assert seen(map_of(graduates, several, outlines_of(["BE"]))) == seen(
            map_of(graduates, several, {"BE": SQUARE})
        )


def test_a_line_for_a_cell_stops_at_breaks_and_says_what_it_shows(told: list[Line]) -> None:
    spark = LexborHTMLParser(spark_of(told[0], target=82.0))
    drawn = [path.attributes["d"] or "" for path in spark.css("path:not(.aim)")]
    assert [path.count("L") for path in drawn] == [6, 2, 1]
    assert (spark.css_first("svg").attributes["aria-label"] or "").startswith("Belgium rises from")
    assert faults_of(str(spark.html)) == []


def test_a_file_for_others_says_what_it_shows(graduates: Indicator, told: list[Line]) -> None:
    chart = trend_of(graduates, told)
    light, both = svg_file(chart), svg_file(chart, "both")
    for svg in (light, both):
        assert "<title>Recent VET graduates in employment</title>" in svg
        assert "Figures before and after the breaks in 2021 and 2024 cannot be compared." in svg
    assert "prefers-color-scheme" not in light
    assert "prefers-color-scheme" in both


class TestWords:
    def test_every_flag_has_its_word(self) -> None:
        assert flag_words("bp") == "break in the series, provisional"
        assert flag_words("") == ""
        assert set("bcdefinpsuz:") == set(FLAGS)

    def test_a_cell_says_the_flags_in_words(self) -> None:
        cell = LexborHTMLParser(figure_cell(Figure("2021", 71.5, "b"), 1))
        assert (cell.body.text(deep=False) if cell.body else "").strip() == "71.5"
        assert cell.css_first("abbr").attributes["title"] == "break in the series"
        assert cell.css_first(".visually-hidden").text() == "(break in the series)"

    def test_a_missing_figure_is_a_dash_with_a_word(self) -> None:
        assert "–" in figure_cell(Figure("2021", None, ":"))
        assert "missing" in figure_cell(Figure("2021", None, ":"))
        assert "<abbr" not in figure_cell(Figure("2021", None, ":"))
        assert "no figure" in figure_cell(None)


def test_the_paths_of_a_judgement_are_drawn_as_given(graduates: Indicator, told: list[Line]) -> None:
    target: Target = TargetFactory(indicator=graduates, area=told[1].area)
    judged = Judged(
        Status.TOO_SLOW,
        aim_of(target, graduates),
        latest=told[1].figures[-1],
        linear=(PathPoint(2021, 76.0), PathPoint(2030, 82.0)),
        distance=1.9,
    )
    chart = trend_of(graduates, told, stand=Stand(graduates, target, told[1].area, told[1], judged))
    assert [list(path.points) for path in chart.paths] == [[(2021, 76.0), (2030, 82.0)]]
    assert chart.highlight[0] == "European Union", "who is judged is drawn foremost"
    assert "is 1.9" in chart.alt
