"""Loading ESCO 1.1.1 from its official files into the database, in a process of its own; skipped without the files."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import Timing

FOLDER = Path(
    os.environ.get("GILDE_REFERENCE_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data"
)


def run() -> tuple[str, list[Timing]]:
    """Return how long the load takes and the largest memory of its process, and the same files again."""
    title = "Loading ESCO 1.1.1 (English and relations)"
    files = sorted((FOLDER / "esco").glob("esco-v1.1.1-*.zip"))
    if not files:
        return f"{title}: the files are not there", []
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "GILDE_DATA_DIR": folder,
            "DATABASE_URL": f"sqlite:///{folder}/esco.sqlite3",
        }
        child = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "bench.qualifications_esco", *map(str, files)],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    told = [line.split("|") for line in child.stdout.splitlines() if "|" in line]
    return title, [
        Timing(name, [float(value)], [float(cpu)], limit=float(limit)) for name, value, cpu, limit in told
    ]


def _child(files: list[Path]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gilde.config.settings")
    import django

    django.setup()
    from django.core.management import call_command

    from gilde.core.access import SYSTEM
    from gilde.qualifications.services.classifications import load_files

    call_command("migrate", verbosity=0)
    for name, limit in (("load, seconds × 1000", 60_000), ("the same files again, seconds × 1000", 5_000)):
        started, cpu = time.perf_counter(), time.process_time()
        load_files(actor=SYSTEM, paths=files)
        seconds, used = time.perf_counter() - started, time.process_time() - cpu
        sys.stdout.write(f"{name}|{seconds * 1000}|{used * 1000}|{limit}\n")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(f"largest memory, MB|{memory}|0|500\n")


if __name__ == "__main__":
    _child([Path(name) for name in sys.argv[1:]])
