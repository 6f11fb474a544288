"""Qualifications outcome by outcome: what two to five of them share, share in part, and lack.

Works on plain values (`described.py`); `comparing.py` fetches them. An outcome may be found in several others, and
several in one: nothing is used up. So what A shares with B is shared by B with A, though the numbers may differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from gilde.core.errors import Invalid
from gilde.qualifications.comparison_evidence import Evidence, EvidenceKind, Found, Pairs, Similar
from gilde.qualifications.comparison_rules import Rules, Status, rules_on
from gilde.qualifications.described import Described, Outcome, Unit
from gilde.qualifications.similarity import alike

__all__ = [
    "LEAST",
    "MOST",
    "Comparison",
    "Counts",
    "Evidence",
    "EvidenceKind",
    "Found",
    "Overlap",
    "Row",
    "Side",
    "compare",
]

LEAST: Final = 2
MOST: Final = 5  # more than five side by side nobody can read
NO_ANCESTORS: Final[Mapping[str, frozenset[str]]] = {}
NO_LINEAGE: Final[Mapping[str, str]] = {}
_ORDER: Final[tuple[Status, ...]] = ("missing", "partly", "shared")


@dataclass(frozen=True)
class Counts:
    """How many outcomes are shared, partly shared, missing."""

    shared: int = 0
    partly: int = 0
    missing: int = 0

    @classmethod
    def of(cls, statuses: Iterable[Status]) -> Counts:
        """Return the counts of some judgements."""
        told = list(statuses)
        return cls(told.count("shared"), told.count("partly"), told.count("missing"))

    @property
    def total(self) -> int:
        """Return the number of outcomes."""
        return self.shared + self.partly + self.missing


@dataclass(frozen=True)
class Row:
    """An outcome of a qualification, and what was found of it in each of the others, in their order."""

    outcome: Outcome
    unit: Unit | None
    found: tuple[Found, ...]

    @property
    def everywhere(self) -> Status:
        """Return the judgement that holds in all others together: the weakest."""
        return min((each.status for each in self.found), key=_ORDER.index)


@dataclass(frozen=True)
class Side:
    """One of the qualifications with its outcomes; `others` and the counts are in the order asked."""

    qualification: Described
    others: tuple[Described, ...]
    rows: tuple[Row, ...]

    @property
    def counts(self) -> tuple[Counts, ...]:
        """Return for each of the others how much of this one is found there."""
        return tuple(Counts.of(row.found[n].status for row in self.rows) for n in range(len(self.others)))

    @property
    def everywhere(self) -> Counts:
        """Return how much of this one is found in all others."""
        return Counts.of(row.everywhere for row in self.rows)


@dataclass(frozen=True)
class Overlap:
    """How much of `one` is found in `other`."""

    one: Described
    other: Described
    counts: Counts


@dataclass(frozen=True)
class Comparison:
    """Qualifications side by side, each in turn as the one that the others are held against."""

    sides: tuple[Side, ...]
    rules: Rules

    @property
    def qualifications(self) -> tuple[Described, ...]:
        """Return what is compared, in the order in which it was asked."""
        return tuple(side.qualification for side in self.sides)

    @property
    def overlaps(self) -> Iterator[Overlap]:
        """Yield how much of each is found in each other, both ways."""
        for side in self.sides:
            for other, counts in zip(side.others, side.counts, strict=True):
                yield Overlap(side.qualification, other, counts)


def compare(
    told: Sequence[Described],
    *,
    similar: Similar = alike,
    broader: Mapping[str, frozenset[str]] = NO_ANCESTORS,
    lineage: Mapping[str, str] = NO_LINEAGE,
    rules: Rules | None = None,
) -> Comparison:
    """Return two to five qualifications compared by the rules (those of today). Raises Invalid for another number.

    `broader` gives the ancestors of a concept by its address, `lineage` the outcome of which one is a wording.
    """
    if not LEAST <= len(told) <= MOST:
        raise Invalid(
            _("Between %(least)s and %(most)s qualifications can be compared, not %(number)s. Choose again.")
            % {"least": LEAST, "most": MOST, "number": len(told)}
        )
    rules = rules or rules_on()
    placed = [placed_outcomes(each) for each in told]
    every = (outcome for each in placed for _unit, outcome in each)
    pairs = Pairs(every, similar=similar, broader=broader, lineage=lineage, rules=rules)
    sides = []
    for here, qualification in enumerate(told):
        others = [n for n in range(len(told)) if n != here]
        rows = tuple(
            Row(outcome, unit, tuple(pairs.find(outcome, placed[n]) for n in others))
            for unit, outcome in placed[here]
        )
        sides.append(Side(qualification, tuple(told[n] for n in others), rows))
    return Comparison(tuple(sides), rules)


def placed_outcomes(told: Described) -> list[tuple[Unit | None, Outcome]]:
    """Return every outcome once, with the unit that it stands in, in the order in which a reader meets them."""
    units = {outcome.uri: unit for unit in reversed(told.units) for outcome in unit.outcomes}
    return [(units.get(outcome.uri), outcome) for outcome in told.all_outcomes()]
