"""A qualification as it is told to others: what every format writes, what every format reads, what is compared.

Plain values without a database, so that formats, comparison and tests need none. `describing.py` makes these of what is
stored; `services/importing.py` makes drafts of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from gilde.core.text import Text

Relation = Literal["exact", "close", "broad", "narrow", "related"]
OutcomeKind = Literal["knowledge", "skill", "autonomy"]


@dataclass(frozen=True)
class ConceptLink:
    """A link to a concept of a reference classification, such as an ESCO skill.

    `relation` is read from the thing that has the link (SKOS mapping relations): "broad" means that the concept is
    broader. `confidence` is between 0 and 1; `confirmed_by` is who confirmed the link, "" when nobody did.
    """

    uri: str
    label: Text = field(default_factory=Text)
    relation: Relation = "exact"
    scheme: str = ""  # the code of the classification: "esco", "isco-08", "isced-f-2013", "nace-2.1"
    edition: str = ""  # the version of the classification that it was taken from: "1.1.1"
    confidence: float | None = None
    confirmed_by: str = ""


@dataclass(frozen=True)
class Body:
    """An organisation: who awards, who drafted, who assesses. `country` is an ISO 3166-1 code."""

    uri: str
    name: Text
    country: str = ""
    website: str = ""
    identifier: str = ""  # its number in a register of organisations, where it has one


@dataclass(frozen=True)
class LevelTold:
    """A level of a national framework with the EQF level that it is referenced to."""

    framework: str  # code of the framework: "vks", "eqf"
    code: str  # code of the level: "4"
    eqf: int | None = None
    name: Text = field(default_factory=Text)
    framework_name: Text = field(default_factory=Text)
    uri: str = ""  # of the level in the European list of national levels, where it is known


@dataclass(frozen=True)
class Outcome:
    """A learning outcome. `statement` is the whole sentence; verb, object and context are its parts where told."""

    uri: str
    statement: Text
    kind: OutcomeKind | Literal[""] = ""
    verb: Text = field(default_factory=Text)
    object: Text = field(default_factory=Text)
    context: Text = field(default_factory=Text)
    code: str = ""
    concepts: tuple[ConceptLink, ...] = ()


@dataclass(frozen=True)
class Credit:
    """An amount of credit: `points` in `system` ("ects", "ecvet", or the code of a national system)."""

    points: Decimal
    system: str = "ects"


@dataclass(frozen=True)
class Unit:
    """A unit of a qualification, with its outcomes in order. `partial` when it is awarded alone."""

    uri: str
    title: Text
    outcomes: tuple[Outcome, ...] = ()
    code: str = ""
    summary: Text = field(default_factory=Text)
    credit: Credit | None = None
    hours: int | None = None
    partial: bool = False
    optional: bool = False
    assessment: Text = field(default_factory=Text)


@dataclass(frozen=True)
class Prerequisite:
    """What one needs before: in words, and as the qualification where it is one."""

    text: Text
    qualification: str = ""  # its stable URI


@dataclass(frozen=True)
class Described:
    """One version of a qualification, whole.

    `uri` stays the same over all versions, `version_uri` names this one. `hours` is the notional workload of a
    learner. `units` hold the outcomes; outcomes that stand in no unit are in `outcomes`.
    """

    uri: str
    title: Text
    kind: str = "professional"  # professional, educational, micro-credential, joint
    code: str = ""
    version_uri: str = ""
    number: int = 1
    summary: Text = field(default_factory=Text)
    level: LevelTold | None = None
    country: str = ""
    sector: str = ""
    fields: tuple[ConceptLink, ...] = ()  # ISCED-F 2013
    occupations: tuple[ConceptLink, ...] = ()  # ESCO or ISCO
    credit: Credit | None = None
    hours: int | None = None
    units: tuple[Unit, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    awarding: tuple[Body, ...] = ()
    owner: Body | None = None
    prerequisites: tuple[Prerequisite, ...] = ()
    assessment: Text = field(default_factory=Text)
    assessment_type: str = ""  # a code of data/learning.yaml
    participation: tuple[str, ...] = ()  # codes of data/learning.yaml: onsite, online, blended, workplace
    quality: Text = field(default_factory=Text)  # the quality assurance that underpins it
    languages: tuple[str, ...] = ()  # ISO 639-1
    partial: bool = False
    part_of: tuple[str, ...] = ()  # URIs of qualifications that it is part of or stacks into
    supersedes: str = ""  # version URI
    status: str = ""
    issued: date | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    modified: datetime | None = None
    page: str = ""

    def all_outcomes(self) -> Iterator[Outcome]:
        """Yield every outcome once, in the order in which a reader meets them."""
        seen: set[str] = set()
        for outcome in (*self.outcomes, *(o for unit in self.units for o in unit.outcomes)):
            if outcome.uri not in seen:
                seen.add(outcome.uri)
                yield outcome


@dataclass(frozen=True)
class NotHeld:
    """Something that a format or Gilde cannot hold: where it stood and what it was, in a sentence for a person."""

    where: str
    what: str
    value: str = ""


@dataclass(frozen=True)
class Read:
    """What was read from a file: the qualifications, and what of the file has no place in them."""

    format: str
    qualifications: tuple[Described, ...]
    not_held: tuple[NotHeld, ...] = ()


@dataclass(frozen=True)
class Publisher:
    """Who gives out a file of qualifications: this installation. `base` is its address without a slash at the end."""

    body: Body
    base: str
    title: Text = field(default_factory=lambda: Text.of("Qualifications"))
    languages: tuple[str, ...] = ("en",)
