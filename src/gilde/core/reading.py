"""Blocks of code that read and cannot write, whatever they call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

# What a reader sends. SAVEPOINT and its like belong to Django's own `atomic`.
_READING = ("SELECT", "WITH", "VALUES", "EXPLAIN", "SAVEPOINT", "RELEASE", "ROLLBACK")


class WriteRefused(RuntimeError):
    """Code that promised to read only tried to write; nothing was written."""


@contextmanager
def read_only() -> Iterator[None]:
    """Read one consistent state of the database in the block; a write raises WriteRefused.

    Refused twice: by a wrapper around each statement, which can say what was tried, and by the database
    itself, for what hides behind a harmless first word.
    """
    if _refuse_writes in connection.execute_wrappers:  # already reading only
        yield
        return
    if connection.vendor == "sqlite":
        with _sqlite(), connection.execute_wrapper(_refuse_writes):
            yield
        return
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        with connection.cursor() as cursor:
            # A snapshot can only be asked for before the first question; a savepoint lives in its parent's.
            level = "ISOLATION LEVEL REPEATABLE READ, " if outermost else ""
            cursor.execute(f"SET TRANSACTION {level}READ ONLY")
        with connection.execute_wrapper(_refuse_writes):
            yield


@contextmanager
def _sqlite() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only")
        before = cursor.fetchone()[0]
        cursor.execute("PRAGMA query_only = 1")
    mode = connection.transaction_mode  # type: ignore[attr-defined]
    # A deferred transaction takes no lock that a writer would wait for; reading never needs to become
    # writing.
    connection.transaction_mode = "DEFERRED"  # type: ignore[attr-defined]
    try:
        with transaction.atomic():
            yield
    finally:
        connection.transaction_mode = mode  # type: ignore[attr-defined]
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA query_only = {int(before)}")


def _refuse_writes(
    execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    statement = str(sql).lstrip(" \t\r\n(")
    if not statement.upper().startswith(_READING):
        raise WriteRefused(f"This code may only read, but it tried: {statement[:100]}")
    return execute(sql, params, many, context)
