"""Plans of the demo world as promised: one plan file becomes rows, with a citation for each value."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import yaml
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from gilde.core import audit, clock, documents
from gilde.core.access import SYSTEM
from gilde.core.models import Document
from gilde.core.text import Text
from gilde.demo.files import read
from gilde.demo.restating import LABELS, Sheet, funding_words, restate, tick_rows
from gilde.organisations.models import Organisation
from gilde.plans.models import (
    Action,
    Block,
    Citation,
    Edition,
    FundingLine,
    Instrument,
    Measure,
    MeasureBody,
    Milestone,
    Note,
    Plan,
    Provision,
    Section,
    TargetGroup,
    Tick,
)
from gilde.plans.services.reference import DATA as REFERENCE
from gilde.plans.services.reference import text


class PlanLoader:
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


def _duration(recurrence: dict[str, Any] | None) -> str:
    return f"P{recurrence['every']}Y" if recurrence else ""
