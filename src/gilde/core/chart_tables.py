"""The table of the same numbers beside a chart. Made in Python: a trend of forty areas has a thousand cells."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.utils.formats import get_format
from django.utils.html import conditional_escape, escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from gilde.core.components import day, nothing

if TYPE_CHECKING:
    from gilde.core.charts import Chart

_MOST_COLUMNS = 8


def numbers(chart: Chart) -> SafeString:
    """Return `<thead>` and `<tbody>`: a row for each row of the chart, or a grid of periods and series."""
    if chart.kind in ("trend", "multiples") and chart.series:
        return _grid(chart)
    return _list(chart)


def number(value: float, decimals: int | None = None) -> str:
    """Return a number as the reader writes it; without `decimals` with as many as it has, at most four.

    A whole number is often a year: without decimals it has no thousands separator below ten thousand.
    """
    return _number(value, decimals, get_language() or "en")


@lru_cache(maxsize=8192, typed=True)
def _number(value: float, decimals: int | None, language: str) -> str:
    if decimals is not None:
        words = f"{value:,.{decimals}f}"
    elif isinstance(value, int):
        words = f"{value:,d}" if abs(value) >= 10_000 else str(value)
    else:
        words = f"{round(value, 4):,.4f}".rstrip("0").rstrip(".")
    return words.translate(_signs(language))


@lru_cache(maxsize=64)
def _signs(language: str) -> dict[int, str]:
    point, comma = get_format("DECIMAL_SEPARATOR", language), get_format("THOUSAND_SEPARATOR", language)
    return {ord("."): point, ord(","): comma, ord("-"): "\N{MINUS SIGN}"}


def marked(value: SafeString | str, mark: object, note: object) -> SafeString:
    """Return a number with the letters that qualify it: what they mean is in a title and for a screen reader."""
    return format_html("{}{}", value, _flag(mark, note)) if mark else conditional_escape(value)


def _flag(mark: object, note: object) -> SafeString:
    return format_html(
        ' <abbr class="flag" title="{0}"><span aria-hidden="true">{1}</span>'
        '<span class="visually-hidden">({0})</span></abbr>',
        note or mark,
        mark,
    )


def _list(chart: Chart) -> SafeString:
    shown = [axis for axis in chart.fields if axis not in chart.extra]
    unit = f" ({chart.unit})" if chart.unit else ""
    head = format_html_join(
        "", '<th scope="col">{}{}</th>', ((axis.label, unit if axis == chart.y else "") for axis in shown)
    )
    lines = []
    for row in chart.rows:
        cells = [_cell(chart, row) if axis == chart.y else written(row.get(axis.field)) for axis in shown]
        lines.append(
            f'<tr><th scope="row">{conditional_escape(cells[0])}</th>'
            + "".join(f"<td>{conditional_escape(cell)}</td>" for cell in cells[1:])
            + "</tr>"
        )
    return format_html("<thead><tr>{}</tr></thead><tbody>{}</tbody>", head, mark_safe("".join(lines)))


def _grid(chart: Chart) -> SafeString:
    """Periods down and series across, or the other way round when there are many series."""
    assert chart.series is not None
    language, series, value = get_language() or "en", chart.series.field, chart.y.field
    flags: dict[tuple[object, object], str] = {}
    cells: dict[tuple[object, object], str] = {}
    for row in chart.rows:
        figure, mark = row[value], row.get("mark")
        if not isinstance(figure, int | float):
            continue
        words = _number(figure, chart.decimals, language)
        if mark:
            note = row.get("note")
            if (mark, note) not in flags:
                flags[mark, note] = str(_flag(mark, note))
            words += flags[mark, note]
        cells[str(row[series]), row["at"]] = f'<td class="number">{words}</td>'
    for row in chart.rows:  # no number, but a reason why
        if (mark := row.get("mark")) and (key := (str(row[series]), row["at"])) not in cells:
            cells[key] = f'<td class="number">{nothing()}{_flag(mark, row.get("note"))}</td>'

    down: list[tuple[Any, str]] = sorted({row["at"]: str(row[chart.x.field]) for row in chart.rows}.items())
    across: list[tuple[Any, str]] = [(name, name) for name in chart.series_names()]
    corner, turned = chart.x.label, len(across) > _MOST_COLUMNS
    if turned:
        down, across, corner = across, down, chart.series.label
    empty = f'<td class="number">{nothing()}</td>'
    head = f'<th scope="col">{escape(corner)}</th>' + "".join(
        f'<th scope="col" class="number">{escape(words)}</th>' for _key, words in across
    )
    lines = []
    for key, words in down:
        told = [cells.get((key, other) if turned else (other, key), empty) for other, _words in across]
        lines.append(f'<tr><th scope="row">{escape(words)}</th>{"".join(told)}</tr>')
    return SafeString(f"<thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody>")


def _cell(chart: Chart, row: Mapping[str, Any]) -> SafeString:
    shown = written(row.get(chart.y.field), chart.decimals)
    return marked(shown, row.get("mark"), row.get("note"))


def written(value: object, decimals: int | None = None) -> SafeString | str:
    """Return a value of a row for the reader."""
    if value is None:
        return nothing()
    if isinstance(value, date):
        return day(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number(value, decimals)
    return str(value)
