"""CASE 1.0: a qualification as a CFPackage."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

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
from gilde.qualifications.formats import case
from tests.qualifications.formats import held
from tests.qualifications.formats.strategies import PUBLISHER, qualifications

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
WELDER = "https://gilde.example/id/qualification/0b8f6a0e-2f0b-4f6e-9a53-0a8b1b0f5d01"
UNIT = "https://gilde.example/id/unit/0b8f6a0e-2f0b-4f6e-9a53-0a8b1b0f5d02"
READS = "https://gilde.example/id/outcome/0b8f6a0e-2f0b-4f6e-9a53-0a8b1b0f5d03"
KNOWS = "https://gilde.example/id/outcome/0b8f6a0e-2f0b-4f6e-9a53-0a8b1b0f5d04"
SKILL = "http://data.europa.eu/esco/skill/f9c1e8b8-0a3e-4c54-9e1d-6d8a1c7f0aaa"
LASSER = Described(
    uri=WELDER,
    title=Text.of("Lasser", "nl"),
    code="BK0001",
    level=LevelTold("vks", "3", 3),
    sector="C25",
    fields=(
        ConceptLink("http://data.europa.eu/snb/isced-f/0715", Text.of("Metaal", "nl"), scheme="isced-f-2013"),
    ),
    units=(
        Unit(
            UNIT,
            Text.of("Voorbereiden", "nl"),
            (
                Outcome(
                    READS,
                    Text.of("Leest een tekening", "nl"),
                    "skill",
                    code="1.1",
                    concepts=(ConceptLink(SKILL, Text.of("tekeningen lezen", "nl"), "close", "esco"),),
                ),
            ),
            optional=True,
            assessment=Text.of("Proef", "nl"),
        ),
    ),
    outcomes=(Outcome(KNOWS, Text.of("Kent de normen", "nl"), "knowledge"),),
    owner=Body("", Text.of("Sectorfonds", "nl")),
    status="registered",
    valid_from=date(2025, 9, 1),
    modified=datetime(2025, 6, 1, 12, tzinfo=UTC),
)


def read(told: Any, name: str = "file.json") -> Read:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(told if isinstance(told, bytes) else json.dumps(told).encode())
        return case.read(path, name)


def refusal(told: Any) -> str:
    with pytest.raises(Unreadable) as caught:
        read(told)
    return caught.value.sentence


def whats(not_held: tuple[NotHeld, ...] | list[NotHeld]) -> list[tuple[str, str]]:
    return [(each.what, each.value) for each in not_held]


@given(qualifications(None))
def test_what_case_can_hold_is_read_back_whole(told: Described) -> None:
    data, not_held = case.write(PUBLISHER, [told])
    found = read(data)
    again, lost = case.write(PUBLISHER, found.qualifications)

    expected = held.case(told, PUBLISHER.body)
    if expected.modified is None:  # a moment was made up, and that was said
        expected = replace(expected, modified=found.qualifications[0].modified)
    assert found == Read("case", (expected,))
    assert bool(not_held) == (expected != told)
    assert (again, lost) == (data, [])


def test_a_package_has_what_the_information_model_requires() -> None:
    whole, not_held = case.package(PUBLISHER, LASSER)

    at = "2025-06-01T12:00:00+00:00"
    assert not_held == []
    assert list(whole) == ["CFDocument", "CFItems", "CFAssociations", "CFDefinitions", "CFRubrics"]
    assert whole["CFDocument"] == {
        "identifier": "0b8f6a0e-2f0b-4f6e-9a53-0a8b1b0f5d01",
        "uri": WELDER,
        "creator": "Sectorfonds",
        "title": "Lasser",
        "lastChangeDateTime": at,
        "publisher": "Gilde of tests",
        "language": "nl",
        "version": "1",
        "adoptionStatus": "Adopted",
        "statusStartDate": "2025-09-01",
        "subject": ["Metaal"],
        "subjectURI": [whole["CFDocument"]["subjectURI"][0]],
    }
    items = whole["CFItems"]
    assert [(each["fullStatement"], each["CFItemType"]) for each in items] == [
        ("Lasser", "Professional qualification"),
        ("Kent de normen", "Knowledge"),
        ("Voorbereiden", "Optional unit"),
        ("Leest een tekening", "Skill"),
    ]
    assert items[0]["educationLevel"] == ["vks 3", "EQF 3"]
    assert items[0]["humanCodingScheme"] == "BK0001"
    tree = [
        (each["originNodeURI"]["title"], each["destinationNodeURI"]["title"], each["sequenceNumber"])
        for each in whole["CFAssociations"]
        if each["associationType"] == "isChildOf"
    ]
    assert tree == [
        ("Lasser", "Lasser", 1),
        ("Kent de normen", "Lasser", 1),
        ("Leest een tekening", "Voorbereiden", 1),
        ("Voorbereiden", "Lasser", 2),
    ]
    link = next(each for each in whole["CFAssociations"] if each["associationType"] == "isRelatedTo")
    assert link["destinationNodeURI"]["uri"] == SKILL
    assert link["destinationNodeURI"]["title"] == "tekeningen lezen"
    assert link["CFAssociationGroupingURI"]["title"] == "Close match"


def test_every_part_of_a_package_has_an_identifier_of_its_own_and_its_required_properties() -> None:
    whole, _not_held = case.package(PUBLISHER, LASSER)

    required = {
        "CFItems": {"identifier", "uri", "fullStatement", "lastChangeDateTime"},
        "CFAssociations": {
            "identifier",
            "uri",
            "associationType",
            "originNodeURI",
            "destinationNodeURI",
            "lastChangeDateTime",
        },
        "CFRubrics": {"identifier", "uri", "lastChangeDateTime"},
    }
    definitions = {"identifier", "uri", "title", "lastChangeDateTime"}
    parts = [(each, required[key]) for key in required for each in whole[key]]
    parts += [(each, definitions) for several in whole["CFDefinitions"].values() for each in several]
    parts += [(each, definitions | {"hierarchyCode"}) for each in whole["CFDefinitions"]["CFItemTypes"]]
    for part, keys in parts:
        assert keys <= set(part)
        assert UUID.fullmatch(part["identifier"])
    identifiers = [each["identifier"] for key in required for each in whole[key]]
    assert len(set(identifiers)) == len(identifiers)
    assert {each["associationType"] for each in whole["CFAssociations"]} <= {
        "isChildOf",
        "isPeerOf",
        "isPartOf",
        "exactMatchOf",
        "precedes",
        "isRelatedTo",
        "replacedBy",
        "exemplar",
        "hasSkillLevel",
    }


def test_the_same_qualification_is_always_the_same_package() -> None:
    assert case.write(PUBLISHER, [LASSER]) == case.write(PUBLISHER, [LASSER])


def test_several_qualifications_are_a_list_of_packages() -> None:
    other = replace(LASSER, uri=WELDER[:-1] + "9", units=(), outcomes=())
    data, _not_held = case.write(PUBLISHER, [LASSER, other])

    assert isinstance(json.loads(data), list)
    assert read(data).qualifications == (LASSER, other)
    assert json.loads(case.write(PUBLISHER, [])[0]) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"credit": Credit(Decimal(12))}, [("CASE has no place for this: credit", "12 ects")]),
        ({"hours": 300}, [("CASE has no place for this: hours", "300")]),
        ({"country": "BE"}, [("CASE has no place for this: country", "BE")]),
        ({"assessment_type": "c_1"}, [("CASE has no place for this: kind of assessment", "c_1")]),
        ({"participation": ("online",)}, [("CASE has no place for this: form of participation", "online")]),
        (
            {"quality": Text.of("Audit")},
            [("CASE has no place for this: quality assurance", "{'en': 'Audit'}")],
        ),
        (
            {"languages": ("nl", "fr")},
            [
                ("CASE has no place for this: languages", "nl"),
                ("CASE has no place for this: languages", "fr"),
            ],
        ),
        ({"issued": date(2025, 1, 1)}, [("CASE has no place for this: issued", "2025-01-01")]),
        (
            {"awarding": (Body("", Text.of("Jury")),)},
            [("CASE has no place for this: awarding body", "{'en': 'Jury'}")],
        ),
        (
            {"prerequisites": (Prerequisite(Text.of("Vorig", "nl")),)},
            [("CASE has no place for this: prerequisite in words", "{'nl': 'Vorig'}")],
        ),
        ({"status": "levelled"}, [("CASE knows fewer states; written as “Draft”", "levelled")]),
        (
            {"kind": "other"},
            [("This kind of qualification is not known; written as “Professional qualification”", "other")],
        ),
        (
            {"owner": None},
            [
                (
                    "CASE requires a creator and there is no owner; the publisher is written instead",
                    "Gilde of tests",
                )
            ],
        ),
        (
            {"title": Text("nl", {"nl": "Lasser", "en": "Welder"})},
            [("CASE tells one language; the text in en is left out", "Welder")],
        ),
        (
            {"summary": Text.of("Welds")},
            [("This text is not there in the language of its item, nl; it is written as it is", "Welds")],
        ),
        (
            {"modified": None, "issued": date(2025, 1, 1)},
            [
                (
                    "CASE requires a moment of last change and there is none; this one is written instead",
                    "2025-01-01T00:00:00+00:00",
                ),
                ("CASE has no place for this: issued", "2025-01-01"),
            ],
        ),
        (
            {"level": LevelTold("vks", "3", 3, uri="http://data.europa.eu/x")},
            [("CASE has no place for this: address of the level", "http://data.europa.eu/x")],
        ),
        (
            {
                "occupations": (
                    ConceptLink(
                        "http://data.europa.eu/esco/occupation/a",
                        scheme="esco",
                        edition="1.1",
                        confidence=0.5,
                        confirmed_by="Ann",
                    ),
                )
            },
            [
                ("CASE has no place for this: edition of the classification", "1.1"),
                ("CASE has no place for this: confidence of a link", "0.5"),
                ("CASE has no place for this: who confirmed a link", "Ann"),
            ],
        ),
    ],
)
def test_what_case_has_no_place_for_is_told(change: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    _whole, not_held = case.package(PUBLISHER, replace(LASSER, **change))

    assert whats(not_held) == expected


def _foreign(**changes: Any) -> dict[str, Any]:
    """A package as another system might give it: three levels deep, kinds of its own, a rubric of points."""

    def item(letter: str, statement: str, **more: Any) -> dict[str, Any]:
        return {
            "identifier": letter,
            "uri": f"https://x.example/{letter}",
            "fullStatement": statement,
            **more,
        }

    def link(kind: str, origin: str, destination: str, number: int | None = None) -> dict[str, Any]:
        ends = [
            {"title": each, "identifier": each, "uri": f"https://x.example/{each}"}
            for each in (origin, destination)
        ]
        return {
            "associationType": kind,
            "originNodeURI": ends[0],
            "destinationNodeURI": ends[1],
            "sequenceNumber": number,
        }

    return {
        "CFDocument": {
            "identifier": "d",
            "title": "Maths",
            "creator": "State",
            "language": "en-US",
            "frameworkType": "k12",
        },
        "CFItems": [
            item("a", "Number", CFItemType="Strand"),
            item("b", "Counts", educationLevel=["01"]),
            item("c", "Counts to ten"),
            item("e", "Alone"),
        ],
        "CFAssociations": [
            link("isChildOf", "a", "d"),
            link("isChildOf", "b", "a", 1),
            link("isChildOf", "c", "b", 1),
            link("isPeerOf", "b", "c"),
            link("exactMatchOf", "e", "z"),
        ],
        **changes,
    }


def test_a_package_of_another_system_is_read_as_far_as_there_is_place() -> None:
    found = read(_foreign())
    told = found.qualifications[0]

    assert (str(told.title), told.uri, told.owner) == ("Maths", "urn:uuid:d", Body("", Text.of("State")))
    assert [str(unit.title) for unit in told.units] == ["Number"]
    assert [str(each.statement) for each in told.units[0].outcomes] == ["Counts", "Counts to ten"]
    assert [str(each.statement) for each in told.outcomes] == ["Alone"]
    assert told.outcomes[0].concepts == (ConceptLink("https://x.example/z", Text.of("z")),)
    assert whats(found.not_held) == [
        (
            "Gilde has no place for an association of this kind: isPeerOf",
            "https://x.example/b → https://x.example/c",
        ),
        ("This kind of item is taken for a unit", "Strand"),
        ("Gilde keeps units and outcomes; what stands below this outcome stands beside it", "Counts"),
        ("Gilde has no place for frameworkType", "k12"),
        ("Gilde has no place for educationLevel", '["01"]'),
    ]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"CFDocument": {"identifier": "d", "title": "M", "version": "2.1"}},
            ("Gilde counts versions in whole numbers; this one is taken for 1", "2.1"),
        ),
        (
            {"CFDocument": {"identifier": "d", "title": "M", "adoptionStatus": "Loved"}},
            ("CASE has no such adoption status", "Loved"),
        ),
        (
            {"CFDocument": {"identifier": "d", "title": "M", "subject": ["Maths"]}},
            ("Gilde has no place for a subject without an address", "Maths"),
        ),
        (
            {"CFRubrics": [{"identifier": "r", "title": "Points"}]},
            ("Gilde has no place for this rubric", "Points"),
        ),
        (
            {"CFDefinitions": {"CFLicenses": [{"title": "CC"}]}},
            ("Gilde has no place for CFLicenses", '[{"title": "CC"}]'),
        ),
        ({"extensions": {"a": 1}}, ("Gilde has no place for extensions", '{"a": 1}')),
    ],
)
def test_what_gilde_has_no_place_for_is_told(changes: dict[str, Any], expected: tuple[str, str]) -> None:
    assert expected in whats(read(_foreign(**changes)).not_held)


def _cycle() -> dict[str, Any]:
    ends = [{"title": each, "identifier": each, "uri": each} for each in "ab"]
    return _foreign(
        CFAssociations=[
            {"associationType": "isChildOf", "originNodeURI": one, "destinationNodeURI": other}
            for one, other in (ends, ends[::-1])
        ]
    )


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        (
            {"CFItems": []},
            "is no CASE package: it has no CFDocument. A set of documents alone has no outcomes.",
        ),
        ({"CFDocument": [{}, {}]}, "/CFDocument: only one is expected here."),
        ({"CFDocument": []}, "/CFDocument: this is needed and is not there."),
        ({"CFDocument": {"title": "A"}}, "/CFDocument/identifier: this is needed and is not there."),
        ({"CFDocument": {"identifier": "d"}}, "/CFDocument/title: this is needed and is not there."),
        ({"CFDocument": {"identifier": "d", "title": ["A"]}}, "/CFDocument/title: a text is expected here."),
        (
            _foreign(CFItems=[{"identifier": "a"}]),
            "/CFItems/0/fullStatement: this is needed and is not there.",
        ),
        (_foreign(CFItems=["a"]), "/CFItems/0: an object is expected here."),
        (
            _foreign(CFItems=[{"identifier": "a", "fullStatement": "A"}] * 2),
            "/CFItems/1/identifier: this identifier is used twice: a.",
        ),
        (
            _foreign(CFAssociations=[{"associationType": "isChildOf"}]),
            "/CFAssociations/0: an association needs originNodeURI and destinationNodeURI.",
        ),
        (_cycle(), "/CFItems/0: this item is below itself. Take one of its isChildOf associations away."),
        (
            _foreign(CFDocument={"identifier": "d", "title": "A", "statusStartDate": "soon"}),
            "/CFDocument/statusStartDate: a date such as 2025-09-01 is expected here.",
        ),
        (
            b'{"CFDocument": {"title": "A",\n "title": "B"}}',
            "/CFDocument/title: this is told twice in the same object. Keep one of them.",
        ),
        (
            b'{"CFDocument": {"version": NaN}}',
            "/CFDocument/version: NaN is not a number that JSON knows. Leave it out.",
        ),
        (
            b'{"CFDocument": ' + b"[" * 60 + b"]" * 60 + b"}",
            f"/CFDocument{'/0' * 34}/…: objects stand in one another more than 40 deep.",
        ),
        (b"[" * 200_000, "/: objects stand in one another more than 40 deep."),
        (b'{"CFDocument": ', "line 1, column 16: this is no JSON, or it was cut off on the way."),
        (b'{"CFDocument":\n"\xff"}', "line 2: this is not UTF-8. Save the file again as UTF-8."),
        (
            b'{"CFDocument": "\\ud800"}',
            "/CFDocument: this text holds half a character. Write the text again.",
        ),
        (b'{"CFDocument": ' + b"9" * 5000 + b"}", "holds a number that is too long to read."),
    ],
)
def test_what_is_wrong_is_said_with_its_place(told: Any, sentence: str) -> None:
    assert refusal(told) in (f"“file.json” {sentence}", f"“file.json”, {sentence}")


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "big.json"
    path.write_bytes(b" " * 3_000_000)

    with pytest.raises(Unreadable, match="is larger than 2 MB"):
        case.read(path, "big.json", largest=2 * 1024 * 1024)
