"""The tables of qualifications, by what they are about."""

from gilde.qualifications.models.classifications import (
    Concept,
    ConceptRelation,
    Linked,
    Scheme,
    SchemeEdition,
)
from gilde.qualifications.models.files import (
    AgreedLevel,
    Comment,
    LevelJudgement,
    Round,
    Snapshot,
    Stage,
    Vote,
)
from gilde.qualifications.models.frameworks import Descriptor, Element, Framework, Level
from gilde.qualifications.models.joint import Joint, JointOutcome, JointUnit, Partner
from gilde.qualifications.models.outcomes import ConfirmedPair, Outcome, OutcomeConcept, OutcomeVersion
from gilde.qualifications.models.procedures import Committee, Member, Procedure, ProcedureBody
from gilde.qualifications.models.profiles import Profile, ProfileConcept, ProfileItem, ProfileVersion
from gilde.qualifications.models.programmes import Enrolment, Offer, Programme
from gilde.qualifications.models.qualifications import (
    ElementLevel,
    Prerequisite,
    Qualification,
    QualificationConcept,
    QualificationVersion,
    State,
    Unit,
    UnitOutcome,
)
from gilde.qualifications.models.stacking import StackRule

__all__ = [
    "AgreedLevel",
    "Comment",
    "Committee",
    "Concept",
    "ConceptRelation",
    "ConfirmedPair",
    "Descriptor",
    "Element",
    "ElementLevel",
    "Enrolment",
    "Framework",
    "Joint",
    "JointOutcome",
    "JointUnit",
    "Level",
    "LevelJudgement",
    "Linked",
    "Member",
    "Offer",
    "Outcome",
    "OutcomeConcept",
    "OutcomeVersion",
    "Partner",
    "Prerequisite",
    "Procedure",
    "ProcedureBody",
    "Profile",
    "ProfileConcept",
    "ProfileItem",
    "ProfileVersion",
    "Programme",
    "Qualification",
    "QualificationConcept",
    "QualificationVersion",
    "Round",
    "Scheme",
    "SchemeEdition",
    "Snapshot",
    "StackRule",
    "Stage",
    "State",
    "Unit",
    "UnitOutcome",
    "Vote",
]
