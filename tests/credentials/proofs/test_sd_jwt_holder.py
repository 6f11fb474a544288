"""The holder's proof (RFC 9901, section 7.3): who shows a credential is the one it was issued to, now, and to us."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from gilde.credentials.errors import Altered
from gilde.credentials.keys.did import resolve_key
from gilde.credentials.keys.kinds import KeyKind, base64url
from gilde.credentials.proofs import jose, sd_jwt
from tests.credentials.proofs.jose_tools import NOW, key, opened, refused
from tests.credentials.proofs.test_sd_jwt import ASKED, BOUND, CLAIMS, HIDDEN, HOLDER, PRESENTED, issued


def kb_claims(presented: str, **changes: Any) -> dict[str, Any]:
    return {**opened(presented.rsplit("~", 1)[1])[1], **changes}


def bound_by_hand(signer: Any = HOLDER, typ: str = "kb+jwt", **changes: Any) -> str:
    head, _binding = PRESENTED.rsplit("~", 1)
    claims = {name: value for name, value in kb_claims(PRESENTED, **changes).items() if value is not ...}
    return f"{head}~{jose.sign(claims, signer, typ=typ)}"


def test_a_credential_shown_by_one_who_does_not_prove_to_hold_it_is_refused() -> None:
    with refused(sd_jwt.Unbound, "binding-missing"):
        sd_jwt.verify(sd_jwt.present(issued()), resolve_key, now=NOW, **ASKED)


def test_a_credential_that_is_bound_to_nobody_cannot_be_proven_to_be_held() -> None:
    unbound = sd_jwt.issue(CLAIMS, key(), hidden=HIDDEN)

    with refused(sd_jwt.Unbound, "binding-key"):
        sd_jwt.present(unbound, **BOUND)
    with refused(sd_jwt.Unbound, "binding-key"):
        sd_jwt.verify(unbound + PRESENTED.rsplit("~", 1)[1], resolve_key, now=NOW, **ASKED)


def test_a_proof_replayed_to_another_employer_is_refused() -> None:
    with refused(sd_jwt.Unbound, "binding-audience"):
        sd_jwt.verify(PRESENTED, resolve_key, now=NOW, audience="https://other.example", nonce="n-1")


def test_a_proof_replayed_on_another_occasion_is_refused() -> None:
    with refused(sd_jwt.Unbound, "binding-nonce"):
        sd_jwt.verify(PRESENTED, resolve_key, now=NOW, audience=ASKED["audience"], nonce="n-2")


@pytest.mark.parametrize("minutes", [-6, 6, 60 * 24])
def test_a_proof_that_was_not_made_just_now_is_refused(minutes: int) -> None:
    with refused(sd_jwt.Unbound, "binding-time"):
        sd_jwt.verify(PRESENTED, resolve_key, now=NOW + timedelta(minutes=minutes), **ASKED)


def test_a_proof_with_a_period_of_its_own_is_held_to_it() -> None:
    second = int(NOW.timestamp())

    with refused(sd_jwt.Unbound, "binding-time"):
        sd_jwt.verify(bound_by_hand(exp=second), resolve_key, now=NOW, **ASKED)
    assert sd_jwt.verify(bound_by_hand(exp=second + 1), resolve_key, now=NOW, **ASKED).bound


def test_a_proof_for_other_disclosures_is_refused() -> None:
    jwt, first, _second, binding = PRESENTED.split("~")

    with refused(sd_jwt.Unbound, "binding-hash"):
        sd_jwt.verify("~".join([jwt, first, binding]), resolve_key, now=NOW, **ASKED)


def test_a_proof_made_with_another_key_than_the_holders_is_refused() -> None:
    with refused(sd_jwt.Unbound, "binding-signature-wrong"):
        sd_jwt.verify(bound_by_hand(key(KeyKind.P256, number=8)), resolve_key, now=NOW, **ASKED)
    with refused(sd_jwt.Unbound, "binding-algorithm-of-key"):
        sd_jwt.verify(bound_by_hand(key()), resolve_key, now=NOW, **ASKED)


def test_the_holders_key_cannot_be_swapped_for_the_thiefs() -> None:
    thief = key(KeyKind.P256, number=8)
    jwt, *rest = sd_jwt.present(issued(), [("name",)]).split("~")
    header, payload, signature = jwt.split(".")
    swapped = {**json.loads(jose.unpacked(payload)), "cnf": {"jwk": thief.public.jwk()}}
    forged = "~".join([f"{header}.{base64url(jose.to_json(swapped))}.{signature}", *rest])

    with refused(Altered, "signature-wrong"):
        sd_jwt.verify(sd_jwt.present(forged, **{**BOUND, "holder_key": thief}), resolve_key, now=NOW, **ASKED)


def test_a_wallet_does_not_present_what_is_bound_to_another_key() -> None:
    with refused(sd_jwt.Unbound, "binding-key"):
        sd_jwt.present(issued(), **{**BOUND, "holder_key": key(KeyKind.P256, number=8)})


def test_another_token_of_the_holder_is_no_proof() -> None:
    with refused(sd_jwt.Unbound, "binding-typ"):
        sd_jwt.verify(bound_by_hand(typ="JWT"), resolve_key, now=NOW, **ASKED)


@pytest.mark.parametrize(
    "changes", [{"aud": ...}, {"nonce": ...}, {"iat": ...}, {"aud": ["https://employer.example"]}]
)
def test_a_proof_that_lacks_a_part_is_refused(changes: dict[str, Any]) -> None:
    with refused(sd_jwt.Unbound, "binding-incomplete"):
        sd_jwt.verify(bound_by_hand(**changes), resolve_key, now=NOW, **ASKED)


def test_a_proof_without_the_hash_of_what_is_shown_is_refused() -> None:
    with refused(sd_jwt.Unbound, "binding-hash"):
        sd_jwt.verify(bound_by_hand(sd_hash=...), resolve_key, now=NOW, **ASKED)


def test_a_proof_that_was_not_asked_for_must_hold_all_the_same() -> None:
    with refused(sd_jwt.Unbound, "binding-signature-wrong"):
        sd_jwt.verify(bound_by_hand(key(KeyKind.P256, number=8)), resolve_key, now=NOW)


@pytest.mark.parametrize("cnf", [{"kid": "x"}, "key", {"jwk": "key"}, {"jwk": {"kty": "oct", "k": "AA"}}, {}])
def test_a_binding_of_an_unknown_kind_is_refused_where_one_is_asked(cnf: object) -> None:
    token = sd_jwt.issue({**CLAIMS, "cnf": cnf}, key()) + PRESENTED.rsplit("~", 1)[1]

    with refused(sd_jwt.Unbound, "binding-key"):
        sd_jwt.verify(token, resolve_key, now=NOW, **ASKED)


@pytest.mark.parametrize("half", [{"audience": "https://employer.example"}, {"nonce": "n-1"}])
def test_asking_for_half_a_proof_is_a_mistake_of_the_caller(half: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="audience and a nonce"):
        sd_jwt.verify(PRESENTED, resolve_key, now=NOW, **half)
