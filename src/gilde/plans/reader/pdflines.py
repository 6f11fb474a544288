"""From the rows of pages to lines: running heads left out, divided words, cells and boxes put together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from gilde.plans.reader.document import LineKind
from gilde.plans.reader.flow import Flow
from gilde.plans.reader.pdfboxes import Part
from gilde.plans.reader.pdflayout import Row
from gilde.plans.reader.pdfpage import PageText

_EDGE = 0.12  # of the height of a page, where running heads and page numbers stand
_LINES_AT_EDGE = 3
_GAP = 2.2  # of the size of a line, between it and the text
_PAGE_NUMBER = re.compile(
    r"\W{0,3}(?:(?:page|pagina|blz|p|seite)\.?\s{0,2})?[0-9]{1,4}"
    r"(?:\s{0,2}(?:/|of|van|de|sur|von|\|)\s{0,2}(?:[0-9]{1,4}|p\s?a\s?g\s?e))?\W{0,3}",
    re.IGNORECASE,
)
UNSEEN = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_BLANK = str.maketrans(dict.fromkeys("\xa0\u202f\u2009\t\r\n", " "))
_GLYPHS = "☐☒☑✓✔□❏❐❑❒"
_NUMBERED = re.compile(r"(?:^|\s)\(?[0-9A-Za-z]{1,3}[.)]$")  # a number whose words stand on the next line
_SPACES = " \u00a0"
_DIVIDED = re.compile(r"([^\W\d_]+)\x02([^\W\d_]+)")
_WORD = re.compile(r"[^\W\d_]+(?:[-\x02][^\W\d_]+)*")


# -- running heads and page numbers


def _row_text(page: PageText, row: Row) -> str:
    return " ".join(
        page.text[part.start : part.end] for run in row.runs for part in run.parts if part.end > part.start
    ).translate(_BLANK)


def mark_furniture(pages: list[tuple[PageText, list[Row]]]) -> None:
    """Marks page numbers, and the lines at the edges of pages that come back, apart from their numbers.

    A line comes back when it stands at the same height on three pages at least (of two: on both). If it is
    not set apart from the text by a gap, it must do so on two of five pages: a label may come back as well.
    """
    edges: list[tuple[str, Row, bool]] = []
    for page, rows in pages:
        for top in (True, False):
            for row, apart in _edge(page, rows, top):
                text = _row_text(page, row).strip()
                if _PAGE_NUMBER.fullmatch(text) and row.cell is None:
                    row.furniture = True
                place = f"{top} {round(row.base)} {round(row.x0 / 20)}"
                edges.append((f"{place} {re.sub(r'[0-9]+', '0', text)}", row, apart))
    count = Counter(key for key, _, _ in edges)
    some = 2 if len(pages) == 2 else 3
    for key, row, apart in edges:
        if count[key] >= max(some, 0 if apart else len(pages) * 0.4):
            row.furniture = True


def _edge(page: PageText, rows: list[Row], top: bool) -> Iterator[tuple[Row, bool]]:
    """The outermost lines at an edge of a page, each with whether a gap sets them apart from the text."""
    inward = sorted(rows, key=lambda row: row.base, reverse=not top)[: _LINES_AT_EDGE + 1]
    apart = False
    for index, (one, two) in enumerate(pairwise(inward)):
        if abs(two.base - one.base) > _GAP * one.size:
            apart = index < _LINES_AT_EDGE
            inward = inward[: index + 1]
            break
    for row in inward[:_LINES_AT_EDGE]:
        if row.base < page.height * _EDGE if top else row.base > page.height * (1 - _EDGE):
            yield row, apart


# -- lines


@dataclass(slots=True)
class _Placed:
    """A line on its page; the tables of `cell` are counted over the whole document."""

    page: PageText
    row: Row
    cell: tuple[int, int, int] | None
    carried: tuple[PageText, Part] | None = None  # a tick box from the end of the line before


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
        placed = _join_divided_row(placed, of_page)
    _carry_boxes(placed)
    return placed


def _carry_boxes(lines: list[_Placed]) -> None:
    """A tick box at the end of a line belongs to the words of the next one."""
    for one, two in pairwise(lines):
        if one.cell != two.cell or (two.row.fresh and one.page is two.page):
            continue
        run = one.row.runs[-1]
        last = run.parts[-1]
        if last.box and (len(run.parts) > 1 or len(one.row.runs) > 1):
            run.parts.pop()
        elif _ends_in_box(one) and last.end - last.start > 1:
            last.end -= 1
            last = Part(last.end, last.end + 1)
        else:
            continue
        one.row.runs = [run for run in one.row.runs if run.parts]
        two.carried = (one.page, last)


def _ends_in_box(one: _Placed) -> bool:
    last = one.row.runs[-1].parts[-1]
    return last.box or (last.end > last.start and one.page.text[last.end - 1] in _GLYPHS)


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
    both = [cell for cell in cells if upper[cell] and lower[cell]]
    at_foot = max(one.row.base for one in head) > before[-1].page.height * 0.8
    some_ended = len(both) < len(cells) and all(upper[cell] for cell in cells)
    if not (at_foot and some_ended) and not any(
        _breaks_off(upper[cell][-1], lower[cell][0]) for cell in both
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
    return bool(upper and lower) and bool(
        _ends_in_box(one) or _NUMBERED.search(upper) or (upper[-1] not in ".:;!?" and lower[0].islower())
    )


class Writer:
    """Writes the lines of all pages to a flow."""

    def __init__(self, flow: Flow, pages: list[tuple[PageText, list[Row]]]) -> None:
        self.flow = flow
        self.lines = _place(pages)
        sizes: Counter[float] = Counter()
        pitches: dict[bool, Counter[float]] = {True: Counter(), False: Counter()}  # in cells, outside
        self.words: Counter[str] = Counter()
        for page, rows in pages:
            for previous, row in pairwise([*rows[:1], *rows]):
                sizes[_size(row)] += sum(part.end - part.start for run in row.runs for part in run.parts)
                if not row.fresh and previous is not row and _is_wrapped(page, previous, row, rows):
                    pitches[row.cell is not None][round((row.base - previous.base) / row.size, 1)] += 1
            self.words.update(_known_words(page))
        self.body = max(sizes, key=lambda size: sizes[size], default=10.0)
        self.pitch = {inside: _least_common(of_lines) for inside, of_lines in pitches.items()}
        larger = sorted((size for size in sizes if size >= self.body * 1.12), reverse=True)
        self.levels = {size: min(place + 1, 6) for place, size in enumerate(larger)}
        self.divides = self._divides_words()
        self.left = min((one.row.x0 for one in self.lines if one.cell is None), default=0.0)

    def write(self) -> None:
        skip = 0  # characters of the next line that were put at the end of this one
        for index, one in enumerate(self.lines):
            previous = self.lines[index - 1] if index else None
            following = self.lines[index + 1] if index + 1 < len(self.lines) else None
            if self._begins(previous, one):
                self.flow.gap()
            if one.carried is not None:
                self._row(one.carried[0], [one.carried[1]], 0)
                self.flow.put(" ")
            hyphen = self._row(one.page, [part for run in one.row.runs for part in run.parts], skip)
            skip = self._rest_of_word(one, hyphen, following) if hyphen >= 0 else 0
            level = self.levels.get(_size(one.row), 0) if _letters(one.page, one.row) else 0
            kind: LineKind = "heading" if level else "cell" if one.cell else "text"
            depth = 0 if level or one.cell else max(0, round((one.row.x0 - self.left) / self.body))
            self.flow.end(kind, level=level or depth, page=one.page.number, cell=one.cell)

    def _begins(self, previous: _Placed | None, one: _Placed) -> bool:
        if previous is None or one.row.fresh or one.cell != previous.cell or one.page is not previous.page:
            return True
        step = (one.row.base - previous.row.base) / max(one.row.size, 1.0)
        return (
            step < 0
            or step > self.pitch[one.cell is not None] * 1.25
            or abs(one.row.size - previous.row.size) > 0.8
        )

    def _row(self, page: PageText, parts: list[Part], skip: int) -> int:
        """Writes a line; returns the place of the hyphen at its end that may divide a word, else -1."""
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
            unseen = index < end and page.text[index] in UNSEEN
            if turn or unseen:
                words = page.text[begin:index].translate(_BLANK)
                self.flow.put(words, (page.number, begin), bold=bool(page.bold[begin]))
                begin = index + 1 if unseen else index
                if begin >= end:
                    return

    def _is_one_word(self, half: str, rest: str) -> bool:
        """Whether a hyphen at the end of a line only divides a word; "work-based" has one of its own."""
        whole, compound = self.words[half + rest], self.words[f"{half}-{rest}"]
        if whole != compound:
            return whole > compound
        # not found elsewhere: a compound if nothing else is divided, or if both halves are words
        return self.divides and not (self.words[half] and self.words[rest])

    def _divides_words(self) -> bool:
        """Whether the document divides words at all: two of them at least stand undivided elsewhere in it."""
        votes = 0
        for page in {one.page.number: one.page for one in self.lines}.values():
            for match in _DIVIDED.finditer(_with_marks(page)):
                half, rest = match.group(1).lower(), match.group(2).lower()
                votes += self.words[half + rest] > self.words[f"{half}-{rest}"]
        return votes > 1

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
        if not (half and rest and (rest[0].islower() or page.text[hyphen] == "/")):
            self._words(page, hyphen, hyphen + 1)
            return 0
        if page.text[hyphen] == "/" or not self._is_one_word(half.lower(), rest.lower()):
            self._words(page, hyphen, hyphen + 1)
        self._words(page, start, end)
        return end - start


def _with_marks(page: PageText) -> str:
    """The characters of a page with a mark where the end of a line divides a word or compound."""
    signs = list(page.text)
    for place in page.divided:
        signs[place] = "\x02"
    return re.sub(r"[-\u00ad\u2010]\s*[\r\n]+", "\x02", "".join(signs))


def _known_words(page: PageText) -> Iterator[str]:
    """The words of a page that no line end divides, compounds whole and in their parts."""
    for word in _WORD.findall(_with_marks(page).lower()):
        if "\x02" not in word:
            yield word
            if "-" in word:
                yield from word.split("-")


def _least_common(pitches: Counter[float]) -> float:
    """The distance of the lines of a paragraph: the least of those that are found often."""
    often = max(pitches.values(), default=0) * 0.2
    return min((pitch for pitch, count in pitches.items() if count >= often), default=1.3)


def _is_wrapped(page: PageText, previous: Row, row: Row, rows: list[Row]) -> bool:
    """Whether a line surely goes on from the one before: a small letter begins it, and had no room there."""
    first = row.runs[0].parts[0]
    if not 0 < row.base - previous.base < 3 * row.size or first.box or not page.text[first.start].islower():
        return False
    if _row_text(page, previous).strip()[-1:] in ".:;!?":
        return False
    right = max(one.x1 for one in rows if one.cell == row.cell)
    start = end = first.start
    while end < first.end and not page.text[end].isspace():
        end += 1
    width = page.x1[end - 1] - page.x0[start] if end > start else 0.0
    return previous.x1 + 0.25 * row.size + width > right


def _size(row: Row) -> float:
    return round(row.size * 2) / 2


def _letters(page: PageText, row: Row) -> bool:
    return any(page.text[part.start : part.end].strip(" •-–") for run in row.runs for part in run.parts)


def _dividing_hyphen(page: PageText, parts: list[Part]) -> int:
    last = parts[-1] if parts else None
    if last is None or last.box or last.end - last.start < 2:
        return -1
    place = last.end - 1
    return place if page.text[place] in "-\u00ad\u2010/" and page.text[place - 1].isalpha() else -1


def _first_character(row: Row) -> int:
    part = row.runs[0].parts[0]
    return -1 if part.box else part.start
