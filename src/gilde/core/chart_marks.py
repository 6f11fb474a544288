"""What drawings are made of: a Vega-Lite specification whose geometry is known, and marks placed by pixel on it.

Nothing is left to the layout of Vega (`autosize` none), so that a drawing is exactly as large as the page was told
before it was drawn, and words can be placed where they do not collide.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from gilde.core.chart_scales import cut
from gilde.core.chart_sizes import (
    DASHES,
    KEY_LINE,
    KEY_SIZE,
    KEY_SYMBOL,
    SHAPES,
    Entry,
    key_height,
    key_of,
    key_places,
    size_of,
)
from gilde.core.charts import Chart, Size

Json: TypeAlias = dict[str, Any]

# Two strokes where a line is interrupted; drawn at size 4, which is its true size.
BREAK = "M-4,5L0,-5M1,5L5,-5"
PATH_DASHES: dict[str, list[float]] = {"dashes": [6, 4], "dots": [1.5, 3.5]}
_SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
_CONFIG: Json = {
    "view": {"stroke": None},
    "aria": False,
    "font": "sans-serif",
    "axis": {
        "labelColor": "var(--quiet)",
        "titleColor": "var(--quiet)",
        "titleFontWeight": "normal",
        "labelFontSize": 12,
        "titleFontSize": 12,
        "gridColor": "var(--line)",
        "domainColor": "var(--line-strong)",
        "tickColor": "var(--line-strong)",
        "labelPadding": 6,
        "titlePadding": 8,
        "labelFlush": False,
    },
}


@dataclass
class Sheet:
    """A drawing in the making: the plot within its margins, layers of data, and marks placed by pixel.

    Pixels count from the top left of the plot. Later marks stand above earlier ones of the same sort; words stand
    above all.
    """

    width: int
    height: int
    left: float = 12
    right: float = 12
    top: float = 8
    bottom: float = 8
    layers: list[Json] = field(default_factory=list)
    _grid: list[Json] = field(default_factory=list)
    _rects: list[Json] = field(default_factory=list)
    _rules: dict[tuple[float, tuple[float, ...]], list[Json]] = field(default_factory=dict)
    _points: list[Json] = field(default_factory=list)
    _words: dict[tuple[str, float, str], list[Json]] = field(default_factory=dict)

    @classmethod
    def of(cls, chart: Chart, size: Size, **margins: float) -> Sheet:
        """Return the sheet of a chart with these margins; at the bottom its key, if it has one."""
        width, height = size_of(chart, size)
        key = key_height(chart, width)
        sheet = cls(width, height)
        for side, margin in margins.items():
            setattr(sheet, side, margin)
        sheet.bottom += key
        if key:
            sheet._key(key_of(chart), key)
        return sheet

    @property
    def across(self) -> float:
        """Return the width of the plot."""
        return self.width - self.left - self.right

    @property
    def down(self) -> float:
        """Return the height of the plot."""
        return self.height - self.top - self.bottom

    def text(
        self,
        x: float,
        y: float,
        words: str | Sequence[str],
        *,
        colour: str = "var(--text)",
        align: str = "left",
        size: float = 12,
        weight: str = "normal",
    ) -> None:
        """Place words, several lines from a sequence; `y` is the middle of the first line."""
        lines = [words] if isinstance(words, str) else list(words)
        self._words.setdefault((align, size, weight), []).append(
            {"x": x, "y": y, "w": lines if len(lines) > 1 else lines[0], "c": colour}
        )

    def rule(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        *,
        colour: str = "var(--line)",
        width: float = 1,
        dash: Sequence[float] = (),
    ) -> None:
        """Place a straight line."""
        self._rules.setdefault((width, tuple(dash)), []).append(
            {"x": start[0], "y": start[1], "x2": end[0], "y2": end[1], "c": colour}
        )

    def grid(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Place a hairline below everything."""
        self._grid.append({"x": start[0], "y": start[1], "x2": end[0], "y2": end[1], "c": "var(--line)"})

    def rect(self, x: float, y: float, width: float, height: float, fill: str, stroke: str = "none") -> None:
        """Place a box."""
        self._rects.append({"x": x, "y": y, "x2": x + width, "y2": y + height, "c": fill, "s": stroke})

    def point(
        self, x: float, y: float, *, stroke: str, fill: str = "none", shape: str = "circle", size: float = 40
    ) -> None:
        """Place a symbol; `size` is its area in square pixels."""
        self._points.append({"x": x, "y": y, "c": stroke, "f": fill, "h": shape, "z": size})

    def lines(self, paths: Mapping[str, Sequence[tuple[float, float]]], look: Json) -> None:
        """Add many lines of the same look through points given in pixels, by a name for each."""
        rows = [
            {"x": x, "y": y, "n": n, "p": name}
            for name, points in paths.items()
            for n, (x, y) in enumerate(points)
        ]
        self.layers.append(
            {
                "data": {"values": rows},
                "mark": {"type": "line", **look},
                "encoding": {
                    "x": _pixel("x"),
                    "y": _pixel("y"),
                    "order": {"field": "n", "type": "quantitative"},
                    "detail": {"field": "p", "type": "nominal"},
                },
            }
        )

    def specification(self) -> Json:
        """Return the whole as a Vega-Lite specification."""
        return {
            "$schema": _SCHEMA,
            "width": self.across,
            "height": self.down,
            "padding": {"left": self.left, "right": self.right, "top": self.top, "bottom": self.bottom},
            "autosize": "none",
            "background": "transparent",
            "config": _CONFIG,
            "layer": [*self._below(), *self.layers, *self._above()],
        }

    def _below(self) -> list[Json]:
        ends: Json = {"x2": {"field": "x2"}, "y2": {"field": "y2"}}
        layers = []
        if self._grid:
            layers.append(_layer(self._grid, {"type": "rule"}, {**ends, "stroke": _raw("c")}))
        if self._rects:
            look: Json = {"fill": _raw("c"), "stroke": _raw("s")}
            layers.append(_layer(self._rects, {"type": "rect"}, {**ends, **look}))
        for (width, dash), rules in self._rules.items():
            mark = {"type": "rule", "strokeWidth": width, "strokeDash": list(dash)}
            layers.append(_layer(rules, mark, {**ends, "stroke": _raw("c")}))
        return layers

    def _above(self) -> list[Json]:
        layers = []
        if self._points:
            look: Json = {"type": "point", "strokeWidth": 1.75, "opacity": 1}
            channels = {
                "stroke": _raw("c"),
                "fill": _raw("f"),
                "shape": _raw("h"),
                "size": _raw("z", "quantitative"),
            }
            layers.append(_layer(self._points, look, channels))
        for (align, size, weight), words in self._words.items():
            look = {
                "type": "text",
                "align": align,
                "baseline": "middle",
                "fontSize": size,
                "fontWeight": weight,
                "lineHeight": size + 3,
            }
            layers.append(_layer(words, look, {"text": {"field": "w"}, "fill": _raw("c")}))
        return layers

    def _key(self, entries: list[Entry], height: int) -> None:
        """Place the key along the bottom, from the left edge of the whole drawing."""
        start = self.height - self.top - height + 8 + KEY_LINE / 2
        for entry, (x, line) in zip(entries, key_places(entries, self.width), strict=True):
            x, y = x + 8 - self.left, start + line * KEY_LINE
            self._symbol(entry, x, y)
            words = cut(entry.words, self.width - 16 - KEY_SYMBOL, KEY_SIZE)
            self.text(x + KEY_SYMBOL, y, words, size=KEY_SIZE, colour="var(--quiet)")

    def _symbol(self, entry: Entry, x: float, y: float) -> None:
        middle = x + 9
        match entry.symbol:
            case "swatch":
                self.rect(
                    x + 2,
                    y - 6,
                    14,
                    12,
                    entry.colour,
                    "var(--line-strong)" if "hatch" in entry.colour else "none",
                )
            case "band":
                self.rect(x, y - 6, 18, 12, "var(--band)")
                self.rule((x, y), (x + 18, y), colour=entry.colour, width=1.5, dash=[2, 3])
            case "hollow":
                self.point(middle, y, stroke=entry.colour, fill="var(--paper)", size=44)
            case "break":
                self.point(middle, y, stroke=entry.colour, shape=BREAK, size=4)
            case "dashes" | "dots":
                self.rule(
                    (x, y), (x + 18, y), colour=entry.colour, width=1.75, dash=PATH_DASHES[entry.symbol]
                )
            case "grey":
                self.rule((x, y), (x + 18, y), colour="var(--others)", width=1.5)
            case "line":
                dash, shape = DASHES[entry.number], SHAPES[entry.number]
                self.rule((x, y), (x + 18, y), colour=entry.colour, width=2.25, dash=dash)
                self.point(middle, y, stroke="none", fill=entry.colour, shape=shape, size=45)


def _layer(rows: list[Json], mark: Json, channels: Json) -> Json:
    return {
        "data": {"values": rows},
        "mark": mark,
        "encoding": {"x": _pixel("x"), "y": _pixel("y"), **channels},
    }


def _pixel(name: str) -> Json:
    return {"field": name, "type": "quantitative", "scale": None, "axis": None}


def _raw(name: str, kind: str = "nominal") -> Json:
    return {"field": name, "type": kind, "scale": None, "legend": None}
