"""Compares words as people read them: without case, accents, punctuation, blanks and line breaks."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from functools import cache


@cache
def _fold_character(character: str) -> str:
    if unicodedata.category(character) in {"No", "Lm"}:  # a raised figure is the sign of a footnote
        return ""
    folded = unicodedata.normalize("NFKD", character.casefold())
    return "".join(part for part in folded if part.isalnum())


def fold(text: str) -> str:
    """Letters and digits only, without case and accents: "Osnabrück – 1." gives "osnabruck1"."""
    return "".join(map(_fold_character, text))


def fold_words(text: str) -> list[str]:
    """The folded words of a text, in order."""
    return [folded for word in re.findall(r"[^\W_]+", text) if (folded := fold(word))]


class Folded:
    """A text folded once, to find labels in it whatever breaks them: `at[i]` is the offset of letter i."""

    def __init__(self, text: str) -> None:
        folded = list(map(_fold_character, text))
        self.letters = "".join(folded)
        self.at = [offset for offset, letters in enumerate(folded) for _ in letters]
        self.text = text

    def index(self, offset: int) -> int:
        """The number of the first letter at or after an offset."""
        return bisect_left(self.at, offset)

    def end(self, index: int, length: int) -> int:
        """The offset behind `length` letters that begin with letter `index`."""
        return self.at[index + length - 1] + 1

    def whole_words(self, index: int, length: int) -> bool:
        """Whether the letters begin and end where words begin and end."""
        first, last = self.at[index], self.end(index, length)
        return not (first > 0 and self.text[first - 1].isalnum()) and not (
            last < len(self.text) and self.text[last].isalnum() and bool(_fold_character(self.text[last]))
        )
