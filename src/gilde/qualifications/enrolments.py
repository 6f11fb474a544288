"""Enrolments: a table of them as it is read from a file, and how many learners there were in all."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gilde.core.errors import Invalid
from gilde.core.periods import SchoolYear
from gilde.qualifications.errors import Unreadable

NEEDED: Final = ("programme", "school_year", "learners")
COLUMNS: Final = (*NEEDED, "provider", "place", "site", "source")
MOST_BYTES: Final = 5_000_000
MOST_ROWS: Final = 20_000
MOST_LEARNERS: Final = 10_000_000
TOLD: Final = 20  # so many rows are told to be wrong, the others are counted

Key = TypeVar("Key")


@dataclass(frozen=True)
class Line:
    """One row of a table of enrolments. Without a provider it tells all learners of the programme."""

    row: int
    programme: str
    school_year: SchoolYear
    learners: int
    provider: str = ""
    place: str = ""
    site: str = ""
    source: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        """Return what no other row of the table may say too."""
        return self.programme, str(self.school_year), self.provider, self.place, self.site


def read(content: bytes) -> list[Line]:
    """Return the rows of a CSV file with the columns of COLUMNS, separated by commas or semicolons, in UTF-8.

    Raises Unreadable with a sentence for each row that is wrong; the row of the heads is row 1.
    """
    if len(content) > MOST_BYTES:
        raise Unreadable(_("This file is larger than 5 MB. Load it in parts."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        sentence = _("This file is no text in UTF-8: byte %(place)d. Save it as “CSV UTF-8”.")
        raise Unreadable(sentence % {"place": error.start + 1}) from error
    head = text.partition("\n")[0]
    rows = csv.reader(io.StringIO(text), delimiter=";" if head.count(";") > head.count(",") else ",")
    try:
        names = [name.strip().casefold() for name in next(rows, [])]
        _check_names(names)
        lines, wrong = _lines(names, rows)
    except csv.Error as error:
        raise Unreadable(_("Row %(row)d cannot be read as CSV.") % {"row": rows.line_num}) from error
    if not lines and not wrong:
        raise Unreadable(_("This file has no row under its heads. Nothing was stored."))
    refuse(wrong)
    return lines


def refuse(wrong: list[str]) -> None:
    """Raise Unreadable with these sentences, one for each row, when there are any."""
    if wrong:
        told = wrong[:TOLD]
        if (rest := len(wrong) - TOLD) > 0:
            more = ngettext("And %(count)d more row is wrong.", "And %(count)d more rows are wrong.", rest)
            told.append(more % {"count": rest})
        told.append(_("Nothing was stored. Correct the file and load it again."))
        raise Unreadable(" ".join(told), fields={"file": told})


def totals(rows: Iterable[tuple[Key, int, bool, int]]) -> dict[tuple[Key, int], int]:
    """Return learners by programme and school year, from (programme, school year, whether at one offer, learners).

    Where a row tells all learners of a programme it is taken; else those of its offers are added up.
    """
    in_all: dict[tuple[Key, int], int] = {}
    added: dict[tuple[Key, int], int] = {}
    for programme, year, at_offer, learners in rows:
        if at_offer:
            added[programme, year] = added.get((programme, year), 0) + learners
        else:
            in_all[programme, year] = learners
    return {**added, **in_all}


def _check_names(names: list[str]) -> None:
    if missing := [name for name in NEEDED if name not in names]:
        sentence = _("Row 1: the column %(missing)s is missing. Needed are: %(needed)s.")
        raise Unreadable(sentence % {"missing": ", ".join(missing), "needed": ", ".join(NEEDED)})
    if unknown := [name for name in names if name not in COLUMNS]:
        sentence = _("Row 1: unknown column “%(unknown)s”. Known are: %(known)s.")
        raise Unreadable(sentence % {"unknown": unknown[0][:40], "known": ", ".join(COLUMNS)})
    if len(set(names)) < len(names):
        raise Unreadable(_("Row 1: a column stands there twice."))


def _lines(names: list[str], rows: Iterable[list[str]]) -> tuple[list[Line], list[str]]:
    lines: list[Line] = []
    wrong: list[str] = []
    seen: dict[tuple[str, ...], int] = {}
    for number, cells in enumerate(rows, 2):
        if number - 1 > MOST_ROWS:
            raise Unreadable(
                _("This file has more than %(count)d rows. Load it in parts.") % {"count": MOST_ROWS}
            )
        if not any(cell.strip() for cell in cells):
            continue
        try:
            if len(cells) != len(names):
                sentence = _("%(count)d cells under %(heads)d heads.")
                raise Invalid(sentence % {"count": len(cells), "heads": len(names)})
            line = _line(number, dict(zip(names, (cell.strip() for cell in cells), strict=True)))
            if line.key in seen:
                raise Invalid(_("the same as row %(other)d.") % {"other": seen[line.key]})
            seen[line.key] = number
            lines.append(line)
        except Invalid as error:
            wrong.append(row_says(number, error.sentence))
    return lines, wrong


def row_says(row: int, sentence: str) -> str:
    """Return a sentence with the row that it is about."""
    return _("Row %(row)d: %(sentence)s") % {"row": row, "sentence": sentence}


def _line(number: int, told: Mapping[str, str]) -> Line:
    if not told["programme"]:
        raise Invalid(_("the code of the programme is missing."))
    learners = told["learners"]
    if (
        not (learners.isascii() and learners.isdigit())
        or int(learners[:9]) > MOST_LEARNERS
        or len(learners) > 9
    ):
        sentence = _("learners: “%(value)s” is no whole number from 0. Write it in digits only.")
        raise Invalid(sentence % {"value": learners[:40]})
    provider, place, site = (told.get(name, "") for name in ("provider", "place", "site"))
    if (place or site) and not provider:
        raise Invalid(_("a place without a provider. Give both, or neither for all learners."))
    if provider and not place:
        raise Invalid(_("a provider without a place. Give both, or neither for all learners."))
    source = told.get("source", "")
    if len(source) > 200:
        raise Invalid(_("the source is longer than 200 characters."))
    return Line(
        number,
        told["programme"],
        school_year(told["school_year"]),
        int(learners),
        provider,
        place,
        site,
        source,
    )


def school_year(words: str) -> SchoolYear:
    """Return the school year of "2025-2026", or of "2025", the year in which it begins. Raises Invalid."""
    if words.isascii() and words.isdigit() and len(words) == 4 and int(words) > 0:
        return SchoolYear(int(words))
    return SchoolYear.parse(words)
