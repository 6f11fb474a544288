"""Writes an award as a European Digital Credential. How each fact is held stands in `edc`."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from gilde.credentials.facts import (
    Achievement,
    Assessment,
    Body,
    Credit,
    Facts,
    Kind,
    Level,
    Outcome,
    Person,
    StatusPlace,
    Words,
)
from gilde.credentials.renderings import edc_lists as lists

CONTEXTS: Final = (
    "https://www.w3.org/2018/credentials/v1",
    "http://data.europa.eu/snb/model/context/edc-ap",
)
PROFILE: Final = "http://data.europa.eu/snb/model/ap/edc-generic-no-cv"
# The model demands a picture of every credential: without one, a single transparent point (PNG).
BLANK: Final = bytes.fromhex(
    "89504e470d0a1a0a0000000d494844520000000100000001080600000"
    "01f15c4890000000b4944415478da636000020000050001e9fadcd80000000049454e44ae426082"
)
_JPEG: Final = b"\xff\xd8\xff"
DID_SCHEME: Final = "DID"
LOCAL: Final = "urn:epass:"  # before the names of nodes that nobody outside refers to


def render(
    facts: Facts, place: StatusPlace | None = None, *, image: bytes = BLANK, eidas: str = ""
) -> dict[str, Any]:
    """Return the credential as JSON-LD, not sealed yet.

    `image` (PNG or JPEG) is what a viewer shows, better small; `eidas` the organisation identifier of the sealing
    certificate (ETSI EN 319 412-1, 5.1.4). Source: European Learning Model 3, EDC application profile.
    """
    body = _body(facts.issuer, eidas)
    moment = _moment(facts.valid_from)
    document: dict[str, Any] = {
        "@context": list(CONTEXTS),
        "id": facts.id,
        "type": ["VerifiableCredential", "EuropeanDigitalCredential"],
        "credentialProfiles": lists.generic_profile(),
        "credentialSchema": {"id": PROFILE, "type": "ShaclValidator2017"},
        "displayParameter": _display(facts, image),
        "issuer": body,
        "issuanceDate": moment,
        "issued": moment,
        "validFrom": moment,
        "credentialSubject": _person(facts.holder, facts.language) | {"hasClaim": _claim(facts, body)},
    }
    if facts.valid_until is not None:
        document["validUntil"] = document["expirationDate"] = _moment(facts.valid_until)
    if facts.replaces:
        document["dc:replaces"] = {"id": facts.replaces}
    if place is not None:
        document["credentialStatus"] = {"type": "xsd:anyURI", "@value": f"{place.tokens}#{place.index}"}
    _name_nodes(document, Counter())
    return document


def _display(facts: Facts, image: bytes) -> dict[str, Any]:
    titles = facts.achievement.title
    picture = {
        "type": "MediaObject",
        "content": b64encode(image).decode(),
        "contentEncoding": lists.base64_encoding(),
        "contentType": lists.file_type("JPEG" if image.startswith(_JPEG) else "PNG"),
    }
    return {
        "type": "DisplayParameter",
        "title": dict(titles),
        "language": [lists.language(code) for code in dict.fromkeys([facts.language, *titles])],
        "primaryLanguage": lists.language(facts.language),
        "individualDisplay": {
            "type": "IndividualDisplay",
            "language": lists.language(facts.language),
            "displayDetail": {"type": "DisplayDetail", "page": 1, "image": picture},
        },
    } | _said(description=facts.achievement.description)


def _body(body: Body, eidas: str) -> dict[str, Any]:
    number = eidas or body.legal_id
    identifier = _number(number, body.country) if number else _number(body.id, body.country, DID_SCHEME)
    told: dict[str, Any] = {
        "id": body.id,
        "type": "Organisation",
        "legalName": dict(body.name),
        "eIDASIdentifier": identifier,
        "location": {"type": "Location", "address": _address(body.country)},
    }
    if body.legal_id:
        told["registration"] = _number(body.legal_id, body.country)
    if body.website:
        told["homepage"] = {"type": "WebResource", "contentURL": body.website}
    return told


def _number(number: str, country: str, scheme: str = "") -> dict[str, Any]:
    told = {"type": "LegalIdentifier", "notation": number, "spatial": lists.country(country)}
    return told | {"schemeName": scheme} if scheme else told


def _address(country: str) -> dict[str, Any]:
    return {"type": "Address", "countryCode": lists.country(country)}


def _person(person: Person, language: str) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": person.id,
        "type": "Person",
        "givenName": {language: person.given_name},
        "familyName": {language: person.family_name},
        "fullName": {language: f"{person.given_name} {person.family_name}"},
    }
    if person.born:
        told["dateOfBirth"] = _midnight(person.born)
    return told


def _claim(facts: Facts, body: Mapping[str, Any]) -> dict[str, Any]:
    awarding: dict[str, Any] = {
        "type": "AwardingProcess",
        "awardingBody": body,
        "awardingDate": _midnight(facts.awarded_on),
    }
    if facts.place:
        awarding["location"] = {
            "type": "Location",
            "address": _address(facts.issuer.country),
            "geographicName": {facts.language: facts.place},
        }
    told: dict[str, Any] = {
        "type": "LearningAchievement",
        "title": dict(facts.achievement.title),
        "dcType": lists.kind_of_award(facts.kind),
        "awardedBy": awarding,
        "specifiedBy": _specification(facts),
    } | _said(description=facts.achievement.description)
    if facts.assessment:
        told["provenBy"] = _assessment(facts.assessment, facts.language, body)
    if facts.credit:
        told["creditReceived"] = _credit(facts.credit)
    return told


def _assessment(assessment: Assessment, language: str, body: Mapping[str, Any]) -> dict[str, Any]:
    grade = {language: assessment.grade} if assessment.grade else {lists.NO_LANGUAGE: lists.NO_GRADE}
    told: dict[str, Any] = {
        "type": "LearningAssessment",
        "title": dict(assessment.title),
        "grade": {"type": "Note", "noteLiteral": grade},
        "awardedBy": {"type": "AwardingProcess", "awardingBody": body},
    }
    if assessment.method:
        told["description"] = {language: assessment.method}
    if assessment.on:
        told["dateIssued"] = _midnight(assessment.on)
    if assessment.by:
        told["assessedBy"] = {"type": "Agent", "prefLabel": {language: assessment.by}}
    return told


def _specification(facts: Facts) -> dict[str, Any]:
    what = facts.achievement
    told: dict[str, Any] = {"id": what.id, "title": dict(what.title)} | _said(description=what.description)
    if facts.level or what.qualification or facts.kind == Kind.PARTIAL:
        told |= {"type": "Qualification"} | _qualification(what, facts.level, facts.kind)
    else:
        told["type"] = "LearningAchievementSpecification"
    if what.criteria:
        told["provenBy"] = {
            "type": "LearningAssessmentSpecification",
            "title": dict(what.title),
            "description": dict(what.criteria),
        }
    if what.language:
        told["language"] = lists.language(what.language)
    if what.fields:
        told["thematicArea"] = [lists.field_of_education(code) for code in what.fields]
    if facts.outcomes:
        told["learningOutcome"] = [_outcome(each) for each in facts.outcomes]
    if facts.hours is not None:
        told["volumeOfLearning"] = duration(facts.hours)
    if facts.credit:
        told["creditPoint"] = _credit(facts.credit)
    return told


def _qualification(what: Achievement, level: Level | None, kind: Kind) -> dict[str, Any]:
    told: dict[str, Any] = {"isPartialQualification": kind == Kind.PARTIAL}
    if what.qualification:
        told["qualificationCode"] = {
            "id": what.qualification,
            "type": "Concept",
            "inScheme": {"id": f"{lists.OWN}qualification", "type": "ConceptScheme"},
        }
    if level and level.eqf is not None:
        told["eqfLevel"] = lists.eqf_level(level.eqf)
    if level and (level.framework or level.label):
        told["nqfLevel"] = _national(level)
    return told


def _national(level: Level) -> dict[str, Any]:
    framework: dict[str, Any] = {"type": "ConceptScheme"}
    if lists.is_address(level.framework):
        framework["id"] = level.framework
    elif level.framework:
        framework["prefLabel"] = {"en": level.framework}
    told: dict[str, Any] = {"type": "Concept", "inScheme": framework}
    return told | {"prefLabel": {"en": level.label}} if level.label else told


def _outcome(outcome: Outcome) -> dict[str, Any]:
    told: dict[str, Any] = {"id": outcome.id, "type": "LearningOutcome", "title": dict(outcome.title)}
    if outcome.kind:
        told["dcType"] = lists.outcome_kind(outcome.kind)
    if outcome.skills:
        told["relatedESCOSkill"] = [lists.skill(each) for each in outcome.skills]
    return told


def _credit(credit: Credit) -> dict[str, Any]:
    return {
        "type": "CreditPoint",
        "framework": lists.credit_system(credit.system),
        "point": f"{credit.points:f}",
    }


def _said(**texts: Words) -> dict[str, Any]:
    return {name: dict(words) for name, words in texts.items() if words}


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _midnight(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"


def duration(hours: Decimal) -> str:
    """Return hours as xsd:duration, such as PT320H and PT7H30M; nothing is rounded."""
    minutes, seconds = divmod(Fraction(hours) * 3600, 60)
    whole, minutes = divmod(minutes, 60)
    told = [f"{whole}H"] if whole else []
    if minutes:
        told.append(f"{minutes}M")
    if seconds or not told:
        # Seconds of a decimal number of hours are a decimal number: only 2 and 5 divide its denominator.
        told.append(f"{Decimal(seconds.numerator) / Decimal(seconds.denominator):f}S")
    return f"PT{''.join(told)}"


def _name_nodes(node: Any, seen: Counter[str]) -> None:
    """Name each node that has no address of its own, as the official issuer does: urn:epass:note:1."""
    if isinstance(node, list):
        for each in node:
            _name_nodes(each, seen)
    elif isinstance(node, dict):
        kind = node.get("type")
        if isinstance(kind, str) and "@value" not in node and "id" not in node:
            seen[kind] += 1
            node["id"] = f"{LOCAL}{kind[0].lower()}{kind[1:]}:{seen[kind]}"
        for each in node.values():
            _name_nodes(each, seen)
