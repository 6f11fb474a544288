"""Finds what an officer would call one action: an item, bold words or a heading with prose, a paragraph."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gilde.plans.reader.blocks import Block, lines_within, plain, read_blocks, words_of
from gilde.plans.reader.dates import find_dates
from gilde.plans.reader.document import SourceDocument
from gilde.plans.reader.measures import Span


@dataclass(frozen=True)
class FoundAction:
    """`text` is the whole action, a line for each of its points; `title` its leading words, if set apart."""

    title: str | None
    text: str
    span: Span


def find_actions(document: SourceDocument, span: Span) -> list[FoundAction]:
    """The actions of a section in order. Introductions, and undated remarks behind a list, are none."""
    rows = _rows(document, span)
    if rows:
        return rows
    blocks = read_blocks(document, span)
    groups = _headed(blocks)
    found: list[FoundAction] = []
    for heading, content in groups:
        if heading is None:
            found += _listed(document, content)
        elif not content:
            continue  # a heading over other headings
        elif content[0].kind == "item":
            found += _listed(document, content)
        else:
            found.append(_action(document, [heading, *content], words_of(document, heading)))
    return found


def _headed(blocks: Sequence[Block]) -> list[tuple[Block | None, list[Block]]]:
    """Shares out blocks under their headings; a single heading over everything is no division."""
    headings = [index for index, block in enumerate(blocks) if block.kind == "heading"]
    if not headings or headings == [0]:
        return [(None, [block for block in blocks if block.kind != "heading"])]
    groups: list[tuple[Block | None, list[Block]]] = []
    if headings[0] > 0:
        groups.append((None, list(blocks[: headings[0]])))
        if all(block.kind == "text" for block in blocks[: headings[0]]):
            groups.pop()  # an introduction
    for index, following in zip(headings, [*headings[1:], len(blocks)], strict=True):
        groups.append((blocks[index], list(blocks[index + 1 : following])))
    return groups


def _rows(document: SourceDocument, span: Span) -> list[FoundAction]:
    """The rows of a table of actions, without its head."""
    lines = lines_within(document, span)
    rows: dict[tuple[int, int], list[tuple[int, int]]] = {}
    wide = set()
    for _, line in lines:
        if line.cell is None:
            return []
        rows.setdefault(line.cell[:2], []).append((line.content, min(line.end, span.end)))
        if line.cell[2] > 0:
            wide.add(line.cell[:2])
    if len(wide) < 2:
        return []
    ordered = [rows[key] for key in rows]
    head = [document.text[start:end] for start, end in ordered[0]]
    if all(len(cell.split()) <= 4 and not any(c.isdigit() for c in cell) for cell in head):
        ordered = ordered[1:]
    return [
        FoundAction(
            None,
            " – ".join(plain(document.text[start:end]) for start, end in cells),
            Span(cells[0][0], cells[-1][1]),
        )
        for cells in ordered
    ]


def _listed(document: SourceDocument, blocks: Sequence[Block]) -> list[FoundAction]:
    depths = _depths(document, blocks)
    tops = [index for index, depth in enumerate(depths) if depth == 0]
    if not tops:
        return _prose(document, blocks)
    found: list[FoundAction] = []
    longest = 1
    for index, following in zip(tops, [*tops[1:], None], strict=True):
        if following is not None:
            content = list(blocks[index:following])
            rest: list[Block] = []
            longest = max(longest, sum(block.kind == "text" for block in content))
        else:
            content, rest = _own(document, blocks[index:], depths[index:], longest)
        found.append(_action(document, content, _lead(document, content)))
        found += [
            _action(document, [block], None)
            for block in rest
            if block.kind == "text" and find_dates(document.text[block.start : block.end])
        ]
    return found


def _own(
    document: SourceDocument, blocks: Sequence[Block], depths: Sequence[int | None], longest: int
) -> tuple[list[Block], list[Block]]:
    """What belongs to the last item, and the remarks behind the list.

    An item that is only a title owns the paragraphs under it, as many as the items before it had.
    """
    last_sub = max((index for index, depth in enumerate(depths) if depth is not None), default=0)
    titled = _only_title(document, blocks[0])
    keep = max(last_sub, min(longest, len(blocks) - 1)) if titled else last_sub
    return list(blocks[: keep + 1]), list(blocks[keep + 1 :])


def _only_title(document: SourceDocument, block: Block) -> bool:
    words = words_of(document, block)
    return len(block.lines) == 1 and len(words) <= 120 and words[-1:] not in ".;,!?"


def _prose(document: SourceDocument, blocks: Sequence[Block]) -> list[FoundAction]:
    """Paragraphs: each is an action, or begins one if some are led by bold words; introductions are none."""
    text = [block for block in blocks if block.kind == "text"]
    led = [block for block in text if block.first.lead is not None and block.first.lead > block.start]
    if len(led) >= 2:
        found = []
        starts = [index for index, block in enumerate(text) if block in led]
        for index, following in zip(starts, [*starts[1:], len(text)], strict=True):
            content = text[index:following]
            found.append(_action(document, content, _lead(document, content)))
        return found
    chosen = [block for block in text if not document.text[block.start : block.end].rstrip().endswith(":")]
    return [_action(document, [block], None) for block in chosen or text]


def _action(document: SourceDocument, blocks: Sequence[Block], title: str | None) -> FoundAction:
    lines = []
    for number, block in enumerate(blocks):
        words = words_of(document, block)
        lines.append(f"{block.shown} {words}" if number and block.marker else words)
    return FoundAction(title, "\n".join(lines), Span(blocks[0].start, blocks[-1].end))


def _lead(document: SourceDocument, blocks: Sequence[Block]) -> str | None:
    """The title of an item: its bold opening, or the item itself if it is only a title."""
    block = blocks[0]
    if block.first.lead is not None and block.first.lead > block.start:
        return plain(document.text[block.start : block.first.lead]).rstrip(" :.")
    words = words_of(document, block)
    if len(blocks) > 1 and _only_title(document, block) and not words.endswith(":"):
        return words
    return None


# -- how deep each item lies


@dataclass
class _List:
    """An open list: of numbers, of bullets at one indentation, or opened by a colon at the same one."""

    style: str
    level: int
    number: int | None
    led: bool  # its items open in bold
    by_colon: bool = False
    semicolons: bool = False


def _depths(document: SourceDocument, blocks: Sequence[Block]) -> list[int | None]:
    """The depth of each item, 0 for the outermost, None for what is no item."""
    stack: list[_List] = []
    depths: list[int | None] = []
    before = ""
    for block in blocks:
        words = document.text[block.start : block.end].rstrip()
        if block.kind != "item":
            depths.append(None)
            before = words
            continue
        if block.number is not None:
            _place_number(stack, block, lazy=bool(depths) and depths[-1] is not None and before[-1:] != ":")
        else:
            _place_bullet(stack, block, before)
        depths.append(len(stack) - 1)
        if words.endswith((";", ",")):
            stack[-1].semicolons = True
        before = words
    return depths


def _place_number(stack: list[_List], block: Block, *, lazy: bool) -> None:
    for index in range(len(stack) - 1, -1, -1):
        numbered = stack[index]
        if (
            numbered.number is not None
            and numbered.style == block.style
            and numbered.number + 1 == block.number
        ):
            del stack[index + 1 :]
            numbered.number = block.number
            return
    if lazy and stack and stack[-1].number == block.number == 1 and stack[-1].style == block.style:
        return  # every item is numbered 1, as Markdown allows
    same = [
        index
        for index, other in enumerate(stack)
        if other.style == block.style and other.level == block.level
    ]
    if same and block.number != 1:
        del stack[same[-1] + 1 :]
        stack[-1].number = block.number
        return
    stack.append(_List(block.style, block.level, block.number, block.first.lead is not None))


def _place_bullet(stack: list[_List], block: Block, before: str) -> None:
    led = block.first.lead is not None or block.first.bold
    while stack and stack[-1].number is None and block.level < stack[-1].level:
        stack.pop()
    index = len(stack) - 1
    while index >= 0 and (stack[index].number is not None or stack[index].level > block.level):
        index -= 1
    if index < 0 or stack[index].level < block.level:  # the first bullet here, or a deeper one
        stack.append(_List(block.style, block.level, None, led))
        return
    same = stack[index]
    if index + 1 < len(stack) and not before.endswith(":"):
        del stack[index + 1 :]  # bullets go on behind a numbered list that one of them held
    elif index + 1 < len(stack):
        stack.append(_List(block.style, block.level, None, led, by_colon=True))
        return
    if same.by_colon:
        closed = (same.semicolons and before.endswith(".")) or (led and not same.led)
        if closed:
            stack.pop()
        return
    if before.endswith(":") and not (led and same.led):
        stack.append(_List(block.style, block.level, None, led, by_colon=True))
