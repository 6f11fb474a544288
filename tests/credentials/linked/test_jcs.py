"""The canonical form of JSON is that of RFC 8785, also where the fast encoder differs from it."""

from __future__ import annotations

import json
import math
from decimal import Decimal
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from gilde.credentials.errors import TooMuch, Unreadable
from gilde.credentials.linked import jcs, strict
from tests.credentials.linked.test_strict import VALUES as READABLE

# Letters around the border between one unit of UTF-16 and two, where code points and units sort differently.
LETTERS = st.text(st.sampled_from('aé€\ue000\uffee𐀀😀"\\\x00\x1f\x7f\u2028/')) | st.text()
NUMBERS = st.integers(-strict.BIGGEST, strict.BIGGEST) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | LETTERS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(LETTERS, inner, max_size=5),
    max_leaves=20,
)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | LETTERS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(LETTERS, inner, max_size=5),
    max_leaves=20,
)


@given(VALUES)
def test_it_is_what_the_reference_writes(value: Any) -> None:
    assert jcs.canonical(value) == rfc8785.dumps(value)


@given(PLAIN)
def test_without_fractions_it_is_too(value: Any) -> None:
    assert jcs.canonical(value) == rfc8785.dumps(value)


@given(READABLE)
def test_it_is_json_of_the_same_value_and_its_own_canonical_form(value: Any) -> None:
    written = jcs.canonical(value)
    assert json.loads(written) == value
    assert jcs.canonical(json.loads(written)) == written


@given(st.dictionaries(LETTERS, st.integers(0, 9)))
def test_the_order_of_members_does_not_count(value: dict[str, int]) -> None:
    assert jcs.canonical(dict(reversed(value.items()))) == jcs.canonical(value)


def test_keys_are_sorted_by_their_units_in_utf_16() -> None:
    assert jcs.canonical({"\ue000": 1, "😀": 2, "a": 3}) == '{"a":3,"😀":2,"\ue000":1}'.encode()


@pytest.mark.parametrize(
    ("number", "text"),
    # RFC 8785, appendix B
    [
        (-0.0, "0"),
        (5e-324, "5e-324"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
        (295147905179352830000.0, "295147905179352830000"),
        (9.999999999999997e22, "9.999999999999997e+22"),
        (1e23, "1e+23"),
        (999999999999999700000.0, "999999999999999700000"),
        (1e21, "1e+21"),
        (9.999999999999997e-7, "9.999999999999997e-7"),
        (0.000001, "0.000001"),
        (333333333.33333325, "333333333.33333325"),
        (4.5, "4.5"),
        (2.0, "2"),
    ],
)
def test_fractions_are_written_as_ecmascript_does(number: float, text: str) -> None:
    assert jcs.canonical([number]) == f"[{text}]".encode()


@pytest.mark.parametrize(
    "value",
    [
        math.nan,
        math.inf,
        -math.inf,
        2**53,
        -(2**53),
        "\ud800",
        {"\udfff": 1},
        {1: 2},
        [Decimal(1)],
        {"a": {None: 1}},
        b"x",
    ],
)
def test_what_json_cannot_hold_exactly_is_refused(value: Any) -> None:
    with pytest.raises(Unreadable) as told:
        jcs.canonical(value)
    assert told.value.reason == "no-canonical-form"


def test_what_is_nested_without_end_is_refused() -> None:
    endless: list[Any] = []
    endless.append(endless)
    deep: Any = 1.5
    for _step in range(100_000):
        deep = [deep]
    for value in (deep, {"a": deep}):
        with pytest.raises(TooMuch):
            jcs.canonical(value)
