"""Links to ESCO are decided by keyboard alone, and the keys do nothing outside the list."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Actors


def test_a_proposal_is_decided_by_keyboard_and_saved(actors: Actors) -> None:
    tab = actors.page("katrien")
    tab.goto("/matching/")
    form = tab.locator("[data-matching]")
    expect(tab.locator("#matching-keys")).to_be_visible()
    proposal = form.locator("[data-proposal]").first
    name = proposal.locator("a").first.inner_text()
    confirm = proposal.locator("input[type=radio][value=confirm]")

    tab.locator("h1").click()
    tab.keyboard.press("c")
    expect(confirm).not_to_be_checked()  # the focus is elsewhere

    proposal.locator("input[type=radio]").first.focus()
    tab.keyboard.press("j")
    tab.keyboard.press("k")
    tab.keyboard.press("2")
    expect(confirm).to_be_checked()
    expect(proposal.locator(".relation select")).to_have_value("close")
    tab.keyboard.press("r")
    expect(proposal.locator("input[type=radio][value=reject]")).to_be_checked()
    tab.keyboard.press("k")
    tab.keyboard.press("c")
    expect(confirm).to_be_checked()
    tab.keyboard.press("s")
    expect(tab.get_by_role("status").first).to_be_visible()
    tab.goto("/matching/?show=linked")
    expect(tab.get_by_role("main")).to_contain_text(name)
