"""What changed between two editions: found, and never invented."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gilde.plans.services.comparison import ItemChange, Piece, TickChange, compare, word_diff
from gilde.plans.services.matching import Named, Pair, pair_measures, pair_texts
from tests.plans.desk.factories import a_plan_found

MENTORS = Named("3.1", "Mentors at work")
FAIRS = Named("3.2", "Fairs of skills")


def edition(*measures: dict[str, Any]) -> dict[str, Any]:
    return a_plan_found(*measures)[1]


def test_two_equal_editions_have_no_difference():
    comparison = compare(edition(), copy.deepcopy(edition()))
    assert not comparison
    assert comparison.same == 2


def test_every_kind_of_change_is_found_and_nothing_else():
    old = edition({"number": "3.1", "title": "Mentors"}, {"number": "3.2", "title": "Workshops"})
    new = copy.deepcopy(old)
    measure = new["measures"][0]
    measure["sections"]["rationale"]["text"] = "Because of another reason."
    measure["ticks"]["scope"]["local"]["ticked"] = True
    measure["ticks"]["targets"][1]["ticked"] = None
    measure["bodies"][0]["name"] = "Board of Arts"
    measure["funding"][0]["amount"] = 800_000
    measure["dates"] = []
    measure["actions"][0]["text"] = "Train the mentors by May 2024. Pay them well."

    comparison = compare(old, new)

    assert (comparison.same, comparison.added, comparison.removed) == (1, (), ())
    (change,) = comparison.changed
    assert change.sections[0].pieces == (
        Piece("same", "Because of "),
        Piece("removed", "the "),
        Piece("added", "another "),
        Piece("same", "reason."),
    )
    assert change.ticks == (
        TickChange("scope", "local", "local", None, True),
        TickChange("target", "2", "Group 2", False, None),
    )
    assert [(item.kind, item.before, item.after) for item in change.items] == [
        ("body", "Board of Works", None),
        ("body", None, "Board of Arts"),
        ("funding", "714,000 EUR each year", None),
        ("funding", None, "800,000 EUR each year"),
        ("date", "End 2024-04-01 – 2024-04-30", None),
        (
            "action",
            "Train the mentors by April 2024. Pay them well.",
            "Train the mentors by May 2024. Pay them well.",
        ),
    ]


def test_an_action_that_came_or_went_is_no_rewording():
    old = edition({"number": "3.1", "title": "Mentors", "actions": ["Build a school of ships."]})
    new = edition({"number": "3.1", "title": "Mentors", "actions": ["Pay every apprentice."]})
    items = compare(old, new).changed[0].items
    assert ItemChange("action", "Build a school of ships.", None) in items
    assert ItemChange("action", None, "Pay every apprentice.") in items


def test_blanks_are_no_change():
    old, new = edition(), edition()
    new["measures"][0]["sections"]["rationale"]["text"] = "Because  of\nthe reason. "
    assert not compare(old, new)


@pytest.mark.parametrize(
    ("old", "new", "pairs"),
    [
        ([MENTORS, FAIRS], [MENTORS, FAIRS], [(0, 0), (1, 1)]),
        ([MENTORS, FAIRS], [FAIRS, MENTORS], [(1, 0), (0, 1)]),
        ([MENTORS], [Named("4.1", "Mentors at work")], [(0, 0)]),
        ([MENTORS], [Named("3.1", "Mentors at their work")], [(0, 0)]),
        ([MENTORS], [Named("3.1", "European mobility")], [(None, 0), (0, None)]),
        ([MENTORS, FAIRS], [Named("3.1", "Fairs of skills")], [(1, 0), (0, None)]),
        ([], [MENTORS], [(None, 0)]),
        ([MENTORS], [], [(0, None)]),
    ],
    ids=["the same", "swapped", "moved", "reworded", "replaced", "moved up", "new", "gone"],
)
def test_measures_are_recognised_by_number_and_title(old, new, pairs):
    assert pair_measures(old, new) == [Pair(*pair) for pair in pairs]


def test_an_officer_says_that_a_number_is_the_same_measure():
    new = [Named("3.1", "European mobility")]
    assert pair_measures([MENTORS], new, same=["3.1"]) == [Pair(0, 0)]


def test_articles_are_recognised_by_their_number_alone():
    new = [Named("3.1", "Something else")]
    assert pair_measures([MENTORS], new, by_number=True) == [Pair(0, 0)]


names = st.builds(Named, st.sampled_from(["1", "2", "3", "4"]), st.text("ab ", max_size=6))
lists = st.lists(names, max_size=5)


@given(old=lists, new=lists, by_number=st.booleans())
def test_each_measure_is_in_exactly_one_pair(old, new, by_number):
    pairs = pair_measures(old, new, by_number=by_number)
    assert sorted(pair.old for pair in pairs if pair.old is not None) == list(range(len(old)))
    assert sorted(pair.new for pair in pairs if pair.new is not None) == list(range(len(new)))


@given(
    old=st.lists(st.text("ab c", max_size=9), max_size=5),
    new=st.lists(st.text("ab c", max_size=9), max_size=5),
)
def test_each_action_is_in_exactly_one_pair(old, new):
    pairs = pair_texts(old, new)
    assert sorted(pair.old for pair in pairs if pair.old is not None) == list(range(len(old)))
    assert sorted(pair.new for pair in pairs if pair.new is not None) == list(range(len(new)))


texts = st.lists(st.sampled_from(["train ", "the ", "mentors\n", "well. ", "é", "  "]), max_size=20).map(
    "".join
)


@example(old="é  train ", new="é")
@given(old=texts, new=texts)
def test_the_pieces_of_a_comparison_give_both_texts_back(old, new):
    pieces = word_diff(old, new)
    before = "".join(piece.text for piece in pieces if piece.op != "added")
    after = "".join(piece.text for piece in pieces if piece.op != "removed")
    assert after == new
    assert before.split() == old.split()


def test_very_long_texts_are_compared_by_their_lines():
    lines = [f"line {n} of many words that go on and on\n" for n in range(600)]
    changed = [*lines]
    changed[300] = "another line\n"
    pieces = word_diff("".join(lines), "".join(changed))
    assert [piece for piece in pieces if piece.op != "same"] == [
        Piece("removed", lines[300]),
        Piece("added", "another line\n"),
    ]
