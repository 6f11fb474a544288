"""The tables of going out: what was asked of whom, and the answers that can be asked for again cheaply."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class FetchLog(models.Model):
    """One use of the guarded client: to where, for what, and how it ended."""

    at = models.DateTimeField()
    purpose = models.CharField(max_length=60)
    url = models.CharField(max_length=2000)
    addresses = models.JSONField(default=list, help_text=_("The addresses that were connected to, in order."))
    status = models.PositiveSmallIntegerField(null=True)
    size = models.PositiveBigIntegerField(default=0)
    milliseconds = models.PositiveIntegerField(default=0)
    from_cache = models.BooleanField(default=False)
    error = models.TextField(blank=True)
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.purpose} {self.url} {self.status or self.error}"


class FetchedAnswer(models.Model):
    """The last answer with an ETag or a date, so that the next question can be "has it changed?"."""

    purpose = models.CharField(max_length=60)
    url_hash = models.CharField(max_length=64)
    url = models.CharField(max_length=2000)
    final_url = models.CharField(max_length=2000)
    etag = models.CharField(max_length=300, blank=True)
    last_modified = models.CharField(max_length=60, blank=True)
    media_type = models.CharField(max_length=200, blank=True)
    body = models.BinaryField()
    fetched_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["purpose", "url_hash"], name="core_fetchedanswer_once")
        ]

    def __str__(self) -> str:
        return self.url
