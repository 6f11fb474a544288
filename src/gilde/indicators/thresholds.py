"""The rules by which figures are judged against targets: data with a date and a source, in data/judgement.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from gilde.core import clock
from gilde.core.text import Text

_FILE = Path(__file__).resolve().parent / "data" / "judgement.yaml"


@dataclass(frozen=True)
class Rules:
    """The rules that hold from a day on. Paces are shares of the required pace: 0.95 is 95 %."""

    valid_from: date
    source: Text
    source_url: str
    on_track: Fraction
    too_slow: Fraction
    no_progress: Fraction
    observations: int
    level: float


@cache
def all_rules() -> tuple[Rules, ...]:
    """Return every set of rules, oldest first. Raises ValueError when thresholds are out of order."""
    found = [
        Rules(
            entry["valid_from"],
            Text.of(entry["source"]),
            entry["source_url"],
            Fraction(exact(entry["on_track"])),
            Fraction(exact(entry["too_slow"])),
            Fraction(exact(entry["no_progress"])),
            int(entry["observations"]),
            float(entry["level"]),
        )
        for entry in stored()["rules"]
    ]
    for rules in found:
        if not rules.on_track > rules.too_slow > rules.no_progress:
            raise ValueError(f"{_FILE.name}: the thresholds of {rules.valid_from} are not in order.")
        if rules.observations < 3 or not 0 < rules.level < 1:
            raise ValueError(
                f"{_FILE.name}: a trend with an interval needs three observations and a level under 1."
            )
    return tuple(sorted(found, key=lambda rules: rules.valid_from))


def rules_on(day: date | None = None) -> Rules:
    """Return the rules that hold on a day (today); before the first date the first ones."""
    day = day or clock.today()
    held = [rules for rules in all_rules() if rules.valid_from <= day]
    return held[-1] if held else all_rules()[0]


@cache
def stored() -> dict[str, Any]:
    """Return the file as it is stored."""
    told: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return told


def exact(value: float) -> Decimal:
    """Return the decimal number that was written, exactly: 0.95 is 19/20 and not the double next to it."""
    return Decimal(repr(value))
