"""Life cycles as tables, and changes that never overwrite somebody else's.

No row locks: an update says which state (or version) it starts from, and counts the rows it changed, so it is
right on SQLite and on PostgreSQL alike.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import models, transaction
from django.db.models import F
from django.db.models.expressions import Combinable
from django.utils.translation import gettext as _

from gilde.core import audit
from gilde.core.access import Actor, Decision, allowed, refused, require
from gilde.core.errors import Stale

Thing = TypeVar("Thing", bound=models.Model)


@dataclass(frozen=True)
class Transition:
    """`name` takes a thing from one of `sources` to `target`; `roles` may do it; `label` is the verb on the
    button.
    """

    name: str
    sources: frozenset[str]
    target: str
    roles: frozenset[str]
    label: Any = ""

    @classmethod
    def of(
        cls, name: str, sources: Collection[str], target: str, roles: Collection[str], label: Any = ""
    ) -> Transition:
        """Return the transition with plain collections made into sets."""
        return cls(name, frozenset(sources), target, frozenset(roles), label or name)


class Workflow(Generic[Thing]):
    """The table of transitions of one model.

    `roles_of(actor, thing)` gives the roles that the actor has over the thing; the context that owns the
    model passes it, so that core needs to know of no organisation. `noun` opens the audit
    action ("plans.update").
    """

    def __init__(
        self,
        model: type[Thing],
        noun: str,
        transitions: Collection[Transition],
        roles_of: Callable[[Actor, Thing], Collection[str]],
        *,
        field: str = "state",
    ) -> None:
        self.model = model
        self.noun = noun
        self.field = field
        self.transitions = {transition.name: transition for transition in transitions}
        self.roles_of = roles_of

    def can(self, actor: Actor, thing: Thing, name: str) -> Decision:
        """Return whether the actor's roles allow this transition from the state that the thing has now."""
        return self._can(self.transitions[name], thing, lambda: self.roles_of(actor, thing))

    def _can(self, transition: Transition, thing: Thing, held: Callable[[], Collection[str]]) -> Decision:
        state = getattr(thing, self.field)
        if state not in transition.sources:
            return refused(
                _("This is “%(state)s” now, so it cannot be changed that way.")
                % {"state": self.label_of(state)}
            )
        if not transition.roles & set(held()):
            return refused(_("Your role does not allow this step."))
        return allowed(_("Your role allows this step."))

    def open_to(self, actor: Actor, thing: Thing) -> list[Transition]:
        """Return the transitions that the actor may make now, in the order of the table."""
        held = frozenset(self.roles_of(actor, thing))
        return [t for t in self.transitions.values() if self._can(t, thing, lambda: held)]

    def apply(self, thing: Thing, name: str, *, actor: Actor, **fields: Any) -> Thing:
        """Make the transition, store `fields` with it, write the audit event, and return the thing as stored.

        Raises Refused when the actor may not, Stale when somebody else moved the thing first.
        """
        require(self.can(actor, thing, name))
        transition = self.transitions[name]
        before = getattr(thing, self.field)
        with transaction.atomic():
            rows = self.model._default_manager.filter(pk=thing.pk, **{self.field: before}).update(
                **{self.field: transition.target}, **fields
            )
            if rows != 1:
                raise Stale(_("Somebody else changed this in the meantime. Reload the page and look again."))
            audit.record(
                actor,
                f"{self.noun}.{name}",
                thing,
                before={self.field: before},
                after={
                    self.field: transition.target,
                    **{name: _auditable(v) for name, v in fields.items() if not isinstance(v, Combinable)},
                },
            )
            thing.refresh_from_db()
        return thing

    def label_of(self, state: str) -> str:
        """Return the word for a state in the reader's language."""
        choices = dict(getattr(self.model._meta.get_field(self.field), "flatchoices", ()))
        return str(choices.get(state, state))


def change(thing: Thing, *, actor: Actor, action: str, version: int, **fields: Any) -> Thing:
    """Store `fields` if the thing still has `version`, raise its version by one, and write the audit event.

    The model needs an integer `version`. Call `full_clean` on the changed thing before: this checks who was
    first, not what is right. Raises Stale, with nothing stored, when somebody else was first.
    """
    model = type(thing)
    with transaction.atomic():
        old = model._default_manager.filter(pk=thing.pk).values(*fields).first() or {}
        rows = model._default_manager.filter(pk=thing.pk, version=version).update(
            **fields, version=F("version") + 1
        )
        if rows != 1:
            raise Stale(
                _(
                    "Somebody else changed this in the meantime. "
                    "Your text is kept below; compare and save again."
                )
            )
        changed = {name for name, value in fields.items() if _auditable(old.get(name)) != _auditable(value)}
        audit.record(
            actor,
            action,
            thing,
            before={name: _auditable(old.get(name)) for name in sorted(changed)},
            after={name: _auditable(fields[name]) for name in sorted(changed)},
        )
        thing.refresh_from_db()
    return thing


def _auditable(value: Any) -> Any:
    """Return a value as an event holds it: a thing that is pointed to is its id."""
    if isinstance(value, models.Model):
        value = value.pk
    return str(value) if isinstance(value, UUID) else value
