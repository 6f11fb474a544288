"""How much of a core a national qualification holds, how far its level is, and what its credit is worth elsewhere."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gilde.core.errors import Invalid
from gilde.qualifications.comparison import Counts
from gilde.qualifications.coverage import convert, coverage, level_gap
from gilde.qualifications.described import LevelTold
from tests.qualifications.test_comparison import WELD, a_qualification, an_outcome, link

_points = st.decimals(0, 400, places=2).map(Decimal)
_hours = st.decimals("0.5", 60, places=2).map(Decimal)


def test_each_outcome_of_the_core_is_told_once_with_what_is_found_of_it() -> None:
    weld, bake = an_outcome("weld", "Joins metal", link(WELD)), an_outcome("bake", "Bakes bread in an oven")
    national = a_qualification(
        "be", an_outcome("be1", "Fuses steel", link(WELD)), an_outcome("be2", "Drives a lorry")
    )
    told = coverage([weld, bake, weld], national)
    assert [(str(each.outcome.statement), each.found.status) for each in told.outcomes] == [
        ("Joins metal", "shared"),
        ("Bakes bread in an oven", "missing"),
    ]
    assert told.counts == Counts(shared=1, missing=1)


def test_without_a_national_qualification_nothing_is_known() -> None:
    told = coverage([an_outcome("weld")], None)
    assert (told.counts, told.outcomes) == (None, ())


def test_an_empty_qualification_covers_nothing() -> None:
    assert coverage([an_outcome("weld")], a_qualification("be")).counts == Counts(missing=1)


def test_the_gap_counts_levels_that_are_missing() -> None:
    levels = [LevelTold("vks", "4", 4), LevelTold("nlqf", "5", 5), LevelTold("own", "x"), None]
    assert [each.gap for each in level_gap(levels, 5)] == [1, 0, None, None]
    assert [each.gap for each in level_gap(levels, None)] == [None] * 4


@given(_points, _hours)
def test_credit_that_counts_the_same_hours_stays_the_same(points: Decimal, hours: Decimal) -> None:
    assert convert(points, hours, hours) == points


@given(_points, _hours, _hours)
def test_credit_stands_for_the_same_hours_after_it_was_converted(
    points: Decimal, old: Decimal, new: Decimal
) -> None:
    converted = convert(points, old, new)
    assert abs(converted * new - points * old) <= new * Decimal("0.00501")
    assert converted >= 0


@given(_points, _points, _hours, _hours)
def test_more_credit_is_never_worth_less(one: Decimal, other: Decimal, old: Decimal, new: Decimal) -> None:
    less, more = sorted((one, other))
    assert convert(less, old, new) <= convert(more, old, new)


@pytest.mark.parametrize("values", [("-1", "25", "25"), ("1", "0", "25"), ("1", "25", "0")])
def test_credit_below_nothing_or_for_no_hours_is_refused(values: tuple[str, str, str]) -> None:
    with pytest.raises(Invalid):
        convert(*map(Decimal, values))
