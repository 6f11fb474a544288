"""How charts look: Vega-Lite specifications. Bars, stacked bars, lines and bars over time stand here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from gilde.core.chart_marks import Json, Sheet
from gilde.core.chart_scales import cut, width_of
from gilde.core.chart_sizes import BAR, DASHES, SERIES, SHAPES, rows_of
from gilde.core.chart_tables import number
from gilde.core.charts import Chart, Size

_LONGEST = {"wide": 240, "narrow": 130}  # pixels of the words beside a bar


def specification(chart: Chart, size: Size) -> Json:
    """Return the Vega-Lite specification of a chart; its colours are variables of the style of the drawing."""
    from gilde.core import chart_areas, chart_multiples, chart_trends

    plots: dict[str, Callable[[Chart, Size], Sheet]] = {
        "bar": _bar,
        "stacked": _stacked,
        "line": _line,
        "gantt": _gantt,
        "trend": chart_trends.trend,
        "multiples": chart_multiples.multiples,
        "compared": chart_areas.compared,
        "map": chart_areas.choropleth,
    }
    return plots[chart.kind](chart, size).specification()


def amount(chart: Chart) -> str:
    """Return what the numbers are, with their unit."""
    return f"{chart.y.label}, {chart.unit}" if chart.unit else chart.y.label


def _data(chart: Chart) -> Json:
    names = {"x": chart.x.field, "y": chart.y.field}
    if chart.series:
        names["s"] = chart.series.field
    if chart.end:
        names["e"] = chart.end.field
    order = {name: n for n, name in enumerate(chart.series_names())}
    rows = [
        {short: _plain(row.get(name)) for short, name in names.items()}
        | ({"o": order[str(row[chart.series.field])]} if chart.series else {})
        for row in chart.rows
    ]
    return {"values": rows}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _series(chart: Chart, channel: str, values: list[Any]) -> Json:
    names = chart.series_names()
    if not names:
        return {}
    scale = {"domain": names, "range": values[: len(names)]}
    return {channel: {"field": "s", "type": "nominal", "scale": scale, "legend": None}}


def _labels(chart: Chart, size: Size) -> dict[str, str]:
    names = dict.fromkeys(str(row.get(chart.x.field)) for row in chart.rows)
    return {name: cut(name, _LONGEST[size]) for name in names}


def _bars(chart: Chart, size: Size, **margins: float) -> tuple[Sheet, Json]:
    """Return the sheet of horizontal bars and the channel of its categories, in the order of the rows."""
    labels = _labels(chart, size)
    left = max((width_of(words) for words in labels.values()), default=0) + 20
    sheet = Sheet.of(chart, size, left=left, **{"top": 6, "bottom": 50, **margins})
    for n, words in enumerate(labels.values()):
        sheet.text(-10, (n + 0.5) * sheet.down / rows_of(chart), words, align="right")
    return sheet, {"field": "x", "type": "nominal", "sort": None, "axis": None, "scale": {"padding": 0}}


def _amount_axis(chart: Chart, size: Size) -> Json:
    return {"title": amount(chart), "tickCount": 5 if size == "wide" else 3, "domain": False, "ticks": False}


def _bar(chart: Chart, size: Size) -> Sheet:
    sheet, category = _bars(chart, size, top=24 if chart.target else 6, right=56)
    scale = {"nice": True, "zero": True}
    values = {"field": "y", "type": "quantitative", "axis": _amount_axis(chart, size), "scale": scale}
    data, valid = _data(chart), [{"filter": "isValid(datum.y)"}]
    for row in data["values"]:
        row["w"] = "" if row["y"] is None else number(row["y"], chart.decimals)
    sheet.layers += [
        {
            "data": data,
            "transform": valid,
            "mark": {"type": "bar", "fill": SERIES[0], "height": BAR * 0.6},
            "encoding": {"x": values, "y": category},
        },
        {
            "data": data,
            "transform": valid,
            "mark": {"type": "text", "align": "left", "baseline": "middle", "dx": 6, "fill": "var(--text)"}
            | {"fontSize": 12},
            "encoding": {"x": values, "y": category, "text": {"field": "w"}},
        },
    ]
    if chart.target:
        sheet.layers += _target(chart, "x")
    return sheet


def _stacked(chart: Chart, size: Size) -> Sheet:
    sheet, category = _bars(chart, size, right=24)
    order = {"field": "o", "type": "quantitative"}
    values = {"field": "y", "type": "quantitative", "stack": "zero", "axis": _amount_axis(chart, size)}
    data, valid = _data(chart), [{"filter": "isValid(datum.y) && datum.y > 0"}]
    shares = _shares(chart)
    for row in data["values"]:
        # A number that does not fit into its part is left to the table.
        words = "" if row["y"] is None else number(row["y"], chart.decimals)
        fits = row["y"] is not None and row["y"] * shares * sheet.across > width_of(words, 11) + 4
        row["w"] = words if fits else ""
    sheet.layers += [
        {
            "data": data,
            "transform": valid,
            "mark": {"type": "bar", "stroke": "var(--paper)", "strokeWidth": 1.5, "height": BAR * 0.7},
            "encoding": {"x": values, "y": category, "order": order, **_series(chart, "fill", SERIES)},
        },
        {
            "data": data,
            "transform": valid,
            "mark": {"type": "text", "fill": "var(--paper)", "fontSize": 11, "baseline": "middle"},
            "encoding": {
                "x": {**values, "bandPosition": 0.5},
                "y": category,
                "order": order,
                "detail": {"field": "s", "type": "nominal"},
                "text": {"field": "w"},
            },
        },
    ]
    return sheet


def _shares(chart: Chart) -> float:
    """Return what one unit is of the longest bar."""
    totals: dict[object, float] = {}
    for row in chart.rows:
        value = row.get(chart.y.field)
        if isinstance(value, int | float):
            totals[row.get(chart.x.field)] = totals.get(row.get(chart.x.field), 0) + value
    return 1 / (max(totals.values(), default=0) * 1.1 or 1)


def _line(chart: Chart, size: Size) -> Sheet:
    sheet = Sheet.of(chart, size, left=48, right=20, top=30, bottom=32)
    sheet.text(-40, -16, amount(chart), colour="var(--quiet)")
    first = next((row[chart.x.field] for row in chart.rows if row.get(chart.x.field) is not None), None)
    x: Json = {"field": "x", "axis": {"title": None, "grid": False, "tickCount": 8 if size == "wide" else 4}}
    if isinstance(first, date):
        x["type"] = "temporal"
    elif isinstance(first, int):
        years = sorted({int(row["x"]) for row in _data(chart)["values"] if row["x"] is not None})
        x |= {"type": "quantitative", "scale": {"zero": False, "nice": False, "padding": 10}}
        x["axis"] |= {"format": "d", "values": _every(years, 10 if size == "wide" else 5)}
    else:
        x |= {"type": "ordinal", "sort": None}
        x["axis"] |= {"labelAngle": 0}
    axis = {"title": None, "tickCount": 5, "domain": False, "ticks": False}
    y = {"field": "y", "type": "quantitative", "scale": {"zero": False, "nice": True}, "axis": axis}
    colour = _series(chart, "stroke", SERIES)
    dash, shape = _series(chart, "strokeDash", DASHES), _series(chart, "shape", SHAPES)
    fill = _series(chart, "fill", SERIES)
    sheet.layers += [
        {
            "data": _data(chart),
            "mark": {"type": "line", "stroke": SERIES[0], "strokeWidth": 2.25}
            | {"invalid": "break-paths-show-domains"},
            "encoding": {"x": x, "y": y, **colour, **dash},
        },
        {
            "data": _data(chart),
            "transform": [{"filter": "isValid(datum.y)"}],
            "mark": {"type": "point", "fill": SERIES[0], "stroke": None, "size": 45, "opacity": 1},
            "encoding": {"x": x, "y": y, **fill, **shape},
        },
    ]
    if chart.target:
        sheet.layers += _target(chart, "y")
    return sheet


def _every(years: list[int], most: int) -> list[int]:
    """Return at most so many years, equally far apart, the last among them."""
    if not years:
        return []
    step = max(1, -(-(years[-1] - years[0] + 1) // most))
    return sorted(range(years[-1], years[0] - 1, -step))


def _gantt(chart: Chart, size: Size) -> Sheet:
    sheet, category = _bars(chart, size, top=28, bottom=8, right=20)
    axis = {
        "title": None,
        "orient": "top",
        "tickCount": 8 if size == "wide" else 4,
        "domain": False,
        "ticks": False,
    }
    sheet.layers.append(
        {
            "data": _data(chart),
            "transform": [{"filter": "isValid(datum.y) && isValid(datum.e)"}],
            "mark": {"type": "bar", "fill": SERIES[0], "height": BAR * 0.5},
            "encoding": {
                "x": {"field": "y", "type": "temporal", "axis": axis},
                "x2": {"field": "e"},
                "y": category,
                **_series(chart, "fill", SERIES),
            },
        }
    )
    return sheet


def _target(chart: Chart, channel: str) -> list[Json]:
    assert chart.target is not None
    data = {"values": [{"t": chart.target.value, "w": chart.target.label}]}
    place = {channel: {"field": "t", "type": "quantitative"}}
    other = "x" if channel == "y" else "y"
    there = {"value": "width"} if channel == "y" else {"value": -10}
    words = {
        "type": "text",
        "fill": "var(--red)",
        "align": "right" if channel == "y" else "center",
        "fontSize": 12,
    }
    return [
        {"data": data, "mark": {"type": "rule", "stroke": "var(--red)"} | _RED, "encoding": place},
        {
            "data": data,
            "mark": {**words, "baseline": "middle", "dy": -9 if channel == "y" else 0},
            "encoding": {**place, other: there, "text": {"field": "w"}},
        },
    ]


_RED: Json = {"strokeWidth": 1.5, "strokeDash": [5, 4]}
