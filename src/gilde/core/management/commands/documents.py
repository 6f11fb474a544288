"""`gilde documents verify`: check that every stored file is still what came in."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gilde.core import documents
from gilde.core.models import Document


class Command(BaseCommand):
    help = "Check that the content of every document is there and still has its SHA-256."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=["verify"])

    def handle(self, *args: Any, **options: Any) -> None:
        damaged = list(documents.verify())
        for damage in damaged:
            self.stderr.write(damage.reason)
        if damaged:
            raise CommandError(
                f"{len(damaged)} of {Document.objects.count()} documents are not as they were stored."
            )
        self.stdout.write(f"All {Document.objects.count()} documents are as they were stored.")
