"""Status lists by W3C Bitstring Status List v1.0: what they say, what breaks them, and that they say nothing else."""

from __future__ import annotations

import base64
import gzip
import tracemalloc
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gilde.credentials.errors import TooMuch, Unreadable
from gilde.credentials.status import bitstring as bs
from gilde.credentials.status.bits import FEWEST, BadStatus, Problem

URL = "https://issuer.example/status/3"
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
# Of the specification, section 2.2: 131,072 entries of which none is set.
OF_THE_STANDARD = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"


def credential(**changed: Any) -> dict[str, Any]:
    """A list's credential with its subject changed."""
    made = bs.document(
        bs.build(FEWEST, [7]), url=URL, issuer="did:key:z6Mk", purposes=["revocation"], valid_from=NOON
    )
    made["credentialSubject"].update(changed)
    return {
        **made,
        "credentialSubject": {k: v for k, v in made["credentialSubject"].items() if v is not None},
    }


def award(**changed: Any) -> dict[str, Any]:
    """A credential that stands in the list, with its entry changed."""
    told = {**bs.entry(URL, 7, "revocation"), **changed}
    return {"credentialStatus": {name: value for name, value in told.items() if value is not None}}


def only(document: dict[str, Any]) -> bs.Entry:
    ((found,), others) = bs.entries(document)
    assert others == ()
    return found


def problem(error: pytest.ExceptionInfo[BadStatus]) -> Problem:
    return error.value.problem


# Bits


