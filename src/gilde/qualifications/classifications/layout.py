"""What the files of ESCO are called and hold: `esco.yaml` as a table."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml
from django.utils.translation import gettext as _

from gilde.qualifications.classifications.parts import Part
from gilde.qualifications.errors import Unreadable

_STEM: Final = re.compile(r"(?P<base>.+?)(?:_(?P<language>[A-Za-z]{2,3}))?")
# "esco-v1.1.1-classification-en-csv.zip", "ESCO dataset - v1.2.0 - classification - nl - csv.zip"
_VERSION: Final = re.compile(r"(?:\bv|esco\D{0,14}?v?)(\d+\.\d+(?:\.\d+)?)(?![\d.]*\d)", re.IGNORECASE)
_LANGUAGE: Final = re.compile(r"\bclassification\W+([a-z]{2})\W+csv\b", re.IGNORECASE)


@dataclass(frozen=True)
class ConceptFile:
    """A file of concepts of one kind, and the columns that it cannot do without."""

    base: str
    kind: str
    needs: tuple[str, ...]


@dataclass(frozen=True)
class RelationFile:
    """A file of relations: the columns of both ends, and the kind or else the column that tells it."""

    base: str
    source: str
    target: str
    kind: str = ""
    column: str = ""

    @property
    def needs(self) -> tuple[str, ...]:
        """Return the columns that it cannot do without."""
        return tuple(name for name in (self.source, self.target, self.column) if name)


@dataclass(frozen=True)
class Layout:
    """The files of an ESCO package by the lower-case beginning of their names, and what their values mean."""

    languages: frozenset[str]
    concepts: dict[str, ConceptFile]
    relations: dict[str, RelationFile]
    collections: dict[str, str]
    schemes: dict[str, str]
    passed_over: frozenset[str]
    held_by: dict[str, tuple[str, ...]]
    placed_by: dict[str, str]
    skill_types: dict[str, str]
    replaced_by: tuple[str, ...]


@cache
def layout() -> Layout:
    """Return the table, with its sources in `esco.yaml`."""
    told: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("esco.yaml").read_text(encoding="utf-8"))
    return Layout(
        languages=frozenset(told["languages"]),
        concepts={
            base.lower(): ConceptFile(base, each["kind"], tuple(each["needs"]))
            for base, each in told["concepts"].items()
        },
        relations={base.lower(): RelationFile(base, **each) for base, each in told["relations"].items()},
        collections={each["file"].lower(): each["name"] for each in told["collections"]},
        schemes={each["scheme"]: each["name"] for each in told["collections"]},
        passed_over=frozenset(name.lower() for name in told["passed_over"]),
        held_by={key: tuple(bases) for key, bases in told["held_by"].items()},
        placed_by=told["placed_by"],
        skill_types=told["skill_types"],
        replaced_by=tuple(told["replaced_by"]),
    )


def named(part: Part) -> tuple[str, str]:
    """Return the beginning of a file's name in small letters and its language, "" where the name tells none."""
    match = _STEM.fullmatch(part.stem)
    base, language = (match["base"], match["language"]) if match else (part.stem, "")
    if part.stem.lower() in {*layout().concepts, *layout().relations}:
        return part.stem.lower(), ""
    return base.lower(), (language or "").lower()


def language_of(part: Part) -> str:
    """Return the language of a file of concepts, as its name or that of its archive tells. Raises Unreadable."""
    around = _LANGUAGE.search(f"{part.path.name} {part.member}") or _LANGUAGE.search(part.path.parent.name)
    language = named(part)[1] or (around[1].lower() if around else "")
    if not language:
        raise Unreadable(
            _(
                "“%(name)s” does not tell its language. Give it the name it has on the portal: “%(stem)s_en.csv”."
            )
            % {"name": part.name, "stem": part.stem}
        )
    if language not in layout().languages:
        raise Unreadable(
            _("“%(name)s” is in the language “%(language)s”, which ESCO does not have. It has: %(known)s.")
            % {"name": part.name, "language": language, "known": ", ".join(sorted(layout().languages))}
        )
    return language


def version_of(parts: Iterable[Part], told: str) -> str:
    """Return the one version that `told` and the names of files, folders and archives tell. Raises Unreadable."""
    found = {_comparable(told): (told, "")} if told else {}
    for part in parts:
        for words in (part.path.parent.name, part.path.name, part.member):
            for version in _VERSION.findall(words):
                found.setdefault(_comparable(version), (version, part.name))
    if not found:
        raise Unreadable(_("Nothing tells which version of ESCO this is. Say it, as “1.1.1”."))
    if len(found) > 1:
        (one, _where), (other, name) = list(found.values())[:2]
        raise Unreadable(
            _("“%(name)s” is of ESCO %(other)s, and the rest is of %(one)s. Load each version on its own.")
            % {"name": name, "other": other, "one": one}
        )
    return next(iter(found.values()))[0]


def _comparable(version: str) -> str:
    return re.sub(r"(\.0)+$", "", version.strip().lower().removeprefix("v"))
