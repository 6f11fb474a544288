"""Many at once: a file of awards to issue, or of old ones to deposit; every row is checked before any counts."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gilde.credentials.models.issuers import Issuer


class Batch(models.Model):
    class Kind(models.TextChoices):
        ISSUE = "issue", _("Awards to issue")
        DEPOSIT = "deposit", _("Awards to deposit")

    class State(models.TextChoices):
        CHECKING = "checking", _("Being checked")
        FAULTY = "faulty", _("Has rows to mend")
        READY = "ready", _("Checked, nothing issued yet")
        WAITING = "waiting", _("Waiting for approval")
        RUNNING = "running", _("Being issued")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Cancelled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="batches")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.ISSUE)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.CHECKING)
    content = models.BinaryField(
        null=True, editable=False, help_text="The file, until its rows are read: it names people."
    )
    name = models.CharField(_("file"), max_length=200)
    fault = models.TextField(_("what is wrong with the file"), blank=True)
    rows_total = models.PositiveIntegerField(_("rows"), default=0)
    rows_faulty = models.PositiveIntegerField(_("rows to mend"), default=0)
    rows_done = models.PositiveIntegerField(_("rows done"), default=0)
    notify = models.BooleanField(_("tell the holders by mail"), default=True)
    job = models.UUIDField(null=True, editable=False)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    sent_at = models.DateTimeField(_("sent on"))
    done_at = models.DateTimeField(_("done on"), null=True, blank=True)

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        ordering = ["-sent_at", "id"]

    def __str__(self) -> str:
        return self.name


class BatchRow(models.Model):
    """A row as it was sent, and what is wrong with it; `number` counts as the file does, its head being row 1.

    What it says of a person is in `values`, and goes once the award is issued.
    """

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    values = models.JSONField()
    faults = models.JSONField(default=list)
    award = models.ForeignKey("Award", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["batch", "number"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="credentials_row_once"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.number}"
