"""Each rule by which a verifier of SD-JWT refuses (RFC 9901, section 7.1), with payloads that an issuer got wrong."""

from __future__ import annotations

from typing import Any

import pytest

from gilde.credentials.errors import TooMuch, Unreadable, Unsupported
from gilde.credentials.keys.did import resolve_key
from gilde.credentials.keys.kinds import base64url
from gilde.credentials.proofs import jose, sd_jwt
from gilde.credentials.proofs.disclosures import digest, hide, reveal
from tests.credentials.proofs.jose_tools import NOW, did, key, refused


def disclosed(*content: Any) -> str:
    return base64url(jose.to_json(list(content)))


NAME = disclosed("salt", "name", "Noor")
ITEM = disclosed("salt", "welds")


def test_claims_and_places_of_lists_are_opened() -> None:
    payload = {"_sd": [digest(NAME)], "list": [{"...": digest(ITEM)}, "open"], "_sd_alg": "sha-256"}

    assert reveal(payload, [NAME, ITEM]).claims == {"name": "Noor", "list": ["welds", "open"]}


def test_without_a_kind_of_digest_it_is_sha_256() -> None:
    assert reveal({"_sd": [digest(NAME)]}, [NAME]).claims == {"name": "Noor"}


@pytest.mark.parametrize("algorithm", ["sha-256", "sha-384", "sha-512"])
def test_the_digests_are_of_the_kind_that_is_named(algorithm: str) -> None:
    payload = {"_sd": [digest(NAME, algorithm)], "_sd_alg": algorithm}

    assert reveal(payload, [NAME]).claims == {"name": "Noor"}


@pytest.mark.parametrize("algorithm", ["md5", "sha-1", "SHA-256", "", None, 1, ["sha-256"]])
def test_an_unknown_kind_of_digest_is_unsupported(algorithm: object) -> None:
    with refused(Unsupported, "digest-algorithm"):
        reveal({"_sd": [digest(NAME)], "_sd_alg": algorithm}, [NAME])


def test_digests_that_nothing_opens_leave_nothing_behind() -> None:
    found = reveal({"_sd": ["decoy"], "inner": {"_sd": ["other"]}, "list": [{"...": "third"}]}, [])

    assert found.claims == {"inner": {}, "list": []}
    assert found.withheld == 3


@pytest.mark.parametrize(
    "payload",
    [
        {"_sd": [digest(NAME), digest(NAME)]},
        {"_sd": [digest(NAME)], "inner": {"_sd": [digest(NAME)]}},
        {"_sd": ["decoy"], "list": [{"...": "decoy"}]},
        {"list": [{"...": "decoy"}, {"...": "decoy"}]},
    ],
)
def test_a_digest_that_stands_twice_is_refused_opened_or_not(payload: dict[str, Any]) -> None:
    with refused(Unreadable, "digest-twice"):
        reveal(payload, [NAME] if digest(NAME) in str(payload) else [])


def test_a_digest_that_stands_again_within_a_disclosure_is_refused() -> None:
    outer = disclosed("salt", "outer", {"_sd": [digest(NAME)]})

    with refused(Unreadable, "digest-twice"):
        reveal({"_sd": [digest(NAME), digest(outer)]}, [NAME, outer])


def test_a_disclosure_handed_over_twice_is_refused() -> None:
    with refused(Unreadable, "disclosure-twice"):
        reveal({"_sd": [digest(NAME)]}, [NAME, NAME])


@pytest.mark.parametrize("name", ["_sd", "...", "_sd_alg"])
def test_a_disclosed_claim_may_not_have_a_name_of_the_format(name: str) -> None:
    text = disclosed("salt", name, ["x"])

    with refused(Unreadable, "reserved-name"):
        reveal({"_sd": [digest(text)]}, [text])


@pytest.mark.parametrize(
    "payload", [{"...": "x"}, {"inner": {"...": "x"}}, {"inner": {"_sd_alg": "sha-256"}}]
)
def test_names_of_the_format_may_not_stand_where_they_mean_nothing(payload: dict[str, Any]) -> None:
    with refused(Unreadable, "reserved-name"):
        reveal(payload, [])


def test_a_disclosed_claim_may_not_stand_in_place_of_an_open_one() -> None:
    with refused(Unreadable, "claim-twice"):
        reveal({"name": "Jan", "_sd": [digest(NAME)]}, [NAME])


