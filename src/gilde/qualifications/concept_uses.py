"""Where a concept is used here, as far as a reader may see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.safestring import SafeString

from gilde.core.access import Actor
from gilde.core.components import link, written
from gilde.qualifications.access import visible_outcomes, visible_profile_versions, visible_versions
from gilde.qualifications.models import (
    Linked,
    OutcomeConcept,
    ProfileConcept,
    QualificationConcept,
    QualificationVersion,
)
from gilde.qualifications.models.qualifications import PUBLIC


@dataclass(frozen=True)
class Use:
    """A link from something of ours to a concept, and the thing in words that lead to it."""

    linked: Linked
    thing: SafeString


def seen_uses(
    actor: Actor, uris: Sequence[str], *, states: Sequence[str] = (Linked.State.CONFIRMED,)
) -> dict[str, list[Use]]:
    """Return by address the uses that the actor may see: outcomes, then profiles, then qualifications.

    Three queries, however many concepts.
    """
    found: dict[str, list[Use]] = {}
    where = {"uri__in": list(uris), "state__in": list(states)}
    outcomes = OutcomeConcept.objects.filter(
        **where, outcome__in=visible_outcomes(actor).order_by().values("pk")
    )
    for each in outcomes.select_related("outcome").order_by("uri", "pk"):
        url = reverse("qualifications:outcome", args=[each.outcome.outcome_id])
        found.setdefault(each.uri, []).append(Use(each, link(url, written(each.outcome.statement))))
    profiles = ProfileConcept.objects.filter(
        **where, version__in=visible_profile_versions(actor).order_by().values("pk")
    )
    for profile in profiles.select_related("version__profile").order_by("uri", "pk"):
        told = profile.version
        url = reverse("qualifications:profile-version", args=[told.profile.code, told.number])
        found.setdefault(profile.uri, []).append(Use(profile, link(url, written(told.title))))
    versions = QualificationConcept.objects.filter(
        **where, version__in=visible_versions(actor).order_by().values("pk")
    )
    for each_version in versions.select_related("version__qualification").order_by("uri", "pk"):
        version = each_version.version
        words = link(_address(version), written(version.title))
        found.setdefault(each_version.uri, []).append(Use(each_version, words))
    return found


def _address(version: QualificationVersion) -> str:
    if version.state in PUBLIC:
        return reverse("qualifications:version", args=[version.qualification.code, version.number])
    return reverse("qualifications:file", args=[version.pk])
