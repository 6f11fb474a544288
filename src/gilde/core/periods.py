"""The periods that figures are told for, as values: they compare, hash, print and parse."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol, Self

from django.utils.translation import gettext as _

from gilde.core.errors import Invalid


class Period(Protocol):
    """Anything with a first and a last day, both included."""

    @property
    def first_day(self) -> date: ...

    @property
    def last_day(self) -> date: ...


class _Days:
    """What every period can do once it knows its first day and the period that follows."""

    @property
    def first_day(self) -> date:
        raise NotImplementedError

    def next(self) -> Self:
        raise NotImplementedError

    @property
    def last_day(self) -> date:
        """Return the last day that belongs to the period."""
        return self.next().first_day - timedelta(days=1)

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first_day <= day <= self.last_day

    def as_json(self) -> str:
        """Return the period as it is printed, which is also how it is stored."""
        return str(self)


@dataclass(frozen=True, order=True)
class Year(_Days):
    """A calendar year."""

    number: int

    def __post_init__(self) -> None:
        _check_year(self.number)

    @classmethod
    def of(cls, day: date) -> Year:
        """Return the year that a day is in."""
        return cls(day.year)

    @classmethod
    def parse(cls, words: str) -> Year:
        """Return the year written as "2025"; raise Invalid for anything else."""
        if not re.fullmatch(r"\d{4}", words.strip()):
            raise _unreadable(words, "2025")
        return cls(int(words))

    @property
    def first_day(self) -> date:
        return date(self.number, 1, 1)

    def next(self) -> Year:
        """Return the year after this one."""
        return Year(self.number + 1)

    def __str__(self) -> str:
        return f"{self.number:04d}"


@dataclass(frozen=True, order=True)
class SchoolYear(_Days):
    """A school year, from 1 September of `start` to 31 August of the year after."""

    start: int

    def __post_init__(self) -> None:
        _check_year(self.start)

    @classmethod
    def of(cls, day: date) -> SchoolYear:
        """Return the school year that a day is in."""
        return cls(day.year if day.month >= 9 else day.year - 1)

    @classmethod
    def parse(cls, words: str) -> SchoolYear:
        """Return the school year written as "2025-2026", "2025/2026" or "2025-26"; raise Invalid for
        anything else.
        """
        found = re.fullmatch(r"(\d{4})\s*[-–/]\s*(\d{4}|\d{2})", words.strip())
        if found is None:
            raise _unreadable(words, "2025-2026")
        year = cls(int(found[1]))
        following = f"{year.start + 1:04d}"
        if found[2] not in (following, following[2:]):
            raise Invalid(
                _("“%(words)s” is no school year: it must end in the year after it began.") % {"words": words}
            )
        return year

    @property
    def first_day(self) -> date:
        return date(self.start, 9, 1)

    def next(self) -> SchoolYear:
        """Return the school year after this one."""
        return SchoolYear(self.start + 1)

    def __str__(self) -> str:
        return f"{self.start:04d}-{self.start + 1:04d}"


@dataclass(frozen=True, order=True)
class Quarter(_Days):
    """A quarter of a calendar year, numbered 1 to 4."""

    year: int
    number: int

    def __post_init__(self) -> None:
        _check_year(self.year)
        if self.number not in (1, 2, 3, 4):
            raise Invalid(
                _("There is no quarter %(number)s: a year has quarters 1 to 4.") % {"number": self.number}
            )

    @classmethod
    def of(cls, day: date) -> Quarter:
        """Return the quarter that a day is in."""
        return cls(day.year, (day.month + 2) // 3)

    @classmethod
    def parse(cls, words: str) -> Quarter:
        """Return the quarter written as "2025-Q3", "2025Q3" or "Q3 2025"; raise Invalid for anything else."""
        plain = words.strip().upper()
        if found := re.fullmatch(r"(\d{4})\s*-?\s*Q(\d)", plain):
            return cls(int(found[1]), int(found[2]))
        if found := re.fullmatch(r"Q(\d)\s*[-/ ]?\s*(\d{4})", plain):
            return cls(int(found[2]), int(found[1]))
        raise _unreadable(words, "2025-Q3")

    @property
    def first_day(self) -> date:
        return date(self.year, 3 * self.number - 2, 1)

    def next(self) -> Quarter:
        """Return the quarter after this one, over the end of the year too."""
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    def __str__(self) -> str:
        return f"{self.year:04d}-Q{self.number}"


@dataclass(frozen=True, order=True)
class Month(_Days):
    """A month of a calendar year, numbered 1 to 12."""

    year: int
    number: int

    def __post_init__(self) -> None:
        _check_year(self.year)
        if not 1 <= self.number <= 12:
            raise Invalid(
                _("There is no month %(number)s: a year has months 1 to 12.") % {"number": self.number}
            )

    @classmethod
    def of(cls, day: date) -> Month:
        """Return the month that a day is in."""
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, words: str) -> Month:
        """Return the month written as "2025-03", "2025M03" or "2025-M3"; raise Invalid for anything else."""
        if found := re.fullmatch(r"(\d{4})(?:-?M(\d{1,2})|-(\d{2}))", words.strip().upper()):
            return cls(int(found[1]), int(found[2] or found[3]))
        raise _unreadable(words, "2025-03")

    @property
    def first_day(self) -> date:
        return date(self.year, self.number, 1)

    def next(self) -> Month:
        """Return the month after this one, over the end of the year too."""
        return Month(self.year + self.number // 12, self.number % 12 + 1)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"


def parse(words: str) -> Year | SchoolYear | Quarter:
    """Return the year, school year or quarter that was written; raise Invalid with examples of each.

    No month: "2003-04" may be a school year or a month, so who means a month says so with `Month.parse`.
    """
    for kind in (Year, SchoolYear, Quarter):
        try:
            return kind.parse(words)
        except Invalid:
            continue
    raise _unreadable(words, "2025, 2025-2026, 2025-Q3")


def _check_year(year: int) -> None:
    # The year after must still be a date that Python knows.
    if not 1 <= year <= 9997:
        raise Invalid(_("%(year)s is no year that can be counted with.") % {"year": year})


def _unreadable(words: str, example: str) -> Invalid:
    return Invalid(
        _("“%(words)s” is no period that can be read. Write it as: %(example)s.")
        % {"words": words[:40], "example": example}
    )
