"""The terms of CTDL and CTDL-ASN that Gilde uses, and its codes beside the concepts of CTDL.

Source: Credential Engine, Credential Transparency Description Language and its profile for competencies,
https://credreg.net/ctdl/terms and https://credreg.net/ctdlasn/terms. This table is closed: a term that is not here is
not guessed at, and no context is ever fetched.
"""

from __future__ import annotations

from typing import Final

CONTEXT: Final = "https://credreg.net/ctdl/schema/context/json"
CONTEXTS: Final = (
    frozenset(  # the official addresses, with which the prefixes below mean what stands beside them
        f"{start}credreg.net/{vocabulary}/schema/context/json"
        for start in ("https://", "http://")
        for vocabulary in ("ctdl", "ctdlasn")
    )
)
PREFIXES: Final = {
    "ceterms": "https://purl.org/ctdl/terms/",
    "ceasn": "https://purl.org/ctdlasn/terms/",
    "schema": "https://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
}

# Classes of credentials: which kind of qualification each is. Only the first of a kind is written.
CREDENTIALS: Final = {
    "ceterms:Certificate": "professional",
    "ceterms:Diploma": "educational",
    "ceterms:MicroCredential": "micro-credential",
    "ceterms:Certification": "professional",
    "ceterms:License": "professional",
    "ceterms:ApprenticeshipCertificate": "professional",
    "ceterms:JourneymanCertificate": "professional",
    "ceterms:MasterCertificate": "professional",
    "ceterms:CertificateOfCompletion": "educational",
    "ceterms:SecondarySchoolDiploma": "educational",
    "ceterms:GeneralEducationDevelopment": "educational",
    "ceterms:Degree": "educational",
    "ceterms:AssociateDegree": "educational",
    "ceterms:BachelorDegree": "educational",
    "ceterms:MasterDegree": "educational",
    "ceterms:DoctoralDegree": "educational",
    "ceterms:ProfessionalDoctorate": "educational",
    "ceterms:ResearchDoctorate": "educational",
    "ceterms:Badge": "micro-credential",
    "ceterms:DigitalBadge": "micro-credential",
    "ceterms:OpenBadge": "micro-credential",
}
UNITS: Final = ("ceterms:LearningOpportunityProfile", "ceterms:Course", "ceterms:LearningProgram")

# How a competency relates to a concept of a classification. CTDL tells close and related as major and minor.
ALIGNMENTS: Final = {
    "ceasn:exactAlignment": "exact",
    "ceasn:majorAlignment": "close",
    "ceasn:broadAlignment": "broad",
    "ceasn:narrowAlignment": "narrow",
    "ceasn:minorAlignment": "related",
}
STATUSES: Final = {  # state → concept of CredentialStatus; our own code stands beside it
    "recognised": "credentialStat:Active",
    "registered": "credentialStat:Active",
    "under-review": "credentialStat:Active",
    "superseded": "credentialStat:Deprecated",
    "withdrawn": "credentialStat:Ceased",
}
DELIVERIES: Final = {
    "onsite": "deliver:InPerson",
    "online": "deliver:OnlineOnly",
    "blended": "deliver:BlendedLearning",
}
STATUS_SCHEME: Final = "https://credreg.net/ctdl/terms/CredentialStatus"
DELIVERY_SCHEME: Final = "https://credreg.net/ctdl/terms/Delivery"
EQF_SCHEME: Final = "http://data.europa.eu/snb/eqf/25831c2"
EQF_LEVEL: Final = "http://data.europa.eu/snb/eqf/"
# What the two identifiers of a version are called (ceterms:identifierTypeName).
VERSION_NUMBER: Final = "Version number"
VERSION_ADDRESS: Final = "Version address"
FRAMEWORK: Final = "#competencies"  # at the end of the address of a qualification: its competency framework
ASSESSMENT: Final = "#assessment"
