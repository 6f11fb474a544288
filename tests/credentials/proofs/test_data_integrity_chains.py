"""Several proofs on one document: sets, where each stands alone, and chains, where one covers another."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from gilde.credentials.errors import TooMuch, Unreadable
from gilde.credentials.keys.did import new_key
from gilde.credentials.keys.kinds import KeyKind
from gilde.credentials.proofs.data_integrity import sign
from tests.credentials.proofs.test_data_integrity import (
    HOUR,
    KEYS,
    NOW,
    PAIRS,
    Json,
    check,
    credential,
    every_pair,
    refusal,
    signed,
)

IDS = [f"urn:uuid:{at}" for at in range(4)]


def chained(suite: str, kind: KeyKind, *previous: Any) -> Json:
    """A document with a first proof, and one more for each `previous`, by a key of its own."""
    document = sign(credential(), new_key(kind), suite, created=NOW - HOUR, id=IDS[0])
    for at, earlier in enumerate(previous, start=1):
        document = sign(document, new_key(kind), suite, created=NOW - HOUR, id=IDS[at], previous=earlier)
    return document


@every_pair
def test_every_proof_of_a_set_holds_by_itself(suite: str, kind: KeyKind) -> None:
    document = chained(suite, kind, (), ())
    assert [proven.id for proven in check(document)] == IDS[:3]
    for at in range(3):
        alone = {**document, "proof": document["proof"][at]}
        assert len(check(alone)) == 1
    assert [each.id for each in check({**document, "proof": document["proof"][::-1]})] == IDS[2::-1]


@every_pair
def test_a_chain_holds_with_what_it_covers(suite: str, kind: KeyKind) -> None:
    for previous in ([IDS[0], IDS[1]], [[IDS[0]], [IDS[0], IDS[1]]], [(), [IDS[1], IDS[0]]]):
        document = chained(suite, kind, *previous)
        assert len(check(document)) == 3


@every_pair
@pytest.mark.parametrize("previous", [IDS[0], [IDS[0]]])
def test_a_chain_without_what_it_covers_is_refused(suite: str, kind: KeyKind, previous: Any) -> None:
    document = chained(suite, kind, previous)
    told = (Unreadable, "previous-proof", "PROOF_VERIFICATION_ERROR")
    assert refusal({**document, "proof": document["proof"][1:]}) == told
    renamed = copy.deepcopy(document)
    renamed["proof"][0]["id"] = "urn:uuid:other"
    assert refusal(renamed) == told


@every_pair
def test_what_a_chain_covers_cannot_be_exchanged_changed_or_uncovered(suite: str, kind: KeyKind) -> None:
    document = chained(suite, kind, IDS[0])
    other = sign(credential(), new_key(kind), suite, created=NOW - HOUR, id=IDS[0])["proof"]
    assert refusal({**document, "proof": [other, document["proof"][1]]})[1] == "signature-wrong"
    uncovered = copy.deepcopy(document)
    del uncovered["proof"][1]["previousProof"]
    assert refusal(uncovered)[1] == "signature-wrong"
    broken = copy.deepcopy(document)
    broken["proof"][0]["proofValue"] = "invalidProofValue"
    assert refusal(broken)[1] == "proof-value"


@every_pair
def test_a_set_with_one_wrong_proof_is_refused_as_a_whole(suite: str, kind: KeyKind) -> None:
    document = chained(suite, kind, (), ())
    document["proof"][1]["created"] = "2026-05-01T10:59:59Z"
    assert refusal(document)[1] == "signature-wrong"


def test_a_proof_cannot_cover_itself_or_one_that_is_named_twice() -> None:
    document = signed("eddsa-jcs-2022", KeyKind.ED25519, id=IDS[0])
    document["proof"]["previousProof"] = IDS[0]
    assert refusal(document)[1] == "previous-proof"
    twice = chained("eddsa-jcs-2022", KeyKind.ED25519, ())
    twice["proof"][1]["id"] = IDS[0]
    assert refusal(twice)[1] == "proof-id"


def test_nobody_signs_over_a_proof_that_is_not_there() -> None:
    with pytest.raises(Unreadable) as refused:
        chained("eddsa-jcs-2022", KeyKind.ED25519, "urn:uuid:missing")
    assert refused.value.reason == "previous-proof"
    assert str(refused.value.details["problem"]).endswith("#PROOF_GENERATION_ERROR")


def test_a_flood_of_proofs_is_refused() -> None:
    document = signed("eddsa-rdfc-2022", KeyKind.ED25519)
    with pytest.raises(TooMuch) as refused:
        check({**document, "proof": [document["proof"]] * 33})
    assert refused.value.reason == "too-many-proofs"


def test_suites_and_keys_may_be_mixed_in_a_set() -> None:
    document = credential()
    for at, (suite, kind) in enumerate(PAIRS):
        document = sign(document, KEYS[kind], suite, created=NOW - HOUR, id=f"urn:uuid:{at}")
    assert [proven.suite for proven in check(document)] == [suite for suite, _kind in PAIRS]
