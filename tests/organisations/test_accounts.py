"""Accounts: signing up and in, the limit on guesses, the second step, other services.

Passkeys need a browser: tests/browser/test_passkeys.py.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.core.cache import cache
from selectolax.lexbor import LexborHTMLParser

from gilde.core.models import User
from tests.client import GildeClient

PASSWORD = "correct horse battery"
LOGIN, TOTP = "/accounts/login/", "/accounts/2fa/totp/activate/"


@pytest.fixture
def verified(make_user: Callable[..., User]) -> User:
    user = make_user("lena@example.org")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def page(response: Any) -> LexborHTMLParser:
    return LexborHTMLParser(response.content.decode())


def sign_in(client: GildeClient, password: str = PASSWORD) -> Any:
    return client.post(LOGIN, {"login": "lena@example.org", "password": password})


def confirm(client: GildeClient) -> None:
    """Give the password once more, as changes to the ways of signing in ask for."""
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})


def signed_in(client: GildeClient) -> bool:
    return bool(client.get("/account/").status_code == 200)


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def test_the_password_opens_the_account_whatever_the_capitals_of_the_address(
    client: GildeClient, verified: User
) -> None:
    client.post(LOGIN, {"login": "Lena@Example.org", "password": PASSWORD})
    assert signed_in(client)


@pytest.mark.usefixtures("verified")
def test_the_sixth_wrong_password_in_five_minutes_is_refused_and_so_is_the_right_one_then(
    client: GildeClient,
) -> None:
    for _try in range(5):
        assert "not correct" in page(sign_in(client, "wrong")).css_first(".alert.bad").text()
    sixth = page(sign_in(client, "wrong")).css_first(".alert.bad").text()
    assert "Too many failed login attempts. Try again later." in sixth
    assert "Too many failed" in page(sign_in(client)).css_first(".alert.bad").text()
    assert not signed_in(client)


def test_signing_up_needs_the_link_of_the_mail_before_one_can_sign_in(client: GildeClient, db: None) -> None:
    answer = client.post(
        "/accounts/signup/",
        {"email": "new@example.org", "password1": PASSWORD + " 1", "password2": PASSWORD + " 1"},
    )
    assert answer["Location"] == "/accounts/confirm-email/"
    assert not signed_in(client)
    link = re.search(r"/accounts/confirm-email/\S+", mail.outbox[0].body)
    assert link is not None, mail.outbox[0].body
    assert client.get(link[0]).status_code == 200, (
        "opening the link alone confirms nothing: mail scanners open it"
    )
    assert not EmailAddress.objects.get().verified
    client.post(link[0])
    assert EmailAddress.objects.get().verified


def test_signing_up_with_a_known_address_looks_the_same_and_tells_only_the_owner(
    client: GildeClient, verified: User
) -> None:
    answer = client.post(
        "/accounts/signup/",
        {"email": verified.email, "password1": PASSWORD + " 1", "password2": PASSWORD + " 1"},
    )
    assert answer["Location"] == "/accounts/confirm-email/"
    assert User.objects.count() == 1
    assert mail.outbox[0].to == [verified.email]


def test_a_forgotten_password_is_set_anew_through_the_mail(client: GildeClient, verified: User) -> None:
    client.post("/accounts/password/reset/", {"email": verified.email})
    link = re.search(r"/accounts/password/reset/key/\S+", mail.outbox[0].body)
    assert link is not None
    form = client.get(link[0])["Location"]
    client.post(form, {"password1": "quite another horse", "password2": "quite another horse"})
    sign_in(client, "quite another horse")
    assert signed_in(client)


def test_a_page_for_members_asks_for_a_sign_in_and_leads_back(client: GildeClient, verified: User) -> None:
    asked = client.get("/account/")
    assert asked["Location"] == "/accounts/login/?next=/account/"
    back = client.post(
        asked["Location"], {"login": verified.email, "password": PASSWORD, "next": "/account/"}
    )
    assert back["Location"] == "/account/"


def test_an_app_code_is_set_up_once_and_then_asked_for_at_every_sign_in(
    client: GildeClient, verified: User
) -> None:
    sign_in(client)
    confirm(client)
    form = page(client.get(TOTP))
    secret = form.css_first("#authenticator_secret").attributes["value"]
    assert secret
    client.post(TOTP, {"code": code_of(secret)})
    assert set(Authenticator.objects.values_list("type", flat=True)) == {"totp", "recovery_codes"}
    client.post("/accounts/logout/")

    assert sign_in(client)["Location"].startswith("/accounts/2fa/authenticate/")
    assert not signed_in(client)
    wrong = client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert "Incorrect code" in page(wrong).css_first(".alert.bad").text()
    cache.clear()  # a code works once; the one of the set-up is used up
    client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    assert signed_in(client)


def test_a_recovery_code_opens_the_account_once(client: GildeClient, verified: User) -> None:
    sign_in(client)
    confirm(client)
    secret = page(client.get(TOTP)).css_first("#authenticator_secret").attributes["value"]
    assert secret
    client.post(TOTP, {"code": code_of(secret)})
    codes = page(client.get("/accounts/2fa/recovery-codes/")).css_first("#recovery_codes").text().split()
    assert len(codes) == 10
    for expected in (True, False):
        client.post("/accounts/logout/")
        sign_in(client)
        client.post("/accounts/2fa/authenticate/", {"code": codes[0]})
        assert signed_in(client) is expected


def test_changing_how_one_signs_in_asks_for_the_password_again_and_then_for_a_quarter_of_an_hour_not(
    client: GildeClient, verified: User
) -> None:
    sign_in(client)
    asked = client.get(TOTP)
    assert asked["Location"].startswith("/accounts/reauthenticate/")
    answer = client.post(asked["Location"], {"password": PASSWORD, "next": TOTP})
    assert answer["Location"] == TOTP
    assert client.get(TOTP).status_code == 200
    later = time.time() + 901
    with mock.patch("allauth.account.internal.flows.reauthentication.time.time", return_value=later):
        assert client.get(TOTP)["Location"].startswith("/accounts/reauthenticate/")


PROVIDER = {
    "provider_id": "acm",
    "name": "Acme login",
    "client_id": "gilde",
    "secret": "s",
    "settings": {
        "server_url": "https://login.example.org",
        "openid_configuration_overrides": {"authorization_endpoint": "https://login.example.org/authorize"},
    },
}


def test_the_sign_in_page_names_no_other_service_when_none_is_configured(
    client: GildeClient, db: None
) -> None:
    assert page(client.get(LOGIN)).css_first(".providers") is None


def test_a_configured_openid_connect_service_has_its_button(
    client: GildeClient, db: None, settings: Any
) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [PROVIDER]}}
    button = page(client.get(LOGIN)).css_first(".providers a")
    assert button.text() == "Continue with Acme login"
    assert button.attributes["href"] == "/accounts/oidc/acm/login/?process=login"


def test_the_other_service_is_reached_by_a_page_because_forms_may_not_be_redirected_there(
    client: GildeClient, db: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter

    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [PROVIDER]}}
    endpoint = {
        "authorization_endpoint": "https://login.example.org/authorize",
        "token_endpoint": "https://login.example.org/token",
    }
    monkeypatch.setattr(OpenIDConnectOAuth2Adapter, "openid_config", endpoint)
    asked = client.get("/accounts/oidc/acm/login/?process=login")
    assert "Acme login" in page(asked).css_first("h1").text()
    answer = client.post("/accounts/oidc/acm/login/?process=login")
    assert answer.status_code == 200
    refresh = page(answer).css_first("meta[http-equiv=refresh]").attributes["content"]
    assert refresh is not None
    assert refresh.startswith("0;URL='https://login.example.org/authorize?client_id=gilde")
    assert "form-action 'self';" in answer["Content-Security-Policy"] + ";"


def test_a_service_that_does_not_answer_is_said_in_a_sentence(
    client: GildeClient, db: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(*_args: Any, **_kwargs: Any) -> None:
        raise requests.ConnectionError

    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [PROVIDER]}}
    monkeypatch.setattr(requests.Session, "request", unreachable)
    answer = client.post("/accounts/oidc/acm/login/?process=login")
    assert answer.status_code == 502
    assert "does not answer" in page(answer).css_first(".alert.bad").text()


def test_an_unknown_service_is_no_page(client: GildeClient, db: None) -> None:
    assert client.post("/accounts/oidc/nobody/login/").status_code == 404
