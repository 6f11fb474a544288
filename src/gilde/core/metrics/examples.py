"""Worked examples of metrics, in a form that a statistician can read and write.

Each context that registers metrics has one file `metrics.yaml` beside them:

    - metric: plans.actions_done
      example: A dropped action is not counted
      given:
        - measure: {called: dual learning, area: BE2}
        - action: {measure: {the: dual learning}, state: done}
        - action: {measure: {the: dual learning}, state: dropped}
      today: 2025-10-01        # optional
      period: 2025-2026
      area: BE2                # optional; everywhere when left out
      expect: {numerator: 1, denominator: 1}

`expect` is `no data`, or any of numerator, denominator, value (in the metric's unit) and breakdowns. What a
thing in `given` is made of is told by the makers of the context's tests: a mapping from the word to a
function, named MAKERS, in tests/<context>/factories.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, TypeAlias

import yaml
from django.apps import apps

from gilde.core import clock, periods
from gilde.core.errors import GildeError
from gilde.core.metrics.registry import Measured, MetricDefinitionError, Outcome, Run, get, metrics, run

NO_DATA: Final = "no data"
Maker: TypeAlias = Callable[..., Any]
_KEYS = {"metric", "example", "given", "today", "period", "area", "expect"}
_NEEDED = {"metric", "example", "given", "period", "expect"}
_EXPECTED = {"numerator", "denominator", "value", "breakdowns"}


@dataclass(frozen=True)
class Example:
    """One worked example; `place` says where it stands."""

    metric: str
    name: str
    given: list[tuple[str, dict[str, Any]]]
    today: date | None
    period: periods.Period
    area: str
    expect: Mapping[str, Any] | None
    place: str

    def __str__(self) -> str:
        return f"{self.metric}: {self.name}"


def examples() -> list[Example]:
    """Return every worked example of every context. Raises MetricDefinitionError with the place of what is
    wrong.
    """
    found: list[Example] = []
    for app in apps.get_app_configs():
        file = Path(app.path) / "metrics.yaml"
        if app.name.startswith("gilde.") and file.exists():
            found += read(file)
    return found


def without_example() -> list[str]:
    """Return the codes of the registered metrics that no example shows."""
    shown = {example.metric for example in examples()}
    return [metric.code for metric in metrics() if metric.code not in shown]


def read(file: Path) -> list[Example]:
    """Return the examples of one file. Raises MetricDefinitionError with the place of what is wrong."""
    try:
        content = yaml.safe_load(file.read_text()) or []
    except yaml.YAMLError as error:
        raise MetricDefinitionError(f"{file.name}: {error}") from error
    if not isinstance(content, list):
        raise MetricDefinitionError(f"{file.name}: it must be a list of examples.")
    return [
        _example(entry, f"{file.parent.name}/{file.name}, example {n}") for n, entry in enumerate(content, 1)
    ]


def check(example: Example, makers: Mapping[str, Maker]) -> Run:
    """Make what is given, run the metric, and return the run; raise AssertionError where it is not as
    expected.
    """
    with clock.moved_to(example.today) if example.today else nullcontext():
        things: dict[str, Any] = {}
        for word, fields in example.given:
            if word not in makers:
                raise MetricDefinitionError(
                    f"{example.place}: nobody knows how to make “{word}”. "
                    f"Known are: {', '.join(sorted(makers))}."
                )
            name = fields.get("called")
            thing = makers[word](
                **{key: _resolved(value, things, example) for key, value in fields.items() if key != "called"}
            )
            if name:
                things[name] = thing
        [done] = run(example.metric, example.period, example.area)
    told = _told(done)
    if example.expect is None:
        expected: Mapping[str, Any] = {"outcome": str(Outcome.NO_DATA)}
    else:
        expected = {"outcome": str(Outcome.MEASURED), **example.expect}
    seen = {key: _like(told.get(key), value) for key, value in expected.items()}
    assert seen == expected, f"{example.place} ({example}): expected {expected}, got {seen}. {done.message}"
    return done


def _example(entry: Any, place: str) -> Example:
    if not isinstance(entry, dict):
        raise MetricDefinitionError(f"{place}: it must have the keys {', '.join(sorted(_NEEDED))}.")
    if unknown := set(entry) - _KEYS:
        raise MetricDefinitionError(f"{place}: unknown key {', '.join(sorted(unknown))}.")
    if missing := _NEEDED - set(entry):
        raise MetricDefinitionError(f"{place}: {', '.join(sorted(missing))} is missing.")
    try:
        get(entry["metric"])
        period = periods.parse(str(entry["period"]))
    except GildeError as error:
        raise MetricDefinitionError(f"{place}: {error.sentence}") from error
    expect = entry["expect"]
    if expect != NO_DATA and (not isinstance(expect, dict) or not expect or set(expect) - _EXPECTED):
        raise MetricDefinitionError(
            f"{place}: expect must be “{NO_DATA}” or some of {', '.join(sorted(_EXPECTED))}."
        )
    return Example(
        metric=entry["metric"],
        name=str(entry["example"]),
        given=[_given(thing, place) for thing in entry["given"] or []],
        today=entry.get("today"),
        period=period,
        area=str(entry.get("area", "")),
        expect=None if expect == NO_DATA else expect,
        place=place,
    )


def _given(thing: Any, place: str) -> tuple[str, dict[str, Any]]:
    if isinstance(thing, str):
        return thing, {}
    if not isinstance(thing, dict) or len(thing) != 1:
        raise MetricDefinitionError(
            f"{place}: each thing given is one word with its fields, as “action: {{state: done}}”."
        )
    [(word, fields)] = thing.items()
    return str(word), dict(fields or {})


def _resolved(value: Any, things: Mapping[str, Any], example: Example) -> Any:
    if isinstance(value, dict) and set(value) == {"the"}:
        if value["the"] not in things:
            raise MetricDefinitionError(f"{example.place}: nothing above is called “{value['the']}”.")
        return things[value["the"]]
    return [_resolved(one, things, example) for one in value] if isinstance(value, list) else value


def _told(done: Run) -> dict[str, Any]:
    if done.measured is None:
        return {"outcome": str(done.outcome)}
    return {"outcome": str(done.outcome), "value": done.value, **_parts(done.measured)}


def _parts(measured: Measured) -> dict[str, Any]:
    return {
        "numerator": measured.numerator,
        "denominator": measured.denominator,
        "breakdowns": {
            dimension: {category: _parts(part) for category, part in categories.items()}
            for dimension, categories in measured.breakdowns.items()
        },
    }


def _like(told: Any, expected: Any) -> Any:
    """Return what was told in the shape of what is expected: a bare number in a breakdown is its
    numerator.
    """
    if isinstance(expected, dict) and isinstance(told, dict):
        return {key: _like(told.get(key), value) for key, value in expected.items()}
    if isinstance(told, dict) and "numerator" in told:
        told = told["numerator"]
    if isinstance(told, Decimal) and isinstance(expected, int | float):
        # A person writes 66.7 where the machine has 66.666…: as many digits as were written are compared.
        digits = len(str(expected).partition(".")[2]) if isinstance(expected, float) else 0
        rounded = round(told, digits)
        return float(rounded) if isinstance(expected, float) else int(rounded) if rounded == told else told
    return told
