"""`gilde indicators reference|compute|pull|load`: what indicators do without a page."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.management.base import BaseCommand, CommandError, CommandParser

from gilde.core import jobs
from gilde.core.access import SYSTEM
from gilde.core.errors import GildeError
from gilde.indicators.models import Indicator, Load
from gilde.indicators.services import computing, reference


class Command(BaseCommand):
    help = "Load reference data, compute the metrics of Gilde, pull official figures, or load a file of them."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True, metavar="reference|compute|pull|load")
        acts.add_parser("reference", help="areas, indicators and targets that Gilde comes with")
        compute = acts.add_parser("compute", help="run the metrics of Gilde and publish what they tell")
        compute.add_argument("--metric", action="append", help="this one only; may be given several times")
        compute.add_argument("--area", action="append", help="for this area; may be given several times")
        compute.add_argument("--period", action="append", help="for this period, such as 2025 or 2025-Q3")
        compute.add_argument("--last", type=int, help="for so many of the last periods")
        pull = acts.add_parser("pull", help="ask the providers of official indicators for their figures")
        pull.add_argument("--indicator", action="append", help="this one only; may be given several times")
        pull.add_argument(
            "--now", action="store_true", help="wait for it here instead of leaving it to a worker"
        )
        load = acts.add_parser("load", help="load a file of official figures")
        load.add_argument("file", type=Path)
        load.add_argument(
            "--indicator", required=True, help="the code of the indicator that the figures are of"
        )
        load.add_argument(
            "--complete", action="store_true", help="the file holds every figure: what it lacks was withdrawn"
        )
        load.add_argument(
            "--now", action="store_true", help="wait for it here instead of leaving it to a worker"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            {
                "reference": self._reference,
                "compute": self._compute,
                "pull": self._pull,
                "load": self._load,
            }[options["act"]](options)
        except GildeError as error:
            raise CommandError(error.sentence) from error

    def _reference(self, options: dict[str, Any]) -> None:
        for line in reference.load_reference():
            self.stdout.write(line)

    def _compute(self, options: dict[str, Any]) -> None:
        done = computing.run_all(
            options["metric"], periods=options["period"], areas=options["area"], last=options["last"]
        )
        self.stdout.write(
            f"{done['metrics']} metrics, {done['runs']} runs: {done['measured']} measured, "
            f"{done['no_data']} without data, {done['failed']} failed; {done['released']} with new figures."
        )
        if done["failures"]:
            told = "\n".join(f"  {each['metric']}: {each['message']}" for each in done["failures"])
            raise CommandError(f"These metrics failed, their figures are as they were:\n{told}")

    def _pull(self, options: dict[str, Any]) -> None:
        from gilde.indicators.services import loading  # what reads messages takes long to import

        known = Indicator.objects.filter(origin__isnull=False).order_by("code")
        wanted = (
            list(known) if options["indicator"] is None else [_indicator(c) for c in options["indicator"]]
        )
        self._end([loading.pull(actor=SYSTEM, indicator=indicator) for indicator in wanted], options["now"])

    def _load(self, options: dict[str, Any]) -> None:
        from gilde.indicators.services import loading

        file: Path = options["file"]
        indicator = _indicator(options["indicator"])
        try:
            with file.open("rb") as opened:
                load = loading.add_load(
                    actor=SYSTEM,
                    indicator=indicator,
                    file=File(opened),
                    name=file.name,
                    complete=options["complete"],
                    limit=loading.FILE_LIMIT,
                )
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        self._end([load], options["now"])

    def _end(self, loads: Iterable[Load], now: bool) -> None:
        """Run the jobs of the loads here, or say that a worker does; say what became of each."""
        failed = False
        for load in loads:
            code = load.indicator.code
            if not now:
                self.stdout.write(f"{code}: queued; a worker (gilde work) reads it.")
                continue
            assert load.job is not None
            jobs.run(load.job)
            load.refresh_from_db()
            failed = failed or load.state == Load.State.FAILED
            self.stdout.write(f"{code}: {_told(load)}")
        if failed:
            raise CommandError("Not everything could be read, see above.")


def _told(load: Load) -> str:
    if load.state == Load.State.FAILED:
        return load.problem
    if load.state == Load.State.HELD:
        count = load.findings.count()
        return f"held for a decision, {count} findings; nothing of it is published."
    if load.release is not None:
        release = load.release
        return f"{release.added} added, {release.revised} revised, {release.withdrawn} withdrawn."
    return f"{load.get_state_display().lower()}."


def _indicator(code: str) -> Indicator:
    if (found := Indicator.objects.filter(code=code).first()) is None:
        codes = ", ".join(Indicator.objects.order_by("code").values_list("code", flat=True)[:50])
        raise CommandError(f"There is no indicator “{code}”. There are: {codes or 'none'}.")
    return found
