"""How plans are worded and drawn on pages: states, dates, money and the four signals."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from urllib.parse import urlsplit

from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.html import format_html, format_html_join, strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gilde.core.components import Kind, Signal, nothing, status, tick
from gilde.core.periods import Quarter, SchoolYear
from gilde.core.reviewed import Reviewed
from gilde.core.templatetags.gilde import money
from gilde.plans.matrix import ABSENT, NOT_TICKED, TICKED, UNKNOWN
from gilde.plans.models import Action, Evidence, FundingLine, Milestone
from gilde.plans.models.plans import Precision
from gilde.plans.signals import ActionSignal, Amounts, EvidenceSignal, IndicatorSignal, MoneySignal, Signals
from gilde.plans.timeline import KINDS

MILESTONES: dict[str, Kind] = {
    Milestone.State.OPEN: "none",
    Milestone.State.MET: "good",
    Milestone.State.MISSED: "bad",
}
REVIEWED: dict[str, Kind] = {
    Reviewed.State.DRAFT: "none",
    Reviewed.State.SUBMITTED: "info",
    Reviewed.State.APPROVED: "good",
    Reviewed.State.RETURNED: "warn",
}


def action_tags(state: str, late: bool = False, stale: bool = False) -> SafeString:
    """Return the state of an action as a tag, with late and stale beside it where they hold."""
    tags = [status(KINDS[state], Action.State(state).label)]
    if late:
        tags.append(status("bad", _("Late")))
    if stale:
        tags.append(status("warn", _("Stale")))
    return format_html_join(" ", "{}", ((tag,) for tag in tags))


def milestone_tag(state: str, due: date | None, today: date) -> SafeString:
    """Return the state of a milestone as a tag; an open one whose date has passed is late."""
    tag = status(MILESTONES[state], Milestone.State(state).label)
    if state == Milestone.State.OPEN and due is not None and due < today:
        return format_html("{} {}", tag, status("bad", _("Late")))
    return tag


def review_tag(state: str) -> SafeString:
    """Return the state of an update or of evidence as a tag."""
    return status(REVIEWED[state], Reviewed.State(state).label)


def day_words(day: date | None, precision: str = "") -> str | SafeString:
    """Return a date as exact as it is: a day, a month, a quarter, a year, a school year, or about a day."""
    if day is None:
        return nothing(_("no date"))
    match precision:
        case Precision.MONTH:
            words = date_format(day, "YEAR_MONTH_FORMAT")
        case Precision.QUARTER:
            words = str(Quarter.of(day))
        case Precision.HALF_YEAR:
            half = _("first half of %(year)s") if day.month <= 6 else _("second half of %(year)s")
            words = half % {"year": day.year}
        case Precision.YEAR:
            words = str(day.year)
        case Precision.SCHOOL_YEAR:
            words = _("school year %(year)s") % {"year": SchoolYear.of(day)}
        case Precision.APPROXIMATE:
            words = _("about %(day)s") % {"day": date_format(day, "DATE_FORMAT")}
        case _exact:
            words = date_format(day, "DATE_FORMAT")
    return format_html('<time datetime="{}">{}</time>', day.isoformat(), words)


def short_money(amount: Decimal | int, currency: str) -> str:
    """Return an amount in few characters: millions with one digit, less in full."""
    sign = {"EUR": "€"}.get(currency, currency + "\N{NO-BREAK SPACE}")
    if amount >= 1_000_000:
        return f"{sign}{number_format(Decimal(amount) / 1_000_000, 1)}\N{NO-BREAK SPACE}M"
    return strip_tags(str(money(amount, currency)))


def cells() -> dict[str, SafeString]:
    """Return what stands in a cell of a tick matrix for each state, in the reader's language."""
    return {
        TICKED: tick(True),
        NOT_TICKED: tick(False),
        UNKNOWN: tick(None),
        ABSENT: nothing(_("no box")),
    }


