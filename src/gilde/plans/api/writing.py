"""Progress, to write: the same services as the pages, for people who are signed in."""

from __future__ import annotations

from datetime import date
from datetime import date as Day
from decimal import Decimal
from typing import Annotated, Literal, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Field, Schema, Status
from pydantic import HttpUrl

from gilde.core.access import require
from gilde.core.api import Line, Paragraph, TextIn
from gilde.core.errors import Invalid
from gilde.core.text import Text
from gilde.organisations.public import Organisation
from gilde.plans.access import (
    can_monitor,
    visible_actions,
    visible_evidence,
    visible_measures,
    visible_milestones,
    visible_updates,
)
from gilde.plans.api.delivery import (
    ActionOut,
    EvidenceOut,
    UpdateOut,
    actions,
    evidence,
    updates,
)
from gilde.plans.api.shapes import ActionStateOrNone, PrecisionOrNone
from gilde.plans.models import Action, Evidence, Measure, Update
from gilde.plans.services import evidence as evidence_services
from gilde.plans.services import monitoring
from gilde.plans.services import updates as update_services

Row = TypeVar("Row", bound=Model)
Version = Annotated[int, Field(ge=1, le=2_000_000_000, description="The version that you read.")]
Figure = Annotated[Decimal, Field(max_digits=18, decimal_places=4)]


def _text(given: TextIn | None) -> Text:
    return given.text() if given else Text()


def _mentioned(found: QuerySet[Row], key: UUID | None, field: str) -> Row | None:
    """Return the thing that a body names by its id; raise Invalid, because the address itself is right."""
    if key is None:
        return None
    thing = found.filter(pk=key).first()
    if thing is None:
        raise Invalid(_("%(field)s: there is none with this id, or you may not see it.") % {"field": field})
    return thing


def _measure(request: HttpRequest, key: UUID) -> Measure:
    measure = _mentioned(visible_measures(request.user).select_related("plan"), key, "measure")
    assert measure is not None
    # Asked before anything else is looked at, so that a stranger learns nothing from the other fields.
    require(can_monitor(request.user, measure.plan))
    return measure


class ActionIn(Schema):
    """An action as a whole: what is left out is emptied. A vague date may be any day of what it means."""

    version: Version
    title: TextIn
    text: TextIn | None = None
    responsible: UUID | None = Field(None, description="Id of the organisation.")
    start: date | None = None
    start_precision: PrecisionOrNone = ""
    due: date | None = None
    due_precision: PrecisionOrNone = ""
    date_note: TextIn | None = None
    recurrence: Line = Field("", description="ISO 8601 duration, such as P2Y.")


def _action(request: HttpRequest, key: UUID) -> Action:
    return get_object_or_404(visible_actions(request.user).select_related("measure__plan"), pk=key)


@actions.put("/{uuid:action_id}", response=ActionOut, summary="Change an action")
def change_action(request: HttpRequest, action_id: UUID, payload: ActionIn) -> ActionOut:
    """Change what the action says, if it still is the version that you read; else 409, nothing stored."""
    action = _action(request, action_id)
    require(can_monitor(request.user, action.measure.plan))
    data = monitoring.ActionData(
        title=_text(payload.title),
        text=_text(payload.text),
        responsible=_mentioned(Organisation.objects.all(), payload.responsible, "responsible"),
        start=payload.start,
        start_precision=payload.start_precision,
        due=payload.due,
        due_precision=payload.due_precision,
        date_note=_text(payload.date_note),
        recurrence=payload.recurrence,
    )
    return ActionOut.of(
        monitoring.change_action(actor=request.user, action=action, version=payload.version, data=data)
    )


class On(Schema):
    version: Version
    on: date = Field(description="The day on which it happened.")


class Because(Schema):
    version: Version
    because: Paragraph = Field(description="The reason, which stays visible.")


class Plain(Schema):
    version: Version


