"""What the content of a value may be, by its kind, and the sentence when it is not that."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gilde.core.errors import Invalid
from gilde.plans.models import Value
from gilde.plans.models.plans import Precision

Content = dict[str, Any]
Kind = Value.Kind
Status = Value.Status

# An ISO 8601 duration of whole years, months, weeks or days, as a recurrence needs it.
_DURATION = re.compile(r"P\d{1,3}[YMWD]")
PERIODS: Final = ("year", "total", "school-year", "quarter", "month", "week", "day", "hour")
DATE_KINDS: Final = ("start", "end", "milestone", "recurrence")
LONGEST_WORDS: Final = 2_000  # characters of the words that money or a date was read from
LONGEST: Final = {Kind.TITLE: 500, Kind.SECTION: 200_000, Kind.ACTION: 50_000}
# Kinds that can be left out of the plan or added to it; sections and ticks belong to the template.
OPTIONAL_KINDS: Final = frozenset({Kind.TITLE, Kind.BODY, Kind.FUNDING, Kind.DATE, Kind.ACTION})


def clean(kind: str, content: Mapping[str, Any]) -> Content:
    """Return the content of a value in its stored form; raise Invalid with a sentence when it cannot be that.

    Amounts are in whole units of their currency, dates in ISO 8601. `also` (further citations of a merged
    action) is kept as it is.
    """
    cleaned = _CLEANERS[Kind(kind)](content)
    if also := content.get("also"):
        cleaned["also"] = also
    return cleaned


def status_of(kind: str, content: Mapping[str, Any], status: str) -> str:
    """Return `status`, or "to be decided" for a body that is neither linked nor said to be unknown here."""
    if (
        kind == Kind.BODY
        and status != Status.REMOVED
        and not content.get("organisation")
        and not content.get("none")
    ):
        return Status.UNKNOWN
    return status


def words_of(kind: str, content: Mapping[str, Any]) -> str:
    """Return a value as one line of words, for lists and histories; empty for no value."""
    if kind in (Kind.TITLE, Kind.SECTION):
        return str(content.get("text") or "")
    if kind == Kind.ACTION:
        title, text = str(content.get("title") or ""), str(content.get("text") or "")
        # A title that opens the text is not said twice.
        return text if text.startswith(title) else " – ".join(part for part in (title, text) if part)
    if kind == Kind.TICK:
        return {True: _("ticked"), False: _("not ticked"), None: _("unknown")}[content.get("ticked")]
    if kind == Kind.BODY:
        return str(content.get("name") or "")
    if kind == Kind.FUNDING:
        return _funding_words(content)
    return _date_words(content)


def _text(content: Mapping[str, Any], key: str, longest: int, *, needed: str = "") -> str:
    words = str(content.get(key) or "").replace("\r\n", "\n").replace("\x00", "")
    if needed and not words.strip():
        raise Invalid(needed)
    if len(words) > longest:
        raise Invalid(
            _("The text has %(length)s characters; at most %(longest)s fit.")
            % {"length": len(words), "longest": longest}
        )
    return words


def _title(content: Mapping[str, Any]) -> Content:
    return {"text": _text(content, "text", LONGEST[Kind.TITLE], needed=_("A measure needs a title.")).strip()}


def _section(content: Mapping[str, Any]) -> Content:
    return {"text": _text(content, "text", LONGEST[Kind.SECTION])}


def _action(content: Mapping[str, Any]) -> Content:
    title = _text(content, "title", LONGEST[Kind.TITLE]).strip()
    needed = "" if title else _("An action needs a title or a text.")
    return {"title": title, "text": _text(content, "text", LONGEST[Kind.ACTION], needed=needed)}


def _tick(content: Mapping[str, Any]) -> Content:
    if content.get("ticked") not in (True, False, None):
        raise Invalid(_("A tick box is ticked, not ticked, or unknown."))
    cleaned: Content = {"ticked": content.get("ticked")}
    if content.get("label"):
        cleaned["label"] = str(content["label"])
    return cleaned


def _body(content: Mapping[str, Any]) -> Content:
    name = _text(content, "name", 300, needed=_("A body needs the name that the plan gives it.")).strip()
    organisation = content.get("organisation") or None
    if organisation is not None:
        try:
            organisation = str(UUID(str(organisation)))
        except ValueError as error:
            raise Invalid(_("The link must name an organisation from the list.")) from error
    return {
        "name": name,
        "organisation": organisation,
        "none": bool(content.get("none")) and not organisation,
    }


def _funding(content: Mapping[str, Any]) -> Content:
    amount = _amount(content.get("amount"))
    words = _text(content, "text", LONGEST_WORDS).strip()
    programme = _text(content, "programme", 120).strip()
    if amount is None and not words and not programme:
        raise Invalid(_("Funding needs an amount, a programme, or its source in words."))
    currency = str(content.get("currency") or "EUR").strip().upper()
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise Invalid(_("A currency is three letters, such as EUR."))
    period = content.get("period") or None
    if period is not None and period not in PERIODS:
        raise Invalid(_("“%(period)s” is not a period that is known here.") % {"period": period})
    year = content.get("year") or None
    if year is not None and not 1900 <= int(year) <= 2200:
        raise Invalid(_("The year %(year)s cannot be right.") % {"year": year})
    return {
        "amount": amount,
        "currency": currency,
        "period": period,
        "approximate": bool(content.get("approximate")),
        "maximum": bool(content.get("maximum")),
        "year": int(year) if year is not None else None,
        "programme": programme or None,
        "text": words,
    }


def _amount(given: Any) -> int | float | None:
    """Return an amount as JSON keeps it: a whole number, else with at most two decimals, else None."""
    if given is None or given == "":
        return None
    try:
        amount = Decimal(str(given))
    except InvalidOperation as error:
        raise Invalid(
            _("“%(amount)s” is not an amount: write digits, such as 714000.") % {"amount": given}
        ) from error
    if not amount.is_finite() or amount < 0 or amount >= Decimal(10) ** 14:
        raise Invalid(_("The amount must be at least 0 and below a hundred trillion."))
    return number_of(round(amount, 2))


def number_of(amount: Decimal) -> int | float:
    """Return an amount as JSON holds it: whole where it is whole."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _date(content: Mapping[str, Any]) -> Content:
    kind = content.get("kind")
    if kind not in DATE_KINDS:
        raise Invalid(_("A date is a start, an end, a milestone or a recurrence."))
    first, last = _day(content.get("from")), _day(content.get("to"))
    if first and last and last < first:
        raise Invalid(_("The last day lies before the first: turn them round."))
    every = str(content.get("every") or "").strip().upper() or None
    if every is not None and not _DURATION.fullmatch(every):
        raise Invalid(
            _("“%(every)s” is not a span of time: write it as P2Y (two years) or P6M.") % {"every": every}
        )
    if kind == "recurrence" and not every and not first and not last:
        raise Invalid(_("A recurrence needs how often it comes back, or a date."))
    if kind != "recurrence" and not first and not last:
        raise Invalid(_("A date needs a first or a last day."))
    precision = str(content.get("precision") or "").replace("_", "-") or None
    if precision is not None and precision not in Precision.values:
        raise Invalid(_("“%(precision)s” is not a precision that is known here.") % {"precision": precision})
    return {
        "kind": kind,
        "from": first.isoformat() if first else None,
        "to": last.isoformat() if last else None,
        "precision": precision,
        "every": every,
        "text": _text(content, "text", LONGEST_WORDS).strip(),
    }


