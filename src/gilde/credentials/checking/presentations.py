"""Checks a presentation: who shows it, and each credential in it; the gravest answer is that of the whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _

from gilde.core.errors import GildeError
from gilde.credentials import model
from gilde.credentials.checking import documents
from gilde.credentials.checking.around import Around
from gilde.credentials.checking.judging import believed, day
from gilde.credentials.checking.notes import Notes
from gilde.credentials.checking.resolving import resolver
from gilde.credentials.checking.sniff import Form, Found, sniff
from gilde.credentials.errors import TooMuch, Unreadable
from gilde.credentials.linked import canonical, jcs
from gilde.credentials.model_envelopes import is_envelope
from gilde.credentials.model_values import listed
from gilde.credentials.proofs import data_integrity, vc_jwt
from gilde.credentials.verdict import Answer, Subject, Verdict

Inner = Callable[[Found], Verdict]

MOST: Final = 20  # credentials in one presentation: each may name keys and lists elsewhere


def secured(document: dict[str, Any], around: Around, inner: Inner) -> Verdict:
    """Return the verdict on a presentation that is a JSON document, with a proof of its holder or without.

    `inner` checks what is in it. Raises Unreadable where that is nothing, TooMuch.
    """
    notes = Notes(around.now, "presentation")
    holder = ""
    try:
        model.check_presentation(document, secured=False)
        holder = model.holder_of(document)
        if document.get("proof"):
            _proven(notes, document, holder, around)
    except GildeError as error:
        notes.wrong(Subject.HOLDER if "proof" in document else Subject.FORMAT, error)
        return notes.verdict()
    inside = [
        Found(Form.ENVELOPED if is_envelope(each) else Form.CREDENTIAL, b"", each)
        for each in listed(document.get("verifiableCredential", []))
    ]
    return _whole(notes, inside, holder, inner)


def token(text: str, around: Around, inner: Inner) -> Verdict:
    """Return the verdict on a presentation in a token (vp+jwt). Raises as `secured`."""
    notes = Notes(around.now, "presentation")
    try:
        shown = vc_jwt.read_presentation(text, resolver(around))
        model.check_presentation(shown.document, secured=False)
        if shown.method is not None and not believed(shown.method, None):
            raise Unreadable(_("The key that it was presented with is not to be trusted."), "key-compromised")
    except GildeError as error:
        notes.wrong(Subject.HOLDER, error)
        return notes.verdict()
    if shown.until is not None and around.now > shown.until:
        notes.failed(
            Subject.HOLDER,
            "presentation-expired",
            _("It was presented for use until %(day)s. Ask the holder to present it again.")
            % {"day": day(shown.until)},
            Answer.EXPIRED,
        )
    inside = [sniff(each.content) for each in shown.envelopes]
    return _whole(notes, inside, model.holder_of(shown.document), inner)


def _proven(notes: Notes, document: Mapping[str, Any], holder: str, around: Around) -> None:
    if len(jcs.canonical(document)) > documents.LARGEST:
        raise TooMuch(_("It is larger than any honest presentation."), "too-large")
    canonical.checked(document)
    proven = data_integrity.verify(document, resolver(around), now=around.now, purpose="authentication")
    if holder and any(each.method.controller != holder for each in proven):
        notes.failed(
            Subject.HOLDER,
            "holder-key",
            _("It was presented with a key that is not the holder's."),
            Answer.ALTERED,
        )


def _whole(notes: Notes, inside: Sequence[Found], holder: str, inner: Inner) -> Verdict:
    if not inside:
        raise Unreadable(_("This presentation shows no credential."), "empty-presentation")
    if len(inside) > MOST:
        raise TooMuch(
            _("This presentation shows more than %(most)d credentials; give them one by one.")
            % {"most": MOST},
            "too-many-credentials",
        )
    notes.parts = [inner(each) for each in inside]
    worst = min(notes.parts, key=lambda part: list(Answer).index(part.answer))
    notes.checks += worst.checks
    notes.facts, notes.issuer, notes.sealed_then = worst.facts, worst.issuer, worst.sealed_then
    if len(inside) > 1:
        notes.note(
            Subject.FORMAT,
            "several",
            _("It shows %(number)d credentials; each is judged below.") % {"number": len(inside)},
        )
    notes.note(
        Subject.HOLDER,
        "presented",
        _("It was presented by %(holder)s; when and to whom was not asked.") % {"holder": holder[:200]}
        if holder
        else _("Who presents it is not told."),
    )
    return notes.verdict()
