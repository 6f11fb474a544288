"""The words of a text as matching sees them: normalised, weighted, stemmed, and compounds split into their parts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from math import log

import snowballstemmer

LONGEST = 10_000  # characters of a text that are looked at
LIGHT, FILLER = 0.1, 0.4  # what a word weighs that joins others, and one that says nothing about the subject

_STEMMERS = {
    "da": "danish",
    "de": "german",
    "en": "english",
    "es": "spanish",
    "et": "estonian",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "it": "italian",
    "lt": "lithuanian",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "sv": "swedish",
}
# Articles, prepositions, conjunctions, pronouns.
_LIGHT = {
    "de": "an am auf aus bei beim bis das dem den der des die durch ein eine einem einen einer eines fur gegen im in "
    "ins mit nach oder ob sich so sowie uber um und unter vom von vor wie zu zum zur zwischen sein ihr ihre als",
    "en": "a an and as at by for from in into of on or our the their them to up using via with within your you we "
    "is are be it its this that etc other",
    "fr": "a au aux avec c ce ces d dans de des du en entre et l la le les leur leurs lors m n ou par pour qu que qui "
    "s sa se selon ses son sous sur un une vers y",
    "nl": "aan als bij binnen d dat de den der die door een en het hun in met na naar of om onder op over per s t te "
    "tegen ten ter tijdens tot tussen uit van via volgens voor zijn zich",
}
# Words of advertisements and competence lists that tell how well something is known, and not what.
_FILLER = {
    "de": "anwenden anwendung erfahrung erfahrungen fahigkeit fahigkeiten fundierte grundkenntnisse gute gut kenntnis "
    "kenntnisse kennen konnen sehr sichere umgang verstandnis wissen",
    "en": "ability able background basic deep demonstrated excellent experience experienced expert expertise "
    "familiar familiarity good great hands have having high knowledge preferred proficiency proficient proven "
    "related required requirements skill skilled skills solid strong understanding very well work years",
    "fr": "aptitude bonne bonnes capacite competence competences connaissance connaissances connaitre experience "
    "maitrise maitriser notion notions pratique savoir techniques",
    "nl": "basiskennis ervaring goed goede grondige kennen kennis kunnen technieken toepassen vaardigheid "
    "vaardigheden zeer",
}
_NONE: frozenset[str] = frozenset()
_LIGHT_WORDS = {language: frozenset(words.split()) for language, words in _LIGHT.items()}
_FILLER_WORDS = {language: frozenset(words.split()) for language, words in _FILLER.items()}
# What joins the parts of a compound.
_LINKS = {
    "da": ("", "s", "e"),
    "de": ("", "s", "es", "n", "en", "er", "e"),
    "nl": ("", "s", "e", "en", "n"),
    "no": ("", "s", "e"),
    "sv": ("", "s"),
}
_SHORTEST_PART = 4
_SPLITTABLE = 8
_SPLITTABLE_TAIL = 5
# A word; C++ and C# keep their signs. What has neither letter nor figure is no word.
_WORD = re.compile(r"[^\W_]+[+#]*")
_BRACKETS = re.compile(r"\([^()]*\)")


def normalised(text: str) -> str:
    """Return the words of the text in small letters without accents, separated by one space; at most 10,000 signs.

    Normalising twice gives the same.
    """
    return " ".join(_WORD.findall(_plain(text[:LONGEST])))[:LONGEST].strip()


def words_of(text: str) -> list[str]:
    """Return the normalised words of the text in their order."""
    return normalised(text).split()


def without_brackets(text: str) -> str:
    """Return the text without what stands in brackets: "Java (computer programming)" becomes "Java"; "" for none."""
    shorter = _BRACKETS.sub(" ", text[:LONGEST])
    return shorter if shorter != text[:LONGEST] and words_of(shorter) else ""


def weight(word: str, language: str) -> float:
    """Return how much a word counts beside how rare it is: 1, or less when it only joins or fills."""
    if word in _LIGHT_WORDS.get(language, _NONE):
        return LIGHT
    return FILLER if word in _FILLER_WORDS.get(language, _NONE) else 1.0


@lru_cache(maxsize=200_000)
def stem(word: str, language: str) -> str:
    """Return the stem of a normalised word (Snowball); the word itself in a language without a stemmer."""
    name = _STEMMERS.get(language)
    return _stemmer(name).stemWord(word) if name else word


class Compounds:
    """Splits compounds into words that were seen by themselves: "netwerkbeheer" into "netwerk" and "beheer".

    Of all ways to split, the one whose parts are the most frequent (geometric mean; Koehn and Knight 2003).
    """

    def __init__(self, language: str, counts: Mapping[str, int]) -> None:
        self.language = language
        self._links = _LINKS.get(language, ())
        self.joined = bool(self._links)  # whether the language joins words into one
        seen = {
            word: count for word, count in counts.items() if len(word) >= _SHORTEST_PART and word.isalpha()
        }
        self._known = {
            word: log(1 + count) for word, count in (_first_parts(seen, self._links) | seen).items()
        }
        self._splits: dict[str, tuple[str, ...]] = {}

    def parts(self, word: str) -> tuple[str, ...]:
        """Return the parts of the word, or () when it is not a compound of words that were seen."""
        if not self._links or len(word) < _SPLITTABLE or not word.isalpha():
            return ()
        if word not in self._splits:
            score, parts = self._best(word, 4)
            self._splits[word] = parts if score > 0 else ()
        return self._splits[word]

    def _best(self, word: str, most: int) -> tuple[float, tuple[str, ...]]:
        """Return the best way to split the word in two or more, with the mean of what its parts score."""
        best: tuple[float, tuple[str, ...]] = (0.0, ())
        for at in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1):
            head = self._unlinked(word[:at])
            if head is None:
                continue
            tail = word[at:]
            options: list[tuple[float, tuple[str, ...]]] = (
                [(self._known[tail], (tail,))] if tail in self._known else []
            )
            if most > 2 and len(tail) >= _SPLITTABLE:
                options.append(self._best(tail, most - 1))
            for score, parts in options:
                if parts:
                    mean = (self._known[head] + score * len(parts)) / (len(parts) + 1)
                    best = max(best, (mean, (head, *parts)), key=lambda way: (way[0], way[1]))
        return best

    def _unlinked(self, head: str) -> str | None:
        """Return the word that a first part stands for: "kwaliteits" stands for "kwaliteit"; None for no word."""
        found = [
            word
            for link in self._links
            if head.endswith(link) and (word := head.removesuffix(link)) in self._known
        ]
        return max(found, key=lambda word: (self._known[word], word), default=None)


def _first_parts(seen: Mapping[str, int], links: tuple[str, ...]) -> dict[str, int]:
    """Return what stands before two or more words that were seen, and is none itself: "kook" of "kooktechnieken"."""
    before: dict[str, set[str]] = {}
    for word in seen:
        for at in range(_SHORTEST_PART, len(word) - _SPLITTABLE_TAIL + 1):
            if word[at:] in seen:
                for link in links:
                    head = word[:at].removesuffix(link)
                    if word[:at].endswith(link) and len(head) >= _SHORTEST_PART:
                        before.setdefault(head, set()).add(word[at:])
    return {head: len(tails) for head, tails in before.items() if len(tails) > 1}


def grams(word: str, shortest: int, longest: int) -> list[str]:
    """Return the pieces of a word, with a space at either end, that are as long as asked for."""
    padded = f" {word} "
    sizes = range(shortest, min(longest, len(padded)) + 1)
    return [padded[at : at + size] for size in sizes for at in range(len(padded) - size + 1)]


def _plain(text: str) -> str:
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return unicodedata.normalize("NFKC", bare).casefold()


@lru_cache(maxsize=32)
def _stemmer(name: str) -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer(name)
