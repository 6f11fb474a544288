"""A comparison in words: judgements, evidence and numbers as sentences, the same on the page and in the files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from gilde.core.components import Kind
from gilde.core.text import Text
from gilde.qualifications.comparison import Counts, Evidence
from gilde.qualifications.comparison_rules import Status

STATUSES: Final[tuple[Status, ...]] = ("shared", "partly", "missing")
KINDS: Final[Mapping[Status, Kind]] = {"shared": "good", "partly": "warn", "missing": "none"}
_SCHEMES: Final = {"esco": "ESCO", "isco-08": "ISCO-08"}
_HERE: Final = "\x00"  # where the name of the concept goes


@dataclass(frozen=True)
class Sentence:
    """A sentence with the name of a concept in it, which may be in another language than the sentence."""

    before: str
    label: Text
    after: str

    def __str__(self) -> str:
        return f"{self.before}{self.label}{self.after}"


def status_word(status: Status) -> str:
    """Return the word for a judgement."""
    return {
        "shared": pgettext("outcome", "Shared"),
        "partly": pgettext("outcome", "Partly"),
        "missing": pgettext("outcome", "Missing"),
    }[status]


def counts_words(counts: Counts) -> str:
    """Return numbers as words: "3 shared, 2 partly, 4 missing"."""
    return _("%(shared)s shared, %(partly)s partly, %(missing)s missing") % {
        "shared": counts.shared,
        "partly": counts.partly,
        "missing": counts.missing,
    }


def letters(many: int) -> list[str]:
    """Return a letter for each qualification, by which tables and pictures name it."""
    return [chr(ord("A") + n) for n in range(many)]


def sentence(evidence: Evidence, names: Mapping[str, str]) -> Sentence:
    """Return what the evidence is; `names` are those whom the reader may know by name."""
    scheme = _SCHEMES.get(evidence.scheme, evidence.scheme)
    held = {"scheme": scheme, "label": _HERE, "how": _how(evidence, names)}
    match evidence.kind:
        case "same-outcome":
            words = _("the same learning outcome")
        case "same-concept":
            words = _("same %(scheme)s skill: %(label)s (exact, %(how)s)") % held
        case "broader":
            words = _("broader, by %(scheme)s skill: %(label)s (%(how)s)") % held
        case "narrower":
            words = _("narrower, by %(scheme)s skill: %(label)s (%(how)s)") % held
        case "related-concept":
            words = _("related to the same %(scheme)s skill: %(label)s (%(how)s)") % held
        case "similar-text":
            words = _("similar text, %(score)s") % {"score": number_format(evidence.score or 0.0, 2)}
    before, found, after = words.partition(_HERE)
    label = evidence.label or Text.of(evidence.concept.rsplit("/", 1)[-1])
    return Sentence(before, label if found else Text(), after)


def sentences(evidence: Iterable[Evidence], names: Mapping[str, str]) -> list[Sentence]:
    """Return each piece of evidence as a sentence, each sentence once."""
    told = {str(each): each for each in (sentence(one, names) for one in evidence)}
    return list(told.values())


def _how(evidence: Evidence, names: Mapping[str, str]) -> str:
    if not evidence.confirmed:
        return _("not confirmed on both sides")
    known = [names[each] for each in evidence.confirmed_by if each in names]
    return _("confirmed by %(names)s") % {"names": ", ".join(known)} if known else _("confirmed")
