"""Places in a list: each its own, and none that tells when an award was made or how many there are."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gilde.core.errors import Invalid
from gilde.credentials.status.allotment import Allotment, free
from gilde.credentials.status.bits import FEWEST


@given(secret=st.binary(min_size=16, max_size=64), size=st.integers(1, 600))
def test_places_are_a_permutation(secret: bytes, size: int) -> None:
    allotment = Allotment(secret, size)
    assert sorted(allotment.index(number) for number in range(size)) == list(range(size))


def test_the_places_of_a_whole_list_never_collide() -> None:
    allotment = Allotment(b"0123456789abcdef", 20_011)
    assert len({allotment.index(number) for number in range(20_011)}) == 20_011


@given(secret=st.binary(min_size=16, max_size=64), number=st.integers(0, FEWEST - 1))
def test_a_place_is_always_the_same_and_in_the_list(secret: bytes, number: int) -> None:
    place = Allotment(secret, FEWEST).index(number)
    assert 0 <= place < FEWEST
    assert place == Allotment(secret, FEWEST).index(number)


def test_places_tell_neither_order_nor_number() -> None:
    places = [Allotment(b"a secret of twenty b", FEWEST).index(number) for number in range(4000)]
    rising = sum(one < other for one, other in itertools.pairwise(places))
    assert 1800 < rising < 2200
    eighths = [0] * 8
    for place in places:
        eighths[place * 8 // FEWEST] += 1
    assert all(400 < each < 600 for each in eighths)
    others = [Allotment(b"another secret of 20", FEWEST).index(number) for number in range(4000)]
    assert sum(one == other for one, other in zip(places, others, strict=True)) < 5


@pytest.mark.parametrize("number", [-1, 10])
def test_a_full_list_gives_no_place(number: int) -> None:
    with pytest.raises(Invalid, match="All 10 places"):
        Allotment(b"0123456789abcdef", 10).index(number)


def test_a_short_secret_is_a_mistake_of_the_program() -> None:
    with pytest.raises(ValueError):
        Allotment(b"short", 10)


@given(taken=st.sets(st.integers(0, 49), max_size=49), seed=st.integers())
def test_a_free_place_is_free(taken: set[int], seed: int) -> None:
    assert free(taken, 50, random.Random(seed).randrange) in set(range(50)) - taken


def test_the_last_free_place_is_found_and_then_there_is_none() -> None:
    draw = random.Random(1).randrange
    assert free(set(range(5000)) - {77}, 5000, draw) == 77
    with pytest.raises(Invalid):
        free(range(5000), 5000, draw)
