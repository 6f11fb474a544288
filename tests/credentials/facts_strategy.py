"""Awards to test with: one plain example, and every award that can be (hypothesis).

`a_facts()` is a Dutch-language welder's certificate with six learning outcomes; `facts()` draws valid facts of every
kind, each optional part absent or present; `a_place()` says where an award stands in the status lists.
"""

from __future__ import annotations

import string
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from hypothesis import strategies as st

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
    StatusPlace,
    Words,
)

T = TypeVar("T")

HOLDER_DID = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"
ISSUER_DID = "did:web:scholen.example.be:lasschool-gent"
LANGUAGES = ("nl", "fr", "de", "en", "el", "ar", "bg")

_OUTCOMES = (
    ("bereidt de laswerkzaamheden voor", "prepares the welding work", OutcomeKind.SKILL),
    ("last hoeklassen met het MAG-procedé", "welds fillet welds with the MAG process", OutcomeKind.SKILL),
    (
        "last plaat en buis met het TIG-procedé",
        "welds plate and pipe with the TIG process",
        OutcomeKind.SKILL,
    ),
    ("controleert de las op zicht en maat", "checks the weld by sight and measure", OutcomeKind.SKILL),
    ("kent lasbaarheid van staal en rvs", "knows the weldability of steel", OutcomeKind.KNOWLEDGE),
    ("werkt zelfstandig, veilig en netjes", "works independently and safely", OutcomeKind.AUTONOMY),
)


def a_facts(**changes: Any) -> Facts:
    """Return the facts of one welder's certificate, with those parts changed that are named."""
    plain = Facts(
        id="urn:uuid:3f0c2a52-6c4e-4b0e-9d4b-0c1c9f5f6a01",
        kind=Kind.CERTIFICATE,
        achievement=Achievement(
            id="https://gilde.example.be/id/achievement/6f9c1f0e-0e55-4f3c-8a0d-1f1f2f6a7b10",
            title={"nl": "Hoeklasser", "en": "Fillet welder"},
            description={"nl": "Last hoeklassen en stompe lassen in staal, volgens lasplan en norm."},
            criteria={"nl": "Praktijkproef van vier uur en een gesprek, beide geslaagd."},
            qualification="https://gilde.example.be/id/qualification/0a3f4a55-3e2b-4d6f-9c61-4b4e6f1c9a77",
            language="nl",
            fields=("0715",),
        ),
        holder=Person(id=HOLDER_DID, given_name="Noor", family_name="Vercauteren", born=date(2004, 5, 17)),
        issuer=Body(
            id=ISSUER_DID,
            name={"nl": "Lasschool Gent", "en": "Ghent Welding School"},
            country="BE",
            legal_id="0123.456.789",
            website="https://lasschool.example.be/",
        ),
        awarded_on=date(2025, 6, 27),
        valid_from=datetime(2025, 6, 30, 8, 0, tzinfo=UTC),
        valid_until=datetime(2030, 6, 30, 8, 0, tzinfo=UTC),
        assessment=Assessment(
            title={"nl": "Praktijkproef lassen"},
            method="praktijkproef",
            grade="16/20",
            on=date(2025, 6, 20),
            by="Vlaams Lascentrum",
        ),
        level=Level(framework="https://vlaamsekwalificatiestructuur.example.be/", label="3", eqf=3),
        outcomes=tuple(
            Outcome(
                id=f"https://gilde.example.be/id/outcome/00000000-0000-4000-8000-00000000000{number}",
                title={"nl": dutch, "en": english},
                kind=kind,
                skills=(f"http://data.europa.eu/esco/skill/00000000-0000-4000-9000-00000000000{number}",),
            )
            for number, (dutch, english, kind) in enumerate(_OUTCOMES, start=1)
        ),
        hours=Decimal("320"),
        credit=Credit(points=Decimal("12.5"), system="ects"),
        language="nl",
        place="Gent",
    )
    return replace(plain, **changes)


def a_place(index: int = 4711) -> StatusPlace:
    """Return where an award stands in three lists of one issuer."""
    lists = "https://gilde.example.be/status/5d0f5b1e"
    return StatusPlace(
        index=index,
        revocation=f"{lists}/revocation",
        suspension=f"{lists}/suspension",
        stopped=f"{lists}/stopped",
        tokens=f"{lists}/tokens",
    )


# Built once: hypothesis checks a strategy each time it is made anew, which would cost more than the drawing.


def texts(most: int = 30) -> st.SearchStrategy[str]:
    """Return text in any script that people might write, never blank and without blanks at its ends."""
    letters = st.characters(categories=("L", "M", "N", "P", "S"), include_characters=" ")
    return st.text(letters, min_size=1, max_size=most).map(str.strip).filter(bool)


def maybe(strategy: st.SearchStrategy[T]) -> st.SearchStrategy[T | None]:
    return st.none() | strategy


