"""Reads .txt and .md: one reader for both, since real exports mix Markdown, HTML and plain lines."""

from __future__ import annotations

import hashlib
import html
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from gilde.plans.reader.document import Anchor, BadDocument, SourceDocument
from gilde.plans.reader.encoding import decode_text
from gilde.plans.reader.flow import Flow
from gilde.plans.reader.markup import KNOWN, Blocks

_LINE_END = re.compile(r"\r\n|[\n\r\f\v\x1b\x85\u2028\u2029]")
_TOKEN = re.compile(
    r"(?P<comment><!--)"
    r"|(?P<tag></?(?P<name>[A-Za-z][A-Za-z0-9]{0,12})(?P<attributes>(?:\s[^<>]*)?)/?>)"
    r"|(?P<entity>&(?:[A-Za-z][A-Za-z0-9]{1,30}|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});)"
    r"|(?P<escape>\\[!-/:-@\[-`{-~])"
    r"|(?P<footnote>\[\^[^\]\[\s]{1,40}\])"
    r"|(?P<link>!?\[(?P<label>[^\[\]]*)\]\([^()\s]*(?:\s\"[^\"()]*\")?\))"
    r"|(?P<stars>\*+|_+)"
    r"|(?P<ticks>`+)"
    r"|(?P<tab>\t+)"
    r"|(?P<unseen>[\u00ad\u200b\u200c\u200d\u2060\ufeff]+)"
)
_ATTRIBUTE = re.compile(r"([A-Za-z:-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?")
_HEADING = re.compile(r"[ ]{0,3}(#{1,6})[ \t]+(?=\S)")
_HEADING_NAME = re.compile(r"\s+\{[#.][^{}]{0,120}\}$")  # what pandoc writes behind a heading
_RULE = re.compile(r"\s*([-=_*~])(?:[ \t]*\1){2,}\s*$")
_FENCE = re.compile(r"\s{0,3}(?:```|~~~)")
_QUOTE = re.compile(r"\s{0,3}(?:>\s?)+")
_SEPARATOR = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*$")
_NOTE = re.compile(r"\s{0,3}\[\^[^\]\[\s]{1,40}\]:")
_PAGE = re.compile(
    r"\W{0,3}(?:(?:page|pagina|pag\.|seite|blz\.|p\.)\s{0,2}\d{1,4}(?:\s{0,2}(?:of|van|de|sur|von|/)\s{0,2}\d{1,4})?"
    r"|\d{1,4}\s{0,2}(?:/|of|van|sur|von)\s{0,2}\d{1,4}|[-–]\s?\d{1,4}\s?[-–]|\d{1,3}(?:\s?\|\s?p\s?a\s?g\s?e)?)\W{0,3}$",
    re.IGNORECASE,
)
_ONLY_A_SIGN = re.compile(r"\s*(?:\W{0,3}|\(?[A-Za-z]?\d[\d.]*[.):]?|\(?[A-Za-z][.)])\s*$")


def read_text(data: bytes, media_type: str = "text/plain") -> SourceDocument:
    """The document in the bytes of a .txt or .md file; anchors are offsets in the decoded characters.

    Raises BadDocument if the bytes are no text in one encoding.
    """
    source, encoding = decode_text(data)
    flow = Flow()
    _Reader(source, flow).read()
    notes: tuple[str, ...] = ()
    if encoding != "utf-8":
        name = {"cp1252": "Windows-1252"}.get(encoding, encoding.upper())
        notes = (f"The file is in {name}; offsets count the characters of the decoded text.",)

    def locate(start: int, end: int) -> tuple[Anchor, str]:
        begin = stop = None
        for piece, first, last in flow.between(start, end):
            whole = isinstance(piece.origin, tuple)
            if begin is None:
                begin = piece.origin[0] if whole else piece.origin + first
            stop = piece.origin[1] if whole else piece.origin + last
        if begin is None or stop is None:
            begin = stop = _place(flow, start)
        return {"start": begin, "end": stop}, source[begin:stop]

    digest = hashlib.sha256(data).hexdigest()
    return flow.finish(sha256=digest, media_type=media_type, locate=locate, notes=notes)


def reslice_text(data: bytes, citation: Mapping[str, Any]) -> str:
    """The characters of the file between the offsets of the citation."""
    source, _ = decode_text(data)
    start, end = citation["start"], citation["end"]
    if not (isinstance(start, int) and isinstance(end, int) and 0 <= start <= end <= len(source)):
        raise BadDocument("The citation points past the end of this file.", "bad-anchor")
    return source[start:end]


def _place(flow: Flow, offset: int) -> int:
    """Where an empty span lies in the source: after the last piece that stands before it."""
    for piece in reversed(flow.pieces):
        if piece.start <= offset and piece.origin is not None:
            return int(piece.origin[1]) if isinstance(piece.origin, tuple) else piece.origin + len(piece.text)
    return 0


