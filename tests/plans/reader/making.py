"""Writes one and the same plan as .docx, .html and .pdf, with every kind of tick box."""

from __future__ import annotations

import html
import io
import zipfile
from dataclasses import dataclass, replace
from typing import Literal
from xml.sax.saxutils import escape

from gilde.plans.reader.document import SourceDocument

DocxBoxes = Literal["control", "legacy", "wingdings", "wingdings font", "glyph"]
State = bool | None


@dataclass(frozen=True)
class Tick:
    """A tick box before the words that follow it."""

    state: State


@dataclass(frozen=True)
class Block:
    """A paragraph: words, in bold or not, and tick boxes. `joins` says that it goes on in the one before."""

    kind: Literal["heading", "text"]
    parts: tuple[tuple[str, bool] | Tick, ...]
    level: int = 0
    marker: str | None = None
    cell: tuple[int, int, int] | None = None
    joins: bool = False

    @property
    def words(self) -> str:
        return "".join(part[0] for part in self.parts if not isinstance(part, Tick))


def blocks_of(document: SourceDocument) -> list[Block]:
    """The paragraphs of a document as read from text, to be written down again in another format."""
    boxes = {box.start: box for box in document.boxes}
    blocks = []
    for line in document.lines:
        if line.kind == "furniture":
            continue
        parts: list[tuple[str, bool] | Tick] = []
        at = line.start
        inside = [box for start, box in boxes.items() if line.start <= start < line.end]
        if inside and line.marker == document.text[inside[0].start : inside[0].end]:
            inside = inside[1:]  # a tick that is the bullet of a list
        for box in inside:
            words = document.text[max(at, min(line.content, box.start)) : box.start]
            parts += [(words, line.bold), Tick(box.ticked)] if words.strip() else [Tick(box.ticked)]
            at = box.end
        at = max(at, line.content)
        lead = line.lead if line.lead is not None and line.lead > at else None
        parts += [(document.text[at : lead or line.end].replace("\n", " "), line.bold or lead is not None)]
        if lead:
            parts.append((document.text[lead : line.end], False))
        kind: Literal["heading", "text"] = "heading" if line.kind == "heading" else "text"
        joins = not line.gap and not line.marker and not inside and kind == "text"
        level = line.level if kind == "heading" else min(line.level, 2)
        blocks.append(Block(kind, tuple(parts), level, line.marker, line.cell, joins and bool(blocks)))
    return blocks


def crowded(blocks: list[Block]) -> list[Block]:
    """The same plan with neighbouring short boxes in one paragraph: "☐ national ☒ regional ☐ local"."""
    result: list[Block] = []
    for block in blocks:
        last = result[-1] if result else None
        if last is not None and _is_short_tick(block) and _is_short_tick(last) and last.cell == block.cell:
            box, *rest = block.parts
            number = f"{block.marker} " if block.marker and block.marker[0].isalnum() else ""
            result[-1] = replace(last, parts=(*last.parts, ("   ", False), box, (number, False), *rest))
        else:
            result.append(block)
    return result


def _is_short_tick(block: Block) -> bool:
    return isinstance(block.parts[0], Tick) and len(block.words) < 60


def tables_and_blocks(blocks: list[Block]) -> list[Block | list[list[list[Block]]]]:
    """The blocks with those of a table gathered as rows of cells."""
    result: list[Block | list[list[list[Block]]]] = []
    open_table: tuple[int, list[list[list[Block]]]] | None = None
    for block in blocks:
        if block.cell is None:
            open_table = None
            result.append(block)
            continue
        number, row, column = block.cell
        if open_table is None or open_table[0] != number:
            rows: list[list[list[Block]]] = []
            open_table = (number, rows)
            result.append(rows)
        rows = open_table[1]
        while len(rows) <= row:
            rows.append([])
        while len(rows[row]) <= column:
            rows[row].append([])
        rows[row][column].append(block)
    for part in result:
        if isinstance(part, list):
            part[:] = [row for row in part if row]
            width = max(len(row) for row in part)
            for row in part:
                row.extend([] for _ in range(width - len(row)))
    return result


