"""The worker: takes tasks from the queue one by one, and sweeps up after workers that died."""

from __future__ import annotations

import logging
import signal
import threading
import time
from types import FrameType
from typing import Final

from django.db import InterfaceError, OperationalError, close_old_connections
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from gilde.core.jobs.service import sweep

logger = logging.getLogger(__name__)

SWEEP_EVERY_SECONDS: Final = 15.0
_BACKEND = "default"


class Stop:
    """A wish to stop, from a signal. The task that runs is finished first; a second signal ends at once."""

    def __init__(self) -> None:
        self._wished = threading.Event()

    def listen(self) -> None:
        """Take SIGTERM and SIGINT as the wish to stop."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._hear)

    def wait(self, seconds: float) -> bool:
        """Return whether it is wished to stop, after at most so many seconds."""
        return self._wished.wait(seconds)

    def _hear(self, number: int, frame: FrameType | None) -> None:
        logger.warning("Received %s: finishing the work in hand", signal.Signals(number).name)
        self._wished.set()
        signal.signal(number, signal.SIG_DFL)


def work(*, batch: bool = False, interval: float = 1.0, stop: Stop | None = None) -> int:
    """Run tasks until told to stop, or with `batch` until none is ready; return how many were run.

    `interval` is the time in seconds between two looks at an empty queue. A database that is away for a
    moment is waited for.
    """
    stop = stop or Stop()
    worker_id = get_random_string(32)
    ran, next_sweep = 0, 0.0
    while not stop.wait(0):
        close_old_connections()
        try:
            if time.monotonic() >= next_sweep:
                sweep()
                next_sweep = time.monotonic() + SWEEP_EVERY_SECONDS
            ran_now = _turn(worker_id)
        except (OperationalError, InterfaceError):
            if batch:
                raise
            logger.exception("The database does not answer; trying again")
            ran_now = 0
        ran += ran_now
        if not ran_now:
            if batch:
                break
            stop.wait(interval)
    close_old_connections()
    return ran


def _turn(worker_id: str) -> int:
    """Run one task where one is ready; return how many were run."""
    # Looked at without a lock first: an idle worker must not hold up the writers of SQLite every second.
    if not DBTaskResult.objects.ready().filter(backend_name=_BACKEND).exists():
        return 0
    worker = Worker(
        queue_names=["*"],
        interval=0,
        batch=True,
        backend_name=_BACKEND,
        startup_delay=False,
        max_tasks=1,
        worker_id=worker_id,
        excluded_queue_names=[],
    )
    worker.run()
    return worker._run_tasks
