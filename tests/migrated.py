"""A database that was migrated once: every test process begins with a copy, since migrating takes half a minute.

Who asks first makes it, as an installation does; it is kept in var/ as long as no migration changes.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "var" / "tests"


def sqlite() -> Path:
    """Return the file of a migrated database; copy it, and leave it as it is."""
    path = KEPT / f"migrated-{_state()}.sqlite3"
    with locked(KEPT / "lock"):
        if not path.exists():
            for old in KEPT.glob("migrated-*"):
                old.unlink()
            making = path.with_suffix(".making")
            _migrate(f"sqlite:///{making}")
            making.rename(path)
    return path


@contextmanager
def postgresql(database: Mapping[str, Any]) -> Iterator[str]:
    """Give the address of a copy in the cluster that the settings of a database name; it is dropped afterwards."""
    user = database["USER"] + (f":{database['PASSWORD']}" if database["PASSWORD"] else "")
    cluster = f"postgresql://{user}@{database['HOST'] or 'localhost'}:{database['PORT'] or 5432}"
    template, name = _template(cluster), f"gilde_test_{uuid4().hex[:12]}"
    with psycopg.connect(f"{cluster}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")  # type: ignore[arg-type]
        try:
            yield f"{cluster}/{name}"
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[arg-type]


def _template(address: str) -> str:
    """Return the name of a migrated database of a cluster, to which nothing is connected."""
    name = f"gilde_migrated_{_state()}"
    with locked(KEPT / "lock"), psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            connection.execute(f"CREATE DATABASE {name}_making TEMPLATE template0")  # type: ignore[arg-type]
            _migrate(f"{address}/{name}_making")
            connection.execute(f"ALTER DATABASE {name}_making RENAME TO {name}")  # type: ignore[arg-type]
    return name


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Let one process at a time do what follows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@cache
def _state() -> str:
    """Return what the migrations are, ours and those of the libraries, as a word."""
    files = [
        *sorted((ROOT / "src" / "gilde").rglob("migrations/*.py")),
        ROOT / "requirements" / "runtime.txt",
    ]
    files.append(ROOT / "src" / "gilde" / "core" / "audit" / "triggers.py")
    told = hashlib.sha256()
    for file in files:
        told.update(f"{file.relative_to(ROOT)} {file.stat().st_size}\n".encode() + file.read_bytes())
    return told.hexdigest()[:12]


def _migrate(url: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "gilde.config.settings",
            "GILDE_DATA_DIR": folder,
            "PYTHONPATH": str(ROOT / "src"),
        }
        command = [sys.executable, "-m", "gilde", "migrate", "--verbosity=0"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"The database of the tests could not be migrated:\n{done.stderr[-3000:]}")
