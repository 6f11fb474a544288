"""What speaks for two outcomes being about the same thing: the evidence, and what it says by the rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gilde.core.text import Text
from gilde.qualifications.comparison_rules import Rules, Status
from gilde.qualifications.described import ConceptLink, Outcome, Unit

EvidenceKind: TypeAlias = Literal[
    "same-outcome", "same-concept", "broader", "narrower", "related-concept", "similar-text"
]
# Scores from 0 to 1 of each (language, text) with each; NaN where two texts cannot be compared.
Similar: TypeAlias = Callable[[Sequence[tuple[str, str]], Sequence[tuple[str, str]]], NDArray[np.floating]]

# From strong to weak: of two outcomes that are shared by their evidence, the one with the stronger kind is the best.
_STRENGTH: Final[tuple[EvidenceKind, ...]] = (
    "same-outcome",
    "same-concept",
    "broader",
    "narrower",
    "related-concept",
    "similar-text",
)
_WEIGHT: Final[Mapping[Status, int]] = {"shared": 2, "partly": 1, "missing": 0}
_STEP: Final = {"exact": 0, "broad": 1, "narrow": -1}  # from an outcome to its concept: up is broader
_TURNED: Final[Mapping[EvidenceKind, EvidenceKind]] = {"broader": "narrower", "narrower": "broader"}


@dataclass(frozen=True)
class Evidence:
    """One reason to hold an outcome for found in another.

    "broader" says that the other outcome is broader. `of` is the address of the other outcome; `concept`, `label` and
    `scheme` tell the concept that it is linked to. `score` is that of the text, 0 to 1. `confirmed_by` are those who
    confirmed the links of both. `status` is what it says by itself.
    """

    kind: EvidenceKind
    of: str
    status: Status
    concept: str = ""
    label: Text = field(default_factory=Text)
    scheme: str = ""
    score: float | None = None
    confirmed_by: tuple[str, ...] = ()
    confirmed: bool = False


@dataclass(frozen=True)
class Found:
    """What was found of one outcome in a qualification; `evidence` is that for `best` first, "missing" has none.

    `by_concepts_only` says that no text of the qualification shares a language with the outcome.
    """

    status: Status = "missing"
    best: Outcome | None = None
    unit: Unit | None = None
    evidence: tuple[Evidence, ...] = ()
    by_concepts_only: bool = False

    @property
    def for_best(self) -> tuple[Evidence, ...]:
        """Return the evidence for the best outcome."""
        return tuple(each for each in self.evidence if self.best is not None and each.of == self.best.uri)


class Pairs:
    """Every pair among some outcomes, judged; what one pair is judged depends on these two outcomes alone.

    `broader` gives the ancestors of a concept, `lineage` the outcome of which one is a wording: wordings of the same
    outcome are the same outcome.
    """

    def __init__(
        self,
        outcomes: Iterable[Outcome],
        *,
        similar: Similar,
        broader: Mapping[str, frozenset[str]],
        lineage: Mapping[str, str],
        rules: Rules,
    ) -> None:
        told = {outcome.uri: outcome for outcome in outcomes}
        self._outcomes = [told[uri] for uri in sorted(told)]
        self._at = {outcome.uri: n for n, outcome in enumerate(self._outcomes)}
        self._rules, self._broader, self._lineage = rules, broader, lineage
        self._scores = _scores(self._outcomes, similar)
        self._linked = self._by_concept()

    def find(self, outcome: Outcome, others: Sequence[tuple[Unit | None, Outcome]]) -> Found:
        """Return what of an outcome is found among others, and the best of them."""
        here = self._at[outcome.uri]
        there = [self._at[other.uri] for _unit, other in others]
        silent = bool(there) and bool(np.isnan(self._scores[here, there]).all())
        judged = []
        for (unit, other), at in zip(others, there, strict=True):
            evidence = self._evidence(here, at)
            if evidence:
                judged.append((self._rank(evidence, here, at), other.uri, other, unit, evidence))
        if not judged:
            return Found(by_concepts_only=silent)
        judged.sort(key=lambda each: (*(-part for part in each[0]), each[1]))
        _rank, _uri, best, unit, evidence = judged[0]
        every = tuple(piece for each in judged for piece in each[4])
        return Found(evidence[0].status, best, unit, every, by_concepts_only=silent)

    def _evidence(self, here: int, at: int) -> tuple[Evidence, ...]:
        """Return what speaks for two outcomes, the strongest first; what says "missing" is none."""
        one, other = self._outcomes[here], self._outcomes[at]
        found = list(self._linked.get((here, at), ()))
        if self._line(one) == self._line(other):
            found.append(Evidence("same-outcome", other.uri, self._rules.says["same-outcome"]))
        score = float(self._scores[here, at])
        same_kind = not (one.kind and other.kind) or one.kind == other.kind
        if score >= self._rules.text_partly:
            status = self._rules.of_text(score, same_kind=same_kind)
            found.append(Evidence("similar-text", other.uri, status, score=score))
        told = [each for each in found if each.status != "missing"]
        return tuple(
            sorted(told, key=lambda each: (-_WEIGHT[each.status], _STRENGTH.index(each.kind), each.concept))
        )

    def _rank(self, evidence: tuple[Evidence, ...], here: int, at: int) -> tuple[float, ...]:
        best, score = evidence[0], float(self._scores[here, at])
        return (
            _WEIGHT[best.status],
            -_STRENGTH.index(best.kind),
            0.0 if np.isnan(score) else round(score, 6),
        )

    def _line(self, outcome: Outcome) -> str:
        return self._lineage.get(outcome.uri, outcome.uri)

    def _by_concept(self) -> dict[tuple[int, int], list[Evidence]]:
        """Return the evidence of every pair whose links lead to the same concept, or to one above the other."""
        holders: dict[str, list[tuple[int, ConceptLink]]] = {}
        for at, outcome in enumerate(self._outcomes):
            for link in outcome.concepts:
                holders.setdefault(link.uri, []).append((at, link))
        found: dict[tuple[int, int], list[Evidence]] = {}
        for uri, mine in holders.items():
            for above in {uri, *(self._broader.get(uri, frozenset()) & holders.keys())}:
                for (here, link), (at, other) in product(mine, holders[above]):
                    kind = _kind(link, other, up=above != uri)
                    if kind is None:
                        continue
                    found.setdefault((here, at), []).append(self._by_links(kind, at, link, other))
                    if above != uri:  # seen from below only; the same concept is seen from both sides
                        turned = _TURNED.get(kind, kind)
                        found.setdefault((at, here), []).append(self._by_links(turned, here, other, link))
        return found

    def _by_links(self, kind: EvidenceKind, at: int, mine: ConceptLink, other: ConceptLink) -> Evidence:
        confirmed = _confirmed(mine) and _confirmed(other)
        ground = "same-concept-unconfirmed" if kind == "same-concept" and not confirmed else kind
        return Evidence(
            kind,
            self._outcomes[at].uri,
            self._rules.says[ground],
            other.uri,
            other.label or mine.label,
            other.scheme,
            confirmed_by=tuple(sorted({mine.confirmed_by, other.confirmed_by} - {""})),
            confirmed=confirmed,
        )


def _confirmed(link: ConceptLink) -> bool:
    """Return whether a link is somebody's word: confirmed, or made without a machine that was sure to some degree."""
    return bool(link.confirmed_by) or link.confidence is None


