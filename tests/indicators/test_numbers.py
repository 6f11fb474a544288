"""Numbers as people type them: what can be read in one way is read so, what cannot is decided by the language."""

from __future__ import annotations

import pytest
from django.utils import translation
from django.utils.formats import number_format
from hypothesis import given
from hypothesis import strategies as st

from gilde.indicators.numbers import NotANumber, parse_number, said_number, written_number


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("75,4", 75.4),
        ("75.4", 75.4),
        (" 75,40 ", 75.4),
        ("-3,5", -3.5),
        ("−3.5", -3.5),
        ("1.234,5", 1234.5),
        ("1,234.5", 1234.5),
        ("1 234 567", 1234567.0),
        ("1\u202f234,5", 1234.5),
        ("12’345", 12345.0),
        ("1.234.567", 1234567.0),
        ("0,123", 0.123),
        ("0.123", 0.123),
        (",5", 0.5),
        ("1234,567", 1234.567),
        ("100", 100.0),
    ],
)
@pytest.mark.parametrize("language", ["en", "nl"])
def test_what_can_be_read_in_one_way_is_read_so_in_every_language(
    words: str, meant: float, language: str
) -> None:
    with translation.override(language):
        assert parse_number(words) == pytest.approx(meant)


@pytest.mark.parametrize(
    ("words", "language", "meant"),
    [("1,234", "en", 1234.0), ("1.234", "en", 1.234), ("1,234", "nl", 1.234), ("1.234", "nl", 1234.0)],
)
def test_a_mark_before_three_digits_is_read_in_the_readers_own_way(
    words: str, language: str, meant: float
) -> None:
    with translation.override(language):
        assert parse_number(words) == meant


@pytest.mark.parametrize(
    "words", ["", "abc", "12 34", "1,23,456", "1.2.3", "1,2.3,4", "1e5", "--1", "٣", "1,234.56,7"]
)
def test_what_is_no_number_is_refused_with_a_sentence(words: str) -> None:
    with pytest.raises(NotANumber, match="“"):
        parse_number(words)


def test_the_unit_may_stand_behind_the_number() -> None:
    assert parse_number("75,4 %", "%") == 75.4
    with pytest.raises(NotANumber):
        parse_number("75,4 %", "persons")


@pytest.mark.parametrize("language", ["en", "nl"])
@given(value=st.floats(-1e12, 1e12, allow_nan=False).map(lambda number: round(number, 4)))
def test_what_a_form_opens_with_is_read_back_as_the_same_number(value: float, language: str) -> None:
    with translation.override(language):
        assert parse_number(written_number(value)) == pytest.approx(value, rel=1e-14, abs=1e-9)


@pytest.mark.parametrize("language", ["en", "nl"])
@given(value=st.decimals(0, 10**9, places=2))
def test_what_the_page_says_is_read_back_as_the_same_number(value: object, language: str) -> None:
    with translation.override(language):
        assert parse_number(number_format(value, 2, force_grouping=True)) == pytest.approx(float(str(value)))
        assert parse_number(said_number(float(str(value)))) == pytest.approx(float(str(value)))


def outcome(words: str) -> type:
    """Return what a text is taken for: a number, or something that is refused."""
    try:
        return type(parse_number(words))
    except NotANumber:
        return NotANumber


@given(words=st.text(max_size=60))
def test_any_text_is_a_number_or_refused_and_nothing_else(words: str) -> None:
    assert outcome(words) in (float, NotANumber)
