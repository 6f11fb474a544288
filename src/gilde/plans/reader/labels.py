"""Finds the labels of sections: as headings, bold, bare, in cells, broken, reworded or glued."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from rapidfuzz import fuzz, process

from gilde.plans.reader.document import Line, SourceDocument
from gilde.plans.reader.template import Label
from gilde.plans.reader.words import Folded, fold, fold_words

_NUMBER = re.compile(r"(?:\d{1,2}(?:\.\d{1,2}){0,3}|[a-iA-I])[.):]?\s+")
_BRACKETS = re.compile(r"\s*\([^()]{0,200}\)")
_SEPARATOR = re.compile(r"\s*(?:[:：|]|[-–—](?=\s)|\.(?=\s|$))\s*")
_NOTE_SIGN = re.compile(r"\s*(?:[¹²³⁰⁴-⁹*†]{1,3}|\(\d\)|\[\d{1,2}\])")
# words that carry no meaning of a label and come and go as people reword it
_SMALL = frozenset(
    [
        "the",
        "of",
        "and",
        "or",
        "a",
        "an",
        "to",
        "for",
        "its",
        "their",
        "with",
        "in",
        "on",
        "main",
        "concerned",
        "involved",
        "addressed",
        "plan",
        "de",
        "het",
        "een",
        "en",
        "of",
        "van",
        "voor",
        "met",
        "la",
        "le",
        "les",
        "des",
        "du",
        "et",
        "ou",
        "l",
        "der",
        "die",
        "das",
        "und",
        "oder",
        "von",
    ]
)
_CLOSE_FULL, _CLOSE_SHORT = 84.0, 92.0


@dataclass(frozen=True)
class Found:
    """A label in the document: `start`..`content` is the label, what follows `content` is its section."""

    section: str
    line: int
    start: int
    content: int
    weight: float  # how surely this is a label: 1.0 is a full label on a line of its own
    form: str


@cache
def _prepare(labels: Sequence[Label]) -> tuple[dict[str, list[tuple[str, Label]]], list[str], list[Label]]:
    by_opening: dict[str, list[tuple[str, Label]]] = defaultdict(list)
    meanings: list[str] = []
    owners: list[Label] = []
    for label in labels:
        texts = {label.text, _BRACKETS.sub("", label.text)}
        for text in texts:
            folded = fold(text)
            by_opening[folded[:3]].append((folded, label))
            meanings.append(_meaning(text))
            owners.append(label)
    for entries in by_opening.values():
        entries.sort(key=lambda entry: (-len(entry[0]), not entry[1].full))
    return dict(by_opening), meanings, owners


def _meaning(text: str) -> str:
    words = fold_words(_BRACKETS.sub("", text))
    kept = [word for word in words if word not in _SMALL] or words
    return " ".join(sorted(kept))


def find_labels(document: SourceDocument, folded: Folded, labels: Sequence[Label]) -> list[Found]:
    """Every place that reads as a label, in reading order; the caller chooses those that make a structure."""
    by_opening, meanings, owners = _prepare(tuple(labels))
    found: list[Found] = []
    reach = 0
    for number, line in enumerate(document.lines):
        if line.kind == "furniture" or line.content < reach:
            continue
        match = _exact(document, folded, number, by_opening) or _reworded(document, number, meanings, owners)
        if match:
            found.append(match)
            reach = match.content
    count = Counter((item.section, item.form) for item in found)
    return [
        replace(item, weight=min(1.0, item.weight + 0.2)) if count[item.section, item.form] > 1 else item
        for item in found
    ]


def _exact(
    document: SourceDocument, folded: Folded, number: int, by_opening: dict[str, list[tuple[str, Label]]]
) -> Found | None:
    line, text = document.lines[number], document.text
    starts = [line.content]
    prefix = _NUMBER.match(text, line.content, line.end)
    if prefix:
        starts.append(prefix.end())
    if line.start < line.content:
        starts.append(line.start)
    for start in starts:
        index = folded.index(start)
        if index == len(folded.at) or folded.at[index] >= line.end:
            continue
        for letters, label in by_opening.get(folded.letters[index : index + 3], ()):
            if not folded.letters.startswith(letters, index) or not folded.whole_words(index, len(letters)):
                continue
            end = folded.end(index, len(letters))
            last = _line_at(document, number, end)
            if last is None or (last > number and not label.full):
                continue
            content, whole = _after(text, end, document.lines[last], glued=label.full and len(letters) >= 40)
            if content is None:
                continue
            weight = (1.0 if whole else 0.95) if label.full else (0.6 if whole else 0.5)
            if not label.full and (line.kind == "heading" or line.bold or line.lead == end):
                weight += 0.2
            return Found(label.section, number, line.start, content, weight, letters)
    return None


def _line_at(document: SourceDocument, number: int, end: int) -> int | None:
    """The line in which a label ends that begins in line `number`; None if it would run on too far."""
    for ahead in range(number, min(number + 4, len(document.lines))):
        if end <= document.lines[ahead].end:
            return ahead
    return None


def _after(text: str, end: int, line: Line, *, glued: bool) -> tuple[int | None, bool]:
    """Where the section begins after a label, and whether the label ends its line; None if it is no label."""
    brackets = _BRACKETS.match(text, end, line.end)
    if brackets and not re.search(r"\d{4}", brackets.group()):
        end = brackets.end()
    while end < line.end and text[end] in ")]”\"'»":
        end += 1
    sign = _NOTE_SIGN.match(text, end, line.end)
    if sign:
        end = sign.end()
    separator = _SEPARATOR.match(text, end, line.end)
    if separator:
        end = separator.end()
    if not text[end : line.end].strip():
        return end, True
    following = text[end : line.end].lstrip()[0]
    if separator or glued or (line.lead is not None and abs(line.lead - end) <= 1) or following in "☐☑☒▫":
        return end, False
    return None, False


def _reworded(
    document: SourceDocument, number: int, meanings: list[str], owners: list[Label]
) -> Found | None:
    """A line that says a label in slightly other words, alone or before a colon."""
    line, text = document.lines[number], document.text
    words = text[line.content : line.end]
    prefix = _NUMBER.match(words)
    offset = prefix.end() if prefix else 0
    colon = words.find(":", offset, 200)
    head = words[offset : colon if colon > 0 else len(words)]
    if not (4 <= len(head) <= 220) or head[-1] in ".;,!?" or not (head[0].isupper() or line.bold):
        return None
    wanted = _meaning(head)
    best = process.extractOne(wanted, meanings, scorer=fuzz.ratio, score_cutoff=_CLOSE_FULL)
    if best is None:
        return None
    label, score = owners[best[2]], best[1]
    if not label.full and score < _CLOSE_SHORT:
        return None
    content = line.content + (colon + 1 if colon > 0 else len(words))
    weight = (0.85 if score >= 93 else 0.7) if label.full else 0.45
    return Found(label.section, number, line.start, content, weight, wanted)
