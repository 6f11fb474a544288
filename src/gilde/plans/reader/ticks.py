"""Tells whether each box of the template is ticked, not ticked or unknown, by what stands before it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from rapidfuzz import fuzz

from gilde.plans.reader.answers import Answers
from gilde.plans.reader.document import Box, SourceDocument
from gilde.plans.reader.measures import Span
from gilde.plans.reader.template import PlanTemplate, TickGroup
from gilde.plans.reader.words import Folded, fold

# between a box and its label: blanks, a bullet, the letter or number of the label
_BETWEEN = re.compile(r"[\s\-–—•*·|]*(?:\(?[A-Za-z0-9]{1,2}[.):]{1,2})?[\s–-]*$")
_LEADERS = re.compile(r"[\s.:…_|]*$")
_KEY_BEFORE = re.compile(r"(?<![^\W_])\(?(?P<key>[A-Fa-f1-4])(?:[.):]{1,2}\s*|\s+[–-]\s*|\s+)$")
_SLOT_AFTER = re.compile(r"[;,/|•]\s*(?=\w)")
_BRACKETS = re.compile(r"\s*\([^()]*\)")
_SHORT = 12  # letters; shorter labels are words of everyday and count only where an entry of a list begins
_CLOSE = 84.0
_WHOLE = "*"  # the key of a label for all boxes of a group


@dataclass(frozen=True)
class Ticked:
    """One box of one measure. `span` is box and label in the text, None where the label is not there."""

    group: str
    key: str
    label: str
    ticked: bool | None
    span: Span | None


@dataclass(frozen=True)
class _Place:
    """A label found: `start` includes its letter or number."""

    group: str
    key: str
    start: int
    end: int


def read_ticks(
    document: SourceDocument,
    folded: Folded,
    measures: Sequence[Mapping[str, Span]],
    spans: Sequence[Span],
    template: PlanTemplate,
) -> list[dict[str, list[Ticked]]]:
    """For each measure the boxes of each group, all of them and in the order of the template.

    A box is ticked or not ticked only when a tick box whose state can be told stands by its label; a label
    with a bare bullet, two boxes that contradict each other, or no label at all is unknown (None).
    """
    boxes = _Boxes(document, Answers(document, template.yes, template.no))
    places: list[list[tuple[TickGroup, Span, list[_Place]]]] = []
    for sections, whole in zip(measures, spans, strict=True):
        of_measure: list[tuple[TickGroup, Span, list[_Place]]] = []
        for name in dict.fromkeys(group.section for group in template.groups):
            groups = [group for group in template.groups if group.section == name]
            span = sections.get(name)
            found = _find(document, folded, boxes, groups, span or whole, strict=span is None)
            of_measure.extend(
                (group, span or whole, [place for place in found if place.group == group.key])
                for group in groups
            )
        places.append(of_measure)
    mostly, sides = _sides(boxes, places)
    result = []
    for of_measure, of_spans in zip(places, sides, strict=True):
        states = {}
        for group, span, found in of_measure:
            behind = of_spans.get(span, mostly)
            labels = sorted(place.start for _, other, some in of_measure if other == span for place in some)
            states[group.key] = _decide(boxes, group, found, labels, behind)
        result.append(states)
    return result


class _Boxes:
    def __init__(self, document: SourceDocument, answers: Answers) -> None:
        self.answers = answers
        self.text = document.text
        self.boxes = sorted(document.boxes, key=lambda box: box.start)
        self.starts = [box.start for box in self.boxes]
        self.lines = document.lines
        self.line_starts = [line.start for line in document.lines]

    def within(self, span: Span) -> list[Box]:
        return self.boxes[bisect_left(self.starts, span.start) : bisect_left(self.starts, span.end)]

    def before(self, offset: int) -> Box | None:
        """The box that stands directly before a label, on its line or alone on the line or cell before it."""
        index = bisect_left(self.starts, offset) - 1
        if index < 0 or offset - self.boxes[index].end > 24:
            return None
        box = self.boxes[index]
        between = self.text[box.end : offset]
        if not _BETWEEN.match(between):
            return None
        if "\n" in between and not (self._alone(box) and self._in_one_row(box.start, offset)):
            return None
        return None if self._is_double(index, -1) else box

    def behind(self, offset: int) -> Box | None:
        """The box that stands directly behind a label, on its line or in the next cell of its row."""
        index = bisect_left(self.starts, offset)
        if index == len(self.boxes) or self.boxes[index].start - offset > 100:
            return None
        box = self.boxes[index]
        if not _LEADERS.match(self.text[offset : box.start]):
            return None
        mine, its = self.line(offset - 1), self.line(box.start)
        if mine != its and not (self._alone(box) and self._in_one_row(offset - 1, box.start)):
            return None
        return None if self._is_double(index, 1) else box

    def _in_one_row(self, one: int, other: int) -> bool:
        """Whether two places are in one row of a table, or on neighbouring lines outside of tables."""
        first, second = self.lines[self.line(one)], self.lines[self.line(other)]
        if first.cell is None or second.cell is None:
            return first.cell is second.cell and abs(self.line(one) - self.line(other)) == 1
        return first.cell[:2] == second.cell[:2]

    def _is_double(self, index: int, step: int) -> bool:
        """Whether another box stands right beside a box, as in columns for yes and no without their heads."""
        if not 0 <= index + step < len(self.boxes):
            return False
        one, other = sorted((self.boxes[index], self.boxes[index + step]), key=lambda box: box.start)
        if self.text[one.end : other.start].strip():
            return False
        mine, its = self.line(one.start), self.line(other.start)
        return mine == its or (self.lines[mine].cell is not None and self._in_one_row(one.start, other.start))

    def line(self, offset: int) -> int:
        return max(bisect_right(self.line_starts, offset) - 1, 0)

    def _alone(self, box: Box) -> bool:
        line = self.lines[self.line(box.start)]
        rest = self.text[line.start : box.start] + self.text[box.end : line.end]
        return not any(character.isalnum() for character in rest)


def _find(
    document: SourceDocument,
    folded: Folded,
    boxes: _Boxes,
    groups: Sequence[TickGroup],
    span: Span,
    *,
    strict: bool,
) -> list[_Place]:
    slots = _slots(document, boxes, span)
    found = _exact(document, folded, boxes, groups, span, set(slots), strict=strict)
    missing = {
        (group.key, tick.key) for group in groups for tick in group.ticks
    } - {(place.group, place.key) for place in found}  # fmt: skip
    if missing and not strict:
        found += _reworded(document, groups, span, slots, found, missing)
    return found


def _slots(document: SourceDocument, boxes: _Boxes, span: Span) -> list[int]:
    """Where an entry of a list of boxes can begin: at a line, behind a box, behind a comma or stroke."""
    text = document.text
    slots = set()
    first = document.line_at(span.start)
    if first and document.lines[first - 1].end > span.start:
        first -= 1
    for line in document.lines[first:]:
        if line.start >= span.end:
            break
        slots.add(max(line.content, span.start))
        slots.add(max(line.start, span.start))
        slots.update(
            match.end() for match in _SLOT_AFTER.finditer(text, max(line.start, span.start), line.end)
        )
    slots.update(box.at for box in boxes.within(span))
    for box in boxes.within(span):  # text that ends at a box began somewhere: behind the box before it
        slots.add(box.end + len(text[box.end : box.end + 4]) - len(text[box.end : box.end + 4].lstrip()))
    return sorted(slot for slot in slots if span.start <= slot < span.end)


def _exact(
    document: SourceDocument,
    folded: Folded,
    boxes: _Boxes,
    groups: Sequence[TickGroup],
    span: Span,
    slots: set[int],
    *,
    strict: bool,
) -> list[_Place]:
    first, last = folded.index(span.start), folded.index(span.end)
    hits: list[tuple[int, int, str, str]] = []
    for group in groups:
        for key, labels in [*((tick.key, tick.labels) for tick in group.ticks), (_WHOLE, group.whole)]:
            for label in _variants(labels):
                at = folded.letters.find(label, first, last)
                while at >= 0:
                    start = (
                        _with_key(document.text, folded.at[at], span.start)
                        if group.lettered
                        else folded.at[at]
                    )
                    begins = start in slots or folded.at[at] in slots
                    counts = len(label) > _SHORT or (begins and not strict)
                    if key == _WHOLE and boxes.within(Span(start, folded.end(at, len(label)))):
                        counts = False  # "☒ IVET and ☐ CVET" are two
                    if counts and folded.whole_words(at, len(label)):
                        hits.append((-len(label), at, group.key, key))
                    at = folded.letters.find(label, at + len(label), last)
    hits.sort()
    taken: list[tuple[int, int]] = []
    places = []
    for minus, at, group_key, tick_key in hits:
        reach = at - minus
        index = bisect_left(taken, (at, -1))
        if (index and taken[index - 1][1] > at) or (index < len(taken) and taken[index][0] < reach):
            continue
        taken.insert(index, (at, reach))
        start, end = folded.at[at], folded.end(at, -minus)
        if next(group for group in groups if group.key == group_key).lettered:
            start = _with_key(document.text, start, span.start)
        places.append(_Place(group_key, tick_key, start, _closing(document.text, end, span.end)))
    return sorted(places, key=lambda place: place.start)


@cache
def _variants(labels: tuple[str, ...]) -> tuple[str, ...]:
    texts = [variant for label in labels for variant in (label, _BRACKETS.sub("", label))]
    return tuple(dict.fromkeys(folded for text in texts if (folded := fold(text))))


def _with_key(text: str, start: int, limit: int) -> int:
    match = _KEY_BEFORE.search(text, max(limit, start - 8), start)
    return match.start() if match else start


def _closing(text: str, end: int, limit: int) -> int:
    """The end of a label with its closing bracket and full stop."""
    while end < limit and text[end] in ").":
        end += 1
    return end


def _reworded(
    document: SourceDocument,
    groups: Sequence[TickGroup],
    span: Span,
    slots: Sequence[int],
    found: Sequence[_Place],
    missing: set[tuple[str, str]],
) -> list[_Place]:
    """Labels in slightly other words, or known by their letter where all letters of the group are there."""
    text = document.text
    entries = []
    for index, slot in enumerate(slots):
        end = slots[index + 1] if index + 1 < len(slots) else span.end
        if any(place.start <= slot < place.end or slot < place.start < min(end, slot + 3) for place in found):
            continue
        words = text[slot : min(end, slot + 300)].split("☐")[0].split("☑")[0].rstrip(" \n-–•*☒▫")
        if fold(words):
            entries.append((slot, slot + len(words), words))
    scores = []
    for start, end, words in entries:
        bare = re.sub(r"^\W*[A-Fa-f1-4][.):]\s*", "", words)
        for group in groups:
            for tick in group.ticks:
                if (group.key, tick.key) in missing:
                    score = max(
                        fuzz.ratio(fold(bare), variant, score_cutoff=_CLOSE)
                        for variant in _variants(tick.labels)
                    )
                    if score >= _CLOSE:
                        scores.append((-score, start, end, group.key, tick.key))
    places: list[_Place] = []
    for _, start, end, group_key, tick_key in sorted(scores):
        if (group_key, tick_key) in missing and all(not (p.start <= start < p.end) for p in places):
            missing.discard((group_key, tick_key))
            places.append(_Place(group_key, tick_key, start, end))
    for group in groups:
        if group.lettered and all((group.key, tick.key) in missing for tick in group.ticks):
            places += _by_letter(group, entries)
    return places


def _by_letter(group: TickGroup, entries: Sequence[tuple[int, int, str]]) -> list[_Place]:
    """Boxes in an unknown language or without words, if all letters of the group open entries in order."""
    places: list[_Place] = []
    wanted = [tick.key for tick in group.ticks]
    for start, end, words in entries:
        if len(places) < len(wanted) and re.match(rf"\W*{wanted[len(places)]}(?:[.):]|\s|$)", words):
            places.append(_Place(group.key, wanted[len(places)], start, end))
    return places if len(places) == len(wanted) else []


def _sides(
    boxes: _Boxes, measures: Sequence[Sequence[tuple[TickGroup, Span, list[_Place]]]]
) -> tuple[bool, list[dict[Span, bool]]]:
    """Whether the document sets its boxes behind the labels, and each list that tells it by itself.

    A list that opens with a label and closes with a box has them behind, one that opens with a box and
    closes with a label before; any other list is read as most lists of the document are.
    """
    sides: list[dict[Span, bool]] = []
    for of_measure in measures:
        told: dict[Span, bool] = {}
        for _, span, _ in of_measure:
            here = boxes.within(span)
            labels = sorted(
                (place for _, other, places in of_measure if other == span for place in places),
                key=lambda place: place.start,
            )
            if not here or not labels:
                continue
            opens = here[0].start < labels[0].start
            closes = here[-1].start >= labels[-1].end and boxes.behind(labels[-1].end) is not None
            line_end = boxes.lines[boxes.line(here[-1].start)].end
            if boxes.text[here[-1].end : line_end].strip(" .;|"):
                closes = False  # words follow: a box with a label that the template does not know
            if opens != closes:
                told[span] = closes
        sides.append(told)
    behind = [side for told in sides for side in told.values()]
    return sum(behind) * 2 > len(behind), sides


def _decide(
    boxes: _Boxes, group: TickGroup, found: Sequence[_Place], labels: Sequence[int], behind: bool
) -> list[Ticked]:
    """The boxes of a group. `labels` are the places where the labels of the list begin."""
    whole = _state(boxes, [place for place in found if place.key == _WHOLE], labels, behind)
    result = []
    for tick in group.ticks:
        ticked, span = _state(boxes, [place for place in found if place.key == tick.key], labels, behind)
        if whole[0] and not ticked:
            ticked, span = whole
        result.append(Ticked(group.key, tick.key, tick.name, ticked, span or whole[1]))
    return result


def _state(
    boxes: _Boxes, mine: Sequence[_Place], labels: Sequence[int], behind: bool
) -> tuple[bool | None, Span | None]:
    if not mine:
        return None, None
    seen: list[tuple[bool | None, Span]] = []
    for place in mine:
        line = boxes.lines[boxes.line(place.start)]
        following = bisect_right(labels, place.start)
        limit = labels[following] if following < len(labels) else place.end + 300
        near = boxes.within(Span(max(0, place.start - 300), limit))
        answer = boxes.answers.find(line, place.start, place.end, limit, near)
        if answer is not None:
            seen.append((answer.ticked, answer.span))
            continue
        box = boxes.behind(place.end) if behind else boxes.before(place.start)
        if box is not None:
            seen.append((box.ticked, Span(min(place.start, box.start), max(place.end, box.end))))
    if not seen:
        return None, Span(mine[0].start, mine[0].end)
    states = {state for state, _ in seen}
    return (states.pop() if len(states) == 1 else None), seen[0][1]
