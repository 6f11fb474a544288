"""How a credential stands in the status lists that it names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from django.utils.translation import gettext as _

from gilde.core.errors import GildeError
from gilde.credentials.errors import Altered, Unsupported
from gilde.credentials.model import check_credential, issuer_of
from gilde.credentials.model_envelopes import CREDENTIAL, is_envelope, read_envelope
from gilde.credentials.proofs import data_integrity
from gilde.credentials.status import bitstring
from gilde.credentials.vc_api.envelopes import opened
from gilde.credentials.vc_api.means import Means

_SKEW: Final = timedelta(minutes=1)


class Stopped(GildeError):
    """The credential was revoked or suspended."""

    code = "stopped"


def check_standing(document: Mapping[str, Any], means: Means) -> None:
    """Ask every list that the credential names (Bitstring Status List 1.0, section 3.2).

    Raises Stopped when it was revoked or suspended; BadStatus, Unsupported or what the fetch raises when that cannot
    be told, so that a credential never passes with its status unknown.
    """
    entries, others = bitstring.entries(document)
    if others:
        raise Unsupported(
            _("The status of the credential is of a kind that Gilde does not know (%(type)s).")
            % {"type": others[0][:80]},
            "status-kind",
        )
    for entry in entries:
        found = bitstring.read(_list(entry.url, document, means))
        # A list may be signed while the check is made, and the clock of an issuer be a little ahead.
        if not (found.current(means.now) or found.current(means.now + _SKEW)):
            raise bitstring.BadStatus(
                _("The status list %(url)s is out of date.") % {"url": entry.url},
                bitstring.Problem.VERIFICATION,
            )
        told = bitstring.validate(entry, found)
        if entry.purpose in bitstring.STOPPING and not told.valid:
            sentence = (
                _("The credential was revoked.")
                if entry.purpose == bitstring.REVOCATION
                else _("The credential is suspended.")
            )
            raise Stopped(sentence, reason=entry.purpose)


def _list(url: str, document: Mapping[str, Any], means: Means) -> Mapping[str, Any]:
    """Return the list's credential, its proof verified, and by the issuer of the credential that it speaks of."""
    told = means.lists(url)
    if is_envelope(told):
        token = opened(read_envelope(told), CREDENTIAL, means)
        found, keys = token.document, [token.controller]
        check_credential(found, secured=False)
    else:
        check_credential(told, secured=True)
        proven = data_integrity.verify(
            told, means.resolve, now=means.now, contexts=means.contexts, purpose="assertionMethod"
        )
        found, keys = told, [each.method.controller for each in proven]
    issuer = issuer_of(found)
    if issuer not in keys or (not means.conformance and issuer != issuer_of(document)):
        raise Altered(
            _("The status list %(url)s is not by the issuer of the credential, so it tells nothing.")
            % {"url": url[:200]},
            "status-issuer",
        )
    return found
