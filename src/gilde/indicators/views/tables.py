"""Tables of figures, written in Python: a table of 40 areas and 30 years costs no template per cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from gilde.core.chart_tables import marked, number
from gilde.core.components import link
from gilde.indicators.figures import Figure, Line, periods_of
from gilde.indicators.models import Indicator
from gilde.indicators.saying import difference
from gilde.indicators.words import FLAGS, flag_letters, flag_words

MOST_PERIODS: Final = 60  # more than these stand on the page of all figures
NO_VALUE: Final = ":"  # as Eurostat writes what is missing


@dataclass(frozen=True)
class Latest:
    """The newest figure of a series, in words, with the change since the one before where it can be told."""

    area: str
    area_url: str
    figure: SafeString
    period: str
    flags: str
    change: str


@dataclass(frozen=True)
class FiguresTable:
    """Areas in rows, periods in columns, the newest first; `older` periods are left out."""

    heads: SafeString
    rows: SafeString
    flags: list[tuple[str, Any]]
    older: int
    breaks: bool

    def __bool__(self) -> bool:
        return bool(self.rows)


def figure_cell(figure: Figure, decimals: int) -> str:
    """Return the `<td>` of a figure: value and flags."""
    value = NO_VALUE if figure.value is None else number(figure.value, decimals)
    flags = flag_letters(figure.flags)
    mark = f"<sup>{escape(flags)}</sup>" if flags else ""
    return f'<td class="break">{value}{mark}</td>' if figure.is_break else f"<td>{value}{mark}</td>"


def figures_table(told: Sequence[Line], decimals: int, area_url: Callable[[str], str]) -> FiguresTable:
    """Return the table of series of one breakdown."""
    every = periods_of(told)
    periods = every[-MOST_PERIODS:][::-1]
    rows: list[str] = []
    # Equal figures make equal cells, and of a thousand figures many are equal.
    made: dict[tuple[float | None, str], str] = {}
    for line in told:
        held: dict[str, str] = {}
        for figure in line.figures:
            look = (figure.value, figure.flags)
            cell = made.get(look)
            if cell is None:
                cell = made[look] = figure_cell(figure, decimals)
            held[figure.period] = cell
        cells = "".join([held.get(period, "<td></td>") for period in periods])
        name = conditional_escape(str(line.area.name))
        rows.append(
            f'<tr><th scope="row"><a href="{escape(area_url(line.area.code))}">{name}</a></th>{cells}</tr>'
        )
    heads = "".join([f'<th scope="col">{escape(period_words(period))}</th>' for period in periods])
    flags = {flag for _value, told_flags in made for flag in told_flags}
    # Every part was escaped above; joining thousands of cells by format_html would take as long as all else.
    return FiguresTable(
        SafeString(heads),
        SafeString("\n".join(rows)),
        [(flag, words) for flag, words in FLAGS.items() if flag in flags],
        len(every) - len(periods),
        "b" in flags,
    )


def area_cell(row: Mapping[str, Any]) -> SafeString:
    """Return the area of a row of observations, as a link to its dashboard."""
    return link(reverse("indicators:area", args=[row["series__area"]]), row["series__area__name"])


def period_words(period: str) -> str:
    """Return a period for a narrow column: a school year as 2024/25."""
    return f"{period[:4]}/{period[7:]}" if len(period) == 9 else period


def figure_words(figure: Figure | None, decimals: int, unit: str = "") -> SafeString:
    """Return a figure to stand in a text or cell: value, unit, flags with their words."""
    if figure is None or figure.value is None:
        return format_html('<span class="quiet-text">{}</span>', _("no figure"))
    gap = "\N{NO-BREAK SPACE}" if unit else ""
    shown = format_html('<span class="value">{}{}{}</span>', number(figure.value, decimals), gap, unit)
    return marked_figure(shown, figure.flags)


def marked_figure(shown: SafeString | str, flags: str) -> SafeString:
    """Return a number with its flags, each with its words for who points at it and for who cannot see."""
    letters = flag_letters(flags)
    return marked(shown, letters, flag_words(letters))


def latest_of(line: Line, indicator: Indicator) -> Latest:
    """Return the newest figure of a series that has a value."""
    figure = line.last
    return Latest(
        str(line.area.name),
        reverse("indicators:area", args=[line.area.code]),
        figure_words(figure, indicator.decimals, str(indicator.unit_label)),
        figure.period if figure is not None else "",
        flag_words(flag_letters(figure.flags)) if figure is not None else "",
        change_of(line, indicator),
    )


def change_of(line: Line, indicator: Indicator) -> str:
    """Return the change of the newest figure since the one before it: "" without one, or across a break."""
    told = [figure for figure in line.figures if figure.value is not None]
    if len(told) < 2:
        return ""
    before, last = told[-2:]
    assert before.value is not None
    assert last.value is not None
    if any(each.is_break for each in line.figures if before.period < each.period <= last.period):
        return _("not comparable with %(period)s") % {"period": before.period}
    change = difference(last.value - before.value, indicator, signed=True)
    return _("%(change)s since %(period)s") % {"change": change, "period": before.period}
