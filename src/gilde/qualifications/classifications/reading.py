"""What is read of a reference classification, whatever file it came in: concepts and relations."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

RelationKind = Literal["broader", "essential", "optional", "related"]


@dataclass(frozen=True, slots=True)
class ConceptRead:
    """One concept in all languages that its package has.

    `terms` are alternative and hidden labels. `kind` is "skill", "skill-group", "occupation", "group" (ISCO),
    "field" (ISCED-F), "level" (ISCED), "section" or "division" and below (NACE). `reuse` and `member_of` (the
    collections that it belongs to, such as "green") are those of ESCO. `replaced_by` are URIs.
    """

    uri: str
    kind: str
    code: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    terms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    descriptions: Mapping[str, str] = field(default_factory=dict)
    status: str = "released"
    skill_type: str = ""
    reuse: str = ""
    regulated: bool | None = None
    modified: str = ""
    replaced_by: tuple[str, ...] = ()
    member_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RelationRead:
    """A relation from one concept to another: `target` is broader than `source`, or a skill that it needs."""

    source: str
    target: str
    kind: RelationKind


class Package(ABC):
    """One edition of a classification in one or more languages, or a part of one, read as a stream.

    `parts` names the files that are read. `unknown` are URIs that relations name and the classification lacks; the
    relations with them are left out. Both it and `total` (concepts and relations, for a progress bar) are known after
    `check`, which `total` calls.
    """

    scheme: str
    version: str
    languages: tuple[str, ...]
    parts: tuple[str, ...]
    unknown: tuple[str, ...] = ()

    @abstractmethod
    def check(self) -> None:
        """Return when all that will be read is sound; asked again, it costs nothing. Raises Unreadable."""

    @abstractmethod
    def concepts(self) -> Iterator[ConceptRead]:
        """Yield each concept once, its languages together, groups before what stands in them. Raises Unreadable."""

    @abstractmethod
    def relations(self) -> Iterator[RelationRead]:
        """Yield each relation once. Raises Unreadable."""

    @property
    @abstractmethod
    def total(self) -> int:
        """Return how many concepts and relations there are. Raises Unreadable."""
