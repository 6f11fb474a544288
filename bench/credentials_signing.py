"""Signing and verifying credentials by Data Integrity on one core, database not included."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import cycle
from typing import Any

from bench import Timing, thousand
from bench.credentials_canonical import documents
from gilde.credentials.keys.base58 import decode, encode
from gilde.credentials.keys.did import new_key, resolve_key
from gilde.credentials.keys.kinds import KeyKind, SigningKey
from gilde.credentials.proofs.data_integrity import Signer, verify

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
BATCH = 500
# Milliseconds for 1,000 on one core (issue 5, "Numbers"): 5,000 and 2,000 verified in a second, and 100,000 signed
# in 15 and 60 seconds on two cores; of a full one, with a hundred outcomes in three languages, 300 in a second.
VERIFY = {"eddsa-jcs-2022": 200.0, "eddsa-rdfc-2022": 500.0}
FULL = 1000 / 0.3
SIGN = {"eddsa-jcs-2022": 300.0, "eddsa-rdfc-2022": 1200.0}
PAIRS = [
    ("eddsa-jcs-2022", KeyKind.ED25519),
    ("eddsa-rdfc-2022", KeyKind.ED25519),
    ("ecdsa-jcs-2019", KeyKind.P256),
    ("ecdsa-rdfc-2019", KeyKind.P256),
    ("ecdsa-rdfc-2019", KeyKind.P384),
]


def run() -> tuple[str, Sequence[Timing]]:
    """Return how long 1,000 small credentials take, each of another holder, and the mathematics alone."""
    timings = []
    for suite, kind in PAIRS:
        key = new_key(kind)
        signer = Signer(key, suite, created=NOW)
        signed = [
            Signer(key, suite, created=NOW - timedelta(seconds=at)).sign(_credential(at))
            for at in range(BATCH)
        ]
        plain, secured = cycle([_credential(at) for at in range(BATCH)]), cycle(signed)
        name = f"{suite}, {kind.value}"
        timings.append(_timing(f"sign: {name}", signer.sign, plain, SIGN.get(suite)))
        timings.append(_timing(f"verify: {name}", _verified, secured, VERIFY.get(suite)))
    key = new_key(KeyKind.ED25519)
    # The badge says the same in two and a half times as many facts; a European one is sealed, see credentials_edc.
    for name, limit in (("credential", FULL), ("badge", None)):
        full = Signer(key, "eddsa-rdfc-2022", created=NOW).sign(documents()[name])
        label = f"verify: eddsa-rdfc-2022, full {name}"
        timings.append(thousand(label, partial(_verified, full), limit=limit, each=2))
    timings += _mathematics(new_key(KeyKind.ED25519))
    told = {timing.name: 1000 / timing.median for timing in timings}
    lines = [f"{name:40} {rate:8.1f} thousand a second" for name, rate in told.items()]
    return "\n".join(["Data Integrity, milliseconds for 1,000 on one core", *lines]), timings


def _verified(document: dict[str, Any]) -> object:
    return verify(document, resolve_key, now=NOW, purpose="assertionMethod")


def _mathematics(key: SigningKey) -> list[Timing]:
    data = bytes(64)
    signature = key.sign(data)
    text = encode(signature)
    works: dict[str, Callable[[Any], object]] = {
        "Ed25519 alone: sign": key.sign,
        "Ed25519 alone: verify": lambda each: key.public.verify(signature, each),
        "base58 of a signature: write": lambda each: encode(signature),
        "base58 of a signature: read": lambda each: decode(text),
    }
    return [_timing(name, work, cycle([data]), None) for name, work in works.items()]


def _timing(name: str, work: Callable[[Any], object], over: Iterator[Any], limit: float | None) -> Timing:
    return thousand(name, lambda: work(next(over)), limit=limit)


def _credential(at: int) -> dict[str, Any]:
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": f"urn:uuid:00000000-0000-4000-8000-{at:012x}",
        "type": ["VerifiableCredential"],
        "name": "Certificate of bakery",
        "description": "A small credential.",
        "issuer": "did:web:school.example",
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": f"urn:uuid:10000000-0000-4000-8000-{at:012x}", "name": f"Person {at}"},
    }
