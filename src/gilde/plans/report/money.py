"""The money of a report: what was promised, line by line, beside what was committed and spent by the day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from gilde.plans.models import Spending
from gilde.plans.report.asof import MeasureRows


def lines(row: MeasureRows, language: str) -> list[dict[str, Any]]:
    """Return each funding line with its amounts as text of a decimal; None is "unknown", never nought."""
    found = []
    for line in row.funding:
        booked = [each for each in row.spending if each.line_id == line.pk]
        words = line.text.shown(language)
        found.append(
            {
                "id": str(line.pk),
                "text": {"text": words.words, "lang": words.language},
                "amount": plain(line.amount),
                "currency": line.currency,
                "period": line.period,
                "approximate": line.approximate,
                "maximum": line.maximum,
                "year": line.year,
                "programme": line.programme,
                "committed": plain(_sum(booked, Spending.Kind.COMMITTED)),
                "spent": plain(_sum(booked, Spending.Kind.SPENT)),
                "synthetic": any(each.synthetic for each in booked),
            }
        )
    return found


def totals(measures: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return sums for each currency and period: amounts a year and amounts in all are never added up."""
    sums: dict[tuple[str, str], dict[str, Any]] = defaultdict(
        lambda: {"lines": 0, "without_amount": 0, "planned": None, "committed": None, "spent": None}
    )
    for measure in measures:
        for line in measure["money"]:
            group = sums[line["currency"], line["period"]]
            group["lines"] += 1
            group["without_amount"] += line["amount"] is None
            for name, given in (
                ("planned", line["amount"]),
                ("committed", line["committed"]),
                ("spent", line["spent"]),
            ):
                if given is not None:
                    group[name] = (group[name] or Decimal(0)) + Decimal(given)
    return [
        {
            "currency": currency,
            "period": period,
            **{k: plain(v) if k in {"planned", "committed", "spent"} else v for k, v in group.items()},
        }
        for (currency, period), group in sorted(sums.items())
    ]


def plain(amount: Decimal | None) -> str | None:
    """Return an amount as exact text with two decimals, or None where it is unknown."""
    return None if amount is None else f"{amount:.2f}"


def _sum(booked: Iterable[Spending], kind: str) -> Decimal | None:
    amounts = [each.amount for each in booked if each.kind == kind]
    return sum(amounts, Decimal(0)) if amounts else None
