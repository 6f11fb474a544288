"""Checks a credential that is a JSON document: with proofs in it, or in a signed token, or shown in parts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext as _

from gilde.core.errors import GildeError
from gilde.credentials import model
from gilde.credentials.checking import apart, judging, statuses, unchecked
from gilde.credentials.checking.around import Around
from gilde.credentials.checking.notes import Notes
from gilde.credentials.checking.resolving import resolver
from gilde.credentials.errors import Altered, TooMuch
from gilde.credentials.facts import Facts
from gilde.credentials.linked import canonical, jcs
from gilde.credentials.linked.expansion import facts_of as meaning_of
from gilde.credentials.linked.scopes import Elsewhere
from gilde.credentials.linked.tables import PUBLIC
from gilde.credentials.model_values import listed
from gilde.credentials.proofs import data_integrity, jose, sd_jwt, vc_jwt
from gilde.credentials.renderings import edc, open_badge_reading, sd_jwt_vc, vc
from gilde.credentials.status import tokens
from gilde.credentials.verdict import Answer, Subject

LARGEST: Final = 4 * 1024 * 1024  # bytes of a document; a diploma with pictures in it has about one million
_SMALL: Final = 256 * 1024  # bytes that are read here without a thought
_MOST_PROOFS: Final = 8  # each may cost a canonical form
_AHEAD: Final = timedelta(minutes=10)  # by which the clock of a signer may be ahead of ours


def secured(notes: Notes, document: Mapping[str, Any], around: Around) -> None:
    """Note the checks of a credential with Data Integrity proofs.

    Each of them has to hold, and one at least has to be the issuer's; who else signed is told.
    """
    if not document.get("proof"):
        judging.unsigned(notes)
        return
    content = jcs.canonical(document)
    if not form(notes, document, len(content), secured=True):
        return
    try:
        if len(listed(document["proof"])) > _MOST_PROOFS:
            raise TooMuch(_("It carries more signatures than any honest credential."), "too-many-proofs")
        proven = data_integrity.verify(document, resolver(around), now=around.now, purpose="assertionMethod")
    except GildeError as error:
        notes.wrong(Subject.SIGNATURE, error)
        return
    judging.signature_holds(notes)
    issuer = model.issuer_of(document)
    logged = judging.logged(notes, content, around)
    own = [each for each in proven if each.method.controller == issuer]
    for each in own or proven[:1]:
        judging.key(notes, each.method, issuer, each.created, logged)
    for other in {each.method.controller for each in proven if own} - {issuer}:
        notes.note(Subject.KEY, "also-signed", _("It is also signed by %(who)s.") % {"who": other[:200]})
    signed_at = min((each.created for each in own if each.created), default=None)
    judging.period(notes, *model.moments(document))
    _claims(notes, document, signed_at, around)


def token(notes: Notes, text: str, around: Around) -> None:
    """Note the checks of a credential in a token: vc+jwt, vc+sd-jwt, and older forms."""
    try:
        found = vc_jwt.read(text, resolver(around))
        signed_at = _signed_at(text, around.now)
    except GildeError as error:
        notes.wrong(Subject.SIGNATURE, error)
        return
    if not form(notes, found.document, len(text), secured=False):
        return
    judging.signature_holds(notes)
    issuer = model.issuer_of(found.document)
    logged = judging.logged(notes, signed_part(text), around)
    if found.method is not None:
        judging.key(notes, found.method, issuer, signed_at, logged)
    since, until = model.moments(found.document)
    begins = [each for each in (since, found.since) if each]
    ends = [each for each in (until, found.until) if each]
    judging.period(notes, max(begins, default=None), min(ends, default=None))
    _claims(notes, found.document, signed_at, around)


def selective(
    notes: Notes, text: str, around: Around, *, audience: str | None = None, nonce: str | None = None
) -> None:
    """Note the checks of an SD-JWT VC; with an audience and a nonce also that its holder presents it."""
    try:
        shown = sd_jwt.verify(
            text, resolver(around), now=around.now, audience=audience, nonce=nonce, period=False
        )
        signed_at = _signed_at(text, around.now)
        since, until = jose.moment(shown.claims, "nbf"), jose.moment(shown.claims, "exp")
    except sd_jwt.Unbound as error:
        notes.failed(Subject.HOLDER, error.reason, error.sentence, Answer.ALTERED)
        return
    except GildeError as error:
        notes.wrong(Subject.SIGNATURE, error)
        return
    notes.passed(Subject.FORMAT, "sd-jwt", _("The file is whole and can be read."))
    judging.signature_holds(notes)
    issuer = str(shown.claims.get("iss", ""))
    notes.issuer = issuer
    logged = judging.logged(notes, signed_part(text), around)
    if shown.method is not None:
        judging.key(notes, shown.method, issuer, signed_at, logged)
    _shown(notes, shown)
    judging.period(notes, since, until)
    qualification = notes.facts.achievement.qualification if notes.facts else ""
    judging.trust(notes, issuer, qualification, signed_at or since, around)
    try:
        reference = tokens.reference(shown.claims)
    except GildeError as error:
        notes.unknown(Subject.STATUS, str(getattr(error, "reason", error.code)), error.sentence)
    else:
        statuses.by_tokens(notes, reference, issuer, around)


def _shown(notes: Notes, shown: sd_jwt.Shown) -> None:
    try:
        view = sd_jwt_vc.view(shown.claims)
    except GildeError as error:
        notes.note(Subject.FORMAT, "contents-unknown", error.sentence)
    else:
        notes.facts = view.facts
        if view.withheld:
            notes.note(
                Subject.FORMAT,
                "partly-shown",
                _("The holder chose to show a part of it; what is shown is as the issuer signed it."),
            )
    if shown.bound:
        notes.passed(Subject.HOLDER, "bound", _("Who presents it is the one it was issued to."))
    elif shown.claims.get("cnf"):
        notes.note(
            Subject.HOLDER,
            "not-presented",
            _("It belongs to a wallet; whether the one who gave it to you owns that wallet was not asked."),
        )


def _claims(notes: Notes, document: Mapping[str, Any], signed_at: datetime | None, around: Around) -> None:
    """Note the checks of what a document says, once its signature holds: contents, issuer, status."""
    read(notes, document)
    unchecked.note(notes, document)
    issuer = model.issuer_of(document)
    qualification = notes.facts.achievement.qualification if notes.facts else ""
    judging.trust(notes, issuer, qualification, signed_at or model.moments(document)[0], around)
    statuses.by_document(notes, document, issuer, around)


def read(notes: Notes, document: Mapping[str, Any]) -> None:
    """Keep what a document with a sound signature says as facts; where it cannot be read as an award that is noted."""
    notes.issuer = model.issuer_of(document)
    try:
        notes.facts = facts_of(document)
    except GildeError:
        notes.note(
            Subject.FORMAT,
            "contents-unknown",
            _("What it says is not written as an award that Gilde can show. Read it in the file itself."),
        )


def facts_of(document: Mapping[str, Any]) -> Facts:
    """Return the facts of a credential of any of the forms. Raises Unreadable for one that is no award."""
    match format_of(document):
        case "edc":
            return edc.facts(document)
        case "open-badge":
            return open_badge_reading.facts(document)
        case _:
            return vc.facts(document)


def format_of(document: Mapping[str, Any]) -> str:
    """Return the code of the kind of credential that a document is."""
    types = listed(document.get("type"))
    if "EuropeanDigitalCredential" in types:
        return "edc"
    return "open-badge" if "OpenBadgeCredential" in types or "AchievementCredential" in types else "vc"


def form(notes: Notes, document: Mapping[str, Any], size: int, *, secured: bool) -> bool:
    """Note whether a document keeps the rules of credentials and says nothing without a meaning; return that.

    What is large, or needs the general algorithms of JSON-LD, is tried in a process apart first: it is refused there
    in a second, before the proofs ask for the same here. What is small takes the compiled tables, whose work grows with
    the size alone; canonical forms are bounded by themselves (`linked.rdfc`).
    """
    try:
        if size > LARGEST:
            raise TooMuch(
                _("It is larger than %(most)d MB, which no credential is.") % {"most": LARGEST >> 20},
                "too-large",
            )
        model.check_credential(document, secured=secured)
        if not bounded(document, size):
            canonical.checked(document)
    except GildeError as error:
        notes.wrong(Subject.FORMAT, error)
        return False
    notes.passed(Subject.FORMAT, "credential", _("The file is whole and can be read."))
    return True


def bounded(document: Mapping[str, Any], size: int) -> bool:
    """Return whether what a document of so many bytes means was read here; raise what is refused.

    What is large, or needs the general algorithms of JSON-LD, is brought into canonical form in a process apart, with
    limits, before anything does so here.
    """
    if size <= _SMALL:
        try:
            meaning_of(document, PUBLIC)
        except Elsewhere:
            pass
        else:
            return True
    apart.canonical(document)
    return False


def signed_part(text: str) -> bytes:
    """Return the part of a token that its issuer signed, of which the log has the digest."""
    return text.partition("~")[0].encode()


def _signed_at(text: str, now: datetime) -> datetime | None:
    """Return when a token says that it was signed, None where it does not. Raises Altered for a time to come."""
    told = jose.unverified(text.partition("~")[0])[1].get("iat")
    if isinstance(told, bool) or not isinstance(told, int | float) or not 0 <= told <= jose.LATEST:
        return None
    signed_at = datetime.fromtimestamp(told, UTC)
    if signed_at > now + _AHEAD:
        raise Altered(_("The signature says that it was made in the future."), "created-in-future")
    return signed_at
