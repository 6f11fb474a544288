"""The words with which dates are written: templates/dates.yaml as patterns and tables."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from gilde.plans.reader.wording import any_of, load

YEAR = r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])"


@dataclass(frozen=True)
class DateWords:
    """Patterns and tables; all keys of tables are in small letters with single blanks."""

    school_from: tuple[int, int]
    school_to: tuple[int, int]
    months: dict[str, int]
    parts: dict[str, tuple[int, int, str]]  # words -> first month, last month, precision
    seasons: dict[str, tuple[int, int]]
    ordinals: dict[str, int]
    numbers: dict[str, int]
    units: dict[str, tuple[str, int, str]]  # words -> letter of ISO 8601, size, precision
    adverbs: dict[str, tuple[str, str]]  # words -> duration, precision
    shapes: dict[str, re.Pattern[str]]  # ways of writing a date that holds a year, the longest first
    any_shape: re.Pattern[str]
    partial: re.Pattern[str]  # "1 September –" before a date that has the year
    start: re.Pattern[str]
    opening: re.Pattern[str]
    start_after: re.Pattern[str]
    end: re.Pattern[str]
    end_after: re.Pattern[str]
    exclusive: re.Pattern[str]  # "before" and "after", which leave the date itself out
    introduce: re.Pattern[str]
    counted: re.Pattern[str]
    joint: re.Pattern[str]
    listed: re.Pattern[str]
    between: re.Pattern[str]
    titled_of: re.Pattern[str]
    titled_noun: re.Pattern[str]
    each: re.Pattern[str]
    adverb: re.Pattern[str]
    annual: re.Pattern[str]


def plain(phrase: str) -> str:
    """A phrase as it stands in the tables."""
    return " ".join(phrase.lower().split())


def _table(groups: dict[Any, list[Any]]) -> dict[str, int]:
    return {plain(str(word)): int(value) for value, words in groups.items() for word in words}


def _before(words: str, fillers: str) -> str:
    """Words that stand right before a date, with up to two fillers between."""
    return rf"(?i:{words})\.?\s{{0,2}}(?:(?i:{fillers})\.?\s{{0,2}}){{0,3}}$"


@lru_cache
def date_words() -> DateWords:
    """The patterns of templates/dates.yaml."""
    data = load("dates.yaml")
    months, ordinals = _table(data["months"]), _table(data["ordinals"])
    parts = {
        plain(word): (*part["months"], part["precision"])
        for part in data["parts_of_year"].values()
        for word in part["words"]
    }
    seasons = {plain(word): tuple(s["months"]) for s in data["seasons"].values() for word in s["words"]}
    recurrence = data["recurrence"]
    numbers = _table(recurrence["numbers"])
    units = {
        plain(word): (unit["duration"], unit["size"], precision)
        for precision, unit in recurrence["units"].items()
        for word in unit["words"]
    }
    adverbs = {
        plain(word): (duration, way["precision"])
        for duration, way in recurrence["adverbs"].items()
        for word in way["words"]
    }
    fillers = any_of(data["fillers"])
    verbs = {kind: any_of(data[kind]["verbs"]) for kind in ("start", "end")}
    prepositions = any_of(data["prepositions"])
    joint = any_of(data["joint"])
    conjunction = any_of(["and", "en", "et", "und"])
    shapes = _shapes(data, months, parts, seasons, ordinals)
    nouns = any_of(data["titled"]["nouns"])
    endings = "|".join(data["titled"]["endings"])
    return DateWords(
        school_from=tuple(data["school_year"]["from"]),
        school_to=tuple(data["school_year"]["to"]),
        months=months,
        parts=parts,
        seasons=seasons,
        ordinals=ordinals,
        numbers=numbers,
        units=units,
        adverbs=adverbs,
        shapes={name: re.compile(rf"(?i:{shape})") for name, shape in shapes.items()},
        any_shape=re.compile(
            "|".join(rf"(?P<{name}>(?i:{_unnamed(shape)}))" for name, shape in shapes.items())
        ),
        partial=re.compile(
            rf"(?i:(?:(?<![0-9./])(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th|e|er|ste|de)?\.?(?:\s(?:of\s|de\s)?)?)?"
            rf"(?P<month>{any_of(months)}\.?)?\s{{0,2}}(?P<joint>{joint}|{conjunction})"
            rf"\s{{0,2}}(?:the\s|zum\s|le\s)?)$"
        ),
        start=re.compile(
            rf"{_before(any_of(data['start']['words']), fillers)}|(?i:{verbs['start']})\s{{1,2}}"
            rf"{_before(prepositions, fillers)}"
        ),
        opening=re.compile(_before(any_of([*data["start"]["opening"], *data["opening"]]), fillers)),
        start_after=re.compile(rf"\s{{1,2}}(?i:{any_of(data['start']['after'])})"),
        end=re.compile(
            rf"{_before(any_of(data['end']['words']), fillers)}|(?i:{verbs['end']})(?:\s{{1,2}}|(?=:))"
            rf"{_before(prepositions, fillers)}"
        ),
        end_after=re.compile(rf",?\s{{1,2}}(?i:{any_of(data['end']['after'])})"),
        exclusive=re.compile(
            rf"(?P<before>{_before(any_of(data['before']), fillers)})"
            rf"|(?P<after>{_before(any_of(data['after']), fillers)})"
        ),
        introduce=re.compile(rf"(?i:{any_of(data['introduce'])})\s{{1,3}}$"),
        counted=re.compile(rf"\s{{1,2}}(?i:{any_of(data['counted'])})"),
        joint=re.compile(rf"\s{{0,2}}(?i:{joint})\s{{0,2}}(?:(?i:{fillers})\s{{0,2}}){{0,2}}"),
        listed=re.compile(
            rf"\s{{0,2}}(?:,\s)?(?i:{any_of(data['list'])})\s{{0,2}}(?:(?i:{fillers})\s{{0,2}}){{0,2}}"
        ),
        between=re.compile(_before(any_of(data["between"]), fillers)),
        titled_of=re.compile(rf"(?i:{any_of(data['titled']['of'])})\s{{1,2}}$"),
        titled_noun=re.compile(rf"(?i:{nouns}|\w(?:{endings})(?!\w))"),
        each=re.compile(
            rf"(?i:{any_of(recurrence['each'])}\s{{1,2}}"
            rf"(?:(?P<number>[0-9]{{1,2}}|{any_of(numbers)})\s{{1,2}})?(?P<unit>{any_of(units)}))"
        ),
        adverb=re.compile(rf"(?i:{any_of(adverbs)})"),
        annual=re.compile(
            rf"{any_of(recurrence['annual']['words'])}\s{{1,2}}{any_of(recurrence['annual']['nouns'])}"
        ),
    )


def _unnamed(shape: str) -> str:
    return re.sub(r"\(\?P<\w+>", "(?:", shape).replace("(?P=sign)", "[./-]")


def _shapes(
    data: dict[str, Any],
    months: dict[str, int],
    parts: dict[str, tuple[int, int, str]],
    seasons: dict[str, Any],
    ordinals: dict[str, int],
) -> dict[str, str]:
    """How a date with a year is written; the order decides where two could begin at one place."""
    month = rf"(?P<month>{any_of(months)})\.?"
    day = r"(?<![0-9./])(?P<day>[0-9]{1,2})"
    ending = r"(?:\s?(?:st|nd|rd|th|er|ste|de|e)(?!\w)|\.)?"
    year = rf"(?P<year>{YEAR})"
    other = r"(?P<other>(?:(?:19|20)[0-9]{2}|[0-9]{2}))(?![0-9])"
    link = rf"(?:{any_of(data['linking'])}\s{{0,2}})?"
    ordinal = rf"(?P<ordinal>{any_of(ordinals)})"
    dash = r"\s?[-–—/]\s?"
    school = any_of(data["school_year"]["words"])
    quarter, half = (rf"{any_of(data[name])}\s{{1,2}}{link}" for name in ("quarter", "half"))
    return {
        "iso": rf"{year}-(?P<month>[0-9]{{2}})-(?P<day>[0-9]{{2}})(?![0-9])",
        "school": rf"{school}\s{{1,2}}{year}(?:{dash}|\s(?:to|tot|à|bis)\s){other}",
        "numeric": rf"{day}(?P<sign>[./-])\s?(?P<month>[0-9]{{1,2}})(?P=sign)\s?{year}",
        "day": rf"{day}{ending}\s{{1,3}}(?:of\s|de\s|day\sof\s)?{month},?\s{{1,3}}{year}",
        "month_day": rf"{month}\s{{1,3}}(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?(?:,\s{{0,3}}|\s{{1,3}}){year}",
        "part_of_month": rf"(?P<part>{any_of(parts)})[\s-]{{1,2}}{link}{month},?\s{{1,3}}{link}{year}",
        "month": rf"{month},?\s{{1,3}}{link}{year}",
        "month_number": rf"(?<![0-9/.])(?P<month>0?[1-9]|1[0-2])/{year}",
        "quarter": rf"(?:(?<!\w)[QTK](?P<digit>[1-4])[\s/-]{{0,2}}|{ordinal}\s{{1,2}}{quarter}){year}",
        "quarter_after": rf"{year}[\s/-]{{0,2}}[QT](?P<digit>[1-4])(?!\w)",
        "half": rf"(?:(?<!\w)H(?P<digit>[12])[\s/-]{{0,2}}|{ordinal}\s{{1,2}}{half}){year}",
        "season": rf"(?P<season>{any_of(seasons)})\s{{1,2}}{link}{year}(?:{dash}{other})?",
        "part_of_year": rf"(?P<part>{any_of(parts)})[\s-]{{1,2}}{link}(?:the\syear\s)?{year}",
        "years": rf"{year}{dash}{other}",
        "short": r"(?<![0-9./])(?P<day>[0-9]{2})/(?P<month>[0-9]{2})/(?P<short>[0-9]{2})(?![0-9/])",
        "year": year,
    }
