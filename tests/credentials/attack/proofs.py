"""Mutants of the proof in a document: its members, its key, its signature, and proofs of others."""

from __future__ import annotations

import random
from typing import Any, Final

from gilde.credentials.keys import did
from gilde.credentials.keys.base58 import from_multibase, to_multibase
from gilde.credentials.keys.kinds import KeyKind, SigningKey, base64url
from gilde.credentials.linked.tables import EUROPEAN
from gilde.credentials.proofs import data_integrity
from tests.credentials.attack import json_edits as edits
from tests.credentials.attack.document import Document
from tests.credentials.attack.expected import ACCEPTED, Expect, Harmless, Mutant, Refused, refused
from tests.credentials.attack.reasons import FORM, PROOF, SIGNATURE
from tests.credentials.attack.world import OTHER_DID, Family
from tests.credentials.checking.world import ISSUED, key

# The order of the curve P-256: r and s below it, and with every signature (r, s) the one with (r, n − s).
N: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

# A proof is read as a part of the document as well, before it is read as a proof.
_FORM: Final = frozenset(
    {"no-address", "unknown-type", "wrong-value", "undefined-term", "not-compact", "not-json-ld"}
)


def families(of: Document) -> list[Family]:
    return [
        lambda rng: _with(of, "proof", _option(rng, of)),
        lambda rng: _with(of, "key", _key(rng, of)),
        lambda rng: _with(of, "signature", _value(rng, of)),
        lambda rng: _with(of, "proof of another", _proof_of_another(rng, of)),
        lambda rng: _with(of, "forged", _forged(rng, of)),
        lambda rng: _with(of, "more proofs", _more(rng, of)),
    ]


Proof = tuple[str, Any, Expect]


def _with(of: Document, family: str, made: Proof) -> Mutant | None:
    what, proof, expect = made
    if isinstance(expect, Refused):
        expect = refused(expect.reasons, _FORM)
    return of.mutant(family, (what, {**of.value, "proof": proof}), expect)


def _option(rng: random.Random, of: Document) -> Proof:
    """A member of the proof that is changed, missing, empty or added."""
    proof = of.value["proof"]
    name = rng.choice([each for each in proof if each not in ("proofValue", "@context")])
    strange: Any = rng.choice([None, "", [], {}, 7, True, [proof[name]], "gone", "text", "more"])
    wrong = refused(SIGNATURE, PROOF, {"type"})
    if strange == "gone":
        return f"{name} is gone", {word: each for word, each in proof.items() if word != name}, wrong
    if strange == "text":
        new = edits.other_text(rng, proof[name])
        return f"{name}: {new!r}", {**proof, name: new}, wrong
    if strange == "more":
        more, told = rng.choice(
            [
                ("expires", "2020-01-01T00:00:00Z"), ("expires", "2040-01-01T00:00:00Z"), ("id", "urn:uuid:1"),
                ("domain", "a.example"), ("challenge", "x"), ("nonce", "x"), ("previousProof", "urn:uuid:2"),
                ("unheardOf", "x"), ("jws", "x"), ("@context", [EUROPEAN]), ("@type", "DataIntegrityProof"),
            ]
        )  # fmt: skip
        again = more == "@type" and of.graph  # the same type once more says nothing more
        expect: Expect = Harmless(SIGNATURE | PROOF | FORM) if again else refused(SIGNATURE, PROOF, FORM)
        return f"{more} is added", {**proof, more: told}, expect
    return f"{name} is {strange!r}", {**proof, name: strange}, wrong


def _key(rng: random.Random, of: Document) -> Proof:
    """The name of another key: of the same school, of another, of nobody, or one that holds itself."""
    proof, own = of.value["proof"], key(of.kind)
    mine = did.new_key(of.kind)
    stranger = key(of.kind, issuer=OTHER_DID)
    names = {
        "another key of the school": key(of.kind, "second").method,
        "a key of another kind": key(KeyKind.P256 if of.kind == KeyKind.ED25519 else KeyKind.ED25519).method,
        "a key of another school": stranger.method,
        "a key that is not published": f"{own.method}x",
        "the key without its fragment": own.method.partition("#")[0],
        "a did:key of the attacker": mine.method,
        "a did:key of the school's own key": did.method_of_key(did.did_key(own.public)),
        "an http address": "https://scholen.example.be/key",
        "a relative name": "#key-1",
        "large letters": own.method.upper(),
    }
    what = rng.choice(sorted(names))
    # Its options are signed as well, so the same key under another name signed something else.
    return (
        what,
        {**proof, "verificationMethod": names[what]},
        refused(SIGNATURE, PROOF, {"key-point", "multibase"}),
    )


