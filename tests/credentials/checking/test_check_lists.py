"""Lists of revoked credentials, of whom they may come and in what state: a bad one only means that nothing is known."""

from __future__ import annotations

import base64
import json
import zlib
from datetime import timedelta
from typing import Any

import pytest

from gilde.core.fetch import AnswerTooLarge, PrivateAddress, TooSlow
from gilde.credentials.keys.kinds import KeyKind
from gilde.credentials.proofs import vc_jwt
from gilde.credentials.renderings import vc
from gilde.credentials.status import bitstring
from gilde.credentials.verdict import Answer, Standing, Subject
from tests.credentials.checking.world import (
    NOW,
    World,
    bit_list,
    key,
    made,
    reasons,
    signed,
    token_list,
)
from tests.credentials.facts_strategy import ISSUER_DID, a_facts, a_place

PLACE = a_place()
VC = "vc eddsa-jcs-2022"


def status_of(world: World, form: str = VC) -> tuple[Answer, set[str]]:
    verdict = world.check(made(form))
    return verdict.answer, reasons(verdict)


def bomb() -> str:
    """A list of ten thousand million bytes of nothing, in ten million."""
    start = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = start.compress(bytes(10_000_000)) + start.flush(zlib.Z_FULL_FLUSH)
    packed = b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + block * 1000 + b"\x03\x00" + bytes(8)
    return "u" + base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def test_a_list_that_inflates_to_ten_gigabytes_is_not_unpacked() -> None:
    world = World()
    document = json.loads(bit_list(PLACE.revocation))
    del document["proof"]
    document["credentialSubject"]["encodedList"] = bomb()
    world.lists[PLACE.revocation] = signed(document)
    assert status_of(world) == (Answer.CANNOT_TELL, {"status-list-too-large"})


@pytest.mark.parametrize(
    "error",
    [
        PrivateAddress("lists.inside leads to 10.0.0.7, which is no public address."),
        TooSlow("lists.example took longer than 5 seconds."),
        AnswerTooLarge("lists.example sends more than 4 MB."),
    ],
)
def test_why_a_list_was_not_reached_is_not_repeated_to_a_stranger(error: Any) -> None:
    world = World()
    world.lists = dict.fromkeys(world.lists, error)
    verdict = world.check(made(VC))
    assert (verdict.answer, reasons(verdict)) == (Answer.CANNOT_TELL, {"list-unreachable"})
    assert not any(error.sentence in each.sentence or "10.0.0.7" in each.sentence for each in verdict.checks)


def test_a_list_that_says_revoked_counts_though_the_other_is_not_reached() -> None:
    world = World()
    world.write_lists(revoked=[PLACE.index])
    del world.lists[PLACE.suspension]
    assert status_of(world) == (Answer.STOPPED, {"revoked", "list-unreachable"})


def test_a_list_without_a_signature_says_nothing() -> None:
    world = World()
    document = json.loads(world.lists[PLACE.revocation])  # type: ignore[arg-type]
    del document["proof"]
    world.lists[PLACE.revocation] = json.dumps(document).encode()
    assert status_of(world) == (Answer.CANNOT_TELL, {"no-proof"})


def test_a_list_that_was_changed_says_nothing() -> None:
    world = World()
    world.write_lists(revoked=[PLACE.index])
    changed = json.loads(world.lists[PLACE.revocation])  # type: ignore[arg-type]
    changed["credentialSubject"]["encodedList"] = bitstring.encode(bitstring.build(131_072))
    world.lists[PLACE.revocation] = json.dumps(changed).encode()
    assert status_of(world) == (Answer.CANNOT_TELL, {"signature-wrong"})


def test_another_list_of_the_same_issuer_says_nothing() -> None:
    world = World()
    world.lists[PLACE.revocation] = bit_list("https://gilde.example.be/status/another")
    assert status_of(world)[0] == Answer.CANNOT_TELL


def test_a_list_of_another_purpose_says_nothing() -> None:
    world = World()
    world.lists[PLACE.revocation] = bit_list(PLACE.revocation, purposes=["suspension"])
    assert status_of(world)[0] == Answer.CANNOT_TELL


def test_a_list_that_is_too_short_says_nothing() -> None:
    world = World()
    document = json.loads(bit_list(PLACE.revocation))
    del document["proof"]
    document["credentialSubject"]["encodedList"] = bitstring.encode(bytes(2048))
    world.lists[PLACE.revocation] = signed(document)
    assert status_of(world) == (Answer.CANNOT_TELL, {"STATUS_LIST_LENGTH_ERROR"})


