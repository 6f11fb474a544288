"""The words of learning outcomes: sentences made of their parts, and changes that are marked."""

from __future__ import annotations

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from gilde.qualifications.wording import completed, marked, sentence_of


def test_a_sentence_is_made_of_its_parts() -> None:
    assert sentence_of("lays", "bricks", "by the plan") == "Lays bricks by the plan."
    assert (
        sentence_of("Sorts", "waste", ", keeps what can be used.") == "Sorts waste, keeps what can be used."
    )
    assert sentence_of("", "bricks", "by the plan") == ""


WORDS = st.text("ab <>&;'\n", max_size=25)


@given(WORDS, WORDS)
def test_marking_changes_loses_no_word(before: str, after: str) -> None:
    def read(html: str) -> str:
        return " ".join(unescape(re.sub(r"</?(ins|del)>", "", html)).split())

    old, new = marked(before, after)
    assert read(old) == " ".join(before.split())
    assert read(new) == " ".join(after.split())
    assert "<ins>" not in old
    assert "<del>" not in new


def test_a_sentence_that_was_written_stays_and_others_are_made() -> None:
    made = completed({"en": "Lays bricks!"}, {"en": "Lays", "nl": "Metselt"}, {"nl": "muren"}, {})
    assert made == {"en": "Lays bricks!", "nl": "Metselt muren."}
