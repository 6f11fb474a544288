"""The order in which a page of a .pdf is read: lines, cells of ruled tables, columns."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field

from gilde.plans.reader.pdfboxes import Part, Run, drawn_boxes, form_boxes, split_boxes
from gilde.plans.reader.pdfpage import PageText, Shape

_SHORT = re.compile(
    r"[-–—•◦▪▫‣·∙●○➢❖*o\uf000-\uf0ff]|\(?[0-9A-Za-z]{1,3}[.)]|[0-9]{1,2}(?:\.[0-9]{1,2}){1,3}\.?"
)
_GUTTER = 9.0  # points that no word crosses between two columns
_MAX_RULINGS = 4000


@dataclass(slots=True)
class Row:
    """A line as it is read: runs from left to right. `fresh` where a cell, a column or the page begins."""

    runs: list[Run]
    cell: tuple[int, int, int] | None = None  # table counted on this page, row, column
    fresh: bool = False
    furniture: bool = False

    @property
    def base(self) -> float:
        return self.runs[0].base

    @property
    def size(self) -> float:
        return max(run.size for run in self.runs)

    @property
    def x0(self) -> float:
        return self.runs[0].x0

    @property
    def x1(self) -> float:
        return self.runs[-1].x1


@dataclass
class _Rulings:
    """Lines that run across or down a page: (place, from, to)."""

    across: list[tuple[float, float, float]] = field(default_factory=list)
    down: list[tuple[float, float, float]] = field(default_factory=list)


def read_rows(page: PageText) -> list[Row]:
    """The lines of a page in the order in which a person reads them."""
    boxes, marks, small = drawn_boxes(page)
    rulings = _rulings([shape for index, shape in enumerate(page.shapes) if index not in small])
    runs = _runs(page, rulings, marks)
    runs += boxes + form_boxes(page)
    free: list[Run] = []
    cells: dict[tuple[int, int, int, int], list[Run]] = {}
    for run in runs:
        key = _cell_of(run, rulings)
        if key is None:
            free.append(run)
        else:
            cells.setdefault(key, []).append(run)
    tables = _tables(cells)
    blocks: list[tuple[float, list[Row]]] = []
    for number, table in enumerate(tables):
        top, rows = _read_table(page, table, cells, number)
        blocks.append((top, rows))
    edges = sorted(top for top, _ in blocks)
    bands: dict[int, list[Run]] = {}
    for run in free:
        bands.setdefault(bisect_left(edges, run.base - run.size * 0.5), []).append(run)
    for place, band in bands.items():
        top = min(run.base - run.size for run in band)
        before = edges[place - 1] if place else -1.0
        blocks.append((max(top, before + 0.01), _read_flow(page, band)))
    blocks.sort(key=lambda block: block[0])
    rows = [row for _, of_block in blocks for row in of_block]
    if rows:
        rows[0].fresh = True
    return rows


# -- runs of characters


def _runs(page: PageText, rulings: _Rulings, marks: set[int]) -> list[Run]:
    runs: list[Run] = []
    current: Run | None = None
    text = page.text
    last = -1  # the last character of the current run
    for index, sign in enumerate(text):
        if page.made[index] or sign in " \u00a0\t\r\n" or index in marks:
            if index in marks:
                current = None
            continue
        size = page.size[index] or 1.0
        if current is not None and _goes_on(page, current, last, index, size, rulings):
            current.parts[-1].end = index + 1
            current.x1 = max(current.x1, page.x1[index])
            if size > current.size:
                current.size, current.base = size, page.base[index]
        else:
            current = Run(page.x0[index], page.x1[index], page.base[index], size, [Part(index, index + 1)])
            runs.append(current)
        last = index
    for run in runs:
        run.parts = split_boxes(page, run.parts[0])
    return runs


def _goes_on(page: PageText, run: Run, last: int, index: int, size: float, rulings: _Rulings) -> bool:
    gap = page.x0[index] - page.x1[last]
    larger = max(size, run.size)
    if abs(page.base[index] - run.base) > larger * (0.25 if size > run.size * 0.85 else 0.55):
        return False
    if page.x0[index] < page.x0[last] - larger * 0.3 or gap > larger * 1.1:  # the parts of a ligature overlap
        return False
    if gap <= 0.5:
        return True
    middle = run.base - run.size * 0.3
    left, right = page.x1[last] - 0.5, page.x0[index] + 0.5
    first = bisect_left(rulings.down, (left,))
    for place, top, bottom in rulings.down[first:]:
        if place > right:
            break
        if top <= middle <= bottom:
            return False
    return True


# -- ruled tables


def _rulings(shapes: list[Shape]) -> _Rulings:
    across: list[tuple[float, float, float]] = []
    down: list[tuple[float, float, float]] = []
    for shape in shapes:
        place = shape.bounds
        if shape.filled and min(place.width, place.height) <= 2.5 and max(place.width, place.height) >= 8:
            if place.height <= place.width:
                across.append(((place.y0 + place.y1) / 2, place.x0, place.x1))
            else:
                down.append(((place.x0 + place.x1) / 2, place.y0, place.y1))
        elif shape.stroked:
            for xa, ya, xb, yb in shape.segments:
                if abs(ya - yb) < 0.8 and abs(xa - xb) >= 8:
                    across.append(((ya + yb) / 2, min(xa, xb), max(xa, xb)))
                elif abs(xa - xb) < 0.8 and abs(ya - yb) >= 8:
                    down.append(((xa + xb) / 2, min(ya, yb), max(ya, yb)))
    return _Rulings(_joined(across[:_MAX_RULINGS]), _joined(down[:_MAX_RULINGS]))


def _joined(lines: list[tuple[float, float, float]]) -> list[tuple[float, float, float]]:
    """Lines in order of place, those that lie in one another's way joined."""
    result: list[tuple[float, float, float]] = []
    for place, start, end in sorted(lines, key=lambda line: (round(line[0]), line[1])):
        if result and abs(result[-1][0] - place) < 1.6 and start <= result[-1][2] + 3:
            result[-1] = (result[-1][0], min(result[-1][1], start), max(result[-1][2], end))
        else:
            result.append((place, start, end))
    return sorted(result)