def _value(rng: random.Random, of: Document) -> Proof:
    """The signature itself: bits, length, coding, and for ECDSA its other form, which is as good."""
    proof = of.value["proof"]
    raw = from_multibase(proof["proofValue"])
    way = rng.randrange(9)
    wrong = refused(SIGNATURE, "signature-length", "proof-value")
    at = rng.randrange(len(raw))
    made: dict[int, tuple[str, Any]] = {
        0: (
            f"bit of byte {at}",
            to_multibase(raw[:at] + bytes([raw[at] ^ 1 << rng.randrange(8)]) + raw[at + 1 :]),
        ),
        1: ("cut", to_multibase(raw[:at])),
        2: ("longer", to_multibase(raw + bytes([rng.randrange(256)]))),
        3: ("in base64url", "u" + base64url(raw)),
        4: ("without its prefix", proof["proofValue"][1:]),
        5: ("a letter", edits.other_text(rng, proof["proofValue"])),
        6: ("nought", to_multibase(bytes(len(raw)))),
        7: ("halves swapped", to_multibase(raw[32:] + raw[:32])),
        8: ("a nought before", "z1" + proof["proofValue"][1:]),
    }
    if of.kind is KeyKind.P256 and way == 6 and rng.random() < 0.5:
        s = int.from_bytes(raw[32:], "big")
        return (
            "the other s",
            {**proof, "proofValue": to_multibase(raw[:32] + (N - s).to_bytes(32, "big"))},
            ACCEPTED,
        )
    what, new = made[way]
    return what, {**proof, "proofValue": new}, wrong


def _proof_of_another(rng: random.Random, of: Document) -> Proof:
    """The proof of another award, whole or in part."""
    theirs, proof = of.other["proof"], of.value["proof"]
    if rng.random() < 0.3:
        return "the proof of another", theirs, refused(SIGNATURE)
    return "the signature of another", {**proof, "proofValue": theirs["proofValue"]}, refused(SIGNATURE)


def _forged(rng: random.Random, of: Document) -> Proof:
    """A sound signature by a key that is not the issuer's, under its own name or that of the issuer."""
    document = of.unsecured()
    mine = did.new_key(of.kind)
    stranger = key(of.kind, issuer=OTHER_DID)
    way = rng.randrange(3)
    if way == 0:
        made = data_integrity.sign(document, mine, of.suite, created=ISSUED)
        return "signed by a did:key", made["proof"], refused("key-not-issuers")
    if way == 1:
        made = data_integrity.sign(document, stranger, of.suite, created=ISSUED)
        return "signed by another school", made["proof"], refused("key-not-issuers")
    lying = SigningKey(mine.kind, mine.private, key(of.kind).method)
    made = data_integrity.sign(document, lying, of.suite, created=ISSUED)
    return "signed by somebody as the school", made["proof"], refused(SIGNATURE)


def _more(rng: random.Random, of: Document) -> Proof:
    """Proofs beside the issuer's: each has to hold, and those of others change nothing."""
    proof = of.value["proof"]
    mine = did.new_key(of.kind)
    by_me = data_integrity.sign(of.unsecured(), mine, of.suite, created=ISSUED)["proof"]
    ways: list[Proof] = [
        ("one in a list", [proof], ACCEPTED),
        ("a sound one of somebody else", [proof, by_me], ACCEPTED),
        ("a sound one of somebody else first", [by_me, proof], ACCEPTED),
        (
            "a wrong one of somebody else",
            [proof, {**by_me, "created": "2024-01-01T00:00:00Z"}],
            refused(SIGNATURE),
        ),
        (
            "one of a suite that is not known",
            [proof, {**by_me, "cryptosuite": "bbs-2023"}],
            refused("cryptosuite"),
        ),
        ("no proof", [], refused("proof", "no-proof", "unsigned")),
        ("null beside it", [proof, None], refused("proof", "proof-form")),
        ("forty", [proof] * 40, refused("too-many-proofs")),
        ("the other signature alone", [by_me], refused("key-not-issuers")),
    ]
    return rng.choice(ways)
