"""Statements with a date in running text: when something starts, ends, is due or comes back."""

from __future__ import annotations

import re
from bisect import bisect_left
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from gilde.plans.reader.datewords import YEAR, DateWords, date_words, plain
from gilde.plans.reader.wording import sentence

Kind = Literal["start", "end", "milestone", "recurrence"]
Precision = Literal["day", "month", "quarter", "half-year", "season", "year", "school-year", "period", "week"]
_SEED = re.compile(rf"{YEAR}|(?<![0-9./])[0-9]{{2}}/[0-9]{{2}}/[0-9]{{2}}(?![0-9/])")
_BEFORE, _AFTER = 48, 40  # characters around a year in which all of its date stands


@dataclass(frozen=True)
class DatedStatement:
    """`text[start:end]` says when. `from_date`..`to_date` is the interval, both days included, that it means.

    start: what is promised begins on a day of the interval; "from 2024" is the whole of 2024, and
    "after 2024" has no last day. end: it is over, or there, by the end of the interval; "by April 2024" is
    April 2024, and "before April 2024" has no first day and ends with March.
    milestone: it happens within the interval. A span of years or days ("2021-2025") is one milestone with
    precision "period". recurrence: no interval, but `every` as a duration of ISO 8601 ("P2Y").
    """

    start: int
    end: int
    kind: Kind
    from_date: date | None
    to_date: date | None
    precision: Precision
    every: str | None = None


@dataclass(frozen=True)
class _Atom:
    """A date as written, before the words around it say what it is."""

    start: int
    end: int
    first: date
    last: date
    precision: Precision
    shape: str


def find_dates(text: str) -> list[DatedStatement]:
    """Every dated statement in `text`, in order of place. Day stands before month, as everywhere in Europe.

    The kind is told by the words right before ("by", "since", "completed in") or after ("onwards", "at the
    latest"); without one it is a milestone. A date without a year is left out, and so is a number in a name:
    the year of "agenda 2030", the day of "Decree … of 14 March 2019". A bare year counts only after a word
    that makes it a date, in brackets, or alone in its line or cell.
    Source of words and conventions: templates/dates.yaml.
    """
    dated = list(_statements(text, list(_atoms(text))))
    taken = sorted((found.start, found.end) for found in dated)
    starts = [start for start, _ in taken]
    for found in _recurrences(text):
        place = bisect_left(starts, found.end)
        if place == 0 or taken[place - 1][1] <= found.start:
            dated.append(found)
    return sorted(dated, key=lambda found: (found.start, found.end))


def _windows(text: str) -> Iterator[tuple[int, int]]:
    """The stretches of text around years; all other text has no date to look at."""
    first = last = -1
    for seed in _SEED.finditer(text):
        start, end = max(0, seed.start() - _BEFORE), min(len(text), seed.end() + _AFTER)
        if start > last:
            if last > 0:
                yield first, last
            first = start
        last = end
    if last > 0:
        yield first, last


def _atoms(text: str) -> Iterator[_Atom]:
    words = date_words()
    for first, last in _windows(text):
        for match in words.any_shape.finditer(text, first, last):
            shape = str(match.lastgroup)
            detail = words.shapes[shape].match(text, match.start())
            if detail is not None:
                try:
                    begin, end, precision = _interval(words, shape, detail)
                except ValueError:  # no such day, as 31/2/2022
                    continue
                yield _Atom(match.start(), match.end(), begin, end, precision, shape)


def _interval(words: DateWords, shape: str, found: re.Match[str]) -> tuple[date, date, Precision]:
    """First and last day that a date as written means. Raises ValueError for a day that does not exist."""
    parts = found.groupdict()
    year = 2000 + int(parts["short"]) if "short" in parts else int(parts["year"])
    if shape in ("iso", "numeric", "day", "month_day", "short"):
        written, day = parts["month"], int(parts["day"])
        month = int(written) if written.isdigit() else words.months[plain(written.rstrip("."))]
        if shape == "numeric" and month > 12 >= day:  # 12/31/2022 can only be month first
            day, month = month, day
        exact = date(year, month, day)
        return exact, exact, "day"
    if shape == "school":
        following = _second_year(year, parts["other"])
        return date(year, *words.school_from), date(following, *words.school_to), "school-year"
    if shape == "years":
        return date(year, 1, 1), date(_second_year(year, parts["other"]), 12, 31), "period"
    if shape in ("month", "month_number", "part_of_month"):
        written = parts["month"]
        month = int(written) if written.isdigit() else words.months[plain(written.rstrip("."))]
        begin, end, _ = _months(year, month, month, "month")
        if shape == "part_of_month":
            third = words.parts[plain(parts["part"])][0] // 5  # beginning 0, middle 1, end 2
            begin = date(year, month, (1, 11, 21)[third])
            end = date(year, month, (10, 20, end.day)[third])
        return begin, end, "month"
    if shape in ("quarter", "quarter_after", "half"):
        size = 6 if shape == "half" else 3
        number = int(parts["digit"]) if parts.get("digit") else words.ordinals[plain(parts["ordinal"])]
        if number * size > 12:
            raise ValueError("There is no such part of the year.")
        return _months(year, number * size - size + 1, number * size, "half-year" if size == 6 else "quarter")
    if shape == "season":
        first, last = words.seasons[plain(parts["season"])]
        if parts["other"] and (last <= 12 or _second_year(year, parts["other"]) != year + 1):
            raise ValueError("Only a winter runs over two years.")
        return _months(year, first, last, "season")
    if shape == "part_of_year":
        first, last, precision = words.parts[plain(parts["part"])]
        return _months(year, first, last, "season" if precision == "season" else "quarter")
    return date(year, 1, 1), date(year, 12, 31), "year"


