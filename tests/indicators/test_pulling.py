"""Asking a provider: refused, split, postponed, empty, interrupted; each is reported, and nothing is lost."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from gilde.core import clock, fetch
from gilde.core.errors import Invalid
from gilde.core.fetch import Purpose, service
from gilde.core.models import Job, User
from gilde.indicators import figures
from gilde.indicators.formats import provider
from gilde.indicators.models import Indicator, Load, Origin, Release
from gilde.indicators.services import loading, pulling
from tests.core.test_fetch import Server
from tests.indicators.factories import AreaFactory, IndicatorFactory, figures_of, member

pytestmark = pytest.mark.django_db
Run = Callable[[], int]
FIGURES = {"BE": {"2020": 76.5, "2021": 71.5}, "FR": {"2020": 64.1, "2021": 68.0}}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Return a provider on this machine, which the purpose of statistics may ask."""
    made = Server()
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    monkeypatch.setattr(service, "_purposes", {})
    fetch.register(
        Purpose(
            pulling.PURPOSE,
            "For tests",
            hosts=("127.0.0.1",),
            schemes=frozenset({"http"}),
            ports=frozenset({made.port}),
            loopback=True,
        )
    )

    def request_url(
        _provider: str, flow: str, _selection: Any, areas: list[str], name: str
    ) -> tuple[str, str]:
        return made.url(f"/{flow}?" + "&".join(f"{name}={area}" for area in areas)), "application/json"

    monkeypatch.setattr(provider, "request_url", request_url)
    monkeypatch.setattr(pulling, "WAIT_SECONDS", 0.0)
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


@pytest.fixture
def indicator() -> Indicator:
    for code in FIGURES:
        AreaFactory(code=code)
    indicator = IndicatorFactory()
    Origin.objects.create(indicator=indicator, provider="ESTAT", dataflow="flow", areas=["BE", "FR"])
    return indicator


@pytest.fixture
def officer(indicator: Indicator) -> User:
    return member(indicator, "officer")


def answer(told: dict[str, dict[str, float]]) -> bytes:
    """Return a JSON-stat dataset, as Eurostat's statistics API gives it."""
    areas, years = list(told), sorted({year for periods in told.values() for year in periods})

    def category(codes: list[str]) -> dict[str, Any]:
        return {"category": {"index": {c: n for n, c in enumerate(codes)}, "label": {c: c for c in codes}}}

    return json.dumps(
        {
            "version": "2.0",
            "class": "dataset",
            "id": ["freq", "unit", "geo", "time"],
            "size": [1, 1, len(areas), len(years)],
            "dimension": {
                "freq": category(["A"]),
                "unit": category(["PC"]),
                "geo": category(areas),
                "time": category(years),
            },
            "value": {
                str(a * len(years) + y): told[area][year]
                for a, area in enumerate(areas)
                for y, year in enumerate(years)
                if year in told[area]
            },
        }
    ).encode()


def pulled(officer: User, indicator: Indicator, run: Run) -> Load:
    load = loading.pull(actor=officer, indicator=indicator)
    run()
    load.refresh_from_db()
    return load


def told(indicator: Indicator) -> dict[str, dict[str, float | None]]:
    return {
        line.area.code: {f.period: f.value for f in line.figures}
        for line in figures.lines(indicator, keys=None)
    }


BOTH = "/flow?geo=BE&geo=FR"


def test_a_pull_publishes_and_says_from_where(
    server: Server, indicator: Indicator, officer: User, run_jobs: Run
) -> None:
    server.says(BOTH, answer(FIGURES))
    load = pulled(officer, indicator, run_jobs)
    assert (load.state, load.problem) == ("published", "")
    assert load.release is not None
    assert (load.release.kind, load.release.added, load.release.url) == ("pull", 4, server.url(BOTH))
    assert told(indicator) == FIGURES


def test_a_second_pull_is_nothing_new_and_a_revision_is_told(
    server: Server, indicator: Indicator, officer: User, run_jobs: Run
) -> None:
    server.says(BOTH, answer(FIGURES), etag='"1"')
    pulled(officer, indicator, run_jobs)
    assert pulled(officer, indicator, run_jobs).state == "unchanged"
    assert server.asked[-1][1]["If-None-Match"] == '"1"'
    server.says(BOTH, answer({"BE": {**FIGURES["BE"], "2021": 71.6, "2022": 79.6}, "FR": FIGURES["FR"]}))
    release = pulled(officer, indicator, run_jobs).release
    assert release is not None
    assert (release.added, release.revised, release.withdrawn) == (1, 1, 0)


def test_one_that_is_under_way_is_not_begun_twice(
    server: Server, indicator: Indicator, officer: User
) -> None:
    first = loading.pull(actor=officer, indicator=indicator)
    assert loading.pull(actor=officer, indicator=indicator) == first


