"""Text in several languages: the reader's own where it exists, else the source, and said so."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from gilde.core.text import MultilingualField, Text

LEARNING = Text("nl", {"nl": "Levenslang leren", "en": "Lifelong learning", "de": ""})


@pytest.mark.parametrize(
    ("reader", "words", "language", "foreign"),
    [
        ("nl", "Levenslang leren", "nl", False),
        ("en", "Lifelong learning", "en", False),
        ("en-gb", "Lifelong learning", "en", False),
        ("nl-be", "Levenslang leren", "nl", False),
        ("fr", "Levenslang leren", "nl", True),
        ("de", "Levenslang leren", "nl", True),
    ],
)
def test_the_reader_gets_their_language_or_the_source_marked_as_foreign(
    reader: str, words: str, language: str, foreign: bool
) -> None:
    with translation.override(reader):
        shown = LEARNING.shown()
        assert str(LEARNING) == words
    assert (shown.words, shown.language, shown.foreign) == (words, language, foreign)
    assert LEARNING.shown(reader) == shown


def test_without_a_reader_the_source_is_shown() -> None:
    with translation.override(None):
        assert LEARNING.shown().language == "nl"


def test_an_empty_text_is_false_and_shows_nothing() -> None:
    assert not Text()
    assert not Text("nl", {"nl": ""})
    assert str(Text()) == ""
    assert Text.of("x")


@given(
    st.dictionaries(st.sampled_from(["en", "nl", "fr", "de"]), st.text(max_size=50)),
    st.sampled_from(["en", "nl"]),
)
def test_a_text_is_read_back_from_its_stored_form(words: dict[str, str], source: str) -> None:
    text = Text(source, words)
    assert MultilingualField().to_python(text.as_json()) == text


@given(
    st.dictionaries(st.sampled_from(["en", "nl", "fr"]), st.text(min_size=1, max_size=20)),
    st.sampled_from(["en", "nl", "fr"]),
)
def test_what_is_shown_is_always_in_the_language_that_it_says(words: dict[str, str], reader: str) -> None:
    shown = Text("nl", words).shown(reader)
    assert shown.words == words.get(shown.language, "")
    assert shown.foreign == (shown.language != reader)


@pytest.mark.parametrize("value", [{"nl": "Leren"}, {"source": "nl"}, ["Leren"], 3])
def test_what_is_no_text_is_refused(value: object) -> None:
    with pytest.raises(ValidationError, match="needs its source language and its words"):
        MultilingualField().to_python(value)


def test_a_needed_text_needs_words() -> None:
    with pytest.raises(ValidationError, match="needed in at least one language"):
        MultilingualField().validate(Text(), None)
    MultilingualField(blank=True).validate(Text(), None)


def test_a_text_needs_words_in_its_source_language() -> None:
    with pytest.raises(ValidationError, match="missing in its own source language"):
        MultilingualField().validate(Text("nl", {"en": "Learning"}), None)
