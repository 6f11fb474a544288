"""Long work as jobs: `@job` registers a kind, `enqueue` starts one, `progress` tells how far it is."""

from gilde.core.jobs.models import Job
from gilde.core.jobs.service import (
    ATTEMPTS,
    LEASE,
    LeaseLost,
    Swept,
    enqueue,
    job,
    progress,
    run,
    sweep,
    tidies,
)

__all__ = [
    "ATTEMPTS",
    "LEASE",
    "Job",
    "LeaseLost",
    "Swept",
    "enqueue",
    "job",
    "progress",
    "run",
    "sweep",
    "tidies",
]