def _second_year(first: int, written: str) -> int:
    second = int(written) if len(written) == 4 else first // 100 * 100 + int(written)
    if second <= first:
        raise ValueError("The second year must come after the first.")
    return second


def _months(year: int, first: int, last: int, precision: Precision) -> tuple[date, date, Precision]:
    end_year, end_month = (year, last) if last <= 12 else (year + 1, last - 12)
    return date(year, first, 1), date(end_year, end_month, monthrange(end_year, end_month)[1]), precision


def _statements(text: str, atoms: list[_Atom]) -> Iterator[DatedStatement]:
    """The atoms with what the words around them say; those that are part of a name are left out."""
    words = date_words()
    pending: DatedStatement | None = None  # the last statement, which the next one may continue
    for index, atom in enumerate(atoms):
        previous = atoms[index - 1].end if index else 0
        before = text[max(previous, atom.start - _BEFORE) : atom.start]
        gap = (
            text[pending.end : atom.start] if pending is not None and atom.start - pending.end < 24 else None
        )
        joined = gap is not None and words.joint.fullmatch(gap) is not None
        listed = gap is not None and not joined and words.listed.fullmatch(gap) is not None
        if listed and pending is not None and pending.precision == "school-year":
            atom = _as_school_year(words, atom)  # "school years 2021-2022 and 2022-2023"
        kind, begin, end = _kind(text, atom, before)
        if pending is not None and joined and atom.last >= (pending.from_date or atom.last):
            if pending.kind == "start" or _opens(text, pending):
                yield replace(pending, kind="start")
                pending = DatedStatement(atom.start, atom.end, "end", atom.first, atom.last, atom.precision)
            else:
                pending = replace(pending, end=atom.end, to_date=atom.last, precision="period")
            continue
        if pending is not None and listed and _between(text, pending) and pending.kind == "milestone":
            pending = replace(pending, end=atom.end, to_date=atom.last, precision="period")
            continue
        if pending is not None:
            yield pending
        if listed and pending is not None and kind is None:
            kind = pending.kind
        elif (
            kind is None
            and not words.exclusive.search(before)
            and not _stands(text, atom, before, _opened(text, atoms, index))
        ):
            pending = None
            continue
        pending = DatedStatement(begin, end, kind or "milestone", atom.first, atom.last, atom.precision)
        left_out = words.exclusive.search(before)
        if left_out is not None:
            pending = _without_itself(pending, left_out)
        partial = _partial(words, text, atom, previous)
        if partial is not None:
            between = words.between.search(text[max(0, partial.start - _BEFORE) : partial.start])
            lead = text[max(previous, partial.start - _BEFORE) : partial.start]
            lead_kind, lead_begin, _ = _kind(text, partial, lead)
            if lead_kind == "start" or (not between and _opens(text, partial)):
                yield DatedStatement(
                    lead_begin, partial.end, "start", partial.first, partial.last, partial.precision
                )
                pending = replace(pending, start=atom.start, kind="end")
            else:
                pending = DatedStatement(
                    partial.start, atom.end, lead_kind or "milestone", partial.first, atom.last, "period"
                )
    if pending is not None:
        yield pending


def _as_school_year(words: DateWords, atom: _Atom) -> _Atom:
    if atom.shape != "years" or atom.last.year != atom.first.year + 1:
        return atom
    first, last = date(atom.first.year, *words.school_from), date(atom.last.year, *words.school_to)
    return replace(atom, first=first, last=last, precision="school-year")


def _without_itself(found: DatedStatement, left_out: re.Match[str]) -> DatedStatement:
    """What "before" or "after" a date means."""
    if left_out["before"] and found.from_date is not None:
        return replace(found, kind="end", from_date=None, to_date=found.from_date - timedelta(days=1))
    if left_out["after"] and found.to_date is not None:
        return replace(found, kind="start", from_date=found.to_date + timedelta(days=1), to_date=None)
    return found


def _kind(text: str, atom: _Atom, before: str) -> tuple[Kind | None, int, int]:
    """Start or end, and the statement with the words that say so; None when no words do."""
    words = date_words()
    opening = atom.start - len(before)
    end, start = words.end.search(before), words.start.search(before)
    lead = words.exclusive.search(before) or words.introduce.search(before)
    for kind, after in (("end", words.end_after), ("start", words.start_after)):
        found = after.match(text, atom.end)
        if found is not None:
            lead = end or start or lead
            begin = opening + lead.start() if lead else atom.start
            return ("end" if kind == "end" else "start"), begin, found.end()
    if end is not None and (start is None or end.start() >= start.start() or end.end() > start.end()):
        return "end", opening + end.start(), atom.end
    if start is not None:
        return "start", opening + start.start(), atom.end
    return None, opening + lead.start() if lead else atom.start, atom.end


