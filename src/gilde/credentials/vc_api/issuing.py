"""Issuing over the VC-API: a credential is checked, completed, and secured by embedded proof or in an envelope."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from gilde.core.errors import GildeError
from gilde.credentials.errors import Unreadable
from gilde.credentials.keys.did import did_of
from gilde.credentials.keys.instants import write_instant
from gilde.credentials.keys.kinds import SigningKey
from gilde.credentials.linked import canonical
from gilde.credentials.model import V1, check_credential, check_presentation, holder_of, issuer_of
from gilde.credentials.model_envelopes import CREDENTIAL, PRESENTATION, V2
from gilde.credentials.proofs import data_integrity, vc_jwt
from gilde.credentials.vc_api.answers import Answer, member, options, refused, text
from gilde.credentials.vc_api.extensions import check_extensions
from gilde.credentials.vc_api.means import Means

JOSE: Final = "jose"

# What is to stand as `credentialStatus` of the credential with this name (`credentialId` or `id`), "" for none.
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
    name = text(options(request), "credentialId")
    if not isinstance(credential, Mapping):
        raise Unreadable(_("The credential must be a JSON object."), "not-an-object")
    document = _completed(credential, issuer, means)
    check_credential(document, secured=False)
    if issuer.places is not None and "credentialStatus" not in document and document["@context"][0] == V2:
        canonical.checked(document, contexts=means.contexts)  # so that no place is taken in vain
        document["credentialStatus"] = issuer.places(name or document.get("id", ""))
    return _secured(document, issuer, means, CREDENTIAL, "assertionMethod")


def _presentation(request: Any, holder: Issuer, means: Means) -> dict[str, Any]:
    presentation = member(request, "presentation")
    wanted = options(request)
    if not isinstance(presentation, Mapping):
        raise Unreadable(_("The presentation must be a JSON object."), "not-an-object")
    document = dict(presentation)
    if "proof" in document:
        raise _has_proof()
    if holder_of(document):
        _name(document, "holder", holder_of(document), holder, means)
    check_presentation(document, secured=False)
    asked = {name: told for name in ("domain", "challenge") if (told := text(wanted, name)) is not None}
    return _secured(document, holder, means, PRESENTATION, "authentication", asked)


def _completed(credential: Mapping[str, Any], issuer: Issuer, means: Means) -> dict[str, Any]:
    """Return the credential with the issuer's name, and the date of issue that the old data model asks for."""
    document = dict(credential)
    if "proof" in document:
        raise _has_proof()
    document.setdefault("issuer", issuer.id)
    _name(document, "issuer", issuer_of(document), issuer, means)
    contexts = document.get("@context")
    if isinstance(contexts, list) and contexts[:1] == [V1]:
        document.setdefault("issuanceDate", write_instant(means.now))
    return document


def _name(document: dict[str, Any], role: str, told: str, issuer: Issuer, means: Means) -> None:
    """See to it that a document names who signs it as its issuer or holder, and nobody else."""
    if told == issuer.id:
        return
    if not means.conformance:
        raise Unreadable(
            _("It names %(name)s, but this is the endpoint of %(own)s. Leave the name out, or correct it.")
            % {"name": told[:200], "own": issuer.id},
            f"{role}-differs",
            pointer=f"/{role}",
        )
    named = document[role]
    document[role] = {**named, "id": issuer.id} if isinstance(named, Mapping) else issuer.id


def _secured(
    document: dict[str, Any],
    issuer: Issuer,
    means: Means,
    envelope: str,
    purpose: str,
    asked: Mapping[str, str] | None = None,
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
    if envelope == CREDENTIAL:
        return vc_jwt.envelope(vc_jwt.secure(document, issuer.key))
    told = asked or {}
    token = vc_jwt.secure_presentation(
        document, issuer.key, audience=told.get("domain", ""), nonce=told.get("challenge", "")
    )
    return {**vc_jwt.envelope(token, f"application/{vc_jwt.VP}"), "type": envelope}


def _has_proof() -> Unreadable:
    return Unreadable(_("It has a proof already; send it without one."), "has-proof", pointer="/proof")
