"""Signing in with a real browser: passkeys, and another service under the strict content security policy."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site

PASSWORD = "correct horse battery"


def with_authenticator(tab: Page) -> None:
    """Plug in a virtual authenticator that knows its owner and says yes."""
    devtools = tab.context.new_cdp_session(tab)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def test_a_passkey_is_registered_and_opens_the_account_without_a_password(tab: Page) -> None:
    with_authenticator(tab)
    tab.goto("/accounts/login/?next=/accounts/2fa/webauthn/add/")
    tab.get_by_label("Email").fill("passkey@browser.example")
    tab.get_by_label("Password").fill(PASSWORD)
    tab.get_by_role("button", name="Sign In", exact=True).click()
    expect(tab).to_have_url(re.compile("/accounts/reauthenticate/"))
    tab.get_by_label("Password").fill(PASSWORD)
    tab.get_by_role("button", name="Confirm").click()
    expect(tab).to_have_url(re.compile("/accounts/2fa/webauthn/add/"))
    tab.get_by_label("Name").fill("My phone")
    tab.get_by_label("Passwordless").check()
    tab.get_by_role("button", name="Add").click()
    expect(tab.locator(".messages")).to_contain_text("Security key added")
    tab.goto("/accounts/2fa/webauthn/")
    expect(tab.locator("table")).to_contain_text("My phone")

    tab.goto("/accounts/logout/")
    tab.get_by_role("button", name="Sign Out").click()
    tab.goto("/account/")
    expect(tab).to_have_url(re.compile("/accounts/login/"))

    tab.get_by_role("button", name="Sign in with a passkey").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("My account")
    expect(tab.locator("main")).to_contain_text("passkey@browser.example")


def test_the_button_of_another_service_leads_there(tab: Page, site: Site) -> None:
    said: list[str] = []
    tab.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    tab.goto("/accounts/login/")
    tab.get_by_role("link", name="Continue with Fake login").click()
    tab.get_by_role("button", name="Continue").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("The other service")
    assert tab.url.startswith(f"{site.provider}/authorize?")
    assert "client_id=gilde" in tab.url
    assert [line for line in said if "Content Security Policy" in line] == []
