"""Papers on demand: certificates, supplements and seals, and what it costs to read one of a stranger."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

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
from gilde.credentials.proofs import pades
from gilde.credentials.renderings import pdf_reading
from gilde.credentials.renderings.pdf import LAYOUTS, Attached, Look, Parts, Signatory, make, seal_line

# Milliseconds (issue 5, "Numbers"): a certificate without its seal.
CERTIFICATE = 100.0
TIMES = 30
BATCH = 10_000

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
LOGO = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40">'
    b'<path d="M20 4 L36 12 V26 Q36 36 20 38 Q4 36 4 26 V12 Z" fill="#a63a24"/></svg>'
)
OWN = b"""#import "gilde.typ": *
#let certificate = page(paper: "a4", margin: 30mm)[
  #say(told.issuer) #title(say(told.achievement)) #told.name #told.awarded_on #proof()
]
"""


def run() -> tuple[str, Sequence[Timing]]:
    """Return how long papers take, one after the other on one core, no two the same."""
    look = Look(logo=LOGO, signatories=(Signatory("Hilde Maes", {"en": "Director"}),))
    made: dict[str, list[bytes]] = {}

    def papers(
        name: str, work: Callable[[int], bytes], *, limit: float | None = None, times: int = TIMES
    ) -> Timing:
        kept = made.setdefault(name, [])
        taken = [timed(lambda n=n: kept.append(work(n))) for n in range(times)]  # type: ignore[misc]
        return Timing(name, [wall for wall, _ in taken], [cpu for _, cpu in taken], limit=limit)

    paper(0, look, Parts.BOTH)  # the fonts are opened once in each process
    timings = [
        papers(
            f"certificate, {layout}",
            lambda n, layout=layout: paper(n, replace(look, layout=layout)),  # type: ignore[misc]
            limit=CERTIFICATE,
        )
        for layout in LAYOUTS
    ]
    timings.append(papers("supplement, 20 outcomes", lambda n: paper(n, look, Parts.SUPPLEMENT)))
    timings.append(papers("both in one file", lambda n: paper(n, look, Parts.BOTH)))
    own = replace(look, template=OWN)
    timings.append(papers("certificate, own layout in a process apart", lambda n: paper(n, own), times=10))
    certificates, both = made["certificate, classic"], made["both in one file"]

    authority = Authority.make("Root", since=NOW - timedelta(days=99), kind=SealKind.P256)
    for kind in (SealKind.P256, SealKind.RSA3072):
        sealer = authority.sealer("Guild School", since=NOW - timedelta(days=9), kind=kind, country="BE")
        line = seal_line("Guild School", NOW)
        timings += [
            papers(
                f"   its seal, {kind}",
                lambda n, sealer=sealer: pades.seal(certificates[n], sealer, NOW),  # type: ignore[misc]
            ),
            papers(
                f"   its seal, {kind}, visible",
                lambda n, sealer=sealer, line=line: pades.seal(  # type: ignore[misc]
                    certificates[n], sealer, NOW, visible=line
                ),
            ),
        ]
    sealed = made[f"   its seal, {SealKind.P256}"]

    def read(n: int) -> bytes:
        return json.dumps(pdf_reading.parts(sealed[n])).encode()

    def verified(n: int) -> bytes:
        (found,) = pades.verify(sealed[n], now=NOW, anchors=[authority.certificate])
        assert found.trusted
        return b""

    timings.append(papers("read: attachments and seals, in process", read))
    timings.append(papers("verify the seal", verified))
    each = next(timing for timing in timings if timing.name == "certificate, classic").median
    title = (
        f"Papers: {60_000 / each:,.0f} certificates a minute on one core, "
        f"{BATCH * each / 60_000:.1f} minutes for {BATCH:,} at once; "
        f"{len(certificates[0]) // 1000} KB each, {len(sealed[0]) // 1000} KB sealed, "
        f"{len(both[0]) // 1000} KB with supplement"
    )
    return title, timings


def paper(number: int, look: Look, parts: Parts = Parts.CERTIFICATE) -> bytes:
    """Return the papers of one of many awards, with a credential of 4 KB attached."""
    facts = award(number)
    credential = json.dumps({"id": facts.id, "padding": "x" * 4000}).encode()
    return make(
        facts,
        look,
        made_at=NOW,
        address=f"https://gilde.example/check/{facts.id.removeprefix('urn:uuid:')}",
        attached=Attached("credential.json", "application/vc", credential),
        parts=parts,
    )


def award(number: int) -> Facts:
    """Return one award, of an invented person who is nobody else's."""
    kinds = list(OutcomeKind)
    return Facts(
        id=f"urn:uuid:{UUID(int=number + (7 << 64), version=4)}",
        kind=Kind.CERTIFICATE,
        achievement=Achievement(
            "https://gilde.example/id/achievement/1",
            {"en": "Artisan baker", "nl": "Ambachtelijk bakker"},
            {"en": "Prepares, bakes and sells bread and pastry in a craft bakery."},
            {"en": "A practical examination before a jury of the trade."},
        ),
        holder=Person(
            f"urn:uuid:{UUID(int=number, version=4)}", f"Person {number}", "Invented", date(2004, 5, 3)
        ),
        issuer=Body("did:web:school.example", {"en": "Guild School"}, "BE", "0456.789.123"),
        awarded_on=date(2026, 2, 27),
        valid_from=NOW,
        assessment=Assessment({"en": "Practical examination"}, grade=f"{number % 11 + 10}/20"),
        level=Level("VKS", "4", 4),
        outcomes=tuple(
            Outcome(
                f"https://gilde.example/id/outcome/{n}",
                {"en": f"Makes dough of kind {n} by hand"},
                kinds[n % 3],
            )
            for n in range(20)
        ),
        hours=Decimal(1200),
        credit=Credit(Decimal("60.5")),
        place="Ghent",
    )
