"""The structures that the reader knows, as data: labels of sections, tick boxes and provisions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FOLDER = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Label:
    """One way to write a label. A full label tells its section on its own, a short one only among others."""

    section: str
    text: str
    full: bool
    language: str


@dataclass(frozen=True)
class Tick:
    """One box of the template; `labels` are the ways to write it in all languages, `key` its stable name."""

    key: str
    labels: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.labels[0]


@dataclass(frozen=True)
class TickGroup:
    key: str
    section: str
    ticks: tuple[Tick, ...]
    headings: tuple[str, ...]
    whole: tuple[str, ...] = ()  # words for all boxes of the group at once, as "both"

    @property
    def lettered(self) -> bool:
        """Whether each label carries a letter or number ("A.", "1.") before its words."""
        return all(len(tick.key) == 1 for tick in self.ticks)


@dataclass(frozen=True)
class PlanTemplate:
    sections: tuple[str, ...]
    labels: tuple[Label, ...]
    groups: tuple[TickGroup, ...]
    measure_words: tuple[str, ...]
    block_words: tuple[str, ...]
    body_words: tuple[str, ...]
    yes: tuple[str, ...]
    no: tuple[str, ...]


@dataclass(frozen=True)
class ProvisionTemplate:
    labels: tuple[str, ...]
    provision_words: tuple[str, ...]


@cache
def plan_template() -> PlanTemplate:
    """The implementation plan in the European template (templates/implementation-plan.yaml)."""
    data = _load("implementation-plan")
    labels = [
        Label(section["key"], text, weight == "full", language)
        for section in data["sections"]
        for language, weights in section["labels"].items()
        for weight, texts in weights.items()
        for text in texts
    ]
    groups = [
        TickGroup(
            group["key"],
            group["section"],
            tuple(Tick(str(item["key"]), _all(item["labels"])) for item in group["items"]),
            _all(group.get("headings", {})),
            _all(group.get("whole", {})),
        )
        for group in data["ticks"]
    ]
    words = data["words"]
    return PlanTemplate(
        tuple(section["key"] for section in data["sections"]),
        tuple(labels),
        tuple(groups),
        _all(words["measure"]),
        _all(words["block"]),
        _all(words["body"]),
        _all(words["yes"]),
        _all(words["no"]),
    )


@cache
def provision_template() -> ProvisionTemplate:
    """Provisions with actions (templates/action-plan.yaml)."""
    data = _load("action-plan")
    return ProvisionTemplate(_all(data["labels"]), _all(data["words"]["provision"]))


def _all(by_language: dict[str, list[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for texts in by_language.values() for text in texts))


def _load(name: str) -> Any:
    return yaml.safe_load((_FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
