"""European Digital Credentials: written and read again, ours and a real one."""

from __future__ import annotations

import copy
import json
from base64 import b64decode
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gilde.credentials.errors import Unreadable, Unsupported
from gilde.credentials.facts import Body, Credit, Facts, Kind, Level, StatusPlace
from gilde.credentials.renderings import edc
from gilde.credentials.renderings.edc_document import duration
from tests.credentials.facts_strategy import a_facts, a_place, facts, places
from tests.reference import reference_file


@given(award=facts(), place=st.none() | places())
def test_reading_a_credential_gives_the_facts_again(award: Facts, place: StatusPlace | None) -> None:
    document = json.loads(json.dumps(edc.render(award, place)))
    assert edc.facts(document) == award


def test_a_country_or_language_that_no_list_has_is_kept() -> None:
    strange = a_facts(issuer=Body(id="did:web:x.example", name={"en": "X"}, country="QQ"), language="qq")
    assert edc.facts(edc.render(strange)) == strange


def test_a_document_names_the_contexts_of_the_official_sample() -> None:
    sample = json.loads(
        reference_file("elm/samples/certificate-of-participation-unsigned.jsonld").read_bytes()
    )
    assert edc.render(a_facts())["@context"] == sample["@context"]


def test_outcomes_level_credit_and_workload_stand_in_the_words_of_the_model() -> None:
    what = edc.render(a_facts())["credentialSubject"]["hasClaim"]["specifiedBy"]
    assert what["type"] == "Qualification"
    assert what["eqfLevel"]["id"] == "http://data.europa.eu/snb/eqf/3"
    assert what["volumeOfLearning"] == "PT320H"
    assert what["creditPoint"]["point"] == "12.5"
    assert what["learningOutcome"][0]["relatedESCOSkill"][0]["id"].startswith(
        "http://data.europa.eu/esco/skill/"
    )
    assert what["thematicArea"][0]["id"] == "http://data.europa.eu/snb/isced-f/0715"


def test_the_sealing_certificate_gives_the_legal_identifier_and_the_own_number_stays() -> None:
    document = edc.render(a_facts(), eidas="VATBE-0123456789")
    assert document["issuer"]["eIDASIdentifier"]["notation"] == "VATBE-0123456789"
    assert edc.facts(document) == a_facts()


def test_an_issuer_without_country_and_number_is_still_an_organisation_of_the_model() -> None:
    bare = a_facts(issuer=Body(id="did:web:school.example", name={"nl": "School"}))
    issuer = edc.render(bare)["issuer"]
    assert issuer["eIDASIdentifier"]["notation"] == "did:web:school.example"
    assert issuer["location"]["address"]["countryCode"]["id"].endswith("/OP_DATPRO")
    assert edc.facts(edc.render(bare)) == bare


def test_a_picture_is_shown_and_said_to_be_what_it_is() -> None:
    jpeg = b"\xff\xd8\xff\xe0 a photograph"
    for image, kind in ((jpeg, "JPEG"), (b"\x89PNG\r\n\x1a\n a drawing", "PNG")):
        detail = edc.render(a_facts(), image=image)["displayParameter"]["individualDisplay"]["displayDetail"]
        assert b64decode(detail["image"]["content"]) == image
        assert detail["image"]["contentType"]["id"].endswith(f"/{kind}")


def test_a_credential_without_picture_of_its_own_stays_small() -> None:
    assert len(json.dumps(edc.render(a_facts(), a_place()))) < 20_000


def test_the_status_is_the_address_of_a_list_and_an_index() -> None:
    document = edc.render(a_facts(), a_place(4711))
    assert edc.place(document) == StatusPlace(4711, "", "", "", a_place().tokens)
    assert edc.place(edc.render(a_facts())) is None


@pytest.mark.parametrize(
    "status",
    [
        "https://x.example/list#1",
        {"id": "https://x.example/list#1", "type": "StatusList2021Entry"},
        {"@value": "https://x.example/list"},
        {"@value": "https://x.example/list#-1"},
        {"@value": "https://x.example/list#1e9"},
        {"@value": "ftp://x.example/list#1"},
        {"@value": 7},
        [],
    ],
)
def test_a_status_told_in_another_way_is_never_passed_over(status: Any) -> None:
    with pytest.raises(Unsupported):
        edc.place(edc.render(a_facts()) | {"credentialStatus": status})


