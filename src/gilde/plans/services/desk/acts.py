"""What officers do with the values of a reading. Every act keeps what was there before."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from gilde.core.access import Actor
from gilde.core.errors import Invalid, Stale
from gilde.organisations.public import Organisation
from gilde.plans.models import Reading, Revision, Value
from gilde.plans.services.desk import contents
from gilde.plans.services.desk.store import checked, create, ground_of, hold, snapshot, store, value_of

Kind = Value.Kind
Status = Value.Status


@dataclass(frozen=True)
class Decision:
    """What an officer says of one tick box, having seen it at `version`; None says that nobody can know."""

    value: int
    version: int
    ticked: bool | None


def decide(actor: Actor, *, value: Value, version: int, ticked: bool | None, ground: str) -> Value:
    """Return the tick box as decided, on a ground that is kept. Raises Stale, Refused, Invalid."""
    return decide_many(
        actor, reading=value.reading, decisions=[Decision(value.pk, version, ticked)], ground=ground
    )[0]


def decide_many(actor: Actor, *, reading: Reading, decisions: Sequence[Decision], ground: str) -> list[Value]:
    """Return the tick boxes as decided, all of them or none, on one ground.

    Raises Stale with `values`, the ids of those that somebody else changed first; nothing is stored then.
    """
    ground = ground_of(ground)
    if not decisions:
        raise Invalid(_("Choose for at least one tick box."))
    with transaction.atomic():
        hold(actor, reading)
        stale = _changed_since(reading, {d.value: d.version for d in decisions})
        if stale:
            raise Stale(_stale_sentence(len(stale)), values=stale)
        return [_decide(actor, reading, decision, ground) for decision in decisions]


def _decide(actor: Actor, reading: Reading, decision: Decision, ground: str) -> Value:
    value = value_of(reading, decision.value)
    if value.kind != Kind.TICK:
        raise Invalid(_("Only a tick box can be decided this way."))
    was_read = value.status in (Status.READ, Status.CORRECTED) and value.content.get("ticked") is not None
    return store(
        actor,
        value,
        act="correct" if was_read else "decide",
        version=decision.version,
        content={**value.content, "ticked": decision.ticked},
        status=Status.CORRECTED if was_read else Status.DECIDED,
        ground=ground,
    )


def _changed_since(reading: Reading, versions: Mapping[int, int]) -> list[int]:
    stored = dict(Value.objects.filter(reading=reading, pk__in=list(versions)).values_list("pk", "version"))
    return [pk for pk, version in versions.items() if stored.get(pk, version) != version]


def _stale_sentence(count: int) -> str:
    if count == 1:
        return _(
            "Somebody else changed one of these in the meantime. Nothing was stored; compare and save again."
        )
    return _(
        "Somebody else changed %(count)s of these meanwhile. Nothing was stored; compare and save again."
    ) % {"count": count}


def correct(actor: Actor, *, value: Value, version: int, content: Mapping[str, Any], ground: str) -> Value:
    """Return the value with its new content; the old one stays in its history.

    Raises Stale, Refused, Invalid.
    """
    ground = ground_of(ground)
    if value.status == Status.REMOVED:
        raise Invalid(_("This was left out of the plan. Bring it back before you correct it."))
    with transaction.atomic():
        hold(actor, value.reading)
        if also := value.content.get("also"):
            content = {**content, "also": also}
        if value.kind == Kind.TICK and value.content.get("label"):
            content = {**content, "label": value.content["label"]}
        added = value.status == Status.ADDED
        return store(
            actor,
            value,
            act="correct",
            version=version,
            content=content,
            status=Status.ADDED if added else Status.CORRECTED,
            ground=ground,
        )


def link(
    actor: Actor, *, value: Value, version: int, organisation: Organisation | None, ground: str = ""
) -> Value:
    """Return the body linked to an organisation, or, with None, declared to be no organisation known here.

    Raises Stale, Refused, Invalid. No organisation is ever made by this.
    """
    return link_many(
        actor,
        reading=value.reading,
        bodies=[(value.pk, version)],
        organisation=organisation,
        ground=ground,
    )[0]


def link_many(
    actor: Actor,
    *,
    reading: Reading,
    bodies: Collection[tuple[int, int]],
    organisation: Organisation | None,
    ground: str = "",
) -> list[Value]:
    """Return the bodies, given as (value, version), linked to one organisation or to none: all or nothing."""
    with transaction.atomic():
        hold(actor, reading)
        stale = _changed_since(reading, dict(bodies))
        if stale:
            raise Stale(_stale_sentence(len(stale)), values=stale)
        return [_link(actor, value_of(reading, pk), version, organisation, ground) for pk, version in bodies]


def _link(actor: Actor, value: Value, version: int, organisation: Organisation | None, ground: str) -> Value:
    if value.kind != Kind.BODY or value.status == Status.REMOVED:
        raise Invalid(_("Only a body that is in the plan can be linked to an organisation."))
    linked = {"organisation": str(organisation.pk) if organisation else None, "none": organisation is None}
    return store(
        actor,
        value,
        act="link",
        version=version,
        content={**value.content, **linked},
        status=Status.DECIDED,
        ground=ground,
    )


def add(
    actor: Actor,
    *,
    reading: Reading,
    measure: str,
    kind: str,
    content: Mapping[str, Any],
    ground: str,
) -> Value:
    """Return a value that the reader missed, added at the end of its kind. Raises Refused, Invalid.

    A title with a number that the reading does not have yet adds a measure.
    """
    ground = ground_of(ground)
    if kind not in contents.OPTIONAL_KINDS:
        raise Invalid(_("Sections and tick boxes belong to the template: correct them instead."))
    measure = measure.strip()
    if not measure or len(measure) > 20:
        raise Invalid(_("A measure needs a number of at most 20 characters."))
    with transaction.atomic():
        hold(actor, reading)
        values = Value.objects.filter(reading=reading)
        there = values.filter(measure=measure)
        place = there.values_list("measure_position", flat=True).first()
        if kind == Kind.TITLE and place is not None:
            raise Invalid(_("This reading has a measure %(number)s already.") % {"number": measure})
        if kind != Kind.TITLE and place is None:
            raise Invalid(_("This reading has no measure %(number)s.") % {"number": measure})
        if place is None:
            place = _after(values.aggregate(last=Max("measure_position"))["last"])
        value = Value(
            reading=reading,
            measure=measure,
            measure_position=place,
            kind=kind,
            position=_after(there.filter(kind=kind).aggregate(last=Max("position"))["last"]),
            content=dict(content),
            status=Status.ADDED,
        )
        return create(actor, value, act="add", ground=ground)


def _after(last: int | None) -> int:
    return 0 if last is None else last + 1


def leave_out(actor: Actor, *, value: Value, version: int, ground: str) -> Value:
    """Return the value, left out of the plan but kept on the desk; a title takes its measure with it."""
    ground = ground_of(ground)
    if value.kind not in contents.OPTIONAL_KINDS:
        raise Invalid(_("Sections and tick boxes belong to the template: correct them instead."))
    if value.status == Status.REMOVED:
        raise Invalid(_("This is left out already."))
    with transaction.atomic():
        hold(actor, value.reading)
        return store(
            actor,
            value,
            act="remove",
            version=version,
            content=value.content,
            status=Status.REMOVED,
            ground=ground,
        )


def restore(actor: Actor, *, value: Value, version: int, revision: Revision, ground: str = "") -> Value:
    """Return the value as it was before `revision`. That is a new revision: nothing of the history goes.

    A split or merge is undone for both its parts, as long as the other part was not changed since.
    Raises Stale, Refused, Invalid.
    """
    if revision.value_id != value.pk:
        raise Invalid(_("This change belongs to another value."))
    with transaction.atomic():
        hold(actor, value.reading)
        other = revision.after.get("with")
        if revision.act in ("split", "merge") and isinstance(other, int):
            _restore_other(actor, value_of(value.reading, other), value, revision.act, ground)
        return _back(actor, value, version, revision, ground)


def _restore_other(actor: Actor, other: Value, value: Value, act: str, ground: str) -> None:
    last = other.revisions.order_by("-id").first()
    if last is None or last.act != act or last.after.get("with") != value.pk:
        raise Invalid(
            _(
                "The other part was changed since, so this cannot be undone in one step. "
                "Split, merge or correct by hand."
            )
        )
    _back(actor, other, other.version, last, ground)


def _back(actor: Actor, value: Value, version: int, revision: Revision, ground: str) -> Value:
    if not revision.before and value.status == Status.REMOVED:
        raise Invalid(_("There was nothing here before this change."))
    # A value that came to be by this act goes back to not being in the plan.
    before = revision.before or {**snapshot(value), "status": Status.REMOVED}
    start, end = before["view"]
    return store(
        actor,
        value,
        act="restore",
        version=version,
        content=checked(value.kind, before["content"]),
        status=before["status"],
        ground=ground,
        view=(start, end),
    )
