"""Tables of Gilde's own Parquet export, read a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from django.utils.translation import gettext as _

from gilde.indicators.errors import Unreadable
from gilde.indicators.formats.columns import BATCH, Cells, batch
from gilde.indicators.formats.concepts import concepts
from gilde.indicators.formats.message import Message
from gilde.indicators.formats.opening import Part

MAGIC = b"PAR1"
_LARGEST = 512 * 1024**2
_COLUMNS = 400


def read(part: Part) -> Message:
    """Return the message of a Parquet file. Raises Unreadable unless it has the columns of Gilde's export."""
    file = _opened(part)
    table = concepts()
    try:
        told = file.schema_arrow
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _broken(part.name) from error
    names = list(told.names)
    dimensions = [name for name in names if not _is_ours(name)]
    if "OBS_VALUE" not in names or "TIME_PERIOD" not in names or not dimensions:
        raise Unreadable(
            _("“%(name)s” is Parquet without the columns OBS_VALUE, TIME_PERIOD and a dimension.")
            % {"name": part.name}
        )
    codes = [name.lower() for name in dimensions]
    wrong = [n for n in (*dimensions, "TIME_PERIOD", "OBS_STATUS") if n in names and not _is_text(told, n)]
    figures = [n for n in ("OBS_VALUE", "NUMERATOR", "DENOMINATOR") if n in names]
    wrong += [n for n in figures if not pa.types.is_floating(told.field(n).type)]
    if wrong or len(set(codes)) < len(codes) or any(code.startswith("_") for code in codes):
        raise Unreadable(
            _("“%(name)s” is Parquet whose columns are not those of figures: %(columns)s.")
            % {"name": part.name, "columns": ", ".join(wrong or dimensions)[:200]}
        )
    about = {key.decode("utf-8", "replace"): value.decode("utf-8", "replace") for key, value in _told(told)}
    return Message(
        format="Parquet",
        dimensions=tuple(codes),
        batches=lambda: _batches(part, dimensions, names, sorted(table.status)),
        dataflow=about.get("indicator", ""),
        title=about.get("title", ""),
        attributes={key: about[key] for key in ("source", "licence") if about.get(key)},
    )


def _told(schema: pa.Schema) -> list[tuple[bytes, bytes]]:
    return [(key, value) for key, value in (schema.metadata or {}).items() if not key.startswith(b"ARROW")]


def _is_ours(name: str) -> bool:
    table = concepts()
    known = {*table.time[:1], *table.value[:1], table.numerator, table.denominator, "INDICATOR"}
    return name in known or table.is_attribute(name)


def _is_text(schema: pa.Schema, name: str) -> bool:
    kind = schema.field(name).type
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _opened(part: Part) -> Any:
    stream = part.open()
    try:
        # A Parquet file is read from its end, so what is packed is unpacked first, within the limits.
        source = pa.BufferReader(stream.read(_LARGEST))
        file = pq.ParquetFile(
            source, thrift_string_size_limit=10_000_000, thrift_container_size_limit=1_000_000
        )
        about = file.metadata
        size = sum(about.row_group(at).total_byte_size for at in range(about.num_row_groups))
        if size > _LARGEST or about.num_columns > _COLUMNS:
            raise Unreadable(
                _("“%(name)s” is too large a Parquet file. Send SDMX-CSV instead.") % {"name": part.name}
            )
        return file
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _broken(part.name) from error
    finally:
        stream.close()


def _batches(
    part: Part, dimensions: list[str], names: list[str], statuses: list[str]
) -> Iterator[pa.RecordBatch]:
    row = 1
    parts = ("TIME_PERIOD", "OBS_VALUE", "OBS_STATUS", "NUMERATOR", "DENOMINATOR", "CONF_STATUS")
    wanted = [name for name in names if name in dimensions or name in parts]
    try:
        for block in _opened(part).iter_batches(batch_size=BATCH, columns=wanted, use_threads=False):
            rows = np.arange(row, row + block.num_rows, dtype=np.int64)
            row += block.num_rows

            def text(name: str, block: pa.RecordBatch = block) -> pa.Array:
                return block.column(name).cast(pa.string())

            def figures(name: str, block: pa.RecordBatch = block) -> pa.Array | None:
                return block.column(name).cast(pa.string()) if name in names else None

            yield batch(
                part.name,
                Cells(
                    rows=rows,
                    dimensions={name.lower(): text(name) for name in dimensions},
                    periods=text("TIME_PERIOD"),
                    values=block.column("OBS_VALUE").cast(pa.float64()),
                    statuses=[text("OBS_STATUS")] if "OBS_STATUS" in names else [],
                    numerator=figures("NUMERATOR"),
                    denominator=figures("DENOMINATOR"),
                ),
            )
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _broken(part.name) from error


def _broken(name: str) -> Unreadable:
    return Unreadable(_("“%(name)s” is no whole Parquet file. Fetch it again.") % {"name": name})
