"""The figure of a whole from the figures of its parts, only where the arithmetic is right.

Numbers are added where the indicator says so; rates are recomputed from numerators and denominators and never
averaged. Who wants an average all the same says so, and gets it marked as an estimate.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext as _

from gilde.core.errors import Invalid
from gilde.indicators.figures import CONFIDENTIAL, MISSING, Figure, Line
from gilde.indicators.models import Indicator
from gilde.indicators.saying import listed

ESTIMATED: Final = "e"
_PERCENT: Final = "PC"


class Way(StrEnum):
    """How a whole was made of its parts."""

    SUM = "sum"
    RATIO = "ratio"
    WEIGHTED_MEAN = "weighted-mean"
    MEAN = "mean"


@dataclass(frozen=True)
class Whole:
    """The figure of a whole; `note` says what to know about it, "" where it is exact."""

    figure: Figure
    way: Way
    note: str = ""

    @property
    def is_approximate(self) -> bool:
        """Return whether it is an average, which is not what the whole would have measured."""
        return self.way in (Way.WEIGHTED_MEAN, Way.MEAN)


def aggregate(parts: Sequence[Line], period: str, *, approximate: bool = False) -> Whole:
    """Return the figure of the whole in a period, in the unit of the indicator, with the flags of its parts.

    By the aggregation of the indicator: the sum of the values, or the sum of numerators by that of denominators
    (times 100 for percent). With `approximate` also a mean where neither can be had, weighted by the denominators
    where all are known, with the flag “e”. Raises Invalid where the arithmetic would be wrong, where a part is
    missing, and for parts that overlap or are not of one indicator and breakdown.
    """
    indicator = _indicator_of(parts)
    figures = _figures_of(parts, period)
    if indicator.aggregation == Indicator.Aggregation.SUM:
        value = math.fsum(figure.value for figure in figures if figure.value is not None)
        return Whole(_whole(figures, period, value), Way.SUM)
    if indicator.aggregation == Indicator.Aggregation.RATIO and (whole := _ratio(indicator, figures, period)):
        return Whole(whole, Way.RATIO)
    if not approximate:
        raise Invalid(_why_not(indicator, parts, figures))
    return _mean(figures, period)


def _indicator_of(parts: Sequence[Line]) -> Indicator:
    if not parts:
        raise Invalid(_("There are no parts to make a whole of."))
    if len({line.indicator.pk for line in parts}) > 1 or len({line.key for line in parts}) > 1:
        raise Invalid(_("Parts of a whole are figures of one indicator and one breakdown."))
    codes = [line.area.pk for line in parts]
    if len(set(codes)) < len(codes) or any(line.area.parent_id in set(codes) for line in parts):
        raise Invalid(_("Parts of a whole do not overlap: leave out areas that are part of another one."))
    indicator: Indicator = parts[0].indicator
    return indicator


def _figures_of(parts: Sequence[Line], period: str) -> list[Figure]:
    """Return the figure of each part. Raises Invalid with the areas of those that are missing."""
    found = [(line, line.at(period)) for line in parts]
    missing = [
        str(line.area)
        for line, figure in found
        if figure is None or figure.value is None or CONFIDENTIAL in figure.flags
    ]
    if missing:
        raise Invalid(
            _("There is no figure of %(areas)s for %(period)s, and a whole needs all of its parts.")
            % {"areas": listed(missing), "period": period}
        )
    return [figure for _line, figure in found if figure is not None]


def _ratio(indicator: Indicator, figures: Iterable[Figure], period: str) -> Figure | None:
    """Return the ratio of the sums; None when a part does not tell its own, or nobody is counted."""
    figures = list(figures)
    if not all(_has_both(figure) for figure in figures):
        return None
    above = math.fsum(figure.numerator for figure in figures if figure.numerator is not None)
    below = math.fsum(figure.denominator for figure in figures if figure.denominator is not None)
    if below <= 0:
        return None
    return _whole(figures, period, above / below * (100 if indicator.unit == _PERCENT else 1))


def _has_both(figure: Figure) -> bool:
    return figure.numerator is not None and figure.denominator is not None


def _mean(figures: Sequence[Figure], period: str) -> Whole:
    """Return the mean, weighted where every part tells of how many it is."""
    weights = [figure.denominator for figure in figures if figure.denominator is not None]
    values = [figure.value for figure in figures if figure.value is not None]
    if len(weights) == len(figures) and min(weights) >= 0 and sum(weights) > 0:
        total = math.fsum(weights)
        value = math.fsum(each * weight for each, weight in zip(values, weights, strict=True)) / total
        note = _("An approximation: the mean of the parts, weighted by their denominators.")
        way = Way.WEIGHTED_MEAN
    else:
        value = math.fsum(values) / len(values)
        note = _("An approximation: the mean of the parts, each counted alike however large it is.")
        way = Way.MEAN
    # Rounding must not carry a mean out of what it is a mean of.
    value = min(max(value, min(values)), max(values))
    return Whole(_whole(figures, period, value, more=ESTIMATED, sums=False), way, note)


def _whole(
    figures: Iterable[Figure], period: str, value: float, *, more: str = "", sums: bool = True
) -> Figure:
    """Return the figure with every flag of its parts, and the sums of what it was made of."""
    figures = list(figures)
    flags = {flag for figure in figures for flag in figure.flags} | set(more)
    complete = sums and all(_has_both(figure) for figure in figures)
    return Figure(
        period,
        value,
        "".join(sorted(flags - {MISSING})),
        math.fsum(figure.numerator or 0 for figure in figures) if complete else None,
        math.fsum(figure.denominator or 0 for figure in figures) if complete else None,
    )


def _why_not(indicator: Indicator, parts: Sequence[Line], figures: Sequence[Figure]) -> str:
    if indicator.aggregation != Indicator.Aggregation.RATIO:
        return _(
            "Figures of parts do not make a figure of the whole for this indicator: "
            "take the figure that the source publishes for the whole."
        )
    without = [str(line.area) for line, figure in zip(parts, figures, strict=True) if not _has_both(figure)]
    if not without:
        return _("Nobody is counted in any of the parts, so there is no rate of the whole.")
    return _(
        "A rate of the whole is computed from numerators and denominators, and never as an average. "
        "They are missing for %(areas)s."
    ) % {"areas": listed(without)}
