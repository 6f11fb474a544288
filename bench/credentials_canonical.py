"""Bringing credentials into canonical form: ours, and the general libraries for the ratio.

Small: a credential with a dozen facts and its proof options. Full: an award with a hundred outcomes, in each format.
All times are of one processor, for a thousand credentials: the bars are per core, a full one of a thousand facts.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from itertools import combinations
from typing import Any

import pyoxigraph
from pyld import jsonld
from pyld.context_resolver import ContextResolver

from bench import Timing, thousand, timed
from gilde.credentials.errors import TooMuch
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
from gilde.credentials.linked import jcs, rdfc, strict
from gilde.credentials.linked.canonical import checked, nquads
from gilde.credentials.linked.tables import CREDENTIALS_V2, GILDE_CONTEXT, context_document
from gilde.credentials.renderings import edc, open_badge, vc

DID = "did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"

SMALL: dict[str, Any] = {
    "@context": [CREDENTIALS_V2, GILDE_CONTEXT],
    "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
    "type": ["VerifiableCredential", "VocationalAward"],
    "name": "Welder",
    "issuer": {"id": DID, "name": "Technical School"},
    "validFrom": "2026-07-01T00:00:00Z",
    "awardKind": "certificate",
    "credentialSubject": {
        "id": "urn:uuid:0f9c2d8e-52f6-4b51-bd2f-3c1d8a6a1c11",
        "firstName": "Ada",
        "lastName": "Peeters",
        "achieved": {"id": "urn:uuid:9b0f2a60-6a7a-4f0e-8a0e-4b8a1d0c2e11", "name": "Welding, level 4"},
    },
    "credentialStatus": {
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "94567",
        "statusListCredential": "https://register.example/status/3",
    },
}
OPTIONS: dict[str, Any] = {
    "@context": SMALL["@context"],
    "type": "DataIntegrityProof",
    "cryptosuite": "eddsa-rdfc-2022",
    "created": "2026-07-01T00:00:00Z",
    "verificationMethod": f"{DID}#{DID[8:]}",
    "proofPurpose": "assertionMethod",
}


def full() -> Facts:
    """Return an award with a hundred outcomes, each in three languages and linked to a skill."""

    def words(text: str) -> dict[str, str]:
        return {language: f"{text} ({language})" for language in ("en", "nl", "fr")}

    outcomes = tuple(
        Outcome(
            f"https://register.example/outcome/{number}",
            words(f"Joins plates of {number} mm by arc welding and judges the seam"),
            OutcomeKind.SKILL,
            (f"http://data.europa.eu/esco/skill/{number:08}",),
        )
        for number in range(100)
    )
    return Facts(
        id="urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
        kind=Kind.DIPLOMA,
        achievement=Achievement(
            "https://register.example/achievement/1",
            words("Welder"),
            words("Welds"),
            words("Passed"),
            fields=("0715",),
        ),
        holder=Person("urn:uuid:0f9c2d8e-52f6-4b51-bd2f-3c1d8a6a1c11", "Ada", "Peeters", date(2001, 2, 3)),
        issuer=Body(DID, words("Technical School"), "BE", "0123.456.789", "https://school.example/"),
        awarded_on=date(2026, 6, 30),
        valid_from=datetime(2026, 7, 1, tzinfo=UTC),
        assessment=Assessment(words("Trial piece"), "practice", "16/20", date(2026, 6, 20)),
        level=Level("https://register.example/vks", "4", 4),
        outcomes=outcomes,
        hours=Decimal(900),
        credit=Credit(Decimal(60), "ecvet"),
    )


def documents() -> dict[str, dict[str, Any]]:
    """Return a full award in each format that is JSON-LD."""
    award = full()
    return {
        "badge": open_badge.render(award, None),
        "credential": vc.render(award, None),
        "European credential": edc.render(award, None),
    }


def by_libraries(document: Mapping[str, Any]) -> int:
    """Return how many facts PyLD and pyoxigraph bring into canonical form."""

    def load(url: str, _options: object) -> dict[str, Any]:
        return {"contextUrl": None, "documentUrl": url, "document": context_document(url), "tag": "static"}

    options = {
        "documentLoader": load,
        "contextResolver": ContextResolver(_CACHE, load),
        "format": "application/n-quads",
    }
    told = jsonld.to_rdf(dict(document), options)
    dataset = pyoxigraph.Dataset(pyoxigraph.parse(told, format=pyoxigraph.RdfFormat.N_QUADS))
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    return len(dataset)


_CACHE: dict[str, Any] = {}


def run() -> tuple[str, list[Timing]]:
    """Return the times for a thousand credentials each, and how many times faster than the libraries that is."""
    data = jcs.canonical(SMALL)
    small = thousand(
        "small: document and proof options, facts", lambda: (nquads(SMALL), nquads(OPTIONS)), limit=300
    )
    slow = thousand("", lambda: (by_libraries(SMALL), by_libraries(OPTIONS)), each=5, batches=20)
    timings = [
        thousand("small: JSON read strictly", lambda: strict.parse(data), limit=50),
        thousand("small: JSON in canonical form", lambda: jcs.canonical(SMALL), limit=50),
        thousand("small: checked, as for a proof over JSON", lambda: checked(SMALL), limit=100),
        small,
        _ratio(slow, small),
    ]
    for name, document in documents().items():
        size = nquads(document).count(b"\n")
        ours = thousand(
            f"full: {name}, {size} facts", partial(nquads, document), limit=max(3000, 3 * size), each=2
        )
        theirs = thousand("", partial(by_libraries, document), each=1, batches=10)
        timings += [ours, _ratio(theirs, ours)]
    clique = [(f"_:n{a}", " <urn:p> ", f"_:n{b}", " .\n") for a, b in combinations(range(40), 2)]
    clique += [(two, predicate, one, end) for one, predicate, two, end in clique]
    taken = [timed(partial(_refused, clique)) for _run in range(5)]
    wall, cpu = zip(*taken, strict=True)
    timings.append(Timing("a poisoned graph, refused (one)", wall, cpu, limit=1000))
    return "Canonical form of a thousand credentials, time of the processor", timings


def _refused(quads: list[rdfc.Quad]) -> None:
    try:
        rdfc.canonical_lines({}, quads)
    except TooMuch:
        return
    raise AssertionError("a poisoned graph was not refused")


def _ratio(slow: Timing, quick: Timing) -> Timing:
    times = slow.median / quick.median
    return Timing("  times faster than PyLD and pyoxigraph", [times], [times])
