"""How large drawings are and what their keys say: known before anything is drawn, so that no page jumps."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.utils.translation import gettext as _

from gilde.core.chart_scales import classes, flow, width_of
from gilde.core.chart_tables import number

if TYPE_CHECKING:
    from gilde.core.charts import Chart, Size

WIDTH: dict[str, int] = {"wide": 720, "narrow": 360}
SERIES = [f"var(--c{number})" for number in range(1, 7)]
DASHES: list[list[float]] = [[1, 0], [6, 3], [2, 2], [8, 2, 2, 2], [4, 4], [1, 3]]
SHAPES = ["circle", "square", "diamond", "triangle-up", "cross", "triangle-down"]
CLASSES = {1: (3,), 2: (2, 4), 3: (1, 3, 5), 4: (1, 2, 4, 5), 5: (1, 2, 3, 4, 5)}
HATCH = "url(#hatch)"
KEY_LINE = 22
KEY_SYMBOL = 24
KEY_SIZE = 12
BAR = 30
PANEL = {"wide": (5, 104), "narrow": (2, 104)}  # how many across, and how high each is


@dataclass(frozen=True)
class Entry:
    """One entry of a key: what is drawn, and what it means."""

    symbol: Literal["swatch", "line", "dashes", "dots", "band", "hollow", "break", "grey"]
    words: str
    colour: str
    number: int = 0


def size_of(chart: Chart, size: Size) -> tuple[int, int]:
    """Return width and height of a drawing in pixels."""
    width, wide = WIDTH[size], size == "wide"
    match chart.kind:
        case "bar":
            height = BAR * rows_of(chart) + 56 + (18 if chart.target else 0)
        case "stacked":
            height = BAR * rows_of(chart) + 56
        case "gantt":
            height = BAR * rows_of(chart) + 36
        case "line":
            height = 330 if wide else 280
        case "trend":
            height = 380 if wide else 330
        case "multiples":
            across, high = PANEL[size]
            height = math.ceil(panels_of(chart) / across) * high + 28
        case "compared":
            height = 24 * rows_of(chart) + 28 + (20 if chart.reference else 0) + (20 if chart.target else 0)
        case "map":
            height = 520 if wide else 350
    return width, height + key_height(chart, width)


def rows_of(chart: Chart) -> int:
    """Return how many categories there are."""
    return max(len({row.get(chart.x.field) for row in chart.rows}), 1)


def panels_of(chart: Chart) -> int:
    """Return how many small multiples there are."""
    return max(len([name for name in chart.series_names() if name != chart.repeated]), 1)


def key_height(chart: Chart, width: int) -> int:
    """Return the height of the key, 0 without one."""
    places = key_places(key_of(chart), width)
    return (places[-1][1] + 1) * KEY_LINE + 8 if places else 0


def key_places(entries: list[Entry], width: int) -> list[tuple[float, int]]:
    """Return where the entries of a key begin, and in which line."""
    return flow([KEY_SYMBOL + width_of(entry.words, KEY_SIZE) for entry in entries], width - 16)


def key_of(chart: Chart) -> list[Entry]:
    """Return the key of a chart: what cannot be labelled where it stands."""
    match chart.kind:
        case "stacked" | "gantt":
            return [Entry("swatch", name, SERIES[n]) for n, name in enumerate(chart.series_names())]
        case "line":
            return [Entry("line", name, SERIES[n], n) for n, name in enumerate(chart.series_names())]
        case "trend":
            return _trend_key(chart)
        case "multiples":
            return _multiples_key(chart)
        case "compared":
            unranked = any(row.get("unranked") for row in chart.rows)
            return [Entry("swatch", _("not ranked: cannot be compared"), HATCH)] if unranked else []
        case "map":
            return _map_key(chart)
    return []


def map_classes(chart: Chart) -> list[tuple[float, float]]:
    """Return the classes of a map, lowest first."""
    values = [float(value) for row in chart.rows if isinstance(value := row.get(chart.y.field), int | float)]
    return classes(values, 1 if chart.decimals is None else chart.decimals)


def class_colours(count: int) -> list[str]:
    """Return the colours of this many classes, lowest first."""
    return [f"var(--m{step})" for step in CLASSES.get(count, ())]


def _trend_key(chart: Chart) -> list[Entry]:
    seen = set(chart.highlight)
    rows = [row for row in chart.rows if not seen or not chart.series or row[chart.series.field] in seen]
    entries = []
    if any(row.get("unsure") and row.get(chart.y.field) is not None for row in rows):
        entries.append(Entry("hollow", _("estimated, provisional or unreliable"), "var(--text)"))
    if any(row.get("broken") for row in rows):
        entries.append(Entry("break", _("break: not comparable with before"), "var(--text)"))
    for path in chart.paths:
        entries.append(Entry("dots" if path.compound else "dashes", path.label, "var(--red)"))
    if chart.projection:
        entries.append(Entry("band", chart.projection.label, SERIES[0]))
    if seen and len(rows) < len(chart.rows):
        entries.append(Entry("grey", _("others"), "var(--quiet)"))
    return entries


def _multiples_key(chart: Chart) -> list[Entry]:
    entries = []
    if chart.repeated:
        entries.append(Entry("grey", chart.repeated, "var(--quiet)"))
    if any(row.get("broken") for row in chart.rows):
        entries.append(Entry("break", _("break: not comparable with before"), "var(--text)"))
    if chart.target:
        entries.append(Entry("dashes", chart.target.label, "var(--red)"))
    return entries


def _map_key(chart: Chart) -> list[Entry]:
    found = map_classes(chart)
    decimals = 1 if chart.decimals is None else chart.decimals
    entries = [
        Entry(
            "swatch",
            number(low, decimals)
            if low == high
            else f"{number(low, decimals)}\N{THIN SPACE}–\N{THIN SPACE}{number(high, decimals)}",
            colour,
        )
        for (low, high), colour in zip(found, class_colours(len(found)), strict=True)
    ]
    return [*entries, Entry("swatch", _("no figure"), HATCH)]
