"""Figures on their way in, as compact columns: five million of them take about 150 MB."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Word = TypeVar("Word")


@dataclass(frozen=True, slots=True)
class Arriving:
    """One figure on its way in, with the area and breakdown that name its series."""

    area: str
    key: str
    period: str
    value: float | None
    flags: str = ""
    numerator: float | None = None
    denominator: float | None = None


@dataclass
class Incoming:
    """Columns of equal length. `series`, `period` and `flags` are places in the three lists; NaN is missing.

    `series_list` holds (area code, key), each once; so do the other lists.
    """

    series_list: list[tuple[str, str]]
    period_list: list[str]
    flags_list: list[str]
    series: NDArray[np.int32]
    period: NDArray[np.int32]
    value: NDArray[np.float64]
    flags: NDArray[np.int16]
    numerator: NDArray[np.float64] | None = None
    denominator: NDArray[np.float64] | None = None

    def __len__(self) -> int:
        return len(self.series)

    @classmethod
    def of(cls, figures: Iterable[Arriving]) -> Incoming:
        """Return the columns of a few figures."""
        series, period, flags = Places[tuple[str, str]](), Places[str](), Places[str]()
        columns: tuple[list[Any], ...] = tuple([] for _column in range(6))
        for figure in figures:
            row = (
                series.place((figure.area, figure.key)),
                period.place(figure.period),
                _number(figure.value),
                flags.place(figure.flags),
                _number(figure.numerator),
                _number(figure.denominator),
            )
            for column, cell in zip(columns, row, strict=True):
                column.append(cell)
        return cls(
            list(series.places),
            list(period.places),
            list(flags.places),
            np.array(columns[0], dtype=np.int32),
            np.array(columns[1], dtype=np.int32),
            np.array(columns[2], dtype=np.float64),
            np.array(columns[3], dtype=np.int16),
            np.array(columns[4], dtype=np.float64),
            np.array(columns[5], dtype=np.float64),
        )

    def only(self, kept: NDArray[np.bool_]) -> Incoming:
        """Return the figures that are marked."""
        return Incoming(
            self.series_list,
            self.period_list,
            self.flags_list,
            self.series[kept],
            self.period[kept],
            self.value[kept],
            self.flags[kept],
            None if self.numerator is None else self.numerator[kept],
            None if self.denominator is None else self.denominator[kept],
        )

    def slots(self) -> NDArray[np.int64]:
        """Return a number for each figure that is equal for those of the same series and period."""
        return self.series.astype(np.int64) * max(1, len(self.period_list)) + self.period


@dataclass
class Places(Generic[Word]):
    """Words with the place at which each was first seen."""

    places: dict[Word, int] = field(default_factory=dict)

    def place(self, word: Word) -> int:
        """Return the place of a word, a new one for a new word."""
        return self.places.setdefault(word, len(self.places))


def _number(value: float | None) -> float:
    return float("nan") if value is None else value
