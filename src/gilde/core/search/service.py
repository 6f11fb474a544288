"""Find things by words. The index is never asked who may do what: it only narrows, by scopes that the caller
gives.
"""

from __future__ import annotations

import json
import logging
import re
import unicodedata
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import chain
from typing import Final

import tantivy
from django.db import transaction
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from gilde.core.search import index
from gilde.core.search.entries import PUBLIC, sources
from gilde.core.search.index import OTHER, SCHEMA, STEMMED
from gilde.core.text import Text

logger = logging.getLogger(__name__)

# The scope of who may see everything.
EVERYTHING: Final = "*"
_SNIPPET = 220
_MOST_WORDS = 20
_TITLE_WEIGHT = 3.0
_FIELDS = [
    f"{field}{suffix}"
    for field in ("title", "text")
    for suffix in ("", *(f"_{x}" for x in (*STEMMED, OTHER)))
]
_BOOSTS = {name: _TITLE_WEIGHT for name in _FIELDS if name.startswith("title")}
_PART = re.compile(r'"([^"]*)"|([^\W_]+)')

_paused: ContextVar[bool] = ContextVar("search_paused", default=False)


@dataclass(frozen=True)
class Piece:
    """A piece of a snippet, and whether it is what was looked for."""

    words: str
    found: bool


@dataclass(frozen=True)
class Hit:
    """A thing that was found; `language` is that of the title, `foreign` when it is not the reader's."""

    kind: str
    id: str
    title: str
    language: str
    foreign: bool
    url: str
    pieces: tuple[Piece, ...]

    @property
    def snippet(self) -> str:
        """Return the passage that fits, as plain words."""
        return "".join(piece.words for piece in self.pieces)

    @property
    def snippet_html(self) -> SafeString:
        """Return the passage that fits, with what was looked for in `<mark>`."""
        return format_html_join(
            "",
            "{}{}{}",
            ((_OPEN if p.found else "", p.words, _CLOSE if p.found else "") for p in self.pieces),
        )


_OPEN, _CLOSE = SafeString("<mark>"), SafeString("</mark>")


@dataclass(frozen=True)
class Results:
    """`count` things fit, `hits` are those of the page asked for. `approximate` when only similar words were
    found.
    """

    count: int
    hits: tuple[Hit, ...]
    approximate: bool = False
    available: bool = True


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
    limit: int = 20,
    offset: int = 0,
) -> Results:
    """Return what fits all the words of a query, best first; words in double quotes stand together.

    Looked for are things that are public or in one of `scopes` (EVERYTHING for all), of `kinds` (all when
    empty). When nothing fits, words that differ by a letter or two are taken too. Any text is a valid query.
    """
    parts = _parts(query)
    found = index.current()
    if found is None:
        return Results(0, (), available=False)
    if not parts:
        return Results(0, ())
    searcher = found.searcher()
    limit, offset = max(1, min(limit, 200)), max(0, offset)
    exact, _errors = found.parse_query_lenient(
        " ".join(f'"{part}"' for part in parts), _FIELDS, _BOOSTS, conjunction_by_default=True
    )
    for words, approximate in ((exact, False), (_similar(parts), True)):
        result = searcher.search(_narrowed(words, kinds, scopes), limit=limit, offset=offset, count=True)
        count = int(result.count or 0)  # type: ignore[attr-defined]  # missing in the stubs of tantivy
        if count:
            hits = tuple(_hit(searcher, words, searcher.doc(address)) for _score, address in result.hits)
            return Results(count, hits, approximate)
    return Results(0, ())


def _apply(kind: str, ids: list[str]) -> None:
    if not index.change(kind, ids, sources()[kind](ids)):
        rebuild()


def _parts(query: str) -> list[str]:
    """Return the words and the phrases of a query, without anything that the parser could take for its
    own.
    """
    parts = []
    for quoted, word in _PART.findall(query[:500]):
        words = " ".join(re.findall(r"[^\W_]+", quoted or word)).lower()
        if words:
            parts.append(words)
    return parts[:_MOST_WORDS]


