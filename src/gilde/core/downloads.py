"""Tables as files, row by row: CSV that a spreadsheet opens but cannot be tricked by, and JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any, TypeAlias

from django.http import StreamingHttpResponse
from django.utils.translation import get_language, override

from gilde.core import clock

Columns: TypeAlias = Sequence[tuple[str, Callable[[Mapping[str, Any]], object]]]
# A spreadsheet takes a text that begins so for a formula (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\N{FULLWIDTH EQUALS SIGN}", "\N{FULLWIDTH PLUS SIGN}")
_BATCH = 500


def plain(value: object) -> object:
    """Return a value as JSON carries it: text, number, true or false, null, a list; dates as ISO 8601."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return str(value)


def csv_cell(value: object) -> str:
    """Return the text of a plain value; what a spreadsheet would run gets an apostrophe in front."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    text = "; ".join(map(str, value)) if isinstance(value, list) else str(value)
    return "'" + text if text.startswith(_FORMULA) else text


def write_csv(name: str, columns: Columns, rows: Iterator[Mapping[str, Any]]) -> Iterator[str]:
    """Yield a CSV file (RFC 4180, UTF-8 with a mark, because Excel takes it for another encoding without)."""
    yield "\N{ZERO WIDTH NO-BREAK SPACE}" + _csv_lines([[name for name, _value in columns]])
    while batch := list(islice(rows, _BATCH)):
        yield _csv_lines([csv_cell(value(row)) for _name, value in columns] for row in batch)


def write_json(name: str, columns: Columns, rows: Iterator[Mapping[str, Any]]) -> Iterator[str]:
    """Yield `{"list": …, "at": …, "rows": [{…}, …]}`."""
    head = json.dumps({"list": name, "at": clock.now().isoformat(timespec="seconds")}, ensure_ascii=False)
    yield head[:-1] + ', "rows": ['
    separator = "\n"
    while batch := list(islice(rows, _BATCH)):
        lines = (
            json.dumps({name: value(row) for name, value in columns}, ensure_ascii=False) for row in batch
        )
        yield separator + ",\n".join(lines)
        separator = ",\n"
    yield "\n]}\n"


WRITERS = {"csv": (write_csv, "text/csv; charset=utf-8"), "json": (write_json, "application/json")}


def respond(
    wanted: str, name: str, columns: Columns, rows: Iterator[Mapping[str, Any]]
) -> StreamingHttpResponse:
    """Return a file of the format `wanted`, a key of `WRITERS`, named after the list and the day."""
    write, media_type = WRITERS[wanted]
    response = StreamingHttpResponse(
        _in_language(write(name, columns, rows), get_language() or "en"), content_type=media_type
    )
    response["Content-Disposition"] = f'attachment; filename="{name}-{clock.today().isoformat()}.{wanted}"'
    return response


def _in_language(parts: Iterator[str], language: str) -> Iterator[str]:
    """Yield each part as made in the reader's language: a stream is read after the request has ended."""
    while True:
        with override(language):
            part = next(parts, None)
        if part is None:
            return
        yield part


def _csv_lines(rows: Iterable[Sequence[str]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue()
