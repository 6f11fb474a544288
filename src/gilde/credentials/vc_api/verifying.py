"""Verifying over the VC-API: credentials and presentations, with an embedded proof or in an envelope."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from gilde.core.errors import GildeError
from gilde.credentials.errors import Altered, Unreadable
from gilde.credentials.linked import canonical
from gilde.credentials.model import Period, check_credential, check_presentation, holder_of, issuer_of, period
from gilde.credentials.model_envelopes import CREDENTIAL, PRESENTATION, is_envelope, read_envelope
from gilde.credentials.model_resources import unchecked
from gilde.credentials.model_values import listed
from gilde.credentials.proofs import data_integrity
from gilde.credentials.vc_api.answers import Answer, member, options, problem, text
from gilde.credentials.vc_api.envelopes import PRESENTING, opened
from gilde.credentials.vc_api.means import Means
from gilde.credentials.vc_api.standing import check_standing

Json = Mapping[str, Any]

STATUS: Final = ("credentialStatus", "status")  # what suites call the check of the status


@dataclass(frozen=True)
class _Wanted:
    """What the request asks for, and by what means it is answered."""

    means: Means
    purpose: str | None
    domain: str | None
    challenge: str | None
    status: bool
    back: bool

    @classmethod
    def of(cls, request: Any, means: Means) -> _Wanted:
        told = options(request)
        checks = listed(told.get("checks", [])) if means.conformance else []
        return cls(
            means=means,
            purpose=text(told, "expectedProofPurpose"),
            domain=text(told, "domain"),
            challenge=text(told, "challenge"),
            status=not checks or any(each in checks for each in STATUS),
            back=told.get("returnCredential") is True or told.get("returnPresentation") is True,
        )


def verify_credential(request: Any, means: Means) -> Answer:
    """Return 200 when the credential is sound, was not stopped, and is valid now; else 400 (VC-API, section 3.3.1).

    The body has `verified`, `problemDetails`, and `warnings`: what a verifier cannot check and must know of.
    """
    warnings: list[str] = []
    try:
        credential = member(request, "verifiableCredential")
        wanted = _Wanted.of(request, means)
        document = _credential(credential, wanted, warnings)
    except GildeError as error:
        return _failed(error)
    return _passed(warnings, {"verifiableCredential": document} if wanted.back else {})


def verify_presentation(request: Any, means: Means) -> Answer:
    """Return 200 when the presentation and every credential in it are sound; else 400 (VC-API, section 3.3.2).

    A presentation without a proof is taken as `presentation`: its credentials alone are verified then.
    """
    warnings: list[str] = []
    try:
        presentation = member(request, "verifiablePresentation", "presentation")
        wanted = _Wanted.of(request, means)
        document = _presentation(presentation, wanted, warnings, secured="verifiablePresentation" in request)
    except GildeError as error:
        return _failed(error)
    return _passed(warnings, {"verifiablePresentation": document} if wanted.back else {})


def _credential(credential: Any, wanted: _Wanted, warnings: list[str], *, vouched: bool = False) -> Json:
    """Return a credential after every check; `vouched` when the proof of its presentation covers it.

    Inside a presentation domain and challenge are the presentation's, and purpose is always to assert.
    """
    means = wanted.means
    document: Json
    if is_envelope(credential):
        token = opened(read_envelope(credential), CREDENTIAL, means)
        document, keys = token.document, [token.controller]
        check_credential(document, secured=False)
    elif vouched and isinstance(credential, Mapping) and "proof" not in credential:
        document, keys = credential, []
        check_credential(document, secured=False)
        canonical.checked(document, contexts=means.contexts)
    else:
        check_credential(credential, secured=True)
        document = credential
        proven = data_integrity.verify(
            document,
            means.resolve,
            now=means.now,
            contexts=means.contexts,
            purpose=wanted.purpose or "assertionMethod",
            domain=wanted.domain,
            challenge=wanted.challenge,
        )
        keys = [each.method.controller for each in proven]
    if not means.conformance and not vouched:
        _check_named(issuer_of(document), keys, "issuer-key")
    _check_period(document, means)
    if wanted.status:
        check_standing(document, means)
    elif "credentialStatus" in document:
        warnings.append(_("The status was not checked, as the request asked."))
    warnings.extend(_unlooked(document))
    return document


def _presentation(presentation: Any, wanted: _Wanted, warnings: list[str], *, secured: bool) -> Json:
    means = wanted.means
    document: Json
    if is_envelope(presentation):
        token = opened(
            read_envelope(presentation), PRESENTATION, means, domain=wanted.domain, challenge=wanted.challenge
        )
        document, keys = token.document, [token.controller]
        check_presentation(document, secured=False)
    else:
        check_presentation(presentation, secured=secured)
        document = presentation
        keys = []
        if "proof" in document:
            proven = data_integrity.verify(
                document,
                means.resolve,
                now=means.now,
                contexts=means.contexts,
                purpose=wanted.purpose,
                domain=wanted.domain,
                challenge=wanted.challenge,
            )
            if any(each.purpose not in PRESENTING for each in proven):
                raise Altered(_("The presentation was signed for something else than presenting."), "purpose")
            keys = [each.method.controller for each in proven]
        else:
            canonical.checked(document, contexts=means.contexts)
    holder = holder_of(document)
    if holder and keys:
        _check_named(holder, keys, "holder-key")
    inner = _Wanted(means, None, None, None, wanted.status, back=False)
    held = document.get("verifiableCredential", [])
    for index, each in enumerate(listed(held)):
        try:
            _credential(each, inner, warnings, vouched=bool(keys) and not _has_own_proof(each))
        except GildeError as error:
            error.details["pointer"] = f"/verifiableCredential/{index}{error.details.get('pointer', '')}"
            raise
    return document


def _has_own_proof(credential: Any) -> bool:
    return is_envelope(credential) or (isinstance(credential, Mapping) and "proof" in credential)


def _check_named(name: str, keys: Iterable[str], reason: str) -> None:
    if name not in keys:
        raise Altered(
            _("It says that it is by %(name)s, but none of its signatures is. Do not accept it.")
            % {"name": name[:200]},
            reason,
        )


def _check_period(document: Json, means: Means) -> None:
    found = period(document, means.now)
    if found is not Period.CURRENT:
        sentence = {
            Period.EARLY: _("The credential is not valid yet."),
            Period.OVER: _("The credential is not valid any more: its period is over."),
        }[found]
        raise Unreadable(sentence, found.value)


def _unlooked(document: Json) -> list[str]:
    """Return a sentence for each thing that the credential points to and Gilde does not look at."""
    told = [
        _("The related resource %(url)s was not compared with its digest.") % {"url": url}
        for url in unchecked(document)
    ]
    if "credentialSchema" in document:
        told.append(_("The credential was not compared with the schema that it names."))
    return told


def _passed(warnings: list[str], back: dict[str, Any]) -> Answer:
    return Answer(200, {"verified": True, "problemDetails": [], "warnings": warnings, **back})


def _failed(error: GildeError) -> Answer:
    return Answer(400, {"verified": False, "problemDetails": [problem(error)]})
