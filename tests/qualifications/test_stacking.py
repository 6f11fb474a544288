"""What a set of micro-credentials is worth."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gilde.qualifications import stacking
from gilde.qualifications.stacking import Held, Rule

TODAY = date(2026, 3, 1)
CODES = "abcdef"


def a_rule(key: str, takes: str, worth: float, **fields: object) -> Rule:
    return Rule(key, frozenset(takes), Decimal(str(worth)), **fields)  # type: ignore[arg-type]


def held(codes: str, credit: float = 4, awarded: date | None = None) -> list[Held]:
    return [Held(code, Decimal(str(credit)), awarded) for code in codes]


def worth_of(rules: list[Rule], holds: list[Held], today: date = TODAY) -> stacking.Worth:
    return stacking.worth_of(rules, holds, today)


def test_who_holds_enough_has_the_unit_with_the_ground_for_it() -> None:
    found = worth_of([a_rule("r", "abc", 8, minimum_count=2, unit="U1")], held("ab"))
    assert found.units == ("U1",)
    assert found.credit == 8
    (granted,) = found.granted
    assert granted.used == ("a", "b")
    assert granted.brought == 8
    assert found.lacking == ()


def test_who_holds_too_few_sees_how_many_and_which_are_missing() -> None:
    rule = a_rule("r", "abc", 20, minimum_count=3, minimum_credit=Decimal(12))
    found = worth_of([rule], held("ab"))
    assert found.credit == 0
    (lacking,) = found.lacking
    assert (lacking.count, lacking.credit, lacking.open_to) == (1, 4, ("c",))
    assert found.unused == ("a", "b")


def test_points_are_asked_beside_numbers() -> None:
    rule = a_rule("r", "abc", 20, minimum_credit=Decimal(9))
    assert worth_of([rule], held("ab")).lacking[0].credit == 1
    assert worth_of([rule], held("abc")).credit == 12


def test_no_more_counts_than_was_brought() -> None:
    assert worth_of([a_rule("r", "a", 20)], held("a")).credit == 4


def test_a_micro_credential_counts_for_one_rule_only_and_the_best_choice_is_made() -> None:
    small, large = a_rule("small", "ab", 3, position=0), a_rule("large", "b", 4, position=1)
    assert worth_of([small, large], held("b")).credit == 4
    both = worth_of([small, large], held("ab"))
    assert both.credit == 7
    assert [granted.used for granted in both.granted] == [("a",), ("b",)]


def test_the_first_way_is_not_always_the_best() -> None:
    greedy = a_rule("greedy", "abc", 8, minimum_count=2, position=0)
    first, second = a_rule("first", "a", 4, position=1), a_rule("second", "b", 4, position=2)
    assert worth_of([greedy, first, second], held("abc")).credit == 12


def test_of_ways_with_as_many_points_the_one_with_more_units_is_taken() -> None:
    rules = [a_rule("points", "a", 4, position=0), a_rule("unit", "a", 4, unit="U1", position=1)]
    assert worth_of(rules, held("a")).units == ("U1",)


def test_a_unit_is_covered_once_by_whichever_rule_is_worth_more() -> None:
    rules = [a_rule("one", "a", 3, unit="U1"), a_rule("other", "b", 4, unit="U1")]
    found = worth_of(rules, held("ab"))
    assert found.credit == 4
    assert found.units == ("U1",)
    assert found.lacking == ()
    assert found.unused == ("a",)


def test_a_micro_credential_held_twice_counts_once() -> None:
    found = worth_of([a_rule("r", "ab", 20, minimum_count=2)], [*held("a"), *held("a", 6)])
    assert found.credit == 0
    assert worth_of([a_rule("r", "a", 20)], [*held("a"), *held("a", 6)]).credit == 6


@pytest.mark.parametrize(
    ("awarded", "credit"),
    [
        (date(2021, 3, 1), 4),
        (date(2021, 2, 28), 0),
        (date(2026, 3, 2), 0),
        (None, 0),
    ],
)
def test_a_rule_takes_none_that_is_too_old_or_of_which_the_day_is_unknown(
    awarded: date | None, credit: int
) -> None:
    found = worth_of([a_rule("r", "a", 4, max_age_years=5)], held("a", awarded=awarded))
    assert found.credit == credit
    if not credit:
        assert found.lacking[0].too_old == ("a",)


def test_an_award_of_29_february_is_old_one_year_later_on_28_february() -> None:
    rule = [a_rule("r", "a", 4, max_age_years=1)]
    (mine,) = held("a", awarded=date(2024, 2, 29))
    assert stacking.worth_of(rule, [mine], date(2025, 2, 28)).credit == 4
    assert stacking.worth_of(rule, [mine], date(2025, 3, 1)).credit == 0


def test_what_no_rule_takes_is_told_as_unused() -> None:
    assert worth_of([a_rule("r", "a", 4)], held("az")).unused == ("z",)


def test_the_rule_that_lacks_least_comes_first() -> None:
    rules = [a_rule("far", "abcd", 9, minimum_count=4), a_rule("near", "ef", 9, minimum_count=2)]
    assert [each.rule.key for each in worth_of(rules, held("e")).lacking] == ["near", "far"]


def test_the_most_that_rules_may_share_is_reckoned_in_time() -> None:
    codes = "abcdefghijklm"[: stacking.SHARED_LIMIT]  # in twos they fulfil half as many rules
    rules = [a_rule(f"r{n}", codes, 7, minimum_count=2, unit=f"U{n}", position=n) for n in range(5)]
    found = stacking.worth_of(rules, [Held(c, Decimal(n + 1)) for n, c in enumerate(codes)], TODAY)
    assert found.credit == 7 * (stacking.SHARED_LIMIT // 2)


# --- whatever the rules

points = st.integers(0, 12).map(Decimal)
days = st.none() | st.integers(-30, 3000).map(lambda n: TODAY - timedelta(days=n))
a_held = st.builds(Held, code=st.sampled_from(CODES), credit=points, awarded=days)
sets = st.lists(a_held, max_size=7)
any_rule = st.builds(
    Rule,
    key=st.just("r"),
    takes=st.frozensets(st.sampled_from(CODES), min_size=1),
    worth=points,
    minimum_count=st.integers(1, 3),
    minimum_credit=st.integers(0, 15).map(Decimal),
    max_age_years=st.none() | st.integers(1, 8),
    unit=st.sampled_from(["", "U1", "U2"]),
    position=st.integers(0, 2),
)
some_rules = st.lists(any_rule, max_size=4).map(
    lambda rules: [Rule(**{**vars(rule), "key": f"r{n}"}) for n, rule in enumerate(rules)]
)


@given(rules=some_rules, holds=sets, more=a_held)
def test_who_holds_more_never_has_less(rules: list[Rule], holds: list[Held], more: Held) -> None:
    assert worth_of(rules, holds).credit <= worth_of(rules, [*holds, more]).credit


@given(rules=some_rules, holds=sets)
def test_nothing_is_worth_more_than_was_brought_and_nothing_counts_twice(
    rules: list[Rule], holds: list[Held]
) -> None:
    found = worth_of(rules, holds)
    best: dict[str, Decimal] = {}
    for each in holds:
        best[each.code] = max(each.credit, best.get(each.code, Decimal(0)))
    used = [code for granted in found.granted for code in granted.used]
    assert len(used) == len(set(used))
    assert found.credit <= sum(best[code] for code in used)
    assert sorted([*used, *found.unused]) == sorted(best)
    assert len(set(found.units)) == len(found.units)
    for granted in found.granted:
        rule = granted.rule
        assert granted.credit <= rule.worth
        assert len(granted.used) >= rule.minimum_count
        assert granted.brought >= rule.minimum_credit
        assert set(granted.used) <= rule.takes


@given(rules=some_rules, holds=sets, seed=st.integers(0, 99))
def test_the_order_in_which_things_are_told_is_nothing(
    rules: list[Rule], holds: list[Held], seed: int
) -> None:
    mixed_rules, mixed_holds = list(rules), list(holds)
    random.Random(seed).shuffle(mixed_rules)
    random.Random(seed + 1).shuffle(mixed_holds)
    assert worth_of(rules, holds) == worth_of(mixed_rules, mixed_holds)


@given(rules=some_rules, holds=sets)
def test_no_other_way_gives_more(rules: list[Rule], holds: list[Held]) -> None:
    def most(codes: frozenset[str], left: list[Rule], units: frozenset[str]) -> Decimal:
        """Every way to put every micro-credential to a rule or to none, tried without any cleverness."""
        if not left:
            return Decimal(0)
        rule, others = left[0], left[1:]
        best = most(codes, others, units)
        if rule.unit and rule.unit in units:
            return best
        mine: dict[str, Decimal] = {}
        for each in holds:
            if each.code in codes and stacking.counts(each, rule, TODAY):
                mine[each.code] = max(each.credit, mine.get(each.code, Decimal(0)))
        names = sorted(mine)
        for bits in range(1, 1 << len(names)):
            used = [name for place, name in enumerate(names) if bits >> place & 1]
            brought = sum((mine[name] for name in used), Decimal(0))
            if len(used) >= rule.minimum_count and brought >= rule.minimum_credit:
                rest = most(codes.difference(used), others, units | ({rule.unit} if rule.unit else set()))
                best = max(best, rest + min(rule.worth, brought))
        return best

    assert worth_of(rules[:3], holds).credit == most(frozenset(CODES), rules[:3], frozenset())
