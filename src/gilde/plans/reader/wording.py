"""Lists of words in several languages as patterns, for amounts and dates."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

TEMPLATES = Path(__file__).parent / "templates"

# a sentence ends before a capital, at a blank line and before the next item of a list; "max. 250" goes on
SENTENCE_END = re.compile(r"[;!?]\s|\.\s{1,4}(?=[A-ZÀ-Ý\[(])|\n[ \t]{0,8}\n|\n[ \t]{0,8}(?=[-–•*◦▪#|])")


@lru_cache
def load(name: str) -> dict[str, Any]:
    """The data file `name` of the reader's templates folder."""
    with (TEMPLATES / name).open(encoding="utf-8") as file:
        data = yaml.safe_load(file)
    if not isinstance(data, dict):
        raise ValueError(f"{name} of the reader's templates must hold names with values.")
    return data


def literal(word: str) -> str:
    """A word or phrase as a pattern: any blanks between its parts, a boundary at a letter or digit."""
    return any_of([word])


def any_of(words: Iterable[str]) -> str:
    """A group that matches one of the words whole, the longest that is there.

    It is written as a tree of common beginnings, so that a place where none stands is left after one step.
    """
    apart: dict[str, Any] = {}  # words that begin with a letter need a boundary before them, signs do not
    glued: dict[str, Any] = {}
    for word in set(words):
        node = apart if re.match(r"\w", word) else glued
        for sign in " ".join(word.split()):
            node = node.setdefault(r"\s{1,3}" if sign == " " else re.escape(sign), {})
        node[r"(?!\w)" if re.search(r"\w$", word) else ""] = {}
    ways = [rf"(?<!\w){_branches(apart)}"] if apart else []
    ways += [_branches(glued)] if glued else []
    return f"(?:{'|'.join(ways)})" if ways else r"(?!)"


def _branches(tree: dict[str, Any]) -> str:
    ends = [mark for mark in ("", r"(?!\w)") if mark in tree]
    longer = [key + _branches(tree[key]) for key in sorted(tree) if key not in ends]
    ways = longer + ends  # a longer word is tried first
    if not ways:
        return ""
    return ways[0] if len(ways) == 1 else f"(?:{'|'.join(ways)})"


def sentence(text: str, start: int, end: int, before: int, after: int) -> tuple[int, int]:
    """The bounds of the sentence around `text[start:end]`, at most `before` and `after` characters away."""
    first = max(0, start - before)
    for match in SENTENCE_END.finditer(text, first, start):
        first = match.end()
    last = min(len(text), end + after)
    match_after = SENTENCE_END.search(text, end, last)
    return first, match_after.start() if match_after else last
