"""Areas side by side: one indicator, ranked only where its figures can be compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gilde.core import downloads
from gilde.core.chart_tables import number
from gilde.indicators import comparison, figures
from gilde.indicators.access import visible_indicators
from gilde.indicators.comparison import Comparison, Reason, Side
from gilde.indicators.figures import Line
from gilde.indicators.models import Area, Indicator
from gilde.indicators.pictures import compared_of, map_of, multiples_of, outlines_of
from gilde.indicators.views.answers import conditional, kept, name_of
from gilde.indicators.views.common import (
    Option,
    as_day,
    breakdowns_of,
    chosen_areas,
    home_areas,
    key_words,
    newest_release,
    state_of,
    with_state,
)
from gilde.indicators.views.tables import figure_words

MOST: Final = 40  # areas side by side
_UNDER_IT_ALL: Final = 12  # with at most so many areas all are compared where none is chosen


@login_not_required
@require_safe
def page(request: HttpRequest) -> HttpResponseBase:
    """Compare areas by an indicator; without one let the reader choose it."""
    asked = _Asked.of(request)
    if not asked.indicator:
        return render(request, "indicators/compare.html", _choosing(request))
    seen = with_state(visible_indicators(request.user)).select_related("owner", "body")
    indicator: Any = seen.filter(code=asked.indicator).first()
    if indicator is None:
        raise Http404
    if asked.format in downloads.WRITERS:
        return _file(asked.format, _compared(indicator, asked)[0])
    name = name_of("compare", state_of(indicator), asked)

    def make() -> HttpResponseBase:
        body = kept(name, lambda: render_to_string("indicators/_compare.html", _body(indicator, asked)))
        crumbs = [
            (_("Indicators"), reverse("indicators:list")),
            (str(indicator.name), reverse("indicators:indicator", args=[indicator.code])),
        ]
        context = {"title": _("Areas compared"), "crumbs": crumbs, "indicator": indicator, "body": body}
        return render(request, "indicators/compare.html", context)

    return conditional(request, name, make)


@dataclass(frozen=True)
class _Asked:
    """What the address asks for."""

    indicator: str
    areas: tuple[str, ...]
    key: str
    base: str
    period: str
    format: str

    @classmethod
    def of(cls, request: HttpRequest) -> _Asked:
        given = {name: request.GET.get(name, "").replace("\x00", "")[:300] for name in _NAMES}
        areas = tuple(dict.fromkeys(code[:20] for code in request.GET.getlist("area") if code))[:MOST]
        return cls(given["indicator"], areas, given["key"], given["base"], given["period"], given["format"])

    def query(self, **more: str) -> str:
        pairs = [("indicator", self.indicator), *(("area", code) for code in self.areas)]
        pairs += [(name, getattr(self, name)) for name in ("key", "base", "period") if getattr(self, name)]
        return "?" + urlencode([*pairs, *more.items()])


_NAMES: Final = ("indicator", "key", "base", "period", "format")


def _choosing(request: HttpRequest) -> dict[str, Any]:
    seen = visible_indicators(request.user).exclude(series=None).distinct()
    choices = [(each.code, each.name) for each in sorted(seen, key=str)]
    return {
        "title": _("Compare areas"),
        "crumbs": [(_("Indicators"), reverse("indicators:list"))],
        "choices": choices,
    }


def _compared(indicator: Indicator, asked: _Asked) -> tuple[Comparison, list[Line]]:
    """Return the comparison, and every series that could be in it; two queries."""
    every = figures.lines(indicator, keys=[asked.key])
    held = {line.area.code: line for line in every}
    if asked.areas or len(held) > _UNDER_IT_ALL:
        chosen = chosen_areas(asked.areas, held, most=MOST) if asked.areas else _countries(held)
    else:
        chosen = list(held)
    told = [line for line in every if line.area.code in set(chosen)]
    return comparison.compare(indicator, told, base=asked.base, period=asked.period), every


def _countries(held: dict[str, Line]) -> list[str]:
    """Return what to compare where nobody has chosen: countries and the Union, and where the readers are at home."""
    at_home = set(home_areas())
    wide = {Area.Kind.COUNTRY, Area.Kind.UNION}
    chosen = [code for code, line in held.items() if line.area.kind in wide or code in at_home]
    return (chosen or list(held))[:MOST]


def _body(indicator: Any, asked: _Asked) -> dict[str, Any]:
    compared, every = _compared(indicator, asked)
    shown = {side.area.code for side in compared.sides}
    periods = list(compared.periods)[::-1]
    release = newest_release(indicator)
    sides = [side.line for side in compared.sides]
    at_home, as_of = home_areas(), None if release is None else as_day(release.retrieved_at)
    outlines = outlines_of(list(shown))
    return {
        "indicator": indicator,
        "asked": asked,
        "key_words": key_words(indicator, asked.key),
        "compared": compared,
        "rows": [_row(side, compared) for side in compared.ranked()],
        "best": [(side.area.name, _figure(side)) for side in compared.best],
        "union": (compared.union.area.name, _figure(compared.union)) if compared.union is not None else None,
        "bars": compared_of(indicator, compared, highlight=at_home, as_of=as_of) if compared.period else None,
        "multiples": multiples_of(indicator, sides, highlight=at_home, as_of=as_of)
        if sum(side is not compared.union for side in compared.sides) > 1
        else None,
        "map": map_of(indicator, sides, outlines, period=compared.period, highlight=at_home, as_of=as_of)
        if len(outlines) > 1 and compared.period
        else None,
        "change_unit": _("percentage points") if indicator.unit == "PC" else indicator.unit_label,
        "areas": [Option(line.area.code, line.area.name, line.area.code in shown) for line in every],
        "keys": breakdowns_of(indicator, asked.key),
        "periods": [Option(period, period, period == compared.period) for period in periods],
        "bases": [
            Option(period, period, period == compared.base) for period in periods if period < compared.period
        ],
        "csv": asked.query(format="csv"),
        "json": asked.query(format="json"),
        "most": MOST,
    }


@dataclass(frozen=True)
class Row:
    """An area in the table of a comparison."""

    area: object
    url: str
    figure: object
    rank: object
    change: object
    apart: object
    first: bool


def _row(side: Side, compared: Comparison) -> Row:
    indicator = compared.indicator
    return Row(
        side.area.name,
        reverse("indicators:area", args=[side.area.code]),
        _figure(side),
        _rank(side),
        _signed(side.change, indicator)
        if side.change is not None
        else _quiet(_reason(side.unchanged, side, compared)),
        _signed(side.apart, indicator) if side.apart is not None else "",
        side.rank == 1,
    )


def _figure(side: Side) -> SafeString:
    indicator = side.line.indicator
    return figure_words(side.figure, indicator.decimals, str(indicator.unit_label))


def _rank(side: Side) -> object:
    if side.rank is not None:
        return _("%(rank)s of %(peers)s") % {"rank": side.rank, "peers": side.peers}
    return _quiet(_reason(side.unranked, side, None)) if side.unranked is not None else ""


def _signed(value: float, indicator: Indicator) -> str:
    """Return a change as a number with its sign; the head of the column says the unit."""
    rounded = round(value, indicator.decimals)
    return ("+" if rounded > 0 else "") + number(rounded or 0.0, indicator.decimals)


def _quiet(words: str) -> SafeString:
    return format_html('<span class="quiet-text">{}</span>', words)


def _reason(reason: Reason | None, side: Side, compared: Comparison | None) -> str:
    """Return in words why there is no rank, or no change."""
    match reason:
        case Reason.NO_FIGURE:
            last = side.line.last
            if last is None:
                return _("no figure")
            return _("no figure, the latest is of %(period)s") % {"period": last.period}
        case Reason.UNRELIABLE:
            return _("not ranked: unreliable")
        case Reason.OTHER_DEFINITION:
            return _("not ranked: another definition")
        case Reason.NOT_SIGNIFICANT:
            return _("not ranked: not significant")
        case Reason.FORECAST:
            return _("not ranked: a forecast")
        case Reason.NO_DIRECTION:
            return _("not ranked: neither is better")
        case Reason.ALONE:
            return _("nobody to be ranked with")
        case Reason.NO_BASE:
            return _("no figure of %(period)s") % {
                "period": compared.base if compared and compared.base else "–"
            }
        case Reason.BREAK:
            return _("cannot tell: break in %(period)s") % {"period": side.broken_in}
    return ""


def _file(wanted: str, compared: Comparison) -> HttpResponseBase:
    """Return the table as a file: values in full, reasons as codes."""

    def rows() -> Iterator[dict[str, object]]:
        for side in compared.ranked():
            yield {
                "area": side.area.code,
                "name": str(side.area.name),
                "period": compared.period,
                "value": side.figure.value if side.figure else None,
                "flags": side.figure.flags if side.figure else "",
                "rank": side.rank,
                "peers": side.peers or None,
                "unranked": str(side.unranked or ""),
                "base": compared.base,
                "base_value": side.base.value if side.base else None,
                "change": side.change,
                "no_change_because": str(side.unchanged or ""),
                "apart_from_union": side.apart,
            }

    names = ["area", "name", "period", "value", "flags", "rank", "peers", "unranked"]
    names += ["base", "base_value", "change", "no_change_because", "apart_from_union"]
    columns = [(name, lambda row, name=name: row[name]) for name in names]
    return downloads.respond(wanted, f"{compared.indicator.code}-compared", columns, rows())
