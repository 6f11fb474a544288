"""Tick boxes of a .pdf that are no glyphs: drawn squares, form buttons, signs of fonts of symbols."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gilde.plans.reader.docxlists import NO_BOX, symbol_state
from gilde.plans.reader.pdfpage import PageText, Rect, Shape

_MARKS = frozenset("xX✓✔✕✖✗✘☓×■●\uf0fc\uf0fe")


@dataclass(slots=True)
class Part:
    """Characters `start`..`end` of the page, or a tick box that is no character."""

    start: int
    end: int
    box: bool = False
    ticked: bool | None = None


@dataclass(slots=True)
class Run:
    """Words on one line with no large gap between them."""

    x0: float
    x1: float
    base: float
    size: float
    parts: list[Part]

    @property
    def is_box(self) -> bool:
        return all(part.box for part in self.parts)


def split_boxes(page: PageText, part: Part) -> list[Part]:
    """A part with the signs of fonts of symbols that are tick boxes taken apart."""
    fonts = {page.fonts[index] for index in range(part.start, part.end)}
    if not any(page.font_names[one].lower().startswith(("wingdings", "webdings")) for one in fonts):
        return [part]
    parts: list[Part] = []
    for index in range(part.start, part.end):
        name = page.font_names[page.fonts[index]].replace("-Regular", "").replace("Wingdings2", "Wingdings 2")
        state = symbol_state(name, ord(page.text[index]))
        if state is not NO_BOX and not page.text[index].isspace():
            parts.append(Part(index, index + 1, True, state))
        elif parts and not parts[-1].box:
            parts[-1].end = index + 1
        else:
            parts.append(Part(index, index + 1))
    return parts


def form_boxes(page: PageText) -> list[Run]:
    """The buttons of a form, on the line of the words beside them."""
    runs = []
    for button in page.buttons:
        at = button.bounds
        base, size = _line_beside(page, at) or (at.y1 - 0.15 * at.height, at.height)
        runs.append(Run(at.x0, at.x1, base, size, [Part(0, 0, True, button.ticked)]))
    return runs


def drawn_boxes(page: PageText) -> tuple[list[Run], set[int], set[int]]:
    """Tick boxes that are drawn, the characters that tick them, and the shapes they are made of."""
    squares: list[tuple[int, Shape]] = []
    for index, shape in enumerate(page.shapes):
        if _is_square(shape.bounds) and _is_outline(shape):
            squares.append((index, shape))
    used: set[int] = set()
    runs: list[Run] = []
    marks: set[int] = set()
    open_sizes = [shape.bounds.width for _, shape in squares if shape.stroked]
    taken: list[Rect] = []
    for index, shape in sorted(squares, key=lambda one: -one[1].bounds.width):
        place = shape.bounds
        used.add(index)
        if any(other.holds((place.x0 + place.x1) / 2, (place.y0 + place.y1) / 2) for other in taken):
            continue
        if not shape.stroked and (not shape.dark or not _like(place.width, open_sizes)):
            if not shape.dark and not _framed(page, index, place):
                continue  # a coloured square is a legend, a dark one among no open ones a bullet
            if shape.dark:
                continue
        line = _line_beside(page, place)
        if line is None:
            continue
        taken.append(place)
        inside = [i for i in _inside(page, place) if page.text[i] in _MARKS]
        marks.update(inside)
        ticked = bool(inside) or (shape.filled and shape.dark) or _has_diagonal(shape)
        for other, mark in enumerate(page.shapes):
            if other != index and _marks(mark, place):
                used.add(other)
                ticked = ticked or not _is_frame(mark)
        base, size = line
        runs.append(Run(place.x0, place.x1, base, size, [Part(0, 0, True, ticked)]))
    return runs, marks, used


def _is_square(place: Rect) -> bool:
    return (
        4.5 <= place.width <= 20
        and 4.5 <= place.height <= 20
        and abs(place.width - place.height) <= 0.25 * place.width
    )


def _is_outline(shape: Shape) -> bool:
    """Whether a path goes around its bounds: a square, with round corners or not."""
    place = shape.bounds
    sides = [False] * 4
    for xa, ya, xb, yb in shape.segments:
        if abs(ya - yb) < 0.6 and abs(xa - xb) > 0.5 * place.width:
            sides[0 if abs(ya - place.y0) < 0.8 else 1] = True
        elif abs(xa - xb) < 0.6 and abs(ya - yb) > 0.5 * place.height:
            sides[2 if abs(xa - place.x0) < 0.8 else 3] = True
    return sum(sides) >= 3


def _has_diagonal(shape: Shape) -> bool:
    return any(abs(xa - xb) > 1.5 and abs(ya - yb) > 1.5 for xa, ya, xb, yb in shape.segments)


def _is_frame(shape: Shape) -> bool:
    return _is_outline(shape) and not shape.dark and not _has_diagonal(shape)


def _framed(page: PageText, index: int, place: Rect) -> bool:
    """Whether a square without a line of its own is the ground of one that has."""
    return any(
        other != index and shape.stroked and _is_outline(shape) and _is_square(shape.bounds)
        and abs(shape.bounds.x0 - place.x0) < 1.5 and abs(shape.bounds.y0 - place.y0) < 1.5
        for other, shape in enumerate(page.shapes)
    )  # fmt: skip


def _like(width: float, others: Iterable[float]) -> bool:
    return any(abs(width - other) <= 1.5 for other in others)


def _marks(mark: Shape, place: Rect) -> bool:
    """Whether a shape stands in a box and fills a good part of it."""
    bounds = mark.bounds
    inside = place.holds(bounds.x0, bounds.y0, 3.0) and place.holds(bounds.x1, bounds.y1, 3.0)
    return inside and max(bounds.width, bounds.height) > 0.35 * place.width


def _inside(page: PageText, place: Rect) -> list[int]:
    return [
        index
        for index in range(len(page.text))
        if place.x0 - 1 <= page.x0[index] <= place.x1
        and not page.made[index]
        and place.holds((page.x0[index] + page.x1[index]) / 2, (page.y0[index] + page.y1[index]) / 2, 1.0)
    ]


def _line_beside(page: PageText, place: Rect) -> tuple[float, float] | None:
    """Base and size of the words right of a box, else left of it; a square with no words is no tick box."""
    best: tuple[float, float, float] | None = None
    middle = (place.y0 + place.y1) / 2
    for index, sign in enumerate(page.text):
        if page.made[index] or sign.isspace() or not page.y0[index] - 2 <= middle <= page.y1[index] + 2:
            continue
        right, left = page.x0[index] - place.x1, place.x0 - page.x1[index]
        distance = right if right >= -1 else left + 15 if left >= -1 else None
        if distance is not None and distance < 45 and (best is None or distance < best[0]):
            best = (distance, page.base[index], page.size[index])
    return (best[1], best[2]) if best else None
