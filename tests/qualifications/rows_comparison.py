"""Routes of comparison for the suites that cross every route."""

from __future__ import annotations

from typing import Any

from tests.access_table import EVERYBODY, Row
from tests.browser.pages import Page
from tests.qualifications.factories import a_file, registered

NOTHING = "nnnnnnn"
NOT_ENOUGH = "bbbbbbb"
ONE, DRAFT = {"q": "{comparison_one}"}, {"q": "{comparison_draft}"}

ACCESS = [
    Row("qualifications:compare", EVERYBODY),
    Row("qualifications:compare", EVERYBODY, data=ONE),
    Row("qualifications:how-compared", EVERYBODY),
    *(Row(f"qualifications:compare-{form}", NOT_ENOUGH, data=ONE) for form in ("pdf", "xlsx")),
    # A draft is compared by nobody, not even by who drafts it.
    *(Row(f"qualifications:compare-{form}", NOTHING, data=DRAFT) for form in ("pdf", "xlsx")),
]


def things(cast: Any) -> dict[str, Any]:
    """Return the codes of a qualification on the register and of a draft, both of the owner."""
    own = {"qualification__owner": cast.owner}
    return {
        "comparison_one": registered(**own).qualification.code,
        "comparison_draft": a_file(**own).qualification.code,
    }


WELDERS = "?q=welder&q=nl-construction-welder"
FIVE = f"{WELDERS}&q=fr-metal-construction-welder&q=bricklayer&q=care-assistant"
PAGES = [
    Page("qualifications:compare"),
    Page("qualifications:compare", query="?q=welder"),
    Page("qualifications:compare", query=WELDERS),
    Page("qualifications:compare", "lena", query=WELDERS),
    Page("qualifications:compare", query=f"{WELDERS}&of=nl-construction-welder&show=missing"),
    Page("qualifications:compare", query=FIVE),
    Page("qualifications:compare", query=f"{WELDERS}&choose=1&find=care"),
    Page("qualifications:compare", query=f"{FIVE}&q=childcare-worker", status=422),
    Page("qualifications:how-compared"),
]
NOT_PAGES = {"qualifications:compare-pdf": "a file", "qualifications:compare-xlsx": "a file"}
