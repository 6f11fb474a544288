"""`gilde match`: lists against what is loaded, or against files with labels and no database at all."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from gilde.qualifications.services import matching_index
from tests.qualifications.classifications.files import archive, dutch, small, table
from tests.qualifications.factories import a_concept, an_edition


def match(*arguments: str, **options: Any) -> str:
    out = io.StringIO()
    call_command("match", *arguments, stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue()


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    path = tmp_path / "labels-nl.csv"
    rows = (
        ("http://x.example/nail", "spijkeren", "nagels slaan"),
        ("http://x.example/saw", "hout zagen", ""),
    )
    path.write_text(table(("conceptUri", "preferredLabel", "altLabels"), *rows), encoding="utf-8")
    return path


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    path = tmp_path / "texts.txt"
    path.write_text("hout zagen\n\nnagels slaan\nkwantumfysica\n", encoding="utf-8")
    return path


def test_it_works_with_files_alone_and_asks_no_database(labels: Path, texts: Path) -> None:
    lines = match(str(texts), lang="nl", labels=[labels]).splitlines()
    assert "hout zagen" in lines[0]
    assert "1.00  hout zagen  <http://x.example/saw>" in lines[0]
    assert any("nagels slaan" in line and "spijkeren  <http://x.example/nail>" in line for line in lines)
    assert lines[-1].startswith("kwantumfysica")
    assert lines[-1].endswith("no match")


def test_csv_and_json_tell_the_same(labels: Path, texts: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(match(str(texts), lang="nl", labels=[labels], limit=1, csv=True))))
    assert [row["uri"] for row in rows] == ["http://x.example/saw", "http://x.example/nail", ""]
    assert rows[2]["why"] == "no match"
    told = [
        json.loads(line) for line in match(str(texts), lang="nl", labels=[labels], json=True).splitlines()
    ]
    assert [each["text"] for each in told] == ["hout zagen", "nagels slaan", "kwantumfysica"]
    assert told[0]["concepts"][0]["score"] == 1
    assert told[2]["concepts"] == []


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("id;text\n7;hout zagen\n", ["hout zagen"]),
        ('competentie,code\n"zagen, hout",1\n', ["zagen, hout"]),
        ("hout zagen\nspijkeren\n", ["hout zagen", "spijkeren"]),
        ("\N{ZERO WIDTH NO-BREAK SPACE}text\nhout zagen\n", ["hout zagen"]),
    ],
)
def test_a_table_is_read_by_its_column_of_texts(
    labels: Path, tmp_path: Path, content: str, expected: list[str]
) -> None:
    path = tmp_path / "list.csv"
    path.write_text(content, encoding="utf-8")
    told = match(str(path), lang="nl", labels=[labels], json=True).splitlines()
    assert [json.loads(line)["text"] for line in told] == expected


def test_packages_of_esco_are_read_in_the_languages_that_their_names_tell(tmp_path: Path) -> None:
    package = archive(tmp_path / "ESCO v1.2.0.zip", {**small(), **dutch()})
    path = tmp_path / "texts.txt"
    path.write_text("spijkeren\nhammer\n", encoding="utf-8")
    told = [
        json.loads(each) for each in match(str(path), lang="nl", labels=[package], json=True).splitlines()
    ]
    assert told[0]["concepts"][0]["label"] == "spijkeren"
    assert told[1]["concepts"][0]["label"] == "spijkeren"  # by its English hidden label


def test_standard_input_is_a_file_too(labels: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"hout zagen")))
    assert "http://x.example/saw" in match("-", lang="nl", labels=[labels])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"lang": ""}, "in which language"),
        ({"lang": "dutch"}, "no code of a language"),
        ({"lang": "xq"}, "no code of a language"),
        ({"lang": "nl", "limit": 0}, "from 1 to"),
    ],
)
def test_wrong_options_get_a_sentence(labels: Path, texts: Path, options: dict[str, Any], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        match(str(texts), labels=[labels], **options)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be opened"),
        (b"goed\n\xff\xfe", "line 2: the text is not UTF-8"),
        (b"\n \n", "holds no text"),
    ],
)
def test_bad_files_of_texts_get_a_sentence(
    labels: Path, tmp_path: Path, content: bytes | None, said: str
) -> None:
    path = tmp_path / "texts.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CommandError, match=said):
        match(str(path), lang="nl", labels=[labels])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("code,name\n1,zagen\n", "lacks the columns conceptUri, preferredLabel"),
        ("conceptUri,preferredLabel\n,zagen\n", "row 2"),
        ("conceptUri,preferredLabel\n", "no label of a skill"),
    ],
)
def test_bad_files_of_labels_get_a_sentence(texts: Path, tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CommandError, match=said):
        match(str(texts), lang="nl", labels=[path])


def test_nothing_to_do_says_what_to_give() -> None:
    with pytest.raises(CommandError, match="Name a file"):
        match()


def test_an_installation_without_tables_says_what_to_do(texts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_table(**_given: object) -> None:
        raise OperationalError("no such table")

    monkeypatch.setattr(matching_index, "index_of", no_table)
    with pytest.raises(CommandError, match="--labels"):
        match(str(texts), lang="nl")


@pytest.mark.django_db
def test_without_esco_it_says_so(texts: Path) -> None:
    for options in ({"index": True}, {}):
        with pytest.raises(CommandError, match="ESCO is not loaded"):
            match(str(texts), lang="nl", **options)


@pytest.mark.django_db
def test_what_is_loaded_is_matched_and_its_index_built(tmp_path: Path) -> None:
    a_concept(an_edition(), "saw wood")
    path = tmp_path / "texts.txt"
    path.write_text("saw wood\n", encoding="utf-8")
    assert "is built" in match(index=True)
    assert matching_index.standing().fresh
    assert "1.00  saw wood  <http://data.europa.eu/esco/skill/saw-wood>" in match(str(path), lang="en")
