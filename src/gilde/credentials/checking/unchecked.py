"""What a credential may carry that Gilde does not check, and what that does to the verdict.

Decided property by property, by the W3C Verifiable Credentials Data Model 2.0:

| property | verdict |
|---|---|
| `credentialStatus` of an unknown type | cannot tell: it may have been revoked (section 4.10) |
| `termsOfUse` | cannot tell: an issuer or holder may forbid its use, or say on whose authority it stands (5.5) |
| `proof` of an unknown suite | cannot tell: each proof has to hold (Data Integrity 1.0, section 4.5) |
| terms, types and contexts that are not known | cannot be signed over without a meaning: refused (`linked`) |
| `credentialSchema` | a note: it describes a form, and no verifier has to compare it (4.11) |
| `relatedResource` that Gilde does not have | a note: what is elsewhere is not opened (5.3) |
| `refreshService` | a note: a newer one may be had, and this one is still what it is (5.4) |
| `endorsement` of Open Badges 3.0 | a note: others' opinions, each a credential of its own, which are not shown |
| `evidence`, `confidenceMethod`, `renderMethod` | nothing: they say nothing that has to be checked (5.6, 5.10) |
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from gilde.credentials import model_resources
from gilde.credentials.checking.notes import Notes
from gilde.credentials.verdict import Subject

_ENDORSEMENTS: Final = ("endorsement", "endorsementJwt")


def note(notes: Notes, document: Mapping[str, Any]) -> None:
    """Note what a credential carries that is not checked; its structure must be in order."""
    if document.get("termsOfUse"):
        notes.unknown(
            Subject.FORMAT,
            "terms-of-use",
            _(
                "The issuer or the holder sets terms of use that Gilde does not know, so whether it may be used for "
                "your purpose cannot be told. Ask the issuer."
            ),
        )
    if document.get("credentialSchema"):
        notes.note(
            Subject.FORMAT,
            "schema",
            _("It names a form that it is said to follow; that was not compared."),
        )
    if model_resources.unchecked(document):
        notes.note(
            Subject.FORMAT,
            "related-resources",
            _("It refers to files elsewhere; they were not opened, and are not a part of this check."),
        )
    if document.get("refreshService"):
        notes.note(
            Subject.STATUS, "refresh", _("The issuer offers to renew it, so there may be a newer one.")
        )
    if any(document.get(name) or each.get(name) for each in _said(document) for name in _ENDORSEMENTS):
        notes.note(
            Subject.FORMAT,
            "endorsements",
            _("Others recommend it or its issuer in it; what they say was not checked and is not shown."),
        )


def _said(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the parts of a badge in which others may speak: the issuer, the holder, the achievement."""
    yield {}
    for name in ("issuer", "credentialSubject"):
        told = document.get(name)
        for each in told if isinstance(told, list) else [told]:
            if isinstance(each, dict):
                yield each
                if isinstance(each.get("achievement"), dict):
                    yield each["achievement"]
