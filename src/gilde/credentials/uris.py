"""The kinds of credentials that have a stable address, and what each gives to machines, as Open Badges 3.0 says it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.urls import reverse

from gilde.core.access import Actor
from gilde.core.uris import register
from gilde.credentials import access, identity
from gilde.credentials.facts import Facts
from gilde.credentials.linked.tables import CREDENTIALS_V2, GILDE_CONTEXT, OPEN_BADGES
from gilde.credentials.models import Achievement, Issuer
from gilde.credentials.renderings import open_badge
from gilde.credentials.specimens import specimen, specimen_of

_CONTEXT = [CREDENTIALS_V2, OPEN_BADGES, GILDE_CONTEXT]


def _achievement(actor: Actor, key: UUID) -> Achievement | None:
    return access.visible_achievements(actor).filter(pk=key).first()


def _issuer(actor: Actor, key: UUID) -> Issuer | None:
    return access.visible_issuers(actor).filter(pk=key).first()


def achievement_data(achievement: Achievement) -> Mapping[str, Any]:
    """Return an achievement as a badge of it holds it, with who awards it."""
    facts = specimen_of(achievement)
    image = identity.url("achievement-badge", achievement.pk)
    told: dict[str, Any] = open_badge.render(facts, None, image=image)["credentialSubject"]["achievement"]
    # The address that was asked for is added as "@id"; a result belongs to an award.
    left_out = ("id", "resultDescription")
    told = {name: value for name, value in told.items() if name not in left_out}
    return {"@context": _CONTEXT, **told, "creator": _profile(facts)}


def issuer_data(issuer: Issuer) -> Mapping[str, Any]:
    """Return an issuer as its badges name it; there its DID is what it is named by."""
    told = _profile(specimen(issuer))
    own = {"type": "IdentifierEntry", "identifier": told.pop("id"), "identifierType": "ext:did"}
    return {"@context": _CONTEXT, **told, "otherIdentifier": [own, *told.get("otherIdentifier", [])]}


def _profile(facts: Facts) -> dict[str, Any]:
    told: dict[str, Any] = open_badge.render(facts, None)["issuer"]
    return told


register(
    "achievement",
    find=_achievement,
    page=lambda each: reverse("credentials:achievement", args=[each.pk]),
    data=achievement_data,
)
register(
    "issuer",
    find=_issuer,
    page=lambda each: reverse("credentials:issuer", args=[each.slug]),
    data=issuer_data,
)
