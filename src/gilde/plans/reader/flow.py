"""Writes the linear text of a document piece by piece and remembers where each piece came from."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from gilde.plans.reader.document import Anchor, Box, Line, LineKind, SourceDocument

TICKED, CLEAR, UNTOLD = "☑", "☐", "▫"  # how a box that is an object in the source is shown in the text

_TICKED_GLYPHS = "☑☒⊠✅✓✔🗹🗷⮽🗵\uf0fe\uf0fd\uf0fc\uf053\uf052\uf054\uf078"
_CLEAR_GLYPHS = "☐□❏❐❑❒◻⬜🞏🞎\uf0a8\uf06f\uf071\uf072\uf0a3"
_BULLET_TICKS = "✓✔\uf0fc"  # these are as often the bullet of a list; then the line is an item as well
# a box is a glyph or a mark in brackets; ■ is a bullet as often as a box, ✗ means "no" as often as "yes"
_BOX = re.compile(
    rf"(?P<yes>[{_TICKED_GLYPHS}]|\[ ?[xX✓✔✕✖✗✘☒☑] ?\]|\( ?[xX✓✔] ?\))"
    rf"|(?P<no>[{_CLEAR_GLYPHS}]|\[[ _\u00a0\u2002\u2003]{{0,3}}\]|\([ \u00a0]{{1,3}}\))"
    rf"|(?P<untold>[{UNTOLD}✗✘❌■◼⬛]|\[[?-]\])"
)
_MARKER = re.compile(
    r"[-–—•◦▪▫‣⁃·∙●○➢➤►▶✓✔❖*+\uf000-\uf0ff](?=\s)\s*"
    r"|[-–—•●](?=[^\W\d_])"
    r"|[•◦▪●➢\uf000-\uf0ff]\s*"
    r"|o\s+(?=\S)"
    r"|\(?(?:\d{1,3}|[a-z]|[ivx]{1,4})\)\s*"
    r"|\d{1,3}\.(?=\s)\s*"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of `SourceDocument.text` that starts at `start`; `origin` is the format's own place of it."""

    start: int
    text: str
    origin: Any  # None: this run stands for something that is no text in the source


