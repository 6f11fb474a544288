"""Figures that no file brings: typed by officers, or computed by the metrics of Gilde."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gilde.core.models import Document
from gilde.core.reviewed import Reviewed
from gilde.indicators.models.areas import Area
from gilde.indicators.models.definitions import Indicator
from gilde.indicators.models.figures import Release


class ReportedFigure(Reviewed):
    """A figure that an officer reports with its source and evidence; published once somebody else has approved it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="reported")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(_("breakdown"), max_length=300, blank=True)
    period = models.CharField(_("period"), max_length=10)
    value = models.FloatField(_("value"), null=True, blank=True)
    numerator = models.FloatField(_("numerator"), null=True, blank=True)
    denominator = models.FloatField(_("denominator"), null=True, blank=True)
    flags = models.CharField(_("flags"), max_length=12, blank=True)
    source = models.CharField(_("source"), max_length=300)
    url = models.URLField(_("address"), blank=True, max_length=500)
    retrieved_on = models.DateField(_("retrieved on"), null=True, blank=True)
    document = models.ForeignKey(Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=255, blank=True)
    note = models.TextField(_("note"), blank=True)
    release = models.OneToOneField(
        Release, null=True, blank=True, on_delete=models.PROTECT, related_name="report"
    )
    synthetic = models.BooleanField(_("invented"), default=False)

    class Meta(Reviewed.Meta):
        verbose_name = _("reported figure")
        verbose_name_plural = _("reported figures")
        ordering = ["-period", "id"]
        constraints = [
            *Reviewed.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(url="") | Q(document__isnull=False),
                name="indicators_reportedfigure_has_evidence",
            ),
            models.CheckConstraint(
                condition=Q(url="") | Q(retrieved_on__isnull=False),
                name="indicators_reportedfigure_link_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(value=None, flags__contains=":")
                | (Q(value__isnull=False) & ~Q(flags__contains=":")),
                name="indicators_reportedfigure_missing_is_flagged",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.period}: {self.value}"


class MetricRun(models.Model):
    """What became of a metric when it last ran for a period and an area; a failure keeps its sentence."""

    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="runs")
    period = models.CharField(_("period"), max_length=10)
    area = models.CharField(_("area"), max_length=20, blank=True)
    outcome = models.CharField(_("outcome"), max_length=12, help_text=_("As `core.metrics.Outcome`."))
    message = models.TextField(_("message"), blank=True)
    code_version = models.CharField(_("version of the code"), max_length=60)
    ran_at = models.DateTimeField(_("ran at"))
    milliseconds = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("metric run")
        verbose_name_plural = _("metric runs")
        ordering = ["indicator", "-period", "area"]
        constraints = [
            models.UniqueConstraint(fields=["indicator", "period", "area"], name="indicators_metricrun_once")
        ]

    def __str__(self) -> str:
        return f"{self.period} {self.area} {self.outcome}".strip()
