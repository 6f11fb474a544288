"""Lines over time: what interrupts them, what is marked, what stands at their ends."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from gilde.core import charts_small
from gilde.core.charts_small import Spot
from tests.client import faults_of
from tests.core.chart_examples import (
    BELGIUM,
    KINDS,
    SIZES,
    UNION,
    as_kind,
    figure,
    paths,
    places,
    shapes,
    stretches,
    told,
    trend,
    words,
)


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR = tmp_path


class TestTrend:
    def test_no_line_crosses_a_break(self) -> None:
        drawn = shapes(trend(BELGIUM))
        lines = [places(path) for path in paths(drawn, "var(--c1)") if path.count("L") and "," in path]
        stretches = sorted(line for line in lines if len(line) in (2, 3))
        assert [len(line) for line in stretches] == [3, 3, 2]
        ends = [(line[0][0], line[-1][0]) for line in stretches]
        # Years lie equally far apart, so the gaps between the stretches are a year wide.
        year = (ends[0][1] - ends[0][0]) / 2
        assert ends[1][0] - ends[0][1] == pytest.approx(year, abs=0.01)
        assert ends[2][0] - ends[1][1] == pytest.approx(year, abs=0.01)

    def test_a_break_is_marked_and_named(self) -> None:
        shown = words(shapes(trend(BELGIUM)))
        assert [text for text in shown if text.startswith("break 2")] == ["break 2021", "break 2024"]
        assert "break: not comparable with before" in shown
        assert "break: not comparable with before" not in words(shapes(trend(told("Belgium", 1, 2, 3))))

    def test_a_break_at_a_missing_figure_holds_for_the_next_one(self) -> None:
        rows = told("Belgium", 70.0, 71.0, (None, "b"), 60.0, 61.0)
        assert [path.count("L") for path in stretches(shapes(trend(rows)))] == [1, 1]
        assert "break 2021" in words(shapes(trend(rows)))

    @pytest.mark.parametrize("gap", [[None], []], ids=["said to be missing", "left out"])
    def test_a_missing_period_is_a_gap(self, gap: list[None]) -> None:
        after = told("Belgium", 3.0, 4.0, first=2021)
        rows = [*told("Belgium", 1.0, 2.0, *gap), *after]
        lines = [
            path
            for path in paths(shapes(trend(rows)), "var(--c1)")
            if re.fullmatch(r"M[\d.,]+L[\d.,]+", path)
        ]
        assert len(lines) == 2

    def test_what_is_not_firm_is_hollow_with_its_meaning_in_the_key(self) -> None:
        drawn = shapes(trend(BELGIUM))
        hollow = [
            path
            for path in drawn.iter("{*}path")
            if path.get("fill") == "var(--paper)" and path.get("stroke") == "var(--c1)"
        ]
        assert len(hollow) == 1
        assert "estimated, provisional or unreliable" in words(drawn)

    def test_the_projection_has_a_band_between_its_bounds(self) -> None:
        drawn = shapes(KINDS["trend"])
        (band,) = [
            p
            for p in drawn.iter("{*}path")
            if p.get("fill") == "var(--band)" and p.get("d", "").count("L") == 3
        ]
        corners = places(str(band.get("d")))
        heights = sorted({y for x, y in corners if x == max(x for x, _y in corners)})
        assert len(heights) == 2
        assert "projected 79.0" in words(drawn)

    def test_target_and_paths_end_in_the_same_place(self) -> None:
        drawn = shapes(KINDS["trend"])
        ways = [
            places(str(path.get("d")))
            for path in drawn.iter("{*}path")
            if path.get("stroke") == "var(--red)"
            and path.get("stroke-dasharray")
            and "L" in str(path.get("d"))
        ]
        (diamond,) = [
            p for p in drawn.iter("{*}path") if p.get("fill") == "var(--red)" and p.get("transform")
        ]
        x, y = map(float, re.findall(r"-?[\d.]+", str(diamond.get("transform"))))
        assert len(ways) == 2
        for way in ways:
            assert way[-1] == pytest.approx((x, y), abs=0.5)

    def test_names_stand_at_the_ends_of_lines_and_others_are_grey(self) -> None:
        many = [row for n in range(12) for row in told(f"Area {n}", 50 + n, 51 + n, 52 + n)]
        drawn = shapes(trend(BELGIUM[:3], many, highlight=("Belgium",)))
        assert "Belgium 76.5" in words(drawn)
        assert "Area 3 55.0" not in words(drawn)
        assert len([path for path in paths(drawn, "var(--others)") if "L" in path]) == 12
        assert "others" in words(drawn)

    def test_more_lines_than_can_be_told_apart_need_some_to_be_seen_first(self) -> None:
        many = [row for n in range(7) for row in told(f"Area {n}", 1, 2)]
        with pytest.raises(ValueError, match="more than 6 series"):
            trend(many)
        trend(many, highlight=("Area 1",))

    def test_quarters_lie_on_one_axis_of_years(self) -> None:
        rows = told("Belgium", *range(18), first=2021, step=0.25)
        shown = words(shapes(trend(rows)))
        assert [text for text in shown if re.fullmatch(r"20\d\d", text)] == [
            "2021",
            "2022",
            "2023",
            "2024",
            "2025",
        ]
        assert not [path for path in paths(shapes(trend(rows)), "var(--c1)") if path.count("M") > 1]

    def test_a_row_without_its_place_in_time_is_refused(self) -> None:
        with pytest.raises(ValueError, match="without its place in time"):
            trend([{"area": "x", "period": "2020", "share": 1.0}])

    def test_its_table_has_periods_down_and_flags_with_their_words(self) -> None:
        shown = figure(trend(BELGIUM, UNION))
        assert [cell.text() for cell in shown.css("thead th")] == ["Period", "Belgium", "EU <27> & more"]
        row = next(row for row in shown.css("tbody tr") if row.css_first("th").text() == "2021")
        assert row.css_first("td").text(separator=" ", strip=True) == "71.5 b (break in the series)"
        assert row.css_first("abbr").attributes["title"] == "break in the series"

    def test_with_many_series_the_table_turns(self) -> None:
        many = [row for n in range(9) for row in told(f"Area {n}", 1.0, 2.0)]
        shown = figure(trend(many, highlight=("Area 1",)))
        assert [cell.text() for cell in shown.css("thead th")] == ["Area", "2018", "2019"]
        assert len(shown.css("tbody tr")) == 9

    def test_a_table_elsewhere_on_the_page_is_linked_instead(self) -> None:
        shown = figure(trend(BELGIUM), table_at="#figures")
        assert shown.css_first("table") is None
        assert shown.css_first('.source a[href="#figures"]') is not None


class TestMultiples:
    def test_each_area_has_its_panel_and_the_repeated_one_stands_in_each(self) -> None:
        areas = [row for n in range(40) for row in told(f"Area {n}", 50 + n, 51, (52, "b"), 53)]
        chart = as_kind(
            "multiples",
            trend(told("Union", 60, 61, 62, 63), areas, highlight=("Union",)),
            repeated="Union",
            highlight=(),
        )
        for size in SIZES:
            drawn = shapes(chart, size)
            assert len([path for path in paths(drawn, "var(--others)") if path.count("L") == 3]) == 40
            own = [path for path in paths(drawn, "var(--c1)") if re.fullmatch(r"M[-\d.,]+L[-\d.,]+", path)]
            assert len(own) == 80, "two stretches in each panel, none across the break"
            assert {f"Area {n}" for n in range(40)} <= set(words(drawn))


class TestSparkline:
    def test_it_stops_at_a_break_and_at_what_is_unknown(self) -> None:
        spots = [
            Spot(2018, 1),
            Spot(2019, 2),
            Spot(2020, 3, broken=True),
            Spot(2021, None),
            Spot(2022, 5),
            Spot(2023, 4),
        ]
        svg = LexborHTMLParser(charts_small.sparkline(spots, "It rises & falls."))
        lines = [path.attributes["d"] or "" for path in svg.css("path")]
        assert [line.count("L") for line in lines] == [1, 0, 1]
        assert svg.css_first("svg").attributes["aria-label"] == "It rises & falls."
        assert faults_of(str(svg.html)) == []

    def test_without_a_number_there_is_none(self) -> None:
        assert charts_small.sparkline([Spot(2018, None)], "Nothing.") == ""

    @given(
        st.lists(
            st.tuples(st.one_of(st.none(), st.floats(-1e6, 1e6)), st.booleans()), min_size=1, max_size=30
        )
    )
    def test_every_number_is_in_one_stretch_and_no_stretch_holds_a_break(self, told: list[Any]) -> None:
        spots = [Spot(n, value, broken) for n, (value, broken) in enumerate(told)]
        parts = charts_small.stretches(spots)
        assert [spot for part in parts for spot in part] == [spot for spot in spots if spot.value is not None]
        for part in parts:
            assert not any(spot.broken for spot in part[1:])
            assert [spot.at for spot in part] == list(range(int(part[0].at), int(part[-1].at) + 1))
