"""Numbers as people type them: with the decimal comma or point, grouped or not.

What can be read in one way only is read so, whatever the language. A single comma or point before exactly three
digits could be either ("1,234"): then the reader's own way of writing decides, and the page says what was understood.
"""

from __future__ import annotations

import math
import re

from django.utils.formats import get_format, number_format
from django.utils.translation import gettext as _

_SPACES = re.compile(r"[\s\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}'’]+")
_PLAIN = re.compile(r"[+-]?[\d.,]*\d[\d.,]*", re.ASCII)
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+", re.ASCII)
LONGEST = 40


class NotANumber(ValueError):
    """The words can be read as no number; the message says why."""


def parse_number(words: str, suffix: str = "") -> float:
    """Return the number that is meant; `suffix` is a unit that may stand behind it. Raises NotANumber."""
    told = words.strip().replace("\N{MINUS SIGN}", "-")
    if suffix and told.endswith(suffix):
        told = told[: -len(suffix)].rstrip()
    groups = [group for group in _SPACES.split(told) if group]
    if len(groups) > 1 and not _are_groups(groups):
        raise NotANumber(_("“%(words)s” is no number: write it as one, such as 1234,5.") % {"words": words})
    told = "".join(groups)
    if len(told) > LONGEST or not _PLAIN.fullmatch(told):
        raise NotANumber(
            _("“%(words)s” is no number. Write digits with a decimal comma or point, such as 75,4 or 75.4.")
            % {"words": words[:LONGEST]}
        )
    sign = -1 if told.startswith("-") else 1
    return sign * float(_without_groups(told.lstrip("+-"), words))


def _are_groups(groups: list[str]) -> bool:
    """Return whether these are the thousands of one number: "1", "234", "567,5"."""
    first, *rest = groups
    return (
        bool(re.fullmatch(r"[+-]?\d{1,3}", first, re.ASCII))
        and all(re.fullmatch(r"\d{3}", group, re.ASCII) for group in rest[:-1])
        and bool(re.fullmatch(r"\d{3}(?:[.,]\d*)?", rest[-1], re.ASCII))
    )


def _without_groups(told: str, words: str) -> str:
    """Return unsigned digits with a decimal point at most."""
    marks = [character for character in told if character in ".,"]
    if not marks:
        return told
    last = marks[-1]
    if len(set(marks)) == 2:  # the last one is the decimal mark, the other groups
        whole, _mark, part = told.rpartition(last)
        if last in whole or not _GROUPED.fullmatch(whole):
            raise _unclear(words)
        return f"{re.sub('[.,]', '', whole)}.{part or 0}"
    if len(marks) > 1:
        if not _GROUPED.fullmatch(told):
            raise _unclear(words)
        return told.replace(last, "")
    whole, _mark, part = told.partition(last)
    could_group = _GROUPED.fullmatch(told) and not whole.startswith("0")
    if could_group and last == get_format("THOUSAND_SEPARATOR"):
        return whole + part
    return f"{whole or 0}.{part or 0}"


def _unclear(words: str) -> NotANumber:
    return NotANumber(
        _("“%(words)s” can be read in more than one way. Write it without thousands, such as 1234,5.")
        % {"words": words}
    )


def written_number(value: float | None) -> str:
    """Return a number as the reader writes it, in full and without thousands: what a form opens with."""
    if value is None or not math.isfinite(value):
        return ""
    return f"{value:.15g}" if "e" in f"{value:.15g}" else _with_mark(f"{value:.15g}")


def said_number(value: float) -> str:
    """Return a number as the page says it, in full and with the reader's thousands."""
    digits = f"{value:.15g}"
    places = 0 if "e" in digits or "." not in digits else len(digits.partition(".")[2])
    return number_format(value, places, force_grouping=True)


def _with_mark(digits: str) -> str:
    return digits.replace(".", str(get_format("DECIMAL_SEPARATOR")))
