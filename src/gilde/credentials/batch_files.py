"""Files of awards: CSV and XLSX read to rows with their numbers, whatever the encoding, separator and order of columns.

What a cell means is not judged here; see services/batch_rows.py. Rows are numbered as a spreadsheet shows them.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple, TypeAlias

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gilde.core.errors import GildeError
from gilde.credentials.errors import TooMuch, Unreadable

LARGEST: Final = 30 * 1024 * 1024  # bytes of a file
MOST_ROWS: Final = 100_000
_WIDEST: Final = 100  # columns
_LONGEST: Final = 20_000  # characters of a cell
_SEPARATORS: Final = (",", ";", "\t")

# The names of each column: English first, Dutch second, then others that people use. What is compared is letters only.
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "reference": ("reference", "kenmerk", "own reference", "referentie", "ref"),
    "achievement": ("achievement", "soort toekenning", "achievement code", "code", "bewijs", "opleiding"),
    "given_name": ("given name", "voornaam", "first name", "given names", "voornamen"),
    "family_name": ("family name", "familienaam", "last name", "surname", "achternaam", "naam"),
    "born": ("born", "geboortedatum", "date of birth", "geboren", "geboren op", "birth date"),
    "email": ("email", "e-mailadres", "e-mail address", "mail"),
    "person": ("person", "persoonsnummer", "person number", "stamnummer", "student number"),
    "awarded_on": ("awarded on", "toegekend op", "award date", "uitgereikt op", "datum", "date"),
    "grade": ("grade", "resultaat", "result", "graad", "graad van verdienste"),
    "assessed_on": ("assessed on", "beoordeeld op", "assessment date"),
    "assessed_by": ("assessed by", "beoordeeld door", "assessor", "beoordelaar"),
    "place": ("place", "plaats"),
    "language": ("language", "taal"),
    "valid_until": ("valid until", "geldig tot en met", "geldig tot", "expires on"),
    "not_reached": ("not reached", "niet bereikt", "not reached outcomes", "niet behaald"),
}


class Odd(NamedTuple):
    """A cell that is no text: `kind` is date (text in ISO 8601), number, formula (text is its place) or error."""

    kind: str
    text: str


Cell: TypeAlias = "str | Odd"
Row: TypeAlias = "tuple[int, Sequence[Cell]]"


@dataclass(frozen=True)
class Line:
    """A row: its number in the file, its cells by column, and the text of the first cell beside all columns."""

    number: int
    cells: Mapping[str, Cell]
    beside: str = ""


@dataclass(frozen=True)
class Table:
    """A file as it was read: the columns that it has, and its rows without empty ones."""

    columns: tuple[str, ...]
    lines: tuple[Line, ...]


def is_workbook(data: bytes) -> bool:
    """Return whether a file is a workbook (XLSX), to be read apart; raise Unreadable for what is no table at all."""
    if data.startswith(b"PK"):
        return True
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(
            _("This is an old or protected Excel file. Save it as XLSX without a password, or as CSV."),
            "old-workbook",
        )
    if data.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"{\\rtf")):
        raise Unreadable(_("This is no table. Send a CSV or XLSX file."), "no-table")
    return False


def workbook(data: bytes) -> list[Any]:
    """Return the rows of the sheet with the awards, as JSON that `rows_of` takes. Raises Unreadable, TooMuch.

    Called in a process apart, with an archive that was checked for bombs. Hidden sheets are left aside. A formula is
    told as one: what somebody stored as its result proves nothing.
    """
    from openpyxl import load_workbook

    try:
        _without_declarations(data)
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        sheet = _sheet(book)
        return [
            [number, [list(cell) if isinstance(cell, Odd) else cell for cell in cells]]
            for number, cells in _numbered(_cells(sheet))
        ]
    except (GildeError, MemoryError, RecursionError):
        raise
    except Exception as error:  # openpyxl raises whatever it stumbles over
        raise Unreadable(
            _("This XLSX file is damaged. Open it in a spreadsheet, save it again, and send that."), "damaged"
        ) from error


def rows_of(told: Iterable[Any]) -> Iterable[Row]:
    """Yield the rows that `workbook` returned."""
    for number, cells in told:
        yield number, [Odd(*cell) if isinstance(cell, list) else cell for cell in cells]


def is_told(value: Any) -> bool:
    """Return whether a value is what `workbook` returns."""
    return isinstance(value, list) and all(
        isinstance(row, list)
        and len(row) == 2
        and isinstance(row[0], int)
        and isinstance(row[1], list)
        and all(
            isinstance(cell, str)
            or (isinstance(cell, list) and len(cell) == 2 and all(isinstance(part, str) for part in cell))
            for cell in row[1]
        )
        for row in value
    )


def text_rows(data: bytes) -> Iterable[Row]:
    """Return the rows of a CSV file: UTF-8, UTF-16 or Windows-1252; commas, semicolons or tabs. Raises Unreadable."""
    text = decoded(data)
    separator = _declared(text)
    if separator:
        text = text.split("\n", 1)[1] if "\n" in text else ""
    return _numbered(_records(text, separator or _separator(text)))


def decoded(data: bytes) -> str:
    """Return the text of a file, its encoding told apart. Raises Unreadable."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return _as(data, encoding)
    head = data[:2000]
    # Latin letters in UTF-16 have a zero beside each.
    if head[1::2].count(0) > len(head) // 4:
        return _as(data, "utf-16-le")
    if head[::2].count(0) > len(head) // 4:
        return _as(data, "utf-16-be")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = _as(data, "cp1252")
    if "\0" in text:
        raise _unknown()
    return text


