"""Ranks the concepts of an index for a text, or says that none matches."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gilde.qualifications.matching.index import Index, Shelf, code
from gilde.qualifications.matching.vectors import Floats, Matrix, counted, unit
from gilde.qualifications.matching.words import normalised, without_brackets

# docs/decisions/0010-matching.md tells how these were chosen, and how far the figures can be trusted.
STEMS = 0.1  # what stems count in the likeness of two texts; pieces of words count the rest
FOREIGN = 0.5  # what a label of another language counts when it is read as if it were of the text's language
UNLABELLED = 0.9  # the same, when the language of the text has no labels
TRANSLATED = (
    0.6  # what likeness to labels of other languages counts, once the text is translated word by word
)
EMBEDDED = 0.4  # what the optional word vectors count
BARE = 0.95  # what a text counts without what stands in brackets
LEAST = 0.35  # a text whose best concept scores less has no match
FAINT = 0.01  # a concept that scores less is not told
CERTAIN = 0.9995  # alike but for rounding
BATCH = 32  # texts at a time, so that memory stays bounded

Why = Literal["same words", "similar text", "confirmed before", "meaning"]


@dataclass(frozen=True)
class Candidate:
    """A concept that a text may mean, and its label that is most alike; `score` is 0 to 1, 1 for the same words."""

    uri: str
    score: float
    term: str
    language: str
    why: Why


def match(
    index: Index, text: str, language: str, *, limit: int = 10, kinds: Collection[str] = ()
) -> list[Candidate]:
    """Return the concepts that the text may mean, the best first; [] when none matches.

    `kinds` keeps concepts of these kinds only. A language without labels is matched with those of the others.
    """
    return match_many(index, [text], language, limit=limit, kinds=kinds)[0]


def match_many(
    index: Index, texts: Sequence[str], language: str, *, limit: int = 10, kinds: Collection[str] = ()
) -> list[list[Candidate]]:
    """Return for each text what `match` returns."""
    found: list[list[Candidate]] = []
    wanted = np.array([kind in kinds for kind in index.kinds], np.bool_) if kinds else None
    for at in range(0, len(texts), BATCH):
        for scored in _scored(index, texts[at : at + BATCH], code(language)):
            found.append(scored.best(limit, wanted))
    return found


def similarity(
    index: Index, texts_a: Sequence[str], texts_b: Sequence[str], language: str, other: str
) -> Floats:
    """Return how alike each text of the one list is to each of the other, 0 to 1; see `Index.similarity`."""
    by_concept = _profiles(index, texts_a, code(language)) @ _profiles(index, texts_b, code(other)).T
    shelf = index.shelves.get(code(language))
    if code(language) != code(other) or shelf is None:
        alike = np.zeros_like(by_concept)
    else:
        (left_pieces, left_stems), (right_pieces, right_stems) = (
            _rows(shelf, texts, shelf.language) for texts in (texts_a, texts_b)
        )
        pieces, stems = (left_pieces @ right_pieces.T).toarray(), (left_stems @ right_stems.T).toarray()
        alike = (1 - STEMS) * pieces + STEMS * stems
    same = np.array([[_same(a, b) for b in texts_b] for a in texts_a], np.bool_).reshape(alike.shape)
    both = np.where(same, 1.0, np.maximum(alike, by_concept))
    return np.clip(both, 0, 1).astype(np.float32)


@dataclass
class _Scored:
    """The score of every concept for one text, and what it is made of."""

    index: Index
    language: str
    score: Floats
    alike: Floats  # by words of labels of the text's language
    labels: dict[str, Floats]  # by language: how alike each label is

    def best(self, limit: int, wanted: NDArray[np.bool_] | None) -> list[Candidate]:
        score = self.score if wanted is None else np.where(wanted, self.score, 0)
        many = min(len(score), limit + 50)
        if not many or limit < 1 or score.max() < LEAST:
            return []
        top = np.argpartition(-score, many - 1)[:many]
        # Equal scores: who has the text as its preferred label first, then in order of the address.
        ordered = sorted(top.tolist(), key=lambda at: (-round(float(score[at]), 5), self._later(at), at))
        return [self._candidate(at, float(score[at])) for at in ordered[:limit] if score[at] >= FAINT]

    def _later(self, concept: int) -> int:
        shelf = self.index.shelves.get(self.language)
        where = _slice(shelf, concept) if shelf else None
        return int(np.argmax(self.labels[self.language][where])) if where else 0

    def _candidate(self, concept: int, score: float) -> Candidate:
        uri, text, language, alike, confirmed = self.index.uris[concept], "", "", -1.0, False
        for told, values in self.labels.items():
            shelf = self.index.shelves[told]
            if where := _slice(shelf, concept):
                at = where.start + int(np.argmax(values[where]))
                # A label of the text's own language is shown unless another is clearly more alike.
                value = float(values[at]) + (0.1 if told == self.language else 0)
                if value > alike:
                    text, language, alike = shelf.texts[at], told, value
                    confirmed = bool(shelf.confirmed[at])
        words = float(self.alike[concept])
        why: Why = "similar text"
        if confirmed and words > 0.5 * score:
            why = "confirmed before"
        elif words >= CERTAIN:
            why = "same words"
        elif words < 0.5 * score:
            why = "meaning"
        return Candidate(uri, round(min(score, 1.0), 4), text, language, why)


def _scored(index: Index, texts: Sequence[str], language: str) -> Iterator[_Scored]:
    """Yield the scores for each text."""
    count = len(texts)
    nothing = np.zeros((count, len(index.uris)), np.float32)
    if not index.uris:
        return (yield from (_Scored(index, language, row, row, {}) for row in nothing))
    own = index.shelves.get(language)
    labels: dict[str, Floats] = {}
    alike = nothing
    if own is not None:
        bare = [without_brackets(text) for text in texts]
        labels[language] = _alike(own, texts, language)
        if any(bare):
            labels[language] = np.maximum(labels[language], BARE * _alike(own, bare, language))
        alike = _by_concept(own, labels[language], nothing)
    foreign = nothing
    for other in index.others(language):
        labels[other] = (FOREIGN if own else UNLABELLED) * _alike(index.shelves[other], texts, language)
        foreign = np.maximum(foreign, _by_concept(index.shelves[other], labels[other], nothing))
    words = np.maximum(alike, foreign)
    score = 1 - (1 - words) * (1 - TRANSLATED * _translated(index, own, texts, labels, nothing))
    if index.embedding is not None and index.meanings is not None:
        meaning = index.embedding.vectors(texts, language) @ index.meanings.T
        score = 1 - (1 - score) * (1 - EMBEDDED * np.clip(meaning, 0, 1) ** 2)
    score *= 1 - _rejected(index, texts, language)
    for at in range(count):
        mine = {told: values[at] for told, values in labels.items()}
        yield _Scored(index, language, score[at], words[at], mine)


def _translated(
    index: Index, own: Shelf | None, texts: Sequence[str], labels: dict[str, Floats], nothing: Floats
) -> Floats:
    """Return how alike the translated texts are to the labels of other languages: the mean of the best two."""
    if own is None:
        return nothing
    _, stems = _rows(own, texts, own.language)
    found = []
    for other in index.others(own.language):
        if (words := index.translations.get((own.language, other))) is not None:
            shelf = index.shelves[other]
            values = np.minimum((unit(stems @ words) @ shelf.by_stem).toarray() * shelf.worth, 1)
            labels[other] = np.maximum(labels[other], TRANSLATED * values)
            found.append(_by_concept(shelf, values, nothing))
    if not found:
        return nothing
    best = np.sort(np.stack(found), axis=0)[-2:]
    return np.asarray(best.mean(axis=0), np.float32)


def _rejected(index: Index, texts: Sequence[str], language: str) -> Floats:
    """Return how far each concept is pushed down for each text: as far as the text is like one it was rejected for."""
    down = np.zeros((len(texts), len(index.uris)), np.float32)
    said = [c for c in index.rejected if c.language == language]
    shelf = index.shelves.get(language) or next(iter(index.shelves.values()), None)
    if not said or shelf is None:
        return down
    left, right = (_rows(shelf, some, language)[0] for some in (texts, [c.text for c in said]))
    like = (left @ right.T).toarray()
    for at, c in enumerate(said):
        same = np.array([_same(text, c.text) for text in texts])
        column = index.place[c.uri]
        down[:, column] = np.maximum(down[:, column], np.where(same, 1, np.clip(like[:, at], 0, 1)))
    return down


def _alike(shelf: Shelf, texts: Sequence[str], language: str) -> Floats:
    """Return text by label: how alike they are by the pieces of their words and by their stems, 0 to 1."""
    pieces, stems = _rows(shelf, texts, language)
    values = (1 - STEMS) * (pieces @ shelf.by_piece).toarray() + STEMS * (stems @ shelf.by_stem).toarray()
    values[values >= CERTAIN] = 1
    return np.asarray(values * shelf.worth, np.float32)


def _rows(shelf: Shelf, texts: Sequence[str], language: str) -> tuple[Matrix, Matrix]:
    words, each = counted(texts, language)
    return shelf.pieces.rows(words, each), shelf.stems.rows(words, each)


def _by_concept(shelf: Shelf, values: Floats, nothing: Floats) -> Floats:
    """Return text by concept: that of its label that is most alike."""
    found = np.zeros_like(nothing)
    found[:, shelf.held] = np.maximum.reduceat(values, shelf.starts, axis=1)
    return found


def _slice(shelf: Shelf, concept: int) -> slice | None:
    """Return where the labels of a concept stand; None when it has none."""
    start, end = np.searchsorted(shelf.concepts, [concept, concept + 1]).tolist()
    return slice(start, end) if end > start else None


def _profiles(index: Index, texts: Sequence[str], language: str) -> Floats:
    """Return text by concept: the scores of the twenty best, with length 1 for each text."""
    rows = np.zeros((len(texts), len(index.uris)), np.float32)
    for begin in range(0, len(texts), BATCH):
        for at, scored in enumerate(_scored(index, texts[begin : begin + BATCH], language), begin):
            top = np.argsort(-scored.score, kind="stable")[:20]
            rows[at, top] = np.where(scored.score[top] >= LEAST, scored.score[top], 0) ** 2
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    lengths[lengths == 0] = 1
    return np.asarray(rows / lengths, np.float32)


def _same(a: str, b: str) -> bool:
    return normalised(a) == normalised(b) != ""
