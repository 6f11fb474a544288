"""What an edition holds: the whole plan in the documented form of a reading, and who vouches for each value.

The form is that of `gilde read --json`; beside each value stands `status` (as read, unknown, decided,
corrected, added) and, where an officer acted, `decision`: the act, its ground and moment, the value as read.
People are named by their opaque id only, because an edition can never be changed.
"""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final

from gilde.organisations.public import Organisation
from gilde.plans.models import Edition, Plan, Reading, Revision, Value
from gilde.plans.reader.wording import sentence
from gilde.plans.services.desk.values import PROVISION, TICK_GROUPS, ordered

FORM: Final = 1  # raised when the form of an edition changes its meaning
Content = dict[str, Any]
Kind = Value.Kind
Status = Value.Status
# How far around a date its sentence may reach, in characters.
_SENTENCE = 400
_BULLETS = "-–—•◦▪*·☐☑☒ "


def content_of(reading: Reading) -> Content:
    """Return the whole plan as it stands on the desk, with the decisions applied and nothing guessed."""
    values = ordered(
        value for value in Value.objects.filter(reading=reading) if value.status != Status.REMOVED
    )
    decisions = _decisions(reading)
    slugs = _slugs(values)
    of_measure: dict[str, list[Value]] = defaultdict(list)
    for value in values:
        of_measure[value.measure].append(value)
    blocks = _blocks(reading.found)
    measures = []
    for number, own in of_measure.items():
        if own[0].kind != Kind.TITLE:
            continue  # its title was left out, and the measure with it
        item = _measure(reading, number, own, decisions, slugs)
        if block := blocks.get(own[0].measure_position):
            item["block"] = block
        measures.append(item)
    return {
        "form": FORM,
        "kind": reading.kind,
        "title": str(reading),
        "language": reading.language,
        "source": {"file": reading.file_name, "sha256": reading.document.sha256},
        "measures" if reading.kind == Plan.Kind.IMPLEMENTATION else "provisions": measures,
    }


def measures_of(content: Mapping[str, Any]) -> list[Content]:
    """Return the measures, or the provisions, of an edition's content."""
    return list(content.get("measures") or content.get("provisions") or [])


