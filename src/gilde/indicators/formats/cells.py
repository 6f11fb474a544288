"""What stands in one cell: a number or words, a period, a status. Columns of them are made in `columns.py`."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import Final

from gilde.core.errors import Invalid
from gilde.core.periods import Quarter, SchoolYear
from gilde.indicators.formats.concepts import concepts

# Words that say that there is no value; SDMX 3.0 writes NaN for a missing number and #N/A for other values.
MISSING: Final = frozenset({"", ":", "..", "nan", "na", "n/a", "#n/a", "null", "none"})
MISSING_AS_WRITTEN: Final = ("", ":", "..", "NaN", "nan", "NA", "na", "n/a", "N/A", "#N/A", "null")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?", re.ASCII)
_YEAR = re.compile(r"(\d{4})(?:-?A1?)?", re.ASCII)
_MONTH = re.compile(r"(\d{4})(?:-?M(\d{1,2})|-(\d{2}))", re.ASCII)
_LETTERS = re.compile(r"[a-z]{1,6}|[A-Z]{1,6}")
_SEPARATORS = re.compile(r"[\s,;|+:]+")


class UnknownStatus(ValueError):
    """A status that no list of codes explains."""


def number(words: str, multiplier: int = 0) -> float | None:
    """Return the number, times 10 to the power of `multiplier`, rightly rounded; None for what is none.

    Numbers have a decimal point and no thousands separator (SDMX, xs:double); infinity is no figure.
    """
    plain = words.strip()
    if not _NUMBER.fullmatch(plain):
        return None
    value = float(Decimal(plain).scaleb(multiplier)) if multiplier else float(plain)
    return value if math.isfinite(value) else None


def is_missing(words: str) -> bool:
    """Return whether the words say that there is no value."""
    return words.strip().lower() in MISSING


def period(words: str) -> str:
    """Return a period as Gilde writes it: "2024", "2024-Q1", "2024-03", "2024-2025"; other words as they are.

    "2003-04" is a month, as in ISO 8601; "2012-13" can be none and is a school year, as "2003/04" is.
    """
    plain = words.strip().upper()
    if found := _YEAR.fullmatch(plain):
        return found[1]
    if (found := _MONTH.fullmatch(plain)) and 1 <= (month := int(found[2] or found[3])) <= 12:
        return f"{found[1]}-{month:02d}"
    for kind in (Quarter, SchoolYear):
        try:
            return str(kind.parse(plain))
        except Invalid:
            continue
    return words.strip()


def letters(status: str, confidential: bool = False) -> tuple[str, str]:
    """Return the letters of a status with a value, and those beside ":" without one.

    Capitals are codes of CL_OBS_STATUS, small letters those of Eurostat, which stand for themselves; there may be
    several, together or separated. `confidential` reads a code of CL_CONF_STATUS instead. Raises UnknownStatus.
    """
    table = concepts()
    word = status.strip()
    if ": " in word:  # "B: time series break", where both code and name are asked for
        word = word.split(": ", 1)[0]
    if confidential:
        flag = "" if word.upper() in table.free else "c"
        return flag, flag
    present, absent = set[str](), set[str]()
    for token in _SEPARATORS.split(word):
        if token.lower() in MISSING:
            continue
        if not _LETTERS.fullmatch(token):
            raise UnknownStatus(status)
        for code in token:
            if code.islower():
                told = "" if code == "a" else code
                present.update(told)
                absent.update("" if code == "m" else told)
            elif code in table.missing_status:
                present.update(code.lower())
                absent.update(table.missing_status[code])
            elif code in table.observation_status:
                present.update(table.observation_status[code])
                absent.update(table.observation_status[code])
            else:
                raise UnknownStatus(status)
    return "".join(sorted(present)), "".join(sorted(absent))
