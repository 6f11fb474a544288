"""Checks a credential that is a JSON document: with proofs in it, or in a signed token, or shown in parts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gilde.core.errors import GildeError
from gilde.credentials import model
from gilde.credentials.checking import statuses
from gilde.credentials.checking.around import Around
from gilde.credentials.checking.notes import Notes
from gilde.credentials.errors import Unreadable
from gilde.credentials.facts import Facts
from gilde.credentials.keys.methods import Method
from gilde.credentials.linked import canonical, jcs
from gilde.credentials.model_values import listed
from gilde.credentials.proofs import data_integrity, jose, sd_jwt, vc_jwt
from gilde.credentials.renderings import edc, open_badge_reading, sd_jwt_vc, vc
from gilde.credentials.status import tokens
from gilde.credentials.verdict import Answer, Subject


def secured(notes: Notes, document: Mapping[str, Any], around: Around) -> None:
    """Note the checks of a credential with Data Integrity proofs."""
    if "proof" not in document:
        unsigned(notes)
        return
    if not _form(notes, document, secured=True):
        return
    try:
        proven = data_integrity.verify(document, around.method, now=around.now, purpose="assertionMethod")
    except GildeError as error:
        notes.wrong(Subject.SIGNATURE, error)
        read(notes, document)
        return
    signature_holds(notes)
    content = jcs.canonical(document)
    for each in proven:
        key(notes, each.method, model.issuer_of(document), each.created, content, around)
    claims(notes, document, around)


def token(notes: Notes, text: str, around: Around) -> None:
    """Note the checks of a credential in a token: vc+jwt, vc+sd-jwt, and older forms."""
    try:
        found = vc_jwt.read(text, around.method)
    except GildeError as error:
        notes.passed(Subject.FORMAT, "token", _("It is a signed token, and whole."))
        notes.wrong(Subject.SIGNATURE, error)
        return
    if not _form(notes, found.document, secured=False):
        return
    signature_holds(notes)
    issuer = model.issuer_of(found.document)
    if found.method is not None:
        key(notes, found.method, issuer, found.since, text.partition("~")[0].encode(), around)
    if (found.since and around.now < found.since) or (found.until and around.now > found.until):
        out_of_period(notes, found.since, found.until, around.now)
    claims(notes, found.document, around)


def selective(
    notes: Notes, text: str, around: Around, *, audience: str | None = None, nonce: str | None = None
) -> None:
    """Note the checks of an SD-JWT VC; with an audience and a nonce also that its holder presents it."""
    try:
        shown = sd_jwt.verify(
            text, around.method, now=around.now, audience=audience, nonce=nonce, period=False
        )
    except sd_jwt.Unbound as error:
        notes.failed(Subject.HOLDER, error.reason, error.sentence, Answer.ALTERED)
        return
    except GildeError as error:
        notes.wrong(Subject.SIGNATURE, error)
        return
    notes.passed(Subject.FORMAT, "sd-jwt", _("It is a credential of a wallet, and whole."))
    signature_holds(notes)
    issuer = str(shown.claims.get("iss", ""))
    notes.issuer = issuer
    since, until = jose.moment(shown.claims, "nbf"), jose.moment(shown.claims, "exp")
    if shown.method is not None:
        key(notes, shown.method, issuer, since, text.partition("~")[0].encode(), around)
    try:
        view = sd_jwt_vc.view(shown.claims)
        notes.facts = view.facts
        if view.withheld:
            notes.note(
                Subject.FORMAT,
                "partly-shown",
                _("The holder chose to show a part of it; what is shown is as the issuer signed it."),
            )
    except Unreadable as error:
        notes.note(Subject.FORMAT, error.reason, error.sentence)
    if shown.bound:
        notes.passed(Subject.HOLDER, "bound", _("Who presents it is the one it was issued to."))
    elif shown.claims.get("cnf"):
        notes.note(
            Subject.HOLDER,
            "not-presented",
            _("It belongs to a wallet; whether the one who gave it to you owns that wallet was not asked."),
        )
    period(notes, since, until, around.now)
    trust(notes, issuer, notes.facts, around)
    try:
        statuses.by_tokens(notes, tokens.reference(shown.claims), issuer, around)
    except GildeError as error:
        notes.unknown(Subject.STATUS, getattr(error, "reason", error.code), error.sentence)


def claims(notes: Notes, document: Mapping[str, Any], around: Around) -> None:
    """Note the checks of what a document says, once its signature holds: period, issuer, status."""
    read(notes, document)
    issuer = model.issuer_of(document)
    period(notes, *model.moments(document), around.now)
    trust(notes, issuer, notes.facts, around)
    statuses.by_document(notes, document, issuer, around)


def read(notes: Notes, document: Mapping[str, Any]) -> None:
    """Keep what the document says as facts, as far as it can be read; what cannot is noted."""
    try:
        notes.issuer = model.issuer_of(document)
        notes.facts = facts_of(document)
    except (GildeError, ValueError) as error:
        notes.note(
            Subject.FORMAT,
            "contents-unknown",
            getattr(error, "sentence", _("What it says is not an award that Gilde can show.")),
        )


def facts_of(document: Mapping[str, Any]) -> Facts:
    """Return the facts of a credential of any of the forms. Raises Unreadable for one that is no award."""
    types = listed(document.get("type"))
    if "EuropeanDigitalCredential" in types:
        return edc.facts(document)
    if {"OpenBadgeCredential", "AchievementCredential"} & set(types):
        return open_badge_reading.facts(document)
    return vc.facts(document)


def format_of(document: Mapping[str, Any]) -> str:
    """Return the code of the kind of credential that a document is."""
    types = listed(document.get("type"))
    if "EuropeanDigitalCredential" in types:
        return "edc"
    return "open-badge" if {"OpenBadgeCredential", "AchievementCredential"} & set(types) else "vc"


def unsigned(notes: Notes) -> None:
    """Note that anybody could have written this."""
    notes.passed(Subject.FORMAT, "credential", _("It is a credential, and whole."))
    notes.failed(
        Subject.SIGNATURE,
        "unsigned",
        _("It carries no signature, so anybody could have written it. Ask the holder for the signed one."),
        Answer.UNKNOWN_ISSUER,
    )


def _form(notes: Notes, document: Mapping[str, Any], *, secured: bool) -> bool:
    try:
        model.check_credential(document, secured=secured)
        canonical.checked(document)
    except GildeError as error:
        notes.wrong(Subject.FORMAT, error)
        return False
    notes.passed(Subject.FORMAT, "credential", _("It is a credential, and whole."))
    return True


def signature_holds(notes: Notes) -> None:
    """Note that what is here is what was signed."""
    notes.passed(
        Subject.SIGNATURE, "signature", _("Nothing was changed since it was signed: every word is as issued.")
    )


def key(
    notes: Notes, method: Method, issuer: str, signed_at: datetime | None, content: bytes, around: Around
) -> None:
    """Note whether the key is the issuer's, and could be believed when it signed; and what the log proves."""
    proven = around.existed_at(content)
    if proven is not None:
        notes.note(
            Subject.TIME,
            "logged",
            _("It stands in the public log: it existed on %(day)s at the latest.") % {"day": day(proven)},
        )
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
    elif signed_at is not None and not method.may_sign_at(signed_at) and proven is None:
        notes.failed(
            Subject.KEY,
            "key-period",
            _("The issuer did not use this key on %(day)s, when it is said to have been signed.")
            % {"day": day(signed_at)},
            Answer.ALTERED,
        )
    elif method.until is not None:
        notes.passed(
            Subject.KEY,
            "key-retired",
            _("The key was the issuer's when it signed; it has been replaced since %(day)s.")
            % {"day": day(method.until)},
        )
    else:
        notes.passed(Subject.KEY, "key", _("The key is the issuer's."))


