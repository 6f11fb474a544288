"""Plans and measures."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema

from gilde.core import clock
from gilde.core.api import Line, Money, Page, Paging, TextOut, page_of
from gilde.core.uris import uri
from gilde.plans import signals
from gilde.plans.access import visible_measures, visible_plans
from gilde.plans.api.filters import matching
from gilde.plans.api.shapes import BodyRole, Named, PlanKind, PlanState, SignalsOut, TickGroup, text_or_none
from gilde.plans.identifiers import uri_of
from gilde.plans.measured import area_of, visible_links
from gilde.plans.models import FundingLine, Measure, MeasureBody, Plan

plans = Router(tags=["plans"], auth=None)
measures = Router(tags=["measures"], auth=None)


class PlanOut(Schema):
    """A plan. `synthetic` says that it is invented, `progress_synthetic` that its progress is."""

    id: UUID
    uri: str
    slug: str
    kind: PlanKind
    state: PlanState
    title: TextOut
    short_title: TextOut
    owner: Named
    country: str
    area: TextOut | None
    language: str
    published_on: date | None
    period_start: int | None
    period_end: int | None
    source: TextOut | None
    instruments: list[str]
    measures: int
    synthetic: bool
    progress_synthetic: bool

    @classmethod
    def of(cls, plan: Plan) -> PlanOut:
        """Return the plan as the API gives it; `_plans` reads what it needs."""
        return cls(
            id=plan.pk,
            uri=uri_of(plan),
            slug=plan.slug,
            kind=plan.kind,
            state=plan.state,
            title=TextOut.of(plan.title),
            short_title=TextOut.of(plan.short_title),
            owner=Named(id=plan.owner.pk, slug=plan.owner.slug, name=TextOut.of(plan.owner.name)),
            country=plan.country,
            area=text_or_none(plan.area),
            language=plan.language,
            published_on=plan.published_on,
            period_start=plan.period_start,
            period_end=plan.period_end,
            source=text_or_none(plan.source),
            instruments=[instrument.code for instrument in plan.instruments.all()],
            measures=getattr(plan, "number_of_measures", 0),
            synthetic=plan.synthetic,
            progress_synthetic=plan.progress_synthetic,
        )


def _plans(request: HttpRequest) -> Any:
    in_plan = Count("measures", filter=Q(measures__dropped_in=None), distinct=True)
    return (
        visible_plans(request.user)
        .select_related("owner")
        .prefetch_related("instruments")
        .annotate(number_of_measures=in_plan)
        .order_by("slug")
    )


class PlanFilter(Paging):
    kind: PlanKind | None = None
    country: Line = Field("", description="ISO 3166-1 code of two letters.")
    instrument: Line = Field("", description="Code of an instrument that the plan answers to.")
    q: Line = Field("", description="Words in the title.")


@plans.get("", response=Page[PlanOut], summary="List plans")
def list_plans(request: HttpRequest, query: Query[PlanFilter]) -> Page[PlanOut]:
    """Return the published plans; for members of their owners the withdrawn ones too."""
    found = matching(_plans(request), query.q, "title", "short_title")
    if query.kind:
        found = found.filter(kind=query.kind)
    if query.country:
        found = found.filter(country=query.country.upper())
    if query.instrument:
        found = found.filter(instruments__code=query.instrument)
    return page_of(found, query, PlanOut.of)


@plans.get("/{slug}", response=PlanOut, summary="Read a plan")
def read_plan(request: HttpRequest, slug: str) -> PlanOut:
    """Return one plan. Its measures, actions and so on are lists of their own that take `plan`."""
    return PlanOut.of(get_object_or_404(_plans(request), slug=slug))


class MeasureLine(Schema):
    """A measure, short. `dropped` says that it is no longer in the plan."""

    id: UUID
    uri: str
    plan: str
    number: str
    title: TextOut
    summary: TextOut | None
    block: str | None
    dropped: bool
    version: int

    @classmethod
    def of(cls, measure: Measure) -> MeasureLine:
        """Return the measure as lists give it."""
        return cls(**_line(measure))


def _line(measure: Measure) -> dict[str, Any]:
    return {
        "id": measure.pk,
        "uri": uri_of(measure),
        "plan": measure.plan.slug,
        "number": measure.number,
        "title": TextOut.of(measure.title),
        "summary": text_or_none(measure.summary),
        "block": measure.block.number if measure.block else None,
        "dropped": measure.dropped_in is not None,
        "version": measure.version,
    }


class SectionOut(Schema):
    name: str
    text: TextOut


class TickOut(Schema):
    """A tick box: `ticked` is true, false, or null where the document has lost its state."""

    group: TickGroup
    code: str
    provision: UUID | None
    ticked: bool | None


class BodyOut(Schema):
    """A body as the plan names it; `organisation` is null until somebody has linked it."""

    name: str
    role: BodyRole
    organisation: Named | None


class FundingOut(Schema):
    """Money that the plan promises; `amount` is null when it names the source only."""

    id: UUID
    text: TextOut | None
    amount: Money | None
    currency: str
    period: str
    approximate: bool
    maximum: bool
    year: int | None
    programme: str

    @classmethod
    def of(cls, line: FundingLine) -> FundingOut:
        """Return the funding line as the API gives it."""
        return cls(
            id=line.pk,
            text=text_or_none(line.text),
            amount=line.amount,
            currency=line.currency,
            period=line.period,
            approximate=line.approximate,
            maximum=line.maximum,
            year=line.year,
            programme=line.programme,
        )


class CitationOut(Schema):
    """Where in the document a value stands: the words found there and their anchor."""

    subject: str
    quote: str
    anchor: dict[str, Any]
    sha256: str | None


class MeasureIndicatorOut(Schema):
    """An indicator of the measure; `area` is the code of the area whose figures count."""

    code: str
    uri: str
    name: TextOut
    area: str
    note: TextOut | None


class MeasureOut(MeasureLine):
    """A measure with everything that the plan says of it, and the indicators that measure it."""

    sections: list[SectionOut]
    ticks: list[TickOut]
    bodies: list[BodyOut]
    funding: list[FundingOut]
    citations: list[CitationOut]
    indicators: list[MeasureIndicatorOut]
    signals: SignalsOut


class MeasureFilter(Paging):
    plan: Line = Field("", description="Name of the plan in its address.")
    block: Line = Field("", description="Number of the building block; give `plan` too.")
    q: Line = Field("", description="Words in the title.")
    dropped: bool = Field(False, description="Also measures that are no longer in the plan.")


@measures.get("", response=Page[MeasureLine], summary="List measures")
def list_measures(request: HttpRequest, query: Query[MeasureFilter]) -> Page[MeasureLine]:
    """Return the measures of the plans that the reader may see."""
    found = (
        visible_measures(request.user)
        .select_related("plan", "block")
        .order_by("plan__slug", "position", "pk")
    )
    if query.plan:
        found = found.filter(plan__slug=query.plan)
    if query.block:
        found = found.filter(block__number=query.block)
    if not query.dropped:
        found = found.filter(dropped_in=None)
    return page_of(matching(found, query.q, "title"), query, MeasureLine.of)


@measures.get("/{uuid:measure_id}", response=MeasureOut, summary="Read a measure")
def read_measure(request: HttpRequest, measure_id: UUID) -> MeasureOut:
    """Return one measure with sections, tick boxes, bodies, money, places in the document, indicators, signals."""
    found = visible_measures(request.user).select_related("plan", "block")
    measure = get_object_or_404(found, pk=measure_id)
    today = clock.today()
    judged = signals.of_measures(today, pk=measure.pk).get(measure.pk, signals.Signals())
    return MeasureOut(
        **_line(measure),
        sections=[SectionOut(name=each.name, text=TextOut.of(each.text)) for each in measure.sections.all()],
        ticks=[
            TickOut(group=each.group, code=each.code, provision=each.provision_id, ticked=each.ticked)
            for each in measure.ticks.all()
        ],
        bodies=[_body(each) for each in measure.bodies.select_related("organisation")],
        funding=[FundingOut.of(each) for each in measure.funding.all()],
        citations=[
            CitationOut(
                subject=each.subject,
                quote=each.quote,
                anchor=each.anchor,
                sha256=each.edition.document.sha256 if each.edition.document else None,
            )
            for each in measure.citations.select_related("edition__document").defer("edition__content")
        ],
        indicators=[
            MeasureIndicatorOut(
                code=each.indicator.code,
                uri=uri("indicator", each.indicator_id),
                name=TextOut.of(each.indicator.name),
                area=area_of(each.area, measure.plan.country),
                note=text_or_none(each.note),
            )
            for each in visible_links(request.user)
            .filter(measure=measure)
            .select_related("indicator")
            .order_by("position", "pk")
        ],
        signals=SignalsOut.of(judged, today),
    )


def _body(body: MeasureBody) -> BodyOut:
    known = body.organisation
    return BodyOut(
        name=body.name,
        role=body.role,
        organisation=Named(id=known.pk, slug=known.slug, name=TextOut.of(known.name)) if known else None,
    )
