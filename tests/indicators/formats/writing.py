"""The same table of figures written in every form in which Gilde reads one; not by the code under test."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from gilde.indicators import formats
from gilde.indicators.formats.message import (
    DENOMINATOR,
    FLAGS,
    NUMERATOR,
    PERIOD,
    ROW,
    TEXT,
    VALUE,
    Message,
)

M21 = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1"
M30 = "http://www.sdmx.org/resources/sdmxml/schemas/v3_0"


@dataclass(frozen=True)
class Cell:
    """One figure: categories in the order of the dimensions; `flags` without ":"."""

    key: tuple[str, ...]
    period: str
    value: float | None
    flags: str = ""

    @property
    def told(self) -> tuple[Any, ...]:
        """Return it as `rows_of` tells a figure that was read."""
        missing = ":" if self.value is None else ""
        return (self.key, self.period, self.value, missing + "".join(sorted(self.flags)))


def rows_of(message: Message, dimensions: Sequence[str] = ()) -> list[tuple[Any, ...]]:
    """Return (categories, period, value, flags) of every figure, in a fixed order; no cell may hold words instead."""
    dimensions = dimensions or message.dimensions
    rows = []
    for batch in message.batches():
        assert batch.schema.names[0] == ROW
        for row in batch.to_pylist():
            assert row[TEXT] is None
            key = tuple(row[code] for code in dimensions)
            rows.append((key, row[PERIOD], row[VALUE], row[FLAGS]))
    return sorted(rows, key=lambda row: (row[0], row[1], str(row[2])))


def parts_of(message: Message) -> list[tuple[float | None, float | None]]:
    """Return numerator and denominator of every figure, in the order of the message."""
    return [
        (row.get(NUMERATOR), row.get(DENOMINATOR)) for batch in message.batches() for row in batch.to_pylist()
    ]


def read_bytes(folder: Path, content: bytes | str, name: str = "figures") -> Message:
    """Return the message that a file with this content holds."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return formats.read(path)


def number(value: float) -> str:
    return repr(value)


def _csv(rows: list[list[str]], delimiter: str = ",") -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter).writerows(rows)
    return buffer.getvalue()


def _by_series(cells: Sequence[Cell]) -> dict[tuple[str, ...], list[Cell]]:
    series: dict[tuple[str, ...], list[Cell]] = {}
    for cell in cells:
        series.setdefault(cell.key, []).append(cell)
    return series


def sdmx_csv_1(dimensions: Sequence[str], cells: Sequence[Cell]) -> str:
    rows = [["DATAFLOW", "LAST UPDATE", *dimensions, "TIME_PERIOD", "OBS_VALUE", "OBS_FLAG", "CONF_STATUS"]]
    for cell in cells:
        value = "" if cell.value is None else number(cell.value)
        rows.append(["ESTAT:T(1.0)", "29/04/25 11:00:00", *cell.key, cell.period, value, cell.flags, ""])
    return _csv(rows)


def sdmx_csv_2(dimensions: Sequence[str], cells: Sequence[Cell]) -> str:
    head = ["STRUCTURE[;]", "STRUCTURE_ID", "ACTION"]
    rows = [[*head, *dimensions, "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS[]"]]
    for cell in cells:
        value = "NaN" if cell.value is None else number(cell.value)
        flags = ";".join(cell.flags.upper())
        rows.append(["dataflow", "ESTAT:T(1.0)", "I", *cell.key, cell.period, value, flags])
    return _csv(rows)


def sdmx_csv_names(dimensions: Sequence[str], cells: Sequence[Cell]) -> str:
    """Write SDMX-CSV 2.0 with names in columns of their own, as Eurostat and the OECD do."""
    names = [part for code in dimensions for part in (code, f"Name of {code}")]
    head = ["STRUCTURE", "STRUCTURE_ID", "STRUCTURE_NAME", "ACTION"]
    end = ["TIME_PERIOD", "Time", "OBS_VALUE", "Observation value", "OBS_STATUS", "Status"]
    rows = [[*head, *names, *end]]
    for cell in cells:
        value = "" if cell.value is None else number(cell.value)
        key = [part for code in cell.key for part in (code, f"“{code}”, in words")]
        tail = [cell.period, "", value, "", cell.flags, ""]
        rows.append(["DATAFLOW", "ESTAT:T(1.0)", "A table", "I", *key, *tail])
    return _csv(rows)