def _opens(text: str, found: DatedStatement | _Atom) -> bool:
    """Whether "from", "van" or "du" stands before, which make a start of the first end of an interval."""
    return date_words().opening.search(text[max(0, found.start - _BEFORE) : found.start]) is not None


def _between(text: str, found: DatedStatement) -> bool:
    return date_words().between.search(text[max(0, found.start - _BEFORE) : found.start]) is not None


def _opened(text: str, atoms: list[_Atom], index: int) -> bool:
    """Whether an atom is the first of two ends: "van 2021 tot 2025", "between 2021 and 2025"."""
    if index + 1 == len(atoms):
        return False
    words = date_words()
    atom, following = atoms[index], atoms[index + 1]
    gap = text[atom.end : following.start] if following.start - atom.end < 24 else "…"
    before = text[max(0, atom.start - _BEFORE) : atom.start]
    return bool(
        (words.joint.fullmatch(gap) and words.opening.search(before))
        or (words.listed.fullmatch(gap) and words.between.search(before))
    )


def _stands(text: str, atom: _Atom, before: str, opened: bool) -> bool:
    """Whether a date that no word makes a start or an end is one at all, and not part of a name."""
    words = date_words()
    if opened:
        return True
    if atom.precision == "day":
        if words.titled_of.search(before) is None:
            return True
        first, _ = sentence(text, atom.start, atom.end, 160, 0)
        return words.titled_noun.search(text[first : atom.start]) is None
    if atom.shape not in ("year", "years", "month_number"):
        return True
    after = text[atom.end : atom.end + 20]
    if words.introduce.search(before):
        return atom.shape != "year" or words.counted.match(after) is None
    if before.endswith("(") and after.startswith(")"):
        return words.titled_noun.search(before) is None
    # alone in its line or cell, or behind a colon; a year that only begins a wrapped line may end a name
    if re.match(r"[ \t*_]{0,4}(?:[:\n<|;–—]|- |$)", after):
        return re.search(r"(?:^|\n|>|\||: )[ \t>|*_•–-]{0,6}$", before or "\n") is not None
    return after[0] in ".,)" and before.endswith(": ")


def _partial(words: DateWords, text: str, atom: _Atom, previous: int) -> _Atom | None:
    """The day or month before a date that lends it the year: "1 September – 31 December 2023"."""
    if atom.shape not in ("day", "month"):
        return None
    begin = max(previous, atom.start - _BEFORE)
    found = words.partial.search(text[begin : atom.start])
    if found is None or not (found["day"] or found["month"]) or (atom.shape == "month" and found["day"]):
        return None
    if atom.shape == "day" and not found["day"]:
        return None
    joint = plain(found["joint"])
    start = begin + found.start()
    if joint in ("and", "en", "et", "und"):
        lead = text[max(0, start - _BEFORE) : start]
        if words.between.search(lead) is None:
            return None
    month = words.months[plain(found["month"].rstrip("."))] if found["month"] else atom.first.month
    year = atom.first.year - (1 if month > atom.first.month else 0)
    end = begin + found.start("joint")
    while text[end - 1].isspace():
        end -= 1
    try:
        if found["day"]:
            exact = date(year, month, int(found["day"]))
            return _Atom(start, end, exact, exact, "day", "day") if exact <= atom.first else None
        first, last, precision = _months(year, month, month, "month")
        return _Atom(start, end, first, last, precision, "month")
    except ValueError:
        return None


def _recurrences(text: str) -> Iterator[DatedStatement]:
    words = date_words()
    taken: list[tuple[int, int]] = []
    for match in words.each.finditer(text):
        written = match["number"]
        number = (
            1 if written is None else int(written) if written.isdigit() else words.numbers[plain(written)]
        )
        letter, size, precision = words.units[plain(match["unit"])]
        months = number * size
        if letter == "M" and months % 12 == 0:
            letter, months = "Y", months // 12
        if months:
            taken.append(match.span())
            yield _recurrence(match, f"P{months}{letter}", precision)
    starts = [start for start, _ in taken]
    for match in words.adverb.finditer(text):
        place = bisect_left(starts, match.end())
        if place == 0 or taken[place - 1][1] <= match.start():
            duration, precision = words.adverbs[plain(match.group())]
            yield _recurrence(match, duration, precision)
    for match in words.annual.finditer(text):
        yield _recurrence(match, "P1Y", "year")


def _recurrence(match: re.Match[str], every: str, precision: str) -> DatedStatement:
    known: dict[str, Precision] = {
        "year": "year",
        "school-year": "school-year",
        "half-year": "half-year",
        "quarter": "quarter",
        "month": "month",
    }
    return DatedStatement(
        match.start(), match.end(), "recurrence", None, None, known.get(precision, "week"), every
    )