class _Reader:
    def __init__(self, source: str, flow: Flow) -> None:
        self.source = source
        self.flow = flow
        self.blocks = Blocks(flow)
        self.bold: str | None = None  # the sign that opened the bold run of this line
        self.slanted: str | None = None
        self.comment = False
        self.rows: tuple[int, int] | None = None  # (table, row) of the row of tabs or pipes read last
        self.pipes = False

    def read(self) -> None:
        lines = list(_raw_lines(self.source))
        heads = _running_heads(self.source, lines)
        fenced = False
        for index, (start, end, _) in enumerate(lines):
            raw = self.source[start:end]
            if not raw.strip(" \t\u00a0\ufeff\u200b\u3000"):
                self.blank()
            elif _FENCE.match(raw):
                fenced = not fenced
                self.blank()
            elif fenced:
                self.blocks.put(raw, start)
                self.blocks.flush()
            elif _RULE.match(raw):
                previous = self.source[slice(*lines[index - 1][:2])].strip() if index else ""
                if previous and raw.strip()[0] in "-=" and not self.blocks.cell:
                    self.flow.retitle(1 if raw.strip()[0] == "=" else 2)
                self.blank()
            elif "|" in raw and _SEPARATOR.match(raw):
                self.pipes = True
            elif index in heads or (_PAGE.match(raw) and _stands_alone(self.source, lines, index)):
                self.blocks.furniture = True
                self.line(start, end)
                self.blocks.furniture = False
            else:
                following = self.source[slice(*lines[index + 1][:2])] if index + 1 < len(lines) else ""
                begins_table = "|" in following and bool(_SEPARATOR.match(following))
                if "|" in raw and (raw.lstrip().startswith("|") or self.pipes or begins_table):
                    self.pipe_row(start, end)
                else:
                    self.pipes = False
                    self.line(start, end)
        self.blocks.flush()

    def blank(self) -> None:
        self.blocks.gap()
        self.blocks.forget()
        self.blocks.furniture = False
        self.rows = None
        self.pipes = False

    def line(self, start: int, end: int) -> None:
        """A line of the file that is no row of a pipe table."""
        self.bold = self.slanted = None
        heading = _HEADING.match(self.source, start, end)
        quote = _QUOTE.match(self.source, start, end)
        note = _NOTE.match(self.source, start, end)
        if heading:
            self.blocks.gap()
            self.blocks.heading = len(heading.group(1))
            start = heading.end()
            while end > start and self.source[end - 1] in "# \t":
                end -= 1
            name = _HEADING_NAME.search(self.source, start, end)
            end = name.start() if name else end
        elif quote:
            start = quote.end()
        elif note:
            self.blocks.gap()
            self.blocks.furniture = True
        begin = start
        while begin < end and self.source[begin] in " \t\u00a0\u3000":
            begin += 1
        blanks = self.source[start:begin].expandtabs(4)
        self.blocks.indent = len(blanks)
        column = self.inline(begin, end, 0)
        self.blocks.flush()
        if heading:
            self.blocks.gap()
            self.blocks.heading = 0
        if note:
            self.blocks.furniture = False
        if column:
            self.blocks.cell = None
            self.flow.gap()
        elif self.blocks.cell is None:
            self.rows = None

    def pipe_row(self, start: int, end: int) -> None:
        self.blocks.flush()
        cells, begin, position = [], start, start
        while position < end:
            if self.source[position] == "\\":
                position += 2
                continue
            if self.source[position] == "|":
                cells.append((begin, position))
                begin = position + 1
            position += 1
        cells.append((begin, end))
        if not self.source[cells[0][0] : cells[0][1]].strip():
            cells = cells[1:]
        for column, (first, last) in enumerate(cells):
            self.bold = self.slanted = None
            self.blocks.cell = self.cell(column)
            while first < last and self.source[first].isspace():
                first += 1
            self.inline(first, last, None)
            self.blocks.gap()
        self.blocks.cell = None

    def cell(self, column: int) -> tuple[int, int, int]:
        if column == 0:
            self.rows = (self.rows[0], self.rows[1] + 1) if self.rows else (self.blocks.next_table(), 0)
        table, row = self.rows or (0, 0)
        return (table, row, column)

    def inline(self, start: int, end: int, column: int | None) -> int:
        """Writes the words between two offsets of one line; returns the number of the last column begun.

        `column` is None where tabs are blanks (inside a pipe table, a heading, a label of a link).
        """
        position = start
        outer = self.blocks.cell
        while position < end:
            if self.comment:
                close = self.source.find("-->", position, end)
                if close < 0:
                    return column or 0
                self.comment, position = False, close + 3
                continue
            match = _TOKEN.search(self.source, position, end)
            if not match:
                break
            self.words(position, match.start())
            position = match.end()
            kind = match.lastgroup
            if kind == "tab" and column is not None and outer is None and not self.blocks.heading:
                if _ONLY_A_SIGN.match(self.blocks.line_so_far()) and not self._cell_has_lines(column):
                    self.blocks.put_as(" ", match.span())
                else:
                    self.blocks.cell = self.cell(column) if self.blocks.cell is None else self.blocks.cell
                    self.blocks.gap()
                    column += 1
                    self.blocks.forget()
                    self.bold = self.slanted = None
                    self.blocks.cell = self.cell(column)
            else:
                self.token(match, end)
        else:
            return column or 0
        self.words(position, end)
        return column or 0

    def _cell_has_lines(self, column: int) -> bool:
        return column > 0

    def words(self, start: int, end: int) -> None:
        self.blocks.put(self.source[start:end], start, bold=self.bold is not None)

    def token(self, match: re.Match[str], end: int) -> None:
        kind, bold = match.lastgroup, self.bold is not None
        if kind == "comment":
            self.comment = True
        elif match.group("tag"):
            self.tag(match)
        elif kind == "entity":
            self.blocks.put_as(html.unescape(match.group()).replace("\n", " "), match.span(), bold=bold)
        elif kind == "escape":
            self.blocks.put_as(match.group()[1], match.span(), bold=bold)
        elif match.group("link"):
            self.inline(*match.span("label"), None)
        elif kind == "stars":
            self.stars(match, end)
        elif kind == "tab":
            self.blocks.put_as(" ", match.span(), bold=bold)

    def tag(self, match: re.Match[str]) -> None:
        name = match.group("name").lower()
        if name not in KNOWN:
            self.words(*match.span())
        elif match.group().startswith("</"):
            self.blocks.close(name)
        else:
            attributes = {
                found[0].lower(): found[1] or found[2] or found[3]
                for found in _ATTRIBUTE.findall(match.group("attributes"))
            }
            self.blocks.open(name, attributes, match.span())

    def stars(self, match: re.Match[str], end: int) -> None:
        """Signs of emphasis are left out of the words when they come in pairs, and kept when not."""
        run, (begin, stop) = match.group(), match.span()
        before = self.source[begin - 1] if begin else " "
        after = self.source[stop] if stop < end else " "
        sign, size = run[0], len(run)
        inside_word = sign == "_" and before.isalnum() and after.isalnum()
        if size <= 3 and not inside_word:
            double, single = sign * 2, sign
            closes_bold = self.bold == double and size >= 2
            closes_slant = self.slanted == single and size in {1, 3}
            if closes_bold or closes_slant:
                self.bold = None if closes_bold else self.bold
                self.slanted = None if closes_slant else self.slanted
                return
            if not after.isspace() and self.source.find(run, stop, end) > 0:
                if size >= 2 and self.bold is None:
                    self.bold = double
                if size in {1, 3} and self.slanted is None:
                    self.slanted = single
                return
        self.words(begin, stop)


