"""Reading the data of the demo world as plain YAML, for the tests of this folder."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

GILDE = Path(__file__).resolve().parents[2] / "src" / "gilde"
DATA = GILDE / "demo" / "data"
INSTRUMENTS = GILDE / "plans" / "data" / "instruments"
MEASURE_PLANS = ("flanders", "invented")
PLANS = (*MEASURE_PLANS, "vet4eu2")
PROGRESS = {"flanders": "flanders-progress", "invented": "invented-progress"}
PRECISIONS = {"day", "month", "quarter", "half-year", "year", "school-year", "approximate"}
SECTIONS = [
    "rationale",
    "objectives",
    "actions",
    "priorities",
    "subsystem",
    "scope",
    "beneficiaries",
    "bodies",
    "funding",
]
TICK_GROUPS = ("recommendation", "osnabruck", "subsystem", "scope", "target_groups")
TEXT_KEYS = {
    "title",
    "short_title",
    "text",
    "note",
    "date_note",
    "name",
    "rationale",
    "objectives",
    "label",
    "area",
}


class UniqueKeys(yaml.SafeLoader):
    """Refuses a key that is written twice: YAML would silently keep the last one."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = [key for key, count in Counter(keys).items() if count > 1]
        if twice:
            raise ValueError(f"{node.start_mark}: {twice} written twice")
        return super().construct_mapping(node, deep)


@functools.cache
def load(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), UniqueKeys)


def plan(name: str) -> Any:
    return load(DATA / "plans" / f"{name}.yaml")


def files() -> list[Path]:
    # Qualifications are written in a form of their own, which test_qualification_data checks.
    own = (path for path in DATA.rglob("*.yaml") if path.parent.name != "qualifications")
    return sorted([*own, *INSTRUMENTS.glob("*.yaml"), GILDE / "plans" / "data" / "target_groups.yaml"])


def walk(value: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every mapping inside a value with the path that leads to it."""
    if isinstance(value, dict):
        yield path, value
        for key, inner in value.items():
            yield from walk(inner, f"{path}/{key}")
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            name = inner.get("key") or inner.get("number") if isinstance(inner, dict) else None
            yield from walk(inner, f"{path}/{name or position}")


def organisations() -> dict[str, Any]:
    return {one["key"]: one for one in load(DATA / "organisations.yaml")["organisations"]}


def people() -> dict[str, Any]:
    return {one["key"]: one for one in load(DATA / "people.yaml")["people"]}


def target_groups() -> list[str]:
    headings = load(GILDE / "plans" / "data" / "target_groups.yaml")["groups"]
    groups = sorted(
        (group for heading in headings for group in heading["target_groups"]), key=lambda g: g["number"]
    )
    return [group["key"] for group in groups]


def ticks(measure: dict[str, Any]) -> list[bool | None]:
    return [state for group in TICK_GROUPS for state in measure[group].values()]


def actions(data: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for part in data.get("measures") or data["provisions"] for one in part["actions"]]
