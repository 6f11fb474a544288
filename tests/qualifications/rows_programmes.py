"""The routes of programmes, for the two suites that cross every route."""

from __future__ import annotations

from typing import Any

from gilde.qualifications.models import Offer
from tests.access_table import EVERYBODY, WRITERS, Row
from tests.browser.pages import Page
from tests.qualifications.factories import ProgrammeFactory

_OWN = {"code": "{programmes_code}"}
_OFFER = {**_OWN, "offer_id": "{programmes_offer}"}
_ADDS = "sxoxooo"  # who writes for any organisation

ACCESS = [
    *(
        Row(f"qualifications:{name}", EVERYBODY)
        for name in ("programmes", "programme-list", "programme-due", "review-due")
    ),
    Row("qualifications:programme", EVERYBODY, _OWN),
    Row("qualifications:programme", "nnnnnnn", {"code": "no-such-programme"}),
    Row("qualifications:programme-add", _ADDS),
    Row("qualifications:enrolment-load", _ADDS),
    *(
        Row(f"qualifications:{name}", WRITERS, _OWN)
        for name in (
            "programme-edit",
            "programme-leads-to",
            "programme-screening",
            "enrolment-add",
            "offer-add",
        )
    ),
    Row("qualifications:offer-edit", WRITERS, _OFFER),
    Row("qualifications:offer-end", WRITERS, _OFFER),
]


def things(cast: Any) -> dict[str, Any]:
    """Return a programme of the owner with a place that offers it, by the names that addresses give them."""
    programme = ProgrammeFactory(code="the-programme", owner=cast.owner)
    offer = Offer.objects.create(programme=programme, provider=cast.owner, place="Gent")
    return {"programmes_code": programme.code, "programmes_offer": offer.pk}


_OFFICER = "pieter"
_WELDING = {"code": "stem-welding-construction-3"}

PAGES = [
    Page("qualifications:programmes"),
    Page("qualifications:programmes", query="?form=dual"),
    Page("qualifications:programme-list"),
    Page("qualifications:programme-list", query="?domain=stem&form=dual&q=welding"),
    Page("qualifications:programme-list", query="?q=nothing+fits+this"),
    Page("qualifications:programme-due"),
    Page("qualifications:programme-due", query="?standing=overdue"),
    Page("qualifications:review-due"),
    Page("qualifications:programme", address=_WELDING),
    Page("qualifications:programme", address={"code": "no-such-programme"}, status=404),
    Page("qualifications:programme", _OFFICER, _WELDING),
    *(Page(f"qualifications:{page}", _OFFICER) for page in ("programme-add", "enrolment-load")),
    *(
        Page(f"qualifications:{page}", _OFFICER, _WELDING)
        for page in (
            "programme-edit",
            "programme-leads-to",
            "programme-screening",
            "enrolment-add",
            "offer-add",
        )
    ),
    *(
        Page(f"qualifications:{page}", _OFFICER, {**_WELDING, "offer_id": "{programmes_an_offer}"})
        for page in ("offer-edit", "offer-end")
    ),
]


def demo_things() -> dict[str, str]:
    """Return an offer of the programme that the pages show, in the demo world."""
    return {"programmes_an_offer": str(Offer.objects.filter(programme__code=_WELDING["code"])[0].pk)}


NOT_PAGES: dict[str, str] = {}
