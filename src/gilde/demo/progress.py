"""Invented progress on the plans of the demo world, each row marked as invented."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from gilde.core import audit, documents
from gilde.core.access import SYSTEM
from gilde.core.models import User
from gilde.demo.files import DATA, read
from gilde.plans.models import Action, Evidence, FundingLine, Measure, Milestone, Plan, Spending, Update
from gilde.plans.services.reference import text


@transaction.atomic
def load_progress(data: dict[str, Any], people: dict[str, User]) -> None:
    """Add the invented progress of one plan, once: when the plan has just been loaded."""
    plan = Plan.objects.get(slug=data["plan"])
    if plan.progress_synthetic:
        return
    Plan.objects.filter(pk=plan.pk).update(progress_synthetic=True)
    keys = _keys(plan)
    for row in data.get("actions") or []:
        Action.objects.filter(pk=keys["actions", row["action"]]).update(
            state=row["state"],
            started_on=row.get("started_on"),
            finished_on=row.get("finished_on"),
            dropped_because=row.get("dropped_because") or "",
            reported_on=row.get("reported_on"),
        )
    for row in data.get("milestones") or []:
        Milestone.objects.filter(pk=keys["milestones", row["milestone"]]).update(
            state=row["state"], met_on=row.get("met_on"), missed_because=row.get("missed_because") or ""
        )
    measures = {measure.number: measure for measure in plan.measures.all()}
    for row in data.get("evidence") or []:
        _evidence(row, measures[str(row["measure"])], people, keys)
    for row in data.get("updates") or []:
        Update.objects.create(
            measure=measures[str(row["measure"])],
            action_id=keys["actions", row["action"]] if row.get("action") else None,
            text=text(row["text"]),
            date=row["date"],
            new_state=row.get("new_state") or "",
            synthetic=True,
            **_review(row, people),
        )
    for row in data.get("money") or []:
        Spending.objects.create(
            line_id=keys["funding", row["line"]],
            kind=row["kind"],
            amount=row["amount"],
            date=row["date"],
            note=row.get("note") or "",
            synthetic=True,
        )
    audit.record(SYSTEM, "plans.plan.load_progress", plan, after={"synthetic": True})


def _moment(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(10)))


def _review(row: dict[str, Any], people: dict[str, User]) -> dict[str, Any]:
    """Return the columns of what was written, submitted and decided by different people."""
    submitted, decided = row.get("submitted_on"), row.get("decided_on")
    return {
        "state": row["state"],
        "author": people[row["author"]].pk,
        "submitted_at": _moment(submitted) if submitted else None,
        "decided_by": people[row["decided_by"]].pk if decided else None,
        "decided_at": _moment(decided) if decided else None,
        "decision": row.get("decision") or "",
    }


def _evidence(
    row: dict[str, Any], measure: Measure, people: dict[str, User], keys: dict[tuple[str, str], Any]
) -> None:
    document = None
    if row["kind"] == Evidence.Kind.FILE:
        document = documents.store(SYSTEM, file=row["file_text"].encode(), name=row["file_name"])
    Evidence.objects.create(
        measure=measure,
        action_id=keys["actions", row["action"]] if row.get("action") else None,
        milestone_id=keys["milestones", row["milestone"]] if row.get("milestone") else None,
        kind=row["kind"],
        title=text(row["title"]),
        date=row["date"],
        document=document,
        file_name=row.get("file_name") or "",
        url=row.get("url") or "",
        retrieved_on=row.get("retrieved_on"),
        figure=row.get("figure"),
        unit=row.get("unit") or "",
        synthetic=True,
        **_review(row, people),
    )


def _keys(plan: Plan) -> dict[tuple[str, str], Any]:
    """Return the ids of the rows that were made from the keys of a plan's data file, by kind and key."""
    data = read(f"plans/{_file_of(plan.slug)}")
    models = {"actions": Action, "milestones": Milestone, "funding": FundingLine}
    keys = {}
    for name, model in models.items():
        rows = model._default_manager.filter(measure__plan=plan).values_list(
            "measure__number", "position", "pk"
        )
        placed = {(number, position): pk for number, position, pk in rows}
        for measure in data.get("measures") or data["provisions"]:
            for position, row in enumerate(measure.get(name) or []):
                keys[name, row["key"]] = placed[str(measure["number"]), position]
    return keys


def _file_of(slug: str) -> str:
    return next(
        path.name for path in (DATA / "plans").glob("*.yaml") if read(f"plans/{path.name}").get("key") == slug
    )
