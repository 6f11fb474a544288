"""Actions, milestones, evidence and updates, to read. Writing is in `writing.py`, on the same routers."""

from __future__ import annotations

from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema

from gilde.core import clock
from gilde.core.api import Figure, Line, Page, Paging, TextOut, page_of
from gilde.plans import signals
from gilde.plans.access import visible_actions, visible_evidence, visible_milestones, visible_updates
from gilde.plans.api.filters import matching
from gilde.plans.api.shapes import ActionState, EvidenceKind, MilestoneState, ReviewState, text_or_none
from gilde.plans.identifiers import uri_of
from gilde.plans.models import Action, Evidence, Milestone, Update

actions = Router(tags=["actions"])
milestones = Router(tags=["milestones"])
evidence = Router(tags=["evidence"])
updates = Router(tags=["updates"])

Row = TypeVar("Row", bound=Model)


class OfMeasure(Paging):
    plan: Line = Field("", description="Name of the plan in its address.")
    measure: UUID | None = Field(None, description="Id of the measure.")

    def narrow(self, found: QuerySet[Row]) -> QuerySet[Row]:
        """Return what belongs to the plan and the measure that were asked for."""
        if self.plan:
            found = found.filter(measure__plan__slug=self.plan)
        if self.measure:
            found = found.filter(measure=self.measure)
        return found


class ActionOut(Schema):
    """An action. Late and stale are judged on the day of asking. Send `version` back when you change it."""

    id: UUID
    uri: str
    plan: str
    measure: UUID
    number: str = Field(description="Number of the measure.")
    position: int
    title: TextOut
    text: TextOut | None
    responsible: UUID | None
    start: date | None
    start_precision: str
    due: date | None
    due_precision: str
    date_note: TextOut | None
    recurrence: str
    state: ActionState
    started_on: date | None
    finished_on: date | None
    reported_on: date | None
    dropped_because: str
    late: bool
    stale: bool
    version: int

    @classmethod
    def of(cls, action: Action) -> ActionOut:
        """Return the action as the API gives it."""
        today = clock.today()
        return cls(
            id=action.pk,
            uri=uri_of(action),
            plan=action.measure.plan.slug,
            measure=action.measure_id,
            number=action.measure.number,
            position=action.position,
            title=TextOut.of(action.title),
            text=text_or_none(action.text),
            responsible=action.responsible_id,
            start=action.start,
            start_precision=action.start_precision,
            due=action.due,
            due_precision=action.due_precision,
            date_note=text_or_none(action.date_note),
            recurrence=action.recurrence,
            state=action.state,
            started_on=action.started_on,
            finished_on=action.finished_on,
            reported_on=action.reported_on,
            dropped_because=action.dropped_because,
            late=signals.is_late(action, today),
            stale=signals.is_stale(action, today),
            version=action.version,
        )


class ActionFilter(OfMeasure):
    state: ActionState | None = None
    late: bool | None = None
    stale: bool | None = None
    dated: bool | None = Field(None, description="With a start or a due date, or with neither.")
    due_from: date | None = None
    due_to: date | None = None
    q: Line = Field("", description="Words in the title or the text.")


def _either(found: QuerySet[Action], condition: Q, wanted: bool | None) -> QuerySet[Action]:
    if wanted is None:
        return found
    return found.filter(condition) if wanted else found.exclude(condition)


@actions.get("", response=Page[ActionOut], summary="List actions", auth=None)
def list_actions(request: HttpRequest, query: Query[ActionFilter]) -> Page[ActionOut]:
    """Return the actions of the plans that the reader may see."""
    today = clock.today()
    found = query.narrow(visible_actions(request.user).select_related("measure__plan"))
    if query.state:
        found = found.filter(state=query.state)
    found = _either(found, signals.late(today), query.late)
    found = _either(found, signals.stale(today), query.stale)
    found = _either(found, Q(start__isnull=False) | Q(due__isnull=False), query.dated)
    if query.due_from:
        found = found.filter(due__gte=query.due_from)
    if query.due_to:
        found = found.filter(due__lte=query.due_to)
    found = matching(found, query.q, "title", "text")
    return page_of(
        found.order_by("measure__plan__slug", "measure__position", "position", "pk"), query, ActionOut.of
    )


@actions.get("/{uuid:action_id}", response=ActionOut, summary="Read an action", auth=None)
def read_action(request: HttpRequest, action_id: UUID) -> ActionOut:
    """Return one action."""
    found = visible_actions(request.user).select_related("measure__plan")
    return ActionOut.of(get_object_or_404(found, pk=action_id))


class MilestoneOut(Schema):
    """A point that must be reached; met with evidence, or missed."""

    id: UUID
    uri: str
    plan: str
    measure: UUID
    number: str = Field(description="Number of the measure.")
    action: UUID | None
    title: TextOut
    due: date | None
    due_precision: str
    date_note: TextOut | None
    state: MilestoneState
    met_on: date | None
    missed_because: str
    version: int

    @classmethod
    def of(cls, milestone: Milestone) -> MilestoneOut:
        """Return the milestone as the API gives it."""
        return cls(
            id=milestone.pk,
            uri=uri_of(milestone),
            plan=milestone.measure.plan.slug,
            measure=milestone.measure_id,
            number=milestone.measure.number,
            action=milestone.action_id,
            title=TextOut.of(milestone.title),
            due=milestone.due,
            due_precision=milestone.due_precision,
            date_note=text_or_none(milestone.date_note),
            state=milestone.state,
            met_on=milestone.met_on,
            missed_because=milestone.missed_because,
            version=milestone.version,
        )


