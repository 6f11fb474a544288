"""The rows of a CSV file, one at a time, with the number that a spreadsheet shows beside each."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from django.utils.translation import gettext as _

from gilde.qualifications.classifications.parts import Part
from gilde.qualifications.errors import Unreadable

_LONGEST: Final = 1024 * 1024
_WIDE: Final = (b"\xff\xfe", b"\xfe\xff")


Row = tuple[int, list[str]]  # its number (the header is row 1) and its cells


@dataclass(frozen=True)
class Table:
    """A CSV file whose header has been read."""

    part: Part
    columns: tuple[str, ...]
    separator: str

    def rows(self, columns: Sequence[str]) -> Iterator[Row]:
        """Yield each row with the cells of these columns alone, trimmed; a column that is absent gives "".

        Raises Unreadable for a row with fewer or more cells than the header, and for text that is not UTF-8.
        """
        width = len(self.columns)
        places = [self.columns.index(name) if name in self.columns else -1 for name in columns]
        for number, cells in _records(self.part, self.separator):
            if len(cells) == width:
                if number > 1:
                    yield number, [cells[place].strip() if place >= 0 else "" for place in places]
            elif any(cells):
                raise self.wrong(
                    number,
                    _("it has %(have)d cells where the header has %(wanted)d. Fetch the file again")
                    % {"have": len(cells), "wanted": width},
                )

    def wrong(self, number: int, what: str) -> Unreadable:
        """Return the error of one row."""
        return at_row(self.part, number, what)


def table(part: Part) -> Table:
    """Return a CSV file with its header, separated by comma, semicolon or tab. Raises Unreadable."""
    with part.opened() as file:
        head = file.readline(_LONGEST)
    if head.startswith(_WIDE):
        raise _not_utf8(part, 1)
    separator = max(",;\t", key=head.decode("utf-8", "replace").count)
    first = next(_records(part, separator), None)
    columns = tuple(cell.strip() for cell in first[1]) if first else ()
    if not any(columns):
        raise Unreadable(_("“%(name)s” is empty. Fetch it again.") % {"name": part.name})
    return Table(part, columns, separator)


def at_row(part: Part, number: int, what: str) -> Unreadable:
    """Return an error that names the file and the row; `what` is a clause that says what is wrong and what to do."""
    return Unreadable(
        _("“%(name)s”, row %(row)d: %(what)s.") % {"name": part.name, "row": number, "what": what}
    )


def _records(part: Part, separator: str) -> Iterator[Row]:
    number = 0
    with part.opened() as file, io.TextIOWrapper(file, "utf-8-sig", newline="") as text:
        # A line is read up to a limit; one that is longer is cut, and no longer fits the header.
        lines = iter(partial(text.readline, _LONGEST), "")
        try:
            for number, cells in enumerate(csv.reader(lines, delimiter=separator), start=1):
                yield number, cells
        except csv.Error as error:
            raise at_row(part, number + 1, _("it cannot be read as CSV. Fetch the file again")) from error
        except UnicodeDecodeError as error:
            raise _not_utf8(part, _row_of_other_text(part, separator)) from error


def _row_of_other_text(part: Part, separator: str) -> int:
    """Return the first row that is not UTF-8: text is read ahead of the rows, so it is looked for once more."""
    with part.opened() as file, io.TextIOWrapper(file, "utf-8-sig", "replace", newline="") as text:
        lines = iter(partial(text.readline, _LONGEST), "")
        for number, cells in enumerate(csv.reader(lines, delimiter=separator), start=1):
            if any("\N{REPLACEMENT CHARACTER}" in cell for cell in cells):
                return number
    return 1


def _not_utf8(part: Part, number: int) -> Unreadable:
    return at_row(part, number, _("the text is not UTF-8. Save the file as “CSV UTF-8”"))