def _day(given: Any) -> date | None:
    if given in (None, ""):
        return None
    try:
        return given if isinstance(given, date) else date.fromisoformat(str(given))
    except ValueError as error:
        raise Invalid(_("“%(day)s” is not a day: write it as 2024-04-30.") % {"day": given}) from error


_CLEANERS: Final[dict[str, Callable[[Mapping[str, Any]], Content]]] = {
    Kind.TITLE: _title,
    Kind.SECTION: _section,
    Kind.ACTION: _action,
    Kind.TICK: _tick,
    Kind.BODY: _body,
    Kind.FUNDING: _funding,
    Kind.DATE: _date,
}


def period_words(period: str | None) -> str:
    """Return the words for the period of an amount; empty when the plan gives none."""
    return {
        "year": _("each year"),
        "total": _("in all"),
        "school-year": _("each school year"),
        "quarter": _("each quarter"),
        "month": _("each month"),
        "week": _("each week"),
        "day": _("each day"),
        "hour": _("each hour"),
    }.get(period or "", "")


def date_kind_words(kind: str) -> str:
    """Return the word for what a date is: a start, an end, a milestone or a recurrence."""
    return {
        "start": _("Start"),
        "end": _("End"),
        "milestone": _("Milestone"),
        "recurrence": _("Comes back"),
    }.get(kind, kind)


def every_words(every: str | None) -> str:
    """Return a duration of ISO 8601 as a recurrence in words: "every 2 years" for P2Y."""
    if not every or not _DURATION.fullmatch(every):
        return str(every or "")
    count, unit = int(every[1:-1]), every[-1]
    words = {
        "Y": ngettext("every year", "every %(count)s years", count),
        "M": ngettext("every month", "every %(count)s months", count),
        "W": ngettext("every week", "every %(count)s weeks", count),
        "D": ngettext("every day", "every %(count)s days", count),
    }[unit]
    return words % {"count": count}


def _funding_words(content: Mapping[str, Any]) -> str:
    amount = content.get("amount")
    parts = [
        _("about") if content.get("approximate") else "",
        _("at most") if content.get("maximum") else "",
        f"{amount:,} {content.get('currency') or ''}"
        if amount is not None
        else str(content.get("text") or ""),
        period_words(content.get("period")),
        str(content.get("year") or ""),
        str(content.get("programme") or ""),
    ]
    return " ".join(part for part in parts if part)


def _date_words(content: Mapping[str, Any]) -> str:
    first, last = content.get("from"), content.get("to")
    span = str(first or last or "") if first == last or not first or not last else f"{first} – {last}"
    parts = [date_kind_words(str(content.get("kind") or "")), span, every_words(content.get("every"))]
    return " ".join(part for part in parts if part)
