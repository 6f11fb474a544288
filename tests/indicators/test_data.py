"""Figures as files: narrowed, told of a past day, streamed, kept, and open to pages elsewhere."""

from __future__ import annotations

import csv
import io
import tracemalloc
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from gilde.core import clock
from gilde.core.access import SYSTEM
from gilde.core.text import Text
from gilde.indicators.exports import FORMATS
from gilde.indicators.incoming import Incoming
from gilde.indicators.models import Indicator, Observation, Release
from gilde.indicators.publishing import Provenance, publish
from gilde.indicators.views import data
from tests.client import GildeClient
from tests.indicators.factories import AreaFactory, IndicatorFactory, figures_of, member

pytestmark = pytest.mark.django_db
START = datetime(2026, 1, 1, 12, tzinfo=UTC)
SEX = {"code": "sex", "name": Text.of("Sex").as_json(), "total": "T", "categories": {}}


@pytest.fixture
def indicator() -> Indicator:
    made = IndicatorFactory(code="employment", dimensions=[SEX])
    with clock.moved_to(START):
        figures_of(made, {"BE": {"2020": 77.1, "2021": (71.5, "b")}, "FR": {"2020": 60.0}})
        figures_of(made, {"BE": {"2020": 79.0}}, key="sex=F")
    with clock.moved_to(START + timedelta(days=2)):
        figures_of(made, {"BE": {"2021": 72.0, "2022": None}})
    return made


def table(client: GildeClient, query: str = "") -> list[tuple[str, str, str, str, str]]:
    response = client.get(f"/indicators/employment/data.csv{query}")
    assert response.status_code == 200, response.content
    rows = csv.DictReader(io.StringIO(b"".join(response).decode("utf-8-sig")))
    return [(r["geo"], r["sex"], r["TIME_PERIOD"], r["OBS_VALUE"], r["OBS_STATUS"]) for r in rows]


@pytest.mark.parametrize("form", FORMATS)
def test_every_form_comes_as_what_it_is(client: GildeClient, indicator: Indicator, form: str) -> None:
    response = client.get(f"/indicators/employment/data.{form}")
    assert response["Content-Type"] == FORMATS[form].media_type
    assert response["Content-Disposition"] == f'attachment; filename="employment.{FORMATS[form].suffix}"'
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"] == "public, no-cache"
    assert response.streaming
    assert b"".join(response)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (
            "",
            [
                ("BE", "T", "2020", "77.1", ""),
                ("BE", "T", "2021", "72.0", ""),
                ("BE", "T", "2022", ":", ""),
                ("FR", "T", "2020", "60.0", ""),
                ("BE", "F", "2020", "79.0", ""),
            ],
        ),
        ("?key=&area=BE&last=2020", [("BE", "T", "2020", "77.1", "")]),
        ("?key=sex%3DF", [("BE", "F", "2020", "79.0", "")]),
        ("?area=FR,BE&first=2022", [("BE", "T", "2022", ":", "")]),
        ("?area=BE&key=&first=2021&at=2026-01-01", [("BE", "T", "2021", "71.5", "b")]),
        ("?at=2025-01-01", []),
    ],
)
def test_a_file_is_narrowed(
    client: GildeClient, indicator: Indicator, query: str, expected: list[tuple[str, ...]]
) -> None:
    assert table(client, query) == expected


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("?area=XX", "There are no figures for the area “XX”. There are: BE, FR."),
        ("?key=sex%3DM", "There is no breakdown “sex=M”. There are: , sex=F."),
        ("?first=soon", "“soon” is no period that can be read. Write it as: 2025."),
        ("?at=soon", "“soon” is no moment that can be read."),
    ],
)
def test_what_there_is_not_is_said(
    client: GildeClient, indicator: Indicator, query: str, sentence: str
) -> None:
    response = client.get(f"/indicators/employment/data.csv{query}", headers={"Accept": "application/json"})
    assert response.status_code == 422
    assert response.json()["title"].startswith(sentence)