def test_one_whose_job_was_given_up_goes_on_with_a_new_job(
    server: Server, indicator: Indicator, officer: User, run_jobs: Run
) -> None:
    server.says(BOTH, answer(FIGURES))
    load = loading.pull(actor=officer, indicator=indicator)
    given_up = {"state": Job.State.FAILED, "error": "Interrupted.", "finished_at": clock.now()}
    Job.objects.filter(pk=load.job).update(**given_up)
    again = loading.pull(actor=officer, indicator=indicator)
    assert again == load
    assert again.job != load.job
    run_jobs()
    assert told(indicator) == FIGURES


def test_an_answer_of_413_is_asked_for_again_in_parts(
    server: Server, indicator: Indicator, officer: User, run_jobs: Run
) -> None:
    server.says(BOTH, b"too large", status=413)
    for area, periods in FIGURES.items():
        server.says(f"/flow?geo={area}", answer({area: periods}))
    load = pulled(officer, indicator, run_jobs)
    assert (load.state, load.problem) == ("published", "")
    assert [path for path, _headers in server.asked] == [BOTH, "/flow?geo=BE", "/flow?geo=FR"]
    assert told(indicator) == FIGURES


def test_413_for_a_single_area_is_reported(
    server: Server, indicator: Indicator, officer: User, run_jobs: Run
) -> None:
    for path in (BOTH, "/flow?geo=BE"):
        server.says(path, b"too large", status=413)
    load = pulled(officer, indicator, run_jobs)
    assert load.state == "failed"
    assert "answered with the error 413" in load.problem


def test_an_answer_that_is_promised_for_later_is_waited_for(
    server: Server, indicator: Indicator, officer: User, run_jobs: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    promised = server.url("/later")
    monkeypatch.setattr(provider, "later_url", lambda said: promised if said == b"later" else None)
    server.says(BOTH, b"later")
    turns: list[int] = []

    def ready_at_the_third_time(handler: Any) -> None:
        turns.append(1)
        body = answer(FIGURES) if len(turns) == 3 else b""
        handler.send_response(200 if body else 404)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    server.answers["/later"] = ready_at_the_third_time
    assert pulled(officer, indicator, run_jobs).state == "published"
    assert len(turns) == 3
    assert told(indicator) == FIGURES


def test_a_pull_goes_on_where_a_dead_worker_stopped(
    server: Server, indicator: Indicator, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.says(BOTH, answer(FIGURES))
    load = loading.pull(actor=officer, indicator=indicator)

    def dies(*_arguments: object, **_more: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(loading.checking, "check", dies)
        with pytest.raises(KeyboardInterrupt):
            loading.read_load(str(load.pk))
    assert Load.objects.get(pk=load.pk).state == "waiting"
    loading.read_load(str(load.pk))
    assert Load.objects.get(pk=load.pk).state == "published"
    assert len(server.asked) == 1  # what had come was not asked for again
    assert Release.objects.count() == 1


@pytest.mark.parametrize("body", [answer({}), b"", b"<html><body>Maintenance</body></html>", b"{}", b"\x00"])
def test_an_empty_or_strange_answer_is_reported_and_changes_nothing(
    server: Server, indicator: Indicator, officer: User, run_jobs: Run, body: bytes
) -> None:
    figures_of(indicator, FIGURES)
    server.says(BOTH, body)
    load = pulled(officer, indicator, run_jobs)
    assert load.state == "failed"
    assert load.problem
    assert told(indicator) == FIGURES


def test_a_provider_that_is_not_there_is_reported(
    server: Server, indicator: Indicator, officer: User, run_jobs: Run
) -> None:
    server.says(BOTH, b"no", status=503)
    load = pulled(officer, indicator, run_jobs)
    assert (load.state, load.problem) == ("failed", "127.0.0.1 answered with the error 503.")


def test_a_pull_that_shrinks_is_held(
    server: Server, indicator: Indicator, officer: User, run_jobs: Run
) -> None:
    figures_of(indicator, {area: {str(year): 70.0 for year in range(2010, 2020)} for area in FIGURES})
    server.says(BOTH, answer({"BE": {"2019": 70.0}}))
    load = pulled(officer, indicator, run_jobs)
    assert [found.kind for found in load.findings.all()] == ["shrunk"]
    assert len(told(indicator)["FR"]) == 10


def test_a_pull_of_some_areas_leaves_the_figures_of_others(
    server: Server, indicator: Indicator, officer: User, run_jobs: Run
) -> None:
    figures_of(indicator, {"EU27_2020": {"2020": 75.9}})
    server.says(BOTH, answer(FIGURES))
    pulled(officer, indicator, run_jobs)
    assert told(indicator)["EU27_2020"] == {"2020": 75.9}


def test_without_an_origin_nobody_can_be_asked() -> None:
    indicator = IndicatorFactory()
    with pytest.raises(Invalid, match="Nothing says where figures of this indicator come from"):
        loading.pull(actor=member(indicator, "officer"), indicator=indicator)