def _as(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _unknown() from error


def _unknown() -> Unreadable:
    return Unreadable(
        _("The letters of this file cannot be read. Save it as “CSV UTF-8”, or as XLSX."), "encoding"
    )


def _declared(text: str) -> str:
    """Return the separator that the first line declares, as Excel writes it; a spreadsheet does not show that line."""
    found = re.match(r"sep=(.)\r?(\n|$)", text)
    return found[1] if found else ""


def _separator(text: str) -> str:
    first = next((line for line in text.splitlines()[:50] if line.strip()), "")

    def known(separator: str) -> tuple[int, int]:
        heads = next(csv.reader([first], delimiter=separator), [])
        return sum(_named(head) is not None for head in heads), len(heads)

    return max(_SEPARATORS, key=known)


def _records(text: str, separator: str) -> Iterable[Sequence[Cell]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    while True:
        number += 1
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Unreadable(
                _(
                    "Row %(row)d cannot be read: a quotation mark is missing or stands in a wrong place. "
                    "Open the file in a spreadsheet, and save it anew as CSV."
                )
                % {"row": number},
                "quotes",
            ) from error


def _numbered(records: Iterable[Sequence[Cell]]) -> Iterable[Row]:
    """Yield what is not empty, with the number that a spreadsheet shows. Raises TooMuch beyond the limits."""
    told = 0
    for number, record in enumerate(records, start=1):
        cells = [cell if isinstance(cell, Odd) else cell.strip() for cell in record]
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            continue
        told += 1
        if told > MOST_ROWS + 1:
            raise TooMuch(
                _("The file has more than %(most)s rows. Divide it into several files.")
                % {"most": f"{MOST_ROWS:,}"},
                "too-many-rows",
            )
        if len(cells) > _WIDEST:
            raise TooMuch(
                _("Row %(row)d has more than %(most)d columns. Send only the columns of the template.")
                % {"row": number, "most": _WIDEST},
                "too-wide",
            )
        if any(len(cell if isinstance(cell, str) else cell.text) > _LONGEST for cell in cells):
            raise TooMuch(
                _(
                    "A cell in row %(row)d holds more than a page of text. Is a quotation mark missing above it?"
                )
                % {"row": number},
                "long-cell",
            )
        yield number, cells


def table(rows: Iterable[Row]) -> Table:
    """Return the rows by column; the first row that is not empty is the head. Raises Unreadable, TooMuch."""
    given = iter(rows)
    first = next(given, None)
    if first is None:
        raise Unreadable(_("The file is empty. Fill in the template, and send that."), "empty")
    columns = _head(first[1])
    lines = tuple(_line(columns, number, cells) for number, cells in given)
    if not lines:
        raise Unreadable(_("The file has a head and no rows below it. Give each award a row."), "no-rows")
    return Table(tuple(each for each in columns if each), lines)


def _head(cells: Sequence[Cell]) -> list[str]:
    columns: list[str] = []
    for cell in cells:
        written = cell if isinstance(cell, str) else cell.text
        name = _named(written) if written else ""
        if name is None:
            raise Unreadable(
                _("The column “%(column)s” is not known. The columns are: %(known)s.")
                % {"column": written[:60], "known": ", ".join(heads())},
                "unknown-column",
            )
        if name and name in columns:
            raise Unreadable(
                _("The column “%(column)s” is there twice. Take one out.") % {"column": written},
                "double-column",
            )
        columns.append(name)
    missing = [name for name in ("reference", "achievement", "awarded_on") if name not in columns]
    if "given_name" not in columns and "family_name" not in columns:
        missing.append("family_name")
    if missing:
        raise Unreadable(
            _("The first row must name the columns; these are missing: %(columns)s. See the template.")
            % {"columns": ", ".join(map(head, missing))},
            "missing-column",
        )
    return columns


def _line(columns: Sequence[str], number: int, cells: Sequence[Cell]) -> Line:
    beside = next(
        (
            cell if isinstance(cell, str) else cell.text
            for at, cell in enumerate(cells)
            if cell and (at >= len(columns) or not columns[at])
        ),
        "",
    )
    found = {name: cell for name, cell in zip(columns, cells, strict=False) if name and cell}
    return Line(number, found, beside)


def head(name: str) -> str:
    """Return the head of a column as the template for this reader writes it: in English or Dutch."""
    return COLUMNS[name][1 if (get_language() or "en").startswith("nl") else 0]


def heads() -> list[str]:
    """Return the heads of all columns as the template for this reader writes them."""
    return [head(name) for name in COLUMNS]


def _plain(head: str) -> str:
    letters = unicodedata.normalize("NFKD", head.casefold())
    return "".join(letter for letter in letters if letter.isalnum())


_NAMES: Final = {_plain(each): name for name, names in COLUMNS.items() for each in (name, *names)}


def _named(head: str) -> str | None:
    return _NAMES.get(_plain(head))


def _sheet(book: Any) -> Any:
    """Return the sheet that holds the awards: the first to see that has their head, or the only one."""
    shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    for sheet in shown:
        sheet.reset_dimensions()
        first: Sequence[Cell] = next(
            (cells for _at, cells in zip(range(50), _cells(sheet), strict=False) if any(cells)), []
        )
        if sum(_named(cell) is not None for cell in first if isinstance(cell, str) and cell) >= 3:
            return sheet
    if len(shown) == 1:
        return shown[0]
    raise Unreadable(
        _("None of the sheets begins with the head of the template, so it is not clear which one is meant."),
        "no-sheet",
    )


def _cells(sheet: Any) -> Iterable[Sequence[Cell]]:
    for row in sheet.iter_rows():
        yield [_cell(cell) for cell in row]


def _cell(cell: Any) -> Cell:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        return Odd("formula", cell.coordinate)
    if cell.data_type == "e":
        return Odd("error", str(value))
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, datetime | date):
        return Odd("date", value.date().isoformat() if isinstance(value, datetime) else value.isoformat())
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    return Odd("number", str(value))


def _without_declarations(data: bytes) -> None:
    """Refuse XML that declares entities: no spreadsheet writes it, and it can grow beyond all bounds."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        for name in packed.namelist():
            if name.lower().endswith((".xml", ".rels")):
                with packed.open(name) as member:
                    if b"<!" in member.read(4096).replace(b"<!--", b""):
                        raise Unreadable(
                            _("This XLSX file is built in a way that no spreadsheet builds it."),
                            "declarations",
                        )
