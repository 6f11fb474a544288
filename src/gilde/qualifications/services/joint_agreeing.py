"""Agreeing to what was built together, which fixes it, and ending it. Raises Refused and Stale."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from gilde.core import audit, clock
from gilde.core.access import Actor, Decision, allowed, refused, require
from gilde.core.errors import Stale
from gilde.organisations.public import Role, organisations_of, roles_in
from gilde.qualifications.errors import NotComplete
from gilde.qualifications.joint_lacks import lacks
from gilde.qualifications.models import Joint, Partner


def agreeable(actor: Actor, joint: Joint) -> QuerySet[Partner]:
    """Return the partners for which the actor may agree and that have not agreed yet."""
    mine = organisations_of(actor, {Role.APPROVER}).order_by().values("pk")
    waiting = joint.partners.filter(agreed_at=None, organisation__in=mine)
    return waiting.select_related("organisation").order_by("position", "country", "pk")


def can_agree(actor: Actor, partner: Partner) -> Decision:
    """Decide whether the actor may agree in the name of a partner: its approvers, while it is being built."""
    if partner.joint.state != Joint.State.DRAFT:
        return refused(_("All partners have agreed to this already."))
    if Role.APPROVER not in roles_in(actor, partner.organisation_id):
        return refused(_("Only approvers of this partner agree in its name. Ask one of them."))
    return allowed(_("You approve for this partner."))


def can_close(actor: Actor, joint: Joint) -> Decision:
    """Decide whether the actor may end what was agreed: the approvers of the lead partner."""
    if joint.state != Joint.State.AGREED:
        return refused(_("Only what all partners agreed to can be closed."))
    if Role.APPROVER not in roles_in(actor, joint.lead_id):
        return refused(_("Only approvers of the lead partner may close this. Ask one of them."))
    return allowed(_("You approve for the lead partner."))


def agree(*, actor: Actor, partner: Partner, lock: int) -> Joint:
    """Agree in the name of a partner to exactly the version that was read; with the last partner it is fixed.

    Raises NotComplete with what is missing, and Stale when it is not at that version any more.
    """
    require(can_agree(actor, partner))
    with transaction.atomic():
        # Nothing is changed, but on PostgreSQL a change of somebody else waits until this is done.
        unchanged = Joint.objects.filter(pk=partner.joint_id, version=lock, state=Joint.State.DRAFT)
        if unchanged.update(version=lock) != 1:
            raise Stale(
                _("This was changed after you opened the page. Go back, look at it again, then agree.")
            )
        joint = Joint.objects.get(pk=partner.joint_id)
        _complete(joint)
        now = clock.now()
        waiting = Partner.objects.filter(pk=partner.pk, agreed_at=None)
        if waiting.update(agreed_by=actor.pk, agreed_at=now, agreed_version=lock) != 1:
            raise Stale(_("Somebody has agreed in the name of this partner already."))
        told = {"partner": str(partner.organisation_id), "version": lock}
        audit.record(actor, "qualifications.joint.agree", joint, after=told)
        if not joint.partners.filter(agreed_at=None).exists():
            Joint.objects.filter(pk=joint.pk).update(state=Joint.State.AGREED, agreed_at=now)
            states = {
                "before": {"state": Joint.State.DRAFT.value},
                "after": {"state": Joint.State.AGREED.value},
            }
            audit.record(actor, "qualifications.joint.fix", joint, **states)
            joint.refresh_from_db()
    return joint


def close(*, actor: Actor, joint: Joint, lock: int) -> Joint:
    """End what all partners agreed to; it stays to be read."""
    require(can_close(actor, joint))
    with transaction.atomic():
        agreed = Joint.objects.filter(pk=joint.pk, version=lock, state=Joint.State.AGREED)
        if agreed.update(state=Joint.State.CLOSED, version=lock + 1) != 1:
            raise Stale(_("Somebody else changed this in the meantime. Look at it again."))
        states = {"before": {"state": Joint.State.AGREED.value}, "after": {"state": Joint.State.CLOSED.value}}
        audit.record(actor, "qualifications.joint.close", joint, **states)
        joint.refresh_from_db()
    return joint


def _complete(joint: Joint) -> None:
    """Raise NotComplete, with each missing thing in a sentence, when partners cannot agree yet."""
    partners = list(joint.partners.select_related("organisation").order_by("position", "country", "pk"))
    units = list(joint.units.prefetch_related("outcomes", "delivered_by").order_by("position", "pk"))
    missing = [each.sentence for each in lacks(joint, partners, units) if each.stops]
    if missing:
        first = _("It is not complete yet. %(missing)s") % {"missing": " ".join(missing)}
        raise NotComplete(first, missing=missing)
