"""Figures as files: plain CSV, SDMX-CSV 2.0, JSON-stat 2.0 and Parquet, each readable by `gilde.indicators.formats`.

Every format has a column (or dimension) for each dimension of the indicator under its code, with totals written out,
and `geo`, TIME_PERIOD, OBS_VALUE, OBS_STATUS, UNIT_MEASURE, NUMERATOR and DENOMINATOR. OBS_STATUS holds the letters of
`Observation.flags`; that there is no value is said by the value: NaN in SDMX-CSV (SDMX 3.0, section 5), ":" elsewhere.
Numbers are written so that the same double is read again, with a decimal point, whatever the reader's language.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, Protocol, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq
from django.utils.functional import Promise
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from gilde.core.downloads import csv_cell
from gilde.indicators.dimensions import Dimension, breakdown_of, dimensions_of
from gilde.indicators.figures import MISSING, Figure, Line
from gilde.indicators.models import Indicator, Release

AREA: Final = "geo"
_ROWS = 500
_GROUP = 50_000
_MISSING_NUMBER = "NaN"
Item = TypeVar("Item")
# The moment at which each release was published, as ISO 8601.
Moments = Mapping[int, str]


class Write(Protocol):
    """Write the lines of one indicator, piece by piece."""

    def __call__(
        self, indicator: Indicator, lines: Iterable[Line], *, moments: Moments | None = None
    ) -> Iterator[bytes]: ...


@dataclass(frozen=True)
class Format:
    """A format for download: `label` names it for the reader."""

    suffix: str
    media_type: str
    label: str | Promise
    write: Write


@dataclass(frozen=True, slots=True)
class _Row:
    line: Line
    categories: tuple[str, ...]
    figure: Figure

    @property
    def letters(self) -> str:
        """Return the flags without the one that says that there is no value."""
        return self.figure.flags.replace(MISSING, "")


def moments_of(indicator: Indicator) -> dict[int, str]:
    """Return when each release of an indicator was published. One query."""
    told = Release.objects.filter(indicator=indicator).values_list("pk", "published_at")
    return {pk: moment.isoformat(timespec="seconds") for pk, moment in told}


def csv_table(
    indicator: Indicator, lines: Iterable[Line], *, moments: Moments | None = None
) -> Iterator[bytes]:
    """Yield a table for spreadsheets: RFC 4180, UTF-8 with a mark, and nothing that a spreadsheet would run.

    AREA_NAME is in the reader's language, RELEASE the moment at which the figure was published. One query, unless
    `moments` are given.
    """
    dimensions = dimensions_of(indicator)
    unit = _unit_column(indicator)
    moments = moments_of(indicator) if moments is None else moments
    yield "\N{ZERO WIDTH NO-BREAK SPACE}".encode() + _csv(
        [
            [
                *("INDICATOR", AREA, "AREA_NAME"),
                *(dimension.code for dimension in dimensions),
                *("TIME_PERIOD", "OBS_VALUE", "OBS_STATUS", *unit),
                *("NUMERATOR", "DENOMINATOR", "RELEASE"),
            ]
        ]
    )
    names = _AreaNames()
    for rows in _batched(_rows(lines, dimensions), _ROWS):
        yield _csv(
            [
                *(csv_cell(word) for word in (indicator.code, row.line.area.code, names(row.line))),
                *(csv_cell(category) for category in row.categories),
                row.figure.period,
                MISSING if row.figure.value is None else repr(float(row.figure.value)),
                row.letters,
                *(csv_cell(indicator.unit) for _column in unit),
                _number(row.figure.numerator),
                _number(row.figure.denominator),
                moments.get(row.figure.release or 0, ""),
            ]
            for row in rows
        )


def sdmx_csv(
    indicator: Indicator, lines: Iterable[Line], *, moments: Moments | None = None
) -> Iterator[bytes]:
    """Yield SDMX-CSV 2.0 (https://github.com/sdmx-twg/sdmx-csv, field guide); flags are an array, "b;u"."""
    dimensions = dimensions_of(indicator)
    unit = _unit_column(indicator)
    structure = f"GILDE:{indicator.code}({indicator.version}.0)"
    yield _csv(
        [
            [
                *("STRUCTURE[;]", "STRUCTURE_ID", "ACTION"),
                *(dimension.code for dimension in dimensions),
                *(
                    AREA,
                    "TIME_PERIOD",
                    "OBS_VALUE",
                    "OBS_STATUS[]",
                    *unit,
                    "NUMERATOR",
                    "DENOMINATOR",
                ),
            ]
        ]
    )
    for rows in _batched(_rows(lines, dimensions), _ROWS):
        yield _csv(
            [
                *("dataflow", structure, "I"),
                *row.categories,
                row.line.area.code,
                row.figure.period,
                _number(row.figure.value) or _MISSING_NUMBER,
                ";".join(row.letters),
                *(indicator.unit for _column in unit),
                _number(row.figure.numerator),
                _number(row.figure.denominator),
            ]
            for row in rows
        )


def json_stat(
    indicator: Indicator, lines: Iterable[Line], *, moments: Moments | None = None
) -> Iterator[bytes]:
    """Yield a JSON-stat 2.0 dataset (https://json-stat.org/full) with labels in the reader's language.

    Cells that hold no figure are left out, so values, statuses, numerators and denominators go by their place. The
    format names the categories before the values: the figures are held in memory.
    """
    dimensions = dimensions_of(indicator)
    rows = list(_rows(lines, dimensions))
    names = _AreaNames()
    areas = {row.line.area.code: names(row.line) for row in rows}
    told = [
        _listed(dimension, [row.categories[at] for row in rows]) for at, dimension in enumerate(dimensions)
    ]
    periods = sorted({row.figure.period for row in rows})
    axes = [*told, areas, dict.fromkeys(periods, "")]
    steps = [{code: at for at, code in enumerate(axis)} for axis in axes]
    value, status, above, below = {}, {}, {}, {}
    for row in rows:
        place = 0
        coordinates = (*row.categories, row.line.area.code, row.figure.period)
        for step, code in zip(steps, coordinates, strict=True):
            place = place * len(step) + step[code]
        key = str(place)
        value[key] = None if row.figure.value is None else float(row.figure.value)
        if row.figure.flags:
            status[key] = row.figure.flags
        if row.figure.numerator is not None:
            above[key] = float(row.figure.numerator)
        if row.figure.denominator is not None:
            below[key] = float(row.figure.denominator)
    idents = [*(dimension.code for dimension in dimensions), AREA, "TIME_PERIOD"]
    labels = [*(str(dimension.name) for dimension in dimensions), str(_("Area")), str(_("Period"))]
    dataset = {
        "version": "2.0",
        "class": "dataset",
        "label": str(indicator.name),
        "source": str(indicator.source),
        "updated": max(moments.values(), default=None) if moments else None,
        "id": idents,
        "size": [len(axis) for axis in axes],
        "role": {"time": ["TIME_PERIOD"], "geo": [AREA]},
        "dimension": {
            ident: {"label": label, "category": _category(axis)}
            for ident, label, axis in zip(idents, labels, axes, strict=True)
        },
        "value": value,
        "status": status,
        "extension": {
            "id": indicator.code,
            "unit": indicator.unit,
            "unit_label": str(indicator.unit_label),
            "definition": str(indicator.definition),
            "licence": indicator.licence,
            "numerator": above,
            "denominator": below,
        },
    }
    encoder = json.JSONEncoder(ensure_ascii=False, allow_nan=False)
    whole = {key: part for key, part in dataset.items() if part not in (None, "")}
    for pieces in _batched(encoder.iterencode(whole), 20_000):
        yield "".join(pieces).encode()


def parquet(
    indicator: Indicator, lines: Iterable[Line], *, moments: Moments | None = None
) -> Iterator[bytes]:
    """Yield a Parquet file (zstd), a row group at a time, with the columns of the plain table.

    One query, unless `moments` are given.
    """
    dimensions = dimensions_of(indicator)
    unit = _unit_column(indicator)
    moments = moments_of(indicator) if moments is None else moments
    words = pa.dictionary(pa.int32(), pa.string())
    texts = (AREA, "AREA_NAME", *(dimension.code for dimension in dimensions), "TIME_PERIOD")
    schema = pa.schema(
        [
            *((name, words) for name in texts),
            ("OBS_VALUE", pa.float64()),
            *((name, words) for name in ("OBS_STATUS", *unit)),
            ("NUMERATOR", pa.float64()),
            ("DENOMINATOR", pa.float64()),
            ("RELEASE", words),
        ],
        metadata={
            "indicator": indicator.code,
            "title": str(indicator.name),
            "source": str(indicator.source),
            "licence": indicator.licence,
        },
    )
    sink, names = _Sink(), _AreaNames()
    with pq.ParquetWriter(pa.PythonFile(sink, mode="w"), schema, compression="zstd") as writer:
        for rows in _batched(_rows(lines, dimensions), _GROUP):
            columns = zip(*(_cells(row, indicator, names, moments) for row in rows), strict=True)
            writer.write_table(
                pa.table(
                    [pa.array(column, kind.type) for column, kind in zip(columns, schema, strict=True)],
                    schema=schema,
                )
            )
            yield sink.taken()
    yield sink.taken()


FORMATS: Final[dict[str, Format]] = {
    "csv": Format("csv", "text/csv; charset=utf-8", _("CSV, for spreadsheets"), csv_table),
    "parquet": Format("parquet", "application/vnd.apache.parquet", "Parquet", parquet),
    "sdmx-csv": Format(
        "sdmx.csv", "application/vnd.sdmx.data+csv; version=2.0.0; charset=utf-8", "SDMX-CSV 2.0", sdmx_csv
    ),
    "json-stat": Format("json", "application/json", "JSON-stat 2.0", json_stat),
}


def _unit_column(indicator: Indicator) -> tuple[str, ...]:
    """Return the column of the unit, none where the unit is a dimension and differs from figure to figure."""
    codes = {stored["code"] for stored in indicator.dimensions}
    return () if codes & {"unit", "unit_measure"} else ("UNIT_MEASURE",)


def _rows(lines: Iterable[Line], dimensions: Sequence[Dimension]) -> Iterator[_Row]:
    for line in lines:
        breakdown = breakdown_of(line.key, dimensions)
        categories = tuple(breakdown.get(dimension.code, "") for dimension in dimensions)
        for figure in line.figures:
            yield _Row(line, categories, figure)


def _cells(
    row: _Row, indicator: Indicator, names: Callable[[Line], str], moments: Moments
) -> tuple[Any, ...]:
    figure = row.figure
    return (
        row.line.area.code,
        names(row.line),
        *row.categories,
        figure.period,
        figure.value,
        row.letters,
        *(indicator.unit for _column in _unit_column(indicator)),
        figure.numerator,
        figure.denominator,
        moments.get(figure.release or 0, ""),
    )


class _AreaNames:
    """The names of areas in the language of the reader who asked: a stream is read after the request has ended."""

    def __init__(self) -> None:
        self._language = get_language() or "en"
        self._names: dict[str, str] = {}

    def __call__(self, line: Line) -> str:
        code = line.area.code
        if code not in self._names:
            with override(self._language):
                self._names[code] = str(line.area.name)
        return self._names[code]


class _Sink(io.RawIOBase):
    """A file that hands out what was written since it was last asked."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []
        self._written = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        piece = bytes(data)
        self._parts.append(piece)
        self._written += len(piece)
        return len(piece)

    def tell(self) -> int:
        return self._written

    def taken(self) -> bytes:
        """Return what was written since."""
        parts, self._parts = self._parts, []
        return b"".join(parts)


def _listed(dimension: Dimension, used: Iterable[str]) -> dict[str, str]:
    """Return the categories that figures use with their names, in the order of the dimension."""
    found = dict.fromkeys(used)
    order = [code for code in dimension.categories if code in found]
    order += [code for code in found if code not in dimension.categories]
    return {code: dimension.category(code) for code in order}


def _category(axis: Mapping[str, str]) -> dict[str, Any]:
    category: dict[str, Any] = {"index": list(axis)}
    labels = {code: name for code, name in axis.items() if name}
    return {**category, "label": labels} if labels else category


def _number(value: float | None) -> str:
    """Return the shortest decimal number that is read as the same double, "" for none."""
    return "" if value is None else repr(float(value))


def _batched(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def _csv(rows: Iterable[Sequence[str]]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue().encode()
