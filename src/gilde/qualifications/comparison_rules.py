"""The rules by which two outcomes are judged: data with a date and a source, in data/comparison.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

import yaml

from gilde.core import clock
from gilde.core.text import Text

Status: TypeAlias = Literal["shared", "partly", "missing"]

_FILE = Path(__file__).resolve().parent / "data" / "comparison.yaml"
_GROUNDS: Final = frozenset(
    {"same-outcome", "same-concept", "same-concept-unconfirmed", "broader", "narrower", "related-concept"}
)


@dataclass(frozen=True)
class Rules:
    """The rules that hold from a day on. `says` gives what each ground says by itself, scores are from 0 to 1."""

    valid_from: date
    source: Text
    source_url: str
    says: Mapping[str, Status]
    text_partly: float
    text_shared: float

    def of_text(self, score: float, *, same_kind: bool) -> Status:
        """Return what a score of text says by itself."""
        if score >= self.text_shared and same_kind:
            return "shared"
        return "partly" if score >= self.text_partly else "missing"


@cache
def all_rules() -> tuple[Rules, ...]:
    """Return every set of rules, oldest first. Raises ValueError when a set is not complete or not in order."""
    told: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return tuple(sorted(map(_rules, told["rules"]), key=lambda rules: rules.valid_from))


def rules_on(day: date | None = None) -> Rules:
    """Return the rules that hold on a day (today); before the first date the first ones."""
    day = day or clock.today()
    held = [rules for rules in all_rules() if rules.valid_from <= day]
    return held[-1] if held else all_rules()[0]


def _rules(told: Mapping[str, Any]) -> Rules:
    says, text = told["says"], told["text"]
    if set(says) != _GROUNDS or not set(says.values()) <= {"shared", "partly", "missing"}:
        raise ValueError(
            f"{_FILE.name}: the rules of {told['valid_from']} must say for each of {sorted(_GROUNDS)} "
            "whether it is shared, partly or missing."
        )
    if not 0 < text["partly"] <= text["shared"] <= 1:
        raise ValueError(f"{_FILE.name}: the scores of {told['valid_from']} are not in order.")
    return Rules(
        valid_from=told["valid_from"],
        source=Text.of(told["source"]),
        source_url=told["source_url"],
        says=dict(says),
        text_partly=float(text["partly"]),
        text_shared=float(text["shared"]),
    )
