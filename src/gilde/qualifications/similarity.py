"""How alike two texts in one language are.

The score depends on the two texts and on nothing else: another outcome or a third qualification never changes how two
are judged, and no index must be there. Each word counts the same, small words little; a word is its stem in pieces of
three to five letters, so that "lassen", "lasser" and "booglassen" have something in common.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from gilde.qualifications.matching.words import grams, stem, weight, words_of

Scores = NDArray[np.float64]


def alike(ones: Sequence[tuple[str, str]], others: Sequence[tuple[str, str]]) -> Scores:
    """Return the score, 0 to 1, of each (language, text) of `ones` with each of `others`; NaN across languages."""
    scores = np.full((len(ones), len(others)), np.nan)
    for language in {language for language, _text in ones} & {language for language, _text in others}:
        rows = [n for n, (each, _text) in enumerate(ones) if each == language]
        columns = [n for n, (each, _text) in enumerate(others) if each == language]
        texts = [ones[n][1] for n in rows] + [others[n][1] for n in columns]
        scores[np.ix_(rows, columns)] = _scores(texts, language, len(rows))
    return scores


def _scores(texts: Sequence[str], language: str, many: int) -> Scores:
    """Return the cosine of the pieces of the first `many` texts with those of the rest."""
    from scipy import sparse  # takes a third of a second, which only who compares should pay

    columns: dict[str, int] = {}
    weights, indices, ends = [], [], [0]
    for text in texts:
        pieces = _pieces(text, language)
        indices += [columns.setdefault(piece, len(columns)) for piece, _weight in pieces]
        weights += [each for _piece, each in pieces]
        ends.append(len(indices))
    vectors = sparse.csr_matrix((weights, indices, ends), (len(texts), max(len(columns), 1)))
    scores: Scores = np.clip((vectors[:many] @ vectors[many:].T).toarray(), 0, 1)
    return scores


@lru_cache(maxsize=5_000)
def _pieces(text: str, language: str) -> tuple[tuple[str, float], ...]:
    """Return the pieces of a text with their weights, as a vector of length 1; all of a word weigh what it does."""
    found: dict[str, float] = {}
    for word in words_of(text):
        parts = grams(stem(word, language), 3, 5)
        for part in parts:
            found[part] = found.get(part, 0.0) + weight(word, language) / len(parts) ** 0.5
    length = sum(each**2 for each in found.values()) ** 0.5
    return tuple((part, each / length) for part, each in found.items())