# -- docx

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    f'<w:{{root}} xmlns:w="{W}" xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml">'
)
STYLES = (
    _HEAD.format(root="styles")
    + '<w:style w:type="paragraph" w:default="1" w:styleId="Standaard"><w:name w:val="Normal"/></w:style>'
    + "".join(
        f'<w:style w:type="paragraph" w:styleId="Kop{level}"><w:name w:val="heading {level}"/>'
        f'<w:basedOn w:val="Standaard"/><w:rPr><w:b/></w:rPr></w:style>'
        for level in range(1, 7)
    )
    + '<w:style w:type="paragraph" w:styleId="Titel"><w:name w:val="Title"/></w:style>'
    + '<w:style w:type="character" w:styleId="Vet"><w:name w:val="Strong"/><w:rPr><w:b/></w:rPr></w:style>'
    + "</w:styles>"
)
NUMBERING = (
    _HEAD.format(root="numbering")
    + '<w:abstractNum w:abstractNumId="0">'
    + "".join(
        f'<w:lvl w:ilvl="{level}"><w:numFmt w:val="bullet"/><w:lvlText w:val="\uf0b7"/>'
        '<w:rPr><w:rFonts w:ascii="Symbol" w:hAnsi="Symbol"/></w:rPr></w:lvl>'
        for level in range(3)
    )
    + '</w:abstractNum><w:abstractNum w:abstractNumId="1">'
    + "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="decimal"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for level, text in enumerate(["%1.", "%1.%2", "%1.%2.%3"])
    )
    + '</w:abstractNum><w:abstractNum w:abstractNumId="2"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
    + '<w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%1)"/></w:lvl></w:abstractNum>'
    + '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    + '<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
    + '<w:num w:numId="3"><w:abstractNumId w:val="2"/></w:num>'
    + '<w:num w:numId="4"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/>'
    + "</w:lvlOverride></w:num></w:numbering>"
)
_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.{main}.main+xml"/></Types>'
)
_RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8"?><Relationships '
    'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)


def docx(body: str, *, footnotes: str = "", main: str = "document", **more: str | bytes) -> bytes:
    """A .docx with this XML in its body; `more` adds parts, with "__" for a slash and "_dot_" for a point."""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": _TYPES.format(main=main),
        "_rels/.rels": _RELATIONS,
        "word/document.xml": f"{_HEAD.format(root='document')}<w:body>{body}</w:body></w:document>",
        "word/styles.xml": STYLES,
        "word/numbering.xml": NUMBERING,
    }
    if footnotes:
        parts["word/footnotes.xml"] = f"{_HEAD.format(root='footnotes')}{footnotes}</w:footnotes>"
    parts.update({name.replace("__", "/").replace("_dot_", "."): data for name, data in more.items()})
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def run(text: str, properties: str = "") -> str:
    """A run of words; a tab and a line end become their elements."""
    inner = f'<w:t xml:space="preserve">{escape(text)}</w:t>'
    inner = inner.replace("\t", '</w:t><w:tab/><w:t xml:space="preserve">')
    inner = inner.replace("\n", '</w:t><w:br/><w:t xml:space="preserve">')
    return f"<w:r>{f'<w:rPr>{properties}</w:rPr>' if properties else ''}{inner}</w:r>"


def paragraph(*runs: str, style: str = "", numbered: str = "") -> str:
    """A paragraph of runs; `numbered` is "numId" or "numId.level"."""
    properties = f'<w:pStyle w:val="{style}"/>' if style else ""
    if numbered:
        number, _, level = numbered.partition(".")
        properties += f'<w:numPr><w:ilvl w:val="{level or 0}"/><w:numId w:val="{number}"/></w:numPr>'
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{''.join(runs)}</w:p>"


def table(rows: list[list[str]]) -> str:
    """A table of cells that hold paragraphs."""
    written = [[f"<w:tc><w:tcPr/>{cell or '<w:p/>'}</w:tc>" for cell in row] for row in rows]
    return "<w:tbl>" + "".join(f"<w:tr>{''.join(row)}</w:tr>" for row in written) + "</w:tbl>"


