"""One run over a message: what it holds for an indicator, as columns, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from numpy.typing import NDArray

from gilde.indicators.checking import whole
from gilde.indicators.checking.result import NUMBER, SHOWN, Checked, Found, Kind
from gilde.indicators.checking.rows import Rows
from gilde.indicators.checking.wanted import Wanted
from gilde.indicators.dimensions import Dimension, words_of_key
from gilde.indicators.formats.message import DENOMINATOR, NUMERATOR, Message
from gilde.indicators.incoming import Incoming, Places
from gilde.indicators.models import Indicator


def check(
    indicator: Indicator, message: Message, *, progress: Callable[[int], None] = lambda _rows: None
) -> Checked:
    """Return the figures of a message for an indicator, with everything that a person has to decide about.

    What only a comparison with the published figures shows is told by `shrunk`. Raises Invalid when the message does
    not say which areas it is of, and Unreadable as the message does. `progress` is told the rows read so far.
    """
    wanted = Wanted.of(indicator, message)
    found = list(whole.before_reading(wanted))
    rows = Rows(wanted)
    for batch in message.batches():
        rows.read(batch)
        progress(rows.count)
    incoming, numbers, fault = _columns(rows)
    twice, counted = _duplicates(incoming, numbers, fault, wanted.dimensions)
    found += [*rows.told, *twice, *_rest({**rows.faults, Kind.DUPLICATE: counted})]
    found += whole.after_reading(wanted, rows.others, len(incoming), rows.count)
    return Checked(incoming, fault, found, rows.count, rows.left_aside, rows.new_categories)


def _columns(rows: Rows) -> tuple[Incoming, NDArray[np.int64], NDArray[np.int8]]:
    """Return the figures with the row and the fault of each."""
    pieces = rows.pieces

    def joined(name: str, kind: Any) -> NDArray[Any]:
        return np.concatenate([piece.pop(name) for piece in pieces] or [np.empty(0, dtype=kind)])

    def optional(name: str) -> NDArray[np.float64] | None:
        return joined(name, np.float64) if pieces and all(name in piece for piece in pieces) else None

    incoming = Incoming(
        list(rows.series.places),
        list(rows.periods.places),
        list(rows.flags.places),
        joined("series", np.int32),
        joined("period", np.int32),
        joined("value", np.float64),
        joined("flags", np.int16),
        optional(NUMERATOR),
        optional(DENOMINATOR),
    )
    return _flagged(incoming), joined("row", np.int64), joined("fault", np.int8)


def _flagged(incoming: Incoming) -> Incoming:
    """Give a figure without a value the flag ":" where the reader has not, and take it from one with a value."""
    missing = np.isnan(incoming.value)
    says = np.array([":" in flags for flags in incoming.flags_list], dtype=bool)
    wrong = missing != (says[incoming.flags] if len(says) else missing)
    if wrong.any():
        flags = Places[str]({word: place for place, word in enumerate(incoming.flags_list)})
        other = [
            flags.place(word.replace(":", "") if ":" in word else "".join(sorted(word + ":")))
            for word in list(incoming.flags_list)
        ]
        incoming.flags[wrong] = np.array(other, dtype=np.int16)[incoming.flags[wrong]]
        incoming.flags_list[:] = list(flags.places)
    return incoming


def _duplicates(
    incoming: Incoming, numbers: NDArray[np.int64], fault: NDArray[np.int8], dimensions: list[Dimension]
) -> tuple[list[Found], int]:
    """Mark every row of a series and period that come twice; return what to tell, and how many keys those are."""
    slots = incoming.slots()
    order = np.argsort(slots, kind="stable").astype(np.int32)
    slots = slots[order]
    same = slots[1:] == slots[:-1]
    if not same.any():
        return [], 0
    twice = np.zeros(len(order), dtype=bool)
    twice[order[1:][same]] = True
    twice[order[:-1][same]] = True
    fault[twice & (fault == 0)] = NUMBER[Kind.DUPLICATE]
    starts = np.flatnonzero(same & ~np.concatenate([[False], same[:-1]]))
    told = []
    for start in starts[:SHOWN].tolist():
        first, second = int(order[start]), int(order[start + 1])
        area, key = incoming.series_list[incoming.series[first]]
        period = incoming.period_list[incoming.period[first]]
        of = ", ".join(part for part in (area, words_of_key(key, dimensions), period) if part)
        told.append(
            Found(
                Kind.DUPLICATE,
                _("Row %(first)d and row %(second)d both give the figure of %(of)s. Only one can be right.")
                % {"first": numbers[first], "second": numbers[second], "of": of},
                row=int(numbers[second]),
                area=area,
                key=key,
                period=period,
                value=f"{incoming.value[first]:g}, {incoming.value[second]:g}",
            )
        )
    return told, len(starts)


def _rest(faults: dict[str, int]) -> list[Found]:
    """Return for each kind how many rows are not told one by one."""
    return [
        Found(
            kind,
            ngettext("%(n)d more row like these.", "%(n)d more rows like these.", count - SHOWN)
            % {"n": count - SHOWN},
            count=count - SHOWN,
        )
        for kind, count in faults.items()
        if count > SHOWN
    ]
