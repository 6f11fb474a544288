"""With what words and figures money is written: templates/money.yaml as patterns, and reading a figure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from gilde.plans.reader.wording import any_of, load

BLANK = " \u00a0\u202f\u2009"
_APOSTROPHE = "'’"
_LONGEST = 30  # characters of a figure; a longer run of digits is no sum


@dataclass(frozen=True)
class Words:
    """The patterns and tables made of templates/money.yaml."""

    currency: re.Pattern[str]
    token: re.Pattern[str]
    suffix: re.Pattern[str]
    prefix: re.Pattern[str]
    prefix_word: re.Pattern[str]
    scale: re.Pattern[str]
    number_words: dict[str, Decimal]
    compound: re.Pattern[str]
    scales: dict[str, int]
    currencies: dict[str, str]
    modifiers: re.Pattern[str]
    approximate: re.Pattern[str]
    maximum: re.Pattern[str]
    period_after: re.Pattern[str]
    period_before: re.Pattern[str]
    periods: dict[str, str]
    between: re.Pattern[str]
    joint: re.Pattern[str]
    joint_and: re.Pattern[str]
    provision: re.Pattern[str]
    constant: re.Pattern[str]
    clause: re.Pattern[str]


def plain(phrase: str) -> str:
    return " ".join(phrase.lower().split())


@lru_cache
def words() -> Words:
    data = load("money.yaml")
    scales, currencies, periods = {}, {}, {}
    exact_scales, word_scales, symbols, codes, names = [], [], [], [], []
    for power, ways in data["scales"].items():
        scales.update({str(way): int(power) for way in [*ways["exact"], *ways["words"]]})
        exact_scales += ways["exact"]
        word_scales += ways["words"]
    for code, ways in data["currencies"].items():
        currencies.update({str(way): code for way in [*ways["exact"], *ways["words"]]})
        symbols += [re.escape(way) for way in ways["exact"] if not way.isalpha() or not way.isupper()]
        codes += [re.escape(way) for way in ways["exact"] if way.isalpha() and way.isupper()]
        names += ways["words"]
    for period, ways in data["period"].items():
        periods.update({plain(way): period for way in [*ways["after"], *ways["both"], *ways["before"]]})

    sign = "|".join(sorted(symbols, key=len, reverse=True))
    code = rf"(?:{'|'.join(codes)})(?![^\W\d_]|-[^\W\d_])"
    short = "|".join(sorted((re.escape(way) for way in exact_scales), key=len, reverse=True))
    scale_word = rf"(?i:{any_of(word_scales)})\.?"
    # a short scale stands against its currency (k€, MEUR) or alone as a word; 40 m² is no sum
    scale = rf"(?:{scale_word}|(?:{short})(?![\w²³])\.?)"
    joined_scale = rf"(?:{scale_word}|(?:{short})\.?(?=\s?(?:{sign}|{code}))|(?:{short})(?![\w²³])\.?)"
    link = "|".join(re.escape(word) + (r"\s?" if word[-1] in _APOSTROPHE else r"\s") for word in data["of"])
    not_money = rf"(?![\s-]{{1,2}}(?i:{any_of(data['not_money_before'])}))"
    number_words = {str(way): Decimal(value) for value, ways in data["numbers"].items() for way in ways}
    counted = any_of(number_words)

    after = [way for ways in data["period"].values() for way in ways["after"]]
    both = [way for ways in data["period"].values() for way in ways["both"]]
    before = [way for ways in data["period"].values() for way in ways["before"]]
    touching = [way for way in after if not _stands_apart(way)]
    signs = "|".join(re.escape(sign) for sign in data["approximate_signs"])
    filler = [
        "of",
        "a",
        "the",
        "total",
        "de",
        "d'",
        "van",
        "een",
        "un",
        "une",
        "von",
        "ein",
        "budget",
        "bedrag",
        "amount",
        "sum",
        "grant",
        "montant",
        "betrag",
        "is",
        "est",
        "ist",
        "être",
    ]
    modifier = any_of([*data["approximate"], *data["maximum"], *both, *filler])
    return Words(
        currency=re.compile(rf"{sign}|{code}|(?i:{any_of(names)})"),
        token=re.compile(
            rf"[0-9]{{1,3}}(?:[{BLANK}][0-9]{{3}}(?![0-9]))+(?:[.,][0-9]{{1,2}}(?![0-9]))?"
            rf"|[0-9]+(?:[.,{_APOSTROPHE}][0-9]+)*"
            rf"|(?i:{counted})(?=\s{{1,2}}(?i:{any_of(word_scales)}))"
        ),
        suffix=re.compile(
            rf"(?:,[-–]{{1,2}}|\.[-–])?(?:[\s-]{{0,2}}(?P<scale>{joined_scale}))?\s{{0,2}}(?:(?i:{link}))?[\s-]{{0,2}}"
            rf"(?P<currency>{sign}|{code}|(?i:{any_of(names)}){not_money})"
        ),
        prefix=re.compile(
            rf"(?<!\w)(?P<lead>(?:{scale_word}|{short})\s?)?(?P<currency>{sign}|{code})"
            rf"(?:\s(?P<scale>{scale_word}))?\s{{0,2}}$"
            rf"|(?P<symbol>{sign})\s{{0,2}}$"
        ),
        prefix_word=re.compile(rf"(?P<currency>(?i:{any_of(names)}))\s{{1,2}}$"),
        scale=re.compile(rf"(?:,[-–]{{1,2}}|\.[-–])?[\s-]{{0,2}}(?P<scale>{scale})"),
        number_words=number_words,
        compound=re.compile(
            rf"(?i:(?:[0-9]|{counted})[\s-](?:{any_of(data['and'])}\s)?(?:an?\s|een\s|une?\s)?)$"
        ),
        scales=scales,
        currencies=currencies,
        modifiers=re.compile(rf"(?i:(?:(?:{modifier}\.?|{signs})[,:]?\s{{0,2}}){{1,6}})$"),
        approximate=re.compile(rf"(?i:{any_of(data['approximate'])})|{signs}"),
        maximum=re.compile(rf"(?i:{any_of(data['maximum'])})"),
        period_after=re.compile(
            rf"^[\s(]{{0,2}}(?P<touching>(?i:{any_of(touching)}))"
            rf"|(?P<apart>(?i:{any_of([*both, *[way for way in after if _stands_apart(way)]])}))"
        ),
        period_before=re.compile(rf"(?i:{any_of([*both, *before])})"),
        periods=periods,
        between=re.compile(rf"(?i:{any_of(data['between'])})\s{{1,2}}(?:€|£|\$|[A-Z]{{3}})?\s?$"),
        joint=re.compile(rf"\s{{0,2}}(?:[-–—]|(?i:{any_of(data['range'])}))\s{{0,2}}"),
        joint_and=re.compile(rf"\s{{1,2}}(?i:{any_of(data['and'])})\s{{1,2}}"),
        provision=re.compile(rf"(?i:{any_of(data['provision'])})\.?:?\s{{0,2}}$"),
        constant=re.compile(rf"(?i:{any_of(data['constant_prices'])})\s$"),
        clause=re.compile(rf"[;,]\s|\s(?i:{any_of(data['and'])})\s"),
    )


def _stands_apart(way: str) -> bool:
    """Whether a period may stand some words away: "per year" may, the "a year" of "for a year" may not."""
    return not way.startswith(("a ", "an ", "/", "p.", "pa"))


def read_figure(written: str) -> Decimal | None:
    """The value of a figure as written with separators, or None when they make no figure.

    The rule, which needs no language: blanks and apostrophes only group thousands. Where both a point and a
    comma stand, the last one is the decimal sign and the other groups. One of them more than once groups.
    One of them once groups when exactly three digits follow and the figure does not begin with 0 (250.000,
    1,500), since money is not written with three decimals; else it is the decimal sign (6,5 and 21.30).
    Groups after the first have three digits, or it is no figure (12.10.2022).
    """
    if len(written) > _LONGEST:
        return None
    figure = written
    for sign in BLANK + _APOSTROPHE:
        figure = figure.replace(sign, "_")
    point, comma = figure.rfind("."), figure.rfind(",")
    decimal = ""
    if point >= 0 and comma >= 0:
        decimal = figure[max(point, comma)]
        if figure.count(decimal) > 1:
            return None
    elif point >= 0 or comma >= 0:
        sign = "." if point >= 0 else ","
        whole, _, rest = figure.partition(sign)
        if figure.count(sign) == 1 and (
            len(rest) != 3 or whole.startswith("0") or "_" in whole or len(whole) > 3
        ):
            decimal = sign
    whole, _, fraction = figure.partition(decimal) if decimal else (figure, "", "")
    groups = re.split(r"[._,]", whole)
    if len(groups) > 1 and (not 1 <= len(groups[0]) <= 3 or any(len(group) != 3 for group in groups[1:])):
        return None
    if decimal and not fraction.isdigit():
        return None
    return Decimal("".join(groups) + ("." + fraction if decimal else ""))


def power_of(scale: str | None) -> int:
    """The power of ten of a scale as written ("mio", "k"), 0 without one."""
    if not scale:
        return 0
    way = scale.strip().rstrip(".")
    scales = words().scales
    return scales[way] if way in scales else scales[way.lower()]


def scaled(value: Decimal, power: int) -> Decimal:
    """`value` times that power of ten."""
    return whole(value * 10**power) if power else value


def whole(value: Decimal) -> Decimal:
    """`value` without decimals where they are all 0."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value
