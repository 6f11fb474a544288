"""What a version says, as it is kept: taken when a file is handed in and when it is recognised, and compared.

Only what the file itself says is in it: not its state, nor links to classifications, which may be added later.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from gilde.core import clock
from gilde.core.text import Text
from gilde.qualifications.describing import with_parts
from gilde.qualifications.models import QualificationVersion, Snapshot, Unit


@dataclass(frozen=True)
class Difference:
    """One thing that changed between two snapshots. `before` and `after` are words; empty where there was nothing."""

    what: str
    before: Text | str
    after: Text | str
    outcome: str = ""  # id of the outcome, where it is one


def content_of(version: QualificationVersion) -> dict[str, Any]:
    """Return what a version says as plain JSON: the same content gives the same JSON."""
    told = with_parts(QualificationVersion.objects.all()).prefetch_related("profiles").get(pk=version.pk)
    return {
        "title": told.title.as_json(),
        "summary": told.summary.as_json(),
        "framework": told.framework_id,
        "level": told.level.code if told.level else None,
        "isced_f": told.isced_f,
        "nace": told.nace,
        "hours": told.hours,
        "credit": _number(told.credit),
        "credit_system": told.credit_system,
        "assessment": told.assessment.as_json(),
        "assessment_type": told.assessment_type,
        "participation": told.participation,
        "quality": told.quality.as_json(),
        "languages": told.languages,
        "profiles": sorted(profile.code for profile in told.profiles.all()),
        "awarding": sorted(each.slug for each in told.awarding.all()),
        "prerequisites": [
            [each.text.as_json(), str(each.qualification_id or "")] for each in told.prerequisites.all()
        ],
        "units": [_unit(unit) for unit in told.units.all()],
    }


def take(version: QualificationVersion, reason: str) -> Snapshot:
    """Store what a version says now, and return it."""
    content = content_of(version)
    last = version.snapshots.aggregate(last=Max("number"))["last"] or 0
    return Snapshot.objects.create(
        version=version,
        number=last + 1,
        reason=reason,
        taken_at=clock.now(),
        content=content,
        digest=digest(content),
    )


def digest(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a content, in hex, whatever the order of its keys."""
    whole = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(whole.encode()).hexdigest()


def changed_since_recognition() -> Iterator[QualificationVersion]:
    """Yield recognised versions that do not say any more what was recognised; there should be none."""
    kept = (
        Snapshot.objects.filter(reason="recognised").select_related("version__qualification").order_by("pk")
    )
    for snapshot in kept.iterator():
        if (
            digest(snapshot.content) != snapshot.digest
            or digest(content_of(snapshot.version)) != snapshot.digest
        ):
            yield snapshot.version


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Return what changed from one content to another, in the order in which a reader meets it."""
    found = [
        Difference(str(label), _words(before.get(key)), _words(after.get(key)))
        for key, label in _labels().items()
        if before.get(key) != after.get(key)
    ]
    old, new = _units_by_id(before), _units_by_id(after)
    for key in dict.fromkeys([*old, *new]):
        found += _unit_differences(old.get(key), new.get(key))
    return found


def _labels() -> dict[str, str]:
    return {
        "title": _("Title"),
        "summary": _("Summary"),
        "framework": _("Framework"),
        "level": _("Level"),
        "isced_f": _("Fields of education"),
        "nace": _("Economic activities"),
        "hours": _("Workload in hours"),
        "credit": _("Credit points"),
        "credit_system": _("Credit system"),
        "assessment": _("Assessment"),
        "assessment_type": _("Type of assessment"),
        "participation": _("Forms of participation"),
        "quality": _("Quality assurance"),
        "languages": _("Languages"),
        "profiles": _("Occupational profiles"),
        "awarding": _("Awarding bodies"),
        "prerequisites": _("Prerequisites"),
    }


def _unit_labels() -> dict[str, str]:
    return {
        "title": _("Title"),
        "summary": _("Summary"),
        "hours": _("Workload in hours"),
        "credit": _("Credit points"),
        "partial": _("Partial qualification"),
        "optional": _("Optional"),
        "assessment": _("Assessment"),
    }


def _unit_differences(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> Iterator[Difference]:
    name = str(_words((new or old or {})["title"]))
    if old is None or new is None:
        yield Difference(
            _("Unit “%(unit)s”") % {"unit": name}, "" if old is None else name, name if new else ""
        )
    before, after = old or {"outcomes": []}, new or {"outcomes": []}
    if old is not None and new is not None:
        for key, label in _unit_labels().items():
            if before.get(key) != after.get(key):
                what = _("Unit “%(unit)s”: %(what)s") % {"unit": name, "what": label}
                yield Difference(what, _words(before.get(key)), _words(after.get(key)))
    was = {each["outcome"]: each for each in before["outcomes"]}
    now = {each["outcome"]: each for each in after["outcomes"]}
    for key in dict.fromkeys([*was, *now]):
        a, b = was.get(key), now.get(key)
        if a != b:
            what = _("Learning outcome in “%(unit)s”") % {"unit": name}
            yield Difference(what, _words(a and a["statement"]), _words(b and b["statement"]), key)
    if [k for k in was if k in now] != [k for k in now if k in was]:
        yield Difference(
            _("Unit “%(unit)s”: order of outcomes") % {"unit": name}, _("as before"), _("changed")
        )


def _units_by_id(content: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Units by what stays: the code when they have one, so that a copy in the next version is the same unit."""
    return {unit["code"] or unit["id"]: unit for unit in content.get("units", [])}


def _unit(unit: Unit) -> dict[str, Any]:
    return {
        "id": str(unit.pk),
        "code": unit.code,
        "title": unit.title.as_json(),
        "summary": unit.summary.as_json(),
        "hours": unit.hours,
        "credit": _number(unit.credit),
        "partial": unit.partial,
        "optional": unit.optional,
        "assessment": unit.assessment.as_json(),
        "outcomes": [
            {
                "outcome": str(use.outcome.outcome_id),
                "wording": str(use.outcome_id),
                "kind": use.outcome.kind,
                "verb": use.outcome.verb.as_json(),
                "object": use.outcome.object.as_json(),
                "context": use.outcome.context.as_json(),
                "statement": use.outcome.statement.as_json(),
            }
            for use in unit.outcomes.all()
        ],
    }


def _number(value: Decimal | None) -> str | None:
    return None if value is None else f"{value.normalize():f}"


def _words(value: Any) -> Text | str:
    if isinstance(value, Mapping) and set(value) == {"source", "words"}:
        return Text(value["source"], value["words"])
    if value is None or value == []:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(str(_words(each[0] if isinstance(each, list) else each)) for each in value)
    return str(value)
