"""Areas are ranked only where their figures can be compared, and who has no rank is told why."""

from __future__ import annotations

import random
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gilde.core.text import Text
from gilde.indicators.comparison import Comparison, Reason, Side, compare
from gilde.indicators.figures import Figure, Line
from gilde.indicators.models import Area, Indicator

HIGHER, LOWER, NEITHER = Indicator.Direction.HIGHER, Indicator.Direction.LOWER, Indicator.Direction.NONE


def measured(direction: str = HIGHER) -> Any:
    return SimpleNamespace(pk=1, direction=direction)


def line(
    indicator: Any, code: str, told: dict[str, Any], kind: str = Area.Kind.COUNTRY, level: int | None = 0
) -> Line:
    figures = [
        Figure(period, *(said if isinstance(said, tuple) else (said, "" if said is not None else ":")))
        for period, said in told.items()
    ]
    area = Area(code=code, kind=kind, level=level, name=Text.of(code))
    return Line(sum(map(ord, code)), indicator, area, "", tuple(figures))


def union(indicator: Any, told: dict[str, Any]) -> Line:
    return line(indicator, "EU27_2020", told, Area.Kind.UNION, None)


def side(compared: Comparison, code: str) -> Side:
    return next(each for each in compared.sides if each.area.pk == code)


@pytest.mark.parametrize(("direction", "best"), [(HIGHER, "DE"), (LOWER, "FR")])
def test_the_best_performer_goes_by_the_direction(direction: str, best: str) -> None:
    what = measured(direction)
    compared = compare(what, [line(what, code, {"2024": v}) for code, v in (("BE", 5), ("DE", 9), ("FR", 1))])
    assert [each.area.pk for each in compared.best] == [best]
    assert (side(compared, "BE").rank, side(compared, "BE").peers) == (2, 3)


def test_where_neither_direction_is_better_nobody_is_best() -> None:
    what = measured(NEITHER)
    compared = compare(what, [line(what, "BE", {"2024": 5.0}), line(what, "FR", {"2024": 6.0})])
    assert compared.best == ()
    assert {each.unranked for each in compared.sides} == {Reason.NO_DIRECTION}


def test_what_cannot_be_compared_has_no_rank_and_the_reason_and_the_others_close_up() -> None:
    what = measured()
    compared = compare(
        what,
        [
            line(what, "AT", {"2024": (99.0, "u")}),
            line(what, "BE", {"2024": (98.0, "d")}),
            line(what, "CZ", {"2023": 97.0, "2024": None}),
            line(what, "DE", {"2024": (50.0, "p")}),
            line(what, "EE", {"2024": 40.0}),
        ],
    )
    assert {each.area.pk: each.rank or each.unranked for each in compared.sides} == {
        "AT": Reason.UNRELIABLE,
        "BE": Reason.OTHER_DEFINITION,
        "CZ": Reason.NO_FIGURE,
        "DE": 1,
        "EE": 2,
    }
    assert [each.area.pk for each in compared.ranked()][:2] == ["DE", "EE"]


def test_the_average_of_the_union_stands_beside_the_ranks_and_has_none() -> None:
    what = measured()
    compared = compare(
        what,
        [union(what, {"2024": 80.1}), line(what, "BE", {"2024": 79.0}), line(what, "FR", {"2024": 70.0})],
    )
    assert compared.union is not None
    assert (compared.union.rank, compared.union.unranked) == (None, None)
    assert side(compared, "BE").rank == 1
    assert side(compared, "FR").apart == pytest.approx(-10.1)


def test_regions_do_not_race_with_their_country() -> None:
    what = measured()
    regions = [line(what, f"BE{n}", {"2024": 60.0 + n}, Area.Kind.REGION, 1) for n in (1, 2, 3)]
    compared = compare(what, [line(what, "BE", {"2024": 90.0}), *regions])
    assert side(compared, "BE").unranked == Reason.ALONE
    assert [(each.area.pk, each.rank) for each in compared.ranked()[:3]] == [
        ("BE3", 1),
        ("BE2", 2),
        ("BE1", 3),
    ]


def test_a_change_is_told_only_where_no_break_lies_between() -> None:
    """Belgium is broken in 2024 and France in the base year itself, which parts it from what came before alone."""
    what = measured()
    compared = compare(
        what,
        [
            line(what, "BE", {"2022": 79.6, "2023": 80.9, "2024": (63.9, "b"), "2025": 75.4}),
            line(what, "FR", {"2022": (60.0, "b"), "2025": 66.0}),
            line(what, "NL", {"2025": 90.0}),
        ],
        base="2022",
    )
    belgium = side(compared, "BE")
    assert (belgium.change, belgium.unchanged, belgium.broken_in) == (None, Reason.BREAK, "2024")
    assert side(compared, "FR").change == 6.0
    assert side(compared, "NL").unchanged == Reason.NO_BASE
    assert belgium.rank == 2


def test_the_newest_period_that_most_areas_have_is_compared() -> None:
    what = measured()
    told = [line(what, code, {"2023": 1.0, "2024": 2.0}) for code in ("BE", "FR", "DE", "NL")]
    early = line(what, "EE", {"2023": 1.0, "2024": 2.0, "2025": 3.0})
    assert compare(what, [*told, early]).period == "2024"
    assert compare(what, [*told, early], period="2023").period == "2023"
    assert compare(what, [*told, early], period="1999").period == "2024"


def test_without_any_figure_there_is_nothing_to_compare() -> None:
    what = measured()
    compared = compare(what, [line(what, "BE", {"2024": None})])
    assert (compared.period, compared.best) == ("", ())
    assert compared.sides[0].unranked == Reason.NO_FIGURE


CODES = ["AT", "BE", "CZ", "DE", "EE", "FR", "NL"]
TOLD = st.lists(
    st.tuples(st.integers(0, 20), st.sampled_from(["", "", "u", "d", "b", "p"])), min_size=1, max_size=7
)


@given(TOLD, st.sampled_from([HIGHER, LOWER]), st.randoms(use_true_random=False))
def test_ranks_follow_the_values_whatever_the_order_of_the_areas(
    told: list[tuple[int, str]], direction: str, chance: random.Random
) -> None:
    what = measured(direction)
    lines = [
        line(what, code, {"2024": (float(value), flags)})
        for code, (value, flags) in zip(CODES, told, strict=False)
    ]
    compared = compare(what, lines)
    ranked = [each for each in compared.sides if each.rank is not None]
    for each in ranked:
        assert each.figure is not None
        assert not {"u", "d"} & set(each.figure.flags)
        better = [
            other
            for other in ranked
            if other.figure is not None
            and (other.figure.value or 0) != (each.figure.value or 0)
            and ((other.figure.value or 0) > (each.figure.value or 0)) == (direction == HIGHER)
        ]
        assert each.rank == len(better) + 1
        assert each.peers == len(ranked)
    assert all((each.rank is None) == (each.unranked is not None) for each in compared.sides)
    before = {each.area.pk: (each.rank, each.unranked) for each in compared.sides}
    chance.shuffle(lines)
    assert {each.area.pk: (each.rank, each.unranked) for each in compare(what, lines).sides} == before
