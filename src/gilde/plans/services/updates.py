"""Progress updates: an officer reports, somebody else approves, and only then the action moves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date as Day
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from gilde.core import audit, clock
from gilde.core.access import Actor, require
from gilde.core.changes import changed, checked, moved, not_in_the_future
from gilde.core.errors import Invalid
from gilde.core.reviewed import decision
from gilde.core.text import Text
from gilde.core.workflow import change
from gilde.plans.access import can_monitor, can_rewrite
from gilde.plans.models import Action, Measure, Update
from gilde.plans.services import monitoring
from gilde.plans.workflow import update_workflow


@dataclass(frozen=True)
class UpdateData:
    """What an officer reports on a measure, or on one of its actions with the state that it is in now."""

    text: Text
    date: Day
    action: Action | None = None
    new_state: str = ""


def add_update(*, actor: Actor, measure: Measure, data: UpdateData, synthetic: bool = False) -> Update:
    """Return a new update as a draft of the actor. Raises Refused and Invalid."""
    require(can_monitor(actor, measure.plan))
    fields = _fields(measure, data)
    with transaction.atomic():
        update = Update(measure=measure, author=actor.pk, synthetic=synthetic, **fields)
        checked(update, exclude=[] if actor.pk is not None else ["author"])
        update.save(force_insert=True)
        audit.record(
            actor,
            "plans.update.add",
            update,
            after={"measure": str(measure.pk), **{k: v for k, v in fields.items() if k != "action"}},
        )
    return update


def change_update(*, actor: Actor, update: Update, version: int, data: UpdateData) -> Update:
    """Return the update as its author changed it, if it still has `version` and is not being decided on.

    Raises Refused, Invalid, Stale.
    """
    require(can_rewrite(actor, update))
    fields = _fields(update.measure, data)
    return changed(update, fields, actor=actor, event="plans.update.change", version=version)


def submit_update(*, actor: Actor, update: Update, version: int | None = None) -> Update:
    """Return the update, handed to an approver. Raises Refused, Stale."""
    return moved(
        update_workflow,
        update,
        "submit",
        actor=actor,
        version=version,
        submitted_at=clock.now(),
        decided_by=None,
        decided_at=None,
    )


def withdraw_update(*, actor: Actor, update: Update, version: int | None = None) -> Update:
    """Return the update, taken back by its author as a draft. Raises Refused, Stale."""
    return moved(update_workflow, update, "withdraw", actor=actor, version=version, submitted_at=None)


def approve_update(*, actor: Actor, update: Update, ground: str = "", version: int | None = None) -> Update:
    """Return the update, approved by another than its author; its action moves in the same transaction.

    The day of the report becomes the day on which the action started or ended. Raises Refused, Stale, and
    Invalid when the action can no longer move that way; nothing is approved then.
    """
    with transaction.atomic():
        moved(update_workflow, update, "approve", actor=actor, version=version, **decision(actor, ground))
        if update.action is not None:
            _move_action(actor, update, update.action)
    return update


def return_update(*, actor: Actor, update: Update, ground: str, version: int | None = None) -> Update:
    """Return the update, sent back to its author with the ground. Raises Refused, Invalid, Stale."""
    if not ground.strip():
        raise Invalid(_("Ground of the decision: say what is missing, so that it can be put right."))
    return moved(update_workflow, update, "return", actor=actor, version=version, **decision(actor, ground))


def _move_action(actor: Actor, update: Update, action: Action) -> None:
    state, target, on = Action.State(action.state), update.new_state, update.date
    if target in ("", state):
        heard = max(on, action.reported_on) if action.reported_on else on
        if heard != action.reported_on:
            change(
                action, actor=actor, action="plans.action.report", version=action.version, reported_on=heard
            )
        return
    if target == Action.State.UNDER_WAY and state == Action.State.PLANNED:
        monitoring.start_action(actor=actor, action=action, on=on)
        return
    if state in (Action.State.DONE, Action.State.DROPPED):
        monitoring.reopen_action(actor=actor, action=action, on=on)
    if target == Action.State.DONE:
        monitoring.finish_action(actor=actor, action=action, on=on)
    elif target == Action.State.DROPPED:
        monitoring.drop_action(actor=actor, action=action, because=str(update.text), on=on)


def _fields(measure: Measure, data: UpdateData) -> dict[str, Any]:
    not_in_the_future(data.date, _("State of affairs on"))
    if data.action is not None and data.action.measure_id != measure.pk:
        raise Invalid(_("Action: choose an action of this measure."))
    if data.new_state and data.action is None:
        raise Invalid(_("The action is now: choose the action of which you report the state."))
    if data.new_state == Action.State.PLANNED and data.action and data.action.state != Action.State.PLANNED:
        raise Invalid(_("The action is now: an action that has started cannot go back to planned."))
    return {"text": data.text, "date": data.date, "action": data.action, "new_state": data.new_state}
