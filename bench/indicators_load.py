"""Loading five million observations: SDMX-CSV from a file to published figures, in a process of its own."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import Timing

AREAS, GROUPS, YEARS = 500, 200, 50  # five million


def run() -> tuple[str, list[Timing]]:
    """Return how long a first load takes and the same file again, and the largest memory of their process."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "GILDE_DATA_DIR": folder,
            "DATABASE_URL": f"sqlite:///{folder}/load.sqlite3",
        }
        child = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "bench.indicators_load", folder],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    timings = []
    for line in child.stdout.splitlines():
        name, value, cpu, limit = line.split("|")
        timings.append(Timing(name, [float(value)], [float(cpu)], limit=float(limit) if limit else None))
    return "Loading five million observations (SDMX-CSV, SQLite)", timings


def _write(path: Path) -> None:
    with path.open("w") as file:
        file.write("DATAFLOW,freq,unit,sector,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG\n")
        for group in range(GROUPS):
            for area in range(AREAS):
                stem = f"X:BENCH(1.0),A,PC,S{group:03d},R{area:03d},"
                file.write(
                    "".join(
                        f"{stem}{1975 + year},{(group * 31 + area * 17 + year * 7) % 1000 / 10},"
                        f"{'b' if year % 25 == 0 else ''}\n"
                        for year in range(YEARS)
                    )
                )


def _child(folder: Path) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gilde.config.settings")
    import django

    django.setup()
    from django.core.management import call_command

    from gilde.core.access import SYSTEM
    from gilde.core.text import Text
    from gilde.indicators.dimensions import Dimension
    from gilde.indicators.models import Area, Indicator, Load, Observation
    from gilde.indicators.services import loading

    call_command("migrate", verbosity=0)
    path = folder / "bench.csv"
    _write(path)
    Area.objects.bulk_create(
        Area(code=f"R{n:03d}", kind=Area.Kind.REGION, name=Text.of(f"R{n}")) for n in range(AREAS)
    )
    sector = Dimension("sector", Text.of("sector"), "S000")
    indicator = Indicator.objects.create(
        code="bench",
        kind=Indicator.Kind.OFFICIAL,
        state=Indicator.State.PUBLISHED,
        name=Text.of("Bench"),
        definition=Text.of("Bench"),
        unit="PC",
        unit_label=Text.of("%"),
        source=Text.of("Bench"),
        minimum=0,
        maximum=100,
        dimensions=[sector.as_json()],
    )
    for words, limit in (("first load", "60000"), ("the same file again", "")):
        started, cpu = time.perf_counter(), time.process_time()
        with path.open("rb") as file:
            load = loading.add_load(
                actor=SYSTEM, indicator=indicator, file=file, name=path.name, limit=loading.FILE_LIMIT
            )
        loading.read_load(str(load.pk))
        taken, worked = time.perf_counter() - started, time.process_time() - cpu
        largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{words}|{1000 * taken:.0f}|{1000 * worked:.0f}|{limit}")  # noqa: T201
        print(f"{words}: largest memory so far (MB)|{largest:.0f}|{largest:.0f}|1000")  # noqa: T201
    assert Observation.objects.count() == AREAS * GROUPS * YEARS
    assert set(Load.objects.values_list("state", flat=True)) == {"published", "unchanged"}


if __name__ == "__main__":
    _child(Path(sys.argv[1]))
