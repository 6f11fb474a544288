"""When a signature was made, when its key was in use, and which definitions it was made with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gilde.credentials.errors import Altered, Unreadable, Unsupported
from gilde.credentials.keys.did import Method, resolve_key
from gilde.credentials.keys.kinds import KeyKind, SigningKey
from gilde.credentials.linked.tables import CONFORMANCE, CREDENTIALS_V1, CREDENTIALS_V2
from gilde.credentials.proofs.data_integrity import CONTEXT, sign, verify
from tests.credentials.proofs.test_data_integrity import (
    HOUR,
    KEYS,
    NOW,
    PAIRS,
    Json,
    check,
    credential,
    every_pair,
    forged,
    refusal,
    signed,
)


def resolving(**period: Any) -> Callable[[str], Method]:
    return lambda url: replace(resolve_key(url), **period)


@every_pair
def test_a_proof_without_a_date_holds(suite: str, kind: KeyKind) -> None:
    (proven,) = check(forged(suite, kind, created=None))
    assert proven.created is None


@every_pair
def test_an_old_proof_holds(suite: str, kind: KeyKind) -> None:
    assert check(forged(suite, kind, created="2025-05-01T12:00:00Z"))
    assert check(forged(suite, kind, created="2025-05-01T12:00:00+02:00"))


def test_an_expired_proof_is_refused_from_that_moment_on() -> None:
    secured = signed("eddsa-jcs-2022", KeyKind.ED25519, expires=NOW)
    assert refusal(secured)[:2] == (Altered, "proof-expired")
    assert verify(secured, resolve_key, now=NOW - timedelta(seconds=1))


def test_a_proof_of_the_future_is_refused_but_for_clocks_that_differ() -> None:
    key = KEYS[KeyKind.ED25519]
    assert check(sign(credential(), key, "eddsa-jcs-2022", created=NOW + timedelta(minutes=5)))
    assert refusal(sign(credential(), key, "eddsa-jcs-2022", created=NOW + HOUR))[1] == "created-in-future"


def test_a_signature_outside_the_period_of_its_key_is_refused() -> None:
    secured = signed("eddsa-jcs-2022", KeyKind.ED25519)
    made, second = NOW - HOUR, timedelta(seconds=1)
    cases: list[tuple[Json, str]] = [
        ({"since": made, "until": made}, ""),
        ({"since": made + second}, "key-period"),
        ({"until": made - second}, "key-period"),
        ({"compromised": made + second}, ""),
        ({"compromised": made}, "key-compromised"),
        ({"compromised": made - second}, "key-compromised"),
    ]
    for period, reason in cases:
        if reason:
            with pytest.raises(Altered) as refused:
                verify(secured, resolving(**period), now=NOW)
            assert refused.value.reason == reason
        else:
            (proven,) = verify(secured, resolving(**period), now=NOW)
            assert proven.method.compromised == period.get("compromised")


def test_a_signature_without_a_date_by_a_compromised_key_is_refused() -> None:
    document = forged("eddsa-jcs-2022", KeyKind.ED25519, created=None)
    with pytest.raises(Altered) as refused:
        verify(document, resolving(compromised=NOW + HOUR), now=NOW)
    assert refused.value.reason == "key-compromised"


def test_a_signature_without_a_date_counts_as_made_now() -> None:
    document = forged("eddsa-jcs-2022", KeyKind.ED25519, created=None)
    assert verify(document, resolving(until=NOW), now=NOW)
    with pytest.raises(Altered) as refused:
        verify(document, resolving(until=NOW - HOUR), now=NOW)
    assert refused.value.reason == "key-period"


def test_ten_rotations_and_every_signature_still_holds() -> None:
    did, day = "did:web:school.example", timedelta(days=30)
    keys = [SigningKey.generate(KeyKind.ED25519, f"{did}#{at}") for at in range(11)]
    begins = [NOW - (11 - at) * day for at in range(11)]
    methods = {
        key.method: Method(key.method, did, key.public, frozenset({"assertionMethod"}), since, since + day)
        for key, since in zip(keys, begins, strict=True)
    }
    for at, key in enumerate(keys):
        secured = sign(credential(), key, "eddsa-rdfc-2022", created=begins[at] + HOUR)
        assert verify(secured, methods.__getitem__, now=NOW)[0].method.id == key.method
        late = sign(credential(), key, "eddsa-rdfc-2022", created=begins[at] + day + HOUR)
        with pytest.raises(Altered):
            verify(late, methods.__getitem__, now=NOW + 2 * day)


def test_a_key_that_its_owner_does_not_list_for_the_purpose_is_refused() -> None:
    secured = signed("eddsa-jcs-2022", KeyKind.ED25519)
    with pytest.raises(Altered) as refused:
        verify(secured, resolving(purposes=frozenset({"authentication"})), now=NOW)
    assert refused.value.reason == "purpose-not-allowed"


def test_a_method_that_is_not_the_one_that_was_named_is_refused() -> None:
    secured = signed("eddsa-jcs-2022", KeyKind.ED25519)
    with pytest.raises(Unreadable) as refused:
        verify(secured, resolving(id="did:web:other.example#1"), now=NOW)
    assert refused.value.reason == "verification-method"


def test_what_the_resolver_raises_is_passed_on() -> None:
    def unreachable(url: str) -> Method:
        raise Unsupported("no way", "unreachable")

    with pytest.raises(Unsupported, match="no way"):
        verify(signed("eddsa-jcs-2022", KeyKind.ED25519), unreachable, now=NOW)


@every_pair
def test_a_key_of_another_kind_under_the_same_name_is_refused(suite: str, kind: KeyKind) -> None:
    for other in KeyKind:
        if other is not kind:
            with pytest.raises(Altered) as refused:
                verify(signed(suite, kind), resolving(public=KEYS[other].public), now=NOW)
            assert refused.value.reason in ("key-kind", "signature-length")


def test_a_document_of_data_model_1_gets_the_context_of_proofs() -> None:
    document = {
        "@context": [CREDENTIALS_V1],
        "type": ["VerifiableCredential"],
        "issuer": "did:web:school.example",
        "issuanceDate": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": "did:example:abcdefgh"},
    }
    for suite, kind in PAIRS:
        secured = signed(suite, kind, document, contexts=CONFORMANCE)
        assert secured["@context"] == [CREDENTIALS_V1, CONTEXT]
        assert check(secured, contexts=CONFORMANCE)
    assert document["@context"] == [CREDENTIALS_V1]


def test_the_contexts_of_a_signed_document_never_grow() -> None:
    bare = {"@context": [CREDENTIALS_V1], "type": ["VerifiableCredential"], "proof": {}}
    bare["proof"] = signed("eddsa-jcs-2022", KeyKind.ED25519)["proof"]
    with pytest.raises(Unreadable) as refused:
        signed("eddsa-jcs-2022", KeyKind.ED25519, bare)
    assert refused.value.reason == "context"


def test_a_context_added_after_a_signature_by_jcs_holds_while_the_meaning_stays() -> None:
    secured = signed("eddsa-jcs-2022", KeyKind.ED25519)
    secured["@context"] = [CREDENTIALS_V2, CONTEXT]
    assert check(secured, contexts=CONFORMANCE)
    for wrong in ([CONTEXT, CREDENTIALS_V2], [CONTEXT], []):
        secured["@context"] = wrong
        assert refusal(secured, contexts=CONFORMANCE) == (
            Altered,
            "proof-context",
            "PROOF_VERIFICATION_ERROR",
        )


def test_a_context_added_after_a_signature_by_jcs_never_changes_what_it_says() -> None:
    own = {"motto": "https://school.example/motto"}
    document = credential(**{"@context": [CREDENTIALS_V2, own], "motto": "Never late"})
    secured = signed("eddsa-jcs-2022", KeyKind.ED25519, document, contexts=CONFORMANCE)
    assert check(secured, contexts=CONFORMANCE)
    secured["@context"] = [CREDENTIALS_V2, own, {"motto": "https://school.example/slander"}]
    assert refusal(secured, contexts=CONFORMANCE)[:2] == (Altered, "proof-context")


def test_a_context_in_a_proof_that_is_not_the_documents_is_refused() -> None:
    for suite, kind in PAIRS:
        secured = signed(suite, kind)
        secured["proof"]["@context"] = [CONTEXT]
        assert refusal(secured)[:2] == (Altered, "proof-context")
