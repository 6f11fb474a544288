"""What a document says, in the one form that is signed by suites over RDF, and the checks that every proof needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from gilde.credentials.linked import general, rdfc, refusals
from gilde.credentials.linked.expansion import Facts, facts_of
from gilde.credentials.linked.scopes import Elsewhere
from gilde.credentials.linked.tables import PUBLIC, Closed

_SHOWN: Final = "verifiableCredential"
_NAMING: Final = frozenset({"id", "@id", "type", "@type", "@context"})


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


def told_once(document: Mapping[str, Any]) -> None:
    """Check that what is said of each thing stands together: a signature over facts holds wherever in a document they
    stand, and readers look for them in one place.

    Raises Unreadable (told-twice) for two objects of one id that differ, or that stand in one list.
    """
    seen: dict[str, Mapping[str, Any]] = {}
    inside: list[Any] = [document]
    for told in inside:  # which grows
        name = told.get("id") or told.get("@id")
        if type(name) is str and not told.keys() <= _NAMING:
            before = seen.setdefault(name, told)
            if before is not told and before != told:
                raise refusals.told_twice(name)
        for word, value in told.items():
            if word == _SHOWN:  # each says what it says in a graph of its own
                for each in value if type(value) is list else [value]:
                    told_once({"": each})
            elif type(value) is dict:
                inside.append(value)
            elif type(value) is list:
                names: set[str] = set()
                for each in value:
                    if type(each) is dict:
                        name = each.get("id") or each.get("@id")
                        if type(name) is str:
                            if name in names:
                                raise refusals.told_twice(name)
                            names.add(name)
                        inside.append(each)
                    elif type(each) is list:
                        inside.append({"": each})


def _facts(document: Mapping[str, Any], contexts: Closed) -> Facts:
    try:
        return facts_of(document, contexts)
    except Elsewhere:
        return general.facts_of(document, contexts)
