"""Words that the CASE package of Gilde uses where CASE 1.0 leaves the word to its user, and those of CASE itself.

Source: 1EdTech, Competencies and Academic Standards Exchange (CASE) Service 1.0, information model of 7 July 2017.
"""

from __future__ import annotations

from typing import Final

# CFItem.CFItemType: what an item is. Titles are in English, because a type is a code in the first place.
_KINDS: Final = {
    "professional": "professional qualification",
    "educational": "educational qualification",
    "micro-credential": "micro-credential",
    "joint": "joint qualification",
}
QUALIFICATIONS: Final = {  # title → kind, whether partial
    (title if not partial else "partial " + title).capitalize(): (kind, partial)
    for kind, title in _KINDS.items()
    for partial in (False, True)
}
UNITS: Final = {  # title → whether partial, whether optional
    "Unit": (False, False),
    "Optional unit": (False, True),
    "Partial qualification": (True, False),
    "Optional partial qualification": (True, True),
}
OUTCOMES: Final = {
    "Learning outcome": "",
    "Knowledge": "knowledge",
    "Skill": "skill",
    "Responsibility and autonomy": "autonomy",
}

# CFAssociationGrouping: CASE knows exact matches and "related" only, so the finer relation is the title of a grouping.
GROUPINGS: Final = {"Close match": "close", "Broad match": "broad", "Narrow match": "narrow"}

# CFDocument.adoptionStatus. Of the states with the same status, the first is the one that is read.
STATUSES: Final = {
    "draft": "Private Draft",
    "submitted": "Draft",
    "registered": "Adopted",
    "superseded": "Deprecated",
    "recognised": "Adopted",
    "under-review": "Adopted",
    "withdrawn": "Deprecated",
    "rejected": "Deprecated",
}
IN_PROCEDURE: Final = "Draft"  # every state between these
EQF: Final = "EQF"
ITEM_OF_QUALIFICATION: Final = "#qualification"


def status_read(adoption: str) -> str:
    """Return the state that an adoption status stands for, "" when it is none of CASE."""
    return next((state for state, told in STATUSES.items() if told == adoption), "")
