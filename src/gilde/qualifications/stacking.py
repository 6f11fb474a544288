"""What a set of micro-credentials is worth towards a qualification, with the grounds. Nothing here asks the database.

A rule grants a unit or an amount of credit to who holds enough of its micro-credentials. Each micro-credential counts
for one rule only, each rule and each unit once, and no rule grants more points than were brought to it. Where several
ways are open the one with the most points is chosen, and among these the one with the most units.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import combinations
from typing import Final

# Every choice is tried among micro-credentials that several rules take: more of these would take too long.
SHARED_LIMIT: Final = 8
NOTHING: Final = Decimal(0)


@dataclass(frozen=True)
class Held:
    """A micro-credential that a person holds. Without a day it counts only for rules that ask for none."""

    code: str
    credit: Decimal
    awarded: date | None = None


@dataclass(frozen=True)
class Rule:
    """What is asked and what it is worth. `worth` is in points; `unit` names the unit that it covers, "" for none."""

    key: str
    takes: frozenset[str]
    worth: Decimal
    minimum_count: int = 1
    minimum_credit: Decimal = NOTHING
    max_age_years: int | None = None
    unit: str = ""
    position: int = 0


@dataclass(frozen=True)
class Granted:
    """A rule that is fulfilled: with what, how many points that brought, and how many of them count."""

    rule: Rule
    used: tuple[str, ...]
    brought: Decimal

    @property
    def credit(self) -> Decimal:
        return min(self.rule.worth, self.brought)


@dataclass(frozen=True)
class Lacking:
    """A rule that is not fulfilled: how many and how many points are still missing, beside what is not yet used.

    `too_old` are micro-credentials that the person holds and that do not count for this rule because of their age, or
    because it is not known when they were awarded.
    """

    rule: Rule
    has: tuple[str, ...]
    count: int
    credit: Decimal
    open_to: tuple[str, ...]
    too_old: tuple[str, ...] = ()


@dataclass(frozen=True)
class Worth:
    """What a set of micro-credentials is worth, rule by rule, and what other rules still lack, the nearest first."""

    granted: tuple[Granted, ...]
    lacking: tuple[Lacking, ...]
    unused: tuple[str, ...]

    @property
    def credit(self) -> Decimal:
        return sum((each.credit for each in self.granted), NOTHING)

    @property
    def units(self) -> tuple[str, ...]:
        return tuple(each.rule.unit for each in self.granted if each.rule.unit)


def worth_of(rules: Collection[Rule], held: Collection[Held], today: date) -> Worth:
    """Return what all that is held is worth by the rules today, whatever the order in which it is told."""
    choice = _Choice(sorted(rules, key=lambda rule: (rule.position, rule.key)), held, today)
    granted = choice.best()
    used = {code for each in granted for code in each.used}
    unused = {each.code for each in held} - used
    covered = {each.rule.unit for each in granted if each.rule.unit}
    done = {each.rule.key for each in granted}
    lacking = [
        _lacking(rule, choice.points[rule.key], unused)
        for rule in choice.rules
        if rule.key not in done and rule.unit not in covered
    ]
    lacking = [each for each in lacking if each.count or each.credit]
    lacking.sort(key=lambda each: (each.count, each.credit, each.rule.position, each.rule.key))
    return Worth(granted, tuple(lacking), tuple(sorted(unused)))


def shared(rules: Collection[Rule]) -> frozenset[str]:
    """Return the micro-credentials that more than one rule takes."""
    return frozenset(code for one, other in combinations(rules, 2) for code in one.takes & other.takes)


def counts(held: Held, rule: Rule, today: date) -> bool:
    """Return whether a micro-credential counts for a rule today: it was awarded, and is not too old."""
    if held.code not in rule.takes or (held.awarded is not None and held.awarded > today):
        return False
    if rule.max_age_years is None:
        return True
    return held.awarded is not None and held.awarded >= _years_before(today, rule.max_age_years)


def _years_before(day: date, years: int) -> date:
    """Return the same day years before; 28 February for 29 February of a year that has none."""
    year = max(day.year - years, 1)
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)


def _lacking(rule: Rule, points: Mapping[str, Decimal], unused: Collection[str]) -> Lacking:
    has = sorted(points.keys() & set(unused))
    brought = sum((points[code] for code in has), NOTHING)
    return Lacking(
        rule,
        tuple(has),
        count=max(0, rule.minimum_count - len(has)),
        credit=max(NOTHING, rule.minimum_credit - brought),
        open_to=tuple(sorted(rule.takes - points.keys())),
        too_old=tuple(sorted((rule.takes & set(unused)) - points.keys())),
    )


_Score = tuple[Decimal, int]
_Way = tuple[_Score, tuple[Granted, ...]]


class _Choice:
    """The search for the best way to put micro-credentials to rules, rule after rule.

    What only one rule takes goes to that rule; every way to share out the others is tried, each once.
    """

    def __init__(self, rules: Sequence[Rule], held: Collection[Held], today: date) -> None:
        self.rules = rules
        # For each rule the points that each micro-credential brings; of one held twice the better award counts.
        self.points: dict[str, dict[str, Decimal]] = {rule.key: {} for rule in rules}
        for rule in rules:
            mine = self.points[rule.key]
            for each in held:
                if counts(each, rule, today):
                    mine[each.code] = max(each.credit, mine.get(each.code, NOTHING))
        self.known: dict[tuple[int, frozenset[str], frozenset[str]], _Way] = {}

    @cached_property
    def contended(self) -> frozenset[str]:
        seen: set[str] = set()
        twice: set[str] = set()
        for rule in self.rules:
            codes = self.points[rule.key].keys()
            twice |= seen & codes
            seen |= codes
        return frozenset(twice)

    def best(self) -> tuple[Granted, ...]:
        """Return the rules that are fulfilled in the best way, in the order of the rules."""
        return self._from(0, self.contended, frozenset())[1]

    def _from(self, place: int, free: frozenset[str], covered: frozenset[str]) -> _Way:
        """Return the best that the rules from `place` on give, of the contended that are still free."""
        if place == len(self.rules):
            return (NOTHING, 0), ()
        rule = self.rules[place]
        later = {code for each in self.rules[place:] for code in self.points[each.key]}
        key = (place, free & later, covered & {each.unit for each in self.rules[place:]})
        if key not in self.known:
            best = self._from(place + 1, free, covered)
            if not rule.unit or rule.unit not in covered:
                for granted in self._ways(rule, free):
                    (credit, units), others = self._from(
                        place + 1, free.difference(granted.used), covered | {rule.unit}
                    )
                    score = (credit + granted.credit, units + bool(rule.unit))
                    if score > best[0]:
                        best = score, (granted, *others)
            self.known[key] = best
        return self.known[key]

    def _ways(self, rule: Rule, free: frozenset[str]) -> Iterator[Granted]:
        """Yield the ways to fulfil a rule, small ones first; none that takes more and gives no more."""
        points = self.points[rule.key]
        own = [code for code in sorted(points) if code not in self.contended]
        open_to = [code for code in sorted(points) if code in free]
        enough: list[frozenset[str]] = []
        for size in range(len(open_to) + 1):
            for more in combinations(open_to, size):
                used = tuple(sorted((*own, *more)))
                brought = sum((points[code] for code in used), NOTHING)
                if len(used) < rule.minimum_count or brought < rule.minimum_credit:
                    continue
                if any(full <= set(more) for full in enough):
                    continue
                if brought >= rule.worth:
                    enough.append(frozenset(more))
                yield Granted(rule, used, brought)
