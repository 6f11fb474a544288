"""What a micro-credential must tell, and what of it a definition leaves out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from gilde.core.text import Text
from gilde.qualifications import vocabularies
from gilde.qualifications.models import QualificationVersion, UnitOutcome
from gilde.qualifications.vocabularies import MicroElement


def missing_elements(version: QualificationVersion) -> list[MicroElement]:
    """Return the mandatory elements that the definition of a micro-credential should give and does not.

    What comes with the award to a person is not asked of the definition. In two queries; source: Council
    Recommendation of 16 June 2022 on micro-credentials, Annex I.
    """
    return [
        element
        for element in vocabularies.micro_elements()
        if element.lies_in == "definition" and not _GIVEN[element.code](version)
    ]


def _has_outcomes(version: QualificationVersion) -> bool:
    return UnitOutcome.objects.filter(unit__version=version.pk).exists()


def _says(text: Text) -> bool:
    return bool(str(text).strip())


_GIVEN: Final[Mapping[str, Callable[[QualificationVersion], bool]]] = {
    "title": lambda version: _says(version.title),
    "country": lambda version: bool(version.qualification.country),
    "awarding": lambda version: version.awarding.exists(),
    "outcomes": _has_outcomes,
    "workload": lambda version: bool(version.hours) or bool(version.credit),
    "level": lambda version: version.level_id is not None,
    "assessment": lambda version: bool(version.assessment_type) or _says(version.assessment),
    "participation": lambda version: bool(version.participation),
    "quality": lambda version: _says(version.quality),
}
