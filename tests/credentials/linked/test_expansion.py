"""A document says the same by the direct way as by the complete algorithms, or is refused by both."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from gilde.credentials.errors import Unreadable
from gilde.credentials.facts import Facts, StatusPlace
from gilde.credentials.linked import expansion, general
from gilde.credentials.linked.canonical import checked, nquads
from gilde.credentials.linked.tables import (
    CONFORMANCE,
    CREDENTIALS_V1,
    CREDENTIALS_V2,
    EUROPEAN,
    GILDE_CONTEXT,
    OPEN_BADGES,
    PUBLIC,
)
from gilde.credentials.renderings import edc, open_badge, vc
from tests.credentials.facts_strategy import facts, places
from tests.credentials.linked import by_libraries
from tests.credentials.linked.documents import documents
from tests.reference import reference_file

XSD = "http://www.w3.org/2001/XMLSchema#"


def credential(**told: Any) -> dict[str, Any]:
    return {
        "@context": [CREDENTIALS_V2, GILDE_CONTEXT],
        "id": "urn:uuid:1",
        "type": ["VerifiableCredential", "VocationalAward"],
        "issuer": "did:key:z6Mk",
        "credentialSubject": {"id": "urn:uuid:2", "firstName": "Ada"},
        **told,
    }


def refused(document: Mapping[str, Any]) -> Unreadable:
    """The error of a document that both ways refuse."""
    with pytest.raises(Unreadable) as told:
        nquads(document, contexts=CONFORMANCE)
    with pytest.raises(Unreadable) as same:
        general.facts_of(document, CONFORMANCE)
    assert same.value.reason == told.value.reason
    return told.value


@given(documents())
def test_the_direct_way_and_the_libraries_tell_the_same_facts_or_both_refuse(
    document: dict[str, Any],
) -> None:
    try:
        expected = by_libraries.canonical(by_libraries.quads_of(document, CONFORMANCE))
    except by_libraries.LibraryRefuses:
        event("refused")
        with pytest.raises(Unreadable):
            nquads(document, contexts=CONFORMANCE)
        return
    told = nquads(document, contexts=CONFORMANCE)
    event("told")
    assert by_libraries.again(told) == expected


@given(documents(sound=True))
def test_the_general_way_tells_what_the_direct_way_tells(document: dict[str, Any]) -> None:
    document = {**document, "https://a.example/p": "said"}
    direct = expansion.facts_of(document, CONFORMANCE)
    other = general.facts_of(document, CONFORMANCE)
    assert set(direct.lines) == set(other.lines)
    assert direct.count() == other.count()


def said(told: Any) -> int:
    """How many facts an object of a document states: one for each type, link, text and number, and each graph."""
    if not isinstance(told, dict):
        return 0
    count = 0
    for key, value in told.items():
        if key in ("@context", "id"):
            continue
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict) and set(each) <= {"nl", "en", "nl-BE"}:
                count += len(each)
            elif each is not None:
                count += 1 + (0 if isinstance(each, dict) and "@value" in each else said(each))
    return count


def test_every_fact_of_the_official_european_sample_becomes_one_quad() -> None:
    path = reference_file("elm/samples/certificate-of-participation-unsigned.jsonld")
    document = json.loads(path.read_text())
    told = expansion.facts_of(document, CONFORMANCE)
    assert told.count() == said(document)


def test_every_fact_of_a_badge_becomes_one_quad() -> None:
    badge = {
        "@context": [CREDENTIALS_V2, OPEN_BADGES, GILDE_CONTEXT],
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": "did:key:z6Mk", "type": ["Profile"], "name": "School", "nameIn": {"nl": "School"}},
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "creditsEarned": 3.5,
            "achievement": {
                "type": ["Achievement"],
                "name": "Welder",
                "tag": ["steel", "gas"],
                "alignment": [{"type": ["Alignment"], "targetName": f"Outcome {n}"} for n in range(3)],
            },
        },
    }
    told = expansion.facts_of(badge, CONFORMANCE)
    assert told.count() == said(badge)


@pytest.mark.parametrize(
    ("where", "pointer"),
    [
        ({"nonsense": "x"}, "/nonsense"),
        ({"credentialSubject": {"id": "urn:x:1", "nonsense": "x"}}, "/credentialSubject/nonsense"),
        ({"credentialSubject": [{"id": "urn:x:1"}, {"a/b~c": 1}]}, "/credentialSubject/1/a~1b~0c"),
        (
            {"credentialSubject": {"achieved": {"outcome": [{"nonsense": {}}]}}},
            "/credentialSubject/achieved/outcome/0/nonsense",
        ),
    ],
)
def test_an_undefined_term_is_refused_wherever_it_stands(where: dict[str, Any], pointer: str) -> None:
    error = refused(credential(**where))
    assert error.reason == "undefined-term"
    with pytest.raises(Unreadable) as told:
        checked(credential(**where))
    assert told.value.details["pointer"] == pointer
    assert pointer in told.value.sentence


@pytest.mark.parametrize(
    "where",
    [
        {"type": ["VerifiableCredential", "Diploma"]},
        {"credentialSubject": {"type": "Diploma"}},
        {"credentialSubject": {"achieved": [{"type": ["VocationalAward", "_:b"]}]}},
        {"credentialSubject": {"type": "id"}},
        {"credentialSubject": {"type": "https ://not an address"}},
    ],
)
def test_a_type_that_no_context_defines_is_refused(where: dict[str, Any]) -> None:
    assert refused(credential(**where)).reason == "unknown-type"


@pytest.mark.parametrize(
    "where",
    [
        {"id": "award-1"},
        {"id": "https://a.example/<b>"},
        {"issuer": "school"},
        {"issuer": {"id": "#school"}},
        {"credentialSubject": {"id": "//a.example"}},
    ],
)
def test_a_relative_or_broken_address_is_refused(where: dict[str, Any]) -> None:
    assert refused(credential(**where)).reason == "no-address"


def test_a_base_in_a_context_makes_nothing_absolute() -> None:
    base = {"@base": "https://base.example/"}
    document = credential(type=["VerifiableCredential", "Relative"])
    document["@context"] = [*document["@context"], base]
    assert refused(document).reason == "unknown-type"
    document = credential(issuer="school")
    document["@context"] = [*document["@context"], base]
    assert refused(document).reason == "no-address"


def test_an_unknown_context_is_refused_and_named() -> None:
    document = credential()
    document["@context"] = [CREDENTIALS_V2, "https://unknown.example/v1"]
    assert refused(document).details["context"] == "https://unknown.example/v1"


@pytest.mark.parametrize("inline", [{"own": "https://a.example/own"}, {}, None, 7])
def test_in_production_a_document_brings_no_context_of_its_own(inline: Any) -> None:
    document = credential()
    document["@context"] = [CREDENTIALS_V2, inline]
    with pytest.raises(Unreadable) as told:
        nquads(document)
    assert told.value.reason == "inline-context"


def test_a_nested_object_brings_no_context_of_its_own_either() -> None:
    document = credential(credentialSubject={"@context": {"own": "urn:own"}, "own": "x"})
    with pytest.raises(Unreadable) as told:
        nquads(document)
    assert told.value.reason == "inline-context"


def test_for_conformance_a_context_in_the_document_is_read() -> None:
    document = credential(own="x")
    document["@context"] = [CREDENTIALS_V2, GILDE_CONTEXT, {"own": "https://a.example/own"}]
    assert b'<https://a.example/own> "x"' in nquads(document, contexts=CONFORMANCE)


def test_for_conformance_a_context_in_the_document_may_be_wrapped() -> None:
    document = credential(own="x")
    document["@context"] = [CREDENTIALS_V2, GILDE_CONTEXT, {"@context": {"own": "https://a.example/own"}}]
    assert b'<https://a.example/own> "x"' in nquads(document, contexts=CONFORMANCE)


SAILING = {
    "@protected": True,
    "SailingAward": "urn:example:SailingAward",
    "Regatta": {
        "@id": "urn:example:Regatta",
        "@context": {
            "@protected": True,
            "id": "@id",
            "type": "@type",
            "boats": {
                "@id": "urn:example:boats",
                "@container": "@list",
                "@context": {"@protected": True, "sail": "urn:example:sail", "metres": "urn:example:metres"},
            },
            "crew": {"@id": "urn:example:crew", "@container": "@index"},
            "won": {"@id": "urn:example:won", "@type": "http://www.w3.org/2001/XMLSchema#double"},
        },
    },
    "sailed": {"@id": "urn:example:sailed", "@type": "@id"},
    "sailedBy": {"@reverse": "urn:example:sailed"},
}


@pytest.mark.parametrize(
    "subject",
    [
        {
            "sailed": {
                "type": "Regatta",
                "boats": [{"sail": "A", "metres": 5.5}, {"sail": "B", "metres": 7.0}],
            }
        },
        {"sailed": [{"type": "Regatta", "won": "1.50"}, {"id": "urn:x:2", "type": "Regatta", "won": 2}]},
        {"sailed": {"type": ["Regatta"], "boats": []}},
        {"sailedBy": {"id": "urn:x:3"}},
        {"@type": "SailingAward", "@id": "urn:x:4", "name": [{"@value": "x", "@language": "EN"}, "y"]},
    ],
)
@pytest.mark.parametrize("more", [{}, {"@vocab": None}, {"@vocab": "urn:example:more#"}])
def test_a_context_in_the_document_means_what_it_means_to_the_libraries(
    subject: dict[str, Any], more: dict[str, Any]
) -> None:
    document = credential(credentialSubject=subject, type=["VerifiableCredential", "SailingAward"])
    document["@context"] = [CREDENTIALS_V2, SAILING, more] if more else [CREDENTIALS_V2, SAILING]
    plain = {**document, "@context": [each for each in document["@context"] if each != {"@vocab": None}]}
    expected = by_libraries.canonical(by_libraries.quads_of(plain, CONFORMANCE))
    assert by_libraries.read(nquads(document, contexts=CONFORMANCE)) == expected


def test_an_index_map_is_refused_because_the_index_is_not_proved() -> None:
    document = credential(credentialSubject={"sailed": {"type": "Regatta", "crew": {"first": "urn:x:1"}}})
    document["@context"] = [CREDENTIALS_V2, SAILING]
    assert refused(document).reason == "wrong-value"


@pytest.mark.parametrize(
    ("context", "reason"),
    [
        ({"Diploma": "https ://no address#x"}, "not-json-ld"),
        ({"@vocab": None}, "unknown-type"),
        ("https ://no-address", "unknown-context"),
        ("credentials/v2", "unknown-context"),
        (7, "not-json-ld"),
    ],
)
def test_a_context_that_gives_no_meaning_is_refused(context: Any, reason: str) -> None:
    document = credential(type=["VerifiableCredential", "Diploma"], credentialSubject={"id": "urn:x:1"})
    document["@context"] = [CREDENTIALS_V2, context]
    assert refused(document).reason == reason


@pytest.mark.parametrize(
    "own",
    [
        {"issuer": "https://a.example/issuer", "VerifiableCredential": "https://a.example/other"},
        {"name": "https://a.example/name"},
    ],
)
def test_a_protected_term_keeps_its_meaning(own: dict[str, str]) -> None:
    document = credential()
    document["@context"] = [CREDENTIALS_V2, own]
    assert refused(document).reason == "protected-term"


def test_two_contexts_that_give_a_protected_term_two_meanings_are_refused() -> None:
    document = credential()
    document["@context"] = [CREDENTIALS_V2, "http://data.europa.eu/snb/model/context/edc-ap"]
    assert refused(document).reason == "protected-term"


def test_a_direction_is_told_in_the_type_of_the_text() -> None:
    document = credential(name={"@value": "نجار", "@language": "ar", "@direction": "rtl"})
    assert '"نجار"^^<https://www.w3.org/ns/i18n#ar_rtl>' in nquads(document).decode()


def test_an_index_that_would_be_dropped_is_refused() -> None:
    assert refused(credential(name={"@value": "x", "@index": "1"})).reason == "wrong-value"


@pytest.mark.parametrize("proof", ["urn:x:1", {}, {"id": "urn:x:1"}, {"@value": "x"}, [{"id": "urn:x:1"}]])
def test_a_graph_in_which_nothing_is_said_is_refused(proof: Any) -> None:
    with pytest.raises(Unreadable) as told:
        nquads(credential(proof=proof))
    assert told.value.reason in ("nothing-said", "wrong-value")


@pytest.mark.parametrize(
    "document", [{}, {"@context": CREDENTIALS_V2}, {"@context": CREDENTIALS_V2, "id": "urn:x:1"}]
)
def test_a_document_that_says_nothing_is_refused(document: dict[str, Any]) -> None:
    assert refused(document).reason == "nothing-said"


@pytest.mark.parametrize("language", ["en_US", "", "e n", "x" * 9, "en-"])
def test_what_is_no_language_is_refused(language: str) -> None:
    assert refused(credential(name={"@value": "x", "@language": language})).reason == "wrong-value"


@pytest.mark.parametrize(
    ("number", "literal"),
    [
        (1, f'"1"^^<{XSD}integer>'),
        (-3.0, f'"-3"^^<{XSD}integer>'),
        (5.5, f'"5.5E0"^^<{XSD}double>'),
        (1e21, f'"1.0E21"^^<{XSD}double>'),
        (-0.000123, f'"-1.23E-4"^^<{XSD}double>'),
        (True, f'"true"^^<{XSD}boolean>'),
    ],
)
def test_numbers_have_their_canonical_form(number: float, literal: str) -> None:
    assert f" {literal} ." in nquads(credential(awardedAt=number)).decode()


@pytest.mark.parametrize(("value", "text"), [(False, "false"), (12, "12"), (1.5, "1.5E0")])
def test_a_number_where_the_context_says_text_is_a_plain_text(value: float, text: str) -> None:
    document = {"@context": [CREDENTIALS_V1, EUROPEAN], "type": "Geometry", "longitude": value}
    assert f'"{text}" .' in nquads(document).decode()


def test_null_and_empty_lists_say_nothing() -> None:
    assert nquads(credential(name=None, evidence=[])) == nquads(credential())


def test_the_order_of_members_and_of_sets_has_no_meaning() -> None:
    document = credential(name=[{"@value": "a", "@language": "en"}, {"@value": "b", "@language": "nl"}])
    turned = {
        key: value[::-1] if key in ("type", "name") else value for key, value in reversed(document.items())
    }
    assert nquads(turned) == nquads(document)


def test_a_document_with_too_many_facts_is_refused() -> None:
    document = credential(credentialSubject=[{"firstName": ["x"]}] * 60_000)
    with pytest.raises(Unreadable) as told:
        nquads(document)
    assert told.value.reason == "too-large"


def test_a_document_nested_too_deep_is_refused() -> None:
    document: dict[str, Any] = {"firstName": "x"}
    for _step in range(5_000):
        document = {"achieved": document}
    with pytest.raises(Unreadable) as told:
        nquads(credential(credentialSubject=document))
    assert told.value.reason == "too-deep"


@given(facts(), places() | st.none(), st.sampled_from([vc.render, open_badge.render, edc.render]))
def test_what_gilde_issues_says_the_same_by_the_libraries(
    award: Facts, place: StatusPlace | None, render: Callable[..., dict[str, Any]]
) -> None:
    document = render(award, place)
    assert expansion.facts_of(document, PUBLIC).count()  # by the direct way
    assert by_libraries.read(nquads(document)) == by_libraries.canonical(
        by_libraries.quads_of(document, PUBLIC)
    )
