"""The site that the browser looks at, in processes of its own: `python -m tests.browser.served FOLDER PID`.

It makes the world, serves it as in production beside another service to sign in at, tells all of it in
FOLDER/site.json, and ends when the process PID does, which is the one that runs the suite.
"""

from __future__ import annotations

import http.server
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests import migrated


class Provider(http.server.BaseHTTPRequestHandler):
    """Another service at which one can begin to sign in."""

    def do_GET(self) -> None:
        here = f"http://localhost:{self.server.server_address[1]}"
        if self.path.startswith("/.well-known/openid-configuration"):
            kind = "application/json"
            ends = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/keys"}
            body = json.dumps({"issuer": here, **{name: here + path for name, path in ends.items()}})
        else:
            kind, body = "text/html", "<title>Fake</title><h1>The other service</h1>"
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def main(folder: Path, runner: int) -> None:
    """Make and serve the world until the process that runs the suite has ended."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider) as provider:
        threading.Thread(target=provider.serve_forever, daemon=True).start()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        address = f"http://localhost:{provider.server_address[1]}"
        environment = _environment(folder, port, address)
        shutil.copy(migrated.sqlite(), folder / "gilde.sqlite3")
        made = subprocess.run(
            [sys.executable, "-m", "tests.browser.world"],
            env=environment,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
        command += ["--port", str(port), "--workers", "1", "--no-ws", "gilde.config.wsgi:application"]
        server = subprocess.Popen(command, env=environment)
        try:
            _wait(f"http://127.0.0.1:{port}/about/", server)
            told = {
                "url": f"http://localhost:{port}",
                "provider": address,
                **json.loads(made.stdout.splitlines()[-1]),
            }
            ready = folder / "site.making"
            ready.write_text(json.dumps(told))
            ready.rename(folder / "site.json")
            while server.poll() is None and os.path.exists(f"/proc/{runner}"):
                time.sleep(0.5)
        finally:
            server.terminate()
            server.wait(20)
            provider.shutdown()


def _environment(folder: Path, port: int, provider: str) -> dict[str, str]:
    app = {
        "provider_id": "fake",
        "name": "Fake login",
        "client_id": "gilde",
        "secret": "s",
        "settings": {"server_url": provider},
    }
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "gilde.config.settings",
        "GILDE_DATA_DIR": str(folder),
        "GILDE_HTTPS": "0",
        "GILDE_DEBUG": "0",
        "GILDE_HOSTS": "localhost",
        "GILDE_SITE_URL": f"http://localhost:{port}",
        "GILDE_OPENID_CONNECT": json.dumps([app]),
        "PYTHONPATH": os.pathsep.join([str(migrated.ROOT / "src"), str(migrated.ROOT)]),
    }


def _wait(url: str, server: subprocess.Popen[bytes]) -> None:
    request = urllib.request.Request(url, headers={"Host": "localhost"})
    for _try in range(150):
        if server.poll() is not None:
            break
        with suppress(OSError):
            urllib.request.urlopen(request, timeout=5).close()
            return
        time.sleep(0.2)
    raise RuntimeError("The server did not answer.")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
