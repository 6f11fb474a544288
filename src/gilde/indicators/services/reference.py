"""Reference data of indicators: areas, indicators ready to be pulled, and targets with who issued them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

import yaml
from django.db import models, transaction

from gilde.core import audit
from gilde.core.access import SYSTEM
from gilde.core.changes import checked
from gilde.core.text import Text
from gilde.indicators.dimensions import Dimension
from gilde.indicators.models import Area, Indicator, Origin, Target
from gilde.organisations.public import Organisation

DATA: Final = Path(__file__).resolve().parent.parent / "data"
_STEP: Final = 10  # between the positions of areas, so that one may be put in between
_TO_CHECK: Final = {
    "en": "To be checked at the first pull: {}.",
    "nl": "Na te gaan bij de eerste ophaling: {}.",
}


def read(name: str, folder: Path = DATA) -> Any:
    """Return what a data file holds."""
    return yaml.load((folder / name).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def text(value: Any, source: str = "en") -> Text:
    """Return a Text of what YAML holds: a mapping of languages, plain words, or nothing."""
    return Text.of(value, source) if value else Text()


@transaction.atomic
def load_reference() -> list[str]:
    """Bring areas, indicators and targets into line with the data files; return what was loaded, in sentences.

    Idempotent: areas are found by code, indicators by code, targets by key. An indicator or a target that somebody
    has changed since stays as they made it; a figure is never touched.
    """
    return [_load_areas(), *_load_indicators(), _load_targets()]


def target_id(key: str) -> UUID:
    """Return the identifier of the target with this key in `data/targets.yaml`: the same in every Gilde."""
    return uuid5(NAMESPACE_URL, f"gilde:target:{key}")


def _load_areas() -> str:
    wanted = list(_areas())
    here = {area.code: area for area in Area.objects.all()}
    new = changed = 0
    found: list[str] = []
    for code, fields in wanted:
        area = here.get(code)
        if area is None:
            here[code] = checked(Area(code=code, **fields))
            here[code].save(force_insert=True)
            new += 1
        elif _set(area, fields):
            checked(area).save()
            changed += 1
        else:
            continue
        found.append(code)
    if new or changed:
        audit.record(SYSTEM, "indicators.area.load", here[found[0]], after={"new": new, "changed": changed})
    return f"{len(wanted)} areas ({new} new, {changed} changed)"


def _areas() -> list[tuple[str, dict[str, Any]]]:
    """Return code and fields of every area in the order of the file, parents before their parts."""
    rows: list[tuple[str, dict[str, Any]]] = []
    codes: set[str] = set()
    for group in read("areas.yaml")["groups"]:
        for entry in group["areas"]:
            code = entry["code"]
            parent = group.get("parent")
            if parent is None and (group.get("level") or 0) > 0:
                parent = next(
                    code[:length] for length in range(len(code) - 1, 1, -1) if code[:length] in codes
                )
            codes.add(code)
            fields = {
                "kind": group["kind"],
                "level": group.get("level"),
                "name": text(entry["name"]),
                "note": text(entry.get("note")),
                "parent_id": parent,
                "aliases": entry.get("aliases") or [],
                "position": len(codes) * _STEP,
                "source": group["source"],
            }
            rows.append((code, fields))
    return rows


def _load_indicators() -> list[str]:
    entries = read("indicators.yaml")["indicators"]
    here = {
        indicator.code: indicator
        for indicator in Indicator.objects.filter(code__in=[entry["code"] for entry in entries])
    }
    origins = Origin.objects.in_bulk([indicator.pk for indicator in here.values()])
    bodies = {
        body.slug: body
        for body in Organisation.objects.filter(slug__in={entry.get("body") or "" for entry in entries})
    }
    new = changed = 0
    for entry in entries:
        fields = {**_indicator_fields(entry), "body": bodies.get(entry.get("body") or "")}
        indicator = here.get(entry["code"])
        if indicator is None:
            indicator = checked(
                Indicator(
                    code=entry["code"],
                    kind=Indicator.Kind.OFFICIAL,
                    state=Indicator.State.PUBLISHED,
                    **fields,
                )
            )
            indicator.save(force_insert=True)
            audit.record(SYSTEM, "indicators.indicator.load", indicator, after={"code": indicator.code})
            new += 1
        elif indicator.version > 1:
            continue
        elif _set(indicator, fields):
            checked(indicator).save()
            audit.record(SYSTEM, "indicators.indicator.load", indicator, after={"code": indicator.code})
            changed += 1
        _load_origin(indicator, entry.get("origin"), origins.get(indicator.pk))
    return [f"{len(entries)} indicators ({new} new, {changed} changed)"]


def _indicator_fields(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": text(entry["name"]),
        "definition": text(entry["definition"]),
        "scope": text(entry.get("scope")),
        "note": _note(entry),
        "unit": entry["unit"],
        "unit_label": text(entry["unit_label"]),
        "decimals": entry["decimals"],
        "frequency": entry["frequency"],
        "direction": entry["direction"],
        "minimum": entry.get("minimum"),
        "maximum": entry.get("maximum"),
        "dimensions": [
            Dimension(
                each["code"],
                text(each["name"]),
                each.get("total") or "",
                {code: text(name) for code, name in each["categories"].items()},
            ).as_json()
            for each in entry.get("dimensions") or []
        ],
        "source": text(entry["source"]),
        "source_url": entry.get("source_url") or "",
        "licence": entry.get("licence") or "",
    }


def _note(entry: Mapping[str, Any]) -> Text:
    """Return how to read the indicator, with what is still to be checked about its origin."""
    words = dict(entry.get("note") or {})
    for language, open_question in ((entry.get("origin") or {}).get("to_check") or {}).items():
        told = _TO_CHECK[language].format(open_question)
        words[language] = f"{words[language]} {told}" if words.get(language) else told
    return text(words)


def _load_origin(indicator: Indicator, entry: Mapping[str, Any] | None, here: Origin | None) -> None:
    if entry is None:
        return
    fields = {
        "provider": entry["provider"],
        "dataflow": entry["dataflow"],
        "selection": entry["selection"],
        "area_dimension": entry.get("area_dimension") or "geo",
        "areas": entry.get("areas") or [],
    }
    if here is None:
        checked(Origin(indicator=indicator, **fields)).save(force_insert=True)
    elif _set(here, fields):
        checked(here).save()


def _load_targets() -> str:
    entries = read("targets.yaml")["targets"]
    here = Target.objects.in_bulk([target_id(entry["key"]) for entry in entries])
    indicators = dict(
        Indicator.objects.filter(code__in={entry["indicator"] for entry in entries}).values_list("code", "pk")
    )
    new = changed = 0
    for entry in entries:
        fields = {
            "indicator_id": indicators[entry["indicator"]],
            "area_id": entry["area"],
            "key": entry.get("breakdown") or "",
            "value": float(entry["value"]),
            "comparison": entry["comparison"],
            "year": entry["year"],
            "baseline_year": entry.get("baseline_year"),
            "instrument": text(entry["instrument"]),
            "instrument_code": entry.get("instrument_code") or "",
            "issued_year": entry["issued_year"],
            "source": entry["source"],
            "source_url": entry.get("source_url") or "",
            "scope_note": text(entry.get("scope_note")),
        }
        pk = target_id(entry["key"])
        target = here.get(pk)
        if target is None:
            target = checked(Target(pk=pk, **fields))
            target.save(force_insert=True)
            new += 1
        elif target.version > 1 or not _set(target, fields):
            continue
        else:
            checked(target).save()
            changed += 1
        audit.record(SYSTEM, "indicators.target.load", target, after={"key": entry["key"]})
    return f"{len(entries)} targets ({new} new, {changed} changed)"


def _set(thing: models.Model, fields: Mapping[str, Any]) -> bool:
    """Set the fields of a stored thing; return whether any was different."""
    differs = False
    for name, value in fields.items():
        if getattr(thing, name) != value:
            setattr(thing, name, value)
            differs = True
    return differs
