"""Revoked is never shown valid: in no form, by no path, whatever became of the list that says it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest

from gilde.core.fetch import Unreachable
from gilde.credentials.keys.kinds import KeyKind
from gilde.credentials.renderings import vc
from gilde.credentials.status import bitstring
from gilde.credentials.verdict import Answer
from tests.credentials.attack.world import OTHER_DID
from tests.credentials.checking.world import (
    FORMS,
    NOW,
    World,
    bit_list,
    key,
    made,
    reasons,
    signed,
    token_list,
)
from tests.credentials.facts_strategy import a_facts, a_place

PLACE: Final = a_place()
BITS: Final = (PLACE.revocation, PLACE.suspension, PLACE.stopped)
every_form = pytest.mark.parametrize("form", FORMS)


def revoked() -> World:
    world = World()
    world.write_lists(revoked=[PLACE.index])
    return world


def _stale(world: World) -> None:
    world.write_lists(revoked=[PLACE.index], made=NOW - timedelta(days=3))


def _stale_and_from_before(world: World) -> None:
    """A copy from before it was revoked, kept beyond its time."""
    world.write_lists(made=NOW - timedelta(days=3))


def _from_the_future(world: World) -> None:
    world.write_lists(made=NOW + timedelta(hours=3))


def _gone(world: World) -> None:
    world.unreachable()


def _broken(world: World) -> None:
    world.lists = dict.fromkeys(world.lists, Unreachable("The line is dead."))


def _of_another_school(world: World) -> None:
    for kind in (KeyKind.ED25519, KeyKind.P256):
        world.publish(key(kind, issuer=OTHER_DID))
    stranger = key(issuer=OTHER_DID)
    for url in BITS:
        world.lists[url] = bit_list(url, signed_with=stranger, issuer=OTHER_DID)
    world.lists[PLACE.tokens] = token_list(PLACE.tokens, signed_with=key(KeyKind.P256, issuer=OTHER_DID))


def _signed_by_another_in_its_name(world: World) -> None:
    for kind in (KeyKind.ED25519, KeyKind.P256):
        world.publish(key(kind, issuer=OTHER_DID))
    for url in BITS:
        world.lists[url] = bit_list(url, signed_with=key(issuer=OTHER_DID))
    world.lists[PLACE.tokens] = token_list(PLACE.tokens, signed_with=key(KeyKind.P256, issuer=OTHER_DID))


def _of_another_purpose(world: World) -> None:
    for url in BITS:
        world.lists[url] = bit_list(url, purposes=["message"])
    del world.lists[PLACE.tokens]


def _of_another_address(world: World) -> None:
    for url in BITS:
        world.lists[url] = bit_list(url.replace("/status/", "/status/0"))
    world.lists[PLACE.tokens] = token_list(PLACE.tokens + "0")


def _cut_off(world: World) -> None:
    world.lists = {
        url: told[: len(told) - 40] for url, told in world.lists.items() if isinstance(told, bytes)
    }


def _too_short(world: World) -> None:
    for url in BITS:
        document = bitstring.document(
            bytes(PLACE.index // 8),
            url=url,
            issuer=a_facts().issuer.id,
            purposes=["revocation"],
            valid_from=NOW,
        )
        world.lists[url] = signed(document)
    world.lists[PLACE.tokens] = b""


def _unsigned(world: World) -> None:
    for url in BITS:
        told = json.loads(bit_list(url))
        del told["proof"]
        world.lists[url] = json.dumps(told).encode()
    head, body, _signature = token_list(PLACE.tokens).decode().split(".")
    world.lists[PLACE.tokens] = f"{head}.{body}.".encode()


def _by_a_stolen_key(world: World) -> None:
    for kind in (KeyKind.ED25519, KeyKind.P256):
        world.publish(key(kind, "stolen"), until=NOW, compromised=NOW - timedelta(days=30))
    for url in BITS:
        world.lists[url] = bit_list(url, signed_with=key(name="stolen"))
    world.lists[PLACE.tokens] = token_list(PLACE.tokens, signed_with=key(KeyKind.P256, "stolen"))


def _swapped(world: World) -> None:
    """The list for suspension, in which it does not stand, where that for revocation is asked for."""
    lists = world.lists
    lists[PLACE.revocation], lists[PLACE.suspension] = lists[PLACE.suspension], lists[PLACE.revocation]
    lists[PLACE.stopped] = lists[PLACE.revocation]
    del lists[PLACE.tokens]


def _a_page(world: World) -> None:
    world.lists = dict.fromkeys((*BITS, PLACE.tokens), b"<!doctype html><html><title>Log in</title></html>")


TAMPERED: Final[dict[str, Callable[[World], None]]] = {
    each.__name__.strip("_").replace("_", " "): each
    for each in (
        _stale, _stale_and_from_before, _from_the_future, _gone, _broken, _of_another_school,
        _signed_by_another_in_its_name, _of_another_purpose, _of_another_address, _cut_off, _too_short, _unsigned,
        _by_a_stolen_key, _swapped, _a_page,
    )
}  # fmt: skip


@every_form
def test_revoked_is_revoked(form: str) -> None:
    assert revoked().check(made(form)).answer == Answer.STOPPED


@pytest.mark.parametrize("form", sorted(set(FORMS) - {"supplement"}))
@pytest.mark.parametrize("what", TAMPERED)
def test_whatever_becomes_of_the_list_the_award_is_never_valid(what: str, form: str) -> None:
    world = revoked()
    TAMPERED[what](world)
    verdict = world.check(made(form))
    assert verdict.answer in (Answer.CANNOT_TELL, Answer.STOPPED)
    assert reasons(verdict)
    assert all(each.sentence for each in verdict.checks)


def test_an_older_list_within_its_period_is_believed_and_its_time_is_told() -> None:
    """What the rule of freshness gives: who replays a signed list from before has until its own end, a day here.

    No list says when the next one comes, so no reader can know better; issuers choose the time, and the check tells
    the moment of the list. Lists of this Gilde are read where they are made, and cannot be replayed.
    """
    world = revoked()
    world.write_lists(made=NOW - timedelta(hours=23))
    verdict = world.check(made("vc eddsa-jcs-2022"))
    assert verdict.answer == Answer.VALID
    told = next(each for each in verdict.checks if each.reason == "not-revoked")
    assert "by the issuer's list of" in told.sentence
    world.write_lists(made=NOW - timedelta(hours=24, seconds=1))
    assert world.check(made("vc eddsa-jcs-2022")).answer == Answer.CANNOT_TELL


def with_status(status: Any, suite: str = "eddsa-jcs-2022") -> bytes:
    document = vc.render(a_facts(), None)
    return signed({**document, "credentialStatus": status}, suite)


def entry(
    url: str = PLACE.revocation, index: int = PLACE.index, purpose: str = "revocation"
) -> dict[str, Any]:
    return bitstring.entry(url, index, purpose)


@pytest.mark.parametrize("suite", ["eddsa-jcs-2022", "eddsa-rdfc-2022", "ecdsa-jcs-2019", "ecdsa-rdfc-2019"])
def test_a_status_that_is_taken_out_breaks_the_signature(suite: str) -> None:
    document = json.loads(made(f"vc {suite}"))
    whole = document["credentialStatus"]
    for left in (None, [], whole[1:], [whole[1], {**whole[0], "statusListIndex": "9"}]):
        edited = {name: each for name, each in document.items() if name != "credentialStatus"}
        if left is not None:
            edited["credentialStatus"] = left
        assert revoked().check(json.dumps(edited)).answer == Answer.ALTERED


@pytest.mark.parametrize("second", [PLACE.index + 1, PLACE.index])
def test_of_two_places_one_that_is_revoked_is_enough(second: int) -> None:
    url = PLACE.revocation + "2"
    world = revoked()
    world.lists[url] = bit_list(url, [second] if second != PLACE.index else [])
    for places in ([entry(), entry(url)], [entry(url), entry()]):
        assert world.check(with_status(places)).answer == Answer.STOPPED


def test_revoked_by_one_list_counts_though_the_other_says_nothing() -> None:
    for broken in (b"", b"{}", b"<html>", bit_list(PLACE.suspension, made=NOW - timedelta(days=9))):
        world = revoked()
        world.lists[PLACE.suspension] = broken
        assert world.check(made("vc eddsa-jcs-2022")).answer == Answer.STOPPED


@pytest.mark.parametrize(
    "index", ["131072", "99999999999999999999", "0x10", "-1", "1.0", "", " 4711", "４７１１"]
)
def test_a_place_that_is_none_is_never_valid(index: str) -> None:
    told = {**entry(), "statusListIndex": index}
    verdict = World().check(with_status(told))
    assert verdict.answer in (Answer.CANNOT_TELL, Answer.ALTERED)


@pytest.mark.parametrize(
    "status",
    [
        {"type": "BitstringStatusListEntry"},
        {"type": ["BitstringStatusListEntry"], "statusPurpose": "revocation"},
        [entry(), {"type": "BitstringStatusListEntry"}],
        {**entry(), "statusSize": 2},
        {**entry(), "statusPurpose": ["suspension", "revocation"]},
        {**entry(), "statusListCredential": "urn:uuid:5d0f5b1e-0000-4000-8000-000000000000"},
        {**entry(), "id": PLACE.revocation},
    ],
    ids=range(7),
)
def test_a_status_that_says_too_little_is_never_valid(status: Any) -> None:
    assert revoked().check(with_status(status)).answer in (Answer.CANNOT_TELL, Answer.ALTERED)


@pytest.mark.parametrize("purpose", ["Revocation", "withdrawal", "revoked", "revocation "])
def test_a_purpose_that_is_not_known_may_be_the_end_of_it(purpose: str) -> None:
    verdict = revoked().check(with_status(entry(purpose=purpose)))
    assert (verdict.answer, reasons(verdict)) == (Answer.CANNOT_TELL, {"status-kind"})


@pytest.mark.parametrize("purpose", [bitstring.REFRESH, bitstring.MESSAGE])
def test_a_purpose_that_is_known_to_change_nothing_changes_nothing(purpose: str) -> None:
    assert revoked().check(with_status(entry(purpose=purpose))).answer == Answer.VALID


def test_token_lists_have_no_place_beyond_their_end() -> None:
    far = replace(PLACE, index=200_000)
    verdict = World().check(FORMS["sd-jwt"](a_facts(), far))
    assert (verdict.answer, reasons(verdict)) == (Answer.CANNOT_TELL, {"index-outside"})
