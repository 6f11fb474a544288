"""Erasure: what is personal of a holder goes for good. The log and the lists stay whole, for they tell of nobody."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from gilde.core import audit, clock
from gilde.core.access import Actor, require
from gilde.core.errors import Invalid
from gilde.core.models import AuditEvent, PersonalRecord
from gilde.credentials import access
from gilde.credentials.models import (
    OUT,
    Award,
    BatchRow,
    Holder,
    Invitation,
    Kept,
    Offer,
    Rendering,
    Share,
)


def erase(*, actor: Actor, holder: Holder) -> int:
    """Erase a person as an issuer knows them, with every award, and return how many awards there were.

    Copies that the person has go on being checked: their signatures, lists and log entries stand. What is not issued
    yet goes altogether. Raises Refused, Invalid when it was done before.
    """
    require(access.can_manage(actor, holder.issuer))
    if holder.erased_at is not None:
        raise Invalid(_("This person was erased already."))
    awards = list(holder.awards.all())
    with transaction.atomic():
        ids = [award.pk for award in awards]
        Share.objects.filter(award__in=ids).delete()
        Kept.objects.filter(award__in=ids).delete()
        Invitation.objects.filter(award__in=ids).delete()
        Offer.objects.filter(award__in=ids).delete()
        BatchRow.objects.filter(award__in=ids).delete()
        Rendering.objects.filter(award__in=ids).update(content=None)
        for award in awards:
            if award.state in OUT:
                Award.objects.filter(pk=award.pk).update(
                    facts=None,
                    reference=f"erased-{award.pk}"[:80],
                    grade="",
                    assessed_on=None,
                    assessed_by="",
                    place="",
                    reason="",
                    left_out=[],
                    held_for=[],
                    evidence=None,
                )
            else:
                award.delete()
        _forget([*ids, holder.pk])
        Holder.objects.filter(pk=holder.pk).update(
            given_name="", family_name="", email="", reference="", born=None, user=None, erased_at=clock.now()
        )
        audit.record(actor, "credentials.holder.erase", holder, after={"awards": len(awards)})
    return len(awards)


def _forget(objects: list[Any]) -> None:
    """Delete the personal part of every event about these; the chain of events stays whole."""
    told = AuditEvent.objects.filter(object_id__in=[str(each) for each in objects], personal__isnull=False)
    PersonalRecord.objects.filter(pk__in=list(told.values_list("personal", flat=True))).delete()


def access_report(*, actor: Actor, holder: Holder) -> dict[str, Any]:
    """Return all that is stored of a person, for them to read: who they are here, awards, links, events.

    Raises Refused.
    """
    require(access.can_manage(actor, holder.issuer))
    awards = list(holder.awards.all())
    ids = [str(award.pk) for award in awards]
    events = AuditEvent.objects.filter(object_id__in=[*ids, str(holder.pk)]).order_by("pk")
    return {
        "person": {
            "given_name": holder.given_name,
            "family_name": holder.family_name,
            "born": holder.born,
            "email": holder.email,
            "reference": holder.reference,
            "has_wallet": holder.user_id is not None,
        },
        "awards": [
            {"award": str(award.pk), "reference": award.reference, "state": award.state, "facts": award.facts}
            for award in awards
        ],
        "links": list(
            Share.objects.filter(award__in=awards).values("created_at", "expires_at", "withdrawn_at", "views")
        ),
        "events": list(events.values("at", "action")),
    }
