"""What plans answer to: recommendations and declarations, provision by provision, in our own short words."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from gilde.core.text import MultilingualField


class Instrument(models.Model):
    class Kind(models.TextChoices):
        RECOMMENDATION = "recommendation", _("Recommendation")
        DECLARATION = "declaration", _("Declaration")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.SlugField(_("code"), max_length=60, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    title = MultilingualField(_("title"))
    short_title = MultilingualField(_("short title"))
    adopted = models.DateField(_("adopted on"), null=True, blank=True)
    period_start = models.PositiveSmallIntegerField(_("first year"), null=True, blank=True)
    period_end = models.PositiveSmallIntegerField(_("last year"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)
    url = models.URLField(_("official text"), blank=True)
    note = MultilingualField(_("note"), blank=True)

    class Meta:
        verbose_name = _("instrument")
        verbose_name_plural = _("instruments")
        ordering = ["-adopted", "code"]

    def __str__(self) -> str:
        return str(self.short_title)


class Provision(models.Model):
    """One article, objective or principle of an instrument."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    instrument = models.ForeignKey(Instrument, on_delete=models.CASCADE, related_name="provisions")
    number = models.CharField(_("number"), max_length=20)
    position = models.PositiveSmallIntegerField()
    part = MultilingualField(_("part"), blank=True)
    title = MultilingualField(_("title"))
    text = MultilingualField(_("text"), blank=True)

    class Meta:
        verbose_name = _("provision")
        verbose_name_plural = _("provisions")
        ordering = ["instrument", "position"]
        constraints = [models.UniqueConstraint(fields=["instrument", "number"], name="plans_provision_once")]

    def __str__(self) -> str:
        return f"{self.instrument} {self.number}"
