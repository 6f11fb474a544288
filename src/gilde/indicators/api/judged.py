"""Targets, how areas stand against them, and areas side by side."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from gilde.core.api import Line, Page, Paging, TextOut, page_of
from gilde.core.errors import Invalid
from gilde.indicators import comparison, figures, selection, standings
from gilde.indicators.access import visible_indicators, visible_targets
from gilde.indicators.api.shapes import (
    Codes,
    DoubtCode,
    FigureOut,
    Key,
    Moment,
    StatusCode,
    TargetComparison,
    codes_of,
    indicator_of,
    text_or_none,
)
from gilde.indicators.models import Target
from gilde.indicators.standings import Stand

targets = Router(tags=["targets"], auth=None)
standing = Router(tags=["targets"], auth=None)
compared = Router(tags=["figures"], auth=None)

# So many areas are judged or compared at once.
MOST_AREAS = 100


class TargetOut(Schema):
    """A value to be reached by the end of `year`, with the instrument that issued it. Several may coexist."""

    id: UUID
    indicator: str
    area: str
    key: str
    value: float
    comparison: TargetComparison
    year: int
    baseline_year: int | None
    instrument: TextOut
    instrument_code: str
    issued_year: int
    source: str
    source_url: str
    scope_note: TextOut | None
    withdrawn: bool

    @classmethod
    def of(cls, target: Target) -> TargetOut:
        """Return the target as the API gives it."""
        return cls(
            id=target.pk,
            indicator=target.indicator.code,
            area=target.area_id,
            key=target.key,
            value=target.value,
            comparison=target.comparison,
            year=target.year,
            baseline_year=target.baseline_year,
            instrument=TextOut.of(target.instrument),
            instrument_code=target.instrument_code,
            issued_year=target.issued_year,
            source=target.source,
            source_url=target.source_url,
            scope_note=text_or_none(target.scope_note),
            withdrawn=target.withdrawn,
        )


class TargetFilter(Paging):
    indicator: Line = Field("", description="Code of the indicator.")
    area: Line = Field("", description="Code of the area that it was issued for.")
    instrument: Line = Field("", description="Code of the instrument that issued it.")
    withdrawn: bool | None = Field(None, description="Only those that no longer hold, or only those that do.")


@targets.get("", response=Page[TargetOut], summary="List targets")
def list_targets(request: HttpRequest, query: Query[TargetFilter]) -> Page[TargetOut]:
    """Return the targets of the indicators that the reader may see, by indicator, area and year."""
    found = visible_targets(request.user).select_related("indicator")
    if query.indicator:
        found = found.filter(indicator__code=query.indicator)
    if query.area:
        found = found.filter(area=query.area)
    if query.instrument:
        found = found.filter(instrument_code=query.instrument)
    if query.withdrawn is not None:
        found = found.filter(withdrawn=query.withdrawn)
    return page_of(found.order_by("indicator__code", "area_id", "year", "pk"), query, TargetOut.of)


@targets.get("/{uuid:target_id}", response=TargetOut, summary="Read a target")
def read_target(request: HttpRequest, target_id: UUID) -> TargetOut:
    """Return one target."""
    found = visible_targets(request.user).select_related("indicator")
    return TargetOut.of(get_object_or_404(found, pk=target_id))


class PathPointOut(Schema):
    year: int
    value: float


class SignedOut(Schema):
    """A person's judgement. `older` says that figures were published after it."""

    status: StatusCode
    ground: str
    at: datetime
    older: bool


class StandingOut(Schema):
    """How an area stands against a target; numbers are in the unit of the indicator. Method: docs/judgement.md.

    `distance` is positive while something is missing. `linear` and `compound` are the paths that lead to the target,
    `projected` the trend in the target year between `low` and `high`. What cannot be told is null, and `doubts` says
    why. `borrowed`: the target was issued for another area. `calculated` is the status without a signed judgement.
    """

    indicator: str
    target: UUID
    area: str
    key: str
    year: int
    aim: float
    comparison: TargetComparison
    borrowed: bool
    status: StatusCode
    calculated: StatusCode
    sentence: str
    doubts: list[DoubtCode]
    broken_in: list[str]
    latest: FigureOut | None
    start: FigureOut | None
    distance: float | None
    actual: float | None
    required: float | None
    required_growth: float | None
    linear: list[PathPointOut]
    compound: list[PathPointOut]
    projected: float | None
    low: float | None
    high: float | None
    signed: SignedOut | None

    @classmethod
    def of(cls, stand: Stand) -> StandingOut:
        """Return the standing as the API gives it."""
        judged, signed = stand.judged, stand.signed
        return cls(
            indicator=stand.indicator.code,
            target=stand.target.pk,
            area=stand.area.code,
            key=stand.target.key,
            year=stand.target.year,
            aim=stand.target.value,
            comparison=stand.target.comparison,
            borrowed=stand.borrowed,
            status=stand.status,
            calculated=judged.status,
            sentence=standings.sentence(stand),
            doubts=list(judged.doubts),
            broken_in=list(judged.broken_in),
            latest=FigureOut.of(judged.latest),
            start=FigureOut.of(judged.start),
            distance=judged.distance,
            actual=judged.actual,
            required=judged.required,
            required_growth=judged.required_growth,
            linear=[PathPointOut(year=point.year, value=point.value) for point in judged.linear],
            compound=[PathPointOut(year=point.year, value=point.value) for point in judged.compound],
            projected=judged.projected,
            low=judged.low,
            high=judged.high,
            signed=None
            if signed is None
            else SignedOut(
                status=signed.status, ground=signed.ground, at=signed.at, older=stand.signed_is_older
            ),
        )


