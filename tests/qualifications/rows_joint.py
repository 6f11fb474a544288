"""Routes of what is built together: who gets what, and what the browser looks at."""

from __future__ import annotations

from typing import Any

from gilde.qualifications.models import Joint
from tests.access_table import EVERYBODY, Row
from tests.browser.pages import Page
from tests.qualifications.factories import OrganisationFactory
from tests.qualifications.joints import a_joint

SEEN = "nnnoooo"  # a draft is known to the members of its partners
BUILDS = "snnxooo"  # and changed by their officers and approvers
_ONE = {"slug": "{joint_slug}"}
_PARTNER = {**_ONE, "partner_id": "{joint_partner}"}
_UNIT = {**_ONE, "unit_id": "{joint_unit}"}
_AGREED = {"slug": "{joint_agreed}"}

ACCESS = [
    Row("qualifications:joints", EVERYBODY),
    Row("qualifications:joint-add", "sxoxooo"),
    *(
        Row(f"qualifications:{name}", SEEN, _ONE)
        for name in ("joint", "joint-memorandum", "joint-memorandum-pdf", "joint-unit-sheets")
    ),
    Row("qualifications:joint-unit-sheet", SEEN, _UNIT),
    *(
        Row(f"qualifications:{name}", BUILDS, _ONE)
        for name in ("joint-edit", "joint-partner-add", "joint-unit-add")
    ),
    *(
        Row(f"qualifications:{name}", BUILDS, _PARTNER)
        for name in ("joint-partner-edit", "joint-partner-remove")
    ),
    *(
        Row(f"qualifications:{name}", BUILDS, _UNIT)
        for name in ("joint-unit-edit", "joint-unit-remove", "joint-unit-outcomes")
    ),
    Row("qualifications:joint-unit-move", "snnxrrr", _UNIT, "POST", {"version": "1", "to": "down"}),
    Row("qualifications:joint-agree", "snnxxoo", _ONE),
    *(
        Row(f"qualifications:{name}", EVERYBODY, _AGREED)
        for name in ("joint", "joint-memorandum", "joint-memorandum-pdf", "joint-unit-sheets")
    ),
    Row("qualifications:joint-edit", "sxxxxxx", _AGREED),
    Row("qualifications:joint-agree", "sxxxxxx", _AGREED),
    Row("qualifications:joint-close", "sxxxxoo", _AGREED),
    Row("qualifications:joint-close", "snnxxxx", _ONE),
]


def things(cast: Any) -> dict[str, Any]:
    """Return a draft that the owner leads, with a partner and a unit, and something that was agreed."""
    built = a_joint(cast.owner, slug="the-joint")
    agreed = Joint.objects.create(
        slug="the-agreed",
        title=built.joint.title,
        lead=cast.owner,
        state=Joint.State.AGREED,
        agreed_at="2026-01-01T00:00:00Z",
    )
    agreed.partners.create(organisation=cast.owner, country="BE")
    agreed.partners.create(organisation=OrganisationFactory(), country="FR")
    return {
        "joint_slug": built.joint.slug,
        "joint_partner": built.other.pk,
        "joint_unit": built.unit.pk,
        "joint_agreed": agreed.slug,
    }


_DEMO = {"slug": "cross-border-industrial-welder"}
_ROUTES = ("joint-edit", "joint-partner-add", "joint-unit-add", "joint-agree")

PAGES = [
    Page("qualifications:joints"),
    Page("qualifications:joints", "dirk"),
    Page("qualifications:joints", query="?q=nothing+fits+this"),
    Page("qualifications:joint", address=_DEMO, status=404),
    Page("qualifications:joint", "dirk", _DEMO),
    Page("qualifications:joint-memorandum", "dirk", _DEMO),
    Page("qualifications:joint-add", "dirk"),
    *(Page(f"qualifications:{name}", "dirk", _DEMO) for name in _ROUTES),
    Page("qualifications:joint-partner-add", "dirk", _DEMO, "?find=welder"),
    *(
        Page(f"qualifications:{name}", "dirk", {**_DEMO, "partner_id": "{joint_partner}"})
        for name in ("joint-partner-edit", "joint-partner-remove")
    ),
    *(
        Page(f"qualifications:{name}", "dirk", {**_DEMO, "unit_id": "{joint_unit}"})
        for name in ("joint-unit-edit", "joint-unit-remove", "joint-unit-outcomes")
    ),
]
NOT_PAGES = {
    "qualifications:joint-memorandum-pdf": "a file",
    "qualifications:joint-unit-sheet": "a file",
    "qualifications:joint-unit-sheets": "a file",
    "qualifications:joint-unit-move": "only moves, and leads back",
    "qualifications:joint-close": "the demo world holds nothing that was agreed",
}


def demo_things() -> dict[str, str]:
    """Return what the addresses of PAGES need, from the demo world: a partner that does not lead, and a unit."""
    joint = Joint.objects.get(slug=_DEMO["slug"])
    partner = joint.partners.exclude(organisation=joint.lead).first()
    unit = joint.units.first()
    assert partner is not None
    assert unit is not None
    return {"joint_partner": str(partner.pk), "joint_unit": str(unit.pk)}
