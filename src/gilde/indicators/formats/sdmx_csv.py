"""SDMX-CSV 1.0 and 2.0, the flavours of Eurostat and OECD, and plain tables with the same headings, as a stream.

Which columns are dimensions is not said in a table. A column is one unless it is an attribute by its name (see
`concepts.yaml`) or, where the usual order is kept, stands behind the value. A unit, wherever it stands, is a dimension
of the message. UNIT_MULT is applied to the values.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
from django.utils.translation import gettext as _

from gilde.indicators.errors import Unreadable
from gilde.indicators.formats.columns import CODES, Cells, batch, codes
from gilde.indicators.formats.concepts import concepts, dataflow_of
from gilde.indicators.formats.message import Message
from gilde.indicators.formats.opening import Part

_BLOCK = 1024 * 1024
_COLUMNS = 400
_UNLIKE_THE_HEADING = re.compile(r"Row #(\d+): Expected (\d+) columns, got (\d+)")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Column:
    """A column by its place; `labelled` when a cell holds a code and its name, "F: Women"."""

    place: int
    name: str
    labelled: bool = False


@dataclass
class Layout:
    """What the heading of a table says."""

    delimiter: str
    width: int
    dimensions: dict[str, Column] = field(default_factory=dict)
    name_columns: dict[str, int] = field(default_factory=dict)  # the place of the names of a dimension
    period: Column | None = None
    value: Column | None = None
    status: list[Column] = field(default_factory=list)
    confidentiality: list[Column] = field(default_factory=list)
    multiplier: Column | None = None
    numerator: Column | None = None
    denominator: Column | None = None
    dataflow: Column | None = None
    action: Column | None = None
    updated: Column | None = None

    @property
    def used(self) -> list[Column]:
        """Return the columns that are read; the others cost nothing."""
        single = [self.period, self.value, self.multiplier, self.numerator, self.denominator]
        heads = [self.dataflow, self.action]
        told = [*self.dimensions.values(), *self.status, *self.confidentiality, *single, *heads]
        return [column for column in told if column is not None]


def looks_like(head: bytes) -> bool:
    """Return whether a file begins with a heading that has a column of values and one of time."""
    first = head.removeprefix(_BOM).split(b"\n", 1)[0].decode("utf-8", "replace")
    idents = [_ident(cell.strip('"')) for cell in first.split(_delimiter(first))]
    return _place(idents, concepts().value) is not None and _place(idents, concepts().time) is not None


def read(part: Part) -> Message:
    """Return the message of a table. Raises Unreadable when the heading is none of figures."""
    layout = layout_of(part)
    names: dict[str, dict[str, str]] = {code: {} for code in _named(layout)}
    first = _first_row(part, layout)
    dataflow = first.get(layout.dataflow.place, "") if layout.dataflow else ""
    return Message(
        format="SDMX-CSV",
        dimensions=tuple(layout.dimensions),
        batches=lambda: _batches(part, layout, names),
        dataflow=dataflow_of(dataflow),
        names=names,
        prepared=_moment(first.get(layout.updated.place, "")) if layout.updated else None,
    )


def layout_of(part: Part) -> Layout:
    """Return what the heading says. Raises Unreadable for one without values, time or dimensions."""
    line, _end, rest = part.head.removeprefix(_BOM).partition(b"\n")
    try:
        heading = line.decode("utf-8").rstrip("\r")
        if not rest and len(line) >= 60_000:
            raise ValueError
        delimiter = _delimiter(heading)
        cells = next(csv.reader([heading], delimiter=delimiter), [])
    except (ValueError, csv.Error) as error:
        raise Unreadable(
            _("The first row of “%(name)s” is no heading in UTF-8.") % {"name": part.name}
        ) from error
    if len(cells) > _COLUMNS:
        raise Unreadable(
            _("“%(name)s” has %(count)d columns; a table of figures has at most %(limit)d.")
            % {"name": part.name, "count": len(cells), "limit": _COLUMNS}
        )
    layout = Layout(delimiter, len(cells))
    _arrange(part.name, layout, cells)
    _require(part.name, layout, cells)
    return layout


def _arrange(name: str, layout: Layout, cells: list[str]) -> None:
    """Give each column its part."""
    table = concepts()
    idents = [_ident(cell) for cell in cells]
    value = _place(idents, table.value)
    time = _place(idents, table.time)
    # Attributes stand behind the value, unless the columns are in an order of their own.
    usual = value is not None and time is not None and time < value
    named = "STRUCTURE_NAME" in idents
    skip = False
    for at, (cell, ident) in enumerate(zip(cells, idents, strict=True)):
        if skip:
            skip = False
            continue
        column = Column(at, ident, labelled=": " in cell)
        if ident in table.heads:
            _head(layout, ident, column)
            continue
        skip = named  # with names asked for, the name of a component follows it in a column of its own
        if at == value:
            layout.value = column
        elif at == time:
            layout.period = column
        elif ident.upper() in table.status:
            layout.status.append(column)
        elif ident in table.confidentiality:
            layout.confidentiality.append(column)
        elif ident in (table.multiplier, table.numerator, table.denominator):
            setattr(layout, _ROLES[ident], column)
        elif ident in table.attributes or (usual and at > (value or 0) and ident not in table.unit):
            continue
        else:
            code = ident.lower()
            if not code or code.startswith("_"):
                raise Unreadable(
                    _("Column %(place)d of “%(name)s” has no name that a dimension can have: “%(words)s”.")
                    % {"name": name, "place": at + 1, "words": cell[:40]}
                )
            if code in layout.dimensions:
                raise Unreadable(
                    _("“%(name)s” has the column “%(words)s” twice.") % {"name": name, "words": ident[:40]}
                )
            layout.dimensions[code] = column
            if named:
                layout.name_columns[code] = at + 1


_ROLES = {"UNIT_MULT": "multiplier", "NUMERATOR": "numerator", "DENOMINATOR": "denominator"}


def _head(layout: Layout, word: str, column: Column) -> None:
    if word in ("DATAFLOW", "STRUCTURE_ID", "INDICATOR"):
        layout.dataflow = column
    elif word == "ACTION":
        layout.action = column
    elif word == "LAST UPDATE":
        layout.updated = column


def _require(name: str, layout: Layout, cells: list[str]) -> None:
    if layout.value is None or layout.period is None or not layout.dimensions:
        raise Unreadable(
            _(
                "“%(name)s” needs a column OBS_VALUE, a column TIME_PERIOD and one for each dimension; it has: "
                "%(columns)s."
            )
            % {"name": name, "columns": ", ".join(cell[:30] for cell in cells[:20]) or _("none")}
        )
    if len(layout.status) > 1 and len({column.name.upper() for column in layout.status}) < len(layout.status):
        raise Unreadable(
            _("“%(name)s” has the column “%(words)s” twice.") % {"name": name, "words": layout.status[0].name}
        )


def _named(layout: Layout) -> list[str]:
    labelled = [code for code, column in layout.dimensions.items() if column.labelled]
    return labelled + list(layout.name_columns)


def _batches(part: Part, layout: Layout, names: dict[str, dict[str, str]]) -> Iterator[pa.RecordBatch]:
    """Yield the batches; the names of categories are filled in on the way."""
    dataflow, row = "", 2
    with part.open() as file:
        for block in _blocks(file, part.name, layout):
            rows = np.arange(row, row + block.num_rows, dtype=np.int64)
            row += block.num_rows
            if layout.dataflow is not None:
                dataflow = _one_dataflow(part.name, block.column(str(layout.dataflow.place)), rows, dataflow)
            if layout.action is not None:
                _no_deletion(part.name, block.column(str(layout.action.place)), rows)
            _collect_names(block, layout, names)
            yield batch(part.name, _cells_of(block, layout, rows))


def _cells_of(block: pa.RecordBatch, layout: Layout, rows: np.ndarray) -> Cells:
    def taken(column: Column) -> pa.Array:
        array = block.column(str(column.place))
        return _codes_only(array) if column.labelled else array

    def maybe(column: Column | None) -> pa.Array | None:
        return None if column is None else taken(column)

    assert layout.period is not None
    assert layout.value is not None
    return Cells(
        rows=rows,
        dimensions={code: _unescaped(taken(column)) for code, column in layout.dimensions.items()},
        periods=taken(layout.period),
        values=block.column(str(layout.value.place)),
        statuses=[taken(column) for column in layout.status],
        confidentialities=[taken(column) for column in layout.confidentiality],
        multiplier=maybe(layout.multiplier),
        numerator=maybe(layout.numerator),
        denominator=maybe(layout.denominator),
    )


def _blocks(file: object, name: str, layout: Layout) -> Iterator[pa.RecordBatch]:
    """Yield the table in blocks of about a megabyte; raises Unreadable with the row that does not fit."""
    words = {str(column.place) for column in (layout.value, layout.numerator, layout.denominator) if column}
    used = [str(column.place) for column in layout.used] + [str(at) for at in layout.name_columns.values()]
    try:
        reader = pacsv.open_csv(
            file,
            read_options=pacsv.ReadOptions(
                use_threads=False,
                block_size=_BLOCK,
                skip_rows=1,
                column_names=[str(at) for at in range(layout.width)],
            ),
            parse_options=pacsv.ParseOptions(delimiter=layout.delimiter, newlines_in_values=True),
            convert_options=pacsv.ConvertOptions(
                column_types={place: pa.string() if place in words else CODES for place in used},
                include_columns=used,
                strings_can_be_null=False,
                check_utf8=True,
            ),
        )
        for block in reader:
            if block.num_rows:
                yield block
    except pa.ArrowException as error:
        if "Empty CSV" in str(error):
            return
        raise unreadable(name, error) from error


def unreadable(name: str, error: Exception) -> Unreadable:
    """Return in a sentence what pyarrow says of a table."""
    words = str(error)
    if found := _UNLIKE_THE_HEADING.search(words):
        return Unreadable(
            _("“%(name)s”, row %(row)s: it has %(count)s cells and the heading %(wanted)s.")
            % {"name": name, "row": found[1], "wanted": found[2], "count": found[3]}
        )
    if "UTF8" in words or "UTF-8" in words:
        return Unreadable(_("“%(name)s” is not written in UTF-8. Save it again as UTF-8.") % {"name": name})
    return Unreadable(
        _("“%(name)s” is no table that can be read: a quotation mark is left open, or a row is far too long.")
        % {"name": name}
    )


def _one_dataflow(name: str, column: pa.Array, rows: np.ndarray, known: str) -> str:
    """Return the dataset of the rows. Raises Unreadable where another one begins."""
    encoded = codes(column)
    indices = encoded.indices.to_numpy(zero_copy_only=False)
    words = encoded.dictionary.to_pylist()
    known = known or words[int(indices[0])]
    others = [at for at, word in enumerate(words) if word != known]
    found = np.flatnonzero(np.isin(indices, others))
    if len(found):
        raise Unreadable(
            _(
                "“%(name)s”, row %(row)d: here begins another dataset, “%(other)s” after “%(first)s”. Split the file."
            )
            % {
                "name": name,
                "row": rows[found[0]],
                "other": words[int(indices[found[0]])][:80],
                "first": known[:80],
            }
        )
    return known


def _no_deletion(name: str, column: pa.Array, rows: np.ndarray) -> None:
    encoded = codes(column)
    asks = [at for at, word in enumerate(encoded.dictionary.to_pylist()) if word.strip().upper() == "D"]
    found = np.flatnonzero(np.isin(encoded.indices.to_numpy(zero_copy_only=False), asks))
    if len(found):
        raise Unreadable(
            _("“%(name)s”, row %(row)d asks to delete a figure. Only figures are taken; leave such rows out.")
            % {"name": name, "row": rows[found[0]]}
        )


def _collect_names(block: pa.RecordBatch, layout: Layout, names: dict[str, dict[str, str]]) -> None:
    for code, column in layout.dimensions.items():
        if column.labelled:
            for word in codes(block.column(str(column.place))).dictionary.to_pylist():
                category, _colon, label = word.partition(": ")
                names[code].setdefault(category, label)
        elif code in layout.name_columns:
            pair = pa.table(
                {
                    "code": block.column(str(column.place)),
                    "name": block.column(str(layout.name_columns[code])),
                }
            ).group_by(["code", "name"])
            for row in pair.aggregate([]).to_pylist():
                names[code].setdefault(row["code"], row["name"])


def _codes_only(column: pa.Array) -> pa.DictionaryArray:
    encoded = codes(column)
    words = [word.split(": ", 1)[0] for word in encoded.dictionary.to_pylist()]
    return pa.DictionaryArray.from_arrays(encoded.indices, pa.array(words, pa.string()))


def _unescaped(column: pa.Array) -> pa.Array:
    """Return the codes without the apostrophe that a table for spreadsheets puts before what looks like a formula."""
    encoded = codes(column)
    words = encoded.dictionary.to_pylist()
    if not any(word.startswith("'") or word != word.strip() for word in words):
        return encoded
    plain = [re.sub(r"^'(?=[=+\-@])", "", word.strip()) for word in words]
    return pa.DictionaryArray.from_arrays(encoded.indices, pa.array(plain, pa.string()))


def _first_row(part: Part, layout: Layout) -> dict[int, str]:
    """Return the cells of the first row of figures by their place, as far as the beginning of the file shows it."""
    lines = part.head.removeprefix(_BOM).decode("utf-8", "replace").splitlines()[1:2]
    try:
        return dict(enumerate(next(csv.reader(lines, delimiter=layout.delimiter), [])))
    except csv.Error:
        return {}


def _ident(cell: str) -> str:
    """Return a heading without its name and without the marks of an array: STRUCTURE[;], OBS_STATUS[]."""
    return re.sub(r"\[.?\]$", "", cell.strip().split(": ", 1)[0].strip())


def _place(idents: list[str], wanted: tuple[str, ...]) -> int | None:
    """Return the place of the first of the wanted headings that there is, in whatever letters."""
    capitals = [ident.upper() for ident in idents]
    return next((capitals.index(word) for word in wanted if word in capitals), None)


def _delimiter(heading: str) -> str:
    outside = re.sub(r'"[^"]*"|\[.\]', "", heading)
    return max(",;\t", key=outside.count)


def _moment(words: str) -> datetime | None:
    """Return the moment of a column “LAST UPDATE” of Eurostat, "29/04/25 11:00:00"."""
    try:
        return datetime.strptime(words.strip(), "%d/%m/%y %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return None