def _kind(mine: ConceptLink, other: ConceptLink, *, up: bool) -> EvidenceKind | None:
    """Return how the other outcome stands to mine by their links to one concept, or `up` to one above mine.

    Steps that all lead up make it broader, all down narrower; steps up and down lead anywhere, except that two outcomes
    linked to one and the same concept are related by it.
    """
    if mine.relation in _STEP and other.relation in _STEP:
        steps = {_STEP[mine.relation], int(up), -_STEP[other.relation]} - {0}
        if not steps:
            return "same-concept"
        if len(steps) == 1:
            return "broader" if steps == {1} else "narrower"
    return "related-concept" if not up and "related" not in (mine.relation, other.relation) else None


def _scores(outcomes: Sequence[Outcome], similar: Similar) -> NDArray[np.float64]:
    """Return the score of each outcome with each, in the language that suits both best; NaN where there is none."""
    texts = sorted({(lang, text) for each in outcomes for lang, text in each.statement.words.items() if text})
    scores = np.full((len(outcomes), len(outcomes)), np.nan)
    if not texts:
        return scores
    told = np.asarray(similar(texts, texts), dtype=np.float64)
    place = {pair: n for n, pair in enumerate(texts)}
    groups: dict[tuple[str, frozenset[str]], list[int]] = {}
    for at, outcome in enumerate(outcomes):
        languages = frozenset(lang for lang, text in outcome.statement.words.items() if text)
        if languages:
            groups.setdefault((outcome.statement.source, languages), []).append(at)

    def places(members: Sequence[int], language: str) -> list[int]:
        words = [outcomes[at].statement.words for at in members]
        return [place[language, each[language]] for each in words]

    for one, other in product(groups, groups):
        mine, theirs = _languages(one, other)
        rows, columns = groups[one], groups[other]
        scores[np.ix_(rows, columns)] = told[np.ix_(places(rows, mine), places(columns, theirs))]
    either: NDArray[np.float64] = np.fmax(scores, scores.T)
    return either


def _languages(one: tuple[str, frozenset[str]], other: tuple[str, frozenset[str]]) -> tuple[str, str]:
    """Return the languages to compare in: one that both are told in, first one that somebody wrote; else their own."""
    common = one[1] & other[1]
    if common:
        written = sorted({one[0], other[0]} & common) or sorted(common)
        return written[0], written[0]
    return tuple(source if source in told else min(told) for source, told in (one, other))  # type: ignore[return-value]
