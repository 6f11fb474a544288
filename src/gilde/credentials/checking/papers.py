"""Checks a PDF: the seals of the paper, and the credentials that are attached to it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from gilde.core.errors import GildeError
from gilde.credentials.checking import apart, judging, seals
from gilde.credentials.checking.around import Around
from gilde.credentials.checking.notes import Notes
from gilde.credentials.checking.sniff import Form, Found, sniff
from gilde.credentials.errors import Altered, Unreadable, Unsupported
from gilde.credentials.facts import Facts
from gilde.credentials.proofs import pades
from gilde.credentials.proofs.pades_reading import Proof
from gilde.credentials.verdict import Answer, Subject, Verdict

_INSIDE = frozenset({Form.CREDENTIAL, Form.JWT, Form.SD_JWT, Form.JADES, Form.ENVELOPED})
# Of the credential inside these count for the whole; form, signature and key are those of the paper's own seal.
_KEPT = frozenset({Subject.PERIOD, Subject.STATUS, Subject.ISSUER, Subject.ACCREDITATION, Subject.TIME})


def check(data: bytes, around: Around, inner: Callable[[Found], Verdict]) -> Verdict:
    """Return the verdict on a PDF: as good as its seal and the credential in it together, and no better than either.

    `inner` checks what is in it. Raises Unreadable, Unsupported and TooMuch for a file that cannot be read.
    """
    told: dict[str, Any] = apart.run("pdf-parts", data)
    notes = Notes(around.now, "pdf")
    for content in _attached(told):
        try:
            found = sniff(content)
        except GildeError:
            continue  # a file that is no credential
        if found.form in _INSIDE:
            notes.parts.append(inner(found))
    notes.passed(Subject.FORMAT, "paper", _("The PDF is whole and can be read."))
    worst = min(notes.parts, key=lambda part: list(Answer).index(part.answer), default=None)
    facts = worst.facts if worst else None
    sealed = _sealed(notes, told, facts, around)
    if worst:
        notes.facts, notes.issuer = worst.facts, worst.issuer
        notes.sealed_then = notes.sealed_then or worst.sealed_then
        notes.checks += [each for each in worst.checks if each.subject in _KEPT or each.answer is not None]
    if not sealed:
        _unsealed(notes, worst)
    elif not worst:
        notes.unknown(
            Subject.STATUS,
            "no-credential-inside",
            _(
                "No credential is attached, so whether it was revoked and until when it is valid cannot be told. "
                "Ask the issuer."
            ),
        )
    return notes.verdict()


def _unsealed(notes: Notes, worst: Verdict | None) -> None:
    if worst:
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


def _sealed(notes: Notes, told: dict[str, Any], facts: Facts | None, around: Around) -> bool:
    """Note the checks of the seals of a paper, and return whether it has one."""
    if wrong := told.get("wrong"):
        kinds: dict[str, type[Altered | Unsupported | Unreadable]] = {
            "altered": Altered,
            "unsupported": Unsupported,
        }
        kind = kinds.get(str(wrong["code"]), Unreadable)
        notes.wrong(Subject.SIGNATURE, kind(str(wrong["sentence"]), str(wrong["reason"])))
        return True
    try:
        proofs = [Proof.unpacked(each) for each in told.get("seals", [])]
    except (KeyError, TypeError, ValueError) as error:
        raise _not_believed() from error
    for each in proofs:
        try:
            found = pades.judge(
                each, now=around.now, anchors=around.anchors, stamp_anchors=around.stamp_anchors
            )
        except GildeError as error:
            notes.wrong(Subject.SIGNATURE, error)
            continue
        judging.signature_holds(notes)
        seals.seal(notes, found, facts, around)
    return bool(proofs)


def _attached(told: dict[str, Any]) -> list[bytes]:
    """Return the files in a paper that may be credentials, as the process apart told them."""
    try:
        return [base64.b64decode(each["data"]) for each in told.get("attachments", [])]
    except (KeyError, TypeError, binascii.Error) as error:
        raise _not_believed() from error


def _not_believed() -> Unreadable:
    return Unreadable(
        _("Examining the PDF gave an answer that cannot be believed; ask its issuer for it again."),
        "bad-answer",
    )
