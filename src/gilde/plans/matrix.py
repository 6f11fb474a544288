"""The tick boxes of a plan as a matrix: measures down, provisions or target groups across.

A box is ticked, not ticked, unknown (the source lost its state), or absent (the measure has no such box).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from gilde.core.text import Text
from gilde.plans.models import Measure, Plan, Provision, TargetGroup, Tick

TICKED, NOT_TICKED, UNKNOWN, ABSENT = "ticked", "not ticked", "unknown", "absent"
STATES = {True: TICKED, False: NOT_TICKED, None: UNKNOWN}


@dataclass(frozen=True)
class Head:
    """A column: its short code, its words, and the heading above it."""

    key: Any
    code: str
    title: Text
    above: Text
    instrument: str = ""


@dataclass(frozen=True)
class Row:
    """A measure with the state of its box in each column."""

    id: UUID
    number: str
    title: Text
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Matrix:
    """Columns and rows, and how many boxes of each column are in each state."""

    heads: Sequence[Head]
    rows: Sequence[Row]
    _totals: dict[str, tuple[int, ...]] = field(default_factory=dict, compare=False)

    def totals(self, state: str) -> tuple[int, ...]:
        """Return for each column how many measures have the box in this state."""
        if state not in self._totals:
            self._totals[state] = tuple(
                sum(row.cells[place] == state for row in self.rows) for place in range(len(self.heads))
            )
        return self._totals[state]

    def count(self, state: str) -> int:
        """Return how many boxes of the whole matrix are in this state."""
        return sum(self.totals(state))

    def groups(self) -> Iterator[tuple[Text, int]]:
        """Yield each heading above the columns with the number of columns that it spans."""
        place = 0
        while place < len(self.heads):
            above = self.heads[place].above
            span = next(
                (n for n, head in enumerate(self.heads[place:]) if head.above != above),
                len(self.heads) - place,
            )
            yield above, span
            place += span


def provision_matrix(plan: Plan) -> Matrix:
    """Return the measures of a plan against the provisions that it answers to, in 3 queries."""
    found = (
        Provision.objects.filter(instrument__plans=plan)
        .order_by("instrument__adopted", "instrument__code", "position")
        .values_list("pk", "number", "title", "instrument__short_title", "instrument__code")
    )
    heads = [Head(pk, number, title, above, code) for pk, number, title, above, code in found]
    return _matrix(plan, Tick.Group.PROVISION, "provision_id", heads)


def target_matrix(plan: Plan) -> Matrix:
    """Return the measures of a plan against the target groups of the European template: 3 queries."""
    found = TargetGroup.objects.order_by("position").values_list("pk", "position", "name", "heading")
    heads = [Head(pk, str(position), name, heading) for pk, position, name, heading in found]
    return _matrix(plan, Tick.Group.TARGET, "target_group_id", heads)


def _matrix(plan: Plan, group: str, key: str, heads: Sequence[Head]) -> Matrix:
    measures = (
        Measure.objects.filter(plan=plan, dropped_in=None)
        .order_by("position")
        .values_list("pk", "number", "title")
    )
    ticks = Tick.objects.filter(measure__plan=plan, measure__dropped_in=None, group=group)
    boxes = {
        (measure, column): STATES[ticked]
        for measure, column, ticked in ticks.order_by().values_list("measure_id", key, "ticked")
    }
    rows = [
        Row(pk, number, title, tuple(boxes.get((pk, head.key), ABSENT) for head in heads))
        for pk, number, title in measures
    ]
    return Matrix(heads, rows)
