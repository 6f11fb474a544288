"""Progress reports: a snapshot that says the same when it is printed again next year."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from gilde.core.models import Document
from gilde.plans.models.plans import Plan


class Report(models.Model):
    """The progress of one plan as of a date. Append-only; HTML and PDF are made from `content` alone."""

    append_only = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="reports")
    as_of = models.DateField(_("as of"))
    language = models.CharField(max_length=8, default="en")
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    pdf = models.ForeignKey(Document, null=True, on_delete=models.PROTECT, related_name="+")
    previous = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    made_by = models.UUIDField(null=True)

    class Meta:
        verbose_name = _("progress report")
        verbose_name_plural = _("progress reports")
        ordering = ["plan", "-as_of", "-made_at"]

    def __str__(self) -> str:
        return f"{self.plan} {self.as_of}"
