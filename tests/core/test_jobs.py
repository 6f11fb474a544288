"""Long work: queued with its change, told as it goes, never lost, never stored twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.db import transaction
from django_tasks_db.models import DBTaskResult

from gilde.core import clock, jobs
from gilde.core.access import SYSTEM
from gilde.core.errors import GildeError, Refused
from gilde.core.jobs import Job, LeaseLost, service
from gilde.core.jobs.worker import work
from gilde.core.models import User

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _own_kinds(monkeypatch: pytest.MonkeyPatch, run_jobs: object) -> None:
    monkeypatch.setattr(service, "_kinds", {})
    monkeypatch.setattr(service, "_WRITE_EVERY_SECONDS", 0.0)


def again(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def register(function: Callable[..., Any], **options: Any) -> None:
    jobs.job("tests.count", **options)(function)


def test_a_job_runs_in_the_worker_and_its_result_is_kept(user: User) -> None:
    register(lambda words: {"count": len(words)})
    job = jobs.enqueue(user, "tests.count", words=["a", "b"])
    assert (job.state, job.owner, job.is_finished) == ("queued", user, False)
    assert work(batch=True) == 1
    job = again(job)
    assert (job.state, job.result, job.attempts, job.percent) == ("done", {"count": 2}, 1, 100)
    assert DBTaskResult.objects.get().status == "SUCCESSFUL"


def test_a_job_is_queued_with_the_change_around_it_or_not_at_all(user: User) -> None:
    register(lambda: None)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        print(jobs.enqueue(user, "tests.count").attempts / 0)
    assert not Job.objects.exists()
    assert not DBTaskResult.objects.exists()


def test_who_has_not_signed_in_starts_nothing() -> None:
    register(lambda: None)
    with pytest.raises(Refused):
        jobs.enqueue(AnonymousUser(), "tests.count")


def test_a_kind_that_nobody_registered_is_named_with_those_that_exist(user: User) -> None:
    register(lambda: None)
    with pytest.raises(KeyError, match=r"no kind of job 'tests\.cuont'. There are: tests\.count"):
        jobs.enqueue(user, "tests.cuont")


def test_a_kind_is_registered_once() -> None:
    register(lambda: None)
    with pytest.raises(ValueError, match="registered twice"):
        register(lambda: {})


def test_progress_says_how_far_and_what_and_renews_the_lease(user: User) -> None:
    seen: list[tuple[int, int | None, str, datetime]] = []

    def counts() -> None:
        for done in (1, 2):
            with clock.moved_to(MORNING + timedelta(minutes=4 * done)):
                jobs.progress(done, 2, f"Page {done}")
            job = Job.objects.get()
            seen.append((job.done, job.percent, job.step, job.lease_until))

    register(counts, lease=timedelta(minutes=5))
    with clock.moved_to(MORNING):
        jobs.enqueue(user, "tests.count")
        work(batch=True)
    assert seen == [
        (1, 50, "Page 1", MORNING + timedelta(minutes=9)),
        (2, 100, "Page 2", MORNING + timedelta(minutes=13)),
    ]


def test_progress_of_no_job_is_nothing() -> None:
    jobs.progress(1, 2, "Called from a page")
    assert not Job.objects.exists()


def test_progress_for_every_row_is_written_now_and_then(
    user: User, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr(service, "_WRITE_EVERY_SECONDS", 3600.0)

    def counts() -> None:
        with django_assert_max_num_queries(2):
            for row in range(1, 501):
                jobs.progress(row, 500, "Reading rows")

    register(counts)
    job = jobs.enqueue(user, "tests.count")
    work(batch=True)
    assert (again(job).done, again(job).total) == (500, 500)


def test_what_the_owner_can_help_is_told_in_its_own_sentence(user: User) -> None:
    def refuses() -> None:
        raise GildeError("The file has no text layer. Scan it again with text recognition.")

    register(refuses)
    job = jobs.enqueue(user, "tests.count")
    work(batch=True)
    assert again(job).state == "failed"
    assert again(job).error == "The file has no text layer. Scan it again with text recognition."


def test_a_defect_is_told_in_general_and_kept_in_the_log_and_the_queue(
    user: User, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks() -> None:
        raise ValueError("secret of the inside")

    register(breaks)
    job = jobs.enqueue(user, "tests.count")
    work(batch=True)
    failed = again(job)
    assert (failed.state, failed.attempts) == ("failed", 1)
    assert str(job.pk) in failed.error
    assert "secret" not in failed.error
    assert "secret of the inside" in caplog.text
    assert "secret of the inside" in DBTaskResult.objects.get().traceback


def test_a_failed_job_does_not_stop_the_next(user: User) -> None:
    register(lambda n: {"share": 1 / n})
    broken, good = (jobs.enqueue(user, "tests.count", n=n) for n in (0, 4))
    assert work(batch=True) == 2
    assert (again(broken).state, again(good).result) == ("failed", {"share": 0.25})


def test_a_kind_that_is_gone_since_fails_with_its_name(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    register(lambda: None)
    job = jobs.enqueue(user, "tests.count")
    monkeypatch.setattr(service, "_kinds", {})
    work(batch=True)
    assert again(job).error == "This Gilde does not know how to do this any more: tests.count."


# --- killed workers
# -------------------------------------------------------------------------------------------


def lose(job: Job) -> None:
    """Let a worker take the job and be killed: its row and its task say "running" for ever."""
    Job.objects.filter(pk=job.pk).update(state="running", attempts=job.attempts + 1, lease_until=MORNING)
    DBTaskResult.objects.filter(pk=again(job).task).update(status="RUNNING")


def test_a_job_whose_lease_ran_out_is_queued_again_and_run(user: User) -> None:
    register(lambda: {"done": True})
    with clock.moved_to(MORNING):
        job = jobs.enqueue(user, "tests.count")
    lose(job)
    assert jobs.sweep() == jobs.Swept(requeued=1, given_up=0)
    assert again(job).state == "lost"
    assert jobs.sweep() == jobs.Swept(0, 0)
    work(batch=True)
    assert (again(job).state, again(job).attempts, again(job).result) == ("done", 2, {"done": True})
    assert sorted(DBTaskResult.objects.values_list("status", flat=True)) == ["FAILED", "SUCCESSFUL"]


def test_the_worker_sweeps_by_itself(user: User) -> None:
    register(lambda: {"done": True})
    job = jobs.enqueue(user, "tests.count")
    lose(job)
    assert work(batch=True) == 1
    assert again(job).state == "done"


def test_a_job_whose_lease_holds_is_left_alone(user: User) -> None:
    register(lambda: None)
    with clock.moved_to(MORNING):
        job = jobs.enqueue(user, "tests.count")
    lose(job)
    with clock.moved_to(MORNING):
        assert jobs.sweep() == jobs.Swept(0, 0)
    assert again(job).state == "running"


def test_after_three_lost_workers_a_job_is_given_up_with_a_sentence(user: User) -> None:
    register(lambda: None)
    job = jobs.enqueue(user, "tests.count")
    for _ in range(jobs.ATTEMPTS - 1):
        lose(again(job))
        assert jobs.sweep().requeued == 1
    lose(again(job))
    assert jobs.sweep() == jobs.Swept(requeued=0, given_up=1)
    given_up = again(job)
    assert (given_up.state, given_up.attempts) == ("failed", 3)
    assert given_up.error.startswith("This was interrupted 3 times before it could finish.")
    assert str(job.pk) in given_up.error


def test_a_job_that_waits_in_a_long_queue_is_not_queued_twice(user: User) -> None:
    register(lambda: None)
    with clock.moved_to(MORNING):
        job = jobs.enqueue(user, "tests.count")
    assert jobs.sweep() == jobs.Swept(0, 0)
    assert again(job).state == "queued"
    assert DBTaskResult.objects.count() == 1


def test_a_job_whose_worker_died_before_it_began_is_queued_again(user: User) -> None:
    register(lambda: None)
    with clock.moved_to(MORNING):
        job = jobs.enqueue(user, "tests.count")
    DBTaskResult.objects.update(status="RUNNING")
    assert jobs.sweep().requeued == 1
    work(batch=True)
    assert (again(job).state, again(job).attempts) == ("done", 1)


def test_a_slow_worker_that_was_taken_for_dead_stores_nothing_over_the_next(user: User) -> None:
    def slow() -> dict[str, str]:
        # While the first run sleeps, a sweeper takes it for dead and a second worker does the work.
        job = Job.objects.get()
        if job.attempts == 1:
            Job.objects.update(lease_until=MORNING)
            jobs.sweep()
            work(batch=True)
            with pytest.raises(LeaseLost):
                jobs.progress(1, 1)
            return {"by": "the first"}
        return {"by": "the second"}

    register(slow)
    job = jobs.enqueue(user, "tests.count")
    work(batch=True)
    assert (again(job).state, again(job).attempts, again(job).result) == ("done", 2, {"by": "the second"})


def test_a_finished_job_is_not_run_again(user: User) -> None:
    runs: list[int] = []
    register(lambda: runs.append(1))
    job = jobs.enqueue(user, "tests.count")
    work(batch=True)
    jobs.run(job.pk)
    assert runs == [1]


# --- who sees what
# --------------------------------------------------------------------------------------------


def test_a_person_sees_their_own_jobs_and_an_administrator_all(make_user: Callable[..., User]) -> None:
    register(lambda: None)
    mine, other, administrator = make_user(), make_user(), make_user(is_superuser=True)
    job = jobs.enqueue(mine, "tests.count")
    jobs.enqueue(SYSTEM, "tests.count")
    assert list(Job.objects.visible_to(mine)) == [job]
    assert not Job.objects.visible_to(other).exists()
    assert not Job.objects.visible_to(AnonymousUser()).exists()
    assert Job.objects.visible_to(administrator).count() == 2


def test_the_command_lists_and_sweeps(user: User, capsys: pytest.CaptureFixture[str]) -> None:
    register(lambda: None)
    job = jobs.enqueue(user, "tests.count")
    lose(job)
    call_command("jobs", "sweep")
    call_command("jobs", "list")
    told = capsys.readouterr().out
    assert "1 jobs are queued again, 0 are given up." in told
    assert f"{job.pk} tests.count lost" in told


@pytest.mark.django_db
def test_what_a_context_tidies_is_called_with_every_sweep_and_stops_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    called: list[str] = []

    def broken() -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(service, "_tidying", [])
    jobs.tidies(broken)
    jobs.tidies(lambda: called.append("tidied"))
    jobs.sweep()
    assert called == ["tidied"]
