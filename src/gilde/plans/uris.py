"""The kinds of plans that have a stable address; `linked.py` says what these give to machines."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse

from gilde.core.access import Actor
from gilde.core.uris import register
from gilde.organisations.public import Organisation
from gilde.plans import linked
from gilde.plans.access import visible_actions, visible_measures, visible_milestones, visible_plans
from gilde.plans.models import Action, Instrument, Measure, Milestone, Plan, Provision, Report
from gilde.plans.services.reports import visible_reports


def _plan(actor: Actor, key: UUID) -> Plan | None:
    return visible_plans(actor).select_related("owner").filter(pk=key).first()


def _measure(actor: Actor, key: UUID) -> Measure | None:
    return visible_measures(actor).select_related("plan").filter(pk=key).first()


def _action(actor: Actor, key: UUID) -> Action | None:
    return visible_actions(actor).select_related("measure__plan").filter(pk=key).first()


def _milestone(actor: Actor, key: UUID) -> Milestone | None:
    return visible_milestones(actor).select_related("measure__plan").filter(pk=key).first()


def _instrument(actor: Actor, key: UUID) -> Instrument | None:
    return Instrument.objects.filter(pk=key).first()


def _provision(actor: Actor, key: UUID) -> Provision | None:
    return Provision.objects.select_related("instrument").filter(pk=key).first()


def _report(actor: Actor, key: UUID) -> Report | None:
    found: QuerySet[Report] = visible_reports(actor).select_related("plan").defer("content")
    return found.filter(pk=key).first()


def _organisation(actor: Actor, key: UUID) -> Organisation | None:
    return Organisation.objects.filter(pk=key).first()


register("plan", find=_plan, page=lambda plan: reverse("plans:plan", args=[plan.slug]), data=linked.plan_data)
register(
    "measure",
    find=_measure,
    page=lambda measure: reverse("plans:measure", args=[measure.plan.slug, measure.number]),
    data=linked.measure_data,
)
register(
    "action",
    find=_action,
    page=lambda action: reverse("plans:action", args=[action.pk]),
    data=linked.action_data,
)
register(
    "milestone",
    find=_milestone,
    page=lambda milestone: reverse("plans:milestone", args=[milestone.pk]),
    data=linked.milestone_data,
)
register(
    "instrument",
    find=_instrument,
    page=lambda instrument: reverse("plans:instrument", args=[instrument.code]),
    data=linked.instrument_data,
)
register(
    "provision",
    find=_provision,
    page=lambda provision: reverse("plans:article", args=[provision.instrument.code, provision.number]),
    data=linked.provision_data,
)
register(
    "report",
    find=_report,
    page=lambda report: reverse("plans:report", args=[report.plan.slug, report.pk]),
    data=linked.report_data,
)
# Organisations are named by everything here; what they are is public. Their own context may take this over.
register(
    "organisation",
    find=_organisation,
    page=lambda organisation: reverse("organisations:page", args=[organisation.slug]),
    data=linked.organisation_data,
)
