"""What all pictures of figures share: rows, names, source, and the words about breaks and flags."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from gilde.core.charts import Axis, Row
from gilde.indicators.dimensions import dimensions_of, words_of_key
from gilde.indicators.figures import CONFIDENTIAL, Figure, Line
from gilde.indicators.models import Indicator, Release
from gilde.indicators.periods import position
from gilde.indicators.words import UNSURE, flag_letters, flag_words


def value_of(figure: Figure | None) -> float | None:
    """Return the value that may be shown: none of a figure that is confidential."""
    return None if figure is None or CONFIDENTIAL in figure.flags else figure.value


def names_of(lines: Sequence[Line]) -> dict[int, str]:
    """Return a name for each series by its id: the area, with breakdown and code where that is needed."""
    keys = {line.key for line in lines}
    names = {line.series: str(line.area) for line in lines}
    if len(keys) > 1:
        for line in lines:
            if line.key:
                words = words_of_key(line.key, dimensions_of(line.indicator))
                names[line.series] = f"{names[line.series]}, {words}"
    often = Counter(names.values())
    return {
        line.series: f"{name} ({line.area.code})" if often[name := names[line.series]] > 1 else name
        for line in lines
    }


def title_of(indicator: Indicator, lines: Sequence[Line]) -> str:
    """Return the name of the indicator, with the breakdown and the area that all lines have in common."""
    parts = [str(indicator)]
    if len(keys := {line.key for line in lines}) == 1 and (key := keys.pop()):
        parts.append(words_of_key(key, dimensions_of(indicator)))
    if len(lines) == 1:
        parts.append(str(lines[0].area))
    return ", ".join(parts)


def rows_of(lines: Iterable[Line], names: Mapping[int, str]) -> list[Row]:
    """Return the rows of a trend, one for each figure."""
    rows: list[Row] = []
    words: dict[str, tuple[str, str, bool, bool]] = {}
    for line in lines:
        for figure in line.figures:
            flags = figure.flags
            if flags not in words:
                letters = flag_letters(flags)
                words[flags] = letters, flag_words(letters), figure.is_break, bool(UNSURE & set(flags))
            letters, note, broken, unsure = words[flags]
            rows.append(
                {
                    "area": names[line.series],
                    "period": figure.period,
                    "value": value_of(figure),
                    "at": position(figure.period),
                    "mark": letters,
                    "note": note,
                    "broken": broken,
                    "unsure": unsure,
                }
            )
    return rows


def words_for(indicator: Indicator, lines: Sequence[Line], as_of: date | None) -> dict[str, Any]:
    """Return what every chart of an indicator says: unit, decimals, source with the day of retrieval, columns."""
    return {
        "unit": str(indicator.unit_label),
        "decimals": indicator.decimals,
        "source": str(indicator.source) or "Gilde",
        "as_of": as_of or retrieved_on(lines),
        "y": Axis("value", _("Value")),
        "extra": (Axis("mark", _("Flags")),),
    }


def retrieved_on(lines: Iterable[Line]) -> date | None:
    """Return the day on which the newest of these figures was retrieved. One query."""
    releases = {figure.release for line in lines for figure in line.figures if figure.release is not None}
    if not releases:
        return None
    moment = Release.objects.filter(pk=max(releases)).values_list("retrieved_at", flat=True).first()
    return timezone.localtime(moment).date() if moment is not None else None


def note_of(indicator: Indicator, rows: Iterable[Row], *, lines: bool = True) -> str:
    """Return what a reader has to know before reading: that figures are invented, broken, not firm.

    `lines` says that these are drawn, so that a break is seen as a gap; else it is a flag among others.
    """
    letters = sorted({letter for row in rows for letter in str(row.get("mark") or "")})
    told = []
    if indicator.synthetic:
        told.append(_("These figures are invented."))
    if "b" in letters and lines:
        told.append(
            _("Lines are interrupted where the series is broken: what lies before cannot be compared.")
        )
    flags = [
        f"{letter}\N{NO-BREAK SPACE}= {flag_words(letter)}"
        for letter in letters
        if letter != "b" or not lines
    ]
    if flags:
        told.append(_("Flags: %(flags)s.") % {"flags": ", ".join(flags)})
    return " ".join(told)
