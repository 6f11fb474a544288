"""A whole is made of its parts only where the arithmetic is right; an average says that it is one."""

from __future__ import annotations

import random
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gilde.core.errors import Invalid
from gilde.core.text import Text
from gilde.indicators.aggregating import Way, aggregate
from gilde.indicators.figures import Figure, Line
from gilde.indicators.models import Area, Indicator

SUM, RATIO, NONE = Indicator.Aggregation.SUM, Indicator.Aggregation.RATIO, Indicator.Aggregation.NONE
CODES = ["BE1", "BE2", "BE3", "FR1", "FR2", "NL1"]


def indicator(aggregation: str, unit: str = "PC") -> Any:
    return SimpleNamespace(pk=1, aggregation=aggregation, unit=unit)


def line(measured: Any, code: str, figure: Figure, *, key: str = "", parent: str | None = None) -> Line:
    area = Area(code=code, name=Text.of(code), parent_id=parent)
    return Line(CODES.index(code) if code in CODES else 99, measured, area, key, (figure,))


def rate(numerator: float, denominator: float, flags: str = "") -> Figure:
    return Figure("2024", 100 * numerator / denominator, flags, numerator, denominator)


def parts_of(measured: Any, *figures: Figure) -> list[Line]:
    return [line(measured, code, figure) for code, figure in zip(CODES, figures, strict=False)]


def test_numbers_are_added_where_the_indicator_says_so() -> None:
    told = aggregate(parts_of(indicator(SUM, "NR"), Figure("2024", 10.0), Figure("2024", 32.0)), "2024")
    assert (told.figure.value, told.way, told.note) == (42.0, Way.SUM, "")


def test_a_rate_is_recomputed_and_not_averaged() -> None:
    """90 of 100 and 100 of 1000 are 190 of 1100, which is 17.3 % and not the mean of 90 % and 10 %."""
    told = aggregate(parts_of(indicator(RATIO), rate(90, 100), rate(100, 1000)), "2024")
    assert told.figure.value == pytest.approx(100 * 190 / 1100)
    assert (told.figure.numerator, told.figure.denominator) == (190, 1100)
    assert not told.is_approximate


def test_a_ratio_that_is_no_percentage_is_not_multiplied() -> None:
    told = aggregate(
        parts_of(indicator(RATIO, "RT"), Figure("2024", 2.0, "", 4, 2), Figure("2024", 5.0, "", 10, 2)),
        "2024",
    )
    assert told.figure.value == 3.5


def test_the_flags_of_the_parts_are_those_of_the_whole() -> None:
    told = aggregate(parts_of(indicator(RATIO), rate(1, 2, "bu"), rate(1, 4, "p")), "2024")
    assert told.figure.flags == "bpu"


def test_an_average_has_to_be_asked_for_and_is_marked() -> None:
    shares = parts_of(indicator(NONE), Figure("2024", 20.0), Figure("2024", 40.0))
    with pytest.raises(Invalid, match="take the figure that the source publishes"):
        aggregate(shares, "2024")
    told = aggregate(shares, "2024", approximate=True)
    assert (told.figure.value, told.figure.flags, told.way) == (30.0, "e", Way.MEAN)
    assert told.is_approximate
    assert "each counted alike" in told.note
    weighted = parts_of(
        indicator(NONE), Figure("2024", 20.0, "", None, 300), Figure("2024", 40.0, "p", None, 100)
    )
    told = aggregate(weighted, "2024", approximate=True)
    assert (told.figure.value, told.figure.flags, told.way) == (25.0, "ep", Way.WEIGHTED_MEAN)
    assert told.figure.numerator is None


def test_a_rate_without_its_numbers_is_refused_by_the_name_of_the_part() -> None:
    shares = parts_of(indicator(RATIO), rate(1, 2), Figure("2024", 40.0))
    with pytest.raises(Invalid, match=r"never as an average\. They are missing for BE2"):
        aggregate(shares, "2024")
    assert aggregate(shares, "2024", approximate=True).way == Way.MEAN


@pytest.mark.parametrize("approximate", [False, True])
@pytest.mark.parametrize(
    "missing", [Figure("2023", 1.0), Figure("2024", None, ":"), Figure("2024", 1.0, "c")], ids=str
)
def test_a_part_that_is_missing_is_never_passed_over(missing: Figure, approximate: bool) -> None:
    with pytest.raises(Invalid, match="no figure of BE2 for 2024, and a whole needs all of its parts"):
        aggregate(parts_of(indicator(SUM), Figure("2024", 1.0), missing), "2024", approximate=approximate)


def test_parts_that_overlap_or_do_not_belong_together_make_no_whole() -> None:
    counted = indicator(SUM, "NR")
    one, two = Figure("2024", 1.0), Figure("2024", 2.0)
    with pytest.raises(Invalid, match="do not overlap"):
        aggregate([line(counted, "BE1", one), line(counted, "BE1", two)], "2024")
    with pytest.raises(Invalid, match="do not overlap"):
        aggregate([line(counted, "BE", one), line(counted, "BE1", two, parent="BE")], "2024")
    with pytest.raises(Invalid, match="one indicator and one breakdown"):
        aggregate([line(counted, "BE1", one), line(counted, "BE2", two, key="sex=F")], "2024")
    with pytest.raises(Invalid, match="no parts"):
        aggregate([], "2024")


def test_of_nobody_there_is_no_rate() -> None:
    with pytest.raises(Invalid, match="Nobody is counted"):
        aggregate(parts_of(indicator(RATIO), Figure("2024", 0.0, "", 0, 0)), "2024")


COUNTS = st.integers(1, 10**6).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))


@given(st.lists(COUNTS, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_a_rate_of_the_whole_lies_among_its_parts_whatever_their_order(
    counted: list[tuple[int, int]], chance: random.Random
) -> None:
    parts = parts_of(indicator(RATIO), *(rate(*each) for each in counted))
    told = aggregate(parts, "2024").figure
    values = [part.figures[0].value or 0 for part in parts]
    assert told.value == pytest.approx(100 * sum(n for n, _d in counted) / sum(d for _n, d in counted))
    assert told.value is not None
    assert min(values) - 1e-9 <= told.value <= max(values) + 1e-9
    chance.shuffle(parts)
    assert aggregate(parts, "2024").figure == told


@given(
    st.lists(st.floats(-1e9, 1e9, allow_subnormal=False), min_size=1, max_size=6),
    st.randoms(use_true_random=False),
    st.sampled_from([SUM, NONE]),
)
def test_the_order_of_the_parts_changes_nothing(
    values: list[float], chance: random.Random, aggregation: str
) -> None:
    parts = parts_of(indicator(aggregation), *(Figure("2024", value) for value in values))
    told = aggregate(parts, "2024", approximate=True)
    chance.shuffle(parts)
    assert aggregate(parts, "2024", approximate=True).figure == told.figure
    if told.is_approximate and told.figure.value is not None:
        assert min(values) <= told.figure.value <= max(values)
