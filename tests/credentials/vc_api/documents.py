"""Credentials and presentations of our own for the cases of the suites, and a local signer as the suites have one."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import timedelta
from typing import Any

from gilde.core import clock
from gilde.credentials.keys.did import did_of, new_key
from gilde.credentials.keys.kinds import KeyKind, SigningKey
from gilde.credentials.linked.tables import CONFORMANCE
from gilde.credentials.proofs import data_integrity, jose

V2 = "https://www.w3.org/ns/credentials/v2"
V1 = "https://www.w3.org/2018/credentials/v1"
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
INTEGRITY = "https://w3id.org/security/data-integrity/v2"
LEARNER = "did:example:learner-7"


class _Absent:
    """What is taken away; it has a name, so that each run of the tests calls them the same."""

    def __repr__(self) -> str:
        return "absent"


ABSENT: Any = _Absent()

Json = dict[str, Any]


def credential(**members: Any) -> Json:
    """The smallest credential, with members changed, added, or taken away by ABSENT; `context` is @context."""
    told: Json = {"@context": [V2], "type": ["VerifiableCredential"], "credentialSubject": {"id": LEARNER}}
    return _changed(told, members)


def presentation(*credentials: Any, **members: Any) -> Json:
    """The smallest presentation of these credentials, changed likewise."""
    told: Json = {"@context": [V2], "type": ["VerifiablePresentation"]}
    if credentials:
        told["verifiableCredential"] = list(credentials)
    return _changed(told, members)


def old_credential(**members: Any) -> Json:
    """The smallest credential by the data model 1.1."""
    told: Json = {
        "@context": [V1, {"name": "https://schema.org/name"}],
        "type": ["VerifiableCredential"],
        "issuanceDate": "2024-03-01T09:00:00Z",
        "credentialSubject": {"id": LEARNER, "name": "Noor"},
    }
    return _changed(told, members)


def without(document: Mapping[str, Any], *names: str) -> Json:
    """A copy without some members."""
    return {name: deepcopy(value) for name, value in document.items() if name not in names}


class Local:
    """Somebody who signs for himself: the holder and issuer of the suites' own documents."""

    def __init__(self, kind: KeyKind = KeyKind.ED25519, suite: str = "eddsa-rdfc-2022") -> None:
        self.key: SigningKey = new_key(kind)
        self.suite = suite

    @property
    def id(self) -> str:
        return did_of(self.key.method)

    def signer(self, **options: Any) -> data_integrity.Signer:
        """A signer whose proof options can still be spoilt before it signs."""
        created = options.pop("created", clock.now() - timedelta(minutes=1))
        return data_integrity.Signer(self.key, self.suite, created=created, contexts=CONFORMANCE, **options)

    def sign(self, document: Mapping[str, Any], **options: Any) -> Json:
        return self.signer(**options).sign(document)

    def issue(self, **members: Any) -> Json:
        """A credential of our own, signed."""
        return self.sign(credential(issuer=self.id, **members))

    def present(self, *credentials: Any, **members: Any) -> Json:
        """A presentation, signed for the place and the request that the suites use."""
        told = presentation(*credentials, **members)
        return self.sign(told, purpose="authentication", domain=DOMAIN, challenge=CHALLENGE)

    def spoilt(self, document: Mapping[str, Any], **options: Any) -> Json:
        """A document with a proof that holds, but for its options: changed, or left out by ABSENT."""
        signer = self.signer()
        for name, value in options.items():
            if value is ABSENT:
                del signer.options[name]
            else:
                signer.options[name] = value
        return signer.sign(document)

    def token(self, payload: Mapping[str, Any], *, typ: str = "", **headers: Any) -> str:
        return jose.sign(payload, self.key, typ=typ, headers=headers)


DOMAIN = "github.com/our-suite"
CHALLENGE = "u5ZkR6m4"


def envelope(
    token: str, media: str = "application/vc+jwt", kind: str = "EnvelopedVerifiableCredential"
) -> Json:
    """A token in an envelope."""
    return {"@context": V2, "type": kind, "id": f"data:{media},{token}"}


def _changed(told: Json, members: Mapping[str, Any]) -> Json:
    for name, value in members.items():
        key = "@context" if name == "context" else name
        if value is ABSENT:
            told.pop(key, None)
        else:
            told[key] = value
    return told
