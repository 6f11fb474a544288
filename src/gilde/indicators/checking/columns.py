"""Columns of Arrow as NumPy works with them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


@dataclass(frozen=True)
class Coded:
    """A column of words as places in a list, so that what is asked of each word is asked once."""

    words: list[str | None]
    places: NDArray[np.int64]

    @classmethod
    def of(cls, batch: pa.RecordBatch, name: str) -> Coded:
        """Return a column of a batch; one that it does not have is None in every row."""
        if name not in batch.schema.names:
            return cls([None], np.zeros(batch.num_rows, dtype=np.int64))
        column = batch.column(name)
        if not pa.types.is_dictionary(column.type):
            column = column.dictionary_encode()
        words: list[str | None] = column.dictionary.to_pylist()
        places = column.indices.to_numpy(zero_copy_only=False)
        if column.null_count:
            places = np.where(np.asarray(column.is_null()), len(words), np.nan_to_num(places))
            words = [*words, None]
        return cls(words or [None], places.astype(np.int64))

    def word(self, row: int) -> str:
        """Return the word of a row, "" where there is none."""
        return self.words[self.places[row]] or ""


def numbers(batch: pa.RecordBatch, name: str) -> NDArray[np.float64]:
    """Return a column of numbers, NaN where there is none."""
    column: NDArray[np.float64] = (
        batch.column(name).to_numpy(zero_copy_only=False).astype(np.float64, copy=True)
    )
    return column
