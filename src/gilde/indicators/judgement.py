"""Whether a target is reached, on its way, or not: arithmetic alone, the same for every figure.

The method is on the page “How this is judged” (`docs/judgement.md` tells it with a worked example); its thresholds
are dated data in `data/judgement.yaml`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from gilde.indicators.figures import Figure
from gilde.indicators.models.targets import Status


class Doubt(StrEnum):
    """Why nobody can tell."""

    NO_FIGURES = "no-figures"
    BREAK = "break"
    UNRELIABLE = "unreliable"
    TOO_FEW = "too-few"
    OTHER_SCOPE = "other-scope"
    AFTER_THE_YEAR = "after-the-year"


@dataclass(frozen=True)
class Aim:
    """What is to be reached: `value` in the unit of the figures, by the end of `year`."""

    value: float
    year: int
    at_least: bool = True
    scope_differs: bool = False


@dataclass(frozen=True)
class PathPoint:
    """Where the figure should be in a year on the way to the target."""

    year: int
    value: float


@dataclass(frozen=True)
class Judged:
    """How figures stand against an aim; numbers are in the unit of the figures (percent: percentage points).

    `distance` is target minus latest figure, positive while something is missing, whichever way is better.
    `linear` and `compound` are the required paths from the first comparable figure to the target year. `actual` and
    `required` are changes a year; `projected` is the trend at the target year between `low` and `high`.
    What cannot be told is None; `doubts` says why, and then `status` is CANNOT_TELL.
    """

    status: Status
    aim: Aim
    doubts: tuple[Doubt, ...] = ()
    latest: Figure | None = None
    start: Figure | None = None
    compared: tuple[Figure, ...] = ()
    distance: float | None = None
    actual: float | None = None
    required: float | None = None
    required_growth: float | None = None
    linear: tuple[PathPoint, ...] = ()
    compound: tuple[PathPoint, ...] = ()
    projected: float | None = None
    low: float | None = None
    high: float | None = None
    broken_in: tuple[str, ...] = field(default=())


def judge(figures: Sequence[Figure], aim: Aim) -> Judged:
    """Return how figures, in the order of time, stand against an aim."""
    raise NotImplementedError
