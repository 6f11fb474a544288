"""A verdict for people, in a word, a sentence and a list of checks; and the same for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from gilde.core.components import Fact, Kind, status
from gilde.credentials import facts_json
from gilde.credentials.checking.judging import day
from gilde.credentials.verdict import Answer, Check, Standing, Subject, Verdict
from gilde.credentials.views import wallet_words as words

_KINDS: Final[dict[Answer, Kind]] = {
    Answer.VALID: "good",
    Answer.STOPPED: "bad",
    Answer.ALTERED: "bad",
    Answer.EXPIRED: "warn",
    Answer.UNKNOWN_ISSUER: "warn",
    Answer.CANNOT_TELL: "none",
}
_WORDS: Final = {
    Answer.VALID: gettext_lazy("Valid"),
    Answer.STOPPED: gettext_lazy("Revoked or suspended"),
    Answer.EXPIRED: gettext_lazy("Expired or not yet valid"),
    Answer.ALTERED: gettext_lazy("Altered"),
    Answer.UNKNOWN_ISSUER: gettext_lazy("Issuer unknown"),
    Answer.CANNOT_TELL: gettext_lazy("Cannot tell now"),
}
# A narrower word, where the check that decided tells it.
_NARROWER: Final = {
    "revoked": gettext_lazy("Revoked"),
    "suspended": gettext_lazy("Suspended"),
    "expired": gettext_lazy("Expired"),
    "not-yet-valid": gettext_lazy("Not yet valid"),
}
_SENTENCES: Final = {
    Answer.VALID: gettext_lazy("It is genuine, nothing was changed, and it counts today."),
    Answer.STOPPED: gettext_lazy("It is genuine, but its issuer has stopped it: it does not count today."),
    Answer.EXPIRED: gettext_lazy("It is not valid today by its own dates."),
    Answer.ALTERED: gettext_lazy("It is not as the issuer made it. Do not accept it."),
    Answer.UNKNOWN_ISSUER: gettext_lazy("Nobody known here says who issued it."),
    Answer.CANNOT_TELL: gettext_lazy("A check that is needed could not be made, so nothing is certain."),
}
_MEANINGS: Final = {
    Answer.VALID: gettext_lazy(
        "You can rely on what is shown here. Compare the name with that of the person in front of you, and the text "
        "with the paper or picture that you were given: only what is shown here was checked."
    ),
    Answer.STOPPED: gettext_lazy(
        "The award was given and is not in force now. The holder may have a corrected one; ask for that. The issuer "
        "can tell more, with the holder's consent."
    ),
    Answer.EXPIRED: gettext_lazy(
        "That it was awarded may well be true: look at the other checks. Whether an award that is not in force is "
        "enough for you is yours to decide; the holder may have a newer one."
    ),
    Answer.ALTERED: gettext_lazy(
        "The file was changed after it was issued, damaged, or made by somebody else. What it says is not shown, as "
        "nobody stands for it. Ask the holder for the original file, or the issuer for a new one."
    ),
    Answer.UNKNOWN_ISSUER: gettext_lazy(
        "Anybody can issue something in any name. Only if you know the issuer by another way, and they tell you that "
        "it is theirs, can you rely on it."
    ),
    Answer.CANNOT_TELL: gettext_lazy(
        "This is no sign that anything is wrong. Look at the check that could not be made, try again later, or ask the "
        "issuer. Until then, do not rely on it."
    ),
}
_STANDINGS: Final[dict[Standing, tuple[Kind, Any]]] = {
    Standing.PASSED: ("good", gettext_lazy("in order")),
    Standing.FAILED: ("bad", gettext_lazy("not in order")),
    Standing.UNKNOWN: ("warn", gettext_lazy("not possible")),
    Standing.NOTE: ("info", pgettext_lazy("what a check found", "note")),
}
_SUBJECTS: Final = {
    Subject.FORMAT: pgettext_lazy("that was given to be checked", "The file"),
    Subject.SIGNATURE: gettext_lazy("Unchanged"),
    Subject.KEY: gettext_lazy("Signed by the issuer"),
    Subject.TIME: gettext_lazy("When it existed"),
    Subject.ISSUER: gettext_lazy("Who the issuer is"),
    Subject.PERIOD: gettext_lazy("In force"),
    Subject.STATUS: gettext_lazy("Not revoked"),
    Subject.HOLDER: gettext_lazy("Who shows it"),
    Subject.ACCREDITATION: gettext_lazy("Accreditation"),
}
FORMATS: Final = {
    "vc": gettext_lazy("W3C Verifiable Credential"),
    "vc-jwt": gettext_lazy("W3C Verifiable Credential as a token (JWT)"),
    "sd-jwt": gettext_lazy("Credential of a wallet (SD-JWT)"),
    "open-badge": gettext_lazy("Open Badge"),
    "edc": gettext_lazy("European Digital Credential"),
    "pdf": gettext_lazy("PDF certificate"),
    "presentation": gettext_lazy("Presentation from a wallet"),
    "enveloped": gettext_lazy("W3C Verifiable Credential in an envelope"),
}


@dataclass(frozen=True)
class Line:
    """A check as people read it."""

    subject: str
    tag: SafeString
    sentence: str


@dataclass(frozen=True)
class Told:
    """A verdict as people read it: everything that the page needs."""

    kind: Kind
    word: str
    sentence: str
    meaning: str
    certain: bool
    summary: str
    facts: Sequence[Fact]
    outcomes: Sequence[words.Outcomes]
    checks: Sequence[Line]
    format: str
    checked_at: Any
    parts: Sequence[Told] = ()


def told(verdict: Verdict) -> Told:
    """Return a verdict for `credentials/_verdict.html`, in the reader's language."""
    facts = verdict.facts
    issuer = next((each for each in verdict.checks if each.subject == Subject.ISSUER), None)
    return Told(
        kind=_KINDS[verdict.answer],
        word=word(verdict),
        sentence=_sentence(verdict),
        meaning=str(_MEANINGS[verdict.answer]),
        certain=issuer is not None and issuer.standing == Standing.PASSED,
        summary=_summary(verdict.checks),
        facts=words.facts_of(facts) if facts else (),
        outcomes=words.outcomes_of(facts) if facts else (),
        checks=[_line(each) for each in verdict.checks],
        format=str(FORMATS.get(verdict.format, verdict.format)),
        checked_at=verdict.checked_at,
        parts=[_part(part, verdict) for part in verdict.parts] if _differs(verdict) else (),
    )


