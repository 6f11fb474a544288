"""Checkpoints and receipts: what the log signed is read by any tool, and proves a time without the log."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gilde.credentials.errors import Altered, Unreadable
from gilde.credentials.keys.kinds import KeyKind, PublicKey, SigningKey
from gilde.credentials.log import receipt
from gilde.credentials.log.checkpoint import Checkpoint, sign, text, verifier, verify
from gilde.credentials.log.tree import InMemory, Tree, leaf_hash

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
KEY = SigningKey.of_secret(KeyKind.ED25519, bytes(range(32)))
OTHER = SigningKey.of_secret(KeyKind.ED25519, bytes(range(1, 33)))
HEAD = Checkpoint("register.example/log", 20_852_163, leaf_hash(b"root"), NOON)


def resigned(body: str, key: SigningKey = KEY, name: str = "register.example/log") -> str:
    """A note of any body, with a signature that is right."""
    _body, _gap, line = sign(replace(HEAD, origin=name), key).rpartition("\n\n")
    prefix, told = line.rstrip("\n").rsplit(" ", 1)
    signed = base64.b64decode(told)[:4] + key.sign(body.encode())
    return f"{body}\n{prefix} {base64.b64encode(signed).decode()}\n"


def test_a_checkpoint_is_written_as_the_standard_shows_it() -> None:
    root = base64.b64encode(HEAD.root).decode()
    assert text(HEAD) == f"register.example/log\n20852163\n{root}\nTime: 2026-01-31T12:00:00Z\n"
    body, gap, line = sign(HEAD, KEY).rpartition("\n\n")
    assert (body + "\n", gap) == (text(HEAD), "\n\n")
    assert line.startswith("— register.example/log ")


def test_the_key_of_the_example_of_go_has_the_known_key_id() -> None:
    """The key of the Go checksum database, as its tools carry it: name, key ID, type and key."""
    told = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
    raw = base64.b64decode(told.split("+", 2)[2])
    assert verifier("sum.golang.org", PublicKey(KeyKind.ED25519, raw[1:])) == told


def test_what_is_signed_is_verified() -> None:
    assert verify(sign(HEAD, KEY), KEY.public) == HEAD
    assert verify(sign(HEAD, KEY), OTHER.public, KEY.public, origin="register.example/log") == HEAD


def test_a_time_of_another_zone_is_written_in_utc() -> None:
    moved = replace(HEAD, at=datetime(2026, 1, 31, 14, tzinfo=timezone(timedelta(hours=2))))
    assert verify(sign(moved, KEY), KEY.public).at == NOON


@given(at=st.integers(0, 10**6), letter=st.characters(codec="utf-8"))
def test_no_letter_can_be_changed_unseen(at: int, letter: str) -> None:
    note = sign(HEAD, KEY)
    at %= len(note)
    changed = note[:at] + letter + note[at + 1 :]
    if changed == note:
        assert verify(changed, KEY.public) == HEAD
    else:
        with pytest.raises((Altered, Unreadable)):
            verify(changed, KEY.public)


def test_signatures_of_witnesses_and_newer_keys_are_passed_over() -> None:
    witness = sign(replace(HEAD, origin="witness.example"), OTHER).rpartition("\n\n")[2]
    newer = resigned(text(HEAD), OTHER).rpartition("\n\n")[2]
    body, _gap, own = sign(HEAD, KEY).rpartition("\n\n")
    assert verify(f"{body}\n\n{witness}{own}{newer}", KEY.public) == HEAD
    assert verify(f"{body}\n\n{witness}{own}{newer}", OTHER.public) == HEAD


@pytest.mark.parametrize(
    ("note", "reason"),
    [
        (sign(HEAD, OTHER), "log-signer"),
        (sign(replace(HEAD, origin="other.example/log"), KEY), "log-origin"),
        (text(HEAD) + "\n" + sign(replace(HEAD, size=1), KEY).rpartition("\n\n")[2], "log-signature"),
    ],
)
def test_a_checkpoint_of_another_is_altered(note: str, reason: str) -> None:
    with pytest.raises(Altered) as error:
        verify(note, KEY.public, origin="register.example/log")
    assert error.value.reason == reason


def test_the_same_signature_under_another_name_counts_for_nothing() -> None:
    note = sign(HEAD, KEY)
    with pytest.raises(Altered) as error:
        verify(note.replace("— register.example/log", "— elsewhere.example"), KEY.public)
    assert error.value.reason == "log-signer"


def test_one_wrong_signature_of_a_known_key_spoils_the_note() -> None:
    wrong = sign(replace(HEAD, size=1), KEY).rpartition("\n\n")[2]
    with pytest.raises(Altered) as error:
        verify(sign(HEAD, KEY) + wrong, KEY.public)
    assert error.value.reason == "log-signature"


ROOT = base64.b64encode(HEAD.root).decode()
TIME = "Time: 2026-01-31T12:00:00Z\n"


@pytest.mark.parametrize(
    "body",
    [
        f"register.example/log\n5\n{ROOT}\n",
        f"register.example/log\n5\n{ROOT}\n{TIME}{TIME}",
        f"register.example/log\n5\n{ROOT}\nTime: 2026-02-31T12:00:00Z\n",
        f"register.example/log\n05\n{ROOT}\n{TIME}",
        f"register.example/log\n-5\n{ROOT}\n{TIME}",
        f"register.example/log\n٥\n{ROOT}\n{TIME}",
        f"register.example/log\n5\n{ROOT[:-2]}\n{TIME}",
        f"register.example/log\n5\n{ROOT.rstrip('=')}\n{TIME}",
        f"register.example/log\n5\n{base64.b64encode(bytes(31)).decode()}\n{TIME}",
        f"register.example/log\n5\n\n{ROOT}\n{TIME}",
        f"register.example /log\n5\n{ROOT}\n{TIME}",
        f"register.example/log\r\n5\n{ROOT}\n{TIME}",
        "register.example/log\n5\n",
    ],
)
def test_a_checkpoint_that_breaks_the_standard_is_unreadable_though_signed(body: str) -> None:
    with pytest.raises(Unreadable):
        verify(resigned(body), KEY.public)


@pytest.mark.parametrize(
    "note",
    [
        "",
        text(HEAD),
        sign(HEAD, KEY)[:-1],
        sign(HEAD, KEY) + "\n",
        sign(HEAD, KEY).replace("—", "-"),
        sign(HEAD, KEY) + "— a b c\n",
        sign(HEAD, KEY) + "— a+b AAAAAAAA\n",
        sign(HEAD, KEY) + "— a AAAA\n",
        sign(HEAD, KEY) + "— a AAAAAAAB\n" * 64,
        sign(HEAD, KEY) + "— \udc80 AAAAAAAA\n",
        sign(HEAD, KEY) + "— a AAAAAAAA\n" * 10_000,
    ],
)
def test_a_note_that_breaks_the_standard_is_unreadable(note: str) -> None:
    with pytest.raises(Unreadable) as error:
        verify(note, KEY.public)
    assert error.value.reason == "checkpoint"


@pytest.mark.parametrize("origin", ["", "a b", "a+b", "a\u00a0b"])
def test_a_log_is_not_given_a_name_that_cannot_be_read(origin: str) -> None:
    with pytest.raises(ValueError):
        sign(replace(HEAD, origin=origin), KEY)


def test_checkpoints_are_signed_and_verified_with_ed25519_alone() -> None:
    curve = SigningKey.generate(KeyKind.P256)
    with pytest.raises(ValueError):
        sign(HEAD, curve)
    with pytest.raises(Altered):
        verify(sign(HEAD, KEY), curve.public)


# Receipts

LEAVES = [leaf_hash(b"%d" % number) for number in range(100)]


def given_out(index: int, size: int = 100) -> receipt.Receipt:
    tree = Tree(InMemory())
    tree.append(LEAVES)
    note = sign(replace(HEAD, size=size, root=tree.root(size)), KEY)
    return receipt.Receipt(LEAVES[index], index, tuple(tree.inclusion(index, size)), note)


@given(index=st.integers(0, 99))
def test_a_receipt_proves_after_json_when_a_leaf_was_there(index: int) -> None:
    told = receipt.read(json.loads(json.dumps(given_out(index).document())))
    assert told == given_out(index)
    assert receipt.verify_receipt(told, LEAVES[index], OTHER.public, KEY.public) == NOON


@pytest.mark.parametrize(
    ("changed", "leaf", "reason"),
    [
        ({}, LEAVES[8], "log-leaf"),
        ({"leaf": LEAVES[8]}, LEAVES[8], "log-path"),
        ({"index": 8}, LEAVES[7], "log-path"),
        ({"index": 107}, LEAVES[7], "log-path"),
        ({"path": given_out(8).path}, LEAVES[7], "log-path"),
        ({"note": sign(HEAD, KEY)}, LEAVES[7], "log-path"),
        ({"note": given_out(7, 90).note}, LEAVES[7], "log-path"),
        ({"note": sign(HEAD, OTHER)}, LEAVES[7], "log-signer"),
        ({"note": given_out(7).note.replace("12:00:00", "11:00:00")}, LEAVES[7], "log-signature"),
    ],
)
def test_a_receipt_that_does_not_fit_is_altered(changed: dict[str, Any], leaf: bytes, reason: str) -> None:
    with pytest.raises(Altered) as error:
        receipt.verify_receipt(replace(given_out(7), **changed), leaf, KEY.public)
    assert error.value.reason == reason


def test_a_receipt_of_another_log_with_the_same_key_is_refused_when_the_log_is_named() -> None:
    with pytest.raises(Altered):
        receipt.verify_receipt(given_out(7), LEAVES[7], KEY.public, origin="other.example")


@pytest.mark.parametrize(
    "changed",
    [
        {"type": "Receipt"},
        {"leafHash": "AAAA"},
        {"leafHash": None},
        {"leafHash": base64.b64encode(LEAVES[7]).decode().rstrip("=")},
        {"leafIndex": "7"},
        {"leafIndex": -1},
        {"leafIndex": True},
        {"leafIndex": 1 << 63},
        {"inclusionPath": None},
        {"inclusionPath": [7]},
        {"inclusionPath": [base64.b64encode(LEAVES[7]).decode()] * 65},
        {"checkpoint": None},
    ],
)
def test_what_is_no_receipt_is_unreadable(changed: dict[str, Any]) -> None:
    with pytest.raises(Unreadable) as error:
        receipt.read({**given_out(7).document(), **changed})
    assert error.value.reason == "receipt"


@pytest.mark.parametrize("told", [None, [], "receipt", 7])
def test_a_receipt_is_an_object(told: Any) -> None:
    with pytest.raises(Unreadable):
        receipt.read(told)


def test_proofs_are_given_as_the_standard_names_them() -> None:
    assert receipt.inclusion(7, 9, [LEAVES[0]]) == {
        "leaf_index": 7,
        "tree_size": 9,
        "inclusion_path": [base64.b64encode(LEAVES[0]).decode()],
    }
    assert receipt.consistency(7, 9, []) == {"tree_size_1": 7, "tree_size_2": 9, "consistency_path": []}
