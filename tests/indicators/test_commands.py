"""`gilde indicators …`: reference data, the nightly run, pulling and loading from the command line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from gilde.core import clock, jobs
from gilde.core.errors import Invalid
from gilde.core.metrics import Measured, metric, registry
from gilde.indicators.models import Area, Indicator, Load, MetricRun
from gilde.indicators.models.loads import Finding
from gilde.indicators.services import loading
from tests.indicators.factories import AreaFactory, IndicatorFactory, figures_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def _metrics(db: None) -> Iterator[None]:
    """Let one metric count and another fail, and nothing else be registered."""
    before = dict(registry._registry)
    registry._registry.clear()
    told: dict[str, Any] = {
        "unit": "contracts", "definition": "d", "source": "s", "valid_from": date(2000, 1, 1),
    }  # fmt: skip
    metric("t.counted", label="Contracts", **told)(lambda period, area: Measured(3))
    metric("t.broken", label="Broken", **told)(lambda period, area: Measured(1 // 0))
    AreaFactory(code="GILDE")
    AreaFactory(code="BE")
    with clock.moved_to(date(2026, 3, 1)):
        yield
    registry._registry.clear()
    registry._registry.update(before)


def out(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


def test_reference_says_what_it_loaded(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("indicators", "reference")
    assert out(capsys).startswith("107 areas (107 new, 0 changed)\n")
    assert Area.objects.count() == 107


@pytest.mark.usefixtures("_metrics")
def test_the_nightly_run_says_what_became_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("indicators", "compute", "--metric", "t.counted", "--area", "BE", "--last", "2")
    assert out(capsys) == ("1 metrics, 2 runs: 2 measured, 0 without data, 0 failed; 1 with new figures.\n")
    assert list(MetricRun.objects.order_by("period").values_list("area", "period")) == [
        ("BE", "2025"),
        ("BE", "2026"),
    ]


@pytest.mark.usefixtures("_metrics")
def test_the_nightly_run_ends_in_an_error_that_names_what_failed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError) as ended:
        call_command("indicators", "compute", "--period", "2026")
    assert "t.broken: ZeroDivisionError" in str(ended.value)
    assert out(capsys).startswith("2 metrics, 4 runs: 2 measured, 0 without data, 2 failed")
    assert Indicator.objects.get(code="t-counted").series.count() == 2


@pytest.mark.usefixtures("_metrics")
def test_an_unknown_area_is_a_sentence() -> None:
    with pytest.raises(CommandError, match="There is no area “XX”"):
        call_command("indicators", "compute", "--area", "XX")


def test_an_unknown_indicator_is_a_sentence_with_those_that_there_are(tmp_path: Path) -> None:
    IndicatorFactory(code="graduates")
    for words in (["pull"], ["load", str(tmp_path / "a.csv")]):
        with pytest.raises(CommandError, match="There is no indicator “nothing”"):
            call_command("indicators", *words, "--indicator", "nothing")


def _as_job(monkeypatch: pytest.MonkeyPatch, state: str, **fields: Any) -> list[dict[str, Any]]:
    """Let adding a load and pulling make a load, and its job bring it to a state; return what was asked."""
    asked: list[dict[str, Any]] = []

    def begin(*, indicator: Indicator, **told: Any) -> Load:
        file = told.get("file")
        asked.append({**told, "indicator": indicator.code, "file": file.read() if file else None})
        return Load.objects.create(indicator=indicator, kind="pull", created_at=clock.now(), job=uuid4())

    def run(job: Any) -> None:
        load = Load.objects.get(job=job)
        if state == "published":
            fields["release"] = figures_of(load.indicator, {"BE": {"2024": 1, "2025": 2}})
        if state == "held":
            Finding.objects.create(load=load, kind="shrunk", sentence="Far fewer figures.")
        Load.objects.filter(job=job).update(state=state, **fields)

    monkeypatch.setattr(loading, "pull", begin)
    monkeypatch.setattr(loading, "add_load", begin)
    monkeypatch.setattr(jobs, "run", run)
    return asked


def test_what_is_pulled_waits_for_a_worker(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = _as_job(monkeypatch, "published")
    call_command("indicators", "reference")
    capsys.readouterr()
    IndicatorFactory(code="without-origin")
    call_command("indicators", "pull")
    told = out(capsys).splitlines()
    assert len(told) == len(asked) == 8
    assert told[0] == "adults-learning-12-months: queued; a worker (gilde work) reads it."


@pytest.mark.parametrize(
    ("state", "fields", "sentence"),
    [
        ("published", {}, "graduates: 2 added, 0 revised, 0 withdrawn."),
        ("held", {}, "graduates: held for a decision, 1 findings; nothing of it is published."),
        ("unchanged", {}, "graduates: nothing new."),
    ],
)
def test_whoever_waits_is_told_what_became_of_it(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    state: str,
    fields: dict[str, Any],
    sentence: str,
) -> None:
    _as_job(monkeypatch, state, **fields)
    IndicatorFactory(code="graduates")
    call_command("indicators", "pull", "--indicator", "graduates", "--now")
    assert out(capsys) == sentence + "\n"


def test_what_could_not_be_read_ends_in_an_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _as_job(monkeypatch, "failed", problem="The provider does not answer.")
    IndicatorFactory(code="graduates")
    with pytest.raises(CommandError, match="Not everything could be read"):
        call_command("indicators", "pull", "--indicator", "graduates", "--now")
    assert out(capsys) == "graduates: The provider does not answer.\n"


def test_a_file_is_loaded_as_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked = _as_job(monkeypatch, "published")
    IndicatorFactory(code="graduates")
    (tmp_path / "a.csv").write_bytes(b"geo,time\n")
    call_command("indicators", "load", str(tmp_path / "a.csv"), "--indicator", "graduates", "--complete")
    [told] = asked
    assert (told["indicator"], told["name"], told["complete"], told["file"]) == (
        "graduates",
        "a.csv",
        True,
        b"geo,time\n",
    )


def test_a_file_that_is_not_there_or_refused_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    IndicatorFactory(code="graduates")
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        call_command("indicators", "load", str(tmp_path / "a.csv"), "--indicator", "graduates")

    def refuse(**told: Any) -> Load:
        raise Invalid("Only official statistics come from files.")

    monkeypatch.setattr(loading, "add_load", refuse)
    (tmp_path / "a.csv").touch()
    with pytest.raises(CommandError, match="Only official statistics"):
        call_command("indicators", "load", str(tmp_path / "a.csv"), "--indicator", "graduates")
