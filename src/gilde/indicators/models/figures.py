"""Figures: series of observations. A revision adds an observation and closes the one before, never overwrites.

`Observation` is the large table: its rows are written in bulk by `publishing.py` and read by `figures.py`, and
triggers of the database refuse every change but the closing of a row (see migration 0002).
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gilde.core.models import Document
from gilde.indicators.models.areas import Area
from gilde.indicators.models.definitions import Indicator


class Series(models.Model):
    """An indicator for an area and a breakdown. `key` is the breakdown as text, "age=Y15-24&sex=F", "" for all."""

    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="series", db_index=False)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="series")
    key = models.CharField(_("breakdown"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("series")
        verbose_name_plural = _("series")
        ordering = ["indicator", "key", "area"]
        constraints = [
            models.UniqueConstraint(fields=["indicator", "key", "area"], name="indicators_series_once")
        ]

    def __str__(self) -> str:
        return f"{self.area_id} {self.key}".strip()


class Release(models.Model):
    """One publication of figures of an indicator: from where, when retrieved, what was added and revised."""

    class Kind(models.TextChoices):
        FILE = "file", _("File")
        PULL = "pull", _("Retrieved from the provider")
        METRIC = "metric", _("Computed by Gilde")
        REPORT = "report", _("Reported and approved")
        REFERENCE = "reference", _("Restated from a document")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="releases")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    published_at = models.DateTimeField(_("published at"))
    retrieved_at = models.DateTimeField(_("retrieved at"))
    source = models.CharField(_("source"), max_length=300)
    url = models.CharField(_("address"), max_length=2000, blank=True)
    document = models.ForeignKey(Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    code_version = models.CharField(_("version of the code"), max_length=60, blank=True)
    by = models.UUIDField(_("published by"), null=True)
    added = models.PositiveIntegerField(_("added"), default=0)
    revised = models.PositiveIntegerField(_("revised"), default=0)
    withdrawn = models.PositiveIntegerField(_("withdrawn"), default=0)

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        ordering = ["-published_at", "-id"]
        indexes = [models.Index(fields=["-published_at"], name="indicators_release_newest")]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.published_at:%Y-%m-%d}"


class Observation(models.Model):
    """One figure: current while `until` is empty. `period` is "2024", "2024-2025" (school year), "2024-Q1", "2024-03".

    `value` is in the unit of the indicator and empty when missing, which the flag ":" says too. `flags` are the
    letters of Eurostat, sorted: b break, c confidential, d definition differs, e estimated, f forecast, i imputed,
    n not significant, p provisional, s Eurostat estimate, u unreliable, z not applicable, ":" missing.
    """

    append_only = "until_id"  # the column that closes a row; see `core.audit.triggers`

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="observations", db_index=False)
    period = models.CharField(_("period"), max_length=10)
    value = models.FloatField(_("value"), null=True, blank=True)
    numerator = models.FloatField(_("numerator"), null=True, blank=True)
    denominator = models.FloatField(_("denominator"), null=True, blank=True)
    flags = models.CharField(_("flags"), max_length=12, blank=True)
    since = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="observations")
    until = models.ForeignKey(
        Release, null=True, on_delete=models.PROTECT, related_name="closed", db_index=False
    )

    class Meta:
        verbose_name = _("observation")
        verbose_name_plural = _("observations")
        ordering = ["series", "period", "since"]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "period"],
                condition=Q(until=None),
                name="indicators_observation_current_once",
            ),
            models.CheckConstraint(
                condition=Q(value=None, flags__contains=":")
                | (Q(value__isnull=False) & ~Q(flags__contains=":")),
                name="indicators_observation_missing_is_flagged",
            ),
        ]
        indexes = [
            models.Index(
                fields=["series", "period"],
                condition=Q(until__isnull=False),
                name="indicators_observation_past",
            ),
            models.Index(
                fields=["until"], condition=Q(until__isnull=False), name="indicators_observation_until"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.period}: {self.value} {self.flags}".strip()
