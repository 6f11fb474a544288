"""What every service does in the same way: check, change, move, notice who was first."""

from __future__ import annotations

import copy
from collections.abc import Collection
from datetime import date
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F
from django.utils.translation import gettext as _

from gilde.core import clock
from gilde.core.access import Actor, require
from gilde.core.errors import Invalid, Stale
from gilde.core.workflow import Workflow, change

Thing = TypeVar("Thing", bound=models.Model)


def checked(thing: Thing, *, exclude: Collection[str] = ()) -> Thing:
    """Return the thing when it can be stored; raise Invalid with a sentence for each field otherwise."""
    try:
        thing.full_clean(exclude=exclude)
    except ValidationError as error:
        raise Invalid.from_validation(error) from error
    return thing


def with_fields(thing: Thing, fields: dict[str, Any]) -> Thing:
    """Return a copy of the thing with the fields set, so that a refused change leaves the thing as it was."""
    changed = copy.copy(thing)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def changed(thing: Thing, fields: dict[str, Any], *, actor: Actor, event: str, version: int) -> Thing:
    """Check and store the fields, if the thing still has `version`. The caller has checked access.

    Raises Invalid, and Stale when somebody else was first.
    """
    checked(with_fields(thing, fields))
    # By the names of the columns, because a field may be called as an argument of `change` is.
    columns = {
        getattr(thing._meta.get_field(name), "attname", name): value.pk
        if isinstance(value, models.Model)
        else value
        for name, value in fields.items()
    }
    return change(thing, actor=actor, action=event, version=version, **columns)


def moved(
    workflow: Workflow[Thing],
    thing: Thing,
    name: str,
    *,
    actor: Actor,
    version: int | None = None,
    **fields: Any,
) -> Thing:
    """Make a transition with its fields and raise the version, so that an open form elsewhere notices.

    Raises Refused, Invalid, and Stale when somebody else was first or the thing is not at `version` any more.
    """
    if version is not None and getattr(thing, "version", version) != version:
        raise Stale(
            _("Somebody else changed this in the meantime. Look at how it stands now, then decide again.")
        )
    require(workflow.can(actor, thing, name))
    target = workflow.transitions[name].target
    checked(with_fields(thing, {**fields, workflow.field: target}))
    return workflow.apply(thing, name, actor=actor, **fields, version=F("version") + 1)


def not_in_the_future(day: date, label: str) -> None:
    """Raise Invalid when a day that must have happened lies ahead."""
    if day > clock.today():
        raise Invalid(
            _("%(label)s: this day still has to come. Give the day on which it happened.") % {"label": label}
        )
