"""Judging levels: the scale, what judges found side by side once it is shown, and how points make the level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from gilde.core.access import Actor
from gilde.core.text import Text
from gilde.qualifications import access, levelling, procedures
from gilde.qualifications.models import (
    AgreedLevel,
    Descriptor,
    Element,
    Level,
    LevelJudgement,
    Member,
    Procedure,
    Round,
)
from gilde.qualifications.procedures import Levelling


@dataclass(frozen=True)
class Scale:
    """What is judged: the elements and levels of a framework, and what each level asks on each element."""

    elements: Sequence[Element]
    levels: Sequence[Level]
    asked: Mapping[tuple[int, int], Text]  # by element and level

    def descriptors(self, element: Element) -> list[tuple[Level, Text]]:
        """Return what the levels ask on an element, where they ask something."""
        told = [(level, self.asked.get((element.pk, level.pk), Text())) for level in self.levels]
        return [(level, text) for level, text in told if text]


def scale_of(round_: Round) -> Scale:
    """Return the scale on which a file is judged; empty without a framework."""
    framework = round_.version.framework_id
    asked = Descriptor.objects.filter(element__framework=framework).order_by()
    return Scale(
        list(Element.objects.filter(framework=framework).order_by("position", "pk")),
        list(Level.objects.filter(framework=framework).order_by("position", "pk")),
        {(element, level): text for element, level, text in asked.values_list("element", "level", "text")},
    )


@dataclass(frozen=True)
class Found:
    """What one judge found on one element; `side` is -1 below and 1 above the middle of the judges."""

    level: Level
    ground: str
    side: int


@dataclass(frozen=True)
class ElementShown:
    """An element with what each judge found, in the order of the judges, None where one did not judge it."""

    element: Element
    spread: levelling.Spread
    found: Sequence[Found | None]
    agreed: AgreedLevel | None


@dataclass(frozen=True)
class Shown:
    """All judgements of a round side by side, once they are shown."""

    judges: Sequence[Member]
    rows: Sequence[ElementShown]


def shown_of(actor: Actor, round_: Round, scale: Scale) -> Shown | None:
    """Return the judgements side by side; None until the chair has shown them."""
    if round_.revealed_at is None:
        return None
    seen = access.visible_judgements(actor, round_)
    judged = list(seen.select_related("member__user", "element", "level").order_by("member", "element"))
    members = {each.member_id: each.member for each in judged}
    by_place = {(each.element_id, each.member_id): each for each in judged}
    told = [(each.element.code, each.level.position) for each in judged]
    spreads = levelling.spreads([element.code for element in scale.elements], told)
    agreed = {each.element_id: each for each in round_.agreed.select_related("level", "element")}
    rows = [
        ElementShown(
            element,
            spread,
            [_found(by_place.get((element.pk, member)), spread.middle) for member in members],
            agreed.get(element.pk),
        )
        for element, spread in zip(scale.elements, spreads, strict=True)
    ]
    return Shown(list(members.values()), rows)


def _found(judgement: LevelJudgement | None, middle: int | None) -> Found | None:
    if judgement is None or middle is None:
        return None
    at = judgement.level.position
    return Found(judgement.level, judgement.ground, (at > middle) - (at < middle))


@dataclass(frozen=True)
class Term:
    """One element in the count of the points."""

    element: Element
    weight: Decimal
    level: Level

    @property
    def product(self) -> Decimal:
        return self.weight * self.level.position


@dataclass(frozen=True)
class Computed:
    """How levels of elements become one level: the terms, their sums, the points, and the level that is reached."""

    method: Levelling
    terms: Sequence[Term]
    weights: Decimal
    total: Decimal
    points: Decimal
    level: str | None


def computed(procedure: Procedure, agreed: Sequence[AgreedLevel]) -> Computed | None:
    """Return how the level of a file follows from the agreed levels; None while a weighted element has none."""
    method = procedures.levelling_of(procedure)
    try:
        reached = levelling.points({each.element.code: each.level.position for each in agreed}, method)
    except ValueError:
        return None
    zero = Decimal(0)
    terms = [Term(each.element, method.weights.get(each.element.code, zero), each.level) for each in agreed]
    return Computed(
        method,
        terms,
        sum((term.weight for term in terms), zero),
        sum((term.product for term in terms), zero),
        reached,
        levelling.level_for(reached, method),
    )
