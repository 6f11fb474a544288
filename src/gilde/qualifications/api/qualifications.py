"""Qualifications: what is on record, one whole, and its former versions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, Exists, OuterRef, QuerySet, Subquery, Value, When
from django.http import Http404, HttpRequest
from ninja import Field, Query, Router, Schema

from gilde.core.access import Actor
from gilde.core.api import Line, TextOut
from gilde.core.uris import uri
from gilde.qualifications.access import visible_profiles, visible_versions
from gilde.qualifications.api.shapes import (
    Address,
    ConceptLinkOut,
    CreditOut,
    Eqf,
    FileState,
    Keeper,
    LevelOut,
    Onward,
    OutcomeOut,
    QualificationKind,
    Stretch,
    address,
    matching,
    stretch_of,
    text_or_none,
)
from gilde.qualifications.describing import describe, level_told, with_parts
from gilde.qualifications.models import Linked, QualificationVersion, Unit, UnitOutcome
from gilde.qualifications.models.qualifications import ON_REGISTER
from gilde.qualifications.publishing import FORMS

qualifications = Router(tags=["qualifications"], auth=None)


class QualificationLine(Schema):
    """A qualification, short, by one of its versions; `state` says where that stands. `level.eqf` is the EQF level."""

    id: UUID
    uri: str
    code: str
    kind: QualificationKind
    title: TextOut
    summary: TextOut | None
    number: int
    version_id: UUID
    version_uri: str
    state: FileState
    level: LevelOut | None
    country: str
    sector: str
    owner: Keeper
    hours: int | None
    credit: CreditOut | None
    languages: list[str]
    valid_from: date | None
    valid_until: date | None
    recognised_at: datetime | None
    registered_at: datetime | None
    changed_at: datetime
    synthetic: bool
    page: str

    @classmethod
    def of(cls, version: QualificationVersion) -> QualificationLine:
        """Return the version as lists give it."""
        return cls(**_line(version))


def _line(version: QualificationVersion) -> dict[str, Any]:
    qualification = version.qualification
    return {
        "id": qualification.pk,
        "uri": uri("qualification", qualification.pk),
        "code": qualification.code,
        "kind": qualification.kind,
        "title": TextOut.of(version.title),
        "summary": text_or_none(version.summary),
        "number": version.number,
        "version_id": version.pk,
        "version_uri": uri("qualification-version", version.pk),
        "state": version.state,
        "level": LevelOut.of(level_told(version)),
        "country": qualification.country,
        "sector": qualification.sector,
        "owner": Keeper.of(qualification.owner),
        "hours": version.hours,
        "credit": CreditOut.of(version.credit, version.credit_system),
        "languages": version.languages,
        "valid_from": version.valid_from,
        "valid_until": version.valid_until,
        "recognised_at": version.recognised_at,
        "registered_at": version.registered_at,
        "changed_at": version.changed_at,
        "synthetic": qualification.synthetic,
        "page": address("qualifications:version", qualification.code, version.number),
    }


class QualificationFilter(Onward):
    after: Line = Field("", description="The `next` of the page before.")
    kind: QualificationKind | None = None
    sector: Line = Field("", description="Code of a sector, such as construction.")
    level: Eqf | None = Field(None, description="The EQF level.")
    country: Line = Field("", description="ISO 3166-1 code of two letters.")
    state: FileState | None = Field(
        None, description="By their newest version in this state, also what you are working on."
    )
    skill: Address = Field("", description="Address of a concept to which an outcome is linked.")
    changed_since: date | None = Field(None, description="Only what changed on this day or later.")
    q: Line = Field("", description="Words in the title or the code.")


@qualifications.get("", response=Stretch[QualificationLine], summary="List qualifications")
def list_qualifications(
    request: HttpRequest, query: Query[QualificationFilter]
) -> Stretch[QualificationLine]:
    """Return the qualifications on record, each by the version on the register, else by the last one recognised.

    Who is signed in also gets the files that they work on and of which no version was recognised yet.
    """
    found = shown_versions(request.user, query.state)
    if query.kind:
        found = found.filter(qualification__kind=query.kind)
    if query.sector:
        found = found.filter(qualification__sector=query.sector)
    if query.level:
        found = found.filter(level__eqf=query.level)
    if query.country:
        found = found.filter(qualification__country=query.country.upper())
    if query.skill:
        found = found.filter(_linked_to(query.skill))
    if query.changed_since:
        found = found.filter(changed_at__date__gte=query.changed_since)
    found = matching(found, query.q, ("title",), "qualification__code")
    found = found.select_related("qualification__owner", "framework", "level__framework")
    return stretch_of(found, "qualification__code", query.after, query.limit, QualificationLine.of)


def shown_versions(actor: Actor, state: str | None = None) -> QuerySet[QualificationVersion]:
    """Return one version of each qualification, by the rule of `describing.version_shown`; else the newest.

    With a state, the newest in that state.
    """
    seen = visible_versions(actor).filter(qualification=OuterRef("qualification"))
    if state:
        seen = seen.filter(state=state)
    rank = Case(
        When(recognised_at=None, then=Value(2)),
        When(state__in=sorted(ON_REGISTER), then=Value(0)),
        default=Value(1),
    )
    first = seen.order_by(rank, "-number").values("pk")[:1]
    return visible_versions(actor).filter(pk=Subquery(first))


def _linked_to(skill: str) -> Exists:
    held = UnitOutcome.objects.filter(
        unit__version=OuterRef("pk"),
        outcome__concepts__uri=skill,
        outcome__concepts__state=Linked.State.CONFIRMED,
    )
    return Exists(held)


class UnitOut(Schema):
    """A unit with its learning outcomes in order. `partial`: it is awarded alone, as a partial qualification."""

    id: UUID
    uri: str
    code: str
    title: TextOut
    summary: TextOut | None
    hours: int | None
    credit: CreditOut | None
    partial: bool
    optional: bool
    assessment: TextOut | None
    outcomes: list[OutcomeOut]

    @classmethod
    def of(cls, unit: Unit, system: str) -> UnitOut:
        """Return the unit as the API gives it; its outcomes must be read with it."""
        return cls(
            id=unit.pk,
            uri=uri("unit", unit.pk),
            code=unit.code,
            title=TextOut.of(unit.title),
            summary=text_or_none(unit.summary),
            hours=unit.hours,
            credit=CreditOut.of(unit.credit, system),
            partial=unit.partial,
            optional=unit.optional,
            assessment=text_or_none(unit.assessment),
            outcomes=[OutcomeOut.of(use.outcome) for use in unit.outcomes.all()],
        )


class PrerequisiteOut(Schema):
    """What one needs before; `qualification` is its address where it is one."""

    text: TextOut
    qualification: str | None


class ElementLevelOut(Schema):
    """The level on one descriptor element, as the levelling ended."""

    element: str
    name: TextOut
    level: str


class VersionLine(Schema):
    """One of the versions of a qualification, the newest first."""

    number: int
    uri: str
    state: FileState
    recognised_at: datetime | None
    registered_at: datetime | None

    @classmethod
    def of(cls, version: QualificationVersion) -> VersionLine:
        """Return the version in a line."""
        return cls(
            number=version.number,
            uri=uri("qualification-version", version.pk),
            state=version.state,
            recognised_at=version.recognised_at,
            registered_at=version.registered_at,
        )


class QualificationOut(QualificationLine):
    """A version of a qualification, whole. `lock` is what to send with a change, `exports` the same in other forms.

    `fields_of_education` are codes of ISCED-F 2013, `nace` of NACE. `exports` is empty unless this is the
    version on the register or, without one, the last that was recognised.
    """

    lock: int
    fields_of_education: list[str]
    nace: list[str]
    assessment: TextOut | None
    assessment_type: str | None
    participation: list[str]
    quality: TextOut | None
    review_due: date | None
    units: list[UnitOut]
    elements: list[ElementLevelOut]
    prerequisites: list[PrerequisiteOut]
    awarding: list[Keeper]
    occupations: list[ConceptLinkOut]
    profiles: list[str]
    versions: list[VersionLine]
    exports: dict[str, str]


@qualifications.get("/{slug:code}", response=QualificationOut, summary="Read a qualification")
def read_qualification(request: HttpRequest, code: str) -> QualificationOut:
    """Return the version on the register whole, else the last one recognised, else the file that you work on."""
    versions = _versions(request, code)
    return _whole(request, _shown(versions), versions)


@qualifications.get(
    "/{slug:code}/versions/{int:number}",
    response=QualificationOut,
    summary="Read a version of a qualification",
)
def read_qualification_version(request: HttpRequest, code: str, number: int) -> QualificationOut:
    """Return one version of a qualification whole, also a former one."""
    versions = _versions(request, code)
    for version in versions:
        if version.number == number:
            return _whole(request, version, versions)
    raise Http404


def _versions(request: HttpRequest, code: str) -> list[QualificationVersion]:
    versions = list(visible_versions(request.user).filter(qualification__code=code).order_by("-number"))
    if not versions:
        raise Http404
    return versions


def _shown(versions: list[QualificationVersion]) -> QualificationVersion:
    recognised = [each for each in versions if each.recognised_at is not None]
    on_register = [each for each in recognised if each.state in ON_REGISTER]
    return (on_register or recognised or versions)[0]


def _whole(
    request: HttpRequest, chosen: QualificationVersion, versions: list[QualificationVersion]
) -> QualificationOut:
    version = with_parts(visible_versions(request.user).select_related("level__framework")).get(pk=chosen.pk)
    told = describe(version)
    units = list(version.units.all())
    open_to_all = chosen.recognised_at is not None and chosen == _shown(versions)
    return QualificationOut(
        **_line(version),
        lock=version.version,
        fields_of_education=version.isced_f,
        nace=version.nace,
        assessment=text_or_none(version.assessment),
        assessment_type=version.assessment_type or None,
        participation=version.participation,
        quality=text_or_none(version.quality),
        review_due=version.review_due,
        units=[UnitOut.of(unit, version.credit_system) for unit in units],
        elements=[
            ElementLevelOut(
                element=each.element.code, name=TextOut.of(each.element.name), level=each.level.code
            )
            for each in version.elements.select_related("element", "level").order_by("element__position")
        ],
        prerequisites=[
            PrerequisiteOut(text=TextOut.of(each.text), qualification=each.qualification or None)
            for each in told.prerequisites
        ],
        awarding=[Keeper.of(each) for each in version.awarding.all()],
        occupations=[ConceptLinkOut.of(link) for link in told.occupations],
        profiles=list(
            visible_profiles(request.user)
            .filter(qualifications=version)
            .order_by("code")
            .values_list("code", flat=True)
        ),
        versions=[VersionLine.of(each) for each in versions],
        exports={form: address("qualifications:export", told.code, form) for form in FORMS}
        if open_to_all
        else {},
    )
