"""Run every measurement on a database of its own that is thrown away, and print the tables."""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
import tempfile
import time


def main() -> int:
    """Print a table for each module of this package, or for those named; 1 when something is too slow."""
    wanted = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="gilde-bench-") as folder:
        os.environ.update(
            DJANGO_SETTINGS_MODULE="gilde.config.settings",
            GILDE_DATA_DIR=folder,
            GILDE_HTTPS="0",
            GILDE_DEBUG="0",
            GILDE_LOG_LEVEL="ERROR",
            GILDE_HOSTS="testserver",
        )
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/bench.sqlite3")
        import django

        django.setup()
        from django.core.management import call_command

        import bench

        call_command("migrate", verbosity=0)
        slow = False
        for module in pkgutil.iter_modules(bench.__path__):
            if module.name.startswith("_") or (wanted and module.name not in wanted):
                continue
            started = time.perf_counter()
            title, timings = importlib.import_module(f"bench.{module.name}").run()
            seconds = time.perf_counter() - started
            sys.stdout.write(f"{bench.table(title, timings)}\n({seconds:.0f} s in all)\n\n")
            slow = slow or not all(timing.within for timing in timings)
        from django.db import connections

        connections.close_all()
    return 1 if slow else 0


if __name__ == "__main__":
    raise SystemExit(main())