def test_two_disclosures_may_not_give_the_same_claim() -> None:
    other = disclosed("pepper", "name", "Jan")

    with refused(Unreadable, "claim-twice"):
        reveal({"_sd": [digest(NAME), digest(other)]}, [NAME, other])


@pytest.mark.parametrize(
    "content",
    [
        [],
        ["salt"],
        ["salt", "only two"],
        ["salt", "a", "b", "c"],
        [1, "name", "x"],
        {"salt": "name"},
        "text",
        None,
    ],
)
def test_a_disclosure_of_a_claim_is_a_salt_a_name_and_a_value(content: object) -> None:
    text = base64url(jose.to_json(content))

    with refused(Unreadable, "disclosure-form"):
        reveal({"_sd": [digest(text)]}, [text])


@pytest.mark.parametrize("content", [[], ["salt"], ["salt", "name", "value"], [None, "x"]])
def test_a_disclosure_of_a_place_in_a_list_is_a_salt_and_a_value(content: object) -> None:
    text = base64url(jose.to_json(content))

    with refused(Unreadable, "disclosure-form"):
        reveal({"list": [{"...": digest(text)}]}, [text])


@pytest.mark.parametrize("name", [1, None, ["name"]])
def test_the_name_of_a_claim_is_text(name: object) -> None:
    text = disclosed("salt", name, "x")

    with refused(Unreadable, "reserved-name"):
        reveal({"_sd": [digest(text)]}, [text])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (base64url(b'["salt","name",{"a":1,"a":2}]'), "duplicate-key"),
        (base64url(b'["salt","name",NaN]'), "nan"),
        (base64url(b'["salt","name"'), "not-json"),
        (NAME + "=", "base64url"),
        ("é", "base64url"),
    ],
)
def test_a_disclosure_is_read_as_strictly_as_the_credential(text: str, reason: str) -> None:
    with refused(Unreadable, reason):
        reveal({"_sd": [digest(text)]}, [text])


@pytest.mark.parametrize(
    "payload",
    [
        {"_sd": "text"},
        {"_sd": {"a": 1}},
        {"_sd": None},
        {"_sd": [1]},
        {"_sd": [["x"]]},
        {"list": [{"...": 1}]},
        {"list": [{"...": "x", "more": 1}]},
    ],
)
def test_digests_that_are_not_written_as_they_should_are_refused(payload: dict[str, Any]) -> None:
    with refused(Unreadable, "digests-malformed"):
        reveal(payload, [])


def test_disclosures_within_disclosures_without_end_are_refused() -> None:
    texts = [disclosed("salt", "last", "x")]
    for number in range(5000):
        texts.append(disclosed("salt", f"c{number}", {"_sd": [digest(texts[-1])]}))

    with refused(TooMuch, "too-deep"):
        reveal({"_sd": [digest(texts[-1])]}, texts)


@pytest.mark.parametrize("name", ["iss", "exp", "nbf", "cnf", "vct", "status", "aud", "vct#integrity"])
def test_what_all_must_see_is_neither_hidden_nor_taken_from_a_disclosure(name: str) -> None:
    text = disclosed("salt", name, "x")
    token = jose.sign({"_sd": [digest(text)]}, key(), typ="dc+sd-jwt")

    with refused(Unreadable, "claim-hidden"):
        sd_jwt.issue({"a": 1, name: "x"}, key(), hidden=[(name,)])
    with refused(Unreadable, "claim-hidden"):
        sd_jwt.verify(f"{token}~{text}~", resolve_key, now=NOW)


@pytest.mark.parametrize(
    "claims",
    [{"_sd": []}, {"a": {"...": 1}}, {"a": [{"_sd": ["x"]}]}, {"_sd_alg": "sha-256"}, {"a": {"_sd_alg": 1}}],
)
def test_names_of_the_format_are_not_issued(claims: dict[str, Any]) -> None:
    with refused(Unreadable, "reserved-name"):
        sd_jwt.issue({"iss": did(key()), **claims}, key())


@pytest.mark.parametrize(
    "path", [(), ("b",), ("a", "x"), ("list", 3), ("list", -1), ("list", "0"), ("a", None), (0,)]
)
def test_a_path_that_leads_nowhere_is_refused(path: Any) -> None:
    with refused(Unreadable, "no-such-claim"):
        hide({"a": {"b": 1}, "list": [1, 2, 3]}, [path])