def action_phrase(signal: ActionSignal) -> str:
    """Return the parts of the signal that are not zero, as one line of words; the total is told apart."""
    parts = [
        (signal.done, _("%(n)s done")),
        (signal.under_way, _("%(n)s under way")),
        (signal.late, _("%(n)s late")),
        (signal.stale, _("%(n)s stale")),
        (signal.undated, _("%(n)s undated")),
        (signal.dropped, _("%(n)s dropped")),
    ]
    return " · ".join(words % {"n": number} for number, words in parts if number)


def evidence_phrase(signal: EvidenceSignal, today: date) -> str:
    """Return how old the newest approved evidence is and how much waits."""
    parts = []
    if (age := signal.age(today)) is not None:
        parts.append(
            ngettext("newest %(n)s day old", "newest %(n)s days old", age) % {"n": number_format(age)}
        )
    if signal.waiting:
        parts.append(_("%(n)s waiting for approval") % {"n": signal.waiting})
    return " · ".join(parts) or _("nothing approved yet")


def indicator_phrase(signal: IndicatorSignal) -> str:
    """Return how many indicators stand how, or that none measures this."""
    if not signal.total:
        return _("no indicator measures this yet")
    parts = [
        (signal.on_track, _("%(n)s on track")),
        (signal.off_track, _("%(n)s not on track")),
        (signal.cannot_tell, _("%(n)s cannot tell")),
    ]
    return " · ".join(words % {"n": number} for number, words in parts if number)


def planned_words(amounts: Amounts) -> list[str]:
    """Return what is planned in one currency: in all, a year, period not said; never added up."""
    parts = [
        (amounts.in_all, _("%(amount)s in all")),
        (amounts.a_year, _("%(amount)s a year")),
        (amounts.unsaid, _("%(amount)s, period not said")),
    ]
    return [
        words % {"amount": short_money(amount, amounts.currency)}
        for amount, words in parts
        if amount is not None
    ]


def money_phrase(signal: MoneySignal) -> str:
    """Return what is committed and spent, unknown where nobody said, and the lines without an amount."""
    parts: list[str] = []
    for amounts in signal.amounts:
        for amount, words in (
            (amounts.committed, _("%(amount)s committed")),
            (amounts.spent, _("%(amount)s spent")),
        ):
            if amount is not None:
                parts.append(words % {"amount": short_money(amount, amounts.currency)})
    if not any(amounts.spent is not None for amounts in signal.amounts):
        parts.append(_("spent unknown"))
    if signal.without_amount:
        parts.append(
            ngettext("%(n)s line without an amount", "%(n)s lines without an amount", signal.without_amount)
            % {"n": signal.without_amount}
        )
    return " · ".join(parts)


def planned_phrase(signal: MoneySignal) -> str | None:
    """Return everything that is planned, each kind apart; None when no amount is known."""
    return " + ".join(words for amounts in signal.amounts for words in planned_words(amounts)) or None


def _money_signal(signal: MoneySignal, url: str) -> Signal:
    """The first amount as the figure, what it is and all other amounts as the hint."""
    for amounts in signal.amounts:
        for amount, words in (
            (amounts.in_all, _("in all")),
            (amounts.a_year, _("a year")),
            (amounts.unsaid, _("period not said")),
        ):
            if amount is not None:
                planned = [each for other in signal.amounts for each in planned_words(other)][1:]
                hint = " · ".join([words, *planned, money_phrase(signal)])
                return Signal(_("Money planned"), short_money(amount, amounts.currency), hint, url)
    return Signal(_("Money planned"), None, money_phrase(signal), url)


def four_signals(signals: Signals, today: date) -> Sequence[Signal]:
    """Return the four signals as figures, each a link to how it is judged."""
    judged = reverse("plans:judged")
    return [
        Signal(_("Actions"), signals.actions.total, action_phrase(signals.actions), f"{judged}#actions"),
        Signal(
            _("Evidence approved"),
            signals.evidence.approved,
            evidence_phrase(signals.evidence, today),
            f"{judged}#evidence",
        ),
        Signal(
            _("Indicators"),
            signals.indicators.total or "–",
            indicator_phrase(signals.indicators),
            f"{judged}#indicators",
        ),
        _money_signal(signals.money, f"{judged}#money"),
    ]


