"""Mutants of status lists in which an award is revoked: none of them may make it pass."""

from __future__ import annotations

import base64
import gzip
import json
import random
import zlib
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import cache
from typing import Any, Final

from gilde.credentials.keys.kinds import KeyKind
from gilde.credentials.proofs import jose
from gilde.credentials.verdict import Answer
from tests.credentials.attack import json_edits as edits
from tests.credentials.attack.document import Document
from tests.credentials.attack.documents import families
from tests.credentials.attack.expected import ACCEPTED, Expect, Harmless, Mutant, Outcome, outcome_of
from tests.credentials.attack.reasons import DISCLOSURE, LIST, PROOF, TEXT, TOKEN
from tests.credentials.attack.tokens import Token, jwt_families, meant, packed
from tests.credentials.attack.world import OTHER_DID, Family, Format, genuine
from tests.credentials.checking.world import NOW, SIZE, World, bit_list, key, token_list
from tests.credentials.facts_strategy import a_place

PLACE: Final = a_place()


def _around() -> World:
    """A world in which the award is revoked by every list of the school."""
    made = World(NOW)
    made.write_lists(revoked=[PLACE.index])
    for kind in (KeyKind.ED25519, KeyKind.P256):
        made.publish(key(kind, issuer=OTHER_DID))
        made.publish(key(kind, "second"))
    return made


def _checked(form: str, url: str) -> Callable[[bytes], Outcome]:
    """Return the check of the award with this list in the place of its own."""
    around = _around()

    def check(given: bytes) -> Outcome:
        around.lists[url] = given
        around.asked.clear()
        return outcome_of(around.check(genuine(form)))

    return check


class _NeverGood(Expect):
    """Of a list that is changed nothing is learned: neither that it was revoked, nor that it was not."""

    def __init__(self, reasons: frozenset[str]) -> None:
        self.reasons = reasons

    def why(self, found: Outcome, genuine: Outcome) -> str:
        if found.answer != Answer.CANNOT_TELL:
            return f"of a list that was changed it cannot be told, but the answer is {found.answer}"
        strange = found.reasons - self.reasons
        return f"the reason {sorted(strange)} is not that of the edit" if strange or not found.reasons else ""


class _NeverValid(Expect):
    """The list may be read or not, but it says that the award is revoked, and nothing else."""

    def __init__(self, reasons: frozenset[str]) -> None:
        self.reasons = reasons

    def why(self, found: Outcome, genuine: Outcome) -> str:
        if found.answer == genuine.answer:
            return "" if found.reasons == genuine.reasons else "another reason"
        return _NeverGood(self.reasons).why(found, genuine)


_WRONG: Final = LIST | PROOF | TEXT | TOKEN | DISCLOSURE


def _for_lists(family: Family) -> Family:
    """The edits of a document or token, where what is refused only cannot be told."""

    def made(rng: random.Random) -> Mutant | None:
        found = family(rng)
        if found is not None and found.family == "more proofs" and found.expect is ACCEPTED:
            # Of a list each proof has to be the issuer's, where of an award one is enough.
            return Mutant(found.family, found.what, found.data, _NeverValid(frozenset({"status-issuer"})))
        if found is None or found.expect is ACCEPTED:
            return found
        reasons = getattr(found.expect, "reasons", frozenset()) | _WRONG
        expect = _NeverValid(reasons) if isinstance(found.expect, Harmless) else _NeverGood(reasons)
        return Mutant(found.family, found.what, found.data, expect)

    return made


@cache
def _good(form: str) -> Any:
    """The lists of the school before the award was revoked, in force for as long: a replay."""
    made = World(NOW)
    return made.lists[PLACE.revocation if form == "vc" else PLACE.tokens]


def _other_lists(rng: random.Random) -> Mutant:
    """Sound lists that say "not revoked", and are not the one that counts."""
    url, moment = PLACE.revocation, NOW
    ways: dict[str, bytes] = {
        "signed by another school": bit_list(url, signed_with=key(issuer=OTHER_DID)),
        "issued by another school": bit_list(url, signed_with=key(issuer=OTHER_DID), issuer=OTHER_DID),
        "for suspension": bit_list(url, purposes=["suspension"]),
        "for messages": bit_list(url, purposes=["message"]),
        "of another address": bit_list(url + "2"),
        "of yesterday": bit_list(url, made=moment - timedelta(days=2)),
        "of tomorrow": bit_list(url, made=moment + timedelta(days=1)),
        "the list for suspension": _around().lists[PLACE.suspension],  # type: ignore[dict-item]
        "the award itself": genuine("vc eddsa-jcs-2022"),
        "a token list": _around().lists[PLACE.tokens],  # type: ignore[dict-item]
        "nothing": b"",
        "a page": b"<html><body>Maintenance</body></html>",
    }
    what = rng.choice(sorted(ways))
    return Mutant("another list", what, ways[what], _NeverGood(_WRONG | {"vc-claim", "no-proof", "typ"}))