def _cell_of(run: Run, rulings: _Rulings) -> tuple[int, int, int, int] | None:
    """Top, left, right and bottom of the cell that a run stands in, None outside of ruled tables."""
    x, y = (run.x0 + run.x1) / 2, run.base - run.size * 0.3
    left = right = top = bottom = None
    for place, start, end in rulings.down:
        if start - 1.5 <= y <= end + 1.5:
            if place <= run.x0 + 2:
                left = place
            elif place >= run.x1 - 2:
                right = place
                break
    for place, start, end in rulings.across:
        if start - 1.5 <= x <= end + 1.5:
            if place <= y:
                top = place
            else:
                bottom = place
                break
    if left is None or right is None or top is None or bottom is None:
        return None
    return round(top), round(left), round(right), round(bottom)


def _tables(cells: dict[tuple[int, int, int, int], list[Run]]) -> list[list[tuple[int, int, int, int]]]:
    """The cells of each table, from top to bottom: a table ends where no cell goes on."""
    tables: list[list[tuple[int, int, int, int]]] = []
    reach = -10
    for key in sorted(cells):
        if not tables or key[0] > reach + 4:
            tables.append([])
            reach = key[3]
        tables[-1].append(key)
        reach = max(reach, key[3])
    return tables


def _read_table(
    page: PageText,
    table: list[tuple[int, int, int, int]],
    cells: dict[tuple[int, int, int, int], list[Run]],
    number: int,
) -> tuple[float, list[Row]]:
    tops: list[int] = []
    for top in sorted({key[0] for key in table}):
        if not tops or top > tops[-1] + 4:
            tops.append(top)
    lefts: list[int] = []
    for left in sorted({key[1] for key in table}):
        if not lefts or left > lefts[-1] + 4:
            lefts.append(left)
    framed = len(table) == 1 and table[0][3] - table[0][0] > page.height * 0.6  # a frame around the page
    placed = sorted(
        (max(bisect_left(tops, key[0] + 1) - 1, 0), max(bisect_left(lefts, key[1] + 1) - 1, 0), key)
        for key in table
    )
    rows: list[Row] = []
    for row, column, key in placed:
        of_cell = _read_flow(page, cells[key])
        for line in of_cell:
            line.cell = None if framed else (number, row, column)
        if of_cell:
            of_cell[0].fresh = True
        rows += of_cell
    return float(table[0][0]), rows


