"""The API of figures at 200 requests a second: a real server on this machine, asked by a process of its own."""

from __future__ import annotations

import http.client
import json
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from bench import Timing
from gilde.core.access import SYSTEM
from gilde.core.text import Text
from gilde.indicators.incoming import Incoming
from gilde.indicators.models import Area, Indicator, Release
from gilde.indicators.publishing import Provenance, publish
from gilde.organisations.models import Organisation

INDICATORS, AREAS, YEARS = 5, 250, 40
SEXES, AGES = ("T", "F"), ("TOTAL", "Y15-24")
RATE, SECONDS, CONNECTIONS = 200, 12, 16
# Not counted: a worker that has just begun reads its modules and writes its queries for the first time.
FIRST_SECONDS = 3
WORKERS, THREADS = 2, 2
# What 99 of 100 requests have to stay under, in milliseconds.
LIMIT = 50.0


def run() -> tuple[str, Sequence[Timing]]:
    """Return how long requests take at a steady rate: all, and those for which no answer is kept yet."""
    busy = os.getloadavg()[0]
    observations = _fill()
    timings = []
    with _server() as (port, pids):
        requests = _requests(port, random.Random(2024))  # noqa: S311
        _load(port, requests["new"], FIRST_SECONDS)
        for name, asked, seconds in (
            ("mixed, most of it asked before", requests["mixed"], SECONDS),
            ("every question a new one", requests["new"], SECONDS * 2 / 3),
        ):
            before = _processor(pids)
            told = _load(port, asked, seconds)
            spent = (_processor(pids) - before) / len(told["times"])
            wrong = {status: n for status, n in told["statuses"].items() if status not in ("200", "304")}
            if wrong:
                raise RuntimeError(f"{name}: {wrong} of {sum(told['statuses'].values())} requests failed.")
            again = told["statuses"].get("304", 0) / len(told["times"])
            times = sorted(told["times"])
            timings += [
                Timing(f"{name}: half within ({again:.0%} were 304)", times, [spent]),
                Timing(f"{name}: 99 of 100 within", [_at(times, 0.99)], [spent], limit=LIMIT),
                Timing(f"{name}: the slowest of {len(times)}", times[-1:], [spent]),
            ]
    title = (
        f"API of figures: {observations} observations, {RATE} requests a second, granian with {WORKERS} workers of "
        f"{THREADS} threads, {os.cpu_count()} processors shared with who asks "
        f"(load {busy:.1f} before)"
    )
    return title, timings


def _at(times: Sequence[float], part: float) -> float:
    return times[min(len(times) - 1, int(len(times) * part))]


def _fill() -> int:
    """Publish the figures of the indicators, each with a revision, and return how many there are."""
    keeper = Organisation.objects.create(slug="figures", name=Text.of("Office of figures"))
    areas = [
        Area(code=f"A{n:03d}", kind=Area.Kind.REGION, level=2, name=Text.of(f"Area {n}"), position=n)
        for n in range(AREAS)
    ]
    Area.objects.bulk_create(areas)
    dimensions = [_dimension("age", AGES), _dimension("sex", SEXES)]
    keys = [
        "&".join(
            f"{code}={category}"
            for code, category in (("age", age), ("sex", sex))
            if category not in ("T", "TOTAL")
        )
        for age, sex in product(AGES, SEXES)
    ]
    series = [(area.code, key) for key in keys for area in areas]
    years = [str(year) for year in range(2025 - YEARS, 2025)]
    size = len(series) * YEARS
    chance = np.random.default_rng(2024)
    for number in range(INDICATORS):
        indicator = Indicator.objects.create(
            code=f"indicator-{number}",
            kind=Indicator.Kind.OFFICIAL,
            state=Indicator.State.PUBLISHED,
            name=Text.of(f"Indicator {number}"),
            definition=Text.of("Those who do, out of all who could."),
            unit="PC",
            unit_label=Text.of("%"),
            dimensions=dimensions,
            owner=keeper,
            source=Text.of("Office of figures"),
        )
        told = Incoming(
            list(series),
            list(years),
            ["", "b", "p"],
            np.repeat(np.arange(len(series), dtype=np.int32), YEARS),
            np.tile(np.arange(YEARS, dtype=np.int32), len(series)),
            np.round(chance.random(size) * 100, 1),
            chance.integers(0, 3, size).astype(np.int16),
        )
        provenance = Provenance(kind=Release.Kind.FILE, source="Office of figures")
        publish(actor=SYSTEM, indicator=indicator, incoming=told, provenance=provenance)
        revised = told.only(np.arange(size) % YEARS == YEARS - 1)
        revised.value = revised.value + 0.1
        publish(actor=SYSTEM, indicator=indicator, incoming=revised, provenance=provenance)
    return size * INDICATORS


