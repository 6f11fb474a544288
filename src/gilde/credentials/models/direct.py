"""What an officer signs by the VC-API and that is no award: a proof of enrolment, a card. Nothing it says is kept."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gilde.credentials.models.awards import State
from gilde.credentials.models.issuers import Issuer, Key
from gilde.credentials.models.lists import StatusList


class Direct(models.Model):
    """A credential that was signed as it was sent: its digest, and where its status stands."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="+", verbose_name=_("issuer"))
    name = models.CharField(
        _("name"), max_length=300, blank=True, help_text=_("By which the issuer finds it again.")
    )
    digest = models.CharField(max_length=64, unique=True)
    leaf = models.PositiveBigIntegerField()
    key = models.ForeignKey(Key, on_delete=models.PROTECT, related_name="+")
    status_list = models.ForeignKey(StatusList, null=True, on_delete=models.PROTECT, related_name="+")
    status_index = models.PositiveIntegerField(null=True, editable=False)
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=[(each, each.label) for each in (State.ISSUED, State.SUSPENDED, State.REVOKED)],
        default=State.ISSUED,
    )
    reason = models.TextField(_("reason"), blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    signed_at = models.DateTimeField(_("signed on"))
    stopped_at = models.DateTimeField(_("revoked or suspended on"), null=True, blank=True)

    class Meta:
        ordering = ["-signed_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "name"], condition=~Q(name=""), name="credentials_direct_once"
            ),
            models.UniqueConstraint(
                fields=["status_list", "status_index"], name="credentials_direct_index_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(self.id)
