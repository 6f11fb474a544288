"""Finds the provisions of a declaration and the actions on each: numbered articles, a label, items."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from rapidfuzz import fuzz, process

from gilde.plans.reader.actions import FoundAction
from gilde.plans.reader.blocks import Block, plain, read_blocks, words_of
from gilde.plans.reader.document import SourceDocument
from gilde.plans.reader.measures import Span, heading_like
from gilde.plans.reader.template import ProvisionTemplate
from gilde.plans.reader.words import fold

_TITLE = re.compile(r"(?P<title>[^\W_][^:.;!?\n]{1,150}(?:\n[^:.;!?\n]{1,100})?):\s+(?=\S)")
_MARKER = re.compile(r"\(?(\d{1,3})[.)]")
# a label at the end of a paragraph, where an export has joined it to the text before it
_INSIDE = re.compile(r"[.;!?]\s+(?P<label>[A-Z][^.;:!?\n]{5,40}):?\s*$")


@dataclass(frozen=True)
class FoundProvision:
    number: str
    text: str
    span: Span
    actions: tuple[FoundAction, ...]


@dataclass(frozen=True)
class _Label:
    start: int
    content: int


@dataclass(frozen=True)
class _Opening:
    """A line that opens with a number, as a provision does."""

    line: int
    number: int
    start: int
    content: int
    style: str  # what surrounds the number: "1.", "1)", "Article 1"


def find_provisions(document: SourceDocument, template: ProvisionTemplate) -> list[FoundProvision]:
    """The provisions in order, also those that no action answers; empty if this is no such document."""
    labels = _labels(document, template)
    if not labels:
        return []
    chosen = _with_glued(document, _choose(_openings(document, template), labels))
    if not chosen or (len(chosen) == 1 and _is_slight(document, chosen[0][1])):
        return []
    provisions = []
    for index, (opening, label) in enumerate(chosen):
        closing = index + 1 == len(chosen)
        limit = len(document.text) if closing else chosen[index + 1][0].start
        text_end = label.start if label else limit
        text = read_blocks(document, Span(opening.content, max(opening.content, text_end)))
        if label is None or not closing:
            text = _without_headings(document, text, keep_first=True)
        if label is None and closing:
            text = text[: 2 if document.lines[opening.line].kind == "heading" else 1]
        end = text[-1].end if text else opening.content
        words = " ".join(words_of(document, block) for block in text)
        actions = _actions(document, Span(label.content, limit), closing=closing) if label else ()
        provisions.append(
            FoundProvision(str(opening.number), words, Span(opening.content, end), tuple(actions))
        )
    return provisions


def _is_slight(document: SourceDocument, label: _Label | None) -> bool:
    """Whether a label is a word of everyday: one "Actions:" in minutes of a meeting makes no action plan."""
    return label is None or len(fold(document.text[label.start : label.content])) <= 9


# -- labels and numbers


@cache
def _label_forms(template: ProvisionTemplate) -> tuple[str, ...]:
    return tuple(sorted({fold(label) for label in template.labels}, key=len, reverse=True))


def _labels(document: SourceDocument, template: ProvisionTemplate) -> list[_Label]:
    """The lines that say that actions follow. The form used most decides which of them count."""
    forms = _label_forms(template)
    long_forms = [form for form in forms if len(form) > 9]
    found: list[tuple[str, _Label]] = []
    for line in document.lines:
        if line.kind == "furniture":
            continue
        words = document.text[line.content : line.end]
        inside = _INSIDE.search(words) if len(words) > 40 else None
        if inside and (form := _form(inside.group("label"), forms, long_forms)):
            start = line.content + inside.start("label")
            found.append((form, _Label(start, line.content + inside.end())))
            continue
        head, colon, _ = words.partition(":")
        if not (colon or len(words) <= 80):
            continue
        form = _form(re.sub(r"^(?:\d{1,2}(?:\.\d{1,2})*|[a-z])[.)]\s+", "", head), forms, long_forms)
        if form:
            content = line.content + len(head) + len(colon)
            found.append((form, _Label(line.start, content)))
    if not found:
        return []
    counts = Counter(form for form, _ in found)
    best = max(counts, key=lambda form: (counts[form], len(form)))
    return [label for form, label in found if form == best or len(form) > 9]


def _form(words: str, forms: Sequence[str], long_forms: Sequence[str]) -> str | None:
    """The form of the label that words have, perhaps with a letter or two that differ."""
    folded = fold(words) if len(words) <= 80 else ""
    if not folded or folded in forms:
        return folded or None
    close = (
        process.extractOne(folded, long_forms, scorer=fuzz.ratio, score_cutoff=90)
        if len(folded) > 9
        else None
    )
    return close[0] if close else None


def _openings(document: SourceDocument, template: ProvisionTemplate) -> list[_Opening]:
    words = "|".join(re.escape(word) for word in sorted(template.provision_words, key=len, reverse=True))
    named = re.compile(
        rf"(?:{words})\.?\s{{1,3}}(\d{{1,3}})(?![\d.]\d)\s{{0,2}}[.:)–—-]{{0,2}}\s*", re.IGNORECASE
    )
    counted = re.compile(r"\(?(\d{1,3})[.)]\)?\s*(?=\S)|(\d{1,3})\s{1,4}(?=[A-Z])|(\d{1,3})[.)]?$")
    of_named, of_counted = [], []
    for number, line in enumerate(document.lines):
        if line.kind == "furniture":
            continue
        marker = _MARKER.fullmatch(line.marker or "")
        match = named.match(document.text, line.content, line.end)
        if match:
            of_named.append(_Opening(number, int(match.group(1)), line.start, match.end(), "named"))
        elif marker:
            style = re.sub(r"\d+", "1", line.marker or "")
            of_counted.append(_Opening(number, int(marker.group(1)), line.start, line.content, style))
        else:
            match = counted.match(document.text, line.content, line.end)
            if match:
                value = next(group for group in match.groups() if group)
                of_counted.append(_Opening(number, int(value), line.start, match.end(), "1"))
    return of_named if len(of_named) > 1 else sorted(of_named + of_counted, key=lambda opening: opening.start)


def _choose(openings: Sequence[_Opening], labels: Sequence[_Label]) -> list[tuple[_Opening, _Label | None]]:
    """Which numbers open provisions: the last before each label, and those without a label in between.

    Numbers that count actions or points inside a provision do not go up with the provisions and fall out.
    """
    chosen: list[tuple[_Opening, _Label | None]] = []
    previous, after = 0, -1
    starts = [opening.start for opening in openings]
    for label in labels:
        between = openings[bisect_right(starts, after) : bisect_left(starts, label.start)]
        owner = _owner(between, previous)
        if owner is None:
            after = label.start
            continue  # a label without a provision: actions that answer none cannot be placed
        chosen += [(opening, None) for opening in _without_label(between, owner, previous)]
        chosen.append((owner, label))
        previous, after = owner.number, label.start
    if chosen:
        owner = chosen[-1][0]
        actions_are_numbered = any(
            opening.number == 1 and opening.style == owner.style
            for opening in openings[bisect_right(starts, after) :]
        )
        for opening in openings[bisect_right(starts, after) :]:
            told_apart = opening.style == owner.style and (previous > 2 or not actions_are_numbered)
            if opening.number == previous + 1 and told_apart:
                chosen.append((opening, None))
                previous = opening.number
    return chosen


def _with_glued(
    document: SourceDocument, chosen: Sequence[tuple[_Opening, _Label | None]]
) -> list[tuple[_Opening, _Label | None]]:
    """Adds a provision whose number is missing and opens a sentence in the text of the one before it."""
    result: list[tuple[_Opening, _Label | None]] = []
    for index, (opening, label) in enumerate(chosen):
        following = chosen[index + 1][0] if index + 1 < len(chosen) else None
        if following is not None and following.number == opening.number + 2:
            limit = label.start if label else following.start
            sign = re.compile(rf"(?<=[.;])\s+(?={opening.number + 1}[.)]\s+[A-ZÀ-Ý])")
            for found in [match.end() for match in sign.finditer(document.text, opening.content, limit)][:1]:
                content = found + len(str(opening.number + 1)) + 1
                line = max(0, document.line_at(found + 1) - 1)
                result.append((opening, None))
                opening = _Opening(line, opening.number + 1, found, content, opening.style)
        result.append((opening, label))
    return result


def _owner(between: Sequence[_Opening], previous: int) -> _Opening | None:
    numbers = {opening.number for opening in between}
    for opening in reversed(between):
        if opening.number > previous and all(
            number in numbers for number in range(previous + 1, opening.number)
        ):
            return opening
    for opening in reversed(between):  # a part of the document is missing: numbers may be skipped
        if opening.number > previous:
            return opening
    return None


def _without_label(between: Sequence[_Opening], owner: _Opening, previous: int) -> list[_Opening]:
    """The provisions before the owner that no label follows, the nearest of each number."""
    found: list[_Opening] = []
    wanted, before = owner.number - 1, owner.line
    for opening in reversed(between):
        if opening.line < before and opening.number == wanted and wanted > previous:
            found.append(opening)
            wanted, before = wanted - 1, opening.line
    return found[::-1]


# -- actions


def _actions(document: SourceDocument, span: Span, *, closing: bool) -> list[FoundAction]:
    """The actions between a label and the next provision (or the end of the document, if `closing`)."""
    blocks = _without_headings(document, read_blocks(document, span), keep_first=False)
    items = [block for block in blocks if block.kind == "item"]
    top = min((block.level for block in items), default=0)
    style = items[0].style if items else ""
    numbers = bool(items) and items[0].number is not None
    groups: list[list[Block]] = []
    for block in blocks:
        words = document.text[block.start : block.end]
        titled = _TITLE.match(words) is not None
        if block.kind == "item":
            deeper = block.level > top + 1 or (numbers and block.number is None)
            other = bool(groups) and block.style != style and _ends_open(document, groups[-1][-1])
            begins = not groups or not (deeper or other)
        elif not groups:
            begins = not words.rstrip().endswith(":") or titled
        else:
            begins = titled or (not items and not _TITLE.match(_words(document, groups[0])) and not closing)
            if not begins and closing:
                break  # what closes the document answers no provision
        if begins:
            groups.append([block])
        elif groups:
            groups[-1].append(block)
    return [_read_action(document, group) for group in groups]


def _ends_open(document: SourceDocument, block: Block) -> bool:
    return document.text[block.start : block.end].rstrip().endswith((":", ";", ","))


def _words(document: SourceDocument, group: Sequence[Block]) -> str:
    return document.text[group[0].start : group[-1].end]


def _read_action(document: SourceDocument, group: Sequence[Block]) -> FoundAction:
    span = Span(group[0].start, group[-1].end)
    first = document.text[group[0].start : group[0].end]
    lead = group[0].first.lead
    title, skip = None, 0
    match = _TITLE.match(first)
    if match and len(match.group("title").split()) <= 20:
        title, skip = plain(match.group("title")), match.end()
    elif lead is not None and lead > group[0].start:
        title, skip = plain(document.text[group[0].start : lead]).rstrip(" :.–-"), lead - group[0].start
    elif len(group) > 1 and group[1].kind == "text" and (group[0].first.bold or _reads_as_title(first)):
        title, skip = plain(first), len(first)
    rest = words_of(document, group[0], group[0].start + skip) if skip < len(first) else ""
    lines = [words for words in [rest.lstrip(" :–-") if skip else rest] if words]
    for block in group[1:]:
        words = words_of(document, block)
        lines.append(f"{block.shown} {words}" if block.marker else words)
    return FoundAction(title, "\n".join(lines), span)


def _reads_as_title(words: str) -> bool:
    return len(words) <= 120 and words.rstrip()[-1:] not in ".;,:!?"


def _without_headings(document: SourceDocument, blocks: Sequence[Block], *, keep_first: bool) -> list[Block]:
    """Blocks without the headings at their end, which belong to the group of provisions that follows."""
    kept = list(blocks)
    while len(kept) > (1 if keep_first else 0) and (
        kept[-1].kind == "heading" or _short_last(document, kept)
    ):
        kept.pop()
    return kept


def _short_last(document: SourceDocument, blocks: Sequence[Block]) -> bool:
    block = blocks[-1]
    if block.kind != "text" or len(blocks) < 2 or len(block.lines) > 1:
        return False
    return heading_like(document, document.line_at(block.first.start))
