"""The API of figures: asked by dimension, in pages that are one state, kept by whoever has it, and of any past day."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gilde.core import clock
from gilde.core.access import SYSTEM
from gilde.core.text import Text
from gilde.indicators import figures
from gilde.indicators.api.observations import MOST, _number
from gilde.indicators.incoming import Arriving, Incoming
from gilde.indicators.kept import Kept
from gilde.indicators.models import Indicator, Observation, Release
from gilde.indicators.publishing import Provenance, Withdrawal, publish
from tests.client import GildeClient
from tests.indicators.factories import AreaFactory, IndicatorFactory, TargetFactory, figures_of, member

pytestmark = pytest.mark.django_db
START = datetime(2026, 1, 1, 12, tzinfo=UTC)

SEX = {
    "code": "sex",
    "name": Text.of({"en": "Sex", "nl": "Geslacht"}).as_json(),
    "total": "T",
    "categories": {
        "T": Text.of("both").as_json(),
        "F": Text.of("women").as_json(),
        "M": Text.of("men").as_json(),
    },
}
AGE = {"code": "age", "name": Text.of("Age").as_json(), "total": "TOTAL", "categories": {}}


def told(client: GildeClient, code: str, query: str = "", **headers: str) -> Any:
    response = client.get(f"/api/indicators/{code}/observations{query}", headers=headers)
    assert response.status_code == 200, response.content
    return response.json()


def short(items: list[dict[str, Any]]) -> list[tuple[str, str, str, float | None, str]]:
    """Return items as (area, categories that are not the total, period, value, flags)."""
    return [
        (
            item["area"],
            "&".join(f"{d}={c}" for d, c in sorted(item["breakdown"].items()) if c not in ("T", "TOTAL")),
            item["period"],
            item["value"],
            item["flags"],
        )
        for item in items
    ]


@pytest.fixture
def employment() -> Indicator:
    """Graduates at work by sex and age in two countries, with a break and a missing value."""
    indicator = IndicatorFactory(code="employment", dimensions=[SEX, AGE])
    figures_of(indicator, {"BE": {"2020": 77.1, "2021": (71.5, "b"), "2022": None}, "FR": {"2020": 60.0}})
    figures_of(indicator, {"BE": {"2020": 79.0, "2021": 73.0}}, key="sex=F")
    figures_of(indicator, {"BE": {"2021": 65.0}}, key="age=Y15-24&sex=F")
    return indicator


# --- what is asked, and what comes


def test_every_figure_comes_with_its_flags_its_breakdown_and_the_release_that_published_it(
    client: GildeClient, employment: Indicator
) -> None:
    page = told(client, "employment", "?geo=BE&time_from=2021")
    assert short(page["items"]) == [
        ("BE", "", "2021", 71.5, "b"),
        ("BE", "", "2022", None, ":"),
        ("BE", "age=Y15-24&sex=F", "2021", 65.0, ""),
        ("BE", "sex=F", "2021", 73.0, ""),
    ]
    newest = Release.objects.latest("pk")
    assert page["items"][0]["breakdown"] == {"sex": "T", "age": "TOTAL"}
    assert page["items"][2]["release"] == page["release"] == str(newest.uid)
    assert (page["indicator"], page["unit"], page["frequency"], page["next"]) == (
        "employment",
        "PC",
        "A",
        None,
    )


def test_numerator_and_denominator_come_with_the_figure(client: GildeClient) -> None:
    indicator = IndicatorFactory(code="ratio")
    AreaFactory(code="BE")
    publish(
        actor=SYSTEM,
        indicator=indicator,
        incoming=Incoming.of([Arriving("BE", "", "2024", 25.0, "", 1.0, 4.0)]),
        provenance=Provenance(kind=Release.Kind.METRIC, source="Gilde"),
    )
    [item] = told(client, "ratio")["items"]
    assert (item["value"], item["numerator"], item["denominator"]) == (25.0, 1.0, 4.0)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?sex=F&age=TOTAL", [("BE", "sex=F", "2020", 79.0, ""), ("BE", "sex=F", "2021", 73.0, "")]),
        ("?sex=T&time_to=2020", [("BE", "", "2020", 77.1, ""), ("FR", "", "2020", 60.0, "")]),
        ("?sex=T,F&age=Y15-24", [("BE", "age=Y15-24&sex=F", "2021", 65.0, "")]),
        ("?sex=T&sex=F&age=Y15-24", [("BE", "age=Y15-24&sex=F", "2021", 65.0, "")]),
        ("?sex=M", []),
        ("?geo=FR&sex=F", []),
    ],
)
def test_figures_are_asked_by_category(
    client: GildeClient, employment: Indicator, query: str, expected: list[tuple[object, ...]]
) -> None:
    assert short(told(client, "employment", query)["items"]) == expected


@pytest.mark.parametrize(
    ("query", "sentence", "known"),
    [
        ("?country=BE", "There is no dimension “country”. There are: age, sex.", ["age", "sex"]),
        ("?sex=X", "The dimension “sex” has no category “X”. There are: F, M, T.", ["F", "M", "T"]),
        (
            "?age=%25s",
            "The dimension “age” has no category “%s”. There are: TOTAL, Y15-24.",
            ["TOTAL", "Y15-24"],
        ),
        ("?geo=BE,XX", "There are no figures for the area “XX”. There are: BE, FR.", ["BE", "FR"]),
        ("?time_from=2015-Q1", "“2015-Q1” is no period that can be read. Write it as: 2025.", None),
        ("?at=yesterday", "“yesterday” is no moment that can be read.", None),
        ("?after=nonsense", "“after” is not the “next” of an answer.", None),
        ("?limit=0", "limit", None),
        ("?format=xls", "format", None),
    ],
)
def test_what_there_is_not_is_said_with_what_there_is(
    client: GildeClient, employment: Indicator, query: str, sentence: str, known: list[str] | None
) -> None:
    response = client.get(f"/api/indicators/employment/observations{query}")
    assert response.status_code == 422
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["title"].startswith(sentence)
    assert response.json().get("known") == known


@pytest.mark.parametrize(
    ("frequency", "periods", "first", "last", "expected"),
    [
        ("Q", ["2023-Q4", "2024-Q1", "2024-Q4", "2025-Q1"], "2024", "2024", ["2024-Q1", "2024-Q4"]),
        ("M", ["2023-12", "2024-01", "2024-12", "2025-01"], "2024", "2024", ["2024-01", "2024-12"]),
        ("S", ["2022-2023", "2023-2024", "2024-2025"], "2023", "2023", ["2023-2024"]),
        ("Q", ["2024-Q1", "2024-Q2", "2024-Q3"], "2024-Q2", "2024Q3", ["2024-Q2", "2024-Q3"]),
    ],
)
def test_a_year_alone_is_the_whole_year_at_any_frequency(
    client: GildeClient, frequency: str, periods: list[str], first: str, last: str, expected: list[str]
) -> None:
    indicator = IndicatorFactory(frequency=frequency)
    figures_of(indicator, {"BE": dict.fromkeys(periods, 1.0)})
    page = told(client, indicator.code, f"?time_from={first}&time_to={last}")
    assert [item["period"] for item in page["items"]] == expected


# --- pages


def pages(client: GildeClient, code: str, limit: int, query: str = "") -> Iterator[Any]:
    after = ""
    while True:
        page = told(client, code, f"?limit={limit}&after={after}{query}")
        yield page
        if (after := page["next"]) is None:
            return


WORLDS = st.dictionaries(
    st.tuples(
        st.sampled_from(["BE", "BE2", "FR", "EU27_2020"]),
        st.sampled_from(["", "age=Y15-24", "age=Y15-24&sex=F", "sex=F"]),
    ),
    st.dictionaries(
        st.sampled_from([str(year) for year in range(2015, 2025)]), st.floats(0, 100), min_size=1
    ),
    max_size=12,
)


def publish_world(indicator: Indicator, world: dict[tuple[str, str], dict[str, float]], **given: Any) -> None:
    for area, _key in world:
        AreaFactory(code=area)
    arriving = [
        Arriving(area, key, period, value)
        for (area, key), line in world.items()
        for period, value in line.items()
    ]
    publish(
        actor=SYSTEM,
        indicator=indicator,
        incoming=Incoming.of(arriving),
        provenance=Provenance(kind=Release.Kind.FILE, source="Office of examples"),
        **given,
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(WORLDS, st.integers(1, 7))
def test_pages_put_together_are_the_whole_whatever_their_size(
    client: GildeClient, world: dict[tuple[str, str], dict[str, float]], limit: int
) -> None:
    indicator = IndicatorFactory(dimensions=[SEX, AGE])
    publish_world(indicator, world)
    turned = list(pages(client, indicator.code, limit))
    assert all(len(page["items"]) <= limit for page in turned)
    assert all(len(page["items"]) == limit for page in turned[:-1])
    found = [row[:4] for page in turned for row in short(page["items"])]
    expected = {
        (area, key, period, value) for (area, key), line in world.items() for period, value in line.items()
    }
    assert len(found) == len(set(found)) == len(expected)
    assert set(found) == expected


def test_what_is_published_while_pages_are_turned_changes_none_of_them(client: GildeClient) -> None:
    indicator = IndicatorFactory(dimensions=[SEX, AGE])
    figures_of(indicator, {"BE": {"2020": 1.0, "2021": 2.0}, "FR": {"2020": 3.0, "2021": 4.0}})
    turning = pages(client, indicator.code, 1)
    first = next(turning)
    figures_of(
        indicator, {"BE": {"2019": 9.0, "2021": 9.0, "2022": 9.0}, "DK": {"2020": 9.0}, "FR": {"2021": 9.0}}
    )
    rest = list(turning)
    found = [row for page in (first, *rest) for row in short(page["items"])]
    assert [row[3] for row in found] == [1.0, 2.0, 3.0, 4.0]
    assert {page["release"] for page in (first, *rest)} == {first["release"]}


def test_a_page_in_the_middle_of_many_breakdowns_is_found_by_few_queries(client: GildeClient) -> None:
    indicator = IndicatorFactory(dimensions=[AGE])
    AreaFactory(code="BE")
    publish_world(indicator, {("BE", f"age=Y{n:04d}"): {"2020": float(n)} for n in range(1200)})
    every = ",".join(f"Y{n:04d}" for n in range(1200) if n % 2)
    found = [
        row[3] for page in pages(client, indicator.code, 100, f"&age={every}") for row in short(page["items"])
    ]
    assert found == [float(n) for n in range(1200) if n % 2]


# --- the past


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(st.lists(WORLDS, min_size=1, max_size=4), st.integers(1, 9))
def test_what_is_told_of_a_past_moment_is_what_was_current_then(
    client: GildeClient, states: list[dict[tuple[str, str], dict[str, float]]], limit: int
) -> None:
    indicator = IndicatorFactory(dimensions=[SEX, AGE])
    current = []
    for number, world in enumerate(states):
        with clock.moved_to(START + timedelta(days=number)):
            publish_world(indicator, world, withdrawal=Withdrawal())
            current.append(next(pages(client, indicator.code, MOST)))
    for number, page in enumerate(current):
        at = (START + timedelta(days=number)).date().isoformat()
        then = [
            row for past in pages(client, indicator.code, limit, f"&at={at}") for row in short(past["items"])
        ]
        assert then == short(page["items"])
        moment = START + timedelta(days=number, hours=6)
        lines = figures.lines(indicator, keys=None, at=moment)
        assert {row[:4] for row in then} == {
            (line.area.code, line.key, figure.period, figure.value)
            for line in lines
            for figure in line.figures
        }


def test_before_the_first_release_there_was_nothing(client: GildeClient, employment: Indicator) -> None:
    page = told(client, "employment", "?at=2001-01-01")
    assert (page["items"], page["release"], page["next"]) == ([], None, None)


def test_a_day_ends_when_it_ends_here(client: GildeClient) -> None:
    indicator = IndicatorFactory()
    with clock.moved_to(datetime(2026, 1, 31, 22, 30, tzinfo=UTC)):  # 23:30 in Brussels
        figures_of(indicator, {"BE": {"2020": 1.0}})
    with clock.moved_to(datetime(2026, 1, 31, 23, 30, tzinfo=UTC)):  # the first of February in Brussels
        figures_of(indicator, {"BE": {"2020": 2.0}})
    assert [item["value"] for item in told(client, indicator.code, "?at=2026-01-31")["items"]] == [1.0]
    assert [item["value"] for item in told(client, indicator.code, "?at=2026-02-01")["items"]] == [2.0]


def test_the_moment_of_a_release_as_it_is_told_brings_that_release(client: GildeClient) -> None:
    indicator = IndicatorFactory()
    with clock.moved_to(datetime(2026, 1, 31, 12, 0, 0, 102_556, tzinfo=UTC)):
        figures_of(indicator, {"BE": {"2020": 1.0}})
    written = client.get("/api/releases").json()["items"][0]["published_at"]
    assert written == "2026-01-31T12:00:00.102Z"
    for at in (written, "2026-01-31T12:00:00Z", "2026-01-31T12:00:00.102556Z"):
        assert len(told(client, indicator.code, f"?at={at}")["items"]) == 1
    assert told(client, indicator.code, "?at=2026-01-31T12:00:00.101Z")["items"] == []


# --- keeping


def test_who_has_the_answer_gets_304_until_something_is_published(
    client: GildeClient, employment: Indicator
) -> None:
    address = "/api/indicators/employment/observations?geo=BE"
    first = client.get(address)
    assert first["Cache-Control"] == "public, no-cache"
    assert first["Access-Control-Allow-Origin"] == "*"
    assert "Accept" in [part.strip() for part in first["Vary"].split(",")]
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    assert client.get(address + "&sex=F", headers={"If-None-Match": first["ETag"]}).status_code == 200
    figures_of(employment, {"BE": {"2020": 77.2}})
    fresh = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert fresh.status_code == 200
    assert fresh.json()["items"][0]["value"] == 77.2


def test_a_past_state_keeps_its_tag_when_something_is_published(client: GildeClient) -> None:
    indicator = IndicatorFactory()
    with clock.moved_to(START):
        figures_of(indicator, {"BE": {"2020": 1.0}})
    address = f"/api/indicators/{indicator.code}/observations?at=2026-01-01"
    first = client.get(address)
    with clock.moved_to(START + timedelta(days=2)):
        figures_of(indicator, {"BE": {"2020": 2.0}})
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
    assert client.get(address).content == first.content


def test_an_answer_that_is_kept_takes_one_query(client: GildeClient, employment: Indicator) -> None:
    address = "/api/indicators/employment/observations"
    whole = client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).content == whole.content
    assert len(queries) == 1
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address, headers={"If-None-Match": whole["ETag"]}).status_code == 304
    assert len(queries) == 1


def test_a_new_question_takes_few_queries(client: GildeClient, employment: Indicator) -> None:
    with CaptureQueriesContext(connection) as queries:
        client.get("/api/indicators/employment/observations?geo=BE&sex=F")
    assert len(queries) <= 6


def test_the_answer_to_head_is_that_of_get_without_its_body(
    client: GildeClient, employment: Indicator
) -> None:
    address = "/api/indicators/employment/observations"
    assert client.head(address)["ETag"] == client.get(address)["ETag"]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_read_again_as_the_same_number(value: float) -> None:
    assert json.loads(_number(value)) == value


@pytest.mark.parametrize("value", [None, float("inf"), float("nan")])
def test_what_is_no_number_is_unknown(value: float | None) -> None:
    assert json.loads(_number(value)) is None


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 40)), max_size=60))
def test_no_more_is_kept_than_there_is_room_for_and_what_was_used_last_stays(
    puts: list[tuple[int, int]],
) -> None:
    kept = Kept[str](100, len)
    told: dict[int, str] = {}
    for name, size in puts:
        kept.put(name, "x" * size)
        if size <= 25:
            told[name] = "x" * size
            assert kept.get(name) == told[name]
        held = {each: found for each in range(10) if (found := kept.get(each)) is not None}
        assert sum(len(found) for found in held.values()) <= 100
        assert all(told[each] == found for each, found in held.items())
    kept.clear()
    assert kept.get(0) is None


# --- who may


def test_a_draft_is_told_to_its_keeper_alone_and_kept_by_nobody_else(client: GildeClient) -> None:
    indicator = IndicatorFactory(code="draft", state=Indicator.State.DRAFT)
    figures_of(indicator, {"BE": {"2020": 1.0}})
    address = "/api/indicators/draft/observations"
    assert client.get(address).status_code == 404
    client.force_login(member(IndicatorFactory(), "officer"))
    assert client.get(address).status_code == 404
    client.force_login(member(indicator, "officer"))
    response = client.get(address)
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-cache"
    assert "Cookie" in response["Vary"]
    assert "Access-Control-Allow-Origin" not in response


def test_an_indicator_that_is_withdrawn_is_gone_at_once(client: GildeClient, employment: Indicator) -> None:
    first = client.get("/api/indicators/employment/observations")
    Indicator.objects.update(state=Indicator.State.WITHDRAWN)
    again = client.get("/api/indicators/employment/observations", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 404


# --- other forms


@pytest.mark.parametrize("asked", ["?format=csv", ""], ids=["address", "header"])
def test_figures_come_as_csv_whole(client: GildeClient, employment: Indicator, asked: str) -> None:
    headers = {} if asked else {"Accept": "text/csv"}
    response = client.get(f"/api/indicators/employment/observations{asked}", headers=headers)
    assert response["Content-Type"].startswith("text/csv")
    assert response["ETag"].startswith('W/"')
    rows = list(csv.reader(io.StringIO(b"".join(response).decode("utf-8-sig"))))
    assert len([row for row in rows if "BE" in row or "FR" in row]) == Observation.objects.count()


def test_json_comes_where_the_client_does_not_care(client: GildeClient, employment: Indicator) -> None:
    for accept in ("", "*/*", "application/json", "text/html,*/*;q=0.1", "image/png"):
        response = client.get("/api/indicators/employment/observations", headers={"Accept": accept})
        assert response["Content-Type"].startswith("application/json"), accept


# --- the rest of the API


def test_an_indicator_says_what_it_is_and_where_its_figures_are(
    client: GildeClient, employment: Indicator
) -> None:
    told = client.get("/api/indicators/employment").json()
    assert told["name"] == employment.name.as_json()
    assert told["dimensions"][0]["total"] == "T"
    assert {each["code"] for each in told["dimensions"][0]["categories"]} == {"T", "F", "M"}
    assert told["source"]["words"]["en"] == "Office of examples, table 1"
    newest = Release.objects.latest("pk").published_at
    assert datetime.fromisoformat(told["updated"]) == newest.replace(
        microsecond=newest.microsecond // 1000 * 1000
    )
    for link in (told["links"]["observations"], told["links"]["feed"], *told["links"]["data"].values()):
        path = link.removeprefix("http://127.0.0.1:8000")
        assert client.get(path).status_code == 200, link


def test_indicators_are_listed_without_drafts_and_narrowed(
    client: GildeClient, employment: Indicator
) -> None:
    IndicatorFactory(code="draft", state=Indicator.State.DRAFT)
    IndicatorFactory(code="other", name=Text.of("Early leavers"), kind=Indicator.Kind.REPORTED)

    def codes(query: str = "") -> list[str]:
        return [item["code"] for item in client.get(f"/api/indicators{query}").json()["items"]]

    assert codes() == ["employment", "other"]
    assert codes("?q=early") == ["other"]
    assert codes("?kind=reported") == ["other"]
    assert codes("?area=FR") == ["employment"]
    with CaptureQueriesContext(connection) as queries:
        codes()
    assert len(queries) <= 4


def test_releases_tell_what_each_one_changed(client: GildeClient) -> None:
    indicator = IndicatorFactory(code="revised")
    figures_of(indicator, {"BE": {"2020": 1.0, "2021": 2.0, "2022": 3.0}})
    publish_world(indicator, {("BE", ""): {"2020": 1.0, "2021": 2.5, "2023": 4.0}}, withdrawal=Withdrawal())
    newest = client.get("/api/releases?indicator=revised").json()["items"][0]
    assert (newest["added"], newest["revised"], newest["withdrawn"]) == (1, 1, 1)
    assert client.get(f"/api/releases/{newest['uid']}").json() == newest
    changes, after = [], ""
    while after is not None:
        page = client.get(f"/api/releases/{newest['uid']}/changes?limit=2&after={after}").json()
        changes += page["items"]
        after = page["next"]
    assert [(c["period"], c["change"]) for c in changes] == [
        ("2021", "revised"),
        ("2022", "withdrawn"),
        ("2023", "added"),
    ]
    assert (changes[0]["before"]["value"], changes[0]["after"]["value"]) == (2.0, 2.5)
    assert changes[1]["after"] is None
    assert changes[2]["before"] is None


def test_targets_and_how_areas_stand_against_them(client: GildeClient) -> None:
    indicator = IndicatorFactory(code="employed")
    figures_of(indicator, {"EU27_2020": {"2021": 76.0, "2022": 79.7, "2023": 80.7, "2024": 79.9}})
    AreaFactory(code="EU27_2020")
    target = TargetFactory(indicator=indicator, area_id="EU27_2020", value=82.0, year=2025)
    TargetFactory(indicator=IndicatorFactory(state=Indicator.State.DRAFT), area_id="EU27_2020")
    listed = client.get("/api/targets").json()
    assert [item["id"] for item in listed["items"]] == [str(target.pk)]
    assert client.get(f"/api/targets/{target.pk}").json() == listed["items"][0]
    [stand] = client.get("/api/standings?indicator=employed").json()["items"]
    assert (stand["target"], stand["area"], stand["aim"]) == (str(target.pk), "EU27_2020", 82.0)
    assert stand["latest"]["value"] == 79.9
    assert stand["distance"] == pytest.approx(2.1)
    assert stand["sentence"]
    assert client.get(f"/api/standings?status={stand['status']}").json()["total"] == 1


def test_areas_are_compared_and_the_best_is_named(client: GildeClient, employment: Indicator) -> None:
    compared = client.get("/api/indicators/employment/comparison?area=FR,BE&period=2020").json()
    assert [side["area"] for side in compared["sides"]] == ["FR", "BE"]
    assert [side["rank"] for side in compared["sides"]] == [2, 1]
    assert (compared["best"], compared["period"]) == (["BE"], "2020")
    assert client.get("/api/indicators/employment/comparison?key=sex%3DM").json()["sides"] == []


def test_areas_are_listed(client: GildeClient, employment: Indicator) -> None:
    listed = client.get("/api/areas?indicator=employment").json()
    assert [item["code"] for item in listed["items"]] == ["BE", "FR"]
    assert client.get("/api/areas/BE").json()["kind"] == "country"
    assert client.get("/api/areas?kind=region").json()["items"] == []
    assert json.loads(client.get("/api/areas/XX").content)["status"] == 404
