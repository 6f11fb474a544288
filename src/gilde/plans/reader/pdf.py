"""Reads .pdf. An anchor is a list of spans, each with page, box and characters of the page in file order."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from gilde.plans.reader.document import Anchor, BadDocument, LineKind, SourceDocument
from gilde.plans.reader.flow import Flow
from gilde.plans.reader.pdflayout import Part, Row, read_rows
from gilde.plans.reader.pdfpage import MAX_CHARS, PageText, PdfFile

MEDIA_TYPE = "application/pdf"
_EDGE = 0.12  # of the height of a page, where running heads and page numbers stand
_LINES_AT_EDGE = 3
_PAGE_NUMBER = re.compile(
    r"\W{0,3}(?:(?:page|pagina|blz|p|seite)\.?\s{0,2})?[0-9]{1,4}"
    r"(?:\s{0,2}(?:/|of|van|de|sur|von|\|)\s{0,2}(?:[0-9]{1,4}|p\s?a\s?g\s?e))?\W{0,3}",
    re.IGNORECASE,
)
_UNSEEN = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_BLANK = str.maketrans(dict.fromkeys("\xa0\u202f\u2009\t\r\n", " "))
_GLYPHS = "☐☒☑✓✔□❏❐❑❒"
_SPACES = " \u00a0"
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def read_pdf(data: bytes) -> SourceDocument:
    """The document in the bytes of a .pdf: lines in reading order, cells of tables row by row.

    Running heads and page numbers are left out. A word divided over two lines is put together in the text and
    stays divided in the quote. Raises BadDocument for a file that is encrypted, damaged or has no text layer.
    """
    file = PdfFile(data)
    try:
        pages = []
        characters = 0
        for number in range(1, file.count + 1):
            page = file.page(number)
            pages.append((page, read_rows(page)))
            page.shapes.clear()
            characters += len(page.text)
            if characters > MAX_CHARS:
                raise BadDocument("The PDF has far more text than a plan; leave out annexes.", "too-large")
    finally:
        file.close()
    notes = _check_text_layer([page for page, _ in pages])
    _mark_furniture(pages)
    flow = Flow()
    _Writer(flow, pages).write()
    texts = [page for page, _ in pages]

    def locate(start: int, end: int) -> tuple[Anchor, str]:
        spans = list(_spans(flow, texts, start, end))
        quote = "\n".join(_quote(texts[page - 1].text, first, last) for page, first, last in spans)
        return {
            "kind": "pdf",
            "spans": [
                {"page": page, "start": first, "end": last, "bbox": texts[page - 1].box(first, last)}
                for page, first, last in spans
            ],
        }, quote

    return flow.finish(
        sha256=hashlib.sha256(data).hexdigest(), media_type=MEDIA_TYPE, locate=locate, notes=notes
    )


def reslice_pdf(data: bytes, citation: Mapping[str, Any]) -> str:
    """The characters of the file at the spans, with a line end between two spans."""
    texts = _Texts.of(data)
    quotes = []
    for span in citation["spans"]:
        text = texts.page(span["page"])
        first, last = span["start"], span["end"]
        if not (isinstance(first, int) and isinstance(last, int) and 0 <= first <= last <= len(text)):
            raise ValueError("span")
        quotes.append(_quote(text, first, last))
    return "\n".join(quotes)


class _Texts:
    """The characters of the pages of the file asked for last, read page by page."""

    def __init__(self, data: bytes) -> None:
        self._file = PdfFile(data)
        self._pages: dict[int, str] = {}

    @staticmethod
    @lru_cache(maxsize=1)
    def of(data: bytes) -> _Texts:
        return _Texts(data)

    def page(self, number: int) -> str:
        if not isinstance(number, int) or not 1 <= number <= self._file.count:
            raise ValueError("page")
        if number not in self._pages:
            self._pages[number] = self._file.page(number, drawn=False).text
        return self._pages[number]


def _quote(text: str, first: int, last: int) -> str:
    return text[first:last].replace("\r\n", "\n").replace("\r", "\n")


def _spans(flow: Flow, pages: list[PageText], start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Page, first and last character of each stretch that lies together in the file."""
    open_span: tuple[int, int, int] | None = None
    for piece, first, last in flow.between(start, end):
        number, offset = piece.origin
        begin, stop = offset + first, offset + last
        if open_span is not None:
            page, opened, closed = open_span
            between = pages[number - 1].text[closed:begin] if page == number and closed <= begin else "x"
            if len(between) < 40 and not between.strip(" \r\n\t-" + _UNSEEN):
                open_span = (page, opened, stop)
                continue
            yield open_span
        open_span = (number, begin, stop)
    if open_span is not None:
        yield open_span


