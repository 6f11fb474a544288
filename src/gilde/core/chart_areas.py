"""Areas compared: bars in their order with a reference, and maps."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

from gilde.core.chart_marks import Json, Sheet
from gilde.core.chart_scales import Scale, cut, decimals_of, ticks, width_of
from gilde.core.chart_sizes import HATCH, SERIES, class_colours, map_classes
from gilde.core.chart_tables import number
from gilde.core.charts import Chart, Size

# The part of the world that a map of Europe shows at most; what lies outside (overseas) has its place in the table.
_EUROPE = (-25.0, 34.0, 45.0, 72.0)
_MIDDLE = (10.0, 52.0)  # of the Lambert azimuthal equal-area projection of the EU (EPSG:3035)


def compared(chart: Chart, size: Size) -> Sheet:
    """Return bars from zero in the order of the rows, the reference as a line, what is not ranked hatched."""
    names = [str(row[chart.x.field]) for row in chart.rows]
    limit = 200 if size == "wide" else 120
    labels = [cut(name, limit) for name in names]
    left = max((width_of(words) for words in labels), default=0) + 20
    top = 8 + (20 if chart.reference else 0) + (20 if chart.target else 0)
    shown = [
        number(v, chart.decimals)
        for row in chart.rows
        if isinstance(v := row.get(chart.y.field), int | float)
    ]
    numbers = max((width_of(words, 13) for words in shown), default=20)
    sheet = Sheet.of(chart, size, left=left, right=numbers + 36, top=top, bottom=20)
    column = sheet.across + numbers + 12
    values = [float(v) for row in chart.rows if isinstance(v := row.get(chart.y.field), int | float)]
    lines = [each for each in (chart.reference, chart.target) if each]
    marks = ticks(min(0.0, *values, 0.0), max([*values, *(each.value for each in lines)], default=1.0), 4)
    x = Scale((marks[0], marks[-1]), (0, sheet.across))
    high = sheet.down / max(len(names), 1)
    for mark in marks:
        words = number(mark, decimals_of(marks))
        sheet.grid((x(mark), 0), (x(mark), sheet.down))
        sheet.text(x(mark), sheet.down + 11, words, align="center", colour="var(--quiet)", size=11)
    for n, (row, words) in enumerate(zip(chart.rows, labels, strict=True)):
        middle = (n + 0.5) * high
        seen = names[n] in chart.highlight
        sheet.text(-10, middle, words, align="right", weight="bold" if seen else "normal")
        value = row.get(chart.y.field)
        if not isinstance(value, int | float):
            sheet.text(column, middle, "–", colour="var(--quiet)", align="right")
            continue
        start, end = sorted((x(0), x(value)))
        fill, stroke = (SERIES[0] if seen else "var(--bar)"), "none"
        if row.get("unranked"):
            fill, stroke = HATCH, SERIES[0] if seen else "var(--line-strong)"
        sheet.rect(start, middle - high * 0.32, max(end - start, 1), high * 0.64, fill, stroke)
        # In a column of their own, where no line crosses them.
        weight = "bold" if seen else "normal"
        sheet.text(column, middle, number(value, chart.decimals), align="right", weight=weight)
        if flags := row.get("mark"):
            sheet.text(column + 4, middle, str(flags), colour="var(--quiet)")
    for line, place, colour in ((chart.reference, top - 10, "var(--text)"), (chart.target, 10, "var(--red)")):
        if line is None:
            continue
        level = place - top
        sheet.rule(
            (x(line.value), level + 8), (x(line.value), sheet.down), colour=colour, width=1.5, dash=[5, 4]
        )
        half = width_of(line.label) / 2
        middle = min(max(x(line.value), half - left + 8), sheet.across + sheet.right - 8 - half)
        sheet.text(middle, level, line.label, align="center", colour=colour)
    return sheet


def choropleth(chart: Chart, size: Size) -> Sheet:
    """Return a map in an equal-area projection, fitted to its areas within Europe; areas by class of their number."""
    assert chart.shapes is not None
    sheet = Sheet.of(chart, size, left=8, right=8, top=8, bottom=8)
    found = map_classes(chart)
    colours = class_colours(len(found))
    decimals = 1 if chart.decimals is None else chart.decimals
    values = {str(row.get("code")): row.get(chart.y.field) for row in chart.rows}
    seen = {str(row.get("code")) for row in chart.rows if str(row[chart.x.field]) in chart.highlight}
    planar = {code: list(_projected(outline)) for code, outline in chart.shapes.texts.items()}
    place = _fitted(planar, sheet)
    features: list[Json] = []
    for code, polygons in planar.items():
        rings = [[[place(*corner) for corner in ring] for ring in polygon] for polygon in polygons]
        rings = [kept for polygon in rings if (kept := _simple(polygon, sheet))]
        value = values.get(code)
        fill = HATCH
        if isinstance(value, int | float):
            rounded = round(float(value), decimals)
            fill = next(c for (_low, top), c in zip(found, colours, strict=True) if rounded <= top)
        features.append(
            {
                "type": "Feature",
                "geometry": {"type": "MultiPolygon", "coordinates": rings},
                "properties": {},
                "f": fill,
                "s": "var(--text)" if code in seen else "var(--paper)",
                "w": 1.75 if code in seen else 0.75,
                "o": int(code in seen),
            }
        )
    features.sort(key=lambda feature: feature["o"])  # a highlighted outline lies above its neighbours
    sheet.layers.append(
        {
            "data": {"values": [feature for feature in features if feature["geometry"]["coordinates"]]},
            "projection": {"type": "identity", "scale": 1, "translate": [0, 0]},
            "mark": {"type": "geoshape", "strokeJoin": "round", "clip": True},
            "encoding": {
                "fill": {"field": "f", "type": "nominal", "scale": None, "legend": None},
                "stroke": {"field": "s", "type": "nominal", "scale": None, "legend": None},
                "strokeWidth": {"field": "w", "type": "quantitative", "scale": None, "legend": None},
            },
        }
    )
    return sheet


def _projected(outline: str) -> Iterator[list[list[tuple[float, float]]]]:
    """Yield the polygons of a geometry on the plane, those that touch Europe."""
    west, south, east, north = _EUROPE
    for polygon in _polygons(json.loads(outline)):
        if any(west <= corner[0] <= east and south <= corner[1] <= north for corner in polygon[0]):
            yield [[_lambert(corner[0], corner[1]) for corner in ring] for ring in polygon]


def _polygons(geometry: Any) -> Iterator[Any]:
    match geometry.get("type"):
        case "Polygon":
            yield geometry["coordinates"]
        case "MultiPolygon":
            yield from geometry["coordinates"]
        case "GeometryCollection":
            for part in geometry["geometries"]:
                yield from _polygons(part)
        case "Feature":
            yield from _polygons(geometry["geometry"] or {})


def _lambert(longitude: float, latitude: float) -> tuple[float, float]:
    """Return a place in the Lambert azimuthal equal-area projection on a sphere of radius 1; y goes down.

    Snyder, Map Projections (USGS Professional Paper 1395), equations 22-4, 24-2, 24-13 and 24-14.
    """
    along, up, middle = math.radians(longitude - _MIDDLE[0]), math.radians(latitude), math.radians(_MIDDLE[1])
    cosine = math.sin(middle) * math.sin(up) + math.cos(middle) * math.cos(up) * math.cos(along)
    factor = math.sqrt(2 / (1 + cosine))
    return (
        factor * math.cos(up) * math.sin(along),
        -factor * (math.cos(middle) * math.sin(up) - math.sin(middle) * math.cos(up) * math.cos(along)),
    )


class _Place:
    """From the plane of the projection to pixels of the plot."""

    def __init__(self, scale: float, left: float, top: float) -> None:
        self.scale, self.left, self.top = scale, left, top

    def __call__(self, x: float, y: float) -> list[float]:
        return [round(self.left + x * self.scale, 1), round(self.top + y * self.scale, 1)]


def _fitted(planar: dict[str, list[list[list[tuple[float, float]]]]], sheet: Sheet) -> _Place:
    west, south, east, north = _EUROPE
    edge = [_lambert(lon, lat) for lon in (west, 10.0, east) for lat in (south, north)]
    corners = [c for polygons in planar.values() for polygon in polygons for c in polygon[0]] or edge
    bounds = [
        max(min(x for x, _y in corners), min(x for x, _y in edge)),
        max(min(y for _x, y in corners), min(y for _x, y in edge)),
        min(max(x for x, _y in corners), max(x for x, _y in edge)),
        min(max(y for _x, y in corners), max(y for _x, y in edge)),
    ]
    across, down = (bounds[2] - bounds[0]) or 1, (bounds[3] - bounds[1]) or 1
    scale = min((sheet.across - 4) / across, (sheet.down - 4) / down)
    left = (sheet.across - across * scale) / 2 - bounds[0] * scale
    top = (sheet.down - down * scale) / 2 - bounds[1] * scale
    return _Place(scale, left, top)


def _simple(polygon: list[list[list[float]]], sheet: Sheet) -> list[list[list[float]]]:
    """Return the rings of a polygon without corners that no pixel tells apart; nothing for a speck or off the plot."""
    rings = []
    for ring in polygon:
        kept = [ring[0]]
        for corner in ring[1:-1]:
            if abs(corner[0] - kept[-1][0]) + abs(corner[1] - kept[-1][1]) >= 0.7:
                kept.append(corner)
        kept.append(ring[0])
        if len(kept) >= 4:
            rings.append(kept)
        elif not rings:
            xs, ys = [c[0] for c in ring], [c[1] for c in ring]
            if max(xs) - min(xs) + max(ys) - min(ys) < 0.4:
                return []
            rings.append(ring)
    outer = rings[0]
    if max(c[0] for c in outer) < 0 or min(c[0] for c in outer) > sheet.across:
        return []
    if max(c[1] for c in outer) < 0 or min(c[1] for c in outer) > sheet.down:
        return []
    return rings
