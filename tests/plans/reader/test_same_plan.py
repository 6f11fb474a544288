"""The same plan reads the same from every format and kind of tick box, and every quote is found again."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, partial
from typing import Any

import pytest

from gilde.plans.reader.document import reslice
from gilde.plans.reader.reading import read_bytes, read_source
from gilde.plans.reader.result import Reading
from tests.plans.reader.building import render, render_action_plan, synthetic_action_plan, synthetic_plan
from tests.plans.reader.making import Block, blocks_of, crowded, plan_docx, plan_html
from tests.plans.reader.making_pdf import plan_pdf, plan_typst
from tests.seeds import seed

FORMATS: dict[str, Callable[[list[Block]], bytes]] = {
    "docx content controls": partial(plan_docx, boxes="control"),
    "docx legacy form fields": partial(plan_docx, boxes="legacy"),
    "docx Wingdings symbols": partial(plan_docx, boxes="wingdings"),
    "docx Wingdings font": partial(plan_docx, boxes="wingdings font"),
    "docx glyphs": partial(plan_docx, boxes="glyph"),
    "docx crowded controls": lambda blocks: plan_docx(crowded(blocks), "control"),
    "docx crowded fields": lambda blocks: plan_docx(crowded(blocks), "legacy"),
    "html inputs": partial(plan_html, boxes="input"),
    "html glyphs": partial(plan_html, boxes="glyph"),
    "pdf glyphs": partial(plan_pdf, boxes="glyph"),
    "pdf form buttons": partial(plan_pdf, boxes="form"),
    "pdf drawn crosses": partial(plan_pdf, boxes="drawn"),
    "pdf filled squares": partial(plan_pdf, boxes="filled"),
    "pdf by typst": plan_typst,
}


def told(text: str) -> str:
    """Words without bullets and boxes, which look different in each format, and without line ends."""
    words = re.sub(r"[☒☑☐✔❏▫•\uf0fc]|(?<!\S)[-–](?!\S)", " ", text)
    return re.sub(r"(?<=[a-z])- (?=[a-z])", "-", " ".join(words.split()))


def structure(reading: Reading) -> list[dict[str, Any]]:
    """Everything that a reading says of a plan but for the places."""
    measures = [
        {
            "number": measure.number,
            "title": measure.title,
            "sections": {name: value and told(value.text) for name, value in measure.sections.items()},
            "ticks": {
                group: [(tick.key, tick.ticked) for tick in of_group]
                for group, of_group in measure.ticks.items()
            },
            "bodies": [body.name for body in measure.bodies],
            "funding": [(line.amount, line.currency, line.period) for line in measure.funding],
            "dates": [(one.kind, one.from_date, one.to_date, one.every) for one in measure.dates],
            "actions": [(action.title, told(action.text)) for action in measure.actions],
        }
        for measure in reading.measures
    ]
    provisions = [
        {
            "number": provision.number,
            "text": told(provision.text),
            "actions": [(action.title, told(action.text)) for action in provision.actions],
        }
        for provision in reading.provisions
    ]
    return measures or provisions


def assert_all_quotes_are_found_again(data: bytes, reading: Reading) -> None:
    for citation in reading.citations():
        assert reslice(data, citation.as_json()) == citation.quote


@cache
def invented(number: int) -> tuple[Reading, list[Block]]:
    data = render(synthetic_plan(number)).encode()
    return read_bytes(data, "plan.md"), blocks_of(read_source(data, "plan.md"))


@cache
def from_seed(prefix: str) -> tuple[Reading, list[Block]]:
    data = seed(prefix).read_bytes()
    return read_bytes(data, "plan.txt"), blocks_of(read_source(data, "plan.txt"))


@pytest.mark.parametrize("way", FORMATS)
@pytest.mark.parametrize("number", [1, 2, 3])
def test_an_invented_plan_reads_as_its_markdown_does(number: int, way: str) -> None:
    expected, blocks = invented(number)
    data = FORMATS[way](blocks)
    reading = read_bytes(data)
    assert structure(reading) == structure(expected)
    assert_all_quotes_are_found_again(data, reading)


@pytest.mark.parametrize("way", ["docx glyphs", "html glyphs", "pdf glyphs", "pdf by typst"])
def test_an_invented_action_plan_reads_as_its_text_does(way: str) -> None:
    source = render_action_plan(synthetic_action_plan(4)).encode()
    expected = read_bytes(source, "plan.txt")
    data = FORMATS[way](blocks_of(read_source(source, "plan.txt")))
    reading = read_bytes(data)
    assert structure(reading) == structure(expected)
    assert_all_quotes_are_found_again(data, reading)


@pytest.mark.parametrize("way", FORMATS)
def test_the_national_plan_has_the_same_ticks_and_sections_in_every_format(way: str) -> None:
    expected, blocks = from_seed("004")
    data = FORMATS[way](blocks)
    reading = read_bytes(data)
    told_of, wanted = structure(reading), structure(expected)
    assert [measure["ticks"] for measure in told_of] == [measure["ticks"] for measure in wanted]
    states = [state for measure in told_of for group in measure["ticks"].values() for _, state in group]
    assert (len(states), states.count(None)) == (490, 215)
    for measure, as_text in zip(told_of, wanted, strict=True):
        assert measure["title"] == as_text["title"]
        assert measure["bodies"] == as_text["bodies"]
        assert measure["funding"] == as_text["funding"]
        assert measure["dates"] == as_text["dates"]
        for name, words in as_text["sections"].items():
            assert undivided(measure["sections"][name]) == undivided(words)
    assert_all_quotes_are_found_again(data, reading)


@pytest.mark.parametrize("way", ["docx glyphs", "html glyphs", "pdf glyphs", "pdf by typst"])
def test_the_action_plan_has_the_same_43_actions_in_every_format(way: str) -> None:
    expected, blocks = from_seed("000")
    data = FORMATS[way](blocks)
    reading = read_bytes(data)
    assert structure(reading) == structure(expected)
    assert sum(len(provision.actions) for provision in reading.provisions) == 43
    assert_all_quotes_are_found_again(data, reading)


def undivided(text: str | None) -> str:
    """Letters and digits only: at the end of a line a hyphen may divide a word or join a compound."""
    return re.sub(r"[\W_]", "", text or "")
