"""An award as a W3C Verifiable Credential 2.0, and back. All languages and all facts are in it; it is unsigned."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from gilde.credentials.errors import Unsupported
from gilde.credentials.facts import (
    Achievement,
    Assessment,
    Body,
    Credit,
    Facts,
    Kind,
    Level,
    Outcome,
    OutcomeKind,
    Person,
    StatusPlace,
    Words,
)
from gilde.credentials.keys.instants import write_instant
from gilde.credentials.linked.tables import CREDENTIALS_V2, GILDE_CONTEXT
from gilde.credentials.renderings.told import Told, unlike
from gilde.credentials.status import bitstring

TYPE: Final = "VocationalAward"


def render(facts: Facts, place: StatusPlace | None) -> dict[str, Any]:
    """Return the award as a credential without a proof; `place` is where its status is published, if anywhere."""
    told: dict[str, Any] = {
        "@context": [CREDENTIALS_V2, GILDE_CONTEXT],
        "id": facts.id,
        "type": ["VerifiableCredential", TYPE],
        "name": _told(facts.achievement.title),
        "issuer": _body(facts.issuer),
        "validFrom": write_instant(facts.valid_from),
        "validUntil": facts.valid_until and write_instant(facts.valid_until),
        "awardKind": facts.kind.value,
        "awardedOn": facts.awarded_on.isoformat(),
        "awardedAt": facts.place,
        "writtenIn": facts.language,
        "replacesAward": facts.replaces,
        "credentialStatus": place and status(place),
        "credentialSubject": without_gaps(
            {
                "id": facts.holder.id,
                "firstName": facts.holder.given_name,
                "lastName": facts.holder.family_name,
                "bornOn": facts.holder.born and facts.holder.born.isoformat(),
                "achieved": _achievement(facts),
                "assessment": facts.assessment and _assessment(facts.assessment),
            }
        ),
    }
    return without_gaps(told)


def facts(document: Mapping[str, Any]) -> Facts:
    """Return the facts of a credential that `render` made.

    Raises Unsupported for a credential of another type, Unreadable where one says what no award can.
    """
    told = Told(document)
    if TYPE not in told.texts("type"):
        raise Unsupported(
            _("This credential is no award in the form of Gilde: its facts are shown as they stand in it."),
            "other-type",
        )
    language = told.needed("writtenIn")
    subject = told.one("credentialSubject")
    subject.only("id", "firstName", "lastName", "bornOn", "achieved", "assessment")
    achieved = subject.one("achieved")
    awarded, begins = told.day("awardedOn"), told.moment("validFrom")
    if awarded is None or begins is None:
        raise unlike("", _("the day of the award or the beginning of validity is missing"))
    achievement = _read_achievement(achieved, language)
    if told.words("name", language) != achievement.title:
        raise unlike("/name", _("another title stands than that of the achievement"))
    return Facts(
        id=told.needed("id"),
        kind=told.named("awardKind", Kind),
        achievement=achievement,
        holder=Person(
            id=subject.needed("id"),
            given_name=subject.needed("firstName"),
            family_name=subject.needed("lastName"),
            born=subject.day("bornOn"),
        ),
        issuer=_read_body(told.one("issuer"), language),
        awarded_on=awarded,
        valid_from=begins,
        valid_until=told.moment("validUntil"),
        assessment=_read_assessment(subject.one("assessment"), language)
        if subject.has("assessment")
        else None,
        level=read_level(achieved, achieved.number("levelEqf")),
        outcomes=tuple(_read_outcome(each, language) for each in achieved.several("outcome")),
        hours=achieved.amount("workloadHours"),
        credit=read_credit(achieved),
        language=language,
        place=told.text("awardedAt"),
        replaces=told.text("replacesAward"),
    )


def status(place: StatusPlace) -> list[dict[str, Any]]:
    """Return the `credentialStatus` of an award that can be revoked and suspended."""
    return [
        bitstring.entry(place.revocation, place.index, bitstring.REVOCATION),
        bitstring.entry(place.suspension, place.index, bitstring.SUSPENSION),
    ]


def without_gaps(told: dict[str, Any]) -> dict[str, Any]:
    """Return the members that say something: an empty text, list or object says nothing."""
    return {name: value for name, value in told.items() if value}


def decimal(amount: Decimal) -> str:
    """Return an amount as xsd:decimal, without exponent."""
    return f"{amount:f}"


def read_level(told: Told, eqf: int | None) -> Level | None:
    """Return the level that an object tells, of which the EQF level may stand elsewhere; None when it tells none."""
    if eqf is not None and not 1 <= eqf <= 8:
        raise unlike(told.pointer, _("a level of the EQF should stand, from 1 to 8"))
    level = Level(told.text("levelFramework"), told.text("levelLabel"), eqf)
    return None if level == Level() else level


def read_credit(told: Told) -> Credit | None:
    """Return the credit that an object tells, None when it tells none."""
    points = told.amount("creditPoints")
    return None if points is None else Credit(points, told.needed("creditSystem"))


def _achievement(facts: Facts) -> dict[str, Any]:
    achievement, level, credit = facts.achievement, facts.level or Level(), facts.credit
    return without_gaps(
        {
            "id": achievement.id,
            "name": _told(achievement.title),
            "description": _told(achievement.description),
            "awardCriteria": _told(achievement.criteria),
            "qualification": achievement.qualification,
            "taughtIn": achievement.language,
            "iscedField": list(achievement.fields),
            "levelFramework": level.framework,
            "levelLabel": level.label,
            "levelEqf": level.eqf,
            "workloadHours": facts.hours is not None and decimal(facts.hours),
            "creditPoints": credit and decimal(credit.points),
            "creditSystem": credit and credit.system,
            "outcome": [_outcome(outcome) for outcome in facts.outcomes],
        }
    )


def _read_achievement(told: Told, language: str) -> Achievement:
    told.only(
        *("id", "name", "description", "awardCriteria", "qualification", "taughtIn", "iscedField", "outcome"),
        *("levelFramework", "levelLabel", "levelEqf", "workloadHours", "creditPoints", "creditSystem"),
    )
    return Achievement(
        id=told.needed("id"),
        title=told.words("name", language),
        description=told.words("description", language),
        criteria=told.words("awardCriteria", language),
        qualification=told.text("qualification"),
        language=told.text("taughtIn"),
        fields=told.texts("iscedField"),
    )


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return without_gaps(
        {
            "id": outcome.id,
            "name": _told(outcome.title),
            "outcomeKind": outcome.kind and outcome.kind.value,
            "matchesSkill": list(outcome.skills),
        }
    )


def _read_outcome(told: Told, language: str) -> Outcome:
    told.only("id", "name", "outcomeKind", "matchesSkill")
    return Outcome(
        id=told.needed("id"),
        title=told.words("name", language),
        kind=told.named("outcomeKind", OutcomeKind) if told.has("outcomeKind") else None,
        skills=told.texts("matchesSkill"),
    )


def _assessment(assessment: Assessment) -> dict[str, Any]:
    return without_gaps(
        {
            "name": _told(assessment.title),
            "assessmentMethod": assessment.method,
            "assessmentGrade": assessment.grade,
            "assessedOn": assessment.on and assessment.on.isoformat(),
            "assessor": assessment.by,
        }
    )


def _read_assessment(told: Told, language: str) -> Assessment:
    told.only("id", "name", "assessmentMethod", "assessmentGrade", "assessedOn", "assessor")
    return Assessment(
        title=told.words("name", language),
        method=told.text("assessmentMethod"),
        grade=told.text("assessmentGrade"),
        on=told.day("assessedOn"),
        by=told.text("assessor"),
    )


def _body(body: Body) -> dict[str, Any]:
    return without_gaps(
        {
            "id": body.id,
            "name": _told(body.name),
            "registeredIn": body.country,
            "legalId": body.legal_id,
            "website": body.website,
        }
    )


def _read_body(told: Told, language: str) -> Body:
    told.only("id", "name", "registeredIn", "legalId", "website")
    return Body(
        id=told.needed("id"),
        name=told.words("name", language),
        country=told.text("registeredIn"),
        legal_id=told.text("legalId"),
        website=told.text("website"),
    )


def _told(words: Words) -> list[dict[str, str]]:
    """Return a text as language value objects (VC Data Model 2.0, section 11.1)."""
    return [{"@value": text, "@language": language} for language, text in words.items()]
