"""Token status lists (draft-ietf-oauth-status-list): packed, signed, read back, and the ways to cheat with them."""

from __future__ import annotations

import tracemalloc
import zlib
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gilde.credentials.errors import Altered, TooMuch, Unreadable, Unsupported
from gilde.credentials.keys.did import resolve_key
from gilde.credentials.keys.kinds import base64url
from gilde.credentials.proofs import jose
from gilde.credentials.status import tokens
from gilde.credentials.status.tokens import Status
from tests.credentials.proofs.jose_tools import NOW, key, refused

URI = "https://gilde.example.be/status/5d0f5b1e/tokens"
LASTS = {"lasts": timedelta(days=1), "refresh": timedelta(minutes=10)}


def a_list(statuses: dict[int, int] | None = None, size: int = 1000, **options: Any) -> str:
    entries = tokens.build(size, statuses or {}, bits=options.get("bits", 2))
    return tokens.sign(entries, key(), **{"uri": URI, "now": NOW, **LASTS, **options})


def signed(**changes: Any) -> str:
    claims = {
        "sub": URI,
        "iat": int(NOW.timestamp()),
        "status_list": {"bits": 2, "lst": tokens.encode(bytes(10))},
        **changes,
    }
    return jose.sign(
        {name: value for name, value in claims.items() if value is not ...}, key(), typ=tokens.TYPE
    )


def test_the_bits_lie_as_in_the_example_of_the_standard() -> None:
    # Section 4.1: sixteen entries of one bit, in the order 1001 1101 1100 0101, are the bytes B9 A3.
    one_bit = enumerate([1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1])
    # Section 4.1: twelve entries of two bits are the bytes C9 44 F9.
    two_bits = enumerate([1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3])

    assert tokens.build(16, one_bit, bits=1) == bytes.fromhex("b9a3")
    assert tokens.build(12, two_bits, bits=2) == bytes.fromhex("c944f9")


def test_the_packed_list_is_that_of_the_example_of_the_standard() -> None:
    assert tokens.encode(bytes.fromhex("b9a3")) == "eNrbuRgAAhcBXQ"
    assert tokens.decode("eNrbuRgAAhcBXQ") == bytes.fromhex("b9a3")
    assert tokens.decode("eNo76fITAAPfAgc") == bytes.fromhex("c944f9")


@settings(max_examples=100)
@given(data=st.data(), bits=st.sampled_from(tokens.WIDTHS), size=st.integers(1, 400))
def test_every_entry_says_what_was_written_and_no_other_changes(
    data: st.DataObject, bits: int, size: int
) -> None:
    written = data.draw(
        st.dictionaries(st.integers(0, size - 1), st.integers(0, 2**bits - 1), max_size=20), label="statuses"
    )

    entries = tokens.decode(tokens.encode(tokens.build(size, written, bits=bits)))

    assert [tokens.value(entries, index, bits) for index in range(size)] == [
        written.get(index, 0) for index in range(size)
    ]


def test_a_later_status_takes_the_place_of_an_earlier_one() -> None:
    entries = tokens.build(8, [(3, Status.SUSPENDED), (2, Status.INVALID), (3, Status.INVALID)])

    assert [tokens.value(entries, index, 2) for index in range(5)] == [0, 0, 1, 1, 0]


def test_a_list_is_read_back_with_when_it_is_fresh_and_until_when_it_holds() -> None:
    read = tokens.read(a_list({7: Status.INVALID, 8: Status.SUSPENDED}), resolve_key, uri=URI)

    assert [read.status(index) for index in (6, 7, 8, 999)] == [0, 1, 2, 0]
    assert read.issued == NOW
    assert read.fresh_until == NOW + timedelta(minutes=10)
    assert read.expires == NOW + timedelta(days=1)
    assert read.method is not None
    assert read.method.id == key().method


def test_a_list_holds_from_its_time_to_its_end() -> None:
    read = tokens.read(a_list(), key().public, uri=URI)

    assert read.current(NOW)
    assert read.current(NOW + timedelta(days=1, seconds=-1))
    assert not read.current(NOW + timedelta(days=1))
    assert not read.current(NOW - timedelta(minutes=2))


def test_a_list_without_end_holds_on() -> None:
    read = tokens.read(signed(), resolve_key, uri=URI)

    assert read.expires is None
    assert read.fresh_until is None
    assert read.current(NOW + timedelta(days=9999))


@pytest.mark.parametrize("index", [-1, 1000, 10**30])
def test_an_index_outside_of_the_list_is_refused(index: int) -> None:
    with refused(Unreadable, "index-outside"):
        tokens.read(a_list(), resolve_key, uri=URI).status(index)


@pytest.mark.parametrize("index", [-1, 10])
def test_a_status_outside_of_the_list_is_not_written(index: int) -> None:
    with refused(Unreadable, "index-outside"):
        tokens.build(10, {index: 1})


@pytest.mark.parametrize(("bits", "status"), [(1, 2), (2, 4), (4, 16), (8, 256), (2, -1)])
def test_a_status_that_does_not_fit_is_not_written(bits: int, status: int) -> None:
    with refused(Unreadable, "status-too-wide"):
        tokens.build(10, {1: status}, bits=bits)


