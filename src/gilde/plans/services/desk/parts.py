"""Actions that the reader took for one although they are two, or for two although they are one."""

from __future__ import annotations

import re
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from gilde.core.access import Actor
from gilde.core.errors import Invalid
from gilde.plans.models import Value
from gilde.plans.services.desk.store import create, hold, store

Kind = Value.Kind
Status = Value.Status

_CUT = re.compile(r"(?:(?<=[.;:!?])\s+|\s*\n\s*)(?=\S)")


def split(
    actor: Actor, *, value: Value, version: int, position: int, ground: str = ""
) -> tuple[Value, Value]:
    """Return the two actions made of one at a character of its text, or at the next word after it.

    The blank between them stays at the end of the first, so that merging gives the text back. Both keep the
    citation of the whole. Raises Stale, Refused, and Invalid when either part would be empty.
    """
    if value.kind != Kind.ACTION or value.status == Status.REMOVED:
        raise Invalid(_("Only an action that is in the plan can be split."))
    text = str(value.content["text"])
    cut = next_word(text, position)
    left, right = text[:cut], text[cut:]
    if not left.strip() or not right.strip():
        raise Invalid(_("Choose a place inside the text: both parts need words."))
    with transaction.atomic():
        hold(actor, value.reading)
        middle = _place_of(value, cut)
        start, end = value.view_start, value.view_end
        also = {"also": value.content["also"]} if value.content.get("also") else {}
        later = Value.objects.filter(
            reading=value.reading, measure=value.measure, kind=Kind.ACTION, position__gt=value.position
        )
        later.update(position=F("position") + 1)
        second = create(
            actor,
            Value(
                reading=value.reading,
                measure=value.measure,
                measure_position=value.measure_position,
                kind=Kind.ACTION,
                code=value.code,
                position=value.position + 1,
                content={"title": "", "text": right, **also},
                quote=value.quote,
                anchor=value.anchor,
                view_start=start if middle is None else middle,
                view_end=end,
                status=Status.CORRECTED,
            ),
            act="split",
            ground=ground,
            other=value.pk,
        )
        first = store(
            actor,
            value,
            act="split",
            version=version,
            content={**value.content, "text": left},
            status=Status.CORRECTED,
            ground=ground,
            view=(start, end if middle is None else middle),
            other=second.pk,
        )
    return first, second


def merge(
    actor: Actor, *, first: Value, second: Value, version: int, second_version: int, ground: str = ""
) -> Value:
    """Return the first action with the second put behind it; the second is left out, and can be brought back.

    Raises Stale when either was changed meanwhile, Refused, Invalid.
    """
    for value in (first, second):
        if value.kind != Kind.ACTION or value.status == Status.REMOVED:
            raise Invalid(_("Only actions that are in the plan can be merged."))
    if first.pk == second.pk or (first.reading_id, first.measure) != (second.reading_id, second.measure):
        raise Invalid(_("Only two actions of the same measure can be merged."))
    with transaction.atomic():
        hold(actor, first.reading)
        store(
            actor,
            second,
            act="merge",
            version=second_version,
            content=second.content,
            status=Status.REMOVED,
            ground=ground,
            other=first.pk,
        )
        merged = store(
            actor,
            first,
            act="merge",
            version=version,
            content=_joined(first, second),
            status=Status.CORRECTED,
            ground=ground,
            view=_span(first, second),
            other=second.pk,
        )
    return merged


def next_word(text: str, position: int) -> int:
    """Return the first place from `position` on where a word begins; the length of the text if none does."""
    position = max(0, min(position, len(text)))
    while position < len(text) and (
        text[position].isspace() or (position > 0 and not text[position - 1].isspace())
    ):
        position += 1
    return position


def cuts(text: str) -> list[tuple[int, str]]:
    """Return the likely places to cut a text, at each line and sentence: (position, first words)."""
    return [
        (match.end(), text[match.end() : match.end() + 80].split("\n")[0]) for match in _CUT.finditer(text)
    ]


def _joined(first: Value, second: Value) -> dict[str, Any]:
    left, right = str(first.content["text"]), str(second.content["text"])
    title, other = str(first.content["title"]), str(second.content["title"])
    if other and title:
        right = f"{other}\n{right}" if right else other
    gap = "" if not left or not right or left[-1].isspace() else "\n"
    joined: dict[str, Any] = {"title": title or other, "text": left + gap + right}
    also = list(first.content.get("also") or [])
    for more in ([{"quote": second.quote, "anchor": second.anchor}], second.content.get("also") or []):
        also += [place for place in more if place["anchor"] not in (None, first.anchor) and place not in also]
    if also:
        joined["also"] = also
    return joined


def _span(first: Value, second: Value) -> tuple[int | None, int | None]:
    """Return the part of the document that both cover where one follows the other, else the first's."""
    spans = (first.view_start, first.view_end, second.view_start, second.view_end)
    if None in spans or second.view_start < first.view_start:  # type: ignore[operator]
        return first.view_start, first.view_end
    return first.view_start, max(first.view_end, second.view_end)  # type: ignore[type-var]


def _place_of(value: Value, cut: int) -> int | None:
    """Return where in the linear text a cut of an action's text lies; None when the two do not run alike."""
    if value.view_start is None or value.view_end is None:
        return None
    shown = value.reading.text[value.view_start : value.view_end]
    text = str(value.content["text"])
    # Blanks may differ (a line end for a space), and a title or bullet may stand before the text.
    letters = [index for index, character in enumerate(shown) if not character.isspace()]
    wanted = "".join(text.split())
    lead = "".join(shown[index] for index in letters).find(wanted)
    if lead < 0:
        return None
    return value.view_start + letters[lead + len("".join(text[:cut].split()))]
