"""Routes of the register and of what goes out and comes in."""

from __future__ import annotations

from typing import Any

from gilde.core.access import SYSTEM
from gilde.core.jobs import enqueue
from gilde.qualifications.models import State
from tests.access_table import EVERYBODY, Row
from tests.browser.pages import Page
from tests.qualifications.factories import a_file, registered

PUBLIC = {"code": "reading-public"}
DRAFT = {"code": "reading-draft"}
ACCESS = [
    Row("qualifications:list", EVERYBODY),
    Row("qualifications:list", EVERYBODY, data={"q": "welder", "level": "4", "sector": "metal"}),
    *(Row(f"qualifications:{side}", EVERYBODY, PUBLIC) for side in ("qualification", "history")),
    *(Row(f"qualifications:{side}", "nnnoooo", DRAFT) for side in ("qualification", "history")),
    Row("qualifications:version", EVERYBODY, {**PUBLIC, "number": "1"}),
    Row("qualifications:version", "nnnoooo", {**DRAFT, "number": "1"}),
    Row("qualifications:data", EVERYBODY),
    Row("qualifications:feed", EVERYBODY, {"form": "elm-xml"}),
    Row("qualifications:feed", "nnnnnnn", {"form": "paper"}),
    Row("qualifications:export", EVERYBODY, {**PUBLIC, "form": "csv"}),
    Row("qualifications:export", "nnnnnnn", {**DRAFT, "form": "csv"}),
    Row("qualifications:case-documents", EVERYBODY),
    Row("qualifications:case-package", EVERYBODY, {"id": "{reading_public}"}),
    # The owner is a body of a procedure here, see rows_committees; the job is nobody's.
    Row("qualifications:import", "sxxxooo"),
    Row("qualifications:imported", "sxxxnno", {"job_id": "{reading_job}"}),
    Row("identifier", "rrrrrrr", {"kind": "qualification", "id": "{reading_public}"}),
    Row("identifier", "nnnnnnn", {"kind": "qualification", "id": "{reading_draft}"}),
]


def things(cast: Any) -> dict[str, Any]:
    """Return a qualification on the register, a draft of the same organisation, and a job of somebody's import."""
    public = registered(qualification__code="reading-public", qualification__owner=cast.owner)
    draft = a_file(State.DRAFT, qualification__code="reading-draft", qualification__owner=cast.owner)
    return {
        "reading_public": public.qualification_id,
        "reading_draft": draft.qualification_id,
        "reading_job": enqueue(SYSTEM, "qualifications.import", actor_id="", document_id="", owner_id="").pk,
    }


WELDER = {"code": "welder"}
PAGES = [
    Page("qualifications:list"),
    Page("qualifications:list", query="?q=lasser&level=3&sector=metal"),
    Page("qualifications:list", query="?q=nothing+fits+this"),
    Page("qualifications:qualification", address=WELDER),
    Page("qualifications:qualification", "katrien", WELDER),
    Page("qualifications:qualification", address={"code": "bricklayer"}),
    Page("qualifications:qualification", address={"code": "mag-welding-plate"}),
    Page("qualifications:qualification", address={"code": "no-such-qualification"}, status=404),
    Page("qualifications:history", address=WELDER),
    Page("qualifications:history", "katrien", WELDER),
    Page("qualifications:version", address={**WELDER, "number": "1"}),
    Page("qualifications:data"),
    Page("qualifications:import", "pieter"),
]
_FILE = "a file"
NOT_PAGES = {
    "qualifications:feed": _FILE,
    "qualifications:export": _FILE,
    "qualifications:case-documents": _FILE,
    "qualifications:case-package": _FILE,
    "qualifications:imported": "a job that has ended; its parts stand on other pages",
}
