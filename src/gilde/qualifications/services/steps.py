"""The steps of a file, as its procedure tells them: each checks what it needs, moves, and leaves a stage behind."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from gilde.core import audit, clock
from gilde.core.access import Actor, require
from gilde.core.changes import moved
from gilde.core.errors import Invalid, Stale
from gilde.qualifications import levelling, procedures, snapshots
from gilde.qualifications.errors import NotComplete, NotDecided
from gilde.qualifications.models import (
    AgreedLevel,
    ElementLevel,
    Level,
    OutcomeVersion,
    QualificationVersion,
    Round,
    Stage,
    State,
)
from gilde.qualifications.models.qualifications import ON_REGISTER
from gilde.qualifications.procedures import Step
from gilde.qualifications.services.committees import close_round, open_round, tally


def steps_open_to(actor: Actor, version: QualificationVersion) -> list[Step]:
    """Return the steps that the actor may make now, in the order of the procedure."""
    if version.procedure is None:
        return []
    workflow = procedures.workflow_of(version.procedure)
    open_now = {transition.name for transition in workflow.open_to(actor, version)}
    return [step for step in procedures.steps_of(version.procedure) if step.name in open_now]


def take_step(
    *, actor: Actor, version: QualificationVersion, name: str, ground: str = "", lock: int | None = None
) -> QualificationVersion:
    """Make a step of the procedure, and return the file as it stands then.

    `ground` is recorded with the step; `lock` is the version of the row that the actor saw. Raises Refused, Stale,
    Invalid when there is no such step or a ground is missing, NotComplete with what is missing, NotDecided when the
    committee has not decided so.
    """
    step = _step_of(version, name)
    assert version.procedure is not None
    workflow = procedures.workflow_of(version.procedure)
    if lock is not None and version.version != lock:
        raise Stale(_("Somebody else changed this file in the meantime. Look at it again, then decide."))
    require(workflow.can(actor, version, name))
    round_ = version.rounds.filter(closed_at=None).select_related("committee").first()
    _check(step, version, round_, ground)
    with transaction.atomic():
        now = clock.now()
        fields: dict[str, Any] = {"state_since": now}
        if procedures.LEVEL in step.needs:
            fields["level"] = _take_over_level(version, round_)
        if step.closes and round_ is not None:
            close_round(actor, round_, step.closes, ground)
        if step.target == State.RECOGNISED:
            fields["recognised_at"] = now
        if step.target == State.REGISTERED:
            fields |= _registering(actor, version)
        version = moved(workflow, version, name, actor=actor, version=lock, **fields)
        record_stage(actor, version, ground)
        if step.target == State.SUBMITTED:
            snapshots.take(version, "submitted")
        if step.target == State.RECOGNISED:
            fix(version)
        if step.opens:
            open_round(actor, version, step.opens)
    return version


def record_stage(actor: Actor, version: QualificationVersion, ground: str = "") -> Stage:
    """Close the open stage of a file and open one for the state that it is in now."""
    now = version.state_since or clock.now()
    version.stages.filter(until=None).update(until=now)
    return Stage.objects.create(
        version=version, state=version.state, since=now, by=actor.pk, ground=ground.strip()
    )


def fix(version: QualificationVersion) -> None:
    """Fix the outcomes of a version that was just recognised, and keep what it says."""
    uses = OutcomeVersion.objects.filter(uses__unit__version=version, fixed_at=None).values("pk")
    OutcomeVersion.objects.filter(pk__in=uses).update(fixed_at=clock.now(), version=F("version") + 1)
    snapshots.take(version, "recognised")


def missing_in(version: QualificationVersion) -> list[str]:
    """Return in a sentence each thing that a file lacks before it can be handed in."""
    told = []
    units = list(version.units.prefetch_related("outcomes"))
    if not version.summary:
        told.append(_("The summary is missing: say in a sentence or two what such a person does."))
    if not units:
        told.append(_("There are no units: add at least one unit with learning outcomes."))
    told += [
        _("Unit “%(unit)s” has no learning outcomes: add some, or remove the unit.") % {"unit": unit.title}
        for unit in units
        if not unit.outcomes.all()
    ]
    if not version.hours:
        told.append(_("The workload in hours is missing."))
    if not version.assessment:
        told.append(_("How it is assessed is missing."))
    if version.framework is None:
        told.append(_("The framework is missing."))
    credit = [unit.credit for unit in units if unit.credit is not None and not unit.optional]
    if version.credit is not None and credit and sum(credit) > version.credit:
        sentence = _(
            "The units that are not optional hold %(units)s credit points, the whole only %(whole)s."
        )
        told.append(sentence % {"units": sum(credit), "whole": version.credit})
    return told


def _step_of(version: QualificationVersion, name: str) -> Step:
    steps = procedures.steps_of(version.procedure) if version.procedure else []
    for step in steps:
        if step.name == name:
            return step
    raise Invalid(_("The procedure of this file has no step “%(name)s”.") % {"name": name})


def _check(step: Step, version: QualificationVersion, round_: Round | None, ground: str) -> None:
    needs = step.needs
    if procedures.GROUND in needs and not ground.strip():
        raise Invalid(
            _("Give the ground for this step."), fields={"ground": [_("Give the ground for this step.")]}
        )
    if procedures.COMPLETE in needs and (missing := missing_in(version)):
        raise NotComplete(
            _("The file is not complete. %(missing)s") % {"missing": " ".join(missing)}, missing=missing
        )
    if procedures.PROPOSED in needs:
        if version.level is None:
            raise NotComplete(_("The level is missing: propose one of the levels of the framework."))
        if version.level.framework_id != version.framework_id:
            sentence = _("Level %(level)s is no level of the framework %(framework)s.")
            raise Invalid(sentence % {"level": version.level, "framework": version.framework})
    if procedures.ANSWERED in needs and (count := version.comments.filter(resolved_at=None).count()):
        raise NotDecided(_("%(count)d comments wait for an answer. Deal with each first.") % {"count": count})
    if procedures.JUDGED in needs and (round_ is None or round_.revealed_at is None):
        raise NotDecided(
            _("The judgements are not shown yet. Every judge judges alone, then the chair shows them.")
        )
    if step.closes in (Round.Result.AGREED, Round.Result.REFUSED):
        if round_ is None:
            raise NotDecided(_("No committee is looking at this file."))
        _check_votes(round_, step.closes)


def _check_votes(round_: Round, result: str) -> None:
    count = tally(round_)
    if not count.quorate:
        sentence = _("%(cast)d of at least %(quorum)d members have voted. Wait for the others.")
        raise NotDecided(sentence % {"cast": count.cast, "quorum": count.quorum})
    if count.passed != (result == Round.Result.AGREED):
        sentence = _(
            "The votes say otherwise: %(for)d for, %(against)d against. The committee decides by “%(rule)s”."
        )
        said = {"for": count.in_favour, "against": count.against}
        raise NotDecided(sentence % {**said, "rule": round_.committee.get_rule_display()})


def _take_over_level(version: QualificationVersion, round_: Round | None) -> Level:
    """Store the level of each element with the file, and return the level that follows from their points."""
    assert version.procedure is not None
    method = procedures.levelling_of(version.procedure)
    agreed = (
        list(AgreedLevel.objects.filter(round=round_).select_related("element", "level")) if round_ else []
    )
    try:
        points = levelling.points({each.element.code: each.level.position for each in agreed}, method)
    except ValueError:
        raise NotDecided(_("The committee has not agreed on a level for every element yet.")) from None
    code = levelling.level_for(points, method)
    level = Level.objects.filter(framework=version.framework_id, code=code).first() if code else None
    if level is None:
        sentence = _("%(points)s points reach no level of the framework %(framework)s.")
        raise NotDecided(sentence % {"points": points, "framework": version.framework})
    version.elements.all().delete()
    ElementLevel.objects.bulk_create(
        ElementLevel(version=version, element=each.element, level=each.level, ground=each.ground)
        for each in agreed
    )
    return level


def _registering(actor: Actor, version: QualificationVersion) -> dict[str, Any]:
    """Return what registering sets; the version that is on the register now makes way."""
    today = clock.today()
    fields: dict[str, Any] = {}
    if version.registered_at is None:
        fields = {"registered_at": clock.now(), "valid_from": version.valid_from or today}
    years = version.procedure.review_years if version.procedure else None
    if years:
        fields["review_due"] = _years_later(today, years)
    former = QualificationVersion.objects.filter(
        qualification=version.qualification_id, state__in=sorted(ON_REGISTER)
    ).exclude(pk=version.pk)
    for each in former:
        supersede(actor, each, by=version)
    return fields


def supersede(actor: Actor, former: QualificationVersion, *, by: QualificationVersion) -> None:
    """Put a version of the register in the past, because a newer one takes its place."""
    now = clock.now()
    before = former.state
    QualificationVersion.objects.filter(pk=former.pk).update(
        state=State.SUPERSEDED,
        state_since=now,
        valid_until=former.valid_until or clock.today(),
        version=F("version") + 1,
    )
    former.refresh_from_db()
    record_stage(actor, former, _("Superseded by version %(number)d.") % {"number": by.number})
    audit.record(
        actor,
        "qualifications.version.supersede",
        former,
        before={"state": before},
        after={"state": former.state, "by": str(by.pk)},
    )


def _years_later(day: date, years: int) -> date:
    """Return the same day years later; 28 February for a leap day."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
