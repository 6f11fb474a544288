"""What changed between two reports: two snapshots compared by the ids of things, never by their words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Json = dict[str, Any]
# What is compared of each kind of thing; the words of a thing may change without its state changing.
WATCHED = {
    "actions": ("state", "late", "due", "start", "finished_on"),
    "milestones": ("state", "late", "due", "met_on"),
    "money": ("amount", "committed", "spent"),
    "indicators": ("status", "latest"),
}
# What reports came to know of after the first ones were made.
LATER = {"indicators"}
# Without which a figure that changed cannot be read.
UNITS = ("unit_label", "decimals")


def changes(before: Json, after: Json) -> Json:
    """Return the new and dropped measures, what changed in each measure, and whether anything did.

    What the report before did not know of yet, such as indicators, is not compared. Evidence and updates are only
    ever new: they are approved once. `since` is the day of the report before.
    """
    old = {measure["id"]: measure for measure in before["measures"]}
    new = {measure["id"]: measure for measure in after["measures"]}
    measures = [_of_measure(old.get(key), measure) for key, measure in new.items()]
    changed = [measure for measure in measures if measure["count"]]
    found = {
        "since": before["as_of"],
        "new_measures": [_name(m) for key, m in new.items() if key not in old],
        "dropped_measures": [
            _name(m) for key, m in old.items() if not m["dropped"] and (key not in new or new[key]["dropped"])
        ],
        "measures": changed,
        "money": _money(before["money"], after["money"]),
    }
    return {**found, "any": any(found[key] for key in found if key != "since")}


def _of_measure(before: Json | None, after: Json) -> Json:
    old: Mapping[str, Any] = before or {}
    found = {
        "id": after["id"],
        "number": after["number"],
        "title": after["title"],
        "changed": [
            {"kind": kind, **change}
            for kind, fields in WATCHED.items()
            if kind in old or kind not in LATER
            for change in _compare(old.get(kind, []), after[kind], fields)
        ],
        "new_evidence": _added(old, after, "evidence"),
        "new_updates": _added(old, after, "updates"),
        "ticks": _decided(old.get("ticks", []), after["ticks"]),
    }
    parts = ("changed", "new_evidence", "new_updates", "ticks")
    return {**found, "count": sum(len(found[part]) for part in parts) if before else 0}


def _compare(before: Iterable[Json], after: Iterable[Json], fields: Iterable[str]) -> Iterable[Json]:
    old = {thing["id"]: thing for thing in before}
    new = {thing["id"]: thing for thing in after}
    for key, thing in new.items():
        title = _title(thing)
        if key not in old:
            yield {"id": key, "what": "added", "title": title}
            continue
        for name in fields:
            if old[key][name] != thing[name]:
                yield {
                    "id": key,
                    "what": name,
                    "title": title,
                    "before": old[key][name],
                    "after": thing[name],
                    **{each: thing[each] for each in UNITS if each in thing},
                }
    for key, thing in old.items():
        if key not in new:
            yield {"id": key, "what": "removed", "title": _title(thing)}


def _title(thing: Json) -> Json:
    found: Json = thing.get("title") or thing.get("name") or thing["text"]
    return found


def _added(before: Mapping[str, Any], after: Json, kind: str) -> list[Json]:
    known = {thing["id"] for thing in before.get(kind, [])}
    return [
        {"id": thing["id"], "date": thing["date"], "title": thing.get("title") or thing["text"]}
        for thing in after[kind]
        if thing["id"] not in known
    ]


def _decided(before: Iterable[Json], after: Iterable[Json]) -> list[Json]:
    old = {(tick["group"], tick["code"]): tick["ticked"] for tick in before}
    return [
        {
            "group": tick["group"],
            "code": tick["code"],
            "title": tick["title"],
            "before": old[key],
            "after": tick["ticked"],
        }
        for tick in after
        if (key := (tick["group"], tick["code"])) in old and old[key] != tick["ticked"]
    ]


def _money(before: Iterable[Json], after: Iterable[Json]) -> list[Json]:
    old = {(total["currency"], total["period"]): total for total in before}
    new = {(total["currency"], total["period"]): total for total in after}
    return [
        {"currency": key[0], "period": key[1], "what": name, "before": was, "after": now}
        for key in sorted(old.keys() | new.keys())
        for name in ("planned", "committed", "spent")
        if (was := old.get(key, {}).get(name)) != (now := new.get(key, {}).get(name))
    ]


def _name(measure: Json) -> Json:
    return {"id": measure["id"], "number": measure["number"], "title": measure["title"]}