def test_a_form_that_there_is_not_is_said(client: GildeClient, indicator: Indicator) -> None:
    response = client.get("/indicators/employment/data.xls", headers={"Accept": "application/json"})
    assert response.status_code == 404
    assert response.json()["title"] == (
        "There is no format “xls”. Ask for one of: csv, parquet, sdmx-csv, json-stat."
    )


def test_who_has_a_file_gets_304_until_something_is_published(
    client: GildeClient, indicator: Indicator
) -> None:
    address = "/indicators/employment/data.parquet"
    tag = client.get(address)["ETag"]
    again = client.get(address, headers={"If-None-Match": tag})
    assert (again.status_code, again["Access-Control-Allow-Origin"]) == (304, "*")
    assert client.get(address + "?area=BE", headers={"If-None-Match": tag}).status_code == 200
    assert client.get("/indicators/employment/data.csv", headers={"If-None-Match": tag}).status_code == 200
    figures_of(indicator, {"BE": {"2023": 1.0}})
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 200


def test_a_file_is_in_the_language_of_its_reader(client: GildeClient, indicator: Indicator) -> None:
    area = AreaFactory(code="BE")
    area.name = Text.of({"en": "Belgium", "nl": "België"})
    area.save()
    for language, name in (("en", "Belgium"), ("nl", "België")):
        response = client.get("/indicators/employment/data.csv", headers={"Accept-Language": language})
        assert name in b"".join(response).decode()
        assert "Accept-Language" in response["Vary"]


def test_a_draft_is_for_its_keeper(client: GildeClient) -> None:
    made = IndicatorFactory(code="draft", state=Indicator.State.DRAFT)
    figures_of(made, {"BE": {"2020": 1.0}})
    assert client.get("/indicators/draft/data.csv").status_code == 404
    client.force_login(member(made, "officer"))
    response = client.get("/indicators/draft/data.csv")
    assert response["Cache-Control"] == "private, no-cache"
    assert "Cookie" in response["Vary"]
    assert "Access-Control-Allow-Origin" not in response


def many(areas: int, years: int) -> Indicator:
    """Publish a figure for each of so many areas and years."""
    made = IndicatorFactory(code="large")
    codes = [f"A{n:04d}" for n in range(areas)]
    for code in codes:
        AreaFactory(code=code)
    count = areas * years
    publish(
        actor=SYSTEM,
        indicator=made,
        incoming=Incoming(
            [(code, "") for code in codes],
            [str(2025 - years + n) for n in range(years)],
            [""],
            np.repeat(np.arange(areas, dtype=np.int32), years),
            np.tile(np.arange(years, dtype=np.int32), areas),
            np.arange(count, dtype=np.float64) / 7,
            np.zeros(count, dtype=np.int16),
        ),
        provenance=Provenance(kind=Release.Kind.FILE, source="Office of examples"),
    )
    return made


@pytest.mark.parametrize("form", ["csv", "sdmx-csv", "parquet"])
def test_a_large_file_is_written_while_it_is_sent(client: GildeClient, form: str) -> None:
    many(300, 100)
    response: Any = client.get(f"/indicators/large/data.{form}")
    size = 0
    tracemalloc.start()
    try:
        held = io.BytesIO()
        for part in response:
            size += len(part)
            if form == "parquet":
                held.write(part)
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    if form == "parquet":
        assert pq.read_table(held).num_rows == 30_000
    else:
        assert size > 1_000_000
        assert most < size, "The file was held in memory as a whole."


def test_a_form_that_is_whole_before_it_begins_has_a_limit(
    client: GildeClient, indicator: Indicator, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = Observation.objects.filter(until=None).count()
    monkeypatch.setattr(data, "MOST_HELD", count)
    assert client.get("/indicators/employment/data.json-stat").status_code == 200
    monkeypatch.setattr(data, "MOST_HELD", count - 1)
    response = client.get("/indicators/employment/data.json-stat", headers={"Accept": "application/json"})
    assert response.status_code == 422
    assert response.json()["title"] == (
        f"JSON-stat 2.0 holds at most {count - 1} figures. Ask for fewer, or for CSV or Parquet."
    )
    assert client.get("/indicators/employment/data.json-stat?area=FR").status_code == 200
    assert client.get("/indicators/employment/data.csv").status_code == 200
