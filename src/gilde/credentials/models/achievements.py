"""What can be awarded: a template per achievement, tied to a qualification where there is one."""

from __future__ import annotations

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from gilde.core.text import MultilingualField
from gilde.credentials.models.issuers import Issuer
from gilde.qualifications.public import QualificationVersion


class Kind(models.TextChoices):
    """The kinds of award; the same codes as `facts.Kind`."""

    DIPLOMA = "diploma", _("Diploma")
    CERTIFICATE = "certificate", _("Certificate")
    PARTIAL = "partial-qualification", _("Partial qualification")
    EXPERIENCE = "certificate-of-experience", _("Certificate of experience")
    MICRO = "micro-credential", _("Micro-credential")
    SUPPLEMENT = "supplement", _("Supplement")


class Achievement(models.Model):
    """A template: everything of an award but who, when and how well."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    issuer = models.ForeignKey(
        Issuer, on_delete=models.PROTECT, related_name="achievements", verbose_name=_("issuer")
    )
    code = models.SlugField(_("code"), max_length=80, help_text=_("As rows of a batch name it."))
    kind = models.CharField(_("kind"), max_length=30, choices=Kind.choices, default=Kind.CERTIFICATE)
    title = MultilingualField(_("title"))
    description = MultilingualField(_("description"), blank=True)
    criteria = MultilingualField(
        _("criteria"), blank=True, help_text=_("What somebody does to be awarded this.")
    )
    qualification = models.ForeignKey(
        QualificationVersion,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("qualification"),
    )
    framework = models.CharField(_("framework"), max_length=300, blank=True)
    level = models.CharField(_("level"), max_length=20, blank=True)
    eqf = models.PositiveSmallIntegerField(
        _("EQF level"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(8)]
    )
    hours = models.DecimalField(
        _("workload in hours"),
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    credit = models.DecimalField(
        _("credit points"),
        max_digits=7,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    credit_system = models.CharField(_("credit system"), max_length=20, blank=True)
    assessment = MultilingualField(_("assessment"), blank=True)
    assessment_method = models.CharField(_("method of assessment"), max_length=120, blank=True)
    fields_of_study = models.JSONField(
        _("fields of education"), default=list, blank=True, help_text=_("Codes of ISCED-F 2013.")
    )
    language = models.CharField(_("language"), max_length=8, default="en")
    valid_months = models.PositiveSmallIntegerField(
        _("valid for, in months"), null=True, blank=True, help_text=_("Empty: it does not expire.")
    )
    closed_at = models.DateTimeField(_("no longer awarded since"), null=True, blank=True)
    synthetic = models.BooleanField(_("invented"), default=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("achievement")
        verbose_name_plural = _("achievements")
        ordering = ["issuer", "code"]
        constraints = [
            models.UniqueConstraint(fields=["issuer", "code"], name="credentials_achievement_once"),
        ]

    def __str__(self) -> str:
        return str(self.title)


class AchievementOutcome(models.Model):
    """A learning outcome of an achievement; `uri` is that of the qualification's outcome where it has one."""

    class Kind(models.TextChoices):
        KNOWLEDGE = "knowledge", _("Knowledge")
        SKILL = "skill", _("Skill")
        AUTONOMY = "autonomy", _("Responsibility and autonomy")

    achievement = models.ForeignKey(Achievement, on_delete=models.CASCADE, related_name="outcomes")
    position = models.PositiveSmallIntegerField(_("position"))
    uri = models.CharField(_("address"), max_length=300)
    title = MultilingualField(_("title"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, blank=True)
    skills = models.JSONField(_("ESCO skills"), default=list, blank=True)

    class Meta:
        verbose_name = _("learning outcome")
        verbose_name_plural = _("learning outcomes")
        ordering = ["achievement", "position"]
        constraints = [
            models.UniqueConstraint(fields=["achievement", "uri"], name="credentials_outcome_once"),
        ]

    def __str__(self) -> str:
        return str(self.title)
