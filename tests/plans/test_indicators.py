"""Linking indicators to measures and articles: who may, what pages then show, and what they ask of the database."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from selectolax.lexbor import LexborHTMLParser

from gilde.core import clock
from gilde.core.errors import Invalid, Refused, Stale
from gilde.core.models import AuditEvent
from gilde.core.text import Text
from gilde.indicators.models import Area, Indicator
from gilde.plans import measured
from gilde.plans.models import Measure, MeasureIndicator, Plan, ProvisionIndicator
from gilde.plans.services import indicators as services
from tests.client import GildeClient
from tests.indicators.factories import AreaFactory, IndicatorFactory, TargetFactory, figures_of, member
from tests.plans.factories import (
    Cast,
    MeasureIndicatorFactory,
    ProvisionIndicatorFactory,
    UserFactory,
    a_plan,
)

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 1)
GOOD = {"2020": 70.0, "2021": 72.0, "2022": 74.0, "2023": 76.0}


@pytest.fixture(autouse=True)
def _on_the_day() -> Iterator[None]:
    measured._kept.clear()
    with clock.moved_to(DAY):
        yield


@pytest.fixture
def plan() -> Plan:
    return a_plan(measures=2, actions=1, slug="the-plan", country="BE")


@pytest.fixture
def cast(plan: Plan) -> Cast:
    return Cast.of(plan)


@pytest.fixture
def measure(plan: Plan) -> Measure:
    return plan.measures.order_by("position")[0]


@pytest.fixture
def union() -> Area:
    return AreaFactory(code="EU27_2020", kind=Area.Kind.UNION, level=None, name=Text.of("European Union"))


@pytest.fixture
def flanders() -> Area:
    note = Text.of(
        "The region. The plan is of the Flemish Community, which schools in Brussels are part of too."
    )
    return AreaFactory(code="BE2", kind=Area.Kind.REGION, level=1, name=Text.of("Flemish Region"), note=note)


@pytest.fixture
def graduates(union: Area, flanders: Area) -> Indicator:
    """Employed graduates, with a break in 2022, a target of the Union and one of Belgium."""
    indicator = IndicatorFactory(code="graduates", name=Text.of("Employed VET graduates"))
    told = {"2018": 60.0, "2019": 66.0, "2020": 68.0, "2021": (71.5, "b"), "2022": 73.0, "2023": (76.0, "p")}
    figures_of(indicator, {"BE2": told, "EU27_2020": GOOD})
    TargetFactory(
        indicator=indicator,
        area=union,
        value=82.0,
        instrument=Text.of("Council Recommendation on VET"),
        instrument_code="recommendation-2020",
    )
    return indicator


def page(client: GildeClient, name: str, *arguments: object) -> str:
    answer = client.get(reverse(f"plans:{name}", args=arguments))
    assert answer.status_code == 200
    return text_of(answer)


def text_of(answer: Any) -> str:
    body = LexborHTMLParser(answer.content.decode()).css_first("main")
    return " ".join(body.text(separator=" ").split()) if body else ""


# Services.


def test_an_officer_links_an_indicator_and_takes_it_away(
    cast: Cast, measure: Measure, graduates: Indicator
) -> None:
    link = services.link_indicator(
        actor=cast.officer, measure=measure, indicator=graduates, area="BE2", note=Text.of("The region only.")
    )
    assert (link.area, link.position) == ("BE2", 1)
    event = AuditEvent.objects.get(action="plans.measure.link-indicator")
    assert event.after["indicator"] == "graduates"
    gone = link.pk
    services.unlink_indicator(actor=cast.officer, link=link)
    assert not MeasureIndicator.objects.exists()
    assert AuditEvent.objects.get(action="plans.measure.unlink-indicator").before["area"] == "BE2"
    with pytest.raises(Stale):
        services.unlink_indicator(
            actor=cast.officer, link=MeasureIndicator(pk=gone, measure=measure, indicator=graduates)
        )


def test_only_who_monitors_the_plan_links(cast: Cast, measure: Measure, graduates: Indicator) -> None:
    may = set()
    for name, actor in cast.everyone().items():
        try:
            link = services.link_indicator(actor=actor, measure=measure, indicator=graduates)
        except Refused:
            continue
        may.add(name)
        services.unlink_indicator(actor=actor, link=link)
    assert may == {"officer", "approver"}


def test_the_same_indicator_is_linked_once_for_each_area(
    cast: Cast, measure: Measure, graduates: Indicator
) -> None:
    for area in ("", "BE2"):
        services.link_indicator(actor=cast.officer, measure=measure, indicator=graduates, area=area)
    with pytest.raises(Invalid, match="linked to this measure already"):
        services.link_indicator(actor=cast.officer, measure=measure, indicator=graduates, area="BE2")


def test_an_area_that_nobody_knows_is_refused(cast: Cast, measure: Measure, graduates: Indicator) -> None:
    with pytest.raises(Invalid, match="“XX”"):
        services.link_indicator(actor=cast.officer, measure=measure, indicator=graduates, area="XX")


def test_a_draft_of_others_cannot_be_linked(cast: Cast, measure: Measure) -> None:
    draft = IndicatorFactory(state="draft")
    with pytest.raises(Invalid, match="you may not see it"):
        services.link_indicator(actor=cast.officer, measure=measure, indicator=draft)
    member(draft, "officer", user=cast.officer)
    assert services.link_indicator(actor=cast.officer, measure=measure, indicator=draft).pk


def test_only_an_administrator_links_to_an_article(cast: Cast, plan: Plan, graduates: Indicator) -> None:
    provision = plan.instruments.get().provisions.all()[0]
    for actor in cast.everyone().values():
        with pytest.raises(Refused):
            services.link_provision(actor=actor, provision=provision, indicator=graduates)
    keeper = UserFactory(is_superuser=True)
    link = services.link_provision(actor=keeper, provision=provision, indicator=graduates)
    with pytest.raises(Invalid, match="already"):
        services.link_provision(actor=keeper, provision=provision, indicator=graduates)
    services.unlink_provision(actor=keeper, link=link)
    assert not ProvisionIndicator.objects.exists()


# The proof of a measure.


def test_the_proof_shows_figure_flags_status_benchmark_scope_break_and_source(
    client: GildeClient, plan: Plan, measure: Measure, graduates: Indicator
) -> None:
    MeasureIndicatorFactory(measure=measure, indicator=graduates, area="BE2")
    shown = page(client, "proof", plan.slug, measure.number)
    assert "Employed VET graduates" in shown
    assert "76.0\N{NO-BREAK SPACE}%" in shown.replace("76.0 %", "76.0\N{NO-BREAK SPACE}%")
    assert "2023 · provisional" in shown
    assert "at least 82.0 % by 2030" in shown.replace("\N{NO-BREAK SPACE}", " ")
    assert "Council Recommendation on VET (2020)" in shown
    assert "Benchmark: issued for European Union, not for these figures" in shown
    assert "Flemish Region (BE2). The region. The plan is of the Flemish Community" in shown
    assert "Break in the series in 2021" in shown
    assert "Source: Office of examples, table 1" in shown


def test_a_measure_without_indicator_says_how_to_begin(
    client: GildeClient, plan: Plan, measure: Measure, cast: Cast
) -> None:
    assert "The officers of the plan choose it." in page(client, "proof", plan.slug, measure.number)
    client.force_login(cast.officer)
    assert "Choose the first one." in page(client, "proof", plan.slug, measure.number)


def test_an_indicator_without_figures_or_target_says_so(
    client: GildeClient, plan: Plan, measure: Measure
) -> None:
    MeasureIndicatorFactory(measure=measure)
    shown = page(client, "proof", plan.slug, measure.number)
    assert "no figures yet" in shown
    assert "No target is known for it" in shown


def test_a_draft_is_shown_to_who_keeps_it_alone(
    client: GildeClient, plan: Plan, measure: Measure, cast: Cast
) -> None:
    draft = IndicatorFactory(state="draft", name=Text.of("Not yet known"))
    MeasureIndicatorFactory(measure=measure, indicator=draft)
    member(draft, "officer", user=cast.officer)
    assert "Not yet known" not in page(client, "proof", plan.slug, measure.number)
    client.force_login(cast.officer)
    assert "Not yet known" in page(client, "proof", plan.slug, measure.number)


def test_the_signals_say_how_many_are_on_track(
    client: GildeClient, plan: Plan, measure: Measure, graduates: Indicator
) -> None:
    MeasureIndicatorFactory(measure=measure, indicator=graduates, area="EU27_2020")
    MeasureIndicatorFactory(measure=measure)
    said = "1 on track · 1 cannot tell"
    assert said in page(client, "measure", plan.slug, measure.number)
    assert said in page(client, "plan", plan.slug)
    assert "no indicator measures this yet" in page(client, "plan", plan.slug)
    home = " ".join(client.get("/").content.decode().split())
    assert "indicators on track" in home
    assert "of 2 · 1 cannot tell" in home


def test_the_start_page_counts_an_indicator_of_two_measures_once(
    client: GildeClient, plan: Plan, graduates: Indicator
) -> None:
    for measure in plan.measures.all():
        MeasureIndicatorFactory(measure=measure, indicator=graduates, area="EU27_2020")
    home = " ".join(client.get("/").content.decode().split())
    assert 'class="value">1</span> <span class="label"><a href="/plans/how-it-is-judged/#indicators">' in home


# All indicators of a plan.


def test_the_indicators_of_a_plan_stand_on_one_page(
    client: GildeClient, plan: Plan, graduates: Indicator
) -> None:
    first, second = plan.measures.order_by("position")
    for measure in (first, second):
        MeasureIndicatorFactory(measure=measure, indicator=graduates, area="EU27_2020")
    asked, unasked = plan.instruments.get().provisions.order_by("position")[:2]
    ProvisionIndicatorFactory(provision=asked, indicator=graduates)
    ProvisionIndicatorFactory(provision=unasked, indicator__name=Text.of("Nobody links me"))
    answer = client.get(reverse("plans:indicators", args=[plan.slug]))
    rows = [
        " ".join(row.text(separator=" ").split())
        for row in LexborHTMLParser(answer.content.decode()).css("tbody tr")
    ]
    assert len(rows) == 3
    assert "Employed VET graduates European Union" in rows[0]
    assert "on track" in rows[0]
    assert rows[0].endswith(f"{first.number} , {second.number}")
    assert "linked to a measure" in rows[1]
    assert "no measure has linked it" in rows[2]
    assert reverse("indicators:area", args=["EU27_2020"]) in answer.content.decode()


def test_a_plan_without_indicators_says_how_to_begin(client: GildeClient, plan: Plan) -> None:
    assert "No indicator measures this plan yet" in page(client, "indicators", plan.slug)


def test_the_indicators_of_a_plan_come_as_a_file(
    client: GildeClient, plan: Plan, measure: Measure, graduates: Indicator
) -> None:
    MeasureIndicatorFactory(measure=measure, indicator=graduates, area="BE2")
    answer: Any = client.get(reverse("plans:indicators", args=[plan.slug]), {"format": "csv"})
    (told,) = csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")))
    assert (told["measure"], told["indicator"], told["area"]) == (measure.number, "graduates", "BE2")
    assert (told["period"], told["value"], told["flags"]) == ("2023", "76.0", "p")
    assert (told["target"], told["target_area"], told["benchmark"]) == ("82.0", "EU27_2020", "true")


def test_an_instrument_shows_the_targets_that_it_issued(
    client: GildeClient, plan: Plan, graduates: Indicator
) -> None:
    instrument = plan.instruments.get()
    assert "Targets that it issued" not in page(client, "instrument", instrument.code)
    graduates.targets.update(instrument_code=instrument.code)
    shown = page(client, "instrument", instrument.code).replace("\N{NO-BREAK SPACE}", " ")
    assert "Targets that it issued" in shown
    assert "Employed VET graduates at least 82.0 % by 2030 European Union" in shown


# Forms.


def link_url(plan: Plan, measure: Measure) -> str:
    return reverse("plans:indicator-link", args=[plan.slug, measure.number])


@pytest.mark.parametrize(
    "written", ["Employed VET graduates (graduates)", "graduates", "GRADUATES", "employed vet", "grad emp"]
)
def test_the_form_takes_a_name_a_code_or_a_part_that_is_unique(
    client: GildeClient, plan: Plan, measure: Measure, cast: Cast, graduates: Indicator, written: str
) -> None:
    IndicatorFactory(name=Text.of("Something else"))
    client.force_login(cast.officer)
    form = client.get(link_url(plan, measure)).content.decode()
    assert '<option value="Employed VET graduates (graduates)">' in form
    answer = client.post(link_url(plan, measure), {"indicator": written, "area": "flemish"})
    assert answer.status_code == 302
    assert answer.url == reverse("plans:proof", args=[plan.slug, measure.number]) + "#indicators"
    link = MeasureIndicator.objects.get()
    assert (link.indicator, link.area) == (graduates, "BE2")


@pytest.mark.parametrize(
    ("written", "said"),
    [("employed", "fits 2"), ("nothing like it", "Nothing fits"), ("", "required"), ("x" * 401, "400")],
)
def test_what_is_unclear_is_asked_again_with_what_was_written(
    client: GildeClient,
    plan: Plan,
    measure: Measure,
    cast: Cast,
    graduates: Indicator,
    written: str,
    said: str,
) -> None:
    IndicatorFactory(name=Text.of("Employed adults"))
    client.force_login(cast.officer)
    answer = client.post(link_url(plan, measure), {"indicator": written, "area": "BE2"})
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not MeasureIndicator.objects.exists()


def test_an_indicator_is_taken_away_after_a_question(
    client: GildeClient, plan: Plan, measure: Measure, cast: Cast, graduates: Indicator
) -> None:
    link = MeasureIndicatorFactory(measure=measure, indicator=graduates)
    client.force_login(cast.officer)
    url = reverse("plans:indicator-unlink", args=[link.pk])
    assert "It will no longer count for this measure." in text_of(client.get(url))
    assert client.post(url).status_code == 302
    assert not MeasureIndicator.objects.exists()
    assert client.get(url).status_code == 404


def test_an_administrator_keeps_the_indicators_of_an_article(
    client: GildeClient, plan: Plan, graduates: Indicator
) -> None:
    provision = plan.instruments.get().provisions.all()[0]
    address = [provision.instrument.code, provision.number]
    client.force_login(UserFactory(is_superuser=True))
    assert "No indicator measures this article yet." in page(client, "article", *address)
    url = reverse("plans:article-indicator-link", args=address)
    assert client.post(url, {"indicator": "graduates"}).status_code == 302
    link = ProvisionIndicator.objects.get(provision=provision)
    assert "Employed VET graduates" in page(GildeClient(), "article", *address)
    assert client.post(reverse("plans:article-indicator-unlink", args=[link.pk])).status_code == 302
    assert not ProvisionIndicator.objects.exists()


# What pages ask of the database: at most ten queries once what is linked was judged, for a visitor.


@pytest.fixture
def crowded() -> Plan:
    plan = a_plan(measures=12, actions=2, slug="crowded", country="BE")
    provisions = list(plan.instruments.get().provisions.all())
    for number, measure in enumerate(plan.measures.order_by("position")):
        for _each in range(3):
            indicator = IndicatorFactory()
            figures_of(indicator, {"BE": GOOD})
            TargetFactory(indicator=indicator, area_id="BE", value=80.0)
            MeasureIndicatorFactory(measure=measure, indicator=indicator)
        ProvisionIndicatorFactory(provision=provisions[number % len(provisions)], indicator=indicator)
    return plan


@pytest.mark.parametrize("name", ["plan", "indicators", "coverage"])
@pytest.mark.parametrize("who", ["anonymous", "officer"])
def test_a_plan_page_with_many_indicators_takes_at_most_ten_queries(
    crowded: Plan, name: str, who: str, django_assert_max_num_queries: Any
) -> None:
    client = GildeClient()
    if who == "officer":
        client.force_login(Cast.of(crowded).officer)
    url = reverse(f"plans:{name}", args=[crowded.slug])
    with django_assert_max_num_queries(10 + 10):
        client.get(url)
    with django_assert_max_num_queries(10):
        client.get(url)


@pytest.mark.parametrize("name", ["measure", "delivery", "proof"])
def test_a_measure_page_with_many_indicators_takes_at_most_ten_queries(
    crowded: Plan, name: str, django_assert_max_num_queries: Any
) -> None:
    url = reverse(f"plans:{name}", args=[crowded.slug, "3.1"])
    client = GildeClient()
    with django_assert_max_num_queries(10 + 10):
        client.get(url)
    with django_assert_max_num_queries(10):
        client.get(url)


def test_the_list_of_plans_counts_published_indicators_once(client: GildeClient, plan: Plan) -> None:
    shared = IndicatorFactory()
    for measure in plan.measures.all():
        MeasureIndicatorFactory(measure=measure, indicator=shared)
    MeasureIndicatorFactory(measure=plan.measures.all()[0], indicator__state="draft")
    body = LexborHTMLParser(client.get(reverse("plans:list")).content.decode())
    link = body.css_first(f'tbody a[href="{reverse("plans:indicators", args=[plan.slug])}"]')
    assert link is not None
    assert link.text() == "1"
