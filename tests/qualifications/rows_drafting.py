"""Routes of the workbench of drafters and of learning outcomes: who gets what, and what the browser looks at."""

from __future__ import annotations

from typing import Any

from gilde.qualifications.models import State, UnitOutcome
from tests.access_table import EVERYBODY, SIGNED_IN, Row
from tests.browser.pages import Page
from tests.qualifications.factories import QualificationFactory, a_file

DRAFT = {"version_id": "{drafting_draft}"}
HANDED_IN = {"version_id": "{drafting_submitted}"}
REGISTERED = {"version_id": "{drafting_registered}"}
UNIT = {**DRAFT, "unit_id": "{drafting_unit}"}
USE = {**DRAFT, "use_id": "{drafting_use}"}

READS = "snnoooo"  # a file is found by who works on it
WRITES = "snnxooo"
MOVES = "snnxbbb"  # the button came without the version that was seen
ACCESS = [
    Row("qualifications:files", SIGNED_IN),
    Row("qualifications:file-add", "sxoxooo"),
    *(
        Row(f"qualifications:{page}", READS, address)
        for page in ("file", "file-changes", "file-comments")
        for address in (DRAFT, REGISTERED)
    ),
    *(Row(f"qualifications:{page}", WRITES, DRAFT) for page in ("file-edit", "file-relations", "unit-add")),
    Row("qualifications:file-edit", "snnxxxx", HANDED_IN),
    *(
        Row(f"qualifications:{page}", WRITES, UNIT)
        for page in ("unit-edit", "unit-remove", "outcome-add", "outcome-reuse")
    ),
    *(Row(f"qualifications:{page}", WRITES, USE) for page in ("outcome-edit", "outcome-remove")),
    Row("qualifications:unit-move", MOVES, UNIT, "POST", {"to": "up"}),
    Row("qualifications:outcome-move", MOVES, USE, "POST", {"to": "up"}),
    Row("qualifications:file-comments", "snnxbbb", DRAFT, "POST", {"text": ""}),
    # A policy officer writes; an approver of the same organisation hands in.
    Row("qualifications:file-step", "snnxxoo", {**DRAFT, "name": "submit"}),
    Row("qualifications:file-step", "snnxxxx", {**DRAFT, "name": "register"}),
    Row("qualifications:file-step", "snnnnnn", {**DRAFT, "name": "no-such-step"}),
    Row("qualifications:file-next", WRITES, REGISTERED),
    Row("qualifications:outcomes", EVERYBODY),
    Row("qualifications:outcome", EVERYBODY, {"outcome_id": "{drafting_outcome}"}),
    Row("qualifications:outcome", "nnnoooo", {"outcome_id": "{drafting_own_outcome}"}),
]


def things(cast: Any) -> dict[str, Any]:
    """Return files of the cast's organisation: a draft, one that is handed in, one on the register."""
    made = {
        state: a_file(
            state, qualification=QualificationFactory(code=f"drafting-{state}", owner=cast.owner), outcomes=1
        )
        for state in (State.DRAFT, State.SUBMITTED, State.REGISTERED)
    }
    uses = {
        state: UnitOutcome.objects.select_related("outcome").get(unit__version=made[state]) for state in made
    }
    return {
        **{f"drafting_{state}": version.pk for state, version in made.items()},
        "drafting_unit": uses[State.DRAFT].unit_id,
        "drafting_use": uses[State.DRAFT].pk,
        "drafting_outcome": uses[State.REGISTERED].outcome.outcome_id,
        "drafting_own_outcome": uses[State.DRAFT].outcome.outcome_id,
    }


def demo_things() -> dict[str, str]:
    """Return what the addresses below name in the demo world: files by their code, in whatever state they are."""
    from gilde.qualifications.models import QualificationVersion

    files = QualificationVersion.objects.order_by("qualification__code", "-number")
    own = files.filter(state=State.DRAFT, qualification__owner__slug="sector-fund-metal")[0]
    registered = files.filter(state=State.REGISTERED, qualification__code="bricklayer")[0]
    use = UnitOutcome.objects.filter(unit__version=own).select_related("outcome")[0]
    fixed = UnitOutcome.objects.filter(unit__version=registered).select_related("outcome")[0]
    return {
        "drafting_open": str(own.pk),
        "drafting_registered": str(registered.pk),
        "drafting_in_validation": str(files.filter(state=State.IN_VALIDATION)[0].pk),
        "drafting_unit": str(use.unit_id),
        "drafting_use": str(use.pk),
        "drafting_outcome": str(fixed.outcome.outcome_id),
    }


# Who writes and who hands in for the sector body of the file that is open, by their name in the demo world.
DRAFTER, APPROVER = "katrien", "wim"
RETURNED = {"version_id": "{drafting_open}"}
RETURNED_UNIT = {**RETURNED, "unit_id": "{drafting_unit}"}
RETURNED_USE = {**RETURNED, "use_id": "{drafting_use}"}
PAGES = [
    Page("qualifications:files", DRAFTER),
    Page("qualifications:files", DRAFTER, query="?mine=yes"),
    Page("qualifications:file-add", DRAFTER),
    Page("qualifications:file", DRAFTER, RETURNED),
    *(
        Page(f"qualifications:{page}", DRAFTER, RETURNED)
        for page in ("file-edit", "file-relations", "unit-add", "file-changes", "file-comments")
    ),
    *(
        Page(f"qualifications:{page}", DRAFTER, RETURNED_UNIT)
        for page in ("unit-edit", "unit-remove", "outcome-add", "outcome-reuse")
    ),
    Page("qualifications:outcome-reuse", DRAFTER, RETURNED_UNIT, query="?kind=skill"),
    *(Page(f"qualifications:{page}", DRAFTER, RETURNED_USE) for page in ("outcome-edit", "outcome-remove")),
    Page("qualifications:file-step", APPROVER, {**RETURNED, "name": "submit"}),
    Page("qualifications:file-step", APPROVER, {**RETURNED, "name": "withdraw"}),
    Page("qualifications:file-next", "noor", {"version_id": "{drafting_registered}"}),
    Page("qualifications:outcomes"),
    Page("qualifications:outcomes", query="?kind=skill&sector=construction"),
    Page("qualifications:outcome", address={"outcome_id": "{drafting_outcome}"}),
]

NOT_PAGES = {
    "qualifications:unit-move": "only takes what a form sends",
    "qualifications:outcome-move": "only takes what a form sends",
}
