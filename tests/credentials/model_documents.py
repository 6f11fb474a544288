"""Small credentials and presentations to break the rules of the data model with."""

from __future__ import annotations

from typing import Any, Final

V2: Final = "https://www.w3.org/ns/credentials/v2"
V1: Final = "https://www.w3.org/2018/credentials/v1"
EXAMPLES: Final = "https://www.w3.org/ns/credentials/examples/v2"
TYPED: Final = [
    "credentialStatus",
    "refreshService",
    "termsOfUse",
    "evidence",
    "confidenceMethod",
    "renderMethod",
]
GONE: Final = object()  # the member is left out


def a_credential(**members: Any) -> dict[str, Any]:
    """Return the smallest credential, with those members changed, added or left out that are named."""
    plain: dict[str, Any] = {
        "@context": [V2],
        "type": ["VerifiableCredential"],
        "issuer": "did:example:school",
        "credentialSubject": {"id": "did:example:learner"},
    }
    return {name: value for name, value in (plain | members).items() if value is not GONE}


def a_presentation(*credentials: Any, **members: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "@context": [V2],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": list(credentials),
    }
    return {name: value for name, value in (plain | members).items() if value is not GONE}
