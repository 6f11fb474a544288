"""What an element of HTML means for the lines of a document, in whole pages and in bits inside Markdown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from gilde.plans.reader.flow import Flow

PARAGRAPHS = frozenset(
    [
        "p",
        "div",
        "section",
        "article",
        "aside",
        "main",
        "header",
        "footer",
        "nav",
        "blockquote",
        "pre",
        "form",
        "fieldset",
        "legend",
        "figure",
        "figcaption",
        "address",
        "details",
        "summary",
        "dl",
        "dt",
        "dd",
        "center",
        "body",
        "html",
    ]
)
HEADINGS = {f"h{level}": level for level in range(1, 7)}
LISTS = frozenset({"ul", "ol", "menu", "dir"})
TABLE_PARTS = frozenset(["table", "thead", "tbody", "tfoot", "caption", "colgroup", "col", "tr", "td", "th"])
BOLD = frozenset({"b", "strong"})
HIDDEN = frozenset(["script", "style", "template", "noscript", "head", "svg", "math", "iframe", "object"])
INLINE = frozenset(
    [
        "a",
        "abbr",
        "span",
        "i",
        "em",
        "u",
        "s",
        "del",
        "ins",
        "sub",
        "sup",
        "small",
        "big",
        "font",
        "label",
        "mark",
        "cite",
        "code",
        "tt",
        "kbd",
        "q",
        "time",
        "wbr",
        "img",
        "button",
        "select",
        "option",
        "textarea",
    ]
)
KNOWN = (
    PARAGRAPHS | HEADINGS.keys() | LISTS | TABLE_PARTS | BOLD | HIDDEN | INLINE | {"li", "br", "hr", "input"}
)

# a bullet in the middle of a line begins an item: exports that lose the list keep its bullets
_INNER_BULLET = re.compile(
    r"(?<!\S)(?:[•◦▪▫‣⁃●➢\uf0b7\uf0a7\uf0fc\uf0d8](?=\s)|[-–](?=\s+\S)|(\d{1,2})[.)](?=\s+\S))"
)
_INNER_DASH = re.compile(r"(?<=\s)[-–]\s+[A-Z]")
_NUMBER = re.compile(r"(\d{1,2})[.)]\s")


class Blocks:
    """Follows elements as they open and close, and writes lines to a Flow. Unbalanced markup is expected."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.heading = 0
        self.furniture = False
        self.indent = 0  # blanks before an item outside of a list element
        self.cell: tuple[int, int, int] | None = None
        self._bold = 0
        self._hidden: list[str] = []
        self._lists: list[tuple[str, int]] = []  # (ul or ol, number of the last item)
        self._tables: list[tuple[int, int, int] | None] = []
        self._table_count = 0
        self._item: str | None = None  # marker of the item whose first line is open
        self._in_item = False
        self._line = ""  # what the open line shows so far

    # -- lines

    def flush(self) -> None:
        """Ends the open line, if it has words."""
        if self._line.strip():
            level = self.heading or (max(len(self._lists) - 1, 0) if self._lists else self.indent)
            kind: Any = (
                "furniture"
                if self.furniture
                else "heading"
                if self.heading
                else "cell"
                if self.cell
                else "text"
            )
            self.flow.end(kind, level=level, marker=self._item, cell=self.cell)
            self._item = None
        self._line = ""

    def gap(self) -> None:
        self.flush()
        self.flow.gap()

    def line_so_far(self) -> str:
        return self._line

    def next_table(self) -> int:
        self._table_count += 1
        return self._table_count - 1

    def forget(self) -> None:
        """Drops lists and bold that an export left open; called where Markdown begins a new block."""
        self._lists.clear()
        self._bold = 0
        self._item = None
        self._in_item = False

    # -- words

    @property
    def hidden(self) -> bool:
        return bool(self._hidden)

    def put(self, text: str, origin: Any, *, bold: bool = False) -> None:
        """Adds words that stand one for one at `origin`, an offset or (node, offset)."""
        if self._hidden or not text:
            return
        done = 0
        several = self._lists != [] or len(_INNER_DASH.findall(text)) >= 2
        for match in _INNER_BULLET.finditer(text):
            if self._begins_item(match, text[done : match.start()], several):
                self._put(text[done : match.start()], _shift(origin, done), bold)
                self.flush()
                done = match.start()
        self._put(text[done:], _shift(origin, done), bold)

    def put_as(self, shown: str, origin: Any, *, bold: bool = False) -> None:
        """Adds words that stand for the whole of `origin`: an entity, a run of blanks."""
        if self._hidden or not shown:
            return
        self._line += shown
        self.flow.put(shown, origin, bold=bold or self._bold > 0)

    def box(self, ticked: bool | None, origin: Any) -> None:
        if not self._hidden:
            self._line += "☐"
            self.flow.box(ticked, origin)

    def _put(self, text: str, origin: Any, bold: bool) -> None:
        if text:
            self._line += text
            self.flow.put(text, origin, bold=bold or self._bold > 0)

    def _begins_item(self, match: re.Match[str], unwritten: str, several: bool) -> bool:
        """Whether a bullet begins an item: a dash or number only in a list, or if more of its kind follow."""
        line = (self._line[:16] + unwritten[:16]).lstrip()
        if not line or (self._line and not unwritten and not self._line[-1].isspace()):
            return False
        glyph = match.group()
        if glyph not in "-–" and not match.group(1):
            return True
        if not several or self._in_item:
            return False
        if match.group(1):
            opening = _NUMBER.match(line) if self._lists else None
            return opening is not None and int(match.group(1)) == int(opening.group(1)) + 1
        return line[0] == glyph

    # -- elements

    def open(self, tag: str, attributes: Mapping[str, str | None], origin: Any = None) -> None:
        if self._hidden:
            if tag == self._hidden[-1]:
                self._hidden.append(tag)
            return
        if tag in HIDDEN or _is_hidden(attributes):
            if tag not in {"input", "br", "img", "hr", "wbr", "col"}:
                self._hidden.append(tag)
            return
        if tag == "input" or attributes.get("role") in {"checkbox", "radio"}:
            state = _state(tag, attributes)
            if state != "none":
                self.box({"yes": True, "no": False}.get(state), origin)
            if tag == "input":
                return
        if tag == "br":
            self.flush()
        elif tag == "hr" or tag in PARAGRAPHS:
            self.gap()
        elif tag in HEADINGS:
            self.gap()
            self.heading = HEADINGS[tag]
        elif tag in LISTS:
            self.gap() if not self._lists else self.flush()
            self._lists.append((tag, 0))
            self._in_item = False
        elif tag == "li":
            self.flush()
            name, number = self._lists[-1] if self._lists else ("ul", 0)
            if self._lists:
                self._lists[-1] = (name, number + 1)
            self._item = f"{number + 1}." if name == "ol" else "•"
            self._in_item = True
        elif tag in TABLE_PARTS:
            self._open_table_part(tag)
        elif tag in BOLD:
            self._bold += 1

    def close(self, tag: str) -> None:
        if self._hidden:
            if tag == self._hidden[-1]:
                self._hidden.pop()
            return
        if tag in PARAGRAPHS:
            self.gap()
        elif tag in HEADINGS:
            self.gap()
            self.heading = 0
        elif tag in LISTS:
            self.flush()
            if self._lists:
                self._lists.pop()
            self._in_item = bool(self._lists)
            self.flow.gap()
        elif tag == "li":
            self.flush()
            self._item = None
        elif tag in {"td", "th", "caption"}:
            self.gap()
        elif tag == "table":
            self.gap()
            self.cell = self._tables.pop() if self._tables else None
        elif tag == "tr":
            self.flush()
        elif tag in BOLD and self._bold:
            self._bold -= 1

    def _open_table_part(self, tag: str) -> None:
        self.gap()
        if tag == "table":
            self._tables.append(self.cell)
            self.cell = (self.next_table(), -1, -1)
        elif self.cell is not None and tag == "tr":
            self.cell = (self.cell[0], self.cell[1] + 1, -1)
        elif self.cell is not None and tag in {"td", "th"}:
            self.cell = (self.cell[0], max(self.cell[1], 0), self.cell[2] + 1)


def _shift(origin: Any, by: int) -> Any:
    return origin + by if isinstance(origin, int) else (origin[0], origin[1] + by)


def _is_hidden(attributes: Mapping[str, str | None]) -> bool:
    style = (attributes.get("style") or "").replace(" ", "").lower()
    return "hidden" in attributes or "display:none" in style


def _state(tag: str, attributes: Mapping[str, str | None]) -> str:
    """The state of a tick box element: "yes", "no", "untold", or "none" when it is no tick box."""
    if tag == "input":
        if (attributes.get("type") or "").lower() not in {"checkbox", "radio"}:
            return "none"
        if "indeterminate" in attributes:
            return "untold"
        return "yes" if "checked" in attributes else "no"  # the attribute counts, whatever its value
    return {"true": "yes", "false": "no"}.get((attributes.get("aria-checked") or "").lower(), "untold")