def _similar(parts: list[str]) -> tantivy.Query:
    """Return a query for words that differ a little from these, or begin with them; a phrase is taken at its
    word.
    """
    if any(" " in part for part in parts):
        return tantivy.Query.empty_query()
    must = []
    for word in parts:
        plain = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
        distance = 0 if len(plain) < 4 else 1 if len(plain) < 8 else 2
        ways = [(distance, False), (0, True)] if len(plain) > 2 else [(0, False)]
        fields = [
            tantivy.Query.boost_query(
                tantivy.Query.fuzzy_term_query(SCHEMA, field, plain, distance=most, prefix=prefix), weight
            )
            for field, weight in (("title", _TITLE_WEIGHT), ("text", 1.0))
            for most, prefix in ways
        ]
        either = tantivy.Query.boolean_query([(tantivy.Occur.Should, field) for field in fields])
        must.append((tantivy.Occur.Must, either))
    return tantivy.Query.boolean_query(must)


def _narrowed(words: tantivy.Query, kinds: Collection[str], scopes: Collection[str]) -> tantivy.Query:
    must = [(tantivy.Occur.Must, words)]
    if EVERYTHING not in scopes:
        allowed = tantivy.Query.term_set_query(SCHEMA, "scope", [PUBLIC, *(str(scope) for scope in scopes)])
        must.append((tantivy.Occur.Must, tantivy.Query.const_score_query(allowed, 0.0)))
    if kinds:
        chosen = tantivy.Query.term_set_query(SCHEMA, "kind", list(kinds))
        must.append((tantivy.Occur.Must, tantivy.Query.const_score_query(chosen, 0.0)))
    return tantivy.Query.boolean_query(must)


def _hit(searcher: tantivy.Searcher, words: tantivy.Query, document: tantivy.Document) -> Hit:
    stored = json.loads(str(document.get_first("titles")))
    title = Text(stored["source"], stored["words"]).shown()
    return Hit(
        kind=str(document.get_first("kind")),
        id=str(document.get_first("id")),
        title=title.words,
        language=title.language,
        foreign=title.foreign,
        url=str(document.get_first("url")),
        pieces=_pieces(searcher, words, document),
    )


def _pieces(
    searcher: tantivy.Searcher, words: tantivy.Query, document: tantivy.Document
) -> tuple[Piece, ...]:
    """Return the passage that fits best: in the reader's language where it can be, else the beginning of the
    text.
    """
    reader = (get_language() or "en").split("-")[0]
    fields = [f"text_{x}" for x in sorted((*STEMMED, OTHER), key=lambda x: x != reader)]
    for field in fields:
        if document.get_first(field) is None:
            continue
        generator = tantivy.SnippetGenerator.create(searcher, words, SCHEMA, field)
        generator.set_max_num_chars(_SNIPPET)
        snippet = generator.snippet_from_doc(document)
        if ranges := snippet.highlighted():
            return tuple(_cut(snippet.fragment(), [(r.start, r.end) for r in ranges]))
    beginning = next((str(text) for field in fields if (text := document.get_first(field))), "")
    return (Piece(_shortened(beginning), False),)


def _cut(fragment: str, ranges: list[tuple[int, int]]) -> Iterator[Piece]:
    content, at = fragment.encode(), 0  # the ranges count bytes
    for start, end in ranges:
        if start > at:
            yield Piece(content[at:start].decode(errors="replace"), False)
        yield Piece(content[start:end].decode(errors="replace"), True)
        at = end
    if at < len(content):
        yield Piece(content[at:].decode(errors="replace"), False)


def _shortened(text: str) -> str:
    if len(text) <= _SNIPPET:
        return text
    return text[:_SNIPPET].rsplit(" ", 1)[0] + "…"
