"""`gilde vc-api --port N`: serve the VC-API on this machine alone, without authentication, for conformance suites."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gilde.core import clock
from gilde.credentials.vc_api.loopback import ALIASES, ISSUERS
from gilde.credentials.vc_api.serving import LoopbackServer


class Command(BaseCommand):
    help = "Serve the VC-API on this machine alone, without authentication, for conformance suites."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, required=True, help="0 takes a free one")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            server = LoopbackServer(options["port"], clock.now)
        except (OSError, OverflowError):
            raise CommandError(f"Port {options['port']} is in use. Choose another one with --port.") from None
        server.start()
        issuers = "\n".join(
            f"  {server.address}/issuers/{name}/credentials/issue" for name in (*ISSUERS, *ALIASES)
        )
        self.stdout.write(
            f"The VC-API runs at {server.address}, until Ctrl-C. Its keys are lost then.\n"
            f"  {server.address}/credentials/issue\n"
            f"  {server.address}/credentials/verify\n"
            f"  {server.address}/presentations/verify\n{issuers}"
        )
        self.stdout.flush()
        try:
            server.wait()
        except KeyboardInterrupt:
            server.stop()
