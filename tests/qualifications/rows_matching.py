"""The routes of matching, for the two suites that cross every route.

What the keyboard test of the browser suite needs: the form is `[data-matching]`, the hint `#matching-keys`, a proposal
`[data-proposal]`, the one that the keys are about `[data-proposal].is-here`; its radios are `input[value=confirm]` and
`input[value=reject]`, its relation `.relation select`; the search of an outcome is `[data-find] input`, what it finds
`[data-find] [aria-live] input[type=radio]`. The keys work once the focus is inside the form: focus the first radio.
"""

from __future__ import annotations

from typing import Any

from gilde.qualifications.models import Outcome
from tests.access_table import EVERYBODY, Row
from tests.browser.pages import Page
from tests.qualifications.factories import OutcomeFactory

_WRITES = "sxoxooo"  # who writes for any organisation
_SENDS = "sxrxrrr"
_OUTCOME = {"outcome_id": "{matching_outcome}"}

ACCESS = [
    Row("qualifications:matching", _WRITES),
    Row("qualifications:matching", _SENDS, method="POST"),
    Row("qualifications:matching-propose", _SENDS, method="POST"),
    Row("qualifications:matching-index", _SENDS, method="POST"),
    Row("qualifications:matching-job", "snnnnnn", {"job_id": "{matching_outcome}"}),
    Row("qualifications:matching-concepts", _WRITES),
    Row("qualifications:matching-relate", "snnxooo", _OUTCOME),
    Row("qualifications:matching-try", EVERYBODY),
    Row("qualifications:matching-try", EVERYBODY, data={"text": "lay bricks", "lang": "en"}),
]


def things(cast: Any) -> dict[str, Any]:
    """Return an outcome of the owner that no qualification holds, by the name that addresses give it."""
    outcome = OutcomeFactory(outcome=Outcome.objects.create(owner=cast.owner, code="the-outcome"))
    return {"matching_outcome": outcome.pk}


def demo_things() -> dict[str, str]:
    """Return the outcome that the pages below name in the demo world: one of a file that is open."""
    from gilde.qualifications.models import State, UnitOutcome

    uses = UnitOutcome.objects.filter(
        unit__version__state=State.DRAFT, unit__version__qualification__owner__slug="sector-fund-metal"
    )
    use = uses.order_by("unit__version__qualification__code", "pk")[0]
    return {"matching_demo_outcome": str(use.outcome_id)}


_DRAFTER = "katrien"  # who writes for the sector body of the file that is open, as in rows_drafting

PAGES = [
    Page("qualifications:matching", _DRAFTER),
    Page("qualifications:matching", _DRAFTER, query="?show=all"),
    Page("qualifications:matching", _DRAFTER, query="?show=linked"),
    Page("qualifications:matching-relate", _DRAFTER, {"outcome_id": "{matching_demo_outcome}"}, "?q=wall"),
    Page("qualifications:matching-try"),
    Page("qualifications:matching-try", query="?text=lays+bricks&lang=en"),
]

_SENT = "only takes what a form sends"
NOT_PAGES: dict[str, str] = {
    "qualifications:matching-propose": _SENT,
    "qualifications:matching-index": _SENT,
    "qualifications:matching-concepts": "a fragment of the workbench",
    "qualifications:matching-job": "shows a job of its reader; its parts are on the page of loading",
}