@actions.post("/{uuid:action_id}/start", response=ActionOut, summary="Start an action")
def start_action(request: HttpRequest, action_id: UUID, payload: On) -> ActionOut:
    """Say that a planned action is under way."""
    action = _action(request, action_id)
    return ActionOut.of(
        monitoring.start_action(actor=request.user, action=action, on=payload.on, version=payload.version)
    )


@actions.post("/{uuid:action_id}/finish", response=ActionOut, summary="Mark an action as done")
def finish_action(request: HttpRequest, action_id: UUID, payload: On) -> ActionOut:
    """Say that an action is done."""
    action = _action(request, action_id)
    return ActionOut.of(
        monitoring.finish_action(actor=request.user, action=action, on=payload.on, version=payload.version)
    )


@actions.post("/{uuid:action_id}/drop", response=ActionOut, summary="Drop an action")
def drop_action(request: HttpRequest, action_id: UUID, payload: Because) -> ActionOut:
    """Say that an action will not be done, and why."""
    action = _action(request, action_id)
    return ActionOut.of(
        monitoring.drop_action(
            actor=request.user, action=action, because=payload.because, version=payload.version
        )
    )


@actions.post("/{uuid:action_id}/reopen", response=ActionOut, summary="Reopen an action")
def reopen_action(request: HttpRequest, action_id: UUID, payload: Plain) -> ActionOut:
    """Take up again what was done or dropped."""
    action = _action(request, action_id)
    return ActionOut.of(monitoring.reopen_action(actor=request.user, action=action, version=payload.version))


def _update(request: HttpRequest, key: UUID) -> Update:
    return get_object_or_404(visible_updates(request.user).select_related("measure__plan", "action"), pk=key)


def _evidence(request: HttpRequest, key: UUID) -> Evidence:
    return get_object_or_404(
        visible_evidence(request.user).select_related("measure__plan", "document"), pk=key
    )


class UpdateIn(Schema):
    measure: UUID
    action: UUID | None = None
    text: TextIn
    date: date
    new_state: ActionStateOrNone = ""


@updates.post("", response={201: UpdateOut}, summary="Write a report of progress")
def add_update(request: HttpRequest, payload: UpdateIn) -> Status[UpdateOut]:
    """Write a draft; submit it when it is ready."""
    measure = _measure(request, payload.measure)
    data = update_services.UpdateData(
        text=_text(payload.text),
        date=payload.date,
        action=_mentioned(visible_actions(request.user), payload.action, "action"),
        new_state=payload.new_state,
    )
    return Status(
        201, UpdateOut.of(update_services.add_update(actor=request.user, measure=measure, data=data))
    )


class Decided(Schema):
    version: Version
    ground: Paragraph = Field("", description="The ground of the decision.")


class Returned(Schema):
    version: Version
    ground: Paragraph = Field(min_length=1, description="What is missing, so that it can be put right.")


@updates.post("/{uuid:update_id}/submit", response=UpdateOut, summary="Submit a report of progress")
def submit_update(request: HttpRequest, update_id: UUID, payload: Plain) -> UpdateOut:
    """Hand one's own draft to an approver."""
    row = _update(request, update_id)
    return UpdateOut.of(
        update_services.submit_update(actor=request.user, update=row, version=payload.version)
    )


@updates.post("/{uuid:update_id}/withdraw", response=UpdateOut, summary="Take back a report of progress")
def withdraw_update(request: HttpRequest, update_id: UUID, payload: Plain) -> UpdateOut:
    """Take back one's own update that was submitted and is not decided yet."""
    row = _update(request, update_id)
    return UpdateOut.of(
        update_services.withdraw_update(actor=request.user, update=row, version=payload.version)
    )


