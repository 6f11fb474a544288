"""An award as a Verifiable Credential: every fact in every language is in it, and is read again."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gilde.credentials import model
from gilde.credentials.errors import Unreadable, Unsupported
from gilde.credentials.facts import Facts, StatusPlace
from gilde.credentials.linked import canonical, jcs, strict
from gilde.credentials.renderings import vc
from tests.credentials.facts_strategy import a_facts, a_place, facts, maybe, places


@given(award=facts(), place=maybe(places()))
def test_what_is_read_is_what_was_written(award: Facts, place: StatusPlace | None) -> None:
    document = strict.parse(jcs.canonical(vc.render(award, place)))
    assert vc.facts(document) == award


@given(award=facts(), place=maybe(places()))
def test_every_award_keeps_the_rules_of_the_standard_and_says_only_what_is_defined(
    award: Facts, place: StatusPlace | None
) -> None:
    document = vc.render(award, place)
    model.check_credential(document, secured=False)
    canonical.checked(document)


def test_a_proof_covers_every_fact() -> None:
    quads = canonical.nquads(vc.render(a_facts(), a_place())).decode()
    for told in (
        "Noor",
        "2004-05-17",
        '"Fillet welder"@en',
        '"Hoeklasser"@nl',
        "16/20",
        "0123.456.789",
        "4711",
    ):
        assert told in quads
    assert "/esco/skill/00000000-0000-4000-9000-000000000006" in quads


def test_an_award_looks_like_this() -> None:
    document = vc.render(a_facts(outcomes=(), assessment=None, level=None, credit=None, hours=None), None)
    assert document["type"] == ["VerifiableCredential", "VocationalAward"]
    assert document["issuer"]["id"] == "did:web:scholen.example.be:lasschool-gent"
    assert document["validFrom"] == "2025-06-30T08:00:00Z"
    assert document["name"] == [
        {"@value": "Hoeklasser", "@language": "nl"},
        {"@value": "Fillet welder", "@language": "en"},
    ]
    assert "credentialStatus" not in document
    assert document["credentialSubject"]["achieved"]["iscedField"] == ["0715"]


def test_an_award_stands_in_a_list_for_revocation_and_in_one_for_suspension() -> None:
    entries = vc.render(a_facts(), a_place(4711))["credentialStatus"]
    assert [(each["statusPurpose"], each["statusListIndex"]) for each in entries] == [
        ("revocation", "4711"),
        ("suspension", "4711"),
    ]
    assert {each["type"] for each in entries} == {"BitstringStatusListEntry"}


def test_a_credential_of_another_kind_is_not_read_as_an_award() -> None:
    with pytest.raises(Unsupported) as caught:
        vc.facts({"type": ["VerifiableCredential"], "credentialSubject": {"name": "Alice"}})
    assert caught.value.reason == "other-type"


WRONG: list[tuple[tuple[str | int, ...], Any]] = [
    (("id",), ""),
    (("awardKind",), "degree"),
    (("awardedOn",), "27 June"),
    (("validFrom",), "2025-06-30"),
    (("validUntil",), 7),
    (("writtenIn",), None),
    (("name",), "Another title"),
    (("issuer",), "did:web:school.example"),
    (("issuer", "name"), [{"@value": "A", "@language": "nl"}, {"@value": "B", "@language": "nl"}]),
    (("credentialSubject",), [{"id": "did:a:b"}, {"id": "did:a:c"}]),
    (("credentialSubject", "firstName"), ["Noor"]),
    (("credentialSubject", "bornOn"), "2004-13-17"),
    (("credentialSubject", "achieved"), "https://example.org/achievement"),
    (("credentialSubject", "achieved", "levelEqf"), 9),
    (("credentialSubject", "achieved", "levelEqf"), "3"),
    (("credentialSubject", "achieved", "levelEqf"), True),
    (("credentialSubject", "achieved", "workloadHours"), "Infinity"),
    (("credentialSubject", "achieved", "creditPoints"), 12.5),
    (("credentialSubject", "achieved", "creditSystem"), ""),
    (("credentialSubject", "achieved", "iscedField"), [715]),
    (("credentialSubject", "achieved", "outcome", 0), "https://example.org/outcome"),
    (("credentialSubject", "achieved", "outcome", 0, "outcomeKind"), "talent"),
    (("credentialSubject", "achieved", "outcome", 0, "name"), [{"@language": "nl"}]),
]


@pytest.mark.parametrize(("path", "value"), WRONG)
def test_a_value_that_no_fact_can_have_is_refused_and_its_place_told(
    path: tuple[str | int, ...], value: Any
) -> None:
    document: Any = copy.deepcopy(vc.render(a_facts(), a_place()))
    inner = document
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    with pytest.raises(Unreadable) as caught:
        vc.facts(document)
    assert str(caught.value.details["pointer"]) in "/" + "/".join(map(str, path))


@given(award=facts(), data=st.data())
def test_no_fact_can_be_changed_without_other_facts_being_read(award: Facts, data: st.DataObject) -> None:
    document = vc.render(award, None)
    subject = document["credentialSubject"]
    member = data.draw(st.sampled_from([name for name, value in subject.items() if isinstance(value, str)]))
    document["credentialSubject"] = {**subject, member: "2001-01-01" if member == "bornOn" else "urn:x:other"}
    assert (vc.facts(document) == award) is (document["credentialSubject"] == subject)
