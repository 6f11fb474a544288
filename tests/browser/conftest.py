"""A real browser on a real server over the demo world. Only GILDE_NO_BROWSER=1 leaves these tests out."""

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
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent.parent
CHROMIUM = os.environ.get("GILDE_CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LEFT_OUT = os.environ.get("GILDE_NO_BROWSER") == "1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what drives the browser; leave it out only when that was asked for."""
    for item in items:
        if Path(__file__).parent in item.path.parents and "site" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
            if LEFT_OUT:
                item.add_marker(pytest.mark.skip(reason="GILDE_NO_BROWSER=1"))


@dataclass(frozen=True)
class Site:
    """The served world: its address, what addresses need, and a session for each account."""

    url: str
    things: dict[str, str]
    sessions: dict[str, str]


class _Provider(http.server.BaseHTTPRequestHandler):
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


@pytest.fixture(scope="session")
def provider() -> Iterator[str]:
    """Serve another service to sign in at; return its address."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Provider) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, provider: str) -> Iterator[Site]:
    """Make the world and serve it as in production, in processes with a database of their own."""
    folder = tmp_path_factory.mktemp("site")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    app = {
        "provider_id": "fake",
        "name": "Fake login",
        "client_id": "gilde",
        "secret": "s",
        "settings": {"server_url": provider},
    }
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | {
        "DJANGO_SETTINGS_MODULE": "gilde.config.settings",
        "GILDE_DATA_DIR": str(folder),
        "GILDE_HTTPS": "0",
        "GILDE_DEBUG": "0",
        "GILDE_HOSTS": "localhost",
        "GILDE_SITE_URL": f"http://localhost:{port}",
        "GILDE_OPENID_CONNECT": json.dumps([app]),
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
    }
    made = subprocess.run(
        [sys.executable, "-m", "tests.browser.world"],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert made.returncode == 0, made.stderr[-3000:]
    world = json.loads(made.stdout.splitlines()[-1])
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", "1", "--no-ws", "gilde.config.wsgi:application"]
    with (folder / "server.log").open("w") as log:
        server = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
    try:
        url = f"http://localhost:{port}"
        _wait(f"http://127.0.0.1:{port}/about/", server, folder / "server.log")
        yield Site(url, world["things"], world["sessions"])
    finally:
        server.terminate()
        server.wait(20)


def _wait(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    request = urllib.request.Request(url, headers={"Host": "localhost"})
    for _try in range(150):
        assert server.poll() is None, log.read_text()[-3000:]
        try:
            urllib.request.urlopen(request, timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError(f"The server did not answer: {log.read_text()[-3000:]}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return the one browser of the session."""
    assert shutil.which(CHROMIUM), (
        f"The browser suite needs chromium at {CHROMIUM} (Debian: apt-get install chromium; elsewhere set "
        "GILDE_CHROMIUM). GILDE_NO_BROWSER=1 leaves the suite out."
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


class Actors:
    """One browser context for each actor, made when first needed."""

    def __init__(self, browser: Browser, site: Site) -> None:
        self.browser = browser
        self.site = site
        self.contexts: dict[str, tuple[BrowserContext, Page]] = {}

    def page(self, actor: str) -> Page:
        """Return the open tab of an actor, signed in where the actor is not a visitor."""
        if actor not in self.contexts:
            context = self.browser.new_context(locale="en-GB", base_url=self.site.url)
            context.set_default_timeout(30_000)
            if actor != "visitor":
                cookie = {"name": "sessionid", "value": self.site.sessions[actor], "url": self.site.url}
                context.add_cookies([cookie])  # type: ignore[list-item]
            self.contexts[actor] = context, context.new_page()
        return self.contexts[actor][1]


@pytest.fixture(scope="session")
def actors(browser: Browser, site: Site) -> Iterator[Actors]:
    """Return the tabs of the actors, kept open for the whole session."""
    actors = Actors(browser, site)
    yield actors
    for context, _page in actors.contexts.values():
        context.close()


@pytest.fixture
def tab(browser: Browser, site: Site) -> Iterator[Page]:
    """Return a tab of a visitor whom nobody else shares."""
    context = browser.new_context(locale="en-GB", base_url=site.url, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()
