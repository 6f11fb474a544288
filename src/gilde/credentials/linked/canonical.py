"""What a document says, in the one form that is signed by suites over RDF, and the checks that every proof needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gilde.credentials.linked import general, rdfc
from gilde.credentials.linked.expansion import Facts, facts_of
from gilde.credentials.linked.scopes import Elsewhere
from gilde.credentials.linked.tables import PUBLIC, Closed


def nquads(document: Mapping[str, Any], *, contexts: Closed = PUBLIC, digest: str = "sha256") -> bytes:
    """Return the canonical N-Quads of a JSON-LD document (RDFC-1.0 with this hash function), in UTF-8.

    Raises Unreadable, with the reasons of `expansion.facts_of`, and TooMuch.
    """
    facts = _facts(document, contexts)
    lines = set(facts.lines)
    if facts.own or facts.quads:
        lines.update(rdfc.canonical_lines(facts.own, facts.quads, digest=digest))
    return "".join(sorted(lines)).encode()


def checked(document: Mapping[str, Any], *, contexts: Closed = PUBLIC) -> None:
    """Check a document as `nquads` does, without bringing it into canonical form.

    Raises Unreadable and TooMuch, so that a proof over JSON says no more than one over facts would.
    """
    _facts(document, contexts)


def _facts(document: Mapping[str, Any], contexts: Closed) -> Facts:
    try:
        return facts_of(document, contexts)
    except Elsewhere:
        return general.facts_of(document, contexts)
