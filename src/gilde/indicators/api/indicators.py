"""Indicators and areas: what is measured, and where."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from ninja import Field, Query, Router, Schema
from ninja.responses import NinjaJSONEncoder

from gilde.core.api import Line, Page, Paging, TextOut, page_of
from gilde.core.lists import words_of
from gilde.core.uris import uri
from gilde.indicators.access import visible_indicators
from gilde.indicators.answers import etag_of, labelled, unchanged
from gilde.indicators.api.shapes import (
    Aggregation,
    AreaKind,
    Body,
    Direction,
    FrequencyCode,
    IndicatorKind,
    IndicatorState,
    text_or_none,
)
from gilde.indicators.dimensions import Dimension
from gilde.indicators.exports import FORMATS
from gilde.indicators.kept import Kept
from gilde.indicators.models import Area, Indicator, Release

indicators = Router(tags=["indicators"], auth=None)
areas = Router(tags=["areas"], auth=None)

# What an indicator looks like in JSON is made of these.
_STATE: Final = (
    *("pk", "version", "state", "updated"),
    *("owner", "owner__version", "body", "body__version"),
    *("origin__provider", "origin__dataflow", "origin__selection"),
)
_kept: Kept[str] = Kept(8 * 1024 * 1024, len)


class CategoryOut(Schema):
    code: str
    name: TextOut


class DimensionOut(Schema):
    """A dimension beside area and time. `total` is the category that stands for all of them, null where none does."""

    code: str
    name: TextOut
    total: str | None
    categories: list[CategoryOut]

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> DimensionOut:
        """Return the dimension as the API gives it."""
        dimension = Dimension.of(stored)
        return cls(
            code=dimension.code,
            name=TextOut.of(dimension.name),
            total=dimension.total or None,
            categories=[
                CategoryOut(code=code, name=TextOut.of(name)) for code, name in dimension.categories.items()
            ],
        )


class OriginOut(Schema):
    """Where official figures come from: a dataset of a provider, and the part of it that this indicator is."""

    provider: str
    dataflow: str
    selection: dict[str, Any]


class LinksOut(Schema):
    """Addresses of the same indicator in other forms; `data` has one for each form of file."""

    page: str
    observations: str
    releases: str
    feed: str
    data: dict[str, str]


class IndicatorOut(Schema):
    """What is measured. `synthetic` says that its figures are invented; `updated` is the newest release."""

    uri: str
    code: str
    kind: IndicatorKind
    state: IndicatorState
    name: TextOut
    definition: TextOut
    scope: TextOut | None
    note: TextOut | None
    unit: str
    unit_label: TextOut
    decimals: int
    frequency: FrequencyCode
    direction: Direction
    minimum: float | None
    maximum: float | None
    aggregation: Aggregation
    dimensions: list[DimensionOut]
    body: Body | None
    keeper: Body | None
    source: TextOut | None
    source_url: str
    licence: str
    metric: str | None
    origin: OriginOut | None
    synthetic: bool
    updated: datetime | None
    links: LinksOut

    @classmethod
    def of(cls, indicator: Any) -> IndicatorOut:
        """Return the indicator as the API gives it."""
        origin = getattr(indicator, "origin", None)
        return cls(
            uri=uri("indicator", indicator.pk),
            code=indicator.code,
            kind=indicator.kind,
            state=indicator.state,
            name=TextOut.of(indicator.name),
            definition=TextOut.of(indicator.definition),
            scope=text_or_none(indicator.scope),
            note=text_or_none(indicator.note),
            unit=indicator.unit,
            unit_label=TextOut.of(indicator.unit_label),
            decimals=indicator.decimals,
            frequency=indicator.frequency,
            direction=indicator.direction,
            minimum=indicator.minimum,
            maximum=indicator.maximum,
            aggregation=indicator.aggregation,
            dimensions=[DimensionOut.of(stored) for stored in indicator.dimensions],
            body=Body.of(indicator.body),
            keeper=Body.of(indicator.owner),
            source=text_or_none(indicator.source),
            source_url=indicator.source_url,
            licence=indicator.licence,
            metric=indicator.metric or None,
            origin=None
            if origin is None
            else OriginOut(provider=origin.provider, dataflow=origin.dataflow, selection=origin.selection),
            synthetic=indicator.synthetic,
            updated=indicator.updated,
            links=_links(indicator.code),
        )


class IndicatorFilter(Paging):
    kind: IndicatorKind | None = None
    q: Line = Field("", description="Words in the name, the definition or the code.")
    area: Line = Field("", description="Code of an area for which there are figures.")
    synthetic: bool | None = Field(None, description="Only invented ones, or only real ones.")


@indicators.get("", response=Page[IndicatorOut], summary="List indicators")
def list_indicators(request: HttpRequest, query: Query[IndicatorFilter]) -> HttpResponse:
    """Return the indicators that the reader may see, by code."""
    found = visible_indicators(request.user).order_by("code")
    if query.kind:
        found = found.filter(kind=query.kind)
    if query.synthetic is not None:
        found = found.filter(synthetic=query.synthetic)
    if query.area:
        found = found.filter(series__area=query.area).distinct()
    for number, word in enumerate(query.q.split()[:8]):
        name, told = f"_name{number}", f"_definition{number}"
        found = found.alias(**{name: words_of("name")(), told: words_of("definition")()})
        found = (
            found.filter(**{f"{name}__icontains": word})
            | found.filter(**{f"{told}__icontains": word})
            | found.filter(code__icontains=word)
        )
    total, end = found.count(), query.offset + query.limit
    page = {
        "total": total,
        "limit": query.limit,
        "offset": query.offset,
        "next": end if end < total else None,
    }
    told = ",".join(_as_json(found[query.offset : end]))
    return _answer(request, f'{json.dumps(page)[:-1]}, "items": [{told}]}}')


@indicators.get("/{code}", response=IndicatorOut, summary="Read an indicator")
def read_indicator(request: HttpRequest, code: str) -> HttpResponse:
    """Return one indicator with its dimensions, its source, and where its figures are."""
    found = list(_as_json(visible_indicators(request.user).filter(code=code)))
    if not found:
        raise Http404
    return _answer(request, found[0])


def _as_json(found: QuerySet[Indicator]) -> Iterator[str]:
    """Yield each indicator as JSON, kept until it changes or what it names does: most of the time goes into shaping.

    One query, and one more where something is new.
    """
    newest = Release.objects.filter(indicator=OuterRef("pk")).order_by("-published_at", "-pk")
    told = found.annotate(updated=Subquery(newest.values("published_at")[:1]))
    states = {row[0]: repr(row) for row in told.values_list(*_STATE)}
    missing = [pk for pk, state in states.items() if _kept.get(state) is None]
    made: dict[str, str] = {}
    if missing:
        fresh = Indicator.objects.filter(pk__in=missing).select_related("owner", "body", "origin")
        for indicator in fresh.annotate(updated=Subquery(newest.values("published_at")[:1])):
            shaped = IndicatorOut.of(indicator).model_dump()
            made[states[indicator.pk]] = json.dumps(shaped, cls=NinjaJSONEncoder, ensure_ascii=False)
    for state, content in made.items():
        _kept.put(state, content)
    for state in states.values():
        if told_now := made.get(state) or _kept.get(state):
            yield told_now


def _answer(request: HttpRequest, content: str) -> HttpResponse:
    """Return JSON with its tag; who is signed in may see more at the same address."""
    etag, public = etag_of(content), not request.user.is_authenticated
    if answer := unchanged(request, etag, public=public, vary=("Cookie",)):
        return answer
    return labelled(
        HttpResponse(content, content_type="application/json"), etag, public=public, vary=("Cookie",)
    )


def _links(code: str) -> LinksOut:
    site = settings.SITE_URL
    return LinksOut(
        page=site + reverse("indicators:indicator", args=[code]),
        observations=site + reverse("api:list_observations", args=[code]),
        releases=f"{site}{reverse('api:list_releases')}?indicator={code}",
        feed=site + reverse("indicators:indicator-feed", args=[code]),
        data={form: site + reverse("indicators:data", args=[code, form]) for form in FORMATS},
    )


class AreaOut(Schema):
    """An area by its code in European statistics. `aliases` are its codes in other lists."""

    code: str
    kind: AreaKind
    level: int | None
    name: TextOut
    note: TextOut | None
    parent: str | None
    aliases: list[str]
    source: str

    @classmethod
    def of(cls, area: Area) -> AreaOut:
        """Return the area as the API gives it."""
        return cls(
            code=area.code,
            kind=area.kind,
            level=area.level,
            name=TextOut.of(area.name),
            note=text_or_none(area.note),
            parent=area.parent_id,
            aliases=area.aliases,
            source=area.source,
        )


class AreaFilter(Paging):
    kind: AreaKind | None = None
    level: int | None = Field(
        None, ge=0, le=3, description="NUTS level: 0 for countries, 1 to 3 for regions."
    )
    parent: Line = Field("", description="Code of the area that they are part of.")
    indicator: Line = Field("", description="Code of an indicator that has figures for them.")


@areas.get("", response=Page[AreaOut], summary="List areas")
def list_areas(request: HttpRequest, query: Query[AreaFilter]) -> Page[AreaOut]:
    """Return the areas that figures are about, in the order in which they are shown."""
    found = Area.objects.order_by("position", "code")
    if query.kind:
        found = found.filter(kind=query.kind)
    if query.level is not None:
        found = found.filter(level=query.level)
    if query.parent:
        found = found.filter(parent=query.parent)
    if query.indicator:
        seen = visible_indicators(request.user).filter(code=query.indicator).order_by().values("pk")
        found = found.filter(series__indicator__in=seen).distinct()
    return page_of(found, query, AreaOut.of)


@areas.get("/{code}", response=AreaOut, summary="Read an area")
def read_area(request: HttpRequest, code: str) -> AreaOut:
    """Return one area."""
    return AreaOut.of(get_object_or_404(Area, code=code))
