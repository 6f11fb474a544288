"""Reads .docx. An anchor is a pair of places in the body: path of an element that holds words, and offset."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from gilde.plans.reader.document import Anchor, LineKind, SourceDocument
from gilde.plans.reader.docxlists import (
    NO_BOX,
    Numbering,
    font_of,
    is_symbol_font,
    numbering_of,
    read_styles,
    symbol_state,
    symbol_text,
)
from gilde.plans.reader.docxparts import (
    DROPPED,
    Package,
    child,
    chosen,
    descend,
    is_placeholder,
    local,
    path_of,
    switched,
    value,
)
from gilde.plans.reader.flow import Flow, read_opening

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_UNSEEN = re.compile("[\u00ad\u200b\u200c\u200d\u2060\ufeff]+")
_STEP = re.compile(r"([A-Za-z]{1,40})(?:\[(\d{1,7})\])?")
_WORDED = re.compile(r"[0-9]+\.[0-9]|[A-Z]{1,4}[.)]|[^\W\d_]{3}")  # numbers that are part of a title or label
_MAX_DEPTH = 60  # of tables in tables and of text boxes


def read_docx(data: bytes) -> SourceDocument:
    """The document in the bytes of a .docx: tables row by row, text boxes behind their paragraph.

    Inserted text of tracked changes is kept and deleted text dropped; footnotes come last and are no value.
    Raises BadDocument for an archive that is damaged, protected, has macros, entities or absurd sizes.
    """
    body = _Body(data)

    def locate(start: int, end: int) -> tuple[Anchor, str]:
        begin = stop = None
        for piece, first, last in body.flow.between(start, end):
            begin = piece.origin + first if begin is None else begin
            stop = piece.origin + last
        if begin is None or stop is None:
            begin = stop = body.before(start)
        anchor = {
            "kind": "docx",
            "start": body.place(begin, closing=False),
            "end": body.place(stop, closing=stop > begin),
        }
        return anchor, body.verbatim[begin:stop]

    return body.flow.finish(
        sha256=hashlib.sha256(data).hexdigest(), media_type=MEDIA_TYPE, locate=locate, notes=()
    )


def reslice_docx(data: bytes, citation: Mapping[str, Any]) -> str:
    """The words of the file between two places, with a line end between paragraphs and a tab as a tab."""
    body = _reread(data)
    return body.verbatim[body.offset(citation["start"]) : body.offset(citation["end"])]


@lru_cache(maxsize=1)
def _reread(data: bytes) -> _Body:
    return _Body(data)


class _Body:
    """The text of a .docx as written (`verbatim`), and as shown (`flow`).

    Verbatim is what the elements hold in reading order: the characters of `t`, a tab, a line end for a
    break, one sign for a symbol or a tick box, and a line end after each paragraph.
    """

    def __init__(self, data: bytes) -> None:
        package = Package(data)
        root = package.xml(package.main)
        self._styles = read_styles(package.beside("styles.xml"))
        self._numbering = Numbering(package.beside("numbering.xml"))
        self._notes = package.beside("footnotes.xml")
        self._body = child(root, "body")
        self.flow = Flow()
        self._elements: list[Any] = []
        self._starts: list[int] = []
        self._parts: list[str] = []
        self._length = 0
        self._table = 0
        self._cell: tuple[int, int, int] | None = None
        self._boxed: list[Any] = []  # text boxes of the open paragraph
        self._field: list[bool] = []  # open fields; True while in their result
        self._level = self._depth = 0  # of the open paragraph: as a heading, as an item
        self._marker: str | None = None
        self._stated: dict[Any, bool] = {}  # words that are the glyph of a content control -> its state
        self._ticked_bullets = self._has_ticked_bullets()
        self._open = False  # the line is open: the mark of its paragraph was deleted
        if self._body is not None:
            self._blocks(self._body, 0)
        if self._open:
            self._end_line()
        self._read_notes()
        self.verbatim = "".join(self._parts)
        self._index = {id(element): number for number, element in enumerate(self._elements)}

    # -- places

    def place(self, offset: int, *, closing: bool) -> Anchor:
        """The element and offset in it of a place in `verbatim`."""
        if not self._elements:
            return {"path": "body", "offset": 0}
        found = bisect_right(self._starts, offset - 1 if closing and offset else offset) - 1
        found = max(found, 0)
        return {"path": path_of(self._elements[found]), "offset": offset - self._starts[found]}

    def offset(self, place: Mapping[str, Any]) -> int:
        """The place in `verbatim` of an element and offset in it."""
        steps = place["path"].split("/")
        element = self._notes if steps[0] == "footnotes" else self._body
        if element is None or steps[0] not in ("body", "footnotes"):
            raise ValueError("root")
        if len(steps) == 1:
            return 0
        for step in steps[1:]:
            match = _STEP.fullmatch(step)
            if match is None:
                raise ValueError("path")
            same = [one for one in element if local(one) == match[1]]
            element = same[int(match[2] or 1) - 1]
        number = self._index[id(element)]
        following = self._starts[number + 1] if number + 1 < len(self._starts) else len(self.verbatim)
        start = self._starts[number]
        if not isinstance(place["offset"], int) or not 0 <= place["offset"] <= following - start:
            raise ValueError("offset")
        return int(start + place["offset"])

    def before(self, shown: int) -> int:
        """Where in `verbatim` an empty span of the shown text lies."""
        for piece in reversed(self.flow.pieces):
            if piece.start <= shown and piece.origin is not None:
                return int(piece.origin + len(piece.text))
        return self._starts[0] if self._starts else 0

    # -- words

    def _hold(self, element: Any, text: str) -> int:
        """Adds what an element holds to `verbatim`; returns where."""
        start = self._length
        self._elements.append(element)
        self._starts.append(start)
        self._parts.append(text)
        self._length += len(text)
        return start

    def _plain(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)

    def _end_line(self) -> None:
        """Ends the line as the open paragraph has it; a marker stands only before its first line."""
        kind: LineKind = "heading" if self._level else "cell" if self._cell else "text"
        self.flow.end(kind, level=self._level or self._depth, marker=self._marker, cell=self._cell)
        self._marker = None

    # -- blocks

    def _blocks(self, parent: Any, depth: int) -> None:
        if depth > _MAX_DEPTH:
            return
        for element in chosen(parent):
            name = local(element)
            if name == "p":
                self._paragraph(element, depth)
            elif name == "tbl":
                self._table_of(element, depth)
            elif name == "sdt":
                content = self._control(element)
                if content is not None:
                    self._blocks(content, depth + 1)
            elif name not in DROPPED and len(element):
                self._blocks(element, depth + 1)

    def _table_of(self, table: Any, depth: int) -> None:
        outer, number = self._cell, self._table
        self._table += 1
        for row, element in enumerate(descend(table, "tr")):
            if child(child(element, "trPr"), "del") is not None:
                continue
            column = 0
            for cell in descend(element, "tc"):
                properties = child(cell, "tcPr")
                merged = child(properties, "vMerge")
                self._cell = (number, row, column)
                if merged is None or value(merged) == "restart":
                    self._blocks(cell, depth + 1)
                span = value(child(properties, "gridSpan"))
                column += int(span) if span and span.isdigit() and len(span) < 4 else 1
        self._cell = outer
        self.flow.gap()

    def _paragraph(self, element: Any, depth: int) -> None:
        properties = child(element, "pPr")
        style = value(child(properties, "pStyle")) or self._styles.default
        outline = value(child(properties, "outlineLvl"))
        level = self._styles.heading(style)
        if outline is not None and outline.isdigit():
            level = min(int(outline) + 1, 6) if int(outline) < 9 else 0
        if not self._open:
            self.flow.gap()
            self._level = level
            self._marker, self._depth = self._list(properties, style)
        bold = next((one.bold for one in self._styles.chain(style) if one.bold is not None), False)
        boxed, self._boxed = self._boxed, []
        self._inline(element, bold, self._font(style))
        self._field = [True] * len(self._field)  # a field that was never closed hides no other paragraph
        self._plain("\n")
        if child(child(properties, "rPr"), "del") is not None:
            self._open = True  # its mark is deleted: the next paragraph goes on in the same line
        else:
            self._open = False
            self._end_line()
        text_boxes, self._boxed = self._boxed, boxed
        for content in text_boxes:
            outer, self._cell = self._cell, None
            self._blocks(content, depth + 1)
            self._cell = outer

    def _font(self, style: str | None) -> str | None:
        return next((one.font for one in self._styles.chain(style) if one.font), None)

    def _has_ticked_bullets(self) -> bool:
        """Whether some list has a ticked box for its bullet; without one, an empty box is but a bullet."""
        if self._body is None:
            return False
        used = {numbering_of(child(p, "pPr")) for p in self._body.iter() if local(p) == "p"}
        return any(self._numbering.box(number, level or 0) is True for number, level in used)

    def _list(self, properties: Any, style: str | None) -> tuple[str | None, int]:
        """Writes the number that Word shows before a paragraph; returns the marker that it does not write."""
        number, level = numbering_of(properties)
        for one in self._styles.chain(style):
            number = number if number is not None else one.numbering[0]
            level = level if level is not None else one.numbering[1]
        if number in (None, "0"):
            return None, 0
        depth = level or 0
        state = self._numbering.box(number, depth)
        if state is not NO_BOX:
            if state is True or self._ticked_bullets:
                self.flow.box(state)
                return None, depth
            return "☐", depth
        marker = self._numbering.marker(number, depth)
        if not marker:
            return None, depth
        opening = read_opening(f"{marker} x")[0]
        if (opening == marker and marker[-1] in ".)") or _WORDED.match(marker):
            self.flow.put(f"{marker} ")
            return None, depth
        return marker, depth

    # -- runs

    def _inline(self, parent: Any, bold: bool, font: str | None) -> None:
        for element in chosen(parent):
            name = local(element)
            if name == "r":
                self._run(element, bold, font)
            elif name == "sdt":
                content = self._control(element)
                if content is not None:
                    self._inline(content, bold, font)
            elif name not in DROPPED and len(element):
                self._inline(element, bold, font)

    def _control(self, element: Any) -> Any | None:
        """What a content control shows, None if nothing; the glyph of a tick box is noted with its state."""
        properties, content = child(element, "sdtPr"), child(element, "sdtContent")
        box = child(properties, "checkbox")
        if box is None:
            return None if is_placeholder(element) else content
        state = switched(child(box, "checked")) or False
        found = content.iter() if content is not None else ()
        glyph = next((one for one in found if local(one) in ("t", "sym")), None)
        if glyph is None:
            self.flow.box(state, self._hold(element, "☑" if state else "☐"))
            return None
        self._stated[glyph] = state
        return content

    def _run(self, run: Any, bold: bool, font: str | None) -> None:
        properties = child(run, "rPr")
        for style in self._styles.chain(value(child(properties, "rStyle"))):
            bold = style.bold if style.bold is not None else bold
            font = style.font or font
            if style.hidden:
                return
        if switched(child(properties, "vanish")):
            return
        own = switched(child(properties, "b"))
        bold = own if own is not None else bold
        font = font_of(properties) or font
        for element in chosen(run):
            name = local(element)
            if name == "fldChar":
                self._field_sign(element)
            elif self._field and not self._field[-1]:
                continue  # the instruction of a field
            elif name == "t":
                self._text(element, bold, font)
            elif name == "tab" or name == "ptab":
                self.flow.put(" ", self._hold(element, "\t"), bold=bold)
            elif name in ("br", "cr"):
                self._hold(element, "\n")
                self._end_line()
            elif name == "noBreakHyphen":
                self.flow.put("-", self._hold(element, "\u2011"), bold=bold)
            elif name == "sym":
                self._symbol(element, bold)
            elif name in ("drawing", "pict", "object"):
                self._boxed += [one for one in element.iter() if local(one) == "txbxContent"]
                for control in element.iter():
                    if local(control) == "control" and "checkbox" in (value(control, "name") or "").lower():
                        self.flow.box(None, self._hold(control, "▫"))
            elif name == "ruby":
                self._inline(element, bold, font)

    def _text(self, element: Any, bold: bool, font: str | None) -> None:
        text = (element.text or "").replace("\n", " ").replace("\r", " ")
        start = self._hold(element, text)
        if element in self._stated and text:
            self.flow.box(self._stated[element], start)
            start, text = start + 1, text[1:].lstrip()
        if is_symbol_font(font):
            for place, sign in enumerate(text):
                state = symbol_state(font, ord(sign))
                if state is NO_BOX:
                    self.flow.put(symbol_text(font, ord(sign)), start + place)
                else:
                    self.flow.box(state, start + place)
            return
        done = 0
        for match in _UNSEEN.finditer(text):
            self.flow.put(text[done : match.start()], start + done, bold=bold)
            done = match.end()
        self.flow.put(text[done:], start + done, bold=bold)

    def _symbol(self, element: Any, bold: bool) -> None:
        written = value(element, "char") or ""
        code = int(written, 16) if re.fullmatch(r"[0-9A-Fa-f]{2,4}", written) else 0xFFFD
        font = value(element, "font")
        state = self._stated.get(element, symbol_state(font, code))
        if state is NO_BOX:
            self.flow.put(symbol_text(font, code), self._hold(element, symbol_text(font, code)), bold=bold)
        else:
            self.flow.box(state, self._hold(element, "☑" if state else "▫" if state is None else "☐"))

    def _field_sign(self, element: Any) -> None:
        kind = value(element, "fldCharType")
        if kind == "begin":
            box = child(child(element, "ffData"), "checkBox")
            if box is not None:
                state = switched(child(box, "checked"))
                state = switched(child(box, "default")) if state is None else state
                self.flow.box(state or False, self._hold(element, "☑" if state else "☐"))
            self._field.append(False)
        elif self._field and kind == "separate":
            self._field[-1] = True
        elif self._field and kind == "end":
            self._field.pop()

    def _read_notes(self) -> None:
        for note in self._notes if self._notes is not None else ():
            if local(note) == "footnote" and value(note, "type") in (None, "normal"):
                self.flow.gap()
                for paragraph in note.iter():
                    if local(paragraph) == "p":
                        self._inline(paragraph, False, None)
                        self._plain("\n")
                        self.flow.end("furniture")
