"""CTDL: qualifications as credentials in JSON-LD."""

from __future__ import annotations

import json
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
from gilde.qualifications.formats import ctdl
from tests.qualifications.formats import held
from tests.qualifications.formats.strategies import PUBLISHER, several

BASE = "https://gilde.example/id"
WELDER = f"{BASE}/qualification/0b8f6a0e-2f0b-4f6e-9a53-0a8b1b0f5d01"
UNIT = f"{BASE}/unit/0b8f6a0e-2f0b-4f6e-9a53-0a8b1b0f5d02"
PART = f"{BASE}/unit/0b8f6a0e-2f0b-4f6e-9a53-0a8b1b0f5d05"
READS = f"{BASE}/outcome/0b8f6a0e-2f0b-4f6e-9a53-0a8b1b0f5d03"
SKILL = "http://data.europa.eu/esco/skill/a"
LASSER = Described(
    uri=WELDER,
    title=Text("nl", {"nl": "Lasser", "en": "Welder"}),
    summary=Text("nl", {"nl": "Last"}),
    code="BK0001",
    number=3,
    version_uri=f"{BASE}/qualification-version/3",
    level=LevelTold("vks", "3", 3, Text.of("Niveau 3", "nl")),
    country="BE",
    credit=Credit(Decimal("7.5")),
    hours=200,
    units=(
        Unit(
            UNIT,
            Text.of("Voorbereiden", "nl"),
            (
                Outcome(
                    READS,
                    Text.of("Leest een tekening", "nl"),
                    "skill",
                    concepts=(ConceptLink(SKILL, Text.of("tekeningen lezen", "nl"), "close", "esco"),),
                ),
            ),
            credit=Credit(Decimal(3)),
            optional=True,
        ),
        Unit(PART, Text.of("Lassen", "nl"), partial=True, hours=80),
    ),
    owner=Body(
        f"{BASE}/organisation/2", Text.of("Sectorfonds", "nl"), "BE", "https://fonds.example/", "0400"
    ),
    awarding=(Body("", Text.of("Jury", "nl")),),
    prerequisites=(Prerequisite(Text.of("16 jaar", "nl")),),
    assessment=Text.of("Proef", "nl"),
    languages=("nl",),
    status="registered",
    issued=date(2025, 6, 1),
    valid_from=date(2025, 9, 1),
    modified=datetime(2025, 6, 1, 12, tzinfo=UTC),
    page="https://gilde.example/qualifications/1",
)


def read(told: Any, name: str = "file.jsonld") -> Read:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(told if isinstance(told, bytes) else json.dumps(told).encode())
        return ctdl.read(path, name)


def refusal(told: Any) -> str:
    with pytest.raises(Unreadable) as caught:
        read(told)
    return caught.value.sentence


def whats(not_held: tuple[NotHeld, ...] | list[NotHeld]) -> list[tuple[str, str]]:
    return [(each.what, each.value) for each in not_held]


def nodes(*told: Described) -> dict[str, dict[str, Any]]:
    data, _not_held = ctdl.write(PUBLISHER, told)
    return {node["@id"]: node for node in json.loads(data)["@graph"]}


@given(several(None))
def test_what_ctdl_can_hold_is_read_back_whole(told: list[Described]) -> None:
    data, _not_held = ctdl.write(PUBLISHER, told)
    found = read(data)
    again, lost = ctdl.write(PUBLISHER, found.qualifications)

    assert found == Read("ctdl", tuple(held.ctdl(told)))
    assert (read(again), lost) == (found, [])


