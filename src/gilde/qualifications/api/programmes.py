"""Study programmes: where they stand in the matrix, where they lead, who offers them, when they are screened."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema

from gilde.core import clock
from gilde.core.api import Figure, Line, OneOf, Page, Paging, TextOut, page_of
from gilde.core.periods import SchoolYear
from gilde.qualifications import due, enrolments, vocabularies
from gilde.qualifications.access import visible_programmes, visible_qualifications
from gilde.qualifications.api.shapes import Keeper, address, matching, text_or_none
from gilde.qualifications.models import Offer, Programme

programmes = Router(tags=["programmes"], auth=None)


class ScreeningOut(Schema):
    """When a programme is next due for screening: in this school year, so by its last day."""

    school_year: str
    by: date
    standing: Annotated[str, OneOf(due.Standing)]


class ProgrammeLine(Schema):
    """A programme, short. Finality, form, domain and grade are codes of its matrix; school years are "2025-2026".

    `leads_to` are codes of qualifications. `screening` is null when it ends before it is due.
    """

    id: UUID
    code: str
    matrix: str
    title: TextOut
    summary: TextOut | None
    finality: str
    form: str
    domain: str
    grade: str | None
    years: Figure | None
    owner: Keeper
    first_school_year: str
    last_school_year: str | None
    last_screened: str | None
    screening: ScreeningOut | None
    leads_to: list[str]
    synthetic: bool
    page: str

    @classmethod
    def of(cls, programme: Programme) -> ProgrammeLine:
        """Return the programme as lists give it; `_programmes` reads what it needs."""
        return cls(**_line(programme))


def _line(it: Programme) -> dict[str, Any]:
    return {
        "id": it.pk,
        "code": it.code,
        "matrix": it.matrix,
        "title": TextOut.of(it.title),
        "summary": text_or_none(it.summary),
        "finality": it.finality,
        "form": it.form,
        "domain": it.domain,
        "grade": it.grade or None,
        "years": it.years,
        "owner": Keeper.of(it.owner),
        "first_school_year": str(SchoolYear(it.created_in)),
        "last_school_year": _school_year(it.ended_in),
        "last_screened": _school_year(it.last_screened),
        "screening": _screening(it),
        "leads_to": [each.code for each in it.leads_to.all()],
        "synthetic": it.synthetic,
        "page": address("qualifications:programme", it.code),
    }


def _school_year(start: int | None) -> str | None:
    return None if start is None else str(SchoolYear(start))


def _screening(it: Programme) -> ScreeningOut | None:
    matrix = vocabularies.matrices().get(it.matrix)
    if matrix is None:
        return None
    told = due.screening(it.created_in, it.last_screened, it.ended_in, matrix.screening_years, clock.today())
    if told is None:
        return None
    return ScreeningOut(school_year=str(told.school_year), by=told.by, standing=told.standing)


def _programmes(request: HttpRequest) -> QuerySet[Programme]:
    leads_to = Prefetch("leads_to", visible_qualifications(request.user).order_by("code"))
    return visible_programmes(request.user).select_related("owner").prefetch_related(leads_to)


class ProgrammeFilter(Paging):
    matrix: Line = Field("", description="Code of a matrix, such as flanders-secondary.")
    finality: Line = Field("", description="Code of a finality of the matrix.")
    form: Line = Field("", description="Code of a form of the matrix, such as dual.")
    domain: Line = Field("", description="Code of a domain of the matrix.")
    area: Line = Field("", description="Code of an area where it can be followed.")
    provider: Line = Field("", description="Name of a provider in its address.")
    leads_to: Line = Field("", description="Code of a qualification.")
    due: Literal["overdue", "this-year"] | None = Field(
        None, description="Only those whose screening is overdue, or due in this school year."
    )
    q: Line = Field("", description="Words in the title, the summary or the code.")


@programmes.get("", response=Page[ProgrammeLine], summary="List study programmes")
def list_programmes(request: HttpRequest, query: Query[ProgrammeFilter]) -> Page[ProgrammeLine]:
    """Return the study programmes by code, also those that have ended."""
    found = _programmes(request)
    for name in ("matrix", "finality", "form", "domain"):
        if value := getattr(query, name):
            found = found.filter(**{name: value})
    if query.area:
        found = found.filter(pk__in=Offer.objects.filter(area=query.area).values("programme"))
    if query.provider:
        found = found.filter(pk__in=Offer.objects.filter(provider__slug=query.provider).values("programme"))
    if query.leads_to:
        found = found.filter(leads_to__in=visible_qualifications(request.user).filter(code=query.leads_to))
    if query.due:
        found = _due(found, query.due)
    return page_of(
        matching(found, query.q, ("title", "summary"), "code").order_by("code"), query, ProgrammeLine.of
    )


def _due(found: QuerySet[Programme], standing: str) -> QuerySet[Programme]:
    years = {code: matrix.screening_years for code, matrix in vocabularies.matrices().items()}
    today = clock.today()
    return found.annotate(due_in=due.due_year(years)).filter(
        due.must_be_screened(today), due.stands(standing, today)
    )


class OfferOut(Schema):
    """Where a programme can be followed; `area` is a code, see `/api/areas`."""

    id: UUID
    provider: Keeper
    site: str
    place: str
    area: str | None
    website: str | None
    since: str | None
    until: str | None

    @classmethod
    def of(cls, offer: Offer) -> OfferOut:
        """Return the offer as the API gives it."""
        return cls(
            id=offer.pk,
            provider=Keeper.of(offer.provider),
            site=offer.site,
            place=offer.place,
            area=offer.area_id,
            website=offer.website or None,
            since=_school_year(offer.since),
            until=_school_year(offer.until),
        )


class EnrolmentOut(Schema):
    """How many learners there were in a school year, at one offer; at all of them where `offer` is null."""

    school_year: str
    offer: UUID | None
    learners: int
    source: str


class LearnersOut(Schema):
    """How many learners followed the programme in a school year: as told for all of it, else its offers added up."""

    school_year: str
    learners: int


class ProgrammeOut(ProgrammeLine):
    """A programme whole: who offers it where, and how many follow it."""

    offers: list[OfferOut]
    learners: list[LearnersOut]
    enrolments: list[EnrolmentOut]


@programmes.get("/{slug:code}", response=ProgrammeOut, summary="Read a study programme")
def read_programme(request: HttpRequest, code: str) -> ProgrammeOut:
    """Return one programme with its offers, its enrolments, and when it is due for screening."""
    it = get_object_or_404(_programmes(request), code=code)
    counted = list(it.enrolments.order_by("school_year", "pk"))
    learners = enrolments.totals(
        (it.pk, each.school_year, each.offer_id is not None, each.learners) for each in counted
    )
    return ProgrammeOut(
        **_line(it),
        offers=[OfferOut.of(offer) for offer in it.offers.select_related("provider").order_by("place", "pk")],
        learners=[
            LearnersOut(school_year=str(SchoolYear(year)), learners=n)
            for (_it, year), n in sorted(learners.items(), key=lambda each: each[0][1])
        ],
        enrolments=[
            EnrolmentOut(
                school_year=str(SchoolYear(each.school_year)),
                offer=each.offer_id,
                learners=each.learners,
                source=each.source,
            )
            for each in counted
        ],
    )
