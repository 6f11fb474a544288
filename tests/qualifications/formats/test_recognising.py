"""A file of qualifications is recognised by what is in it, whatever its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from gilde.core.text import Text
from gilde.qualifications.described import Described, LevelTold, Outcome, Publisher, Read
from gilde.qualifications.errors import Unreadable
from gilde.qualifications.formats import WRITERS, read
from tests.qualifications.formats.strategies import PUBLISHER

MASON = Described(
    "https://gilde.example/id/qualification/1",
    Text("nl", {"nl": "Metser", "en": "Mason"}),
    level=LevelTold("vks", "3", 3),
    country="BE",
    outcomes=(Outcome("https://gilde.example/id/outcome/1", Text.of("Metst een muur", "nl")),),
)


def recognised(tmp_path: Path, data: bytes, name: str = "file") -> Read:
    path = tmp_path / "stored"
    path.write_bytes(data)
    return read(path, name)


def refusal(tmp_path: Path, data: bytes) -> str:
    with pytest.raises(Unreadable) as caught:
        recognised(tmp_path, data)
    return caught.value.sentence


@pytest.mark.parametrize("name", WRITERS)
def test_what_gilde_writes_it_recognises(name: str, tmp_path: Path) -> None:
    write, media_type, extension = WRITERS[name]
    data, _not_held = write(PUBLISHER, [MASON])

    found = recognised(tmp_path, data)

    assert [(told.uri, str(told.title.words["nl"])) for told in found.qualifications] == [
        (MASON.uri, "Metser")
    ]
    assert [str(each.statement.words["nl"]) for each in found.qualifications[0].all_outcomes()] == [
        "Metst een muur"
    ]
    assert "/" in media_type
    assert extension.isalnum()


@pytest.mark.parametrize("name", ["case", "ctdl", "csv"])
def test_the_format_is_told(name: str, tmp_path: Path) -> None:
    data, _not_held = WRITERS[name][0](PUBLISHER, [MASON])

    assert recognised(tmp_path, data, "wrong.pdf").format == name


def test_a_table_with_semicolons_and_without_a_mark_is_recognised(tmp_path: Path) -> None:
    assert recognised(tmp_path, b"title_nl;outcome_statement_nl\nMetser;Metst\n").format == "csv"


def test_no_qualifications_are_a_file_that_says_so(tmp_path: Path) -> None:
    publisher = Publisher(PUBLISHER.body, PUBLISHER.base)
    for name in ("case", "ctdl", "csv"):
        data, not_held = WRITERS[name][0](publisher, [])

        assert data
        assert not_held == []


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "“file” is empty."),
        (b" \n ", "“file” is empty."),
        (
            b"PK\x03\x04rest",
            "“file” is a file of the kind ZIP, XLSX, DOCX. Save a spreadsheet as “CSV UTF-8”, unpack an archive.",
        ),
        (
            b"%PDF-1.7",
            "“file” is a file of the kind PDF. Save a spreadsheet as “CSV UTF-8”, unpack an archive.",
        ),
        (b"<!DOCTYPE html><html>", "“file” is a web page, not a file of qualifications."),
        (b"\xff\xfet\x00i\x00", "“file” is written in UTF-16. Save it as “CSV UTF-8”."),
        (
            b"hello;world\n1;2\n",
            "“file” is no file of qualifications that Gilde knows: the European Learning Model (XML, JSON-LD, Turtle), "
            "CASE 1.0, CTDL, or a table with the columns title_en and outcome_statement_en.",
        ),
        (
            b'{"name": "x"}',
            "“file” is no file of qualifications that Gilde knows: the European Learning Model (XML, JSON-LD, Turtle), "
            "CASE 1.0, CTDL, or a table with the columns title_en and outcome_statement_en.",
        ),
        (b'{"a": 1, "a": 2}', "“file”, /a: this is told twice in the same object. Keep one of them."),
        (b'{"a": ', "“file”, line 1, column 7: this is no JSON, or it was cut off on the way."),
    ],
)
def test_a_file_of_no_known_format_is_refused(data: bytes, sentence: str, tmp_path: Path) -> None:
    assert refusal(tmp_path, data) == sentence
