"""A comparison of two editions as the pages show it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from gilde.core.components import tick
from gilde.plans.services.comparison import Comparison, ItemChange, MeasureChange, Piece
from gilde.plans.views.desk.fields import section_words, tick_groups

# Words of unchanged text that stay on either side of a change.
_AROUND = 12


@dataclass(frozen=True)
class Difference:
    """One thing that is different in a measure: what it is, and both sides in one."""

    what: str
    words: SafeString


@dataclass(frozen=True)
class Row:
    """A measure that changed, with everything that is different in it."""

    number: str
    title: str
    moved: str
    differences: list[Difference]


def rows_of(comparison: Comparison) -> list[Row]:
    """Return the measures that are in both editions and different, ready to be shown."""
    return [_row(change) for change in comparison.changed]


def _row(change: MeasureChange) -> Row:
    moved = _("was %(number)s before") % {"number": change.before_number} if change.renumbered else ""
    return Row(change.number, change.title, moved, list(_differences(change)))


def _differences(change: MeasureChange) -> Iterator[Difference]:
    if change.retitled:
        yield Difference(_("Title"), _two(change.before_title, change.title))
    for section in change.sections:
        yield Difference(section_words(section.name), marked(section.pieces))
    headings = dict(tick_groups())
    for box in change.ticks:
        what = f"{headings.get(box.group, box.group)}: {box.code}"
        label = "" if box.label == box.code else box.label
        yield Difference(what, format_html("{} → {} {}", tick(box.before), tick(box.after), label))
    for item in change.items:
        yield Difference(_item_words(item.kind), _item(item))


def _item_words(kind: str) -> str:
    return {
        "body": _("Body"),
        "funding": _("Funding"),
        "date": _("Date"),
        "action": _("Action"),
    }.get(kind, kind)


def _item(item: ItemChange) -> SafeString:
    if item.pieces:
        return marked(item.pieces)
    return _two(item.before or "", item.after or "")


def _two(before: str, after: str) -> SafeString:
    parts = [_tagged("del", before) if before else "", _tagged("ins", after) if after else ""]
    return SafeString(" ".join(part for part in parts if part))


def marked(pieces: Iterable[Piece]) -> SafeString:
    """Return the words of both editions: gone as `<del>`, new as `<ins>`, much of the same left out."""
    found = list(pieces)
    shown: list[str] = []
    for place, piece in enumerate(found):
        if piece.op == "same":
            shown.append(escape(_cut(piece.text, first=place == 0, last=place == len(found) - 1)))
        else:
            shown.append(_tagged("ins" if piece.op == "added" else "del", piece.text))
            follows = found[place + 1] if place + 1 < len(found) else None
            if follows is not None and follows.op != "same" and not piece.text[-1:].isspace():
                shown.append(" ")
    return SafeString("".join(shown))


def _tagged(tag: str, words: str) -> str:
    """Return words that came or went, said aloud too; the blank behind them stays outside."""
    said = _("new:") if tag == "ins" else _("gone:")
    tail = words[len(words.rstrip()) :]
    return (
        f'<{tag}><span class="visually-hidden">{said} </span>{escape(words.rstrip())}</{tag}>{escape(tail)}'
    )


def _cut(text: str, *, first: bool, last: bool) -> str:
    """Return unchanged text with its middle left out, and only its edge at the beginning and the end."""
    words = text.split(" ")
    if len(words) <= 2 * _AROUND:
        return text
    head = "" if first else " ".join(words[:_AROUND]) + " "
    tail = "" if last else " " + " ".join(words[-_AROUND:])
    return f"{head}[…]{tail}"
