"""Levelling: eight levels judged alone, put side by side, and made into one level by weighted points.

Nothing here asks the database. Levels are numbers, the position of the level in its framework.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from statistics import median_low

from gilde.qualifications.procedures import Levelling


@dataclass(frozen=True)
class Spread:
    """What judges found on one element, lowest first; `apart` is how many levels lie between the furthest two."""

    element: str
    found: tuple[int, ...]

    @property
    def apart(self) -> int:
        return max(self.found) - min(self.found) if self.found else 0

    @property
    def agreed(self) -> bool:
        return bool(self.found) and self.apart == 0

    @property
    def middle(self) -> int | None:
        """Return the level that half of the judges reach, the lower one of two; None when nobody judged."""
        return median_low(self.found) if self.found else None


def spreads(elements: Collection[str], judged: Collection[tuple[str, int]]) -> list[Spread]:
    """Return for each element, in the order given, what judges found on it."""
    found: dict[str, list[int]] = {element: [] for element in elements}
    for element, level in judged:
        found[element].append(level)
    return [Spread(element, tuple(sorted(levels))) for element, levels in found.items()]


def points(levels: Mapping[str, int], method: Levelling) -> Decimal:
    """Return the weighted mean of the levels of the elements, to three places.

    Elements without a weight count nothing. Raises ValueError when a weighted element has no level.
    """
    weights = {element: weight for element, weight in method.weights.items() if weight}
    if missing := sorted(weights.keys() - levels.keys()):
        raise ValueError(f"no level for: {', '.join(missing)}")
    total = sum(weights.values(), Decimal(0))
    if not total:
        raise ValueError("no element has a weight")
    summed = sum((weight * levels[element] for element, weight in weights.items()), Decimal(0))
    return (summed / total).quantize(Decimal("0.001"))


def level_for(reached: Decimal, method: Levelling) -> str | None:
    """Return the code of the highest level whose least points are reached; None below the lowest."""
    fitting = [code for code, least in method.bands if least <= reached]
    return fitting[-1] if fitting else None
