"""CSV: one row an outcome, with the columns of its unit and its qualification, a column for each language of a text.

RFC 4180, UTF-8 with a mark. `table_columns.py` lists the columns, `docs/formats.md` explains them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext as _

from gilde.core.downloads import csv_cell
from gilde.core.text import Text
from gilde.qualifications.described import Described, NotHeld, Publisher, Read
from gilde.qualifications.errors import Unreadable
from gilde.qualifications.formats import strict_json, table_reading
from gilde.qualifications.formats.table_columns import (
    OUTCOME,
    QUALIFICATION,
    SOURCE,
    UNIT,
    Column,
    one_line,
    written,
)

MEDIA_TYPE: Final = "text/csv; charset=utf-8"
_MARK: Final = "\N{ZERO WIDTH NO-BREAK SPACE}"
_SEPARATORS: Final = (",", ";", "\t")


def write(publisher: Publisher, qualifications: Iterable[Described]) -> tuple[bytes, list[NotHeld]]:
    """Return the table, and the few things that a cell cannot hold."""
    not_held: list[NotHeld] = []
    rows = [row for told in qualifications for row in _rows(told, not_held)]
    used = {column for row in rows for column in row}
    first = publisher.languages[0] if publisher.languages else "en"
    header = [
        *_header("", QUALIFICATION, used, first),
        *_header("unit_", UNIT, used, first),
        *_header("outcome_", OUTCOME, used, first),
    ]
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(header)
    writer.writerows([guarded(row[column]) if column in row else "" for column in header] for row in rows)
    return (_MARK + buffer.getvalue()).encode(), not_held


def read(path: Path, name: str, *, largest: int = strict_json.LARGEST) -> Read:
    """Return the qualifications of a table; comma, semicolon and tab may separate.

    Raises Unreadable with the row, counted as a spreadsheet does: the header is row 1.
    """
    if path.stat().st_size > largest:
        raise Unreadable(
            _("“%(name)s” is larger than %(most)d MB. Send it in parts.")
            % {"name": name, "most": largest // (1024 * 1024)}
        )
    return table_reading.read_rows(_split(_decoded(path.read_bytes(), name), name), name)


def recognises(text: str) -> bool:
    """Return whether a text begins with the header of a table of qualifications."""
    return table_reading.is_header([cell.strip() for cell in _first(text)])


def guarded(text: str) -> str:
    """Return a cell that no spreadsheet runs; apostrophes that a text has there itself get one more."""
    bare = text.lstrip("'")
    return "'" + text if csv_cell(bare) != bare else text


def unguarded(cell: str) -> str:
    """Return the text of a cell that `guarded` made."""
    if not cell.startswith("'"):
        return cell
    bare = cell.lstrip("'")
    return cell[1:] if csv_cell(bare) != bare else cell


def _decoded(data: bytes, name: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable(_("“%(name)s” is written in UTF-16. Save it as “CSV UTF-8”.") % {"name": name})
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(
            _(
                "“%(name)s”, line %(line)d: this is not UTF-8, so accents would be lost. Save it as “CSV UTF-8”."
            )
            % {"name": name, "line": data.count(b"\n", 0, error.start) + 1}
        ) from error


def _first(text: str) -> list[str]:
    line = text.lstrip(_MARK).split("\n", 1)[0].rstrip("\r")
    return max((next(csv.reader([line], delimiter=sign), []) for sign in _SEPARATORS), key=len)


def _split(text: str, name: str) -> list[list[str]]:
    width = len(_first(text))
    line = text.split("\n", 1)[0].rstrip("\r")
    sign = next(
        (sign for sign in _SEPARATORS if len(next(csv.reader([line], delimiter=sign), [])) == width), ","
    )
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True):
            rows.append([unguarded(cell) for cell in row])
    except csv.Error as error:
        raise Unreadable(
            _("“%(name)s”, row %(row)d: a quotation mark is not closed, or a cell is too long.")
            % {"name": name, "row": len(rows) + 1}
        ) from error
    return rows


def _header(prefix: str, columns: tuple[Column, ...], used: set[str], first: str) -> Iterator[str]:
    for column in columns:
        name = prefix + column.name
        if column.parts:
            yield from _header(name + "_", column.parts, used, first)
        elif column.kind == "words":
            languages = sorted({found for each in used if (found := column.language(prefix, each))})
            needed = [first] if column.needed and not languages else []
            yield from (f"{name}_{language}" for language in languages or needed)
        else:
            yield name


def _rows(told: Described, not_held: list[NotHeld]) -> Iterator[dict[str, str]]:
    writing = _Row(told.title.source, told.uri, not_held)
    whole = {SOURCE: told.title.source, **writing.cells("", QUALIFICATION, told)}
    rows = [{**whole, **writing.cells("outcome_", OUTCOME, outcome)} for outcome in told.outcomes]
    for unit in told.units:
        cells = {**whole, **writing.cells("unit_", UNIT, unit)}
        rows += [{**cells, **writing.cells("outcome_", OUTCOME, each)} for each in unit.outcomes] or [cells]
    yield from rows or [whole]


class _Row:
    """Writes the cells of one qualification and notes what they cannot hold."""

    def __init__(self, source: str, where: str, not_held: list[NotHeld]) -> None:
        self.source, self.where, self.not_held = source, where, not_held

    def cells(self, prefix: str, columns: tuple[Column, ...], thing: Any) -> dict[str, str]:
        found: dict[str, str] = {}
        for column in columns:
            value: Any = getattr(thing, column.attribute, None)
            name = prefix + column.name
            if column.kind == "words":
                found |= self.words(name, value)
            elif column.kind == "one" and value is not None:
                found |= self.cells(name + "_", column.parts, value)
            elif column.kind == "many":
                found |= self.lines(name + "_", column.parts, value)
            elif column.kind == "lines":
                found[name] = "\n".join(value)
            elif not column.parts and column.name != SOURCE:
                found[name] = written(column.kind, value)
        return {name: cell for name, cell in found.items() if cell}

    def words(self, name: str, text: Text) -> dict[str, str]:
        cells = {f"{name}_{language}": words for language, words in text.words.items() if words}
        told = sorted(language for language, words in text.words.items() if words)
        if told and text.source != (self.source if self.source in told else told[0]):
            self.not_held.append(
                NotHeld(
                    self.where,
                    _("A table has one source language; this text has another: %(column)s")
                    % {"column": name},
                    text.source,
                )
            )
        return cells

    def lines(self, prefix: str, columns: tuple[Column, ...], things: Iterable[Any]) -> dict[str, str]:
        """Return cells of as many lines as there are things."""
        each = [self.cells(prefix, columns, thing) for thing in things]
        for cells in each:
            for name, cell in cells.items():
                if cell != one_line(cell):
                    self.not_held.append(
                        NotHeld(
                            self.where,
                            _("A line of a cell holds no line break: %(column)s") % {"column": name},
                            cell,
                        )
                    )
        names = dict.fromkeys(name for cells in each for name in cells)
        return {name: "\n".join(one_line(cells.get(name, "")) for cells in each) for name in names}
