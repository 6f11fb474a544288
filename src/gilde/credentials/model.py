"""The rules of the data model that every credential and presentation must keep, whoever issued it.

W3C Verifiable Credentials Data Model 2.0; version 1.1 is read as well. These are the rules of structure. That every
term and type is defined is told by `linked.canonical.checked`, the period by `period`, the rest by the proofs.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from django.utils.translation import gettext as _

from gilde.credentials.errors import Unreadable
from gilde.credentials.keys.instants import read_instant
from gilde.credentials.model_envelopes import CREDENTIAL, V2, is_envelope, read_envelope
from gilde.credentials.model_resources import check_resources
from gilde.credentials.model_values import (
    broken,
    check_id,
    check_words,
    is_url,
    listed,
    things,
    types_of,
    url_or_thing,
)
from gilde.credentials.status import bitstring

V1: Final = "https://www.w3.org/2018/credentials/v1"

_BEGINS: Final = {V2: ("validFrom",), V1: ("issuanceDate", "validFrom")}
_ENDS: Final = {V2: ("validUntil",), V1: ("expirationDate", "validUntil")}
# What a property's objects must have beside their type; the last three are reserved for extension (section 5.10).
_TYPED: Final = {
    "credentialStatus": False,
    "credentialSchema": True,
    "refreshService": False,
    "termsOfUse": False,
    "evidence": False,
    "confidenceMethod": False,
    "renderMethod": False,
}


class Period(StrEnum):
    """Where a moment stands to the period for which a credential was given."""

    CURRENT = "current"
    EARLY = "not-yet-valid"
    OVER = "expired"


def check_credential(document: object, *, secured: bool) -> None:
    """Check a credential against the structural rules; `secured` when it must carry a proof of its own.

    Raises Unreadable at the first rule that is broken, of which `details["pointer"]` says where (RFC 6901); BadStatus
    for a status list, or a place in one.
    """
    _check_credential(document, "", secured=secured)


def check_presentation(document: object, *, secured: bool) -> None:
    """Check a presentation and each credential in it; `secured` when it must carry a proof of its own.

    A credential in it that has no proof of its own stands by that of the presentation, and is the holder's own word:
    holder and issuer must be the same (section 4.13.4). Raises as `check_credential` does.
    """
    told = _checked_alike(document, "", "VerifiablePresentation", secured=secured)
    holder = holder_of(told)
    for pointer, each in things(told, "termsOfUse"):
        types_of(each, pointer)
    if told.get("verifiableCredential") == []:
        return
    for pointer, each in things(told, "verifiableCredential"):
        _check_presented(each, pointer, holder)


def issuer_of(document: Mapping[str, Any]) -> str:
    """Return the URL of the issuer of a credential; raise Unreadable when there is none."""
    return url_or_thing(document, "issuer")


def holder_of(document: Mapping[str, Any]) -> str:
    """Return the URL of the holder of a presentation, "" when it names none."""
    return url_or_thing(document, "holder") if "holder" in document else ""


def moments(document: Mapping[str, Any]) -> tuple[datetime | None, datetime | None]:
    """Return when a credential begins and ends to be valid (section 4.9); raise Unreadable for what is no moment.

    Under version 1.1 the European credentials name these moments as version 2.0 does; of two, the narrower counts.
    """
    return _moments(document, "")


def period(document: Mapping[str, Any], now: datetime) -> Period:
    """Return whether a credential is valid at this moment by its period; both ends belong to the period."""
    begins, ends = moments(document)
    if begins and now < begins:
        return Period.EARLY
    return Period.OVER if ends and now > ends else Period.CURRENT


def _check_credential(document: object, at: str, *, secured: bool) -> None:
    told = _checked_alike(document, at, "VerifiableCredential", secured=secured)
    url_or_thing(told, "issuer", at)
    check_words(told, at)
    if "credentialSubject" not in told:
        what = _("what the credential says, and of whom, is missing")
        raise broken(f"{at}/credentialSubject", what, "credentialSubject")
    for pointer, each in things(told, "credentialSubject", at):
        check_id(each, pointer)
        check_words(each, pointer)
    _check_period(told, at)
    for member, needs_id in _TYPED.items():
        for pointer, each in things(told, member, at):
            types_of(each, pointer)
            check_id(each, pointer, needed=needs_id)
    check_resources(told, at)
    bitstring.entries(told)
    if "BitstringStatusListCredential" in listed(told["type"]):
        bitstring.read(told)


def _check_period(credential: Mapping[str, Any], at: str) -> None:
    begins, ends = _moments(credential, at)
    if begins is None and credential["@context"][0] == V1:
        raise broken(f"{at}/issuanceDate", _("the date of issue is missing"), "time")
    if begins and ends and ends < begins:
        what = _("the end of validity lies before its beginning")
        member = next(member for member in ("validUntil", "expirationDate") if member in credential)
        raise broken(f"{at}/{member}", what, "period")


def _check_presented(credential: dict[str, Any], at: str, holder: str) -> None:
    if is_envelope(credential):
        if read_envelope(credential, at).kind != CREDENTIAL:
            raise broken(f"{at}/type", _("a credential must stand, not a presentation"), "type")
        return
    _check_credential(credential, at, secured=False)
    if "proof" in credential:
        return
    if not holder:
        what = _("a credential without a proof of its own stands, and the presentation names no holder")
        raise broken(at, what, "no-holder")
    if issuer_of(credential) != holder:
        what = _("a credential without a proof of its own stands, and its issuer is not the holder")
        raise broken(f"{at}/issuer", what, "holder-differs")


def _checked_alike(document: object, at: str, kind: str, *, secured: bool) -> dict[str, Any]:
    """Check what credentials and presentations have alike, and return the document."""
    if not isinstance(document, dict):
        raise broken(at, _("a JSON object must stand"), "not-an-object")
    _check_context(document.get("@context"), at)
    check_id(document, at)
    if kind not in types_of(document, at):
        raise broken(f"{at}/type", _("the type %(type)s must be named") % {"type": kind}, "type")
    if secured and "proof" not in document:
        raise broken(f"{at}/proof", _("the proof is missing"), "no-proof")
    for pointer, each in things(document, "proof", at):
        types_of(each, pointer)
    return document


def _check_context(contexts: object, at: str) -> None:
    if not isinstance(contexts, list) or not contexts or contexts[0] not in (V2, V1):
        what = _("a list must stand that begins with %(url)s") % {"url": V2}
        raise broken(f"{at}/@context", what, "context")
    for index, each in enumerate(contexts):
        if not isinstance(each, dict) and not is_url(each):
            what = _("an absolute URL or an object must stand")
            raise broken(f"{at}/@context/{index}", what, "context")


def _moments(document: Mapping[str, Any], at: str) -> tuple[datetime | None, datetime | None]:
    version = V1 if V1 in listed(document.get("@context"))[:1] else V2
    begins = [_moment(document, member, at) for member in _BEGINS[version] if member in document]
    ends = [_moment(document, member, at) for member in _ENDS[version] if member in document]
    return max(begins, default=None), min(ends, default=None)


def _moment(document: Mapping[str, Any], member: str, at: str) -> datetime:
    try:
        return read_instant(document[member])
    except Unreadable:
        what = _("a date with time and zone must stand, such as 2026-01-31T12:00:00Z")
        raise broken(f"{at}/{member}", what, "time") from None