@pytest.mark.parametrize("form", [VC, "sd-jwt"])
def test_a_list_signed_with_a_key_that_was_ever_in_wrong_hands_says_nothing(form: str) -> None:
    world = World()
    kind = KeyKind.P256 if form == "sd-jwt" else KeyKind.ED25519
    stolen = key(kind, "stolen")
    world.publish(stolen, until=NOW - timedelta(hours=1), compromised=NOW + timedelta(days=1))
    made_before = NOW - timedelta(hours=2)
    if form == "sd-jwt":
        world.lists[PLACE.tokens] = token_list(PLACE.tokens, signed_with=stolen, made=made_before)
    for url in (PLACE.revocation, PLACE.suspension) if form == VC else ():
        world.lists[url] = bit_list(url, signed_with=stolen, made=made_before)
    assert status_of(world, form) == (Answer.CANNOT_TELL, {"status-key"})


def test_a_list_as_a_token_is_read_as_well() -> None:
    world = World()
    for url, stopped in ((PLACE.revocation, [PLACE.index]), (PLACE.suspension, [])):
        document = bitstring.document(
            bitstring.build(131_072, stopped),
            url=url,
            issuer=ISSUER_DID,
            purposes=[url.rpartition("/")[2]],
            valid_from=NOW,
        )
        world.lists[url] = vc_jwt.secure(document, key()).encode()
    assert status_of(world) == (Answer.STOPPED, {"revoked"})


def test_a_list_that_is_made_while_it_is_asked_for_is_fresh() -> None:
    world = World()
    world.write_lists(made=NOW + timedelta(seconds=1))
    assert status_of(world) == (Answer.VALID, set())


def test_the_check_tells_of_when_the_list_is() -> None:
    check = next(each for each in World().check(made(VC)).checks if each.subject == Subject.STATUS)
    assert (check.standing, check.reason) == (Standing.PASSED, "not-revoked")
    assert "2025" in check.sentence


def with_status(status: Any) -> bytes:
    return signed({**vc.render(a_facts(), None), "credentialStatus": status})


def entry(purpose: str = "revocation", **changes: Any) -> dict[str, Any]:
    return {**bitstring.entry(PLACE.revocation, PLACE.index, purpose), **changes}


def test_a_status_of_an_unknown_kind_cannot_be_told() -> None:
    verdict = World().check(with_status({"id": "https://a.example/1#2", "type": "https://a.example/Entry"}))
    assert (verdict.answer, reasons(verdict)) == (Answer.CANNOT_TELL, {"status-kind"})


def test_a_message_that_is_set_changes_nothing() -> None:
    world = World()
    url = PLACE.revocation
    world.lists[url] = bit_list(url, [PLACE.index], purposes=["message"])
    assert world.check(with_status(entry("message"))).answer == Answer.VALID


def test_a_place_beyond_the_list_cannot_be_told() -> None:
    verdict = World().check(with_status(entry(statusListIndex="131072")))
    assert (verdict.answer, reasons(verdict)) == (Answer.CANNOT_TELL, {"RANGE_ERROR"})


def test_a_credential_that_names_a_hundred_lists_asks_none_of_them() -> None:
    world = World()
    many = [
        {
            **entry(),
            "id": f"https://a.example/{number}#1",
            "statusListCredential": f"https://a.example/{number}",
        }
        for number in range(100)
    ]
    verdict = world.check(with_status(many))
    assert (verdict.answer, reasons(verdict)) == (Answer.CANNOT_TELL, {"too-many-lists"})
    assert not any("a.example" in url for url in world.asked)


def test_a_value_of_a_token_list_that_is_not_known_cannot_be_told() -> None:
    world = World()
    world.lists[PLACE.tokens] = token_list(PLACE.tokens, {PLACE.index: 3})
    assert status_of(world, "sd-jwt") == (Answer.CANNOT_TELL, {"status-value"})


def test_what_is_no_list_at_all_cannot_be_told() -> None:
    for told in (b"", b"\xff\xfe", b"<html>", b"{}", b"a.b.c"):
        world = World()
        world.lists = dict.fromkeys(world.lists, told)
        for form in (VC, "sd-jwt", "edc"):
            assert status_of(world, form)[0] == Answer.CANNOT_TELL
