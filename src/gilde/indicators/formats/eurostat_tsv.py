"""The tables of Eurostat with a column for each period: "freq,unit,geo\\TIME_PERIOD", then "71.5 b", ": u", ":"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
from django.utils.translation import gettext as _

from gilde.indicators.errors import Unreadable
from gilde.indicators.formats.columns import Cells, batch, placed, repeated
from gilde.indicators.formats.concepts import concepts
from gilde.indicators.formats.message import Message
from gilde.indicators.formats.opening import Part
from gilde.indicators.formats.sdmx_csv import unreadable

_BLOCK = 256 * 1024  # a row unfolds into as many figures as there are periods
_COLUMNS = 5_000
_CELL = r"^(?P<value>:|.*?)\s*(?P<flags>[a-z]*)$"


@dataclass(frozen=True)
class _Heading:
    rows: tuple[str, ...]  # the dimensions named at the beginning of a row
    across: str  # the dimension that runs over the columns, mostly that of time
    categories: tuple[str, ...]


def looks_like(head: bytes) -> bool:
    """Return whether a file begins with a heading of such a table."""
    first = head.split(b"\n", 1)[0].split(b"\t", 1)
    return len(first) == 2 and b"\\" in first[0]


def read(part: Part) -> Message:
    """Return the message of a table. Raises Unreadable when the heading does not name the dimensions."""
    heading = _heading(part)
    dimensions = tuple(code for code in (*heading.rows, heading.across) if not concepts().is_time(code))
    return Message(
        format="Eurostat TSV", dimensions=dimensions, batches=lambda: _batches(part, heading, dimensions)
    )


def _heading(part: Part) -> _Heading:
    try:
        line = part.head.split(b"\n", 1)[0].decode("utf-8-sig").rstrip("\r")
    except ValueError as error:
        raise Unreadable(
            _("The first row of “%(name)s” is no heading in UTF-8.") % {"name": part.name}
        ) from error
    first, *categories = [cell.strip() for cell in line.split("\t")]
    named, _slash, across = first.partition("\\")
    rows = tuple(code.strip().lower() for code in named.split(","))
    across = across.strip().lower()
    every = (*rows, across)
    if len(set(every)) < len(every) or not all(every) or any(code.startswith("_") for code in every):
        raise Unreadable(
            _("The heading of “%(name)s” must name each dimension once, not “%(words)s”.")
            % {"name": part.name, "words": first[:80]}
        )
    if not any(concepts().is_time(code) for code in every):
        raise Unreadable(_("“%(name)s” has no dimension of time.") % {"name": part.name})
    if not 1 <= len(categories) <= _COLUMNS or len(set(categories)) < len(categories):
        raise Unreadable(
            _("The heading of “%(name)s” must have 1 to %(limit)d columns behind the first, each once.")
            % {"name": part.name, "limit": _COLUMNS}
        )
    return _Heading(rows, across, tuple(categories))


def _batches(part: Part, heading: _Heading, dimensions: tuple[str, ...]) -> Iterator[pa.RecordBatch]:
    row = 2
    with part.open() as file:
        for block in _blocks(file, part.name, heading):
            keys = _keys(part.name, block.column(0), heading, row)
            yield batch(part.name, _cells(block, keys, heading, dimensions, row))
            row += block.num_rows


def _keys(name: str, column: pa.Array, heading: _Heading, row: int) -> list[tuple[str, ...]]:
    """Return the categories of each row."""
    keys = []
    for at, words in enumerate(column.to_pylist()):
        key = tuple(word.strip() for word in words.split(","))
        if len(key) != len(heading.rows):
            raise Unreadable(
                _(
                    "“%(name)s”, row %(row)d: “%(words)s” does not name the %(count)d dimensions of the heading."
                )
                % {"name": name, "row": row + at, "words": words[:80], "count": len(heading.rows)}
            )
        keys.append(key)
    return keys


def _cells(
    block: pa.RecordBatch,
    keys: list[tuple[str, ...]],
    heading: _Heading,
    dimensions: tuple[str, ...],
    row: int,
) -> Cells:
    """Return the figures of a block, column after column."""
    count, width = block.num_rows, len(heading.categories)
    written = pa.chunked_array([block.column(at + 1) for at in range(width)]).combine_chunks()
    values, flags = _apart(written)
    columns = {
        code: pa.array([key[at] for key in keys] * width, pa.string()) for at, code in enumerate(heading.rows)
    }
    columns[heading.across] = placed(np.repeat(np.arange(width), count), heading.categories)
    time = next(code for code in columns if concepts().is_time(code))
    return Cells(
        rows=np.tile(np.arange(row, row + count, dtype=np.int64), width),
        dimensions={code: columns[code] for code in dimensions},
        periods=columns[time],
        values=values,
        statuses=[flags],
    )


def _apart(written: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Return values and flags of cells such as "71.5 b"."""
    trimmed = pc.utf8_trim_whitespace(written)
    if not pc.any(pc.match_substring_regex(trimmed, "[a-z]")).as_py():
        return trimmed, repeated("", len(trimmed))
    parts = pc.extract_regex(trimmed, _CELL)
    values = pc.fill_null(pc.struct_field(parts, "value"), trimmed)
    flags = pc.fill_null(pc.struct_field(parts, "flags"), "")
    # Letters alone are no flags: they are words where a number should be, or say themselves that it is missing.
    alone = pc.and_(pc.equal(values, ""), pc.not_equal(flags, ""))
    return pc.if_else(alone, trimmed, values), pc.if_else(alone, "", flags)


def _blocks(file: object, name: str, heading: _Heading) -> Iterator[pa.RecordBatch]:
    names = [str(at) for at in range(len(heading.categories) + 1)]
    try:
        reader = pacsv.open_csv(
            file,
            read_options=pacsv.ReadOptions(
                use_threads=False, block_size=_BLOCK, skip_rows=1, column_names=names
            ),
            parse_options=pacsv.ParseOptions(delimiter="\t", quote_char=False),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
        for block in reader:
            if block.num_rows:
                yield block
    except pa.ArrowException as error:
        if "Empty CSV" in str(error):
            return
        raise unreadable(name, error) from error
