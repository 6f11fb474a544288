"""How charts look: Vega-Lite specifications, made by altair."""

from __future__ import annotations

from datetime import date
from typing import Any

import altair as alt

from gilde.core.charts import Chart, Size

SERIES = [f"var(--c{number})" for number in range(1, 7)]
DASHES = [[1, 0], [6, 3], [2, 2], [8, 2, 2, 2], [4, 4], [1, 3]]
SHAPES = ["circle", "square", "diamond", "triangle-up", "cross", "triangle-down"]
WIDTH = {"wide": 520, "narrow": 260}
CATEGORY_WIDTH = {"wide": 440, "narrow": 170}


def specification(chart: Chart, size: Size) -> dict[str, Any]:
    """Return the Vega-Lite specification of a chart; its colours are variables of the style sheet."""
    plot: dict[str, Any] = _themed(_PLOTS[chart.kind](chart, size), size).to_dict()
    return plot


def _themed(plot: Any, size: Size) -> Any:
    return (
        plot.configure(aria=False, background="transparent", padding=8, font="sans-serif")
        .configure_view(stroke=None)
        .configure_axis(
            labelColor="var(--quiet)",
            titleColor="var(--quiet)",
            titleFontWeight="normal",
            labelFontSize=12,
            titleFontSize=12,
            gridColor="var(--line)",
            domainColor="var(--line)",
            tickColor="var(--line)",
            labelPadding=6,
            labelFlush=False,
            titlePadding=8,
        )
        .configure_legend(
            labelColor="var(--text)",
            labelFontSize=12,
            labelLimit=WIDTH[size],
            orient="top",
            title=None,
            columns=3 if size == "wide" else 1,
            symbolSize=80,
        )
        .configure_text(fontSize=12, color="var(--text)")
    )


def _data(chart: Chart) -> Any:
    names = {"x": chart.x.field, "y": chart.y.field}
    if chart.series:
        names["s"] = chart.series.field
    if chart.end:
        names["e"] = chart.end.field
    order = {name: number for number, name in enumerate(chart.series_names())}
    rows = [
        {short: _plain(row.get(name)) for short, name in names.items()}
        | ({"o": order[str(row[chart.series.field])]} if chart.series else {})
        for row in chart.rows
    ]
    return alt.Data(values=rows)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _series(chart: Chart, *, dash: bool = False, shape: bool = False) -> dict[str, Any]:
    names = chart.series_names()
    count = len(names)
    channels: dict[str, Any] = {
        "color": alt.Color("s:N", sort=None, scale=alt.Scale(domain=names, range=SERIES[:count]))
    }
    if dash:
        channels["strokeDash"] = alt.StrokeDash("s:N", scale=alt.Scale(domain=names, range=DASHES[:count]))
    if shape:
        channels["shape"] = alt.Shape("s:N", scale=alt.Scale(domain=names, range=SHAPES[:count]))
    return channels


def _category(size: Size) -> Any:
    limit = 240 if size == "wide" else 120
    axis = alt.Axis(labelLimit=limit, domain=False, ticks=False, labelColor="var(--text)")
    return alt.Y("x:N", sort=None, title=None, axis=axis)


def _amount(chart: Chart) -> str:
    return f"{chart.y.label}, {chart.unit}" if chart.unit else chart.y.label


def _bar(chart: Chart, size: Size) -> Any:
    base = alt.Chart(_data(chart)).transform_filter("isValid(datum.y)")
    amount = alt.X("y:Q", title=_amount(chart), axis=alt.Axis(tickCount=5, domain=False))
    bars = base.mark_bar(color=SERIES[0], height={"band": 0.62}).encode(x=amount, y=_category(size))
    words = base.mark_text(align="left", dx=5, fontSize=12).encode(
        x=amount, y=_category(size), text=alt.Text("y:Q", format=",")
    )
    layers = alt.layer(bars, words, *_target(chart, "x"))
    return layers.properties(width=CATEGORY_WIDTH[size], height=alt.Step(30))


