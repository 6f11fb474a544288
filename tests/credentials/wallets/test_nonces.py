"""Nonces that nobody stores: good for five minutes, and only as they were made."""

from __future__ import annotations

import string
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gilde.credentials.wallets import nonces
from gilde.credentials.wallets.refusals import Refusal

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECRET = b"a secret of this house"
CHARACTERS = string.ascii_letters + string.digits + "-_"


@given(st.datetimes(datetime(2024, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)))
def test_a_nonce_is_good_from_when_it_was_made_for_five_minutes(now: datetime) -> None:
    nonce = nonces.make(SECRET, now)
    assert len(nonce) == 64
    nonces.check(nonce, SECRET, now)
    nonces.check(nonce, SECRET, now + nonces.LASTS - timedelta(seconds=1))
    with pytest.raises(Refusal, match="too old"):
        nonces.check(nonce, SECRET, now + nonces.LASTS + timedelta(seconds=2))


@given(st.integers(0, 63), st.sampled_from(CHARACTERS))
def test_a_nonce_with_one_character_changed_is_not_ours(place: int, character: str) -> None:
    nonce = nonces.make(SECRET, NOW)
    changed = nonce[:place] + character + nonce[place + 1 :]
    if changed != nonce:
        with pytest.raises(Refusal) as refusal:
            nonces.check(changed, SECRET, NOW)
        assert refusal.value.error == "invalid_nonce"


@given(st.text(max_size=80))
def test_any_other_text_is_not_ours(text: str) -> None:
    with pytest.raises(Refusal):
        nonces.check(text, SECRET, NOW)


def test_a_nonce_of_another_house_is_not_ours() -> None:
    with pytest.raises(Refusal):
        nonces.check(nonces.make(b"another", NOW), SECRET, NOW)


def test_no_two_nonces_are_alike() -> None:
    assert len({nonces.make(SECRET, NOW) for _time in range(1000)}) == 1000
