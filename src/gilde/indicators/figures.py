"""Reading figures: series with their observations, as they are now or as they were published on a day.

Everything that shows, judges or exports figures reads them here, in two queries however many series there are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from gilde.indicators.models import Area, Indicator, Observation, Series

BREAK, UNRELIABLE, MISSING, CONFIDENTIAL = "b", "u", ":", "c"


@dataclass(frozen=True, slots=True)
class Figure:
    """One observation: `value` is in the unit of the indicator, None when missing; `flags` as in `Observation`."""

    period: str
    value: float | None
    flags: str = ""
    numerator: float | None = None
    denominator: float | None = None
    release: int | None = None

    @property
    def is_break(self) -> bool:
        """Return whether the series was broken here: it cannot be compared with what came before."""
        return BREAK in self.flags

    @property
    def is_unreliable(self) -> bool:
        """Return whether the source calls the value unreliable."""
        return UNRELIABLE in self.flags


@dataclass(frozen=True)
class Line:
    """A series with its figures in the order of time."""

    series: int
    indicator: Any
    area: Area
    key: str
    figures: tuple[Figure, ...]

    @property
    def last(self) -> Figure | None:
        """Return the newest figure that has a value."""
        return next((figure for figure in reversed(self.figures) if figure.value is not None), None)

    def at(self, period: str) -> Figure | None:
        """Return the figure of a period."""
        return next((figure for figure in self.figures if figure.period == period), None)


def observations(at: datetime | None = None) -> QuerySet[Observation]:
    """Return the observations that are current, or that were current at a moment ("as published on …")."""
    if at is None:
        return Observation.objects.filter(until=None)
    return Observation.objects.filter(
        Q(until=None) | Q(until__published_at__gt=at), since__published_at__lte=at
    )


def lines(
    indicators: Indicator | Collection[Indicator],
    *,
    areas: Collection[str] | None = None,
    keys: Collection[str] | None = ("",),
    first: str = "",
    last: str = "",
    at: datetime | None = None,
) -> list[Line]:
    """Return the series of indicators with their figures, by key and the order of areas.

    `keys` are breakdowns ("" is all of them together; None is every breakdown), `first` and `last` periods, both
    included, `at` the moment of which to tell. Series without a figure then are left out. Two queries.
    """
    wanted = [indicators] if isinstance(indicators, Indicator) else list(indicators)
    chosen = Series.objects.filter(indicator__in=[each.pk for each in wanted])
    if areas is not None:
        chosen = chosen.filter(area__in=list(areas))
    if keys is not None:
        chosen = chosen.filter(key__in=list(keys))
    order = {each.pk: number for number, each in enumerate(wanted)}
    by_id = {each.pk: each for each in wanted}
    found = {row.pk: row for row in chosen.select_related("area")}
    if not found:
        return []
    # Asked by a query, not by a list of numbers, of which a database takes only so many.
    figures = observations(at).filter(series__in=chosen.order_by().values("pk"))
    if first:
        figures = figures.filter(period__gte=first)
    if last:
        figures = figures.filter(period__lte=last)
    rows = figures.order_by("series_id", "period").values_list(
        "series_id", "period", "value", "flags", "numerator", "denominator", "since_id"
    )
    held: dict[int, list[Figure]] = {}
    for series, period, value, flags, numerator, denominator, release in rows.iterator(chunk_size=5000):
        held.setdefault(series, []).append(Figure(period, value, flags, numerator, denominator, release))
    made = [
        Line(pk, by_id[row.indicator_id], row.area, row.key, tuple(held[pk]))
        for pk, row in found.items()
        if pk in held
    ]
    return sorted(
        made, key=lambda line: (order[line.indicator.pk], line.key, line.area.position, line.area.code)
    )


def history(series: Series | int, period: str = "") -> Iterator[Observation]:
    """Yield every observation that a series ever had, oldest first, each with its releases: what was revised when."""
    pk = series if isinstance(series, int) else series.pk
    told = Observation.objects.filter(series=pk).select_related("since", "until")
    if period:
        told = told.filter(period=period)
    yield from told.order_by("period", "since__published_at", "pk")


def periods_of(told: Sequence[Line]) -> list[str]:
    """Return the periods for which any of the lines has a figure, in order."""
    return sorted({figure.period for line in told for figure in line.figures})
