"""Areas side by side: bars for one period, and a map."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from gilde.core import charts
from gilde.core.charts import Axis, Chart, Row, Shapes, Target
from gilde.indicators.comparison import Comparison, Reason, Side, compare
from gilde.indicators.figures import Figure, Line
from gilde.indicators.models import Indicator
from gilde.indicators.models.areas import Boundary
from gilde.indicators.pictures import telling
from gilde.indicators.pictures.common import names_of, note_of, title_of, value_of, words_for
from gilde.indicators.saying import amount
from gilde.indicators.standings import Stand
from gilde.indicators.words import flag_letters, flag_words


def compared_of(
    indicator: Indicator,
    compared: Comparison | Sequence[Line],
    *,
    stand: Stand | None = None,
    highlight: Collection[str] = (),
    as_of: date | None = None,
) -> Chart:
    """Return bars of areas in one period, best first, with the Union as a line; those without a rank come last.

    Areas that have no figure then are named in the note and have no bar.
    """
    found = compared if isinstance(compared, Comparison) else compare(indicator, compared)
    names = names_of([side.line for side in found.sides])
    shown = [side for side in found.ranked() if value_of(side.figure) is not None and side is not found.union]
    shown.sort(key=lambda side: (side.rank is None, side.rank or 0, -(value_of(side.figure) or 0)))
    ranking = any(side.rank is not None for side in shown)
    rows = [_row(side, names[side.line.series], ranking=ranking) for side in shown]
    without = [names[side.line.series] for side in found.sides if value_of(side.figure) is None]
    note = note_of(indicator, rows, lines=False)
    if without:
        note = f"{note} {_('No figure: %(areas)s.') % {'areas': ', '.join(without)}}".strip()
    return charts.compared(
        **words_for(indicator, [side.line for side in found.sides], as_of),
        title=f"{title_of(indicator, [side.line for side in found.sides])}, {found.period}".rstrip(", "),
        alt=telling.of_comparison(found, list(highlight)) if rows else _("There are no figures."),
        note=note,
        rows=rows,
        x=Axis("area", _("Area")),
        reference=_reference(found),
        target=_target(stand) if stand else None,
        highlight=tuple(names[side.line.series] for side in shown if side.area.code in highlight),
    )


def map_of(
    indicator: Indicator,
    lines: Sequence[Line],
    boundaries: Mapping[str, Any],
    *,
    period: str = "",
    highlight: Collection[str] = (),
    as_of: date | None = None,
) -> Chart:
    """Return a map of areas by their figure in a period, the newest one that most areas have where none is given.

    `boundaries` are GeoJSON geometries by code of area, parsed or as text, see `outlines_of`; areas without a figure
    are hatched. Lines without a boundary have their place in the table alone.
    """
    names = names_of(lines)
    period = period or compare(indicator, lines).period
    held = [(line, line.at(period)) for line in lines if line.area.code in boundaries]
    rows: list[Row] = [
        {"area": names[line.series], "value": value_of(figure), "code": line.area.code, **_flags(figure)}
        for line, figure in held
    ]
    told = [(value, line) for line, figure in held if (value := value_of(figure)) is not None]
    return charts.choropleth(
        **words_for(indicator, lines, as_of),
        title=f"{title_of(indicator, lines)}, {period}".rstrip(", "),
        alt=telling.of_map(indicator, told, period, len(boundaries) - len(told)),
        note=note_of(indicator, rows, lines=False),
        rows=rows,
        x=Axis("area", _("Area")),
        shapes=Shapes(boundaries),
        highlight=tuple(names[line.series] for line, _figure in held if line.area.code in highlight),
    )


def outlines_of(codes: Collection[str]) -> dict[str, str]:
    """Return the outlines of areas as GeoJSON text, those that are loaded. One query, and nothing is parsed."""
    found = Boundary.objects.filter(area__in=list(codes)).order_by("area")
    return dict(found.annotate(text=Cast("geometry", TextField())).values_list("area_id", "text"))


def _row(side: Side, name: str, *, ranking: bool) -> Row:
    # Where no direction is better nobody is ranked, and no bar is the odd one out.
    unranked = side.rank is None and (ranking or side.unranked not in (Reason.NO_DIRECTION, Reason.ALONE))
    return {"area": name, "value": value_of(side.figure), "unranked": unranked, **_flags(side.figure)}


def _flags(figure: Figure | None) -> dict[str, str]:
    letters = flag_letters(figure.flags) if figure else ""
    return {"mark": letters, "note": flag_words(letters)}


def _reference(found: Comparison) -> Target | None:
    figure = found.union.figure if found.union else None
    value = value_of(figure)
    if found.union is None or value is None:
        return None
    return Target(value, f"{found.union.area} {amount(value, found.indicator)}")


def _target(stand: Stand) -> Target:
    words = {"value": amount(stand.target.value, stand.indicator), "year": stand.target.year}
    return Target(stand.target.value, _("target: %(value)s in %(year)s") % words)
