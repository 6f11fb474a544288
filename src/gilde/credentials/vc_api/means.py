"""By what means a credential is verified: the moment, the keys, the status lists, the contexts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

from django.utils.translation import gettext as _

from gilde.credentials.errors import Unsupported
from gilde.credentials.keys.did import Resolve, resolve_key
from gilde.credentials.linked.tables import PUBLIC, Closed

# From the URL of a status list to its credential, parsed and not yet verified; raises what a fetch raises.
Lists = Callable[[str], Any]


def no_lists(url: str) -> NoReturn:
    """Refuse to look for a status list."""
    raise Unsupported(
        _(
            "The status list %(url)s cannot be asked here, so nobody can tell whether the credential still holds."
        )
        % {"url": url[:200]},
        "no-lists",
    )


@dataclass(frozen=True)
class Means:
    """Means to verify and to issue. `now` has a time zone.

    `conformance` is for suites alone: a proof counts though its key is not the issuer's (as in the vectors of the
    W3C), the request may choose its checks, and an issuer puts its own name in place of another.
    """

    now: datetime
    resolve: Resolve = resolve_key
    lists: Lists = no_lists
    contexts: Closed = PUBLIC
    conformance: bool = False
