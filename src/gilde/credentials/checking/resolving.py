"""What is fetched for a check, issuers' keys and status lists, and what it means when it was not to be had."""

from __future__ import annotations

from django.utils.translation import gettext as _

from gilde.core.errors import GildeError
from gilde.credentials.checking.around import Around
from gilde.credentials.errors import Altered, TooMuch, Unreadable, Unsupported
from gilde.credentials.keys.methods import Method, Resolve

_OURS = (Altered, Unreadable, Unsupported)


def resolver(around: Around) -> Resolve:
    """Return how the keys that signatures name are found.

    A did:key is read from itself, and is broken when it was altered. What is wrong with a document elsewhere is told as
    Unsupported, "keys-unreachable" or "keys-unreadable": nothing is known then. A document that was read and has no
    such key raises Unreadable, "key-not-published". Why an address was not reached is not repeated: it could tell a
    stranger which machines are inside.
    """

    def resolve(url: str) -> Method:
        try:
            return around.method(url)
        except TooMuch:
            raise
        except _OURS as error:
            if not url.startswith("did:web:") or isinstance(error, Unsupported):
                raise
            if error.reason in ("verification-method", "unknown-key"):
                raise Unreadable(
                    _(
                        "The issuer does not publish the key that it is signed with, so anybody may have signed it."
                    ),
                    "key-not-published",
                ) from error
            raise Unsupported(
                _(
                    "What the issuer publishes of its keys is wrong, so the signature cannot be checked. %(why)s"
                )
                % {"why": error.sentence},
                "keys-unreadable",
            ) from error
        except GildeError as error:
            raise Unsupported(
                _(
                    "The address at which the issuer publishes its keys cannot be reached, so the signature cannot be "
                    "checked now. Try again later."
                ),
                "keys-unreachable",
            ) from error

    return resolve


def status_list(around: Around, url: str) -> bytes:
    """Return a status list. Raises Unsupported ("list-unreachable") when it was not to be had, and does not say why."""
    try:
        return around.status_list(url)
    except _OURS:
        raise
    except GildeError as error:
        raise Unsupported(
            _("The list of revoked credentials cannot be reached. Try again later."), "list-unreachable"
        ) from error