def _stacked(chart: Chart, size: Size) -> Any:
    base = alt.Chart(_data(chart)).transform_filter("isValid(datum.y) && datum.y > 0")
    amount = alt.X("y:Q", stack="zero", title=_amount(chart), axis=alt.Axis(tickCount=5, domain=False))
    middle = alt.X("y:Q", stack="zero", bandPosition=0.5)
    order = alt.Order("o:Q")
    parts = base.mark_bar(stroke="var(--paper)", strokeWidth=1.5, height={"band": 0.75})
    numbers = base.mark_text(color="var(--paper)", fontSize=11)
    return alt.layer(
        parts.encode(x=amount, y=_category(size), order=order, **_series(chart)),
        numbers.encode(
            x=middle, y=_category(size), order=order, detail="s:N", text=alt.Text("y:Q", format=",")
        ),
    ).properties(width=CATEGORY_WIDTH[size], height=alt.Step(30))


def _line(chart: Chart, size: Size) -> Any:
    first = next((row[chart.x.field] for row in chart.rows if row.get(chart.x.field) is not None), None)
    if isinstance(first, date):
        x = alt.X("x:T", title=None)
    elif isinstance(first, int):
        x = alt.X(
            "x:Q",
            title=None,
            scale=alt.Scale(zero=False, nice=False),
            axis=alt.Axis(format="d", tickMinStep=1, tickCount=8 if size == "wide" else 4, grid=False),
        )
    else:
        x = alt.X("x:O", sort=None, title=None, axis=alt.Axis(labelAngle=0))
    y = alt.Y(
        "y:Q",
        title=_amount(chart),
        scale=alt.Scale(zero=False),
        axis=alt.Axis(tickCount=5, domain=False, ticks=False),
    )
    base = alt.Chart(_data(chart))
    look = _series(chart, dash=True) if chart.series else {"color": alt.value(SERIES[0])}
    marks = _series(chart, shape=True) if chart.series else {"color": alt.value(SERIES[0])}
    lines = base.mark_line(strokeWidth=2.25, invalid="break-paths-show-domains").encode(x=x, y=y, **look)
    points = base.transform_filter("isValid(datum.y)").mark_point(filled=True, size=45, opacity=1)
    layers = alt.layer(lines, points.encode(x=x, y=y, **marks), *_target(chart, "y"))
    return layers.properties(width=WIDTH[size], height=260 if size == "wide" else 220)


def _gantt(chart: Chart, size: Size) -> Any:
    look = _series(chart) if chart.series else {"color": alt.value(SERIES[0])}
    return (
        alt.Chart(_data(chart))
        .transform_filter("isValid(datum.y) && isValid(datum.e)")
        .mark_bar(height={"band": 0.55})
        .encode(
            x=alt.X("y:T", title=None, axis=alt.Axis(orient="top", tickCount=8 if size == "wide" else 4)),
            x2="e:T",
            y=_category(size),
            **look,
        )
        .properties(width=CATEGORY_WIDTH[size], height=alt.Step(30))
    )


def _target(chart: Chart, channel: str) -> list[Any]:
    if chart.target is None:
        return []
    rows = alt.Data(values=[{"t": chart.target.value, "words": chart.target.label}])
    rule = alt.Chart(rows).mark_rule(color="var(--red)", strokeWidth=1.5, strokeDash=[5, 4])
    words = alt.Chart(rows).mark_text(color="var(--red)", align="left", dx=4, dy=-7, fontSize=12)
    if channel == "y":
        return [rule.encode(y="t:Q"), words.encode(y="t:Q", x=alt.value(0), text="words:N")]
    return [rule.encode(x="t:Q"), words.encode(x="t:Q", y=alt.value(0), text="words:N")]


_PLOTS = {"bar": _bar, "stacked": _stacked, "line": _line, "gantt": _gantt}
