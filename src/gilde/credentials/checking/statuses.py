"""Whether a credential was revoked or suspended, by the lists that it names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from gilde.core.errors import GildeError
from gilde.credentials import model
from gilde.credentials.checking.around import Around
from gilde.credentials.checking.notes import Notes
from gilde.credentials.errors import Altered, Unsupported
from gilde.credentials.linked import strict
from gilde.credentials.proofs import data_integrity, vc_jwt
from gilde.credentials.status import bitstring, tokens
from gilde.credentials.verdict import Answer, Subject


def by_document(notes: Notes, document: Mapping[str, Any], issuer: str, around: Around) -> None:
    """Note the status of a credential that is a JSON document."""
    if document.get("credentialStatus") in (None, []):
        none(notes)
        return
    stopped = False
    try:
        entries, others = bitstring.entries(document)
        if others:
            raise Unsupported(
                _("Its status is told in a way that Gilde does not know (%(kind)s).")
                % {"kind": others[0][:80]},
                "status-kind",
            )
        for entry in entries:
            if entry.purpose not in bitstring.STOPPING:
                continue
            found = _bitstring(entry.url, issuer, around)
            status = bitstring.validate(entry, found)
            if not status.valid:
                stopped = True
                _stop(notes, entry.purpose)
    except GildeError as error:
        _unknown(notes, error)
        return
    if not stopped:
        _counts(notes)


def by_tokens(notes: Notes, reference: tokens.Reference | None, issuer: str, around: Around) -> None:
    """Note the status of a credential that stands in a token status list."""
    if reference is None:
        none(notes)
        return
    try:
        found = tokens.read(around.status_list(reference.uri).decode(), around.method, uri=reference.uri)
        if found.method is None or found.method.controller != issuer:
            raise _of_another()
        if not found.current(around.now):
            raise _stale()
        status = found.status(reference.index)
    except GildeError as error:
        _unknown(notes, error)
        return
    except UnicodeDecodeError:
        _unknown(notes, _stale())
        return
    if status == tokens.Status.VALID:
        _counts(notes)
    elif status == tokens.Status.SUSPENDED:
        _stop(notes, bitstring.SUSPENSION)
    elif status == tokens.Status.INVALID:
        _stop(notes, bitstring.REVOCATION)
    else:
        _unknown(
            notes,
            Unsupported(
                _("Its list says “%(status)d” of it, which Gilde does not know.") % {"status": status},
                "status-value",
            ),
        )


def _bitstring(url: str, issuer: str, around: Around) -> bitstring.StatusList:
    """Return the list at a URL, its proof verified and of the same issuer. Raises GildeError."""
    content = around.status_list(url)
    if content.lstrip()[:1] == b"{":
        document = strict.parse(content)
        model.check_credential(document, secured=True)
        proven = data_integrity.verify(document, around.method, now=around.now, purpose="assertionMethod")
        owners = {each.method.controller for each in proven}
    else:
        secured = vc_jwt.read(content.decode("ascii", "replace").strip(), around.method)
        document = secured.document
        model.check_credential(document, secured=False)
        owners = {secured.method.controller} if secured.method else set()
    if model.issuer_of(document) != issuer or owners != {issuer}:
        raise _of_another()
    found = bitstring.read(document)
    if not found.current(around.now):
        raise _stale()
    return found


def none(notes: Notes) -> None:
    """Note that the issuer offers no list, so that nothing can be revoked."""
    notes.passed(
        Subject.STATUS,
        "no-status",
        _("It names no list of revoked credentials: it was given once and for all."),
    )


def _counts(notes: Notes) -> None:
    notes.passed(Subject.STATUS, "not-revoked", _("It is neither revoked nor suspended."))


def _stop(notes: Notes, purpose: str) -> None:
    if purpose == bitstring.SUSPENSION:
        notes.failed(
            Subject.STATUS,
            "suspended",
            _("The issuer has suspended it: until that ends it does not count."),
            Answer.STOPPED,
        )
    else:
        notes.failed(
            Subject.STATUS, "revoked", _("The issuer has revoked it: it no longer counts."), Answer.STOPPED
        )


def _unknown(notes: Notes, error: GildeError) -> None:
    """Whatever is wrong with a list, one only cannot tell: the credential itself may be sound."""
    notes.unknown(
        Subject.STATUS,
        getattr(error, "reason", error.code),
        _("Whether it was revoked cannot be told now. %(why)s") % {"why": error.sentence},
    )


def _of_another() -> Altered:
    return Altered(_("The list of revoked credentials is not signed by the issuer."), "status-issuer")


def _stale() -> Altered:
    return Altered(
        _("The list of revoked credentials is out of date; a fresh one must be fetched."), "status-stale"
    )
