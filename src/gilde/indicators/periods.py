"""Periods of figures: the value types of core, by the frequency of an indicator."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeAlias

from gilde.core.periods import Month, Quarter, SchoolYear, Year
from gilde.indicators.models.definitions import Frequency

AnyPeriod: TypeAlias = Year | SchoolYear | Quarter | Month

KINDS: Final[dict[str, type[Year] | type[SchoolYear] | type[Quarter] | type[Month]]] = {
    Frequency.YEAR: Year,
    Frequency.SCHOOL_YEAR: SchoolYear,
    Frequency.QUARTER: Quarter,
    Frequency.MONTH: Month,
}


def parse(words: str, frequency: str) -> AnyPeriod:
    """Return the period of this frequency; raise Invalid for one of another frequency or none at all."""
    return KINDS[frequency].parse(words)


def year_of(period: str) -> int:
    """Return the calendar year in which a stored period begins."""
    return int(period[:4])


def position(period: str) -> float:
    """Return where a stored period lies on a time axis in years: 2024-Q3 is 2024.5.

    A school year lies at the calendar year in which it begins, so that periods of one frequency are equally far apart.
    """
    year = float(period[:4])
    if "-Q" in period:
        return year + (int(period[-1]) - 1) / 4
    if len(period) == 7:
        return year + (int(period[-2:]) - 1) / 12
    return year


def between(first: str, last: str, frequency: str) -> Iterator[str]:
    """Yield every period from `first` to `last`, both included, so that what is missing can be seen."""
    here, end = parse(first, frequency), parse(last, frequency)
    while here <= end:  # type: ignore[operator]
        yield str(here)
        here = here.next()
