"""Taking qualifications over from another register: read whole, checked whole, stored whole, or refused whole.

A qualification that was taken over before gets a new version when it changed there, and nothing when it did not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from gilde.core import audit, clock, jobs
from gilde.core.access import Actor, require
from gilde.core.changes import checked
from gilde.core.documents import Document
from gilde.core.documents.service import local_file
from gilde.core.models import User
from gilde.core.text import Text
from gilde.organisations.public import Organisation
from gilde.qualifications import access, described, formats, snapshots
from gilde.qualifications.errors import Unreadable
from gilde.qualifications.models import (
    Level,
    Linked,
    Outcome,
    OutcomeConcept,
    OutcomeVersion,
    Prerequisite,
    Qualification,
    QualificationConcept,
    QualificationVersion,
    State,
    Unit,
    UnitOutcome,
)
from gilde.qualifications.models.qualifications import ON_REGISTER
from gilde.qualifications.services.steps import fix, record_stage, supersede


@dataclass
class Imported:
    """What became of each qualification of a file, by title, and what of the file has no place here."""

    added: list[str] = field(default_factory=list)
    renewed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    not_held: list[str] = field(default_factory=list)


def request_import(*, actor: User, document: Document, owner: Organisation) -> jobs.Job:
    """Start a job that takes over the qualifications of an uploaded file, and return it. Raises Refused."""
    require(access.can_import(actor))
    require(access.can_draft_for(actor, owner))
    return jobs.enqueue(
        actor,
        "qualifications.import",
        actor_id=str(actor.pk),
        document_id=str(document.pk),
        owner_id=str(owner.pk),
    )


@jobs.job("qualifications.import")
def run_import(actor_id: str, document_id: str, owner_id: str) -> dict[str, Any]:
    """Take over the qualifications of a stored file; the result tells what became of each."""
    document = Document.objects.get(pk=document_id)
    with local_file(document) as path:
        done = import_file(
            actor=User.objects.get(pk=actor_id),
            path=path,
            name=document.name,
            owner=Organisation.objects.get(pk=owner_id),
        )
    return {
        "added": done.added,
        "renewed": done.renewed,
        "unchanged": done.unchanged,
        "not_held": done.not_held,
    }


def import_file(*, actor: Actor, path: Path, name: str, owner: Organisation) -> Imported:
    """Take over the qualifications of a file in any of the formats, for `owner`, which keeps them here.

    Raises Refused, and Unreadable with the title of what cannot be taken over; then nothing is stored.
    """
    require(access.can_import(actor))
    require(access.can_draft_for(actor, owner))
    read = formats.read(path, name)
    for told in read.qualifications:
        _check(told, name)
    done = Imported(not_held=[f"{each.where}: {each.what}" for each in read.not_held])
    with transaction.atomic():
        for number, told in enumerate(read.qualifications, start=1):
            _take_over(actor, told, owner, done)
            jobs.progress(number, len(read.qualifications), str(told.title))
    return done


def _check(told: described.Described, name: str) -> None:
    """Raise Unreadable when a qualification cannot stand here."""
    where = {"title": told.title or told.uri, "file": name}
    if not told.title:
        raise Unreadable(
            _("A qualification in “%(file)s” has no title: %(uri)s.") % {"file": name, "uri": told.uri}
        )
    if not any(told.all_outcomes()):
        sentence = _("“%(title)s” in “%(file)s” has no learning outcomes, so there is nothing to take over.")
        raise Unreadable(sentence % where)
    if told.level is None:
        raise Unreadable(_("“%(title)s” in “%(file)s” has no level.") % where)
    _level(told, name)


def _level(told: described.Described, name: str = "") -> Level:
    """Return the level here that a qualification means: of its own framework where that is loaded, else of the EQF."""
    meant = told.level
    assert meant is not None
    where = {"title": told.title, "file": name, "level": meant.code, "framework": meant.framework}
    levels = Level.objects.select_related("framework")
    if meant.framework and levels.filter(framework=meant.framework).exists():
        found = levels.filter(framework=meant.framework, code=meant.code).first()
        if found is None:
            sentence = _(
                "“%(title)s” in “%(file)s” has level %(level)s, which the framework %(framework)s has not."
            )
            raise Unreadable(sentence % where)
        return found
    found = levels.filter(framework="eqf", eqf=meant.eqf).first() if meant.eqf else None
    if found is None:
        sentence = _(
            "“%(title)s” in “%(file)s” has level %(level)s of the framework “%(framework)s”, which is not loaded here, "
            "and no EQF level from 1 to 8. Load the framework, or add the EQF level to the file."
        )
        raise Unreadable(sentence % where)
    return found


def _take_over(actor: Actor, told: described.Described, owner: Organisation, done: Imported) -> None:
    qualification = _known(told)
    if qualification is not None and not qualification.origin:
        done.unchanged.append(_("%(title)s: it is from here") % {"title": told.title})
        return
    if qualification is None:
        qualification = Qualification(
            code=_code(told),
            kind=told.kind if told.kind in Qualification.Kind.values else Qualification.Kind.PROFESSIONAL,
            owner=owner,
            country=told.country,
            sector=told.sector,
            origin=told.uri if told.uri.startswith("http") else "",
        )
        checked(qualification).save()
    last = qualification.versions.order_by("-number").first()
    version = _version(qualification, told, (last.number if last else 0) + 1)
    if last is not None and _same(last, version):
        # Nothing new there: what was written to compare goes again.
        _remove(version)
        done.unchanged.append(str(told.title))
        return
    for former in qualification.versions.filter(state__in=sorted(ON_REGISTER)):
        supersede(actor, former, by=version)
    now = clock.now()
    QualificationVersion.objects.filter(pk=version.pk).update(
        state=State.REGISTERED, state_since=now, recognised_at=now, registered_at=_issued(told) or now
    )
    version.refresh_from_db()
    record_stage(actor, version, _("Taken over from %(origin)s") % {"origin": told.uri})
    fix(version)
    audit.record(
        actor, "qualifications.version.import", version, after={"origin": told.uri, "number": version.number}
    )
    (done.renewed if last else done.added).append(str(told.title))


def _known(told: described.Described) -> Qualification | None:
    own = re.fullmatch(re.escape(f"{settings.SITE_URL}/id/qualification/") + r"([0-9a-f-]{36})", told.uri)
    if own:
        return Qualification.objects.filter(pk=UUID(own[1])).first()
    return Qualification.objects.filter(origin=told.uri).first() if told.uri else None


def _code(told: described.Described) -> str:
    """Return a code that is free: the one it has elsewhere, else made of its title."""
    stem = slugify(told.code) or slugify(str(told.title)) or "qualification"
    stem = f"{told.country.lower()}-{stem}"[:70].strip("-") if told.country else stem[:70]
    code, number = stem, 1
    while Qualification.objects.filter(code=code).exists():
        number += 1
        code = f"{stem}-{number}"
    return code


def _version(qualification: Qualification, told: described.Described, number: int) -> QualificationVersion:
    level = _level(told)
    version = QualificationVersion(
        qualification=qualification,
        number=number,
        title=told.title,
        summary=told.summary,
        framework=level.framework,
        level=level,
        isced_f=[link.uri.rsplit("/", 1)[-1] for link in told.fields],
        hours=told.hours,
        credit=told.credit.points if told.credit else None,
        credit_system=told.credit.system if told.credit else "",
        assessment=told.assessment,
        assessment_type=told.assessment_type,
        participation=list(told.participation),
        quality=told.quality,
        languages=list(told.languages),
        valid_from=told.valid_from,
        valid_until=told.valid_until,
        state_since=clock.now(),
    )
    checked(version).save()
    version.awarding.set([_organisation(body) for body in told.awarding])
    units = list(told.units)
    if told.outcomes:
        units.append(described.Unit(uri="", title=told.title, outcomes=told.outcomes))
    for position, unit in enumerate(units, start=1):
        _unit(version, unit, position)
    for position, each in enumerate(told.prerequisites):
        checked(Prerequisite(version=version, position=position, text=each.text)).save()
    for link in told.occupations:
        checked(QualificationConcept(version=version, **_link(link))).save()
    return version


def _unit(version: QualificationVersion, told: described.Unit, position: int) -> None:
    unit = Unit(
        version=version,
        position=position,
        code=told.code[:40],
        title=told.title,
        summary=told.summary,
        hours=told.hours,
        credit=told.credit.points if told.credit else None,
        partial=told.partial,
        optional=told.optional,
        assessment=told.assessment,
    )
    checked(unit).save()
    for place, each in enumerate(told.outcomes):
        outcome = Outcome.objects.create(owner=version.qualification.owner, code=each.code[:80])
        wording = OutcomeVersion(
            outcome=outcome,
            kind=each.kind or OutcomeVersion.Kind.SKILL,
            verb=each.verb,
            object=each.object,
            context=each.context,
            statement=each.statement,
        )
        checked(wording).save()
        UnitOutcome.objects.create(unit=unit, outcome=wording, position=place)
        for link in each.concepts:
            checked(OutcomeConcept(outcome=wording, **_link(link))).save()


def _link(told: described.ConceptLink) -> dict[str, Any]:
    """Return the columns of a link: what another register tells is taken as confirmed there."""
    relation = told.relation if told.relation in Linked.Relation.values else Linked.Relation.CLOSE
    return {
        "uri": told.uri,
        "label": told.label or Text.of(told.uri),
        "scheme": told.scheme or "esco",
        "edition": told.edition,
        "relation": relation,
        "state": Linked.State.CONFIRMED,
        "confirmed_at": clock.now(),
    }


def _organisation(told: described.Body) -> Organisation:
    """Return the organisation of this name and country, made when there is none."""
    for found in Organisation.objects.filter(country=told.country):
        if set(found.name.words.values()) & set(told.name.words.values()):
            return found
    stem = slugify(str(told.name))[:70] or "organisation"
    slug, number = stem, 1
    while Organisation.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{stem}-{number}"
    made = Organisation(slug=slug, name=told.name, country=told.country[:2], website=told.website)
    checked(made).save()
    return made


def _same(last: QualificationVersion, fresh: QualificationVersion) -> bool:
    return _plain(snapshots.content_of(last)) == _plain(snapshots.content_of(fresh))


def _plain(content: dict[str, Any]) -> dict[str, Any]:
    """Return a content without the keys of this installation: outcomes are told by their words."""
    units = [
        {
            **{key: value for key, value in unit.items() if key != "id"},
            "outcomes": [
                {key: value for key, value in each.items() if key not in ("outcome", "wording")}
                for each in unit["outcomes"]
            ],
        }
        for unit in content["units"]
    ]
    return {**content, "units": units}


def _remove(version: QualificationVersion) -> None:
    outcomes: Sequence[Any] = list(
        Outcome.objects.filter(versions__uses__unit__version=version).values_list("pk", flat=True)
    )
    version.delete()
    Outcome.objects.filter(pk__in=outcomes).delete()


def _issued(told: described.Described) -> datetime | None:
    return timezone.make_aware(datetime.combine(told.issued, time(12))) if told.issued else None
