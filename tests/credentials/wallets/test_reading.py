"""What wallets send is read strictly, and refused in the characters that OAuth allows."""

from __future__ import annotations

import contextlib
import json
import re
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gilde.credentials.wallets import reading
from gilde.credentials.wallets.refusals import Refusal, described

FORM = reading.FORM
WORDS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40)


@given(st.dictionaries(WORDS, WORDS, max_size=8))
def test_a_form_is_read_as_it_was_written(told: dict[str, str]) -> None:
    assert reading.form(urlencode(told).encode(), FORM) == told


@given(WORDS, WORDS, WORDS)
def test_a_parameter_twice_is_refused_whatever_its_values(name: str, first: str, second: str) -> None:
    body = urlencode([(name, first), (name, second)]).encode()
    with pytest.raises(Refusal, match="twice"):
        reading.form(body, FORM)


def test_a_parameter_without_a_value_is_as_if_it_was_not_there() -> None:
    assert reading.form(b"state=x&tx_code=", FORM) == {"state": "x"}


@given(st.binary(max_size=200))
def test_whatever_comes_is_a_form_or_refused(body: bytes) -> None:
    with contextlib.suppress(Refusal):
        assert all(reading.form(body, FORM).values())


@pytest.mark.parametrize("media_type", ["", "text/plain", "multipart/form-data", "application/json"])
def test_a_form_of_another_type_is_refused(media_type: str) -> None:
    with pytest.raises(Refusal, match="type"):
        reading.form(b"a=b", media_type)


def test_the_type_may_have_parameters_and_any_case() -> None:
    assert reading.form(b"a=b", "Application/X-WWW-Form-Urlencoded; charset=UTF-8") == {"a": "b"}


@given(
    st.recursive(st.none() | st.booleans() | st.text(max_size=9), lambda inner: st.lists(inner, max_size=3))
)
def test_only_objects_are_taken_as_documents(value: object) -> None:
    with pytest.raises(Refusal) as refusal:
        reading.document(json.dumps(value).encode(), reading.JSON, "invalid_credential_request")
    assert refusal.value.error == "invalid_credential_request"


@given(st.text(max_size=200))
def test_a_refusal_is_told_in_characters_that_oauth_allows(sentence: str) -> None:
    assert re.fullmatch(r"[\x20-\x21\x23-\x5B\x5D-\x7E]*", described(sentence))


def test_quotes_and_dashes_of_sentences_stay_readable() -> None:
    assert described("The “code” – it’s gone…") == "The 'code' - it's gone..."
