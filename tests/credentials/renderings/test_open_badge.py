"""An award as an Open Badge 3.0: any reader of badges understands it, and Gilde reads every fact of it again."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gilde.credentials import model
from gilde.credentials.errors import Unreadable, Unsupported
from gilde.credentials.facts import Assessment, Credit, Facts, Kind, Level, Outcome, StatusPlace
from gilde.credentials.linked import canonical, jcs, strict
from gilde.credentials.renderings import open_badge
from tests.credentials.facts_strategy import a_facts, a_place, facts, maybe, places
from tests.credentials.renderings.open_badge_rules import SCHEMA

VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
PICTURE = "https://gilde.example.be/badge/6f9c1f0e.svg"


@given(award=facts(), place=maybe(places()), image=st.sampled_from(["", PICTURE]))
def test_what_is_read_is_what_was_written(award: Facts, place: StatusPlace | None, image: str) -> None:
    document = strict.parse(jcs.canonical(open_badge.render(award, place, image=image)))
    assert open_badge.facts(document) == award


@given(award=facts(), place=maybe(places()))
def test_every_badge_keeps_the_rules_of_both_standards(award: Facts, place: StatusPlace | None) -> None:
    document = open_badge.render(award, place, image=PICTURE)
    assert [error.message for error in VALIDATOR.iter_errors(document)] == []
    model.check_credential(document, secured=False)
    canonical.checked(document)


@pytest.mark.parametrize(
    "path",
    [
        ("name",),
        ("credentialStatus", "id"),
        ("issuer", "type"),
        ("credentialSubject", "achievement", "criteria"),
        ("credentialSubject", "achievement", "alignment", 0, "targetName"),
        ("credentialSubject", "result", 0, "type"),
        ("credentialSubject", "identifier", 0, "hashed"),
    ],
)
def test_the_rules_notice_what_is_missing(path: tuple[str | int, ...]) -> None:
    document: Any = copy.deepcopy(open_badge.render(a_facts(), a_place()))
    inner = document
    for step in path[:-1]:
        inner = inner[step]
    del inner[path[-1]]
    assert not VALIDATOR.is_valid(document)


def achievement_of(award: Facts) -> dict[str, Any]:
    achievement: dict[str, Any] = open_badge.render(award, None)["credentialSubject"]["achievement"]
    return achievement


def test_a_foreign_reader_sees_the_title_in_the_language_of_the_award() -> None:
    achievement = achievement_of(a_facts())
    assert achievement["name"] == "Hoeklasser"
    assert achievement["nameIn"] == {"nl": "Hoeklasser", "en": "Fillet welder"}
    assert achievement_of(a_facts(language="en"))["name"] == "Fillet welder"


def test_a_text_in_the_language_of_the_award_alone_needs_no_other_term() -> None:
    assert "criteriaIn" not in achievement_of(a_facts())["criteria"]
    assert achievement_of(a_facts(language="en"))["criteria"]["criteriaIn"].keys() == {"nl"}


def test_without_criteria_the_page_of_the_achievement_tells_them() -> None:
    award = a_facts()
    plain = replace(award, achievement=replace(award.achievement, criteria={}))
    assert achievement_of(plain)["criteria"] == {"id": award.achievement.id}


def test_a_missing_description_is_told_by_the_title_and_read_as_missing() -> None:
    award = a_facts()
    bare = replace(award, achievement=replace(award.achievement, description={}))
    same = replace(award, achievement=replace(award.achievement, description={"nl": "Hoeklasser"}))
    assert achievement_of(bare)["description"] == achievement_of(same)["description"] == "Hoeklasser"
    assert open_badge.facts(open_badge.render(bare, None)).achievement.description == {}
    assert open_badge.facts(open_badge.render(same, None)).achievement.description == {"nl": "Hoeklasser"}


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_has_a_type_of_its_own(kind: Kind) -> None:
    told = achievement_of(a_facts(kind=kind))["achievementType"]
    expected = {Kind.DIPLOMA: "Diploma", Kind.CERTIFICATE: "Certificate", Kind.MICRO: "MicroCredential"}
    assert told == expected.get(kind, told)
    assert kind in expected or told.startswith("ext:")


def test_a_badge_is_aligned_with_its_qualification_its_level_its_outcomes_and_their_skills() -> None:
    award = a_facts()
    alignments = achievement_of(award)["alignment"]
    assert [(each["targetType"], each["targetUrl"]) for each in alignments[:4]] == [
        ("ext:Qualification", award.achievement.qualification),
        ("ext:QualificationLevel", "http://data.europa.eu/snb/eqf/3"),
        ("ext:LearningOutcome", award.outcomes[0].id),
        ("ext:Skill", award.outcomes[0].skills[0]),
    ]
    assert alignments[3]["targetFramework"] == "ESCO"


def test_the_grade_stands_in_a_result_and_without_one_the_assessment_is_completed() -> None:
    subject = open_badge.render(a_facts(), None)["credentialSubject"]
    assert subject["result"][0]["value"] == "16/20"
    assert subject["result"][0]["resultDescription"] == subject["achievement"]["resultDescription"][0]["id"]
    ungraded = a_facts(assessment=Assessment(title={"nl": "Gesprek"}))
    subject = open_badge.render(ungraded, None)["credentialSubject"]
    assert subject["result"][0]["status"] == "Completed"
    assert subject["achievement"]["resultDescription"][0]["resultType"] == "Status"


@pytest.mark.parametrize(("points", "number"), [("12.5", 12.5), ("60", 60), ("60.00", 60), ("0.25", 0.25)])
def test_credit_is_a_number_for_others_and_exact_for_us(points: str, number: float) -> None:
    subject = open_badge.render(a_facts(credit=Credit(Decimal(points), "ects")), None)["credentialSubject"]
    assert subject["creditsEarned"] == number
    assert (subject["creditPoints"], subject["creditSystem"]) == (points, "ects")


def test_the_holder_has_a_name_and_a_plain_identifier_and_no_mail_address() -> None:
    subject = open_badge.render(a_facts(), None)["credentialSubject"]
    assert subject["id"] == a_facts().holder.id
    assert subject["identifier"] == [
        {
            "type": "IdentityObject",
            "identityType": "name",
            "hashed": False,
            "identityHash": "Noor Vercauteren",
        }
    ]


def test_the_picture_of_the_achievement_is_named_when_there_is_one() -> None:
    document = open_badge.render(a_facts(), None, image=PICTURE)
    image = document["credentialSubject"]["achievement"]["image"]
    assert image == {"id": PICTURE, "type": "Image", "caption": "Hoeklasser"}
    assert "image" not in achievement_of(a_facts())


WRONG: list[tuple[tuple[str | int, ...], Any]] = [
    (("name",), "Another title"),
    (("validFrom",), None),
    (("issuer", "name"), "Another school"),
    (("credentialSubject", "identifier", 0, "identityHash"), "Somebody Else"),
    (("credentialSubject", "creditsEarned"), 13),
    (("credentialSubject", "creditsEarned"), "12.5"),
    (("credentialSubject", "achievement", "name"), "Another title"),
    (("credentialSubject", "achievement", "nameIn"), {"nl": 7}),
    (("credentialSubject", "achievement", "criteria"), []),
    (("credentialSubject", "achievement", "alignment", 2, "targetName"), "Another outcome"),
    (("credentialSubject", "achievement", "alignment", 3, "ofOutcome"), "https://example.org/unknown"),
    (("credentialSubject", "achievement", "alignment", 2, "targetUrl"), ""),
]


@pytest.mark.parametrize(("path", "value"), WRONG)
def test_what_others_see_and_what_gilde_reads_cannot_differ(path: tuple[str | int, ...], value: Any) -> None:
    document: Any = copy.deepcopy(open_badge.render(a_facts(), a_place()))
    inner = document
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    with pytest.raises(Unreadable):
        open_badge.facts(document)


def a_foreign_badge(**members: Any) -> dict[str, Any]:
    return {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ],
        "id": "http://badges.example/credentials/3732",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Teamwork",
        "issuer": {"id": "https://badges.example/issuers/56", "type": ["Profile"], "name": "Example Corp"},
        "validFrom": "2010-01-01T00:00:00Z",
        "credentialSubject": {
            "id": "did:example:ebfeb1f712ebc6f1c276e12ec21",
            "type": ["AchievementSubject"],
            "achievement": {
                "id": "https://badges.example/achievements/teamwork",
                "type": ["Achievement"],
                "name": "Teamwork",
                "description": "Works well with others.",
                "criteria": {"narrative": "Nominated by peers."},
                **members,
            },
        },
    }


def test_a_foreign_badge_is_read_as_far_as_it_goes() -> None:
    found = open_badge.facts(a_foreign_badge())
    assert found.achievement.title == {"und": "Teamwork"}
    assert found.achievement.description == {"und": "Works well with others."}
    assert found.achievement.criteria == {"und": "Nominated by peers."}
    assert found.issuer.name == {"und": "Example Corp"}
    assert (found.kind, found.awarded_on) == (Kind.MICRO, date(2010, 1, 1))
    assert found.valid_from == datetime(2010, 1, 1, tzinfo=UTC)
    assert (found.holder.given_name, found.holder.family_name) == ("", "")
    assert (found.assessment, found.level, found.credit, found.outcomes) == (None, None, None, ())


def an_alignment(url: str, name: str, **members: str) -> dict[str, Any]:
    return {"type": ["Alignment"], "targetUrl": url, "targetName": name, **members}


def test_its_language_its_type_and_its_alignments_are_understood() -> None:
    skill = "http://data.europa.eu/esco/skill/1"
    alignment = [
        an_alignment("https://x.example/1", "Degree", targetType="ceterms:Credential"),
        an_alignment("http://data.europa.eu/snb/eqf/7", "EQF"),
        an_alignment(skill, "negotiate"),
        an_alignment("https://x.example/2", "Lead", targetType="CFItem"),
    ]
    found = open_badge.facts(
        a_foreign_badge(inLanguage="en-US", achievementType="MasterDegree", alignment=alignment)
    )
    assert found.language == "en"
    assert found.kind == Kind.DIPLOMA
    assert found.achievement.qualification == "https://x.example/1"
    assert found.level == Level(eqf=7)
    assert found.outcomes == (
        Outcome(skill, {"en": "negotiate"}, skills=(skill,)),
        Outcome("https://x.example/2", {"en": "Lead"}),
    )


def test_its_credit_grade_and_names_are_understood() -> None:
    document = a_foreign_badge(
        resultDescription=[
            {"id": "urn:x:1", "type": ["ResultDescription"], "name": "Exam", "resultType": "LetterGrade"}
        ]
    )
    document["credentialSubject"] |= {
        "creditsEarned": 4.5,
        "result": [{"type": ["Result"], "resultDescription": "urn:x:1", "value": "A"}],
        "identifier": [
            {"type": "IdentityObject", "hashed": True, "identityHash": "sha256$12", "identityType": "name"},
            {
                "type": "IdentityObject",
                "hashed": False,
                "identityHash": "Ada Lovelace",
                "identityType": "name",
            },
        ],
    }
    found = open_badge.facts(document)
    assert found.credit == Credit(Decimal("4.5"), "")
    assert found.assessment == Assessment(title={"und": "Exam"}, grade="A")
    assert found.holder.family_name == "Ada Lovelace"


def test_a_foreign_badge_under_version_1_1_of_the_data_model_is_read() -> None:
    document = a_foreign_badge()
    document["@context"][0] = "https://www.w3.org/2018/credentials/v1"
    document["issuanceDate"] = "2012-02-03T00:00:00Z"
    del document["validFrom"]
    assert open_badge.facts(document).valid_from == datetime(2012, 2, 3, tzinfo=UTC)


def test_an_issuer_may_be_nothing_but_an_address() -> None:
    document = a_foreign_badge()
    document["issuer"] = "https://badges.example/issuers/56"
    assert open_badge.facts(document).issuer.name == {"und": "https://badges.example/issuers/56"}


def test_another_credential_is_no_badge() -> None:
    with pytest.raises(Unsupported) as caught:
        open_badge.facts({"type": ["VerifiableCredential"]})
    assert caught.value.reason == "other-type"
