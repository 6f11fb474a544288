"""CSV: one row an outcome."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given

from gilde.core.text import Text
from gilde.qualifications.described import (
    Body,
    ConceptLink,
    Credit,
    Described,
    LevelTold,
    NotHeld,
    Outcome,
    Prerequisite,
    Read,
    Unit,
)
from gilde.qualifications.errors import Unreadable
from gilde.qualifications.formats import tables
from tests.qualifications.formats.strategies import PUBLISHER, qualifications, several

FITTER = Described(
    uri="https://gilde.example/id/qualification/1",
    title=Text("nl", {"nl": "Lasser", "en": "Welder"}),
    code="BK0001",
    level=LevelTold("vks", "3", 3),
    credit=Credit(Decimal("7.5")),
    units=(
        Unit(
            "https://gilde.example/id/unit/1",
            Text("nl", {"nl": "Voorbereiden"}),
            (
                Outcome(
                    "https://gilde.example/id/outcome/1",
                    Text("nl", {"nl": "=Leest een tekening", "en": "Reads a drawing"}),
                    "skill",
                    concepts=(
                        ConceptLink(
                            "http://data.europa.eu/esco/skill/a",
                            Text("nl", {"nl": "tekeningen lezen"}),
                            "close",
                            "esco",
                        ),
                    ),
                ),
            ),
            optional=True,
        ),
    ),
    outcomes=(
        Outcome(
            "https://gilde.example/id/outcome/2",
            Text("nl", {"nl": "Kent de normen; en de rest"}),
            "knowledge",
        ),
    ),
    awarding=(
        Body("https://gilde.example/id/organisation/2", Text("nl", {"nl": "Jury"}), "BE"),
        Body("", Text("nl", {"nl": "Hof"})),
    ),
    languages=("nl", "fr"),
    valid_from=date(2025, 9, 1),
)


def read(text: str | bytes, name: str = "list.csv") -> Read:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return tables.read(path, name)


def refusal(text: str | bytes) -> str:
    with pytest.raises(Unreadable) as caught:
        read(text)
    return caught.value.sentence


@given(several())
def test_what_is_written_is_read_back_whole(told: list[Described]) -> None:
    data, not_held = tables.write(PUBLISHER, told)

    assert not_held == []
    assert read(data) == Read("csv", tuple(told))


@given(qualifications(None))
def test_texts_of_several_source_languages_keep_their_words(told: Described) -> None:
    data, not_held = tables.write(PUBLISHER, [told])
    again, lost = tables.write(PUBLISHER, read(data).qualifications)

    assert again == data
    assert lost == []
    assert bool(not_held) == (read(data).qualifications != (told,))


def test_a_row_is_an_outcome_with_its_unit_and_its_qualification() -> None:
    data, not_held = tables.write(PUBLISHER, [FITTER])
    text = data.decode()
    rows = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline="")))

    assert text.startswith(
        "\ufeffuri,version_uri,version,kind,code,source_language,title_en,title_nl,level_framework"
    )
    assert not_held == []
    assert [row["title_nl"] for row in rows] == ["Lasser", "Lasser"]
    assert [row["unit_title_nl"] for row in rows] == ["", "Voorbereiden"]
    assert [row["outcome_statement_nl"] for row in rows] == [
        "Kent de normen; en de rest",
        "'=Leest een tekening",
    ]
    assert rows[1]["outcome_concept_relation"] == "close"
    assert rows[0]["awarding_name_nl"] == "Jury\nHof"
    assert rows[0]["awarding_country"] == "BE\n"
    assert (rows[0]["credit_points"], rows[0]["unit_optional"], rows[1]["unit_optional"]) == (
        "7.5",
        "",
        "yes",
    )
    assert read(data).qualifications == (FITTER,)


def test_no_cell_begins_with_what_a_spreadsheet_runs() -> None:
    for words in ("=1+1", "+1", "-1", "@x", "'=1", "''=1", "\t=1"):
        told = replace(FITTER, summary=Text("nl", {"nl": words}))
        data, _not_held = tables.write(PUBLISHER, [told])

        assert f",{words}" not in data.decode()
        assert read(data).qualifications == (told,)


def test_a_qualification_without_outcomes_is_one_row() -> None:
    empty = Described("https://gilde.example/id/qualification/3", Text.of("Empty"))

    data, _not_held = tables.write(PUBLISHER, [empty])

    assert len(data.decode().splitlines()) == 2
    assert read(data).qualifications == (empty,)


def test_a_table_of_nothing_still_has_its_header() -> None:
    data, _not_held = tables.write(PUBLISHER, [])

    assert "title_en" in data.decode()
    assert "outcome_statement_en" in data.decode()
    assert "no rows" in refusal(data)


def test_a_table_written_by_hand_needs_little() -> None:
    found = read(
        "code;title_nl;level_framework;level_code;credit_points;unit_title_nl;outcome_statement_nl\r\n"
        "BK1;Lasser;vks;3;7,5;Voorbereiden;Leest een tekening\r\n"
        "BK1;;;;;Voorbereiden;Stelt in\r\n"
        ";;;;;;\r\n"
        "BK2;Metser;;;;;Metst een muur\r\n"
    ).qualifications

    assert [told.code for told in found] == ["BK1", "BK2"]
    assert found[0].level == LevelTold("vks", "3")
    assert found[0].credit == Credit(Decimal("7.5"))
    assert [str(each.statement) for each in found[0].units[0].outcomes] == ["Leest een tekening", "Stelt in"]
    assert found[1].outcomes[0].statement == Text("nl", {"nl": "Metst een muur"})
    uris = [told.uri for told in found] + [each.uri for told in found for each in told.all_outcomes()]
    assert len(set(uris)) == 5
    assert all(uri.startswith("urn:uuid:") for uri in uris)


def test_a_line_break_in_a_list_is_not_held() -> None:
    told = replace(FITTER, prerequisites=(Prerequisite(Text("nl", {"nl": "een\ntwee"})),))

    data, not_held = tables.write(PUBLISHER, [told])

    assert [(each.what, each.value) for each in not_held] == [
        ("A line of a cell holds no line break: prerequisite_text_nl", "een\ntwee")
    ]
    assert str(read(data).qualifications[0].prerequisites[0].text) == "een twee"


def test_a_source_language_of_its_own_is_not_held() -> None:
    told = replace(FITTER, summary=Text("en", {"en": "Welds", "nl": "Last"}))

    _data, not_held = tables.write(PUBLISHER, [told])

    assert not_held == [
        NotHeld(FITTER.uri, "A table has one source language; this text has another: summary", "en")
    ]


def test_a_column_that_is_unknown_is_told() -> None:
    found = read("title_en,outcome_statement_en,colour\nWelder,Welds,\nMason,Lays,red\n")

    assert found.not_held == (NotHeld("list.csv, row 3", "Gilde has no column of this name: colour", "red"),)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "code,outcome_statement_en\nA,B\n",
            "row 1: the column title_en is missing, or the same with another language at its end.",
        ),
        (
            "code,title_en\nA,B\n",
            "row 1: the column outcome_statement_en is missing, or the same with another language at its end.",
        ),
        ("title_en,title_en,outcome_statement_en\nA,B,C\n", "row 1: the column title_en is there twice."),
        ("code,title_en,outcome_statement_en\nA,B,C\nD,,E\n", "row 3: title_en is empty."),
        (
            "code,title_en,outcome_statement_en\n,,C\n",
            "row 2: no qualification is named: uri, code and title are empty.",
        ),
        (
            "code,title_en,outcome_statement_en\nA,B,C\nA,Z,D\n",
            "row 3: title_en is “Z”, but “B” in row 2 about the same. Make them equal.",
        ),
        (
            "title_en,level_framework,level_code,level_eqf,outcome_statement_en\nA,vks,3,9,C\n",
            "row 2: level_eqf: “9” is no level of the EQF, which has 1 to 8.",
        ),
        (
            "title_en,level_framework,level_code,outcome_statement_en\nA,eqf,4b,C\n",
            "row 2: level_code: “4b” is no level of the EQF, which has 1 to 8.",
        ),
        (
            "title_en,level_code,outcome_statement_en\nA,3,C\n",
            "row 2: level_code needs level_framework beside it.",
        ),
        ("title_en,outcome_statement_en,outcome_kind\nA,,skill\n", "row 2: outcome_statement_en is empty."),
        (
            "title_en,outcome_statement_en,unit_hours\nA,B,8\n",
            "row 2: the unit has no title: fill unit_title_en or another language.",
        ),
        ("title_en,outcome_statement_en,hours\nA,B,many\n", "row 2: hours: “many” is no whole number."),
        (
            "title_en,outcome_statement_en,valid_from\nA,B,1/9/2025\n",
            "row 2: valid_from: “1/9/2025” is no date such as 2025-09-01.",
        ),
        (
            "title_en,outcome_statement_en,outcome_kind\nA,B,talent\n",
            "row 2: outcome_kind: “talent” is none of knowledge, skill, autonomy.",
        ),
        (
            "title_en,outcome_statement_en,partial\nA,B,perhaps\n",
            "row 2: partial: “perhaps” is neither yes nor no.",
        ),
        (
            "title_en,outcome_statement_en,credit_points\nA,B,lots\n",
            "row 2: credit_points: “lots” is no number.",
        ),
        (
            "title_en,outcome_statement_en\nA,B,C\n",
            "row 2: this row has more cells than the header has columns.",
        ),
        (
            'title_en,outcome_statement_en\nA,"B\n',
            "row 2: a quotation mark is not closed, or a cell is too long.",
        ),
        (
            'title_en,outcome_statement_en,awarding_uri,awarding_name_en\nA,B,"x\ny",Z\n',
            "row 2: awarding_uri has 2 lines and awarding_name_en 1. Give each as many lines.",
        ),
        (
            b"title_fr,outcome_statement_fr\nMa\xe7on,B\n",
            "line 2: this is not UTF-8, so accents would be lost. Save it as “CSV UTF-8”.",
        ),
        ("title_en".encode("utf-16"), "is written in UTF-16. Save it as “CSV UTF-8”."),
    ],
)
def test_what_is_wrong_is_said_with_its_row(text: str | bytes, sentence: str) -> None:
    assert refusal(text) in (f"“list.csv” {sentence}", f"“list.csv”, {sentence}")


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    path.write_bytes(b"x" * 3_000_000)

    with pytest.raises(Unreadable, match="larger than 2 MB"):
        tables.read(path, "big.csv", largest=2 * 1024 * 1024)
