"""What an issuer tells wallets of itself, and the offer of an award (OpenID4VCI 1.0, sections 4.1, 12.2; RFC 8414)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode

from gilde.credentials.keys.kinds import KeyKind
from gilde.credentials.renderings import sd_jwt_vc, vc
from gilde.credentials.wallets import proof

GRANT: Final = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
# What can be handed to a wallet: the name of a configuration, and its format.
SD_JWT: Final = "award-sd-jwt"
VC_JWT: Final = "award-jwt-vc"
FORMATS: Final[Mapping[str, str]] = {SD_JWT: "dc+sd-jwt", VC_JWT: "jwt_vc_json"}
SIGNED_BY: Final = (
    KeyKind.P256
)  # the key of an issuer that signs what goes to wallets: ES256 is what all of them know
_LANGUAGES: Final = ("en", "nl")


@dataclass(frozen=True)
class Endpoints:
    """Where wallets send what they ask."""

    token: str
    nonce: str
    credential: str
    notification: str


def issuer_document(
    identifier: str, endpoints: Endpoints, names: Mapping[str, str], *, vct: str
) -> dict[str, Any]:
    """Return the metadata of an issuer that is called `names`, by language."""
    return {
        "credential_issuer": identifier,
        "credential_endpoint": endpoints.credential,
        "nonce_endpoint": endpoints.nonce,
        "notification_endpoint": endpoints.notification,
        "display": [{"name": name, "locale": language} for language, name in names.items()],
        "credential_configurations_supported": {
            SD_JWT: {**_configuration(SD_JWT, ["jwk", "did:key"], vct), "vct": vct},
            VC_JWT: {
                **_configuration(VC_JWT, ["did:key"], vct),
                "credential_definition": {"type": ["VerifiableCredential", vc.TYPE]},
            },
        },
    }


def _configuration(name: str, bindings: list[str], vct: str) -> dict[str, Any]:
    told = sd_jwt_vc.type_metadata(vct, languages=_LANGUAGES)
    shown: dict[str, Any] = {"display": _named(told["display"], "name")}
    if FORMATS[name] == "dc+sd-jwt":
        shown["claims"] = [
            {"path": claim["path"], "display": _named(claim["display"], "label")} for claim in told["claims"]
        ]
    return {
        "format": FORMATS[name],
        "scope": name,
        "cryptographic_binding_methods_supported": bindings,
        "credential_signing_alg_values_supported": [SIGNED_BY.algorithm],
        "proof_types_supported": {"jwt": {"proof_signing_alg_values_supported": list(proof.ALGORITHMS)}},
        "credential_metadata": shown,
    }


def _named(display: Iterable[Mapping[str, str]], word: str) -> list[dict[str, str]]:
    return [{"name": each[word], "locale": each["locale"]} for each in display]


def server_document(identifier: str, endpoints: Endpoints) -> dict[str, Any]:
    """Return the metadata of the authorization server, which is the issuer itself."""
    return {
        "issuer": identifier,
        "token_endpoint": endpoints.token,
        "response_types_supported": [],
        "grant_types_supported": [GRANT],
        "token_endpoint_auth_methods_supported": ["none"],
        "pre-authorized_grant_anonymous_access_supported": True,
        "scopes_supported": list(FORMATS),
        "authorization_details_types_supported": ["openid_credential"],
    }


def offer(identifier: str, configuration: str, code: str, *, digits: int, told: str) -> dict[str, Any]:
    """Return the offer of one award, for the code and a PIN of so many digits; `told` says where the PIN stands."""
    pin = {"input_mode": "numeric", "length": digits, "description": told}
    return {
        "credential_issuer": identifier,
        "credential_configuration_ids": [configuration],
        "grants": {GRANT: {"pre-authorized_code": code, "tx_code": pin}},
    }


def offer_link(uri: str) -> str:
    """Return the link that opens a wallet with an offer: for a QR code, or on the same device."""
    return f"openid-credential-offer://?{urlencode({'credential_offer_uri': uri}, quote_via=quote, safe='')}"