def _dimension(code: str, categories: Sequence[str]) -> dict[str, Any]:
    named = {category: Text.of(category).as_json() for category in categories}
    return {"code": code, "name": Text.of(code).as_json(), "total": categories[0], "categories": named}


@contextmanager
def _server() -> Iterator[tuple[int, list[int]]]:
    """Run the server that `gilde demo` runs, with two workers; yield its port and the ids of its processes."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "GILDE_HOSTS": "127.0.0.1", "GILDE_SITE_URL": f"http://127.0.0.1:{port}"}
    server = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
         "--workers", str(WORKERS), "--blocking-threads", str(THREADS), "--no-ws", "--log-level", "error",
         "gilde.config.wsgi:application"],
        env=environment,
    )  # fmt: skip
    try:
        for _attempt in range(300):
            if server.poll() is not None:
                raise RuntimeError(f"The server stopped with code {server.returncode}.")
            try:
                _get(port, "/api/areas?limit=1")
                break
            except OSError:
                time.sleep(0.1)
        yield port, [server.pid, *_children(server.pid)]
    finally:
        server.terminate()
        server.wait(timeout=20)


def _requests(port: int, chance: random.Random) -> dict[str, list[tuple[str, str | None, int]]]:
    """Return what is asked: what dashboards and notebooks ask again and again, and what nobody asked before."""

    def some(*parts: str) -> str:
        query = "&".join(part for part in parts if part)
        return f"/api/indicators/indicator-{chance.randrange(INDICATORS)}/observations?{query}"

    def few(least: int, most: int) -> str:
        return "geo=" + ",".join(
            f"A{n:03d}" for n in sorted(chance.sample(range(AREAS), chance.randint(least, most)))
        )

    def sex() -> str:
        return f"sex={chance.choice(SEXES)}"

    def since() -> str:
        return f"time_from={chance.randrange(1985, 2024)}"

    def question() -> str:
        kind = chance.random()
        if kind < 0.6:  # a chart of a few areas
            return some(few(1, 6), sex(), "age=TOTAL", since())
        if kind < 0.8:  # a table of many areas in the last years
            return some(sex(), "age=TOTAL", f"time_from={chance.randrange(2021, 2024)}", "limit=300")
        if kind < 0.95:  # a page of everything
            return some("limit=500", since())
        return some(few(1, 6), sex(), "at=2026-01-31")

    popular = [question() for _number in range(80)]
    tags = {path: _get(port, path)[1] for path in popular}
    mixed: list[tuple[str, str | None, int]] = []
    for path in popular:
        mixed += [(path, None, 40), (path, tags[path], 20)]
    mixed += [(question(), None, 3) for _number in range(400)]
    mixed += [("/api/indicators?limit=5", None, 40), ("/api/indicators/indicator-0", None, 40)]
    return {"mixed": mixed, "new": [(question(), None, 1) for _number in range(20_000)]}


def _load(port: int, requests: list[tuple[str, str | None, int]], seconds: float) -> dict[str, Any]:
    order = {
        "address": ["127.0.0.1", port],
        "rate": RATE,
        "seconds": seconds,
        "connections": CONNECTIONS,
        "requests": requests,
    }
    done = subprocess.run(
        [sys.executable, "-m", "bench._load"],
        input=json.dumps(order),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _get(port: int, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers={"Accept": "application/json"})
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.getheader("ETag", "")
    finally:
        connection.close()


def _children(pid: int) -> list[int]:
    try:
        told = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [int(child) for child in told.split()]


def _processor(pids: Sequence[int]) -> float:
    """Return the milliseconds of the processor that the processes have used."""
    ticks = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += int(fields[11]) + int(fields[12])
    return ticks * 1000 / os.sysconf("SC_CLK_TCK")
