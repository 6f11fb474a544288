"""Reads whole HTML pages. An anchor is a pair of places in text nodes: DOM path and offset in the node."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from lxml import etree

from gilde.plans.reader.document import Anchor, BadDocument, SourceDocument
from gilde.plans.reader.encoding import decode_text
from gilde.plans.reader.flow import Flow
from gilde.plans.reader.markup import Blocks

_CHARSET = re.compile(rb"<meta[^<>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,40})", re.IGNORECASE)
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
_BLANKS = re.compile(r"\s+")
_STEP = re.compile(r"/([A-Za-z][A-Za-z0-9:_.-]*|\*)(?:\[(\d{1,7})\])?")
_NODE = re.compile(r"((?:/(?:[A-Za-z][A-Za-z0-9:_.-]*|\*)(?:\[\d{1,7}\])?){1,300})/text\(\)\[(\d{1,7})\]")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_MAX_DEPTH = 250


@dataclass(frozen=True)
class _Node:
    """A text node: the element it is in, its place among the text nodes there, and its words."""

    parent: Any
    number: int  # counted from 1, as in XPath
    start: int  # characters of all text nodes before it
    text: str


class _Page:
    """A page as its text nodes in order; its text is all of them joined, as the DOM joins them."""

    def __init__(self, data: bytes) -> None:
        self.tree = _parse(data)
        self.nodes: list[_Node] = []
        self.events: list[tuple[str, Any]] = []
        length = 0
        for event, item in _walk(self.tree):
            if event == "text":
                parent, number, text = item
                node = _Node(parent, number, length, text)
                self.nodes.append(node)
                length += len(text)
                self.events.append(("text", node))
            else:
                self.events.append((event, item))
        self.starts = [node.start for node in self.nodes]
        self.text = "".join(node.text for node in self.nodes)

    def place(self, offset: int, *, closing: bool) -> Anchor:
        """The node and offset in it of a place in the text of the page."""
        index = max(bisect_right(self.starts, offset - 1 if closing and offset else offset) - 1, 0)
        if not self.nodes:
            return {"path": "/html/text()[1]", "offset": 0}
        node = self.nodes[index]
        path = self._path(node.parent)
        return {"path": f"{path}/text()[{node.number}]", "offset": offset - node.start}

    def _path(self, element: Any) -> str:
        """The XPath of an element; one whose name is broken is told by its place alone."""
        chain = [element, *element.iterancestors()]
        if all(_NAME.fullmatch(one.tag) for one in chain):
            return str(self.tree.getroottree().getpath(element))
        steps = []
        for one in chain[:-1]:
            simple = _NAME.fullmatch(one.tag)
            before = sum(1 for other in one.itersiblings(one.tag if simple else "*", preceding=True))
            steps.append(f"/{one.tag if simple else '*'}[{before + 1}]")
        return "/".join(["", self.tree.tag]) + "".join(reversed(steps))

    def offset(self, place: Mapping[str, Any]) -> int:
        """The place in the text of the page of a node and offset in it."""
        match = _NODE.fullmatch(place["path"])
        if not match:
            raise ValueError("path")
        element = self.tree
        steps = _STEP.findall(match.group(1))
        if steps[0][0] not in {element.tag, "*"}:
            raise ValueError("root")
        for tag, number in steps[1:]:
            same = [child for child in element if isinstance(child.tag, str) and tag in {child.tag, "*"}]
            element = same[int(number or 1) - 1]
        wanted = int(match.group(2))
        node = next((one for one in self.nodes if one.parent is element and one.number == wanted), None)
        if node is None and not self.nodes and place["offset"] == 0:
            return 0  # an empty span of a page without words
        if node is None or not 0 <= place["offset"] <= len(node.text):
            raise ValueError("offset")
        return int(node.start + place["offset"])


def read_html(data: bytes) -> SourceDocument:
    """The document in the bytes of an HTML page.

    Raises BadDocument for entities of its own (which no page needs and attacks use) and for absurd nesting.
    """
    page = _Page(data)
    flow = Flow()
    blocks = Blocks(flow)
    after_blank = True
    for event, item in page.events:
        if event == "open":
            if item.tag in {"input", "img"}:
                after_blank = False
            blocks.open(item.tag, item.attrib)
        elif event == "close":
            blocks.close(item.tag)
        else:
            after_blank = _write(blocks, item, after_blank and bool(blocks.line_so_far()))
    blocks.flush()

    def locate(start: int, end: int) -> tuple[Anchor, str]:
        begin = stop = None
        for piece, first, last in flow.between(start, end):
            whole = isinstance(piece.origin, tuple)
            if begin is None:
                begin = piece.origin[0] if whole else piece.origin + first
            stop = piece.origin[1] if whole else piece.origin + last
        if begin is None or stop is None:
            begin = stop = _before(flow, start)
        anchor = {
            "kind": "html",
            "start": page.place(begin, closing=False),
            "end": page.place(stop, closing=stop > begin),
        }
        return anchor, page.text[begin:stop]

    return flow.finish(sha256=hashlib.sha256(data).hexdigest(), media_type="text/html", locate=locate)


@lru_cache(maxsize=1)
def _reread(data: bytes) -> _Page:
    """The page asked for last, since its citations are looked up one after the other."""
    return _Page(data)


def reslice_html(data: bytes, citation: Mapping[str, Any]) -> str:
    """The text of the page between two places, as the DOM gives it."""
    page = _reread(data)
    start, end = page.offset(citation["start"]), page.offset(citation["end"])
    if start > end:
        raise ValueError("order")
    return page.text[start:end]


def _before(flow: Flow, offset: int) -> int:
    for piece in reversed(flow.pieces):
        if piece.start <= offset and piece.origin is not None:
            return int(piece.origin[1]) if isinstance(piece.origin, tuple) else piece.origin + len(piece.text)
    return 0


def _write(blocks: Blocks, node: _Node, after_blank: bool) -> bool:
    """Writes the words of a node with runs of blanks as one; returns whether it ended with a blank."""
    position = 0
    for match in _BLANKS.finditer(node.text):
        if match.group() == " " and position < match.start():
            continue  # one blank between words stands for itself
        if match.start() > position:
            blocks.put(node.text[position : match.start()], node.start + position)
            after_blank = False
        if not after_blank and blocks.line_so_far():
            blocks.put_as(" ", (node.start + match.start(), node.start + match.end()))
        after_blank = True
        position = match.end()
    if position < len(node.text):
        blocks.put(node.text[position:], node.start + position)
        after_blank = False
    return after_blank


def _parse(data: bytes) -> Any:
    if _ENTITY.search(data):
        raise BadDocument(
            "The page declares entities of its own, which no plan needs; save it again from a browser.",
            "entities",
        )
    declared = _CHARSET.search(data[:4096])
    name = declared.group(1).decode("ascii").lower() if declared else "utf-8"
    if name in {"utf-8", "utf8"} or data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        text, _ = decode_text(data)
    else:
        try:
            text = data.decode("cp1252" if name in {"iso-8859-1", "latin1", "ascii", "us-ascii"} else name)
        except (LookupError, UnicodeDecodeError):
            text, _ = decode_text(data)
        if "\0" in text:
            raise BadDocument("The page holds a null byte; save it again from a browser.", "null-bytes")
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, recover=True)
    try:
        tree = etree.fromstring(text.lstrip("\ufeff").encode("utf-8", "replace"), parser)
    except etree.LxmlError as error:
        raise BadDocument(
            "The page is too damaged to be read; save it again from a browser.", "damaged"
        ) from error
    if tree is None:
        raise BadDocument("The page has no words in it; choose the page of the plan itself.", "empty")
    if any("xcessive depth" in entry.message or "epth" in entry.message for entry in parser.error_log):
        raise _too_deep()
    return tree


def _too_deep() -> BadDocument:
    return BadDocument(
        f"The page nests its elements more than {_MAX_DEPTH} deep, which no page of a plan does; "
        "save it again from a browser.",
        "too-deep",
    )


def _walk(root: Any) -> Iterator[tuple[str, Any]]:
    """Opens, closes and text nodes of a tree in order, without recursion."""
    yield "open", root
    stack: list[tuple[Any, Iterator[Any], int]] = []
    number = 0
    if root.text:
        number = 1
        yield "text", (root, number, root.text)
    stack.append((root, iter(root), number))
    while stack:
        element, children, number = stack[-1]
        child = next(children, None)
        if child is None:
            stack.pop()
            yield "close", element
            if stack:
                parent, rest, count = stack[-1]
                if element.tail:
                    yield "text", (parent, count + 1, element.tail)
                    stack[-1] = (parent, rest, count + 1)
            continue
        if not isinstance(child.tag, str):  # a comment
            if child.tail:
                yield "text", (element, number + 1, child.tail)
                stack[-1] = (element, children, number + 1)
            continue
        if len(stack) >= _MAX_DEPTH:
            raise _too_deep()
        yield "open", child
        inner = 0
        if child.text:
            inner = 1
            yield "text", (child, 1, child.text)
        stack.append((child, iter(child), inner))