def test_a_credential_has_what_the_registry_of_ctdl_requires() -> None:
    graph = nodes(LASSER)
    credential = graph[WELDER]

    assert credential["@type"] == "ceterms:Certificate"
    assert credential["ceterms:ctid"] == "ce-0b8f6a0e-2f0b-4f6e-9a53-0a8b1b0f5d01"
    assert credential["ceterms:name"] == {"nl": "Lasser", "en": "Welder"}
    assert list(credential["ceterms:name"]) == ["nl", "en"]
    assert credential["ceterms:description"] == {"nl": "Last"}
    assert credential["ceterms:subjectWebpage"] == "https://gilde.example/qualifications/1"
    assert credential["ceterms:credentialStatusType"] == {
        "@type": "ceterms:CredentialAlignmentObject",
        "ceterms:framework": "https://credreg.net/ctdl/terms/CredentialStatus",
        "ceterms:targetNode": "credentialStat:Active",
        "ceterms:codedNotation": "registered",
    }
    assert credential["ceterms:inLanguage"] == ["nl"]
    assert credential["ceterms:ownedBy"] == [f"{BASE}/organisation/2"]
    assert credential["ceterms:estimatedDuration"] == [
        {"@type": "ceterms:DurationProfile", "ceterms:exactDuration": "PT200H"}
    ]
    assert [each.get("ceterms:targetNode") for each in credential["ceterms:audienceLevelType"]] == [
        None,
        "http://data.europa.eu/snb/eqf/3",
    ]
    framework = graph[WELDER + "#competencies"]
    for key in ("ceterms:ctid", "ceasn:name", "ceasn:description", "ceasn:inLanguage"):
        assert framework[key]
    assert framework["ceasn:hasTopChild"] == [READS]


def test_units_are_required_optional_or_credentials_of_their_own() -> None:
    graph = nodes(LASSER)
    (condition,) = graph[WELDER]["ceterms:requires"]

    assert graph[WELDER]["ceterms:hasPart"] == [UNIT, PART]
    assert condition["ceterms:targetCredential"] == [PART]
    assert condition["ceterms:alternativeCondition"] == [
        {
            "@type": "ceterms:ConditionProfile",
            "ceterms:targetLearningOpportunity": [UNIT],
            "ceterms:targetCredential": [],
        }
    ]
    assert condition["ceterms:creditValue"] == [
        {
            "@type": "schema:ValueProfile",
            "schema:value": 7.5,
            "ceterms:creditUnitType": [
                {"@type": "ceterms:CredentialAlignmentObject", "ceterms:codedNotation": "ects"}
            ],
        }
    ]
    assert graph[UNIT]["@type"] == "ceterms:LearningOpportunityProfile"
    assert graph[PART]["@type"] == "ceterms:Certificate"
    assert graph[READS]["ceasn:competencyText"] == {"nl": "Leest een tekening"}
    assert graph[READS]["ceasn:majorAlignment"] == [SKILL]
    assert graph[SKILL]["skos:prefLabel"] == {"nl": "tekeningen lezen"}
    assert read(ctdl.write(PUBLISHER, [LASSER])[0]).qualifications == (LASSER,)


def test_an_identifier_of_ctdl_is_always_the_same() -> None:
    assert ctdl.ctid("https://example.org/a") == ctdl.ctid("https://example.org/a")
    assert ctdl.ctid("https://example.org/a") != ctdl.ctid("https://example.org/b")
    assert ctdl.ctid(WELDER) == "ce-0b8f6a0e-2f0b-4f6e-9a53-0a8b1b0f5d01"


