"""Which organisation a document means: by the names and abbreviations that are known, exactly or nearly."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from uuid import UUID

from rapidfuzz import fuzz, process

from gilde.core.text import Text

Match = tuple[UUID, float]

# Of the 61 organisations of the demo world, the two most alike (two ministries of one country) score 89.2.
NEAR = 90.0
# Names that score this close to the best one cannot be told apart by spelling.
AMBIGUOUS = 3.0
_PARENTHESES = re.compile(r"\(([^()]*)\)")
_NO_WORD = re.compile(r"[^\w]+")


def keys_of(name: str) -> list[str]:
    """Return the forms under which a name is looked up: whole, without parentheses, and what is in these."""
    forms = [name, _PARENTHESES.sub(" ", name), *_PARENTHESES.findall(name)]
    return [key for form in dict.fromkeys(forms) if (key := _normal(form))]


def match(names: Iterable[str], known: Iterable[tuple[UUID, Text, str, list[str]]]) -> dict[str, list[Match]]:
    """Return for each name the organisations it may mean with a score to 100, the likeliest first.

    `known` gives id, name, abbreviation and aliases. Those that carry exactly this name or alias win with
    100, several when the name is ambiguous. Otherwise the nearest count, from a score of 90 and within 3
    points of the best. No match is an empty list.
    """
    index = _index(known)
    written = list(index)
    return {name: _exact(name, index) or _near(name, index, written) for name in names}


def _index(known: Iterable[tuple[UUID, Text, str, list[str]]]) -> Mapping[str, set[UUID]]:
    index: dict[str, set[UUID]] = defaultdict(set)
    for organisation, name, short, aliases in known:
        for form in (*name.words.values(), short, *aliases):
            if key := _normal(form):
                index[key].add(organisation)
    return index


def _exact(name: str, index: Mapping[str, set[UUID]]) -> list[Match]:
    for key in keys_of(name):
        if found := index.get(key):
            return [(organisation, 100.0) for organisation in sorted(found)]
    return []


def _near(name: str, index: Mapping[str, set[UUID]], written: list[str]) -> list[Match]:
    key = _normal(name)
    if len(key) < 6:  # an abbreviation is right or wrong, never nearly right
        return []
    best: dict[UUID, float] = {}
    for form, score, _place in process.extract(
        key, written, scorer=fuzz.token_sort_ratio, score_cutoff=NEAR, limit=20
    ):
        if len(form) >= 6:
            for organisation in index[form]:
                best[organisation] = max(score, best.get(organisation, 0.0))
    top = max(best.values(), default=0.0)
    near = [
        (organisation, round(score, 1)) for organisation, score in best.items() if score >= top - AMBIGUOUS
    ]
    return sorted(near, key=lambda pair: (-pair[1], pair[0]))


def _normal(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold().replace("&", " and "))
    words = _NO_WORD.sub(" ", "".join(c for c in plain if not unicodedata.combining(c))).split()
    return " ".join(words[1:] if words[:1] == ["the"] and len(words) > 1 else words)
