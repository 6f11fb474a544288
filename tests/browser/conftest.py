"""A real browser on a real server over the demo world. Only GILDE_NO_BROWSER=1 leaves these tests out."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.migrated import ROOT, locked

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
    """The served world: its address, another service to sign in at, what addresses need, sessions of accounts."""

    url: str
    provider: str
    things: dict[str, str]
    sessions: dict[str, str]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Return the world as it is served: to all processes of the suite, by the first that asks for it."""
    several = "PYTEST_XDIST_WORKER" in os.environ
    shared = tmp_path_factory.getbasetemp()
    folder = (shared.parent if several else shared) / "site"
    with locked(folder / "lock"):
        if not (folder / "site.json").exists():
            _serve(folder, os.getppid() if several else os.getpid())
    return Site(**json.loads((folder / "site.json").read_text()))


def _serve(folder: Path, runner: int) -> None:
    command = [sys.executable, "-m", "tests.browser.served", str(folder), str(runner)]
    with (folder / "server.log").open("w") as log:
        served = subprocess.Popen(
            command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
    while not (folder / "site.json").exists():
        assert served.poll() is None, (folder / "server.log").read_text()[-3000:]
        time.sleep(0.1)


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
