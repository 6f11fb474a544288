"""What the index is asked: the words of a reader, and what narrows them. The index decides about no rights: it
narrows, by scopes that the caller gives.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

import tantivy
from tantivy import Occur, Query

from gilde.core.search.entries import PUBLIC
from gilde.core.search.index import OTHER, SCHEMA, STEMMED, facet_field, facet_value, plain

# The scope of who may see everything.
EVERYTHING: Final = "*"
_MOST_WORDS = 20
_TITLE_WEIGHT = 3.0
_LANGUAGES = (*STEMMED, OTHER)
_WEIGHTS: dict[str, float] = {
    "title": _TITLE_WEIGHT,
    "text": 1.0,
    **{f"title_{language}": _TITLE_WEIGHT for language in _LANGUAGES},
    **{f"text_{language}": 1.0 for language in _LANGUAGES},
    **{f"head_{language}": 0.5 for language in _LANGUAGES},
}
_PART = re.compile(r'"([^"]*)"|([^\W_]+)')


@dataclass(frozen=True)
class Narrowing:
    """What is left of everything that has the words: of `kinds` (all when empty), public or in one of
    `scopes`, and with one of the values of each facet.
    """

    kinds: Collection[str] = ()
    scopes: Collection[str] = ()
    facets: Mapping[str, Collection[str]] = field(default_factory=dict)

    def of(self, words: Query, *, without: Collection[str] = ()) -> Query:
        """Return the query for what has the words and is not left out; some facets may be left aside."""
        must = [words]
        if EVERYTHING not in self.scopes:
            must.append(_one_of("scope", [PUBLIC, *(str(scope) for scope in self.scopes)]))
        if self.kinds:
            must.append(_one_of("kind", list(self.kinds)))
        for name, values in self.facets.items():
            if name not in without:
                must.append(_with_facet(name, values))
        return Query.boolean_query([(Occur.Must, query) for query in must])


def parts_of(query: str) -> list[str]:
    """Return the words and the phrases of a query, without anything that the parser could take for its
    own.
    """
    parts = []
    for quoted, word in _PART.findall(query[:500]):
        words = " ".join(re.findall(r"[^\W_]+", quoted or word)).lower()
        if words:
            parts.append(words)
    return parts[:_MOST_WORDS]


def exactly(index: tantivy.Index, parts: Collection[str]) -> Query:
    """Return a query for all these words and phrases, in any form of a word and as the end of a compound."""
    query, _errors = index.parse_query_lenient(
        " ".join(f'"{part}"' for part in parts), list(_WEIGHTS), _WEIGHTS, conjunction_by_default=True
    )
    return query


def similarly(index: tantivy.Index, parts: Collection[str]) -> Query:
    """Return a query for all these words, or words that differ a little or begin with them; the better for
    each that is just so. A phrase is taken at its word.
    """
    must = [_any([exactly(index, [part]), *([] if " " in part else _like(part))]) for part in parts]
    return Query.boolean_query([(Occur.Must, query) for query in must])


def _like(part: str) -> list[Query]:
    word = plain(part)
    letters = 0 if len(word) < 4 else 1 if len(word) < 8 else 2
    queries = []
    # A text has many words, so two letters off mean little there, and cost most of the time.
    for name, distance in (("title", letters), ("text", min(letters, 1))):
        for most, prefix in [(distance, False), (0, True)] if len(word) > 2 else [(0, False)]:
            query = Query.fuzzy_term_query(SCHEMA, name, word, distance=most, prefix=prefix)
            queries.append(Query.boost_query(query, _WEIGHTS[name]))
    return queries


def _any(queries: Collection[Query]) -> Query:
    return Query.boolean_query([(Occur.Should, query) for query in queries])


def _with_facet(name: str, values: Collection[str]) -> Query:
    if not name.isidentifier():
        return Query.empty_query()
    return _one_of(facet_field(name), [facet_value(value) for value in values])


def _one_of(field: str, values: list[str]) -> Query:
    # One query for each value, because a set query gathers all that has a value before anything narrows it.
    either = _any([Query.term_query(SCHEMA, field, value, "basic") for value in values])
    return Query.const_score_query(either, 0.0)