@updates.post("/{uuid:update_id}/approve", response=UpdateOut, summary="Approve a report of progress")
def approve_update(request: HttpRequest, update_id: UUID, payload: Decided) -> UpdateOut:
    """Approve what somebody else wrote; its action moves with it."""
    row = get_object_or_404(
        visible_updates(request.user).select_related("measure__plan", "action"), pk=update_id
    )
    return UpdateOut.of(
        update_services.approve_update(
            actor=request.user, update=row, ground=payload.ground, version=payload.version
        )
    )


@updates.post("/{uuid:update_id}/return", response=UpdateOut, summary="Return a report of progress")
def return_update(request: HttpRequest, update_id: UUID, payload: Returned) -> UpdateOut:
    """Send back what somebody else wrote, with the ground."""
    row = _update(request, update_id)
    return UpdateOut.of(
        update_services.return_update(
            actor=request.user, update=row, ground=payload.ground, version=payload.version
        )
    )


class EvidenceIn(Schema):
    """A link or a figure; files are handed in on the page of the measure."""

    measure: UUID
    kind: Literal["link", "figure"]
    title: TextIn
    date: date
    action: UUID | None = None
    milestone: UUID | None = None
    url: Annotated[HttpUrl, Field(max_length=500)] | Literal[""] = ""
    retrieved_on: Day | None = None
    figure: Figure | None = None
    unit: Line = Field("", max_length=60)


@evidence.post("", response={201: EvidenceOut}, summary="Add a link or a figure as evidence")
def add_evidence(request: HttpRequest, payload: EvidenceIn) -> Status[EvidenceOut]:
    """Write a draft; submit it when it is ready."""
    measure = _measure(request, payload.measure)
    data = evidence_services.EvidenceData(
        kind=payload.kind,
        title=_text(payload.title),
        date=payload.date,
        action=_mentioned(visible_actions(request.user), payload.action, "action"),
        milestone=_mentioned(visible_milestones(request.user), payload.milestone, "milestone"),
        url=str(payload.url),
        retrieved_on=payload.retrieved_on,
        figure=payload.figure,
        unit=payload.unit,
    )
    added = evidence_services.add_evidence(actor=request.user, measure=measure, data=data)
    return Status(201, EvidenceOut.of(added))


@evidence.post("/{uuid:evidence_id}/submit", response=EvidenceOut, summary="Submit a piece of evidence")
def submit_evidence(request: HttpRequest, evidence_id: UUID, payload: Plain) -> EvidenceOut:
    """Hand one's own draft to an approver."""
    row = _evidence(request, evidence_id)
    return EvidenceOut.of(
        evidence_services.submit_evidence(actor=request.user, evidence=row, version=payload.version)
    )


@evidence.post("/{uuid:evidence_id}/withdraw", response=EvidenceOut, summary="Take back a piece of evidence")
def withdraw_evidence(request: HttpRequest, evidence_id: UUID, payload: Plain) -> EvidenceOut:
    """Take back one's own evidence that was submitted and is not decided yet."""
    row = _evidence(request, evidence_id)
    return EvidenceOut.of(
        evidence_services.withdraw_evidence(actor=request.user, evidence=row, version=payload.version)
    )


@evidence.post("/{uuid:evidence_id}/approve", response=EvidenceOut, summary="Approve a piece of evidence")
def approve_evidence(request: HttpRequest, evidence_id: UUID, payload: Decided) -> EvidenceOut:
    """Approve what somebody else handed in."""
    row = _evidence(request, evidence_id)
    return EvidenceOut.of(
        evidence_services.approve_evidence(
            actor=request.user, evidence=row, ground=payload.ground, version=payload.version
        )
    )


@evidence.post("/{uuid:evidence_id}/return", response=EvidenceOut, summary="Return a piece of evidence")
def return_evidence(request: HttpRequest, evidence_id: UUID, payload: Returned) -> EvidenceOut:
    """Send back what somebody else handed in, with the ground."""
    row = _evidence(request, evidence_id)
    return EvidenceOut.of(
        evidence_services.return_evidence(
            actor=request.user, evidence=row, ground=payload.ground, version=payload.version
        )
    )
