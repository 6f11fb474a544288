"""The log: digests of credentials in a Merkle tree (RFC 6962). Rows are added and never changed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class LogHead(models.Model):
    """One row: how many leaves there are. Whoever adds moves it from the size that was read, or tries again."""

    size = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.size)


class LogLeaf(models.Model):
    append_only: ClassVar[bool] = True

    index = models.PositiveBigIntegerField(primary_key=True)
    digest = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["index"]

    def __str__(self) -> str:
        return f"{self.index} {self.digest}"


class LogNode(models.Model):
    """The hash of a complete subtree: `level` 0 are the leaves, `index` counts on that level."""

    append_only: ClassVar[bool] = True

    level = models.PositiveSmallIntegerField()
    index = models.PositiveBigIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "index"], name="credentials_log_node_once")]

    def __str__(self) -> str:
        return f"{self.level}/{self.index}"


class Checkpoint(models.Model):
    """The log as it stood, signed: who holds this text can prove later that nothing was taken out."""

    append_only: ClassVar[bool] = True

    size = models.PositiveBigIntegerField(primary_key=True)
    text = models.TextField(_("signed text"))
    at = models.DateTimeField(_("signed on"))

    class Meta:
        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")
        ordering = ["-size"]

    def __str__(self) -> str:
        return str(self.size)
