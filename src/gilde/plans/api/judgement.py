"""What is judged of a plan: its signals and its coverage. They are read under the plan."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Schema

from gilde.core import clock
from gilde.core.api import TextOut
from gilde.core.uris import uri
from gilde.indicators.public import sentence
from gilde.plans import coverage, measured, signals
from gilde.plans.access import visible_plans
from gilde.plans.api.promise import plans
from gilde.plans.api.shapes import SignalsOut
from gilde.plans.models import Tick


class MeasureSignals(SignalsOut):
    measure: UUID
    number: str


class PlanSignals(Schema):
    """The signals of a plan on a day, and of each of its measures that is still in it."""

    plan: str
    on: date
    whole: SignalsOut
    measures: list[MeasureSignals]


@plans.get("/{slug}/signals", response=PlanSignals, summary="Read the signals of a plan", tags=["signals"])
def read_signals(request: HttpRequest, slug: str) -> PlanSignals:
    """Return the four signals of a plan and of its measures, as of today."""
    plan = get_object_or_404(visible_plans(request.user), slug=slug)
    today = clock.today()
    whole, of_measures = signals.of_plan(plan.pk, today)
    rows = plan.measures.filter(dropped_in=None).order_by("position", "number")
    return PlanSignals(
        plan=plan.slug,
        on=today,
        whole=SignalsOut.of(whole, today),
        measures=[
            MeasureSignals(
                measure=pk,
                number=number,
                **dict(SignalsOut.of(of_measures.get(pk, signals.Signals()), today)),
            )
            for pk, number in rows.values_list("pk", "number")
        ],
    )


class AgainstOut(Schema):
    """A target of an indicator and how the figures stand against it.

    `decides` marks the one by which the indicator counts; `benchmark` says that it was issued for another area.
    `key` is the breakdown that it counts, such as "sex=F"; empty for all together.
    """

    target: UUID
    key: str
    value: float
    year: int
    comparison: str
    area: str
    instrument: TextOut
    instrument_code: str
    issued_year: int
    status: str
    decides: bool
    benchmark: bool
    signed: bool
    sentence: str


class PlanIndicator(Schema):
    """An indicator of a measure: the newest figure of its area, and its status; null where there is no figure."""

    measure: UUID
    number: str
    code: str
    uri: str
    name: TextOut
    area: str
    unit: str
    period: str | None
    value: float | None
    flags: str | None
    status: str
    targets: list[AgainstOut]


class PlanIndicators(Schema):
    """The indicators of a plan's measures as of a day."""

    plan: str
    on: date
    indicators: list[PlanIndicator]


@plans.get(
    "/{slug}/indicators",
    response=PlanIndicators,
    summary="Read the indicators of a plan",
    tags=["indicators"],
)
def read_indicators(request: HttpRequest, slug: str) -> PlanIndicators:
    """Return every indicator of the measures that are still in the plan, with figure, targets and status."""
    plan = get_object_or_404(visible_plans(request.user), slug=slug)
    today = clock.today()
    numbers = dict(plan.measures.filter(dropped_in=None).values_list("pk", "number"))
    links = measured.linked(request.user, plan=plan.pk, dropped_in=None)
    return PlanIndicators(
        plan=plan.slug,
        on=today,
        indicators=[_indicator(link, numbers[link.measure], today) for link in links],
    )


def _indicator(link: measured.Linked, number: str, today: date) -> PlanIndicator:
    told, indicator = link.told, link.indicator
    last = told.line.last if told.line is not None else None
    deciding = told.deciding(today)
    return PlanIndicator(
        measure=link.measure,
        number=number,
        code=indicator.code,
        uri=uri("indicator", indicator.pk),
        name=TextOut.of(indicator.name),
        area=told.area.pk if told.area is not None else link.area,
        unit=indicator.unit,
        period=last.period if last else None,
        value=last.value if last and "c" not in last.flags else None,
        flags=last.flags if last else None,
        status=told.status(today),
        targets=[
            AgainstOut(
                target=stand.target.pk,
                key=stand.target.key,
                value=stand.target.value,
                year=stand.target.year,
                comparison=stand.target.comparison,
                area=stand.target.area_id,
                instrument=TextOut.of(stand.target.instrument),
                instrument_code=stand.target.instrument_code,
                issued_year=stand.target.issued_year,
                status=stand.status,
                decides=stand is deciding,
                benchmark=stand.borrowed,
                signed=stand.signed is not None,
                sentence=sentence(stand),
            )
            for stand in told.stands
        ],
    )


class MissingOut(Schema):
    """One provision, measure, action or indicator that has a gap; `number` is that of the provision or the measure.

    `id` of an indicator is that of its link to the measure; `why` says what it lacks, and is empty for the others.
    """

    kind: str
    id: UUID
    number: str
    title: TextOut
    instrument: str
    why: str


class GapOut(Schema):
    """Everything of one kind that is missing, out of `total`."""

    code: str
    title: str
    definition: str
    total: int
    missing: list[MissingOut]


class ProvisionCoverage(Schema):
    """The measures that tick a provision, those that do not, and those of which it is unknown, by number."""

    provision: UUID
    instrument: str
    number: str
    title: TextOut
    ticked: list[str]
    not_ticked: list[str]
    unknown: list[str]


class CoverageOut(Schema):
    plan: str
    gaps: list[GapOut]
    provisions: list[ProvisionCoverage]


@plans.get(
    "/{slug}/coverage", response=CoverageOut, summary="Read what a plan leaves open", tags=["coverage"]
)
def read_coverage(request: HttpRequest, slug: str) -> CoverageOut:
    """Return which provisions the measures tick, and each kind of gap with everything that is missing."""
    plan = get_object_or_404(visible_plans(request.user), slug=slug)
    boxes = (
        Tick.objects.filter(measure__plan=plan, measure__dropped_in=None, group=Tick.Group.PROVISION)
        .select_related("provision__instrument", "measure")
        .order_by("provision__instrument__code", "provision__position", "measure__position", "pk")
    )
    found: dict[UUID, ProvisionCoverage] = {}
    for box in boxes:
        assert box.provision is not None
        row = found.setdefault(
            box.provision.pk,
            ProvisionCoverage(
                provision=box.provision.pk,
                instrument=box.provision.instrument.code,
                number=box.provision.number,
                title=TextOut.of(box.provision.title),
                ticked=[],
                not_ticked=[],
                unknown=[],
            ),
        )
        {True: row.ticked, False: row.not_ticked, None: row.unknown}[box.ticked].append(box.measure.number)
    return CoverageOut(
        plan=plan.slug,
        gaps=[
            GapOut(
                code=gap.code,
                title=gap.title,
                definition=gap.definition,
                total=gap.total,
                missing=[
                    MissingOut(
                        kind=row.kind,
                        id=row.key,
                        number=row.number,
                        title=TextOut.of(row.title),
                        instrument=row.instrument,
                        why=row.why,
                    )
                    for row in gap.rows
                ],
            )
            for gap in coverage.gaps(plan)
        ],
        provisions=list(found.values()),
    )
