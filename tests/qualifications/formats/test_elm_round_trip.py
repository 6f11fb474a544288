"""What is written in the European Learning Model is read back equal."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings

from gilde.core.text import Text
from gilde.qualifications.described import Credit, Described, Unit
from gilde.qualifications.formats import elm_rdf
from tests.qualifications.described_strategies import described
from tests.qualifications.formats.elm_files import (
    BRICKLAYER,
    ENDINGS,
    PUBLISHER,
    as_read,
    as_xml,
    read_rdf,
    read_xml,
)


@given(described())
def test_xml_is_read_back_equal(one: Described) -> None:
    data, lost = as_xml(one)
    with TemporaryDirectory() as folder:
        found = read_xml(data, Path(folder))
    assert (found.qualifications, found.not_held, lost) == ((as_read(one),), (), [])


@pytest.mark.parametrize("form", ENDINGS)
@settings(max_examples=15)
@given(one=described())
def test_rdf_is_read_back_equal(form: elm_rdf.Form, one: Described) -> None:
    data, lost = elm_rdf.written(PUBLISHER, [one], form)
    with TemporaryDirectory() as folder:
        found = read_rdf(data, Path(folder), f"file.{ENDINGS[form]}")
    assert (found.qualifications, found.not_held, lost) == ((as_read(one),), (), [])


@pytest.mark.parametrize("form", ["xml", *ENDINGS])
def test_one_that_is_part_of_another_in_the_file_is_no_unit_of_it(form: str, tmp_path: Path) -> None:
    part = replace(_second(), part_of=(BRICKLAYER.uri,))
    if form == "xml":
        found = read_xml(as_xml(BRICKLAYER, part)[0], tmp_path)
    else:
        data = elm_rdf.write(PUBLISHER, [BRICKLAYER, part], form)  # type: ignore[arg-type]
        found = read_rdf(data, tmp_path, f"file.{ENDINGS[form]}")
    assert found.qualifications == (as_read(BRICKLAYER), as_read(part))


def test_an_outcome_that_two_qualifications_share_is_told_once(tmp_path: Path) -> None:
    data, lost = as_xml(BRICKLAYER, _second())
    assert data.count(b' id="https://gilde.example/id/outcome/1"') == 1
    assert not lost
    assert read_xml(data, tmp_path).qualifications == (as_read(BRICKLAYER), as_read(_second()))


def test_a_code_that_stands_in_the_file_already_goes_into_a_note(tmp_path: Path) -> None:
    twice = replace(_second(), code=BRICKLAYER.code)
    found = read_xml(as_xml(BRICKLAYER, twice)[0], tmp_path)
    assert [each.code for each in found.qualifications] == [BRICKLAYER.code, BRICKLAYER.code]


def test_the_same_outcome_in_other_words_is_reported() -> None:
    other = replace(BRICKLAYER.units[0].outcomes[0], statement=Text.of("Something else"))
    second = replace(_second(), outcomes=(other,))
    for lost in (
        as_xml(BRICKLAYER, second)[1],
        elm_rdf.written(PUBLISHER, [BRICKLAYER, second], "json-ld")[1],
    ):
        assert [each.where for each in lost] == ["https://gilde.example/id/outcome/1"]


def test_a_unit_that_stands_in_two_qualifications_is_told_with_the_first_and_reported() -> None:
    second = replace(BRICKLAYER, uri="https://gilde.example/id/qualification/2", code="X", version_uri="")
    for lost in (
        as_xml(BRICKLAYER, second)[1],
        elm_rdf.written(PUBLISHER, [BRICKLAYER, second], "json-ld")[1],
    ):
        assert [(each.where, each.what) for each in lost] == [
            (
                unit.uri,
                "It is a unit of https://gilde.example/id/qualification/2 too, and was told as one of the first only.",
            )
            for unit in BRICKLAYER.units
        ]


def test_what_lacks_a_title_or_outcomes_is_left_out_with_the_reason() -> None:
    empty = replace(BRICKLAYER, units=(), title=Text())
    data, lost = as_xml(empty)
    assert b"<qualification" not in data
    assert [each.what for each in lost] == [
        "It was left out: it has no title.",
        "It was left out: it has no learning outcomes.",
    ]
    assert elm_rdf.written(PUBLISHER, [empty], "json-ld")[1] == lost


def test_what_the_lists_do_not_know_is_reported_and_the_rest_told() -> None:
    odd = replace(
        BRICKLAYER,
        participation=("by pigeon",),
        languages=("nl", "tlh"),
        assessment_type="duel",
        units=(*BRICKLAYER.units, Unit("https://gilde.example/id/unit/3", Text.of("Empty"))),
        summary=Text.of("a\x0bb"),
    )
    lost = as_xml(odd)[1]
    assert sorted(each.value for each in lost) == [
        "a\x0bb",
        "by pigeon",
        "duel",
        "https://gilde.example/id/unit/3",
        "tlh",
    ]


def test_credit_of_another_system_is_kept(tmp_path: Path) -> None:
    one = replace(BRICKLAYER, credit=Credit(Decimal("4.5"), "vlaams-krediet"))
    assert read_xml(as_xml(one)[0], tmp_path).qualifications[0].credit == one.credit


def test_jsonld_at_a_stable_address_is_nested_and_needs_nothing_fetched() -> None:
    found = elm_rdf.as_jsonld(PUBLISHER, BRICKLAYER)
    assert isinstance(found["@context"], dict)
    assert list(found)[:4] == ["@context", "id", "type", "identifier"]
    assert (found["id"], found["type"]) == (BRICKLAYER.uri, "Qualification")
    assert found["title"] == {"nl": "Metselaar", "en": "Bricklayer"}
    assert found["units"][0]["learningOutcome"]["title"]["en"] == "Builds a wall by plan"
    assert found["NQFLevel"]["inScheme"]["id"] == "http://data.europa.eu/snb/qdr/25831c2"
    assert found == elm_rdf.as_jsonld(PUBLISHER, BRICKLAYER)


def test_a_draft_without_outcomes_is_shown_at_its_address() -> None:
    assert elm_rdf.as_jsonld(PUBLISHER, replace(BRICKLAYER, units=()))["title"]["nl"] == "Metselaar"


@pytest.mark.parametrize("form", ENDINGS)
def test_the_same_qualifications_give_the_same_bytes(form: elm_rdf.Form) -> None:
    assert elm_rdf.write(PUBLISHER, [BRICKLAYER], form) == elm_rdf.write(PUBLISHER, [BRICKLAYER], form)


def _second() -> Described:
    return replace(
        BRICKLAYER,
        uri="https://gilde.example/id/qualification/2",
        code="BK-0002",
        version_uri="",
        units=(),
        outcomes=BRICKLAYER.units[0].outcomes,
    )
