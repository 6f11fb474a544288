"""Trends: lines over periods that stop where figures cannot be compared or are missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.utils.translation import gettext as _

from gilde.core.chart_marks import BREAK, PATH_DASHES, Json, Sheet
from gilde.core.chart_scales import Scale, decimals_of, spread, ticks, width_of, wrap
from gilde.core.chart_sizes import SERIES, SHAPES
from gilde.core.chart_tables import number
from gilde.core.charts import Chart, Size

_AXIS = 44  # pixels for the numbers left of a plot


@dataclass(frozen=True)
class Point:
    """A number at a place on the time axis (in years)."""

    at: float
    value: float
    label: str
    broken: bool
    unsure: bool


@dataclass(frozen=True)
class Gap:
    """Where a line is broken: between the last point before and the first after."""

    before: Point
    after: Point


def points_of(chart: Chart) -> dict[str, list[Point]]:
    """Return the points with a number of each series, in the order of time."""
    field = chart.series.field if chart.series else None
    found: dict[str, list[Point]] = {name: [] for name in chart.series_names()} or {"": []}
    for row in chart.rows:
        value, at = row.get(chart.y.field), row["at"]
        if isinstance(value, int | float) and isinstance(at, int | float):
            found[str(row[field]) if field else ""].append(
                Point(at, value, str(row[chart.x.field]), bool(row.get("broken")), bool(row.get("unsure")))
            )
    # A break where the number itself is missing holds for the next one.
    for name, points in found.items():
        broken = [row["at"] for row in chart.rows if row.get("broken") and (not field or row[field] == name)]
        points.sort(key=lambda point: point.at)
        for n, (earlier, later) in enumerate(pairwise(points), start=1):
            if not later.broken and any(earlier.at < at < later.at for at in broken):  # type: ignore[operator]
                points[n] = Point(later.at, later.value, later.label, True, later.unsure)
    return found


def segments(points: Sequence[Point], step: float) -> list[list[Point]]:
    """Return the stretches of points that a line may join: no break and no missing period between them."""
    parts: list[list[Point]] = []
    for point in points:
        if not parts or point.broken or point.at - parts[-1][-1].at > step * 1.5:
            parts.append([])
        parts[-1].append(point)
    return parts


def gaps(points: Sequence[Point]) -> list[Gap]:
    """Return the breaks that have a point before them."""
    return [Gap(before, after) for before, after in pairwise(points) if after.broken]


def step_of(chart: Chart) -> float:
    """Return how far apart periods are, in years."""
    places = sorted({float(row["at"]) for row in chart.rows})  # type: ignore[arg-type]
    return min((later - earlier for earlier, later in pairwise(places)), default=1.0)


def trend(chart: Chart, size: Size) -> Sheet:
    """Return a trend: quiet lines below, highlighted ones with points and their names at the end."""
    told = points_of(chart)
    first = [name for name in (chart.highlight or told) if told.get(name)]
    quiet = [name for name, points in told.items() if points and name not in first]
    colours = {name: SERIES[n % len(SERIES)] for n, name in enumerate(first)}
    words = _end_words(chart, size, told, first, colours)
    right = max((width_of(line, 13) for label in words for line in label[1]), default=0) + 24
    sheet = Sheet.of(chart, size, left=_AXIS, right=min(right, 200), top=34, bottom=34)
    sheet.text(-_AXIS + 12, -20, chart.unit or chart.y.label, colour="var(--quiet)")
    x, y, axes = _scales(chart, sheet, told, size)
    step = step_of(chart)

    if chart.projection:
        _project(chart, sheet)
    if chart.target:
        _aim(chart, sheet, x, y)
    for path in chart.paths:
        look = {
            "stroke": "var(--red)",
            "strokeWidth": 1.75,
            "strokeDash": PATH_DASHES["dots" if path.compound else "dashes"],
        }
        rows = [{"x": at, "y": value, "p": path.label} for at, value in path.points]
        sheet.layers.append(_line_layer(rows, {**look, "opacity": 0.85}))
    _draw_lines(
        sheet, {name: told[name] for name in quiet}, step, {"stroke": "var(--others)", "strokeWidth": 1.25}
    )
    _breaks(sheet, {name: told[name] for name in first}, colours, x, y)
    for n, name in enumerate(first):
        look = {"stroke": colours[name], "strokeWidth": 2.5 if n == 0 else 2}
        _draw_lines(sheet, {name: told[name]}, step, look)
    for n, name in enumerate(first):
        _draw_points(sheet, told[name], colours[name], SHAPES[n], x, y, size)
    sheet.layers[:0] = [axes]
    _place_ends(sheet, words, x, y)
    return sheet


def _scales(
    chart: Chart, sheet: Sheet, told: dict[str, list[Point]], size: Size
) -> tuple[Scale, Scale, Json]:
    """Return both scales, and an invisible layer that carries them and the axes."""
    ats = [float(row["at"]) for row in chart.rows]  # type: ignore[arg-type]
    values = [point.value for points in told.values() for point in points]
    if chart.target:
        values.append(chart.target.value)
        ats += [chart.target.at] if chart.target.at is not None else []
    for path in chart.paths:
        ats += [at for at, _value in path.points]
        values += [value for _at, value in path.points]
    if chart.projection:
        ats.append(chart.projection.at)
        values += [chart.projection.value, chart.projection.low, chart.projection.high]
    marks = ticks(min(values), max(values), 5)
    step = step_of(chart)
    low, high = min(ats) - step * 0.35, max(ats) + step * 0.35
    x, y = Scale((low, high), (0, sheet.across)), Scale((marks[0], marks[-1]), (sheet.down, 0))
    labels = _period_labels(chart, ats, x)
    axes: Json = {
        "data": {"values": [{"x": low, "y": marks[0]}]},
        "mark": {"type": "point", "stroke": None, "fill": None},
        "encoding": {
            "x": {
                "field": "x",
                "type": "quantitative",
                "scale": {"domain": [low, high], "nice": False, "zero": False},
                "axis": {
                    "title": None,
                    "grid": False,
                    "values": list(labels),
                    "labelExpr": _looked_up(labels),
                    "tickSize": 4,
                    "labelOverlap": False,
                },
            },
            "y": {
                "field": "y",
                "type": "quantitative",
                "scale": {"domain": [marks[0], marks[-1]], "nice": False, "zero": False},
                "axis": {
                    "title": None,
                    "values": marks,
                    "format": f",.{decimals_of(marks)}f",
                    "domain": False,
                    "ticks": False,
                },
            },
        },
    }
    return x, y, axes


def _looked_up(labels: dict[float, str]) -> str:
    """Return the Vega expression that gives the label of a place on the axis."""
    return (
        "".join(
            f"abs(datum.value - {at!r}) < 0.001 ? '{words.translate(_QUOTED)}' : "
            for at, words in labels.items()
        )
        + "''"
    )


_QUOTED = {ord("'"): "\\'", ord("\\"): "\\\\"}


def _period_labels(chart: Chart, ats: Iterable[float], x: Scale) -> dict[float, str]:
    """Return which places get which words, so many as there is room for, the last among them."""
    names = {float(row["at"]): str(row[chart.x.field]) for row in chart.rows}  # type: ignore[arg-type]
    first, last, step = min(ats), max(ats), step_of(chart)
    if step < 1 and last - first > 2.5:  # quarters and months over years: the years
        places = {float(year): str(year) for year in range(-int(-first // 1), int(last) + 1)}
        step = 1.0
    else:
        count = round((last - first) / step)
        places = {round(last - n * step, 4): "" for n in range(count + 1)}
        named = {round(at, 4): words for at, words in names.items()}
        places = {at: named.get(at) or f"{at:g}" for at in places}
    widest = max((width_of(words) for words in places.values()), default=30) + 14
    room = abs(x(first + step) - x(first)) or 1
    every = next((n for n in (1, 2, 3, 4, 5, 10, 20, 50) if n * room >= widest), 100)
    chosen = sorted(places, reverse=True)[::every]
    return {at: places[at] for at in sorted(chosen)}


def _line_layer(rows: list[Json], look: Json) -> Json:
    return {
        "data": {"values": rows},
        "mark": {"type": "line", "strokeJoin": "round", "strokeCap": "butt", **look},
        "encoding": {
            "x": {"field": "x", "type": "quantitative"},
            "y": {"field": "y", "type": "quantitative"},
            "detail": {"field": "p", "type": "nominal"},
        },
    }


def _draw_lines(sheet: Sheet, told: dict[str, list[Point]], step: float, look: Json) -> None:
    rows = [
        {"x": point.at, "y": point.value, "p": f"{number}.{part}"}
        for number, points in enumerate(told.values())
        for part, segment in enumerate(segments(points, step))
        for point in segment
        if len(segment) > 1
    ]
    if rows:
        sheet.layers.append(_line_layer(rows, look))
    alone = [s[0] for points in told.values() for s in segments(points, step) if len(s) == 1]
    if alone:
        sheet.layers.append(
            {
                "data": {"values": [{"x": point.at, "y": point.value} for point in alone]},
                "mark": {"type": "point", "size": 9, "fill": look["stroke"], "stroke": None, "opacity": 1},
                "encoding": {
                    "x": {"field": "x", "type": "quantitative"},
                    "y": {"field": "y", "type": "quantitative"},
                },
            }
        )


def _draw_points(
    sheet: Sheet, points: list[Point], colour: str, shape: str, x: Scale, y: Scale, size: Size
) -> None:
    room = sheet.across / max(len(points), 1)
    area = (46 if size == "wide" else 30) if room > 12 else 14
    for n, point in enumerate(points):
        # Of many, only what is not firm and the last.
        if room <= 6 and not point.unsure and n < len(points) - 1:
            continue
        fill = "var(--paper)" if point.unsure else colour
        sheet.point(x(point.at), y(point.value), stroke=colour, fill=fill, shape=shape, size=area)


def _breaks(sheet: Sheet, told: dict[str, list[Point]], colours: dict[str, str], x: Scale, y: Scale) -> None:
    """Mark where lines are broken, and say below in which period, once for all lines."""
    periods: dict[float, tuple[float, str]] = {}
    for name, points in told.items():
        for gap in gaps(points):
            middle = (gap.before.at + gap.after.at) / 2
            level = (gap.before.value + gap.after.value) / 2
            sheet.point(x(middle), y(level), stroke=colours[name], shape=BREAK, size=4)
            periods[gap.after.at] = (x(middle), gap.after.label)
    taken: list[float] = []  # where the words of each line of labels end
    for place, label in sorted(periods.values()):
        words = _("break %(period)s") % {"period": label}
        half = width_of(words, 11) / 2
        middle = min(max(place, half), sheet.across - half)
        level = next((n for n, end in enumerate(taken) if middle - half > end + 6), len(taken))
        taken[level : level + 1] = [middle + half]
        bottom = sheet.down - 9 - level * 15
        sheet.rule((place, 0), (place, bottom - 9), colour="var(--line-strong)", dash=[1, 4])
        sheet.text(middle, bottom, words, colour="var(--quiet)", align="center", size=11)


def _project(chart: Chart, sheet: Sheet) -> None:
    ahead = chart.projection
    assert ahead is not None
    at, value = ahead.start
    encoding = {
        "x": {"field": "x", "type": "quantitative"},
        "y": {"field": "low", "type": "quantitative"},
        "y2": {"field": "high"},
    }
    rows = [{"x": at, "low": value, "high": value}, {"x": ahead.at, "low": ahead.low, "high": ahead.high}]
    sheet.layers.append(
        {"data": {"values": rows}, "mark": {"type": "area", "fill": "var(--band)"}, "encoding": encoding}
    )
    path = [{"x": at, "y": value, "p": "p"}, {"x": ahead.at, "y": ahead.value, "p": "p"}]
    sheet.layers.append(_line_layer(path, {"stroke": SERIES[0], "strokeWidth": 1.5, "strokeDash": [2, 3]}))


def _aim(chart: Chart, sheet: Sheet, x: Scale, y: Scale) -> None:
    assert chart.target is not None
    level = y(chart.target.value)
    sheet.rule((0, level), (sheet.across, level), colour="var(--red)", width=1.25, dash=[2, 3])
    if chart.target.at is not None:
        sheet.point(
            x(chart.target.at), level, stroke="var(--red)", fill="var(--red)", shape="diamond", size=80
        )


_End = tuple[float, list[str], str, float, str]  # value, words, colour, place of the point, weight


def _end_words(
    chart: Chart, size: Size, told: dict[str, list[Point]], first: list[str], colours: dict[str, str]
) -> list[_End]:
    """Return what stands at the right end of the lines: names with the newest number, the target, the projection."""
    room = 156 if size == "wide" else 84
    ends: list[_End] = []
    for n, name in enumerate(first):
        last = told[name][-1]
        words = (
            [*wrap(name, room, 13), number(last.value, chart.decimals)]
            if name
            else [number(last.value, chart.decimals)]
        )
        if len(words) == 2 and width_of(" ".join(words), 13) <= room:
            words = [" ".join(words)]
        ends.append(
            (last.value, words, colours[name], last.at, "bold" if n == 0 and len(first) > 1 else "normal")
        )
    if chart.projection:
        shown = number(chart.projection.value, chart.decimals)
        words = wrap(_("projected %(value)s") % {"value": shown}, room)
        ends.append((chart.projection.value, words, "var(--quiet)", chart.projection.at, "normal"))
    if chart.target:
        ends.append(
            (chart.target.value, wrap(chart.target.label, room), "var(--red)", float("inf"), "normal")
        )
    return ends


def _place_ends(sheet: Sheet, ends: list[_End], x: Scale, y: Scale) -> None:
    heights = [16.0 * len(words) + 2 for _value, words, *_rest in ends]
    places = spread([y(end[0]) for end in ends], heights, -14, sheet.down + 14)
    for (value, words, colour, at, weight), height, place in zip(ends, heights, places, strict=True):
        sheet.text(sheet.across + 10, place - height / 2 + 9, words, colour=colour, size=13, weight=weight)
        if at != float("inf") and sheet.across - x(at) > 26:
            # The newest point is far from its name: a hair leads there.
            sheet.rule(
                (x(at) + 6, y(value)), (sheet.across + 6, y(value)), colour=colour, width=0.6, dash=[1, 2]
            )
