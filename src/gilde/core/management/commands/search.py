"""`gilde search rebuild`: make the search index anew from the database."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from gilde.core import search


class Command(BaseCommand):
    help = "Build the search index anew; searching goes on in the old one until the new one is ready."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=["rebuild"])

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{search.rebuild()} entries can be found.")
