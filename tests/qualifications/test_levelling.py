"""Levels of elements become one level: by hand, and for any weights."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gilde.qualifications.levelling import Spread, level_for, points, spreads
from gilde.qualifications.models import Committee
from gilde.qualifications.procedures import Levelling
from gilde.qualifications.services.committees import passes

BANDS = tuple((str(n), Decimal(n) - Decimal("0.5")) for n in range(1, 9))


def _method(**weights: int) -> Levelling:
    return Levelling({code: Decimal(weight) for code, weight in weights.items()}, BANDS)


def test_by_hand() -> None:
    method = _method(knowledge=2, autonomy=1, responsibility=1)
    reached = points({"knowledge": 3, "autonomy": 4, "responsibility": 5, "motor-skills": 8}, method)
    assert reached == Decimal("3.750")  # (2·3 + 4 + 5) ÷ 4; motor skills have no weight
    assert level_for(reached, method) == "4"
    assert level_for(Decimal("0.4"), method) is None


def test_a_missing_level_is_not_taken_for_nothing() -> None:
    with pytest.raises(ValueError, match="autonomy"):
        points({"knowledge": 3}, _method(knowledge=1, autonomy=1))


@given(
    st.dictionaries(st.sampled_from("abcdefgh"), st.tuples(st.integers(1, 8), st.integers(1, 9)), min_size=1)
)
def test_points_lie_between_the_lowest_and_the_highest_level(told: dict[str, tuple[int, int]]) -> None:
    levels = {code: level for code, (level, _weight) in told.items()}
    method = _method(**{code: weight for code, (_level, weight) in told.items()})
    reached = points(levels, method)
    assert min(levels.values()) <= reached <= max(levels.values())
    if len(set(levels.values())) == 1:
        assert level_for(reached, method) == str(min(levels.values()))
    higher = points({code: min(8, level + 1) for code, level in levels.items()}, method)
    assert higher >= reached


def test_spreads_show_where_judges_differ() -> None:
    found = spreads(["a", "b", "c"], [("a", 3), ("a", 3), ("b", 5), ("b", 2), ("b", 3)])
    assert found == [Spread("a", (3, 3)), Spread("b", (2, 3, 5)), Spread("c", ())]
    assert [(s.agreed, s.apart, s.middle) for s in found] == [(True, 0, 3), (False, 3, 3), (False, 0, None)]


@given(st.integers(0, 30), st.integers(0, 30))
def test_rules_of_voting_get_stricter(in_favour: int, against: int) -> None:
    consensus, two_thirds, majority = (
        passes(rule, in_favour, against)
        for rule in (Committee.Rule.CONSENSUS, Committee.Rule.TWO_THIRDS, Committee.Rule.MAJORITY)
    )
    assert consensus <= two_thirds <= majority
    assert majority == (in_favour > against)
    assert two_thirds == (in_favour > 0 and in_favour * 3 >= (in_favour + against) * 2)
