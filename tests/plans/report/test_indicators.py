"""The indicators of a report: as they were published by its day, in its language, and compared with the one before."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from django.urls import reverse

from gilde.core import clock
from gilde.core.access import SYSTEM
from gilde.core.text import Text
from gilde.indicators.models import Area, Indicator
from gilde.plans import measured
from gilde.plans.coverage import SILENT, UNASKED, UNMEASURED
from gilde.plans.models import Measure, Plan, Report
from gilde.plans.report.changes import changes
from gilde.plans.report.content import content_hash
from gilde.plans.report.document import Items, Picture, Table
from gilde.plans.report.html import make_html
from gilde.plans.report.pdf import make_pdf
from gilde.plans.report.present import present
from gilde.plans.services.reports import make_report
from tests.client import GildeClient
from tests.indicators.factories import AreaFactory, IndicatorFactory, TargetFactory, figures_of
from tests.plans.factories import MeasureIndicatorFactory, ProvisionIndicatorFactory, a_plan

pytestmark = pytest.mark.django_db
STORED = Path(__file__).parent / "stored" / "before_indicators.json"
JANUARY, MARCH = date(2026, 1, 10), date(2026, 3, 1)
FIRST = {"2019": 60.0, "2020": (64.0, "b"), "2021": 66.0, "2022": (68.0, "p")}
# In February the last figure is revised and a new one comes.
SECOND = {"2022": 66.2, "2023": 64.0}


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    measured._kept.clear()
    yield
    measured._kept.clear()


@pytest.fixture
def union() -> Area:
    name = Text.of({"en": "European Union", "nl": "Europese Unie"})
    return AreaFactory(code="EU27_2020", kind=Area.Kind.UNION, level=None, name=name)


@pytest.fixture
def indicator(union: Area) -> Indicator:
    """An indicator that was on track in January and is not in March."""
    indicator = IndicatorFactory(
        code="stay",
        name=Text.of({"en": "Learners who stay", "nl": "Leerlingen die blijven"}),
        source_url="https://example.org/figures",
    )
    AreaFactory(code="BE2", name=Text.of("Flemish Region"), note=Text.of("Without Brussels."))
    with clock.moved_to(date(2026, 1, 5)):
        figures_of(indicator, {"BE2": FIRST})
    with clock.moved_to(date(2026, 2, 5)):
        figures_of(indicator, {"BE2": SECOND})
    TargetFactory(
        indicator=indicator,
        area=union,
        value=72.0,
        year=2028,
        instrument=Text.of("Council Recommendation on VET"),
        instrument_code="recommendation-2020",
    )
    return indicator


@pytest.fixture
def plan() -> Plan:
    return a_plan(measures=2, actions=0, slug="the-plan", country="BE")


@pytest.fixture
def measure(plan: Plan, indicator: Indicator) -> Measure:
    found = plan.measures.order_by("position")[0]
    MeasureIndicatorFactory(measure=found, indicator=indicator, area="BE2")
    return found


def report(plan: Plan, day: date, language: str = "en", made: date | None = None) -> Report:
    with clock.moved_to(made or day):
        return make_report(actor=SYSTEM, plan=plan, as_of=day, language=language)


def page_of(stored: Report) -> str:
    """The page of a report; the anchors of captions under charts are random."""
    return re.sub(r"-[A-Za-z0-9]{4}\"", '"', str(make_html(present(stored.content))))


def only(content: dict[str, Any]) -> dict[str, Any]:
    (found,) = content["measures"][0]["indicators"]
    return dict(found)


def test_a_report_tells_the_figures_as_they_were_published_on_its_day(plan: Plan, measure: Measure) -> None:
    # Both are made in March: that of January must not know what came in February.
    before, after = only(report(plan, JANUARY, made=MARCH).content), only(report(plan, MARCH).content)
    assert before["latest"] == {"period": "2022", "at": 2022.0, "value": 68.0, "flags": "p"}
    assert [each["value"] for each in before["figures"]] == [60.0, 64.0, 66.0, 68.0]
    assert (before["retrieved_on"], before["status"]) == ("2026-01-05", "on-track")
    assert after["latest"] == {"period": "2023", "at": 2023.0, "value": 64.0, "flags": ""}
    assert [each["value"] for each in after["figures"]] == [60.0, 64.0, 66.0, 66.2, 64.0]
    assert (after["retrieved_on"], after["status"]) == ("2026-02-05", "no-progress")


def test_it_holds_name_area_target_instrument_source_and_why(plan: Plan, measure: Measure) -> None:
    found = only(report(plan, JANUARY).content)
    assert (found["code"], found["name"]["text"]) == ("stay", "Learners who stay")
    assert found["area"] == {
        "code": "BE2",
        "name": {"text": "Flemish Region", "lang": "en"},
        "note": {"text": "Without Brussels.", "lang": "en"},
    }
    assert (found["source"]["text"], found["source_url"]) == (
        "Office of examples, table 1",
        "https://example.org/figures",
    )
    (target,) = found["targets"]
    assert (target["value"], target["year"], target["borrowed"], target["decides"]) == (
        72.0,
        2028,
        True,
        True,
    )
    assert (target["instrument"]["text"], target["instrument_code"], target["issued_year"]) == (
        "Council Recommendation on VET",
        "recommendation-2020",
        2020,
    )
    assert target["distance"] == pytest.approx(4.0)
    assert target["compared"] == ["2020", "2021", "2022"]
    assert target["sentence"].startswith("On track")


def test_signals_and_figures_count_the_indicators_of_that_day(plan: Plan, measure: Measure) -> None:
    january, march = report(plan, JANUARY, made=MARCH).content, report(plan, MARCH).content
    assert january["signals"]["indicators"] == {"on_track": 1, "off_track": 0, "cannot_tell": 0}
    assert march["signals"]["indicators"] == {"on_track": 0, "off_track": 1, "cannot_tell": 0}
    assert january["measures"][1]["signals"]["indicators"] == {
        "on_track": 0,
        "off_track": 0,
        "cannot_tell": 0,
    }
    figures = {each["key"]: each["value"] for each in january["figures"]}
    assert (figures["indicators"], figures["indicators-on-track"], figures["measures-measured"]) == (1, 1, 1)


def test_page_pdf_and_json_say_the_same(plan: Plan, measure: Measure, client: GildeClient) -> None:
    stored = report(plan, JANUARY)
    sentence = only(stored.content)["targets"][0]["sentence"].replace("\N{NO-BREAK SPACE}", " ")
    page = str(make_html(present(stored.content))).replace("\N{NO-BREAK SPACE}", " ").replace("&nbsp;", " ")
    with pdfplumber.open(io.BytesIO(make_pdf(stored.content))) as pdf:
        pages = " ".join(" ".join((each.extract_text() or "").split()) for each in pdf.pages)
    pages = pages.replace("\N{NO-BREAK SPACE}", " ").replace("\N{SOFT HYPHEN} ", "")
    for words in (
        "Learners who stay",
        "68.0 % (2022, provisional)",
        "at least 72.0 % by 2028",
        "benchmark, issued for European Union",
        "Figures of: Flemish Region (BE2). Without Brussels.",
        "Break in the series in 2020",
        "Office of examples, table 1, retrieved on",
    ):
        assert words in page
        assert words in pages
    assert sentence in page
    assert sentence[:40] in pages
    answer = client.get(reverse("plans:report-json", args=[plan.slug, stored.pk])).json()
    assert only(answer["content"]) == only(stored.content)


def test_a_report_is_in_its_own_language_whatever_the_reader_speaks(plan: Plan, measure: Measure) -> None:
    found = only(report(plan, JANUARY, "nl").content)
    assert found["name"] == {"text": "Leerlingen die blijven", "lang": "nl"}
    assert found["targets"][0]["area"]["name"]["text"] == "Europese Unie"


def test_the_same_report_is_printed_again_after_everything_changed(
    plan: Plan, measure: Measure, indicator: Indicator
) -> None:
    stored = report(plan, JANUARY)
    pdf, page = make_pdf(stored.content), page_of(stored)
    figures_of(indicator, {"BE2": {"2022": 10.0}})
    Indicator.objects.filter(pk=indicator.pk).update(name=Text.of("Something else"), decimals=3)
    indicator.targets.all().update(value=99.0, version=7)
    measure.indicator_links.all().delete()
    again = Report.objects.get(pk=stored.pk)
    assert content_hash(again.content) == stored.content_hash
    assert make_pdf(again.content) == pdf
    assert page_of(again) == page


def test_a_target_of_some_says_whom_it_counts(plan: Plan, measure: Measure, indicator: Indicator) -> None:
    sex = {"code": "sex", "name": "Sex", "total": "T", "categories": {"T": "all", "F": "women"}}
    Indicator.objects.filter(pk=indicator.pk).update(dimensions=[sex], version=2)
    TargetFactory(indicator=indicator, area_id="BE2", key="sex=F", value=90.0, year=2028)
    content = report(plan, JANUARY).content
    whom = {each["key"]: (each["breakdown"], each["decides"]) for each in only(content)["targets"]}
    # All together decide, also where only some have a target of the area itself.
    assert whom == {"": ("", True), "sex=F": ("women", False)}
    page = page_of(Report.objects.get()).replace("\N{NO-BREAK SPACE}", " ")
    assert "at least 90.0 % by 2028, women" in page
    proof = GildeClient().get(reverse("plans:proof", args=[plan.slug, measure.number])).content.decode()
    assert "at least 90.0 % by 2028, women" in proof.replace("\N{NO-BREAK SPACE}", " ")


def test_a_chart_is_drawn_of_two_figures_or_more(plan: Plan, measure: Measure) -> None:
    with clock.moved_to(date(2026, 1, 6)):
        short = IndicatorFactory(name=Text.of("One figure"))
        figures_of(short, {"BE": {"2024": 5.0}})
    MeasureIndicatorFactory(measure=measure, indicator=short, position=9)
    parts = present(report(plan, JANUARY).content).parts
    drawn = [part.chart for part in parts if isinstance(part, Picture) and part.chart.kind == "trend"]
    assert [chart.title for chart in drawn] == ["Learners who stay, Flemish Region"]
    assert [row["broken"] for row in drawn[0].rows] == [False, True, False, False]


def test_a_measure_without_indicator_says_so_and_is_a_gap(plan: Plan, measure: Measure) -> None:
    provision = plan.instruments.get().provisions.get(number="3")  # ticked by the first measure
    other = IndicatorFactory(code="other")
    ProvisionIndicatorFactory(provision=provision, indicator=other)
    MeasureIndicatorFactory(measure=measure, indicator=IndicatorFactory(name=Text.of("Silent")), position=9)
    content = report(plan, JANUARY).content
    gaps = {gap["code"]: gap for gap in content["coverage"]["gaps"]}
    assert [row["number"] for row in gaps[UNMEASURED]["rows"]] == ["3.2"]
    assert (gaps[UNASKED]["total"], [row["number"] for row in gaps[UNASKED]["rows"]]) == (1, ["3"])
    assert [row["title"]["text"] for row in gaps[SILENT]["rows"]] == ["Silent"]
    (words,) = [
        row["words"] for row in content["measures"][1]["signals"]["rows"] if row["key"] == "indicators"
    ]
    assert words == "no indicator measures this"


def test_a_status_that_changed_is_told(plan: Plan, measure: Measure) -> None:
    report(plan, JANUARY)
    content = report(plan, MARCH).content
    (changed,) = content["changes"]["measures"]
    assert [(each["kind"], each["what"]) for each in changed["changed"]] == [
        ("indicators", "status"),
        ("indicators", "latest"),
    ]
    rows = next(
        part for part in present(content).parts if isinstance(part, Table) and len(part.head) == 5
    ).rows
    told = [[" ".join(words.text for words in cell) for cell in row] for row in rows]
    assert told[0][2:] == ["status", "on track", "no progress"]
    assert told[1][3].replace("\N{NO-BREAK SPACE}", " ") == "68.0 % (2022)"
    assert told[1][4].replace("\N{NO-BREAK SPACE}", " ") == "64.0 % (2023)"


def test_an_indicator_that_was_linked_or_taken_away_is_told(plan: Plan, measure: Measure) -> None:
    first = report(plan, JANUARY).content
    measure.indicator_links.all().delete()
    second = report(plan, MARCH).content
    assert [each["what"] for each in second["changes"]["measures"][0]["changed"]] == ["removed"]
    assert [each["what"] for each in changes(second, first)["measures"][0]["changed"]] == ["added"]


def test_drafts_are_in_no_report(plan: Plan, measure: Measure) -> None:
    Indicator.objects.update(state="draft")
    assert report(plan, JANUARY).content["measures"][0]["indicators"] == []


def test_a_past_day_says_that_links_and_targets_are_those_of_now(plan: Plan, measure: Measure) -> None:
    said = "1 indicator is shown as it is linked now"
    assert any(said in each for each in report(plan, JANUARY, made=MARCH).content["limits"])
    assert not any(said in each for each in report(plan, MARCH).content["limits"])


# Reports that were made before reports knew of indicators.


def stored() -> Any:
    return json.loads(STORED.read_text(encoding="utf-8"))


def test_a_report_of_before_prints_as_it_did() -> None:
    """The charts aside, every part is the same, byte for byte, as what the code of then made of it."""
    before = stored()
    printed = present(before["content"])
    kept = [part for part in printed.parts if not isinstance(part, Picture)]
    told = json.dumps(
        dataclasses.asdict(dataclasses.replace(printed, parts=kept)), sort_keys=True, ensure_ascii=False
    )
    assert hashlib.sha256(told.encode()).hexdigest() == before["printed"]
    assert not any(isinstance(part, Items) and "at least" in str(part) for part in kept)
    assert make_pdf(before["content"]) == make_pdf(before["content"])


def test_indicators_are_not_compared_with_a_report_that_did_not_know_of_them(
    plan: Plan, measure: Measure
) -> None:
    after = report(plan, JANUARY).content
    before = json.loads(json.dumps(after))
    for each in before["measures"]:
        del each["indicators"]
    assert changes(before, after)["any"] is False
