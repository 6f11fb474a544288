"""Amounts of money in running text, as people write them in European plans."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, replace
from decimal import Decimal

from gilde.plans.reader.money import plain, power_of, read_figure, scaled, whole, words
from gilde.plans.reader.programmes import Mention, find_programmes
from gilde.plans.reader.wording import sentence

_REACH = 40  # characters from a figure within which its currency stands


@dataclass(frozen=True)
class Amount:
    """`text[start:end]` is an amount with its currency. `amount` is in units of `currency`, not thousands.

    `period` is the span of time that the amount is for, as its own words say ("year", "school-year",
    "quarter", "month", "week", "day", "hour"); None means that no period is given.
    `programme` is a key of templates/programmes.yaml, or None.
    """

    start: int
    end: int
    amount: Decimal
    currency: str
    period: str | None = None
    approximate: bool = False
    maximum: bool = False
    programme: str | None = None


@dataclass(frozen=True)
class _Number:
    start: int
    end: int
    value: Decimal | None  # None: digits that are no figure, such as 12.10.2022
    bare: bool  # digits only
    word: bool = False


def find_amounts(text: str) -> list[Amount]:
    """Every amount of money in `text`, in order of place; nothing without a currency beside it is money.

    `between 2 and 3 million euro` gives two amounts, `2 × 500 000 €` one, of the product. Years, provisions,
    percentages, telephone numbers and `50 euro cent` are left out. How separators are read: `read_figure`.
    Whether an amount is for each year is told by the words around it in its sentence, never guessed.
    Source of the words: templates/money.yaml.
    """
    currencies = [match.start() for match in words().currency.finditer(text)]
    if not currencies:
        return []
    numbers = _numbers(text, currencies)
    found: dict[int, Amount] = {}
    claimed = 0  # where the last currency that belongs to a number ends
    for index, number in enumerate(numbers):
        if not _near(currencies, number.start - _REACH, number.end + _REACH):
            continue
        follower = numbers[index + 1] if index + 1 < len(numbers) else None
        amount = _with_currency(text, number, follower, claimed)
        if amount is not None:
            found[index] = amount
            claimed = amount.end
    opening = _ranges(text, numbers, found)
    return _in_context(text, [_multiplied(text, numbers, found, index) for index in sorted(found)], opening)


def _near(currencies: list[int], start: int, end: int) -> bool:
    beside = bisect_left(currencies, start)
    return beside < len(currencies) and currencies[beside] <= end


def _numbers(text: str, currencies: list[int]) -> list[_Number]:
    """The numbers that stand near a currency, or near a number that does."""
    w = words()
    numbers = []
    for match in w.token.finditer(text):
        if not _near(currencies, match.start() - 2 * _REACH, match.end() + 2 * _REACH):
            continue
        written = match.group()
        if written[0] in "0123456789":
            numbers.append(_Number(match.start(), match.end(), read_figure(written), written.isdigit()))
        elif not w.compound.search(text[max(0, match.start() - 24) : match.start()]):
            value = w.number_words.get(plain(written))
            numbers.append(_Number(match.start(), match.end(), value, False, word=True))
    return numbers


def _with_currency(text: str, number: _Number, follower: _Number | None, claimed: int) -> Amount | None:
    """The amount that a number makes with the currency beside it, or None."""
    if number.value is None:
        return None
    w = words()
    lead_from = max(claimed, number.start - _REACH)
    lead = text[lead_from : number.start]
    prefix = w.prefix.search(lead) or (_substantial(text, number) and w.prefix_word.search(lead)) or None
    if prefix:
        parts = prefix.groupdict()
        scale = parts.get("lead") or parts.get("scale")
        end = number.end
        after = w.scale.match(text, number.end)
        if after and not scale:
            scale, end = after["scale"], after.end()
        currency = parts.get("currency") or parts["symbol"]
        return _make(lead_from + prefix.start(), end, number.value, scale, currency)
    suffix = w.suffix.match(text, number.end)
    if suffix is None or not _may_own_suffix(text, number, suffix, follower):
        return None
    return _make(number.start, suffix.end(), number.value, suffix["scale"], suffix["currency"])


def _make(start: int, end: int, value: Decimal, scale: str | None, currency: str) -> Amount:
    w = words()
    code = w.currencies.get(currency) or w.currencies[plain(currency)]
    return Amount(start, end, scaled(value, power_of(scale)), code)


def _is_year(text: str, number: _Number) -> bool:
    return (
        number.bare
        and number.end - number.start == 4
        and text[number.start : number.start + 2] in ("19", "20")
    )


def _substantial(text: str, number: _Number) -> bool:
    """Whether a number after the word "euro" can be a sum: not the norm "Euro 6" or the event "Euro 2020"."""
    scaled = words().scale.match(text, number.end) is not None
    return scaled or not number.bare or (number.end - number.start >= 3 and not _is_year(text, number))


def _may_own_suffix(text: str, number: _Number, suffix: re.Match[str], follower: _Number | None) -> bool:
    """Whether the currency after a number is its own, and the number one that can be a sum."""
    w = words()
    before = text[max(0, number.start - 24) : number.start]
    doubtful = _is_year(text, number) or w.provision.search(before) is not None
    if suffix["scale"] is None and doubtful and w.constant.search(before):
        return False
    if before and (before[-1].isalpha() or before[-1] in "_/"):
        return False
    chained = re.search(r"([0-9]+)[ \u00a0]$", before)  # 02 553 50 70: digits that no grouping explains
    if chained and not number.word and not re.fullmatch(r"(?:19|20)[0-9]{2}", chained[1]):
        return False
    if (
        follower is not None
        and follower.start - suffix.end() <= 2
        and not text[suffix.end() : follower.start].strip()
    ):
        if suffix["scale"] is None and doubtful:
            return False
        touches_this = suffix.start("currency") == number.end
        touches_next = follower.start == suffix.end()
        return touches_this or suffix["scale"] is not None or not touches_next
    return not (suffix["scale"] is None and w.provision.search(before))


def _ranges(text: str, numbers: list[_Number], found: dict[int, Amount]) -> dict[int, int]:
    """Adds the other end of each range to `found`; gives where the range begins that an amount closes."""
    w = words()
    opening: dict[int, int] = {}
    for index in sorted(found):
        amount, number = found[index], numbers[index]
        before = numbers[index - 1] if index else None
        if before is not None and before.value is not None and before.start >= amount.start - _REACH:
            own = found.get(index - 1)
            scale = w.scale.match(text, before.end)
            end = own.end if own else scale.end() if scale and scale.end() <= amount.start else before.end
            if _joined(text, own.start if own else before.start, end, amount.start):
                if own is None and not _is_part(text, before):
                    power = power_of(scale["scale"]) if scale and scale.end() <= amount.start else 0
                    value = scaled(before.value, power)
                    factor = amount.amount / number.value if number.value else Decimal(1)
                    if not power and value * factor <= amount.amount:
                        value = whole(value * factor)  # "2 and 3 million": both are millions
                    own = Amount(before.start, end, value, amount.currency)
                    found[index - 1] = own
                if own is not None:
                    opening[amount.start] = own.start
                    continue
        after = numbers[index + 1] if index + 1 < len(numbers) else None
        if after is None or after.value is None or index + 1 in found or after.start > amount.end + 12:
            continue
        scale = w.scale.match(text, after.end)
        end = scale.end() if scale else after.end
        if not _joined(text, amount.start, amount.end, after.start) or _counts_something(
            text, end, bool(scale)
        ):
            continue
        power = power_of(scale["scale"]) if scale else 0
        value = scaled(after.value, power)
        if number.value and amount.amount == number.value and power and amount.amount * 10**power <= value:
            found[index] = replace(amount, amount=scaled(amount.amount, power))  # "€2–3 million"
        elif not power and number.value and value < amount.amount:
            value = whole(value * (amount.amount / number.value))
        if value >= found[index].amount:
            found[index + 1] = Amount(after.start, end, value, amount.currency)
            opening[after.start] = amount.start
    return opening


def _is_part(text: str, number: _Number) -> bool:
    before = text[max(0, number.start - 1) : number.start]
    return before.isalpha() or before in ("/", "-", "–")


def _joined(text: str, start: int, end: int, following: int) -> bool:
    w = words()
    gap = text[end:following] if following >= end else "?"
    if w.joint.fullmatch(gap):
        return True
    return bool(w.joint_and.fullmatch(gap) and w.between.search(text[max(0, start - 24) : start]))


def _counts_something(text: str, end: int, scaled: bool) -> bool:
    """Whether a noun follows: "EUR 500 to 700 learners" is no range of money."""
    if scaled:
        return False
    w = words()
    rest = text[end : end + 40].lstrip()
    return (
        rest[:1].isalpha()
        and not w.period_after.match(text[end : end + 40].rstrip())
        and not re.match(r"(?:per|par|pro|each|in|for|from|of|p\.)\b", rest)
    )


def _multiplied(text: str, numbers: list[_Number], found: dict[int, Amount], index: int) -> Amount:
    amount = found[index]
    if index == 0 or index - 1 in found:
        return amount
    factor = numbers[index - 1]
    if factor.value is None or not factor.bare or factor.value > 1000 or _is_year(text, factor):
        return amount
    if factor.end <= amount.start and re.fullmatch(r"\s?[×x*✕]\s?", text[factor.end : amount.start]):
        return replace(amount, start=factor.start, amount=amount.amount * factor.value)
    return amount


def _in_context(text: str, amounts: list[Amount], opening: dict[int, int]) -> list[Amount]:
    """The amounts with what the words around them say: period, approximate, maximum, programme."""
    w = words()
    mentions = find_programmes(text) if amounts else []
    starts = [mention.start for mention in mentions]
    all_starts = [amount.start for amount in amounts]
    result: list[Amount] = []
    spoken = 0  # where the words that say the period of an earlier amount end
    for index, amount in enumerate(amounts):
        previous = amounts[index - 1].end if index else 0
        following = amounts[index + 1].start if index + 1 < len(amounts) else len(text)
        from_here = opening.get(amount.start, amount.start)  # a range shares the words before it
        stop = amount.end - (text[amount.end - 1] == ".")  # "3 mln. The fund …": a full stop as well
        first, last = sentence(text, from_here, stop, 200, 160)
        last = max(last, amount.end)
        run = w.modifiers.search(text[max(first, from_here - 60) : from_here])
        lead = run.group() if run else ""
        tail = text[amount.end : min(last, amount.end + 24)]
        maximum = w.maximum.match(tail.lstrip(" (,"))
        joined = index + 1 < len(amounts) and opening.get(following) == amount.start
        period = _period(
            text, amount, max(first, spoken), previous if from_here == amount.start else first, last
        )
        own = _period_behind(text, amount, last)
        spoken = amount.end + own.end() if own else spoken
        if period is None and joined:
            period = _period(text, amounts[index + 1], first, first, last)
        result.append(
            replace(
                amount,
                period=period,
                approximate=w.approximate.search(lead) is not None,
                maximum=w.maximum.search(lead) is not None or maximum is not None,
                programme=_programme(
                    text,
                    amount,
                    (first, last),
                    (previous, following),
                    all_starts[bisect_left(all_starts, first)],
                    mentions[bisect_left(starts, first) : bisect_left(starts, last)],
                ),
            )
        )
    return result


def _period(text: str, amount: Amount, first: int, previous: int, last: int) -> str | None:
    w = words()
    found = _period_behind(text, amount, last)
    if found:
        return w.periods[plain(found["touching"] or found["apart"])]
    before = re.split(r"[0-9]", text[max(first, previous, amount.start - 40) : amount.start])[-1]
    all_before = list(w.period_before.finditer(before))
    return w.periods[plain(all_before[-1].group())] if all_before else None


def _period_behind(text: str, amount: Amount, last: int) -> re.Match[str] | None:
    after = re.split(r"[0-9]", text[amount.end : min(last, amount.end + 45)], maxsplit=1)[0]
    return words().period_after.search(after)


def _programme(
    text: str,
    amount: Amount,
    bounds: tuple[int, int],
    others: tuple[int, int],
    first_amount: int,
    mentions: list[Mention],
) -> str | None:
    """The programme of an amount: the nearest in its clause, else one its sentence opens or closes with."""
    first, last = bounds
    previous, following = others
    left, right = max(first, previous), min(last, following)
    for match in words().clause.finditer(text, left, amount.start):
        left = match.end()
    cut = words().clause.search(text, amount.end, right)
    right = cut.start() if cut else right
    near = [
        (amount.start - m.end if m.end <= amount.start else m.start - amount.end, m)
        for m in mentions
        if m.start >= left and m.end <= right and (m.end <= amount.start or m.start >= amount.end)
    ]
    if near:
        return min(near, key=lambda pair: pair[0])[1].name
    opening = [m for m in mentions if m.end <= first_amount]
    if opening:
        return opening[-1].name
    closing = [m for m in mentions if m.start >= amount.end and following >= last and previous <= first]
    return closing[0].name if closing else None