def content_hash(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a content, the same whatever the order of its keys."""
    plain = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(plain.encode()).hexdigest()


def is_genuine(edition: Edition) -> bool:
    """Return whether an edition's content still has the hash that it was published with."""
    return content_hash(edition.content) == edition.content_hash


def newest(plan: Plan | None) -> Edition | None:
    """Return the edition of a plan with the highest number; None when nothing was published yet."""
    return None if plan is None else plan.editions.order_by("-number").first()


def _measure(
    reading: Reading,
    number: str,
    values: list[Value],
    decisions: Mapping[int, Content],
    slugs: Mapping[str, str],
) -> Content:
    title = values[0]
    item: Content = {"number": number, "title": title.content["text"], **_vouched("title_", title, decisions)}
    by_kind: dict[str, list[Value]] = defaultdict(list)
    for value in values[1:]:
        by_kind[value.kind].append(value)
    actions = by_kind[Kind.ACTION]
    item["actions"] = [
        {"title": v.content["title"], "text": v.content["text"].strip(), **_vouched("", v, decisions)}
        for v in actions
    ]
    if reading.kind == Plan.Kind.ACTION:
        for section in by_kind[Kind.SECTION]:
            if section.code == PROVISION:
                item |= {"text": section.content["text"], **_vouched("", section, decisions)}
        return item
    item["sections"] = {
        v.code: {"text": v.content["text"], **_vouched("", v, decisions)} for v in by_kind[Kind.SECTION]
    }
    item["ticks"] = _ticks(by_kind[Kind.TICK], decisions)
    item["bodies"] = [
        {
            "name": v.content["name"],
            "organisation": slugs.get(v.content.get("organisation") or ""),
            **_vouched("", v, decisions),
        }
        for v in by_kind[Kind.BODY]
    ]
    item["funding"] = [{**_plain(v), **_vouched("", v, decisions)} for v in by_kind[Kind.FUNDING]]
    item["dates"] = [
        {**_plain(v), **_around(reading, v, actions), **_vouched("", v, decisions)}
        for v in by_kind[Kind.DATE]
    ]
    return item


def _plain(value: Value) -> Content:
    return {key: part for key, part in value.content.items() if key != "also"}


def _vouched(prefix: str, value: Value, decisions: Mapping[int, Content]) -> Content:
    """Return the citation of a value and who vouches for it."""
    vouched: Content = {
        f"{prefix}citation": {**value.anchor, "quote": value.quote} if value.anchor is not None else None,
        f"{prefix}status": value.status,
    }
    if value.content.get("also"):
        vouched[f"{prefix}citations"] = [
            {**place["anchor"], "quote": place["quote"]} for place in value.content["also"]
        ]
    if decision := decisions.get(value.pk):
        vouched[f"{prefix}decision"] = decision
    return vouched


def _ticks(values: Iterable[Value], decisions: Mapping[int, Content]) -> Content:
    ticks: Content = {group: {} for group in TICK_GROUPS[:-1]} | {"targets": []}
    for value in values:
        group, _colon, code = value.code.partition(":")
        box = {"ticked": value.content["ticked"], **_vouched("", value, decisions)}
        if value.content.get("label"):
            box = {"label": value.content["label"], **box}
        if group == "target":
            ticks["targets"].append({"key": code, **box})
        else:
            ticks[group][code] = box
    return ticks


def _around(reading: Reading, value: Value, actions: list[Value]) -> Content:
    """Return the sentence that a date stands in, and the place of the action whose text holds it."""
    start, end = value.view_start, value.view_end
    if start is None or end is None:
        return {"sentence": value.content.get("text") or "", "action": None}
    first, last = sentence(reading.text, start, end, _SENTENCE, _SENTENCE)
    begin, stop = _paragraph(reading, start, end)
    words = " ".join(reading.text[max(first, begin) : min(last, stop)].split())
    held = [
        (action.view_end - action.view_start, place)
        for place, action in enumerate(actions)
        if action.view_start is not None
        and action.view_end is not None
        and action.view_start <= start
        and end <= action.view_end
    ]
    return {
        "sentence": words.lstrip(_BULLETS),
        "action": min(held)[1] if held else None,
    }


def _paragraph(reading: Reading, start: int, end: int) -> tuple[int, int]:
    """Return where the paragraph around a place begins and ends: a sentence does not go beyond it."""
    lines: list[Content] = reading.lines
    starts = [line["start"] for line in lines]
    first = bisect_right(starts, start) - 1
    while first > 0 and not _begins(lines[first - 1], lines[first]):
        first -= 1
    last = bisect_right(starts, end)
    while 0 < last < len(lines) and not _begins(lines[last - 1], lines[last]):
        last += 1
    begin = starts[first] if first >= 0 else 0
    return begin, starts[last] if last < len(lines) else len(reading.text)


def _begins(before: Content, line: Content) -> bool:
    """Return whether a paragraph begins with this line; items, headings and cells each are one."""
    return bool(line.get("gap")) or line.get("kind") != "text" or before.get("kind") == "heading"


def _decisions(reading: Reading) -> dict[int, Content]:
    """Return, for each value that an officer touched, the last act and what was read at first."""
    found: dict[int, Content] = {}
    rows = Revision.objects.filter(value__reading=reading).order_by("id")
    for revision in rows.select_related("value"):
        first = found.get(revision.value_id)
        read = first["as_read"] if first else _as_read(revision)
        found[revision.value_id] = {
            "act": revision.act,
            "by": str(revision.by) if revision.by else None,
            "at": revision.at.isoformat(),
            "ground": revision.ground,
            "as_read": read,
        }
    return found


def _as_read(revision: Revision) -> Content | None:
    before = revision.before.get("content")
    return {key: part for key, part in before.items() if key != "also"} if before else None


def _slugs(values: Iterable[Value]) -> dict[str, str]:
    linked = {v.content["organisation"] for v in values if v.kind == Kind.BODY and v.content["organisation"]}
    return {
        str(pk): slug for pk, slug in Organisation.objects.filter(pk__in=linked).values_list("pk", "slug")
    }


def _blocks(found: Mapping[str, Any]) -> dict[int, Content]:
    """Return the building block of each measure by the measure's place in the document, where it has any."""
    blocks = {}
    for place, item in enumerate(found.get("measures") or []):
        block = item.get("block")
        if isinstance(block, Mapping) and block.get("title"):
            blocks[place] = {"number": str(block.get("number") or ""), "title": str(block["title"])}
    return blocks


def statuses(content: Mapping[str, Any]) -> dict[str, int]:
    """Return how many values of an edition have each status; for the sentence that introduces it."""
    counts: dict[str, int] = defaultdict(int)

    def count(part: object) -> None:
        if isinstance(part, Mapping):
            for key, value in part.items():
                if key == "decision":
                    continue
                if key.endswith("status"):
                    counts[str(value)] += 1
                count(value)
        elif isinstance(part, list):
            for one in part:
                count(one)

    count(content)
    return dict(counts)
