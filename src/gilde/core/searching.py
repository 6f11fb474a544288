"""What the search page needs beside the index: what things are called, and what a reader may find.

A context says both in its `search.py`, where it also offers its entries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from gilde.core.access import Actor
from gilde.core.search import EVERYTHING

ScopeFunction = Callable[[Actor], Iterable[str]]

_kinds: dict[str, Any] = {}
_scopes: list[ScopeFunction] = []


def name_kind(kind: str, label: Any) -> None:
    """Say what things of a kind are called, in the plural: "Organisations"."""
    _kinds[kind] = label


def scope(function: ScopeFunction) -> ScopeFunction:
    """Register a function that returns the scopes in which a reader may find things that are not public."""
    _scopes.append(function)
    return function


def kinds() -> dict[str, str]:
    """Return the kinds that can be searched for, with their names, by name."""
    return dict(sorted(((kind, str(label)) for kind, label in _kinds.items()), key=lambda pair: pair[1]))


def scopes_of(reader: Actor) -> list[str]:
    """Return the scopes in which a reader may search beside what is public."""
    if reader.is_superuser:
        return [EVERYTHING]
    return [token for function in _scopes for token in function(reader)] if reader.is_authenticated else []