def _part(part: Verdict, whole: Verdict) -> Told:
    """Return a part of a verdict; what it says is not said twice."""
    return told(replace(part, facts=None) if part.facts == whole.facts else part)


def word(verdict: Verdict) -> str:
    """Return the verdict in a word or two."""
    if verdict.answer == Answer.VALID and verdict.sealed_then is not None:
        return _("Valid when sealed")
    reasons = {each.reason for each in verdict.checks if each.answer == verdict.answer}
    narrower = [_NARROWER[each] for each in _NARROWER if each in reasons]
    return str(narrower[0]) if narrower else str(_WORDS[verdict.answer])


def standing(check: Check) -> str:
    """Return what a check is about and how it stands, in a few words."""
    return f"{_SUBJECTS[check.subject]}, {_STANDINGS[check.standing][1]}"


def as_json(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict for programs: codes that stay, sentences that may change, times in ISO 8601."""
    return {
        "answer": str(verdict.answer),
        "word": word(verdict),
        "sentence": _sentence(verdict),
        "format": verdict.format,
        "issuer": verdict.issuer or None,
        "checked_at": verdict.checked_at.isoformat() if verdict.checked_at else None,
        "sealed_then": verdict.sealed_then.isoformat() if verdict.sealed_then else None,
        "checks": [
            {
                "subject": str(each.subject),
                "standing": str(each.standing),
                "reason": each.reason,
                "sentence": each.sentence,
            }
            for each in verdict.checks
        ],
        "facts": facts_json.as_json(verdict.facts) if verdict.facts else None,
        "parts": [as_json(part) for part in verdict.parts],
    }


def _sentence(verdict: Verdict) -> str:
    if verdict.answer == Answer.VALID and verdict.sealed_then is not None:
        return _(
            "It was genuine when it was sealed, on %(day)s, and nothing was changed since. The certificate of the seal "
            "has expired meanwhile, as certificates do."
        ) % {"day": day(verdict.sealed_then)}
    return str(_SENTENCES[verdict.answer])


def _summary(checks: Sequence[Check]) -> str:
    made = [each for each in checks if each.standing != Standing.NOTE]
    passed = sum(each.standing == Standing.PASSED for each in made)
    return ngettext(
        "%(passed)d of %(all)d check in order", "%(passed)d of %(all)d checks in order", len(made)
    ) % {"passed": passed, "all": len(made)}


def _line(check: Check) -> Line:
    kind, said = _STANDINGS[check.standing]
    return Line(str(_SUBJECTS[check.subject]), status(kind, said), check.sentence)


def _differs(verdict: Verdict) -> bool:
    """Return whether what is inside is worth telling: several credentials, or one that fares otherwise."""
    return len(verdict.parts) > 1 or any(part.answer != verdict.answer for part in verdict.parts)
