"""Arithmetic of drawings: scales and their ticks, widths of words, labels that do not stand on one another."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import quantiles

_NARROW, _WIDE = set("iljtfrI.,:;'|!()[]- /"), set("mwMW@%—")
_SAME = 1e-6  # values nearer to one another than this share of them are one level on an axis


@dataclass(frozen=True)
class Scale:
    """A linear scale from values (`domain`) to pixels (`range`)."""

    domain: tuple[float, float]
    range: tuple[float, float]

    def __call__(self, value: float) -> float:
        low, high = self.domain
        start, end = self.range
        return round(start + (value - low) / ((high - low) or 1) * (end - start), 2)


def ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Return about `count` round numbers that enclose `low` and `high`, equally far apart."""
    largest = max(abs(low), abs(high))
    span = high - low
    if span < max(largest, 1.0) * _SAME:
        span = largest if largest >= _SAME else 1.0
    size = 10 ** math.floor(math.log10(span / count))
    step = min((size * each for each in (1, 2, 2.5, 5, 10)), key=lambda step: abs(span / step - count))
    first, last = math.floor(round(low / step, 9)), math.ceil(round(high / step, 9))
    last = max(last, first + 1)
    return [round(number * step, 10) for number in range(first, last + 1)]


def decimals_of(values: Iterable[float]) -> int:
    """Return how many decimals tell these ticks apart, at most four."""
    return max((len(f"{value:.4f}".rstrip("0").partition(".")[2]) for value in values), default=0)


def width_of(words: str, size: float = 12) -> float:
    """Return about how wide words are in pixels, in the sans of most systems."""
    total = 0.0
    for sign in words:
        total += 0.34 if sign in _NARROW else 0.94 if sign in _WIDE else 0.7 if sign.isupper() else 0.6
    return total * size


def cut(words: str, width: float, size: float = 12) -> str:
    """Return words cut to a width in pixels, with an ellipsis where something is left out."""
    if width_of(words, size) <= width:
        return words
    while words and width_of(words, size) + size > width:
        words = words[:-1]
    return words.rstrip() + "…"


def wrap(words: str, width: float, size: float = 12) -> list[str]:
    """Return words on at most two lines of a width in pixels."""
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and len(lines) < 2 and width_of(longer, size) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return [cut(line, width + size, size) for line in lines]


def spread(wanted: Sequence[float], heights: Sequence[float], low: float, high: float) -> list[float]:
    """Return middles near the wanted ones between `low` and `high` so that boxes of these heights do not touch."""
    order = sorted(range(len(wanted)), key=lambda n: (wanted[n], n))
    placed = list(wanted)
    floor = low
    for n in order:
        placed[n] = max(wanted[n], floor + heights[n] / 2)
        floor = placed[n] + heights[n] / 2
    ceiling = high
    for n in reversed(order):
        placed[n] = min(placed[n], ceiling - heights[n] / 2)
        ceiling = placed[n] - heights[n] / 2
    return placed


def flow(widths: Sequence[float], across: float, gap: float = 24) -> list[tuple[float, int]]:
    """Return for boxes of these widths where each begins and in which line it stands, filling lines."""
    places: list[tuple[float, int]] = []
    x, line = 0.0, 0
    for width in widths:
        if x and x + width > across:
            x, line = 0.0, line + 1
        places.append((x, line))
        x += width + gap
    return places


def classes(values: Iterable[float], decimals: int, count: int = 5) -> list[tuple[float, float]]:
    """Return at most `count` classes (least, greatest) with about the same number of values in each."""
    known = sorted(round(value, decimals) for value in values)
    distinct = sorted(set(known))
    if len(distinct) <= count:
        return [(value, value) for value in distinct]
    bounds = quantiles(known, n=count, method="inclusive")
    made: list[tuple[float, float]] = []
    lower = -math.inf
    for upper in [*bounds, math.inf]:
        held = [value for value in distinct if lower < value <= upper]
        if held:
            made.append((held[0], held[-1]))
        lower = upper
    return made
