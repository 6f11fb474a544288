"""Every page, wide and narrow, light and dark: axe finds nothing, no sideways scrolling, no console error."""

from __future__ import annotations

import pytest
from playwright.sync_api import ConsoleMessage
from playwright.sync_api import Page as Tab

from tests.browser import axe
from tests.browser.conftest import Actors, Site
from tests.browser.pages import Page, all_pages, not_pages, routes

SIZES = {"wide": (1280, 900), "narrow": (390, 844)}
SCHEMES = ("light", "dark")
# What does not look at colours finds the same in light and dark, and is asked once for each width.
ASKED = {
    ("wide", "light"): (axe.everything,),
    ("wide", "dark"): (axe.colours,),
    ("narrow", "light"): (axe.but_colours, axe.colours),
    ("narrow", "dark"): (axe.colours,),
}
# Django's own administration is for who runs the installation, and the API is for machines.
OTHERS = ("admin:", "api:")


def test_every_route_is_looked_at_or_says_why_not() -> None:
    listed = {page.route for page in all_pages()} | set(not_pages())
    known = {route for route in routes() if not route.startswith(OTHERS)}
    assert known - listed == set(), "Add these to a rows_*.py: to PAGES, or to NOT_PAGES with the reason."
    assert listed - known == set(), "These routes are gone."


def test_no_row_stands_twice() -> None:
    pages = [str(page) + str(page.address) for page in all_pages()]
    assert sorted(pages) == sorted(set(pages))


def settled(tab: Tab) -> None:
    """Let the page take its size and colours before it is looked at."""
    tab.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


ROWS = "<tr><td style='color:#111'>plain</td><td><span style='color:%s'>word</span></td></tr>"


@pytest.mark.parametrize(("colour", "found"), [("#222", []), ("#bbb", ["color-contrast"])])
def test_one_word_among_many_that_is_hard_to_read_is_found(tab: Tab, colour: str, found: list[str]) -> None:
    rows = ROWS % "#333" * 40 + ROWS % colour + ROWS % "#333" * 40
    tab.set_content(f"<main style='background:#fff'><table>{rows}</table></main>")
    axe.load(tab)
    assert [each["id"] for each in axe.colours(tab)] == found
    assert len(tab.evaluate(f"({axe._LOOKS})()")) < 12


@pytest.mark.parametrize("page", all_pages(), ids=str)
def test_page(page: Page, actors: Actors, site: Site) -> None:
    tab = actors.page(page.actor)
    said: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        # The browser reports an answer of 4xx that the row expects; everything else counts.
        if message.type in {"error", "warning"} and f"status of {page.status}" not in message.text:
            said.append(f"{message.type}: {message.text}")

    def fail(error: Exception) -> None:
        said.append(str(error))

    tab.on("console", listen)
    tab.on("pageerror", fail)
    faults: list[str] = []
    try:
        tab.emulate_media(color_scheme="light")
        tab.set_viewport_size({"width": SIZES["wide"][0], "height": SIZES["wide"][1]})
        answer = tab.goto(page.url(site.things))
        assert answer is not None
        assert answer.status == page.status, f"{tab.url} answered {answer.status}"
        path = tab.url.removeprefix(site.url)
        assert path.partition("?")[0] == page.url(site.things).partition("?")[0], f"sent on to {path}"
        assert tab.locator("h1").count() == 1, "a page has one h1"
        assert tab.title().strip(" ·") not in {"", "Gilde"}, "a page has a title of its own"
        axe.load(tab)
        for size, (width, height) in SIZES.items():
            tab.set_viewport_size({"width": width, "height": height})
            for scheme in SCHEMES:
                tab.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                settled(tab)
                for rules in ASKED[size, scheme]:
                    if violations := rules(tab):
                        faults.append(f"{size}, {scheme}: {axe.told(violations)}")
            over = tab.evaluate(
                "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
            )
            if over > 0:
                faults.append(f"{size}: the page scrolls {over} pixels sideways because of {_widest(tab)}")
    finally:
        tab.remove_listener("console", listen)
        tab.remove_listener("pageerror", fail)
    assert not faults, "\n".join(faults)
    assert not said, "\n".join(said)


def _widest(tab: Tab) -> str:
    found: str = tab.evaluate(
        """() => {
          const width = document.scrollingElement.clientWidth;
          const out = [...document.querySelectorAll("main *, header *, footer *")].filter(
            (e) => e.getBoundingClientRect().right > width + 1 && !e.closest(".scroll"));
          return out.slice(0, 3).map((e) => e.outerHTML.slice(0, 120)).join(" | ");
        }"""
    )
    return found
