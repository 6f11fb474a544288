"""Real workers in processes of their own, killed in the middle of a job, on a database of their own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings

from tests import migrated

ROOT = Path(__file__).resolve().parents[2]
# Seconds after which a process is taken for hung; a busy machine may need a minute to start one.
PATIENCE = 300


class Installation:
    """A Gilde of its own: a database, a data folder, and the commands run on them."""

    def __init__(self, folder: Path, database_url: str, connect: Callable[[], Any]) -> None:
        self.folder = folder
        self._connect = connect
        self._workers: list[subprocess.Popen[bytes]] = []
        self.environment = {
            **os.environ,
            "DATABASE_URL": database_url,
            "DJANGO_SETTINGS_MODULE": "tests.core.killable.settings",
            "GILDE_DATA_DIR": str(folder / "data"),
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        }

    def python(self, code: str) -> str:
        program = f"import django; django.setup(); {code}"
        done = subprocess.run(
            [sys.executable, "-c", program],
            env=self.environment,
            cwd=self.folder,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout

    def command(self, *words: str) -> str:
        return self.python(f"from django.core.management import call_command; call_command(*{words!r})")

    def enqueue(self, *names: str) -> None:
        self.python(
            "from gilde.core import jobs; from gilde.core.access import SYSTEM; "
            f"[jobs.enqueue(SYSTEM, 'tests.wait', folder={str(self.folder)!r}, name=n) for n in {names!r}]"
        )

    def start_worker(self, *arguments: str) -> subprocess.Popen[bytes]:
        worker = subprocess.Popen(
            [sys.executable, "-m", "gilde", "work", "--interval", "0.1", *arguments],
            env=self.environment,
            cwd=self.folder,
        )
        self._workers.append(worker)
        return worker

    def wait_for(self, file: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not (self.folder / file).exists():
            assert time.monotonic() < deadline, f"{file} did not appear: the job did not start"
            time.sleep(0.05)

    def let_go(self) -> None:
        (self.folder / "go").touch()

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        connection = self._connect()
        try:
            rows = connection.execute(sql)
            answer = rows.fetchall() if rows.description else []
            connection.commit()
            return list(answer)
        finally:
            connection.close()

    def stop(self) -> None:
        for worker in self._workers:
            if worker.poll() is None:
                worker.kill()
                worker.wait()


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """Return an installation of its own, whose workers are ended afterwards."""
    with _database(tmp_path) as (url, connect):
        made = Installation(tmp_path, url, connect)
        yield made
        made.stop()


@contextmanager
def _database(folder: Path) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Give a migrated database of the suite's kind: its address, and what connects to it."""
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        path = shutil.copy(migrated.sqlite(), folder / "gilde.sqlite3")
        yield f"sqlite:///{path}", lambda: sqlite3.connect(path, timeout=20)
        return
    with migrated.postgresql(database) as address:
        yield address, lambda: psycopg.connect(address)


def test_a_worker_killed_in_the_middle_of_a_job_loses_nothing(installation: Installation) -> None:
    installation.enqueue("a")
    worker = installation.start_worker()
    installation.wait_for("a.started")
    assert installation.ask("SELECT state, attempts, step FROM core_job") == [
        ("running", 1, "Waiting to go on")
    ]

    worker.send_signal(signal.SIGKILL)
    assert worker.wait() == -signal.SIGKILL
    assert installation.ask("SELECT state, attempts FROM core_job") == [("running", 1)]
    installation.ask("UPDATE core_job SET lease_until = '2000-01-01 00:00:00'")  # the lease runs out
    installation.let_go()

    assert installation.start_worker("--batch").wait(timeout=PATIENCE) == 0
    [(state, attempts, result)] = installation.ask("SELECT state, attempts, result FROM core_job")
    assert (state, attempts) == ("done", 2)
    stored = json.loads(result) if isinstance(result, str) else result
    kept = {row[0] for row in installation.ask("SELECT sha256 FROM core_document")}
    assert set(stored["documents"]) == kept
    assert len(kept) == 2
    events = installation.ask("SELECT count(*) FROM core_auditevent WHERE action = 'core.document.store'")
    assert events == [(2,)]
    assert len((installation.folder / "a.started").read_text().splitlines()) == 2
    assert "The audit chain is whole: 2 events." in installation.command("audit", "verify")


def test_a_worker_told_to_stop_finishes_the_job_in_hand_and_takes_no_other(
    installation: Installation,
) -> None:
    installation.enqueue("a")
    worker = installation.start_worker()
    installation.wait_for("a.started")
    installation.enqueue("b")
    worker.send_signal(signal.SIGTERM)
    installation.let_go()
    assert worker.wait(timeout=PATIENCE) == 0
    states = installation.ask("SELECT state, count(*) FROM core_job GROUP BY state ORDER BY state")
    assert states == [("done", 1), ("queued", 1)]


def test_an_idle_worker_told_to_stop_stops(installation: Installation) -> None:
    installation.let_go()
    installation.enqueue("a")
    worker = installation.start_worker()
    installation.wait_for("a.started")
    worker.send_signal(signal.SIGINT)
    assert worker.wait(timeout=PATIENCE) == 0


def test_two_workers_on_one_queue_run_each_job_once(installation: Installation) -> None:
    installation.let_go()
    installation.enqueue(*"abcd")
    workers = [installation.start_worker("--batch") for _ in range(2)]
    assert [worker.wait(timeout=PATIENCE) for worker in workers] == [0, 0]
    assert installation.ask("SELECT state, attempts FROM core_job") == [("done", 1)] * 4
    assert [len((installation.folder / f"{name}.started").read_text().splitlines()) for name in "abcd"] == [
        1
    ] * 4
