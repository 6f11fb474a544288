"""Signed tokens: an award as SD-JWT VC issued, shown and verified, VC-JWT, and a status list of a million entries."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from bench import Timing, thousand, timed
from gilde.credentials.facts import (
    Achievement,
    Body,
    Credit,
    Facts,
    Kind,
    Level,
    Outcome,
    Person,
    StatusPlace,
)
from gilde.credentials.keys.did import did_of, new_key, resolve_key
from gilde.credentials.keys.kinds import KeyKind, SigningKey
from gilde.credentials.proofs import sd_jwt, vc_jwt
from gilde.credentials.renderings import sd_jwt_vc
from gilde.credentials.status import tokens

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LISTS = "https://gilde.example.be/status/1"
ASKED = {"audience": "https://employer.example", "nonce": "n-0S6_WzA2Mj"}


def run() -> tuple[str, list[Timing]]:
    """Return the milliseconds of processor for a thousand of each; a thousand a 200 ms are five thousand a second."""
    made: list[Timing] = []
    for kind in (KeyKind.P256, KeyKind.ED25519):
        made += _sd_jwt(new_key(kind))
    made += [_status_list(), _status_lookups()]
    return "Signed tokens (ms for a thousand; the limits are the numbers asked for per core)", made


def _sd_jwt(key: SigningKey) -> list[Timing]:
    wallet, name = new_key(KeyKind.P256), key.kind.algorithm
    award = replace(_award(), issuer=Body(id=did_of(key.method), name={"nl": "Lasschool Gent"}, country="BE"))
    place = StatusPlace(
        4711, f"{LISTS}/revocation", f"{LISTS}/suspension", f"{LISTS}/stopped", f"{LISTS}/tokens"
    )

    def issue() -> str:
        return sd_jwt_vc.issue(
            award, place, key, vct="https://gilde.example.be/vct/award", holder_key=wallet.public
        )

    whole, paths = issue(), sd_jwt_vc.paths(outcomes=[1, 3])
    shown = sd_jwt.present(whole, paths)
    bound = sd_jwt.present(whole, paths, holder_key=wallet, now=NOW, **ASKED)
    document = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": did_of(key.method),
        "validFrom": "2025-06-30T08:00:00Z",
        "credentialSubject": {"id": did_of(wallet.method), "name": "Noor Vercauteren"},
    }
    token = vc_jwt.secure(document, key)
    signature, data = key.sign(b"x" * 1500), b"x" * 1500
    return [
        thousand(f"{name}: the signature alone", lambda: key.public.verify(signature, data)),
        thousand(f"{name}: verify SD-JWT VC, name and two outcomes", lambda: _verified(shown), limit=200),
        thousand(f"{name}: verify SD-JWT VC, all eleven disclosures", lambda: _verified(whole)),
        thousand(f"{name}: verify SD-JWT VC and the holder's proof", lambda: _verified(bound, **ASKED)),
        thousand(f"{name}: verify VC-JWT", lambda: vc_jwt.read(token, resolve_key), limit=200),
        thousand(f"{name}: issue SD-JWT VC", issue),
    ]


def _verified(token: str, **asked: Any) -> sd_jwt.Shown:
    return sd_jwt.verify(token, resolve_key, now=NOW, **asked)


def _status_list() -> Timing:
    key = new_key(KeyKind.P256)
    revoked = {index * 97 % 1_000_000: 1 + index % 2 for index in range(20_000)}

    def build() -> str:
        entries = tokens.build(1_000_000, revoked)
        return tokens.sign(
            entries,
            key,
            uri=f"{LISTS}/tokens",
            now=NOW,
            lasts=timedelta(days=1),
            refresh=timedelta(minutes=5),
        )

    times, cpu = zip(*(timed(build) for _run in range(5)), strict=True)
    return Timing("status list of a million, 2 % not valid, built and signed", times, cpu, limit=1000)


def _status_lookups() -> Timing:
    key = new_key(KeyKind.P256)
    uri = f"{LISTS}/tokens"
    token = tokens.sign(
        tokens.build(1_000_000), key, uri=uri, now=NOW, lasts=timedelta(days=1), refresh=timedelta(minutes=5)
    )
    times, cpu = zip(
        *(timed(lambda: tokens.read(token, resolve_key, uri=uri).status(7)) for _run in range(9)), strict=True
    )
    return Timing("status list of a million, verified and read", times, cpu)


def _award() -> Facts:
    return Facts(
        id="urn:uuid:3f0c2a52-6c4e-4b0e-9d4b-0c1c9f5f6a01",
        kind=Kind.CERTIFICATE,
        achievement=Achievement(
            id="https://gilde.example.be/id/achievement/6f9c1f0e-0e55-4f3c-8a0d-1f1f2f6a7b10",
            title={"nl": "Hoeklasser", "en": "Fillet welder"},
            criteria={"nl": "Praktijkproef van vier uur en een gesprek, beide geslaagd."},
        ),
        holder=Person(
            "urn:uuid:6c4e4b0e-9d4b-4c1c-9f5f-6a013f0c2a52", "Noor", "Vercauteren", date(2004, 5, 17)
        ),
        issuer=Body("did:web:example.be", {"nl": "Lasschool Gent"}),
        awarded_on=date(2025, 6, 27),
        valid_from=datetime(2025, 6, 30, 8, tzinfo=UTC),
        valid_until=datetime(2035, 6, 30, 8, tzinfo=UTC),
        level=Level(framework="VKS", label="3", eqf=3),
        outcomes=tuple(
            Outcome(f"https://gilde.example.be/id/outcome/{number}", {"nl": f"leerresultaat {number}"})
            for number in range(6)
        ),
        hours=Decimal(320),
        credit=Credit(Decimal("12.5")),
        language="nl",
    )
