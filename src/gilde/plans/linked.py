"""Plans as linked data: JSON-LD whose terms are in `vocabulary.py`; a test checks that each one is there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from gilde.core.text import Text
from gilde.indicators.public import Indicator
from gilde.organisations.public import Organisation
from gilde.plans.identifiers import uri, uri_of
from gilde.plans.models import (
    Action,
    Citation,
    Evidence,
    FundingLine,
    Instrument,
    Measure,
    MeasureIndicator,
    Milestone,
    Plan,
    Provision,
    ProvisionIndicator,
    Report,
)
from gilde.plans.vocabulary import context_address

Json = dict[str, Any]

_STATUS: Final = {
    Action.State.PLANNED: "potential",
    Action.State.UNDER_WAY: "active",
    Action.State.DONE: "completed",
    Action.State.DROPPED: "failed",
}


def plan_data(plan: Plan) -> Json:
    """Return a plan with the addresses of its measures."""
    kept = plan.measures.filter(dropped_in=None).order_by("position", "number").values_list("pk", flat=True)
    years = [str(year) if year else ".." for year in (plan.period_start, plan.period_end)]
    return _clean(
        {
            "@context": context_address(),
            "@type": "Plan",
            "identifier": plan.slug,
            "type": plan.kind,
            "title": _words(plan.title),
            "shortTitle": _words(plan.short_title),
            "publisher": [uri_of(plan.owner), *(uri_of(owner) for owner in plan.co_owners.order_by("slug"))],
            "consulted": [uri_of(body) for body in plan.consulted.order_by("slug")],
            "answersTo": [uri_of(each) for each in plan.instruments.order_by("code")],
            "country": plan.country,
            "spatial": _words(plan.area),
            "language": plan.language,
            "issued": _day(plan.published_on),
            "temporal": "/".join(years) if set(years) != {".."} else None,
            "source": _words(plan.source),
            "hasPart": [uri("measure", key) for key in kept],
            "page": _page("plans:plan", plan.slug),
            "synthetic": plan.synthetic,
            "progressSynthetic": plan.progress_synthetic,
        }
    )


def measure_data(measure: Measure) -> Json:
    """Return a measure with its actions, tick boxes, money, approved evidence and places in the document."""
    boxes = list(measure.ticks.exclude(provision=None).order_by("position", "pk"))

    def with_state(state: bool | None) -> list[str]:
        return [
            uri("provision", box.provision_id) for box in boxes if box.ticked is state and box.provision_id
        ]

    return _clean(
        {
            "@context": context_address(),
            "@type": "Measure",
            "number": measure.number,
            "title": _words(measure.title),
            "description": _words(measure.summary),
            "isPartOf": uri_of(measure.plan),
            "agent": [uri("organisation", key) for key in _bodies(measure)],
            "ticks": with_state(True),
            "doesNotTick": with_state(False),
            "unknownTick": with_state(None),
            "hasPart": [
                *(_action(action) for action in measure.actions.order_by("position", "pk")),
                *(_milestone(milestone) for milestone in measure.milestones.order_by("position", "pk")),
            ],
            "funding": [_funding(line) for line in measure.funding.order_by("position", "pk")],
            "evidence": _evidence(measure.evidence.filter(state="approved").select_related("document")),
            "measuredBy": _indicators(
                MeasureIndicator.objects.filter(measure=measure).order_by("position", "pk")
            ),
            "citation": _citations(measure.citations.order_by("subject", "pk")),
            "page": _page("plans:measure", measure.plan.slug, measure.number),
            "synthetic": measure.plan.synthetic,
        }
    )


def action_data(action: Action) -> Json:
    """Return an action with its approved evidence."""
    approved = action.evidence.filter(state="approved").select_related("document")
    found = {**_action(action), "isPartOf": uri_of(action.measure), "evidence": _evidence(approved)}
    return _clean({"@context": context_address(), **found, "page": _page("plans:action", action.pk)})


def milestone_data(milestone: Milestone) -> Json:
    """Return a milestone with its approved evidence."""
    approved = milestone.evidence.filter(state="approved").select_related("document")
    found = {**_milestone(milestone), "isPartOf": uri_of(milestone.measure), "evidence": _evidence(approved)}
    return _clean({"@context": context_address(), **found, "page": _page("plans:milestone", milestone.pk)})


def instrument_data(instrument: Instrument) -> Json:
    """Return an instrument with the addresses of its provisions."""
    parts = instrument.provisions.order_by("position").values_list("pk", flat=True)
    return _clean(
        {
            "@context": context_address(),
            "@type": "Instrument",
            "identifier": instrument.code,
            "type": instrument.kind,
            "title": _words(instrument.title),
            "shortTitle": _words(instrument.short_title),
            "issued": _day(instrument.adopted),
            "sameAs": instrument.url,
            "hasPart": [uri("provision", key) for key in parts],
            "page": _page("plans:instrument", instrument.code),
        }
    )


def provision_data(provision: Provision) -> Json:
    """Return a provision, in our own short words."""
    return _clean(
        {
            "@context": context_address(),
            "@type": "Provision",
            "number": provision.number,
            "title": _words(provision.title),
            "description": _words(provision.text),
            "isPartOf": uri_of(provision.instrument),
            "measuredBy": _indicators(
                ProvisionIndicator.objects.filter(provision=provision).order_by("indicator__code")
            ),
            "page": _page("plans:article", provision.instrument.code, provision.number),
        }
    )


def report_data(report: Report) -> Json:
    """Return what a progress report is about, and the hash of what it says."""
    return _clean(
        {
            "@context": context_address(),
            "@type": "Report",
            "subject": uri_of(report.plan),
            "date": _day(report.as_of),
            "language": report.language,
            "generatedAt": report.made_at.isoformat(),
            "contentHash": report.content_hash,
            "page": _page("plans:report", report.plan.slug, report.pk),
        }
    )


def organisation_data(organisation: Organisation) -> Json:
    """Return who an organisation is."""
    return _clean(
        {
            "@context": context_address(),
            "@type": "Organization",
            "identifier": organisation.slug,
            "type": organisation.kind,
            "name": _words(organisation.name),
            "country": organisation.country,
            "url": organisation.website,
            "page": _page("organisations:page", organisation.slug),
            "synthetic": organisation.synthetic,
        }
    )


def _action(action: Action) -> Json:
    return _clean(
        {
            "@id": uri_of(action),
            "@type": "Action",
            "title": _words(action.title),
            "description": _words(action.text),
            "agent": uri("organisation", action.responsible_id) if action.responsible_id else None,
            "actionStatus": _STATUS[Action.State(action.state)],
            "scheduledStart": _day(action.start),
            "due": _day(action.due),
            "duePrecision": action.due_precision,
            "recurrence": action.recurrence,
            "startTime": _day(action.started_on),
            "endTime": _day(action.finished_on),
            "droppedBecause": action.dropped_because,
        }
    )


def _milestone(milestone: Milestone) -> Json:
    return _clean(
        {
            "@id": uri_of(milestone),
            "@type": "Milestone",
            "title": _words(milestone.title),
            "due": _day(milestone.due),
            "duePrecision": milestone.due_precision,
            "milestoneState": milestone.state,
            "endTime": _day(milestone.met_on),
        }
    )


def _funding(line: FundingLine) -> Json:
    return _clean(
        {
            "@type": "MonetaryAmount",
            "description": _words(line.text),
            "amount": None if line.amount is None else str(line.amount),
            "currency": line.currency if line.amount is not None else None,
            "fundingPeriod": line.period,
        }
    )


def _evidence(rows: Iterable[Evidence]) -> list[Json]:
    return [
        _clean(
            {
                "@type": "Evidence",
                "title": _words(row.title),
                "date": _day(row.date),
                "url": row.url,
                "sha256": row.document.sha256 if row.document else None,
                "value": None if row.figure is None else str(row.figure),
                "unit": row.unit,
                "synthetic": row.synthetic,
            }
        )
        for row in rows
    ]


def _indicators(links: QuerySet[Any]) -> list[str]:
    """The addresses of the published indicators among those that are linked, each once."""
    published = links.filter(indicator__state=Indicator.State.PUBLISHED)
    return list(dict.fromkeys(uri("indicator", key) for key in published.values_list("indicator", flat=True)))


def _citations(rows: Iterable[Citation]) -> list[Json]:
    return [
        _clean({"@type": "Quotation", "about": row.subject, "quote": row.quote, "anchor": row.anchor})
        for row in rows
    ]


def _bodies(measure: Measure) -> list[Any]:
    bodies = measure.bodies.exclude(organisation=None).order_by("position", "pk")
    return list(dict.fromkeys(bodies.values_list("organisation", flat=True)))


def _words(text: Text) -> dict[str, str]:
    return {code: words for code, words in text.words.items() if words}


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _page(name: str, *arguments: object) -> str:
    return f"{settings.SITE_URL}{reverse(name, args=arguments)}"


def _clean(data: Json) -> Json:
    """Leave out what is not known: in linked data what is not said is unknown, while empty says something."""
    return {name: value for name, value in data.items() if value not in (None, "", [], {})}