def eurostat_tsv(dimensions: Sequence[str], cells: Sequence[Cell]) -> str:
    periods = sorted({cell.period for cell in cells})
    lines = ["\t".join([",".join(dimensions) + "\\TIME_PERIOD", *(f"{period} " for period in periods)])]
    for key, series in _by_series(cells).items():
        by_period = {cell.period: cell for cell in series}
        row = [",".join(key)]
        for period in periods:
            cell = by_period.get(period)
            value = ":" if cell is None or cell.value is None else number(cell.value)
            row.append(f"{value} {cell.flags if cell else ''}")
        lines.append("\t".join(row))
    return "\n".join(lines) + "\n"


def json_stat(dimensions: Sequence[str], cells: Sequence[Cell]) -> str:
    axes = [list(dict.fromkeys(cell.key[at] for cell in cells)) for at in range(len(dimensions))]
    axes.append(sorted({cell.period for cell in cells}))
    value, status = dict[str, float | None](), dict[str, str]()
    for cell in cells:
        place = 0
        for axis, code in zip(axes, (*cell.key, cell.period), strict=True):
            place = place * len(axis) + axis.index(code)
        value[str(place)] = cell.value
        if cell.flags:
            status[str(place)] = cell.flags
    idents = [*dimensions, "time"]
    told = {
        "version": "2.0",
        "class": "dataset",
        "id": idents,
        "size": [len(axis) for axis in axes],
        "role": {"time": ["time"]},
        "dimension": {
            ident: {"category": {"index": {code: at for at, code in enumerate(axis)}}}
            for ident, axis in zip(idents, axes, strict=True)
        },
        "value": value,
        "status": status,
    }
    return json.dumps(told)


def _sdmx_json(dimensions: Sequence[str], cells: Sequence[Cell], version: int, flat: bool) -> dict[str, Any]:
    axes = [list(dict.fromkeys(cell.key[at] for cell in cells)) for at in range(len(dimensions))]
    periods = sorted({cell.period for cell in cells})
    flags = sorted({cell.flags for cell in cells if cell.flags}) or ["b"]
    parts = [
        {"id": code, "keyPosition": at, "values": [{"id": word, "name": f"Name of {word}"} for word in axis]}
        for at, (code, axis) in enumerate(zip(dimensions, axes, strict=True))
    ]
    time = {
        "id": "TIME_PERIOD",
        "keyPosition": len(parts),
        "role": "time",
        "values": [{"id": p} for p in periods],
    }
    levels = {
        "dataSet": [],
        "series": [] if flat else parts,
        "observation": [*parts, time] if flat else [time],
    }
    structure: dict[str, Any] = {
        "dimensions": levels,
        "attributes": {"observation": [{"id": "OBS_STATUS", "values": [{"id": flag} for flag in flags]}]},
    }
    if version == 2:
        structure["measures"] = {"observation": [{"id": "OBS_VALUE"}]}
    dataset: dict[str, Any] = {"action": "Information"}
    for cell in cells:
        key = ":".join(str(axis.index(code)) for axis, code in zip(axes, cell.key, strict=True))
        at = str(periods.index(cell.period))
        told = [cell.value, flags.index(cell.flags) if cell.flags else None]
        if flat:
            dataset.setdefault("observations", {})[f"{key}:{at}"] = told
        else:
            series = dataset.setdefault("series", {}).setdefault(key, {"observations": {}})
            series["observations"][at] = told
    if version == 2:
        return {
            "meta": {"prepared": "2025-04-29T11:00:00Z"},
            "data": {"dataSets": [dataset], "structures": [structure]},
        }
    return {"header": {"prepared": "2025-04-29T11:00:00Z"}, "dataSets": [dataset], "structure": structure}


def sdmx_json_1(dimensions: Sequence[str], cells: Sequence[Cell]) -> str:
    return json.dumps(_sdmx_json(dimensions, cells, 1, flat=False))


def sdmx_json_2(dimensions: Sequence[str], cells: Sequence[Cell]) -> str:
    return json.dumps(_sdmx_json(dimensions, cells, 2, flat=True))


def _header(version: str, across: str = "TIME_PERIOD") -> str:
    return (
        f"<m:Header><m:ID>T</m:ID><m:Test>false</m:Test><m:Prepared>2025-04-29T11:00:00Z</m:Prepared>"
        f'<m:Sender id="ESTAT"/><m:Structure structureID="S" dimensionAtObservation="{across}">'
        + (
            '<c:StructureUsage><Ref id="T" agencyID="ESTAT"/></c:StructureUsage>'
            if version == "2.1"
            else "<c:StructureUsage>urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow=ESTAT:T(1.0)</c:StructureUsage>"
        )
        + "</m:Structure></m:Header>"
    )


def _attributes(told: dict[str, str]) -> str:
    return "".join(f" {name}={quoteattr(word)}" for name, word in told.items())


