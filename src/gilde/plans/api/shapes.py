"""Shapes that several parts of the API of plans give: organisations in short, the four signals."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from ninja import Schema

from gilde.core.api import Money, OneOf, TextOut
from gilde.core.reviewed import Reviewed
from gilde.core.text import Text
from gilde.plans import signals
from gilde.plans.models import Action, Evidence, Instrument, MeasureBody, Milestone, Plan, Tick
from gilde.plans.models.plans import Precision

PlanKind = Annotated[str, OneOf(Plan.Kind)]
PlanState = Annotated[str, OneOf(Plan.State)]
ActionState = Annotated[str, OneOf(Action.State)]
ActionStateOrNone = Annotated[str, OneOf(Action.State, blank=True)]
MilestoneState = Annotated[str, OneOf(Milestone.State)]
ReviewState = Annotated[str, OneOf(Reviewed.State)]
EvidenceKind = Annotated[str, OneOf(Evidence.Kind)]
InstrumentKind = Annotated[str, OneOf(Instrument.Kind)]
TickGroup = Annotated[str, OneOf(Tick.Group)]
BodyRole = Annotated[str, OneOf(MeasureBody.Role)]
PrecisionOrNone = Annotated[str, OneOf(Precision, blank=True)]


def text_or_none(text: Text) -> TextOut | None:
    """Return a text, or None where there is none."""
    return TextOut.of(text) if text else None


class Named(Schema):
    """An organisation, short."""

    id: UUID
    slug: str
    name: TextOut


class ActionFigures(Schema):
    """Numbers of actions; late, stale and undated are among them. How they are judged: docs/api.md."""

    total: int
    planned: int
    under_way: int
    done: int
    dropped: int
    late: int
    stale: int
    undated: int


class EvidenceFigures(Schema):
    """Approved evidence, the date of the newest piece and its age in days; null when there is none."""

    approved: int
    newest: date | None
    age_days: int | None


class IndicatorFigures(Schema):
    """Numbers of indicators by judgement; all nought when none measures this."""

    on_track: int
    off_track: int
    cannot_tell: int


class AmountsOut(Schema):
    """Money in one currency; null is unknown. An amount a year is never added to an amount in all."""

    currency: str
    in_all: Money | None
    a_year: Money | None
    unsaid: Money | None
    committed: Money | None
    spent: Money | None


class MoneyFigures(Schema):
    amounts: list[AmountsOut]
    lines: int
    without_amount: int


class SignalsOut(Schema):
    """The four signals, side by side and never one percentage."""

    actions: ActionFigures
    evidence: EvidenceFigures
    indicators: IndicatorFigures
    money: MoneyFigures

    @classmethod
    def of(cls, found: signals.Signals, today: date) -> SignalsOut:
        """Return the signals as the API gives them."""
        return cls(
            actions=ActionFigures(**vars(found.actions)),
            evidence=EvidenceFigures(
                approved=found.evidence.approved,
                newest=found.evidence.newest,
                age_days=found.evidence.age(today),
            ),
            indicators=IndicatorFigures(**vars(found.indicators)),
            money=MoneyFigures(
                amounts=[AmountsOut(**vars(each)) for each in found.money.amounts],
                lines=found.money.lines,
                without_amount=found.money.without_amount,
            ),
        )
