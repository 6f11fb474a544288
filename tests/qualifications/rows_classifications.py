"""The routes of classifications, for the two suites that cross every route."""

from __future__ import annotations

from typing import Any

from tests.access_table import EVERYBODY, SIGNED_IN, Row
from tests.browser.pages import Page
from tests.qualifications.factories import a_concept, an_edition, linked, registered

_KEEPS = "sxxxooo"  # the owner is a body of a procedure here, see rows_committees
_MOVES = "sxxxrrr"
_SCHEME = {"scheme": "{classifications_scheme}"}
_EDITIONS = {**_SCHEME, "old": "{classifications_old}", "new": "{classifications_new}"}

ACCESS = [
    Row("qualifications:classifications", EVERYBODY),
    Row("qualifications:classification", EVERYBODY, _SCHEME),
    Row("qualifications:classification", "nnnnnnn", {"scheme": "no-such-list"}),
    Row("qualifications:concept", EVERYBODY, data={"uri": "{classifications_uri}"}),
    Row("qualifications:concept", "nnnnnnn", data={"uri": "http://nowhere.example/"}),
    Row("qualifications:classification-load", _KEEPS),
    Row("qualifications:classification-loaded", "sxxxnnn", {"job_id": "{classifications_new}"}),
    Row("qualifications:classification-own", _MOVES, method="POST"),
    Row("qualifications:classification-use", _KEEPS, {**_SCHEME, "edition": "{classifications_new}"}),
    Row("qualifications:classification-compare", SIGNED_IN, _EDITIONS),
    Row("qualifications:classification-compare-start", "srrrrrr", _EDITIONS, "POST"),
    Row("qualifications:classification-move", _KEEPS, _EDITIONS, data={"uri": "{classifications_uri}"}),
]


def things(cast: Any) -> dict[str, Any]:
    """Return two editions of a list of their own, and a concept that is used and renamed between them."""
    old = an_edition("1", scheme="a-list")
    new = an_edition("2", scheme="a-list", current=False)
    concept = a_concept(old, "lay bricks of the list")
    a_concept(new, "lay bricks of this list", uri=concept.uri)
    use = registered(outcomes=1).units.get().outcomes.get()
    linked(use.outcome, concept.uri, scheme="a-list", edition="1")
    return {
        "classifications_scheme": "a-list",
        "classifications_old": old.pk,
        "classifications_new": new.pk,
        "classifications_uri": concept.uri,
    }


def demo_things() -> dict[str, str]:
    """Return two editions of a list in the served world, made here: the demo has none that changed."""
    return {name: str(value) for name, value in things(None).items()}


PAGES = [
    Page("qualifications:classifications"),
    Page("qualifications:classifications", "noor"),
    Page("qualifications:classification", address=_SCHEME),
    Page("qualifications:classification", address=_SCHEME, query="?q=nothing+fits+this"),
    Page("qualifications:concept", query="?uri={classifications_uri}"),
    Page("qualifications:concept", query="?uri=http://nowhere.example/", status=404),
    Page("qualifications:classification-load", "noor"),
    Page("qualifications:classification-compare", "noor", _EDITIONS),
    Page("qualifications:classification-compare", "noor", _EDITIONS, "?kind=added&used=yes"),
    Page("qualifications:classification-move", "noor", _EDITIONS, "?uri={classifications_uri}"),
    Page("qualifications:classification-use", "noor", {**_SCHEME, "edition": "{classifications_new}"}),
]

_SENT = "only takes what a form sends"
NOT_PAGES: dict[str, str] = {
    "qualifications:classification-own": _SENT,
    "qualifications:classification-compare-start": _SENT,
    "qualifications:classification-loaded": "shows a job of its reader; its parts are those of taking over a file",
}
