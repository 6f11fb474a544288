"""The documents that wait to be uploaded at the desk are read as they were meant."""

from __future__ import annotations

import functools
from collections import Counter
from decimal import Decimal

import pytest

from gilde.plans.reader.reading import read_bytes
from gilde.plans.reader.result import Measure, Reading
from tests.demo.yaml_data import GILDE, organisations

FIRST, SECOND = "norland-plan-2027.md", "norland-plan-2027-second-edition.md"


@functools.cache
def reading(name: str) -> Reading:
    return read_bytes((GILDE / "demo" / "documents" / name).read_bytes(), name)


def boxes(measure: Measure) -> dict[tuple[str, str], bool | None]:
    return {(group, tick.key): tick.ticked for group, ticks in measure.ticks.items() for tick in ticks}


@pytest.mark.parametrize("name", [FIRST, SECOND])
def test_a_document_is_read_as_four_measures_of_nine_sections_and_35_boxes(name: str) -> None:
    assert reading(name).kind == "implementation-plan"
    assert [measure.number for measure in reading(name).measures] == ["3.1", "3.2", "3.3", "3.4"]
    for measure in reading(name).measures:
        assert len(measure.sections) == 9
        assert len(boxes(measure)) == 35
        assert all(tick.citation for ticks in measure.ticks.values() for tick in ticks)


def test_the_first_edition_leaves_more_boxes_to_decide_than_the_second() -> None:
    def states(name: str) -> Counter[bool | None]:
        return Counter(state for measure in reading(name).measures for state in boxes(measure).values())

    assert states(FIRST) == {True: 47, False: 37, None: 56}
    assert states(SECOND) == {True: 70, False: 52, None: 18}


def test_the_first_edition_names_one_body_that_gilde_does_not_know() -> None:
    known = {name for one in organisations().values() for name in [one["name"]["en"], *one["aliases"]]}
    named = [body.name for measure in reading(FIRST).measures for body in measure.bodies]
    assert [name for name in named if name not in known] == ["Northern Chamber of Crafts"]


@pytest.mark.parametrize(
    ("name", "amounts"),
    [
        (
            FIRST,
            [
                (1_250_000, None),
                (40_000, "year"),
                (2_000_000, "year"),
                (350_000, "year"),
                (500_000, None),
                (600_000, None),
            ],
        ),
        (
            SECOND,
            [
                (1_250_000, None),
                (60_000, "year"),
                (2_000_000, "year"),
                (350_000, "year"),
                (500_000, None),
                (180_000, "year"),
            ],
        ),
    ],
)
def test_the_amounts_of_a_document_are_found(name: str, amounts: list[tuple[int, str | None]]) -> None:
    found = [(line.amount, line.period) for measure in reading(name).measures for line in measure.funding]
    assert found == [(Decimal(amount), period) for amount, period in amounts]


def test_the_second_edition_changes_what_a_comparison_can_show() -> None:
    first, second = (
        {measure.number: measure for measure in reading(name).measures} for name in (FIRST, SECOND)
    )
    assert first["3.2"].title != second["3.2"].title
    assert first["3.4"].title != second["3.4"].title
    assert [len(second[number].actions) - len(first[number].actions) for number in ("3.1", "3.2", "3.3")] == [
        0,
        1,
        0,
    ]
    assert boxes(first["3.1"]) != boxes(second["3.1"])
    assert [body.name for body in first["3.1"].bodies] != [body.name for body in second["3.1"].bodies]
