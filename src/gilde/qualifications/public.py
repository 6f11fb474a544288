"""What other contexts may ask of qualifications: what there is, what it says, which version counts."""

from __future__ import annotations

from gilde.qualifications.described import Described
from gilde.qualifications.describing import describe, version_shown, with_parts
from gilde.qualifications.models import (
    OutcomeVersion,
    Programme,
    Qualification,
    QualificationVersion,
    Unit,
)

__all__ = [
    "Described",
    "OutcomeVersion",
    "Programme",
    "Qualification",
    "QualificationVersion",
    "Unit",
    "describe",
    "version_shown",
    "with_parts",
]
