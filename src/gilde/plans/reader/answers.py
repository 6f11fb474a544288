"""Reads answers beside the labels of boxes: columns headed "yes" and "no", and the words themselves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gilde.plans.reader.document import Box, Line, SourceDocument
from gilde.plans.reader.measures import Span
from gilde.plans.reader.words import fold

_SIGN = re.compile(r"[xX✓✔]$")
_AFTER_BOX = re.compile(r"[\s:]*([^\W\d_]+)")
_SAID = re.compile(r"\s*(?:[:=]|[–—-](?=\s))\s*([^\W\d_]{2,5})\s*(?=$|[;,|/.])")


@dataclass(frozen=True)
class Answer:
    """What stands beside a label: `ticked` None where the answer is missing or contradicts itself."""

    ticked: bool | None
    span: Span


class Answers:
    """The rows of tables with their heads, and the words for yes and no."""

    def __init__(self, document: SourceDocument, yes: Sequence[str], no: Sequence[str]) -> None:
        self.text = document.text
        self.yes, self.no = {fold(word) for word in yes}, {fold(word) for word in no}
        self.rows: dict[tuple[int, int], list[Line]] = {}
        self.heads: dict[int, dict[int, bool]] = {}  # table -> column -> whether it is headed "yes"
        for line in document.lines:
            if line.cell:
                self.rows.setdefault(line.cell[:2], []).append(line)
                said = self.word(self.text[line.start : line.end])
                if said is not None and line.cell[2] not in self.heads.get(line.cell[0], {}):
                    self.heads.setdefault(line.cell[0], {})[line.cell[2]] = said
        # a column of answers is not headed by them: a head stands in one row with its opposite
        for table, columns in list(self.heads.items()):
            if set(columns.values()) != {True, False}:
                del self.heads[table]

    def word(self, words: str) -> bool | None:
        folded = fold(words) if len(words) <= 12 else ""
        return True if folded in self.yes else False if folded in self.no else None

    def find(self, label: Line, start: int, end: int, limit: int, boxes: Sequence[Box]) -> Answer | None:
        """The answer to the label at `start`..`end` of a line; `limit` is where the next label begins.

        None if nobody answers in words or columns here, so that the box beside the label counts.
        """
        if label.cell and label.cell[0] in self.heads:
            return self._by_column(label, start, end, boxes)
        said: list[tuple[bool, bool | None, int]] = []
        for box in boxes:
            if end <= box.start < min(limit, label.end):
                after = _AFTER_BOX.match(self.text, box.end, label.end)
                word = self.word(after.group(1)) if after else None
                if after and word is not None:
                    said.append((word, box.ticked, after.end(1)))
        if said:
            return Answer(_agree([item[:2] for item in said]), Span(start, max(item[2] for item in said)))
        spoken = _SAID.match(self.text, end, min(limit, label.end))
        if spoken and (word := self.word(spoken.group(1))) is not None:
            return Answer(word, Span(start, spoken.end(1)))
        if label.cell:
            beside = [line for line in self.rows[label.cell[:2]] if end <= line.start < limit]
            word = self.word(self.text[beside[0].start : beside[0].end]) if len(beside) == 1 else None
            if word is not None:
                return Answer(word, Span(start, beside[0].end))
        return None

    def _by_column(self, label: Line, start: int, end: int, boxes: Sequence[Box]) -> Answer | None:
        assert label.cell
        heads = self.heads[label.cell[0]]
        marks: list[tuple[bool, bool | None]] = []
        first, last = start, end
        for line in self.rows[label.cell[:2]]:
            if line.cell is None or line.cell[2] not in heads:
                continue
            inside = [box for box in boxes if line.start <= box.start < line.end]
            words = self.text[line.start : line.end].strip()
            if len(inside) == 1:
                state = inside[0].ticked
            elif not inside and _SIGN.match(words):
                state = True
            elif self.word(words) is not None:
                return None  # the head itself, or answers written out
            else:
                continue
            marks.append((heads[line.cell[2]], state))
            first, last = min(first, line.start), max(last, line.end)
        return Answer(_agree(marks), Span(first, last))


def _agree(marks: Sequence[tuple[bool, bool | None]]) -> bool | None:
    """What marks under "yes" and "no" say together; nothing if none is ticked, or both are."""
    ticked = {answer for answer, state in marks if state}
    lost = any(state is None for _, state in marks)
    return ticked.pop() if len(ticked) == 1 and not lost else None
