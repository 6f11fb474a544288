"""Mutants of European Digital Credentials: what is under the seal (JAdES), the seal, and what was added later."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Sequence
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding

from gilde.credentials.proofs import jades
from tests.credentials.attack import json_edits as edits
from tests.credentials.attack.expected import ACCEPTED, Harmless, Mutant, refused
from tests.credentials.attack.proofs import N
from tests.credentials.attack.reasons import FORM, SEAL, SIGNATURE, TEXT
from tests.credentials.attack.tokens import ALPHABET, meant, packed
from tests.credentials.attack.world import Family, Format, another, check, check_revoked, genuine
from tests.credentials.checking.world import ISSUED
from tests.credentials.proofs import sealing

Json = dict[str, Any]


def _edc_families(whole: bytes, other: bytes) -> list[Family]:
    told = json.loads(whole)
    theirs = json.loads(other)
    text = whole.decode()
    seal: Json = told["signatures"][0]
    header: Json = json.loads(meant(seal["protected"]))
    payload: Json = json.loads(told["payload"])
    wrong = refused(SIGNATURE, SEAL, TEXT, FORM)

    def put(family: str, what: str, made: Any, expect: Any = wrong) -> Mutant:
        data = made if isinstance(made, bytes) else edits.written(made)
        return Mutant(family, what, data, expect)

    def sealed(new: str, **parts: Any) -> Json:
        return {"payload": new, "signatures": [{**seal, **parts}]}

    def kept(rng: random.Random) -> Mutant | None:
        ways = [edits.spaced(rng, text), edits.escaped(rng, text), edits.reordered(rng, told)]
        made = rng.choice([each for each in ways if each])
        return put(
            "the file written otherwise",
            made[0],
            made[1].encode() if isinstance(made[1], str) else made[1],
            ACCEPTED,
        )

    def flattened(rng: random.Random) -> Mutant:
        ways = {
            "flattened": {"payload": told["payload"], **seal},
            "with a byte order mark": b"\xef\xbb\xbf" + whole,
            "in a list of one": b"[" + whole + b"]",
        }
        what = rng.choice(sorted(ways))
        return put("packing", what, ways[what], ACCEPTED)

    def claim(rng: random.Random) -> Mutant | None:
        made = edits.replaced(rng, payload)
        return made and put("claim", made[0], sealed(edits.written(made[1]).decode()), refused(SIGNATURE))

    def shape(rng: random.Random) -> Mutant:
        what, new = edits.misshapen(rng, payload)
        return put("shape", what, sealed(edits.written(new).decode()), refused(SIGNATURE))

    def swap(rng: random.Random) -> Mutant | None:
        made = edits.swapped(rng, payload, json.loads(theirs["payload"]))
        return made and put(
            "part of another", made[0], sealed(edits.written(made[1]).decode()), refused(SIGNATURE)
        )

    def written(rng: random.Random) -> Mutant | None:
        """The payload with the same meaning in another writing: the seal is over its bytes."""
        inner = told["payload"]
        ways = [edits.spaced(rng, inner), edits.escaped(rng, inner), edits.reordered(rng, payload)]
        made = rng.choice([each for each in ways if each])
        new = made[1] if isinstance(made[1], str) else edits.written(made[1]).decode()
        if new == inner:
            return None
        return put("payload written otherwise", made[0], sealed(new), refused(SIGNATURE))

    def letter(rng: random.Random) -> Mutant:
        inner = told["payload"]
        return put(
            "payload",
            "another text",
            sealed(edits.other_text(rng, inner)),
            refused(SIGNATURE, "lone-surrogate"),
        )

    def headed(rng: random.Random) -> Mutant:
        what, new = _seal_header(rng, header)
        return put("header", what, sealed(told["payload"], protected=packed(new)))

    def header_text(rng: random.Random) -> Mutant | None:
        inner = meant(seal["protected"]).decode()
        ways = [
            edits.spaced(rng, inner),
            edits.escaped(rng, inner),
            edits.doubled(rng, inner),
            edits.broken(rng, inner),
        ]
        made = rng.choice([each for each in ways if each])
        if made[1] == inner:
            return None
        return put(
            "header written otherwise", made[0], sealed(told["payload"], protected=packed(made[1].encode()))
        )

    def signature(rng: random.Random) -> Mutant:
        raw = meant(seal["signature"])
        at = rng.randrange(len(raw))
        if rng.random() < 0.1:
            # The stamp is over the signature as it was, so that it fits no more; without it the seal is as good.
            s = (N - int.from_bytes(raw[32:], "big")).to_bytes(32, "big")
            new = {name: each for name, each in seal.items() if name != "header"} | {
                "signature": packed(raw[:32] + s)
            }
            return put(
                "signature",
                "the other s, without stamp",
                {"payload": told["payload"], "signatures": [new]},
                ACCEPTED,
            )
        ways = {
            "a bit": packed(raw[:at] + bytes([raw[at] ^ 1 << rng.randrange(8)]) + raw[at + 1 :]),
            "cut": packed(raw[:at]),
            "longer": packed(raw + b"x"),
            "empty": "",
            "halves swapped": packed(raw[32:] + raw[:32]),
            "with padding": seal["signature"] + "==",
            "bits left over": seal["signature"][:-1] + ALPHABET[ALPHABET.index(seal["signature"][-1]) ^ 1],
            "of another": theirs["signatures"][0]["signature"],
            "no text": 7,
        }
        what = rng.choice(sorted(ways))
        return put("signature", what, sealed(told["payload"], signature=ways[what]))

    def parts(rng: random.Random) -> Mutant:
        their_seal = theirs["signatures"][0]
        ways: dict[str, Any] = {
            "the seal of another": sealed(told["payload"], **their_seal),
            "the payload of another": sealed(theirs["payload"]),
            "the header of another": sealed(told["payload"], protected=their_seal["protected"] + "A"),
            "two seals": {**told, "signatures": [seal, their_seal]},
            "no seals": {**told, "signatures": []},
            "no payload": {"signatures": [seal]},
            "a member more": {**told, "payload2": "x"},
            "a member more in the seal": sealed(told["payload"], x="y"),
            "an open header": sealed(told["payload"], header={**seal.get("header", {}), "alg": "none"}),
            "payload as an object": {**told, "payload": payload},
            "payload in base64": {**told, "payload": packed(told["payload"].encode())},
            "cut off": whole[: rng.randrange(1, len(whole))],
            "both forms": {**told, "signature": seal["signature"], "protected": seal["protected"]},
        }
        what = rng.choice(sorted(ways))
        return put("parts", what, ways[what])

    def stamped(rng: random.Random) -> Mutant:
        what, later, expect = _later(rng, seal["header"]["etsiU"], theirs["signatures"][0]["header"]["etsiU"])
        changed = sealed(told["payload"], header={"etsiU": later} if later is not None else {})
        return put("what was added later", what, changed, expect)

    def forged(rng: random.Random) -> Mutant:
        what, made, reasons = _forged_seal(rng, told["payload"].encode())
        return put("forged", what, made, refused(reasons))

    def twice(rng: random.Random) -> Mutant | None:
        made = edits.doubled(rng, text[-6000:])
        return made and put(
            "member twice", made[0], (text[:-6000] + made[1]).encode(), refused("duplicate-key", "not-json")
        )

    return [
        kept, flattened, claim, claim, shape, swap, written, letter, headed, header_text, signature, parts, stamped,
        forged, twice,
    ]  # fmt: skip


def _seal_header(rng: random.Random, header: Json) -> edits.Edit:
    chain = header["x5c"]
    stranger = base64.b64encode(_stranger().certificate.public_bytes(Encoding.DER)).decode()
    told: list[tuple[str, Any]] = [
        *(("alg", each) for each in ("none", "HS256", "RS256", "PS256", "ES384", "ES512", "EdDSA", "", 1)),
        *(("b64", each) for each in (True, None, "false", 0)),
        *(("crit", each) for each in ([], ["b64", "b64"], ["b64", "exp"], ["exp"], None, "b64", ["b64", "sigT"])),
        ("x5c", []), ("x5c", chain[:1]), ("x5c", chain[::-1]), ("x5c", [stranger, *chain[1:]]), ("x5c", [stranger]),
        ("x5c", [chain[0] + "A"]), ("x5c", ["MIIB"]), ("x5c", None), ("x5c", chain * 15),
        ("x5t#S256", packed(b"x" * 32)), ("x5t#S256", None), ("x5t#S256", 7),
        ("iat", header["iat"] + 1), ("iat", None), ("iat", "now"), ("iat", 10**18), ("iat", True),
        ("sigT", "2025-01-01T00:00:00Z"), ("sigT", "x"), ("typ", "JWT"), ("cty", "json"), ("kid", "x"),
        ("sigD", {"mId": "x"}), ("etsiU", []), ("adoTst", {}), ("unheardOf", "x"), ("jwk", {}),
    ]  # fmt: skip
    name, value = rng.choice(
        [(word, each) for word, each in told if header.get(word, "") != each or word not in header]
    )
    if value is None:
        return f"{name} is gone", {word: each for word, each in header.items() if word != name}
    return f"{name} is {str(value)[:40]!r}", {**header, name: value}


def _later(rng: random.Random, added: list[Any], theirs: list[Any]) -> tuple[str, Any, Any]:
    """What stands outside the seal, and what has to come of it: nothing of it is signed by the school."""
    stamp = json.loads(meant(added[0]))
    token = base64.b64decode(stamp["sigTst"]["tstTokens"][0]["val"])
    at = rng.randrange(len(token))
    bent = token[:at] + bytes([token[at] ^ 1 << rng.randrange(8)]) + token[at + 1 :]

    def stamped(data: bytes) -> list[str]:
        return [packed({"sigTst": {"tstTokens": [{"val": base64.b64encode(data).decode()}]}})]

    wrong = refused(SEAL, SIGNATURE, TEXT)
    ways: dict[str, tuple[Any, Any]] = {
        "none": (None, ACCEPTED),
        "an empty list": ([], ACCEPTED),
        "something unknown more": ([*added, packed({"xyz": []})], ACCEPTED),
        "the same stamp twice": ([*added, *added], ACCEPTED),
        "not in base64url": ([stamp], ACCEPTED),
        "the stamp of another": (theirs, wrong),
        "the stamp of another more": ([*added, *theirs], wrong),
        f"a bit of the stamp at {at}": (stamped(bent), Harmless(wrong.reasons)),
        "a stamp cut off": (stamped(token[:at]), wrong),
        "no list": ({}, wrong),
        "a broken entry": ([added[0][:-3]], wrong),
        "a number": ([7], wrong),
    }
    what = rng.choice(sorted(ways))
    return what, *ways[what]


@cache
def _stranger() -> Any:
    return sealing.root(7).sealer(
        sealing.NAME, since=sealing.SINCE, until=sealing.UNTIL, country="BE", legal_id=sealing.LEGAL_ID
    )


@cache
def _neighbour() -> Any:
    return sealing.root().sealer(
        "Kookschool", since=sealing.SINCE, until=sealing.UNTIL, country="BE", legal_id="VATBE-0999999999"
    )


@cache
def _forgeries(payload: bytes) -> dict[str, tuple[bytes, frozenset[str]]]:
    return {
        "by an authority of one's own": (
            jades.seal(payload, _stranger(), ISSUED),
            frozenset({"seal-unknown"}),
        ),
        "by another school": (jades.seal(payload, _neighbour(), ISSUED), frozenset({"seal-of-another"})),
        "by a certificate for encrypting": (
            jades.seal(payload, sealing.unfit_sealer(), ISSUED),
            frozenset({"certificate-not-for-seals", "seal-of-another"}),
        ),
    }


def _forged_seal(rng: random.Random, payload: bytes) -> tuple[str, bytes, frozenset[str]]:
    made = _forgeries(payload)
    what = rng.choice(sorted(made))
    return what, *made[what]


def formats() -> Sequence[Format]:
    """Return the sealed credential that is attacked."""
    edc = genuine("edc")
    return [Format("edc", edc, _edc_families(edc, another("edc")), check, check_revoked)]
