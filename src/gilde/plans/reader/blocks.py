"""Joins the lines of a section into what a person sees: paragraphs, items, headings, whole across pages."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from gilde.plans.reader.document import Line, SourceDocument
from gilde.plans.reader.flow import read_opening
from gilde.plans.reader.measures import Span, heading_like

# a paragraph that ends with one of these goes on behind a page break
_OPEN_WORDS = frozenset(
    [
        "a",
        "an",
        "and",
        "as",
        "at",
        "by",
        "for",
        "from",
        "in",
        "into",
        "its",
        "of",
        "on",
        "or",
        "that",
        "the",
        "their",
        "this",
        "to",
        "with",
        "which",
        "aan",
        "als",
        "bij",
        "de",
        "die",
        "een",
        "en",
        "het",
        "in",
        "met",
        "naar",
        "of",
        "op",
        "te",
        "tot",
        "uit",
        "van",
        "voor",
        "au",
        "aux",
        "avec",
        "dans",
        "de",
        "des",
        "du",
        "en",
        "et",
        "la",
        "le",
        "les",
        "ou",
        "par",
        "pour",
        "sur",
        "un",
        "une",
        "am",
        "auf",
        "bei",
        "das",
        "dem",
        "den",
        "der",
        "die",
        "ein",
        "eine",
        "für",
        "im",
        "in",
        "mit",
        "oder",
        "und",
        "von",
        "zu",
        "zum",
        "zur",
    ]
)
_NUMBER = re.compile(r"\(?(\d{1,3})([.)])")


@dataclass
class Block:
    """A paragraph, an item or a heading; `start` is behind the marker."""

    kind: Literal["heading", "item", "text"]
    first: Line
    start: int
    end: int
    marker: str | None = None
    level: int = 0
    lines: list[Line] = field(default_factory=list)

    @property
    def number(self) -> int | None:
        match = _NUMBER.fullmatch(self.marker or "")
        return int(match.group(1)) if match else None

    @property
    def shown(self) -> str:
        """The marker as people can read it: a bullet of a symbol font is a bullet."""
        marker = self.marker or ""
        return "•" if len(marker) == 1 and "\ue000" <= marker <= "\uf8ff" else marker

    @property
    def style(self) -> str:
        """What kind of marker: "1.", "1)", "a)" or the bullet itself."""
        return re.sub(r"\d+", "1", re.sub(r"[a-z](?=\))", "a", self.marker or ""))


def lines_within(document: SourceDocument, span: Span) -> list[tuple[int, Line]]:
    """The lines of a span and their numbers, without page numbers; one that begins earlier is cut."""
    first = document.line_at(span.start)
    chosen = []
    if first and document.lines[first - 1].end > span.start:
        line = document.lines[first - 1]
        if span.start > line.content:  # the section begins behind its label
            marker, skip = read_opening(document.text[span.start : line.end])
            content = span.start + skip
            line = Line(span.start, line.end, content, "text", marker=marker, cell=line.cell, gap=True)
        chosen.append((first - 1, line))
    for number in range(first, len(document.lines)):
        if document.lines[number].start >= span.end:
            break
        chosen.append((number, document.lines[number]))
    return [(number, line) for number, line in chosen if line.kind != "furniture"]


def read_blocks(document: SourceDocument, span: Span) -> list[Block]:
    """The blocks of a span in order."""
    blocks: list[Block] = []
    before = -1
    for number, line in lines_within(document, span):
        broken = 0 <= before < number - 1 and _ends_paragraph(document, document.lines[before])
        before = number
        heading = not line.marker and _is_heading(document, number, line, span)
        joined = not line.marker and not heading and not broken  # a page may end with its paragraph
        if blocks and joined and _goes_on(document, blocks[-1], line):
            blocks[-1].end = min(line.end, span.end)
            blocks[-1].lines.append(line)
            continue
        kind: Literal["heading", "item", "text"] = "heading" if heading else "item" if line.marker else "text"
        end = min(line.end, span.end)
        blocks.append(Block(kind, line, line.content, end, line.marker, _depth(line), [line]))
    return blocks


def _depth(line: Line) -> int:
    return line.level if line.kind != "heading" else 0


def _is_heading(document: SourceDocument, number: int, line: Line, span: Span) -> bool:
    if line.end >= span.end and line.kind != "heading":
        return False  # nothing follows it
    if line.start != document.lines[number].start:
        return False  # the rest of the line of the label
    if line.bold and line.gap and document.text[line.end - 1] not in ".;,:":
        return True
    return heading_like(document, number)


def _goes_on(document: SourceDocument, block: Block, line: Line) -> bool:
    if block.kind == "heading" or line.cell != block.lines[-1].cell:
        return False
    if not line.gap:
        return block.kind == "item" or not _ends_paragraph(document, block.lines[-1])
    return goes_on_after_break(document.text[block.start : block.end], document.text[line.content : line.end])


def _ends_paragraph(document: SourceDocument, line: Line) -> bool:
    """Whether a line with no blank line behind it ends a paragraph: a sentence ends, it is not full."""
    if document.text[line.end - 1] not in ".!?:":
        return False
    width = document.width
    return width == 0 or line.end - line.start < 0.8 * width


def goes_on_after_break(before: str, after: str) -> bool:
    """Whether a paragraph runs on behind a blank line or page break, in the middle of its sentence."""
    before, after = before.rstrip(), after.lstrip()
    if not before or not after or before[-1] in '.!?:;”"':
        return False
    if after[0].islower() or before[-1] in ",-–":
        return True
    return before.split()[-1] in _OPEN_WORDS and len(before) > 40


def read_entries(document: SourceDocument, span: Span) -> list[Span]:
    """The lines of a short section as entries of their own; a line that was only broken is joined again."""
    text = document.text
    entries: list[Span] = []
    for _, line in lines_within(document, span):
        end = min(line.end, span.end)
        if entries and not line.marker:
            before = text[entries[-1].start : entries[-1].end].rstrip()
            last_line = before.rsplit("\n", 1)[-1]
            broken = not line.gap and len(last_line) >= 60 and before[-1] not in ".;:)€"
            open_bracket = before.count("(") > before.count(")")
            if broken or open_bracket or goes_on_after_break(before, text[line.content : end]):
                entries[-1] = Span(entries[-1].start, end)
                continue
        entries.append(Span(line.content, end))
    return entries


def words_of(document: SourceDocument, block: Block, start: int | None = None) -> str:
    """The words of a block from an offset on, without the page numbers that stand between its lines."""
    start = block.start if start is None else start
    parts = [
        document.text[max(start, line.start) : min(line.end, block.end)]
        for line in block.lines
        if line.end > start
    ]
    return plain(" ".join(parts))


def plain(text: str) -> str:
    """Words with single blanks between them; nothing else is changed."""
    return " ".join(text.split())
