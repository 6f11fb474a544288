"""Writes plans as .pdf with glyphs, form buttons or drawn squares as tick boxes, by two programs."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, Literal

import reportlab
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from tests.plans.reader.making import Block, State, Tick, tables_and_blocks

PdfBoxes = Literal["glyph", "form", "drawn", "filled"]
WIDTH, HEIGHT = 595.0, 842.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 60.0, 535.0, 770.0, 70.0
_Word = tuple[str, bool] | Tick


def _fonts() -> None:
    folder = Path(reportlab.__file__).parent / "fonts"
    if "Vera" not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont("Vera", str(folder / "Vera.ttf")))
        pdfmetrics.registerFont(TTFont("VeraBd", str(folder / "VeraBd.ttf")))


class Writer:
    """Sets paragraphs and tables on pages with a running head and a page number."""

    def __init__(self, boxes: PdfBoxes = "glyph", *, head: bool = True, **options: Any) -> None:
        _fonts()
        self.stream = io.BytesIO()
        self.canvas = Canvas(self.stream, pagesize=(WIDTH, HEIGHT), invariant=True, **options)
        self.boxes = boxes
        self.y = _TOP
        self.pages = 0
        self.head = head
        self.buttons = 0
        self._begin()

    def _begin(self) -> None:
        self.pages += 1
        if self.head:
            self.canvas.setFont("Vera", 8)
            self.canvas.drawString(_LEFT, HEIGHT - 40, "An invented plan for training")
            self.canvas.drawCentredString(WIDTH / 2, 40, f"Page {self.pages}")
        self.y = _TOP

    def _new_page(self) -> None:
        self.canvas.showPage()
        self._begin()

    def finish(self) -> bytes:
        self.canvas.save()
        return self.stream.getvalue()

    def paragraph(self, block: Block) -> None:
        size = {1: 18.0, 2: 15.0, 3: 13.0}.get(block.level, 12.0) if block.kind == "heading" else 10.0
        indent = 0.0 if block.kind == "heading" else 14.0 * block.level
        if not block.joins:
            self.y -= size * 0.6
        for line in _wrapped(_words(block), size, _RIGHT - _LEFT - indent, block.kind == "heading"):
            if self.y < _BOTTOM + size:
                self._new_page()
            self.y -= size * 1.25
            self._line(line, _LEFT + indent, self.y, size, block.kind == "heading")

    def table(self, rows: list[list[list[Block]]]) -> None:
        """Rows of cells with rulings; a row that does not fit goes on behind the page break."""
        columns = len(rows[0])
        width = (_RIGHT - _LEFT) / columns
        self.y -= 6
        for row in rows:
            cells = [
                [line for block in cell for line in _wrapped(_words(block), 9.5, width - 10, False)]
                for cell in row
            ]
            while any(cells):
                fit = int((self.y - _BOTTOM - 6) // 12)
                if fit < 2:
                    self._new_page()
                    continue
                now, cells = [cell[:fit] for cell in cells], [cell[fit:] for cell in cells]
                height = max(len(cell) for cell in now) * 12 + 6
                for column, lines in enumerate(now):
                    self.canvas.rect(_LEFT + column * width, self.y - height, width, height)
                    for number, line in enumerate(lines):
                        self._line(line, _LEFT + column * width + 5, self.y - 12 * (number + 1), 9.5, False)
                self.y -= height

    def _line(self, line: list[_Word], x: float, y: float, size: float, heading: bool) -> None:
        for word in line:
            if isinstance(word, Tick):
                self.box(word.state, x, y, size)
                x += size * 1.4
            else:
                font = "VeraBd" if word[1] or heading else "Vera"
                self.canvas.setFont(font, size)
                self.canvas.drawString(x, y, word[0])
                x += pdfmetrics.stringWidth(word[0] + " ", font, size)

    def box(self, state: State, x: float, y: float, size: float) -> None:
        """A tick box with its left lower corner near a place; a bullet where the state is lost."""
        side = size * 0.85
        if state is None:
            self.canvas.setFont("Vera", size)
            self.canvas.drawString(x, y, "•")
        elif self.boxes == "glyph":
            self.canvas.setFont("ZapfDingbats", size)
            self.canvas.drawString(x, y, "\u2714" if state else "\u274f")
        elif self.boxes == "form":
            self.buttons += 1
            self.canvas.acroForm.checkbox(
                name=f"box{self.buttons}", checked=state, x=x, y=y - 1, size=side, borderWidth=0.5
            )
        elif self.boxes == "filled":
            self.canvas.rect(x, y - 1, side, side, fill=0)
            if state:
                self.canvas.rect(x + 1.5, y + 0.5, side - 3, side - 3, fill=1)
        else:
            self.canvas.rect(x, y - 1, side, side)
            if state:
                self.canvas.line(x + 1, y, x + side - 1, y + side - 2)
                self.canvas.line(x + 1, y + side - 2, x + side - 1, y)


def _words(block: Block) -> list[_Word]:
    words: list[_Word] = [(_marker(block), False)] if block.marker else []
    for part in block.parts:
        if isinstance(part, Tick):
            words.append(part)
        else:
            words += [(word, part[1]) for word in part[0].split()]
    return words


def _marker(block: Block) -> str:
    """The bullet or number of a block; a bullet that fonts do not have becomes one that they have."""
    marker = block.marker or ""
    return marker if marker[:1].isascii() else "•"


def _wrapped(words: list[_Word], size: float, width: float, heading: bool) -> list[list[_Word]]:
    lines: list[list[_Word]] = []
    room = 0.0
    for word in words:
        bold = heading or (not isinstance(word, Tick) and word[1])
        font = "VeraBd" if bold else "Vera"
        need = size * 1.4 if isinstance(word, Tick) else pdfmetrics.stringWidth(word[0] + " ", font, size)
        if not lines or room < need:
            lines.append([])
            room = width
        lines[-1].append(word)
        room -= need
    return lines


def plan_pdf(blocks: list[Block], boxes: PdfBoxes = "glyph", *, head: bool = True) -> bytes:
    """The plan as .pdf with running heads, page numbers and tables that break over pages."""
    writer = Writer(boxes, head=head)
    for part in tables_and_blocks(blocks):
        if isinstance(part, list):
            writer.table(part)
        else:
            writer.paragraph(part)
    return writer.finish()


def plan_typst(blocks: list[Block]) -> bytes:
    """The plan as .pdf set by typst: ligatures, justified lines with hyphenation, ruled tables."""
    import typst

    parts = [
        '#set page("a4", header: [An invented plan], footer: context [#counter(page).display() / 99])',
        '#set text(lang: "en", size: 10pt)\n#set par(justify: true)',
    ]
    waiting: list[Block] = []
    for part in [*tables_and_blocks(blocks), []]:
        if isinstance(part, Block):
            waiting.append(part)
            continue
        parts.append(_typst_of(waiting))
        waiting = []
        if part:
            cells = [f"[{_typst_of(cell)}]" for row in part for cell in row]
            parts.append(f"#table(columns: {len(part[0])}, {', '.join(cells)})")
    return bytes(typst.compile("\n\n".join(parts).encode()))


def _typst_of(blocks: list[Block]) -> str:
    paragraphs = []
    for block in blocks:
        words = f"{_typst(_marker(block))} " if block.marker else ""
        for part in block.parts:
            if isinstance(part, Tick):
                glyph = "•" if part.state is None else "☒" if part.state else "☐"
                words += f'#text(font: "DejaVu Sans Mono", "{glyph}") '
            else:
                words += f"#strong({_string(part[0])})" if part[1] else f"#{_string(part[0])}"
        if block.kind == "heading":
            words = f"#heading(level: {block.level}, [{words}])"
        elif block.level:
            words = f"#pad(left: {block.level * 14}pt, [{words}])"
        if block.joins and paragraphs:
            paragraphs[-1] += f" #linebreak() {words}"
        else:
            paragraphs.append(words)
    return "\n\n".join(paragraphs)


def _typst(text: str) -> str:
    return f"#{_string(text)}"


def _string(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
