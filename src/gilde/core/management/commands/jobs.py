"""`gilde jobs sweep|list`: what became of long work."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from gilde.core import jobs
from gilde.core.models import Job


class Command(BaseCommand):
    help = "List the last jobs, or put jobs whose worker died back into the queue."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=["sweep", "list"])
        parser.add_argument("--last", type=int, default=20, help="how many jobs to list")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["act"] == "sweep":
            swept = jobs.sweep()
            self.stdout.write(f"{swept.requeued} jobs are queued again, {swept.given_up} are given up.")
            return
        for job in Job.objects.all()[: options["last"]]:
            percent = "" if job.percent is None else f" {job.percent} %"
            told = f"{job.created_at:%Y-%m-%d %H:%M} {job.pk} {job.kind} {job.state}{percent} {job.error}"
            self.stdout.write(told.rstrip())
