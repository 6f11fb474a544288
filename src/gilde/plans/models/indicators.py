"""Which figures prove what: indicators linked to the measures of plans and to the provisions of instruments."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from gilde.core.text import MultilingualField
from gilde.indicators.public import Indicator
from gilde.plans.models.instruments import Provision
from gilde.plans.models.plans import Measure


class MeasureIndicator(models.Model):
    """An indicator whose figures show whether a measure works.

    `area` is the code of the area whose figures count, such as BE2; empty means the country of the plan, and for a
    plan without a country the areas for which the targets of the indicator were issued.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="indicator_links")
    indicator = models.ForeignKey(
        Indicator, on_delete=models.PROTECT, related_name="measure_links", verbose_name=_("indicator")
    )
    area = models.CharField(_("area"), max_length=20, blank=True)
    note = MultilingualField(
        _("what it shows here"), blank=True, help_text=_("Where its scope differs from that of the measure.")
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("indicator of a measure")
        verbose_name_plural = _("indicators of measures")
        ordering = ["measure", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "indicator", "area"], name="plans_measureindicator_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.measure_id} {self.indicator_id} {self.area}".strip()


class ProvisionIndicator(models.Model):
    """An indicator with which a provision of an instrument can be measured, whoever answers it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provision = models.ForeignKey(Provision, on_delete=models.CASCADE, related_name="indicator_links")
    indicator = models.ForeignKey(
        Indicator, on_delete=models.PROTECT, related_name="provision_links", verbose_name=_("indicator")
    )

    class Meta:
        verbose_name = _("indicator of a provision")
        verbose_name_plural = _("indicators of provisions")
        ordering = ["provision", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["provision", "indicator"], name="plans_provisionindicator_once")
        ]

    def __str__(self) -> str:
        return f"{self.provision_id} {self.indicator_id}"
