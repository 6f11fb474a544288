"""What other contexts may ask of indicators: what is measured, what the figures say, how they stand."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, Count, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.safestring import SafeString

from gilde.core.access import Actor
from gilde.indicators.access import visible_indicators, visible_targets
from gilde.indicators.dimensions import dimensions_of, words_of_key
from gilde.indicators.figures import Figure, Line, lines
from gilde.indicators.models import Area, Indicator, Judgement, Release, Target
from gilde.indicators.models.targets import Status
from gilde.indicators.periods import position
from gilde.indicators.saying import aimed, amount
from gilde.indicators.standings import Stand, sentence, stands, tag
from gilde.indicators.words import flag_words

if TYPE_CHECKING:
    from gilde.core.charts import Chart

__all__ = [
    "Area",
    "Figure",
    "Indicator",
    "Line",
    "Release",
    "Stand",
    "Status",
    "Target",
    "address_of",
    "address_of_area",
    "aimed",
    "amount",
    "breakdown_words",
    "flag_words",
    "lines",
    "position",
    "sentence",
    "sparkline_of",
    "stamps",
    "stands",
    "tag",
    "targets_issued_by",
    "trend_of",
    "visible_indicators",
]


def trend_of(line: Line, stand: Stand | None = None, as_of: date | None = None) -> Chart:
    """Return the chart of a series over time, interrupted at breaks, with the target and path of `stand`.

    `as_of` is the day on which its figures were retrieved; without it that is one query.
    """
    from gilde.indicators import pictures

    return pictures.trend_of(line.indicator, [line], stand=stand, as_of=as_of)


def sparkline_of(line: Line, stand: Stand | None = None) -> SafeString:
    """Return a series as a small line for a table cell, with the value of the target of `stand`."""
    from gilde.indicators import pictures

    return pictures.spark_of(line, target=stand.target.value if stand is not None else None)


def breakdown_words(indicator: Indicator, key: str) -> str:
    """Return whom a breakdown counts in the reader's words, such as "women, 15 to 24 years"; "" for all together."""
    return words_of_key(key, dimensions_of(indicator)) if key else ""


def targets_issued_by(actor: Actor, code: str) -> QuerySet[Target]:
    """Return the targets that hold, of visible indicators, whose instrument has this code; by year."""
    issued = visible_targets(actor).filter(instrument_code=code, withdrawn=False)
    return issued.select_related("indicator", "area").order_by("year", "indicator__code", "area")


def address_of(indicator: Indicator) -> str:
    """Return the address of the page of an indicator."""
    return reverse("indicators:indicator", args=[indicator.code])


def address_of_area(code: str) -> str:
    """Return the address of the dashboard of an area."""
    return reverse("indicators:area", args=[code])


def stamps(of: str = "indicator") -> dict[str, Any]:
    """Return columns that are equal as long as everything is from which an indicator is judged.

    `of` leads from the rows to the indicator. Who keeps what `stands` returned by these columns and the day need not
    ask again before a figure, a target or a signed judgement has changed.
    """
    targets = Target.objects.filter(indicator=OuterRef(of)).order_by()

    def latest(rows: QuerySet[Release] | QuerySet[Judgement], order: str, name: str) -> Cast:
        return Cast(Subquery(rows.order_by(order, "-pk").values(name)[:1]), CharField())

    return {
        "stamp_words": F(f"{of}__version"),
        "stamp_figures": latest(Release.objects.filter(indicator=OuterRef(of)), "-published_at", "uid"),
        "stamp_targets": Subquery(targets.values("indicator").annotate(n=Count("pk")).values("n")),
        "stamp_changes": Subquery(targets.values("indicator").annotate(n=Sum("version")).values("n")),
        "stamp_newest": Cast(Subquery(targets.order_by("-pk").values("pk")[:1]), CharField()),
        "stamp_signed": latest(Judgement.objects.filter(target__indicator=OuterRef(of)), "-at", "pk"),
    }
