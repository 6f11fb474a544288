"""The table of documents: one row for each content that was ever stored."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Document(models.Model):
    """A file stored once by its SHA-256. What it is called and what it is for belongs to whoever points to
    it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    media_type = models.CharField(_("media type"), max_length=100, editable=False)
    size = models.PositiveBigIntegerField(_("size in bytes"), editable=False)
    name = models.CharField(
        _("name"), max_length=255, help_text=_("As the file was called when it first came in.")
    )
    stored_at = models.DateTimeField(_("stored"), editable=False)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints = [
            models.CheckConstraint(condition=Q(size__gt=0), name="core_document_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        """Return where the content lies in the storage: two levels of folders, then the hash."""
        return f"{self.sha256[:2]}/{self.sha256[2:4]}/{self.sha256}"
