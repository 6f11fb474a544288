"""What a vague date means: the first and the last day of the time that it names."""

from __future__ import annotations

import re
from datetime import date, timedelta

from gilde.plans.models.plans import Precision

_DURATION = re.compile(r"P(?=\d)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?")
# A school year runs from 1 September to 31 August (see demo/data/README.md and the European plan template).
_SCHOOL_YEAR_STARTS = 9
_MONTHS = {Precision.MONTH: 1, Precision.QUARTER: 3, Precision.HALF_YEAR: 6, Precision.YEAR: 12}


def first_day(day: date, precision: str) -> date:
    """Return the first day of the month, quarter, … or school year in which `day` lies; else the day."""
    if precision == Precision.SCHOOL_YEAR:
        return date(day.year if day.month >= _SCHOOL_YEAR_STARTS else day.year - 1, _SCHOOL_YEAR_STARTS, 1)
    months = _MONTHS.get(Precision(precision)) if precision else None
    if months is None:
        return day
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def last_day(day: date, precision: str) -> date:
    """Return the last day of the month, quarter, … or school year in which `day` lies; else the day."""
    if precision == Precision.SCHOOL_YEAR:
        return date(first_day(day, precision).year + 1, _SCHOOL_YEAR_STARTS, 1) - timedelta(days=1)
    months = _MONTHS.get(Precision(precision)) if precision else None
    if months is None:
        return day
    first = first_day(day, precision)
    years, month = divmod(first.month - 1 + months, 12)
    return date(first.year + years, month + 1, 1) - timedelta(days=1)


def is_duration(words: str) -> bool:
    """Return whether this is a duration of ISO 8601 in years, months, weeks or days, such as P2Y."""
    return _DURATION.fullmatch(words) is not None
