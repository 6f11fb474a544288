"""What is wrong with an ESCO package is said in one sentence, with the file and the row, before anything is stored."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from gilde.qualifications.classifications import open_package
from gilde.qualifications.errors import Unreadable
from tests.qualifications.classifications.files import (
    ESCO,
    GROUP,
    JOINER,
    NAIL,
    SAW,
    SKILL,
    archive,
    dutch,
    folder,
    skill,
    small,
    table,
)


def refused(*paths: Path, version: str = "1.2.0") -> str:
    with pytest.raises(Unreadable) as error:
        open_package(paths, version=version).check()
    return error.value.sentence


def test_archives_of_two_versions_are_refused(tmp_path: Path) -> None:
    one = archive(
        tmp_path / "esco-v1.1.1-classification-en-csv.zip", {"skills_en.csv": small()["skills_en.csv"]}
    )
    other = archive(tmp_path / "ESCO dataset - v1.2.0 - classification - nl - csv.zip", dutch())
    sentence = refused(one, other, version="")
    assert "1.1.1" in sentence
    assert "1.2.0" in sentence


def test_another_version_than_was_said_is_refused(tmp_path: Path) -> None:
    assert "1.1.1" in refused(archive(tmp_path / "esco-v1.1.1-csv.zip", small()), version="1.2.0")


def test_a_version_that_nothing_tells_is_asked_for(tmp_path: Path) -> None:
    assert "which version" in refused(folder(tmp_path, small()), version="")


def test_relations_of_another_version_are_known_by_concepts_that_are_not_there(tmp_path: Path) -> None:
    files = small()
    strange = [(f"{ESCO}skill/new-{number}", GROUP) for number in range(6)]
    files["broaderRelationsSkillPillar.csv"] += table(*strange)
    sentence = refused(folder(tmp_path, files))
    assert "broaderRelationsSkillPillar" in sentence
    assert f"{ESCO}skill/new-0" in sentence


def test_an_occupation_without_a_place_tells_that_the_relations_are_older(tmp_path: Path) -> None:
    files = small()
    files["occupations_en.csv"] += f"{ESCO}occupation/new,roofer,,7121.1,\r\n"
    assert "occupation/new" in refused(folder(tmp_path, files))


def test_a_language_of_another_version_is_known_by_its_concepts(tmp_path: Path) -> None:
    other = table(
        SKILL, skill(NAIL, "spijkeren"), skill(f"{ESCO}skill/new-1", "x"), skill(f"{ESCO}skill/new-2", "y")
    )
    assert "skills_nl.csv" in refused(folder(tmp_path, small() | {"skills_nl.csv": other}))


def test_missing_columns_are_named(tmp_path: Path) -> None:
    sentence = refused(folder(tmp_path, {"skills_en.csv": table(("conceptUri", "label"), (NAIL, "x"))}))
    assert "preferredLabel" in sentence
    assert "skills_en.csv" in sentence


def test_a_uri_that_is_there_twice_is_named_with_both_rows(tmp_path: Path) -> None:
    files = {"skills_en.csv": table(SKILL, skill(NAIL, "a"), skill(SAW, "b"), skill(NAIL, "c"))}
    sentence = refused(folder(tmp_path, files))
    assert "row 4" in sentence
    assert "row 2" in sentence
    assert NAIL in sentence


def test_a_concept_without_a_label_is_refused(tmp_path: Path) -> None:
    assert NAIL in refused(folder(tmp_path, {"skills_en.csv": table(SKILL, skill(NAIL, ""))}))


def test_a_circle_in_the_hierarchy_is_told_with_its_labels(tmp_path: Path) -> None:
    files = small()
    files["broaderRelationsSkillPillar.csv"] += f"{GROUP},{NAIL}\r\n"
    sentence = refused(folder(tmp_path, files))
    assert "“drive nails” → “work with wood” → “drive nails”" in sentence
    assert "row 5" in sentence


def test_a_relation_of_no_known_kind_is_refused(tmp_path: Path) -> None:
    files = small()
    files["occupationSkillRelations.csv"] += f"{JOINER},helpful,,{SAW}\r\n"
    assert "“helpful”" in refused(folder(tmp_path, files))


def test_a_file_that_is_no_esco_file_is_refused(tmp_path: Path) -> None:
    assert "“shopping.csv”" in refused(folder(tmp_path, {"shopping.csv": "bread,milk\r\n"}) / "shopping.csv")


def test_the_same_part_twice_is_refused(tmp_path: Path) -> None:
    one, two = folder(tmp_path / "a", dutch()), folder(tmp_path / "b", dutch())
    assert "the same part" in refused(one, two)


def test_a_language_that_esco_does_not_have_is_refused(tmp_path: Path) -> None:
    assert "“zz”" in refused(folder(tmp_path, {"skills_zz.csv": dutch()["skills_nl.csv"]}))


def test_a_file_that_does_not_tell_its_language_is_refused(tmp_path: Path) -> None:
    assert "skills_en.csv" in refused(folder(tmp_path, {"skills.csv": dutch()["skills_nl.csv"]}))


@pytest.mark.parametrize("text", ["", table(SKILL)])
def test_an_empty_file_is_refused(tmp_path: Path, text: str) -> None:
    assert "skills_en.csv" in refused(folder(tmp_path, {"skills_en.csv": text}))


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16"])
def test_text_that_is_not_utf_8_is_told_with_its_row(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "skills_fr.csv"
    path.write_bytes(table(SKILL, skill(NAIL, "clouer"), skill(SAW, "métier")).encode(encoding))
    sentence = refused(path)
    assert "UTF-8" in sentence
    assert ("row 3" if encoding == "cp1252" else "row 1") in sentence


def test_a_row_of_another_width_is_told(tmp_path: Path) -> None:
    files = {"skills_en.csv": small()["skills_en.csv"] + f"{NAIL},too short\r\n"}
    assert "row 5" in refused(folder(tmp_path, files))


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "esco-v1.2.0.zip", small())
    path.write_bytes(path.read_bytes()[:-40])
    assert "damaged" in refused(path)


def test_an_archive_that_grows_too_much_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "esco-v1.2.0.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("skills_en.csv", b" " * 25_000_000)
    assert "unpack" in refused(path)


def test_a_folder_without_csv_is_refused(tmp_path: Path) -> None:
    assert "no CSV file" in refused(tmp_path)
