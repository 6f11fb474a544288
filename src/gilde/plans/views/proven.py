"""How a linked indicator is shown: figure, target, status and why, chart, source, what the figures cover."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gilde.core.charts import Chart
from gilde.core.components import status
from gilde.indicators.public import (
    Figure,
    Indicator,
    Stand,
    Status,
    Target,
    address_of,
    aimed,
    amount,
    breakdown_words,
    flag_words,
    sentence,
    tag,
    trend_of,
)
from gilde.plans.measured import Linked, Told


@dataclass(frozen=True)
class Against:
    """One target: what it asks, who issued it, and how the figures stand against it."""

    aim: str
    instrument: str
    tag: SafeString
    sentence: str
    borrowed: str
    decides: bool
    signed: bool


@dataclass(frozen=True)
class Proof:
    """A linked indicator as a page shows it; `chart` is None where there is nothing to draw."""

    linked: Linked
    url: str
    figure: SafeString
    tag: SafeString
    against: Sequence[Against]
    covers: str
    breaks: str
    source: str
    chart: Chart | None


def period_words(period: str) -> str:
    """Return a period as people write it: a school year as 2024–2025."""
    return period.replace("-", "–") if len(period) == 9 else period


def figure_words(figure: Figure | None, indicator: Indicator) -> SafeString:
    """Return the newest figure with its period and the words of its flags; in words where there is none."""
    if figure is None or figure.value is None:
        return format_html('<span class="quiet-text">{}</span>', _("no figures yet"))
    if "c" in figure.flags:
        return format_html('<span class="quiet-text">{}</span>', _("confidential"))
    flags = flag_words(figure.flags)
    return format_html(
        '<b>{}</b> <span class="hint">{}{}</span>',
        amount(figure.value, indicator),
        period_words(figure.period),
        f" · {flags}" if flags else "",
    )


def status_tag(found: Status) -> SafeString:
    """Return the tag of a status."""
    return status(*tag(found))


def tag_of(told: Told, today: date) -> SafeString:
    """Return the tag by which an indicator counts; without figures or target it says which of them lacks."""
    if not told.has_figures:
        return status("none", _("no figures yet"))
    stand = told.deciding(today)
    return status("none", _("no target")) if stand is None else status_tag(stand.status)


def aim_words(target: Target, indicator: Indicator) -> str:
    """Return what a target asks and for whom: “at least 30 % by 2025, low-qualified adults”."""
    whom = breakdown_words(indicator, target.key)
    return f"{aimed(target, indicator)}, {whom}" if whom else aimed(target, indicator)


def benchmark_words(stand: Stand) -> str:
    """Return that a target is another area's, "" where it is not."""
    if not stand.borrowed:
        return ""
    return _("Benchmark: issued for %(area)s, not for these figures") % {"area": stand.target.area}


def against(told: Told, today: date) -> list[Against]:
    """Return how the figures stand against each target, the one that counts first."""
    deciding = told.deciding(today)
    ordered = sorted(
        told.stands, key=lambda stand: (stand is not deciding, stand.borrowed, stand.target.year)
    )
    return [
        Against(
            aim_words(stand.target, stand.indicator),
            f"{stand.target.instrument} ({stand.target.issued_year})",
            status_tag(stand.status),
            sentence(stand),
            benchmark_words(stand),
            stand is deciding,
            stand.signed is not None,
        )
        for stand in ordered
    ]


def covers(linked: Linked) -> str:
    """Return what the figures are of: area, what the area's name could hide, and the scope of the indicator."""
    area = linked.told.area
    parts = [
        f"{area.name} ({area.pk})" if area is not None else linked.area,
        str(area.note) if area is not None else "",
        str(linked.indicator.scope),
    ]
    return ". ".join(part.rstrip(".") for part in parts if part)


def break_words(told: Told) -> str:
    """Return in which periods the series was broken, so that nothing before can be compared; "" for none."""
    broken = [period_words(each.period) for each in told.line.figures if each.is_break] if told.line else []
    if not broken:
        return ""
    return _("Break in the series in %(periods)s: figures before and after cannot be compared.") % {
        "periods": ", ".join(broken)
    }


def source_words(linked: Linked) -> str:
    """Return the source of the figures with the day on which they were retrieved."""
    day = retrieved_on(linked.told)
    if day is None:
        return str(linked.indicator.source)
    words = {"source": linked.indicator.source, "day": date_format(day, "DATE_FORMAT")}
    return _("%(source)s, retrieved on %(day)s") % words


def retrieved_on(told: Told) -> date | None:
    """Return the day on which the newest figure was retrieved."""
    return None if told.release is None else localtime(told.release.retrieved_at).date()


def proof(linked: Linked, today: date) -> Proof:
    """Return an indicator as the proof tab of its measure shows it."""
    told = linked.told
    line = told.line
    return Proof(
        linked,
        address_of(linked.indicator),
        figure_words(line.last if line else None, linked.indicator),
        tag_of(told, today),
        against(told, today),
        covers(linked),
        break_words(told),
        source_words(linked),
        trend_of(line, told.deciding(today), retrieved_on(told))
        if line is not None and told.has_figures
        else None,
    )
