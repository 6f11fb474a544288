"""What the papers of an issuer look like."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from gilde.credentials.facts import Words

LAYOUTS: Final = ("classic", "modern", "plain")
INK: Final = "#12324a"
_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}\Z")
_READABLE: Final = 4.5  # WCAG 2.2, success criterion 1.4.3


@dataclass(frozen=True)
class Signatory:
    name: str
    function: Words = field(default_factory=dict)


@dataclass(frozen=True)
class Look:
    """The look of an issuer: `wording` stands above the title; `template` is an own layout as typst source.

    `logo` is a PNG, JPEG or plain SVG, or nothing; `colour` is #rrggbb.
    """

    layout: str = "classic"
    colour: str = INK
    landscape: bool = True
    logo: bytes = b""
    signatories: tuple[Signatory, ...] = ()
    wording: Words = field(default_factory=dict)
    template: bytes = b""


def colours(colour: str) -> tuple[str, str]:
    """Return the colour for rules and planes, and that for words: the same where it can be read on white."""
    if not _COLOUR.match(colour):
        return INK, INK
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    contrast = 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
    return colour, colour if contrast >= _READABLE else INK


def _linear(share: float) -> float:
    """A share of light as the eye adds it up (WCAG 2.2, relative luminance)."""
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)
