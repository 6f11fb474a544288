"""What the cells of a row mean: texts, days, languages, numbers of outcomes; each fault is a sentence of a column."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext as _

from gilde.credentials.batch_files import Cell, Line, Odd

DAYS: Final = ("born", "awarded_on", "assessed_on", "valid_until")
# How many characters the register holds of each.
LONGEST: Final[Mapping[str, int]] = {
    "reference": 80,
    "achievement": 80,
    "given_name": 120,
    "family_name": 120,
    "email": 254,
    "person": 80,
    "grade": 80,
    "assessed_by": 200,
    "place": 120,
    "language": 8,
    "not_reached": 200,
}
# Languages of the Union, of its neighbours and of those who come to learn: ISO 639-1.
_LANGUAGES: Final = (
    "ar bg bs ca cs cy da de el en es et eu fa fi fr ga gl he hr hu hy is it ja ka ko lb lt lv mk mt nb nl nn no "
    "pl ps pt ro ru sk sl so sq sr sv ti tr uk ur vi zh"
)
LANGUAGES: Final = frozenset(_LANGUAGES.split())
_NEEDED: Final = ("reference", "achievement", "awarded_on")
_NAMES: Final = frozenset({"given_name", "family_name", "place", "assessed_by"})
_ISO: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?)?", re.ASCII)
_DAY_FIRST: Final = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})", re.ASCII)
_SPACES: Final = re.compile(r"\s+")
_email: Final = EmailValidator()


@dataclass(frozen=True)
class Fault:
    """What is wrong with a row: in which column ("" where it is the row), in a sentence."""

    column: str
    sentence: str


@dataclass
class Meant:
    """A row as it is meant: texts and days by column, and what is wrong with it."""

    number: int
    texts: dict[str, str] = field(default_factory=dict)
    days: dict[str, date] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def wrong(self, column: str, sentence: str) -> None:
        """Note a fault."""
        self.faults.append(Fault(column, sentence))

    @property
    def values(self) -> dict[str, str]:
        """Return the row as it is stored: by column, days in ISO 8601."""
        return {**self.texts, **{name: day.isoformat() for name, day in self.days.items()}}


@dataclass(frozen=True)
class Order:
    """How the days of a file are written: whether some can only be day first, or only month first."""

    day_first: bool
    month_first: bool


def order_of(lines: Iterable[Line]) -> Order:
    """Return what the days of a file tell about their order: 25/12/2024 can be read in one way only."""
    day_first = month_first = False
    for line in lines:
        for name in DAYS:
            cell = line.cells.get(name)
            if isinstance(cell, str) and (found := _DAY_FIRST.fullmatch(cell)) and found[2] != ".":
                day_first |= int(found[1]) > 12
                month_first |= int(found[3]) > 12
    return Order(day_first, month_first)


def meant(line: Line, order: Order) -> Meant:
    """Return what a row says, each cell by itself; whether it can be so is not asked here."""
    row = Meant(line.number)
    if line.beside:
        row.wrong("", _("“%(value)s” stands in a column without a name.") % {"value": line.beside[:40]})
    for name, cell in line.cells.items():
        if isinstance(cell, Odd) and cell.kind == "formula":
            row.wrong(
                name,
                _("Cell %(cell)s holds a formula. Put its result there: copy it, and paste it as a value.")
                % {"cell": cell.text},
            )
        elif isinstance(cell, Odd) and cell.kind == "error":
            row.wrong(name, _("The spreadsheet could not work this out (%(error)s).") % {"error": cell.text})
        elif name in DAYS:
            _day(row, name, cell, order)
        else:
            _text(row, name, cell)
    for name in _NEEDED:
        if name not in line.cells:
            row.wrong(name, _("This is missing."))
    if not (line.cells.get("given_name") or line.cells.get("family_name")):
        row.wrong("family_name", _("Say who is awarded: a given name or a family name."))
    return row


def _text(row: Meant, name: str, cell: Cell) -> None:
    if isinstance(cell, Odd):
        if cell.kind == "date":
            row.wrong(
                name,
                _(
                    "The spreadsheet took this for a day (%(day)s). Format the cell as text, and write it again."
                )
                % {"day": cell.text},
            )
            return
        if name in _NAMES:
            row.wrong(name, _("“%(value)s” is a number.") % {"value": cell.text})
            return
        cell = cell.text
    text = unicodedata.normalize("NFC", _SPACES.sub(" ", cell).strip())
    if any(_is_hidden(letter) for letter in cell if letter not in "\r\n\t"):
        row.wrong(name, _("It holds a character that cannot be seen. Write it again by hand."))
        return
    if len(text) > LONGEST[name]:
        row.wrong(
            name,
            _("It has %(length)d characters; at most %(most)d fit.")
            % {"length": len(text), "most": LONGEST[name]},
        )
        return
    if text.startswith(("=", "@")) or (name in _NAMES and text.startswith(("+", "-"))):
        row.wrong(
            name,
            _("“%(value)s” begins as a formula does. Take away the first character.") % {"value": text[:40]},
        )
        return
    if name == "email" and text:
        text = _address(row, text)
    if name == "language" and text:
        text = text.lower()
        if text not in LANGUAGES:
            row.wrong(
                name,
                _("“%(value)s” is no language by its code of two letters, such as nl or en.")
                % {"value": text},
            )
            return
    if text:
        row.texts[name] = text


def _is_hidden(letter: str) -> bool:
    """Return whether a character is not seen, or changes how others are seen: controls, and marks of direction."""
    return (
        unicodedata.category(letter) in ("Cc", "Cs", "Co", "Cn", "Cf") and letter not in "\u200c\u200d\u00ad"
    )


def _address(row: Meant, text: str) -> str:
    try:
        _email(text)
    except ValidationError:
        row.wrong("email", _("“%(value)s” is no e-mail address.") % {"value": text[:80]})
        return ""
    return text


def _day(row: Meant, name: str, cell: Cell, order: Order) -> None:
    if isinstance(cell, Odd) and cell.kind == "number":
        row.wrong(
            name,
            _("“%(value)s” is a number. Format the cell as a date, or write the day as 2025-06-30.")
            % {"value": cell.text},
        )
        return
    text = cell.text if isinstance(cell, Odd) else cell
    if found := _ISO.fullmatch(text):
        year, month, day = int(found[1]), int(found[2]), int(found[3])
    elif found := _DAY_FIRST.fullmatch(text):
        day, month, year = int(found[1]), int(found[3]), int(found[4])
        if found[2] != "." and (refused := _order_refused(text, day, month, year, order)):
            row.wrong(name, refused)
            return
    else:
        row.wrong(
            name, _("“%(value)s” is no day. Write it as 2025-06-30 or 30/06/2025.") % {"value": text[:40]}
        )
        return
    try:
        row.days[name] = date(year, month, day)
    except ValueError:
        row.wrong(name, _("“%(value)s” is a day that does not exist.") % {"value": text[:40]})


def _order_refused(text: str, day: int, month: int, year: int, order: Order) -> str:
    """Return why a day cannot be believed to be written day first, "" when it can."""
    if month > 12 >= day:
        return _("“%(value)s” is written month first. Write it as %(iso)s.") % {
            "value": text,
            "iso": f"{year:04}-{day:02}-{month:02}",
        }
    if day <= 12 and month <= 12 and day != month and (order.month_first or not order.day_first):
        return _("“%(value)s” can be two days. Write %(one)s or %(other)s.") % {
            "value": text,
            "one": f"{year:04}-{month:02}-{day:02}",
            "other": f"{year:04}-{day:02}-{month:02}",
        }
    return ""


def numbers(text: str) -> list[int] | None:
    """Return the numbers of outcomes that a cell lists, such as "1; 3"; None when it is no such list."""
    parts = [part for part in re.split(r"[\s,;]+", text) if part]
    if not all(part.isascii() and part.isdigit() and len(part) < 4 for part in parts):
        return None
    return [int(part) for part in parts]


def meant_again(number: int, values: Mapping[str, str]) -> Meant:
    """Return the stored values of a checked row as they were meant."""
    return meant(Line(number, values), Order(day_first=False, month_first=False))
