"""Checks what is sealed with a certificate: European Digital Credentials (JAdES) and papers (PAdES)."""

from __future__ import annotations

import base64
from typing import Any

from django.utils.translation import gettext as _

from gilde.core.errors import GildeError
from gilde.credentials.checking import documents, statuses
from gilde.credentials.checking.around import Around
from gilde.credentials.checking.notes import Notes
from gilde.credentials.errors import Altered, Unreadable, Unsupported
from gilde.credentials.facts import Facts
from gilde.credentials.keys.paths import Lead
from gilde.credentials.linked import strict
from gilde.credentials.proofs import jades, pades
from gilde.credentials.proofs.pades_reading import Proof
from gilde.credentials.renderings import edc
from gilde.credentials.status import tokens
from gilde.credentials.verdict import Answer, Subject


def european(notes: Notes, data: bytes, around: Around) -> None:
    """Note the checks of a European Digital Credential under its seal."""
    try:
        found = jades.verify(data, now=around.now, anchors=around.anchors, stamp_anchors=around.stamp_anchors)
    except GildeError as error:
        notes.wrong(Subject.SIGNATURE, error)
        return
    try:
        document = strict.parse(found.payload)
        if not isinstance(document, dict):
            raise Unreadable(_("Under the seal there is no credential."), "no-credential")
    except GildeError as error:
        notes.wrong(Subject.FORMAT, error)
        return
    notes.passed(Subject.FORMAT, "credential", _("It is a European Digital Credential, and whole."))
    documents.signature_holds(notes)
    documents.read(notes, document)
    seal(notes, found, notes.facts, around)
    facts = notes.facts
    documents.period(
        notes, facts.valid_from if facts else None, facts.valid_until if facts else None, around.now
    )
    _status(notes, document, facts, around)


def _status(notes: Notes, document: dict[str, Any], facts: Facts | None, around: Around) -> None:
    place = edc.place(document) if facts else None
    if place is not None and facts is not None:
        statuses.by_tokens(notes, tokens.Reference(place.tokens, place.index), facts.issuer.id, around)
    elif document.get("credentialStatus") in (None, []):
        statuses.none(notes)
    else:
        notes.unknown(
            Subject.STATUS,
            "status-kind",
            _(
                "Its status is told in a way that Gilde does not know, so whether it was revoked cannot be told."
            ),
        )


def seal(notes: Notes, found: jades.Sealed | pades.Sealed, facts: Facts | None, around: Around) -> None:
    """Note whose seal it is, whether it could be believed when it was set, and who vouches for them."""
    owner = found.about.organisation or found.about.subject
    stamped = found.stamped_at if found.stamp_trusted else None
    if found.stamped_at is not None:
        notes.note(
            Subject.TIME,
            "stamped" if found.stamp_trusted else "stamp-unknown",
            _("A time stamp says that it existed on %(day)s.") % {"day": documents.day(found.stamped_at)}
            if found.stamp_trusted
            else _("A time stamp says that it existed on %(day)s; who made the stamp is not known here.")
            % {"day": documents.day(found.stamped_at)},
        )
    if found.certificate_expired_since and found.stamped_at is not None:
        notes.sealed_then = found.stamped_at
    if found.lead == Lead.TRUSTED:
        sentence = _("The seal is that of %(owner)s.") % {"owner": owner}
        if found.certificate_expired_since and stamped:
            sentence = _(
                "The seal is that of %(owner)s. Its certificate has expired since, but it was in force when the seal "
                "was set: valid when sealed, on %(day)s."
            ) % {"owner": owner, "day": documents.day(stamped)}
        notes.passed(Subject.KEY, "seal", sentence)
        known = around.trusted_seal(found.certificate, facts.achievement.qualification if facts else "")
        name, source = (known.name, known.source) if known else (owner, "")
        notes.passed(
            Subject.ISSUER,
            "seal-known",
            _("%(issuer)s is on the list “%(list)s”.") % {"issuer": name, "list": source}
            if source
            else _("An authority that this Gilde believes vouches for %(issuer)s.") % {"issuer": name},
        )
        return
    if found.lead in (Lead.UNKNOWN_ROOT, Lead.EXPIRED):
        if found.lead == Lead.EXPIRED:
            sentence = _(
                "The certificate of the seal has expired, and no time stamp that is known here is older."
            )
        else:
            sentence = _("The seal is whole and that of %(owner)s, as its certificate says.") % {
                "owner": owner
            }
        if found.sealed_at or found.stamped_at:
            moment = found.stamped_at or found.sealed_at
            assert moment is not None
            sentence += " " + _("It was sealed on %(day)s.") % {"day": documents.day(moment)}
        if found.lead == Lead.EXPIRED:
            notes.failed(Subject.KEY, str(found.lead), sentence, Answer.UNKNOWN_ISSUER)
        else:
            notes.passed(Subject.KEY, "seal", sentence)
        notes.failed(
            Subject.ISSUER,
            "seal-unknown",
            _("Nobody on the lists of this Gilde vouches for the authority that certified %(owner)s.")
            % {"owner": owner},
            Answer.UNKNOWN_ISSUER,
        )
        return
    sentences = {
        Lead.REVOKED: _("The certificate of the seal was revoked."),
        Lead.NOT_YET_VALID: _("The certificate of the seal was not in force yet."),
        Lead.NOT_FOR_SEALS: _("The certificate of the seal is not meant for seals."),
        Lead.WEAK: _("The certificate of the seal is made in a way that can be forged today."),
        Lead.BROKEN: _("The certificates of the seal do not belong together."),
    }
    notes.failed(Subject.KEY, str(found.lead), sentences[found.lead], Answer.ALTERED)


def paper_seals(notes: Notes, told: dict[str, Any], facts: Facts | None, around: Around) -> bool:
    """Note the checks of the seals of a paper, and return whether it has one."""
    wrong = told.get("wrong")
    if wrong:
        kinds: dict[str, type[Altered | Unsupported | Unreadable]] = {
            "altered": Altered,
            "unsupported": Unsupported,
        }
        kind = kinds.get(str(wrong["code"]), Unreadable)
        notes.wrong(Subject.SIGNATURE, kind(str(wrong["sentence"]), str(wrong["reason"])))
        return True
    seals = [Proof.unpacked(each) for each in told.get("seals", [])]
    for each in seals:
        try:
            found = pades.judge(
                each, now=around.now, anchors=around.anchors, stamp_anchors=around.stamp_anchors
            )
        except GildeError as error:
            notes.wrong(Subject.SIGNATURE, error)
            continue
        documents.signature_holds(notes)
        seal(notes, found, facts, around)
    return bool(seals)


def attached(told: dict[str, Any]) -> list[bytes]:
    """Return the files in a paper that may be credentials, as the process apart told them."""
    return [base64.b64decode(each["data"]) for each in told.get("attachments", [])]
