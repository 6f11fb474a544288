"""What every credential must look like, case by case (W3C Verifiable Credentials Data Model 2.0, sections 4 and 5).

Each case of the W3C conformance suites for the data model and for Bitstring status lists has its like here.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gilde.credentials import model
from gilde.credentials.errors import Unreadable
from gilde.credentials.keys.instants import write_instant
from gilde.credentials.linked import canonical
from gilde.credentials.linked.tables import CONFORMANCE
from gilde.credentials.model import Period
from tests.credentials.model_documents import EXAMPLES, GONE, TYPED, V1, V2, a_credential


def check(document: object, *, secured: bool = False) -> None:
    model.check_credential(document, secured=secured)


def refused(document: object, *, secured: bool = False) -> tuple[str, object]:
    """Return why a credential is refused, and where."""
    with pytest.raises(Unreadable) as caught:
        check(document, secured=secured)
    return caught.value.reason, caught.value.details.get("pointer")


def test_the_smallest_credential_is_accepted() -> None:
    check(a_credential())


@pytest.mark.parametrize("document", [None, [], "eyJhbGciOi", 7, ["VerifiableCredential"]])
def test_what_is_no_object_is_refused(document: object) -> None:
    assert refused(document) == ("not-an-object", "")


def test_a_document_of_another_kind_is_refused() -> None:
    assert refused({"type": ["NonconformingDocument"]})[0] == "context"


@pytest.mark.parametrize(
    "context",
    [[V2], [V2, EXAMPLES], [V2, {"Own": "https://example.org/#Own"}], [V1], [V2, "urn:example:context"]],
)
def test_contexts_are_a_list_that_begins_with_that_of_the_standard(context: Any) -> None:
    members = {"issuanceDate": "2020-01-01T00:00:00Z"} if context == [V1] else {}
    check(a_credential(**{"@context": context}, **members))


@pytest.mark.parametrize(
    ("context", "pointer"),
    [
        (GONE, "/@context"),
        ([], "/@context"),
        (V2, "/@context"),
        ([EXAMPLES], "/@context"),
        ([EXAMPLES, V2], "/@context"),
        ([{"@vocab": "urn:x:"}, V2], "/@context"),
        ([V2, "https ://not-a-url/context"], "/@context/1"),
        ([V2, "context"], "/@context/1"),
        ([V2, 193], "/@context/1"),
        ([V2, None], "/@context/1"),
        ([V2, [EXAMPLES]], "/@context/1"),
    ],
)
def test_other_contexts_are_refused(context: Any, pointer: str) -> None:
    assert refused(a_credential(**{"@context": context})) == ("context", pointer)


@pytest.mark.parametrize(
    "id_", ["https://example.org/1", "urn:uuid:9c9a36f8-518f-4976-a934-6649502d0008", "did:a:b"]
)
def test_an_id_is_one_absolute_url(id_: str) -> None:
    check(a_credential(id=id_, credentialSubject={"id": id_}))


@pytest.mark.parametrize(
    "id_",
    [
        None,
        "",
        "abc",
        "/1",
        "https://",
        "http:x",
        "urn uuid:1",
        "did:example:a b",
        7,
        ["did:a:b", "did:a:c"],
        {},
    ],
)
def test_any_other_id_is_refused(id_: Any) -> None:
    assert refused(a_credential(id=id_)) == ("id", "/id")
    assert refused(a_credential(credentialSubject={"id": id_})) == ("id", "/credentialSubject/id")


@pytest.mark.parametrize(
    "types",
    [
        "VerifiableCredential",
        ["VerifiableCredential", "BitstringStatusListEntry"],
        ["https://example.org/#A", "https://example.org/#B", "VerifiableCredential"],
        ["https://example.org/#A", "VerifiableCredential", "https://example.org/#B"],
    ],
)
def test_types_are_terms_or_urls_in_any_order(types: Any) -> None:
    check(a_credential(type=types))


@pytest.mark.parametrize(
    "types",
    [
        GONE,
        None,
        [],
        "",
        2,
        ["VerifiableCredential", 2],
        ["VerifiableCredential", ""],
        ["VerifiableCredential", "two words"],
        ["VerifiableCredential", "https ://not-a-url"],
        ["VerifiablePresentation"],
        "Verifiablecredential",
    ],
)
def test_other_types_are_refused(types: Any) -> None:
    assert refused(a_credential(type=types)) == ("type", "/type")


def test_a_type_that_no_context_defines_is_refused_with_the_terms() -> None:
    known = {"Own": "https://example.org/#Own"}
    own = a_credential(**{"@context": [V2, known]}, type=["VerifiableCredential", "Own"])
    canonical.checked(own, contexts=CONFORMANCE)
    for contexts in ([V2], [V2, {"Own": "https ://not-a-url#Own"}]):
        document = a_credential(**{"@context": contexts}, type=["VerifiableCredential", "Own"])
        with pytest.raises(Unreadable):
            canonical.checked(document, contexts=CONFORMANCE)


@pytest.mark.parametrize(
    "term", ["VerifiableCredential", "VerifiablePresentation", "type", "name", "digestSRI"]
)
def test_a_context_that_gives_a_term_of_the_standard_another_meaning_is_refused(term: str) -> None:
    document = a_credential(**{"@context": [V2, {term: "https://example.org/#other"}]})
    with pytest.raises(Unreadable):
        canonical.checked(document, contexts=CONFORMANCE)


def test_two_contexts_that_differ_on_a_protected_term_are_refused() -> None:
    first = {"@protected": True, "Own": "https://example.org/#Own"}
    document = a_credential(**{"@context": [V2, first, {"Own": "https://example.org/#Other"}]})
    with pytest.raises(Unreadable):
        canonical.checked(document, contexts=CONFORMANCE)


WORDS_GOOD: list[Any] = [
    "Dog",
    "",
    {"@value": "Dog", "@language": "en"},
    {"@value": "كلب", "@language": "ar", "@direction": "rtl"},
    {"@value": "Dog"},
    [{"@value": "Dog", "@language": "en"}, {"@value": "Hond", "@language": "nl-BE"}],
]
WORDS_BAD: list[Any] = [
    None,
    7,
    [],
    [["Dog"]],
    {},
    {"@language": "en"},
    {"@value": "Dog", "@language": "en", "url": "did:example:dog"},
    {"@value": "Dog", "@type": "xsd:string"},
    {"@value": 7, "@language": "en"},
    {"@value": "Dog", "@language": "e n"},
    {"@value": "Dog", "@language": None},
    {"@value": "Dog", "@language": "en", "@direction": "up"},
    [{"@value": "Dog", "@language": "en"}, 7],
]


@pytest.mark.parametrize("member", ["name", "description"])
@pytest.mark.parametrize("words", WORDS_GOOD)
def test_names_and_descriptions_are_texts_that_may_tell_their_language(member: str, words: Any) -> None:
    check(a_credential(**{member: words}))
    check(a_credential(issuer={"id": "did:example:school", member: words}))


@pytest.mark.parametrize("member", ["name", "description"])
@pytest.mark.parametrize("words", WORDS_BAD)
def test_other_names_and_descriptions_are_refused(member: str, words: Any) -> None:
    assert refused(a_credential(**{member: words})) == ("language", f"/{member}")
    issuer = {"id": "did:example:school", member: words}
    assert refused(a_credential(issuer=issuer)) == ("language", f"/issuer/{member}")


def test_an_issuer_is_a_url_or_an_object_with_one_as_its_id() -> None:
    document = a_credential(issuer={"id": "did:example:school", "name": "School"})
    check(document)
    assert model.issuer_of(document) == model.issuer_of(a_credential()) == "did:example:school"


@pytest.mark.parametrize("issuer", [GONE, None, "", "school", [], ["did:example:school"], 7])
def test_another_issuer_is_refused(issuer: Any) -> None:
    assert refused(a_credential(issuer=issuer)) == ("issuer", "/issuer")


@pytest.mark.parametrize(
    "issuer", [{}, {"name": "School"}, {"id": None}, {"id": "school"}, {"id": ["did:a:b"]}]
)
def test_an_issuer_without_a_url_as_its_id_is_refused(issuer: Any) -> None:
    assert refused(a_credential(issuer=issuer)) == ("id", "/issuer/id")


@pytest.mark.parametrize(
    "subject", [{"id": "did:a:b"}, {"name": "Alice"}, [{"id": "did:a:b"}, {"id": "did:a:c"}]]
)
def test_a_credential_is_about_one_or_several(subject: Any) -> None:
    check(a_credential(credentialSubject=subject))


@pytest.mark.parametrize(
    ("subject", "pointer"),
    [
        (GONE, "/credentialSubject"),
        (None, "/credentialSubject"),
        ({}, "/credentialSubject"),
        ([], "/credentialSubject"),
        ("did:a:b", "/credentialSubject"),
        ([{"id": "did:a:b"}, {}], "/credentialSubject/1"),
        ([{"id": "did:a:b"}, "did:a:c"], "/credentialSubject/1"),
    ],
)
def test_a_credential_about_nobody_is_refused(subject: Any, pointer: str) -> None:
    assert refused(a_credential(credentialSubject=subject)) == ("credentialSubject", pointer)


MOMENTS = [
    "2023-02-26T01:02:58Z",
    "2023-02-26T01:02:58.447Z",
    "2023-02-25T19:10:39-06:00",
    "9999-12-31T00:00:00Z",
]
NO_MOMENTS: list[Any] = [
    None,
    "",
    7,
    ["2023-02-26T01:02:58Z"],
    "Sat 25 Feb 2023 07:16:31 PM CST",
    "2023-02-26",
    "2023-02-26T01:02:58",
    "2023-02-26 01:02:58Z",
    "2023-02-30T01:02:58Z",
    "2023-02-26T25:02:58Z",
    "2023-02-26t01:02:58z",
    "2023-02-26T01:02:58+15:00",
]


@pytest.mark.parametrize("member", ["validFrom", "validUntil"])
@pytest.mark.parametrize("moment", MOMENTS)
def test_the_period_is_told_with_time_and_zone(member: str, moment: str) -> None:
    check(a_credential(**{member: moment}))


@pytest.mark.parametrize("member", ["validFrom", "validUntil"])
@pytest.mark.parametrize("moment", NO_MOMENTS)
def test_another_way_to_write_a_moment_is_refused(member: str, moment: Any) -> None:
    assert refused(a_credential(**{member: moment})) == ("time", f"/{member}")


def test_an_end_before_the_beginning_is_refused() -> None:
    same = {"validFrom": "2023-02-26T01:21:23Z", "validUntil": "2023-02-25T19:21:23-06:00"}
    check(a_credential(**same))
    assert refused(a_credential(**{**same, "validUntil": "2023-02-25T19:21:22-06:00"})) == (
        "period",
        "/validUntil",
    )


def test_an_expired_credential_has_nothing_wrong_with_its_structure() -> None:
    check(a_credential(validUntil="2001-01-01T00:00:00Z"))


moments = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)).map(
    lambda moment: moment.replace(microsecond=0, tzinfo=UTC)
)


@given(begins=moments, length=st.integers(0, 10**9), now=moments)
def test_the_period_holds_from_its_first_to_its_last_second(
    begins: datetime, length: int, now: datetime
) -> None:
    ends = begins + timedelta(seconds=length)
    document = a_credential(validFrom=write_instant(begins), validUntil=write_instant(ends))
    expected = Period.EARLY if now < begins else Period.OVER if now > ends else Period.CURRENT
    assert model.period(document, now) == expected
    assert model.period(document, begins) == model.period(document, ends) == Period.CURRENT
    second = timedelta(seconds=1)
    assert model.period(document, begins - second) == Period.EARLY
    assert model.period(document, ends + second) == Period.OVER
    assert model.period(a_credential(), now) == Period.CURRENT


def test_version_1_1_is_read_with_its_own_names_of_the_moments() -> None:
    dated = {"issuanceDate": "2020-01-01T00:00:00Z", "expirationDate": "2021-01-01T00:00:00Z"}
    old = a_credential(**{"@context": [V1]}, **dated)
    check(old)
    assert model.period(old, datetime(2022, 1, 1, tzinfo=UTC)) == Period.OVER
    assert model.period(old, datetime(2019, 1, 1, tzinfo=UTC)) == Period.EARLY
    assert refused({**old, "expirationDate": "2019-01-01T00:00:00Z"}) == ("period", "/expirationDate")
    assert refused(a_credential(**{"@context": [V1]})) == ("time", "/issuanceDate")
    assert refused({**old, "issuanceDate": "2020-01-01"}) == ("time", "/issuanceDate")


def test_a_european_credential_under_version_1_1_may_say_from_when_it_is_valid() -> None:
    european = a_credential(**{"@context": [V1]}, validFrom="2023-06-28T14:30:00Z")
    check(european)
    both = {**european, "issuanceDate": "2024-01-01T00:00:00Z"}
    assert model.period(both, datetime(2023, 7, 1, tzinfo=UTC)) == Period.EARLY


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=4,
)
MEMBERS = [
    "@context",
    "id",
    "type",
    "issuer",
    "credentialSubject",
    "validFrom",
    "proof",
    "name",
    "relatedResource",
]


@given(member=st.sampled_from([*MEMBERS, *TYPED]), value=json_values)
def test_whatever_stands_in_a_member_is_accepted_or_refused_and_nothing_else_happens(
    member: str, value: Any
) -> None:
    document = a_credential(**{member: value})
    told = ""
    try:
        check(document)
    except Unreadable as error:
        told = error.sentence
    else:
        assert document["@context"][0] in (V1, V2)
        assert "VerifiableCredential" in document["type"]
    assert told == "" or told.endswith(".")
