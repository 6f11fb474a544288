"""Breaks documents in ten thousand ways: a reading with true citations, or one sentence; nothing else."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gilde.plans.reader.document import BadDocument
from gilde.plans.reader.reading import read_bytes
from gilde.plans.reader.result import Reading, pack, unpack
from tests.plans.reader.building import (
    STYLES,
    render,
    render_action_plan,
    render_html,
    synthetic_action_plan,
    synthetic_plan,
)
from tests.plans.reader.comparing import unfounded

_NASTY = (
    "\0", "\x01", "\f", "\r", "\u2028", "\ufeff", "\u00ad", "☐", "☒", "[x]", "[ ]", "**", "|", "|---|",
    "\t", "<p>",
    "</p>", "<ul>", "<table><tr><td>", "<input type=checkbox checked>", "<!--", "-->", "1. ", "- ", "#",
    "(", ")", ":",
    "\n", "\n\n", "&amp;", "&", "Scope (national, regional, local)", "Suggested actions:", "national",
    "3.2 Title\n",
    "4. Chapter\n", "Rationale/background, challenges addressed\n", "9.999.999.999 euro", "31/31/2022",
    "\ud7ff", "é" * 50,
)  # fmt: skip
_TEXTS = [
    render(synthetic_plan(seed, measures=1), style).encode() for seed, style in enumerate(STYLES.values())
]
_ACTION_PLANS = [render_action_plan(synthetic_action_plan(seed)).encode() for seed in range(8)]
_PAGES = [render_html(synthetic_plan(seed, measures=1)).encode() for seed in range(4)]


def broken(data: bytes, seed: int) -> bytes:
    """The document with one to four accidents: cut, deleted, doubled, moved, inserted, changed bytes."""
    chance = random.Random(seed)
    for _ in range(chance.randint(1, 4)):
        first, last = sorted(chance.randrange(len(data) + 1) for _ in range(2))
        last = min(last, first + chance.choice((1, 5, 40, 400, 4000)))
        part = data[first:last]
        accident = chance.randrange(7)
        if accident == 0:
            data = data[:first] + data[last:]
        elif accident == 1:
            data = data[:last] + part + data[last:]
        elif accident == 2:
            data = data[:first] + chance.choice(_NASTY).encode("utf-8", "replace") + data[first:]
        elif accident == 3:
            rest = data[:first] + data[last:]
            place = chance.randrange(len(rest) + 1)
            data = rest[:place] + part + rest[place:]
        elif accident == 4:
            data = (
                data[:first]
                + chance.choice(_NASTY).encode("utf-8", "replace") * chance.randint(2, 60)
                + data[last:]
            )
        elif accident == 5 and len(data) > 200:
            data = data[: max(200, first)]
        elif first < len(data):
            data = data[:first] + bytes([chance.randrange(256)]) + data[first + 1 :]
    return data


def outcome(data: bytes) -> Reading | None:
    try:
        return read_bytes(data)
    except BadDocument as error:
        refused = error
    assert refused.sentence.endswith(".")
    assert refused.reason
    return None


def check(data: bytes) -> None:
    reading = outcome(data)
    if reading is None:
        return
    assert bool(reading.measures) != bool(reading.provisions)
    if reading.media_type == "text/html":
        assert unfounded(reading, data, every=11) == []
    elif not reading.notes:
        source = data.decode("utf-8")
        for citation in reading.citations():
            assert source[citation.anchor["start"] : citation.anchor["end"]] == citation.quote
            assert 0 <= citation.view[0] <= citation.view[1] <= len(reading.text)
    assert all(len(measure.ticks) == 5 and len(measure.sections) == 9 for measure in reading.measures)


_SETTINGS = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}


@given(st.integers(0, 2**32), st.sampled_from(_TEXTS))
@settings(max_examples=2500, **_SETTINGS)
def test_plans_in_text_and_markdown(seed: int, document: bytes) -> None:
    check(broken(document, seed))


@given(st.integers(0, 2**32), st.sampled_from(_ACTION_PLANS))
@settings(max_examples=4000, **_SETTINGS)
def test_action_plans(seed: int, document: bytes) -> None:
    check(broken(document, seed))


@given(st.integers(0, 2**32), st.sampled_from(_PAGES))
@settings(max_examples=700, **_SETTINGS)
def test_pages(seed: int, document: bytes) -> None:
    check(broken(document, seed))


@given(st.lists(st.sampled_from(_NASTY), max_size=80).map("".join))
@settings(max_examples=1300, **_SETTINGS)
def test_nothing_but_nasty_signs(text: str) -> None:
    check(text.encode("utf-8", "replace"))


@given(st.binary(max_size=300))
@settings(max_examples=1500, **_SETTINGS)
def test_any_bytes(data: bytes) -> None:
    check(data)


@given(st.integers(0, 2**32), st.sampled_from(_TEXTS))
@settings(max_examples=40, **_SETTINGS)
def test_an_answer_of_the_child_process_that_was_tampered_with_is_never_believed(
    seed: int, document: bytes
) -> None:
    reading = read_bytes(document)
    packed = pack(reading)
    assert unpack(packed) == reading
    chance = random.Random(seed)
    key = chance.choice(sorted(packed))
    packed[key] = chance.choice([None, 3, [], {}, "x", [[9, 1, 5]], [{}], [[-1, 10**9]]])
    try:
        other = unpack(packed)
    except BadDocument as error:
        reason = error.reason
    else:
        reason = "bad-answer"
        assert all(0 <= c.view[0] <= c.view[1] <= len(other.text) for c in other.citations())
    assert reason == "bad-answer"


def test_a_document_cut_at_any_line_is_read_as_far_as_it_goes_or_refused() -> None:
    text = render(synthetic_plan(7, measures=2), STYLES["plain"])
    lines = text.split("\n")
    measures = [
        len(r.measures) if (r := outcome("\n".join(lines[:n]).encode())) else 0
        for n in range(0, len(lines), 2)
    ]
    assert measures == sorted(measures)
    assert measures[-1] == 2


@pytest.mark.parametrize("document", _TEXTS[:2])
def test_the_same_bytes_give_the_same_reading(document: bytes) -> None:
    assert read_bytes(document) == read_bytes(document)
