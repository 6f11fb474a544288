"""The columns of the CSV table: which value stands in which, and how it is written and read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final, Literal, get_args

from gilde.qualifications.described import (
    Body,
    ConceptLink,
    Credit,
    Described,
    LevelTold,
    Outcome,
    Prerequisite,
    Relation,
    Unit,
)

SOURCE: Final = "source_language"
Kind = Literal[
    "text",
    "whole",
    "number",
    "share",
    "yes",
    "day",
    "moment",
    "words",
    "lines",
    "one",
    "many",
    "relation",
    "sort",
    "eqf",
    "form",
]


@dataclass(frozen=True)
class Column:
    """A column, or with `parts` a group of columns whose names begin with its own.

    "words" is one column for each language; "lines" and "many" have a line of the cell for each value; "one" is a
    value of several columns.
    """

    name: str
    attribute: str
    kind: Kind = "text"
    parts: tuple[Column, ...] = ()
    of: type[Any] | None = None
    needed: bool = False

    def language(self, prefix: str, column: str) -> str:
        """Return the language of a column of these words, "" when the column is another."""
        found = re.fullmatch(
            re.escape(f"{prefix}{self.name}_") + r"([a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)", column
        )
        return found[1] if found else ""


def _same(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, name) for name in names)


_BODY = (*_same("uri"), Column("name", "name", "words"), *_same("country", "website", "identifier"))
_CONCEPT = (
    *_same("uri"),
    Column("relation", "relation", "relation"),
    Column("label", "label", "words"),
    *_same("scheme", "edition"),
    Column("confidence", "confidence", "share"),
    *_same("confirmed_by"),
)
_LEVEL = (
    Column("framework", "framework", needed=True),
    Column("code", "code", needed=True),
    Column("eqf", "eqf", "eqf"),
    Column("name", "name", "words"),
    Column("framework_name", "framework_name", "words"),
    *_same("uri"),
)
_CREDIT = (Column("points", "points", "number", needed=True), *_same("system"))
_BEFORE = (Column("text", "text", "words"), Column("uri", "qualification"))

QUALIFICATION: Final = (
    *_same("uri", "version_uri"),
    Column("version", "number", "whole"),
    Column("kind", "kind", "form"),
    *_same("code"),
    Column(SOURCE, SOURCE),
    Column("title", "title", "words", needed=True),
    Column("summary", "summary", "words"),
    Column("level", "level", "one", _LEVEL, LevelTold),
    *_same("country", "sector"),
    Column("field", "fields", "many", _CONCEPT, ConceptLink),
    Column("occupation", "occupations", "many", _CONCEPT, ConceptLink),
    Column("credit", "credit", "one", _CREDIT, Credit),
    Column("hours", "hours", "whole"),
    Column("awarding", "awarding", "many", _BODY, Body),
    Column("owner", "owner", "one", _BODY, Body),
    Column("prerequisite", "prerequisites", "many", _BEFORE, Prerequisite),
    Column("assessment", "assessment", "words"),
    *_same("assessment_type"),
    Column("participation", "participation", "lines"),
    Column("quality", "quality", "words"),
    Column("languages", "languages", "lines"),
    Column("partial", "partial", "yes"),
    Column("part_of", "part_of", "lines"),
    *_same("supersedes", "status"),
    Column("issued", "issued", "day"),
    Column("valid_from", "valid_from", "day"),
    Column("valid_until", "valid_until", "day"),
    Column("modified", "modified", "moment"),
    *_same("page"),
)
UNIT: Final = (
    *_same("uri", "code"),
    Column("title", "title", "words", needed=True),
    Column("summary", "summary", "words"),
    Column("credit", "credit", "one", _CREDIT, Credit),
    Column("hours", "hours", "whole"),
    Column("partial", "partial", "yes"),
    Column("optional", "optional", "yes"),
    Column("assessment", "assessment", "words"),
)
OUTCOME: Final = (
    *_same("uri", "code"),
    Column("kind", "kind", "sort"),
    Column("statement", "statement", "words", needed=True),
    Column("verb", "verb", "words"),
    Column("object", "object", "words"),
    Column("context", "context", "words"),
    Column("concept", "concepts", "many", _CONCEPT, ConceptLink),
)
CLASSES: Final[dict[str, type[Any]]] = {"": Described, "unit_": Unit, "outcome_": Outcome}


def written(kind: Kind, value: Any) -> str:
    """Return a value as the text of a cell."""
    if value is None or value is False:
        return ""
    if value is True:
        return "yes"
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else str(value)


def one_line(cell: str) -> str:
    """Return a text without line breaks."""
    return re.sub(r"\s*[\r\n]+\s*", " ", cell) if "\n" in cell or "\r" in cell else cell


def _within(*values: str) -> Callable[[str], str]:
    def read(cell: str) -> str:
        if cell.lower() not in values:
            raise ValueError(", ".join(values))
        return cell.lower()

    return read


def _yes(cell: str) -> bool:
    return {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}[cell.lower()]


def _number(cell: str) -> Decimal:
    number = Decimal(cell.replace(",", ".") if cell.count(",") == 1 and "." not in cell else cell)
    if not number.is_finite() or not 0 <= number < 10**9:
        raise ValueError(cell)
    return number


def _whole(cell: str) -> int:
    number = _number(cell)
    if number != number.to_integral_value():
        raise ValueError(cell)
    return int(number)


def _share(cell: str) -> float:
    share = float(cell)
    if not 0 <= share <= 1:
        raise ValueError(cell)
    return share


def _eqf(cell: str) -> int:
    level = _whole(cell)
    if not 1 <= level <= 8:
        raise ValueError(cell)
    return level


def _moment(cell: str) -> datetime:
    moment = datetime.fromisoformat(cell)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


# How a cell that is not empty is read; each raises ValueError, KeyError or ArithmeticError for what it cannot read.
READERS: Final[dict[str, Callable[[str], Any]]] = {
    "text": str,
    "whole": _whole,
    "number": _number,
    "share": _share,
    "yes": _yes,
    "day": date.fromisoformat,
    "moment": _moment,
    "eqf": _eqf,
    "relation": _within(*get_args(Relation)),
    "sort": _within("knowledge", "skill", "autonomy"),
    "form": _within("professional", "educational", "micro-credential", "joint"),
}
