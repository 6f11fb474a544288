"""Mutants of what a wallet shows: SD-JWT by disclosures, with and without a proof of the holder."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from gilde.core.errors import GildeError
from gilde.credentials.checking import documents as checking
from gilde.credentials.checking.notes import Notes
from gilde.credentials.keys.kinds import KeyKind, SigningKey
from gilde.credentials.proofs import jose, sd_jwt
from gilde.credentials.renderings import sd_jwt_vc
from tests.credentials.attack import json_edits as edits
from tests.credentials.attack.expected import (
    ACCEPTED,
    WITHHELD,
    Expect,
    Mutant,
    Outcome,
    outcome_of,
    outcome_of_error,
    refused,
)
from tests.credentials.attack.reasons import BINDING, DISCLOSURE, SIGNATURE, TEXT, TOKEN
from tests.credentials.attack.tokens import ALPHABET, Token, coding, jwt_families, meant, packed, read
from tests.credentials.attack.world import (
    OTHER_DID,
    Family,
    Format,
    another,
    check,
    check_revoked,
    genuine,
    other_facts,
    other_place,
    world,
)
from tests.credentials.checking.world import NOW, World, key
from tests.credentials.facts_strategy import a_facts, a_place


def sd_families(whole: str, other: str) -> list[Family]:
    """Return the ways to edit what a holder shows, where nothing proves who shows it."""
    jwt, *shown, _end = whole.split("~")
    theirs = other.split("~")[1:-1]

    def put(disclosures: Sequence[str]) -> bytes:
        return "~".join([jwt, *disclosures, ""]).encode()

    def edited(rng: random.Random) -> Mutant:
        at = rng.randrange(len(shown))
        what, new = _disclosure(rng, shown[at])
        return Mutant(
            "disclosure",
            f"{what} of {at}",
            put([*shown[:at], new, *shown[at + 1 :]]),
            refused(DISCLOSURE, TEXT),
        )

    def withheld(rng: random.Random) -> Mutant:
        kept = [each for each in shown if rng.random() < 0.5]
        # One that is inside another cannot be opened without it, and then opens nothing.
        return Mutant("withheld", f"{len(kept)} of {len(shown)} are shown", put(kept), _Some(whole, kept))

    def moved(rng: random.Random) -> Mutant:
        return Mutant("order of disclosures", "another order", put(rng.sample(shown, len(shown))), ACCEPTED)

    def doubled(rng: random.Random) -> Mutant:
        each = rng.choice(shown)
        return Mutant("disclosure twice", each[:20], put([*shown, each]), refused(DISCLOSURE))

    def foreign(rng: random.Random) -> Mutant:
        each = rng.choice(theirs)
        ways = {"more": [*shown, each], "instead": [each, *shown[1:]], "alone": [each], "all": theirs}
        what = rng.choice(sorted(ways))
        return Mutant("disclosure of another", what, put(ways[what]), refused(DISCLOSURE))

    def made_up(rng: random.Random) -> Mutant:
        content = rng.choice(
            [
                ["c2FsdA", "assessment", {"grade": "20/20"}], ["c2FsdA", "status", {}], ["c2FsdA", "_sd", []],
                ["c2FsdA", "exp", 9999999999], ["c2FsdA", {"title": {"nl": "Meester"}}], [], "x", ["c2FsdA"], {},
                [1, "given_name", "Jan"], ["c2FsdA", "iss", OTHER_DID],
            ]
        )  # fmt: skip
        return Mutant("disclosure made up", str(content), put([*shown, packed(content)]), refused(DISCLOSURE))

    def joined(rng: random.Random) -> Mutant:
        text = "~".join([jwt, *shown, ""])
        tilde = rng.choice([at for at, letter in enumerate(text) if letter == "~"])
        ways = {
            "one tilde less": text[:tilde] + text[tilde + 1 :],
            "one tilde more": text[:tilde] + "~" + text[tilde:],
            "the last tilde gone": text[:-1],
            "a token behind": text + jwt,
            "a word behind": text + "abc",
        }
        what = rng.choice(sorted(ways))
        wrong = refused(DISCLOSURE, BINDING, TOKEN, SIGNATURE, TEXT)
        return Mutant("tildes", f"{what} at {tilde}", ways[what].encode(), wrong)

    return [edited, edited, withheld, moved, doubled, foreign, made_up, joined]


@dataclass(frozen=True)
class _Some(Expect):
    """What is shown of a whole: valid where each that is shown is opened, refused where one opens nothing."""

    whole: str
    kept: Sequence[str]

    def why(self, found: Outcome, genuine: Outcome) -> str:
        if any(inner in self.kept and outer not in self.kept for outer, inner in _nested(self.whole)):
            return refused(DISCLOSURE).why(found, genuine)
        return WITHHELD.why(found, genuine)


@cache
def _nested(whole: str) -> list[tuple[str, str]]:
    """Return the disclosures that stand in others: outer and inner."""
    shown = whole.split("~")[1:-1]
    digests = {packed(hashlib.sha256(each.encode()).digest()): each for each in shown}
    return [
        (outer, digests[named])
        for outer in shown
        for _path, named in edits.places(read(outer))
        if isinstance(named, str) and named in digests
    ]


def _disclosure(rng: random.Random, text: str) -> tuple[str, str]:
    content = read(text)
    way = rng.randrange(5)
    if way == 0:
        what, new = edits.replaced(rng, content) or ("", content)
        return what, packed(new)
    if way == 1:
        what, new = edits.misshapen(rng, content)
        return what, packed(new)
    if way == 2:
        return coding(rng, text)
    if way == 3:
        ways = [edits.spaced(rng, meant(text).decode()), edits.escaped(rng, meant(text).decode())]
        what, new = rng.choice([each for each in ways if each])
        return what, packed(new.encode())
    at = rng.randrange(len(text))
    return f"letter {at}", text[:at] + rng.choice(ALPHABET.replace(text[at], "")) + text[at + 1 :]


# With a proof of the holder

AUDIENCE, NONCE = "https://employer.example", "n-0S6_WzA2Mj"


@cache
def wallet() -> SigningKey:
    return SigningKey.generate(KeyKind.P256)


@cache
def presented(*, other: bool = False, nonce: str = NONCE, audience: str = AUDIENCE) -> str:
    """Return an award as its holder presents it to an employer."""
    facts, place = (other_facts(), other_place()) if other else (a_facts(), a_place())
    vct = "https://gilde.example/credentials/types/award"
    whole = sd_jwt_vc.issue(facts, place, key(KeyKind.P256), vct=vct, holder_key=wallet().public)
    return sd_jwt.present(whole, holder_key=wallet(), audience=audience, nonce=nonce, now=NOW)


def check_presented(given: bytes) -> Outcome:
    """Check what was presented, as one who asked for it with an audience and a nonce."""
    return _presented(given, world())


def _presented(given: bytes, around: World) -> Outcome:
    around.asked.clear()
    notes = Notes(around.now, "sd-jwt")
    try:
        checking.selective(notes, given.decode("utf-8", "replace"), around, audience=AUDIENCE, nonce=NONCE)
    except GildeError as error:
        return outcome_of_error(error)
    return outcome_of(notes.verdict())


def bound_families(whole: str) -> list[Family]:
    """Return the ways to edit a presentation that is bound to its holder, who asked and when."""
    *parts, binding = whole.split("~")
    head = "~".join([*parts, ""])
    token = Token(binding, presented(other=True).rpartition("~")[2], KeyKind.P256)
    wrong = refused(BINDING, TOKEN, SIGNATURE, TEXT, DISCLOSURE, {"jwk"})
    inner = jwt_families(token, ["kb+jwt", "vc+jwt", "dc+sd-jwt", "JWT", "statuslist+jwt"])[:-1]

    def around(family: Family) -> Family:
        def made(rng: random.Random) -> Mutant | None:
            found = family(rng)
            if found is None:
                return None
            expect = found.expect if found.expect is ACCEPTED else wrong
            return Mutant(f"binding: {found.family}", found.what, head.encode() + found.data, expect)

        return made

    def shown(rng: random.Random) -> Mutant:
        """Any other choice of disclosures than the holder made."""
        jwt, *disclosures = parts
        ways: dict[str, list[str]] = {
            "one less": rng.sample(disclosures, len(disclosures) - 1),
            "another order": disclosures[::-1],
            "one twice": [*disclosures, disclosures[0]],
            "none": [],
        }
        what = rng.choice(sorted(ways))
        return Mutant("shown", what, "~".join([jwt, *ways[what], binding]).encode(), wrong)

    def replayed(rng: random.Random) -> Mutant:
        ways = {
            "for another nonce": presented(nonce="another"),
            "for another employer": presented(audience="https://other.example"),
            "without a proof": head,
            "with the proof of another": head + presented(other=True).rpartition("~")[2],
            "by the key of another": head + _bound_by(head, SigningKey.generate(KeyKind.P256)),
            "by the school itself": head + _bound_by(head, key(KeyKind.P256)),
        }
        what = rng.choice(sorted(ways))
        return Mutant("replayed", what, ways[what].encode(), refused(BINDING))

    return [*(around(each) for each in inner), shown, replayed, replayed]


def _bound_by(head: str, signing: SigningKey) -> str:
    claims = {"iat": int(NOW.timestamp()), "aud": AUDIENCE, "nonce": NONCE}
    claims["sd_hash"] = packed(hashlib.sha256(head.encode()).digest())
    return jose.sign(claims, SigningKey(signing.kind, signing.private, ""), typ="kb+jwt")


def formats() -> Sequence[Format]:
    """Return the wallets' credentials that are attacked: as anybody shows them, and as their holder presents them."""
    typs = ["vc+jwt", "JWT", "vp+jwt", "kb+jwt", "statuslist+jwt", "vc+sd-jwt", "", "jwt"]
    whole, other = genuine("sd-jwt").decode(), another("sd-jwt").decode()
    signed = Token(
        whole.partition("~")[0], other.partition("~")[0], KeyKind.P256, "~" + whole.partition("~")[2]
    )
    bound = presented()

    def revoked(given: bytes) -> Outcome:
        return _presented(given, world(revoked=True))

    inside = [*jwt_families(signed, typs), *sd_families(whole, other) * 2]
    return [
        Format("sd-jwt", whole.encode(), inside, check, check_revoked),
        Format("sd-jwt with its holder", bound.encode(), bound_families(bound), check_presented, revoked),
    ]
