"""The tables of the audit chain."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models


class AuditEvent(models.Model):
    """One thing that somebody did. Append-only by database trigger; each event carries the hash of the one
    before.

    Personal data never sits in an event: `personal` names a `PersonalRecord` row that can be erased while the
    chain stays whole. For the same reason `actor` is an opaque id and no foreign key.
    """

    append_only: ClassVar[bool] = True

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    actor = models.UUIDField(null=True)
    action = models.CharField(max_length=100)
    object_type = models.CharField(max_length=100)
    object_id = models.CharField(max_length=64)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    personal = models.UUIDField(null=True)
    request_id = models.CharField(max_length=64, blank=True)
    previous_hash = models.CharField(max_length=64, unique=True)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["object_type", "object_id"], name="core_audit_object")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.object_id}"


class PersonalRecord(models.Model):
    """Personal data that an event points to; deleting the row erases it, and the chain still verifies."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    data = models.JSONField()

    def __str__(self) -> str:
        return str(self.id)
