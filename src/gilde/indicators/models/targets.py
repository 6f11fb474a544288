"""What is to be reached, who said so, and how it stands."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gilde.core.text import MultilingualField
from gilde.indicators.models.areas import Area
from gilde.indicators.models.definitions import Indicator
from gilde.indicators.models.figures import Release


class Status(models.TextChoices):
    """How an indicator stands against a target; the rules are in `data/judgement.yaml`."""

    REACHED = "reached", _("reached")
    ON_TRACK = "on-track", _("on track")
    TOO_SLOW = "too-slow", _("progress too slow")
    NO_PROGRESS = "no-progress", _("no progress")
    MOVING_AWAY = "moving-away", _("moving away")
    CANNOT_TELL = "cannot-tell", _("cannot tell")


class Target(models.Model):
    """A value to be reached in a year, with the instrument that issued it. Several may coexist."""

    class Comparison(models.TextChoices):
        AT_LEAST = "at-least", _("at least")
        AT_MOST = "at-most", _("at most")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="targets")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="targets")
    key = models.CharField(_("breakdown"), max_length=300, blank=True)
    value = models.FloatField(_("value"))
    comparison = models.CharField(
        _("comparison"), max_length=10, choices=Comparison.choices, default=Comparison.AT_LEAST
    )
    year = models.PositiveSmallIntegerField(_("year"))
    baseline_year = models.PositiveSmallIntegerField(
        _("counted from the year"), null=True, blank=True, help_text=_("Where the instrument names one.")
    )
    instrument = MultilingualField(_("instrument that issued it"))
    instrument_code = models.SlugField(_("code of the instrument"), max_length=60, blank=True)
    issued_year = models.PositiveSmallIntegerField(_("issued in"))
    source = models.CharField(_("source"), max_length=300)
    source_url = models.URLField(_("address"), blank=True, max_length=500)
    scope_note = MultilingualField(
        _("where its scope differs"),
        blank=True,
        help_text=_("Said when the target counts others than the indicator does: then nobody can tell."),
    )
    withdrawn = models.BooleanField(_("no longer holds"), default=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        ordering = ["indicator", "area", "year"]

    def __str__(self) -> str:
        return f"{self.get_comparison_display()} {self.value:g} · {self.year}"


class Judgement(models.Model):
    """A person's judgement of how an area stands against a target: signed, shown as such, and append-only.

    The newest one of a target and area counts, until it is taken back (an empty `status`) or until figures are
    published after `figures_until`, when the page says that it is older than the figures.
    """

    append_only = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    target = models.ForeignKey(Target, on_delete=models.PROTECT, related_name="judgements")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, blank=True)
    ground = models.TextField(_("ground"))
    figures_until = models.ForeignKey(Release, null=True, on_delete=models.PROTECT, related_name="+")
    by = models.UUIDField(_("signed by"), null=True)
    at = models.DateTimeField(_("signed at"))

    class Meta:
        verbose_name = _("judgement")
        verbose_name_plural = _("judgements")
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(condition=~Q(ground=""), name="indicators_judgement_has_ground")
        ]

    def __str__(self) -> str:
        return f"{self.target_id} {self.status}"


class Standing(models.Model):
    """How an area stood against a target after the last release: kept so that a change can be noticed and told."""

    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="standings")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(_("status"), max_length=12, choices=Status.choices)
    before = models.CharField(_("status before"), max_length=12, choices=Status.choices, blank=True)
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("standing")
        verbose_name_plural = _("standings")
        ordering = ["target", "area"]
        constraints = [models.UniqueConstraint(fields=["target", "area"], name="indicators_standing_once")]

    def __str__(self) -> str:
        return f"{self.target_id} {self.area_id} {self.status}"
