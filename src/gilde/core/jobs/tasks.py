"""The one task that Gilde gives to django-tasks: run a job."""

from __future__ import annotations

from uuid import UUID

from django_tasks import task

from gilde.core.jobs.service import run


@task()
def run_job(job_id: str) -> None:
    """Run the job of this id."""
    run(UUID(job_id))