class Flow:
    """Collects pieces and line ends; `finish` gives the document. Blank lines leave no line."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self._starts: list[int] = []
        self._length = 0
        self._line_start = 0
        self._bold: list[tuple[int, int]] = []  # bold spans of the open line
        self._boxes: list[tuple[int, bool | None]] = []
        self._lines: list[Line] = []
        self._gap = True

    @property
    def length(self) -> int:
        return self._length

    def gap(self) -> None:
        """A paragraph begins with the next line (blank line, paragraph element, larger space on the page)."""
        self._gap = True

    def put(self, text: str, origin: Any = None, *, bold: bool = False) -> None:
        """Adds visible characters, one for one those that `origin` holds; they must not contain a newline."""
        if not text:
            return
        self.pieces.append(Piece(self._length, text, origin))
        self._starts.append(self._length)
        if bold:
            self._bold.append((self._length, self._length + len(text)))
        self._length += len(text)

    def box(self, ticked: bool | None, origin: Any = None) -> None:
        """Adds a tick box that is an object in the source (input, content control, form button, drawing)."""
        self._boxes.append((self._length, ticked))
        self.put(TICKED if ticked else UNTOLD if ticked is None else CLEAR, origin)
        self.put(" ")

    def end(
        self,
        kind: LineKind = "text",
        *,
        level: int = 0,
        marker: str | None = None,
        page: int | None = None,
        cell: tuple[int, int, int] | None = None,
    ) -> None:
        """Ends the line. A bullet or number among the words is found; give `marker` if it is not there."""
        whole = "".join(p.text for p in self.pieces[bisect_right(self._starts, self._line_start - 1) :])
        start = self._line_start + len(whole) - len(whole.lstrip())
        end = self._line_start + len(whole.rstrip())
        if start < end:
            words = whole[start - self._line_start : end - self._line_start]
            found, skip = read_opening(words)
            if marker and not marker[0].isalnum() and found and found[-1] in ".)":
                skip = words.index(found)  # the number is part of what the bullet lists
                found = None
            content = start + skip
            bold, lead = self._boldness(content, end)
            if kind == "text" and (marker or found):
                kind = "item"
            self._lines.append(
                Line(start, end, content, kind, level, bold, lead, marker or found, page, cell, self._gap)
            )
            self._gap = False
            self.put("\n")
        self._line_start = self._length
        self._bold.clear()

    def retitle(self, level: int) -> None:
        """Makes the line just ended a heading, as an underline of dashes does."""
        if self._lines:
            self._lines[-1] = replace(self._lines[-1], kind="heading", level=level)

    def _boldness(self, content: int, end: int) -> tuple[bool, int | None]:
        """Whether all of a line is bold, or how far the bold goes with which it opens."""
        reach = content
        for start, stop in self._bold:
            if start > reach + 1:  # one blank between two bold runs is still one run
                break
            reach = max(reach, stop)
        if reach >= end:
            return end > content, None
        return False, reach if reach > content else None

    def between(self, start: int, end: int) -> Iterator[tuple[Piece, int, int]]:
        """The pieces with an origin that touch the span, each with the part of its text that lies inside."""
        for index in range(max(0, bisect_right(self._starts, start) - 1), len(self.pieces)):
            piece = self.pieces[index]
            if piece.start >= end:
                return
            first, last = max(start - piece.start, 0), min(end - piece.start, len(piece.text))
            if piece.origin is not None and first < last:
                yield piece, first, last

    def finish(
        self,
        *,
        sha256: str,
        media_type: str,
        locate: Callable[[int, int], tuple[Anchor, str]],
        notes: tuple[str, ...] = (),
    ) -> SourceDocument:
        """The document, with the boxes that are glyphs in its text found beside those that were objects."""
        if self._line_start < self._length:
            self.end()
        text = "".join(piece.text for piece in self.pieces)
        told = dict(self._boxes)
        boxes = []
        for match in _BOX.finditer(text):
            start, end = match.span()
            state = told.get(start, {"yes": True, "no": False, "untold": None}[str(match.lastgroup)])
            at = end
            while at < len(text) and text[at].isspace():
                at += 1
            boxes.append(Box(start, end, at, state))
        document = SourceDocument(sha256, media_type, text, tuple(self._lines), tuple(boxes), locate, notes)
        return replace(document, lines=_with_gaps(document))


def read_opening(words: str) -> tuple[str | None, int]:
    """The bullet or number that opens a line, and where its words begin after marker and tick box."""
    marker, position = None, 0
    for _ in range(3):
        box = _BOX.match(words, position)
        found = None if box and words[position] not in _BULLET_TICKS else _MARKER.match(words, position)
        if found and marker is None and found.end() < len(words):
            marker, position = found.group().strip(), found.end()
        elif box and box.end() < len(words):
            position = box.end()
        else:
            break
        while position < len(words) and words[position].isspace():
            position += 1
    return marker, position


def _with_gaps(document: SourceDocument) -> tuple[Line, ...]:
    """The lines, with paragraphs told by the lines themselves where the document shows hardly any."""
    text, lines, width = document.text, document.lines, document.width
    if len(lines) < 12 or sum(line.gap for line in lines) > len(lines) * 0.1:
        return lines
    result = list(lines[:1])
    for before, line in pairwise(lines):
        ends = text[before.end - 1] in ".!?:;"
        short = before.end - before.start < 0.7 * width if width else True
        own = line.marker is not None or line.kind != before.kind or line.bold != before.bold
        begins = not text[line.content].islower() and (ends or short or own)
        result.append(replace(line, gap=line.gap or begins))
    return tuple(result)
