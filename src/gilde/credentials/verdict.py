"""What a check of a credential says: one verdict, and every check that was made, one by one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from gilde.credentials.facts import Facts


class Answer(StrEnum):
    """The verdict, gravest first: of several that hold, the first counts."""

    ALTERED = "altered"
    STOPPED = "stopped"  # revoked or suspended
    EXPIRED = "expired"  # expired or not yet valid
    UNKNOWN_ISSUER = "unknown-issuer"
    CANNOT_TELL = "cannot-tell"  # a check could not be made: status unreachable, format or suite unsupported
    VALID = "valid"


class Standing(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"  # should have been made and could not
    NOTE = "note"  # nothing that changes the verdict: accreditation, log, freshness


class Subject(StrEnum):
    """What a check is about, in the order in which a page shows them."""

    FORMAT = "format"
    SIGNATURE = "signature"
    KEY = "key"  # the key is the issuer's, and was so at the time
    TIME = "time"  # log or time stamp: it existed then
    ISSUER = "issuer"  # on a trust list
    PERIOD = "period"
    STATUS = "status"
    HOLDER = "holder"  # the one who presents is the one it was bound to
    ACCREDITATION = "accreditation"


@dataclass(frozen=True)
class Check:
    """One check: `reason` is a stable code such as "signature-wrong"; `sentence` is for an employer."""

    subject: Subject
    standing: Standing
    reason: str
    sentence: str
    answer: Answer | None = None  # what it makes of the verdict, when it failed or is unknown


@dataclass(frozen=True)
class Verdict:
    """The whole: `format` a code such as "vc-data-integrity"; `facts` what the credential says, if it is sound.

    `sealed_then` is set when a certificate has expired since, but the time stamp is older: valid when sealed.
    """

    answer: Answer
    checks: tuple[Check, ...]
    format: str = ""
    facts: Facts | None = None
    issuer: str = ""
    checked_at: datetime | None = None
    sealed_then: datetime | None = None
    parts: tuple[Verdict, ...] = field(
        default_factory=tuple
    )  # of a presentation, or of a PDF and what is in it


# Without these nothing is valid: a verdict is green only when each was made and passed.
NEEDED = (Subject.FORMAT, Subject.SIGNATURE, Subject.KEY, Subject.ISSUER, Subject.PERIOD, Subject.STATUS)


def conclude(checks: Iterable[Check]) -> Answer:
    """Return the gravest answer of the checks; VALID only when each of `NEEDED` was made and passed."""
    made = list(checks)
    told = {
        each.answer for each in made if each.answer and each.standing in (Standing.FAILED, Standing.UNKNOWN)
    }
    passed = {each.subject for each in made if each.standing == Standing.PASSED}
    if any(each.standing == Standing.UNKNOWN for each in made) or not passed.issuperset(NEEDED):
        told.add(Answer.CANNOT_TELL)
    if any(each.standing == Standing.FAILED and each.answer is None for each in made):
        told.add(Answer.CANNOT_TELL)
    return next((answer for answer in Answer if answer in told), Answer.VALID)
