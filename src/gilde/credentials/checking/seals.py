"""Checks what is sealed with a certificate: European Digital Credentials (JAdES) and papers (PAdES)."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gilde.core.errors import GildeError
from gilde.credentials import model
from gilde.credentials.checking import documents, judging, statuses, unchecked
from gilde.credentials.checking.around import Around
from gilde.credentials.checking.notes import Notes
from gilde.credentials.errors import Unreadable
from gilde.credentials.facts import Facts
from gilde.credentials.keys.certificates import About
from gilde.credentials.keys.paths import Lead
from gilde.credentials.linked import strict
from gilde.credentials.proofs import jades, pades
from gilde.credentials.renderings import edc
from gilde.credentials.status import tokens
from gilde.credentials.verdict import Answer, Subject

_MANDATE: Final = "http://data.europa.eu/snb/evidence-type/c_18016257"
_WRONG: Final = {
    "certificate-revoked": gettext_lazy("The certificate of the seal was revoked."),
    "certificate-not-yet-valid": gettext_lazy("The certificate of the seal was not in force yet."),
    "certificate-not-for-seals": gettext_lazy("The certificate of the seal is not meant for seals."),
    "certificate-weak": gettext_lazy(
        "The certificate of the seal is made in a way that can be forged today."
    ),
    "certificate-chain-broken": gettext_lazy("The certificates of the seal do not belong together."),
}


def european(notes: Notes, data: bytes, around: Around) -> None:
    """Note the checks of a European Digital Credential under its seal."""
    try:
        found = jades.verify(data, now=around.now, anchors=around.anchors, stamp_anchors=around.stamp_anchors)
    except GildeError as error:
        notes.wrong(Subject.SIGNATURE, error)
        return
    try:
        document = strict.parse(found.payload)
        if not isinstance(document, dict) or documents.format_of(document) != "edc":
            raise Unreadable(_("Under the seal there is no European Digital Credential."), "no-credential")
    except GildeError as error:
        notes.wrong(Subject.FORMAT, error)
        return
    if not documents.form(notes, document, len(found.payload), secured=False):
        return
    judging.signature_holds(notes)
    judging.logged(notes, data, around)
    documents.read(notes, document)
    unchecked.note(notes, document)
    facts = notes.facts
    seal(notes, found, facts, around, mandated=_mandated(document))
    judging.period(notes, *model.moments(document))
    _status(notes, document, facts, around)


def _status(notes: Notes, document: dict[str, Any], facts: Facts | None, around: Around) -> None:
    if document.get("credentialStatus") in (None, []):
        statuses.none(notes)
        return
    try:
        place = edc.place(document)
    except GildeError:
        place = None
    if place is None or facts is None:
        notes.unknown(
            Subject.STATUS,
            "status-kind",
            _(
                "Its status is told in a way that Gilde does not know, so whether it was revoked cannot be told."
            ),
        )
        return
    statuses.by_tokens(notes, tokens.Reference(place.tokens, place.index), facts.issuer.id, around)


def seal(
    notes: Notes,
    found: jades.Sealed | pades.Sealed,
    facts: Facts | None,
    around: Around,
    *,
    mandated: bool = False,
) -> None:
    """Note whose seal it is, whether it could be believed when it was set, and who vouches for them.

    Where an award is under it, the owner of the seal must be its issuer, or this register for one of its own: else
    anybody with a seal could issue in the name of a school. Who is on a list itself may seal for others by a mandate
    (`mandated`), as European Digital Credentials say it in their evidence.
    """
    owner = found.about.organisation or found.about.subject
    stamped = found.stamped_at if found.stamp_trusted else None
    _stamp(notes, found)
    if found.lead == Lead.TRUSTED:
        sentence = _("The seal is that of %(owner)s.") % {"owner": owner}
        if found.certificate_expired_since and stamped:
            notes.sealed_then = stamped
            sentence = _(
                "The seal is that of %(owner)s. Its certificate has expired since, but it was in force when the seal "
                "was set: valid when sealed, on %(day)s."
            ) % {"owner": owner, "day": judging.day(stamped)}
        notes.passed(Subject.KEY, "seal", sentence)
        _vouched(notes, found, owner, facts, around, mandated)
    elif found.lead in (Lead.UNKNOWN_ROOT, Lead.EXPIRED):
        _unknown(notes, found, owner)
    else:
        notes.failed(Subject.KEY, str(found.lead), str(_WRONG[str(found.lead)]), Answer.ALTERED)


def _stamp(notes: Notes, found: jades.Sealed | pades.Sealed) -> None:
    if found.stamped_at is None:
        return
    told = {"day": judging.day(found.stamped_at)}
    if found.stamp_trusted:
        notes.note(Subject.TIME, "stamped", _("A time stamp proves that it existed on %(day)s.") % told)
    else:
        notes.note(
            Subject.TIME,
            "stamp-unknown",
            _("A time stamp says that it existed on %(day)s; who made the stamp is not known here.") % told,
        )


def _vouched(
    notes: Notes,
    found: jades.Sealed | pades.Sealed,
    owner: str,
    facts: Facts | None,
    around: Around,
    mandated: bool,
) -> None:
    qualification = facts.achievement.qualification if facts else ""
    known = around.trusted_seal(found.certificate, qualification)
    if facts and known and not known.source:
        issuer = around.trusted(facts.issuer.id, qualification, min(facts.valid_from, notes.now))
        if issuer is None or issuer.source:
            _another(notes, owner, facts)
            return
        notes.passed(
            Subject.ISSUER,
            "issuer-known",
            _("%(issuer)s is an issuer of this register, which sealed it.") % {"issuer": issuer.name},
        )
        judging.accredited(notes, issuer)
        return
    same = facts is None or _same(found.about, facts)
    if facts and not same and not (mandated and known and known.named):
        _another(notes, owner, facts)
        return
    if known and known.source and facts and not same:
        told = _("%(owner)s is on the list “%(list)s”, and sealed it by mandate of %(issuer)s.") % {
            "owner": known.name,
            "list": known.source,
            "issuer": next(iter(facts.issuer.name.values()), facts.issuer.id),
        }
    elif known and known.source:
        told = _("%(issuer)s is on the list “%(list)s”.") % {
            "issuer": known.name if known.named else owner,
            "list": known.source,
        }
    elif known:
        told = _("It is sealed by this register.")
    else:
        told = _("An authority that this register believes vouches for %(issuer)s.") % {"issuer": owner}
    notes.passed(Subject.ISSUER, "seal-known", told)
    if known:
        judging.accredited(notes, known)


def _mandated(document: dict[str, Any]) -> bool:
    """Return whether the evidence of a credential says that it was sealed by mandate of its issuer."""
    evidence = document.get("evidence")
    for each in evidence if isinstance(evidence, list) else [evidence]:
        kind = each.get("dcType") if isinstance(each, dict) else None
        if isinstance(kind, dict) and kind.get("id") == _MANDATE:
            return True
    return False


def _same(owner: About, facts: Facts) -> bool:
    """Return whether the owner of a seal is the issuer that an award names: by its number, else by its name.

    A seal has its number with the register and the country before it, as in VATBE-0123456789 (EN 319 412-1, 5.1.4); an
    award may have it without.
    """
    issuer = facts.issuer
    if owner.legal_id and issuer.legal_id:
        scheme, _dash, number = owner.legal_id.partition("-")
        bare = _plain(number) == _plain(issuer.legal_id) and issuer.country in ("", scheme[3:5].upper())
        return bare or _plain(owner.legal_id) == _plain(issuer.legal_id)
    return _plain(owner.organisation) in {_plain(name) for name in issuer.name.values()}


def _plain(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _another(notes: Notes, owner: str, facts: Facts) -> None:
    notes.failed(
        Subject.ISSUER,
        "seal-of-another",
        _("It says that %(issuer)s issued it, and is sealed by %(owner)s. Nobody says that they may.")
        % {"issuer": next(iter(facts.issuer.name.values()), facts.issuer.id), "owner": owner},
        Answer.UNKNOWN_ISSUER,
    )


def _unknown(notes: Notes, found: jades.Sealed | pades.Sealed, owner: str) -> None:
    moment = found.stamped_at or found.sealed_at
    when = " " + _("It was sealed on %(day)s.") % {"day": judging.day(moment)} if moment else ""
    if found.lead == Lead.EXPIRED:
        sentence = _(
            "The certificate of the seal has expired, and no time stamp that is known here is older."
        )
        notes.failed(Subject.KEY, str(found.lead), sentence + when, Answer.UNKNOWN_ISSUER)
    else:
        sentence = _("The seal is whole and that of %(owner)s, as its certificate says.") % {"owner": owner}
        notes.passed(Subject.KEY, "seal", sentence + when)
    notes.failed(
        Subject.ISSUER,
        "seal-unknown",
        _("Nobody on the lists of this register vouches for the authority that certified %(owner)s.")
        % {"owner": owner},
        Answer.UNKNOWN_ISSUER,
    )
