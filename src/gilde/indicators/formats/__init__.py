"""Messages of figures in every format that official statistics come in: `read` recognises and reads one.

SDMX-ML 2.1 and 3.0, SDMX-CSV 1.0 and 2.0, SDMX-JSON 1.0 and 2.0, JSON-stat 2.0, the tables of Eurostat (TSV) and the
files that Gilde exports; each also packed with gzip, or alone or in parts in a ZIP archive.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
from django.utils.translation import gettext as _

from gilde.indicators.errors import NoFigures, Unreadable
from gilde.indicators.formats import (
    answers,
    eurostat_tsv,
    json_stat,
    opening,
    sdmx_csv,
    sdmx_json,
    sdmx_ml,
    tables,
    trees,
)
from gilde.indicators.formats.message import DENOMINATOR, NUMERATOR, ROW, Message
from gilde.indicators.formats.opening import Part

__all__ = ["Message", "read"]

_BOMS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}


def read(path: Path, *, name: str = "") -> Message:
    """Return the message in a file, its figures still to be read; `name` is what the file is called in sentences.

    The file must stay where it is as long as `batches()` may be called. Parts in an archive are put one after another
    and must have the same dimensions; rows count on from part to part. Raises Unreadable, NoFigures for a message
    without any, and ProviderRefused for an answer of a provider that is none.
    """
    found: list[tuple[Part, Message]] = []
    empty: NoFigures | None = None
    for part in opening.parts(path, name):
        try:
            found.append((part, _read(part)))
        except NoFigures as error:  # such as the structure that comes along with its figures
            empty = error
    if not found:
        assert empty is not None
        raise empty
    return found[0][1] if len(found) == 1 else _joined(name or path.name, found)


def _read(part: Part) -> Message:
    """Return the message of one part, with at least one figure."""
    message = _recognised(part)
    if not message.format.startswith("SDMX-ML") and not any(batch.num_rows for batch in message.batches()):
        raise answers.without_figures(part.name, [])
    return message


def _recognised(part: Part) -> Message:
    if not part.head:
        raise Unreadable(_("“%(name)s” is empty.") % {"name": part.name})
    if part.head.startswith(tables.MAGIC):
        return tables.read(part)
    encoding = next((told for bom, told in _BOMS.items() if part.head.startswith(bom)), "utf-8")
    begin = part.head.decode(encoding, "replace").lstrip("\ufeff \t\r\n")
    if begin.startswith("<"):
        if begin[:200].lower().startswith(("<!doctype html", "<html")):
            raise sdmx_ml.web_page(part.name)
        return sdmx_ml.read(part)
    if encoding == "utf-16" or "\0" in begin:
        raise Unreadable(
            _("“%(name)s” is not text in UTF-8. Save it again as UTF-8, or send the message itself.")
            % {"name": part.name}
        )
    if begin.startswith(("{", "[")):
        return _json(part)
    if eurostat_tsv.looks_like(part.head):
        return eurostat_tsv.read(part)
    if sdmx_csv.looks_like(part.head):
        return sdmx_csv.read(part)
    raise Unreadable(
        _(
            "“%(name)s” is no message of figures that Gilde knows: SDMX (XML, CSV, JSON), JSON-stat 2 or a table of "
            "Eurostat. A table needs the columns TIME_PERIOD and OBS_VALUE."
        )
        % {"name": part.name}
    )


def _json(part: Part) -> Message:
    told = trees.load(part)
    said = answers.in_json(told)
    if sdmx_json.recognises(told):
        answers.notes(said)
        return sdmx_json.read(part.name, told)
    if json_stat.recognises(told):
        return json_stat.read(part.name, told)
    if said:
        raise answers.without_figures(part.name, said)
    raise trees.wrong_shape(part.name)


def _joined(name: str, found: list[tuple[Part, Message]]) -> Message:
    """Return one message of several parts. Raises Unreadable unless they are of one format and dimensions."""
    first = found[0][1]
    for part, message in found[1:]:
        if message.format != first.format or set(message.dimensions) != set(first.dimensions):
            raise Unreadable(
                _(
                    "The parts of “%(name)s” do not belong together: “%(part)s” has the dimensions %(these)s, the "
                    "first part %(those)s."
                )
                % {
                    "name": name,
                    "part": part.name,
                    "these": ", ".join(message.dimensions),
                    "those": ", ".join(first.dimensions),
                }
            )
        if message.dataflow.lower() != first.dataflow.lower():
            raise Unreadable(
                _("The parts of “%(name)s” are of several datasets: “%(one)s” and “%(other)s”.")
                % {"name": name, "one": first.dataflow, "other": message.dataflow}
            )
        if message.attributes.get("unit") != first.attributes.get("unit"):
            raise Unreadable(_("The parts of “%(name)s” are in several units.") % {"name": name})
    names: dict[str, dict[str, str]] = {}
    for _part, message in found:
        for code, categories in message.names.items():
            names.setdefault(code, {}).update(categories)
    return Message(
        format=first.format,
        dimensions=first.dimensions,
        batches=lambda: _one_after_another([message for _part, message in found]),
        dataflow=first.dataflow,
        title=first.title,
        names=names,
        attributes=first.attributes,
        prepared=first.prepared,
        notes=tuple(dict.fromkeys(note for _part, message in found for note in message.notes)),
    )


def _one_after_another(messages: list[Message]) -> Iterator[pa.RecordBatch]:
    columns: list[str] | None = None
    before = last = 0
    for message in messages:
        for batch in message.batches():
            if columns is None:
                columns = list(batch.schema.names)
            for optional in (NUMERATOR, DENOMINATOR):
                if optional in columns and optional not in batch.schema.names:
                    batch = batch.append_column(optional, pa.nulls(batch.num_rows, pa.float64()))
            rows = pa.compute.add(batch.column(ROW), before)
            last = max(last, pa.compute.max(rows).as_py() or 0)
            batch = batch.select(columns)
            yield batch.set_column(columns.index(ROW), ROW, rows)
        before = last
