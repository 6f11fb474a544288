"""What is stored, told as plain values: `described.Described` for formats, comparison and pages."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.urls import reverse

from gilde.core.uris import uri
from gilde.organisations.public import Organisation
from gilde.qualifications import described as told
from gilde.qualifications.models import (
    Linked,
    OutcomeConcept,
    OutcomeVersion,
    Prerequisite,
    Qualification,
    QualificationConcept,
    QualificationVersion,
    Unit,
    UnitOutcome,
)


def with_parts(versions: QuerySet[QualificationVersion]) -> QuerySet[QualificationVersion]:
    """Return the query with everything that `describe` reads, so that describing many asks the database little."""
    outcomes = UnitOutcome.objects.select_related("outcome__outcome").order_by("position", "pk")
    return versions.select_related("qualification__owner", "framework", "level").prefetch_related(
        Prefetch("units", Unit.objects.order_by("position", "code", "pk")),
        Prefetch("units__outcomes", outcomes),
        Prefetch("units__outcomes__outcome__concepts", OutcomeConcept.objects.order_by("pk")),
        Prefetch("concepts", QualificationConcept.objects.order_by("pk")),
        Prefetch("prerequisites", Prerequisite.objects.order_by("position", "pk")),
        Prefetch("awarding", Organisation.objects.order_by("slug")),
    )


def describe_many(versions: QuerySet[QualificationVersion]) -> Iterable[told.Described]:
    """Yield each version told whole, in the order of the query, a few hundred at a time."""
    return map(describe, with_parts(versions).iterator(chunk_size=200))


def describe(version: QualificationVersion) -> told.Described:
    """Return a version told whole; fetch it with `with_parts` when there are many.

    Only confirmed links to concepts are told: a proposal is nobody's word yet.
    """
    qualification = version.qualification
    return told.Described(
        uri=uri("qualification", qualification.pk),
        version_uri=uri("qualification-version", version.pk),
        code=qualification.code,
        kind=qualification.kind,
        number=version.number,
        title=version.title,
        summary=version.summary,
        level=level_told(version),
        country=qualification.country,
        sector=qualification.sector,
        fields=tuple(told.ConceptLink(isced_uri(code), scheme="isced-f-2013") for code in version.isced_f),
        occupations=_links(version.concepts.all()),
        credit=_credit(version.credit, version.credit_system),
        hours=version.hours,
        units=tuple(_unit(unit, version) for unit in version.units.all()),
        awarding=tuple(body(each) for each in version.awarding.all()),
        owner=body(qualification.owner),
        prerequisites=tuple(
            told.Prerequisite(
                each.text, uri("qualification", each.qualification_id) if each.qualification_id else ""
            )
            for each in version.prerequisites.all()
        ),
        assessment=version.assessment,
        assessment_type=version.assessment_type,
        participation=tuple(version.participation),
        quality=version.quality,
        languages=tuple(version.languages),
        status=version.state,
        issued=version.registered_at.date() if version.registered_at else None,
        valid_from=version.valid_from,
        valid_until=version.valid_until,
        modified=version.changed_at.replace(microsecond=0) if version.changed_at else None,
        page=f"{settings.SITE_URL}{reverse('qualifications:qualification', args=[qualification.code])}",
    )


def level_told(version: QualificationVersion) -> told.LevelTold | None:
    """Return the level of a version with the framework that it stands in."""
    level = version.level
    if level is None:
        return None
    framework = version.framework or level.framework
    return told.LevelTold(framework.code, level.code, level.eqf, level.name, framework.name, level.uri)


def outcome(version: OutcomeVersion) -> told.Outcome:
    """Return an outcome with its confirmed links."""
    return told.Outcome(
        uri=uri("outcome", version.pk),
        statement=version.statement,
        kind=version.kind,  # type: ignore[arg-type]  # the choices of the column are the literals
        verb=version.verb,
        object=version.object,
        context=version.context,
        code=version.outcome.code,
        concepts=_links(version.concepts.all()),
    )


def body(organisation: Organisation) -> told.Body:
    """Return who an organisation is, as it is told to others."""
    address = f"{settings.SITE_URL}{reverse('organisations:page', args=[organisation.slug])}"
    return told.Body(address, organisation.name, organisation.country, organisation.website)


def isced_uri(code: str) -> str:
    """Return the address of a field of ISCED-F 2013 in ESCO's list of fields."""
    return f"http://data.europa.eu/esco/isced-f/{code}"


def version_shown(qualification: Qualification) -> QualificationVersion | None:
    """Return the version that everybody is shown: the one on the register, else the last that was recognised."""
    found = [v for v in qualification.versions.all() if v.recognised_at is not None]
    found.sort(key=lambda v: (v.state in ("registered", "under-review"), v.number))
    return found[-1] if found else None


def _unit(unit: Unit, version: QualificationVersion) -> told.Unit:
    return told.Unit(
        uri=uri("unit", unit.pk),
        title=unit.title,
        outcomes=tuple(outcome(each.outcome) for each in unit.outcomes.all()),
        code=unit.code,
        summary=unit.summary,
        credit=_credit(unit.credit, version.credit_system),
        hours=unit.hours,
        partial=unit.partial,
        optional=unit.optional,
        assessment=unit.assessment,
    )


def _links(links: Iterable[Linked]) -> tuple[told.ConceptLink, ...]:
    return tuple(
        told.ConceptLink(
            each.uri,
            each.label,
            each.relation,  # type: ignore[arg-type]  # the choices of the column are the literals
            each.scheme,
            each.edition,
            float(each.confidence) if each.confidence is not None else None,
            str(each.confirmed_by or ""),
        )
        for each in links
        if each.state == Linked.State.CONFIRMED
    )


def _credit(points: object, system: str) -> told.Credit | None:
    return told.Credit(points, system or "ects") if points is not None else None  # type: ignore[arg-type]
