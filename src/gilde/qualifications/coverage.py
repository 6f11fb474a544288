"""What a joint qualification asks of a national one: how much of its core is there, at which level, in which credit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from django.utils.translation import gettext as _

from gilde.core.errors import Invalid
from gilde.qualifications.comparison import NO_ANCESTORS, NO_LINEAGE, Counts, placed_outcomes
from gilde.qualifications.comparison_evidence import Found, Pairs, Similar
from gilde.qualifications.comparison_rules import Rules, rules_on
from gilde.qualifications.described import Described, LevelTold, Outcome
from gilde.qualifications.similarity import alike

_CENT: Final = Decimal("0.01")


@dataclass(frozen=True)
class Covered:
    """An outcome of the core, and what was found of it."""

    outcome: Outcome
    found: Found


@dataclass(frozen=True)
class Coverage:
    """How much of a core a national qualification holds; without one nothing is known, and `counts` is None."""

    national: Described | None
    outcomes: tuple[Covered, ...] = ()
    counts: Counts | None = None


def coverage(
    core: Sequence[Outcome],
    national: Described | None,
    *,
    similar: Similar = alike,
    broader: Mapping[str, frozenset[str]] = NO_ANCESTORS,
    lineage: Mapping[str, str] = NO_LINEAGE,
    rules: Rules | None = None,
) -> Coverage:
    """Return each outcome of the core, once, with what is found of it in the national qualification.

    Judged by the same rules as a comparison; see `comparison.compare` for `broader` and `lineage`.
    """
    if national is None:
        return Coverage(None)
    placed = placed_outcomes(national)
    asked = {outcome.uri: outcome for outcome in core}
    every = [*asked.values(), *(outcome for _unit, outcome in placed)]
    pairs = Pairs(every, similar=similar, broader=broader, lineage=lineage, rules=rules or rules_on())
    outcomes = tuple(Covered(outcome, pairs.find(outcome, placed)) for outcome in asked.values())
    return Coverage(national, outcomes, Counts.of(each.found.status for each in outcomes))


@dataclass(frozen=True)
class LevelGap:
    """A national level held against the EQF level aimed at: `gap` is how many levels are missing, below 0 too many.

    None where no level is told, it is not referenced to the EQF, or none is aimed at.
    """

    level: LevelTold | None
    gap: int | None


def level_gap(levels: Sequence[LevelTold | None], aimed_eqf: int | None) -> tuple[LevelGap, ...]:
    """Return for each level, in the order given, how far it is from the EQF level aimed at."""
    return tuple(
        LevelGap(
            level,
            aimed_eqf - level.eqf
            if aimed_eqf is not None and level is not None and level.eqf is not None
            else None,
        )
        for level in levels
    )


def convert(points: Decimal, from_hours_per_credit: Decimal, to_hours_per_credit: Decimal) -> Decimal:
    """Return points of another system that stand for the same hours of learning, to a hundredth of a point.

    Raises Invalid when points are below 0 or a point stands for no hours.
    """
    if points < 0:
        raise Invalid(_("%(points)s credit points cannot be converted: give 0 or more.") % {"points": points})
    if from_hours_per_credit <= 0 or to_hours_per_credit <= 0:
        raise Invalid(
            _("A credit point must stand for more than 0 hours of learning. Correct the hours per point.")
        )
    return (points * from_hours_per_credit / to_hours_per_credit).quantize(_CENT, ROUND_HALF_UP)
