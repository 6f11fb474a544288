"""Using the pages: by keyboard, without a script, in Dutch, on paper; lists that narrow while one types."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site


def test_a_list_narrows_while_one_types_and_the_address_shows_it(tab: Page) -> None:
    tab.goto("/organisations/")
    before = tab.evaluate("performance.timeOrigin")
    tab.get_by_label("Search in this list").press_sequentially("harbour", delay=20)
    expect(tab.locator("tbody tr")).to_have_count(1)
    expect(tab).to_have_url(re.compile(r"/organisations/\?q=harbour$"))
    expect(tab.get_by_role("status")).to_have_text("1 found")
    assert tab.evaluate("performance.timeOrigin") == before, "the page was not loaded again"
    tab.get_by_role("link", name="Show all").click()
    expect(tab.locator("tbody tr")).to_have_count(50)


def test_sorting_keeps_the_page_and_says_the_order(tab: Page) -> None:
    tab.goto("/organisations/?kind=ministry")
    first = tab.locator("tbody th").first.inner_text()
    tab.get_by_role("link", name="Name", exact=True).click()
    expect(tab.locator("th[aria-sort=descending]")).to_have_text(re.compile("Name"))
    expect(tab.locator("tbody th").last).to_have_text(first)
    expect(tab).to_have_url(re.compile(r"kind=ministry&sort=-name$"))


def test_going_back_after_a_change_by_script_shows_the_whole_page(tab: Page) -> None:
    tab.goto("/organisations/")
    tab.get_by_label("Kind").select_option("ministry")
    expect(tab).to_have_url(re.compile(r"kind=ministry"))
    tab.goto("/about/")
    tab.go_back()
    expect(tab.get_by_role("banner")).to_be_visible()
    expect(tab.get_by_label("Kind")).to_have_value("ministry")


def test_the_first_stop_of_the_keyboard_leads_to_the_content(tab: Page) -> None:
    tab.goto("/organisations/")
    tab.keyboard.press("Tab")
    skip = tab.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    tab.keyboard.press("Enter")
    expect(tab.locator("main")).to_be_focused()


def test_every_stop_of_the_keyboard_shows_where_one_is(tab: Page) -> None:
    tab.goto("/organisations/")
    for _stop in range(14):
        tab.keyboard.press("Tab")
        shown = tab.evaluate(
            "() => { const s = getComputedStyle(document.activeElement);"
            "const html = document.activeElement.outerHTML.slice(0, 80);"
            "return [html, s.outlineStyle, parseFloat(s.outlineWidth)]; }"
        )
        assert (shown[1], shown[2] >= 2) == ("solid", True), shown


def test_a_menu_opens_and_closes_by_keyboard_and_gives_the_focus_back(tab: Page) -> None:
    tab.goto("/about/")
    menu = tab.locator("details.menu summary").first
    menu.focus()
    tab.keyboard.press("Enter")
    dutch = tab.get_by_role("button", name="Nederlands")
    expect(dutch).to_be_visible()
    tab.keyboard.press("Tab")
    tab.keyboard.press("Escape")
    expect(dutch).to_be_hidden()
    expect(menu).to_be_focused()


def test_what_can_be_pointed_at_is_24_pixels_or_stands_in_a_sentence(tab: Page) -> None:
    tab.set_viewport_size({"width": 390, "height": 844})
    for path in ("/", "/organisations/", "/accounts/login/"):
        tab.goto(path)
        small = tab.evaluate(
            """() => [...document.querySelectorAll("a, button, summary, select, input:not([type=hidden])")]
              .filter((e) => e.checkVisibility({ visibilityProperty: true }))
              .filter((e) => !e.closest("p, li, th, .hint, .skip"))
              .map((e) => [e.outerHTML.slice(0, 90), e.getBoundingClientRect()])
              .filter(([, box]) => box.height < 24 || box.width < 24)
              .map(([html, box]) => `${html} ${box.width}×${box.height}`)"""
        )
        assert small == [], path


def test_without_a_script_one_can_search_a_list_and_change_the_language(browser: Browser, site: Site) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=site.url, locale="en-GB")
    tab = context.new_page()
    tab.goto("/organisations/")
    tab.get_by_label("Search in this list").fill("harbour")
    tab.get_by_role("button", name="Show", exact=True).click()
    expect(tab.locator("tbody tr")).to_have_count(1)
    tab.locator("details.menu summary").first.click()
    tab.get_by_role("button", name="Nederlands").click()
    assert tab.locator("html").get_attribute("lang") == "nl"
    assert "/organisations/?q=harbour" in tab.url, "the reader stays where they were"
    context.close()


def test_on_paper_the_navigation_is_gone_and_links_show_their_address(tab: Page) -> None:
    tab.goto("/organisations/vdab/")
    tab.emulate_media(media="print", color_scheme="dark")
    expect(tab.locator(".site-nav")).to_be_hidden()
    expect(tab.locator("h1")).to_be_visible()
    ground = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(255, 255, 255)", "paper is white, also for who reads in the dark"


def test_a_wide_table_scrolls_inside_its_own_region_which_the_keyboard_reaches(tab: Page) -> None:
    tab.set_viewport_size({"width": 390, "height": 844})
    tab.goto("/organisations/")
    region = tab.get_by_role("region", name="Organisations")
    expect(region).to_have_attribute("tabindex", "0")
    assert region.evaluate("e => e.scrollWidth > e.clientWidth")
    tab.set_viewport_size({"width": 1280, "height": 900})
    expect(region).not_to_have_attribute("tabindex", "0")


def test_the_head_of_a_long_table_stays_in_sight(tab: Page) -> None:
    tab.goto("/organisations/")
    tab.mouse.wheel(0, 1200)
    tab.wait_for_function("window.scrollY > 600")
    expect(tab.locator("thead th").first).to_be_in_viewport()