def docx_box(state: State, kind: DocxBoxes) -> str:
    """The runs of a tick box. A state that is lost is a bare bullet."""
    if state is None:
        return run("• ")
    if kind == "control":
        return (
            f'<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="{int(state)}"/></w14:checkbox></w:sdtPr>'
            f"<w:sdtContent>{run('☒' if state else '☐')}</w:sdtContent></w:sdt>"
        )
    if kind == "legacy":
        inner = "<w:checked/>" if state else ""
        return (
            '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:sizeAuto/>'
            f'<w:default w:val="0"/>{inner}</w:checkBox></w:ffData></w:fldChar></w:r>'
            '<w:r><w:instrText xml:space="preserve"> FORMCHECKBOX </w:instrText></w:r>'
            '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
        )
    if kind == "wingdings":
        return f'<w:r><w:sym w:font="Wingdings" w:char="{"F0FE" if state else "F0A8"}"/></w:r>'
    if kind == "wingdings font":
        return run("\u00fe" if state else "\u00a8", '<w:rFonts w:ascii="Wingdings" w:hAnsi="Wingdings"/>')
    return run("☒" if state else "☐")


def plan_docx(blocks: list[Block], boxes: DocxBoxes = "glyph") -> bytes:
    """The plan as .docx, with this kind of tick box, bullets as lists and tables as tables."""
    body: list[str] = []
    waiting: list[Block] = []
    for part in tables_and_blocks(blocks):
        if isinstance(part, Block):
            waiting.append(part)
            continue
        body += _docx_paragraphs(waiting, boxes)
        body += [table([["".join(_docx_paragraphs(cell, boxes)) for cell in row] for row in part]), "<w:p/>"]
        waiting = []
    return docx("".join([*body, *_docx_paragraphs(waiting, boxes)]))


def _docx_paragraphs(blocks: list[Block], boxes: DocxBoxes) -> list[str]:
    written: list[tuple[str, str, list[str]]] = []
    for block in blocks:
        runs = []
        bullet = _is_bullet(block)
        if block.marker and not bullet:
            runs.append(run(f"{block.marker} "))
        for part in block.parts:
            if isinstance(part, Tick):
                runs.append(docx_box(part.state, boxes) + run(" "))
            else:
                runs.append(run(part[0], "<w:b/>" if part[1] else ""))
        if block.joins and written:
            written[-1][2].extend([run("\n"), *runs])
        else:
            style = f"Kop{block.level}" if block.kind == "heading" else ""
            written.append((style, f"1.{block.level}" if bullet else "", runs))
    return [paragraph(*runs, style=style, numbered=numbered) for style, numbered, runs in written]


# -- html


def plan_html(blocks: list[Block], boxes: Literal["input", "glyph"] = "input") -> bytes:
    """The plan as a web page, with input elements or glyphs as boxes."""
    parts = ["<!DOCTYPE html>\n<html><head><meta charset='utf-8'><title>Plan</title></head>\n<body>"]
    waiting: list[Block] = []
    for part in tables_and_blocks(blocks):
        if isinstance(part, Block):
            waiting.append(part)
            continue
        rows = ["<tr>" + "".join(f"<td>{_html_of(c, boxes)}</td>" for c in row) + "</tr>" for row in part]
        parts += [_html_of(waiting, boxes), "<table>" + "\n".join(rows) + "</table>"]
        waiting = []
    parts.append(_html_of(waiting, boxes))
    return "\n".join([*parts, "</body></html>\n"]).encode()


def _html_of(blocks: list[Block], boxes: str) -> str:
    parts: list[str] = []
    depth = 0  # of open lists
    for block in blocks:
        bullet = _is_bullet(block)
        words = "" if bullet or not block.marker else f"{block.marker} "
        for part in block.parts:
            if not isinstance(part, Tick):
                text = html.escape(part[0], quote=False)
                words += f"<b>{text}</b>" if part[1] and text.strip() else text
            elif part.state is None:
                words += "• "
            elif boxes == "input":
                words += f'<input type="checkbox"{" checked" if part.state else ""}> '
            else:
                words += "☒ " if part.state else "☐ "
        if block.joins and parts and parts[-1].endswith(("</p>", "</li>")):
            tag = parts[-1][parts[-1].rindex("</") :]
            parts[-1] = f"{parts[-1][: -len(tag)]}<br>\n{words}{tag}"
            continue
        wanted = block.level + 1 if bullet else 0
        while depth < wanted:
            parts.append("<ul>")
            depth += 1
        while depth > wanted:
            parts.append("</ul>")
            depth -= 1
        tag = "li" if bullet else f"h{block.level}" if block.kind == "heading" else "p"
        parts.append(f"<{tag}>{words}</{tag}>")
    return "\n".join([*parts, *["</ul>"] * depth])


def _is_bullet(block: Block) -> bool:
    return block.marker is not None and len(block.marker) == 1 and not block.marker.isalnum()
