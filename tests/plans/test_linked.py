"""Linked data: every term is defined, and every address answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.db import models
from django.urls import reverse

from gilde.core import clock
from gilde.core.access import SYSTEM
from gilde.core.text import Text
from gilde.core.uris import uri
from gilde.organisations.models import Organisation
from gilde.plans import linked, vocabulary
from gilde.plans.identifiers import KINDS, uri_of
from gilde.plans.models import Action, Measure, Plan
from gilde.plans.services.reports import make_report
from tests.client import GildeClient
from tests.plans.factories import (
    ActionFactory,
    Cast,
    CitationFactory,
    EvidenceFactory,
    MeasureIndicatorFactory,
    MilestoneFactory,
    OrganisationFactory,
    a_plan,
)


@pytest.fixture
def plan(db: None) -> Plan:
    """A plan with something of everything on its first measure."""
    plan = a_plan(measures=2, area=Text.of("Flanders"), source=Text.of("The plan of 2022"))
    plan.consulted.add(OrganisationFactory(website="https://example.org"))
    plan.co_owners.add(OrganisationFactory())
    measure = plan.measures.all()[0]
    measure.bodies.update(organisation=OrganisationFactory())
    ActionFactory(
        measure=measure,
        text=Text.of("What is done."),
        state="dropped",
        responsible=OrganisationFactory(),
        start=date(2025, 1, 1),
        recurrence="P1Y",
    )
    ActionFactory(measure=measure, state="done", started_on=date(2025, 1, 1))
    MilestoneFactory(measure=measure, state="met")
    EvidenceFactory(measure=measure, state="approved")
    EvidenceFactory(measure=measure, state="approved", kind="figure", url="", figure=3, unit="schools")
    CitationFactory(measure=measure)
    MeasureIndicatorFactory(measure=measure)
    MeasureIndicatorFactory(measure=measure, indicator__state="draft")
    return plan


def things(plan: Plan) -> list[models.Model]:
    """One thing of each kind that has an address."""
    measure = plan.measures.all()[0]
    instrument = plan.instruments.get()
    with clock.moved_to(date(2026, 3, 1)):
        report = make_report(actor=SYSTEM, plan=plan, as_of=date(2026, 3, 1), language="en")
    return [
        plan,
        measure,
        *measure.actions.all(),
        measure.milestones.get(),
        instrument,
        instrument.provisions.all()[0],
        report,
        plan.owner,
    ]


def data_of(thing: models.Model) -> dict[str, Any]:
    found: dict[str, Any] = getattr(linked, f"{KINDS[type(thing)]}_data")(thing)
    return found


def expanded(data: Any, context: dict[str, Any]) -> Iterator[str]:
    """Yield the IRI of every key and type and of values that are terms; fail on one that is not defined."""

    def iri(term: str) -> str:
        given = context[term]
        compact = given["@id"] if isinstance(given, dict) else given
        prefix, _colon, rest = compact.partition(":")
        return str(context[prefix]) + rest

    if isinstance(data, list):
        for each in data:
            yield from expanded(each, context)
    if not isinstance(data, dict):
        return
    for key, value in data.items():
        if key == "@type":
            yield iri(value)
        elif not key.startswith("@"):
            yield iri(key)
            shape = context[key] if isinstance(context[key], dict) else {}
            if shape.get("@type") == "@vocab":
                yield iri(value)
            elif shape.get("@container") != "@language" and shape.get("@type") != "@json":
                yield from expanded(value, context)


def test_every_term_that_is_used_is_defined_in_a_known_vocabulary(plan: Plan) -> None:
    context = vocabulary.context()["@context"]
    known = (*vocabulary.PREFIXES.values(), context["gilde"])
    used = {iri for thing in things(plan) for iri in expanded(data_of(thing), context)}
    assert all(iri.startswith(known) for iri in used)
    assert "http://purl.org/dc/terms/title" in used
    assert f"{context['gilde']}unknownTick" in used


def test_an_undefined_key_would_be_noticed() -> None:
    with pytest.raises(KeyError, match="nonsense"):
        list(expanded({"nonsense": 1}, vocabulary.context()["@context"]))


def test_each_of_our_own_terms_says_what_it_means() -> None:
    served = vocabulary.context()
    own = served["@context"]["gilde"]
    defined = {entry["@id"]: entry["rdfs:comment"] for entry in served["@graph"]}
    assert defined == {own + name: meaning for name, meaning in vocabulary.OWN.items()}
    assert all(meaning.endswith(".") for meaning in defined.values())


def test_the_context_is_served_at_the_address_that_the_data_names(client: GildeClient, plan: Plan) -> None:
    address = data_of(plan)["@context"]
    answer = client.get(address.removeprefix(settings.SITE_URL))
    assert answer["Content-Type"] == "application/ld+json"
    assert answer.json() == vocabulary.context()
    assert client.get(reverse("plans:context"), headers={"If-None-Match": answer["ETag"]}).status_code == 304


def test_every_kind_of_thing_answers_its_page_and_its_data(client: GildeClient, plan: Plan) -> None:
    for thing in things(plan):
        path = uri_of(thing).removeprefix(settings.SITE_URL)
        page = client.get(path, headers={"Accept": "text/html"})
        assert page.status_code == 303
        assert client.get(page["Location"]).status_code == 200, page["Location"]
        data = client.get(path, headers={"Accept": "application/ld+json"})
        assert data.json()["@id"] == uri_of(thing)
        assert data.json()["@type"]


def test_the_three_states_of_a_tick_box_are_three_terms(plan: Plan) -> None:
    measure = plan.measures.all()[0]
    data = data_of(measure)
    boxes = measure.ticks.exclude(provision=None)
    for term, state in (("ticks", True), ("doesNotTick", False), ("unknownTick", None)):
        wanted = {uri_of(box.provision) for box in boxes if box.ticked is state and box.provision}
        assert set(data.get(term, [])) == wanted


def test_what_is_unknown_is_left_out_and_an_amount_of_nought_is_not(plan: Plan) -> None:
    measure = plan.measures.all()[0]
    measure.funding.update(amount=None)
    assert "amount" not in data_of(measure)["funding"][0]
    measure.funding.update(amount=0)
    assert data_of(measure)["funding"][0]["amount"] == "0.00"


def test_evidence_that_is_not_approved_is_not_in_the_data(plan: Plan) -> None:
    measure = plan.measures.all()[0]
    EvidenceFactory(measure=measure, state="submitted", title=Text.of("Secret"))
    assert "Secret" not in str(data_of(measure))


@pytest.mark.parametrize("accept", ["text/html", "application/ld+json"])
def test_what_belongs_to_a_withdrawn_plan_is_not_found_by_strangers(plan: Plan, accept: str) -> None:
    cast = Cast.of(plan)
    found = things(plan)
    Plan.objects.filter(pk=plan.pk).update(state="withdrawn")
    for thing in found:
        hidden = isinstance(thing, Plan | Measure | Action) or KINDS[type(thing)] in ("milestone", "report")
        path = uri_of(thing).removeprefix(settings.SITE_URL)
        for actor in (None, cast.elsewhere):
            client = GildeClient()
            if actor:
                client.force_login(actor)
            status = client.get(path, headers={"Accept": accept}).status_code
            assert (status == 404) == hidden, f"{thing} {status}"


def test_an_organisation_has_an_address(client: GildeClient, db: None) -> None:
    organisation: Organisation = OrganisationFactory(website="https://example.org/a")
    data = client.get(uri_of(organisation).removeprefix(settings.SITE_URL), {"format": "jsonld"}).json()
    assert (data["@type"], data["name"], data["url"]) == (
        "Organization",
        dict(organisation.name.words),
        "https://example.org/a",
    )


def test_a_measure_names_the_published_indicators_that_measure_it(plan: Plan) -> None:
    measure = plan.measures.all()[0]
    published = measure.indicator_links.get(indicator__state="published").indicator_id
    assert linked.measure_data(measure)["measuredBy"] == [uri("indicator", published)]
    assert "measuredBy" not in linked.measure_data(plan.measures.all()[1])