def period(notes: Notes, since: datetime | None, until: datetime | None, now: datetime) -> None:
    """Note whether it is valid today by its own dates."""
    if (since and now < since) or (until and now > until):
        out_of_period(notes, since, until, now)
    elif until:
        notes.passed(Subject.PERIOD, "in-period", _("It is valid until %(day)s.") % {"day": day(until)})
    else:
        notes.passed(Subject.PERIOD, "in-period", _("It does not expire."))


def out_of_period(notes: Notes, since: datetime | None, until: datetime | None, now: datetime) -> None:
    """Note that it is not valid today."""
    if since and now < since:
        notes.failed(
            Subject.PERIOD,
            "not-yet-valid",
            _("It is valid from %(day)s on, not before.") % {"day": day(since)},
            Answer.EXPIRED,
        )
    elif until:
        notes.failed(
            Subject.PERIOD,
            "expired",
            _("It was valid until %(day)s.") % {"day": day(until)},
            Answer.EXPIRED,
        )


def trust(notes: Notes, issuer: str, facts: Facts | None, around: Around) -> None:
    """Note whether somebody vouches for the issuer, and whether it is accredited for the qualification."""
    qualification = facts.achievement.qualification if facts else ""
    known = around.trusted(issuer, qualification, facts.valid_from if facts else around.now)
    if known is None:
        notes.failed(
            Subject.ISSUER,
            "issuer-unknown",
            _(
                "Nobody on the lists of this Gilde vouches for the issuer (%(issuer)s). The signature says that they "
                "issued it, not who they are."
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
    if known.accredited is True:
        notes.note(Subject.ACCREDITATION, "accredited", _("The issuer is accredited for this qualification."))
    elif known.accredited is False:
        notes.note(
            Subject.ACCREDITATION,
            "not-accredited",
            _("The list names what the issuer is accredited for, and this qualification is not among it."),
        )


def day(moment: datetime) -> str:
    """Return a day as the reader writes it."""
    return date_format(localtime(moment), "DATE_FORMAT")
