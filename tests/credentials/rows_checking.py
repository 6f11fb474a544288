"""The routes of checking, for the two suites that cross every route."""

from __future__ import annotations

from typing import Any

from gilde.credentials.models import Award, State
from tests.access_table import EVERYBODY, Row
from tests.browser.pages import Page

_AWARD = {"award_id": "{checking_award}"}
_NOBODYS = {"award_id": "00000000-0000-4000-8000-000000000000"}
_ACHIEVEMENT = {"achievement_id": "{checking_achievement}"}

ACCESS = [
    Row("credentials:check", EVERYBODY),
    Row("credentials:check", "bbbbbbb", method="POST", data={"text": "my diploma"}),
    Row("credentials:check", EVERYBODY, method="POST", data={"text": "{checking_text}"}),
    Row("credentials:check-frame", "bbbbbbb", method="POST"),
    Row("credentials:check-award", EVERYBODY, _AWARD),
    Row("credentials:check-award", "nnnnnnn", _NOBODYS),
    Row("credentials:check-award", "bbbbbbb", _AWARD, "POST", {"family_name": "Somebody else"}),
    Row("credentials:achievement-badge", EVERYBODY, _ACHIEVEMENT),
]


def things(cast: Any) -> dict[str, Any]:
    """Return an award, its text, and its achievement."""
    from gilde.credentials.services import renderings
    from tests.credentials.factories import an_award

    award = an_award()
    return {
        "checking_award": award.pk,
        "checking_achievement": award.achievement_id,
        "checking_text": renderings.file(award, "vc-jwt").content.decode(),
    }


def demo_things() -> dict[str, str]:
    """Return an award that was issued in the demo world, and its achievement."""
    award = Award.objects.filter(state=State.ISSUED).order_by("pk").first()
    assert award is not None
    return {"checking_award": str(award.pk), "checking_achievement": str(award.achievement_id)}


PAGES = [
    Page("credentials:check"),
    Page("credentials:check-award", address=_AWARD),
    Page("credentials:check-award", address=_NOBODYS, status=404),
]
NOT_PAGES: dict[str, str] = {
    "credentials:check-frame": "only takes what the camera of the page sends",
    "credentials:achievement-badge": "is a picture",
}
