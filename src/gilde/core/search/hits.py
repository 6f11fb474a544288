"""What is shown of a thing that was found: its title and the passage that fits, in the reader's language."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import tantivy
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from gilde.core.search.index import OTHER, SCHEMA, STEMMED
from gilde.core.text import Text

_SNIPPET = 220
_OPEN, _CLOSE = SafeString("<mark>"), SafeString("</mark>")


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


def shown(
    searcher: tantivy.Searcher, words: tantivy.Query | None, found: list[tantivy.DocAddress]
) -> tuple[Hit, ...]:
    """Return the hits of what was found, with or without words, for the reader of now."""
    passages = _Passages(searcher, words, (get_language() or "en").split("-")[0])
    return tuple(_hit(searcher.doc(address), passages) for address in found)


def _hit(document: tantivy.Document, passages: _Passages) -> Hit:
    stored = json.loads(str(document.get_first("titles")))
    title = Text(stored["source"], stored["words"]).shown()
    return Hit(
        kind=str(document.get_first("kind")),
        id=str(document.get_first("id")),
        title=title.words,
        language=title.language,
        foreign=title.foreign,
        url=str(document.get_first("url")),
        pieces=passages.of(document),
    )


class _Passages:
    """Finds the passage that fits best: in the reader's language where it can be, else the beginning of the
    text.
    """

    def __init__(self, searcher: tantivy.Searcher, words: tantivy.Query | None, reader: str) -> None:
        self.fields = [f"text_{x}" for x in sorted((*STEMMED, OTHER), key=lambda x: x != reader)]
        self.generators: dict[str, tantivy.SnippetGenerator] = {}
        if words is None:
            return
        for field in self.fields:
            self.generators[field] = tantivy.SnippetGenerator.create(searcher, words, SCHEMA, field)
            self.generators[field].set_max_num_chars(_SNIPPET)

    def of(self, document: tantivy.Document) -> tuple[Piece, ...]:
        texts = {field: str(text) for field in self.fields if (text := document.get_first(field))}
        for field, generator in self.generators.items():
            if field not in texts:
                continue
            snippet = generator.snippet_from_doc(document)
            if ranges := snippet.highlighted():
                return tuple(_cut(snippet.fragment(), [(r.start, r.end) for r in ranges]))
        return (Piece(_shortened(next(iter(texts.values()), "")), False),)


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
