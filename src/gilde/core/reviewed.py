"""What one person writes and another decides on: draft → submitted → approved or returned."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gilde.core import clock
from gilde.core.access import Actor
from gilde.core.workflow import Transition

AUTHOR: Final = "author"
OTHER_APPROVER: Final = "other-approver"


class Reviewed(models.Model):
    """What goes draft → submitted → approved or returned, by different people."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Submitted")
        APPROVED = "approved", _("Approved")
        RETURNED = "returned", _("Returned")

    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.DRAFT)
    author = models.UUIDField(_("written by"), null=True)
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    decided_by = models.UUIDField(_("decided by"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decision = models.TextField(_("ground of the decision"), blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["approved", "returned"], decided_at__isnull=False)
                | Q(state__in=["draft", "submitted"], decided_at=None),
                name="%(app_label)s_%(class)s_decision_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("author")),
                name="%(app_label)s_%(class)s_four_eyes",
            ),
        ]


_S = Reviewed.State
REVIEW: Final = (
    Transition.of("submit", {_S.DRAFT, _S.RETURNED}, _S.SUBMITTED, {AUTHOR}, _("Submit")),
    Transition.of("withdraw", {_S.SUBMITTED}, _S.DRAFT, {AUTHOR}, _("Take back")),
    Transition.of("approve", {_S.SUBMITTED}, _S.APPROVED, {OTHER_APPROVER}, _("Approve")),
    Transition.of("return", {_S.SUBMITTED}, _S.RETURNED, {OTHER_APPROVER}, _("Return")),
)


def reviewing_roles(actor: Actor, thing: Reviewed, held: Collection[str], approver: str) -> Collection[str]:
    """Return the roles `held` with the actor's role in the review of `thing`.

    Whoever wrote it is its author; the role `approver` counts only for what somebody else wrote.
    """
    roles = set(held)
    if actor.pk is not None and thing.author == actor.pk:
        roles.add(AUTHOR)
    elif approver in roles:
        roles.add(OTHER_APPROVER)
    return roles


def decision(actor: Actor, ground: str) -> dict[str, Any]:
    """Return the fields of a decision made now by `actor` on this ground."""
    return {"decided_by": actor.pk, "decided_at": clock.now(), "decision": ground.strip()}
