"""An award goes into another wallet: offered by its holder, fetched with code, PIN and key, and arrived."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gilde.core import clock
from gilde.core.errors import Invalid, Refused
from gilde.core.models import AuditEvent
from gilde.credentials.keys.kinds import KeyKind
from gilde.credentials.models import Award, Offer, Rendering, State
from gilde.credentials.renderings import qr
from gilde.credentials.services import checking, offering
from gilde.credentials.verdict import Answer, Subject
from tests.client import GildeClient
from tests.credentials.factories import UserFactory, a_holder, an_achievement, an_award, an_issuer
from tests.credentials.wallets.wallet import Wallet, parameters, path

pytestmark = pytest.mark.django_db


def offered(award: Award | None = None, **options: Any) -> offering.Made:
    award = award or an_award()
    return offering.make(actor=a_holder(award), award=award, **options)


@pytest.mark.parametrize("kind", [KeyKind.P256, KeyKind.ED25519])
@pytest.mark.parametrize("did", [False, True], ids=["jwk", "did:key"])
def test_a_wallet_takes_an_award_by_its_code_and_pin(kind: KeyKind, did: bool) -> None:
    made, wallet = offered(), Wallet(kind)
    award = wallet.take(made.link, made.pin, did=did)
    verdict = checking.check_given(award)
    assert verdict.answer == Answer.VALID
    assert verdict.facts is not None
    assert verdict.facts.id == f"urn:uuid:{made.offer.award_id}"
    assert any(check.reason == "not-presented" for check in verdict.checks)
    offer = Offer.objects.get()
    assert offer.outcome == "accepted"
    assert offer.issued_at is not None


def test_the_award_is_bound_to_the_key_of_the_wallet_alone() -> None:
    made, wallet = offered(), Wallet()
    wallet.take(made.link, made.pin)
    claims = wallet._claims(wallet.awards[0])
    assert claims["cnf"] == {"jwk": wallet.key.public.jwk()}


def test_a_wallet_that_takes_w3c_credentials_gets_one_about_its_own_did() -> None:
    made, wallet = offered(form=Rendering.Form.VC_JWT), Wallet(KeyKind.ED25519)
    award = wallet.take(made.link, made.pin)
    verdict = checking.check_given(award)
    assert verdict.answer == Answer.VALID
    assert verdict.format == "vc-jwt"
    assert verdict.facts is not None
    assert verdict.facts.holder.id == wallet.key.method.partition("#")[0]


def test_what_went_into_a_wallet_is_in_the_log_and_not_kept_here() -> None:
    for form in offering.CONFIGURATIONS:
        made = offered(form=form)
        Wallet().take(made.link, made.pin)
        left = Rendering.objects.get(award=made.offer.award, form=form)
        assert left.content is None
        assert left.leaf is not None


def test_code_and_pin_are_shown_once_and_stored_by_nobody() -> None:
    made = offered()
    secret = parameters(made.link, "openid-credential-offer")["credential_offer_uri"].rpartition("/")[2]
    code = Wallet().open_offer(made.link)["grants"]["urn:ietf:params:oauth:grant-type:pre-authorized_code"]
    stored = {str(value) for value in Offer.objects.values().get().values()}
    assert not {secret, made.pin, code["pre-authorized_code"]} & stored
    assert len(made.pin) == code["tx_code"]["length"] == 6
    assert code["tx_code"]["input_mode"] == "numeric"
    assert made.pin not in made.link


def test_the_link_fits_a_code_that_a_telephone_reads() -> None:
    assert len(offered().link) < qr.LARGEST / 4


def test_an_offer_lasts_ten_minutes() -> None:
    made, wallet = offered(), Wallet()
    offer = wallet.open_offer(made.link)
    with clock.moved_to(clock.now() + timedelta(minutes=10, seconds=1)):
        gone = wallet.get(parameters(made.link, "openid-credential-offer")["credential_offer_uri"])
        late = wallet.ask_token(offer, made.pin)
    assert gone.status_code == 404
    assert (late.status_code, late.json()["error"]) == (400, "invalid_grant")


def test_a_new_offer_ends_the_one_before() -> None:
    award = an_award()
    holder = a_holder(award)
    first = offering.make(actor=holder, award=award)
    offering.make(actor=holder, award=award)
    assert (
        Wallet().get(parameters(first.link, "openid-credential-offer")["credential_offer_uri"]).status_code
        == 404
    )


def test_only_the_holder_makes_an_offer() -> None:
    award = an_award()
    a_holder(award)
    with pytest.raises(Refused):
        offering.make(actor=UserFactory(), award=award)
    assert not Offer.objects.exists()


@pytest.mark.parametrize("state", [State.REVOKED, State.SUSPENDED])
def test_what_does_not_count_is_not_offered(state: State) -> None:
    with pytest.raises(Invalid, match="does not count"):
        offered(an_award(state=state))


def test_what_has_expired_is_not_offered() -> None:
    award = an_award(valid_until=clock.today() + timedelta(days=30))
    with clock.moved_to(clock.now() + timedelta(days=60)), pytest.raises(Invalid, match="expired"):
        offered(award)


def test_the_issuer_tells_what_it_hands_to_wallets_and_in_which_words() -> None:
    issuer = an_issuer()
    at = f"/.well-known/openid-credential-issuer/issuers/{issuer.slug}"
    answer = Client().get(at)
    told = answer.json()
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert told["credential_issuer"].endswith(f"/issuers/{issuer.slug}")
    assert {each["name"] for each in told["display"]} == set(issuer.organisation.name.words.values())
    award = told["credential_configurations_supported"]["award-sd-jwt"]
    assert award["format"] == "dc+sd-jwt"
    assert Client().get(path(award["vct"])).json()["vct"] == award["vct"]
    assert award["proof_types_supported"]["jwt"]["proof_signing_alg_values_supported"] == [
        "ES256",
        "EdDSA",
        "Ed25519",
    ]
    labels = {
        tuple(each["path"]): each["display"][0]["name"] for each in award["credential_metadata"]["claims"]
    }
    assert labels[("given_name",)] == "Given name"
    # Older wallets look below the issuer.
    assert Client().get(f"/issuers/{issuer.slug}/.well-known/openid-credential-issuer").json() == told


def test_this_gilde_as_a_whole_tells_the_same_places() -> None:
    whole = Client().get("/.well-known/openid-credential-issuer").json()
    one = Client().get(f"/.well-known/openid-credential-issuer/issuers/{an_issuer().slug}").json()
    assert whole["credential_endpoint"] == one["credential_endpoint"]
    assert (
        Client().get("/.well-known/oauth-authorization-server").json()["issuer"] == whole["credential_issuer"]
    )


@pytest.mark.parametrize("place", ["openid-credential-issuer", "oauth-authorization-server"])
def test_nobody_is_told_of_an_issuer_that_there_is_not(place: str) -> None:
    assert Client().get(f"/.well-known/{place}/issuers/nobody").status_code == 404


def test_a_wallet_that_asks_by_details_gets_an_identifier_to_ask_with() -> None:
    made, wallet = offered(), Wallet()
    offer = wallet.open_offer(made.link)
    name = offer["credential_configuration_ids"][0]
    details = f'[{{"type":"openid_credential","credential_configuration_id":"{name}"}}]'
    answer = wallet.ask_token(offer, made.pin, authorization_details=details).json()
    wallet.token = answer["access_token"]
    (granted,) = answer["authorization_details"]
    told = {
        "credential_identifier": granted["credential_identifiers"][0],
        "proofs": {"jwt": [wallet.proof(wallet.nonce())]},
    }
    response = wallet.post_json(wallet.issuer["credential_endpoint"], told, wallet.token)
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("event", "outcome"),
    [
        ("credential_failure", "failure"),
        ("credential_deleted", "deleted"),
        ("credential_accepted", "accepted"),
    ],
)
def test_the_holder_sees_what_became_of_it(event: str, outcome: str, client: GildeClient) -> None:
    award = an_award()
    holder = a_holder(award)
    made, wallet = offering.make(actor=holder, award=award), Wallet()
    wallet.take(made.link, made.pin)
    assert wallet.tell(event).status_code == 204
    assert wallet.tell(event).status_code == 204  # told twice is told once
    assert Offer.objects.get().outcome == outcome
    client.force_login(holder)
    page = client.get(reverse("credentials:offer", args=[award.pk])).content.decode()
    assert {"failure": "Failed", "deleted": "Refused", "accepted": "Arrived"}[outcome] in page


def test_the_page_shows_code_and_pin_apart_and_says_when_it_arrived(client: GildeClient) -> None:
    award = an_award()
    client.force_login(a_holder(award))
    at = reverse("credentials:offer", args=[award.pk])
    assert "Make the code" in client.get(at).content.decode()
    answer = client.post(at, {"form": "sd-jwt"})
    made = answer.context["made"]
    shown = answer.content.decode()
    assert f"{made.pin[:3]} {made.pin[3:]}" in shown
    assert "data:image/svg+xml;base64," in shown
    assert "no-store" in answer["Cache-Control"]
    state = reverse("credentials:offer-state", args=[award.pk])
    waiting = client.get(state).content.decode()
    assert "Waiting" in waiting
    assert "hx-get" in waiting
    Wallet().take(made.link, made.pin)
    arrived = client.get(state).content.decode()
    assert "Arrived" in arrived
    assert "hx-get" not in arrived
    assert made.pin not in client.get(at).content.decode()


def test_the_page_asks_the_database_little(client: GildeClient, django_assert_max_num_queries: Any) -> None:
    award = an_award(an_achievement(outcomes=12))
    holder = a_holder(award)
    for _time in range(5):
        made = offering.make(actor=holder, award=award)
        Wallet().take(made.link, made.pin)
    client.force_login(holder)
    with django_assert_max_num_queries(10):
        client.get(reverse("credentials:offer", args=[award.pk]))


def test_each_step_is_in_the_audit_without_secrets_and_without_the_person() -> None:
    made = offered()
    wallet = Wallet()
    wallet.take(made.link, made.pin)
    events = AuditEvent.objects.filter(action__startswith="credentials.offer.")
    assert list(events.order_by("pk").values_list("action", flat=True)) == [
        f"credentials.offer.{act}" for act in ("make", "redeem", "issue", "tell")
    ]
    written = str(list(events.values()))
    assert not [
        each for each in (made.pin, wallet.token, made.offer.award.holder.family_name) if each in written
    ]


def test_an_offer_that_nobody_took_is_forgotten() -> None:
    offered()
    with clock.moved_to(clock.now() + timedelta(minutes=21)):
        assert offering.forget_old() == 1
    assert not Offer.objects.exists()


def test_an_award_that_a_wallet_has_stays_on_the_list_of_the_holder() -> None:
    made = offered()
    Wallet().take(made.link, made.pin)
    with clock.moved_to(clock.now() + timedelta(days=30)):
        assert offering.forget_old() == 0


def test_revoked_after_it_went_into_a_wallet_it_is_shown_revoked() -> None:
    from gilde.core.access import SYSTEM
    from gilde.credentials.services import stopping

    made, wallet = offered(), Wallet()
    given = wallet.take(made.link, made.pin)
    stopping.revoke(actor=SYSTEM, awards=[made.offer.award], reason="Issued by mistake", notify=False)
    verdict = checking.check_given(given)
    assert verdict.answer == Answer.STOPPED
    assert any(check.subject == Subject.STATUS and check.reason == "revoked" for check in verdict.checks)
