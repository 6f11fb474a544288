"""A whole plan as data."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import Any

import pytest
from django.urls import reverse

from gilde.core import clock
from gilde.core.text import Text
from gilde.core.uris import uri
from gilde.plans import export
from gilde.plans.models import Plan
from tests.client import GildeClient
from tests.plans.factories import (
    Cast,
    CitationFactory,
    EvidenceFactory,
    MeasureIndicatorFactory,
    NoteFactory,
    ProvisionIndicatorFactory,
    UpdateFactory,
    a_plan,
)


@pytest.fixture
def plan(db: None) -> Plan:
    plan = a_plan(measures=2)
    measure = plan.measures.all()[0]
    CitationFactory(measure=measure)
    NoteFactory(measure=measure)
    EvidenceFactory(measure=measure, state="approved")
    EvidenceFactory(measure=measure, state="draft", title=Text.of("Not yet"))
    UpdateFactory(measure=measure, state="approved")
    return plan


def files(content: bytes) -> dict[str, list[dict[str, str]]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {
            name.split("/")[1].removesuffix(".csv"): list(
                csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig")))
            )
            for name in archive.namelist()
        }


def test_json_and_csv_hold_the_same_rows(plan: Plan) -> None:
    cast = Cast.of(plan)
    told = export.as_json(cast.anonymous, plan)
    assert (told["format"], told["version"], told["plan"]) == ("gilde.plan-export", 1, plan.slug)
    rows = {name: len(rows) for name, rows in told["tables"].items()}
    assert {name: len(found) for name, found in files(export.as_zip(cast.anonymous, plan)).items()} == rows
    assert rows | {"measures": 2, "actions": 4, "ticks": 16, "evidence": 1, "citations": 1} == rows


def test_unknown_is_null_in_json_and_empty_in_csv(plan: Plan) -> None:
    anonymous = Cast.of(plan).anonymous
    told = [tick["ticked"] for tick in export.as_json(anonymous, plan)["tables"]["ticks"]]
    written = [tick["ticked"] for tick in files(export.as_zip(anonymous, plan))["ticks"]]
    assert set(told) == {True, False, None}
    assert written == [{True: "true", False: "false", None: ""}[state] for state in told]


def test_a_text_has_a_column_for_each_of_its_languages(plan: Plan) -> None:
    (row,) = files(export.as_zip(Cast.of(plan).anonymous, plan))["plans"]
    assert (row["title_en"], row["title_nl"]) == (plan.title.words["en"], plan.title.words["nl"])


def test_amounts_are_exact(plan: Plan) -> None:
    plan.measures.all()[0].funding.update(amount="1234567890123.45")
    told = export.as_json(Cast.of(plan).anonymous, plan)["tables"]["funding"]
    assert told[0]["amount"] == "1234567890123.45"


def test_who_wrote_and_decided_is_in_no_table(plan: Plan) -> None:
    cast = Cast.of(plan)
    UpdateFactory(measure=plan.measures.all()[0], state="approved", author=cast.officer.pk)
    told = str(export.as_json(cast.officer, plan))
    assert str(cast.officer.pk) not in told


@pytest.mark.parametrize("name", ["export-json", "export-zip"])
def test_the_same_data_is_the_same_file_tomorrow(client: GildeClient, plan: Plan, name: str) -> None:
    url = reverse(f"plans:{name}", args=[plan.slug])
    first = client.get(url)
    with clock.moved_to(clock.today().replace(year=2030)):
        again = client.get(url)
        unchanged = client.get(url, headers={"If-None-Match": first["ETag"]})
    assert again.content == first.content
    assert unchanged.status_code == 304


@pytest.mark.parametrize("name", ["export-json", "export-zip"])
def test_who_may_see_what(plan: Plan, name: str) -> None:
    cast = Cast.of(plan)
    url = reverse(f"plans:{name}", args=[plan.slug])

    def get(actor: Any) -> Any:
        client = GildeClient()
        if actor.is_authenticated:
            client.force_login(actor)
        return client.get(url)

    def evidence(answer: Any) -> int:
        rows = answer.json()["tables"] if name == "export-json" else files(answer.content)
        return len(rows["evidence"])

    seen = {who: evidence(get(actor)) for who, actor in cast.everyone().items()}
    assert seen == {
        **dict.fromkeys(("officer", "approver", "reader", "administrator"), 2),
        **dict.fromkeys(("elsewhere", "anonymous"), 1),
    }
    Plan.objects.filter(pk=plan.pk).update(state="withdrawn")
    assert {get(actor).status_code for actor in (cast.elsewhere, cast.anonymous)} == {404}


def test_links_to_indicators_come_with_code_and_address_and_drafts_do_not(plan: Plan) -> None:
    measure = plan.measures.order_by("position")[0]
    link = MeasureIndicatorFactory(measure=measure, area="BE2", note=Text.of("The region."))
    MeasureIndicatorFactory(measure=measure, indicator__state="draft")
    article = ProvisionIndicatorFactory(provision=plan.instruments.get().provisions.get(number="2"))
    tables = export.as_json(Cast.of(plan).anonymous, plan)["tables"]
    assert tables["indicators"] == [
        {
            "measure": measure.number,
            "area": "BE2",
            "note": {"source": "en", "words": {"en": "The region."}},
            "indicator": link.indicator.code,
            "uri": uri("indicator", link.indicator_id),
        }
    ]
    assert [(row["article"], row["uri"]) for row in tables["article_indicators"]] == [
        ("2", uri("indicator", article.indicator_id))
    ]
    assert files(export.as_zip(Cast.of(plan).anonymous, plan))["indicators"][0]["note_en"] == "The region."