def standing(signal: ActionSignal) -> SafeString:
    """Return what needs attention among the actions as tags; a plain word when there are none at all."""
    tags = []
    if signal.late:
        tags.append(status("bad", _("%(n)s late") % {"n": signal.late}))
    if signal.stale:
        tags.append(status("warn", _("%(n)s stale") % {"n": signal.stale}))
    if not signal.total:
        tags = [status("none", _("no action"))]
    return joined(tags, " ")


def joined(parts: Sequence[object], between: str = ", ") -> SafeString:
    """Return parts that may be markup one after the other."""
    return format_html_join(SafeString(between), "{}", ((part,) for part in parts))


def full_money(amount: Decimal | None, currency: str) -> str | SafeString:
    """Return an amount to the cent, or that it is unknown: never 0 for what nobody said."""
    return (
        format_html('<span class="quiet-text">{}</span>', _("unknown"))
        if amount is None
        else money(amount, currency)
    )


def period_words(period: str, amount: Decimal | None) -> str | SafeString:
    """Return whether an amount is for each year or in all, or that the plan does not say."""
    if amount is None:
        return nothing()
    return str(FundingLine.Period(period).label) if period else _("not said")


@dataclass(frozen=True)
class Sum:
    """The sums of one currency as the page shows them, each kind apart."""

    currency: str
    cells: Sequence[str | SafeString]


def sums(signal: MoneySignal) -> list[Sum]:
    """Return for each currency: in all, a year, period not said, committed, spent."""
    return [
        Sum(
            each.currency,
            [
                full_money(amount, each.currency)
                for amount in (each.in_all, each.a_year, each.unsaid, each.committed, each.spent)
            ],
        )
        for each in signal.amounts
    ]


def timeline_legend() -> list[SafeString]:
    """Return what the colours of a timeline mean, as tags."""
    return [
        status("none", Action.State.PLANNED.label),
        status("info", Action.State.UNDER_WAY.label),
        status("good", Action.State.DONE.label),
        status("bad", _("Late")),
        status("warn", _("Stale")),
    ]


def what_it_is(evidence: Evidence) -> str | SafeString:
    """Return what a piece of evidence consists of: a link with its day, a file with its hash, a figure."""
    if evidence.kind == Evidence.Kind.LINK and evidence.retrieved_on:
        retrieved = _("retrieved on %(day)s") % {"day": date_format(evidence.retrieved_on, "DATE_FORMAT")}
        return format_html(
            '<a href="{}" rel="external noopener">{}</a> <span class="hint">{}</span>',
            evidence.url,
            urlsplit(evidence.url).hostname or evidence.url,
            retrieved,
        )
    if evidence.kind == Evidence.Kind.FILE and evidence.document:
        return format_html(
            '<a href="{}">{}</a> <span class="hint">SHA-256 <code>{}…</code></span>',
            reverse("plans:evidence-file", args=[evidence.pk]),
            evidence.file_name or evidence.document.name,
            evidence.document.sha256[:12],
        )
    if evidence.figure is None:
        return nothing()
    figure = evidence.figure.normalize()
    places = max(0, -int(figure.as_tuple().exponent))
    return format_html(
        '<span class="number">{}</span> {}', number_format(figure, places, force_grouping=True), evidence.unit
    )


def duration(words: str) -> str | None:
    """Return an ISO 8601 duration in words; as it is where it has several parts, None for none."""
    if not words:
        return None
    found = re.fullmatch(r"P(\d+)([YMWD])", words)
    if found is None:
        return words
    number = int(found[1])
    match found[2]:
        case "Y":
            return ngettext("%(n)s year", "%(n)s years", number) % {"n": number}
        case "M":
            return ngettext("%(n)s month", "%(n)s months", number) % {"n": number}
        case "W":
            return ngettext("%(n)s week", "%(n)s weeks", number) % {"n": number}
        case _day:
            return ngettext("%(n)s day", "%(n)s days", number) % {"n": number}


def unknown() -> SafeString:
    """Return what stands where something is not known."""
    return format_html('<span class="quiet-text">{}</span>', _("unknown"))


def years(first: int | None, last: int | None) -> str:
    """Return a period of years; empty where the plan names none."""
    return "–".join(dict.fromkeys(str(year) for year in (first, last) if year))
