"""The facts of an award: what every rendering carries, and what reading a rendering back gives again.

Plain values, without a database. All texts are by language: ISO 639-1 code → text, one entry or more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

Words = Mapping[str, str]


class Kind(StrEnum):
    """What an award is; the code is the same in the database, in every format and in batches."""

    DIPLOMA = "diploma"
    CERTIFICATE = "certificate"
    PARTIAL = "partial-qualification"
    EXPERIENCE = "certificate-of-experience"
    MICRO = "micro-credential"
    SUPPLEMENT = "supplement"


class OutcomeKind(StrEnum):
    """Of the Council Recommendation on the EQF of 22 May 2017, annex II."""

    KNOWLEDGE = "knowledge"
    SKILL = "skill"
    AUTONOMY = "autonomy"


@dataclass(frozen=True)
class Person:
    """Who was awarded. `id` is opaque (a did:key of a wallet, or urn:uuid:…), never a national number.

    `email` and national numbers are no facts: no rendering carries them.
    """

    id: str
    given_name: str
    family_name: str
    born: date | None = None


@dataclass(frozen=True)
class Body:
    """Who awards: `id` is its DID, `country` ISO 3166-1 alpha-2, `legal_id` a public registration number."""

    id: str
    name: Words
    country: str = ""
    legal_id: str = ""
    website: str = ""


@dataclass(frozen=True)
class Outcome:
    """One learning outcome: `id` a stable URI, `skills` the URIs of ESCO concepts it is an exact match of."""

    id: str
    title: Words
    kind: OutcomeKind | None = None
    skills: tuple[str, ...] = ()


@dataclass(frozen=True)
class Level:
    """A level of a framework: `framework` its URI or name, `label` as the framework writes it, `eqf` 1 to 8."""

    framework: str = ""
    label: str = ""
    eqf: int | None = None


@dataclass(frozen=True)
class Assessment:
    """On what it was awarded: `method` in words, `grade` as given, `on` the day, `by` who assessed if another."""

    title: Words
    method: str = ""
    grade: str = ""
    on: date | None = None
    by: str = ""


@dataclass(frozen=True)
class Credit:
    """Volume in points of a system: "ects", "ecvet", or the name of an own one."""

    points: Decimal
    system: str = "ects"


@dataclass(frozen=True)
class Achievement:
    """What was achieved: `id` a stable URI, `qualification` the URI of the qualification it is or leads to."""

    id: str
    title: Words
    description: Words = field(default_factory=dict)
    criteria: Words = field(default_factory=dict)
    qualification: str = ""
    language: str = ""
    fields: tuple[str, ...] = ()  # ISCED-F 2013 codes


@dataclass(frozen=True)
class Facts:
    """One award. `id` is urn:uuid:…; times are aware and whole seconds; `hours` is the workload.

    `replaces` is the id of the award that this one corrects. `language` is that in which it was first written.
    """

    id: str
    kind: Kind
    achievement: Achievement
    holder: Person
    issuer: Body
    awarded_on: date
    valid_from: datetime
    valid_until: datetime | None = None
    assessment: Assessment | None = None
    level: Level | None = None
    outcomes: tuple[Outcome, ...] = ()
    hours: Decimal | None = None
    credit: Credit | None = None
    language: str = "en"
    place: str = ""
    replaces: str = ""


@dataclass(frozen=True)
class StatusPlace:
    """Where an award stands in the published lists, by their URLs: the same index in each.

    `revocation` and `suspension` are bitstring lists of what their names say; `stopped` is one of both together, for
    formats with room for one; `tokens` is the token status list with two bits an entry (0 valid, 1 invalid,
    2 suspended), for SD-JWT.
    """

    index: int
    revocation: str
    suspension: str
    stopped: str
    tokens: str