@pytest.mark.parametrize("bits", [0, 3, 16, -1, True, "2", None, 2.0])
def test_an_entry_has_one_two_four_or_eight_bits(bits: object) -> None:
    with refused(Unreadable, "bits"):
        tokens.read(signed(status_list={"bits": bits, "lst": tokens.encode(b"x")}), resolve_key, uri=URI)


def test_another_list_than_the_one_asked_for_is_refused() -> None:
    with refused(Unreadable, "other-list"):
        tokens.read(a_list(), resolve_key, uri=URI + "/2")


def test_a_list_of_another_key_is_altered() -> None:
    with refused(Altered, "signature-wrong"):
        tokens.read(a_list(), key(number=1).public, uri=URI)


def test_another_token_is_no_list() -> None:
    with refused(Unreadable, "typ"):
        tokens.read(jose.sign({"sub": URI}, key(), typ="JWT"), resolve_key, uri=URI)


@pytest.mark.parametrize(
    "lacking", [{"iat": ...}, {"status_list": ...}, {"status_list": []}, {"status_list": {"bits": 2}}]
)
def test_a_list_that_lacks_a_part_is_refused(lacking: dict[str, Any]) -> None:
    with refused(Unreadable, "list-incomplete"):
        tokens.read(signed(**lacking), resolve_key, uri=URI)


@pytest.mark.parametrize(
    "times", [{"ttl": 0}, {"ttl": -5}, {"ttl": True}, {"ttl": "60"}, {"exp": "x"}, {"iat": "x"}]
)
def test_times_of_a_list_are_numbers(times: dict[str, Any]) -> None:
    with refused(Unreadable, "time"):
        tokens.read(signed(**times), resolve_key, uri=URI)


def bomb(gigabytes: int) -> str:
    """Return a packed list of so much nothing: one packed megabyte, repeated."""
    packer = zlib.compressobj(9)
    head = packer.compress(bytes(1024 * 1024)) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(bytes(1024 * 1024)) + packer.flush(zlib.Z_FULL_FLUSH)
    return base64url(head + again * (gigabytes * 1024 - 1))


def test_a_list_that_grows_to_ten_gigabytes_is_refused_without_unpacking_it() -> None:
    packed = bomb(10)
    tracemalloc.start()
    try:
        with refused(TooMuch, "list-too-large"):
            tokens.decode(packed)
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert most < 5 * tokens.LARGEST


def test_a_list_that_is_too_large_even_packed_is_not_unpacked() -> None:
    with refused(TooMuch, "list-too-large"):
        tokens.decode("A" * 3000, largest=100)


def test_a_list_may_be_as_large_as_is_allowed_and_not_a_byte_larger() -> None:
    assert tokens.decode(tokens.encode(bytes(100)), largest=100) == bytes(100)
    with refused(TooMuch, "list-too-large"):
        tokens.decode(tokens.encode(bytes(101)), largest=100)


@settings(max_examples=60)
@given(data=st.data())
def test_a_packed_list_that_was_cut_lengthened_or_damaged_is_refused(data: st.DataObject) -> None:
    packed = zlib.compress(bytes(range(64)), 9)
    place = data.draw(st.integers(0, len(packed) - 1))
    damaged = packed[:place] + bytes([packed[place] ^ data.draw(st.integers(1, 255))]) + packed[place + 1 :]
    edited = data.draw(st.sampled_from([packed[:place], packed + b"x", packed + packed, damaged]))

    try:
        read = tokens.decode(base64url(edited))
    except Unreadable as error:
        assert error.reason == "list-damaged"  # noqa: PT017 (a header byte can change without changing what is in it)
    else:
        assert edited == damaged
        assert read == bytes(range(64))


def test_gzip_and_raw_deflate_are_no_lists() -> None:
    raw = zlib.compressobj(9, zlib.DEFLATED, -15)

    for packed in (zlib.compress(b"x", wbits=31), raw.compress(b"x") + raw.flush(), b""):
        with refused(Unreadable, "list-damaged"):
            tokens.decode(base64url(packed))


def test_a_credential_says_where_its_status_stands() -> None:
    claims = {"status": tokens.claim(URI, 4711)}

    assert claims == {"status": {"status_list": {"idx": 4711, "uri": URI}}}
    assert tokens.reference(claims) == tokens.Reference(URI, 4711)
    assert tokens.reference({}) is None


def test_a_status_told_in_an_unknown_way_is_unsupported_and_not_passed_over() -> None:
    with refused(Unsupported, "status-mechanism"):
        tokens.reference({"status": {"other_list": {}}})


@pytest.mark.parametrize(
    "status",
    [
        None,
        [],
        {},
        "x",
        {"status_list": None},
        {"status_list": {"idx": 1}},
        {"status_list": {"uri": URI}},
        {"status_list": {"idx": -1, "uri": URI}},
        {"status_list": {"idx": True, "uri": URI}},
        {"status_list": {"idx": 1.0, "uri": URI}},
        {"status_list": {"idx": "1", "uri": URI}},
        {"status_list": {"idx": 1, "uri": "list"}},
    ],
)
def test_a_broken_status_claim_is_refused(status: object) -> None:
    with refused(Unreadable, "status-claim"):
        tokens.reference({"status": status})
