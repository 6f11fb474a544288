"""`gilde audit verify`: check the chain of audit events."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gilde.core import audit
from gilde.core.models import AuditEvent


class Command(BaseCommand):
    help = "Check that no audit event was changed, removed or inserted, and that the database still protects them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=["verify"])

    def handle(self, *args: Any, **options: Any) -> None:
        broken = list(audit.verify())
        for place in broken:
            self.stderr.write(place.reason)
        if broken:
            raise CommandError(f"The audit chain is broken in {len(broken)} place(s).")
        self.stdout.write(f"The audit chain is whole: {AuditEvent.objects.count()} events.")