# -- lines and columns without rulings


def _read_flow(page: PageText, runs: list[Run]) -> list[Row]:
    return _columns(_lines(page, runs))


def _lines(page: PageText, runs: list[Run]) -> list[Row]:
    """Runs that stand on one line put together, a bullet, number or box joined to the words after it."""
    rows: list[Row] = []
    for run in sorted(runs, key=lambda one: (one.base, one.x0)):
        near = [row for row in rows[-4:] if abs(row.base - run.base) <= 0.45 * max(run.size, row.size)]
        if near:
            near[-1].runs.append(run)
        else:
            rows.append(Row([run]))
    for row in rows:
        row.runs.sort(key=lambda one: one.x0)
        joined: list[Run] = []
        for run in row.runs:
            last = joined[-1] if joined else None
            if (last is not None and run.x0 - last.x1 < 40 and _is_short(page, last)) or (
                last is not None and run.x0 - last.x1 <= 0.9 * max(run.size, last.size) and not run.is_box
            ):
                _join(last, run)
            else:
                joined.append(run)
        row.runs = joined
    return rows


def _join(last: Run, run: Run) -> None:
    last.parts += run.parts
    last.x1 = max(last.x1, run.x1)
    if not last.parts[0].box or last.size < run.size:
        last.size = max(last.size, run.size)
    if last.parts[0].box:
        last.base = run.base


def _is_short(page: PageText, run: Run) -> bool:
    if run.parts[-1].box:
        return True
    return (
        len(run.parts) == 1 and _SHORT.fullmatch(page.text[run.parts[0].start : run.parts[0].end]) is not None
    )


def _columns(rows: list[Row]) -> list[Row]:
    """The lines with those of columns side by side put one column after the other."""
    result: list[Row] = []
    index = 0
    while index < len(rows):
        best: tuple[int, float] | None = None
        if len(rows[index].runs) > 1:
            for one, two in zip(rows[index].runs, rows[index].runs[1:], strict=False):
                end, middle = _reach(rows, index, one.x1, two.x0)
                if end - index >= 2 and (best is None or end > best[0]):
                    best = (end, middle)
        if best is None:
            result.append(rows[index])
            index += 1
            continue
        end, middle = best
        for side in (True, False):
            part = [
                Row(of_side, row.cell)
                for row in rows[index:end]
                if (of_side := [run for run in row.runs if (run.x0 < middle) == side])
            ]
            inner = _columns(part)
            if inner:
                inner[0].fresh = True
            result += inner
        if end < len(rows):
            rows[end].fresh = True
        index = end
    return result


def _reach(rows: list[Row], first: int, left: float, right: float) -> tuple[int, float]:
    """How far down a gap between two columns reaches: the line after its last, and its middle."""
    both = 1
    end = first + 1
    middle = (left + right) / 2
    if right - left < _GUTTER:
        return first, middle
    for index in range(first + 1, len(rows)):
        if rows[index].base - rows[index - 1].base > 5 * rows[index].size:
            break
        inner_left = max([left, *(run.x1 for run in rows[index].runs if run.x0 < middle)])
        inner_right = min([right, *(run.x0 for run in rows[index].runs if run.x0 >= middle)])
        if inner_right - inner_left < _GUTTER:
            break
        left, right = inner_left, inner_right
        middle = (left + right) / 2
        on_right = any(run.x0 >= middle for run in rows[index].runs)
        on_left = any(run.x0 < middle for run in rows[index].runs)
        if on_right and on_left:
            both += 1
        if on_right or (end == index and rows[index].base - rows[index - 1].base < 1.45 * rows[index].size):
            end = index + 1
    return (end, middle) if both >= 2 else (first, middle)
