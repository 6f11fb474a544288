"""Delivery of a plan: its actions and milestones, the bodies in it, and who is responsible for what."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from gilde.core import audit, clock
from gilde.core.access import Actor, require
from gilde.core.changes import changed, checked, moved, not_in_the_future
from gilde.core.errors import Invalid, Stale
from gilde.core.text import Text
from gilde.organisations.public import Organisation
from gilde.plans.access import can_monitor
from gilde.plans.models import Action, Evidence, Measure, MeasureBody, Milestone
from gilde.plans.precision import first_day, is_duration, last_day
from gilde.plans.services import evidence as evidence_service
from gilde.plans.services.evidence import EvidenceData
from gilde.plans.workflow import action_workflow, milestone_workflow


@dataclass(frozen=True)
class ActionData:
    """What an officer writes about an action. A vague date may be any day of the time that it means."""

    title: Text
    text: Text = field(default_factory=Text)
    responsible: Organisation | None = None
    start: date | None = None
    start_precision: str = ""
    due: date | None = None
    due_precision: str = ""
    date_note: Text = field(default_factory=Text)
    recurrence: str = ""

    def fields(self) -> dict[str, Any]:
        """Return the fields as stored: the first day of a start, the last day of a due date.

        Raises Invalid for a recurrence that is no ISO 8601 duration.
        """
        if self.recurrence and not is_duration(self.recurrence):
            raise Invalid(
                _("Comes back every: write a duration such as P2Y (two years) or P6M (six months).")
            )
        start_precision = self.start_precision or ("day" if self.start else "")
        due_precision = self.due_precision or ("day" if self.due else "")
        return {
            **{
                name: getattr(self, name)
                for name in ("title", "text", "responsible", "date_note", "recurrence")
            },
            "start": first_day(self.start, start_precision) if self.start else None,
            "start_precision": start_precision if self.start else "",
            "due": last_day(self.due, due_precision) if self.due else None,
            "due_precision": due_precision if self.due else "",
        }


@dataclass(frozen=True)
class MilestoneData:
    """What an officer writes about a milestone."""

    title: Text
    action: Action | None = None
    due: date | None = None
    due_precision: str = ""
    date_note: Text = field(default_factory=Text)

    def fields(self) -> dict[str, Any]:
        """Return the fields as stored, with the last day of a vague due date."""
        precision = self.due_precision or ("day" if self.due else "")
        return {
            "title": self.title,
            "action": self.action,
            "date_note": self.date_note,
            "due": last_day(self.due, precision) if self.due else None,
            "due_precision": precision if self.due else "",
        }


def add_action(*, actor: Actor, measure: Measure, data: ActionData) -> Action:
    """Return a new planned action at the end of the measure. Raises Refused and Invalid."""
    require(can_monitor(actor, measure.plan))
    with transaction.atomic():
        last = measure.actions.aggregate(last=Max("position"))["last"] or 0
        action = checked(Action(measure=measure, position=last + 1, **data.fields()))
        action.save(force_insert=True)
        audit.record(actor, "plans.action.add", action, after={"measure": str(measure.pk), **_plain(data)})
    return action


def change_action(*, actor: Actor, action: Action, version: int, data: ActionData) -> Action:
    """Return the action as changed, if it still has `version`. Raises Refused, Invalid, Stale."""
    require(can_monitor(actor, action.measure.plan))
    return changed(action, data.fields(), actor=actor, event="plans.action.change", version=version)


def set_responsible(
    *, actor: Actor, action: Action, version: int, organisation: Organisation | None
) -> Action:
    """Return the action with who is responsible for it. Raises Refused, Stale."""
    require(can_monitor(actor, action.measure.plan))
    return changed(
        action, {"responsible": organisation}, actor=actor, event="plans.action.assign", version=version
    )


def move_action(*, actor: Actor, action: Action, by: int) -> list[Action]:
    """Return the measure's actions in their new order, this one moved `by` places (negative is up)."""
    require(can_monitor(actor, action.measure.plan))
    with transaction.atomic():
        ordered = list(Action.objects.filter(measure=action.measure_id).order_by("position", "pk"))
        before = [str(each.pk) for each in ordered]
        here = ordered.index(action)
        ordered.insert(max(0, min(len(ordered) - 1, here + by)), ordered.pop(here))
        for position, each in enumerate(ordered, start=1):
            each.position = position
        Action.objects.bulk_update(ordered, ["position"])
        after = [str(each.pk) for each in ordered]
        if after != before:
            audit.record(
                actor,
                "plans.measure.order",
                action.measure,
                before={"actions": before},
                after={"actions": after},
            )
    return ordered


def start_action(*, actor: Actor, action: Action, on: date, version: int | None = None) -> Action:
    """Return the action, under way since `on`. Raises Refused, Invalid, Stale."""
    not_in_the_future(on, _("Started on"))
    return moved(
        action_workflow,
        action,
        "start",
        actor=actor,
        version=version,
        started_on=on,
        reported_on=_heard(action, on),
    )


def finish_action(*, actor: Actor, action: Action, on: date, version: int | None = None) -> Action:
    """Return the action, done on `on`. Raises Refused, Stale, and Invalid when it ended before it started."""
    not_in_the_future(on, _("Finished on"))
    if action.started_on and on < action.started_on:
        raise Invalid(_("Finished on: this is before the day on which the action started."))
    return moved(
        action_workflow,
        action,
        "finish",
        actor=actor,
        version=version,
        finished_on=on,
        reported_on=_heard(action, on),
    )


