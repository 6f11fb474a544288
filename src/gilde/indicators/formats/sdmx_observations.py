"""The observations of an SDMX-ML message, as the events of a parser bring them, kept for one batch only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

import numpy as np
import pyarrow as pa
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from gilde.indicators.errors import Unreadable
from gilde.indicators.formats.columns import BATCH, Cells, batch, placed
from gilde.indicators.formats.concepts import concepts
from gilde.indicators.incoming import Places

_GROUPS = 200_000


class Observations:
    """Observations of one batch, and what is known of the whole message: dimensions and attributes."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.dimensions: list[str] = []
        self.attributes: dict[str, str] = {}
        self.multiplier = ""  # of the whole dataset
        self.status: dict[str, str] = {}
        self.explicit = False  # whether keys are told apart from attributes
        self.across = "TIME_PERIOD"  # the dimension at the observation, "" where all are
        self._waiting: list[tuple[dict[str, str], dict[str, str]]] = []
        self._groups: dict[tuple[str, ...], dict[tuple[str, ...], dict[str, str]]] = {}
        self._group_count = 0
        self._idents: list[str] = []
        self._row = 1
        self._decided = False
        self._unit = False  # whether the unit is an attribute that becomes a dimension
        self._other = False  # whether an observation has attributes that no list names
        self._begin()

    def _begin(self) -> None:
        self.keys: list[dict[str, str]] = []  # one for each series of the batch
        self._series: list[int] = []  # the place of each observation's series in `keys`
        self._own: list[str] = []  # the category of the dimension at the observation
        self._values: list[str | None] = []
        self._attributes: list[dict[str, str]] = []
        self._above: list[dict[str, str]] = []

    @property
    def count(self) -> int:
        """Return how many observations wait for their batch."""
        return len(self._values)

    @property
    def full(self) -> bool:
        """Return whether a batch is worth making."""
        return len(self._values) >= BATCH

    def dataset(self, attributes: Mapping[str, str]) -> None:
        """Take what is said of a whole dataset. Raises Unreadable where a second one has another unit."""
        table = concepts()
        self.multiplier = attributes.get(table.multiplier, "")
        self.status = {
            ident: word
            for ident, word in attributes.items()
            if ident in table.status or ident in table.confidentiality
        }
        for ident, word in attributes.items():
            key = "unit" if ident in table.unit else ident.lower()
            if self.attributes.setdefault(key, word[:1000]) != word[:1000] and key == "unit":
                raise Unreadable(
                    _("“%(name)s” holds datasets in several units. Split the file.") % {"name": self.name}
                )

    def group(self, key: dict[str, str], attributes: Mapping[str, str]) -> None:
        """Remember the attributes of a group of series. Raises Unreadable for far too many."""
        told = {ident: word for ident, word in attributes.items() if ident in kept()}
        if told:
            self._waiting.append((key, told))
            self._group_count += 1
            if self._group_count > _GROUPS:
                raise Unreadable(_("“%(name)s” has far too many groups.") % {"name": self.name})

    def series(self, key: dict[str, str], attributes: dict[str, str]) -> None:
        """Begin a series."""
        for named, told in self._waiting:
            # What a group names and a series does not is an attribute that no list names.
            names = tuple(sorted(ident for ident in named if ident in key))
            self._groups.setdefault(names, {})[tuple(named[ident] for ident in names)] = told
        self._waiting.clear()
        above = {ident: word for ident, word in attributes.items() if ident in kept()}
        for names, group in self._groups.items():
            above = {**group.get(tuple(key.get(ident, "") for ident in names), {}), **above}
        if self.keys and (not self._series or self._series[-1] < len(self.keys) - 1):
            self.keys[-1], self._above[-1] = key, above  # the one before had no observation
        else:
            self.keys.append(key)
            self._above.append(above)

    def add(self, own: str, value: str | None, attributes: dict[str, str], other: bool = False) -> None:
        """Add an observation to the series that was begun last; `other` says that it has more attributes."""
        self._other = self._other or other
        self._series.append(len(self.keys) - 1)
        self._own.append(own)
        self._values.append(value)
        self._attributes.append(attributes)

    def batch(self) -> pa.RecordBatch:
        """Return the observations as columns and begin anew, in the same series."""
        if not self._decided:
            self._decide()
        count = self.count
        rows = np.arange(self._row, self._row + count, dtype=np.int64)
        self._row += count
        columns = self._columns(rows)
        table = concepts()
        said, places = self._said()
        if self._unit:
            columns["unit_measure"] = placed(places, _words(said, table.unit))
        elif not table.unit & set(self._idents) and any(table.unit & set(each) for each in said):
            raise Unreadable(
                _("“%(name)s”: a unit is told from observation %(row)d on and not before. Split the file.")
                % {"name": self.name, "row": rows[0]}
            )
        time = self._time(columns)
        made = batch(
            self.name,
            Cells(
                rows=rows,
                dimensions={code: columns[code] for code in self.dimensions},
                periods=columns[time],
                values=pa.array(self._values, pa.string()),
                statuses=[placed(places, _words(said, table.status))],
                confidentialities=[placed(places, _words(said, table.confidentiality))],
                multiplier=self._multiplier(said, places),
            ),
        )
        last, above = self.keys[-1], self._above[-1]
        self._begin()
        self.keys.append(last)
        self._above.append(above)
        return made

    def _decide(self) -> None:
        """Decide from the first batch which words are dimensions."""
        self._decided = True
        table = concepts()
        used = sorted(set(self._series))
        common = [
            ident
            for ident in self.keys[used[0]]
            if self.explicit or all(ident in self.keys[place] for place in used)
        ]
        across = self.across
        # A flat message has every dimension at the observation.
        idents = [ident for ident in common if self.explicit or not table.is_attribute(ident)]
        if across and across not in idents:
            idents.append(across)
        self._unit = not (set(idents) & table.unit) and any(
            table.unit & set(told) for told in (*(self._above[place] for place in used), *self._attributes)
        )
        self._idents = idents
        codes = [ident.lower() for ident in idents]
        if self._unit:
            codes.append("unit_measure")
        if len(set(codes)) < len(codes) or any(code.startswith("_") for code in codes):
            raise Unreadable(_("“%(name)s” names a dimension twice.") % {"name": self.name})
        if not any(table.is_time(code) for code in codes):
            raise Unreadable(_("“%(name)s” has no dimension of time.") % {"name": self.name})
        self.dimensions = [code for code in codes if not table.is_time(code)]
        if self._other and not any(value is not None for value in self._values):
            raise Unreadable(
                _(
                    "No observation of “%(name)s” has an OBS_VALUE; Gilde reads messages with this one measure."
                )
                % {"name": self.name}
            )

    def _columns(self, rows: np.ndarray) -> dict[str, pa.Array]:
        columns: dict[str, pa.Array] = {}
        series = np.array(self._series, np.int32)
        for ident in self._idents:
            code = ident.lower()
            if ident == self.across:
                columns[code] = pa.array(self._own, pa.string())
                continue
            words = [key.get(ident) for key in self.keys]
            if None in words:
                for place in np.unique(series).tolist():
                    if words[place] is None:
                        raise Unreadable(
                            _(
                                "“%(name)s”, observation %(row)d: its series does not name the dimension “%(code)s”."
                            )
                            % {
                                "name": self.name,
                                "row": rows[int(np.argmax(series == place))],
                                "code": ident[:40],
                            }
                        )
            columns[code] = placed(series, [word or "" for word in words])
        return columns

    def _time(self, columns: Mapping[str, pa.Array]) -> str:
        return next(code for code in columns if concepts().is_time(code))

    def _said(self) -> tuple[list[dict[str, str]], NDArray[np.int32]]:
        """Return what is said of observations, each distinct once, and which of them holds for each observation."""
        told: Iterable[dict[str, str]] = self._attributes
        if self.status or any(self._above):
            told = (
                {**self.status, **self._above[place], **own}
                for place, own in zip(self._series, self._attributes, strict=True)
            )
        distinct = Places[tuple[tuple[str, str], ...]]()
        places = np.fromiter((distinct.place(tuple(each.items())) for each in told), np.int32, self.count)
        return [dict(each) for each in distinct.places], places

    def _multiplier(self, said: list[dict[str, str]], places: NDArray[np.int32]) -> pa.Array | None:
        ident = concepts().multiplier
        if not self.multiplier and not any(ident in each for each in said):
            return None
        return placed(places, [each.get(ident, self.multiplier) for each in said])


@cache
def kept() -> frozenset[str]:
    """Return the names of the attributes that change how a figure is read."""
    table = concepts()
    return table.status | table.confidentiality | table.unit | {table.multiplier}


def _words(said: list[dict[str, str]], idents: frozenset[str]) -> list[str]:
    return [" ".join(each[ident] for ident in each if ident in idents) for each in said]
