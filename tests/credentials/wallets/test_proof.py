"""A proof of possession shows that the wallet has the key, for this issuer and now, and nothing changed shows it."""

from __future__ import annotations

import string
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gilde.credentials.keys.did import new_key
from gilde.credentials.keys.kinds import KeyKind, SigningKey
from gilde.credentials.proofs import jose
from gilde.credentials.wallets import proof
from gilde.credentials.wallets.refusals import Refusal

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ISSUER = "https://gilde.example/issuers/school"
KEYS = {kind: new_key(kind) for kind in proof.KINDS}
BASE64URL = string.ascii_letters + string.digits + "-_"


def made(kind: KeyKind, *, did: bool, at: datetime = NOW) -> str:
    key = KEYS[kind]
    claims = {"aud": ISSUER, "iat": int(at.timestamp()), "nonce": "a-nonce"}
    if did:
        return jose.sign(claims, key, typ=proof.TYPE)
    return jose.sign(
        claims, SigningKey(kind, key.private, ""), typ=proof.TYPE, headers={"jwk": key.public.jwk()}
    )


TOKENS = {(kind, did): made(kind, did=did) for kind in proof.KINDS for did in (False, True)}


@pytest.mark.parametrize("case", sorted(TOKENS))
def test_a_proof_tells_its_key_and_its_nonce(case: tuple[KeyKind, bool]) -> None:
    assert proof.read(TOKENS[case], audiences={ISSUER}, now=NOW) == proof.Proof(
        KEYS[case[0]].public, "a-nonce"
    )


@given(st.sampled_from(sorted(TOKENS)), st.data())
def test_a_proof_with_one_character_changed_proves_nothing(
    case: tuple[KeyKind, bool], data: st.DataObject
) -> None:
    token = TOKENS[case]
    place = data.draw(st.integers(0, len(token) - 1))
    character = data.draw(st.sampled_from(BASE64URL + ".=~ ").filter(lambda each: each != token[place]))
    with pytest.raises(Refusal) as refusal:
        proof.read(token[:place] + character + token[place + 1 :], audiences={ISSUER}, now=NOW)
    assert refusal.value.error == "invalid_proof"


@given(st.timedeltas(timedelta(minutes=-30), timedelta(minutes=30)))
def test_a_proof_is_fresh_for_five_minutes_and_a_clock_may_be_a_minute_ahead(age: timedelta) -> None:
    age = timedelta(seconds=int(age.total_seconds()))
    fresh = -proof.SKEW <= age <= proof.WINDOW
    token = made(KeyKind.ED25519, did=True, at=NOW - age)
    if fresh:
        assert proof.read(token, audiences={ISSUER}, now=NOW).nonce == "a-nonce"
    else:
        with pytest.raises(Refusal, match="just now"):
            proof.read(token, audiences={ISSUER}, now=NOW)


def test_a_did_key_may_be_named_without_its_fragment() -> None:
    key = KEYS[KeyKind.P256]
    bare = SigningKey(key.kind, key.private, "")
    claims = {"aud": ISSUER, "iat": int(NOW.timestamp()), "nonce": "a-nonce"}
    token = jose.sign(claims, bare, typ=proof.TYPE, headers={"kid": key.method.partition("#")[0]})
    assert proof.read(token, audiences={ISSUER}, now=NOW).key == key.public


@given(
    st.recursive(
        st.none() | st.text(max_size=5), lambda each: st.lists(each) | st.dictionaries(st.text(), each)
    )
)
def test_nothing_else_is_taken_for_a_list_of_one_proof(told: object) -> None:
    with pytest.raises(Refusal):
        proof.proofs(told)
