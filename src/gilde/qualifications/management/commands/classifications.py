"""`gilde classifications`: load ESCO and other lists, choose the edition in use, compare two."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gilde.core.access import SYSTEM
from gilde.core.errors import GildeError
from gilde.qualifications.models import SchemeEdition
from gilde.qualifications.services import classifications


class Command(BaseCommand):
    help = (
        "Load reference classifications (ESCO, ISCO-08, ISCED-F 2013, NACE), choose an edition, compare two."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        steps = parser.add_subparsers(dest="step", required=True)
        load = steps.add_parser(
            "load", help="load one edition from its official files, or add languages to it"
        )
        load.add_argument(
            "files", type=Path, nargs="+", help="ZIP archives, folders or CSV files that belong together"
        )
        load.add_argument(
            "--scheme", default="esco", help="esco (default), isco-08, isced-f-2013, nace-2.1 …"
        )
        load.add_argument("--edition", default="", help="the version, where no name of a file tells it")
        steps.add_parser("own", help="load the upper levels that come with Gilde")
        use = steps.add_parser("use", help="let pages and matching use an edition")
        use.add_argument("scheme")
        use.add_argument("edition")
        compare = steps.add_parser("compare", help="what changed between two editions, and what uses it here")
        compare.add_argument("scheme")
        compare.add_argument("old")
        compare.add_argument("new")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, f"_{options['step']}")(options)
        except GildeError as error:
            raise CommandError(error.sentence) from error

    def _load(self, options: dict[str, Any]) -> None:
        def say(done: int, total: int, step: str) -> None:
            self.stderr.write(f"{step}: {done} of {total}", ending="\r")

        self._tell(
            classifications.load_files(
                actor=SYSTEM,
                paths=options["files"],
                scheme=options["scheme"],
                version=options["edition"],
                progress=say,
            )
        )

    def _own(self, options: dict[str, Any]) -> None:
        for done in classifications.load_own(actor=SYSTEM):
            self._tell(done)

    def _use(self, options: dict[str, Any]) -> None:
        edition = self._edition(options["scheme"], options["edition"])
        classifications.make_current(actor=SYSTEM, edition=edition)
        self.stdout.write(f"{edition} is in use now.")

    def _compare(self, options: dict[str, Any]) -> None:
        old, new = (self._edition(options["scheme"], options[which]) for which in ("old", "new"))
        changes = classifications.migrate(old, new)
        used = classifications.uses_of({change.uri for change in changes})
        for change in changes:
            uses = f"  used {len(used[change.uri])} times" if change.uri in used else ""
            self.stdout.write(
                f"{change.kind}: {change.old_label} → {change.new_label or '–'}{uses}  {change.uri}"
            )
        self.stdout.write(f"{len(changes)} changes, {len(used)} of them in use here.")

    def _tell(self, done: classifications.Loaded) -> None:
        said = "" if done.new else ", nothing new"
        self.stdout.write(f"{done.edition}: {done.concepts} concepts, {done.relations} relations{said}.")
        if done.unknown:
            self.stdout.write(f"Left out, because the files lack them: {', '.join(done.unknown)}")

    def _edition(self, scheme: str, number: str) -> SchemeEdition:
        found = SchemeEdition.objects.filter(scheme=scheme, number=number).select_related("scheme").first()
        if found is None:
            known = ", ".join(SchemeEdition.objects.filter(scheme=scheme).values_list("number", flat=True))
            raise CommandError(f"{scheme} {number} is not loaded. Loaded: {known or 'none'}.")
        return found
