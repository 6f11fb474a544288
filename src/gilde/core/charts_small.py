"""Charts small enough for a line of text or a table cell: a few lines of SVG of our own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

_EDGE = 3


@dataclass(frozen=True)
class Spot:
    """A number at a place on the time axis (in years); None is unknown. `broken`: not comparable with before."""

    at: float
    value: float | None
    broken: bool = False


def stretches(spots: Sequence[Spot]) -> list[list[Spot]]:
    """Return the spots with a number that a line may join: no break and no unknown number between them."""
    parts: list[list[Spot]] = []
    whole = False
    for spot in spots:
        if spot.broken or spot.value is None:
            whole = False
        if spot.value is None:
            continue
        if not whole:
            parts.append([])
        parts[-1].append(spot)
        whole = True
    return parts


def sparkline(
    spots: Sequence[Spot], label: str, *, target: float | None = None, width: int = 96, height: int = 24
) -> SafeString:
    """Return a line for a table cell, interrupted at breaks and unknown numbers, with a dot at the newest number.

    `label` says to who cannot see what it shows. Empty when there is no number.
    """
    parts = stretches(spots)
    if not parts:
        return SafeString("")
    known = [spot for part in parts for spot in part]
    values = [spot.value for spot in known if spot.value is not None]
    values += [] if target is None else [target]
    low, span = min(values), (max(values) - min(values)) or 1.0
    first, reach = spots[0].at, (spots[-1].at - spots[0].at) or 1.0

    def place(at: float, value: float) -> tuple[float, float]:
        return (
            round(_EDGE + (at - first) / reach * (width - 2 * _EDGE), 1),
            round(height - _EDGE - (value - low) / span * (height - 2 * _EDGE), 1),
        )

    shapes = []
    if target is not None:
        level = place(first, target)[1]
        shapes.append(f'<path class="aim" d="M0,{level}H{width}"/>')
    for part in parts:
        corners = [place(spot.at, spot.value) for spot in part if spot.value is not None]
        path = "M" + "L".join(f"{x},{y}" for x, y in corners)
        # A stroke of no length with round ends is a dot.
        shapes.append(f'<path d="{path if len(corners) > 1 else path + "h0"}"/>')
    last = known[-1]
    assert last.value is not None
    x, y = place(last.at, last.value)
    shapes.append(f'<circle cx="{x}" cy="{y}" r="2.5"/>')
    return format_html(
        '<svg class="sparkline" role="img" aria-label="{}" viewBox="0 0 {} {}" width="{}" height="{}">{}</svg>',
        label,
        str(width),
        str(height),
        str(width),
        str(height),
        mark_safe("".join(shapes)),  # numbers only
    )
