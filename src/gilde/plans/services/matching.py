"""Which measure or action of a new edition is which of the edition before."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

# Measured on titles of national plans: a reworded title scores above 70, another measure's below 60.
SAME_NUMBER = 65.0
# Without the number to go by a title must be nearly the same.
OTHER_NUMBER = 90.0
SAME_ACTION = 72.0
_NO_WORD = re.compile(r"[^\w]+")


@dataclass(frozen=True)
class Named:
    """A measure by which it is recognised: its number and its title."""

    number: str
    title: str


@dataclass(frozen=True)
class Pair:
    """A place in the old list and one in the new; None where there is none."""

    old: int | None
    new: int | None


def pair_measures(
    old: Sequence[Named], new: Sequence[Named], *, by_number: bool = False, same: Collection[str] = ()
) -> list[Pair]:
    """Return how measures of two editions belong together: in the new order, then those that are gone.

    Number and title together decide; a title that stayed finds its measure under another number; a number
    alone does not, because another measure may have taken it. `by_number` is for articles, whose numbers
    are fixed; `same` names numbers that an officer says are the same measure under a new title.
    """
    pairs: dict[int, int] = {}  # new -> old
    left = set(range(len(old)))

    def take(test: Callable[[Named, Named], float]) -> None:
        scored = sorted(
            (
                (-test(old[i], new[j]), abs(i - j), i, j)
                for j in range(len(new))
                if j not in pairs
                for i in left
                if test(old[i], new[j]) > 0
            ),
        )
        for _score, _distance, i, j in scored:
            if i in left and j not in pairs:
                pairs[j] = i
                left.discard(i)

    titles = {named: plain(named.title) for named in (*old, *new)}
    if by_number:
        take(lambda a, b: float(a.number == b.number))
    else:
        take(lambda a, b: float(a.number == b.number and (titles[a] == titles[b] or a.number in same)))
        take(lambda a, b: float(titles[a] == titles[b] != ""))
        take(lambda a, b: _above(SAME_NUMBER, titles[a], titles[b]) if a.number == b.number else 0)
        take(lambda a, b: _above(OTHER_NUMBER, titles[a], titles[b]))
    found = [Pair(pairs.get(j), j) for j in range(len(new))]
    return found + [Pair(i, None) for i in sorted(left)]


def pair_texts(old: Sequence[str], new: Sequence[str]) -> list[Pair]:
    """Return how texts of two editions, such as actions, belong together: the new ones, then those gone."""
    before, after = [plain(text) for text in old], [plain(text) for text in new]
    pairs: dict[int, int] = {}
    left = set(range(len(old)))
    for j, text in enumerate(after):
        found = next((i for i in sorted(left, key=lambda i: abs(i - j)) if before[i] == text), None)
        if found is not None:
            pairs[j] = found
            left.discard(found)
    scored = sorted(
        (-score, abs(i - j), i, j)
        for j in range(len(after))
        if j not in pairs
        for i in left
        if (score := _above(SAME_ACTION, before[i], after[j])) > 0
    )
    for _score, _distance, i, j in scored:
        if i in left and j not in pairs:
            pairs[j] = i
            left.discard(i)
    return [Pair(pairs.get(j), j) for j in range(len(new))] + [Pair(i, None) for i in sorted(left)]


def plain(text: str) -> str:
    """Return a text without capitals, accents, punctuation and line ends, for comparing."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    return _NO_WORD.sub(" ", "".join(c for c in folded if not unicodedata.combining(c))).strip()


def _above(least: float, a: str, b: str) -> float:
    if not a or not b:
        return 0.0
    score = max(fuzz.ratio(a, b), fuzz.token_sort_ratio(a, b))
    return score if score >= least else 0.0
