"""Writes values as people read them, in the language and with the labels of one report."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format, number_format

from gilde.plans.report.document import Cell, Kind, Words

_EVERY = re.compile(r"P(\d+)([YMWD])")
STATE_KINDS: dict[str, Kind] = {
    "done": "good",
    "met": "good",
    "under-way": "info",
    "missed": "bad",
    "dropped": "none",
    "planned": "none",
    "open": "none",
}


def amount_in_words(amount: Decimal, currency: str, language: str) -> str:
    """Return an amount with its currency, as the active locale writes it."""
    written = number_format(amount, 0 if amount == int(amount) else 2, force_grouping=True)
    sign = {"EUR": "€"}.get(currency, currency)
    gap = "" if sign == "€" and language.startswith("en") else "\N{NO-BREAK SPACE}"
    return f"{sign}{gap}{written}"


class Pen:
    """Holds the labels of one snapshot. Use it inside `translation.override` of the report's language."""

    def __init__(self, content: dict[str, Any]) -> None:
        self.language: str = content["language"]
        self.labels: dict[str, str] = content["words"]

    def __call__(self, key: str, **values: object) -> str:
        """Return a label, with its values put in."""
        return self.labels[key] % values if values else self.labels[key]

    def said(self, words: dict[str, str] | None, **how: Any) -> Cell:
        """Return words of the plan; a dash where there are none."""
        if not words or not words["text"]:
            return [Words("–")]
        return [Words(words["text"], "" if words["lang"] == self.language else words["lang"], **how)]

    def day(self, iso: str | None) -> str:
        """Return a day in words, or a dash."""
        return date_format(date.fromisoformat(iso), "DATE_FORMAT") if iso else "–"

    def moment(self, iso: str | None, precision: str) -> str:
        """Return a date as exactly as it is known: a month, a quarter, a school year, not a made-up day."""
        if not iso:
            return "–"
        value = date.fromisoformat(iso)
        if precision == "month":
            return date_format(value, "YEAR_MONTH_FORMAT")
        if precision == "year":
            return str(value.year)
        if precision == "quarter":
            return self("precision:quarter", number=(value.month + 2) // 3, year=value.year)
        if precision == "half-year":
            return self("precision:half-year", number=1 if value.month <= 6 else 2, year=value.year)
        if precision == "school-year":
            first = value.year if value.month >= 9 else value.year - 1
            return self("precision:school-year", first=first, last=first + 1)
        if precision == "approximate":
            return self("precision:approximate", date=self.day(iso))
        return self.day(iso)

    def every(self, duration: str) -> str:
        """Return how often something comes back, from an ISO 8601 duration with one unit."""
        found = _EVERY.fullmatch(duration)
        if found is None:
            return duration
        n, unit = int(found[1]), found[2]
        interval = self(f"interval:1{unit}") if n == 1 else self(f"interval:{unit}", n=n)
        return self("every", interval=interval)

    def money(self, amount: str | None, currency: str = "EUR") -> str:
        """Return an amount with its currency in the locale of the report, or the word for unknown."""
        if amount is None:
            return self("unknown")
        return amount_in_words(Decimal(amount), currency, self.language)

    def promised(self, line: dict[str, Any]) -> str:
        """Return the promised amount of a funding line as the plan qualifies it."""
        amount = self.money(line["amount"], line["currency"])
        if line["amount"] is None:
            return amount
        if line["approximate"]:
            amount = self("about", amount=amount)
        if line["maximum"]:
            amount = self("at_most", amount=amount)
        return amount

    def state(self, group: str, code: str) -> Words:
        """Return the state of an action or milestone as a tag."""
        return Words(self(f"{group}:{code}"), kind=STATE_KINDS.get(code, "none"))

    def figure(self, value: float, decimals: int, unit: str) -> str:
        """Return a figure with its unit in the locale of the report."""
        written = number_format(value, decimals, force_grouping=True)
        return f"{written}\N{NO-BREAK SPACE}{unit}" if unit else written

    def count(self, value: int) -> Cell:
        """Return a number in the locale of the report."""
        return [Words(number_format(value, force_grouping=True))]
