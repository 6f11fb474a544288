"""What every format is turned into before it is understood: one linear text, its lines, its tick boxes."""

from __future__ import annotations

import importlib
from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

Anchor = dict[str, Any]
LineKind = Literal["heading", "text", "item", "cell", "furniture"]


class BadDocument(Exception):
    """A document that cannot be read; the message is one sentence: what is wrong, where, what to do."""

    def __init__(self, sentence: str, reason: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.reason = reason


@dataclass(frozen=True)
class Line:
    """A visual line or block in reading order. Offsets are characters of `SourceDocument.text`.

    `start`..`end` hold marker, box and words, without the line end; `content` is where the words begin,
    after marker and box. A page number or running head is kind "furniture" and is never part of a value.
    """

    start: int
    end: int
    content: int
    kind: LineKind = "text"
    level: int = 0  # heading: 1..6; item: depth or indentation, more is deeper, 0 is the outermost
    bold: bool = False  # every word of the line is bold
    lead: int | None = None  # end of the bold run that opens the words, where the line goes on in regular
    marker: str | None = None  # bullet or number as written: "-", "•", "1.", "2)", "a)"
    page: int | None = None  # counted from 1, pdf only
    cell: tuple[int, int, int] | None = None  # (table, row, column), each counted from 0 in reading order
    gap: bool = False  # a paragraph begins here; False: the line may go on from the one before it


@dataclass(frozen=True)
class Box:
    """A tick box seen in the source. `start`..`end` is its glyph in `text`, `at` where its label begins."""

    start: int
    end: int
    at: int
    ticked: bool | None  # None: a box is there, but its state cannot be told


@dataclass(frozen=True)
class Citation:
    """The place of one value: an anchor in the terms of the format, and the quote found there."""

    sha256: str
    anchor: Mapping[str, Any]
    quote: str
    view: tuple[int, int]  # the same place in `SourceDocument.text`, for showing it beside the fields

    def as_json(self) -> dict[str, Any]:
        return {**self.anchor, "quote": self.quote}


@dataclass(frozen=True)
class SourceDocument:
    """A document as read. `locate(start, end)` turns a span of `text` into (anchor, quote) of the format."""

    sha256: str
    media_type: str
    text: str
    lines: tuple[Line, ...]
    boxes: tuple[Box, ...]
    locate: Callable[[int, int], tuple[Anchor, str]] = field(repr=False)
    notes: tuple[str, ...] = ()  # sentences for the reader, such as an encoding that had to be recognised

    @cached_property
    def _line_starts(self) -> list[int]:
        return [line.start for line in self.lines]

    @cached_property
    def width(self) -> int:
        """How many characters a full line has where lines are broken at a width, 0 where they are not."""
        lengths = sorted(line.end - line.start for line in self.lines if line.end - line.start > 40)
        width = lengths[len(lengths) * 9 // 10] if lengths else 0
        return width if width <= 130 else 0

    def line_at(self, offset: int) -> int:
        """The number of the first line that begins at or after an offset."""
        return bisect_left(self._line_starts, offset)

    def cite(self, start: int, end: int) -> Citation:
        """The citation of `text[start:end]`, with blanks at both ends left out."""
        while start < end and self.text[start].isspace():
            start += 1
        while end > start and self.text[end - 1].isspace():
            end -= 1
        anchor, quote = self.locate(start, end)
        return Citation(self.sha256, anchor, quote, (start, end))


# anchor kind -> (module, function); an anchor without "kind" is a pair of character offsets in a text file
_RESLICERS = {
    "text": ("text", "reslice_text"),
    "html": ("html", "reslice_html"),
    "docx": ("docx", "reslice_docx"),
    "pdf": ("pdf", "reslice_pdf"),
}


def reslice(data: bytes, citation: Mapping[str, Any]) -> str:
    """What stands in the source bytes at the anchor of a citation; equals its "quote" for the right file.

    Raises BadDocument when the anchor does not exist in these bytes.
    """
    kind = citation.get("kind", "text")
    if kind not in _RESLICERS:
        raise BadDocument(f"The citation has an anchor of the unknown kind {kind!r}.", "bad-anchor")
    module, function = _RESLICERS[kind]
    found: Callable[[bytes, Mapping[str, Any]], str] = getattr(
        importlib.import_module(f"gilde.plans.reader.{module}"), function
    )
    try:
        return found(data, citation)
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise BadDocument(
            "The citation points to a place that this file does not have.", "bad-anchor"
        ) from error