def _check_text_layer(pages: list[PageText]) -> tuple[str, ...]:
    """Raises BadDocument when the pages are pictures; gives a note when only some of them are."""
    bare = [
        page.number for page in pages if page.pictures and sum(sign.isalnum() for sign in page.text[:400]) < 3
    ]
    letters = sum(sign.isalnum() for page in pages for sign in page.text[:400])
    if letters < 3 * len(pages) and (bare or letters == 0):
        what = "its pages are pictures" if bare else "it has no characters"
        raise BadDocument(
            f"The PDF has no text layer ({what}); run text recognition over it, or give the original.",
            "no-text-layer",
        )
    if not bare:
        return ()
    listed = ", ".join(str(number) for number in bare[:10]) + (" and more" if len(bare) > 10 else "")
    return (f"Pages without text layer were left out: {listed}.",)


# -- running heads and page numbers


def _row_text(page: PageText, row: Row) -> str:
    return " ".join(
        page.text[part.start : part.end] for run in row.runs for part in run.parts if part.end > part.start
    ).translate(_BLANK)


def _mark_furniture(pages: list[tuple[PageText, list[Row]]]) -> None:
    """Marks the lines at the edges of pages that come back, apart from their numbers, and page numbers."""
    edges: list[tuple[str, Row]] = []
    for page, rows in pages:
        for top in (True, False):
            within = [
                row
                for row in rows
                if (row.base < page.height * _EDGE if top else row.base > page.height * (1 - _EDGE))
            ]
            within.sort(key=lambda row: row.base, reverse=not top)
            for row in within[:_LINES_AT_EDGE]:
                text = _row_text(page, row).strip()
                edges.append((f"{top} {round(row.x0 / 20)} {re.sub(r'[0-9]+', '0', text)}", row))
                if _PAGE_NUMBER.fullmatch(text) and row.cell is None:
                    row.furniture = True
    count = Counter(key for key, _ in edges)
    needed = 2 if len(pages) == 2 else max(3, len(pages) // 4)
    for key, row in edges:
        if count[key] >= needed:
            row.furniture = True


# -- lines


@dataclass(slots=True)
class _Placed:
    """A line on its page; the tables of `cell` are counted over the whole document."""

    page: PageText
    row: Row
    cell: tuple[int, int, int] | None


def _place(pages: list[tuple[PageText, list[Row]]]) -> list[_Placed]:
    """The lines of all pages in order, with cells that a page break divides put together."""
    placed: list[_Placed] = []
    tables = 0
    for page, rows in pages:
        seen = [row for row in rows if not row.furniture]
        of_page = [
            _Placed(page, row, (tables + row.cell[0], *row.cell[1:]) if row.cell else None) for row in seen
        ]
        tables += 1 + max((row.cell[0] for row in seen if row.cell), default=-1)
        _carry_boxes(of_page)
        placed = _join_divided_row(placed, of_page)
    return placed


def _carry_boxes(lines: list[_Placed]) -> None:
    """A tick box at the end of a line belongs to the words of the next one."""
    for one, two in pairwise(lines):
        if two.row.fresh or one.cell != two.cell:
            continue
        run = one.row.runs[-1]
        last = run.parts[-1]
        glyph = one.page.text[last.end - 1 : last.end] if last.end > last.start else ""
        if last.box and (len(run.parts) > 1 or len(one.row.runs) > 1):
            run.parts.pop()
        elif glyph and glyph in _GLYPHS and last.end - last.start > 1:
            last.end -= 1
            last = Part(last.end, last.end + 1)
        else:
            continue
        one.row.runs = [run for run in one.row.runs if run.parts]
        two.row.runs[0].parts.insert(0, last)


def _join_divided_row(before: list[_Placed], after: list[_Placed]) -> list[_Placed]:
    """The lines of two pages, the last row of a table followed cell by cell by its rest on the next page."""
    last, first = (before[-1].cell if before else None), (after[0].cell if after else None)
    if last is None or first is None:
        return before + after
    head = [one for one in before if one.cell is not None and one.cell[:2] == last[:2]]
    rest = [one for one in after if one.cell is not None and one.cell[:2] == first[:2]]
    cells = sorted({one.cell[2] for one in head + rest if one.cell})
    upper = {cell: [one for one in head if one.cell and one.cell[2] == cell] for cell in cells}
    lower = {cell: [one for one in rest if one.cell and one.cell[2] == cell] for cell in cells}
    if not any(
        upper[cell] and lower[cell] and _breaks_off(upper[cell][-1], lower[cell][0]) for cell in cells
    ):
        return before + after
    joined: list[_Placed] = []
    for cell in cells:
        for one in lower[cell]:
            one.cell = (*last[:2], cell)
        joined += upper[cell] + lower[cell]
    return before[: len(before) - len(head)] + joined + after[len(rest) :]


def _breaks_off(one: _Placed, two: _Placed) -> bool:
    """Whether a line ends in the middle of a sentence that another one goes on with."""
    upper, lower = _row_text(one.page, one.row).strip(), _row_text(two.page, two.row).strip()
    return bool(upper and lower) and upper[-1] not in ".:;!?" and lower[0].islower()


class _Writer:
    """Writes the lines of all pages to a flow."""

    def __init__(self, flow: Flow, pages: list[tuple[PageText, list[Row]]]) -> None:
        self.flow = flow
        self.lines = _place(pages)
        sizes: Counter[float] = Counter()
        pitches: Counter[float] = Counter()
        self.words: set[str] = set()
        for page, rows in pages:
            right = max((row.x1 for row in rows), default=0.0)
            for previous, row in zip([None, *rows], rows, strict=False):
                sizes[_size(row)] += sum(part.end - part.start for run in row.runs for part in run.parts)
                if previous is None or row.fresh or previous.x1 < right * 0.85:
                    continue  # only a full line goes on in the next one
                if 0 < row.base - previous.base < 3 * row.size:
                    pitches[round((row.base - previous.base) / row.size, 1)] += 1
            self.words.update(word.lower() for word in _WORD.findall(page.text))
        self.body = max(sizes, key=lambda size: sizes[size], default=10.0)
        self.pitch = max(pitches, key=lambda pitch: pitches[pitch], default=1.3)
        larger = sorted((size for size in sizes if size >= self.body * 1.12), reverse=True)
        self.levels = {size: min(place + 1, 6) for place, size in enumerate(larger)}
        self.left = min((one.row.x0 for one in self.lines if one.cell is None), default=0.0)

    def write(self) -> None:
        skip = 0  # characters of the next line that were put at the end of this one
        for index, one in enumerate(self.lines):
            previous = self.lines[index - 1] if index else None
            following = self.lines[index + 1] if index + 1 < len(self.lines) else None
            if self._begins(previous, one):
                self.flow.gap()
            hyphen = self._row(one.page, one.row, skip)
            skip = self._rest_of_word(one, hyphen, following) if hyphen >= 0 else 0
            level = self.levels.get(_size(one.row), 0) if _letters(one.page, one.row) else 0
            kind: LineKind = "heading" if level else "cell" if one.cell else "text"
            depth = 0 if level or one.cell else max(0, round((one.row.x0 - self.left) / self.body))
            self.flow.end(kind, level=level or depth, page=one.page.number, cell=one.cell)

    def _begins(self, previous: _Placed | None, one: _Placed) -> bool:
        if previous is None or one.row.fresh or one.cell != previous.cell or one.page is not previous.page:
            return True
        step = (one.row.base - previous.row.base) / max(one.row.size, 1.0)
        return step < 0 or step > self.pitch * 1.25 or abs(one.row.size - previous.row.size) > 0.8

    def _row(self, page: PageText, row: Row, skip: int) -> int:
        """Writes a line; returns the place of the hyphen at its end that may divide a word, else -1."""
        parts = [part for run in row.runs for part in run.parts]
        hyphen = _dividing_hyphen(page, parts)
        first = True
        for part in parts:
            if part.box:
                self._space(first)
                origin = (page.number, part.start) if part.end > part.start else None
                self.flow.box(part.ticked, origin)
                first = True
                continue
            start, skip = min(part.start + skip, part.end), 0
            while start < part.end and page.text[start] in _SPACES:
                start += 1
            end = part.end - 1 if hyphen == part.end - 1 and part is parts[-1] else part.end
            if start < end:
                self._space(first)
                first = False
                self._words(page, start, end)
        return hyphen

    def _space(self, first: bool) -> None:
        if not first:
            self.flow.put(" ")

    def _words(self, page: PageText, start: int, end: int) -> None:
        """Characters in runs of one weight, invisible ones left out."""
        begin = start
        for index in range(start, end + 1):
            turn = index == end or (page.bold[index] != page.bold[begin] and page.text[index] not in _SPACES)
            unseen = index < end and page.text[index] in _UNSEEN
            if turn or unseen:
                words = page.text[begin:index].translate(_BLANK)
                self.flow.put(words, (page.number, begin), bold=bool(page.bold[begin]))
                begin = index + 1 if unseen else index
                if begin >= end:
                    return

    def _rest_of_word(self, one: _Placed, hyphen: int, following: _Placed | None) -> int:
        """Puts the second half of a divided word behind the first; returns how many characters it has."""
        page, begin = one.page, hyphen
        while begin > 0 and page.text[begin - 1].isalpha():
            begin -= 1
        half = page.text[begin:hyphen]
        start = end = letters = -1
        if following is not None and following.cell == one.cell and following.page is page:
            start = end = _first_character(following.row)
            while 0 <= end < len(page.text) and not page.text[end].isspace():
                end += 1
            letters = start
            while 0 <= letters < end and page.text[letters].isalpha():
                letters += 1
        rest = page.text[start:letters] if start >= 0 else ""
        if not (half and rest and rest[0].islower()):
            self._words(page, hyphen, hyphen + 1)
            return 0
        if (half + rest).lower() not in self.words:  # a hyphen of its own, as in "work-based"
            self._words(page, hyphen, hyphen + 1)
        self._words(page, start, end)
        return end - start


def _size(row: Row) -> float:
    return round(row.size * 2) / 2


def _letters(page: PageText, row: Row) -> bool:
    return any(page.text[part.start : part.end].strip(" •-–") for run in row.runs for part in run.parts)


def _dividing_hyphen(page: PageText, parts: list[Part]) -> int:
    last = parts[-1] if parts else None
    if last is None or last.box or last.end - last.start < 2:
        return -1
    place = last.end - 1
    return place if page.text[place] in "-\u00ad\u2010" and page.text[place - 1].isalpha() else -1


def _first_character(row: Row) -> int:
    part = row.runs[0].parts[0]
    return -1 if part.box else part.start
