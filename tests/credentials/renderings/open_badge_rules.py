"""The rules of Open Badges 3.0 (1EdTech, appendix B) that a badge must keep, restated as a JSON schema."""

from __future__ import annotations

from typing import Any, Final

CONTEXT: Final = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"

_ACHIEVEMENT_TYPES: Final = [
    "Achievement",
    "ApprenticeshipCertificate",
    "Assessment",
    "Assignment",
    "AssociateDegree",
    "Award",
    "Badge",
    "BachelorDegree",
    "Certificate",
    "CertificateOfCompletion",
    "Certification",
    "CommunityService",
    "Competency",
    "Course",
    "CoCurricular",
    "Degree",
    "Diploma",
    "DoctoralDegree",
    "Fieldwork",
    "GeneralEducationDevelopment",
    "JourneymanCertificate",
    "LearningProgram",
    "License",
    "Membership",
    "ProfessionalDoctorate",
    "QualityAssuranceCredential",
    "MasterCertificate",
    "MasterDegree",
    "MicroCredential",
    "ResearchDoctorate",
    "SecondarySchoolDiploma",
]
_TARGET_TYPES: Final = [
    "ceasn:Competency",
    "ceterms:Credential",
    "CFItem",
    "CFRubric",
    "CFRubricCriterion",
    "CFRubricCriterionLevel",
    "CTDL",
]
_RESULT_TYPES: Final = [
    "GradePointAverage",
    "LetterGrade",
    "Percent",
    "PerformanceLevel",
    "PredictedScore",
    "RawScore",
    "Result",
    "RubricCriterion",
    "RubricCriterionLevel",
    "RubricScore",
    "ScaledScore",
    "Status",
]
_RESULT_STATUSES: Final = [
    "Completed",
    "Enrolled",
    "Failed",
    "InProgress",
    "OnHold",
    "Provisional",
    "Withdrew",
]
_IDENTIFIER_TYPES: Final = [
    "name",
    "sourcedId",
    "systemId",
    "productId",
    "userName",
    "accountId",
    "emailAddress",
    "nationalIdentityNumber",
    "isbn",
    "issn",
    "lisSourcedId",
    "oneRosterSourcedId",
    "sisSourcedId",
    "ltiContextId",
    "ltiDeploymentId",
    "ltiToolId",
    "ltiPlatformId",
    "ltiUserId",
    "identifier",
]

TEXT: Final = {"type": "string"}
URI: Final = {"type": "string", "pattern": r"^[A-Za-z][A-Za-z0-9+.-]*:\S+$"}
MOMENT: Final = {
    "type": "string",
    "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$",
}


def _types(*needed: str) -> dict[str, Any]:
    return {"type": "array", "allOf": [{"contains": {"const": each}} for each in needed]}


def _extensible(values: list[str]) -> dict[str, Any]:
    return {"anyOf": [{"enum": values}, {"type": "string", "pattern": r"^ext:[A-Za-z0-9._-]+$"}]}


def _thing(needed: str, *, closed: bool = False, **members: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": needed.split(),
        "properties": members,
        "additionalProperties": not closed,
    }


def _several(thing: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": thing}


_IMAGE: Final = _thing("id type", closed=True, id=URI, type={"const": "Image"}, caption=TEXT)
_IDENTIFIER: Final = _thing(
    "type identifier identifierType",
    closed=True,
    type={"const": "IdentifierEntry"},
    identifier=TEXT,
    identifierType=_extensible(_IDENTIFIER_TYPES),
)
_IDENTITY: Final = _thing(
    "type hashed identityHash identityType",
    closed=True,
    type={"const": "IdentityObject"},
    hashed={"type": "boolean"},
    identityHash=TEXT,
    identityType=_extensible(_IDENTIFIER_TYPES),
    salt=TEXT,
)
_ADDRESS: Final = _thing(
    "type",
    type=_types("Address"),
    addressCountryCode={"type": "string", "pattern": "^[A-Z]{2}$"},
)
_ALIGNMENT: Final = _thing(
    "type targetName targetUrl",
    type=_types("Alignment"),
    targetCode=TEXT,
    targetDescription=TEXT,
    targetName=TEXT,
    targetFramework=TEXT,
    targetType=_extensible(_TARGET_TYPES),
    targetUrl=URI,
)
_DESCRIBED: Final = _thing(
    "id type name resultType",
    id=URI,
    type=_types("ResultDescription"),
    name=TEXT,
    resultType=_extensible(_RESULT_TYPES),
)
_RESULT: Final = _thing(
    "type",
    type=_types("Result"),
    resultDescription=URI,
    value=TEXT,
    status={"enum": _RESULT_STATUSES},
)
_ACHIEVEMENT: Final = _thing(
    "id type criteria description name",
    id=URI,
    type=_types("Achievement"),
    achievementType=_extensible(_ACHIEVEMENT_TYPES),
    criteria=_thing("", id=URI, narrative=TEXT),
    description=TEXT,
    name=TEXT,
    image=_IMAGE,
    inLanguage={"type": "string", "pattern": "^[a-z]{2,4}(-[A-Za-z0-9]+)*$"},
    alignment=_several(_ALIGNMENT),
    resultDescription=_several(_DESCRIBED),
)
_PROFILE: Final = _thing(
    "id type",
    id=URI,
    type=_types("Profile"),
    name=TEXT,
    url=URI,
    address=_ADDRESS,
    otherIdentifier=_several(_IDENTIFIER),
)

SCHEMA: Final = _thing(
    "@context id type name issuer validFrom credentialSubject",
    **{
        "@context": {
            "type": "array",
            "minItems": 2,
            "prefixItems": [{"const": "https://www.w3.org/ns/credentials/v2"}, {"const": CONTEXT}],
        },
        "id": URI,
        "type": {
            "type": "array",
            "contains": {"enum": ["OpenBadgeCredential", "AchievementCredential"]},
            "allOf": [{"contains": {"const": "VerifiableCredential"}}],
        },
        "name": TEXT,
        "issuer": _PROFILE,
        "validFrom": MOMENT,
        "validUntil": MOMENT,
        "awardedDate": MOMENT,
        "credentialStatus": _thing("id type", id=URI, type=TEXT),
        "credentialSubject": _thing(
            "type achievement",
            id=URI,
            type=_types("AchievementSubject"),
            achievement=_ACHIEVEMENT,
            creditsEarned={"type": "number"},
            identifier=_several(_IDENTITY),
            result=_several(_RESULT),
        ),
    },
)