def _raw_lines(source: str) -> list[tuple[int, int, str]]:
    """Start and end of every line of the file, with the sign that ends it."""
    lines, start = [], 0
    for match in _LINE_END.finditer(source):
        lines.append((start, match.start(), match.group()))
        start = match.end()
    lines.append((start, len(source), ""))
    return lines


def _stands_alone(source: str, lines: list[tuple[int, int, str]], index: int) -> bool:
    """Whether a line that could be a page number has nothing before or nothing after it in its paragraph."""
    before = index == 0 or not source[slice(*lines[index - 1][:2])].strip() or lines[index - 1][2] == "\f"
    after = (
        index + 1 == len(lines) or not source[slice(*lines[index + 1][:2])].strip() or lines[index][2] == "\f"
    )
    return (before and after) or lines[index][2] == "\f"


def _running_heads(source: str, lines: list[tuple[int, int, str]]) -> set[int]:
    """Lines at the edges of pages that come back on page after page, apart from their numbers."""
    if source.count("\f") < 2:
        return set()
    found: set[int] = set()
    for step in (1, -1):
        found |= _heads_at(source, lines, step)
    return found


def _heads_at(source: str, lines: list[tuple[int, int, str]], step: int) -> set[int]:
    """The running heads at the top (step 1) or foot (-1) of pages, at most three lines deep."""
    pages: list[list[int]] = [[]]
    for index in range(len(lines))[::step]:
        start, end, sign = lines[index]
        if step == -1 and sign == "\f":
            pages.append([])
        if source[start:end].strip() and len(pages[-1]) < 3:
            pages[-1].append(index)
        if step == 1 and sign == "\f":
            pages.append([])
    found: set[int] = set()
    open_pages = pages[1:]  # the first page has no running head, the last no foot, that could be compared
    enough = max(3, source.count("\f") * 0.4)
    for depth in range(3):
        here = {
            page[depth]: re.sub(r"\d+", "0", source[slice(*lines[page[depth]][:2])].strip())
            for page in open_pages
            if len(page) > depth
        }
        count = Counter(here.values())
        heads = {index for index, text in here.items() if count[text] >= enough}
        found |= heads
        open_pages = [page for page in open_pages if len(page) > depth and page[depth] in heads]
    return found
