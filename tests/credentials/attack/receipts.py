"""Mutants of receipts of the log: each proves one time of one credential, or nothing."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from hashlib import sha256
from typing import Any, Final

from gilde.core.errors import GildeError
from gilde.credentials.keys.kinds import KeyKind, SigningKey
from gilde.credentials.linked import strict
from gilde.credentials.log import checkpoint, receipt
from gilde.credentials.log.tree import InMemory, Tree, leaf_hash
from gilde.credentials.verdict import Answer
from tests.credentials.attack import json_edits as edits
from tests.credentials.attack.expected import ACCEPTED, Expect, Mutant, Outcome, outcome_of_error, refused
from tests.credentials.attack.reasons import RECEIPT, TEXT
from tests.credentials.attack.world import Family, Format, genuine
from tests.credentials.checking.world import NOW

ORIGIN: Final = "gilde.example/log"
SIZE: Final = 1000
INDEX: Final = 421


@cache
def _log() -> tuple[Tree, list[bytes]]:
    leaves = [leaf_hash(sha256(f"award {number}".encode()).digest()) for number in range(SIZE)]
    leaves[INDEX] = leaf_hash(sha256(genuine("vc eddsa-jcs-2022")).digest())
    tree = Tree(InMemory())
    tree.append(leaves)
    return tree, leaves


@cache
def _signing() -> SigningKey:
    return SigningKey.generate(KeyKind.ED25519, "did:web:gilde.example:issuers:register#key-1")


def _receipt(
    index: int, size: int = SIZE, signing: SigningKey | None = None, origin: str = ORIGIN
) -> dict[str, Any]:
    tree, leaves = _log()
    told = checkpoint.Checkpoint(origin, size, tree.root(size), NOW - timedelta(days=size))
    note = checkpoint.sign(told, signing or _signing())
    return receipt.Receipt(leaves[index], index, tuple(tree.inclusion(index, size)), note).document()


def check(given: bytes) -> Outcome:
    """Return what a receipt proves of the award; the time that it proves stands for a reason."""
    _tree, leaves = _log()
    try:
        found = receipt.read(strict.parse(given))
        at = receipt.verify_receipt(found, leaves[INDEX], _signing().public, origin=ORIGIN)
    except GildeError as error:
        return outcome_of_error(error)
    return Outcome(Answer.VALID, frozenset({at.isoformat()}))


def _families(value: dict[str, Any]) -> list[Family]:
    text = edits.written(value, spaces=True).decode()
    other = _receipt(INDEX + 1, 700)
    wrong = refused(RECEIPT, TEXT)

    def put(family: str, made: edits.Edit | None, expect: Expect = wrong) -> Mutant | None:
        if made is None:
            return None
        data = (
            made[1].encode("utf-8", "surrogatepass") if isinstance(made[1], str) else edits.written(made[1])
        )
        return Mutant(family, made[0], data, expect)

    def kept(rng: random.Random) -> Mutant | None:
        ways = [edits.spaced(rng, text), edits.escaped(rng, text), edits.reordered(rng, value)]
        return put("written otherwise", rng.choice([each for each in ways if each]), ACCEPTED)

    def added(rng: random.Random) -> Mutant | None:
        """A member that nobody reads, or the signature of a witness."""
        if rng.random() < 0.5:
            return put(
                "more",
                ("a member", {**value, f"x{rng.randrange(99)}": rng.choice([1, "x", None, []])}),
                ACCEPTED,
            )
        name = f"witness{rng.randrange(99)}.example"
        line = f"— {name} {base64.b64encode(rng.randbytes(68)).decode()}\n"
        return put("more", ("a witness", {**value, "checkpoint": value["checkpoint"] + line}), ACCEPTED)

    def changed(rng: random.Random) -> Mutant | None:
        return put("value", edits.replaced(rng, value))

    def shape(rng: random.Random) -> Mutant | None:
        made = edits.misshapen(rng, value)
        more = isinstance(made[1], dict) and all(made[1].get(name) == each for name, each in value.items())
        return put("shape", made, ACCEPTED if more else wrong)

    def swap(rng: random.Random) -> Mutant | None:
        return put("part of another", edits.swapped(rng, value, other))

    def path(rng: random.Random) -> Mutant | None:
        told = value["inclusionPath"]
        at = rng.randrange(len(told))
        hashed = base64.b64decode(told[at])
        bent = bytes([hashed[0] ^ 1 << rng.randrange(8)]) + hashed[1:]
        ways: dict[str, Any] = {
            "one less": told[:at] + told[at + 1 :],
            "one twice": [*told[:at], told[at], *told[at:]],
            "a bit": [*told[:at], base64.b64encode(bent).decode(), *told[at + 1 :]],
            "another order": told[::-1],
            "empty": [],
            "a thousand": told * 100,
            "short": [*told[:at], base64.b64encode(hashed[:31]).decode(), *told[at + 1 :]],
            "without padding": [*told[:at], told[at].rstrip("="), *told[at + 1 :]],
            "bits left over": [*told[:at], told[at][:-2] + _next(told[at][-2]) + "=", *told[at + 1 :]],
        }
        what = rng.choice(sorted(ways))
        return put("path", (f"{what} at {at}", {**value, "inclusionPath": ways[what]}))

    def index(rng: random.Random) -> Mutant | None:
        new = rng.choice(
            [rng.randrange(SIZE), INDEX ^ 1 << rng.randrange(12), -1, SIZE, 2**62, 2**53, True, 421.5]
        )
        return (
            None
            if new == INDEX
            else put("index", (f"{new}", {**value, "leafIndex": new}), refused(RECEIPT, TEXT))
        )

    def note(rng: random.Random) -> Mutant | None:
        told = value["checkpoint"]
        lines = told.split("\n")
        at = rng.randrange(len(lines))
        other_lines = other["checkpoint"].split("\n")
        ways = {
            "a line of another": [*lines[:at], *other_lines[at : at + 1], *lines[at + 1 :]],
            "a line less": lines[:at] + lines[at + 1 :],
            "a line twice": [*lines[:at], lines[at], *lines[at:]],
            "a line more": [*lines[:at], "x", *lines[at:]],
            "a later time": [
                re if not re.startswith("Time") else "Time: 2020-01-01T00:00:00Z" for re in lines
            ],
            "another log": ["other.example/log", *lines[1:]],
            "cut off": told[: rng.randrange(len(told))].split("\n"),
            "with returns": [line + "\r" for line in lines],
        }
        what = rng.choice(sorted(ways))
        made = "\n".join(ways[what])
        # The signature twice is one signature; all else is another text or no note.
        expect = ACCEPTED if what == "a line twice" and lines[at].startswith("—") else wrong
        return (
            None
            if made == told
            else put("checkpoint", (f"{what} at {at}", {**value, "checkpoint": made}), expect)
        )

    def letter(rng: random.Random) -> Mutant | None:
        told = value["checkpoint"]
        at = rng.randrange(len(told))
        new = rng.choice("aZ09+/= \n—é\u0000")
        made = told[:at] + new + told[at + 1 :]
        return (
            None
            if made == told
            else put("letter of the checkpoint", (f"at {at}", {**value, "checkpoint": made}))
        )

    def others(rng: random.Random) -> Mutant | None:
        stranger = SigningKey.generate(KeyKind.ED25519)
        ways = {
            "of another credential": _receipt(INDEX + 1),
            "of another log": _receipt(INDEX, origin="other.example/log"),
            "signed by a stranger": _receipt(INDEX, signing=stranger),
            "the note of another size": {**value, "checkpoint": other["checkpoint"]},
            "the leaf of another": {**value, "leafHash": other["leafHash"]},
            "the leaf of the award on the path of another": {
                **_receipt(INDEX + 1),
                "leafHash": value["leafHash"],
            },
        }
        what = rng.choice(sorted(ways))
        return put("another receipt", (what, ways[what]))

    def bytes_changed(rng: random.Random) -> Mutant | None:
        data = text.encode()
        at = rng.randrange(len(data))
        ways = {
            "a bit": data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1 :],
            "one more": data[:at] + bytes([rng.randrange(256)]) + data[at:],
            "one less": data[:at] + data[at + 1 :],
            "cut off": data[:at],
        }
        what = rng.choice(sorted(ways))
        made = ways[what]
        return Mutant("bytes", f"{what} at {at}", made, ACCEPTED if edits.same_json(made, value) else wrong)

    def twice(rng: random.Random) -> Mutant | None:
        return put("member twice", edits.doubled(rng, text), refused("duplicate-key", "not-json"))

    return [
        kept,
        added,
        changed,
        shape,
        swap,
        path,
        path,
        index,
        note,
        note,
        letter,
        others,
        bytes_changed,
        twice,
    ]


def _next(letter: str) -> str:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    return alphabet[alphabet.index(letter) ^ 1]


def formats() -> Sequence[Format]:
    """Return the receipt that is attacked."""
    value = json.loads(json.dumps(_receipt(INDEX)))
    return [Format("log receipt", edits.written(value), _families(value), check)]
