"""Find things by words and by what they are, and keep the index up to date."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import chain

import tantivy
from django.db import transaction
from django.utils.translation import get_language

from gilde.core.search import index
from gilde.core.search.entries import sources
from gilde.core.search.hits import Hit, shown
from gilde.core.search.queries import Narrowing, exactly, parts_of, similarly

logger = logging.getLogger(__name__)

# Values of a facet that are counted, those of most things first.
_MOST_VALUES = 1000
_MOST_HITS = 200

_paused: ContextVar[bool] = ContextVar("search_paused", default=False)


@dataclass(frozen=True)
class Results:
    """`count` things fit, `hits` are those of the page asked for. `approximate` when only similar words were
    found.

    `counts` says, by facet and value, how many things fit when the filter on that facet itself is set aside.
    """

    count: int
    hits: tuple[Hit, ...]
    approximate: bool = False
    available: bool = True
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def rebuild() -> int:
    """Build the index anew from every source and put it in use; return how many entries it has."""
    return index.replace(chain.from_iterable(source(None) for source in sources().values()))


def update(kind: str, ids: Collection[object]) -> None:
    """Bring things up to date in the index once the transaction around the call is committed.

    A failure of the index is logged and harms nothing else; the next rebuild repairs it.
    """
    if not ids or _paused.get():
        return
    changed = [str(id) for id in ids]
    transaction.on_commit(lambda: _apply(kind, changed), robust=True)


@contextmanager
def paused() -> Iterator[None]:
    """Leave the index alone in the block, for a load of much data that ends with `rebuild`."""
    token = _paused.set(True)
    try:
        yield
    finally:
        _paused.reset(token)


def find(
    query: str,
    *,
    kinds: Collection[str] = (),
    scopes: Collection[str] = (),
    facets: Mapping[str, Collection[str]] | None = None,
    count: Collection[str] = (),
    limit: int = 20,
    offset: int = 0,
) -> Results:
    """Return what fits all the words of a query, best first; words in double quotes stand together.

    Looked for are things that are public or in one of `scopes` (EVERYTHING for all), of `kinds` (all when
    empty), with one of the values of each facet. When nothing has the words, those that differ by a letter
    (long ones of a title by two) are taken too. Any text is a valid query; an empty one with facets or one
    kind finds all that, by title. `count` names the facets to count, each for its thousand most frequent values.
    """
    found = index.current()
    if found is None:
        return Results(0, (), available=False)
    narrowing = Narrowing(kinds, scopes, {name: values for name, values in (facets or {}).items() if values})
    parts = parts_of(query)
    if not parts and (query.strip() or not (narrowing.facets or len(kinds) == 1)):
        return Results(0, (), counts={name: {} for name in count})
    searcher = found.searcher()
    words, approximate = _words(found, searcher, parts, narrowing)
    result = searcher.search(
        narrowing.of(words),
        limit=max(1, min(limit, _MOST_HITS)),
        offset=max(0, offset),
        order_by_field=None if parts else index.order_field(get_language()),
        order=tantivy.Order.Desc if parts else tantivy.Order.Asc,
    )
    number = int(result.count or 0)  # type: ignore[attr-defined]  # missing in the stubs of tantivy
    hits = shown(searcher, words if parts else None, [address for _score, address in result.hits])
    counts = _counts(searcher, words, narrowing, count)
    return Results(number, hits, approximate and number > 0, counts=counts)


def _words(
    found: tantivy.Index, searcher: tantivy.Searcher, parts: list[str], narrowing: Narrowing
) -> tuple[tantivy.Query, bool]:
    """Return the query for these words, and whether it is for similar ones.

    What is filtered on does not decide it: a filter only takes away.
    """
    if not parts:
        return tantivy.Query.all_query(), False
    exact = exactly(found, parts)
    if searcher.search(narrowing.of(exact, without=narrowing.facets), limit=1, count=False).hits:
        return exact, False
    return similarly(found, parts), True


def _counts(
    searcher: tantivy.Searcher, words: tantivy.Query, narrowing: Narrowing, names: Collection[str]
) -> dict[str, dict[str, int]]:
    """Return how many things have each value of these facets, for each as if no filter were on it."""
    counts: dict[str, dict[str, int]] = {name: {} for name in names}
    unfiltered = [name for name in counts if name not in narrowing.facets]
    for together in (unfiltered, *([name] for name in counts if name in narrowing.facets)):
        asked = {
            name: {"terms": {"field": index.facet_field(name), "size": _MOST_VALUES}}
            for name in together
            if name.isidentifier()
        }
        if asked:
            counted = searcher.aggregate(narrowing.of(words, without=together), asked)
            for name, values in counted.items():
                counts[name] = {index.shown_value(v["key"]): int(v["doc_count"]) for v in values["buckets"]}
    return counts


def _apply(kind: str, ids: list[str]) -> None:
    if not index.change(kind, ids, sources()[kind](ids)):
        rebuild()