_LINK = ConceptLink("http://data.europa.eu/esco/occupation/a", scheme="esco")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            {"kind": "joint"},
            [("CTDL has no class for this kind of qualification; written as ceterms:Certificate", "joint")],
        ),
        ({"partial": True}, [("CTDL has no place for this: partial qualification", "yes")]),
        (
            {"occupations": (replace(_LINK, relation="broad"),)},
            [("CTDL has no place for this: relation to a field or occupation", "broad")],
        ),
        (
            {"occupations": (replace(_LINK, edition="1.2"),)},
            [("CTDL has no place for this: edition of the classification", "1.2")],
        ),
        (
            {"occupations": (replace(_LINK, confidence=0.5),)},
            [("CTDL has no place for this: confidence of a link", "0.5")],
        ),
        (
            {"occupations": (replace(_LINK, confirmed_by="Ann"),)},
            [("CTDL has no place for this: who confirmed a link", "Ann")],
        ),
        (
            {"occupations": (replace(_LINK, scheme=""),)},
            [("CTDL has no place for this: classification of a concept", "none")],
        ),
        (
            {"outcomes": (Outcome("u:1", Text.of("Welds"), verb=Text.of("weld")),)},
            [("CTDL has no place for this: verb by itself", "{'en': 'weld'}")],
        ),
        (
            {
                "outcomes": (
                    Outcome(
                        "u:1",
                        Text.of("Welds"),
                        concepts=(replace(_LINK, relation="narrow"), ConceptLink(SKILL, scheme="esco")),
                    ),
                )
            },
            [("CTDL sorts links by their relation; their order is not kept", "")],
        ),
        (
            {"outcomes": (Outcome(READS, Text.of("Other")),)},
            [("The same address is used twice for what differs; the first is written", "")],
        ),
    ],
)
def test_what_ctdl_has_no_place_for_is_told(change: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    _data, not_held = ctdl.write(PUBLISHER, [replace(LASSER, **change)])

    assert whats(not_held) == expected


def _credential(**more: Any) -> dict[str, Any]:
    return {
        "@context": "https://credreg.net/ctdl/schema/context/json",
        "@id": "https://x.example/1",
        "@type": "ceterms:Certificate",
        "ceterms:name": {"en-US": "Welder"},
        **{key.replace("_", ":"): value for key, value in more.items()},
    }


def test_a_credential_of_the_registry_is_read_as_far_as_there_is_place() -> None:
    found = read(
        {
            "@context": "https://credreg.net/ctdl/schema/context/json",
            "@id": "https://x.example/graph/1",
            "@graph": [
                {
                    "@type": "ceterms:License",
                    "@id": "https://x.example/1",
                    "ceterms:ctid": "ce-1",
                    "ceterms:name": {"en-US": "Welder", "en-GB": "Welder too"},
                    "ceterms:keyword": {"en-US": ["steel"]},
                    "ceterms:credentialStatusType": {"ceterms:targetNode": "credentialStat:Active"},
                    "ceterms:ownedBy": ["https://x.example/org"],
                    "ceterms:estimatedDuration": [{"ceterms:exactDuration": "P8W"}],
                    "ceterms:requires": [
                        {
                            "@type": "ceterms:ConditionProfile",
                            "ceterms:description": {"en": "Do it"},
                            "ceterms:targetCompetency": [{"ceterms:targetNodeName": {"en": "Welds"}}],
                        }
                    ],
                },
                {"@id": "https://x.example/org", "@type": "ceterms:Organization", "ceterms:name": "Guild"},
                {"@id": "_:1", "@type": "ceterms:CostManifest"},
            ],
        }
    )
    told = found.qualifications[0]

    assert (told.kind, told.title, told.status) == ("professional", Text.of("Welder"), "registered")
    assert told.owner == Body("https://x.example/org", Text.of("Guild"))
    assert [str(each.statement) for each in told.outcomes] == ["Welds"]
    assert whats(found.not_held) == [
        ("Gilde keeps fewer kinds of qualification; this one is left out", "ceterms:License"),
        ("Gilde keeps one text a language; this one is left out: ceterms:name", "Welder too"),
        ("Gilde has no place for ceterms:description", '{"en": "Do it"}'),
        ("Gilde keeps a duration in hours", "P8W"),
        ("Gilde has no place for ceterms:keyword", '{"en-US": ["steel"]}'),
        ("Nothing that Gilde keeps leads to this node of the kind ceterms:CostManifest", ""),
    ]


def test_terms_written_out_in_full_mean_the_same() -> None:
    found = read(
        {
            "@id": "https://x.example/1",
            "@type": "https://purl.org/ctdl/terms/Certificate",
            "http://purl.org/ctdl/terms/name": {"en": "Welder"},
            "https://other.example/terms/colour": "red",
        }
    )

    assert str(found.qualifications[0].title) == "Welder"
    assert whats(found.not_held) == [("Gilde has no place for https://other.example/terms/colour", "red")]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (
            {"ceterms_versionIdentifier": [{"ceterms:identifierValueCode": "2b"}]},
            ("Gilde counts versions in whole numbers; this one is taken for 1", "2b"),
        ),
        (
            {"ceterms_audienceLevelType": [{"ceterms:targetNodeName": {"en": "Beginner"}}]},
            ("Gilde cannot tell the framework of this level", "Beginner"),
        ),
        (
            {"ceterms_occupationType": [{"ceterms:targetNodeName": {"en": "Welder"}}]},
            ("Gilde keeps concepts that have an address", "Welder"),
        ),
        (
            {"ceterms_industryType": [{"ceterms:codedNotation": "C"}, {"ceterms:codedNotation": "D"}]},
            ("Gilde keeps one sector", "D"),
        ),
        ({"ceterms_ownedBy": [{"ceterms:name": "A"}, {"ceterms:name": "B"}]}, ("Gilde keeps one owner", "B")),
        (
            {"ceterms_learningDeliveryType": [{"ceterms:targetNode": "deliver:VariableSite"}]},
            ("Gilde has no code for this value of ceterms:learningDeliveryType", "deliver:VariableSite"),
        ),
        (
            {"ceterms_hasPart": ["https://x.example/2"]},
            ("This part is not in the file, or is no unit", "https://x.example/2"),
        ),
        (
            {"ceterms_requires": [{"ceterms:targetCredential": ["https://x.example/2"]}]},
            (
                "This is required but no part of the qualification: ceterms:targetCredential",
                "https://x.example/2",
            ),
        ),
        (
            {"ceterms_requires": [{"ceterms:targetCompetency": ["https://x.example/3"]}]},
            ("This competency is not in the file and has no text", ""),
        ),
        (
            {"ceterms_requires": [{"ceterms:creditValue": [{"schema:minValue": 3}]}]},
            ("Gilde keeps one amount of credit", ""),
        ),
        (
            {
                "ceterms_jurisdiction": [
                    {
                        "ceterms:mainJurisdiction": [
                            {"ceterms:addressCountry": "BE"},
                            {"ceterms:addressCountry": "NL"},
                        ]
                    }
                ]
            },
            ("Gilde keeps one country", "NL"),
        ),
    ],
)
def test_what_gilde_has_no_place_for_is_told(more: dict[str, Any], expected: tuple[str, str]) -> None:
    assert expected in whats(read(_credential(**more)).not_held)


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ([], "is no CTDL document: an object with @graph is expected."),
        ({"@graph": []}, "has no credential that Gilde knows, such as ceterms:Certificate."),
        ({"@graph": {}}, "/@graph: a list is expected here."),
        (
            {**_credential(), "@context": "https://evil.example/context"},
            "/@context: https://evil.example/context is not the context of CTDL. Gilde fetches none; use "
            "https://credreg.net/ctdl/schema/context/json or write the prefixes out.",
        ),
        (
            {**_credential(), "@context": {"ceterms": "https://evil.example/"}},
            "/@context/ceterms: the file gives terms names of its own. Use those of CTDL.",
        ),
        (
            {**_credential(), "@context": {"title": "ceterms:name"}},
            "/@context/title: the file gives terms names of its own. Use those of CTDL.",
        ),
        (
            {**_credential(), "@context": {"@vocab": "https://purl.org/ctdl/terms/"}},
            "/@context/@vocab: the file gives terms names of its own. Use those of CTDL.",
        ),
        (
            {"@graph": [_credential(), _credential()]},
            "/@graph/1/@id: this node is there twice: https://x.example/1.",
        ),
        (_credential(ceterms_name={}), "/ceterms:name: this is needed and is not there."),
        (
            _credential(ceterms_name=["A"]),
            '/ceterms:name: a language map such as {"en": "…"} is expected here.',
        ),
        (
            _credential(ceterms_description={"a": "A"}),
            '/ceterms:description: a language map such as {"en": "…"} is expected here.',
        ),
        (
            _credential(ceterms_dateEffective="soon"),
            "/ceterms:dateEffective: a date such as 2025-09-01 is expected here.",
        ),
        (_credential(ceterms_isPartOf=[3]), "/ceterms:isPartOf: an address is expected here."),
        (
            _credential(
                ceterms_audienceLevelType=[{"ceterms:targetNode": "http://data.europa.eu/snb/eqf/9"}]
            ),
            "/ceterms:audienceLevelType/0/ceterms:targetNode: the EQF has the levels 1 to 8.",
        ),
        (
            _credential(ceterms_requires=[{"ceterms:creditValue": [{"schema:value": "lots"}]}]),
            "/ceterms:requires/0/ceterms:creditValue/0/schema:value: a number is expected here.",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(told: Any, sentence: str) -> None:
    assert refusal(told) in (f"“file.jsonld” {sentence}", f"“file.jsonld”, {sentence}")


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "big.json"
    path.write_bytes(b" " * 3_000_000)

    with pytest.raises(Unreadable, match="is larger than 2 MB"):
        ctdl.read(path, "big.json", largest=2 * 1024 * 1024)
