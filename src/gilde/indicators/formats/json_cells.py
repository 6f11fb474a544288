"""Figures of JSON messages: compact columns that are made once, and handed out in batches."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from gilde.indicators.formats import cells
from gilde.indicators.formats.columns import BATCH, Cells, batch, placed


@dataclass(frozen=True)
class Table:
    """`places` gives for each dimension the categories and the place of each figure's category among them."""

    name: str
    places: Mapping[str, tuple[Sequence[str], NDArray[np.int32]]]
    time: str
    values: NDArray[np.float64]
    text: pa.Array
    statuses: Sequence[pa.Array] = ()
    confidentialities: Sequence[pa.Array] = ()
    multiplier: pa.Array | None = None
    numerator: pa.Array | None = None
    denominator: pa.Array | None = None

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the figures, numbered from 1 in the order of the message."""
        for start in range(0, len(self.values), BATCH):
            yield batch(self.name, self._piece(slice(start, start + BATCH)))

    def _piece(self, part: slice) -> Cells:
        def cut(column: pa.Array | None) -> pa.Array | None:
            return None if column is None else column[part]

        columns = {code: placed(at[part], words) for code, (words, at) in self.places.items()}
        values = self.values[part]
        return Cells(
            rows=np.arange(part.start + 1, part.start + 1 + len(values), dtype=np.int64),
            dimensions={code: column for code, column in columns.items() if code != self.time},
            periods=columns[self.time],
            values=pa.array(values),
            text=self.text[part],
            statuses=[column[part] for column in self.statuses],
            confidentialities=[column[part] for column in self.confidentialities],
            multiplier=cut(self.multiplier),
            numerator=cut(self.numerator),
            denominator=cut(self.denominator),
        )


def numbers(told: Sequence[Any]) -> tuple[NDArray[np.float64], pa.Array]:
    """Return the values of JSON as numbers, NaN where there is none, and the words that are none."""
    values = np.full(len(told), np.nan)
    text: list[str | None] = [None] * len(told)
    for at, value in enumerate(told):
        if value is None:
            continue
        words = value if isinstance(value, str) else None
        number = cells.number(words) if words is not None else _finite(value)
        if number is not None:
            values[at] = number
        elif words is None or not cells.is_missing(words):
            text[at] = (words if words is not None else str(value)).replace("\0", "")[:200]
    return values, pa.array(text, pa.string())


def _finite(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    # JSON of Python may say NaN, which is a missing value; as `number` it stays one.
    return number if math.isfinite(number) or math.isnan(number) else None
