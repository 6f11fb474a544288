"""`gilde audit verify`: check the chain of audit events."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gilde.core import audit
from gilde.core.models import AuditEvent


class Command(BaseCommand):
    help = "Check that no audit event was changed, removed or inserted, and that the database protects them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=["verify"])
        parser.add_argument(
            "--holds", metavar="HASH", help="a last hash from an earlier run: it must still be there"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        reasons = [place.reason for place in audit.verify()]
        known = options["holds"]
        if known and not audit.holds(known):
            reasons.append(f"The event {known} is gone: the end of the chain was cut off or written anew.")
        for reason in reasons:
            self.stderr.write(reason)
        if reasons:
            raise CommandError(f"The audit chain is broken in {len(reasons)} place(s).")
        self.stdout.write(f"The audit chain is whole: {AuditEvent.objects.count()} events.")
        self.stdout.write(f"Keep its last hash elsewhere: {audit.head()}")
