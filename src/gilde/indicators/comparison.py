"""Areas side by side: ranked where their figures can be compared, and where not, why.

Figures are compared in one period, the newest one that most of the areas have. Ranks go among areas of one kind
(countries with countries, regions of a level with each other), since a whole does not race with its parts; a figure
that its source calls unreliable, differently defined, not significant or a forecast has no rank, and an indicator of
which neither direction is better ranks nobody. A change since a base year is told only where no break lies between.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from gilde.indicators.figures import BREAK, Figure, Line
from gilde.indicators.models import Area, Indicator


class Reason(StrEnum):
    """Why a figure has no rank, or a change cannot be told."""

    NO_FIGURE = "no-figure"
    UNRELIABLE = "unreliable"
    OTHER_DEFINITION = "other-definition"
    NOT_SIGNIFICANT = "not-significant"
    FORECAST = "forecast"
    NO_DIRECTION = "no-direction"
    ALONE = "alone"
    NO_BASE = "no-base"
    BREAK = "break"


# Flags of Eurostat with which the level of a figure cannot be held against those of others.
_BARRED: Final[Mapping[str, Reason]] = {
    "u": Reason.UNRELIABLE,
    "d": Reason.OTHER_DEFINITION,
    "n": Reason.NOT_SIGNIFICANT,
    "f": Reason.FORECAST,
}
BASE_AFTER: Final = 5  # periods back, where the reader names no base


@dataclass(frozen=True)
class Side:
    """One area of a comparison. Changes and distances are in the unit of the indicator.

    `rank` is among `peers` areas; without one `unranked` says why. `change` is since the base period; without one
    `unchanged` says why, and `broken_in` when. `apart` is the figure minus that of the Union.
    """

    line: Line
    figure: Figure | None
    rank: int | None = None
    peers: int = 0
    unranked: Reason | None = None
    base: Figure | None = None
    change: float | None = None
    unchanged: Reason | None = None
    broken_in: str = ""
    apart: float | None = None

    @property
    def area(self) -> Area:
        """Return the area."""
        return self.line.area


@dataclass(frozen=True)
class Comparison:
    """Areas compared in a period, in the order that was asked for; `best` are those ranked first."""

    indicator: Indicator
    period: str
    base: str
    sides: tuple[Side, ...]
    best: tuple[Side, ...] = ()
    union: Side | None = None
    periods: tuple[str, ...] = field(default=())

    def ranked(self) -> list[Side]:
        """Return the sides best first, those without a rank last, in the order that was asked for."""
        return sorted(self.sides, key=lambda side: (side.rank is None, side.rank or 0))


def compare(indicator: Indicator, told: Sequence[Line], *, base: str = "", period: str = "") -> Comparison:
    """Return the comparison of series of one breakdown, one for each area.

    `period` is that of the figures to compare, the newest one that most areas have where it is not given or has no
    figure; `base` the one since which changes are told, five periods before where it is not given.
    """
    periods = sorted({figure.period for line in told for figure in line.figures if figure.value is not None})
    if not periods:
        return Comparison(
            indicator, "", "", tuple(Side(line, None, unranked=Reason.NO_FIGURE) for line in told)
        )
    period = period if period in periods else _newest_of_most(told)
    before = [each for each in periods if each < period]
    if base not in before:
        base = before[-min(BASE_AFTER, len(before))] if before else ""
    union = next((line for line in told if line.area.kind == Area.Kind.UNION), None)
    average = _value(union, period)
    ranks = _ranks(indicator, told, period)
    sides = tuple(_side(line, period, base, average, ranks) for line in told)
    return Comparison(
        indicator,
        period,
        base,
        sides,
        best=tuple(side for side in sides if side.rank == 1),
        union=next((side for side in sides if union is not None and side.line is union), None),
        periods=tuple(periods),
    )


def _newest_of_most(told: Sequence[Line]) -> str:
    """Return the newest period for which at least half as many areas have a value as in the best one."""
    counts = Counter(figure.period for line in told for figure in line.figures if figure.value is not None)
    most = max(counts.values())
    return max(period for period, count in counts.items() if 2 * count >= most)


def _value(line: Line | None, period: str) -> float | None:
    figure = line.at(period) if line is not None else None
    return figure.value if figure is not None else None


def _barred(indicator: Indicator, figure: Figure | None) -> Reason | None:
    if figure is None or figure.value is None:
        return Reason.NO_FIGURE
    if indicator.direction == Indicator.Direction.NONE:
        return Reason.NO_DIRECTION
    return next((_BARRED[flag] for flag in figure.flags if flag in _BARRED), None)


def _ranks(indicator: Indicator, told: Sequence[Line], period: str) -> dict[int, tuple[int, int]]:
    """Return rank and number of peers by the id of a series; equal values share a rank."""
    groups: dict[tuple[str, int | None], list[tuple[float, int]]] = {}
    sign = -1 if indicator.direction == Indicator.Direction.HIGHER else 1
    for line in told:
        figure = line.at(period)
        if line.area.kind == Area.Kind.UNION or _barred(indicator, figure) is not None:
            continue
        assert figure is not None
        assert figure.value is not None
        groups.setdefault((line.area.kind, line.area.level), []).append((sign * figure.value, line.series))
    ranks = {}
    for group in groups.values():
        values = sorted(value for value, _series in group)
        for value, series in group:
            ranks[series] = (values.index(value) + 1, len(group))
    return {series: rank for series, rank in ranks.items() if rank[1] > 1}


def _side(
    line: Line, period: str, base: str, average: float | None, ranks: Mapping[int, tuple[int, int]]
) -> Side:
    figure, start = line.at(period), line.at(base) if base else None
    value = figure.value if figure is not None else None
    rank, peers = ranks.get(line.series, (None, 0))
    unranked = None
    if rank is None and line.area.kind != Area.Kind.UNION:
        unranked = _barred(line.indicator, figure) or Reason.ALONE
    broken = [each.period for each in line.figures if base < each.period <= period and BREAK in each.flags]
    change = unchanged = None
    if value is None:
        unchanged = Reason.NO_FIGURE
    elif start is None or start.value is None:
        unchanged = Reason.NO_BASE
    elif broken:
        unchanged = Reason.BREAK
    else:
        change = value - start.value
    return Side(
        line,
        figure if value is not None else None,
        rank,
        peers,
        unranked,
        start,
        change,
        unchanged,
        broken[-1] if unchanged is Reason.BREAK else "",
        value - average
        if value is not None and average is not None and line.area.kind != Area.Kind.UNION
        else None,
    )
