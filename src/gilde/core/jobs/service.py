"""Long work: put it in the queue, tell how far it is, and never lose it when the machine stops.

A worker holds a job by a lease that each `progress` renews. When a lease runs out, its worker is taken for
dead and
the job is queued again, up to ATTEMPTS times. So a job function may be run again after it did part of its
work, or
even, when a worker was only slow, while the first run still goes on: **it must be idempotent**. Its result
is stored once, by whoever holds the lease.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, TypeAlias
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from gilde.core import clock
from gilde.core.access import Actor
from gilde.core.errors import GildeError, Refused
from gilde.core.jobs.models import Job
from gilde.core.users import User

logger = logging.getLogger(__name__)

LEASE: Final = timedelta(minutes=5)
ATTEMPTS: Final = 3
# Progress is written at most this often, so that it may be told for every row of a large file.
_WRITE_EVERY_SECONDS = 0.2

JobFunction: TypeAlias = "Callable[..., Mapping[str, Any] | None]"
_OPEN = (Job.State.QUEUED, Job.State.LOST)


class LeaseLost(RuntimeError):
    """This run no longer holds its job: another worker has it, or it was ended. Stop and leave it to them."""


@dataclass(frozen=True)
class Kind:
    """A registered kind of job. `lease` is the longest time that it may be silent between two calls of
    `progress`.
    """

    name: str
    function: JobFunction
    lease: timedelta


@dataclass
class _Held:
    job: UUID
    attempt: int
    lease: timedelta
    written: float = 0.0
    step: str = ""


@dataclass(frozen=True)
class Swept:
    """What a sweep found: jobs put back into the queue, and jobs given up."""

    requeued: int
    given_up: int


_kinds: dict[str, Kind] = {}
_tidying: list[Callable[[], object]] = []
_held: ContextVar[_Held | None] = ContextVar("held_job", default=None)


def job(kind: str, *, lease: timedelta = LEASE) -> Callable[[JobFunction], JobFunction]:
    """Register a function as the kind of job "<context>.<name>"; it takes keyword arguments that JSON can
    hold.

    The function returns a mapping that JSON can hold, or None. It must be idempotent, see above. Raises
    ValueError for a kind that is taken.
    """

    def register(function: JobFunction) -> JobFunction:
        if kind in _kinds and _kinds[kind].function is not function:
            raise ValueError(f"The kind of job {kind!r} is registered twice.")
        _kinds[kind] = Kind(kind, function, lease)
        return function

    return register


def enqueue(actor: Actor, kind: str, **arguments: Any) -> Job:
    """Return the job, queued in the same transaction as everything around the call, so that neither goes
    alone.

    Raises Refused for who has not signed in, KeyError for a kind that nobody registered.
    """
    if not actor.is_authenticated:
        raise Refused(_("Sign in to start this work."))
    if kind not in _kinds:
        raise KeyError(f"There is no kind of job {kind!r}. There are: {', '.join(sorted(_kinds)) or 'none'}.")
    now = clock.now()
    with transaction.atomic():
        new = Job.objects.create(
            kind=kind,
            arguments=arguments,
            owner=actor if isinstance(actor, User) else None,
            lease_until=now + _kinds[kind].lease,
            created_at=now,
        )
        _put_in_queue(new)
    return new


def progress(done: int, total: int | None = None, step: str = "") -> None:
    """Tell how far the running job is (`done` of `total` units, and what it is doing), and renew its lease.

    Outside a job it does nothing. Call it between transactions, not inside one, or nobody sees it until the
    end.
    Raises LeaseLost when this run no longer holds the job.
    """
    held = _held.get()
    if held is None:
        return
    if step == held.step and done != total and time.monotonic() - held.written < _WRITE_EVERY_SECONDS:
        return
    held.written, held.step = time.monotonic(), step
    _update_held(held, done=done, total=total, step=step[:300], lease_until=clock.now() + held.lease)


def run(job_id: UUID) -> None:
    """Run a queued job to its end, in this process. Returns at once when somebody else has it or it has
    ended.

    A GildeError of the job is its answer to its owner; any other error is logged, told in a general
    sentence, and raised again for the queue to keep.
    """
    found = Job.objects.filter(pk=job_id).first()
    if found is None:
        return
    kind = _kinds.get(found.kind)
    lease = kind.lease if kind else LEASE
    now = clock.now()
    claimed = Job.objects.filter(pk=job_id, state__in=_OPEN, attempts=found.attempts).update(
        state=Job.State.RUNNING,
        attempts=F("attempts") + 1,
        started_at=now,
        lease_until=now + lease,
        done=0,
        total=None,
        step="",
    )
    if not claimed:
        return
    held = _Held(job_id, found.attempts + 1, lease)
    token = _held.set(held)
    try:
        if kind is None:
            raise GildeError(
                _("This Gilde does not know how to do this any more: %(kind)s.") % {"kind": found.kind}
            )
        result = kind.function(**found.arguments)
        _update_held(held, state=Job.State.DONE, result=result, finished_at=clock.now(), step="")
    except LeaseLost:
        logger.warning("The run %d of job %s lost its lease; another worker goes on", held.attempt, job_id)
        raise
    except GildeError as error:
        _fail(held, error.sentence)
    except Exception:
        logger.exception("The job %s (%s) failed", job_id, found.kind)
        _fail(
            held,
            _("Something went wrong in Gilde itself. The administrators find it in the log under %(id)s.")
            % {"id": job_id},
        )
        raise
    except BaseException:
        # The process is told to end: the next sweep may take the job at once.
        _update_held(held, lease_until=clock.now())
        raise
    finally:
        _held.reset(token)


def tidies(function: Callable[[], object]) -> Callable[[], object]:
    """Register what a context clears away by the clock: it is called with every sweep, so it must be quick."""
    if function not in _tidying:
        _tidying.append(function)
    return function


def sweep() -> Swept:
    """Put jobs whose lease ran out back into the queue, and give up on those that were lost ATTEMPTS
    times. Then let each context tidy up; one that fails is logged and stops no other.
    """
    for tidy in _tidying:
        try:
            tidy()
        except Exception:
            logger.exception("%s did not tidy up", tidy.__qualname__)
    now = clock.now()
    requeued = given_up = 0
    for found in Job.objects.filter(finished_at=None, lease_until__lt=now):
        with transaction.atomic():
            # Only one of several sweepers gets the row, and none if the worker was quicker and renewed its
            # lease.
            mine = Job.objects.filter(
                pk=found.pk, state=found.state, attempts=found.attempts, lease_until=found.lease_until
            )
            lease = _kinds[found.kind].lease if found.kind in _kinds else LEASE
            if found.state != Job.State.RUNNING and _waits_in_queue(found):
                mine.update(lease_until=now + lease)  # the queue is long, nothing is lost
            elif found.attempts >= ATTEMPTS:
                given_up += mine.update(
                    state=Job.State.FAILED,
                    finished_at=now,
                    error=_(
                        "This was interrupted %(times)d times before it could finish. Start it again; "
                        "if that fails too, tell the administrators this number: %(id)s."
                    )
                    % {"times": found.attempts, "id": found.pk},
                )
                _close_task(found)
            elif mine.update(state=Job.State.LOST, lease_until=now + lease, step=""):
                _close_task(found)
                _put_in_queue(found)
                requeued += 1
    return Swept(requeued, given_up)


def _update_held(held: _Held, **fields: Any) -> None:
    rows = Job.objects.filter(pk=held.job, state=Job.State.RUNNING, attempts=held.attempt).update(**fields)
    if rows != 1:
        raise LeaseLost(f"Job {held.job} is no longer held by its run {held.attempt}.")


def _fail(held: _Held, sentence: str) -> None:
    _update_held(held, state=Job.State.FAILED, error=sentence, finished_at=clock.now(), step="")


def _put_in_queue(found: Job) -> None:
    # The queue reads the settings when it is loaded, so it is loaded when it is needed.
    from gilde.core.jobs.tasks import run_job

    task = run_job.enqueue(str(found.pk))
    Job.objects.filter(pk=found.pk).update(task=task.id)
    found.task = UUID(task.id)


def _waits_in_queue(found: Job) -> bool:
    from django_tasks_db.models import DBTaskResult

    return found.task is not None and DBTaskResult.objects.filter(pk=found.task, status="READY").exists()


def _close_task(found: Job) -> None:
    """End what the dead worker left open in the queue; nothing else ever would."""
    from django_tasks_db.models import DBTaskResult

    if found.task is None:
        return
    DBTaskResult.objects.filter(pk=found.task, status="RUNNING").update(
        status="FAILED",
        finished_at=clock.now(),
        exception_class_path=f"{LeaseLost.__module__}.{LeaseLost.__qualname__}",
    )
