"""The nightly run: 100 metrics × 10 periods × 20 areas, each asking the database, and once more with nothing new."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial

from django.db.models import Count, Q

from bench import Timing, timed
from gilde.core import clock, metrics
from gilde.core.access import SYSTEM
from gilde.core.metrics import Measured
from gilde.core.periods import Period
from gilde.core.text import Text
from gilde.indicators.incoming import Arriving, Incoming
from gilde.indicators.models import Area, Indicator, Observation, Release
from gilde.indicators.publishing import Provenance, publish
from gilde.indicators.services import computing
from gilde.indicators.services.reference import load_reference

METRICS, PERIODS, AREAS, PARTS = 100, 10, 20, 10
# Milliseconds for one whole run on two cores (issue 3, "Speed and size").
LIMIT = 120_000.0


def run() -> tuple[str, Sequence[Timing]]:
    """Return how long the first run takes, and one that finds everything as it was."""
    load_reference()
    areas = list(Area.objects.filter(kind=Area.Kind.COUNTRY).values_list("code", flat=True)[:AREAS])
    counted = _fill(areas)
    codes = [f"bench.metric_{number}" for number in range(METRICS)]
    for number, code in enumerate(codes):
        metrics.metric(
            code,
            label=f"Metric {number}",
            unit="people",
            definition="d",
            source="s",
            valid_from=date(2000, 1, 1),
        )(_metric(counted, number))
    work = partial(computing.run_all, codes, areas=areas, last=PERIODS, progress=_silent)
    timings = []
    for name in ("first run", "run with nothing new"):
        wall, cpu = timed(work)
        timings.append(Timing(name, [wall], [cpu], limit=LIMIT))
    title = f"Metrics: {METRICS} metrics × {PERIODS} periods × {AREAS} areas, with a breakdown into {PARTS}"
    return title, timings


def _metric(indicator: Indicator, number: int) -> Callable[[Period, str], Measured | None]:
    """Return a metric that counts what stands in the table of figures, in one question over 2,200."""

    def counted(period: Period, area: str) -> Measured | None:
        rows = Observation.objects.filter(
            series__indicator=indicator, series__area=area, period=str(period.first_day.year), until=None
        )
        parts = dict(
            rows.order_by().values_list("series__key").annotate(n=Count("pk", filter=Q(value__gt=number)))
        )
        if not parts:
            return None
        return Measured(
            sum(parts.values()),
            breakdowns={"part": {key[5:]: Measured(n) for key, n in parts.items() if key}},
        )

    return counted


def _fill(areas: Sequence[str]) -> Indicator:
    chance = random.Random(20201124)  # noqa: S311
    words = Text.of("Counted by the metrics")
    indicator = Indicator.objects.create(
        code="counted",
        kind=Indicator.Kind.REPORTED,
        name=words,
        definition=words,
        unit="NR",
        unit_label=words,
        source=words,
    )
    this_year = clock.today().year
    figures = [
        Arriving(area, f"part=p{part}" if part else "", str(year), float(chance.randrange(200)))
        for area in areas
        for part in range(PARTS + 1)
        for year in range(this_year - PERIODS + 1, this_year + 1)
    ]
    publish(
        actor=SYSTEM,
        indicator=indicator,
        incoming=Incoming.of(figures),
        provenance=Provenance(kind=Release.Kind.REPORT, source="bench"),
    )
    return indicator


def _silent(done: int, total: int | None = None, step: str = "") -> None:
    pass
