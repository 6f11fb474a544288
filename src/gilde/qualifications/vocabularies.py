"""The code lists of `data/`, read once: sectors, matrices of programmes, credit, micro-credentials, learning."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal

import yaml
from django.utils.translation import gettext as _

from gilde.core.errors import Missing
from gilde.core.text import Text

DATA: Final = Path(__file__).resolve().parent / "data"


@dataclass(frozen=True)
class Term:
    """A code with its name."""

    code: str
    name: Text


Terms = Mapping[str, Term]


@dataclass(frozen=True)
class Matrix:
    """The matrix of a country: a programme stands at a finality, a form and a domain, in a grade.

    `screening_years` is how many school years may pass between two screenings of a programme.
    """

    code: str
    name: Text
    country: str
    finalities: Terms
    forms: Terms
    domains: Terms
    grades: Terms
    screening_years: int
    screening_note: Text
    screening_source: str
    source: str
    valid_from: date | None = None


@dataclass(frozen=True)
class CreditSystem:
    """A system of credit: one point is `hours_from` to `hours_to` hours of a learner's work, None where not fixed."""

    code: str
    name: Text
    country: str
    source: str
    points_a_year: int | None = None
    hours_from: Decimal | None = None
    hours_to: Decimal | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    note: Text = field(default_factory=Text)

    def hours_of(self, points: Decimal) -> tuple[Decimal, Decimal] | None:
        """Return the least and the most hours of work that points stand for, None where that is not fixed."""
        if self.hours_from is None or self.hours_to is None:
            return None
        return points * self.hours_from, points * self.hours_to


@dataclass(frozen=True)
class MicroElement:
    """A mandatory element of a micro-credential: kept in its definition, or in its award to a person."""

    code: str
    name: Text
    lies_in: Literal["definition", "award"]


@cache
def sectors() -> Terms:
    """Return the sectors by code, in the order of the list."""
    return _terms(_read("sectors.yaml")["sectors"])


def matrix(code: str) -> Matrix:
    """Return the matrix with this code. Raises Missing."""
    try:
        return matrices()[code]
    except KeyError as error:
        known = ", ".join(matrices())
        raise Missing(
            _("There is no matrix “%(code)s”. Known are: %(known)s.") % {"code": code, "known": known}
        ) from error


@cache
def matrices() -> Mapping[str, Matrix]:
    """Return the matrices of `data/matrices/` by code."""
    paths = sorted((DATA / "matrices").glob("*.yaml"))
    return _by_code(_matrix(_read(f"matrices/{path.name}")) for path in paths)


@cache
def credit_systems() -> Mapping[str, CreditSystem]:
    """Return the systems of credit by code, ECTS first."""
    return _by_code(_credit_system(row) for row in _read("credit.yaml")["systems"])


@cache
def micro_elements() -> tuple[MicroElement, ...]:
    """Return what a micro-credential must tell (Council Recommendation of 16 June 2022, Annex I)."""
    rows = _read("micro_credentials.yaml")["elements"]
    return tuple(MicroElement(row["code"], _text(row["name"]), row["lies_in"]) for row in rows)


@cache
def assessment_types() -> Terms:
    """Return the types of assessment by code."""
    return _named(_read("learning.yaml")["assessment_type"])


@cache
def participation() -> Terms:
    """Return the forms of participation by code."""
    return _named(_read("learning.yaml")["participation"])


def name_of(terms: Terms, code: str) -> Text:
    """Return the name of a code, and the code itself where the list does not hold it."""
    found = terms.get(code)
    return found.name if found else Text.of(code) if code else Text()


def choices(terms: Terms) -> list[tuple[str, str]]:
    """Return codes and names in the reader's language, for fields and filters."""
    return [(term.code, str(term.name)) for term in terms.values()]


def _read(name: str) -> Any:
    return yaml.load((DATA / name).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def _text(told: Any) -> Text:
    return Text.of(told, "en") if told else Text()


def _terms(rows: Iterable[Mapping[str, Any]]) -> Terms:
    return _by_code(Term(row["code"], _text(row["name"])) for row in rows)


def _named(rows: Mapping[str, Mapping[str, Any]]) -> Terms:
    return _by_code(Term(code, _text(row["name"])) for code, row in rows.items())


def _by_code(things: Iterable[Any]) -> Mapping[str, Any]:
    return MappingProxyType({thing.code: thing for thing in things})


def _matrix(told: Mapping[str, Any]) -> Matrix:
    screening = told["screening"]
    return Matrix(
        code=told["code"],
        name=_text(told["name"]),
        country=told["country"],
        finalities=_terms(told["finalities"]),
        forms=_terms(told["forms"]),
        domains=_terms(told["domains"]),
        grades=_terms(told["grades"]),
        screening_years=screening["years"],
        screening_note=_text(screening.get("note")),
        screening_source=screening["source"],
        source=told["source"],
        valid_from=told.get("valid_from"),
    )


def _credit_system(told: Mapping[str, Any]) -> CreditSystem:
    hours = {
        name: Decimal(str(told[name])) if told.get(name) is not None else None
        for name in ("hours_from", "hours_to")
    }
    return CreditSystem(
        code=told["code"],
        name=_text(told["name"]),
        country=told["country"],
        source=told["source"],
        points_a_year=told.get("points_a_year"),
        valid_from=told.get("valid_from"),
        valid_until=told.get("valid_until"),
        note=_text(told.get("note")),
        **hours,
    )
