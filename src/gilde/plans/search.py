"""What of plans can be found: plans, measures, their sections, actions, instruments and provisions.

Published plans are public; a withdrawn one is found by the organisations that own it only, whose ids are the
scopes of what is theirs. Every change is audited, so the audit events say what has to be brought up to date.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from django.db.models.signals import post_save
from django.dispatch import receiver
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gilde.core import search
from gilde.core.models import AuditEvent
from gilde.core.search import PUBLIC, Entry, searchable
from gilde.core.searching import name_kind
from gilde.core.text import Text
from gilde.plans.models import Action, Edition, Instrument, Measure, Plan, Provision, Section

name_kind("plan", _("Plans"))
name_kind("measure", _("Measures"))
name_kind("section", _("Sections of measures"))
name_kind("action", _("Actions"))
name_kind("instrument", _("Instruments"))
name_kind("provision", _("Articles"))


def _scopes(plan: Plan) -> list[str]:
    if plan.state == Plan.State.PUBLISHED:
        return [PUBLIC]
    return [str(plan.owner_id), *(str(owner.pk) for owner in plan.co_owners.all())]


def _numbered(number: str, text: Text) -> Text:
    return Text(text.source, {code: f"{number} {words}" for code, words in text.words.items()})


def _joined(*texts: Text) -> Text:
    """Texts one after the other, in each language that one of them has."""
    codes = dict.fromkeys(code for text in texts for code in text.words)
    return Text(
        texts[0].source,
        {code: " · ".join(filter(None, (text.words.get(code, "") for text in texts))) for code in codes},
    )


def _some(found: Any, ids: Collection[str] | None) -> Any:
    return found if ids is None else found.filter(pk__in=ids)


@searchable("plan")
def plans(ids: Collection[str] | None) -> Iterator[Entry]:
    """Yield the entries of some or all plans."""
    for plan in _some(Plan.objects.prefetch_related("co_owners"), ids):
        yield Entry(
            id=str(plan.pk),
            kind="plan",
            title=plan.title,
            text=_joined(plan.short_title, plan.area, plan.source),
            url=reverse("plans:plan", args=[plan.slug]),
            visible=_scopes(plan),
        )


@searchable("measure")
def measures(ids: Collection[str] | None) -> Iterator[Entry]:
    """Yield the entries of some or all measures."""
    found = Measure.objects.select_related("plan").prefetch_related("plan__co_owners")
    for measure in _some(found, ids):
        yield Entry(
            id=str(measure.pk),
            kind="measure",
            title=_numbered(measure.number, measure.title),
            text=_joined(measure.summary, measure.plan.short_title),
            url=_page(measure),
            visible=_scopes(measure.plan),
        )


@searchable("section")
def sections(ids: Collection[str] | None) -> Iterator[Entry]:
    """Yield the entries of some or all sections that have a text."""
    found = Section.objects.select_related("measure__plan").prefetch_related("measure__plan__co_owners")
    for section in _some(found, ids):
        if section.text:
            measure = section.measure
            yield Entry(
                id=str(section.pk),
                kind="section",
                title=_numbered(measure.number, measure.title),
                text=section.text,
                url=_page(measure),
                visible=_scopes(measure.plan),
            )


@searchable("action")
def actions(ids: Collection[str] | None) -> Iterator[Entry]:
    """Yield the entries of some or all actions."""
    found = Action.objects.select_related("measure__plan").prefetch_related("measure__plan__co_owners")
    for action in _some(found, ids):
        yield Entry(
            id=str(action.pk),
            kind="action",
            title=action.title,
            text=_joined(action.text, action.date_note, action.measure.title),
            url=reverse("plans:action", args=[action.pk]),
            visible=_scopes(action.measure.plan),
        )


@searchable("instrument")
def instruments(ids: Collection[str] | None) -> Iterator[Entry]:
    """Yield the entries of some or all instruments."""
    for instrument in _some(Instrument.objects.all(), ids):
        yield Entry(
            id=str(instrument.pk),
            kind="instrument",
            title=instrument.title,
            text=_joined(instrument.short_title, instrument.note),
            url=reverse("plans:instrument", args=[instrument.code]),
        )


@searchable("provision")
def provisions(ids: Collection[str] | None) -> Iterator[Entry]:
    """Yield the entries of some or all provisions."""
    for provision in _some(Provision.objects.select_related("instrument"), ids):
        yield Entry(
            id=str(provision.pk),
            kind="provision",
            title=_numbered(provision.number, provision.title),
            text=_joined(provision.text, provision.part, provision.instrument.short_title),
            url=reverse("plans:article", args=[provision.instrument.code, provision.number]),
        )


def _page(measure: Measure) -> str:
    return reverse("plans:measure", args=[measure.plan.slug, measure.number])


@receiver(post_save, sender=AuditEvent, dispatch_uid="plans.search")
def on_event(sender: type[AuditEvent], instance: AuditEvent, **_signal: Any) -> None:
    """Bring up to date in the index what an event tells of, once its transaction is committed."""
    if instance.object_type == "plans.action":
        search.update("action", [instance.object_id])
    elif instance.object_type == "plans.measure":
        _update_measures([UUID(instance.object_id)])
    elif instance.object_type == "plans.plan":
        _update_plan(UUID(instance.object_id))
    elif instance.object_type == "plans.edition":
        plan = Edition.objects.filter(pk=instance.object_id).values_list("plan", flat=True).first()
        if plan is not None:
            _update_plan(plan)
    elif instance.object_type == "plans.instrument":
        search.update("instrument", [instance.object_id])
        articles = Provision.objects.filter(instrument=UUID(instance.object_id))
        search.update("provision", list(articles.values_list("pk", flat=True)))


def _update_plan(plan: UUID) -> None:
    search.update("plan", [plan])
    _update_measures(list(Measure.objects.filter(plan=plan).values_list("pk", flat=True)))


def _update_measures(keys: Collection[UUID]) -> None:
    search.update("measure", keys)
    search.update("section", list(Section.objects.filter(measure__in=keys).values_list("pk", flat=True)))
    search.update("action", list(Action.objects.filter(measure__in=keys).values_list("pk", flat=True)))
