"""Releases: what was published when and from where, and which figures each one added, revised and withdrew."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema

from gilde.core.api import Line, Page, Paging, page_of
from gilde.indicators.access import visible_releases
from gilde.indicators.api.shapes import ReleaseKind
from gilde.indicators.models import Observation, Release

releases = Router(tags=["releases"], auth=None)

MOST = 1000


class ReleaseOut(Schema):
    """One publication of figures: where they come from, when they were retrieved, how many changed."""

    uid: UUID
    indicator: str
    kind: ReleaseKind
    published_at: datetime
    retrieved_at: datetime
    source: str
    url: str
    document: str | None
    code_version: str
    added: int
    revised: int
    withdrawn: int

    @classmethod
    def of(cls, release: Release) -> ReleaseOut:
        """Return the release as the API gives it; `document` is the SHA-256 of the file that it was read from."""
        return cls(
            uid=release.uid,
            indicator=release.indicator.code,
            kind=release.kind,
            published_at=release.published_at,
            retrieved_at=release.retrieved_at,
            source=release.source,
            url=release.url,
            document=release.document.sha256 if release.document else None,
            code_version=release.code_version,
            added=release.added,
            revised=release.revised,
            withdrawn=release.withdrawn,
        )


class ReleaseFilter(Paging):
    indicator: Line = Field("", description="Code of the indicator.")
    kind: ReleaseKind | None = None


@releases.get("", response=Page[ReleaseOut], summary="List releases")
def list_releases(request: HttpRequest, query: Query[ReleaseFilter]) -> Page[ReleaseOut]:
    """Return what was published, the newest first."""
    found = visible_releases(request.user).select_related("indicator", "document")
    if query.indicator:
        found = found.filter(indicator__code=query.indicator)
    if query.kind:
        found = found.filter(kind=query.kind)
    return page_of(found.order_by("-published_at", "-pk"), query, ReleaseOut.of)


@releases.get("/{uuid:uid}", response=ReleaseOut, summary="Read a release")
def read_release(request: HttpRequest, uid: UUID) -> ReleaseOut:
    """Return one release."""
    found = visible_releases(request.user).select_related("indicator", "document")
    return ReleaseOut.of(get_object_or_404(found, uid=uid))


class Told(Schema):
    """What a figure was, or is now."""

    value: float | None
    flags: str
    numerator: float | None
    denominator: float | None


class ChangeOut(Schema):
    """One figure that a release changed. Added: nothing before; withdrawn: nothing after."""

    area: str
    key: str
    period: str
    change: Literal["added", "revised", "withdrawn"]
    before: Told | None
    after: Told | None


class ChangePage(Schema):
    """The figures that a release changed; `next` is what to send as `after` for those that follow, null at the end."""

    release: UUID
    limit: int
    next: str | None
    items: list[ChangeOut]


class ChangeFilter(Schema):
    limit: int = Field(200, ge=1, le=MOST, description="How many figures to give at most.")
    after: str = Field(
        "", pattern=r"^(\d{1,18}:[\d-]{4}[\dQ-]{0,6})?$", description="The `next` of the page before."
    )


@releases.get("/{uuid:uid}/changes", response=ChangePage, summary="Read what a release changed")
def list_changes(request: HttpRequest, uid: UUID, query: Query[ChangeFilter]) -> ChangePage:
    """Return each figure that a release added, revised or withdrew, as it was before and after."""
    release = get_object_or_404(visible_releases(request.user), uid=uid)
    after = _rows(Observation.objects.filter(since=release), query)
    before = _rows(Observation.objects.filter(until=release), query)
    # A revision closes one observation and adds another of the same series and period.
    places = sorted({*after, *before})
    items = []
    for place in places[: query.limit]:
        was, now = before.get(place), after.get(place)
        area, key = (now or was or ("", ""))[:2]
        change: Any = "added" if was is None else "withdrawn" if now is None else "revised"
        items.append(
            ChangeOut(area=area, key=key, period=place[1], change=change, before=_told(was), after=_told(now))
        )
    more = len(places) > query.limit
    last = places[query.limit - 1] if more else (0, "")
    return ChangePage(
        release=release.uid, limit=query.limit, next=f"{last[0]}:{last[1]}" if more else None, items=items
    )


def _rows(found: Any, query: ChangeFilter) -> dict[tuple[int, str], tuple[Any, ...]]:
    """Return the first rows after the cursor by series and period. Both lists hold what the page needs."""
    if query.after:
        series, _colon, period = query.after.partition(":")
        found = found.filter(Q(series__gt=int(series)) | Q(series=int(series), period__gt=period))
    rows: Iterable[tuple[Any, ...]] = found.order_by("series_id", "period").values_list(
        "series_id",
        "period",
        "series__area_id",
        "series__key",
        "value",
        "flags",
        "numerator",
        "denominator",
    )[: query.limit + 1]
    return {(row[0], row[1]): row[2:] for row in rows}


def _told(row: tuple[Any, ...] | None) -> Told | None:
    if row is None:
        return None
    return Told(value=row[2], flags=row[3], numerator=row[4], denominator=row[5])
