"""Styles, lists and symbols of a .docx: what makes a heading, which number is shown, which sign is a box."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from gilde.plans.reader.docxparts import child, is_on, local, switched, value

# -- symbols

# code in the font -> (state of a box, what is shown); the code is the low byte, Word writes F0xx as well
_BOXES: dict[str, dict[int, bool | None]] = {
    "wingdings": {
        **dict.fromkeys((0xFE, 0xFD, 0x78, 0xFC), True),
        **dict.fromkeys((0xA8, 0x6F, 0x70, 0x71, 0x72), False),
        0xFB: None,
    },
    "wingdings 2": {
        **dict.fromkeys((0x50, 0x51, 0x52, 0x53, 0x54, 0x55), True),
        **dict.fromkeys((0xA3, 0x2A, 0x30), False),
    },
    "webdings": {0x61: True, 0x63: False},
}
_SIGNS = {
    "wingdings": {
        0x6C: "●",
        0x6E: "■",
        0xA7: "▪",
        0xD8: "➢",
        0xE0: "→",
        0x76: "❖",
        0x9F: "•",
        0xB2: "▪",
        0x77: "•",
    },
    "symbol": {0xB7: "•", 0xAE: "→", 0xB3: "≥", 0xA3: "≤", 0x2D: "-", 0xD7: "×"},
}
NO_BOX = object()


def symbol_state(font: str | None, code: int) -> Any:
    """True, False or None for a tick box in a font of symbols, NO_BOX for any other sign."""
    return _BOXES.get((font or "").lower(), {}).get(code & 0xFF, NO_BOX)


def symbol_text(font: str | None, code: int) -> str:
    """What a sign of a font of symbols is shown as."""
    sign = _SIGNS.get((font or "").lower(), {}).get(code & 0xFF)
    return sign or (chr(code) if 0x20 <= code <= 0xFFFF and not 0xD800 <= code <= 0xDFFF else "\ufffd")


def is_symbol_font(font: str | None) -> bool:
    return (font or "").lower() in _BOXES


# -- styles


@dataclass
class Style:
    """What a style itself says; None: it does not say."""

    name: str = ""
    based_on: str | None = None
    outline: int | None = None
    bold: bool | None = None
    hidden: bool | None = None
    font: str | None = None
    numbering: tuple[str | None, int | None] = (None, None)


@dataclass
class Styles:
    """The styles of a document by id."""

    by_id: dict[str, Style] = field(default_factory=dict)
    default: str | None = None  # of paragraphs

    def chain(self, style_id: str | None) -> list[Style]:
        """A style and those it is based on."""
        found: list[Style] = []
        while style_id in self.by_id and len(found) < 20:
            style = self.by_id[style_id]
            found.append(style)
            style_id = style.based_on
        return found

    def heading(self, style_id: str | None) -> int:
        """The level of a heading style, 1 to 6, or 0."""
        for style in self.chain(style_id):
            if style.outline is not None:
                return min(style.outline + 1, 6) if style.outline < 9 else 0
            named = re.fullmatch(r"heading ([1-9])", style.name)
            if named:
                return min(int(named[1]), 6)
            if style.name == "title":
                return 1
        return 0


def font_of(properties: Any) -> str | None:
    fonts = child(properties, "rFonts")
    return value(fonts, "ascii") or value(fonts, "hAnsi") or value(fonts, "cs")


def read_styles(root: Any | None) -> Styles:
    styles = Styles()
    for element in root if root is not None else ():
        if local(element) != "style":
            continue
        paragraph, run = child(element, "pPr"), child(element, "rPr")
        style_id = value(element, "styleId") or ""
        outline = value(child(paragraph, "outlineLvl"))
        styles.by_id[style_id] = Style(
            (value(child(element, "name")) or "").lower(),
            value(child(element, "basedOn")),
            int(outline) if outline and outline.isdigit() else None,
            switched(child(run, "b")),
            switched(child(run, "vanish")),
            font_of(run),
            numbering_of(paragraph),
        )
        if value(element, "type") == "paragraph" and is_on(element, "default"):
            styles.default = style_id
    return styles


def numbering_of(properties: Any) -> tuple[str | None, int | None]:
    """numId and level of a paragraph or style."""
    numbering = child(properties, "numPr")
    level = value(child(numbering, "ilvl"))
    return value(child(numbering, "numId")), int(level) if level and level.isdigit() else None


# -- numbering


@dataclass
class _Level:
    format: str
    text: str
    start: int
    font: str | None


class Numbering:
    """Counts the lists of a document in its order (ISO 29500-1, 17.9)."""

    def __init__(self, root: Any | None) -> None:
        self._lists: dict[str, tuple[str, dict[int, _Level]]] = {}  # numId -> (abstract id, levels)
        self._counts: dict[str, dict[int, int]] = {}
        self._restarted: set[tuple[str, int]] = set()
        self._overrides: dict[tuple[str, int], int] = {}
        abstract: dict[str, dict[int, _Level]] = {}
        for element in root if root is not None else ():
            if local(element) == "abstractNum":
                abstract[value(element, "abstractNumId") or ""] = _levels(element)
        for element in root if root is not None else ():
            if local(element) != "num":
                continue
            number = value(element, "numId") or ""
            base = value(child(element, "abstractNumId")) or ""
            levels = dict(abstract.get(base, {}))
            for override in element:
                if local(override) == "lvlOverride":
                    level = _number(value(override, "ilvl"), 0)
                    levels.update(_levels(override))
                    start = value(child(override, "startOverride"))
                    if start is not None:
                        self._overrides[(number, level)] = _number(start, 1)
            self._lists[number] = (base, levels)

    def box(self, number: str | None, level: int) -> Any:
        """The state that the bullet of a level shows if it is a tick box, else NO_BOX."""
        found = self._lists.get(number or "", ("", {}))[1].get(level)
        if found is None or found.format != "bullet" or len(found.text) != 1:
            return NO_BOX
        if found.text in "☒☑":
            return True
        if found.text in "☐":
            return False
        return symbol_state(found.font, ord(found.text))

    def marker(self, number: str | None, level: int) -> str:
        """The number or bullet of the next paragraph of a list at a level; "" when it shows none."""
        base, levels = self._lists.get(number or "", ("", {}))
        found = levels.get(level)
        if found is None or number is None:
            return ""
        if found.format == "bullet":
            sign = found.text[:1]
            code = ord(sign) if sign else 0
            return (
                symbol_text(found.font, code) if code > 0xF000 or is_symbol_font(found.font) else sign
            ) or "•"
        counts = self._counts.setdefault(base, {})
        first = (number, level) not in self._restarted
        self._restarted.add((number, level))
        if first and (number, level) in self._overrides:
            counts[level] = self._overrides[(number, level)]
        else:
            counts[level] = counts[level] + 1 if level in counts else found.start
        for deeper in [one for one in counts if one > level]:
            del counts[deeper]
        if found.format == "none":
            return found.text

        def shown(match: re.Match[str]) -> str:
            other = int(match[1]) - 1
            of_level = levels.get(other, found)
            return _count(counts.get(other, of_level.start), of_level.format)

        return re.sub(r"%([1-9])", shown, found.text).strip()


def _number(written: str | None, otherwise: int) -> int:
    return int(written) if written and written.isdigit() and len(written) < 7 else otherwise


def _levels(element: Any) -> dict[int, _Level]:
    return {
        _number(value(level, "ilvl"), 0): _Level(
            value(child(level, "numFmt")) or "decimal",
            value(child(level, "lvlText")) or "",
            _number(value(child(level, "start")), 1),
            font_of(child(level, "rPr")),
        )
        for level in element
        if local(level) == "lvl"
    }


def _count(number: int, written: str) -> str:
    if written in ("lowerLetter", "upperLetter") and number > 0:
        letters = chr(ord("a") + (number - 1) % 26) * min((number - 1) // 26 + 1, 9)
        return letters.upper() if written == "upperLetter" else letters
    if written in ("lowerRoman", "upperRoman") and 0 < number < 4000:
        roman, rest = "", number
        for size, sign in _ROMAN:
            roman += sign * (rest // size)
            rest %= size
        return roman if written == "upperRoman" else roman.lower()
    return f"{number:02}" if written == "decimalZero" else str(number)


_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"),
    (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
