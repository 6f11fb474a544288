"""What the contexts put on the start page: figures, news, ways in, and what each kind of visitor can do today.

Core knows of no context. Each registers functions in its `home.py`, and the page asks them; a function gets
the reader, so that nobody is shown what they may not see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.utils.module_loading import autodiscover_modules

from gilde.core.access import Actor
from gilde.core.components import Signal


@dataclass(frozen=True)
class News:
    """Something that happened and that the reader may know: a plan published, a report made."""

    on: date
    title: str
    url: str
    kind: str


@dataclass(frozen=True)
class Offer:
    """Something that visitors of some roles can do today. Title and text are lazy translations."""

    roles: frozenset[str]
    title: Any
    text: Any
    url_name: str


@dataclass(frozen=True)
class WayIn:
    """What many come for, led to from the home page itself. The title is a lazy translation."""

    title: Any
    url_name: str
    order: int


TileFunction = Callable[[Actor], Signal | None]
NewsFunction = Callable[[Actor, int], Iterable[News]]

_tiles: list[TileFunction] = []
_news: list[NewsFunction] = []
_offers: list[Offer] = []
_ways_in: list[WayIn] = []


def tile(function: TileFunction) -> TileFunction:
    """Register a figure of the start page; the function returns None when it has nothing for this reader."""
    _tiles.append(function)
    return function


def news(function: NewsFunction) -> NewsFunction:
    """Register a source of news: `function(reader, limit)` returns its newest, newest first."""
    _news.append(function)
    return function


def offer(*roles: str, title: Any, text: Any, url_name: str) -> None:
    """Register what visitors of `roles` (slugs of `core.start.ROLES`) can do today, and where."""
    new = Offer(frozenset(roles), title, text, url_name)
    if new not in _offers:
        _offers.append(new)


def way_in(*, title: Any, url_name: str, order: int) -> None:
    """Register what many come for, and where it is done; the lowest order stands first."""
    new = WayIn(title, url_name, order)
    if new not in _ways_in:
        _ways_in.append(new)


@cache
def _gather() -> None:
    """Import the `home.py` of every context: with the first page that needs them, not at start-up."""
    autodiscover_modules("home")


def tiles(reader: Actor) -> list[Signal]:
    """Return the figures for a reader, in the order of registration."""
    _gather()
    return [signal for function in _tiles if (signal := function(reader)) is not None]


def latest(reader: Actor, limit: int = 6) -> list[News]:
    """Return the newest of all that happened, newest first."""
    _gather()
    found = [item for function in _news for item in function(reader, limit)]
    return sorted(found, key=lambda item: item.on, reverse=True)[:limit]


def ways_in() -> list[WayIn]:
    """Return what many come for, in its order."""
    _gather()
    return sorted(_ways_in, key=lambda item: item.order)


def offers(role: str) -> list[Offer]:
    """Return what visitors of a role can do today."""
    _gather()
    return [item for item in _offers if role in item.roles]
