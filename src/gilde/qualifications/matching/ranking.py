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
# Each kind of evidence is 0 to 1; what it counts says how certain a concept would be on that evidence alone.
FOREIGN = 0.9  # likeness to a label of another language, read as if it were of the text's language
TRANSLATED = 0.9  # likeness to a label of another language, once the text is translated word by word
DESCRIBED = 0.9  # likeness to all that is said of the concept: its labels and its description
SYNONYMS = 0.4  # likeness to a label of the same language, by words that stand for each other in other labels
EMBEDDED = 0.4  # likeness by the optional word vectors, squared
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
        left, right = (_pieces(shelf, texts, shelf.language) for texts in (texts_a, texts_b))
        alike = (left @ right.T).toarray()
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
        labels[other] = FOREIGN * _alike(index.shelves[other], texts, language)
        foreign = np.maximum(foreign, _by_concept(index.shelves[other], labels[other], nothing))
    unlike = (1 - alike) * (1 - foreign)  # the chance that none of the evidence is right
    for counts, evidence in _by_stems(index, own, texts, labels, nothing):
        unlike *= 1 - counts * evidence
    score = 1 - unlike
    if index.embedding is not None and index.meanings is not None:
        meaning = index.embedding.vectors(texts, language) @ index.meanings.T
        score = 1 - (1 - score) * (1 - EMBEDDED * np.clip(meaning, 0, 1) ** 2)
    words = np.maximum(alike, foreign)
    score *= 1 - _rejected(index, texts, language)
    for at in range(count):
        mine = {told: values[at] for told, values in labels.items()}
        yield _Scored(index, language, score[at], words[at], mine)


def _by_stems(
    index: Index, own: Shelf | None, texts: Sequence[str], labels: dict[str, Floats], nothing: Floats
) -> Iterator[tuple[float, Floats]]:
    """Yield text by concept for synonyms, translations and descriptions, each with what it counts."""
    if own is None:
        return
    stems = own.stems.rows(*counted(texts, own.language))
    said = (
        stems if own.language == index.bridges[0] else None
    )  # the texts in the language of the descriptions
    foreign = nothing
    for other in (own.language, *index.others(own.language)):
        if (words := index.translations.get((own.language, other))) is None:
            continue
        shelf, told = index.shelves[other], unit(stems @ words)
        values = np.clip((told @ shelf.by_stem).toarray() * shelf.worth, 0, 1)
        counts = SYNONYMS if shelf is own else TRANSLATED
        labels[other] = np.maximum(labels[other], counts * values)
        by_concept = _by_concept(shelf, values, nothing)
        if shelf is own:
            yield counts, by_concept
            continue
        foreign = np.maximum(foreign, by_concept)
        said = told if other == index.bridges[0] else said
    yield TRANSLATED, foreign
    if index.documents is not None and said is not None:
        yield DESCRIBED, np.clip((said @ index.documents).toarray(), 0, 1)


def _rejected(index: Index, texts: Sequence[str], language: str) -> Floats:
    """Return how far each concept is pushed down for each text: as far as the text is like one it was rejected for."""
    down = np.zeros((len(texts), len(index.uris)), np.float32)
    said = [c for c in index.rejected if c.language == language]
    shelf = index.shelves.get(language) or next(iter(index.shelves.values()), None)
    if not said or shelf is None:
        return down
    left, right = (_pieces(shelf, some, language) for some in (texts, [c.text for c in said]))
    like = (left @ right.T).toarray()
    for at, c in enumerate(said):
        same = np.array([_same(text, c.text) for text in texts])
        column = index.place[c.uri]
        down[:, column] = np.maximum(down[:, column], np.where(same, 1, np.clip(like[:, at], 0, 1)))
    return down


def _alike(shelf: Shelf, texts: Sequence[str], language: str) -> Floats:
    """Return text by label: how alike they are by the pieces of their words, 0 to 1."""
    values = (_pieces(shelf, texts, language) @ shelf.by_piece).toarray()
    values[values >= CERTAIN] = 1
    return np.asarray(values * shelf.worth, np.float32)


def _pieces(shelf: Shelf, texts: Sequence[str], language: str) -> Matrix:
    return shelf.pieces.rows(*counted(texts, language))


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
