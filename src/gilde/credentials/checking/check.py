"""Checks whatever was given, from any issuer, and comes to one verdict with every check that was made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from gilde.core.errors import GildeError
from gilde.credentials import model
from gilde.credentials.checking import apart, documents, seals
from gilde.credentials.checking.around import Around
from gilde.credentials.checking.notes import Notes
from gilde.credentials.checking.sniff import Form, Found, sniff
from gilde.credentials.errors import Unreadable, Unsupported
from gilde.credentials.model_envelopes import PRESENTATION, read_envelope
from gilde.credentials.proofs import data_integrity, vc_jwt
from gilde.credentials.renderings import baking
from gilde.credentials.verdict import Answer, Subject, Verdict

_DEEPEST: Final = 4  # a picture with a code with a token with a presentation


def check(given: bytes | str, around: Around) -> Verdict:
    """Return the verdict on what was given.

    Raises Unreadable, Unsupported and TooMuch for what is no credential at all, with a sentence on what to give
    instead; what claims to be one gets a verdict, whatever is wrong with it.
    """
    return _check(sniff(given), around, 0)


def _check(found: Found, around: Around, depth: int) -> Verdict:
    if depth > _DEEPEST:
        raise Unreadable(_("This is packed in too many layers to be a credential."), "too-deep")
    match found.form:
        case Form.CREDENTIAL:
            notes = Notes(around.now, documents.format_of(found.value))
            documents.secured(notes, found.value, around)
            return notes.verdict()
        case Form.JWT:
            return _token(found, around)
        case Form.SD_JWT:
            notes = Notes(around.now, "sd-jwt")
            if (found.header or {}).get("typ", "") in ("vc+sd-jwt", "application/vc+sd-jwt") and _is_vc(
                found
            ):
                documents.token(notes, found.text, around)
            else:
                documents.selective(notes, found.text, around)
            return notes.verdict()
        case Form.JADES:
            notes = Notes(around.now, "edc")
            seals.european(notes, found.data, around)
            return notes.verdict()
        case Form.ENVELOPED:
            return _enveloped(found.value, around, depth)
        case Form.PRESENTATION:
            return _presentation(found.value, around, depth)
        case Form.PNG_BADGE | Form.SVG_BADGE:
            inner = _check(sniff(baking.unbake(found.data)), around, depth + 1)
            return _about_picture(inner)
        case Form.IMAGE:
            return _image(found.data, around, depth)
        case Form.PDF:
            return _paper(found.data, around, depth)
        case Form.LINK:
            return _link(found.text, around, depth)


def _is_vc(found: Found) -> bool:
    from gilde.credentials.proofs import jose

    try:
        return "@context" in jose.unverified(found.text.partition("~")[0])[1]
    except GildeError:
        return False


def _token(found: Found, around: Around) -> Verdict:
    notes = Notes(around.now, "vc-jwt")
    typ = str((found.header or {}).get("typ", "")).removeprefix("application/")
    if typ == "vp+jwt":
        try:
            shown = vc_jwt.read_presentation(found.text, around.method)
        except GildeError as error:
            notes.wrong(Subject.SIGNATURE, error)
            return notes.verdict()
        return _presented(
            notes, [_inner(each.content) for each in shown.envelopes], around, model.holder_of(shown.document)
        )
    documents.token(notes, found.text, around)
    return notes.verdict()


def _inner(content: str) -> Found:
    return sniff(content)


def _enveloped(document: Mapping[str, Any], around: Around, depth: int) -> Verdict:
    try:
        envelope = read_envelope(document)
        inner = sniff(envelope.content)
    except GildeError as error:
        notes = Notes(around.now, "enveloped")
        notes.wrong(Subject.FORMAT, error)
        return notes.verdict()
    if envelope.kind == PRESENTATION and inner.form not in (Form.JWT, Form.SD_JWT):
        raise Unsupported(_("This presentation is enveloped in a way that Gilde does not know."), "envelope")
    return _check(inner, around, depth + 1)


def _presentation(document: dict[str, Any], around: Around, depth: int) -> Verdict:
    notes = Notes(around.now, "presentation")
    try:
        model.check_presentation(document, secured=False)
    except GildeError as error:
        notes.wrong(Subject.FORMAT, error)
        return notes.verdict()
    holder = model.holder_of(document)
    if "proof" in document:
        try:
            proven = data_integrity.verify(document, around.method, now=around.now, purpose="authentication")
        except GildeError as error:
            notes.wrong(Subject.HOLDER, error)
            return notes.verdict()
        if holder and any(each.method.controller != holder for each in proven):
            notes.failed(
                Subject.HOLDER,
                "holder-key",
                _("It was presented with a key that is not the holder's."),
                Answer.ALTERED,
            )
            return notes.verdict()
    told = document.get("verifiableCredential", [])
    inner = []
    for each in told if isinstance(told, list) else [told]:
        form = Form.ENVELOPED if "Enveloped" in str(each.get("type")) else Form.CREDENTIAL
        inner.append(Found(form, b"", each))
    return _presented(notes, inner, around, holder, depth)


def _presented(notes: Notes, inner: list[Found], around: Around, holder: str, depth: int = 0) -> Verdict:
    if not inner:
        raise Unreadable(_("This presentation shows no credential."), "empty-presentation")
    notes.format = "presentation"
    notes.parts = [_check(each, around, depth + 1) for each in inner]
    worst = min(notes.parts, key=lambda part: list(Answer).index(part.answer))
    notes.checks += worst.checks
    notes.facts, notes.issuer, notes.sealed_then = worst.facts, worst.issuer, worst.sealed_then
    notes.note(
        Subject.HOLDER,
        "presented",
        _("It was presented by %(holder)s.") % {"holder": holder}
        if holder
        else _("Who presents it is not told."),
    )
    return notes.verdict()


def _about_picture(inner: Verdict) -> Verdict:
    from dataclasses import replace

    from gilde.credentials.verdict import Check, Standing

    told = Check(
        Subject.FORMAT,
        Standing.NOTE,
        "picture",
        _(
            "Only the credential in the picture was checked. What is drawn on it proves nothing: read it here."
        ),
    )
    return replace(inner, checks=(*inner.checks, told))


def _image(data: bytes, around: Around, depth: int) -> Verdict:
    codes: list[str] = apart.run("image-codes", data)
    if not codes:
        raise Unreadable(
            _(
                "No QR code was found in the picture. Take it from nearer by, in good light, the whole code in view."
            ),
            "no-code",
        )
    first: GildeError | None = None
    for code in codes:
        try:
            return _check(sniff(code), around, depth + 1)
        except GildeError as error:
            first = first or error
    assert first is not None
    raise first


def _paper(data: bytes, around: Around, depth: int) -> Verdict:
    told: dict[str, Any] = apart.run("pdf-parts", data)
    notes = Notes(around.now, "pdf")
    for content in seals.attached(told):
        try:
            inner = sniff(content)
        except GildeError:
            continue  # a file that is no credential
        if inner.form in (Form.CREDENTIAL, Form.JWT, Form.SD_JWT, Form.JADES, Form.ENVELOPED):
            notes.parts.append(_check(inner, around, depth + 1))
    notes.passed(Subject.FORMAT, "paper", _("It is a PDF that can be read, and whole."))
    facts = notes.parts[0].facts if notes.parts else None
    sealed = seals.paper_seals(notes, told, facts, around)
    if notes.parts:
        worst = min(notes.parts, key=lambda part: list(Answer).index(part.answer))
        notes.facts, notes.issuer = worst.facts, worst.issuer
        # The paper is as good as the credential in it and its own seal together.
        kept = (Subject.PERIOD, Subject.STATUS, Subject.ISSUER, Subject.ACCREDITATION, Subject.TIME)
        notes.checks += [each for each in worst.checks if each.subject in kept or each.answer is not None]
    elif sealed:
        notes.unknown(
            Subject.STATUS,
            "no-credential-inside",
            _(
                "No credential is attached, so whether it was revoked and until when it is valid cannot be told."
            ),
        )
    if not sealed:
        if notes.parts:
            notes.unknown(
                Subject.SIGNATURE,
                "paper-unsealed",
                _(
                    "The paper itself is not sealed: its words may have been changed. Believe what is shown here of "
                    "the credential inside, not what is printed."
                ),
            )
        else:
            notes.failed(
                Subject.SIGNATURE,
                "unsigned",
                _("The PDF is not sealed and no credential is in it, so anybody could have made it."),
                Answer.UNKNOWN_ISSUER,
            )
    return notes.verdict()


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
