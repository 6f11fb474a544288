"""A document between its content and its page or PDF: a list of parts that both can draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from gilde.core.text import Text


@dataclass(frozen=True)
class Words:
    """A run of text; `lang` where it is not the language of the document."""

    text: str
    lang: str = ""


Cell: TypeAlias = Sequence[Words]


@dataclass(frozen=True)
class Heading:
    level: int  # 1 or 2
    words: Cell
    type: Literal["heading"] = "heading"


@dataclass(frozen=True)
class Paragraph:
    words: Cell
    quiet: bool = False
    leads: bool = False  # what follows belongs to it
    type: Literal["paragraph"] = "paragraph"


@dataclass(frozen=True)
class Items:
    items: Sequence[Cell]
    type: Literal["items"] = "items"


@dataclass(frozen=True)
class Facts:
    """Names with their values."""

    rows: Sequence[tuple[str, Cell]]
    type: Literal["facts"] = "facts"


@dataclass(frozen=True)
class Table:
    """A table with a caption and a header row; `widths` are shares of the page."""

    caption: str
    head: Sequence[Cell]
    rows: Sequence[Sequence[Cell]]
    widths: Sequence[float]
    type: Literal["table"] = "table"


@dataclass(frozen=True)
class Break:
    """What follows begins on a new page."""

    type: Literal["break"] = "break"


Part: TypeAlias = Heading | Paragraph | Items | Facts | Table | Break


@dataclass(frozen=True)
class Document:
    """A whole document, ready to be drawn. `draft` is the word that tells that it binds nobody yet, else ""."""

    title: str
    subject: Cell
    draft: str
    language: str
    footer: str
    parts: Sequence[Part]


def cell(value: object) -> Cell:
    """Return a value as words: a text in the reader's language, else marked with its own; a dash for nothing."""
    if isinstance(value, Text):
        shown = value.shown()
        return [Words(shown.words or "–", shown.language if shown.foreign else "")]
    return [Words(str(value) if value not in (None, "") else "–")]


def joined(values: Sequence[object], between: str = ", ") -> Cell:
    """Return several values as the words of one cell; a dash for none."""
    words: list[Words] = []
    for value in values:
        words += [Words(between)] if words else []
        words += cell(value)
    return words or [Words("–")]
