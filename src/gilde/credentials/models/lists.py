"""Status lists: which index stands for which award is known here only."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from gilde.credentials.models.issuers import Issuer

SIZE = 131_072  # entries; the least that Bitstring Status List 1.0 allows, so that one stands among many


class StatusList(models.Model):
    """A list of an issuer. The n-th award gets an index that a permutation under `secret` gives, so that neither
    neighbours nor order tell anything.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="status_lists")
    size = models.PositiveIntegerField(default=SIZE)
    secret = models.TextField(editable=False, help_text="Encrypted, as private keys are.")
    allotted = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("status list")
        verbose_name_plural = _("status lists")
        ordering = ["issuer", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(allotted__lte=models.F("size")), name="credentials_list_not_overfull"
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class PublishedList(models.Model):
    """A list as it was last signed, until it changes or its time runs out."""

    class Form(models.TextChoices):
        REVOCATION = "revocation", "revocation"
        SUSPENSION = "suspension", "suspension"
        STOPPED = "stopped", "revocation and suspension"
        TOKENS = "tokens", "tokens"

    list = models.ForeignKey(StatusList, on_delete=models.CASCADE, related_name="published")
    form = models.CharField(max_length=12, choices=Form.choices)
    content = models.BinaryField()
    made_at = models.DateTimeField()
    fresh_until = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["list", "form"], name="credentials_published_list_once")
        ]

    def __str__(self) -> str:
        return f"{self.list_id} {self.form}"
