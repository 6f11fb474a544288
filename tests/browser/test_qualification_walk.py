"""A file walks from draft to registered through the pages, with everybody whom the Flemish procedure names."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Actors

DRAFTER, SIGNATORY = "katrien", "wim"
OFFICER, AGENCY, GOVERNMENT = "pieter", "saskia", "els"
VALIDATION, LEVELLING = ("bram", "fatima", "joris"), ("greet", "hakan", "nele")


def _send(tab: Page, name: str | re.Pattern[str]) -> None:
    tab.get_by_role("main").get_by_role("button", name=name).first.click()


def _step(tab: Page, file: str, name: str, ground: str = "") -> None:
    """Make a step of the procedure on its page, and come back to the file."""
    tab.goto(f"{file}steps/{name}/")
    if ground:
        tab.locator("[name=ground]").fill(ground)
    tab.locator("main form button[type=submit]").first.click()
    expect(tab).not_to_have_url(re.compile(r"/steps/"))


def _room(tab: Page) -> str:
    """Return the address of the one round that waits for this member."""
    tab.goto("/committees/")
    tab.get_by_role("link", name=re.compile("Walking inspector")).first.click()
    expect(tab).to_have_url(re.compile(r"/rounds/"))
    return tab.url.partition("?")[0]


def _vote(tab: Page, room: str) -> None:
    tab.goto(f"{room}?show=votes")
    tab.locator("[name=choice][value=for]").check()
    tab.locator("[name=ground]").fill("The outcomes are clear.")
    _send(tab, "Vote")
    expect(tab.get_by_role("main")).to_contain_text("Change your vote")


def test_a_file_walks_from_draft_to_registered(actors: Actors) -> None:
    drafter = actors.page(DRAFTER)
    drafter.goto("/qualifications/files/add/")
    drafter.locator("[name=title_0]").fill("Walking inspector")
    drafter.locator("[name=title_2]").select_option("en")
    drafter.locator("[name=procedure][value=vks-professional]").check()
    drafter.locator("[name=sector]").select_option("metal")
    drafter.locator("main form button[type=submit]").first.click()
    expect(drafter).to_have_url(re.compile(r"/qualifications/files/[0-9a-f-]{36}/$"))
    file = drafter.url

    drafter.goto(f"{file}edit/")
    for name, value in (
        ("summary_0", "Inspects steel on foot."),
        ("hours", "400"),
        ("assessment_0", "A practical test before two examiners."),
    ):
        drafter.locator(f"[name={name}]").fill(value)
    for name in ("summary_2", "assessment_2"):
        drafter.locator(f"[name={name}]").select_option("en")
    drafter.locator("main form button[type=submit]").first.click()
    drafter.goto(f"{file}units/add/")
    drafter.locator("[name=title_0]").fill("Walking and looking")
    drafter.locator("[name=title_2]").select_option("en")
    drafter.locator("main form button[type=submit]").first.click()
    expect(drafter).not_to_have_url(re.compile(r"/units/add/"))
    drafter.goto(file)
    drafter.locator("a[href*='/outcomes/add/']").first.click()
    drafter.locator("[name=kind][value=skill], select[name=kind]").first.evaluate(
        "e => { if (e.tagName === 'SELECT') e.value = 'skill'; else e.checked = true; }"
    )
    drafter.locator("[name=source]").select_option("en")
    drafter.locator("[name=statement_en]").fill("Inspects welded seams on foot and reports what is unsafe.")
    drafter.locator("main form button[type=submit]").first.click()
    drafter.goto(file)
    expect(drafter.get_by_role("main")).to_contain_text("Inspects welded seams on foot")

    # The drafter may write, and not hand in.
    expect(drafter.locator("a[href$='/steps/submit/']")).to_have_count(0)
    path = file.partition("//")[2].partition("/")[2]
    _step(actors.page(SIGNATORY), f"/{path}", "submit")
    officer = actors.page(OFFICER)
    _step(officer, f"/{path}", "start-validation")

    room = _room(actors.page(VALIDATION[1]))
    member = actors.page(VALIDATION[1])
    member.goto(f"{room}?show=file")
    said = member.locator(".outcomes details.say").first
    said.locator("summary").click()
    said.locator("[name=text]").fill("Say which seams.")
    said.locator("button[type=submit]").click()
    expect(member.get_by_role("main")).to_contain_text("Say which seams.")
    for name in VALIDATION:
        _vote(actors.page(name), room)
    drafter.goto(f"{file}comments/")
    answers = drafter.locator("form", has=drafter.locator("[name=answer]"))
    drafter.locator("details", has=answers).first.locator("summary").click()
    answers.first.locator("[name=answer]").fill("All seams of the frame.")
    answers.first.locator("button[type=submit]").click()
    expect(drafter.get_by_role("main")).to_contain_text("All seams of the frame.")
    _step(actors.page(VALIDATION[0]), f"/{path}", "validate")

    _step(officer, f"/{path}", "start-levelling")
    room = _room(actors.page(LEVELLING[1]))
    for place, name in enumerate(LEVELLING):
        judge = actors.page(name)
        judge.goto(f"{room}?show=levels")
        for row in judge.locator(".judged").all():
            row.locator(f"input[type=radio][value='{3 if place < 2 else 4}']").check()
        _send(judge, "Save my judgement")
        expect(judge.get_by_role("main")).to_contain_text("You have judged 8 of 8 elements")
    chair = actors.page(LEVELLING[0])
    chair.goto(f"{room}reveal/")
    chair.locator("main form button[type=submit]").first.click()
    _step(chair, f"/{path}", "count-points")
    chair.goto(f"{room}?show=levels")
    expect(chair.get_by_role("main")).to_contain_text("The judges differ on 8 elements")
    for row in chair.locator(".judged").all():
        row.locator("input[type=radio][value='3']").check()
        row.locator("textarea, input[type=text]").first.fill("Two of three found 3.")
    _send(chair, "Save what was agreed")
    expect(chair.get_by_role("main")).to_contain_text("3.000 points, so level")
    for name in LEVELLING:
        _vote(actors.page(name), room)
    _step(chair, f"/{path}", "level")

    _step(officer, f"/{path}", "check-quality")
    _step(actors.page(AGENCY), f"/{path}", "send")
    _step(actors.page(GOVERNMENT), f"/{path}", "recognise", "Decision of the Government of this day")
    _step(officer, f"/{path}", "register")

    visitor = actors.page("visitor")
    visitor.goto("/qualifications/?q=walking+inspector")
    visitor.get_by_role("link", name="Walking inspector").click()
    expect(visitor.get_by_role("main")).to_contain_text("Registered")
    expect(visitor.get_by_role("main")).to_contain_text("Inspects welded seams on foot")
    visitor.goto("/qualifications/walking-inspector/history/")
    expect(visitor.get_by_role("main")).to_contain_text("Decision of the Government of this day")
