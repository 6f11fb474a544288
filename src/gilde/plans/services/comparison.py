"""What changed from one edition of a plan to the next, down to the words of a section."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any, Final, Literal

from gilde.plans.models import Plan
from gilde.plans.services.desk import contents
from gilde.plans.services.desk.values import SECTIONS, TICK_GROUPS
from gilde.plans.services.editions import measures_of
from gilde.plans.services.matching import Named, pair_measures, pair_texts

# Above this product of two lengths in words, a text is compared by its lines: seconds would become minutes.
_MOST_WORDS: Final = 6_000_000
_WORD = re.compile(r"\S+\s*|\s+")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
Op = Literal["same", "added", "removed"]


@dataclass(frozen=True)
class Piece:
    """A run of words that both editions have, or only the newer or the older one."""

    op: Op
    text: str


@dataclass(frozen=True)
class SectionChange:
    name: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class TickChange:
    """A box whose state changed; None is unknown. A box that one of the two lacks counts as unknown."""

    group: str
    code: str
    label: str
    before: bool | None
    after: bool | None


@dataclass(frozen=True)
class ItemChange:
    """A body, amount, date or action that came, went, or (actions only) was reworded."""

    kind: str
    before: str | None
    after: str | None
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True)
class MeasureChange:
    """One measure in both editions, with all that is different."""

    number: str
    title: str
    before_number: str
    before_title: str
    sections: tuple[SectionChange, ...]
    ticks: tuple[TickChange, ...]
    items: tuple[ItemChange, ...]

    @property
    def renumbered(self) -> bool:
        return self.number != self.before_number

    @property
    def retitled(self) -> bool:
        return self.title != self.before_title

    @property
    def changed(self) -> bool:
        return bool(self.renumbered or self.retitled or self.sections or self.ticks or self.items)


@dataclass(frozen=True)
class Comparison:
    """What is different between two editions; `same` counts the measures without any change."""

    added: tuple[Named, ...] = ()
    removed: tuple[Named, ...] = ()
    changed: tuple[MeasureChange, ...] = ()
    same: int = 0
    # Numbers that both editions use, for measures that are not taken to be the same one.
    reused: frozenset[str] = field(default_factory=frozenset)

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


def compare(old: Mapping[str, Any], new: Mapping[str, Any], *, same: Iterable[str] = ()) -> Comparison:
    """Return what changed from the content of one edition to that of another.

    `same` are the numbers of measures that an officer says are one measure under a new title.
    """
    before, after = measures_of(old), measures_of(new)
    by_number = new.get("kind") == Plan.Kind.ACTION
    names = [named(item) for item in before], [named(item) for item in after]
    pairs = pair_measures(*names, by_number=by_number, same=frozenset(same))
    changes, added, removed, unchanged = [], [], [], 0
    for pair in pairs:
        if pair.new is None:
            assert pair.old is not None
            removed.append(names[0][pair.old])
        elif pair.old is None:
            added.append(names[1][pair.new])
        else:
            change = _compare_measure(before[pair.old], after[pair.new])
            if change.changed:
                changes.append(change)
            else:
                unchanged += 1
    reused = frozenset(one.number for one in added) & frozenset(one.number for one in removed)
    return Comparison(tuple(added), tuple(removed), tuple(changes), unchanged, reused)


def named(item: Mapping[str, Any]) -> Named:
    """Return the number and title of a measure of an edition's content."""
    return Named(str(item.get("number") or ""), _words(item.get("title")))


def _compare_measure(old: Mapping[str, Any], new: Mapping[str, Any]) -> MeasureChange:
    before, after = named(old), named(new)
    return MeasureChange(
        after.number,
        after.title,
        before.number,
        before.title,
        tuple(_sections(old, new)),
        tuple(_ticks(old, new)),
        tuple(_items(old, new)),
    )


def _sections(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[SectionChange]:
    texts = [{name: _section_text(item, name) for name in (*SECTIONS, "provision")} for item in (old, new)]
    for name in texts[0]:
        if _spaced(texts[0][name]) != _spaced(texts[1][name]):
            yield SectionChange(name, word_diff(texts[0][name], texts[1][name]))


def _section_text(item: Mapping[str, Any], name: str) -> str:
    if name == "provision":
        return _words(item.get("text"))
    section = (item.get("sections") or {}).get(name)
    return _words(section.get("text") if isinstance(section, Mapping) else section)


def _ticks(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[TickChange]:
    before, after = _boxes(old), _boxes(new)
    for key in dict.fromkeys([*before, *after]):
        was, now = before.get(key, (None, ""))[0], after.get(key, (None, ""))[0]
        if was is not now:
            yield TickChange(*key, (after.get(key) or before[key])[1] or key[1], was, now)


def _boxes(item: Mapping[str, Any]) -> dict[tuple[str, str], tuple[bool | None, str]]:
    found = {}
    ticks = item.get("ticks") or {}
    for group in TICK_GROUPS[:-1]:
        for code, box in (ticks.get(group) or {}).items():
            found[group, str(code)] = (box.get("ticked"), str(box.get("label") or ""))
    for place, box in enumerate(ticks.get("targets") or [], start=1):
        label = str(box.get("label") or "")
        found["target", str(place)] = (box.get("ticked"), label)
    return found


def _items(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[ItemChange]:
    for kind, key in (("body", "bodies"), ("funding", "funding"), ("date", "dates")):
        before = Counter(_item_words(kind, one) for one in old.get(key) or [])
        after = Counter(_item_words(kind, one) for one in new.get(key) or [])
        for words in (before - after).elements():
            yield ItemChange(kind, words, None)
        for words in (after - before).elements():
            yield ItemChange(kind, None, words)
    yield from _actions(
        *([_item_words("action", one) for one in side.get("actions") or []] for side in (old, new))
    )


def _item_words(kind: str, item: Mapping[str, Any]) -> str:
    if kind == "funding" and item.get("amount") is not None:
        item = {**item, "text": ""}
    return contents.words_of(kind, item).strip()


def _actions(before: Sequence[str], after: Sequence[str]) -> Iterator[ItemChange]:
    for pair in pair_texts(before, after):
        was = None if pair.old is None else before[pair.old]
        now = None if pair.new is None else after[pair.new]
        if was is None or now is None:
            yield ItemChange("action", was, now)
        elif _spaced(was) != _spaced(now):
            yield ItemChange("action", was, now, word_diff(was, now))


def word_diff(old: str, new: str) -> tuple[Piece, ...]:
    """Return two texts as runs of words: "same" and "removed" are the old one, "same" and "added" the new."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    if len(before) * len(after) > _MOST_WORDS:
        before, after = _LINE.findall(old), _LINE.findall(new)
    keys = [word.strip() for word in before], [word.strip() for word in after]
    pieces: list[Piece] = []
    for op, a, b, c, d in SequenceMatcher(None, *keys, autojunk=False).get_opcodes():
        if op == "equal":
            pieces.append(Piece("same", "".join(after[c:d])))
            continue
        if a < b:
            # The words before stand as in the new text, where a blank may be missing at its end.
            glued = pieces and not pieces[-1].text[-1:].isspace()
            pieces.append(Piece("removed", (" " if glued else "") + "".join(before[a:b])))
        if c < d:
            pieces.append(Piece("added", "".join(after[c:d])))
    return tuple(pieces)


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _words(value: object) -> str:
    """Return a text of an edition: plain words, or the source language of words in several."""
    if isinstance(value, Mapping):
        words = value.get("words") if "words" in value else value
        return str(next(iter(words.values()), "")) if isinstance(words, Mapping) else ""
    return str(value or "")
