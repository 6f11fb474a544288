"""What every test stands on. The settings are in settings.py, beside this file."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.models import AutoField
from django.test import TransactionTestCase
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis.configuration import set_hypothesis_home_dir

from gilde.core.audit import triggers
from gilde.core.jobs.worker import work
from gilde.core.models import User
from tests import migrated
from tests.client import GildeClient

FIRST_NUMBER = 12_000

set_hypothesis_home_dir(settings.DATA_DIR / "hypothesis")
_slow_is_fine = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow], "database": None}
hypothesis_settings.register_profile("dev", max_examples=50, **_slow_is_fine)
hypothesis_settings.register_profile("ci", max_examples=100, derandomize=True, **_slow_is_fine)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))


def pytest_configure(config: pytest.Config) -> None:
    """Let a test that commits be cleaned up after: the tables that only grow may be emptied then, and only
    then.
    """
    empty_tables = TransactionTestCase._fixture_teardown

    def with_triggers_lifted(self: TransactionTestCase) -> None:
        with triggers.lifted(connection):
            empty_tables(self)

    TransactionTestCase._fixture_teardown = with_triggers_lifted  # type: ignore[method-assign]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With GILDE_TEST_ONLY=database leave out what asks no database in this process: of two runs on two databases the
    second would only say the same again of kernels, formats, and pages that are served from a world of their own.
    """
    if os.environ.get("GILDE_TEST_ONLY") != "database":
        return
    asking = {"db", "transactional_db", "django_db_reset_sequences", "django_db_serialized_rollback"}
    kept, left_out = [], []
    for item in items:
        asks = item.get_closest_marker("django_db") or asking & set(getattr(item, "fixturenames", ()))
        (kept if asks else left_out).append(item)
    config.hook.pytest_deselected(items=left_out)
    items[:] = kept


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """Give this process a copy of a migrated database of its own.

    Numbers of rows begin above a thousand, as in a register that is in use: a number that a page writes as "1,234"
    into a name or an address is then found by the first test that looks.
    """
    with django_db_blocker.unblock(), _own_database() as name:
        settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
        _begin_numbers()
        yield
        connection.close()


@contextmanager
def _own_database() -> Iterator[str]:
    database = settings.DATABASES["default"]
    if connection.vendor == "sqlite":
        yield shutil.copy(migrated.sqlite(), database["TEST"]["NAME"])
        return
    with migrated.postgresql(database) as address:
        yield address.rpartition("/")[2]


def _begin_numbers() -> None:
    numbered = [model._meta for model in apps.get_models(include_auto_created=True)]
    tables = [(meta.db_table, meta.pk.column) for meta in numbered if isinstance(meta.pk, AutoField)]
    with connection.cursor() as cursor:
        for table, column in tables:
            if connection.vendor == "postgresql":
                cursor.execute(
                    "SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [table, column, FIRST_NUMBER]
                )
            else:
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                cursor.execute(
                    "INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, FIRST_NUMBER]
                )


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Leave the language as it was: English, whatever a test before switched to."""
    from django.utils import translation

    with translation.override("en"):
        yield


@pytest.fixture
def client() -> GildeClient:
    """Return a client that also checks every HTML answer."""
    return GildeClient()


@pytest.fixture
def make_user(db: None) -> Callable[..., User]:
    """Return a function that makes a stored user; the password is "correct horse battery"."""
    numbers = iter(range(1, 1000))

    def make(email: str = "", **fields: Any) -> User:
        email = email or f"person{next(numbers)}@example.org"
        return User.objects.create_user(email, "correct horse battery", **fields)

    return make


@pytest.fixture
def user(make_user: Callable[..., User]) -> User:
    """Return a stored user without any role."""
    return make_user()


@pytest.fixture
def run_jobs(db: None, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Return a function that runs the queued jobs in this process, as a worker would, and says how many."""
    # The test's transaction is on this connection, so the worker must not close it between two tasks.
    for module in ("gilde.core.jobs.worker", "django_tasks_db.management.commands.db_worker"):
        monkeypatch.setattr(f"{module}.close_old_connections", lambda: None)
    return lambda: work(batch=True)
