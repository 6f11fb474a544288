"""What changed between two editions of a classification, so that nothing that uses the old one is lost silently."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

import numpy as np
from django.utils.translation import gettext as _
from rapidfuzz import fuzz, process

ChangeKind = Literal["renamed", "replaced", "merged", "split", "removed", "redefined", "added", "moved"]

_ORDER: Final = ("split", "merged", "replaced", "removed", "renamed", "redefined", "moved", "added")
_NEAREST: Final = 5
_NEAR_ENOUGH: Final = 55  # of 100; below it labels share letters and no meaning
_AT_ONCE: Final = 256


class Compared(Protocol):
    """What is compared of a concept: `ConceptRead`, or anything stored that has the same."""

    @property
    def kind(self) -> str: ...
    @property
    def labels(self) -> Mapping[str, str]: ...
    @property
    def terms(self) -> Mapping[str, Sequence[str]]: ...
    @property
    def descriptions(self) -> Mapping[str, str]: ...
    @property
    def status(self) -> str: ...
    @property
    def replaced_by(self) -> Sequence[str]: ...


@dataclass(frozen=True)
class Change:
    """One change of one concept. `proposal` are URIs of the new edition to use instead, best first.

    `score` is how alike the labels of the first proposal are, between 0 and 1; None where that was not needed.
    """

    kind: ChangeKind
    uri: str
    old_label: str
    new_label: str
    proposal: tuple[str, ...]
    score: float | None
    why: str


Concepts = Mapping[str, Compared]
Broader = Mapping[str, Collection[str]]


def compare(old: Concepts, new: Concepts, *, broader_old: Broader, broader_new: Broader) -> list[Change]:
    """Return every change from one edition to another, those that need a decision first.

    A concept that is gone, or obsolete now, has exactly one of replaced, split, merged and removed. One that stays may
    be renamed, redefined and moved, each once; without any of these it is unchanged. Labels and descriptions are
    compared in the languages that both editions have; where a hierarchy is not loaded nothing is moved.
    """
    gone = [uri for uri in old if uri not in new or (_is_live(old[uri]) and not _is_live(new[uri]))]
    index = _Index(new)
    changes = [change for uri in gone if (change := _told_or_same_label(uri, old, new, index))]
    settled = {change.uri for change in changes}
    changes += _removed([uri for uri in gone if uri not in settled], old, new)
    for uri in old.keys() & new.keys() - set(gone):
        changes += _changes_of(uri, old[uri], new[uri], index)
        if broader_old and broader_new:
            changes += _moved(uri, old, new, set(broader_old.get(uri, ())), set(broader_new.get(uri, ())))
    changes += [
        Change("added", uri, "", _label(new[uri]), (), None, _("It is new in this edition."))
        for uri in new.keys() - old.keys()
    ]
    return sorted(
        changes, key=lambda each: (_ORDER.index(each.kind), each.old_label or each.new_label, each.uri)
    )


class _Index:
    """The concepts in use in an edition by kind, language and label: preferred labels before alternative ones."""

    def __init__(self, concepts: Concepts) -> None:
        self._found: dict[tuple[str, str, str], list[str]] = {}
        live = [(uri, concept) for uri, concept in sorted(concepts.items()) if _is_live(concept)]
        for uri, concept in live:
            for language, label in concept.labels.items():
                self._add(concept.kind, language, label, uri)
        for uri, concept in live:
            for language, terms in concept.terms.items():
                for term in terms:
                    self._add(concept.kind, language, term, uri)

    def _add(self, kind: str, language: str, label: str, uri: str) -> None:
        found = self._found.setdefault((kind, language, _plain(label)), [])
        if uri not in found:
            found.append(uri)

    def with_label_of(self, concept: Compared) -> list[str]:
        """Return the concepts that have the preferred label of this one as one of theirs, in any language."""
        labels = sorted(concept.labels.items(), key=lambda each: (each[0] != "en", each[0]))
        found = [self._found.get((concept.kind, language, _plain(label)), ()) for language, label in labels]
        return list(dict.fromkeys(uri for uris in found for uri in uris))


def _told_or_same_label(uri: str, old: Concepts, new: Concepts, index: _Index) -> Change | None:
    """Return the change of a concept that is gone where the edition tells it, or a label that moved does."""
    here = old[uri]
    targets = _replacements(uri, old, new)
    if targets:
        kind: ChangeKind = "replaced" if len(targets) == 1 else "split"
        return _gone(kind, here, uri, targets, new, None, _("The new edition says what replaces it."))
    targets = [target for target in index.with_label_of(here) if target != uri]
    if not targets:
        return None
    if targets[0] in old:
        return _gone(
            "merged", here, uri, targets, new, 1.0, _("Its label now belongs to a concept that was there.")
        )
    return _gone("replaced", here, uri, targets, new, 1.0, _("Its label now belongs to a new concept."))


def _replacements(uri: str, old: Concepts, new: Concepts) -> list[str]:
    """Return the concepts in use that replace this one, also by way of others that were replaced themselves."""
    found: dict[str, None] = {}
    seen, waiting = {uri}, [uri]
    while waiting:
        here = waiting.pop(0)
        concept = new.get(here) or old.get(here)
        if here != uri and here in new and _is_live(new[here]):
            found[here] = None
        elif concept is not None:
            told = [*concept.replaced_by] or ([*old[here].replaced_by] if here in old else [])
            waiting += [each for each in told if each not in seen]
            seen.update(told)
    return list(found)


def _removed(uris: Sequence[str], old: Concepts, new: Concepts) -> Iterator[Change]:
    """Yield what is gone without a word, each with the concepts whose labels are nearest."""
    groups: dict[tuple[str, str], list[str]] = {}
    languages = {language for concept in new.values() for language in concept.labels}
    for uri in uris:
        groups.setdefault((old[uri].kind, _language(old[uri], languages)), []).append(uri)
    for (kind, language), group in groups.items():
        choices = sorted(
            uri
            for uri, each in new.items()
            if each.kind == kind and each.labels.get(language) and _is_live(each)
        )
        labels = [_sorted_words(new[uri].labels[language]) for uri in choices]
        for start in range(0, len(group), _AT_ONCE):
            some = group[start : start + _AT_ONCE]
            asked = [_sorted_words(old[uri].labels.get(language, "")) for uri in some]
            scores = process.cdist(
                asked, labels, scorer=fuzz.ratio, score_cutoff=_NEAR_ENOUGH, dtype=np.uint8
            )
            for uri, row in zip(some, scores, strict=True):
                near = [at for at in np.argsort(-row.astype(np.int16), kind="stable")[:_NEAREST] if row[at]]
                why = (
                    _("The new edition marks it as obsolete and does not say what replaces it.")
                    if uri in new
                    else _("It is not in the new edition, which does not say what replaces it.")
                )
                score = float(row[near[0]]) / 100 if near else None
                yield _gone("removed", old[uri], uri, [choices[at] for at in near], new, score, why)


def _changes_of(uri: str, before: Compared, after: Compared, index: _Index) -> Iterator[Change]:
    shared = sorted(before.labels.keys() & after.labels.keys(), key=lambda each: (each != "en", each))
    renamed = [each for each in shared if before.labels[each] != after.labels[each]]
    if renamed:
        language = renamed[0]
        was, now = before.labels[language], after.labels[language]
        others = [each for each in index.with_label_of(before) if each != uri]
        yield Change(
            "renamed", uri, was, now, (uri, *others), None, _why_renamed(was, language, after, others)
        )
    both = before.descriptions.keys() | after.descriptions.keys()
    told = [
        each
        for each in sorted(both & set(shared))
        if _plain(before.descriptions.get(each, "")) != _plain(after.descriptions.get(each, ""))
    ]
    if told:
        why = _("Its description changed (%(languages)s).") % {"languages": ", ".join(told)}
        yield Change("redefined", uri, _label(before), _label(after), (uri,), None, why)
    if _is_live(after) and not _is_live(before):
        why = _("It was obsolete and is in use again.")
        yield Change("added", uri, _label(before), _label(after), (uri,), None, why)


def _why_renamed(was: str, language: str, after: Compared, others: Sequence[str]) -> str:
    if others:
        return _("The old label now belongs to another concept: see whether that one is meant.")
    if _plain(was) in {_plain(term) for term in after.terms.get(language, ())}:
        return _("The old label is an alternative label now.")
    return _("The concept has another label and stays the same.")


def _moved(uri: str, old: Concepts, new: Concepts, before: set[str], after: set[str]) -> Iterator[Change]:
    if before != after:
        why = _("It stood under %(before)s and stands under %(after)s.") % {
            "before": _listed(before, old),
            "after": _listed(after, new),
        }
        yield Change("moved", uri, _label(old[uri]), _label(new[uri]), (uri,), None, why)


def _listed(uris: Collection[str], concepts: Concepts) -> str:
    named = sorted(f"“{_label(concepts[uri]) if uri in concepts else uri}”" for uri in uris)
    return ", ".join(named) or _("nothing")


def _gone(
    kind: ChangeKind,
    before: Compared,
    uri: str,
    targets: list[str],
    new: Concepts,
    score: float | None,
    why: str,
) -> Change:
    label = _label(new[targets[0]]) if targets else ""
    return Change(kind, uri, _label(before), label, tuple(targets), score, why)


def _is_live(concept: Compared) -> bool:
    return concept.status != "obsolete"


def _label(concept: Compared) -> str:
    return concept.labels.get("en") or next((concept.labels[each] for each in sorted(concept.labels)), "")


def _language(concept: Compared, languages: Collection[str]) -> str:
    shared = sorted(set(concept.labels) & set(languages), key=lambda each: (each != "en", each))
    return shared[0] if shared else ""


def _plain(words: str) -> str:
    return " ".join(words.split()).casefold()


def _sorted_words(label: str) -> str:
    """Return the words of a label in order of the alphabet, so that the order in which they stand counts for less."""
    return " ".join(sorted(_plain(label).split()))