def optional(strategy: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.just("") | strategy


def amounts(largest: int) -> st.SearchStrategy[Decimal]:
    """Return amounts above zero with two decimal places at most, such as 0.5, 12.25 and 320."""
    cents = st.integers(min_value=1, max_value=largest * 100)
    return cents.map(lambda number: Decimal(number) / 100) | st.integers(1, largest).map(Decimal)


TEXTS = texts()
WORDS: st.SearchStrategy[Words] = st.dictionaries(st.sampled_from(LANGUAGES), TEXTS, min_size=1, max_size=3)
UUIDS = st.integers(min_value=1, max_value=2**128 - 1).map(lambda number: str(UUID(int=number, version=4)))
URNS = UUIDS.map(lambda uuid: f"urn:uuid:{uuid}")
_SLUGS = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=10)
URLS = st.builds(
    lambda host, path: f"https://x{host}x.example/{path}",
    _SLUGS,
    st.sampled_from(["", "a/b", "a?b=c&d=e", "a#b", "caf%C3%A9"]) | _SLUGS,
)
DATES = st.dates(min_value=date(1995, 1, 1), max_value=date(2060, 12, 31))
BIRTHDAYS = st.dates(min_value=date(1930, 1, 1), max_value=date(1994, 12, 31))
TIMES = st.builds(
    lambda moment, zone: moment.replace(microsecond=0, fold=0, tzinfo=zone),
    st.datetimes(min_value=datetime(1995, 1, 1), max_value=datetime(2060, 12, 31)),
    st.sampled_from([UTC, timezone(timedelta(hours=2)), timezone(-timedelta(hours=3, minutes=30))]),
)


def ids(kind: str) -> st.SearchStrategy[str]:
    """Return stable addresses of a kind of thing, as this register would give them."""
    return UUIDS.map(lambda uuid: f"https://gilde.example.be/id/{kind}/{uuid}")


ACHIEVEMENTS = st.builds(
    Achievement,
    id=ids("achievement"),
    title=WORDS,
    description=st.just({}) | WORDS,
    criteria=st.just({}) | WORDS,
    qualification=optional(ids("qualification")),
    language=optional(st.sampled_from(LANGUAGES)),
    fields=st.lists(st.sampled_from(["0715", "0913", "041", "10"]), max_size=2, unique=True).map(tuple),
)
PEOPLE = st.builds(
    Person,
    id=st.just(HOLDER_DID) | URNS,
    given_name=TEXTS,
    family_name=TEXTS,
    born=maybe(BIRTHDAYS),
)
BODIES = st.builds(
    Body,
    id=st.just(ISSUER_DID) | _SLUGS.map(lambda slug: f"did:web:x{slug}x.example"),
    name=WORDS,
    country=optional(st.sampled_from(["BE", "NL", "GR", "PT"])),
    legal_id=optional(texts(14)),
    website=optional(URLS),
)
OUTCOMES = st.builds(
    Outcome,
    id=ids("outcome"),
    title=WORDS,
    kind=maybe(st.sampled_from(OutcomeKind)),
    skills=st.lists(
        UUIDS.map(lambda uuid: f"http://data.europa.eu/esco/skill/{uuid}"), max_size=2, unique=True
    ).map(tuple),
)
# A level says something: a framework, a label in it, an EQF level, or several of these.
LEVELS = st.builds(
    Level, framework=optional(URLS | TEXTS), label=optional(texts(6)), eqf=maybe(st.integers(1, 8))
).filter(lambda level: level != Level())
ASSESSMENTS = st.builds(
    Assessment,
    title=WORDS,
    method=optional(TEXTS),
    grade=optional(texts(8)),
    on=maybe(DATES),
    by=optional(TEXTS),
)
CREDITS = st.builds(Credit, points=amounts(240), system=st.sampled_from(["ects", "ecvet"]) | texts(12))
_AWARDS = st.builds(
    Facts,
    id=URNS,
    kind=st.sampled_from(Kind),
    achievement=ACHIEVEMENTS,
    holder=PEOPLE,
    issuer=BODIES,
    awarded_on=DATES,
    valid_from=TIMES,
    assessment=maybe(ASSESSMENTS),
    level=maybe(LEVELS),
    outcomes=st.lists(OUTCOMES, max_size=4, unique_by=lambda outcome: outcome.id).map(tuple),
    hours=maybe(amounts(4000)),
    credit=maybe(CREDITS),
    language=st.sampled_from(LANGUAGES),
    place=optional(TEXTS),
    replaces=optional(URNS),
)
_LASTING = maybe(st.integers(min_value=1, max_value=10**9))
_FACTS = st.builds(
    lambda award, seconds: replace(
        award, valid_until=None if seconds is None else award.valid_from + timedelta(seconds=seconds)
    ),
    _AWARDS,
    _LASTING,
)


def facts() -> st.SearchStrategy[Facts]:
    """Return a strategy of valid awards of every kind."""
    return _FACTS


def places() -> st.SearchStrategy[StatusPlace]:
    return st.integers(min_value=0, max_value=2**20 - 1).map(a_place)
