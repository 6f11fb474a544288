"""`gilde trust`: shows the trust lists, and reads them anew; for the timetable of the installation."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gilde.core.access import SYSTEM
from gilde.core.errors import GildeError
from gilde.credentials.models import TrustList
from gilde.credentials.services import trust


class Command(BaseCommand):
    help = (
        "Shows the trust lists; with --read, reads every one that has an address anew and says what changed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--read", action="store_true", help="read every list that has an address anew")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["read"]:
            for each in TrustList.objects.order_by("name"):
                state = "closed" if each.closed_at else each.fault or "in use"
                self.stdout.write(f"{each.name}: {each.issuers.count()} issuers, {state}")
            return
        failed = 0
        for found, done in trust.refresh_all(SYSTEM).items():
            if isinstance(done, GildeError):
                failed += 1
                self.stderr.write(f"{found.name}: {done.sentence}")
                continue
            came, went, changed = (len(names) for names in (done.added, done.removed, done.changed))
            self.stdout.write(
                f"{found.name}: {done.entries} issuers, {came} came, {went} went, {changed} changed"
            )
        if failed:
            raise CommandError(f"{failed} could not be read; what they said before goes on counting.")
