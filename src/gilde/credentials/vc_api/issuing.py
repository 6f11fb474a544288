"""Issuing over the VC-API: a credential is checked, completed, and secured by embedded proof or in an envelope."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Final

from django.utils.translation import gettext as _

from gilde.core.errors import GildeError
from gilde.credentials.errors import Unreadable
from gilde.credentials.keys.did import did_of
from gilde.credentials.keys.kinds import SigningKey
from gilde.credentials.linked import canonical
from gilde.credentials.model import V1, check_credential, check_presentation, holder_of, issuer_of
from gilde.credentials.model_envelopes import CREDENTIAL, PRESENTATION, V2
from gilde.credentials.proofs import data_integrity, jose
from gilde.credentials.vc_api.answers import Answer, member, options, refused
from gilde.credentials.vc_api.extensions import check_extensions
from gilde.credentials.vc_api.means import Means

JOSE: Final = "jose"

# What is to stand as `credentialStatus` of the credential with this id, "" when it has none.
Places = Callable[[str], list[dict[str, Any]]]


@dataclass(frozen=True)
class Issuer:
    """Who issues, with which key, and how: `suite` is a cryptosuite of Data Integrity, or "jose".

    The issuer's name is what stands before "#" in the key's method. `places` gives each credential that comes without
    a status its places in status lists.
    """

    key: SigningKey
    suite: str
    places: Places | None = None

    @property
    def id(self) -> str:
        """The issuer's DID."""
        return did_of(self.key.method)


def issue(request: Any, issuer: Issuer, means: Means) -> Answer:
    """Return 201 with the secured credential itself, or 400 with what is wrong with it (VC-API, section 3.2.1)."""
    try:
        return Answer(201, _credential(request, issuer, means))
    except GildeError as error:
        return refused(error)


def create_presentation(request: Any, holder: Issuer, means: Means) -> Answer:
    """Return 201 with the secured presentation itself, or 400 (VC-API, section 3.5.2: POST /presentations)."""
    try:
        return Answer(201, _presentation(request, holder, means))
    except GildeError as error:
        return refused(error)


def _credential(request: Any, issuer: Issuer, means: Means) -> dict[str, Any]:
    credential = member(request, "credential")
    options(request)
    if not isinstance(credential, Mapping):
        raise Unreadable(_("The credential must be a JSON object."), "not-an-object")
    document = _completed(credential, issuer, means)
    check_credential(document, secured=False)
    return _secured(document, issuer, means, CREDENTIAL, "assertionMethod")


def _presentation(request: Any, holder: Issuer, means: Means) -> dict[str, Any]:
    presentation = member(request, "presentation")
    wanted = options(request)
    if not isinstance(presentation, Mapping):
        raise Unreadable(_("The presentation must be a JSON object."), "not-an-object")
    document = dict(presentation)
    if "proof" in document:
        raise _has_proof()
    if "holder" in document:
        document["holder"] = _own(document["holder"], holder_of(document), holder, means)
    check_presentation(document, secured=False)
    asked = {name: wanted[name] for name in ("domain", "challenge") if name in wanted}
    return _secured(document, holder, means, PRESENTATION, "authentication", asked)


def _completed(credential: Mapping[str, Any], issuer: Issuer, means: Means) -> dict[str, Any]:
    """Return the credential with what the issuer adds: its name, a date of issue, a place in the status lists."""
    document = dict(credential)
    if "proof" in document:
        raise _has_proof()
    document.setdefault("issuer", issuer.id)
    document["issuer"] = _own(document["issuer"], issuer_of(document), issuer, means)
    contexts = document.get("@context")
    if isinstance(contexts, list) and contexts[:1] == [V1]:
        document.setdefault("issuanceDate", means.now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    elif issuer.places is not None and "credentialStatus" not in document:
        name = document.get("id", "")
        document["credentialStatus"] = issuer.places(name if isinstance(name, str) else "")
    return document


def _own(told: Any, name: str, issuer: Issuer, means: Means) -> Any:
    """Return issuer or holder as it may stand: what was told when the name is the issuer's own."""
    if name == issuer.id:
        return told
    if not means.conformance:
        raise Unreadable(
            _(
                "The credential names %(name)s, but this is the endpoint of %(own)s. Leave the name out, or correct it."
            )
            % {"name": name[:200], "own": issuer.id},
            "issuer-differs",
            pointer="/issuer",
        )
    return {**told, "id": issuer.id} if isinstance(told, Mapping) else issuer.id


def _secured(
    document: dict[str, Any],
    issuer: Issuer,
    means: Means,
    envelope: str,
    purpose: str,
    asked: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    if issuer.suite != JOSE:
        return data_integrity.sign(
            document,
            issuer.key,
            issuer.suite,
            created=means.now,
            contexts=means.contexts,
            purpose=purpose,
            **(asked or {}),
        )
    canonical.checked(document, contexts=means.contexts)
    check_extensions(document, means.contexts)
    kind = "vc" if envelope == CREDENTIAL else "vp"
    claims = {"challenge": "nonce", "domain": "aud"}
    payload = {**document, **{claims[name]: value for name, value in (asked or {}).items()}}
    token = jose.sign(payload, issuer.key, typ=f"{kind}+jwt", headers={"cty": kind})
    return {"@context": V2, "id": f"data:application/{kind}+jwt,{token}", "type": envelope}


def _has_proof() -> Unreadable:
    return Unreadable(_("It has a proof already; send it without one."), "has-proof", pointer="/proof")
