"""The pages that belong to no context, the accounts and the organisations."""

from __future__ import annotations

import json
from typing import Any

from tests.browser.pages import Page

ROLES = ("learner", "company", "school", "sector-body", "policy-officer", "researcher")
ORGANISATION = {"slug": "vdab"}
ADDED = {"slug": "{organisation}"}

PAGES = [
    Page("home"),
    Page("home", "root"),
    *(Page("start", address={"role": role}) for role in ROLES),
    Page("start", address={"role": "nobody"}, status=404),
    Page("search"),
    Page("search", query="?q=employment"),
    Page("search", query="?q=zzzzqqqq"),
    Page("about"),
    Page("accessibility"),
    Page("design"),
    Page("design", query="?name="),
    Page("organisations:list"),
    Page("organisations:list", "root", query="?kind=ministry&sort=-name"),
    Page("organisations:list", query="?q=nothing+fits+this"),
    Page("organisations:page", address=ORGANISATION),
    Page("organisations:page", "administrator", ADDED),
    Page("organisations:add", "root"),
    Page("organisations:add", "citizen", status=403),
    Page("organisations:change", "administrator", ADDED),
    Page("organisations:member-add", "administrator", ADDED),
    Page("organisations:member-end", "administrator", {**ADDED, "pk": "{membership}"}),
    Page("account", "citizen"),
    Page("account", "administrator"),
    Page("account_login"),
    Page("account_signup"),
    Page("account_logout", "citizen"),
    Page("account_inactive"),
    Page("account_reauthenticate", "citizen"),
    Page("account_email", "citizen"),
    Page("account_email", "waiting"),
    Page("account_email_verification_sent"),
    Page("account_change_password", "citizen"),
    Page("account_set_password", "no-password"),
    Page("account_reset_password"),
    Page("account_reset_password_done"),
    Page("account_reset_password_from_key", address={"uidb36": "1", "key": "no-such-key"}),
    Page("account_reset_password_from_key_done"),
    Page("account_confirm_email", address={"key": "no-such-key"}),
    Page("account_confirm_email", address={"key": "{email_key}"}),
    Page("mfa_index", "citizen"),
    Page("mfa_index", "two-steps"),
    Page("mfa_reauthenticate", "two-steps"),
    Page("mfa_activate_totp", "citizen"),
    Page("mfa_deactivate_totp", "two-steps"),
    Page("mfa_view_recovery_codes", "two-steps"),
    Page("mfa_generate_recovery_codes", "two-steps"),
    Page("mfa_list_webauthn", "two-steps"),
    Page("mfa_list_webauthn", "citizen"),
    Page("mfa_add_webauthn", "citizen"),
    Page("mfa_reauthenticate_webauthn", "two-steps"),
    Page("mfa_edit_webauthn", "two-steps", {"pk": "{passkey}"}),
    Page("mfa_remove_webauthn", "two-steps", {"pk": "{passkey}"}),
    Page("socialaccount_connections", "citizen"),
    Page("socialaccount_login_cancelled"),
    Page("socialaccount_login_error", status=401),
    Page("openid_connect_start", address={"provider_id": "fake"}, query="?process=login"),
]

_POST = "only takes what a form sends"
NOT_PAGES = {
    "set_language": _POST,
    "chart": "a file; the pages show it",
    "identifier": "sends on to the page of the thing, or gives its data",
    "mfa_download_recovery_codes": "a file",
    "mfa_login_webauthn": "data for the script of the sign-in page",
    "mfa_authenticate": "a step in the middle of signing in: test_accounts.py goes through it",
    "account_confirm_login_code": "codes by mail are not switched on",
    "socialaccount_signup": "a step in the middle of signing in at another service",
    "sign_in_error": "the same address as socialaccount_login_error, open to visitors",
    "openid_connect_login": "wrapped by openid_connect_start",
    "openid_connect_callback": "where the other service sends people back to",
    "social/login/cancelled/": "an old address of allauth that sends on",
    "social/login/error/": "an old address of allauth that sends on",
    "social/signup/": "an old address of allauth that sends on",
    "social/connections/": "an old address of allauth that sends on",
}


def things() -> dict[str, str]:
    """Make an organisation with an administrator and an officer, and accounts in every state."""
    from allauth.account.models import EmailAddress, EmailConfirmationHMAC
    from allauth.mfa.models import Authenticator
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    from gilde.core.access import SYSTEM
    from gilde.core.models import User
    from gilde.core.text import Text
    from gilde.organisations.services import create_organisation, grant_role

    organisation = create_organisation(
        actor=SYSTEM, name=Text.of("Guild of Example Trades"), kind="sector-body", synthetic=True
    )
    for name in ("root", "administrator", "citizen", "two-steps", "no-password", "passkey", "waiting"):
        user = User.objects.create_user(
            f"{name}@browser.example",
            None if name == "no-password" else "correct horse battery",
            name=name.title(),
            is_staff=name == "root",
            is_superuser=name == "root",
        )
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    administrator = User.objects.get(email="administrator@browser.example")
    grant_role(actor=SYSTEM, organisation=organisation, user=administrator, role="administrator")
    officer = User.objects.create_user("member@browser.example", name="Some Officer")
    membership = grant_role(actor=SYSTEM, organisation=organisation, user=officer, role="officer")

    two_steps = User.objects.get(email="two-steps@browser.example")
    TOTP.activate(two_steps, generate_totp_secret())
    RecoveryCodes.activate(two_steps)
    passkey = Authenticator.objects.create(
        user=two_steps, type="webauthn", data={"name": "My key", "credential": _credential()}
    )
    waiting = EmailAddress.objects.create(
        user=User.objects.get(email="waiting@browser.example"), email="second@browser.example"
    )
    return {
        "organisation": organisation.slug,
        "membership": str(membership.pk),
        "passkey": str(passkey.pk),
        "email_key": EmailConfirmationHMAC(waiting).key,
    }


def _credential() -> dict[str, Any]:
    """Return what a browser sends when a passkey is made."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from fido2.cose import ES256
    from fido2.utils import websafe_encode
    from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData

    key = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    credential = AttestedCredentialData.create(Aaguid.NONE, b"0123456789abcdef", key)
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV | AuthenticatorData.FLAG.AT
    data = AuthenticatorData.create(b"r" * 32, flags, 0, credential)
    return {
        "id": websafe_encode(credential.credential_id),
        "rawId": websafe_encode(credential.credential_id),
        "type": "public-key",
        "response": {
            "clientDataJSON": websafe_encode(
                json.dumps(
                    {"type": "webauthn.create", "challenge": "AA", "origin": "http://localhost"}
                ).encode()
            ),
            "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
        },
        "clientExtensionResults": {"credProps": {"rk": True}},
    }
