"""A comparison as a workbook (Office Open XML): overview, outcomes, facts. No cell is ever a formula."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from gilde.core import clock
from gilde.core.downloads import csv_cell
from gilde.qualifications.comparison import Comparison
from gilde.qualifications.comparison_facts import facts
from gilde.qualifications.comparison_words import letters, sentences, status_word

_LONGEST = 32_000  # characters; a cell holds 32,767
_WRAPPED = Alignment(wrap_text=True, vertical="top")


def make(compared: Comparison, names: Mapping[str, str]) -> bytes:
    """Return the workbook. `names` are those whom the reader may know by name."""
    book = Workbook()
    overview = book.active
    assert isinstance(overview, Worksheet)
    _fill(overview, _("Overview"), _overview(compared), widths=[44, 44, 12, 12, 12, 12])
    _fill(book.create_sheet(), _("Outcomes"), _outcomes(compared, names), widths=[30, 24, 50, 30, 12, 50, 60])
    _fill(book.create_sheet(), _("Facts"), _facts(compared), widths=[24, *[44] * len(compared.sides)])
    book.properties.creator = "Gilde"
    book.properties.title = _("Qualifications compared")
    book.properties.created = book.properties.modified = clock.now().replace(tzinfo=None, microsecond=0)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _overview(compared: Comparison) -> Iterable[Sequence[object]]:
    yield [
        _("Qualification"),
        _("in"),
        _("Outcomes"),
        *(status_word(each) for each in ("shared", "partly", "missing")),
    ]
    for side in compared.sides:
        told = list(zip(map(_name, side.others), side.counts, strict=True))
        if len(side.others) > 1:
            told.append((_("all others"), side.everywhere))
        for other, counts in told:
            yield [
                _name(side.qualification),
                other,
                counts.total,
                counts.shared,
                counts.partly,
                counts.missing,
            ]


def _outcomes(compared: Comparison, names: Mapping[str, str]) -> Iterable[Sequence[object]]:
    heads = (
        _("Qualification"),
        _("Unit"),
        _("Outcome"),
        _("Held against"),
        _("Found"),
        _("Best found"),
        _("Evidence"),
    )
    yield heads
    for side in compared.sides:
        for row in side.rows:
            for other, found in zip(side.others, row.found, strict=True):
                evidence = "; ".join(map(str, sentences(found.for_best, names)))
                if found.best is None and found.by_concepts_only:
                    evidence = _("compared by skills only: no common language")
                yield [
                    _name(side.qualification),
                    row.unit.title if row.unit else "",
                    row.outcome.statement,
                    _name(other),
                    status_word(found.status),
                    found.best.statement if found.best else "",
                    evidence,
                ]


def _facts(compared: Comparison) -> Iterable[Sequence[object]]:
    named = zip(letters(len(compared.sides)), compared.qualifications, strict=True)
    yield ["", *(f"{letter} {_name(each)}" for letter, each in named)]
    for row in facts(compared.qualifications):
        yield [row.label, *("; ".join(map(str, value)) for value in row.values)]


def _name(told: object) -> str:
    return f"{told.title} ({told.code})"  # type: ignore[attr-defined]


def _fill(sheet: Worksheet, title: str, rows: Iterable[Sequence[object]], *, widths: Sequence[int]) -> None:
    sheet.title = title[:31]
    for at, row in enumerate(rows, start=1):
        for place, value in enumerate(row, start=1):
            cell = sheet.cell(at, place, _plain(value))
            cell.alignment = _WRAPPED
            if at == 1:
                cell.font = Font(bold=True)
    for place, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = "A2"


def _plain(value: object) -> int | str:
    """Return a value that no spreadsheet takes for a formula, without the signs that a file cannot hold."""
    if isinstance(value, int):
        return value
    return csv_cell(ILLEGAL_CHARACTERS_RE.sub("", str(value))[:_LONGEST])
