"""The file to fill in: heads in the reader's language, an example, what each column means, and the issuer's codes."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Final

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from gilde.core import clock
from gilde.core.downloads import csv_cell
from gilde.credentials import batch_files
from gilde.credentials.models import Achievement, Issuer
from gilde.credentials.services.batch_rows import EXAMPLE

_ROWS: Final = 500  # rows of the sheet whose cells are text from the start, so that nothing turns into a day


def as_csv(issuer: Issuer, language: str) -> bytes:
    """Return the template as CSV that a spreadsheet opens: UTF-8 with a mark, semicolons."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(batch_files.heads())
    writer.writerow(map(csv_cell, _example(_achievements(issuer), language)))
    return text.getvalue().encode("utf-8-sig")


def as_workbook(issuer: Issuer, language: str) -> bytes:
    """Return the template as a workbook: the rows, what the columns mean, and what can be awarded."""
    achievements = _achievements(issuer)
    book = Workbook()
    rows = book.active
    assert isinstance(rows, Worksheet)
    _fill(rows, _("Awards"), [batch_files.heads(), _example(achievements, language)], [18] * 15)
    for column in range(1, len(batch_files.COLUMNS) + 1):
        for row in range(2, _ROWS):
            rows.cell(row, column).number_format = "@"
    _fill(book.create_sheet(), _("What the columns mean"), _meanings(), [22, 10, 90])
    _fill(book.create_sheet(), _("What can be awarded"), _codes(achievements), [26, 44, 10, 70])
    book.properties.creator = "Gilde"
    book.properties.title = _("Awards")
    book.properties.created = book.properties.modified = clock.now().replace(tzinfo=None, microsecond=0)
    into = io.BytesIO()
    book.save(into)
    return into.getvalue()


FORMS: Final[Mapping[str, tuple[str, Callable[[Issuer, str], bytes]]]] = {
    "csv": ("text/csv; charset=utf-8", as_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_workbook),
}


def _achievements(issuer: Issuer) -> list[Achievement]:
    return list(issuer.achievements.filter(closed_at=None).prefetch_related("outcomes").order_by("code"))


def _example(achievements: Sequence[Achievement], language: str) -> list[str]:
    awarded = clock.today() - timedelta(days=1)
    outcomes = len(achievements[0].outcomes.all()) if achievements else 0
    told = {
        "reference": EXAMPLE,
        "achievement": achievements[0].code if achievements else "welder",
        "given_name": "Amina",
        "family_name": "Peeters",
        "born": "2004-03-09",
        "email": "amina@people.example",
        "person": "S-12345",
        "awarded_on": awarded.isoformat(),
        "grade": _("with distinction"),
        "assessed_on": (awarded - timedelta(days=7)).isoformat(),
        "place": "Genk",
        "language": language[:2],
        "not_reached": "2" if outcomes > 1 else "",
    }
    return [told.get(name, "") for name in batch_files.COLUMNS]


def _meanings() -> Iterable[Sequence[str]]:
    yield _("Column"), _("Needed"), _("What stands in it")
    said = {
        "reference": _("Your own reference of the award. Each has its own; sent twice, it is issued once."),
        "achievement": _("What is awarded, by its code: see the sheet “What can be awarded”."),
        "given_name": _("As it stands on the award. A given name or a family name is needed."),
        "family_name": _("As it stands on the award. A given name or a family name is needed."),
        "born": _("A day, as 2004-03-09 or 09/03/2004. It tells people of one name apart."),
        "email": _("To send the person a link. It stands in no document."),
        "person": _("Your own number of the person; it keeps their awards together. Never published."),
        "awarded_on": _("A day that has come, as 2025-06-30 or 30/06/2025."),
        "grade": _("In words, as it stands on the award."),
        "assessed_on": _("A day, not after that of the award."),
        "assessed_by": _("Where that was somebody else than the issuer."),
        "place": _("Where it was awarded. Empty: the place of the issuer."),
        "language": _(
            "Of the award, by its code of two letters, such as nl. Empty: that of the achievement."
        ),
        "valid_until": _("The last day. Empty: as the achievement says."),
        "not_reached": _("The numbers of outcomes that were not reached, as 1; 3. Empty: all were reached."),
    }
    needed = ("reference", "achievement", "awarded_on")
    for head, name in zip(batch_files.heads(), batch_files.COLUMNS, strict=True):
        yield head, _("yes") if name in needed else "", said[name]
    yield "", "", ""
    yield "", "", _("Write values, not formulas. Take the example out before you send the file.")


def _codes(achievements: Sequence[Achievement]) -> Iterable[Sequence[str]]:
    yield _("Code"), _("Title"), _("Outcome"), _("What the outcome says")
    for achievement in achievements:
        yield achievement.code, str(achievement.title), "", ""
        for number, outcome in enumerate(achievement.outcomes.all(), start=1):
            yield achievement.code, "", str(number), str(outcome.title)


def _fill(sheet: Worksheet, title: str, rows: Iterable[Sequence[str]], widths: Sequence[int]) -> None:
    sheet.title = title[:31]
    for row in rows:
        sheet.append([csv_cell(cell) for cell in row])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for at, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(at)].width = width
    for cells in sheet.iter_rows(min_row=2):
        for cell, width in zip(cells, widths, strict=False):
            cell.alignment = Alignment(wrap_text=width > 40, vertical="top")
    sheet.freeze_panes = "A2"
