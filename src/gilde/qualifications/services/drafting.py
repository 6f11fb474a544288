"""Writing a file: what it says of itself, its units and its outcomes, and the next version of what was recognised.

Every change names the `lock` that the writer saw, the version of the row of the file, so that two writers notice
each other. Raises Refused, Invalid and Stale throughout; nothing is half stored.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from gilde.core import audit, clock
from gilde.core.access import Actor, require
from gilde.core.changes import changed, checked
from gilde.core.errors import Invalid, Stale
from gilde.core.text import Text
from gilde.organisations.public import Organisation
from gilde.qualifications import access
from gilde.qualifications.codes import is_reserved
from gilde.qualifications.models import (
    Framework,
    Linked,
    Outcome,
    OutcomeConcept,
    OutcomeVersion,
    Prerequisite,
    Procedure,
    Profile,
    Qualification,
    QualificationConcept,
    QualificationVersion,
    State,
    Unit,
    UnitOutcome,
)
from gilde.qualifications.models.qualifications import PUBLIC
from gilde.qualifications.services.steps import record_stage

OUTCOME_FIELDS = ("kind", "verb", "object", "context", "statement")


def begin_file(
    *,
    actor: Actor,
    owner: Organisation,
    code: str,
    kind: str,
    title: Text,
    procedure: Procedure,
    sector: str = "",
    synthetic: bool = False,
    **fields: Any,
) -> QualificationVersion:
    """Begin a new qualification with a draft of its first version, and return the draft.

    `fields` are further columns of the version. Raises Refused, Invalid for a code that is taken.
    """
    require(access.can_draft_for(actor, owner))
    if is_reserved(code):
        sentence = _("“%(code)s” is the address of another page. Choose another code.") % {"code": code}
        raise Invalid(sentence, fields={"code": [sentence]})
    framework = Framework.objects.filter(pk=procedure.framework).first()
    if framework is None:
        sentence = _(
            "The framework “%(code)s” of this procedure is not loaded. Load the reference data first."
        )
        raise Invalid(sentence % {"code": procedure.framework})
    qualification = Qualification(
        code=code,
        kind=kind,
        owner=owner,
        country=procedure.country or owner.country,
        sector=sector,
        synthetic=synthetic,
    )
    with transaction.atomic():
        checked(qualification).save()
        version = QualificationVersion(
            qualification=qualification,
            procedure=procedure,
            framework=framework,
            title=title,
            state_since=clock.now(),
            **fields,
        )
        checked(version).save()
        record_stage(actor, version)
        audit.record(actor, "qualifications.version.begin", version, after={"code": code, "kind": kind})
    return version


def begin_next_version(*, actor: Actor, qualification: Qualification) -> QualificationVersion:
    """Begin the next version of a qualification as a copy of the newest, and return the draft.

    Outcomes keep their wording until somebody changes one. Raises Refused, Invalid while another is in the making.
    """
    newest = qualification.versions.order_by("-number").first()
    assert newest is not None
    require(access.can_renew(actor, newest))
    done = {*PUBLIC, State.WITHDRAWN, State.REJECTED}
    if newest.state not in done:
        sentence = _("Version %(number)d is “%(state)s”: finish it before you begin the next.")
        raise Invalid(sentence % {"number": newest.number, "state": newest.get_state_display()})
    with transaction.atomic():
        draft: QualificationVersion = _copy(newest)
        draft.number, draft.state, draft.state_since = newest.number + 1, State.DRAFT, clock.now()
        draft.recognised_at = draft.registered_at = draft.review_due = None
        draft.valid_from = draft.valid_until = None
        draft.level = newest.level if newest.procedure and not newest.procedure.levelling else None
        checked(draft).save(force_insert=True)
        draft.profiles.set(newest.profiles.all())
        draft.awarding.set(newest.awarding.all())
        for unit in newest.units.all():
            copied = _copy(unit, version=draft)
            for use in unit.outcomes.order_by("position", "pk"):
                UnitOutcome.objects.create(unit=copied, outcome=use.outcome, position=use.position)
        for part in (*newest.prerequisites.all(), *newest.concepts.all()):
            _copy(part, version=draft)
        record_stage(actor, draft)
        audit.record(actor, "qualifications.version.renew", draft, after={"number": draft.number})
    return draft


def change_file(
    *, actor: Actor, version: QualificationVersion, lock: int, **fields: Any
) -> QualificationVersion:
    """Change what a file says of itself, and return it as stored."""
    require(access.can_edit_version(actor, version))
    level = fields.get("level")
    framework = fields.get("framework", version.framework)
    if level is not None and (framework is None or level.framework_id != framework.pk):
        sentence = _("Level %(level)s is no level of the framework %(framework)s.") % {
            "level": level,
            "framework": framework,
        }
        raise Invalid(sentence, fields={"level": [sentence]})
    return changed(version, fields, actor=actor, event="qualifications.version.change", version=lock)


def relate_file(
    *,
    actor: Actor,
    version: QualificationVersion,
    lock: int,
    awarding: Collection[Organisation],
    profiles: Collection[Profile],
    prerequisites: Sequence[tuple[Text, Qualification | None]],
    occupations: Sequence[tuple[str, Text, str]] = (),
) -> QualificationVersion:
    """Say who awards a qualification, on which profiles it rests, what one needs before, which occupations it is for.

    `occupations` are (address, name, relation). Each list takes the place of the former one.
    """
    with _editing(actor, version, lock, "relate"):
        version.awarding.set(awarding)
        version.profiles.set(profiles)
        version.prerequisites.all().delete()
        for position, (text, needed) in enumerate(prerequisites):
            checked(Prerequisite(version=version, position=position, text=text, qualification=needed)).save()
        version.concepts.all().delete()
        for uri, label, relation in occupations:
            link = QualificationConcept(version=version, uri=uri, label=label, relation=relation)
            link.state, link.confirmed_at, link.confirmed_by = Linked.State.CONFIRMED, clock.now(), actor.pk
            checked(link).save()
    version.refresh_from_db()
    return version


def add_unit(*, actor: Actor, version: QualificationVersion, lock: int, **fields: Any) -> Unit:
    """Add a unit at the end of a file, and return it."""
    with _editing(actor, version, lock, "add-unit"):
        last = version.units.aggregate(last=Max("position"))["last"] or 0
        unit = Unit(version=version, position=last + 1, **fields)
        checked(unit).save()
    return unit


def change_unit(*, actor: Actor, unit: Unit, lock: int, **fields: Any) -> Unit:
    """Change a unit, and return it."""
    with _editing(actor, unit.version, lock, "change-unit"):
        fresh = Unit.objects.get(pk=unit.pk)
        for name, value in fields.items():
            setattr(fresh, name, value)
        checked(fresh).save()
    return fresh


def remove_unit(*, actor: Actor, unit: Unit, lock: int) -> None:
    """Take a unit out of a file; its outcomes stay in the catalogue of outcomes."""
    with _editing(actor, unit.version, lock, "remove-unit"):
        unit.delete()


def move_unit(*, actor: Actor, unit: Unit, lock: int, up: bool) -> None:
    """Put a unit one place up or down; at the end of the list nothing happens."""
    with _editing(actor, unit.version, lock, "move-unit"):
        _move(list(unit.version.units.order_by("position", "code", "pk")), unit, up)


def add_outcome(*, actor: Actor, unit: Unit, lock: int, code: str = "", **fields: Any) -> UnitOutcome:
    """Write a new outcome at the end of a unit, and return its place there. `fields` are those of OUTCOME_FIELDS."""
    with _editing(actor, unit.version, lock, "add-outcome"):
        outcome = Outcome(code=code, owner=unit.version.qualification.owner)
        checked(outcome).save()
        wording = OutcomeVersion(outcome=outcome, **fields)
        checked(wording).save()
        return _place(unit, wording)


def reuse_outcome(*, actor: Actor, unit: Unit, lock: int, wording: OutcomeVersion) -> UnitOutcome:
    """Put an outcome that exists at the end of a unit. Raises Invalid when the file holds it already."""
    require(access.can_edit_version(actor, unit.version))
    if not access.visible_outcomes(actor).filter(pk=wording.pk).exists():
        raise Invalid(_("There is no such learning outcome, or you may not use it."))
    if UnitOutcome.objects.filter(
        unit__version=unit.version_id, outcome__outcome=wording.outcome_id
    ).exists():
        raise Invalid(_("This file holds that learning outcome already."))
    with _editing(actor, unit.version, lock, "reuse-outcome"):
        return _place(unit, wording)


def change_outcome(*, actor: Actor, use: UnitOutcome, lock: int, **fields: Any) -> UnitOutcome:
    """Change the wording of an outcome in a file, and return its place.

    A wording that is fixed, or that other files hold too, stays as it is there: this file gets a new version of it,
    with the links to concepts as proposals to be looked at again.
    """
    version = use.unit.version
    with _editing(actor, version, lock, "change-outcome"):
        old = use.outcome
        elsewhere = old.uses.exclude(unit__version=version).exists()
        wording = old
        if old.fixed_at is not None or elsewhere or old.outcome.owner_id != version.qualification.owner_id:
            last = old.outcome.versions.aggregate(last=Max("number"))["last"]
            wording = OutcomeVersion(
                outcome=old.outcome, number=last + 1, **{name: getattr(old, name) for name in OUTCOME_FIELDS}
            )
        for name, value in fields.items():
            setattr(wording, name, value)
        if wording is old:
            wording.version += 1
        checked(wording).save()
        if wording is not old:
            _propose_links_again(old, wording)
            UnitOutcome.objects.filter(unit__version=version, outcome=old).update(outcome=wording)
            use.refresh_from_db()
    return use


def remove_outcome(*, actor: Actor, use: UnitOutcome, lock: int) -> None:
    """Take an outcome out of a unit; it stays in the catalogue of outcomes."""
    with _editing(actor, use.unit.version, lock, "remove-outcome"):
        use.delete()


def move_outcome(*, actor: Actor, use: UnitOutcome, lock: int, up: bool) -> None:
    """Put an outcome one place up or down in its unit."""
    with _editing(actor, use.unit.version, lock, "move-outcome"):
        _move(list(use.unit.outcomes.order_by("position", "pk")), use, up)


class _editing:  # used as a word in a with-statement
    """One change to a file: who may, who was first, the event, all in one transaction."""

    def __init__(self, actor: Actor, version: QualificationVersion, lock: int, what: str) -> None:
        self.actor, self.version, self.lock, self.what = actor, version, lock, what
        self.atomic = transaction.atomic()

    def __enter__(self) -> None:
        require(access.can_edit_version(self.actor, self.version))
        self.atomic.__enter__()
        rows = QualificationVersion.objects.filter(
            pk=self.version.pk, version=self.lock, state=self.version.state
        ).update(version=F("version") + 1, changed_at=clock.now())
        if rows != 1:
            error = Stale(
                _("Somebody else changed this file in the meantime. Look at it again, then save again.")
            )
            self.atomic.__exit__(Stale, error, None)
            raise error

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if error is None:
            audit.record(self.actor, f"qualifications.version.{self.what}", self.version)
            self.version.version = self.lock + 1
        self.atomic.__exit__(kind, error, trace)


def _place(unit: Unit, wording: OutcomeVersion) -> UnitOutcome:
    last = unit.outcomes.aggregate(last=Max("position"))["last"]
    use = UnitOutcome(unit=unit, outcome=wording, position=0 if last is None else last + 1)
    checked(use).save()
    return use


def _propose_links_again(old: OutcomeVersion, new: OutcomeVersion) -> None:
    for link in old.concepts.exclude(state=Linked.State.REJECTED):
        OutcomeConcept.objects.create(
            outcome=new,
            uri=link.uri,
            label=link.label,
            scheme=link.scheme,
            edition=link.edition,
            relation=link.relation,
            confidence=link.confidence,
        )


def _move(things: list[Any], thing: Any, up: bool) -> None:
    at = things.index(thing)
    to = at - 1 if up else at + 1
    if 0 <= to < len(things):
        things[at], things[to] = things[to], things[at]
    for position, each in enumerate(things):
        if each.position != position:
            type(each).objects.filter(pk=each.pk).update(position=position)


def _copy(thing: Any, **fields: Any) -> Any:
    """Return an unsaved copy of a row with another key; saved at once when it gets `fields`."""
    made = copy.copy(thing)
    made._state = copy.copy(thing._state)
    made._state.adding, made._prefetched_objects_cache = True, {}
    made.pk = type(thing)._meta.pk.get_default() if type(thing)._meta.pk.has_default() else None
    if hasattr(made, "version") and isinstance(made.version, int):
        made.version = 1
    for name, value in fields.items():
        setattr(made, name, value)
    if fields:
        made.save(force_insert=True)
    return made
