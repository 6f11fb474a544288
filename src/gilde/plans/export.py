"""A whole plan as data: one JSON document, or one CSV file for each table in a ZIP. See docs/api.md.

What is not public is left out for who may not see it; who wrote and decided is left out for everybody.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import Q, QuerySet

from gilde.core import downloads
from gilde.core.access import Actor
from gilde.core.text import Text
from gilde.core.uris import uri
from gilde.plans.access import visible_evidence, visible_updates
from gilde.plans.measured import visible_links, visible_provision_links
from gilde.plans.models import (
    Action,
    Block,
    Citation,
    Edition,
    FundingLine,
    Measure,
    MeasureBody,
    Milestone,
    Note,
    Plan,
    Report,
    Section,
    Spending,
    Tick,
)

FORMAT = "gilde.plan-export"
VERSION = 1
Row = Mapping[str, Any]
# The oldest day that a ZIP can hold: files of the same data are the same bytes.
_ZIP_DAY = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Table:
    """One table of the export: its rows as mappings of plain values and texts, in a fixed order."""

    name: str
    columns: tuple[str, ...]
    rows: list[dict[str, Any]]


def tables(actor: Actor, plan: Plan) -> list[Table]:
    """Return every table of the plan as far as the actor may see it, from one query a table."""
    of_plan = {"measure__plan": plan}
    by_measure = ("measure__position", "measure__number")
    found: list[tuple[str, QuerySet[Any], dict[str, str]]] = [
        (
            "plans",
            Plan.objects.filter(pk=plan.pk),
            _same("id slug kind state title short_title country area language published_on period_start")
            | _same("period_end source synthetic progress_synthetic version")
            | {"owner": "owner__slug"},
        ),
        (
            "instruments",
            plan.instruments.order_by("code"),
            _same("id code kind title short_title adopted url"),
        ),
        (
            "blocks",
            Block.objects.filter(plan=plan).order_by("position", "number"),
            _same("number title position"),
        ),
        (
            "measures",
            Measure.objects.filter(plan=plan).order_by("position", "number"),
            _same("id number position title summary dropped_in version") | {"block": "block__number"},
        ),
        ("sections", _rows(Section, of_plan, *by_measure, "position"), _measure("name position text")),
        (
            "ticks",
            _rows(Tick, of_plan, *by_measure, "group", "position"),
            _measure("group code ticked") | {"provision": "provision_id"},
        ),
        (
            "bodies",
            _rows(MeasureBody, of_plan, *by_measure, "position"),
            _measure("name role") | {"organisation": "organisation__slug"},
        ),
        (
            "funding",
            _rows(FundingLine, of_plan, *by_measure, "position"),
            _measure("id text amount currency period approximate maximum year programme"),
        ),
        (
            "spending",
            Spending.objects.filter(line__measure__plan=plan).order_by("date", "pk"),
            _same("kind amount date note synthetic") | {"line": "line_id", "currency": "line__currency"},
        ),
        (
            "actions",
            _rows(Action, of_plan, *by_measure, "position"),
            _measure(
                "id position title text start start_precision due due_precision date_note recurrence state"
            )
            | _same("started_on finished_on reported_on dropped_because version")
            | {"responsible": "responsible__slug"},
        ),
        (
            "milestones",
            _rows(Milestone, of_plan, *by_measure, "position"),
            _measure("id position title due due_precision date_note state met_on missed_because version")
            | {"action": "action_id"},
        ),
        (
            "evidence",
            visible_evidence(actor).filter(**of_plan).order_by(*by_measure, "date", "pk"),
            _measure(
                "id kind title date state submitted_at decided_at file_name url retrieved_on figure unit"
            )
            | _same("synthetic version")
            | {"action": "action_id", "milestone": "milestone_id", "sha256": "document__sha256"},
        ),
        (
            "updates",
            visible_updates(actor).filter(**of_plan).order_by(*by_measure, "date", "pk"),
            _measure("id date text new_state state submitted_at decided_at synthetic version")
            | {"action": "action_id"},
        ),
        (
            "indicators",
            visible_links(actor).filter(**of_plan).order_by(*by_measure, "position", "pk"),
            _measure("area note") | {"indicator": "indicator__code", "uri": "indicator_id"},
        ),
        (
            "article_indicators",
            visible_provision_links(actor)
            .filter(provision__instrument__plans=plan)
            .order_by("provision__instrument__code", "provision__position", "indicator__code"),
            {
                "instrument": "provision__instrument__code",
                "article": "provision__number",
                "indicator": "indicator__code",
                "uri": "indicator_id",
            },
        ),
        ("notes", _rows(Note, of_plan, *by_measure, "date"), _measure("date text source url")),
        (
            "citations",
            _rows(Citation, of_plan, *by_measure, "subject"),
            _measure("subject quote anchor") | {"edition": "edition__number"},
        ),
        (
            "editions",
            Edition.objects.filter(plan=plan).order_by("number"),
            _same("number file_name content_hash published_at") | {"sha256": "document__sha256"},
        ),
        (
            "reports",
            Report.objects.filter(plan=plan).order_by("as_of", "made_at"),
            _same("id as_of language made_at content_hash"),
        ),
    ]
    return [
        Table(
            name,
            tuple(columns),
            [
                _addressed(dict(zip(columns, row, strict=True)))
                for row in queryset.values_list(*columns.values()).iterator(chunk_size=2000)
            ],
        )
        for name, queryset, columns in found
    ]


def _addressed(row: dict[str, Any]) -> dict[str, Any]:
    """The row with the stable address of the indicator that it names by its key."""
    return {**row, "uri": uri("indicator", row["uri"])} if "uri" in row else row


def _rows(model: Any, where: Mapping[str, Any], *order: str) -> Any:
    return model._default_manager.filter(Q(**where)).order_by(*order, "pk")


def _same(names: str) -> dict[str, str]:
    return {name: name for name in names.split()}


def _measure(names: str) -> dict[str, str]:
    return {"measure": "measure__number", **_same(names)}


def as_json(actor: Actor, plan: Plan) -> dict[str, Any]:
    """Return the whole plan: texts in all their languages, amounts as exact text, null for unknown."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "plan": plan.slug,
        "tables": {
            table.name: [{name: _value(value) for name, value in row.items()} for row in table.rows]
            for table in tables(actor, plan)
        },
    }


def as_zip(actor: Actor, plan: Plan) -> bytes:
    """Return a ZIP with a CSV file for each table; a text has a column for each language that it is in."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in tables(actor, plan):
            content = "".join(downloads.write_csv(table.name, _columns(table), iter(table.rows)))
            entry = zipfile.ZipInfo(f"{plan.slug}/{table.name}.csv", _ZIP_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return buffer.getvalue()


def _columns(table: Table) -> list[tuple[str, Callable[[Row], object]]]:
    columns: list[tuple[str, Callable[[Row], object]]] = []
    for name in table.columns:
        texts = [row[name] for row in table.rows if isinstance(row[name], Text)]
        if not texts:
            columns.append((name, partial(_cell, name)))
            continue
        for code in sorted({code for text in texts for code in text.words}) or ["en"]:
            columns.append((f"{name}_{code}", partial(_words, name, code)))
    return columns


def _cell(name: str, row: Row) -> object:
    return downloads.plain(_value(row[name]))


def _words(name: str, code: str, row: Row) -> object:
    return row[name].words.get(code, "")


def _value(value: Any) -> Any:
    """A value as JSON carries it: exact text for decimals, ISO 8601 for days and moments."""
    if isinstance(value, Text):
        return value.as_json()
    if value is None or isinstance(value, bool | int | str | dict | list):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
