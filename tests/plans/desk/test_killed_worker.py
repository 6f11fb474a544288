"""A real worker is killed while it stores what it read: the next one reads the document again, once."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from django.conf import settings

from tests.core.test_killed_workers import PATIENCE, Installation, installation

__all__ = ["installation"]  # a fixture
DOCUMENT = Path(settings.PACKAGE_DIR) / "demo" / "documents" / "norland-plan-2027.md"
UPLOAD = """
from datetime import date
from pathlib import Path
from gilde.core.models import User
from gilde.organisations.models import Membership, Organisation
from gilde.plans.services.desk import intake
officer = User.objects.create(email="o@example.org")
ministry = Organisation.objects.create(slug="ministry", name="Ministry")
Membership.objects.create(user=officer, organisation=ministry, role="officer", since=date(2020, 1, 1))
intake.upload(officer, organisation=ministry, file=Path({path!r}).read_bytes(), name="plan.md")
"""
# Half of the values are stored, in a transaction that is still open, when the worker is killed.
HANG = """
import time
from pathlib import Path
import django
django.setup()
from django.db.models.query import QuerySet
from gilde.plans.models import Value
store = QuerySet.bulk_create
def store_half(self, rows, **more):
    if self.model is not Value:
        return store(self, rows, **more)
    store(self, rows[: len(rows) // 2], **more)
    Path({started!r}).touch()
    time.sleep(600)
QuerySet.bulk_create = store_half
from gilde.core.jobs.worker import work
work(batch=True)
"""


def test_a_worker_killed_while_it_stores_what_it_read_loses_nothing_and_doubles_nothing(
    installation: Installation,
) -> None:
    installation.python(f"exec({UPLOAD.format(path=str(DOCUMENT))!r})")
    started = installation.folder / "half.stored"
    worker = subprocess.Popen(
        [sys.executable, "-c", HANG.format(started=str(started))],
        env=installation.environment,
        cwd=installation.folder,
    )
    try:
        installation.wait_for(started.name)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()

    assert installation.ask("SELECT state, kind, text FROM plans_reading") == [("waiting", "", "")]
    assert installation.ask("SELECT count(*) FROM plans_value") == [(0,)]

    installation.ask("UPDATE core_job SET lease_until = '2000-01-01 00:00:00'")  # the lease runs out
    assert installation.start_worker("--batch").wait(timeout=PATIENCE) == 0

    assert installation.ask("SELECT state, kind FROM plans_reading") == [("open", "implementation-plan")]
    assert installation.ask("SELECT count(*) FROM plans_value WHERE kind = 'title'") == [(4,)]
    assert installation.ask("SELECT count(*) FROM plans_value WHERE kind = 'tick'") == [(140,)]
    assert installation.ask("SELECT state, attempts FROM core_job") == [("done", 2)]
    assert "The audit chain is whole" in installation.command("audit", "verify")
