"""The one way in which a value on the desk changes: checked, against its version, with its old state kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gilde.core import audit, clock, workflow
from gilde.core.access import Actor, require
from gilde.core.errors import Invalid, Missing
from gilde.organisations.public import Organisation
from gilde.plans.access import can_edit_reading
from gilde.plans.models import Reading, Revision, Value
from gilde.plans.services.desk import contents

Snapshot = dict[str, Any]


def hold(actor: Actor, reading: Reading) -> None:
    """Let nobody publish or put aside the reading before this transaction ends; call it inside one.

    Raises Refused when the actor may not edit it, or when it has left the desk in the meantime.
    """
    require(can_edit_reading(actor, reading))
    rows = Reading.objects.filter(pk=reading.pk, state=Reading.State.OPEN).update(state=Reading.State.OPEN)
    if rows != 1:
        reading.refresh_from_db(fields=["state"])
        require(can_edit_reading(actor, reading))


def snapshot(value: Value) -> Snapshot:
    """Return what a revision keeps of a value: its content, who vouches for it, and its place in the text."""
    return {
        "content": value.content,
        "status": value.status,
        "view": [value.view_start, value.view_end],
    }


def store(
    actor: Actor,
    value: Value,
    *,
    act: str,
    version: int,
    content: Mapping[str, Any],
    status: str,
    ground: str = "",
    view: tuple[int | None, int | None] | None = None,
    other: int | None = None,
) -> Value:
    """Return the value as stored with its new content; a revision keeps what it was, by whom, and why.

    Call it inside a transaction, after `hold`. Raises Stale, with nothing stored, when `version` is no longer
    the value's, Invalid when the content cannot be stored.
    """
    before = snapshot(Value.objects.get(pk=value.pk))
    cleaned = checked(value.kind, content)
    start, end = view or (value.view_start, value.view_end)
    changed = workflow.change(
        value,
        actor=actor,
        action=f"plans.value.{act}",
        version=version,
        content=cleaned,
        status=contents.status_of(value.kind, cleaned, status),
        view_start=start,
        view_end=end,
    )
    revise(actor, changed, act=act, before=before, ground=ground, other=other)
    return changed


def create(actor: Actor, value: Value, *, act: str, ground: str = "", other: int | None = None) -> Value:
    """Return a new value as stored, with the revision that says how it came to be; call it after `hold`."""
    value.content = checked(value.kind, value.content)
    value.status = contents.status_of(value.kind, value.content, value.status)
    try:
        value.full_clean(exclude=["reading", "content", "anchor", "view_start", "view_end"])
    except ValidationError as error:
        raise Invalid.from_validation(error) from error
    value.save(force_insert=True)
    audit.record(actor, f"plans.value.{act}", value, after={"content": value.content, "status": value.status})
    revise(actor, value, act=act, before={}, ground=ground, other=other)
    return value


def revise(
    actor: Actor, value: Value, *, act: str, before: Snapshot, ground: str, other: int | None = None
) -> Revision:
    """Append what was done to a value to its history; `other` is the value it was split from or joined to."""
    return Revision.objects.create(
        value=value,
        act=act,
        before=before,
        after={**snapshot(value), **({} if other is None else {"with": other})},
        ground=ground.strip(),
        by=actor.pk,
        at=clock.now(),
    )


def checked(kind: str, content: Mapping[str, Any]) -> contents.Content:
    """Return the content in its stored form; raise Invalid also when its organisation is gone."""
    cleaned = contents.clean(kind, content)
    linked = cleaned.get("organisation")
    if linked and not Organisation.objects.filter(pk=UUID(str(linked))).exists():
        raise Invalid(_("The organisation that this body is linked to no longer exists. Choose another."))
    return cleaned


def ground_of(ground: str) -> str:
    """Return the ground of a decision; raise Invalid when none is given."""
    ground = ground.strip()
    if not ground:
        raise Invalid(_("Say on what ground: where you saw it, or who told you."), field="ground")
    return ground


def value_of(reading: Reading, pk: int) -> Value:
    """Return a value of this reading; raise Missing when it has no such value."""
    value = Value.objects.filter(reading=reading, pk=pk).select_related("reading__organisation").first()
    if value is None:
        raise Missing(_("This reading has no such value."))
    return value
