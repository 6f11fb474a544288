"""What every credential is judged by once its signature holds: its key, its period, and who vouches for its issuer."""

from __future__ import annotations

from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gilde.credentials.checking.around import Around, Trusted
from gilde.credentials.checking.notes import Notes
from gilde.credentials.keys.methods import Method
from gilde.credentials.verdict import Answer, Subject


def signature_holds(notes: Notes) -> None:
    """Note that what is here is what was signed."""
    notes.passed(
        Subject.SIGNATURE, "signature", _("Nothing was changed since it was signed: every word is as issued.")
    )


def unsigned(notes: Notes) -> None:
    """Note that anybody could have written this."""
    notes.passed(Subject.FORMAT, "credential", _("The file is whole and can be read."))
    notes.failed(
        Subject.SIGNATURE,
        "unsigned",
        _("It carries no signature, so anybody could have written it. Ask the holder for the signed one."),
        Answer.UNKNOWN_ISSUER,
    )


def logged(notes: Notes, content: bytes, around: Around) -> datetime | None:
    """Return by when the log proves that these bytes existed, and note it; None when they are not in it."""
    proven = around.existed_at(content)
    if proven is not None:
        notes.note(
            Subject.TIME,
            "logged",
            _("It stands in the public log: it existed on %(day)s at the latest.") % {"day": day(proven)},
        )
    return proven


def key(
    notes: Notes, method: Method, issuer: str, signed_at: datetime | None, proven: datetime | None
) -> None:
    """Note whether the key is the issuer's, and could be believed when it signed.

    `signed_at` is what the signer says, which counts while the key was the issuer's alone; of a key that was in wrong
    hands only what the log proves (`proven`) to be older. Where nobody says when it was signed, the log's time counts,
    and a key that has been replaced since says nothing without either.
    """
    moment = signed_at or proven
    if method.controller != issuer:
        notes.failed(
            Subject.KEY,
            "key-not-issuers",
            _("It was signed with a key that is not the issuer's."),
            Answer.ALTERED,
        )
    elif method.compromised is not None and (proven is None or proven >= method.compromised):
        notes.failed(
            Subject.KEY,
            "key-compromised",
            _(
                "The issuer's key was in wrong hands from %(day)s on, and nothing proves that this is older: "
                "anybody could have signed it. Ask the issuer for a new one."
            )
            % {"day": day(method.compromised)},
            Answer.UNKNOWN_ISSUER,
        )
    elif moment is not None and not method.may_sign_at(moment):
        notes.failed(
            Subject.KEY,
            "key-period",
            _("The issuer did not use this key on %(day)s, when it is said to have been signed.")
            % {"day": day(moment)},
            Answer.ALTERED,
        )
    elif method.until is None:
        notes.passed(Subject.KEY, "key", _("The key is the issuer's."))
    elif moment is None:
        notes.unknown(
            Subject.KEY,
            "key-moment",
            _(
                "The issuer has replaced the key on %(day)s, and nothing tells whether it was signed before that. "
                "Ask the issuer for a new one."
            )
            % {"day": day(method.until)},
        )
    else:
        notes.passed(
            Subject.KEY,
            "key-retired",
            _("The key was the issuer's when it signed; it has been replaced since, on %(day)s.")
            % {"day": day(method.until)},
        )


def believed(method: Method, moment: datetime | None) -> bool:
    """Return whether a list or presentation may be believed by its key; one that was ever in wrong hands never."""
    return method.compromised is None and (moment is None or method.may_sign_at(moment))


def period(notes: Notes, since: datetime | None, until: datetime | None) -> None:
    """Note whether it is valid now by its own dates; both belong to the period."""
    if since and notes.now < since:
        notes.failed(
            Subject.PERIOD,
            "not-yet-valid",
            _("It is valid from %(day)s on, not before.") % {"day": day(since)},
            Answer.EXPIRED,
        )
    elif until and notes.now > until:
        notes.failed(
            Subject.PERIOD,
            "expired",
            _("It was valid until %(day)s.") % {"day": day(until)},
            Answer.EXPIRED,
        )
    elif until:
        notes.passed(Subject.PERIOD, "in-period", _("It is valid until %(day)s.") % {"day": day(until)})
    else:
        notes.passed(Subject.PERIOD, "in-period", _("It does not expire."))


def trust(notes: Notes, issuer: str, qualification: str, at: datetime | None, around: Around) -> None:
    """Note whether somebody vouched for the issuer when it signed, and whether it is accredited for this.

    Raises nothing: an issuer of whom nobody knows is one of the answers.
    """
    known = around.trusted(issuer, qualification, min(at or notes.now, notes.now))
    if known is None:
        notes.failed(
            Subject.ISSUER,
            "issuer-unknown",
            _(
                "Nobody on the lists of this register vouches for the issuer (%(issuer)s). The signature says that "
                "they issued it, not who they are."
            )
            % {"issuer": issuer[:200]},
            Answer.UNKNOWN_ISSUER,
        )
        return
    if known.source:
        told = _("%(issuer)s is on the list “%(list)s”.") % {"issuer": known.name, "list": known.source}
    else:
        told = _("%(issuer)s is an issuer of this register.") % {"issuer": known.name}
    notes.passed(Subject.ISSUER, "issuer-known", told)
    accredited(notes, known)


def accredited(notes: Notes, known: Trusted) -> None:
    """Note whether the issuer is accredited for what it awarded, where that is known."""
    if known.accredited is True:
        notes.note(Subject.ACCREDITATION, "accredited", _("The issuer is accredited for this qualification."))
    elif known.accredited is False:
        notes.note(
            Subject.ACCREDITATION,
            "not-accredited",
            _("It is known what the issuer is accredited for, and this qualification is not among it."),
        )


def day(moment: datetime) -> str:
    """Return a day as the reader writes it."""
    return date_format(localtime(moment), "DATE_FORMAT")
