"""The figures of a board, ready to be shown: charts, tables, statuses, maps, read together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils.safestring import SafeString

from gilde.core.access import Actor
from gilde.core.charts import Chart
from gilde.indicators import figures, pictures, saying, standings
from gilde.indicators.access import visible_indicators
from gilde.indicators.dimensions import dimensions_of, words_of_key
from gilde.indicators.figures import Line
from gilde.indicators.models import Board, BoardItem, Indicator, Release
from gilde.indicators.standings import Stand
from gilde.indicators.views.common import as_day
from gilde.indicators.views.judged import status_tag
from gilde.indicators.views.tables import FiguresTable, figures_table

Form = BoardItem.Form


@dataclass(frozen=True)
class Standing:
    """How one area stands against one target, on a board."""

    area: object
    aim: str
    tag: SafeString
    sentence: str


@dataclass(frozen=True)
class Shown:
    """One figure of a board: what it is of, and the one part of it that its form asks for."""

    item: BoardItem
    indicator: Indicator
    url: str
    breakdown: str
    chart: Chart | None = None
    table: FiguresTable | None = None
    standings: Sequence[Standing] = field(default_factory=list)
    no_outlines: bool = False

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing to show yet."""
        return self.chart is None and not self.table and not self.standings


@dataclass(frozen=True)
class _Read:
    """What was read for all figures of a board: series by indicator and breakdown, how they stand, days, outlines."""

    lines: Mapping[tuple[Any, str], list[Line]]
    stands: Mapping[tuple[Any, str, str], list[Stand]]
    retrieved: Mapping[int, date | None]
    outlines: Mapping[str, str]


def shown_items(reader: Actor | None, board: Board) -> list[Shown]:
    """Return the figures of a board for a reader, in their order; None is whoever has the link.

    Of indicators that the reader may not see nothing is shown. Everything is read together: five queries, and those
    of the statuses where there are some, however many figures the board has.
    """
    seen = visible_indicators(reader or AnonymousUser()).order_by().values("pk")
    items = list(
        board.items.filter(indicator__in=seen).select_related("indicator").order_by("position", "pk")
    )
    told = _lines(items)
    read = _Read(
        told,
        _stands([item for item in items if item.form == Form.STATUS]),
        _retrieved(told),
        _outlines([item for item in items if item.form == Form.MAP], told),
    )
    return [_shown(item, read) for item in items]


def _retrieved(told: Mapping[Any, Sequence[Line]]) -> dict[int, date | None]:
    """Return the day on which the figures of each series were last retrieved, by its id; one query."""
    newest = {line.series: _newest(line) for lines in told.values() for line in lines}
    wanted = set(newest.values())
    moments = dict(Release.objects.filter(pk__in=wanted).values_list("pk", "retrieved_at")) if wanted else {}
    return {series: as_day(moments.get(release)) for series, release in newest.items()}


def _newest(line: Line) -> int:
    return max((figure.release for figure in line.figures if figure.release is not None), default=0)


def _outlines(items: Sequence[BoardItem], told: Mapping[tuple[Any, str], Sequence[Line]]) -> dict[str, str]:
    codes = {
        line.area.pk
        for item in items
        for line in told.get((item.indicator_id, item.key), [])
        if not item.areas or line.area.pk in item.areas
    }
    return pictures.outlines_of(codes) if codes else {}


def _lines(items: Sequence[BoardItem]) -> Mapping[tuple[Any, str], list[Line]]:
    """Return the series of the items by indicator and breakdown."""
    drawn = [item for item in items if item.form != Form.STATUS]
    every_area = any(not item.areas for item in drawn)
    indicators = list({item.indicator_id: item.indicator for item in drawn}.values())
    held: dict[tuple[Any, str], list[Line]] = {}
    if indicators:
        for line in figures.lines(
            indicators,
            areas=None if every_area else {code for item in drawn for code in item.areas},
            keys={item.key for item in drawn},
        ):
            held.setdefault((line.indicator.pk, line.key), []).append(line)
    return held


def _stands(items: Sequence[BoardItem]) -> Mapping[tuple[Any, str, str], list[Stand]]:
    indicators = list({item.indicator_id: item.indicator for item in items}.values())
    held: dict[tuple[Any, str, str], list[Stand]] = {}
    if indicators:
        areas = {code for item in items for code in item.areas}
        for stand in standings.stands(indicators, areas=areas):
            held.setdefault((stand.indicator.pk, stand.target.key, stand.area.pk), []).append(stand)
    return held


def _shown(item: BoardItem, read: _Read) -> Shown:
    indicator = item.indicator
    common: dict[str, Any] = {
        "item": item,
        "indicator": indicator,
        "url": reverse("indicators:indicator", args=[indicator.code]),
        "breakdown": words_of_key(item.key, dimensions_of(indicator)),
    }
    if item.form == Form.STATUS:
        return Shown(**common, standings=_standings(item, read.stands))
    lines = _since(item, read.lines.get((item.indicator_id, item.key), []))
    if not lines:
        return Shown(**common)
    if item.form == Form.TABLE:
        table = figures_table(lines, indicator.decimals, lambda area: reverse("indicators:area", args=[area]))
        return Shown(**common, table=table)
    return Shown(**common, **_drawn(item, lines, read))


def _drawn(item: BoardItem, lines: Sequence[Line], read: _Read) -> dict[str, Any]:
    """Return the chart of an item; a map without outlines is shown as bars, and says so."""
    indicator = item.indicator
    as_of = max((day for line in lines if (day := read.retrieved.get(line.series))), default=None)
    if item.form == Form.LINE:
        return {"chart": pictures.trend_of(indicator, lines, as_of=as_of)}
    outlines = {line.area.pk: read.outlines[line.area.pk] for line in lines if line.area.pk in read.outlines}
    if item.form == Form.MAP and outlines:
        return {"chart": pictures.map_of(indicator, lines, outlines, as_of=as_of)}
    return {
        "chart": pictures.compared_of(indicator, lines, as_of=as_of),
        "no_outlines": item.form == Form.MAP,
    }


def _since(item: BoardItem, lines: Sequence[Line]) -> list[Line]:
    """Return the series of an item's areas in its order, from its first year."""
    chosen = list(lines)
    if item.areas:
        order = {code: place for place, code in enumerate(item.areas)}
        chosen = sorted(
            (line for line in lines if line.area.pk in order), key=lambda line: order[line.area.pk]
        )
    if item.since is None:
        return chosen
    first = str(item.since)
    kept = [
        Line(
            line.series,
            line.indicator,
            line.area,
            line.key,
            tuple(figure for figure in line.figures if figure.period[:4] >= first),
        )
        for line in chosen
    ]
    return [line for line in kept if line.figures]


def _standings(item: BoardItem, stands: Mapping[tuple[Any, str, str], list[Stand]]) -> list[Standing]:
    found = [stand for code in item.areas for stand in stands.get((item.indicator_id, item.key, code), [])]
    return [
        Standing(
            stand.area,
            saying.aimed(stand.target, item.indicator),
            status_tag(stand.status),
            standings.sentence(stand),
        )
        for stand in found
    ]
