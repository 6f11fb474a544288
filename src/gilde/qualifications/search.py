"""What of qualifications can be found: qualifications, profiles and programmes.

A qualification is found by the version that everybody is shown; one that was
never recognised is found by who drafts it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from django.db.models import Prefetch
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gilde.core import search
from gilde.core.models import AuditEvent
from gilde.core.search import PUBLIC, Entry, searchable
from gilde.core.searching import name_kind
from gilde.core.text import Text
from gilde.qualifications.describing import version_shown, with_parts
from gilde.qualifications.models import (
    Linked,
    Offer,
    ProfileVersion,
    Programme,
    Qualification,
    QualificationVersion,
)

name_kind("qualification", _("Qualifications"))
name_kind("profile", _("Occupational profiles"))
name_kind("programme", _("Programmes"))


def joined(*texts: Text) -> Text:
    """Return texts one after the other, in each language that one of them has."""
    codes = dict.fromkeys(code for text in texts for code in text.words)
    words = {code: " · ".join(filter(None, (text.words.get(code, "") for text in texts))) for code in codes}
    return Text(texts[0].source, words) if words else Text()


@searchable("qualification")
def qualifications(ids: Collection[str] | None) -> Iterator[Entry]:
    """Yield the entries of some or all qualifications, with what they can be filtered by."""
    found = Qualification.objects.all() if ids is None else Qualification.objects.filter(pk__in=ids)
    found = found.prefetch_related(
        Prefetch("versions", with_parts(QualificationVersion.objects.order_by("-number"))),
        Prefetch("programmes__offers", Offer.objects.select_related("provider", "area__parent")),
    )
    for qualification in found.iterator(chunk_size=200):
        shown = version_shown(qualification)
        version = shown or next(iter(qualification.versions.all()), None)
        if version is None:
            continue
        uses = [use for unit in version.units.all() for use in unit.outcomes.all()]
        yield Entry(
            id=str(qualification.pk),
            kind="qualification",
            title=version.title,
            text=joined(
                version.summary,
                *(link.label for link in version.concepts.all()),
                *(use.outcome.statement for use in uses),
            ),
            url=reverse("qualifications:qualification", args=[qualification.code]),
            visible=[PUBLIC] if shown else [str(qualification.owner_id)],
            facets=_facets(qualification, version),
        )


def _facets(qualification: Qualification, version: QualificationVersion) -> dict[str, Collection[str]]:
    offers = [offer for programme in qualification.programmes.all() for offer in programme.offers.all()]
    areas = {offer.area for offer in offers if offer.area}
    uses = [use for unit in version.units.all() for use in unit.outcomes.all()]
    links = [link for use in uses for link in use.outcome.concepts.all()]
    return {
        "state": [version.state],
        "invented": ["yes"] if qualification.synthetic else [],
        "kind": [qualification.kind],
        "sector": [qualification.sector] if qualification.sector else [],
        "country": [qualification.country] if qualification.country else [],
        "level": [str(version.level.eqf)] if version.level and version.level.eqf else [],
        "provider": sorted({offer.provider.slug for offer in offers}),
        "area": sorted({code for area in areas for code in (area.code, area.parent_id) if code}),
        "skill": sorted({link.uri for link in links if link.state == Linked.State.CONFIRMED}),
        "occupation": sorted({link.uri for link in version.concepts.all()}),
    }


@searchable("profile")
def profiles(ids: Collection[str] | None) -> Iterator[Entry]:
    """Yield the entries of published profiles, by their profile."""
    found = ProfileVersion.objects.filter(state=ProfileVersion.State.PUBLISHED)
    if ids is not None:
        found = found.filter(profile__pk__in=ids)
    for version in found.select_related("profile").prefetch_related("items").iterator(chunk_size=200):
        yield Entry(
            id=str(version.profile_id),
            kind="profile",
            title=version.title,
            text=joined(version.summary, *(item.text for item in version.items.all())),
            url=reverse("qualifications:profile", args=[version.profile.code]),
        )


@searchable("programme")
def programmes(ids: Collection[str] | None) -> Iterator[Entry]:
    """Yield the entries of some or all programmes."""
    found = Programme.objects.all() if ids is None else Programme.objects.filter(pk__in=ids)
    for programme in found.iterator(chunk_size=500):
        yield Entry(
            id=str(programme.pk),
            kind="programme",
            title=programme.title,
            text=programme.summary,
            url=reverse("qualifications:programme", args=[programme.code]),
        )


@receiver(post_save, sender=AuditEvent, dispatch_uid="qualifications.search")
def on_event(sender: type[AuditEvent], instance: AuditEvent, **_signal: Any) -> None:
    """Bring up to date in the index what an event tells of, once its transaction is committed."""
    key = instance.object_id
    match instance.object_type:
        case "qualifications.qualification":
            search.update("qualification", [key])
        case "qualifications.qualificationversion":
            versions = QualificationVersion.objects.filter(pk=key)
            search.update("qualification", list(versions.values_list("qualification", flat=True)))
        case "qualifications.profileversion":
            search.update(
                "profile", list(ProfileVersion.objects.filter(pk=key).values_list("profile", flat=True))
            )
        case "qualifications.profile":
            search.update("profile", [key])
        case "qualifications.programme":
            search.update("programme", [key])
            led_to = Programme.objects.filter(pk=key, leads_to__isnull=False)
            search.update("qualification", list(led_to.values_list("leads_to", flat=True)))
