"""Lists of codes come with Gilde for their upper levels, and are read from CSV for the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from gilde.qualifications.classifications import open_package
from gilde.qualifications.classifications.lists import own, schemes
from gilde.qualifications.errors import Unreadable


def file(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def refused(path: Path, scheme: str = "isco-08") -> str:
    with pytest.raises(Unreadable) as error:
        open_package([path], scheme=scheme)
    return error.value.sentence


@pytest.mark.parametrize(
    ("code", "concepts", "relations"),
    [("isco-08", 53, 43), ("isced-f-2013", 220, 208), ("isced-2011", 9, 0), ("nace-2.1", 109, 87)],
)
def test_gilde_brings_the_upper_levels_of_each_list(code: str, concepts: int, relations: int) -> None:
    package = own(code)
    assert (len(list(package.concepts())), len(list(package.relations()))) == (concepts, relations)
    assert package.total == concepts + relations


@pytest.mark.parametrize("code", sorted(schemes()))
def test_each_list_tells_its_source_its_date_and_names_in_english_and_dutch(code: str) -> None:
    scheme = schemes()[code]
    assert scheme.source
    assert scheme.note
    assert scheme.valid_from.year >= 2008
    assert all(item.names.keys() == {"en", "nl"} for item in scheme.items)
    assert all(scheme.recognise(item.code)[0] == item.code for item in scheme.items)


def test_the_kind_and_the_uri_follow_from_the_code() -> None:
    found = {each.code: each for each in own("nace-2.1").concepts()}
    assert (found["F"].kind, found["41"].kind) == ("section", "division")
    assert {each.code: each.uri for each in own("isced-f-2013").concepts()}["0732"].endswith(
        "/snb/isced-f/0732"
    )


def test_a_list_in_two_languages_is_read_with_parents_from_the_codes(tmp_path: Path) -> None:
    text = "ISCO 08 Code,Title EN,Title_NL,Definition\n7,Craft,Ambacht,\n71,Building,Bouw,Builds.\n7115,Joiners,,\n"
    package = open_package([file(tmp_path, "isco.csv", text)], scheme="isco-08")
    found = {each.code: each for each in package.concepts()}
    assert found["71"].labels == {"en": "Building", "nl": "Bouw"}
    assert found["71"].descriptions == {"en": "Builds."}
    assert {(each.source[-4:], each.target[-3:]) for each in package.relations()} == {
        ("/C71", "/C7"),
        ("7115", "C71"),
    }


def test_one_file_for_each_language_is_read_together(tmp_path: Path) -> None:
    english = file(tmp_path, "isced_en.csv", "code;name\n07;Engineering\n071;Trades\n")
    french = file(tmp_path, "isced_fr.csv", "code;name\n07;Ingénierie\n071;Techniques\n")
    package = open_package([english, french], scheme="isced-f-2013")
    assert next(iter(package.concepts())).labels == {"en": "Engineering", "fr": "Ingénierie"}


def test_groups_of_nace_stand_under_divisions_and_these_under_sections(tmp_path: Path) -> None:
    text = "Code,Parent,Description\nF,,Construction\n43,,Specialised\n43.3,43,Finishing\n43.32,,Joinery\n"
    package = open_package([file(tmp_path, "nace.csv", text)], scheme="nace-2.1")
    ends = {(each.source.rsplit("/", 1)[1], each.target.rsplit("/", 1)[1]) for each in package.relations()}
    assert ends == {("43", "F"), ("43.3", "43"), ("43.32", "43.3")}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("code,name\n7,Craft\n7,Trades\n", "row 3"),
        ("code,name\nX9,Craft\n", "“X9”"),
        ("code,name\n7,\n", "no name"),
        ("code,name,parent\n71,Building,8\n", "8"),
        ("code,name,parent\n7,Craft,71\n71,Building,7\n", "circle"),
        ("number,words\n7,Craft\n", "“code”"),
        ("code,name\n", "no rows"),
    ],
)
def test_what_is_wrong_with_a_list_is_said(tmp_path: Path, text: str, said: str) -> None:
    assert said in refused(file(tmp_path, "isco.csv", text))


def test_a_list_that_gilde_does_not_know_is_refused_with_those_it_knows(tmp_path: Path) -> None:
    assert "nace-2.1" in refused(file(tmp_path, "x.csv", "code,name\n1,One\n"), scheme="sitc")
