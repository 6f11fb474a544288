"""Who should not get an award does not: codes that others saw, guessed PINs, proofs made for something else."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gilde.core import clock
from gilde.core.access import SYSTEM
from gilde.credentials.keys.did import new_key
from gilde.credentials.keys.kinds import KeyKind, SigningKey
from gilde.credentials.models import Award, Offer, Rendering
from gilde.credentials.proofs import jose
from gilde.credentials.services import offering, stopping
from gilde.credentials.wallets.metadata import GRANT
from tests.credentials.factories import a_holder, an_award
from tests.credentials.wallets.wallet import FORM, Wallet, parameters

pytestmark = pytest.mark.django_db


def offered(award: Award | None = None) -> offering.Made:
    award = award or an_award()
    return offering.make(actor=a_holder(award), award=award)


def refused(answer: Any, error: str, status: int = 400) -> bool:
    """Whether an answer is a refusal as OAuth writes it, which no cache keeps and any site may read."""
    told = answer.json()
    described = told["error_description"]
    assert described.isascii()
    assert not set(described) & {'"', "\\"}
    assert answer["Cache-Control"] == "no-store"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert (answer.status_code, told["error"]) == (status, error), told
    return True


def wrong(pin: str) -> str:
    return f"{(int(pin) + 1) % 1_000_000:06}"


def nothing_left() -> bool:
    return not Rendering.objects.filter(form__in=["sd-jwt", "vc-jwt"]).exists()


def test_five_wrong_pins_end_the_offer_also_for_who_knows_the_right_one() -> None:
    made, wallet = offered(), Wallet()
    offer = wallet.open_offer(made.link)
    for _time in range(offering.TRIES):
        assert refused(wallet.ask_token(offer, wrong(made.pin)), "invalid_grant")
    assert refused(wallet.ask_token(offer, made.pin), "invalid_grant")
    assert (
        wallet.get(parameters(made.link, "openid-credential-offer")["credential_offer_uri"]).status_code
        == 404
    )


def test_four_wrong_pins_leave_one_try() -> None:
    made, wallet = offered(), Wallet()
    offer = wallet.open_offer(made.link)
    for _time in range(offering.TRIES - 1):
        wallet.ask_token(offer, wrong(made.pin))
    assert wallet.ask_token(offer, made.pin).status_code == 200


def test_a_wrong_code_a_wrong_pin_and_an_offer_that_ended_get_the_same_answer() -> None:
    made, wallet = offered(), Wallet()
    offer = wallet.open_offer(made.link)
    pin = wallet.ask_token(offer, wrong(made.pin)).content
    unknown = {**offer, "grants": {GRANT: {"pre-authorized_code": "0" * 64}}}
    code = wallet.ask_token(unknown, made.pin).content
    with clock.moved_to(clock.now() + timedelta(hours=1)):
        late = wallet.ask_token(offer, made.pin).content
    assert pin == code == late


def test_a_stolen_code_opens_nothing_the_second_time_and_then_nobody_gets_the_award() -> None:
    made, holder, thief = offered(), Wallet(), Wallet()
    offer = thief.redeem(made.link, made.pin)
    holder.issuer, holder.server = thief.issuer, thief.server
    assert refused(holder.ask_token(offer, made.pin), "invalid_grant")
    stolen = thief.ask_award(offer, thief.proof(thief.nonce()))
    assert refused(stolen, "invalid_token", 401)
    assert stolen["WWW-Authenticate"].startswith("Bearer")
    assert nothing_left()


def test_who_has_the_code_without_the_pin_cannot_take_the_token_of_the_holder_away() -> None:
    made, wallet, other = offered(), Wallet(), Wallet()
    offer = wallet.redeem(made.link, made.pin)
    other.server = wallet.server
    assert refused(other.ask_token(offer, wrong(made.pin)), "invalid_grant")
    assert wallet.ask_award(offer, wallet.proof(wallet.nonce())).status_code == 200


def test_a_token_is_good_for_one_award_once() -> None:
    made, wallet = offered(), Wallet()
    offer = wallet.redeem(made.link, made.pin)
    assert wallet.ask_award(offer, wallet.proof(wallet.nonce())).status_code == 200
    assert refused(wallet.ask_award(offer, wallet.proof(wallet.nonce())), "invalid_token", 401)
    assert Rendering.objects.filter(form="sd-jwt").count() == 1


def test_a_token_lasts_ten_minutes() -> None:
    made, wallet = offered(), Wallet()
    offer = wallet.redeem(made.link, made.pin)
    with clock.moved_to(clock.now() + timedelta(minutes=11)):
        assert refused(wallet.ask_award(offer, wallet.proof(wallet.nonce())), "invalid_token", 401)


@pytest.mark.parametrize("token", ["", "nonsense", "é"])
def test_another_token_opens_nothing(token: str) -> None:
    made, wallet = offered(), Wallet()
    offer = wallet.redeem(made.link, made.pin)
    wallet.token = token
    assert refused(wallet.ask_award(offer, wallet.proof(wallet.nonce())), "invalid_token", 401)


def test_a_nonce_is_used_once_by_anybody() -> None:
    first, wallet = offered(), Wallet()
    offer = wallet.redeem(first.link, first.pin)
    nonce = wallet.nonce()
    proof = wallet.proof(nonce)
    assert wallet.ask_award(offer, proof).status_code == 200
    second = offered()
    offer = wallet.redeem(second.link, second.pin)
    proof = wallet.proof(nonce)
    assert refused(wallet.ask_award(offer, proof), "invalid_nonce")
    assert Offer.objects.get(pk=second.offer.pk).issued_at is None
    assert wallet.ask_award(offer, wallet.proof(wallet.nonce())).status_code == 200


def test_a_nonce_that_is_old_or_not_of_here_is_refused() -> None:
    made, wallet = offered(), Wallet()
    offer = wallet.redeem(made.link, made.pin)
    nonce = wallet.nonce()
    changed = ("A" if nonce[-1] != "A" else "B").join([nonce[:-1], ""])
    for each in (changed, "nonce", "0" * 64):
        assert refused(wallet.ask_award(offer, wallet.proof(each)), "invalid_nonce")
    with clock.moved_to(clock.now() + timedelta(minutes=5, seconds=2)):
        assert refused(wallet.ask_award(offer, wallet.proof(nonce)), "invalid_nonce")


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "https://other.example"},
        {"aud": ["https://other.example"]},
        {"aud": None},
        {"iat": None},
        {"iat": 0},
        {"iat": 4_000_000_000},
        {"iat": "now"},
        {"nonce": None},
        {"nonce": 7},
        {"exp": 1},
        {"nbf": 4_000_000_000},
    ],
    ids=str,
)
def test_a_proof_for_another_issuer_or_time_is_refused(changes: dict[str, Any]) -> None:
    made, wallet = offered(), Wallet()
    offer = wallet.redeem(made.link, made.pin)
    claims = {"nonce": wallet.nonce(), **changes}
    assert refused(wallet.ask_award(offer, wallet.proof(**claims)), "invalid_proof")
    assert nothing_left()


def test_a_proof_by_another_key_than_it_names_is_refused() -> None:
    made, wallet = offered(), Wallet()
    offer = wallet.redeem(made.link, made.pin)
    proof = wallet.proof(wallet.nonce(), by=new_key(KeyKind.P256))
    assert refused(wallet.ask_award(offer, proof), "invalid_proof")


def _headers(wallet: Wallet) -> dict[str, dict[str, Any]]:
    jwk = wallet.key.public.jwk()
    return {
        "no key": {},
        "two keys": {"jwk": jwk, "kid": wallet.key.method},
        "a certificate": {"x5c": ["MIIB"]},
        "a trust chain": {"trust_chain": ["a.b.c"]},
        "a secret key": {"jwk": wallet.key.secret_jwk()},
        "a key of another kind": {"jwk": SigningKey.generate(KeyKind.P384).public.jwk()},
        "a shared secret": {"jwk": {"kty": "oct", "k": "AAAA"}, "alg": "HS256"},
        "no signature": {"jwk": jwk, "alg": "none"},
        "another algorithm": {"jwk": jwk, "alg": "EdDSA"},
        "another type": {"jwk": jwk, "typ": "JWT"},
        "a DID elsewhere": {"kid": "did:web:wallet.example#key-1"},
        "half a did:key": {"kid": wallet.key.method + "x"},
        "a demand": {"jwk": jwk, "crit": ["exp"]},
    }


@pytest.mark.parametrize("case", sorted(_headers(Wallet())))
def test_a_proof_with_a_confused_header_is_refused(case: str) -> None:
    made, wallet = offered(), Wallet()
    offer = wallet.redeem(made.link, made.pin)
    claims = {
        "aud": offer["credential_issuer"],
        "iat": int(clock.now().timestamp()),
        "nonce": wallet.nonce(),
    }
    bare = SigningKey(wallet.key.kind, wallet.key.private, "")
    proof = jose.sign(claims, bare, typ="openid4vci-proof+jwt", headers=_headers(wallet)[case])
    assert refused(wallet.ask_award(offer, proof), "invalid_proof")
    assert nothing_left()


@pytest.mark.parametrize(
    "proofs",
    [None, {}, [], {"jwt": []}, {"jwt": "a.b.c"}, {"jwt": [1]}, {"jwt": ["a", "b"]}, {"ldp_vp": [{}]}],
)
def test_one_proof_of_the_right_kind_is_asked_for(proofs: Any) -> None:
    made, wallet = offered(), Wallet()
    offer = wallet.redeem(made.link, made.pin)
    assert refused(wallet.ask_award(offer, "", proofs=proofs), "invalid_proof")


def test_only_what_was_offered_is_handed_over() -> None:
    made, wallet = offered(), Wallet()
    offer = wallet.redeem(made.link, made.pin)
    proof = wallet.proof(wallet.nonce())
    for name in ("award-jwt-vc", "something", 7):
        answer = wallet.ask_award(offer, proof, credential_configuration_id=name)
        assert refused(answer, "unknown_credential_configuration")
    told = {"credential_identifier": "something", "proofs": {"jwt": [proof]}}
    answer = wallet.post_json(wallet.issuer["credential_endpoint"], told, wallet.token)
    assert refused(answer, "unknown_credential_identifier")
    both = wallet.ask_award(offer, proof, credential_identifier="award-sd-jwt")
    assert refused(both, "invalid_credential_request")
    encrypted = wallet.ask_award(offer, proof, credential_response_encryption={"enc": "A128GCM"})
    assert refused(encrypted, "invalid_encryption_parameters")


def test_revoked_between_offer_and_fetching_it_goes_into_no_wallet() -> None:
    made, wallet = offered(), Wallet()
    offer = wallet.redeem(made.link, made.pin)
    stopping.revoke(actor=SYSTEM, awards=[made.offer.award], reason="Issued by mistake", notify=False)
    assert refused(wallet.ask_award(offer, wallet.proof(wallet.nonce())), "credential_request_denied")
    assert nothing_left()
    assert Offer.objects.get().issued_at is None


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"grant_type": ""}, "invalid_request"),
        ({"grant_type": "authorization_code"}, "unsupported_grant_type"),
        ({"pre-authorized_code": ""}, "invalid_request"),
        ({"tx_code": ""}, "invalid_request"),
        ({"authorization_details": "nonsense"}, "invalid_request"),
        ({"authorization_details": '[{"type":"payment"}]'}, "invalid_request"),
        ({"authorization_details": '1},"x":{"y":1'}, "invalid_request"),
    ],
)
def test_a_request_for_a_token_that_lacks_something_costs_no_try(changes: dict[str, str], error: str) -> None:
    made, wallet = offered(), Wallet()
    offer = wallet.open_offer(made.link)
    assert refused(wallet.ask_token(offer, made.pin, **changes), error)
    assert Offer.objects.get().tries == 0
    assert wallet.ask_token(offer, made.pin).status_code == 200


def test_a_parameter_twice_is_refused() -> None:
    made, wallet = offered(), Wallet()
    offer = wallet.open_offer(made.link)
    code = offer["grants"][GRANT]["pre-authorized_code"]
    body = f"grant_type={GRANT}&pre-authorized_code={code}&tx_code={made.pin}&tx_code=000000"
    assert refused(wallet.client.post("/openid/token", body, content_type=FORM), "invalid_request")


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"nonsense", b'{"a":1,"a":2}', b'{"a":NaN}', b'{"a":' * 5000, b"\xff\xfe", b'"text"'],
    ids=range(8),
)
def test_json_is_read_strictly(body: bytes) -> None:
    made, wallet = offered(), Wallet()
    wallet.redeem(made.link, made.pin)
    answer = wallet.post_json(wallet.issuer["credential_endpoint"], body, wallet.token)
    assert refused(answer, "invalid_credential_request")
    answer = wallet.post_json(wallet.issuer["notification_endpoint"], body, wallet.token)
    assert refused(answer, "invalid_notification_request")


@pytest.mark.parametrize(
    "route", ["openid-token", "openid-nonce", "openid-credential", "openid-notification"]
)
def test_an_oversized_body_is_not_read(route: str) -> None:
    at = reverse(f"credentials:{route}")
    answer = Client().post(at, b"x" * 70_000, content_type="application/json")
    assert refused(answer, "invalid_request", 413)


@pytest.mark.parametrize("route", ["openid-token", "openid-credential", "openid-notification"])
def test_a_body_of_another_type_is_refused(route: str) -> None:
    made, wallet = offered(), Wallet()
    wallet.redeem(made.link, made.pin)
    at, header = reverse(f"credentials:{route}"), f"Bearer {wallet.token}"
    answer = wallet.client.post(at, b"a=b", content_type="text/plain", HTTP_AUTHORIZATION=header)
    assert answer.status_code == 400


def test_a_notification_is_of_the_award_that_was_handed_over() -> None:
    made, wallet = offered(), Wallet()
    wallet.redeem(made.link, made.pin)
    wallet.notification_id = "0" * 64
    assert refused(wallet.tell("credential_accepted"), "invalid_notification_id")
    assert refused(wallet.tell("credential_sold"), "invalid_notification_request")
    other, second = Wallet(), offered()
    other.take(second.link, second.pin)
    wallet.notification_id = other.notification_id
    assert refused(wallet.tell("credential_accepted"), "invalid_notification_id")
    assert Offer.objects.get(pk=made.offer.pk).outcome == ""


def test_web_wallets_of_any_site_may_ask_and_no_cookie_is_set() -> None:
    for route in (
        "openid-token",
        "openid-nonce",
        "openid-credential",
        "openid-notification",
        "openid-response",
    ):
        at = reverse(f"credentials:{route}")
        asked = Client().options(at, HTTP_ORIGIN="https://wallet.example")
        assert asked.status_code == 204
        assert asked["Access-Control-Allow-Origin"] == "*"
        assert "Authorization" in asked["Access-Control-Allow-Headers"]
        assert "POST" in asked["Access-Control-Allow-Methods"]
        assert not Client().post(at).cookies
        assert refused(Client().get(at), "invalid_request", 405)


def test_one_address_cannot_ask_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.core.cache import cache

    from gilde.credentials.views import vci

    cache.clear()
    monkeypatch.setattr(vci, "ASKED", 3)
    answers = [Client().post("/openid/nonce") for _time in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[-1]["Retry-After"] == "60"


def test_the_secret_of_an_offer_is_in_no_line_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    Client().get("/openid/offers/a-secret-that-ended")
    assert "a-secret-that-ended" not in caplog.text
    assert "/openid/offers/" in caplog.text


def test_nothing_personal_stands_in_an_offer() -> None:
    award = an_award()
    wallet, made = Wallet(), offered(award)
    offer = json.dumps(wallet.open_offer(made.link))
    assert award.holder.family_name not in offer
    assert str(award.pk) not in offer + made.link
