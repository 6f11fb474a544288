"""How micro-credentials stack into a qualification: what a set of them is worth."""

from __future__ import annotations

import uuid

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gilde.core.text import MultilingualField
from gilde.qualifications.models.qualifications import Qualification, QualificationVersion, Unit


class StackRule(models.Model):
    """A rule: who holds enough of these micro-credentials has a unit, or an amount of credit, of a qualification.

    Enough is at least `minimum_count` of them and at least `minimum_credit` points together, none older than
    `max_age_years`. Worth is the unit where one is named, else `worth` points, never more than was brought.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(QualificationVersion, on_delete=models.CASCADE, related_name="stack_rules")
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.CASCADE, related_name="stack_rules"
    )
    position = models.PositiveSmallIntegerField(default=0)
    title = MultilingualField(_("title"))
    micro_credentials = models.ManyToManyField(Qualification, related_name="stacks")
    minimum_count = models.PositiveSmallIntegerField(
        _("at least so many"), default=1, validators=[MinValueValidator(1)]
    )
    minimum_credit = models.DecimalField(
        _("at least so many points"), max_digits=7, decimal_places=2, null=True, blank=True
    )
    max_age_years = models.PositiveSmallIntegerField(_("none older than years"), null=True, blank=True)
    worth = models.DecimalField(_("worth in points"), max_digits=7, decimal_places=2, null=True, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("stacking rule")
        verbose_name_plural = _("stacking rules")
        ordering = ["version", "position"]
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=False) | Q(worth__isnull=False),
                name="qualifications_stack_has_a_worth",
            ),
            models.CheckConstraint(
                condition=Q(minimum_count__gte=1), name="qualifications_stack_minimum_count"
            ),
        ]

    def __str__(self) -> str:
        return str(self.title)
