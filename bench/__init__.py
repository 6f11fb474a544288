"""`python -m bench`: how fast the pages are with much in them. Each module measures one context."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Timing:
    """How long one thing took, in milliseconds by the clock and of the processor; a limit for the median."""

    name: str
    times: Sequence[float]
    cpu: Sequence[float]
    queries: int | None = None
    limit: float | None = None

    @property
    def median(self) -> float:
        return statistics.median(self.times)

    @property
    def p95(self) -> float:
        return sorted(self.times)[max(0, round(len(self.times) * 0.95) - 1)]

    @property
    def within(self) -> bool:
        return self.limit is None or self.median <= self.limit


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return how many milliseconds the work took by the clock, and how many of the processor."""
    start, cpu = time.perf_counter(), time.process_time()
    work()
    return (time.perf_counter() - start) * 1000, (time.process_time() - cpu) * 1000


def thousand(
    name: str, work: Callable[[], object], *, limit: float | None = None, each: int = 25, batches: int = 200
) -> Timing:
    """Return how long a thousand of them take one core: by the quickest tenth of many small batches.

    That is what the core can do while no other program takes it away; the median of all is what a busy machine does.
    """
    work()
    quickest = sorted(timed(lambda: [work() for _each in range(each)]) for _batch in range(batches))
    share = 1000 / each
    some = quickest[: max(1, batches // 10)]
    return Timing(
        name, [wall * share for wall, _cpu in some], [cpu * share for _wall, cpu in some], limit=limit
    )


def table(title: str, timings: Sequence[Timing]) -> str:
    """Return the timings as a table for a terminal."""
    width = max((len(timing.name) for timing in timings), default=0)
    lines = [title, f"{'':{width}}  median ms   p95 ms   cpu ms  queries  limit ms"]
    for timing in timings:
        queries = "" if timing.queries is None else str(timing.queries)
        limit = "" if timing.limit is None else f"{timing.limit:.0f}"
        mark = "" if timing.within else "  slower than it should be"
        figures = f"{timing.median:9.1f}  {timing.p95:7.1f}  {statistics.median(timing.cpu):7.1f}"
        lines.append(f"{timing.name:{width}}  {figures}  {queries:>7}  {limit:>8}{mark}")
    return "\n".join(lines)
