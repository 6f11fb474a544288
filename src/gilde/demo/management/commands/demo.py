"""`gilde demo`: make the demo world and serve it. `gilde demo load` only makes it."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from gilde.demo import loading
from gilde.demo.credential_samples import FOLDER, write_samples
from gilde.indicators.models import Indicator
from gilde.plans.models import Plan


class Command(BaseCommand):
    help = "Make the demo world and serve it on this machine; with “load”, make it and stop."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", nargs="?", choices=["serve", "load"], default="serve")
        parser.add_argument("--port", type=int, default=int(os.environ.get("GILDE_PORT", "8000")))

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.HTTPS and "GILDE_HTTPS" not in os.environ:
            # The demo is served without TLS on this machine alone; everything else keeps secure cookies.
            environment = {
                **os.environ,
                "GILDE_HTTPS": "0",
                "GILDE_SITE_URL": f"http://127.0.0.1:{options['port']}",
            }
            os.execve(  # noqa: S606
                sys.executable,
                [sys.executable, "-m", "gilde", "demo", options["act"], "--port", str(options["port"])],
                environment,
            )
        password = _password()
        call_command("migrate", verbosity=0)
        known = Plan.objects.count(), Indicator.objects.count()
        loading.load(password, say=self.stdout.write)
        if (Plan.objects.count(), Indicator.objects.count()) != known:
            call_command("search", "rebuild", verbosity=0)
        self.samples = settings.DATA_DIR / FOLDER
        write_samples(self.samples)
        if options["act"] == "serve":
            self._serve(options["port"], password)

    def _serve(self, port: int, password: str) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                raise CommandError(
                    f"Port {port} is in use. Choose another one: GILDE_PORT=8001 make demo"
                ) from None
        python = sys.executable
        worker = subprocess.Popen([python, "-m", "gilde", "work"])  # noqa: S603
        server = subprocess.Popen(  # noqa: S603
            [python, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
             "--workers", "1", "--blocking-threads", "4", "--no-ws", "--log-level", "warning",
             "gilde.config.wsgi:application"]
        )  # fmt: skip
        people = loading.read("people.yaml")["people"]
        width = max(len(person["email"]) for person in people)
        lines = [f"  {person['email']:<{width}}  {person['story']['en']}" for person in people]
        self.stdout.write(
            f"\nGilde runs at http://127.0.0.1:{port}/ (stop it with Ctrl-C).\n\n"
            f"Demo logins, all with the password {password}\n" + "\n".join(lines) + "\n\n"
            "Plan documents ready to be uploaded at the reading desk:\n"
            + "\n".join(f"  {path}" for path in loading.upload_documents())
            + f"\n\nCertificates to drop on the check page, genuine and forged:\n  {self.samples}"
        )

        def stop(*_signal: Any) -> None:
            for process in (server, worker):
                process.terminate()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        code = server.wait()
        worker.terminate()
        worker.wait()
        if code not in (0, -signal.SIGTERM, -signal.SIGINT):
            raise CommandError(f"The server stopped with code {code}.")


def _password() -> str:
    """Return the password of the demo people: made once, kept beside the demo database."""
    path = Path(settings.DATA_DIR) / "demo_password"
    if not path.exists():
        path.write_text("demo-" + secrets.token_hex(5))
        path.chmod(0o600)
    return path.read_text().strip()
