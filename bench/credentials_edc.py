"""European Digital Credentials: written, read, held against the official shapes, sealed and checked."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from bench import Timing, timed
from gilde.credentials.facts import (
    Achievement,
    Assessment,
    Body,
    Credit,
    Facts,
    Kind,
    Level,
    Outcome,
    OutcomeKind,
    Person,
)
from gilde.credentials.keys.authority import Authority, SealKind
from gilde.credentials.proofs import jades
from gilde.credentials.renderings import edc, edc_shapes

# Milliseconds. At issue a credential is written, held against the shapes and sealed: tens of them in all.
LIMIT = 50.0
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
_SHAPES = "elm/rdf"


def run() -> tuple[str, Sequence[Timing]]:
    """Return how long each takes for one credential with twenty outcomes."""
    facts = _facts()
    document = edc.render(facts)
    payload = json.dumps(document, ensure_ascii=False).encode()
    timings = [
        _times("write", lambda: edc.render(facts)),
        _times("read", lambda: edc.facts(document)),
        *_against_the_shapes(facts),
    ]
    for kind in (SealKind.P256, SealKind.RSA2048):
        authority = Authority.make("Root", since=NOON - timedelta(days=9), kind=kind)
        sealer = authority.sealer("School", since=NOON - timedelta(days=1), kind=kind, country="BE")
        sealed = jades.seal(payload, sealer, NOON)
        anchors = [authority.certificate]
        timings.append(_times(f"seal, {kind}", lambda: jades.seal(payload, sealer, NOON)))  # noqa: B023
        timings.append(
            _times(f"check a seal, {kind}", lambda: jades.verify(sealed, now=NOON, anchors=anchors))  # noqa: B023
        )
    return "European Digital Credentials", timings


def _against_the_shapes(facts: Facts) -> list[Timing]:
    """Return how long the shapes take, once and again; nothing without the folder of reference files."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("GILDE_REFERENCE_DATA") or beside) / _SHAPES
    if not folder.exists():
        return []
    document = edc.render(facts)
    clock, cpu = timed(lambda: edc_shapes.problems(document, folder))
    return [
        Timing("shapes, the first time", [clock], [cpu]),
        _times("shapes, again", lambda: edc_shapes.problems(document, folder)),
    ]


def _times(name: str, work: Callable[[], object]) -> Timing:
    taken = [timed(work) for _turn in range(25)]
    return Timing(name, [clock for clock, _cpu in taken], [cpu for _clock, cpu in taken], limit=LIMIT)


def _facts() -> Facts:
    return Facts(
        id="urn:uuid:3f0c2a52-6c4e-4b0e-9d4b-0c1c9f5f6a01",
        kind=Kind.CERTIFICATE,
        achievement=Achievement(
            id="https://gilde.example/id/achievement/1", title={"nl": "Hoeklasser", "en": "Fillet welder"}
        ),
        holder=Person(id="urn:uuid:1", given_name="Noor", family_name="Vercauteren", born=date(2004, 5, 17)),
        issuer=Body(id="did:web:gilde.example", name={"nl": "School"}, country="BE", legal_id="0123"),
        awarded_on=date(2025, 6, 27),
        valid_from=NOON,
        assessment=Assessment(title={"nl": "Proef"}, grade="16/20", on=date(2025, 6, 20)),
        level=Level(framework="https://framework.example/", label="3", eqf=3),
        outcomes=tuple(
            Outcome(
                id=f"https://gilde.example/id/outcome/{number}",
                title={"nl": f"Leerresultaat {number}", "en": f"Learning outcome {number}"},
                kind=OutcomeKind.SKILL,
                skills=(f"http://data.europa.eu/esco/skill/{number}",),
            )
            for number in range(20)
        ),
        hours=Decimal(320),
        credit=Credit(Decimal("12.5")),
        language="nl",
    )
