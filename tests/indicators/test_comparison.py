"""Areas side by side: who is ranked, who is not and why, and which changes can be told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gilde.indicators.comparison import Comparison, Reason, compare
from gilde.indicators.figures import Figure, Line
from gilde.indicators.models import Area, Indicator


def indicator(direction: str = "higher") -> Indicator:
    return Indicator(code="compared", direction=direction, unit="PC", decimals=1)


def line(
    number: int, told: dict[str, tuple[float | None, str]], kind: str = "country", level: int = 0
) -> Line:
    area = Area(code=f"A{number}", kind=kind, level=None if kind == "union" else level)
    return Line(number, indicator(), area, "", tuple(Figure(p, v, f) for p, (v, f) in sorted(told.items())))


def ranks(compared: Comparison) -> dict[str, int | None]:
    return {side.area.code: side.rank for side in compared.sides}


VALUES = st.one_of(st.none(), st.integers(0, 20).map(float))
FLAGS = st.sampled_from(["", "b", "p", "u", "d", "f", "n", "bu"])
LINES = st.lists(
    st.dictionaries(st.sampled_from(["2020", "2021", "2022", "2023"]), st.tuples(VALUES, FLAGS), max_size=4),
    min_size=1,
    max_size=8,
).map(lambda told: [line(number, periods) for number, periods in enumerate(told)])


@given(LINES, st.sampled_from(["higher", "lower"]))
def test_a_rank_is_one_more_than_how_many_are_better(told: list[Line], direction: str) -> None:
    compared = compare(indicator(direction), told)
    ranked = [side for side in compared.sides if side.rank is not None]
    for side in ranked:
        assert side.figure is not None
        assert side.figure.value is not None
        values = [other.figure.value for other in ranked if other.figure and other.figure.value is not None]
        better = [
            v for v in values if (v > side.figure.value if direction == "higher" else v < side.figure.value)
        ]
        assert side.rank == len(better) + 1
        assert side.peers == len(ranked)
        assert not set(side.figure.flags) & set("udfn")


@given(LINES)
def test_who_has_no_rank_is_told_why(told: list[Line]) -> None:
    compared = compare(indicator(), told)
    assert all((side.rank is None) == (side.unranked is not None) for side in compared.sides)
    assert all(
        (side.change is None) == (side.unchanged is not None) for side in compared.sides if compared.period
    )


@given(LINES)
def test_no_change_is_told_across_a_break(told: list[Line]) -> None:
    compared = compare(indicator(), told)
    for side in compared.sides:
        if side.change is not None:
            between = [f for f in side.line.figures if compared.base < f.period <= compared.period]
            assert not any(figure.is_break for figure in between)


@given(LINES)
def test_nobody_is_ranked_where_neither_way_is_better(told: list[Line]) -> None:
    assert not any(ranks(compare(indicator("none"), told)).values())


def test_equal_values_share_a_rank() -> None:
    told = [line(n, {"2024": (value, "")}) for n, value in enumerate([5.0, 7.0, 7.0, 3.0])]
    assert ranks(compare(indicator(), told)) == {"A0": 3, "A1": 1, "A2": 1, "A3": 4}


def test_the_union_is_no_competitor_and_a_whole_does_not_race_with_its_part() -> None:
    told = [
        line(0, {"2024": (90.0, "")}, "union"),
        line(1, {"2024": (50.0, "")}),
        line(2, {"2024": (60.0, "")}),
        line(3, {"2024": (99.0, "")}, "region", 1),
    ]
    compared = compare(indicator(), told)
    assert ranks(compared) == {"A0": None, "A1": 2, "A2": 1, "A3": None}
    assert compared.sides[3].unranked is Reason.ALONE
    assert [side.apart for side in compared.sides] == [None, -40.0, -30.0, 9.0]


def test_the_period_is_the_newest_that_most_areas_have() -> None:
    told = [line(n, {"2023": (1.0, "")}) for n in range(5)] + [line(9, {"2024": (2.0, "")})]
    assert compare(indicator(), told).period == "2023"
    assert compare(indicator(), told, period="2024").period == "2024"
    assert compare(indicator(), told, period="1999").period == "2023"


def test_the_base_is_five_periods_back_or_as_far_as_there_are() -> None:
    years = {str(year): (1.0, "") for year in range(2015, 2025)}
    assert compare(indicator(), [line(0, years)]).base == "2019"
    assert compare(indicator(), [line(0, years)], base="2016").base == "2016"
    assert compare(indicator(), [line(0, years)], base="2024").base == "2019"
    assert compare(indicator(), [line(0, {"2024": (1.0, "")})]).base == ""


@pytest.mark.parametrize("told", [[], [line(0, {})], [line(0, {"2024": (None, ":")})]])
def test_without_any_value_nothing_is_compared(told: list[Line]) -> None:
    compared = compare(indicator(), told)
    assert compared.period == ""
    assert {side.unranked for side in compared.sides} <= {Reason.NO_FIGURE}
