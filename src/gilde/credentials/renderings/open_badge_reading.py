"""The facts of an Open Badge 3.0: all of them when Gilde made it, as far as they go when another did.

1EdTech Open Badges 3.0, appendix B.1. What the standard has no place for stands in terms of the Gilde context.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
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
    Outcome,
    OutcomeKind,
    Person,
    Words,
)
from gilde.credentials.model import moments
from gilde.credentials.renderings.told import Told, unlike
from gilde.credentials.renderings.vc import read_credit, read_level

TYPES: Final = frozenset({"OpenBadgeCredential", "AchievementCredential"})
# An own type begins with "ext:" (appendix B.2); each kind has one of its own, so that nothing is lost.
KINDS: Final[Mapping[str, Kind]] = {
    "Diploma": Kind.DIPLOMA,
    "Certificate": Kind.CERTIFICATE,
    "MicroCredential": Kind.MICRO,
    "ext:PartialQualification": Kind.PARTIAL,
    "ext:CertificateOfExperience": Kind.EXPERIENCE,
    "ext:CertificateSupplement": Kind.SUPPLEMENT,
}
_OTHERS_KINDS: Final[Mapping[str, Kind]] = {
    "SecondarySchoolDiploma": Kind.DIPLOMA,
    "Degree": Kind.DIPLOMA,
    "AssociateDegree": Kind.DIPLOMA,
    "BachelorDegree": Kind.DIPLOMA,
    "MasterDegree": Kind.DIPLOMA,
    "DoctoralDegree": Kind.DIPLOMA,
    "ProfessionalDoctorate": Kind.DIPLOMA,
    "ResearchDoctorate": Kind.DIPLOMA,
    "ApprenticeshipCertificate": Kind.CERTIFICATE,
    "CertificateOfCompletion": Kind.CERTIFICATE,
    "Certification": Kind.CERTIFICATE,
    "GeneralEducationDevelopment": Kind.CERTIFICATE,
    "JourneymanCertificate": Kind.CERTIFICATE,
    "License": Kind.CERTIFICATE,
    "MasterCertificate": Kind.CERTIFICATE,
    "Fieldwork": Kind.EXPERIENCE,
}
QUALIFICATION, OUTCOME, SKILL, LEVEL = (
    "ext:Qualification",
    "ext:LearningOutcome",
    "ext:Skill",
    "ext:QualificationLevel",
)
_EQF_LEVELS: Final = tuple("12345678")
EQF: Final = "http://data.europa.eu/snb/eqf/"
ESCO: Final = "http://data.europa.eu/esco/skill/"
UNKNOWN: Final = "und"  # the language of a text that does not say its own (BCP 47)


def plain(words: Words, language: str) -> str:
    """Return the one text that a format without languages carries: in `language`, else in the first by its code."""
    if not words:
        return ""
    return words[language] if language in words else words[min(words)]


def facts(document: Mapping[str, Any]) -> Facts:
    """Return the facts of an Open Badge; of a foreign one its language is "und" unless it says another.

    Raises Unsupported for a credential of another type, Unreadable where something needed is missing or wrong, or
    where the plain text and that of the Gilde context differ.
    """
    told = Told(document)
    if not TYPES.intersection(told.texts("type")):
        raise Unsupported(_("This credential is no Open Badge of version 3."), "other-type")
    subject = told.one("credentialSubject")
    achieved = subject.one("achievement")
    told.without("inLanguage", "taughtIn")
    achieved.without("taughtIn", "writtenIn", "awardCriteria")
    language = told.text("writtenIn") or achieved.text("inLanguage").partition("-")[0].lower() or UNKNOWN
    begins, ends = moments(document)
    if begins is None:
        raise unlike("/validFrom", _("the beginning of validity is missing"))
    awarded = told.moment("awardedDate") or begins
    aligned = _Alignments(achieved.several("alignment"), language)
    achievement = _achievement(achieved, language, aligned.qualification)
    if told.has("writtenIn") and told.text("name") != achieved.text("name"):
        raise unlike("/name", _("another title stands than that of the achievement"))
    return Facts(
        id=told.needed("id"),
        kind=_kind(achieved.text("achievementType")),
        achievement=achievement,
        holder=_holder(subject),
        issuer=_issuer(told, language),
        awarded_on=awarded.date(),
        valid_from=begins,
        valid_until=ends,
        assessment=_assessment(subject, achieved, language),
        level=read_level(achieved, aligned.eqf),
        outcomes=aligned.outcomes,
        hours=subject.amount("workloadHours"),
        credit=_credit(subject),
        language=language,
        place=told.text("awardedAt"),
        replaces=told.text("replacesAward"),
    )


class _Alignments:
    """What an achievement is aligned with, told apart: its qualification, its level, its outcomes and their skills."""

    def __init__(self, told: list[Told], language: str) -> None:
        self.qualification = ""
        self.eqf: int | None = None
        found: dict[str, Outcome] = {}
        for each in sorted(told, key=lambda each: each.has("ofOutcome")):  # they are a set, in any order
            target, kind = each.needed("targetUrl"), each.text("targetType")
            if kind in (QUALIFICATION, "ceterms:Credential"):
                self.qualification = self.qualification or target
            elif kind != OUTCOME and target.startswith(EQF) and target[len(EQF) :] in _EQF_LEVELS:
                self.eqf = int(target[len(EQF) :])
            elif each.has("ofOutcome"):
                self._add_skill(found, each, target)
            else:
                found.setdefault(target, _outcome(each, target, language))
        self.outcomes = tuple(found.values())

    @staticmethod
    def _add_skill(found: dict[str, Outcome], told: Told, skill: str) -> None:
        outcome = found.get(told.text("ofOutcome"))
        if outcome is None:
            raise unlike(told.at("ofOutcome"), _("an outcome of this achievement should be named"))
        found[outcome.id] = replace(outcome, skills=(*outcome.skills, skill))


def _outcome(told: Told, target: str, language: str) -> Outcome:
    told.without("name")
    is_skill = target.startswith(ESCO) and told.text("targetType") != OUTCOME
    return Outcome(
        id=target,
        title=_words(told, "targetName", "nameIn", language),
        kind=told.named("outcomeKind", OutcomeKind) if told.has("outcomeKind") else None,
        skills=(target,) if is_skill else (),
    )


def _achievement(told: Told, language: str, qualification: str) -> Achievement:
    criteria = told.one("criteria")
    criteria.without("awardCriteria")
    same = told.text("description") == told.needed("name") and not told.has("descriptionIn")
    return Achievement(
        id=told.needed("id"),
        title=_words(told, "name", "nameIn", language),
        description={} if same else _words(told, "description", "descriptionIn", language),
        criteria=_words(criteria, "narrative", "criteriaIn", language),
        qualification=qualification,
        language=told.text("inLanguage"),
        fields=told.texts("iscedField"),
    )


def _holder(subject: Told) -> Person:
    """Return who was awarded; a badge may give no more than a name, or nothing but an identifier."""
    names = [
        each.text("identityHash")
        for each in subject.several("identifier")
        if each.text("identityType") == "name" and each.values.get("hashed") is False
    ]
    name = names[0] if names else subject.text("name")
    given, family = subject.text("firstName"), subject.text("lastName")
    if given or family:
        if name != f"{given} {family}":
            raise unlike(subject.at("identifier"), _("another name stands than first and last name"))
    else:
        family = name
    return Person(id=subject.text("id"), given_name=given, family_name=family, born=subject.day("bornOn"))


def _issuer(told: Told, language: str) -> Body:
    found = told.values.get("issuer")
    if isinstance(found, str):
        return Body(id=found, name={language: found})
    profile = told.one("issuer")
    addresses = profile.several("address")
    numbers = [
        each.text("identifier")
        for each in profile.several("otherIdentifier")
        if each.text("identifierType") == "identifier"
    ]
    return Body(
        id=profile.needed("id"),
        name=_words(profile, "name", "nameIn", language) or {language: profile.needed("id")},
        country=addresses[0].text("addressCountryCode") if addresses else "",
        legal_id=numbers[0] if numbers else "",
        website=profile.text("url"),
    )


def _assessment(subject: Told, achieved: Told, language: str) -> Assessment | None:
    """Return the first result, with the name of what was assessed; None when there is no result."""
    results = subject.several("result")
    if not results:
        return None
    result = results[0]
    described = {each.text("id"): each for each in achieved.several("resultDescription")}
    description = described.get(result.text("resultDescription"), achieved)
    return Assessment(
        title=_words(description, "name", "nameIn", language),
        method=result.text("assessmentMethod"),
        grade=result.text("value"),
        on=result.day("assessedOn"),
        by=result.text("assessor"),
    )


def _credit(subject: Told) -> Credit | None:
    earned = subject.values.get("creditsEarned")
    if earned is None:
        return None
    if isinstance(earned, bool) or not isinstance(earned, int | float):
        raise unlike(subject.at("creditsEarned"), _("a number should stand"))
    credit = read_credit(subject)
    if credit is None:
        return Credit(Decimal(repr(earned)), "")
    if float(credit.points) != earned:
        raise unlike(subject.at("creditsEarned"), _("another number of points stands than in creditPoints"))
    return credit


def _kind(achievement_type: str) -> Kind:
    """Return the kind that is nearest to a type of achievement; what is none of them is a micro-credential."""
    return KINDS.get(achievement_type) or _OTHERS_KINDS.get(achievement_type, Kind.MICRO)


def _words(told: Told, member: str, by_language: str, language: str) -> dict[str, str]:
    """Return a text in each language it has, of which the plain one must be one."""
    text, words = told.text(member), told.by_language(by_language)
    if not words:
        return {language: text} if text else {}
    if text != plain(words, language):
        raise unlike(told.at(member), _("another text stands than in %(other)s") % {"other": by_language})
    return words
