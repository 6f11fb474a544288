"""Routes of frameworks and profiles: who gets what, and what the browser looks at."""

from __future__ import annotations

from typing import Any

from gilde.core.access import SYSTEM
from gilde.qualifications.services import profiles
from tests.access_table import EVERYBODY, Row
from tests.browser.pages import Page
from tests.qualifications.factories import a_framework
from tests.qualifications.profiles import a_draft, a_published

DRAFT = {"code": "{profile_draft}"}
PUBLISHED = {"code": "{profile_published}"}
DRAFT_LINK = {"code": "{profile_draft}", "link": "{profile_link}"}
KEEPS_A_DRAFT = "snnxooo"  # a stranger does not know of it
ACCESS = [
    Row("qualifications:frameworks", EVERYBODY),
    Row("qualifications:framework", EVERYBODY, {"code": "{profile_framework}"}),
    Row("qualifications:framework", "nnnnnnn", {"code": "nowhere"}),
    Row("qualifications:profiles", EVERYBODY),
    Row("qualifications:profile", EVERYBODY, PUBLISHED),
    Row("qualifications:profile", "nnnoooo", DRAFT),
    Row("qualifications:profile-version", EVERYBODY, {**PUBLISHED, "number": "1"}),
    Row("qualifications:profile-version", "nnnoooo", {**DRAFT, "number": "1"}),
    Row("qualifications:profile-add", "sxoxooo"),
    *(
        Row(f"qualifications:profile-{page}", KEEPS_A_DRAFT, DRAFT)
        for page in ("edit", "occupations", "publish", "discard")
    ),
    Row("qualifications:profile-occupation-remove", KEEPS_A_DRAFT, DRAFT_LINK),
    *(Row(f"qualifications:profile-{page}", "sxxxooo", PUBLISHED) for page in ("withdraw", "next")),
    # What is published never changes, not even for its keeper.
    Row("qualifications:profile-edit", "sxxxbbb", PUBLISHED),
]


def things(cast: Any) -> dict[str, Any]:
    """Return a framework, a published profile of the cast's organisation, and a draft with a link."""
    published = a_published("profile-published", cast.owner)
    draft = a_draft("profile-draft", cast.owner)
    link = profiles.OccupationData("http://data.europa.eu/esco/occupation/x", label=draft.title)
    linked = profiles.link_occupation(actor=SYSTEM, draft=draft, version=draft.version, data=link)
    return {
        "profile_framework": a_framework().code,
        "profile_published": published.profile.code,
        "profile_draft": draft.profile.code,
        "profile_link": linked.pk,
    }


BRICKLAYER = {"code": "bricklayer"}
VKS = {"code": "vks"}
PAGES = [
    Page("qualifications:frameworks"),
    Page("qualifications:framework", address=VKS),
    Page("qualifications:framework", address=VKS, query="?level=4"),
    Page("qualifications:framework", address={"code": "nlqf"}, query="?level=entry"),
    Page("qualifications:framework", address={"code": "eqf"}),
    Page("qualifications:framework", address={"code": "nowhere"}, status=404),
    Page("qualifications:profiles"),
    Page("qualifications:profiles", query="?q=nothing+fits+this"),
    Page("qualifications:profile", address=BRICKLAYER),
    Page("qualifications:profile-version", address={**BRICKLAYER, "number": "1"}),
    Page("qualifications:profile", address={"code": "no-such-profile"}, status=404),
]
_BY_ITS_KEEPER = "only its keeper sees it; shown to be right by tests/qualifications/test_profiles_pages.py"
NOT_PAGES = {
    f"qualifications:profile-{name}": _BY_ITS_KEEPER
    for name in (
        "add",
        "edit",
        "occupations",
        "occupation-remove",
        "publish",
        "withdraw",
        "next",
        "discard",
    )
}
