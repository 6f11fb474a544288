"""Joint qualifications: partners from several countries choose a core, add national parts, and share who does what."""

from __future__ import annotations

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gilde.core.text import MultilingualField
from gilde.organisations.public import Organisation
from gilde.qualifications.models.frameworks import Level
from gilde.qualifications.models.outcomes import OutcomeVersion
from gilde.qualifications.models.qualifications import QualificationVersion


class Joint(models.Model):
    """Something built together: a joint qualification, the recognition of a level, or a transfer of credit."""

    class Purpose(models.TextChoices):
        JOINT = "joint", _("Joint qualification")
        LEVEL = "level", _("Recognition of a level")
        CREDIT = "credit", _("Transfer of credit")

    class State(models.TextChoices):
        DRAFT = "draft", _("Being built")
        AGREED = "agreed", _("Agreed by all partners")
        CLOSED = "closed", _("Closed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(max_length=80, unique=True)
    purpose = models.CharField(_("purpose"), max_length=6, choices=Purpose.choices, default=Purpose.JOINT)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.DRAFT)
    title = MultilingualField(_("title"))
    summary = MultilingualField(_("summary"), blank=True)
    eqf = models.PositiveSmallIntegerField(
        _("EQF level aimed at"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(8)],
    )
    lead = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("lead partner")
    )
    governance = MultilingualField(_("how it is governed"), blank=True)
    quality = MultilingualField(_("quality assurance"), blank=True)
    starts = models.DateField(_("from"), null=True, blank=True)
    ends = models.DateField(_("until"), null=True, blank=True)
    agreed_at = models.DateTimeField(_("agreed at"), null=True, blank=True)
    synthetic = models.BooleanField(_("invented"), default=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("joint qualification")
        verbose_name_plural = _("joint qualifications")
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft", agreed_at=None)
                | Q(state="agreed", agreed_at__isnull=False)
                | Q(state="closed"),
                name="qualifications_joint_agreed_is_dated",
            ),
        ]

    def __str__(self) -> str:
        return str(self.title)


class Partner(models.Model):
    """A partner with its national qualification and how its country counts credit."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    joint = models.ForeignKey(Joint, on_delete=models.CASCADE, related_name="partners")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    country = models.CharField(_("country"), max_length=2)
    position = models.PositiveSmallIntegerField(default=0)
    qualification = models.ForeignKey(
        QualificationVersion,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("national qualification"),
    )
    level = models.ForeignKey(
        Level,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("national level"),
    )
    credit_system = models.CharField(_("credit system"), max_length=20, default="ecvet")
    hours_per_credit = models.DecimalField(
        _("hours of learning in one credit point"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    contact = models.CharField(_("contact"), max_length=200, blank=True)
    agreed_by = models.UUIDField(_("agreed by"), null=True, blank=True)
    agreed_at = models.DateTimeField(_("agreed at"), null=True, blank=True)
    agreed_version = models.PositiveIntegerField(_("agreed to version"), null=True, blank=True)

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        ordering = ["joint", "position", "country"]
        constraints = [
            models.UniqueConstraint(fields=["joint", "organisation"], name="qualifications_partner_once"),
            models.CheckConstraint(
                condition=Q(hours_per_credit=None) | Q(hours_per_credit__gt=0),
                name="qualifications_partner_hours",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} ({self.country})"


class JointUnit(models.Model):
    """A unit of the core, or of one partner's national part; with who assesses it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    joint = models.ForeignKey(Joint, on_delete=models.CASCADE, related_name="units")
    position = models.PositiveSmallIntegerField(default=0)
    title = MultilingualField(_("title"))
    national = models.ForeignKey(
        Partner,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="national_units",
        verbose_name=_("national part of"),
        help_text=_("Empty for the common core."),
    )
    hours = models.PositiveIntegerField(_("workload in hours"), null=True, blank=True)
    credit = models.DecimalField(_("credit points"), max_digits=7, decimal_places=2, null=True, blank=True)
    assessed_by = models.ForeignKey(
        Partner,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("assessed by"),
    )
    delivered_by = models.ManyToManyField(Partner, blank=True, related_name="+", verbose_name=_("taught by"))
    assessment = MultilingualField(_("assessment"), blank=True)

    class Meta:
        verbose_name = _("unit of a joint qualification")
        verbose_name_plural = _("units of joint qualifications")
        ordering = ["joint", "position"]

    def __str__(self) -> str:
        return str(self.title)


class JointOutcome(models.Model):
    """An outcome in a unit of a joint qualification."""

    unit = models.ForeignKey(JointUnit, on_delete=models.CASCADE, related_name="outcomes")
    outcome = models.ForeignKey(OutcomeVersion, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("outcome of a joint qualification")
        verbose_name_plural = _("outcomes of joint qualifications")
        ordering = ["unit", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "outcome"], name="qualifications_joint_outcome_once")
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.outcome_id}"
