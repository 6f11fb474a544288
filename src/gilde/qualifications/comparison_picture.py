"""The picture of a comparison: one bar for each pair and direction, in parts shared, partly shared and missing."""

from __future__ import annotations

from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from gilde.qualifications.comparison import Comparison, Counts
from gilde.qualifications.comparison_words import STATUSES, counts_words, letters

# In pixels; narrow enough to be read on a phone without being made smaller.
_WIDTH: Final = 352
_LEFT: Final = 56
_ROW: Final = 24
_GAP: Final = 10  # between the bars of one qualification and those of the next


def picture(compared: Comparison) -> SafeString:
    """Return as SVG how much of each qualification is found in each other; empty when none has outcomes.

    It says nothing that the table of the same numbers does not; shared is full, partly is pale, missing is hollow.
    """
    named = letters(len(compared.sides))
    most = max((len(side.rows) for side in compared.sides), default=0)
    if not most:
        return SafeString("")
    bars, told, y = [], [], 0
    for at, side in enumerate(compared.sides):
        for other, counts in zip([each for each in named if each != named[at]], side.counts, strict=True):
            label = _("%(one)s in %(other)s") % {"one": named[at], "other": other}
            bars.append(_bar(label, counts, y, (_WIDTH - _LEFT - 2) / most))
            told.append(f"{label}: {counts_words(counts)}.")
            y += _ROW
        y += _GAP
    size = {"width": str(_WIDTH), "height": str(y - _GAP)}
    return format_html(
        '<svg class="overlap" role="img" aria-label="{}" viewBox="0 0 {width} {height}" width="{width}" '
        'height="{height}">{}</svg>',
        " ".join(told),
        format_html_join("", "{}", ((bar,) for bar in bars)),
        **size,
    )


def _bar(label: str, counts: Counts, y: int, unit: float) -> SafeString:
    """Return a bar with its label; `unit` is the width of one outcome."""
    parts, x = [], float(_LEFT)
    for status in STATUSES:
        number = getattr(counts, status)
        if number:
            width = number * unit
            parts.append(
                (status, f"{x:.1f}", str(y + 3), f"{width:.1f}", f"{x + width / 2:.1f}", str(y + 15), number)
            )
            x += width
    shapes = format_html_join(
        "",
        '<rect class="{0}" x="{1}" y="{2}" width="{3}" height="17"/>'
        '<text class="{0}" x="{4}" y="{5}" text-anchor="middle">{6}</text>',
        parts,
    )
    return format_html('<text x="0" y="{}">{}</text>{}', str(y + 15), label, shapes)
