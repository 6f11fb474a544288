"""Checks whatever was given, from any issuer, and comes to one verdict with every check that was made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from django.utils.translation import gettext as _

from gilde.core.errors import GildeError
from gilde.credentials.checking import apart, documents, papers, presentations, seals
from gilde.credentials.checking.around import Around, Asked
from gilde.credentials.checking.notes import Notes
from gilde.credentials.checking.sniff import Form, Found, sniff
from gilde.credentials.errors import Unreadable, Unsupported
from gilde.credentials.model_envelopes import PRESENTATION, read_envelope
from gilde.credentials.proofs import jose
from gilde.credentials.renderings import baking
from gilde.credentials.verdict import Check, Standing, Subject, Verdict

_DEEPEST: Final = 4  # a picture with a code with a token with a presentation
_VC_SD: Final = frozenset({"vc+sd-jwt", "application/vc+sd-jwt"})
_VP: Final = frozenset({"vp+jwt", "application/vp+jwt", "vp+sd-jwt", "application/vp+sd-jwt"})


def check(given: bytes | str, around: Around) -> Verdict:
    """Return the verdict on what was given.

    Raises Unreadable, Unsupported and TooMuch for what is no credential at all, with a sentence on what to give
    instead; what claims to be one gets a verdict, whatever is wrong with it. Raises also what `around.shared` does of
    a link.
    """
    return _check(sniff(given), around, 0)


def _check(found: Found, around: Around, depth: int) -> Verdict:
    if depth > _DEEPEST:
        raise Unreadable(_("This is packed in too many layers to be a credential."), "too-deep")

    def inner(inside: Found) -> Verdict:
        return _check(inside, around, depth + 1)

    match found.form:
        case Form.CREDENTIAL:
            notes = Notes(around.now, documents.format_of(found.value))
            documents.secured(notes, found.value, around)
            return notes.verdict()
        case Form.JWT | Form.SD_JWT if (found.header or {}).get("typ") in _VP:
            return presentations.token(found.text, around, inner)
        case Form.JWT:
            notes = Notes(around.now, "vc-jwt")
            documents.token(notes, found.text, around)
            return notes.verdict()
        case Form.SD_JWT:
            notes = Notes(around.now, "sd-jwt")
            read = documents.token if _is_document(found) else documents.selective
            read(notes, found.text, around)
            return notes.verdict()
        case Form.JADES:
            notes = Notes(around.now, "edc")
            seals.european(notes, found.data, around)
            return notes.verdict()
        case Form.ENVELOPED:
            return _enveloped(found.value, around, depth)
        case Form.PRESENTATION:
            return presentations.secured(found.value, around, inner)
        case Form.PNG_BADGE | Form.SVG_BADGE:
            told = _(
                "Only the credential in the picture was checked. What is drawn on it proves nothing: read it here."
            )
            return _noted(inner(sniff(baking.unbake(found.data))), "picture", told)
        case Form.IMAGE:
            told = _(
                "Only the code in the picture was checked. Compare what is printed around it with what is here."
            )
            return _noted(_image(found.data, around, depth), "code", told)
        case Form.PDF:
            return papers.check(found.data, around, inner)
        case Form.LINK:
            return _link(found.text, around, depth)


def _is_document(found: Found) -> bool:
    """Return whether an SD-JWT holds a W3C credential (vc+sd-jwt), and not the claims of an SD-JWT VC."""
    if (found.header or {}).get("typ") not in _VC_SD:
        return False
    try:
        return "@context" in jose.unverified(found.text.partition("~")[0])[1]
    except GildeError:
        return False


def _enveloped(document: Mapping[str, Any], around: Around, depth: int) -> Verdict:
    try:
        envelope = read_envelope(document)
        inside = sniff(envelope.content)
    except GildeError as error:
        notes = Notes(around.now, "enveloped")
        notes.wrong(Subject.FORMAT, error)
        return notes.verdict()
    if envelope.kind == PRESENTATION and inside.form not in (Form.JWT, Form.SD_JWT):
        raise Unsupported(_("This presentation is enveloped in a way that Gilde does not know."), "envelope")
    return _check(inside, around, depth + 1)


def _noted(inner: Verdict, reason: str, sentence: str) -> Verdict:
    return replace(inner, checks=(*inner.checks, Check(Subject.FORMAT, Standing.NOTE, reason, sentence)))


def _image(data: bytes, around: Around, depth: int) -> Verdict:
    """Return the verdict on the first code in a picture that holds or leads to a credential."""
    codes: list[str] = apart.run("image-codes", data)
    first: GildeError | None = None
    for code in codes:
        try:
            return _check(sniff(code), around, depth + 1)
        except Asked:
            raise
        except GildeError as error:
            first = first or error
    raise first or Unreadable(_("There is no QR code in the picture that can be read."), "no-code")


def _link(url: str, around: Around, depth: int) -> Verdict:
    shared = around.shared(url)
    if shared is None:
        raise Unsupported(
            _(
                "This link leads to another site, and Gilde opens none that it is handed. Open it yourself, download "
                "the credential there, and give the file."
            ),
            "foreign-link",
        )
    return _check(sniff(shared.credential), around, depth + 1)