def test_the_example_of_the_standard_is_read_as_nothing_set() -> None:
    assert bs.decode(OF_THE_STANDARD) == bytes(FEWEST // 8)


def test_index_0_is_the_left_most_bit_and_the_last_one_the_right_most() -> None:
    bits = bs.build(FEWEST, [0, FEWEST - 1])
    assert (bits[0], bits[-1]) == (0b1000_0000, 0b0000_0001)
    assert bs.bit(bits, 0)
    assert not bs.bit(bits, 1)
    assert bs.bit(bits, FEWEST - 1)


def test_a_list_is_never_shorter_than_the_standard_asks() -> None:
    assert len(bs.build(1)) == 16 * 1024


@given(indices=st.sets(st.integers(0, 300_000), max_size=50))
def test_exactly_the_given_entries_are_set_after_encoding_and_decoding(indices: set[int]) -> None:
    bits = bs.decode(bs.encode(bs.build(300_001, indices)))
    assert sum(byte.bit_count() for byte in bits) == len(indices)
    assert all(bs.bit(bits, index) for index in indices)


@given(size=st.integers(1, 32), data=st.data())
def test_entries_of_several_bits_keep_their_values_apart(size: int, data: st.DataObject) -> None:
    values = data.draw(st.dictionaries(st.integers(0, FEWEST - 1), st.integers(0, 2**size - 1), max_size=20))
    bits = bs.build(FEWEST, values, size=size)
    for index in {*values, *(each + 1 for each in values if each + 1 < FEWEST)}:
        assert bs.value(bits, index, size) == values.get(index, 0)


def test_an_entry_of_two_bits_has_the_greater_on_the_left() -> None:
    assert bs.build(FEWEST, {0: 2, 1: 1}, size=2)[0] == 0b1001_0000


@pytest.mark.parametrize("index", [-1, FEWEST, 10**30])
def test_an_index_outside_the_list_is_an_error_and_never_unset(index: int) -> None:
    with pytest.raises(BadStatus) as error:
        bs.bit(bs.build(FEWEST), index)
    assert problem(error) == Problem.RANGE
    with pytest.raises(BadStatus):
        bs.build(FEWEST, [index])


def test_a_value_that_needs_more_bits_is_refused() -> None:
    with pytest.raises(BadStatus):
        bs.build(FEWEST, {3: 4}, size=2)


@pytest.mark.parametrize("size", [0, -1, 33, True, "1", 1.0])
def test_a_size_that_no_entry_has_is_malformed(size: Any) -> None:
    with pytest.raises(BadStatus) as error:
        bs.build(FEWEST, size=size)
    assert problem(error) == Problem.MALFORMED


# encodedList


def test_the_same_bits_always_give_the_same_text() -> None:
    assert bs.encode(bs.build(FEWEST, [5])) == bs.encode(bs.build(FEWEST, [5]))


def damaged() -> dict[str, str]:
    good = bs.encode(bs.build(FEWEST, [7]))
    packed = gzip.compress(bytes(FEWEST // 8))

    def text(data: bytes) -> str:
        return "u" + base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    return {
        "no multibase letter": good[1:],
        "another multibase letter": "z" + good[1:],
        "the letter for padded base64url": "U" + good[1:],
        "padding": good + "==",
        "a space": good[:9] + " " + good[9:],
        "standard base64": good[:9] + "+" + good[10:],
        "an impossible length": "uAAAAA",
        "bits left over": text(b"\x1f")[:-1] + "x",
        "empty": "u",
        "no gzip": text(b"hello, this is no list"),
        "zlib in place of gzip": text(zlib.compress(bytes(FEWEST // 8))),
        "cut off": text(packed[:-9]),
        "without its checksum": text(packed[:-8]),
        "a wrong checksum": text(packed[:-8] + bytes(8)),
        "more after the end": text(packed + b"more"),
        "a second stream": text(packed + packed),
    }


@pytest.mark.parametrize("what", damaged())
def test_a_damaged_list_is_malformed_and_not_read_in_part(what: str) -> None:
    with pytest.raises(BadStatus) as error:
        bs.decode(damaged()[what])
    assert problem(error) == Problem.MALFORMED


@given(at=st.integers(0, 10**6), letter=st.sampled_from("ABCxyz019-_=+/ \n"))
def test_no_change_of_one_letter_in_a_list_changes_a_status_unseen(at: int, letter: str) -> None:
    bits = bs.build(FEWEST, range(0, FEWEST, 997))
    good = bs.encode(bits)
    at %= len(good)
    changed = good[:at] + letter + good[at + 1 :]
    try:
        assert bs.decode(changed) == bits  # of GZIP's header, time and system may change without meaning
    except Unreadable:
        assert changed != good


def ten_gigabytes() -> str:
    """A list of 13 MB that inflates to 10 GB, made of one compressed block again and again."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    start = packer.compress(bytes(10_000_000)) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + start * 1000 + b"\x03\x00" + bytes(8)
    return "u" + base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def test_a_list_that_inflates_to_ten_gigabytes_is_refused_with_little_memory() -> None:
    bomb = ten_gigabytes()
    tracemalloc.start()
    try:
        with pytest.raises(TooMuch, match="grows to more than 16 MB") as error:
            bs.decode(bomb)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert error.value.reason == "status-list-too-large"
    assert peak < 100_000_000


def test_a_list_of_the_largest_size_is_read_and_one_byte_more_is_not() -> None:
    bits = bytes(FEWEST // 8)
    assert bs.decode(bs.encode(bits), largest=len(bits)) == bits
    with pytest.raises(TooMuch):
        bs.decode(bs.encode(bits + b"\0"), largest=len(bits))


# Documents


def test_a_list_is_published_as_the_standard_shows_it() -> None:
    made = bs.document(
        bs.build(FEWEST),
        url=URL,
        issuer="did:web:issuer.example",
        purposes=["revocation"],
        valid_from=NOON,
        valid_until=NOON + timedelta(days=1),
        ttl=timedelta(minutes=5),
    )
    encoded = made["credentialSubject"].pop("encodedList")
    assert bs.decode(encoded) == bytes(FEWEST // 8)
    assert made == {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": URL,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": "did:web:issuer.example",
        "validFrom": "2026-01-31T12:00:00Z",
        "validUntil": "2026-02-01T12:00:00Z",
        "credentialSubject": {
            "id": f"{URL}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "ttl": 300_000,
        },
    }


def test_what_is_published_is_read_back() -> None:
    bits = bs.build(200_000, [1, 199_999])
    made = bs.document(
        bits,
        url=URL,
        issuer="did:web:issuer.example",
        purposes=["revocation", "suspension"],
        valid_from=NOON,
        valid_until=NOON + timedelta(days=1),
        ttl=timedelta(hours=1),
    )
    assert bs.read(made) == bs.StatusList(
        url=URL,
        issuer="did:web:issuer.example",
        purposes=frozenset({"revocation", "suspension"}),
        bits=bits,
        ttl=timedelta(hours=1),
        valid_from=NOON,
        valid_until=NOON + timedelta(days=1),
    )


def test_an_issuer_may_be_an_object_and_the_subject_a_list_of_one() -> None:
    made = credential()
    made["issuer"] = {"id": "did:web:other.example", "name": "Other"}
    made["credentialSubject"] = [made["credentialSubject"]]
    assert bs.read(made).issuer == "did:web:other.example"


def test_a_list_may_be_believed_in_its_period_only() -> None:
    made = {**credential(), "validUntil": "2026-02-01T00:00:00+01:00"}
    found = bs.read(made)
    assert not found.current(NOON - timedelta(seconds=1))
    assert found.current(NOON)
    assert found.current(datetime(2026, 1, 31, 23, tzinfo=UTC))
    assert not found.current(datetime(2026, 1, 31, 23, 0, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    "changed",
    [
        {"type": "RevocationList2020"},
        {"type": None},
        {"encodedList": None},
        {"encodedList": 7},
        {"statusPurpose": None},
        {"statusPurpose": []},
        {"statusPurpose": [7]},
        {"ttl": "300000"},
        {"ttl": -1},
        {"ttl": True},
        {"statusSize": 0},
    ],
)
def test_a_list_that_breaks_the_standard_is_malformed(changed: dict[str, Any]) -> None:
    with pytest.raises(BadStatus) as error:
        bs.read(credential(**changed))
    assert problem(error) == Problem.MALFORMED


@pytest.mark.parametrize(
    "changed",
    [
        {"type": ["VerifiableCredential"]},
        {"type": None},
        {"credentialSubject": None},
        {"credentialSubject": []},
        {"validUntil": "tomorrow"},
        {"validUntil": "2026-02-01T00:00:00"},
        {"validUntil": "2026-02-31T00:00:00Z"},
        {"validUntil": 1},
    ],
)
def test_a_credential_that_is_no_list_is_malformed(changed: dict[str, Any]) -> None:
    with pytest.raises(BadStatus) as error:
        bs.read({**credential(), **changed})
    assert problem(error) == Problem.MALFORMED


def test_the_entry_of_an_award_is_read_back() -> None:
    assert only({"credentialStatus": bs.entry(URL, 94567, "revocation")}) == bs.Entry(
        "revocation", 94567, URL
    )
    wide = bs.entry(URL, 1, "message", size=2, messages=["fresh", "old", "older", "oldest"])
    assert only({"credentialStatus": [wide]}).messages == ("fresh", "old", "older", "oldest")


def test_an_award_without_status_has_none_and_other_kinds_are_named() -> None:
    assert bs.entries({}) == ((), ())
    (found, others) = bs.entries(
        {"credentialStatus": [award()["credentialStatus"], {"type": "StatusList2021Entry"}]}
    )
    assert (len(found), others) == (1, ("StatusList2021Entry",))


@pytest.mark.parametrize(
    "changed",
    [
        {"statusPurpose": None},
        {"statusPurpose": ["revocation"]},
        {"statusListIndex": None},
        {"statusListIndex": 7},
        {"statusListIndex": True},
        {"statusListIndex": "-1"},
        {"statusListIndex": "0x7"},
        {"statusListIndex": "٧"},
        {"statusListIndex": " 7"},
        {"statusListIndex": ""},
        {"statusListCredential": None},
        {"statusListCredential": "status/3"},
        {"id": URL},
        {"id": 3},
        {"statusSize": 0},
        {"statusSize": "2"},
        {"statusSize": 2},
        {"statusMessage": []},
        {"statusMessage": [{"status": "0x0", "message": "a"}]},
        {"statusMessage": [{"status": "0", "message": "a"}, {"status": "1", "message": "b"}]},
        {"statusMessage": [{"status": "0x0", "message": "a"}, {"status": "0x0", "message": "b"}]},
        {"statusMessage": [{"status": "0x0"}, {"status": "0x1", "message": "b"}]},
        {"statusReference": "not a url"},
        {"statusReference": [7]},
    ],
)
def test_an_entry_that_breaks_the_standard_is_malformed(changed: dict[str, Any]) -> None:
    with pytest.raises(BadStatus) as error:
        bs.entries(award(**changed))
    assert problem(error) == Problem.MALFORMED


@pytest.mark.parametrize("told", ["revoked", [None], [["x"]], {"statusPurpose": "revocation"}])
def test_a_status_that_is_no_object_with_a_type_is_malformed(told: Any) -> None:
    with pytest.raises(BadStatus) as error:
        bs.entries({"credentialStatus": told})
    assert problem(error) == Problem.MALFORMED


# The algorithm of section 3.2


def test_a_set_bit_is_not_valid_and_a_bit_that_is_not_set_is() -> None:
    found = bs.read(credential())
    revoked = bs.validate(only(award()), found)
    assert (revoked.valid, revoked.value, revoked.message) == (False, 1, "set")
    assert bs.validate(only(award(statusListIndex="8")), found) == bs.Status("revocation", 0, "unset")


def test_a_message_says_what_its_value_means() -> None:
    bits = bs.build(FEWEST, {7: 2}, size=2)
    made = bs.document(bits, url=URL, issuer="did:key:z6Mk", purposes=["message"], valid_from=NOON)
    entry = bs.entry(URL, 7, "message", size=2, messages=["pending", "accepted", "rejected", "undefined"])
    told = bs.validate(only({"credentialStatus": entry}), bs.read(made))
    assert told == bs.Status("message", 2, "rejected")


@pytest.mark.parametrize(
    ("entry", "found", "expected"),
    [
        ({"statusPurpose": "suspension"}, {}, Problem.VERIFICATION),
        ({"statusListCredential": "https://issuer.example/status/4"}, {}, Problem.VERIFICATION),
        ({}, {"encodedList": bs.encode(bytes(FEWEST // 8 - 1))}, Problem.LENGTH),
        ({"statusListIndex": "131072"}, {}, Problem.RANGE),
        ({"statusListIndex": "9" * 4000}, {}, Problem.RANGE),
        ({}, {"statusSize": 2}, Problem.MALFORMED),
    ],
)
def test_each_fault_has_the_code_of_the_standard(entry: Any, found: Any, expected: Problem) -> None:
    with pytest.raises(BadStatus) as error:
        bs.validate(only(award(**entry)), bs.read(credential(**found)))
    assert problem(error) == expected
    assert error.value.reason == expected.value
    assert error.value.as_problem()["type"] == expected.url


def test_a_list_of_wide_entries_must_have_as_many_as_one_of_bits() -> None:
    entry = bs.entry(URL, 7, "revocation", size=2, messages=["a", "b", "c", "d"])
    with pytest.raises(BadStatus) as error:
        bs.validate(only({"credentialStatus": entry}), bs.read(credential()))
    assert problem(error) == Problem.LENGTH


def test_the_types_of_problems_are_those_that_the_standards_register() -> None:
    assert Problem.RETRIEVAL.url == "https://www.w3.org/ns/credentials/status-list#STATUS_RETRIEVAL_ERROR"
    assert Problem.RANGE.url == "https://www.w3.org/TR/vc-data-model#RANGE_ERROR"
