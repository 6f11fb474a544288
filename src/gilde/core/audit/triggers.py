"""Append-only tables: the database itself refuses UPDATE and DELETE, on SQLite and on PostgreSQL.

A model says `append_only = True`, or names the one column that may be filled in later, once: `append_only =
"until_id"` closes a row that a newer one takes the place of. Every other change is refused.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.operations import RunPython

_SQLITE = """
CREATE TRIGGER IF NOT EXISTS {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only: add a row instead of changing one'); END
"""
_SQLITE_CLOSING = """
CREATE TRIGGER IF NOT EXISTS {table}_no_UPDATE BEFORE UPDATE ON {table}
WHEN OLD.{closing} IS NOT NULL OR NEW.{closing} IS NULL OR {changed}
BEGIN SELECT RAISE(ABORT, '{table} is append-only: add a row instead of changing one'); END
"""
_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION gilde_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only: add a row instead of changing one', TG_TABLE_NAME
USING ERRCODE = 'integrity_constraint_violation'; END $$
"""
_POSTGRES = """
CREATE OR REPLACE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
FOR EACH {level} EXECUTE FUNCTION gilde_append_only()
"""
_POSTGRES_CLOSING = """
CREATE OR REPLACE TRIGGER {table}_no_update BEFORE UPDATE ON {table} FOR EACH ROW
WHEN (OLD.{closing} IS NOT NULL OR NEW.{closing} IS NULL OR {changed}) EXECUTE FUNCTION gilde_append_only()
"""

_SQLITE_FIXED = """
CREATE TRIGGER IF NOT EXISTS {table}_fixed BEFORE UPDATE ON {table}
WHEN OLD.{since} IS NOT NULL AND {kept} AND ({changed})
BEGIN SELECT RAISE(ABORT, 'this row of {table} is fixed: make a new version instead of changing it'); END
"""
_POSTGRES_FIXED_FUNCTION = """
CREATE OR REPLACE FUNCTION gilde_fixed() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'this row of % is fixed: make a new version instead of changing it', TG_TABLE_NAME
USING ERRCODE = 'integrity_constraint_violation'; END $$
"""
_POSTGRES_FIXED = """
CREATE OR REPLACE TRIGGER {table}_fixed BEFORE UPDATE ON {table} FOR EACH ROW
WHEN (OLD.{since} IS NOT NULL AND {kept} AND ({changed})) EXECUTE FUNCTION gilde_fixed()
"""


def install(connection: BaseDatabaseWrapper, table: str, closing: str | None = None) -> None:
    """Make `table` append-only in the database of `connection`; a second call changes nothing.

    `closing` names the column that may be filled in once.
    """
    with connection.cursor() as cursor:
        changed = ""
        if closing:
            cursor.execute(f"SELECT * FROM {table} WHERE 1 = 0")  # noqa: S608
            columns = [column[0] for column in cursor.description]
            differs = "IS NOT" if connection.vendor == "sqlite" else "IS DISTINCT FROM"
            changed = " OR ".join(f"NEW.{c} {differs} OLD.{c}" for c in columns if c != closing)
        if connection.vendor == "sqlite":
            update = _SQLITE_CLOSING if closing else _SQLITE
            cursor.execute(update.format(table=table, verb="UPDATE", closing=closing, changed=changed))
            cursor.execute(_SQLITE.format(table=table, verb="DELETE"))
            return
        cursor.execute(_POSTGRES_FUNCTION)
        update = _POSTGRES_CLOSING if closing else _POSTGRES
        cursor.execute(
            update.format(table=table, verb="UPDATE", level="ROW", closing=closing, changed=changed)
        )
        for verb, level in (("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            cursor.execute(_POSTGRES.format(table=table, verb=verb, level=level))


def remove(connection: BaseDatabaseWrapper, table: str) -> None:
    """Take the triggers of `table` away, for a migration that must rebuild the table."""
    on = "" if connection.vendor == "sqlite" else f" ON {table}"
    with connection.cursor() as cursor:
        for verb in ("UPDATE", "DELETE", "TRUNCATE"):
            cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}{on}")


def installed(connection: BaseDatabaseWrapper, table: str) -> bool:
    """Return whether the database refuses changes to `table`."""
    catalogue = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    )
    with connection.cursor() as cursor:
        cursor.execute(catalogue)
        names = {str(row[0]).lower() for row in cursor.fetchall()}
    # SQLite has no TRUNCATE: emptying a table there is a DELETE.
    verbs = {"update", "delete"} | ({"truncate"} if connection.vendor != "sqlite" else set())
    return {f"{table}_no_{verb}" for verb in verbs} <= names


def append_only(table: str, closing: str | None = None) -> RunPython:
    """Return the migration operation that makes `table` append-only; put it after the operation that creates
    it.
    """

    def forwards(_apps: Any, editor: Any) -> None:
        install(editor.connection, table, closing)

    def backwards(_apps: Any, editor: Any) -> None:
        remove(editor.connection, table)

    return RunPython(forwards, backwards)


def fixed(table: str, since: str, free: Collection[str], *, erased: str = "") -> RunPython:
    """Return the migration operation by which a row of `table` stays as it is once its column `since` is filled.

    Only the columns in `free` may change then, and all of them by the act that empties the column `erased`: what is
    personal can be erased, not rewritten. What must never go must not be deleted by services either.
    """

    def forwards(_apps: Any, editor: Any) -> None:
        connection = editor.connection
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {table} WHERE 1 = 0")  # noqa: S608
            columns = [column[0] for column in cursor.description if column[0] not in free]
            differs = "IS NOT" if connection.vendor == "sqlite" else "IS DISTINCT FROM"
            changed = " OR ".join(f"NEW.{c} {differs} OLD.{c}" for c in columns)
            kept = f"NEW.{erased} IS NOT NULL" if erased else "1 = 1"
            if connection.vendor == "sqlite":
                cursor.execute(_SQLITE_FIXED.format(table=table, since=since, changed=changed, kept=kept))
            else:
                cursor.execute(_POSTGRES_FIXED_FUNCTION)
                cursor.execute(_POSTGRES_FIXED.format(table=table, since=since, changed=changed, kept=kept))

    def backwards(_apps: Any, editor: Any) -> None:
        on = "" if editor.connection.vendor == "sqlite" else f" ON {table}"
        with editor.connection.cursor() as cursor:
            cursor.execute(f"DROP TRIGGER IF EXISTS {table}_fixed{on}")

    return RunPython(forwards, backwards)


def append_only_tables() -> dict[str, str | None]:
    """Return the tables whose model is marked `append_only`, each with the column that may close a row."""
    marked = {model._meta.db_table: getattr(model, "append_only", False) for model in apps.get_models()}
    return {table: mark if isinstance(mark, str) else None for table, mark in marked.items() if mark}


@contextmanager
def lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Take every append-only trigger away for a moment: for tests that empty the database, and for nothing
    else.
    """
    # Only what was there comes back: a table that never had its triggers must not get them here by the way.
    tables = {table: c for table, c in append_only_tables().items() if installed(connection, table)}
    for table in tables:
        remove(connection, table)
    try:
        yield
    finally:
        for table, closing in tables.items():
            install(connection, table, closing)
