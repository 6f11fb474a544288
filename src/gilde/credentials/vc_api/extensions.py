"""Extensions of a credential in an envelope: what stands beside the data model must be defined, and not only named.

The rule of the W3C's suite for JOSE and COSE, cases 5 and 9: a context that makes every word a term (@vocab) defines
none of them, so a top-level property that no context defines by name is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from gilde.credentials.linked.tables import Closed
from gilde.credentials.model_values import broken, listed


def check_extensions(document: Mapping[str, Any], contexts: Closed) -> None:
    """Raise Unreadable for a top-level property that no context of the document defines by name."""
    defined = {"@context", "id", "type"}
    for each in listed(document.get("@context")):
        if isinstance(each, str) and each in contexts:
            table = contexts[each]
            defined.update(table.terms)
            for kind in listed(document.get("type")):
                entry = table.terms.get(kind)
                if entry is not None and entry.within is not None:
                    defined.update(entry.within.terms)
        elif isinstance(each, Mapping):
            inner = each.get("@context", each)
            defined.update(inner if isinstance(inner, Mapping) else ())
    for name in document:
        if ":" not in name and name not in defined:
            what = _("an extension stands that no context defines")
            raise broken(f"/{name}", what, "undefined-term")