def drop_action(
    *, actor: Actor, action: Action, because: str, on: date | None = None, version: int | None = None
) -> Action:
    """Return the action, dropped for a reason that stays visible. Raises Refused, Invalid, Stale."""
    if not because.strip():
        raise Invalid(_("Reason for dropping it: say why, because the plan promised this."))
    return moved(
        action_workflow,
        action,
        "drop",
        actor=actor,
        version=version,
        dropped_because=because.strip(),
        reported_on=_heard(action, on),
    )


def reopen_action(
    *, actor: Actor, action: Action, on: date | None = None, version: int | None = None
) -> Action:
    """Return an action that was done or dropped, under way again. Raises Refused, Stale."""
    return moved(
        action_workflow,
        action,
        "reopen",
        actor=actor,
        version=version,
        started_on=action.started_on or on or clock.today(),
        finished_on=None,
        dropped_because="",
        reported_on=_heard(action, on),
    )


def add_milestone(*, actor: Actor, measure: Measure, data: MilestoneData) -> Milestone:
    """Return a new open milestone at the end of the measure. Raises Refused and Invalid."""
    require(can_monitor(actor, measure.plan))
    _same_measure(measure, data.action)
    with transaction.atomic():
        last = measure.milestones.aggregate(last=Max("position"))["last"] or 0
        milestone = checked(Milestone(measure=measure, position=last + 1, **data.fields()))
        milestone.save(force_insert=True)
        audit.record(
            actor, "plans.milestone.add", milestone, after={"measure": str(measure.pk), **_plain(data)}
        )
    return milestone


def change_milestone(*, actor: Actor, milestone: Milestone, version: int, data: MilestoneData) -> Milestone:
    """Return the milestone as changed, if it still has `version`. Raises Refused, Invalid, Stale."""
    require(can_monitor(actor, milestone.measure.plan))
    _same_measure(milestone.measure, data.action)
    return changed(milestone, data.fields(), actor=actor, event="plans.milestone.change", version=version)


def meet_milestone(
    *,
    actor: Actor,
    milestone: Milestone,
    on: date,
    evidence: EvidenceData | None = None,
    version: int | None = None,
) -> Milestone:
    """Return the milestone, met on `on`; `evidence` is added and submitted with it, all or nothing.

    Raises Refused, Stale, and Invalid without evidence, submitted or approved, that shows it.
    """
    require(milestone_workflow.can(actor, milestone, "meet"))
    not_in_the_future(on, _("Met on"))
    with transaction.atomic():
        if evidence is not None:
            added = evidence_service.add_evidence(
                actor=actor, measure=milestone.measure, data=evidence.proving(milestone)
            )
            evidence_service.submit_evidence(actor=actor, evidence=added)
        if not milestone.evidence.filter(state__in=PROVES).exists():
            raise Invalid(
                _("A milestone is met with evidence: add and submit a file, link or figure that shows it.")
            )
        return moved(
            milestone_workflow, milestone, "meet", actor=actor, version=version, met_on=on, missed_because=""
        )


def miss_milestone(
    *, actor: Actor, milestone: Milestone, because: str, version: int | None = None
) -> Milestone:
    """Return the milestone, missed for a reason that stays visible. Raises Refused, Invalid, Stale."""
    if not because.strip():
        raise Invalid(_("Why it was missed: say why, because the plan promised this."))
    return moved(
        milestone_workflow, milestone, "miss", actor=actor, version=version, missed_because=because.strip()
    )


def reopen_milestone(*, actor: Actor, milestone: Milestone, version: int | None = None) -> Milestone:
    """Return a milestone that was met or missed, open again; its evidence stays. Raises Refused, Stale."""
    return moved(
        milestone_workflow, milestone, "reopen", actor=actor, version=version, met_on=None, missed_because=""
    )


def link_body(
    *, actor: Actor, body: MeasureBody, organisation: Organisation | None, before: Organisation | None
) -> MeasureBody:
    """Return the body, linked to the organisation that it names (or to none).

    `before` is the link that the form showed. Raises Refused, and Stale when somebody else linked it first.
    """
    require(can_monitor(actor, body.measure.plan))
    with transaction.atomic():
        rows = MeasureBody.objects.filter(pk=body.pk, organisation=before).update(organisation=organisation)
        if rows != 1:
            raise Stale(_("Somebody else linked this body in the meantime. Look at how it stands now."))
        audit.record(
            actor,
            "plans.body.link",
            body,
            before={"organisation": str(before.pk) if before else None},
            after={"organisation": str(organisation.pk) if organisation else None},
        )
        body.refresh_from_db()
    return body


PROVES = (Evidence.State.SUBMITTED, Evidence.State.APPROVED)


def _heard(action: Action, on: date | None) -> date:
    """The last day on which something was reported: never earlier than what is known."""
    day = on or clock.today()
    return max(day, action.reported_on) if action.reported_on else day


def _same_measure(measure: Measure, action: Action | None) -> None:
    if action is not None and action.measure_id != measure.pk:
        raise Invalid(_("Action: choose an action of this measure."))


def _plain(data: ActionData | MilestoneData) -> dict[str, Any]:
    return {
        name: str(value.pk) if hasattr(value, "pk") else value
        for name, value in data.fields().items()
        if value
    }