def generic_xml(dimensions: Sequence[str], cells: Sequence[Cell]) -> str:
    parts = [
        f'<?xml version="1.0" encoding="UTF-8"?><m:GenericData xmlns:m="{M21}/message" xmlns:c="{M21}/common" '
        f'xmlns:g="{M21}/data/generic">{_header("2.1")}<m:DataSet structureRef="S">'
    ]
    for key, series in _by_series(cells).items():
        values = "".join(
            f"<g:Value{_attributes({'id': code, 'value': word})}/>"
            for code, word in zip(dimensions, key, strict=True)
        )
        parts.append(f"<g:Series><g:SeriesKey>{values}</g:SeriesKey>")
        for cell in series:
            value = "NaN" if cell.value is None else number(cell.value)
            flags = f'<g:Attributes><g:Value id="OBS_FLAG" value="{cell.flags}"/></g:Attributes>'
            parts.append(
                f'<g:Obs><g:ObsDimension value="{cell.period}"/><g:ObsValue value="{value}"/>'
                f"{flags if cell.flags else ''}</g:Obs>"
            )
        parts.append("</g:Series>")
    return "".join(parts) + "</m:DataSet></m:GenericData>"


def _observation(cell: Cell, more: dict[str, str] | None = None) -> str:
    told = {"TIME_PERIOD": cell.period, **(more or {})}
    if cell.value is not None:
        told["OBS_VALUE"] = number(cell.value)
    if cell.flags:
        told["OBS_STATUS"] = cell.flags.upper()
    return f"<Obs{_attributes(told)}/>"


def specific_xml(dimensions: Sequence[str], cells: Sequence[Cell]) -> str:
    parts = [
        f'<?xml version="1.0" encoding="UTF-8"?><m:StructureSpecificData xmlns:m="{M21}/message" '
        f'xmlns:c="{M21}/common" xmlns:s="{M21}/data/structurespecific" xmlns:u="urn:t">{_header("2.1")}'
        '<u:DataSet s:structureRef="S" s:dataScope="DataStructure">'
    ]
    for key, series in _by_series(cells).items():
        told = _attributes({**dict(zip(dimensions, key, strict=True)), "TIME_FORMAT": "P1Y"})
        parts.append(f"<Series{told}>{''.join(_observation(cell) for cell in series)}</Series>")
    return "".join(parts) + "</u:DataSet></m:StructureSpecificData>"


def flat_xml(dimensions: Sequence[str], cells: Sequence[Cell]) -> str:
    told = "".join(_observation(cell, dict(zip(dimensions, cell.key, strict=True))) for cell in cells)
    return (
        f'<m:StructureSpecificData xmlns:m="{M21}/message" xmlns:c="{M21}/common" '
        f'xmlns:s="{M21}/data/structurespecific">{_header("2.1", "AllDimensions")}'
        f'<m:DataSet s:structureRef="S">{told}</m:DataSet></m:StructureSpecificData>'
    )


def specific_xml_3(dimensions: Sequence[str], cells: Sequence[Cell]) -> str:
    """Write SDMX-ML 3.0, with the status as an element of several values."""
    parts = [
        f'<m:StructureSpecificData xmlns:m="{M30}/message" xmlns:c="{M30}/common" '
        f'xmlns:s="{M30}/data/structurespecific">{_header("3.0")}<m:DataSet s:structureRef="S">'
    ]
    for key, series in _by_series(cells).items():
        parts.append(f"<Series{_attributes(dict(zip(dimensions, key, strict=True)))}>")
        for cell in series:
            value = {} if cell.value is None else {"OBS_VALUE": number(cell.value)}
            status = "".join(f"<Value>{flag.upper()}</Value>" for flag in cell.flags)
            parts.append(
                f"<Obs{_attributes({'TIME_PERIOD': cell.period, **value})}>"
                + (f'<Comp id="OBS_STATUS">{status}</Comp>' if status else "")
                + "</Obs>"
            )
        parts.append("</Series>")
    return "".join(parts) + "</m:DataSet></m:StructureSpecificData>"


Writer = Callable[[Sequence[str], Sequence[Cell]], str]
WRITERS: dict[str, Writer] = {
    writer.__name__: writer
    for writer in (
        sdmx_csv_1,
        sdmx_csv_2,
        sdmx_csv_names,
        eurostat_tsv,
        json_stat,
        sdmx_json_1,
        sdmx_json_2,
        generic_xml,
        specific_xml,
        flat_xml,
        specific_xml_3,
    )
}


def same(one: float | None, other: float | None) -> bool:
    """Return whether two values are the same double, missing included, and the sign of zero."""
    if one is None or other is None:
        return one is other
    return one == other and math.copysign(1, one) == math.copysign(1, other)
