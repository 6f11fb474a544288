"""Load the demo world: organisations, people, plans as promised, and invented progress.

Idempotent: what exists is left as it is, so that trying things out survives the next `make demo`.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml
from django.contrib.auth.hashers import make_password
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone

from gilde.core import audit, clock, documents
from gilde.core.access import SYSTEM
from gilde.core.models import Document, User
from gilde.core.text import Text
from gilde.demo.restating import LABELS, Sheet, funding_words, restate, tick_rows
from gilde.organisations.models import Membership, Organisation
from gilde.plans.models import (
    Action,
    Block,
    Citation,
    Edition,
    Evidence,
    FundingLine,
    Instrument,
    Measure,
    MeasureBody,
    Milestone,
    Note,
    Plan,
    Provision,
    Section,
    Spending,
    TargetGroup,
    Tick,
    Update,
)
from gilde.plans.services.reference import DATA as REFERENCE
from gilde.plans.services.reference import load_reference, text

DATA = Path(__file__).resolve().parent / "data"
DOCUMENTS = Path(__file__).resolve().parent / "documents"
Say = Callable[[str], None]


def read(path: str) -> dict[str, Any]:
    """Return one of the data files of the demo world."""
    data: dict[str, Any] = yaml.load((DATA / path).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return data


def load(password: str, say: Say = lambda _line: None) -> None:
    """Load what is missing of the demo world; demo people get `password`."""
    for line in load_reference():
        say(line)
    organisations = _organisations()
    say(f"{len(organisations)} organisations")
    people = _people(organisations, password)
    say(f"{len(people)} demo people")
    for path in sorted((DATA / "plans").glob("*.yaml")):
        if path.stem.endswith("-progress"):
            continue
        plan = _Loader(read(f"plans/{path.name}"), organisations).load()
        actions = Action.objects.filter(measure__plan=plan).count()
        say(f"{plan.slug}: {plan.measures.count()} measures, {actions} actions")
    for path in sorted((DATA / "plans").glob("*-progress.yaml")):
        _progress(read(f"plans/{path.name}"), people)
        say(f"{path.stem}: invented progress")


@transaction.atomic
def _organisations() -> dict[str, Organisation]:
    found = {}
    for row in read("organisations.yaml")["organisations"]:
        organisation, created = Organisation.objects.get_or_create(
            slug=row["key"],
            defaults={
                "name": text(row["name"]),
                "short": row.get("short") or "",
                "aliases": row.get("aliases") or [],
                "kind": row["kind"],
                "country": row.get("country") or "",
                "synthetic": row["synthetic"],
            },
        )
        if created:
            audit.record(
                SYSTEM, "organisations.organisation.load", organisation, after={"slug": organisation.slug}
            )
        found[row["key"]] = organisation
    return found


@transaction.atomic
def _people(organisations: dict[str, Organisation], password: str) -> dict[str, User]:
    from allauth.account.models import EmailAddress

    found = {}
    secret = make_password(password)
    for row in read("people.yaml")["people"]:
        administrator = "administrator" in row["roles"] and not row.get("organisation")
        user, created = User.objects.get_or_create(
            email=row["email"],
            defaults={
                "name": row["name"],
                "password": secret,
                "is_staff": administrator,
                "is_superuser": administrator,
            },
        )
        found[row["key"]] = user
        if not created:
            continue
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        if row.get("organisation"):
            for role in row["roles"]:
                Membership.objects.create(
                    user=user,
                    organisation=organisations[row["organisation"]],
                    role=role,
                    since=datetime.date(2022, 1, 1),
                )
    return found


class _Loader:
    """Turns one plan file into rows, with a citation of the restated document for each value."""

    def __init__(self, data: dict[str, Any], organisations: dict[str, Organisation]) -> None:
        self.data = data
        self.organisations = organisations
        self.names = {row["key"]: row for row in read("organisations.yaml")["organisations"]}
        target_groups = yaml.safe_load((REFERENCE / "target_groups.yaml").read_text(encoding="utf-8"))
        self.groups = [group for heading in target_groups["groups"] for group in heading["target_groups"]]
        self.provisions = {
            (p.instrument.code, p.number): p for p in Provision.objects.select_related("instrument")
        }
        self.citations: list[Citation] = []

    def load(self) -> Plan:
        if existing := Plan.objects.filter(slug=self.data["key"]).first():
            return existing
        titles: dict[str, list[tuple[str, str]]] = {}
        for (code, number), provision in self.provisions.items():
            titles.setdefault(code, []).append((number, provision.title.shown("en").words))
        sheet = restate(self.data, self.names, self.groups, titles)
        document = documents.store(SYSTEM, file=sheet.text.encode(), name=f"{self.data['key']}-restated.md")
        with transaction.atomic():
            return self._rows(sheet, document)

    def _rows(self, sheet: Sheet, document: Document) -> Plan:
        data = self.data
        plan = Plan.objects.create(
            slug=data["key"],
            kind=data["kind"],
            title=text(data["title"]),
            short_title=text(data["short_title"]),
            owner=self.organisations[data["owners"][0]],
            country=data.get("country") or "",
            area=text(data.get("area")),
            language=data["language"],
            published_on=data.get("published"),
            period_start=data.get("period_start"),
            period_end=data.get("period_end"),
            source=text(data["source"]["name"]),
            note=text(data["source"].get("note")),
            synthetic=data["synthetic"],
        )
        plan.co_owners.set(self.organisations[key] for key in data["owners"][1:])
        plan.consulted.set(self.organisations[key] for key in data.get("consulted") or [])
        plan.instruments.set(Instrument.objects.filter(code__in=data["instruments"]))
        content = json.loads(json.dumps(data, cls=DjangoJSONEncoder))
        self.edition = Edition.objects.create(
            plan=plan,
            number=1,
            document=document,
            file_name=f"{data['key']}-restated.md",
            content=content,
            content_hash=hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest(),
            published_at=clock.now(),
        )
        self.sheet, self.full = sheet, sheet.text
        if data["kind"] == "action-plan":
            self._provisions(plan)
        else:
            self._measures(plan)
        Citation.objects.bulk_create(self.citations)
        audit.record(SYSTEM, "plans.plan.load", plan, after={"slug": plan.slug, "document": document.sha256})
        return plan

    def _provisions(self, plan: Plan) -> None:
        code = self.data["instruments"][0]
        for position, row in enumerate(self.data["provisions"]):
            number = str(row["number"])
            provision = self.provisions[code, number]
            measure = Measure.objects.create(
                plan=plan, number=number, position=position, title=provision.title, summary=provision.text
            )
            Tick.objects.create(
                measure=measure,
                group=Tick.Group.PROVISION,
                code=f"{code}:{number}",
                provision=provision,
                ticked=True,
            )
            self._cite(measure, "title", f"tick:{code}:{number}", "title")
            self._actions(measure, row)

    def _measures(self, plan: Plan) -> None:
        blocks = {
            row["key"]: Block.objects.create(
                plan=plan, number=str(row["number"]), position=position, title=text(row["title"])
            )
            for position, row in enumerate(self.data.get("blocks") or [])
        }
        for position, row in enumerate(self.data["measures"]):
            measure = Measure.objects.create(
                plan=plan,
                block=blocks.get(row.get("block")),
                number=str(row["number"]),
                position=position,
                title=text(row["title"]),
                summary=text(row["rationale"]),
            )
            self._cite(measure, "title", "title")
            for index, name in enumerate(LABELS):
                words = text(row[name]) if name in ("rationale", "objectives") else Text()
                Section.objects.create(measure=measure, name=name, position=index, text=words)
                self._cite(measure, f"section:{name}", f"section:{name}")
            self._tick_rows(measure, row)
            self._actions(measure, row)
            self._bodies(measure, row)
            self._funding(measure, row)
            for note in row.get("later") or []:
                Note.objects.create(
                    measure=measure,
                    date=note["date"],
                    text=text(note["text"]),
                    source=note["source"],
                    url=note.get("url") or "",
                )

    def _tick_rows(self, measure: Measure, row: dict[str, Any]) -> None:
        position = 0
        known = {group.key: group for group in TargetGroup.objects.all()}
        for name in ("priorities", "subsystem", "scope", "beneficiaries"):
            titles = {
                code: [(n, "") for c, n in self.provisions if c == code] for code, _n in self.provisions
            }
            for code, _label, ticked in tick_rows(name, row, self.groups, titles):
                kind, _sep, rest = code.partition(":")
                provision = self.provisions.get((kind, rest))
                Tick.objects.create(
                    measure=measure,
                    group=Tick.Group.PROVISION if provision else kind,
                    code=code if provision else rest,
                    position=position,
                    provision=provision,
                    target_group=known[rest] if kind == "target" else None,
                    ticked=ticked,
                )
                position += 1
                self._cite(measure, f"tick:{code}", f"tick:{code}")

    def _actions(self, measure: Measure, row: dict[str, Any]) -> None:
        actions = {}
        for position, data in enumerate(row.get("actions") or []):
            precision = data.get("precision") or ""
            action = Action.objects.create(
                measure=measure,
                position=position,
                title=text(data["title"]),
                text=text(data.get("text")),
                start=data.get("start"),
                due=data.get("end"),
                start_precision=precision if data.get("start") else "",
                due_precision=precision if data.get("end") else "",
                date_note=text(data.get("date_note")),
                recurrence=_duration(data.get("recurrence")),
            )
            actions[data["key"]] = action
            self._cite(measure, f"action:{action.pk}", f"action:{data['key']}")
        for position, data in enumerate(row.get("milestones") or []):
            milestone = Milestone.objects.create(
                measure=measure,
                action=actions.get(data.get("action")),
                position=position,
                title=text(data["title"]),
                due=data.get("due"),
                due_precision=data.get("precision") or "",
                date_note=text(data.get("date_note")),
            )
            self._cite(measure, f"milestone:{milestone.pk}", f"milestone:{data['key']}")

    def _bodies(self, measure: Measure, row: dict[str, Any]) -> None:
        for position, data in enumerate(row.get("bodies") or []):
            organisation = self.organisations[data["organisation"]]
            body = MeasureBody.objects.create(
                measure=measure,
                organisation=organisation,
                name=organisation.name.shown("en").words,
                role=data["role"],
                position=position,
            )
            self._cite(measure, f"body:{body.pk}", f"body:{position}")

    def _funding(self, measure: Measure, row: dict[str, Any]) -> None:
        for position, data in enumerate(row.get("funding") or []):
            line = FundingLine.objects.create(
                measure=measure,
                position=position,
                text=text(data.get("note")) or Text.of(funding_words(data)),
                amount=data.get("amount"),
                currency=data.get("currency") or "EUR",
                period=data.get("period") or "",
                approximate=bool(data.get("approximate")),
                maximum=bool(data.get("maximum")),
                year=data.get("year"),
                programme=data.get("programme") or "",
            )
            self._cite(measure, f"funding:{line.pk}", f"funding:{data['key']}")

    def _cite(self, measure: Measure, subject: str, *places: str) -> None:
        for place in places:
            if (span := self.sheet.spans.get((measure.number, place))) is None:
                continue
            start, end = span
            self.citations.append(
                Citation(
                    measure=measure,
                    edition=self.edition,
                    subject=subject,
                    quote=self.full[start:end],
                    anchor={"start": start, "end": end},
                )
            )
            return


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


def _duration(recurrence: dict[str, Any] | None) -> str:
    return f"P{recurrence['every']}Y" if recurrence else ""


@transaction.atomic
def _progress(data: dict[str, Any], people: dict[str, User]) -> None:
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


def upload_documents() -> Iterator[Path]:
    """Yield the plan documents that are ready to be uploaded at the desk."""
    yield from sorted(DOCUMENTS.glob("*.md"))
