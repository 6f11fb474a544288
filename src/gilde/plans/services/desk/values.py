"""From the documented form of a reading to values on the desk, one row each, and back."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from gilde.plans.models import Plan, Reading, Value
from gilde.plans.services.desk import contents

Kind = Value.Kind
Status = Value.Status
View = Callable[[Mapping[str, Any]], tuple[int, int] | None]

SECTIONS: Final = (
    "rationale",
    "objectives",
    "actions",
    "priorities",
    "subsystem",
    "scope",
    "beneficiaries",
    "bodies",
    "funding",
)
PROVISION: Final = "provision"  # the one section of an action plan: the words of the article
TICK_GROUPS: Final = ("recommendation", "osnabruck", "subsystem", "scope", "target")
# The order in which kinds are shown; the table orders by name.
KINDS: Final = (Kind.TITLE, Kind.SECTION, Kind.TICK, Kind.BODY, Kind.FUNDING, Kind.DATE, Kind.ACTION)
_TITLE_WIDTH = 160
_FUNDING = ("amount", "currency", "period", "approximate", "maximum", "year", "programme")
_DATE = ("kind", "from", "to", "precision", "every")


def rows_of(reading: Reading, found: Mapping[str, Any], view: View) -> list[Value]:
    """Return the unsaved values of what was found, in document order; `view` places a citation."""
    rows: list[Value] = []
    for place, (number, item) in enumerate(_measures(found)):
        of_kind: dict[str, int] = {}
        for kind, code, content, citation in _parts(found["kind"], item):
            position = of_kind.get(kind, 0)
            of_kind[kind] = position + 1
            rows.append(_row(reading, number, place, kind, code, position, content, citation, view))
    return rows


def _measures(found: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each measure with a number of its own: a repeated or missing one is told apart by its place."""
    seen: set[str] = set()
    items = found["measures"] if found["kind"] == Plan.Kind.IMPLEMENTATION else found["provisions"]
    for place, item in enumerate(items, start=1):
        number = str(item.get("number") or place)[:16]
        unique, again = number, 2
        while unique in seen:
            unique, again = f"{number}-{again}", again + 1
        seen.add(unique)
        yield unique, item


_Part = tuple[str, str, dict[str, Any], Mapping[str, Any] | None]


def _parts(kind: str, item: Mapping[str, Any]) -> Iterator[_Part]:
    if kind == Plan.Kind.ACTION:
        words = str(item.get("title") or item.get("text") or "")
        title = textwrap.shorten(words, _TITLE_WIDTH, placeholder="…") or "–"
        yield Kind.TITLE, "", {"text": title}, item.get("citation")
        yield Kind.SECTION, PROVISION, {"text": str(item.get("text") or "")}, item.get("citation")
        yield from _actions(item)
        return
    yield Kind.TITLE, "", {"text": str(item.get("title") or "–")}, item.get("citation")
    sections = item.get("sections") or {}
    for name in SECTIONS:
        section = sections.get(name) or {}
        yield Kind.SECTION, name, {"text": str(section.get("text") or "")}, section.get("citation")
    yield from _ticks(item.get("ticks") or {})
    for kind_, key in ((Kind.BODY, "bodies"), (Kind.FUNDING, "funding"), (Kind.DATE, "dates")):
        for one in item.get(key) or []:
            yield kind_, "", _content(kind_, one), one.get("citation")
    yield from _actions(item)


def _ticks(ticks: Mapping[str, Any]) -> Iterator[_Part]:
    for group in TICK_GROUPS[:-1]:
        for code, box in (ticks.get(group) or {}).items():
            content = {"ticked": box.get("ticked")}
            if box.get("label"):
                content["label"] = box["label"]
            yield Kind.TICK, f"{group}:{code}", content, box.get("citation")
    for number, box in enumerate(ticks.get("targets") or [], start=1):
        content = {"ticked": box.get("ticked"), "label": str(box.get("label") or "")}
        yield Kind.TICK, f"target:{box.get('key') or number}", content, box.get("citation")


def _actions(item: Mapping[str, Any]) -> Iterator[_Part]:
    for one in item.get("actions") or []:
        content = {"title": str(one.get("title") or ""), "text": str(one.get("text") or "")}
        yield Kind.ACTION, "", content, one.get("citation")


def _content(kind: str, one: Mapping[str, Any]) -> dict[str, Any]:
    if kind == Kind.BODY:
        return {"name": str(one.get("name") or "")[:300], "organisation": None, "none": False}
    # The words of the document stay beside what they were read as.
    words = str((one.get("citation") or {}).get("quote") or "").strip()
    keys = _FUNDING if kind == Kind.FUNDING else _DATE
    return {key: one.get(key) for key in keys} | {"text": words[: contents.LONGEST_WORDS]}


def _row(
    reading: Reading,
    number: str,
    place: int,
    kind: str,
    code: str,
    position: int,
    content: dict[str, Any],
    citation: Mapping[str, Any] | None,
    view: View,
) -> Value:
    span = view(citation) if citation else None
    unknown = kind == Kind.TICK and content["ticked"] is None
    return Value(
        reading=reading,
        measure=number,
        measure_position=place,
        kind=kind,
        code=code,
        position=position,
        content=content,
        quote=str(citation["quote"]) if citation else "",
        anchor={key: part for key, part in citation.items() if key not in ("quote", "view")}
        if citation
        else None,
        view_start=span[0] if span else None,
        view_end=span[1] if span else None,
        status=contents.status_of(kind, content, Status.UNKNOWN if unknown else Status.READ),
    )


def ordered(values: Iterable[Value]) -> list[Value]:
    """Return values in the order of the document and, within a measure, of the template."""
    place = {kind: index for index, kind in enumerate(KINDS)}
    return sorted(values, key=lambda v: (v.measure_position, place[Kind(v.kind)], v.position, v.pk or 0))
