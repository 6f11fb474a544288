"""Who shows an award that is not theirs, or shows it again, convinces nobody."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gilde.core import clock
from gilde.credentials.keys.did import new_key
from gilde.credentials.keys.kinds import KeyKind
from gilde.credentials.models import Request
from gilde.credentials.proofs import sd_jwt
from gilde.credentials.services import asking
from gilde.credentials.verdict import Answer, Subject
from gilde.credentials.wallets.dcql import Detail, Wanted
from tests.credentials.test_vci_attacks import refused
from tests.credentials.test_vp import WANTED, a_wallet, answered
from tests.credentials.wallets.wallet import FORM, Wallet

pytestmark = pytest.mark.django_db


@pytest.fixture
def wallet() -> Wallet:
    return a_wallet()


@pytest.fixture
def request_(wallet: Wallet) -> Request:
    return asking.ask(WANTED)


def judged(request: Request) -> tuple[Answer, str]:
    """Return the verdict, and what was found out of who shows it."""
    verdict = answered(request).verdict
    assert verdict is not None
    (reason,) = [check.reason for check in verdict.checks if check.subject == Subject.HOLDER]
    return verdict.answer, reason


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"audience": "https://other.example"}, "binding-audience"),
        ({"audience": "decentralized_identifier:did:web:other.example"}, "binding-audience"),
        ({"nonce": "another"}, "binding-nonce"),
        ({"now": timedelta(minutes=-6)}, "binding-time"),
        ({"now": timedelta(minutes=6)}, "binding-time"),
    ],
)
def test_a_proof_for_another_audience_occasion_or_time_is_not_believed(
    wallet: Wallet, request_: Request, changes: dict[str, Any], reason: str
) -> None:
    if "now" in changes:
        changes = {"now": clock.now() + changes["now"]}
    question = wallet.read_question(asking.signed_link(request_))
    assert wallet.send(question, wallet.present(question, **changes)).status_code == 200
    assert judged(request_) == (Answer.ALTERED, reason)
    assert answered(request_).verdict.facts is None  # type: ignore[union-attr]


def test_an_answer_that_was_seen_does_not_answer_the_next_question(wallet: Wallet, request_: Request) -> None:
    first = wallet.read_question(asking.signed_link(request_))
    seen = wallet.present(first)
    wallet.send(first, seen)
    again = asking.ask(WANTED)
    thief = Wallet()
    thief.send(thief.read_question(asking.signed_link(again)), seen)
    assert judged(again) == (Answer.ALTERED, "binding-nonce")


def test_an_award_without_a_proof_of_its_holder_is_not_believed(wallet: Wallet, request_: Request) -> None:
    question = wallet.read_question(asking.signed_link(request_))
    bare = sd_jwt.present(wallet.awards[0], keep=None, holder_key=None)
    wallet.send(question, bare)
    assert judged(request_) == (Answer.ALTERED, "binding-missing")


def test_an_award_that_another_key_presents_is_not_believed(wallet: Wallet, request_: Request) -> None:
    from gilde.credentials.keys.kinds import SigningKey
    from gilde.credentials.proofs import jose
    from gilde.credentials.proofs.disclosures import digest

    question = wallet.read_question(asking.signed_link(request_))
    shown = sd_jwt.present(wallet.awards[0], keep=[], holder_key=None)
    other = new_key(KeyKind.P256)
    claims = {
        "iat": int(clock.now().timestamp()),
        "aud": question["client_id"],
        "nonce": question["nonce"],
        "sd_hash": digest(shown, "sha-256"),
    }
    forged = shown + jose.sign(claims, SigningKey(other.kind, other.private, ""), typ="kb+jwt")
    wallet.send(question, forged)
    assert judged(request_)[0] == Answer.ALTERED


def test_more_cannot_be_shown_than_the_holder_showed(wallet: Wallet, request_: Request) -> None:
    question = wallet.read_question(asking.signed_link(request_))
    presented = wallet.present(question)
    jwt, *rest = presented.split("~")
    hidden = next(each for each in wallet.awards[0].split("~")[1:] if each and each not in rest)
    wallet.send(question, "~".join([jwt, hidden, *rest]))
    assert judged(request_) == (Answer.ALTERED, "binding-hash")


def test_a_changed_award_is_altered(wallet: Wallet, request_: Request) -> None:
    question = wallet.read_question(asking.signed_link(request_))
    signature = wallet.awards[0].partition("~")[0].rpartition(".")[2]
    flipped = signature[:8] + ("A" if signature[8] != "A" else "B") + signature[9:]
    wallet.send(question, wallet.present(question).replace(signature, flipped))
    assert answered(request_).verdict.answer == Answer.ALTERED  # type: ignore[union-attr]


def test_the_first_answer_counts(wallet: Wallet, request_: Request) -> None:
    question = wallet.read_question(asking.plain_link(request_))
    assert wallet.send(question, wallet.present(question)).status_code == 200
    assert refused(wallet.send(question, wallet.present(question)), "invalid_request")
    assert judged(request_) == (Answer.VALID, "bound")
    assert wallet.get(f"/openid/requests/{request_.state}").status_code == 404


def test_a_question_that_ended_takes_no_answer(wallet: Wallet, request_: Request) -> None:
    question = wallet.read_question(asking.signed_link(request_))
    with clock.moved_to(clock.now() + timedelta(minutes=10, seconds=1)):
        assert refused(wallet.send(question, wallet.present(question)), "invalid_request")
        assert wallet.get(f"/openid/requests/{request_.state}").status_code == 404


@pytest.mark.parametrize(
    "token",
    [
        "nonsense",
        "[]",
        "{}",
        '{"award":"text"}',
        '{"award":[]}',
        '{"award":["a.b.c~"]}',
        '{"award":[1]}',
        '{"other":["x"]}',
        '{"award":["x"],"award":["y"]}',
        '{"award":["x","y"]}',
        "[" * 5000,
    ],
    ids=range(11),
)
def test_what_is_no_answer_leaves_the_question_open(wallet: Wallet, request_: Request, token: str) -> None:
    question = wallet.read_question(asking.signed_link(request_))
    assert refused(wallet.send(question, "", vp_token=token), "invalid_request")
    assert asking.answered(asking.question(request_.pk)) is None
    assert wallet.answer(asking.signed_link(request_)).status_code == 200


def test_a_credential_of_another_type_is_no_answer(wallet: Wallet, request_: Request) -> None:
    question = wallet.read_question(asking.signed_link(request_))
    key = new_key(KeyKind.ED25519)
    did = key.method.partition("#")[0]
    forged = sd_jwt.issue(
        {"iss": did, "vct": "https://other.example/card"}, key, holder_key=wallet.key.public
    )
    shown = sd_jwt.present(
        forged,
        keep=None,
        holder_key=wallet.key,
        audience=question["client_id"],
        nonce=question["nonce"],
        now=clock.now(),
    )
    assert refused(wallet.send(question, shown), "invalid_request")


def test_who_issues_to_themselves_is_an_unknown_issuer(wallet: Wallet, request_: Request) -> None:
    question = wallet.read_question(asking.signed_link(request_))
    key = new_key(KeyKind.ED25519)
    claims = {**wallet._claims(wallet.awards[0]), "iss": key.method.partition("#")[0]}
    for name in ("cnf", "status", "_sd_alg"):
        claims.pop(name, None)
    wallet.awards = [sd_jwt.issue(claims, key, holder_key=wallet.key.public)]
    wallet.send(question, wallet.present(question))
    verdict = answered(request_).verdict
    assert verdict is not None
    assert verdict.answer == Answer.UNKNOWN_ISSUER


@pytest.mark.parametrize("body", [b"", b"state=x", b"vp_token=%ff&state=x", b"&&&", b"a=1&" * 100])
def test_a_form_that_says_nothing_is_refused(request_: Request, body: bytes) -> None:
    answer = Client().post("/openid/response", body, content_type=FORM)
    assert refused(answer, "invalid_request")


def test_an_oversized_answer_is_not_read(request_: Request) -> None:
    body = b"state=" + request_.state.encode() + b"&vp_token=" + b"x" * 600_000
    assert refused(Client().post("/openid/response", body, content_type=FORM), "invalid_request", 413)
    assert asking.answered(asking.question(request_.pk)) is None


def test_who_saw_the_code_cannot_open_the_page_of_who_asks(wallet: Wallet, request_: Request) -> None:
    question = json.dumps(wallet.read_question(asking.signed_link(request_)))
    assert str(request_.pk) not in question + asking.signed_link(request_) + asking.plain_link(request_)
    assert Client().get(f"/ask/{request_.state}/").status_code == 404


def test_too_many_questions_from_one_address_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.core.cache import cache

    from gilde.credentials.views import vp

    cache.clear()
    monkeypatch.setattr(vp, "QUESTIONS", 2)
    at = reverse("credentials:ask")
    told = {"kind": "", "title": "", "details": []}
    answers = [Client().post(at, told).status_code for _time in range(3)]
    assert answers == [302, 302, 429]
    assert Request.objects.count() == 2


def test_what_is_asked_for_is_one_of_the_details_that_there_are() -> None:
    answer = Client().post(reverse("credentials:ask"), {"kind": "passport", "details": ["shoe-size"]})
    assert answer.status_code == 422
    assert not Request.objects.exists()


def test_a_request_tells_the_wallet_the_whole_question_and_nothing_of_who_asks(wallet: Wallet) -> None:
    request = asking.ask(Wanted("certificate", "", (Detail.NAME,)))
    question = wallet.read_question(asking.signed_link(request))
    assert question["aud"] == "https://self-issued.me/v2"
    assert question["response_mode"] == "direct_post"
    assert question["exp"] == int(request.expires_at.timestamp())
    (asked,) = question["dcql_query"]["credentials"]
    assert {"path": ["kind"], "values": ["certificate"]} in asked["claims"]
    assert {"path": ["given_name"]} in asked["claims"]
    assert set(question) == {
        *("client_id", "response_type", "response_mode", "response_uri", "nonce", "state", "dcql_query"),
        *("client_metadata", "aud", "iat", "exp"),
    }
