"""The snapshot: everything that a report says, as plain JSON, in one language, with its SHA-256."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone, translation

from gilde.core.models import Document
from gilde.core.text import Text
from gilde.organisations.public import Organisation
from gilde.plans.identifiers import uri_of
from gilde.plans.measured import Linked
from gilde.plans.models import Action, Citation, Evidence, Milestone, Plan, Report, Tick, Update
from gilde.plans.report import coverage, judged, measured, money
from gilde.plans.report.asof import MeasureRows, Standing, local_day, standing
from gilde.plans.report.changes import changes
from gilde.plans.report.words import definitions, limit_sentences, words
from gilde.plans.signals import Signals, is_late, is_stale

FORMAT = "gilde.progress-report"
VERSION = 1

Json = dict[str, Any]


def content_hash(content: Json) -> str:
    """Return the SHA-256 of a snapshot: of its JSON in UTF-8, keys sorted, without spaces."""
    return hashlib.sha256(
        json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    ).hexdigest()


def snapshot(
    plan: Plan, *, as_of: date, language: str, made_at: datetime, previous: Report | None = None
) -> Json:
    """Return the whole progress of a plan as of the end of a day, in the words of `language` where it can."""
    rows = standing(plan, as_of)
    links = measured.linked_to(plan, measured.until(as_of, made_at))
    rows.limits["indicators"] += sum(map(len, links.values()))
    with translation.override(language):
        of_measures = {
            row.measure.pk: judged.signals_of(
                row, as_of, measured.signal(links.get(row.measure.pk, ()), as_of)
            )
            for row in rows.measures
        }
        of_plan = sum((of_measures[r.measure.pk] for r in rows.measures if not r.dropped), Signals())
        measures = [
            _measure(row, of_measures[row.measure.pk], links.get(row.measure.pk, ()), as_of, language)
            for row in rows.measures
        ]
        found: Json = {
            "format": FORMAT,
            "version": VERSION,
            "language": language,
            "as_of": as_of.isoformat(),
            "made_at": timezone.localtime(made_at).replace(microsecond=0).isoformat(),
            "plan": _plan(rows, language),
            "blocks": [
                {"number": block.number, "title": said(block.title, language)} for block in rows.blocks
            ],
            "measures": measures,
            "figures": judged.figures(of_plan, [m for m in measures if not m["dropped"]], as_of),
            "signals": judged.as_json(of_plan, as_of, language),
            "money": money.totals(measures),
            "coverage": coverage.of(rows, measures, language),
            "previous": _previous(previous),
            "sources": {
                "documents": _documents(rows),
                "citations": [_citation(row, each) for row in rows.measures for each in row.citations],
                "definitions": definitions(as_of),
            },
            "limits": limit_sentences(rows.limits, as_of, local_day(made_at) or as_of),
            "words": words(),
        }
        found["changes"] = changes(previous.content, found) if previous else None
    # Through JSON and back, so that what is hashed and shown now is what the database gives back later.
    plain: Json = json.loads(json.dumps(found))
    return plain


def said(text: Text | str, language: str) -> Json:
    """Return the words for readers of `language`, with the language that they really are in."""
    shown = (text if isinstance(text, Text) else Text.of(text, language)).shown(language)
    return {"text": shown.words, "lang": shown.language}


def day_of(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _named(organisation: Organisation, language: str) -> Json:
    return {
        "id": str(organisation.pk),
        "uri": uri_of(organisation),
        "name": said(organisation.name, language),
        "short": organisation.short,
    }


def _plan(rows: Standing, language: str) -> Json:
    plan, edition = rows.plan, rows.edition
    return {
        "id": str(plan.pk),
        "uri": uri_of(plan),
        "slug": plan.slug,
        "kind": plan.kind,
        "kind_label": str(plan.get_kind_display()),
        "title": said(plan.title, language),
        "short_title": said(plan.short_title, language),
        "owners": [_named(owner, language) for owner in [plan.owner, *plan.co_owners.order_by("slug")]],
        "consulted": [_named(body, language) for body in plan.consulted.order_by("slug")],
        "instruments": [
            {
                "code": each.code,
                "uri": uri_of(each),
                "title": said(each.title, language),
                "short_title": said(each.short_title, language),
                "url": each.url,
            }
            for each in rows.instruments
        ],
        "country": plan.country,
        "area": said(plan.area, language),
        "document_language": plan.language,
        "published_on": day_of(plan.published_on),
        "period": [plan.period_start, plan.period_end],
        "source": said(plan.source, language),
        "synthetic": plan.synthetic,
        "progress_synthetic": plan.progress_synthetic,
        "edition": None
        if edition is None
        else {
            "number": edition.number,
            "published_on": day_of(local_day(edition.published_at)),
            "content_hash": edition.content_hash,
        },
    }


def _measure(row: MeasureRows, found: Signals, links: Iterable[Linked], day: date, language: str) -> Json:
    measure = row.measure
    return {
        "id": str(measure.pk),
        "uri": uri_of(measure),
        "number": measure.number,
        "title": said(measure.title, language),
        "summary": said(measure.summary, language),
        "block": measure.block.number if measure.block else None,
        "dropped": row.dropped,
        "signals": judged.as_json(found, day, language),
        "actions": [_action(action, day, language) for action in row.actions],
        "milestones": [_milestone(milestone, day, language) for milestone in row.milestones],
        "updates": [_update(update, language) for update in row.updates],
        "evidence": [_evidence(evidence, language) for evidence in row.evidence],
        "indicators": [measured.as_json(link, day, language) for link in links],
        "money": money.lines(row, language),
        "ticks": [_tick(tick, language) for tick in row.ticks],
        "bodies": [
            {
                "name": said(body.organisation.name, language)
                if body.organisation
                else {"text": body.name, "lang": measure.plan.language},
                "role": body.role,
                "role_label": str(body.get_role_display()),
                "organisation": str(body.organisation_id) if body.organisation_id else None,
            }
            for body in row.bodies
        ],
        "notes": [
            {
                "date": note.date.isoformat(),
                "text": said(note.text, language),
                "source": note.source,
                "url": note.url,
            }
            for note in row.notes
        ],
        "citations": len(row.citations),
    }


def _action(action: Action, day: date, language: str) -> Json:
    return {
        "id": str(action.pk),
        "uri": uri_of(action),
        "title": said(action.title, language),
        "responsible": said(action.responsible.name, language) if action.responsible else None,
        "start": day_of(action.start),
        "start_precision": action.start_precision,
        "due": day_of(action.due),
        "due_precision": action.due_precision,
        "date_note": said(action.date_note, language),
        "recurrence": action.recurrence,
        "state": action.state,
        "late": is_late(action, day),
        "stale": is_stale(action, day),
        "undated": judged.is_undated(action),
        "started_on": day_of(action.started_on),
        "finished_on": day_of(action.finished_on),
        "reported_on": day_of(action.reported_on),
        "dropped_because": action.dropped_because,
    }


def _milestone(milestone: Milestone, day: date, language: str) -> Json:
    return {
        "id": str(milestone.pk),
        "uri": uri_of(milestone),
        "title": said(milestone.title, language),
        "action": str(milestone.action_id) if milestone.action_id else None,
        "due": day_of(milestone.due),
        "due_precision": milestone.due_precision,
        "date_note": said(milestone.date_note, language),
        "state": milestone.state,
        "late": judged.is_overdue(milestone, day),
        "met_on": day_of(milestone.met_on),
        "missed_because": milestone.missed_because,
    }


def _update(update: Update, language: str) -> Json:
    return {
        "id": str(update.pk),
        "date": update.date.isoformat(),
        "approved_on": day_of(local_day(update.decided_at)),
        "action": said(update.action.title, language) if update.action else None,
        "text": said(update.text, language),
        "synthetic": update.synthetic,
    }


def _evidence(evidence: Evidence, language: str) -> Json:
    shows = evidence.milestone or evidence.action
    return {
        "id": str(evidence.pk),
        "kind": evidence.kind,
        "title": said(evidence.title, language),
        "date": evidence.date.isoformat(),
        "approved_on": day_of(local_day(evidence.decided_at)),
        "action": str(evidence.action_id) if evidence.action_id else None,
        "milestone": str(evidence.milestone_id) if evidence.milestone_id else None,
        "shows": said(shows.title, language) if shows else None,
        "file_name": evidence.file_name,
        "sha256": evidence.document.sha256 if evidence.document else None,
        "url": evidence.url,
        "retrieved_on": day_of(evidence.retrieved_on),
        "figure": None if evidence.figure is None else _number(evidence.figure),
        "unit": evidence.unit,
        "synthetic": evidence.synthetic,
    }


def _number(value: Decimal) -> str:
    """A decimal as text, because a JSON number need not be exact, without the zeros that the column adds."""
    return format(value.normalize(), "f")


def _tick(tick: Tick, language: str) -> Json:
    title = tick.provision.title if tick.provision else tick.target_group.name if tick.target_group else None
    return {
        "group": tick.group,
        "code": tick.code,
        "title": said(title, language) if title else None,
        "ticked": tick.ticked,
    }


def _citation(row: MeasureRows, citation: Citation) -> Json:
    document = citation.edition.document
    return {
        "measure": row.measure.number,
        "subject": citation.subject,
        "quote": citation.quote,
        "anchor": citation.anchor,
        "edition": citation.edition.number,
        "sha256": document.sha256 if document else None,
    }


def _documents(rows: Standing) -> list[Json]:
    """Every file that the report rests on, once: the document of the edition, and the files of evidence."""
    found: dict[str, Json] = {}
    edition = rows.edition
    if edition is not None and edition.document is not None:
        found[edition.document.sha256] = _file("plan", edition.file_name, edition.document)
    for evidence in _all_evidence(rows.measures):
        if evidence.document is not None:
            found.setdefault(
                evidence.document.sha256, _file("evidence", evidence.file_name, evidence.document)
            )
    return list(found.values())


def _file(role: str, name: str, document: Document) -> Json:
    return {
        "role": role,
        "name": name or document.name,
        "sha256": document.sha256,
        "media_type": document.media_type,
        "size": document.size,
    }


def _all_evidence(rows: Iterable[MeasureRows]) -> Iterable[Evidence]:
    return (evidence for row in rows for evidence in row.evidence)


def _previous(report: Report | None) -> Json | None:
    if report is None:
        return None
    return {
        "id": str(report.pk),
        "uri": uri_of(report),
        "as_of": report.as_of.isoformat(),
        "made_at": timezone.localtime(report.made_at).replace(microsecond=0).isoformat(),
        "content_hash": report.content_hash,
    }
