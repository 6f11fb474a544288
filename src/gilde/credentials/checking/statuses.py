"""Whether a credential was revoked or suspended, by the lists that it names.

A list must be the issuer's own, signed by it with a key that was never in wrong hands, of the purpose that the
credential names, long enough, and in force now. Whatever is wrong with one, the answer is that it cannot be told, and
never that the credential is valid; one that says "revoked" counts though another cannot be reached.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gilde.core.errors import GildeError
from gilde.credentials import model
from gilde.credentials.checking import resolving
from gilde.credentials.checking.around import Around
from gilde.credentials.checking.judging import believed
from gilde.credentials.checking.notes import Notes
from gilde.credentials.errors import Altered, TooMuch, Unreadable, Unsupported
from gilde.credentials.linked import strict
from gilde.credentials.model_envelopes import is_envelope, read_envelope
from gilde.credentials.proofs import data_integrity, vc_jwt
from gilde.credentials.status import bitstring, tokens
from gilde.credentials.verdict import Answer, Subject

_SKEW: Final = timedelta(
    minutes=1
)  # by which the clock of an issuer may be ahead; a list may also be made meanwhile
_KNOWN: Final = bitstring.STOPPING | {bitstring.REFRESH, bitstring.MESSAGE}
_MOST: Final = 8  # places in lists of one credential; each is a list to be fetched


def by_document(notes: Notes, document: Mapping[str, Any], issuer: str, around: Around) -> None:
    """Note the status of a credential that is a JSON document.

    Messages and renewal change nothing (Bitstring Status List 1.0, section 2.1); a purpose that is not known may.
    """
    if document.get("credentialStatus") in (None, []):
        none(notes)
        return
    try:
        entries, others = bitstring.entries(document)
        if len(entries) + len(others) > _MOST:
            raise TooMuch(_("It names more lists than any honest credential."), "too-many-lists")
    except GildeError as error:
        _unknown(notes, error)
        return
    stopping = [each for each in entries if each.purpose in bitstring.STOPPING]
    others = (*others, *(each.purpose for each in entries if each.purpose not in _KNOWN))
    stopped, unknown, made = False, bool(others), []
    for entry in stopping:
        try:
            found = _bitstring(entry.url, issuer, around)
            status = bitstring.validate(entry, found)
        except GildeError as error:
            unknown = True
            _unknown(notes, error)
            continue
        made.append(found.valid_from)
        if not status.valid:
            stopped = True
            _stop(notes, found.purposes & bitstring.STOPPING)
    if others:
        _unknown(
            notes,
            Unsupported(
                _("It is told in a way that Gilde does not know (%(kind)s).") % {"kind": others[0][:80]},
                "status-kind",
            ),
        )
    if not stopping and not others:
        none(notes)
    elif not stopped and not unknown:
        _counts(notes, min((each for each in made if each), default=None))


def by_tokens(notes: Notes, reference: tokens.Reference | None, issuer: str, around: Around) -> None:
    """Note the status of a credential that stands in a token status list."""
    if reference is None:
        none(notes)
        return
    try:
        found = _tokens(reference.uri, issuer, around)
        status = found.status(reference.index)
    except GildeError as error:
        _unknown(notes, error)
        return
    if status == tokens.Status.VALID:
        _counts(notes, found.issued)
    elif status == tokens.Status.SUSPENDED:
        _stop(notes, {bitstring.SUSPENSION})
    elif status == tokens.Status.INVALID:
        _stop(notes, {bitstring.REVOCATION})
    else:
        _unknown(
            notes,
            Unsupported(
                _("Its list says “%(status)d” of it, which Gilde does not know.") % {"status": status},
                "status-value",
            ),
        )


def _tokens(url: str, issuer: str, around: Around) -> tokens.StatusList:
    """Return the list at a URL, its signature verified and of the same issuer. Raises GildeError."""
    try:
        told = resolving.status_list(around, url).decode("ascii").strip()
    except UnicodeDecodeError as error:
        raise Unreadable(_("The list of revoked credentials cannot be read."), "list-damaged") from error
    found = tokens.read(told, resolving.resolver(around), uri=url)
    if found.method is None or found.method.controller != issuer:
        raise _of_another()
    if not believed(found.method, found.issued):
        raise _not_believed()
    if not found.current(around.now):
        raise _stale()
    return found


def _bitstring(url: str, issuer: str, around: Around) -> bitstring.StatusList:
    """Return the list at a URL, its proof verified and of the same issuer. Raises GildeError."""
    content = resolving.status_list(around, url)
    document = strict.parse(content) if content.lstrip()[:1] == b"{" else None
    if document is not None and is_envelope(document):
        content, document = read_envelope(document).content.encode(), None
    if document is None:
        secured = vc_jwt.read(content.decode("ascii", "replace").strip(), resolving.resolver(around))
        document = secured.document
        model.check_credential(document, secured=False)
        signed = [(secured.method, secured.since)]
        if secured.until is not None and around.now > secured.until:
            raise _stale()
    else:
        model.check_credential(document, secured=True)
        proven = data_integrity.verify(
            document, resolving.resolver(around), now=around.now, purpose="assertionMethod"
        )
        signed = [(each.method, each.created) for each in proven]
    if model.issuer_of(document) != issuer:
        raise _of_another()
    for method, moment in signed:
        if method is None or method.controller != issuer:
            raise _of_another()
        if not believed(method, moment):
            raise _not_believed()
    found = bitstring.read(document)
    if not (found.current(around.now) or found.current(around.now + _SKEW)):
        raise _stale()
    return found


def none(notes: Notes) -> None:
    """Note that the issuer offers no list, so that nothing can be revoked."""
    notes.passed(
        Subject.STATUS,
        "no-status",
        _("It names no list of revoked credentials: it was given once and for all."),
    )


def _counts(notes: Notes, made: datetime | None) -> None:
    if made is None:
        told = _("It is neither revoked nor suspended.")
    else:
        told = _("It is neither revoked nor suspended, by the issuer's list of %(moment)s.") % {
            "moment": date_format(localtime(made), "SHORT_DATETIME_FORMAT")
        }
    notes.passed(Subject.STATUS, "not-revoked", told)


def _stop(notes: Notes, purposes: Set[str]) -> None:
    """Note that it does not count, by a list for these purposes; one for both does not tell which it is."""
    if purposes == {bitstring.REVOCATION}:
        reason, told = "revoked", _("The issuer has revoked it: it no longer counts.")
    elif purposes == {bitstring.SUSPENSION}:
        reason, told = "suspended", _("The issuer has suspended it: until that ends it does not count.")
    else:
        reason, told = "stopped", _("The issuer has revoked or suspended it: it does not count.")
    notes.failed(Subject.STATUS, reason, told, Answer.STOPPED)


def _unknown(notes: Notes, error: GildeError) -> None:
    """Whatever is wrong with a list, one only cannot tell: the credential itself may be sound."""
    notes.unknown(
        Subject.STATUS,
        str(getattr(error, "reason", error.code)),
        _("Whether it was revoked cannot be told now. %(why)s") % {"why": error.sentence},
    )


def _of_another() -> Altered:
    return Altered(_("The list of revoked credentials is not signed by the issuer."), "status-issuer")


def _not_believed() -> Altered:
    return Altered(
        _("The list of revoked credentials is signed with a key that the issuer no longer trusts."),
        "status-key",
    )


def _stale() -> Altered:
    return Altered(
        _("The list of revoked credentials is out of date; a fresh one must be fetched."), "status-stale"
    )