@pytest.mark.parametrize("name", ["unsigned", "sealed"])
def test_the_official_sample_is_read(name: str) -> None:
    whole = json.loads(reference_file(f"elm/samples/certificate-of-participation-{name}.jsonld").read_bytes())
    document = json.loads(whole["payload"]) if name == "sealed" else whole
    read = edc.facts(document)
    assert read.id == "urn:credential:43662fb0-c31c-4afb-b501-e85aea91c0a8"
    assert read.achievement.title == {"en": "EDC Updates Webinar"}
    assert read.achievement.language == "en"
    assert (read.holder.given_name, read.holder.family_name) == ("Ana", "Andromeda")
    assert read.kind == Kind.EXPERIENCE
    assert read.valid_from == datetime(2023, 6, 28, 14, 30, tzinfo=UTC)
    assert read.valid_until is None
    assert read.hours == Decimal(2)
    assert read.issuer.country == "BE"
    assert read.issuer.website == "https://europa.eu/europass/en/europass-tools/digital-credentials"
    assert (
        read.issuer.name
        == {
            "unsigned": {"en": "European Digital Credentials for Learning Support Team"},
            "sealed": {"en": "ORGANIZACION TEST"},
        }[name]
    )


def test_a_day_written_as_midnight_in_europe_is_that_day() -> None:
    document = edc.render(a_facts())
    person = document["credentialSubject"]
    for told, day in (
        ("1999-10-01T22:00:00Z", date(1999, 10, 2)),
        ("1999-10-02T00:00:00+02:00", date(1999, 10, 2)),
        ("1999-10-02T00:00:00Z", date(1999, 10, 2)),
        ("1999-10-01T14:30:00Z", date(1999, 10, 1)),
    ):
        person["dateOfBirth"] = told
        assert edc.facts(document).holder.born == day


def test_a_node_described_elsewhere_in_the_document_is_found_by_its_address() -> None:
    document = edc.render(a_facts())
    claim = document["credentialSubject"]["hasClaim"]
    document["credentialSubject"]["hasClaim"] = [claim["id"]]
    document["evidence"] = claim
    document["issuer"], document["holder"] = document["issuer"]["id"], document["issuer"]
    assert edc.facts(document) == a_facts()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda told: told.update(type=["VerifiableCredential"]), "no-edc"),
        (lambda told: told.pop("credentialSubject"), "incomplete"),
        (lambda told: told["credentialSubject"].pop("hasClaim"), "incomplete"),
        (
            lambda told: told["credentialSubject"].update(familyName={}, givenName={}, fullName={}),
            "incomplete",
        ),
        (lambda told: told.pop("issuer"), "incomplete"),
        (lambda told: told.pop("id"), "incomplete"),
        (lambda told: (told.pop("validFrom"), told.pop("issuanceDate")), "incomplete"),
        (lambda told: told.update(validFrom="yesterday"), "wrong-date"),
        (lambda told: told.update(validFrom="2025-02-30T00:00:00Z"), "wrong-date"),
        (lambda told: told.update(validFrom="2025-02-03T00:00:00"), "wrong-date"),
    ],
)
def test_a_credential_that_lacks_what_every_award_has_is_refused_with_the_reason(
    change: Any, reason: str
) -> None:
    document = edc.render(a_facts())
    change(document)
    with pytest.raises(Unreadable) as refused:
        edc.facts(document)
    assert refused.value.reason == reason


def _places_in(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path] * bool(path) + [place for name, each in inner for place in _places_in(each, (*path, name))]


_WHOLE = edc.render(a_facts(), a_place())
_JUNK = st.sampled_from(
    [None, True, 7, -0.5, "", "x", [], {}, [[]], {"id": 7}, [None, {"id": "urn:epass:org:1"}], "zz:"]
)


@given(place=st.sampled_from(_places_in(_WHOLE)), junk=_JUNK)
def test_whatever_stands_anywhere_is_read_or_refused(place: tuple[Any, ...], junk: Any) -> None:
    document = copy.deepcopy(_WHOLE)
    node = document
    for name in place[:-1]:
        node = node[name]
    node[place[-1]] = junk
    try:
        read = edc.facts(document)
    except Unreadable:
        return
    assert read.holder.family_name
    assert read.achievement.title
    assert edc.facts(json.loads(json.dumps(edc.render(read)))) == read


@given(hours=st.integers(0, 10**7).map(lambda number: Decimal(number) / 1000))
def test_a_duration_is_exact(hours: Decimal) -> None:
    document = edc.render(a_facts(hours=hours))
    assert edc.facts(document).hours == hours
    assert Fraction(edc.facts(document).hours or 0) == Fraction(hours)


def test_durations_are_written_in_hours_minutes_and_seconds() -> None:
    assert [duration(Decimal(each)) for each in ("320", "7.5", "0", "0.01", "1.001")] == [
        "PT320H",
        "PT7H30M",
        "PT0S",
        "PT36S",
        "PT1H3.6S",
    ]


def test_a_system_of_credits_and_a_framework_without_address_keep_their_names() -> None:
    own = a_facts(credit=Credit(Decimal("3"), "studiepunten"), level=Level("Vlaamse lijst", "4", None))
    assert edc.facts(edc.render(own)) == own
