"""The straight line through figures, what it says of a later year, and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import TypeAlias

Point: TypeAlias = tuple[int, Decimal]  # a year and the value in it


@dataclass(frozen=True)
class Trend:
    """A line by least squares. Its slope is exact, because years are whole and figures are decimal numbers."""

    points: tuple[Point, ...]
    slope: Fraction
    spread: Fraction  # Σ(xᵢ - x̄)²
    middle: tuple[Fraction, Fraction]

    @classmethod
    def through(cls, points: Sequence[Point]) -> Trend:
        """Return the line. Raises ValueError for points at fewer than two places."""
        count = len(points)
        places = sum(x for x, _y in points)
        values = sum((y for _x, y in points), Decimal(0))
        squares = count * sum(x * x for x, _y in points) - places * places
        if not squares:
            raise ValueError("A line needs points at two different places.")
        products = count * sum((x * y for x, y in points), Decimal(0)) - places * values
        return cls(
            tuple(points),
            Fraction(products) / squares,
            Fraction(squares, count),
            (Fraction(places, count), Fraction(values) / count),
        )

    def at(self, place: int) -> Fraction:
        """Return the value of the line at a place."""
        return self.middle[1] + self.slope * (place - self.middle[0])

    def interval(self, place: int, level: float) -> tuple[float, float]:
        """Return between which values a new figure at `place` lies with probability `level`.

        The prediction interval of simple linear regression: Student's t with n - 2 degrees of freedom times
        s · √(1 + 1/n + (x - x̄)² / Σ(xᵢ - x̄)²). Raises ValueError for under three points.
        """
        count = len(self.points)
        if count < 3:
            raise ValueError("An interval needs three points.")
        slope, middle, height = float(self.slope), float(self.middle[0]), float(self.middle[1])
        left = sum((float(y) - height - slope * (x - middle)) ** 2 for x, y in self.points)
        factor = 1 + 1 / count + (place - middle) ** 2 / float(self.spread)
        half = student_t((1 + level) / 2, count - 2) * math.sqrt(left / (count - 2) * factor)
        return float(self.at(place)) - half, float(self.at(place)) + half


@lru_cache(maxsize=512)
def student_t(probability: float, freedom: int) -> float:
    """Return the quantile of Student's t: below it lies `probability` (0.5 or more) of the distribution.

    Found by halving the interval on the exact distribution function. Raises ValueError outside 0.5 to 1.
    """
    if not 0.5 <= probability < 1 or freedom < 1:
        raise ValueError(
            "The quantile is asked for a probability from 0.5 to 1 and at least one degree of freedom."
        )
    low, high = 0.0, 1.0
    while _below(high, freedom) < probability:
        low, high = high, high * 2
    for _step in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if _below(middle, freedom) < probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _below(t: float, freedom: int) -> float:
    """Return how much of the distribution lies below t, for whole degrees of freedom.

    Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4: a finite sum of powers of cos θ
    with tan θ = t / √ν.
    """
    angle = math.atan2(t, math.sqrt(freedom))
    sine, square = math.sin(angle), math.cos(angle) ** 2
    odd = freedom % 2
    term = math.cos(angle) if odd else 1.0
    total = 0.0
    for step in range(freedom // 2):
        total += term
        term *= square * (2 * step + 2) / (2 * step + 3) if odd else square * (2 * step + 1) / (2 * step + 2)
    within = (angle + sine * total) * 2 / math.pi if odd else sine * total
    return (1 + within) / 2
