"""What is wrong with single rows: values, units, periods, areas and categories, in columns."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from gilde.core.errors import Invalid
from gilde.indicators import periods
from gilde.indicators.checking.columns import Coded, numbers
from gilde.indicators.checking.result import NUMBER, SHOWN, Found, Kind
from gilde.indicators.checking.wanted import UNIT_DIMENSIONS, Wanted
from gilde.indicators.dimensions import Dimension, key_of
from gilde.indicators.formats.message import DENOMINATOR, FLAGS, NUMERATOR, PERIOD, ROW, TEXT, VALUE
from gilde.indicators.incoming import Places

_DECIMAL_COMMA: Final = re.compile(r"\s*-?\d{1,3}(?:[.\s\u00a0\u202f]?\d{3})*,\d+\s*")


@dataclass
class _Part:
    """The rows of one batch that are of the indicator, with the fault of each: the first one that was found."""

    batch: pa.RecordBatch
    rows: NDArray[np.int64]
    fault: NDArray[np.int8]


class Rows:
    """Reads a message batch by batch into columns. `told` are the first faults of each kind, `faults` counts all."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.series, self.periods, self.flags = Places[tuple[str, str]](), Places[str](), Places[str]()
        self.pieces: list[dict[str, NDArray[Any]]] = []
        self.told: list[Found] = []
        self.faults: dict[str, int] = {}
        self.count = self.left_aside = 0
        self.others: dict[
            str, set[str]
        ] = {}  # what the indicator does not say of itself: dimension, categories
        self.new_categories: dict[str, dict[str, str]] = {}

    def read(self, batch: pa.RecordBatch) -> None:
        """Take in one batch."""
        self.count += batch.num_rows
        kept = self._selected(batch)
        self.left_aside += int((~kept).sum())
        if not kept.any():
            return
        if not kept.all():
            batch = batch.filter(pa.array(kept))
        rows = batch.column(ROW).to_numpy(zero_copy_only=False)
        part = _Part(batch, rows, np.zeros(len(rows), dtype=np.int8))
        self._note_others(part)
        self._unreadable(part)
        value = numbers(batch, VALUE)
        self._impossible(part, value)
        self._units(part)
        series, period = self._series(part), self._period(part)
        flags = Coded.of(batch, FLAGS)
        flag = np.array([self.flags.place(word or "") for word in flags.words], dtype=np.int16)[flags.places]
        placed = (series >= 0) & (period >= 0)
        piece = {
            "series": series[placed].astype(np.int32),
            "period": period[placed].astype(np.int32),
            "value": value[placed],
            "flags": flag[placed],
            "fault": part.fault[placed],
            "row": rows[placed],
        }
        for name in (NUMERATOR, DENOMINATOR):
            if name in batch.schema.names:
                piece[name] = numbers(batch, name)[placed]
        self.pieces.append(piece)

    def _selected(self, batch: pa.RecordBatch) -> NDArray[np.bool_]:
        kept = np.ones(batch.num_rows, dtype=bool)
        for code, codes in self.wanted.selection.items():
            if code in self.wanted.message.dimensions:
                column = Coded.of(batch, code)
                kept &= np.array([word in codes for word in column.words], dtype=bool)[column.places]
        return kept

    def _note_others(self, part: _Part) -> None:
        for code in self.wanted.message.dimensions:
            if not self.wanted.is_known(code):
                column = Coded.of(part.batch, code)
                used = np.unique(column.places).tolist()
                self.others.setdefault(code, set()).update(column.words[at] or "" for at in used)

    def _unreadable(self, part: _Part) -> None:
        texts = Coded.of(part.batch, TEXT)
        comma = [word is not None and bool(_DECIMAL_COMMA.fullmatch(word)) for word in texts.words]
        other = [word is not None and not is_comma for word, is_comma in zip(texts.words, comma, strict=True)]
        self._mark(
            part,
            Kind.DECIMAL_COMMA,
            np.array(comma, dtype=bool)[texts.places],
            _("“%(value)s” is written with a decimal comma; statistics use a point. Correct the file."),
            texts.word,
        )
        self._mark(
            part,
            Kind.UNREADABLE,
            np.array(other, dtype=bool)[texts.places],
            _("“%(value)s” is no number. Correct the file, or leave the row out."),
            texts.word,
        )

    def _impossible(self, part: _Part, value: NDArray[np.float64]) -> None:
        low, high = self.wanted.indicator.minimum, self.wanted.indicator.maximum
        bad = np.isinf(value)
        if low is not None:
            bad |= value < low
        if high is not None:
            bad |= value > high
        self._mark(
            part,
            Kind.IMPOSSIBLE,
            bad,
            _("%(value)s is impossible: values of this indicator are between %(low)s and %(high)s %(unit)s."),
            lambda at: f"{value[at]:g}",
            low="…" if low is None else f"{low:g}",
            high="…" if high is None else f"{high:g}",
            unit=self.wanted.indicator.unit_label,
        )

    def _units(self, part: _Part) -> None:
        unit = self.wanted.indicator.unit
        for name in UNIT_DIMENSIONS:
            chosen = {*self.wanted.selection, *(dimension.code for dimension in self.wanted.dimensions)}
            if name not in part.batch.schema.names or name in chosen:
                continue
            column = Coded.of(part.batch, name)
            self._mark(
                part,
                Kind.MIXED_UNITS,
                np.array([word not in (None, "", unit) for word in column.words], dtype=bool)[column.places],
                _("The unit is %(value)s, and this indicator is in %(unit)s."),
                column.word,
                unit=unit,
            )

    def _period(self, part: _Part) -> NDArray[np.int64]:
        """Return the place of the period of each row, -1 for what is no period of the indicator."""
        column = Coded.of(part.batch, PERIOD)
        places = []
        for word in column.words:
            try:
                period = periods.parse(word or "", self.wanted.indicator.frequency)
                places.append(self.periods.place(str(period)))
            except Invalid:
                places.append(-1)
        place: NDArray[np.int64] = np.array(places, dtype=np.int64)[column.places]
        self._mark(
            part,
            Kind.PERIOD,
            place < 0,
            _("“%(value)s” is no period of this indicator, whose figures are %(frequency)s."),
            column.word,
            frequency=self.wanted.indicator.get_frequency_display(),
        )
        return place

    def _series(self, part: _Part) -> NDArray[np.int64]:
        """Return the place of the series of each row, -1 for an area that nobody knows."""
        area = Coded.of(part.batch, self.wanted.area_dimension)
        columns = [
            (dimension, Coded.of(part.batch, dimension.code))
            for dimension in self.wanted.dimensions
            if dimension.code in self.wanted.message.dimensions
        ]
        # Each combination of area and categories is looked at once, at the first row that has it.
        mixed = area.places.astype(np.int64)
        for _dimension, column in columns:
            mixed = mixed * max(1, len(column.words)) + column.places
        _unique, first, inverse = np.unique(mixed, return_index=True, return_inverse=True)
        places, changed = [], []
        for at in first.tolist():
            breakdown = {dimension.code: column.word(at) for dimension, column in columns}
            changed.append(self._is_new(breakdown))
            code = self.wanted.areas.get(area.word(at))
            key = key_of(breakdown, _widened(self.wanted.dimensions, breakdown))
            places.append(-1 if code is None else self.series.place((code, key)))
        place: NDArray[np.int64] = np.array(places, dtype=np.int64)[inverse]
        self._mark(
            part,
            Kind.UNKNOWN_AREA,
            place < 0,
            _(
                "The area “%(value)s” is not known here. Load it with `gilde areas`, or leave its figures out."
            ),
            area.word,
        )
        self._mark(
            part,
            Kind.CHANGED_CODES,
            np.array(changed, dtype=bool)[inverse],
            _("The category “%(value)s” is new: the code list has changed since the indicator was set up."),
            lambda at: ", ".join(
                f"{d.code}={column.word(at)}" for d, column in columns if column.word(at) not in d.categories
            ),
        )
        return place

    def _is_new(self, breakdown: dict[str, str]) -> bool:
        """Return whether a breakdown names a category that the indicator does not have, and note it."""
        found = False
        for dimension in self.wanted.dimensions:
            category = breakdown.get(dimension.code, "")
            if category and dimension.categories and category not in dimension.categories:
                names = self.wanted.message.names.get(dimension.code, {})
                self.new_categories.setdefault(dimension.code, {})[category] = names.get(category, category)
                found = True
        return found

    def _mark(
        self,
        part: _Part,
        kind: str,
        bad: NDArray[np.bool_],
        sentence: str,
        value: Callable[[int], str],
        **more: object,
    ) -> None:
        """Mark rows that have no fault yet, and tell the first of each kind one by one."""
        bad = bad & (part.fault == 0)
        if not bad.any():
            return
        part.fault[bad] = NUMBER[Kind(kind)]
        before = self.faults.get(kind, 0)
        self.faults[kind] = before + int(bad.sum())
        for at in np.flatnonzero(bad)[: max(0, SHOWN - before)].tolist():
            told = value(at)
            key = "&".join(
                f"{d.code}={_cell(part.batch, d.code, at)}"
                for d in self.wanted.dimensions
                if d.code in part.batch.schema.names
            )
            self.told.append(
                Found(
                    kind,
                    sentence % {"value": told, **more},
                    row=int(part.rows[at]),
                    area=_cell(part.batch, self.wanted.area_dimension, at)[:40],
                    key=key[:300],
                    period=_cell(part.batch, PERIOD, at)[:40],
                    value=told[:100],
                )
            )


def _cell(batch: pa.RecordBatch, name: str, at: int) -> str:
    return str(batch.column(name)[at].as_py() or "")


def _widened(dimensions: list[Dimension], breakdown: dict[str, str]) -> list[Dimension]:
    """Return the dimensions so that a key can be made: one without total and without category stays open as "-"."""
    return [
        each if breakdown.get(each.code) or each.total else Dimension(each.code, each.name, "-")
        for each in dimensions
    ]
