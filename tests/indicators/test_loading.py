"""From a file to published figures: at once when it is sound, after a decision when it is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gilde.core.errors import GildeError, Invalid, Refused, Stale
from gilde.core.models import AuditEvent, User
from gilde.indicators import figures
from gilde.indicators.models import Indicator, Load, Origin, Release
from gilde.indicators.services import loading
from tests.indicators.factories import AreaFactory, IndicatorFactory, figures_of, member

pytestmark = pytest.mark.django_db
Run = Callable[[], int]


@pytest.fixture
def indicator() -> Indicator:
    for code in ("BE", "FR"):
        AreaFactory(code=code)
    return IndicatorFactory()


@pytest.fixture
def officer(indicator: Indicator) -> User:
    return member(indicator, "officer")


def file(*rows: str) -> bytes:
    """Return a file of SDMX-CSV with rows such as "BE,2020,71.5,b"."""
    return (
        "freq,unit,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG\n" + "".join(f"A,PC,{row}\n" for row in rows)
    ).encode()


def told(indicator: Indicator) -> dict[str, dict[str, tuple[Any, str]]]:
    return {
        line.area.code: {f.period: (f.value, f.flags) for f in line.figures}
        for line in figures.lines(indicator, keys=None)
    }


def loaded(officer: User, indicator: Indicator, run: Run, *rows: str, complete: bool = False) -> Load:
    load = loading.add_load(
        actor=officer, indicator=indicator, file=file(*rows), name="figures.csv", complete=complete
    )
    run()
    load.refresh_from_db()
    return load


def test_a_sound_file_is_published_at_once(indicator: Indicator, officer: User, run_jobs: Run) -> None:
    load = loaded(officer, indicator, run_jobs, "BE,2020,71.5,b", "FR,2020,:,c", "FR,2021,60.25,")
    assert (load.state, load.rows, load.findings.count()) == ("published", 3, 0)
    assert load.release is not None
    assert (load.release.kind, load.release.added, load.release.by) == ("file", 3, officer.pk)
    assert load.release.document == load.document
    assert told(indicator) == {"BE": {"2020": (71.5, "b")}, "FR": {"2020": (None, ":c"), "2021": (60.25, "")}}


def test_the_same_file_again_is_nothing_new(indicator: Indicator, officer: User, run_jobs: Run) -> None:
    loaded(officer, indicator, run_jobs, "BE,2020,71.5,b")
    assert loaded(officer, indicator, run_jobs, "BE,2020,71.5,b").state == "unchanged"
    assert Release.objects.count() == 1


def test_a_job_that_is_run_again_publishes_once(indicator: Indicator, officer: User, run_jobs: Run) -> None:
    load = loaded(officer, indicator, run_jobs, "BE,2020,71.5,")
    assert loading.read_load(str(load.pk)) == {"state": "published"}
    assert Release.objects.count() == 1


FAULTY = ("BE,2020,71.5,", "BE,2021,140,", "XX,2020,50,", "FR,2020,60,", "FR,2020,61,", 'FR,2021,"62,5",')


def test_a_faulty_file_is_held_and_nothing_published_changes(
    indicator: Indicator, officer: User, run_jobs: Run
) -> None:
    figures_of(indicator, {"BE": {"2020": 70.0}})
    load = loaded(officer, indicator, run_jobs, *FAULTY)
    assert load.state == "held"
    assert {(found.kind, found.row) for found in load.findings.all()} == {
        ("impossible", 3),
        ("unknown-area", 4),
        ("duplicate", 6),
        ("decimal-comma", 7),
    }
    assert told(indicator) == {"BE": {"2020": (70.0, "")}}


def test_a_decision_leaves_the_faulty_rows_out(indicator: Indicator, officer: User, run_jobs: Run) -> None:
    load = loaded(officer, indicator, run_jobs, *FAULTY)
    loading.accept_load(actor=officer, load=load, ground="The rest is right.")
    run_jobs()
    load.refresh_from_db()
    assert (load.state, load.decided_by, load.decision) == ("published", officer.pk, "The rest is right.")
    assert told(indicator) == {"BE": {"2020": (71.5, "")}}


def test_a_decision_can_take_an_impossible_value_as_it_stands(
    indicator: Indicator, officer: User, run_jobs: Run
) -> None:
    load = loaded(officer, indicator, run_jobs, *FAULTY)
    loading.accept_load(actor=officer, load=load, ground="Confirmed by the office.", take=["impossible"])
    run_jobs()
    assert told(indicator) == {"BE": {"2020": (71.5, ""), "2021": (140.0, "")}}


@pytest.mark.parametrize("kind", ["duplicate", "unknown-area", "decimal-comma", "nonsense"])
def test_what_nobody_can_read_cannot_be_taken(
    indicator: Indicator, officer: User, run_jobs: Run, kind: str
) -> None:
    load = loaded(officer, indicator, run_jobs, *FAULTY)
    with pytest.raises(Invalid, match="cannot be taken as they stand"):
        loading.accept_load(actor=officer, load=load, ground="Because.", take=[kind])
    assert Load.objects.get(pk=load.pk).state == "held"


def test_a_rejected_load_stays_rejected(indicator: Indicator, officer: User, run_jobs: Run) -> None:
    load = loaded(officer, indicator, run_jobs, *FAULTY)
    loading.reject_load(actor=officer, load=load, ground="The wrong file.")
    with pytest.raises(Refused, match="Rejected"):
        loading.accept_load(actor=officer, load=load, ground="After all.")
    run_jobs()
    assert Load.objects.get(pk=load.pk).state == "rejected"
    assert told(indicator) == {}


def test_of_two_who_decide_at_once_the_second_is_told(
    indicator: Indicator, officer: User, run_jobs: Run
) -> None:
    load = loaded(officer, indicator, run_jobs, *FAULTY)
    same = Load.objects.get(pk=load.pk)
    loading.reject_load(actor=officer, load=load, ground="The wrong file.")
    with pytest.raises(Stale):
        loading.accept_load(actor=officer, load=same, ground="Looks fine.")


def test_a_decision_needs_a_ground(indicator: Indicator, officer: User, run_jobs: Run) -> None:
    load = loaded(officer, indicator, run_jobs, *FAULTY)
    for decide in (loading.accept_load, loading.reject_load):
        with pytest.raises(Invalid, match="Ground of the decision"):
            decide(actor=officer, load=load, ground="  ")


def test_a_complete_file_that_shrinks_by_half_is_held_until_that_is_taken(
    indicator: Indicator, officer: User, run_jobs: Run
) -> None:
    figures_of(indicator, {"BE": {str(year): 70.0 for year in range(2010, 2020)}})
    load = loaded(officer, indicator, run_jobs, "BE,2019,70.0,", complete=True)
    assert [(found.kind, found.whole) for found in load.findings.all()] == [("shrunk", True)]
    with pytest.raises(Invalid, match="take it as it stands, or reject the load"):
        loading.accept_load(actor=officer, load=load, ground="Right.")
    assert len(told(indicator)["BE"]) == 10
    loading.accept_load(actor=officer, load=load, ground="Withdrawn by the office.", take=["shrunk"])
    run_jobs()
    assert told(indicator) == {"BE": {"2019": (70.0, "")}}


def test_a_figure_whose_new_value_is_faulty_is_not_withdrawn(
    indicator: Indicator, officer: User, run_jobs: Run
) -> None:
    figures_of(indicator, {"BE": {"2019": 70.0, "2020": 71.0}})
    load = loaded(officer, indicator, run_jobs, "BE,2019,70.5,", "BE,2020,140,", complete=True)
    loading.accept_load(actor=officer, load=load, ground="The rest is right.")
    run_jobs()
    assert told(indicator) == {"BE": {"2019": (70.5, ""), "2020": (71.0, "")}}


def test_a_partial_file_withdraws_nothing(indicator: Indicator, officer: User, run_jobs: Run) -> None:
    figures_of(indicator, {"BE": {str(year): 70.0 for year in range(2010, 2020)}})
    assert loaded(officer, indicator, run_jobs, "BE,2020,71.0,").state == "published"
    assert len(told(indicator)["BE"]) == 11


def test_a_file_of_another_indicator_is_held(indicator: Indicator, officer: User, run_jobs: Run) -> None:
    Origin.objects.create(indicator=indicator, provider="ESTAT", dataflow="x", selection={"unit": "NR"})
    load = loaded(officer, indicator, run_jobs, "BE,2020,71.5,")
    assert (load.state, [found.kind for found in load.findings.all()]) == ("held", ["other-indicator"])
    assert told(indicator) == {}


@pytest.mark.parametrize("content", [b"", b"hello", b"\x00\x01\x02", b"<html><body>503</body></html>"])
def test_what_cannot_be_read_says_why_and_stores_no_figure(
    indicator: Indicator, officer: User, run_jobs: Run, content: bytes
) -> None:
    if not content:
        with pytest.raises(GildeError, match="empty"):  # refused at the door
            loading.add_load(actor=officer, indicator=indicator, file=content, name="figures.csv")
        return
    load = loading.add_load(actor=officer, indicator=indicator, file=content, name="figures.csv")
    run_jobs()
    load.refresh_from_db()
    assert load.state == "failed"
    assert load.problem.endswith(".")
    assert told(indicator) == {}


def test_only_members_who_write_may_load_and_decide(
    indicator: Indicator, officer: User, run_jobs: Run
) -> None:
    load = loaded(officer, indicator, run_jobs, *FAULTY)
    one = file("BE,2020,1,")
    for outsider in (member(indicator, "reader"), member(IndicatorFactory(), "officer")):
        acts: list[tuple[Callable[..., Any], dict[str, Any]]] = [
            (loading.add_load, {"indicator": indicator, "file": one, "name": "f.csv"}),
            (loading.pull, {"indicator": indicator}),
            (loading.accept_load, {"load": load, "ground": "Yes."}),
            (loading.reject_load, {"load": load, "ground": "No."}),
        ]
        for act, arguments in acts:
            with pytest.raises(Refused):
                act(actor=outsider, **arguments)


@pytest.mark.parametrize("kind", ["computed", "reported"])
def test_only_official_statistics_come_from_files(kind: str) -> None:
    indicator = IndicatorFactory(kind=kind, metric="plans.measures" if kind == "computed" else "")
    with pytest.raises(Invalid, match="Only official statistics come from files"):
        loading.add_load(
            actor=member(indicator, "officer"), indicator=indicator, file=file("BE,2020,1,"), name="f.csv"
        )


def test_every_step_of_a_load_is_in_the_audit_chain(
    indicator: Indicator, officer: User, run_jobs: Run
) -> None:
    load = loaded(officer, indicator, run_jobs, *FAULTY)
    loading.accept_load(actor=officer, load=load, ground="The rest is right.")
    run_jobs()
    actions = (
        AuditEvent.objects.filter(object_id=str(load.pk)).order_by("pk").values_list("action", flat=True)
    )
    assert list(actions) == [f"indicators.load.{act}" for act in ("begin", "hold", "accept", "publish")]
