"""The limits by which delivery is judged: data with a date and a source, in data/thresholds.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import yaml

from gilde.core.text import Text

_FILE = Path(__file__).resolve().parent / "data" / "thresholds.yaml"


@dataclass(frozen=True)
class Threshold:
    """One limit with its dated values, oldest first."""

    name: str
    label: Text
    source: str
    note: str
    values: tuple[tuple[date, int], ...]

    def on(self, day: date) -> int:
        """Return the value that holds on a day; before the first date the first value."""
        held = [value for since, value in self.values if since <= day]
        return held[-1] if held else self.values[0][1]


@cache
def thresholds() -> dict[str, Threshold]:
    """Return every limit by its name."""
    stored = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {
        name: Threshold(
            name,
            Text.of(entry["label"]),
            entry["source"],
            entry["note"],
            tuple(sorted((value["from"], int(value["value"])) for value in entry["values"])),
        )
        for name, entry in stored.items()
    }


def stale_after(day: date) -> int:
    """Return the days without a report after which an action counts as stale on that day."""
    return thresholds()["stale_after_days"].on(day)


def due_soon(day: date) -> int:
    """Return the days ahead within which a due date counts as near on that day."""
    return thresholds()["due_soon_days"].on(day)
