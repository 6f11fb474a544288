"""An award as an Open Badge 3.0 (1EdTech, context 3.0.3), and back.

Any reader of Open Badges understands it. Where the standard has one text, that in the language of the award stands,
and all languages beside it in a term of the Gilde context; so does whatever else it has no place for.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from gilde.credentials.facts import Assessment, Body, Facts, Outcome, StatusPlace, Words
from gilde.credentials.keys.instants import write_instant
from gilde.credentials.linked.tables import CREDENTIALS_V2, GILDE_CONTEXT, OPEN_BADGES
from gilde.credentials.renderings.open_badge_reading import (
    EQF,
    KINDS,
    LEVEL,
    OUTCOME,
    QUALIFICATION,
    SKILL,
    facts,
    plain,
)
from gilde.credentials.renderings.vc import decimal, without_gaps
from gilde.credentials.status import bitstring

__all__ = ["facts", "render"]

_TYPES: Final = {kind: name for name, kind in KINDS.items()}


def render(facts: Facts, place: StatusPlace | None, *, image: str = "") -> dict[str, Any]:
    """Return the award as a badge without a proof; `image` is the address of the picture of its achievement."""
    language = facts.language
    return without_gaps(
        {
            "@context": [CREDENTIALS_V2, OPEN_BADGES, GILDE_CONTEXT],
            "id": facts.id,
            "type": ["VerifiableCredential", "OpenBadgeCredential"],
            "name": plain(facts.achievement.title, language),
            "issuer": _profile(facts.issuer, language),
            "validFrom": write_instant(facts.valid_from),
            "validUntil": facts.valid_until and write_instant(facts.valid_until),
            "awardedDate": f"{facts.awarded_on.isoformat()}T00:00:00Z",
            "awardedAt": facts.place,
            "writtenIn": language,
            "replacesAward": facts.replaces,
            "credentialStatus": place and _status(place),
            "credentialSubject": _subject(facts, image),
        }
    )


def _status(place: StatusPlace) -> dict[str, Any]:
    """Return the one entry that a badge has room for (Open Badges 3.0, VerifiableCredential): all that is stopped.

    Its purpose is the one that every verifier knows; a suspended badge so counts as revoked until that ends.
    """
    return bitstring.entry(place.stopped, place.index, bitstring.REVOCATION)


def _subject(facts: Facts, image: str) -> dict[str, Any]:
    holder, credit = facts.holder, facts.credit
    name = {
        "type": "IdentityObject",
        "identityType": "name",
        "hashed": False,
        "identityHash": f"{holder.given_name} {holder.family_name}",
    }
    return without_gaps(
        {
            "id": holder.id,
            "type": ["AchievementSubject"],
            "identifier": [name],
            "firstName": holder.given_name,
            "lastName": holder.family_name,
            "bornOn": holder.born and holder.born.isoformat(),
            "achievement": _achievement(facts, image),
            "result": facts.assessment and [_result(facts.assessment, _result_id(facts))],
            "creditsEarned": credit and _number(credit.points),
            "creditPoints": credit and decimal(credit.points),
            "creditSystem": credit and credit.system,
            "workloadHours": facts.hours is not None and decimal(facts.hours),
        }
    )


def _achievement(facts: Facts, image: str) -> dict[str, Any]:
    achievement, level, language = facts.achievement, facts.level, facts.language
    title = plain(achievement.title, language)
    return without_gaps(
        {
            "id": achievement.id,
            "type": ["Achievement"],
            "achievementType": _TYPES[facts.kind],
            "name": title,
            "nameIn": _others(achievement.title, language),
            **_description(achievement.description, language, title),
            "criteria": _criteria(facts),
            "image": image and {"id": image, "type": "Image", "caption": title},
            "inLanguage": achievement.language,
            "iscedField": list(achievement.fields),
            "levelFramework": level and level.framework,
            "levelLabel": level and level.label,
            "alignment": _alignments(facts),
            "resultDescription": facts.assessment
            and [_described(facts.assessment, _result_id(facts), language)],
        }
    )


def _description(words: Words, language: str, title: str) -> dict[str, Any]:
    """Return the description, which a badge must have: the title stands for one that is missing."""
    text = plain(words, language)
    same = dict(words) if text == title else None
    return {"description": text or title, "descriptionIn": same or _others(words, language)}


def _criteria(facts: Facts) -> dict[str, Any]:
    """Return how the achievement is reached: in words, or the page of the achievement, which tells it."""
    words, language = facts.achievement.criteria, facts.language
    if not words:
        return {"id": facts.achievement.id}
    return without_gaps({"narrative": plain(words, language), "criteriaIn": _others(words, language)})


def _alignments(facts: Facts) -> list[dict[str, Any]]:
    language, title = facts.language, plain(facts.achievement.title, facts.language)
    told = []
    if facts.achievement.qualification:
        told.append(_alignment(facts.achievement.qualification, title, QUALIFICATION))
    if facts.level and facts.level.eqf is not None:
        eqf = facts.level.eqf
        framework = {"targetFramework": "European Qualifications Framework", "targetCode": str(eqf)}
        told.append({**_alignment(f"{EQF}{eqf}", f"EQF {eqf}", LEVEL), **framework})
    for outcome in facts.outcomes:
        told.extend(_aligned_outcome(outcome, language))
    return told


def _aligned_outcome(outcome: Outcome, language: str) -> list[dict[str, Any]]:
    """Return an outcome, and each ESCO skill that it is a match of; the skill bears the outcome's name."""
    name = plain(outcome.title, language)
    extra = {"nameIn": _others(outcome.title, language), "outcomeKind": outcome.kind and outcome.kind.value}
    own = without_gaps({**_alignment(outcome.id, name, OUTCOME), **extra})
    place = {"targetFramework": "ESCO", "ofOutcome": outcome.id}
    return [own, *({**_alignment(skill, name, SKILL), **place} for skill in outcome.skills)]


def _alignment(url: str, name: str, kind: str) -> dict[str, Any]:
    return {"type": ["Alignment"], "targetUrl": url, "targetName": name, "targetType": kind}


def _described(assessment: Assessment, result: str, language: str) -> dict[str, Any]:
    return without_gaps(
        {
            "id": result,
            "type": ["ResultDescription"],
            "name": plain(assessment.title, language),
            "nameIn": _others(assessment.title, language),
            "resultType": "Result" if assessment.grade else "Status",
        }
    )


def _result(assessment: Assessment, result: str) -> dict[str, Any]:
    return without_gaps(
        {
            "type": ["Result"],
            "resultDescription": result,
            "value": assessment.grade,
            "status": "" if assessment.grade else "Completed",
            "assessmentMethod": assessment.method,
            "assessedOn": assessment.on and assessment.on.isoformat(),
            "assessor": assessment.by,
        }
    )


def _result_id(facts: Facts) -> str:
    return f"{facts.id}#result"


def _profile(body: Body, language: str) -> dict[str, Any]:
    number = {"type": "IdentifierEntry", "identifier": body.legal_id, "identifierType": "identifier"}
    return without_gaps(
        {
            "id": body.id,
            "type": ["Profile"],
            "name": plain(body.name, language),
            "nameIn": _others(body.name, language),
            "url": body.website,
            "address": body.country and {"type": ["Address"], "addressCountryCode": body.country},
            "otherIdentifier": body.legal_id and [number],
        }
    )


def _others(words: Words, language: str) -> dict[str, str]:
    """Return all languages of a text, unless the plain text says all there is."""
    return {} if set(words) == {language} else dict(words)


def _number(points: Decimal) -> int | float:
    return int(points) if points == points.to_integral_value() else float(points)
