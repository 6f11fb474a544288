"""Areas compared: bars and maps; and the arithmetic of drawings."""

from __future__ import annotations

import dataclasses
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from hypothesis import example, given
from hypothesis import strategies as st

from gilde.core import chart_scales
from gilde.core.chart_tables import number
from gilde.core.charts import Shapes
from tests.core.chart_examples import KINDS, areas, places, shapes, square, words


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR = tmp_path


class TestCompared:
    def test_a_bar_for_each_number_in_the_order_of_the_rows(self) -> None:
        drawn = shapes(KINDS["compared"])
        fills = [
            path.get("fill")
            for path in drawn.iter("{*}path")
            if (path.get("fill") or "") in ("var(--c1)", "var(--bar)")
        ]
        assert fills == ["var(--c1)", "var(--bar)"]
        shown = words(drawn)
        assert shown.index("Belgium") >= 0
        assert {"75.4", "91.2", "–", "p", "European Union 80.1"} <= set(shown)

    def test_what_is_not_ranked_is_hatched_and_the_key_says_so(self) -> None:
        rows = [{"area": "Belgium", "share": 75.4}, {"area": "Netherlands", "share": 60.1, "unranked": True}]
        drawn = shapes(areas("compared", rows=rows))
        hatched = [path for path in drawn.iter("{*}path") if path.get("fill") == "url(#hatch)"]
        assert len(hatched) == 2, "the bar and its entry in the key"
        assert "not ranked: cannot be compared" in words(drawn)
        assert drawn.find(".//{*}pattern[@id='hatch']") is not None


class TestMap:
    def test_an_outline_for_each_area_filled_by_class_or_hatched(self) -> None:
        drawn = shapes(KINDS["map"])
        assert sorted(
            path.get("fill")
            for path in drawn.iter("{*}path")
            if "Z" in str(path.get("d")) and path.get("stroke") in ("var(--paper)", "var(--text)")
        ) == [
            "url(#hatch)",
            "var(--m2)",
            "var(--m4)",
        ]
        assert {"75.4", "91.2", "no figure"} <= set(words(drawn))

    def test_north_is_up_and_an_outline_covers_its_own_area_alone(self) -> None:
        drawn = shapes(KINDS["map"])
        lands = {
            p.get("fill"): places(str(p.get("d")))
            for p in drawn.iter("{*}path")
            if p.get("fill") in ("var(--m2)", "var(--m4)")
            and "Z" in str(p.get("d"))
            and p.get("stroke") != "none"
            and p.get("stroke")
        }
        belgium, netherlands = lands["var(--m2)"], lands["var(--m4)"]
        assert max(y for _x, y in netherlands) <= min(y for _x, y in belgium) + 15
        assert max(x for x, _y in belgium) - min(x for x, _y in belgium) < 700

    def test_what_lies_overseas_does_not_make_europe_small(self) -> None:
        guiana = {
            "type": "MultiPolygon",
            "coordinates": [square(3, 49)["coordinates"], square(-54, 3)["coordinates"]],
        }
        near = shapes(areas("map", shapes=Shapes({"BE": square(3, 49)})))
        far = shapes(areas("map", shapes=Shapes({"BE": guiana})))
        assert [p.get("d") for p in near.iter("{*}path")] == [p.get("d") for p in far.iter("{*}path")]

    def test_outlines_are_kept_once_for_all_maps(self, tmp_path: Path) -> None:
        KINDS["map"].keep()
        dataclasses.replace(KINDS["map"], title="Another").keep()
        assert len(list((tmp_path / "charts" / "outlines").iterdir())) == 1
        assert "coordinates" not in KINDS["map"].declaration()

    def test_without_outlines_it_is_refused(self) -> None:
        with pytest.raises(ValueError, match="map without outlines"):
            areas("map")


class TestArithmetic:
    @given(st.floats(-1e6, 1e6), st.floats(0, 1e6), st.integers(2, 8))
    @example(0.0, 5e-324, 2)
    @example(0.0, 1e-11, 5)
    @example(1e6, 1e-5, 5)
    @example(75.0, 0.0, 5)
    def test_ticks_enclose_the_values_and_are_equally_far_apart(
        self, low: float, span: float, count: int
    ) -> None:
        marks = chart_scales.ticks(low, low + span, count)
        slack = 1e-6 * max(abs(low), span, 1)
        assert marks[0] <= low + slack
        assert marks[-1] >= low + span - slack
        assert 2 <= len(marks) <= 2 * count + 3
        assert len(set(marks)) == len(marks)
        steps = [later - earlier for earlier, later in pairwise(marks)]
        assert max(steps) == pytest.approx(min(steps), rel=1e-3)

    @given(st.lists(st.floats(0, 300), min_size=1, max_size=8), st.floats(10, 30))
    def test_labels_do_not_stand_on_one_another(self, wanted: list[float], height: float) -> None:
        placed = chart_scales.spread(wanted, [height] * len(wanted), 0, 300)
        ordered = sorted(placed)
        assert all(b - a >= height - 1e-6 for a, b in pairwise(ordered))
        assert ordered[0] >= height / 2 - 1e-6
        assert ordered[-1] <= 300 - height / 2 + 1e-6

    @given(st.lists(st.floats(0, 100), min_size=1, max_size=60))
    def test_every_value_is_in_one_class(self, values: list[float]) -> None:
        found = chart_scales.classes(values, 1)
        assert 1 <= len(found) <= 5
        for value in values:
            assert sum(low <= round(value, 1) <= high for low, high in found) == 1

    def test_numbers_are_written_as_the_reader_does(self) -> None:

        assert [number(1234567.891, 1), number(-3.0, 1), number(2024), number(12000)] == [
            "1,234,567.9",
            "−3.0",
            "2024",
            "12,000",
        ]
        with translation.override("nl"):
            assert number(1234567.891, 1) == "1.234.567,9"
