"""Files of awards are read whatever program wrote them; what cannot be read for sure is refused with a sentence."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date, datetime
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from gilde.core.errors import GildeError
from gilde.credentials import batch_files
from gilde.credentials.batch_files import Odd, Table
from gilde.credentials.batch_values import meant, order_of
from tests.credentials.batch_making import a_csv, a_workbook

ROW = {"reference": "A-1", "achievement": "welder", "family name": "Ångström", "awarded on": "2025-06-30"}


def text(data: bytes) -> Table:
    return batch_files.table(batch_files.text_rows(data))


def book(data: bytes) -> Table:
    told = json.loads(json.dumps(batch_files.workbook(data)))
    assert batch_files.is_told(told)
    return batch_files.table(batch_files.rows_of(told))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_encodings_and_separators_are_told_apart(encoding: str, separator: str) -> None:
    found = text(a_csv([ROW], separator=separator, encoding=encoding))
    assert found.columns == ("reference", "achievement", "family_name", "awarded_on")
    assert found.lines[0].cells["family_name"] == "Ångström"


def test_the_separator_that_excel_declares_is_no_row() -> None:
    found = text(b"sep=;\r\n" + a_csv([ROW], separator=";"))
    assert [line.number for line in found.lines] == [2]


@pytest.mark.parametrize("language", ["en", "nl"])
def test_heads_are_read_in_both_languages(language: str) -> None:
    with translation.override(language):
        heads = batch_files.heads()
    values = ["A-1", "welder", "Amina", "Peeters"]
    found = text((",".join(heads) + "\n" + ",".join(values) + "\n").encode())
    assert found.columns == tuple(batch_files.COLUMNS)


def test_capitals_spaces_and_hyphens_of_heads_do_not_matter() -> None:
    found = text(b"REFERENCE, Achievement code,Family_Name,Awarded-on\nA-1,welder,Peeters,2025-06-30\n")
    assert found.columns == ("reference", "achievement", "family_name", "awarded_on")


def test_rows_are_numbered_as_a_spreadsheet_shows_them() -> None:
    found = text(b"\n" + a_csv([ROW, {}, ROW]))
    assert [line.number for line in found.lines] == [3, 5]


def test_a_line_break_inside_quotes_is_part_of_a_cell() -> None:
    found = text(a_csv([{**ROW, "place": "Genk\nLimburg"}, ROW]))
    assert [line.number for line in found.lines] == [2, 3]
    assert meant(found.lines[0], order_of(found.lines)).texts["place"] == "Genk Limburg"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "empty"),
        (b"\n\n  \n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (a_csv([], head=["reference", "achievement", "family name", "awarded on"]), "no rows below"),
        (b"reference,achievement,family name\nA,b,c\n", "missing: awarded on"),
        (b"A-1,welder,Peeters,2025-06-30\n", "“A-1” is not known"),
        (b"reference,referentie,achievement,naam,datum\nA,A,b,c,d\n", "there twice"),
        (b'reference,achievement,naam,datum\nA-1,"welder,Peeters,2025-06-30\n', "quotation mark"),
        (b"reference,achievement\x00,naam\n", "letters of this file|not known"),
        (b"ref\x81rence,achievement,naam,datum\nA,b,c\n", "letters of this file"),
        (b"reference,achievement,naam,datum\n" + b"a," * 200 + b"\n", "more than 100 columns"),
        (b"reference,achievement,naam,datum\nA," + b"x" * 30_000 + b",c,d\n", "page of text"),
    ],
)
def test_what_is_no_file_of_awards_is_refused_with_a_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(GildeError, match=sentence):
        text(data)


def test_more_rows_than_a_file_may_have_are_refused() -> None:
    head = b"reference,achievement,naam,datum\n"
    assert len(text(head + b"A,b,c,d\n" * batch_files.MOST_ROWS).lines) == batch_files.MOST_ROWS
    with pytest.raises(GildeError, match="more than 100,000 rows"):
        text(head + b"A,b,c,d\n" * (batch_files.MOST_ROWS + 1))


def test_what_stands_beside_the_columns_is_told_and_not_dropped() -> None:
    found = text(b"reference,achievement,naam,datum\nA-1,welder,Peeters,2025-06-30,by hand\n")
    assert found.lines[0].beside == "by hand"
    assert meant(found.lines[0], order_of(found.lines)).faults[0].column == ""


def test_a_workbook_gives_days_numbers_and_texts_for_what_they_are() -> None:
    found = book(
        a_workbook(
            [
                {
                    **ROW,
                    "awarded on": datetime(2025, 6, 30),
                    "born": date(2004, 3, 9),
                    "person": 12.0,
                    "grade": 7.5,
                }
            ]
        )
    )
    cells = found.lines[0].cells
    assert cells["awarded_on"] == Odd("date", "2025-06-30")
    assert cells["born"] == Odd("date", "2004-03-09")
    assert (cells["person"], cells["grade"]) == (Odd("number", "12"), Odd("number", "7.5"))


def test_a_formula_is_told_by_its_cell_and_its_stored_result_is_not_looked_at() -> None:
    packed = io.BytesIO(a_workbook([{**ROW, "family name": "=A1"}]))
    again = io.BytesIO()
    with zipfile.ZipFile(packed) as before, zipfile.ZipFile(again, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            if name.endswith("sheet1.xml"):
                # As a spreadsheet stores it that was told what the result is.
                assert b"<v></v>" in content or b"<v/>" in content or b"<v />" in content
                for empty in (b"<v></v>", b"<v/>", b"<v />"):
                    content = content.replace(empty, b"<v>1</v>")
            after.writestr(name, content)
    assert book(again.getvalue()).lines[0].cells["family_name"] == Odd("formula", "C2")


def test_hidden_sheets_are_left_aside() -> None:
    made = Workbook()
    hidden = made.create_sheet("Hidden", 0)
    hidden.append(["reference", "achievement", "family name", "awarded on"])
    hidden.append(["H-1", "welder", "Hidden", "2025-06-30"])
    hidden.sheet_state = "hidden"
    made.active = 1
    assert [line.cells["reference"] for line in book(a_workbook([ROW], made)).lines] == ["A-1"]


def test_of_several_sheets_the_one_with_the_head_is_meant() -> None:
    made = Workbook()
    made.create_sheet("Notes", 0).append(["How this was made"])
    made.active = 1
    assert book(a_workbook([ROW], made)).lines[0].cells["reference"] == "A-1"


def test_sheets_of_which_none_has_the_head_are_not_guessed_among() -> None:
    made = Workbook()
    made.create_sheet("Other").append(["x"])
    with pytest.raises(GildeError, match="not clear which one"):
        book(a_workbook([{"one": 1}], made))


@pytest.mark.parametrize("data", [b"PK\x03\x04", b"PK\x03\x04" + b"x" * 500])
def test_a_damaged_workbook_is_refused_with_a_sentence(data: bytes) -> None:
    assert batch_files.is_workbook(data)
    with pytest.raises(GildeError, match="damaged"):
        book(data)


def test_a_workbook_that_declares_entities_is_refused() -> None:
    packed = io.BytesIO(a_workbook([ROW]))
    again = io.BytesIO()
    with zipfile.ZipFile(packed) as before, zipfile.ZipFile(again, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            if name.endswith("sheet1.xml"):
                content = b'<!DOCTYPE x [<!ENTITY a "b">]>' + content
            after.writestr(name, content)
    with pytest.raises(GildeError, match="no spreadsheet builds it"):
        book(again.getvalue())


_CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)


@given(st.lists(st.tuples(_CELLS, _CELLS), min_size=1, max_size=6), st.sampled_from([",", ";", "\t"]))
def test_what_is_written_is_read_again(cells: list[tuple[str, str]], separator: str) -> None:
    told: list[dict[str, Any]] = [{**ROW, "given name": one, "place": other} for one, other in cells]
    found = text(a_csv(told, separator=separator))
    assert [(line.cells.get("given_name", ""), line.cells.get("place", "")) for line in found.lines] == [
        (one.strip(), other.strip()) for one, other in cells
    ]


@given(st.binary(max_size=400))
def test_any_bytes_are_rows_or_refused_with_a_sentence(data: bytes) -> None:
    try:
        found = book(data) if batch_files.is_workbook(data) else text(data)
    except GildeError as error:
        if len(error.sentence) < 10:
            pytest.fail("It was refused without a sentence.")
    else:
        assert found.lines
