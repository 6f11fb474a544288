"""JSON from outside is read in one way only, or not at all."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gilde.credentials.errors import TooMuch, Unreadable
from gilde.credentials.linked import strict

NUMBERS = st.integers(-strict.BIGGEST, strict.BIGGEST) | st.floats(
    -(2.0**53) + 1, 2.0**53 - 1, allow_nan=False
)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def reason(data: bytes | str, **limits: int) -> str:
    with pytest.raises(Unreadable) as told:
        strict.parse(data, **limits)
    assert told.value.sentence
    return told.value.reason


@given(VALUES, st.booleans())
def test_sound_json_is_read_as_it_is(value: Any, ascii_only: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only)
    assert strict.parse(text) == value
    assert strict.parse(text.encode()) == value


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 9), min_size=1, max_size=5), st.data())
def test_a_key_that_stands_twice_is_refused(value: dict[str, int], data: st.DataObject) -> None:
    twice = data.draw(st.sampled_from(sorted(value)))
    escaped = "".join(f"\\u{unit:04x}" for unit in _units(twice))
    members = [f"{json.dumps(key)}:{number}" for key, number in value.items()]
    members.insert(data.draw(st.integers(0, len(members))), f'"{escaped}":0')
    assert reason("[{" + ",".join(members) + "}]") == "duplicate-key"


def _units(text: str) -> list[int]:
    data = text.encode("utf-16-be")
    return [int.from_bytes(data[place : place + 2]) for place in range(0, len(data), 2)]


@pytest.mark.parametrize("text", ['{"a":1,"\\u0061":2}', '{"x":{"b":1,"c":2,"b":3}}'])
def test_a_key_that_stands_twice_after_escapes_or_deep_inside_is_refused(text: str) -> None:
    assert reason(text) == "duplicate-key"


@pytest.mark.parametrize("text", ["NaN", "[Infinity]", '{"a":-Infinity}'])
def test_what_is_no_number_is_refused(text: str) -> None:
    assert reason(text) == "nan"


@pytest.mark.parametrize(
    "text",
    [
        '"\\ud800"',
        '["\\uDFFF"]',
        '{"\\ud83d":1}',
        '"\\udc00\\ud800"',
        '"\ud800"',
        '{"a":["b","\\uD83D\\u0041"]}',
    ],
)
def test_half_a_character_is_refused(text: str) -> None:
    assert reason(text) == "lone-surrogate"


def test_a_character_of_two_halves_is_read() -> None:
    assert strict.parse('"\\ud83d\\ude00"') == "😀"


@pytest.mark.parametrize(
    "number",
    [
        "9007199254740992",
        "-9007199254740992",
        "9007199254740993.0",
        "1e400",
        "-1e400",
        "1e-400",
        "1E16",
        "9" * 5000,
        "0." + "3" * 5000,
        "0.123456789012345678",
    ],
)
def test_a_number_that_a_double_does_not_hold_is_refused(number: str) -> None:
    assert reason(f'{{"n": [{number}]}}') == "big-number"


@pytest.mark.parametrize(
    ("number", "value"),
    [
        ("9007199254740991", 9007199254740991),
        ("-9007199254740991", -9007199254740991),
        ("0.1", 0.1),
        ("1e-7", 1e-7),
        ("0.000e-500", 0.0),
        ("-0", 0),
        ("12345678.123456789", 12345678.123456789),
    ],
)
def test_other_numbers_are_read(number: str, value: float) -> None:
    assert strict.parse(number) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "{",
        "{'a':1}",
        '{"a":1,}',
        "[1 2]",
        '"\n"',
        "01",
        "+1",
        "1.",
        ".5",
        "tru",
        '"\\x41"',
        '{"a":1}x',
        "\xa0 1",
        "/*c*/1",
    ],
)
def test_what_is_no_json_is_refused(text: str) -> None:
    assert reason(text) == "not-json"


@pytest.mark.parametrize("data", [b'"\xff"', b'"\xed\xa0\x80"', b'"\xc0\x80"', '"a"'.encode("utf-16")])
def test_what_is_no_utf8_is_refused(data: bytes) -> None:
    assert reason(data) == "not-utf8"


def test_one_byte_order_mark_is_passed_over_and_no_more() -> None:
    assert strict.parse(b'\xef\xbb\xbf{"a":1}') == {"a": 1}
    assert reason(b'\xef\xbb\xbf\xef\xbb\xbf{"a":1}') == "not-json"


@pytest.mark.parametrize(
    "text", ["[" * 10_000 + "]" * 10_000, '{"a":' * 10_000 + "1" + "}" * 10_000, "[" * 1_000_000]
)
def test_nesting_ten_thousand_deep_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(TooMuch) as told:
        strict.parse(text)
    assert told.value.reason == "too-deep"
    assert str(strict.DEEPEST) in told.value.sentence


@given(st.integers(1, 100), st.booleans())
def test_the_limit_of_depth_is_exact(depth: int, objects: bool) -> None:
    text = '{"a":' * depth + "1" + "}" * depth if objects else "[" * depth + "1" + "]" * depth
    text = f"[{text},{text}]"
    if depth + 1 <= strict.DEEPEST:
        assert strict.parse(text)[0] == strict.parse(text)[1]
    else:
        assert reason(text) == "too-deep"


def test_many_brackets_in_texts_are_not_deep() -> None:
    assert strict.parse(json.dumps(["[{" * 1000])) == ["[{" * 1000]


def test_what_is_too_large_is_refused_before_it_is_read() -> None:
    assert reason("[" + " " * 100, largest=100) == "too-large"


@given(st.text() | st.binary() | VALUES.map(lambda value: json.dumps(value)[1:]))
def test_whatever_comes_is_read_or_refused_with_a_known_reason(data: str | bytes) -> None:
    assert outcome(data) in ("read", "not-json", "not-utf8", "nan", "lone-surrogate", "big-number")


def outcome(data: str | bytes) -> str:
    try:
        strict.parse(data)
    except Unreadable as error:
        return error.reason
    return "read"
