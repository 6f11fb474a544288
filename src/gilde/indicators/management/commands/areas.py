"""`gilde areas FILE`: bring in areas and their outlines from Eurostat's NUTS files."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gilde.core.access import SYSTEM
from gilde.core.errors import GildeError
from gilde.indicators.services.areas import load_areas


class Command(BaseCommand):
    help = "Bring in areas and outlines from a GeoJSON of Eurostat GISCO (NUTS_RG_…_4326) or a CSV of NUTS codes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the file, .geojson or .csv")

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        try:
            done = load_areas(actor=SYSTEM, content=file.read_bytes(), name=file.name)
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        except GildeError as error:
            raise CommandError(error.sentence) from error
        if done.is_nothing:
            self.stdout.write(f"{done.named} areas, nothing new.")
            return
        for codes, what in ((done.added, "added"), (done.renamed, "renamed"), (done.outlined, "outlined")):
            if codes:
                shown = ", ".join(codes[:20]) + (" …" if len(codes) > 20 else "")
                self.stdout.write(f"{len(codes)} {what}: {shown}")
