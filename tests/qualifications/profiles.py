"""Profiles for tests, and what pages say."""

from __future__ import annotations

from typing import Any, cast

from gilde.core.access import SYSTEM
from gilde.core.text import Text
from gilde.organisations.models import Organisation
from gilde.qualifications.models import ProfileItem, ProfileVersion
from gilde.qualifications.services import profiles
from gilde.qualifications.services.profiles import OccupationData, ProfileData
from tests.qualifications.factories import OrganisationFactory

BRICKLAYER = "http://data.europa.eu/esco/occupation/bricklayer"
K = ProfileItem.Kind


def a_body(name: str = "Sector body") -> Organisation:
    """An organisation that keeps profiles."""
    made: Any = OrganisationFactory(name=Text.of(name))
    return cast(Organisation, made)


def data(**changes: Any) -> ProfileData:
    """What a complete profile says."""
    items = {
        K.ACTIVITY: [Text.of({"en": "Lays bricks", "nl": "Metselt"}), Text.of("Cleans up")],
        K.KNOWLEDGE: [Text.of("Bonds of bricks")],
    }
    return ProfileData(
        **{
            "title": Text.of({"en": "Bricklayer", "nl": "Metselaar"}),
            "summary": Text.of("Builds walls."),
            "context": Text.of("Outside, in all weather."),
            "regulated": False,
            "items": items,
            **changes,
        }
    )


def a_draft(code: str = "bricklayer", owner: Organisation | None = None, **changes: Any) -> ProfileVersion:
    """The draft of a first version that lacks nothing."""
    return profiles.add_profile(actor=SYSTEM, owner=owner or a_body(), code=code, data=data(**changes))


def a_published(
    code: str = "bricklayer", owner: Organisation | None = None, **changes: Any
) -> ProfileVersion:
    """A published first version, linked to an occupation."""
    draft = a_draft(code, owner, **changes)
    link = OccupationData(BRICKLAYER, "close", Text.of("bricklayer"))
    profiles.link_occupation(actor=SYSTEM, draft=draft, version=draft.version, data=link)
    return profiles.publish_profile(actor=SYSTEM, draft=draft)
