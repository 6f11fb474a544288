"""What of plans is found, in which language, and by whom."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gilde.core import search
from gilde.core.searching import scopes_of
from gilde.core.text import Text
from gilde.plans.models import Action, Instrument, Plan, Provision
from gilde.plans.services import monitoring
from tests.plans.factories import (
    ActionFactory,
    Cast,
    InstrumentFactory,
    MeasureFactory,
    PlanFactory,
    ProvisionFactory,
    SectionFactory,
)


@pytest.fixture(autouse=True)
def _index(settings: Any, tmp_path: Path) -> None:
    settings.SEARCH_DIR = tmp_path / "search"


@pytest.fixture
def plan(db: None) -> Plan:
    instrument = InstrumentFactory(title=Text.of("Declaration on walnuts"))
    ProvisionFactory(instrument=instrument, title=Text.of("Hazelnuts for all"), number="7")
    plan = PlanFactory(title=Text.of({"en": "Plan of chestnuts", "nl": "Kastanjeplan"}))
    measure = MeasureFactory(plan=plan, number="3.1", title=Text.of({"en": "Almonds", "nl": "Amandelen"}))
    SectionFactory(measure=measure, text=Text.of("Because of pistachios."))
    ActionFactory(measure=measure, title=Text.of("Plant macadamia"), text=Text.of("And pecans."))
    search.rebuild()
    return plan


def found(words: str, actor: Any = None) -> list[tuple[str, str]]:
    scopes = scopes_of(actor) if actor else []
    return [(hit.kind, hit.url) for hit in search.find(words, scopes=scopes).hits]


def test_each_kind_is_found_and_leads_to_its_page(plan: Plan) -> None:
    action, instrument, provision = Action.objects.get(), Instrument.objects.get(), Provision.objects.get()
    measure = f"/plans/{plan.slug}/measures/3.1/"
    assert found("chestnuts") == [("plan", f"/plans/{plan.slug}/")]
    assert ("measure", measure) in found("almonds")
    assert found("pistachios") == [("section", measure)]
    assert found("pecans") == [("action", f"/actions/{action.pk}/")]
    assert ("instrument", f"/instruments/{instrument.code}/") in found("walnuts")
    assert found("hazelnuts") == [("provision", f"/instruments/{instrument.code}/{provision.number}/")]


def test_a_thing_is_found_in_each_of_its_languages(plan: Plan) -> None:
    assert found("kastanjeplan") == found("chestnuts")
    assert ("measure", f"/plans/{plan.slug}/measures/3.1/") in found("amandelen")


def test_what_is_withdrawn_is_found_by_its_owners_only(plan: Plan) -> None:
    cast = Cast.of(plan)
    Plan.objects.update(state="withdrawn")
    search.rebuild()
    for words in ("chestnuts", "almonds", "pistachios", "pecans"):
        assert found(words) == []
        assert found(words, cast.elsewhere) == []
        assert found(words, cast.reader) != []
    assert found("walnuts") != []


@pytest.fixture
def committing(django_capture_on_commit_callbacks: Any) -> Iterator[Any]:
    return django_capture_on_commit_callbacks


def test_a_change_is_found_at_once(plan: Plan, committing: Any) -> None:
    action = Action.objects.get()
    data = monitoring.ActionData(title=Text.of("Plant cashews"), due=date(2026, 1, 1))
    with committing(execute=True):
        monitoring.change_action(
            actor=Cast.of(plan).officer, action=action, version=action.version, data=data
        )
    assert found("cashews") == [("action", f"/actions/{action.pk}/")]
    assert found("macadamia") == []


def test_a_new_action_is_found_at_once(plan: Plan, committing: Any) -> None:
    with committing(execute=True):
        action = monitoring.add_action(
            actor=Cast.of(plan).officer,
            measure=plan.measures.get(),
            data=monitoring.ActionData(title=Text.of("Roast brazil nuts")),
        )
    assert found("brazil") == [("action", f"/actions/{action.pk}/")]


def test_an_event_on_a_plan_brings_all_of_it_up_to_date(plan: Plan, committing: Any) -> None:
    from django.db import transaction

    from gilde.core import audit
    from gilde.core.access import SYSTEM

    with committing(execute=True), transaction.atomic():
        Plan.objects.update(state="withdrawn")
        audit.record(SYSTEM, "plans.plan.withdraw", plan)
    assert [found(words) for words in ("chestnuts", "almonds", "pistachios", "pecans")] == [[], [], [], []]