class MilestoneFilter(OfMeasure):
    state: MilestoneState | None = None
    due_from: date | None = None
    due_to: date | None = None


@milestones.get("", response=Page[MilestoneOut], summary="List milestones", auth=None)
def list_milestones(request: HttpRequest, query: Query[MilestoneFilter]) -> Page[MilestoneOut]:
    """Return the milestones of the plans that the reader may see."""
    found = query.narrow(visible_milestones(request.user).select_related("measure__plan"))
    if query.state:
        found = found.filter(state=query.state)
    if query.due_from:
        found = found.filter(due__gte=query.due_from)
    if query.due_to:
        found = found.filter(due__lte=query.due_to)
    ordered = found.order_by("measure__plan__slug", "measure__position", "position", "pk")
    return page_of(ordered, query, MilestoneOut.of)


@milestones.get("/{uuid:milestone_id}", response=MilestoneOut, summary="Read a milestone", auth=None)
def read_milestone(request: HttpRequest, milestone_id: UUID) -> MilestoneOut:
    """Return one milestone."""
    found = visible_milestones(request.user).select_related("measure__plan")
    return MilestoneOut.of(get_object_or_404(found, pk=milestone_id))


class ReviewedOut(Schema):
    """What one person writes and another decides on. Nobody is named: the audit chain knows who it was."""

    id: UUID
    plan: str
    measure: UUID
    number: str = Field(description="Number of the measure.")
    action: UUID | None
    date: date
    state: ReviewState
    submitted_at: datetime | None
    decided_at: datetime | None
    synthetic: bool
    version: int


class EvidenceOut(ReviewedOut):
    """A file with its hash, a link with the day it was retrieved, or a figure with its unit."""

    milestone: UUID | None
    kind: EvidenceKind
    title: TextOut
    sha256: str | None
    file_name: str
    url: str
    retrieved_on: date | None
    figure: Figure | None
    unit: str

    @classmethod
    def of(cls, row: Evidence) -> EvidenceOut:
        """Return the evidence as the API gives it."""
        return cls(
            id=row.pk,
            plan=row.measure.plan.slug,
            measure=row.measure_id,
            number=row.measure.number,
            action=row.action_id,
            date=row.date,
            state=row.state,
            submitted_at=row.submitted_at,
            decided_at=row.decided_at,
            synthetic=row.synthetic,
            version=row.version,
            milestone=row.milestone_id,
            kind=row.kind,
            title=TextOut.of(row.title),
            sha256=row.document.sha256 if row.document else None,
            file_name=row.file_name,
            url=row.url,
            retrieved_on=row.retrieved_on,
            figure=row.figure,
            unit=row.unit,
        )


class UpdateOut(ReviewedOut):
    """A report of progress; `new_state` is what the action becomes when it is approved."""

    text: TextOut
    new_state: str

    @classmethod
    def of(cls, row: Update) -> UpdateOut:
        """Return the update as the API gives it."""
        return cls(
            id=row.pk,
            plan=row.measure.plan.slug,
            measure=row.measure_id,
            number=row.measure.number,
            action=row.action_id,
            date=row.date,
            state=row.state,
            submitted_at=row.submitted_at,
            decided_at=row.decided_at,
            synthetic=row.synthetic,
            version=row.version,
            text=TextOut.of(row.text),
            new_state=row.new_state,
        )


class ReviewedFilter(OfMeasure):
    state: ReviewState | None = Field(
        None, description="Only approved ones are public; members of the plan's owners see the others too."
    )
    date_from: date | None = None
    date_to: date | None = None

    def narrow(self, found: QuerySet[Row]) -> QuerySet[Row]:
        """Return what is in the state and of the days that were asked for."""
        found = super().narrow(found)
        if self.state:
            found = found.filter(state=self.state)
        if self.date_from:
            found = found.filter(date__gte=self.date_from)
        if self.date_to:
            found = found.filter(date__lte=self.date_to)
        return found


class EvidenceFilter(ReviewedFilter):
    kind: EvidenceKind | None = None


@evidence.get("", response=Page[EvidenceOut], summary="List evidence", auth=None)
def list_evidence(request: HttpRequest, query: Query[EvidenceFilter]) -> Page[EvidenceOut]:
    """Return the approved evidence of the plans that the reader may see, the newest first."""
    found = query.narrow(visible_evidence(request.user).select_related("measure__plan", "document"))
    if query.kind:
        found = found.filter(kind=query.kind)
    return page_of(found.order_by("-date", "pk"), query, EvidenceOut.of)


@evidence.get("/{uuid:evidence_id}", response=EvidenceOut, summary="Read a piece of evidence", auth=None)
def read_evidence(request: HttpRequest, evidence_id: UUID) -> EvidenceOut:
    """Return one piece of evidence."""
    found = visible_evidence(request.user).select_related("measure__plan", "document")
    return EvidenceOut.of(get_object_or_404(found, pk=evidence_id))


@updates.get("", response=Page[UpdateOut], summary="List reports of progress", auth=None)
def list_updates(request: HttpRequest, query: Query[ReviewedFilter]) -> Page[UpdateOut]:
    """Return the approved updates of the plans that the reader may see, the newest first."""
    found = query.narrow(visible_updates(request.user).select_related("measure__plan"))
    return page_of(found.order_by("-date", "pk"), query, UpdateOut.of)


@updates.get("/{uuid:update_id}", response=UpdateOut, summary="Read a report of progress", auth=None)
def read_update(request: HttpRequest, update_id: UUID) -> UpdateOut:
    """Return one report of progress."""
    found = visible_updates(request.user).select_related("measure__plan")
    return UpdateOut.of(get_object_or_404(found, pk=update_id))
