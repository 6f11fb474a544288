"""Reference data of plans: instruments with their provisions, and the target groups of the template."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from gilde.core import audit
from gilde.core.access import SYSTEM
from gilde.core.text import Text
from gilde.plans.models import Instrument, Provision, TargetGroup

DATA = Path(__file__).resolve().parent.parent / "data"


def text(value: Any, source: str = "en") -> Text:
    """Return a Text of what YAML holds: a mapping of languages, plain words, or nothing."""
    return Text.of(value, source) if value else Text()


@transaction.atomic
def load_reference() -> list[str]:
    """Bring instruments, provisions and target groups into line with the data files; return what was loaded.

    Idempotent: rows are found by code and number, and keep their identifiers.
    """
    loaded = []
    groups = yaml.safe_load((DATA / "target_groups.yaml").read_text(encoding="utf-8"))["groups"]
    for heading in groups:
        for group in heading["target_groups"]:
            TargetGroup.objects.update_or_create(
                key=group["key"],
                defaults={
                    "position": group["number"],
                    "heading": text(heading["title"]),
                    "name": text(group["label"]),
                },
            )
    loaded.append(f"{TargetGroup.objects.count()} target groups")
    for path in sorted((DATA / "instruments").glob("*.yaml")):
        loaded.append(_load_instrument(yaml.safe_load(path.read_text(encoding="utf-8"))))
    return loaded


def _load_instrument(data: dict[str, Any]) -> str:
    source = data.get("source") or ""
    instrument, created = Instrument.objects.update_or_create(
        code=data["code"],
        defaults={
            "kind": data["kind"],
            "title": text(data["title"]),
            "short_title": text(data["short_title"]),
            "adopted": data.get("adopted"),
            "period_start": data.get("period_start"),
            "period_end": data.get("period_end"),
            "source": ", ".join(str(part) for part in source.values() if part)
            if isinstance(source, dict)
            else source,
            "url": data.get("url") or "",
            "note": text(data.get("note")),
        },
    )
    for position, provision in enumerate(data["provisions"]):
        Provision.objects.update_or_create(
            instrument=instrument,
            number=str(provision["number"]),
            defaults={
                "position": position,
                "part": text(provision.get("part")),
                "title": text(provision["title"]),
                "text": text(provision.get("text")),
            },
        )
    if created:
        audit.record(SYSTEM, "plans.instrument.load", instrument, after={"code": instrument.code})
    return f"{instrument.code}: {len(data['provisions'])} provisions"