def _bits(rng: random.Random) -> Mutant:
    """The bits themselves, changed or packed otherwise, under the old signature."""
    value = json.loads(_lists()[0])
    subject = value["credentialSubject"]
    packed_bits = base64.urlsafe_b64decode(subject["encodedList"][1:] + "==")
    bits = gzip.decompress(packed_bits)
    at = rng.randrange(len(bits))
    cleared = bits[: PLACE.index // 8] + b"\0" + bits[PLACE.index // 8 + 1 :]
    ways = {
        "the bit cleared": gzip.compress(cleared, mtime=0),
        "another bit set": gzip.compress(
            bits[:at] + bytes([bits[at] ^ 1 << rng.randrange(8)]) + bits[at + 1 :], mtime=0
        ),
        "packed otherwise": gzip.compress(
            bits, compresslevel=rng.randrange(1, 6), mtime=rng.randrange(1, 1 << 30)
        ),
        "cut off": packed_bits[: rng.randrange(len(packed_bits))],
        "longer": packed_bits + b"x",
        "two streams": packed_bits + packed_bits,
        "shorter": gzip.compress(bits[:2000]),
        "in zlib": zlib.compress(bits),
        "nothing": b"",
    }
    what = rng.choice(sorted(ways))
    told = "u" + base64.urlsafe_b64encode(ways[what]).rstrip(b"=").decode()
    new = {**value, "credentialSubject": {**subject, "encodedList": told}}
    return Mutant("bits", what, edits.written(new), _NeverGood(_WRONG | {"signature-wrong"}))


@cache
def _lists() -> tuple[bytes, bytes]:
    around = _around()
    revocation, tokens = around.lists[PLACE.revocation], around.lists[PLACE.tokens]
    assert isinstance(revocation, bytes)
    assert isinstance(tokens, bytes)
    return revocation, tokens


def _entries(rng: random.Random) -> Mutant:
    """The entries of a token list, changed under the old signature."""
    token = Token(_lists()[1].decode(), "", KeyKind.P256)
    head, body, signature = token.parts
    payload = json.loads(meant(body))
    entries = zlib.decompress(meant(payload["status_list"]["lst"]))
    at = PLACE.index // 4
    cleared = entries[:at] + b"\0" + entries[at + 1 :]
    ways: dict[str, Any] = {
        "the entry cleared": {"bits": 2, "lst": packed(zlib.compress(cleared))},
        "read as one bit": {"bits": 1, "lst": payload["status_list"]["lst"]},
        "read as four bits": {"bits": 4, "lst": payload["status_list"]["lst"]},
        "cut off": {"bits": 2, "lst": packed(zlib.compress(entries)[:-9])},
        "shorter": {"bits": 2, "lst": packed(zlib.compress(entries[:100]))},
        "empty": {"bits": 2, "lst": ""},
    }
    what = rng.choice(sorted(ways))
    made = ".".join([head, packed({**payload, "status_list": ways[what]}), signature])
    return Mutant("entries", what, made.encode(), _NeverGood(_WRONG | {"signature-wrong"}))


def _other_token_lists(rng: random.Random) -> Mutant:
    url = PLACE.tokens
    entries = {"bits": 2, "lst": packed(zlib.compress(bytes(SIZE)))}
    claims = {"sub": url, "iat": int(NOW.timestamp()), "status_list": entries}
    ways = {
        "signed by another school": token_list(url, signed_with=key(KeyKind.P256, issuer=OTHER_DID)),
        "of another address": token_list(url + "2"),
        "of yesterday": token_list(url, made=NOW - timedelta(days=2)),
        "of tomorrow": token_list(url, made=NOW + timedelta(days=1)),
        "a bitstring list": _lists()[0],
        "the award itself": genuine("sd-jwt"),
        "a token of another type": jose.sign(claims, key(KeyKind.P256), typ="JWT").encode(),
        "nothing": b"",
    }  # fmt: skip
    what = rng.choice(sorted(ways))
    return Mutant("another list", what, ways[what], _NeverGood(_WRONG | {"not-compact"}))


def formats() -> Sequence[Format]:
    """Return the lists that are attacked."""
    bitstring, tokens = _lists()
    other = json.loads(bit_list(PLACE.suspension, purposes=["suspension"]))
    of = Document(json.loads(bitstring), other, "eddsa-jcs-2022")
    # A list stands in no list itself, is no award, and comes as a file of its own.
    left_out = {"what was awarded", "place in a list", "packing", "context"}
    inside = [each for each in families(of) if _name(each) not in left_out]
    token = Token(tokens.decode(), token_list(PLACE.tokens + "2").decode(), KeyKind.P256)
    typs = ["JWT", "vc+jwt", "dc+sd-jwt", "kb+jwt"]
    entries = [each for each in jwt_families(token, typs) if _name(each) != "packing"]
    return [
        Format(
            "bitstring list", edits.written(of.value, spaces=True),
            [*map(_for_lists, inside), _other_lists, _bits], _checked("vc eddsa-jcs-2022", PLACE.revocation),
        ),
        Format(
            "token list", tokens, [*map(_for_lists, entries), _other_token_lists, _entries],
            _checked("sd-jwt", PLACE.tokens),
        ),
    ]  # fmt: skip


def _name(family: Family) -> str:
    """Return the name of what a family makes; "" where it makes nothing."""
    rng = random.Random(1)
    try:
        found = next((made for _attempt in range(50) if (made := family(rng)) is not None), None)
    except (IndexError, KeyError):
        return "what was awarded"
    return found.family if found else "what was awarded"
