"""The picture of a badge: a seal with the title, the body that awards it, the year and the level, drawn as SVG."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from django.utils import translation
from django.utils.translation import gettext as _

from gilde.credentials.facts import Facts, Kind
from gilde.credentials.renderings.open_badge_reading import plain

SIZE: Final = 512
_MIDDLE: Final = SIZE / 2
_SERIF: Final = "Charter, 'Bitstream Charter', Georgia, 'Liberation Serif', 'DejaVu Serif', serif"
_SANS: Final = "system-ui, 'Segoe UI', 'Liberation Sans', 'DejaVu Sans', sans-serif"
_LEADING: Final = 1.16  # from line to line, in sizes of the letters
_PAPER: Final = "#faf8f4"
_INK: Final = "#12324a"
_SLATE: Final = "#5b6770"
# A kind is told by its word; the colour of the rim only helps to find it again.
_RIMS: Final = {
    Kind.DIPLOMA: "#a63a24",
    Kind.CERTIFICATE: "#12324a",
    Kind.PARTIAL: "#2f5f7d",
    Kind.EXPERIENCE: "#3d6b54",
    Kind.MICRO: "#7a5a1e",
    Kind.SUPPLEMENT: "#5b6770",
}


@dataclass(frozen=True)
class Lines:
    """A text broken into lines, and the size of its letters in pixels."""

    lines: tuple[str, ...]
    size: float


def draw(facts: Facts, language: str = "") -> str:
    """Return the picture of an award as SVG, 512 pixels wide and high, in a language of the award (else in its own)."""
    language = language or facts.language
    title = plain(facts.achievement.title, language)
    issuer = plain(facts.issuer.name, language)
    with translation.override(language):
        kind, level = _kind(facts.kind), _level(facts)
    year = str(facts.awarded_on.year)
    told = ", ".join(part for part in (kind, issuer, level, year) if part)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}" width="{SIZE}" height="{SIZE}"'
            f' role="img" xml:lang={quoteattr(language)}>',
            f"<title>{escape(_clean(title))}</title>",
            f"<desc>{escape(_clean(told))}</desc>",
            *_seal(_RIMS[facts.kind]),
            *_text(
                Lines((kind.upper(),), 19), 114, font=_SANS, colour=_RIMS[facts.kind], spacing=2.4, width=260
            ),
            _rule(136, 64),
            *_centred(
                fit(title, width=360, height=150, sizes=(46, 42, 38, 34, 30, 26, 23)), 222, _SERIF, "bold"
            ),
            *_centred(fit(issuer, width=340, height=62, sizes=(21, 19, 17, 15)), 334, _SANS, "normal"),
            *_dots(facts.level.eqf if facts.level else None, 382),
            *_text(Lines((level,), 16), 410, font=_SANS, colour=_SLATE, width=220),
            *_text(Lines((year,), 22), 437, font=_SERIF, colour=_INK),
            "</svg>",
        ]
    )


def png(svg: str, *, width: int = SIZE) -> bytes:
    """Return an SVG that `draw` made as PNG, so many pixels wide and high."""
    import vl_convert  # heavy, and seldom needed

    drawn: bytes = vl_convert.svg_to_png(svg, scale=width / SIZE)
    return drawn


def fit(text: str, *, width: float, height: float, sizes: tuple[int, ...]) -> Lines:
    """Return the text in the largest letters in which its lines fit a width and a height in pixels.

    A word that is too long even in the smallest letters is broken; what is too much altogether ends in an ellipsis.
    """
    words = _clean(text).split()
    for size in sizes:
        lines = _broken(words, width / size)
        if len(lines) * size * _LEADING <= height and all(_ems(line) * size <= width for line in lines):
            return Lines(tuple(lines), size)
    ems, size = width / sizes[-1], sizes[-1]
    lines = _broken([part for word in words for part in _parts(word, ems)], ems)
    most = max(1, int(height / (size * _LEADING)))
    if len(lines) > most:
        lines = [*lines[: most - 1], _cut(" ".join(lines[most - 1 :]), ems)]
    return Lines(tuple(lines), size)


def _kind(kind: Kind) -> str:
    return {
        Kind.DIPLOMA: _("Diploma"),
        Kind.CERTIFICATE: _("Certificate"),
        Kind.PARTIAL: _("Partial qualification"),
        Kind.EXPERIENCE: _("Certificate of experience"),
        Kind.MICRO: _("Micro-credential"),
        Kind.SUPPLEMENT: _("Certificate supplement"),
    }[kind]


def _level(facts: Facts) -> str:
    level = facts.level
    if level is None:
        return ""
    if level.eqf is not None:
        return _("EQF level %(level)d") % {"level": level.eqf}
    return _("Level %(level)s") % {"level": level.label} if level.label else ""


def _seal(rim: str) -> list[str]:
    """Return the ground: a rim with forty waves like a pressed seal, paper inside, two hairlines."""
    waves, outer, depth = 40, 246.0, 7.0
    points = []
    for step in range(waves * 8):
        angle = 2 * math.pi * step / (waves * 8)
        radius = outer - depth + depth * math.cos(waves * angle)
        points.append(f"{_MIDDLE + radius * math.sin(angle):.1f},{_MIDDLE - radius * math.cos(angle):.1f}")
    return [
        f'<polygon points="{" ".join(points)}" fill="{rim}"/>',
        f'<circle cx="{_MIDDLE:g}" cy="{_MIDDLE:g}" r="218" fill="{_PAPER}"/>',
        f'<circle cx="{_MIDDLE:g}" cy="{_MIDDLE:g}" r="209" fill="none" stroke="{rim}" stroke-width="2.5"/>',
        f'<circle cx="{_MIDDLE:g}" cy="{_MIDDLE:g}" r="203" fill="none" stroke="{rim}" stroke-width="0.8"/>',
    ]


def _rule(y: float, width: float) -> str:
    left, right = _MIDDLE - width / 2, _MIDDLE + width / 2
    return f'<path d="M{left:g} {y:g}H{right:g}" stroke="{_SLATE}" stroke-width="1"/>'


def _dots(eqf: int | None, y: float) -> list[str]:
    """Return eight dots, as many filled as the level of the European framework; the words stand below."""
    if eqf is None:
        return []
    left, step = _MIDDLE - 3.5 * 18, 18
    return [
        f'<circle cx="{left + step * index:g}" cy="{y:g}" r="5.5" stroke="{_INK}" stroke-width="1.4"'
        f' fill="{_INK if index < eqf else _PAPER}"/>'
        for index in range(8)
    ]


def _centred(lines: Lines, y: float, font: str, weight: str) -> list[str]:
    """Return the lines, the middle of them all at a height."""
    leading = lines.size * _LEADING
    top = y - leading * (len(lines.lines) - 1) / 2 + lines.size * 0.34
    return _drawn(lines, top, leading, f'font-family="{font}" font-weight="{weight}" fill="{_INK}"')


def _text(
    lines: Lines, y: float, *, font: str, colour: str, spacing: float = 0, width: float = 400
) -> list[str]:
    if not any(lines.lines):
        return []
    longest = max(_ems(line) * lines.size + spacing * len(line) for line in lines.lines)
    size = lines.size * min(1, width / longest)
    looks = f'font-family="{font}" fill="{colour}"' + (f' letter-spacing="{spacing:g}"' if spacing else "")
    return _drawn(Lines(lines.lines, size), y, size * 1.3, looks)


def _drawn(lines: Lines, y: float, leading: float, looks: str) -> list[str]:
    return [
        f'<text x="{_MIDDLE:g}" y="{y + leading * index:.1f}" font-size="{lines.size:.3g}" text-anchor="middle"'
        f" {looks}>{escape(line)}</text>"
        for index, line in enumerate(lines.lines)
    ]


def _clean(text: str) -> str:
    """Return the text without what XML cannot hold, and with single spaces."""
    held = "".join(
        letter
        for letter in text
        if unicodedata.category(letter) not in ("Cc", "Cs", "Cn") or letter.isspace()
    )
    return " ".join(held.split())


def _broken(words: list[str], ems: float) -> list[str]:
    """Return the words in lines of at most so many ems; a single longer word is a line of its own."""
    lines: list[str] = []
    for word in words:
        if lines and _ems(f"{lines[-1]} {word}") <= ems:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(word)
    return lines


def _parts(word: str, ems: float) -> list[str]:
    """Return a word in parts of at most so many ems, each but the last with a hyphen."""
    parts = []
    while _ems(word) > ems:
        at = next(at for at in range(len(word), 0, -1) if at == 1 or _ems(f"{word[:at]}-") <= ems)
        parts.append(f"{word[:at]}-")
        word = word[at:]
    return [*parts, word] if word else parts


def _cut(line: str, ems: float) -> str:
    if _ems(line) <= ems:
        return line
    while line and _ems(f"{line}…") > ems:
        line = line[:-1]
    return f"{line.rstrip()}…"


def _ems(text: str) -> float:
    """Return about how wide a text is, in sizes of its letters; rather too much than too little."""
    return sum(_em(letter) for letter in text)


def _em(letter: str) -> float:
    if unicodedata.combining(letter):
        return 0
    if unicodedata.east_asian_width(letter) in "WF":
        return 1
    if letter in "iíìîïjlI.,:;'’|!()[] ":
        return 0.33
    return 0.92 if letter in "mwMW@%…—" else 0.7 if letter.isupper() else 0.55
