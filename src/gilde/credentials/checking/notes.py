"""The checks of one credential as they are made, one after the other, and the verdict that they come to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from gilde.core.errors import GildeError
from gilde.credentials.errors import Altered, TooMuch, Unreadable, Unsupported
from gilde.credentials.facts import Facts
from gilde.credentials.verdict import Answer, Check, Standing, Subject, Verdict, conclude

# What a reason makes of the verdict, where it is not what its kind of error says.
_ANSWERS: Final[Mapping[str, Answer]] = {
    "proof-expired": Answer.EXPIRED,
    "expired": Answer.EXPIRED,
    "not-yet-valid": Answer.EXPIRED,
    "key-compromised": Answer.UNKNOWN_ISSUER,
    "key-not-published": Answer.UNKNOWN_ISSUER,
    "not-signed": Answer.UNKNOWN_ISSUER,
    # Definitions that Gilde does not have: the credential may be sound, and what it says is not known.
    "unknown-context": Answer.CANNOT_TELL,
    "inline-context": Answer.CANNOT_TELL,
}
# What a reason is about, where the signature itself may be sound.
_SUBJECTS: Final[Mapping[str, Subject]] = {
    "key-compromised": Subject.KEY,
    "key-not-published": Subject.KEY,
    "key-period": Subject.KEY,
    "keys-unreachable": Subject.KEY,
    "keys-unreadable": Subject.KEY,
    "issuer-key": Subject.KEY,
    "purpose-not-allowed": Subject.KEY,
    "proof-expired": Subject.PERIOD,
}


def answer_of(error: GildeError) -> Answer:
    """Return what an error makes of the verdict: a proof or form that is broken is altered, what Gilde does not know or
    did not reach leaves it open.
    """
    reason = getattr(error, "reason", "")
    if reason in _ANSWERS:
        return _ANSWERS[reason]
    if isinstance(error, TooMuch | Unsupported):
        return Answer.CANNOT_TELL
    return Answer.ALTERED if isinstance(error, Altered | Unreadable) else Answer.CANNOT_TELL


class Notes:
    """Checks, in the order in which they were made. `facts` are set only when what is here is what was signed."""

    def __init__(self, now: datetime, format: str = "") -> None:
        self.now = now
        self.format = format
        self.checks: list[Check] = []
        self.facts: Facts | None = None
        self.issuer = ""
        self.sealed_then: datetime | None = None
        self.parts: list[Verdict] = []

    def passed(self, subject: Subject, reason: str, sentence: str) -> None:
        """Note a check that was made and is in order."""
        self.checks.append(Check(subject, Standing.PASSED, reason, sentence))

    def failed(self, subject: Subject, reason: str, sentence: str, answer: Answer) -> None:
        """Note a check that was made and is not in order."""
        self.checks.append(Check(subject, Standing.FAILED, reason, sentence, answer))

    def unknown(self, subject: Subject, reason: str, sentence: str) -> None:
        """Note a check that should have been made and could not be."""
        self.checks.append(Check(subject, Standing.UNKNOWN, reason, sentence, Answer.CANNOT_TELL))

    def note(self, subject: Subject, reason: str, sentence: str) -> None:
        """Note what is good to know and changes nothing."""
        self.checks.append(Check(subject, Standing.NOTE, reason, sentence))

    def wrong(self, subject: Subject, error: GildeError) -> None:
        """Note what an error says: failed where something is wrong, unknown where it could not be found out."""
        answer = answer_of(error)
        standing = Standing.UNKNOWN if answer == Answer.CANNOT_TELL else Standing.FAILED
        reason = str(getattr(error, "reason", error.code))
        self.checks.append(Check(_SUBJECTS.get(reason, subject), standing, reason, error.sentence, answer))

    def verdict(self) -> Verdict:
        """Return what the checks come to. What was altered says nothing that is to be shown."""
        answer = conclude(self.checks)
        return Verdict(
            answer,
            tuple(sorted(self.checks, key=lambda check: list(Subject).index(check.subject))),
            format=self.format,
            facts=None if answer == Answer.ALTERED else self.facts,
            issuer=self.issuer,
            checked_at=self.now,
            sealed_then=self.sealed_then,
            parts=tuple(self.parts),
        )
