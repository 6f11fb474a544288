"""`gilde work`: a worker, which runs jobs and sweeps up after workers that died."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from gilde.core.jobs.worker import Stop, work


class Command(BaseCommand):
    help = "Run queued jobs until told to stop (SIGTERM finishes the job in hand; a second one ends at once)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", action="store_true", help="run what is ready now, then stop")
        parser.add_argument(
            "--interval", type=float, default=1.0, help="seconds between two looks at an empty queue"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        stop = Stop()
        stop.listen()
        ran = work(batch=options["batch"], interval=options["interval"], stop=stop)
        self.stdout.write(f"{ran} jobs run.")
