"""Series over time: a trend with its target, small multiples, and a line for a table cell."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from gilde.core import charts, charts_small
from gilde.core.charts import SERIES_LIMIT, Axis, Chart, Path, Projection, Target
from gilde.core.charts_small import Spot
from gilde.indicators.figures import Line
from gilde.indicators.models import Area, Indicator
from gilde.indicators.periods import position
from gilde.indicators.pictures import telling
from gilde.indicators.pictures.common import names_of, note_of, rows_of, title_of, value_of, words_for
from gilde.indicators.saying import amount
from gilde.indicators.standings import Stand


def trend_of(
    indicator: Indicator,
    lines: Sequence[Line],
    *,
    stand: Stand | None = None,
    highlight: Collection[str] = (),
    compound: bool = False,
    as_of: date | None = None,
) -> Chart:
    """Return the chart of series of an indicator over time, interrupted where they are broken or missing.

    `highlight` are codes of areas to be seen first, at most six; without them all are, and of more than six the
    first. `stand` gives the target, and with a line among `lines` the required path (with `compound` also that of
    equal growth) and the projection; where nobody can tell, the target alone.
    """
    names = names_of(lines)
    seen = [line for line in lines if line.area.code in highlight] if highlight else list(lines)
    seen = _whose_first(seen, stand)[:SERIES_LIMIT]
    others = [line for line in lines if line not in seen]
    rows = rows_of([*seen, *others], names)
    told = [telling.of_line(line, names[line.series]) for line in seen]
    told += [telling.of_others(indicator, others)] if others else []
    told += [telling.of_stand(stand)] if stand else []
    return charts.trend(
        **words_for(indicator, lines, as_of),
        **(_aims(stand, lines, compound=compound) if stand else {}),
        title=title_of(indicator, lines),
        alt=" ".join(filter(None, told)) or _("There are no figures."),
        note=note_of(indicator, rows),
        rows=rows,
        x=Axis("period", _("Period")),
        series=Axis("area", _("Area")),
        highlight=tuple(names[line.series] for line in seen),
    )


def multiples_of(
    indicator: Indicator,
    lines: Sequence[Line],
    *,
    stand: Stand | None = None,
    highlight: Collection[str] = (),
    as_of: date | None = None,
) -> Chart:
    """Return small trends side by side on the same axes; the Union, where it is among the lines, stands in each."""
    names = names_of(lines)
    repeated = next((line for line in lines if line.area.kind == Area.Kind.UNION), None)
    own = [line for line in lines if line is not repeated]
    if not own:
        own, repeated = list(lines), None
    rows = rows_of([*own, *([repeated] if repeated else [])], names)
    return charts.multiples(
        **words_for(indicator, lines, as_of),
        title=title_of(indicator, lines),
        alt=telling.of_multiples(indicator, own, repeated),
        note=note_of(indicator, rows),
        rows=rows,
        x=Axis("period", _("Period")),
        series=Axis("area", _("Area")),
        repeated=names[repeated.series] if repeated else "",
        highlight=tuple(names[line.series] for line in own if line.area.code in highlight),
        target=_target(stand) if stand else None,
    )


def spark_of(line: Line, *, target: float | None = None) -> SafeString:
    """Return a series as a small line for a table cell, interrupted at breaks; empty without figures."""
    spots = [Spot(position(figure.period), value_of(figure), figure.is_break) for figure in line.figures]
    return charts_small.sparkline(spots, telling.of_line(line, str(line.area)), target=target)


def _whose_first(lines: list[Line], stand: Stand | None) -> list[Line]:
    """Return the lines with the one first that is judged: it is drawn foremost."""
    judged = stand.line.series if stand and stand.line else None
    return sorted(lines, key=lambda line: line.series != judged)


def _aims(stand: Stand, lines: Sequence[Line], *, compound: bool) -> dict[str, Any]:
    """Return target, paths and projection of the area that is judged."""
    judged = stand.judged
    aims: dict[str, Any] = {"target": _target(stand)}
    if stand.line is None or judged.doubts or stand.line.series not in {line.series for line in lines}:
        return aims
    paths = []
    if judged.linear:
        paths.append(Path(_("required path"), [(point.year, point.value) for point in judged.linear]))
    if compound and judged.compound:
        points = [(point.year, point.value) for point in judged.compound]
        paths.append(Path(_("required path, equal growth"), points, compound=True))
    aims["paths"] = tuple(paths)
    latest = judged.compared[-1] if judged.compared else judged.latest
    if (
        judged.projected is not None
        and judged.low is not None
        and judged.high is not None
        and latest is not None
        and latest.value is not None
        and position(latest.period) < judged.aim.year
    ):
        aims["projection"] = Projection(
            _("if the trend goes on, with interval"),
            (position(latest.period), latest.value),
            judged.aim.year,
            judged.projected,
            judged.low,
            judged.high,
        )
    return aims


def _target(stand: Stand) -> Target:
    words = {
        "value": amount(stand.target.value, stand.indicator),
        "year": stand.target.year,
        "area": stand.target.area,
    }
    label = (
        _("target of %(area)s: %(value)s in %(year)s")
        if stand.borrowed
        else _("target: %(value)s in %(year)s")
    ) % words
    return Target(stand.target.value, label, float(stand.target.year))
