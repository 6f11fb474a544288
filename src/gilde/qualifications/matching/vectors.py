"""Texts as rows of numbers: pieces of words, stems with the parts of compounds, and their translation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from gilde.qualifications.matching.words import Compounds, grams, stem, weight, words_of

Floats = NDArray[np.float32]
Matrix = Any  # a sparse matrix of scipy (CSR, float32), which has no types
# How far a word of many pieces counts more than a short one: 0 not at all, 1 as much as all its pieces. Where words
# are joined into one, a long word stands for several.
LONG, LONG_JOINED = 0.5, 1.0
PART = 0.7  # what a part of a compound counts beside the whole word
SHORTEST, LONGEST = 3, 5  # letters in a piece of a word


@dataclass
class Space:
    """One kind of feature ("pieces" or "stems") of the texts of one language, with how rare each one is."""

    kind: str
    language: str
    compounds: Compounds
    features: list[str] = field(default_factory=list)
    rarity: Floats = field(default_factory=lambda: np.zeros(0, np.float32))

    @cached_property
    def _place(self) -> dict[str, int]:
        return {feature: at for at, feature in enumerate(self.features)}

    def told(self, word: str) -> list[tuple[str, float]]:
        """Return the features of one word, with how much each counts."""
        if self.kind == "pieces":
            return [(piece, 1.0) for piece in grams(word, SHORTEST, LONGEST)]
        parts = {stem(part, self.language): PART for part in self.compounds.parts(word)}
        return list((parts | {stem(word, self.language): 1.0}).items())

    def learn(self, words: Sequence[str], texts: Matrix) -> Matrix:
        """Learn the features and their rarity from texts (text by word); return the texts as rows of length 1."""
        told = [self.told(word) for word in words]
        self.features = sorted({feature for features in told for feature, _ in features})
        matrix = self._matrix(told)
        counted = texts @ matrix
        seen = np.bincount(counted.indices, minlength=len(self.features))
        self.rarity = (np.log((1 + counted.shape[0]) / (1 + seen)) + 1).astype(np.float32)
        return self._weighted(texts, matrix, told)

    def rows(self, words: Sequence[str], texts: Matrix) -> Matrix:
        """Return the texts (text by word) as rows of length 1, of the features that are known."""
        told = [self.told(word) for word in words]
        return self._weighted(texts, self._matrix(told), told)

    def _weighted(self, texts: Matrix, matrix: Matrix, told: Sequence[Sequence[object]]) -> Matrix:
        """Return the texts as rows of length 1; `matrix` is word by feature, and is changed in place."""
        matrix.data *= self.rarity[matrix.indices]
        if self.kind == "pieces":
            sizes = np.array([len(features) for features in told], np.float32)
            power = ((LONG_JOINED if self.compounds.joined else LONG) - 1) / 2
            matrix.data *= np.repeat(sizes, np.diff(matrix.indptr)) ** np.float32(power)
        return unit(texts @ matrix)

    def _matrix(self, told: Sequence[Sequence[tuple[str, float]]]) -> Matrix:
        """Return word by feature."""
        place = self._place
        ends, columns, values = [0], [], []
        for features in told:
            for feature, value in features:
                if (column := place.get(feature)) is not None:
                    columns.append(column)
                    values.append(value)
            ends.append(len(columns))
        matrix = sparse.csr_matrix(
            (np.array(values, np.float32), np.array(columns, np.int32), np.array(ends, np.int32)),
            shape=(len(told), len(self.features)),
        )
        return matrix


def counted(texts: Iterable[str], language: str) -> tuple[list[str], Matrix]:
    """Return the words of the texts in order of the alphabet, and how much each counts in each text."""
    each = [Counter(words_of(text)) for text in texts]
    joined = [
        1 + np.log(count)
        for count in range(1, max((max(c.values(), default=1) for c in each), default=1) + 1)
    ]
    words = sorted({word for counts in each for word in counts})
    place = {word: at for at, word in enumerate(words)}
    weights = [weight(word, language) for word in words]
    ends, columns, values = [0], [], []
    for counts in each:
        for word in sorted(counts):
            columns.append(place[word])
            values.append(weights[place[word]] * joined[counts[word] - 1])
        ends.append(len(columns))
    return words, sparse.csr_matrix(
        (np.array(values, np.float32), np.array(columns, np.int32), np.array(ends, np.int32)),
        shape=(len(each), len(words)),
    )


def unit(matrix: Matrix) -> Matrix:
    """Return the rows of a CSR matrix with length 1, changed in place; an empty row stays empty."""
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    lengths = np.sqrt(np.bincount(rows, matrix.data.astype(np.float64) ** 2, minlength=matrix.shape[0]))
    matrix.data = (matrix.data / lengths[rows]).astype(np.float32)
    return matrix


def translation(mine: Matrix, other: Matrix, *, rounds: int = 6, least: float = 0.02) -> Matrix:
    """Return how likely each feature of one language stands for each of another (IBM model 1; Brown et al. 1993).

    The rows are the same concepts in both, told by their preferred labels: a small parallel text.
    """
    both = np.flatnonzero((np.diff(mine.indptr) > 0) & (np.diff(other.indptr) > 0))
    left, right = mine[both].tocsr(), other[both].tocsr()
    there = np.diff(right.indptr)
    rows = np.repeat(np.arange(len(both)), np.diff(left.indptr))
    sizes = there[rows]
    source = np.repeat(left.indices, sizes).astype(np.int64)
    inside = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    target = right.indices[np.repeat(right.indptr[:-1][rows], sizes) + inside].astype(np.int64)
    width = other.shape[1]
    keys, pair = np.unique(source * width + target, return_inverse=True)
    _, place = np.unique(np.repeat(rows, sizes) * width + target, return_inverse=True)
    begin, end = keys // width, keys % width
    likely = np.ones(len(keys))
    for _ in range(rounds if len(keys) else 0):
        share = likely[pair]
        tally = np.bincount(pair, share / np.bincount(place, share)[place])
        likely = tally / np.bincount(begin, tally)[begin]
    kept = likely >= least
    return sparse.csr_matrix(
        (likely[kept].astype(np.float32), (begin[kept], end[kept])), shape=(mine.shape[1], width)
    )
