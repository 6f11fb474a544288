"""What has to become of a mutant, decided by how it was made and never by asking the code that is attacked."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from gilde.core.errors import GildeError
from gilde.credentials.facts import Facts
from gilde.credentials.verdict import Answer, Verdict


@dataclass(frozen=True)
class Outcome:
    """What the check said. `answer` is "" for what was no credential at all, which is refused with a sentence."""

    answer: str
    reasons: frozenset[str]
    facts: Facts | None = None
    silent: bool = False  # a reason without a sentence, or a refusal without a reason
    longest: int = 0  # letters of a sentence

    @property
    def valid(self) -> bool:
        return self.answer == Answer.VALID


def outcome_of(verdict: Verdict) -> Outcome:
    """Return what a verdict says, in short."""
    wrong = [each for each in verdict.checks if each.answer is not None]
    silent = any(not each.reason or not each.sentence for each in verdict.checks) or (
        verdict.answer != Answer.VALID and not wrong
    )
    longest = max((len(each.sentence) for each in verdict.checks), default=0)
    return Outcome(verdict.answer, frozenset(each.reason for each in wrong), verdict.facts, silent, longest)


def outcome_of_error(error: GildeError) -> Outcome:
    """Return what a refusal says, in short."""
    reason = str(getattr(error, "reason", error.code))
    silent = not reason or not error.sentence
    return Outcome("", frozenset({reason}), silent=silent, longest=len(error.sentence))


def same(one: Facts | None, other: Facts | None) -> bool:
    """Return whether two facts are the same award: what is a set, such as outcomes, has no order."""
    return _ordered(one) == _ordered(other)


def _ordered(facts: Facts | None) -> Facts | None:
    if facts is None:
        return None
    outcomes = (replace(each, skills=tuple(sorted(each.skills))) for each in facts.outcomes)
    achievement = replace(facts.achievement, fields=tuple(sorted(facts.achievement.fields)))
    return replace(
        facts,
        outcomes=tuple(sorted(outcomes, key=lambda each: each.id)),
        achievement=achievement,
    )


@dataclass(frozen=True)
class Expect:
    """What has to come out: `why` is empty when it does, else what is wrong."""

    def why(self, found: Outcome, genuine: Outcome) -> str:
        raise NotImplementedError


@dataclass(frozen=True)
class Accepted(Expect):
    """Nothing was changed of what it says: the answer and the facts of the genuine one."""

    def why(self, found: Outcome, genuine: Outcome) -> str:
        if found.answer != genuine.answer or found.reasons != genuine.reasons:
            return "an edit that keeps the meaning is not accepted"
        return "" if same(found.facts, genuine.facts) else "an edit that keeps the meaning changes the facts"


@dataclass(frozen=True)
class Refused(Expect):
    """Something was changed: never valid, no facts, and a reason of these and no other."""

    reasons: frozenset[str]

    def why(self, found: Outcome, genuine: Outcome) -> str:
        if found.valid:
            return "an edit that changes the meaning is valid"
        if found.answer not in (
            "",
            Answer.ALTERED,
            Answer.CANNOT_TELL,
            Answer.UNKNOWN_ISSUER,
            Answer.STOPPED,
        ):
            return f"the answer {found.answer} has nothing to do with the edit"
        if not found.reasons:
            return "no reason is given"
        if strange := found.reasons - genuine.reasons - self.reasons:
            return f"the reason {sorted(strange)} is not that of the edit"
        return ""


@dataclass(frozen=True)
class Harmless(Expect):
    """What nobody signed was changed, or the same was told in another way.

    It may be refused for one of the reasons; where it is not, it must say what the genuine one says, or nothing.
    """

    reasons: frozenset[str] = frozenset()

    def why(self, found: Outcome, genuine: Outcome) -> str:
        if found.answer == genuine.answer and found.reasons == genuine.reasons:
            shown = found.facts is None or same(found.facts, genuine.facts)
            return "" if shown else "an edit of what is not signed changes the facts"
        return Refused(self.reasons).why(found, genuine)


@dataclass(frozen=True)
class Withheld(Expect):
    """The holder showed less: as valid as before, and nothing else than before is told."""

    def why(self, found: Outcome, genuine: Outcome) -> str:
        if found.answer != genuine.answer or found.reasons != genuine.reasons:
            return "showing less is not accepted"
        if found.facts is None or genuine.facts is None:
            return "" if found.facts is None else "facts appear"
        told, whole = found.facts, genuine.facts
        more = _more(told, whole)
        return f"showing less tells more: {more}" if more else ""


def _more(told: Facts, whole: Facts) -> list[object]:
    found: list[object] = [each for each in told.outcomes if each not in whole.outcomes]
    pairs = (
        (told.holder.given_name, whole.holder.given_name),
        (told.holder.family_name, whole.holder.family_name),
        (told.holder.id, whole.holder.id),
        (told.achievement, whole.achievement),
        (told.issuer, whole.issuer),
        (told.awarded_on, whole.awarded_on),
    )
    found += [one for one, other in pairs if one not in ("", other)]
    return found


ACCEPTED: Final = Accepted()
WITHHELD: Final = Withheld()


def refused(*reasons: str | Iterable[str]) -> Refused:
    """Return the expectation of a refusal for one of these reasons, or sets of them."""
    found: set[str] = set()
    for each in reasons:
        found |= {each} if isinstance(each, str) else set(each)
    return Refused(frozenset(found))


@dataclass(frozen=True)
class Mutant:
    """One edit of a genuine file: the family of the edit, what exactly was done, and what has to come of it."""

    family: str
    what: str
    data: bytes
    expect: Expect


def difference(genuine: bytes, mutant: bytes) -> str:
    """Return where two files differ, for people: the lines around it, or the bytes."""
    try:
        before, after = genuine.decode(), mutant.decode()
    except UnicodeDecodeError:
        at = next(
            (at for at, pair in enumerate(zip(genuine, mutant, strict=False)) if pair[0] != pair[1]), -1
        )
        lengths = f"{len(genuine)} and {len(mutant)} bytes, first different at {at}"
        return f"{lengths}: {genuine[max(0, at - 20) : at + 40]!r} → {mutant[max(0, at - 20) : at + 40]!r}"
    # Spaces stand alone, so that they hide no other difference.
    split = [re.split(r"(\s*[,:{}\[\]~.]\s*)", text) for text in (before, after)]
    plain = [[part.strip() or part for part in parts if part] for parts in split]
    lines = [
        line for line in difflib.unified_diff(*plain, lineterm="", n=3) if line[:3] not in ("---", "+++")
    ]
    shown = " ⏎ ".join(line[:120] for line in lines if not line.startswith("@@"))
    return shown[:1200] or "they differ in white space alone"