class StandingFilter(Paging):
    indicator: Codes = Field("", description="Codes of indicators; all that have targets when left out.")
    area: Codes = Field(
        "", description="Codes of areas to judge; else each target is judged for its own area."
    )
    status: StatusCode | None = None
    at: Moment = Field(
        "", description="Tell how it stood by the end of this day, or at this moment (ISO 8601)."
    )


@standing.get("", response=Page[StandingOut], summary="List how areas stand against targets")
def list_standings(request: HttpRequest, query: Query[StandingFilter]) -> Page[StandingOut]:
    """Return how areas stand against every target that holds: status, distance, paths, projection, and doubts."""
    seen = visible_indicators(request.user).filter(targets__withdrawn=False).distinct().order_by("code")
    if query.indicator:
        seen = seen.filter(code__in=codes_of(query.indicator))
    wanted = _areas(query.area)
    found = standings.stands(list(seen), areas=wanted or None, at=selection.moment_of(query.at))
    if query.status:
        found = [stand for stand in found if stand.status == query.status]
    end = query.offset + query.limit
    return Page(
        total=len(found),
        limit=query.limit,
        offset=query.offset,
        next=end if end < len(found) else None,
        items=[StandingOut.of(stand) for stand in found[query.offset : end]],
    )


class SideOut(Schema):
    """One area of a comparison. `rank` is among `peers`; without one, and without a `change`, a word says why.

    `change` is since the base period, `apart` the figure minus that of the Union.
    """

    area: str
    name: TextOut
    figure: FigureOut | None
    rank: int | None
    peers: int
    unranked: str | None
    base: FigureOut | None
    change: float | None
    unchanged: str | None
    broken_in: str | None
    apart: float | None


class ComparisonOut(Schema):
    """Areas side by side in one period, ranked only where they can be compared; `best` are those ranked first."""

    indicator: str
    key: str
    unit: str
    period: str
    base: str
    periods: list[str]
    best: list[str]
    sides: list[SideOut]


class ComparisonFilter(Schema):
    area: Codes = Field("", description="Codes of areas, in the order wanted; all when left out.")
    key: Key = Field("", description="The breakdown, such as age=Y15-24&sex=F; all together when left out.")
    period: Line = Field("", description="Which period; the newest that most areas have when left out.")
    base: Line = Field("", description="Changes are told since this period.")
    at: Moment = Field("", description="Tell what was published by the end of this day, or by this moment.")


@compared.get("/{code}/comparison", response=ComparisonOut, summary="Compare areas")
def read_comparison(request: HttpRequest, code: str, query: Query[ComparisonFilter]) -> ComparisonOut:
    """Return areas side by side: the newest figure, rank, change since a base period, distance to the Union."""
    indicator = indicator_of(request, code)
    wanted = _areas(query.area) or None
    told = figures.lines(indicator, areas=wanted, keys=[query.key], at=selection.moment_of(query.at))
    if wanted:
        place = {area: number for number, area in enumerate(wanted)}
        told.sort(key=lambda line: place[line.area.code])
    found = comparison.compare(indicator, told, base=query.base, period=query.period)
    return ComparisonOut(
        indicator=indicator.code,
        key=query.key,
        unit=indicator.unit,
        period=found.period,
        base=found.base,
        periods=list(found.periods),
        best=[side.area.code for side in found.best],
        sides=[
            SideOut(
                area=side.area.code,
                name=TextOut.of(side.area.name),
                figure=FigureOut.of(side.figure),
                rank=side.rank,
                peers=side.peers,
                unranked=side.unranked,
                base=FigureOut.of(side.base),
                change=side.change,
                unchanged=side.unchanged,
                broken_in=side.broken_in or None,
                apart=side.apart,
            )
            for side in found.sides
        ],
    )


def _areas(given: str) -> list[str]:
    codes = codes_of(given)
    if len(codes) > MOST_AREAS:
        raise Invalid(
            _("area: at most %(most)s areas at once; there are %(count)s. Ask in several parts.")
            % {"most": MOST_AREAS, "count": len(codes)}
        )
    return codes
