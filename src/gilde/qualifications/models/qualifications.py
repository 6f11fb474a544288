"""Qualifications: professional, educational, micro-credentials, joint ones; each in versions, units and outcomes."""

from __future__ import annotations

import uuid

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gilde.core.text import MultilingualField
from gilde.organisations.public import Organisation
from gilde.qualifications.models.classifications import Linked
from gilde.qualifications.models.frameworks import Element, Framework, Level
from gilde.qualifications.models.outcomes import OutcomeVersion
from gilde.qualifications.models.procedures import Procedure
from gilde.qualifications.models.profiles import Profile


class Qualification(models.Model):
    """A qualification over all its versions."""

    class Kind(models.TextChoices):
        PROFESSIONAL = "professional", _("Professional qualification")
        EDUCATIONAL = "educational", _("Educational qualification")
        MICRO = "micro-credential", _("Micro-credential")
        JOINT = "joint", _("Joint qualification")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.SlugField(_("code"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.PROFESSIONAL)
    owner = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("drafted by")
    )
    country = models.CharField(_("country"), max_length=2, blank=True)
    sector = models.CharField(_("sector"), max_length=40, blank=True)
    origin = models.URLField(
        _("address in its own register"),
        max_length=300,
        blank=True,
        help_text=_("When it was taken over from elsewhere."),
    )
    synthetic = models.BooleanField(_("invented"), default=False)

    class Meta:
        verbose_name = _("qualification")
        verbose_name_plural = _("qualifications")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class State(models.TextChoices):
    """Where a file stands. Which of these a country uses, and who moves it, says its procedure."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    IN_VALIDATION = "in-validation", _("In validation")
    RETURNED = "returned", _("Returned")
    REJECTED = "rejected", _("Rejected")
    VALIDATED = "validated", _("Validated")
    LEVELLING_QUALITATIVE = "levelling-qualitative", _("Levelling: judging")
    LEVELLING_POINTS = "levelling-points", _("Levelling: points")
    DISPUTED = "disputed", _("Level disputed")
    LEVELLED = "levelled", _("Levelled")
    QUALITY_CHECK = "quality-check", _("Quality check")
    SENT_FOR_RECOGNITION = "sent-for-recognition", _("Sent for recognition")
    RECOGNISED = "recognised", _("Recognised")
    REGISTERED = "registered", _("Registered")
    UNDER_REVIEW = "under-review", _("Under review")
    SUPERSEDED = "superseded", _("Superseded")
    WITHDRAWN = "withdrawn", _("Withdrawn")


EDITABLE = frozenset({State.DRAFT, State.RETURNED})
ON_REGISTER = frozenset({State.REGISTERED, State.UNDER_REVIEW})
FIXED = frozenset({State.RECOGNISED, State.REGISTERED, State.UNDER_REVIEW, State.SUPERSEDED})
PUBLIC = FIXED
_LEVELLED = frozenset({State.LEVELLED, State.QUALITY_CHECK, State.SENT_FOR_RECOGNITION, *FIXED})


class QualificationVersion(models.Model):
    """One version of a qualification: the file that walks from draft to registered, and then stays as it is."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    qualification = models.ForeignKey(Qualification, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"), default=1)
    state = models.CharField(_("state"), max_length=24, choices=State.choices, default=State.DRAFT)
    procedure = models.ForeignKey(
        Procedure,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("procedure"),
    )
    title = MultilingualField(_("title"))
    summary = MultilingualField(_("summary"), blank=True)
    framework = models.ForeignKey(
        Framework,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("framework"),
    )
    level = models.ForeignKey(
        Level, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("level")
    )
    isced_f = models.JSONField(
        _("fields of education"), default=list, blank=True, help_text=_("Codes of ISCED-F 2013.")
    )
    nace = models.JSONField(_("economic activities"), default=list, blank=True, help_text=_("Codes of NACE."))
    hours = models.PositiveIntegerField(
        _("workload in hours"), null=True, blank=True, help_text=_("Of a learner, in all.")
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
    assessment_type = models.CharField(_("type of assessment"), max_length=30, blank=True)
    participation = models.JSONField(_("forms of participation"), default=list, blank=True)
    quality = MultilingualField(_("quality assurance"), blank=True)
    languages = models.JSONField(_("languages"), default=list, blank=True)
    profiles = models.ManyToManyField(
        Profile, blank=True, related_name="qualifications", verbose_name=_("occupational profiles")
    )
    awarding = models.ManyToManyField(
        Organisation, blank=True, related_name="+", verbose_name=_("awarding bodies")
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    state_since = models.DateTimeField(_("in this state since"), null=True, blank=True)
    recognised_at = models.DateTimeField(_("recognised at"), null=True, blank=True)
    registered_at = models.DateTimeField(_("registered at"), null=True, blank=True)
    review_due = models.DateField(_("review due"), null=True, blank=True)
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("version of a qualification")
        verbose_name_plural = _("versions of qualifications")
        ordering = ["qualification", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["qualification", "number"], name="qualifications_version_once"),
            models.UniqueConstraint(
                fields=["qualification"],
                condition=Q(state__in=[State.REGISTERED, State.UNDER_REVIEW]),
                name="qualifications_one_version_on_the_register",
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_from=None) | Q(valid_until__gte=F("valid_from")),
                name="qualifications_version_ends_after_start",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(_LEVELLED)) | Q(level__isnull=False),
                name="qualifications_levelled_has_a_level",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(FIXED), recognised_at__isnull=False)
                | Q(state=State.WITHDRAWN)
                | (~Q(state__in=sorted({*FIXED, State.WITHDRAWN})) & Q(recognised_at=None)),
                name="qualifications_recognised_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[State.REGISTERED, State.UNDER_REVIEW, State.SUPERSEDED],
                    registered_at__isnull=False,
                )
                | Q(state=State.WITHDRAWN)
                | (
                    ~Q(state__in=[State.REGISTERED, State.UNDER_REVIEW, State.SUPERSEDED, State.WITHDRAWN])
                    & Q(registered_at=None)
                ),
                name="qualifications_registered_is_dated",
            ),
        ]
        indexes = [models.Index(fields=["state", "state_since"], name="qualifications_version_state")]

    def __str__(self) -> str:
        return str(self.title)


class Unit(models.Model):
    """A unit of learning outcomes. `partial`: it is awarded alone, as a partial qualification."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(
        QualificationVersion, on_delete=models.CASCADE, related_name="units", verbose_name=_("qualification")
    )
    position = models.PositiveSmallIntegerField(default=0)
    code = models.CharField(_("code"), max_length=40, blank=True)
    title = MultilingualField(_("title"))
    summary = MultilingualField(_("summary"), blank=True)
    hours = models.PositiveIntegerField(_("workload in hours"), null=True, blank=True)
    credit = models.DecimalField(
        _("credit points"),
        max_digits=7,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    partial = models.BooleanField(_("awarded alone, as a partial qualification"), default=False)
    optional = models.BooleanField(_("optional"), default=False)
    assessment = MultilingualField(_("assessment"), blank=True)

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["version", "position", "code"]

    def __str__(self) -> str:
        return str(self.title)


class UnitOutcome(models.Model):
    """An outcome in a unit."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="outcomes")
    outcome = models.ForeignKey(OutcomeVersion, on_delete=models.PROTECT, related_name="uses")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("outcome in a unit")
        verbose_name_plural = _("outcomes in units")
        ordering = ["unit", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "outcome"], name="qualifications_unit_outcome_once")
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.outcome_id}"


class Prerequisite(models.Model):
    """What one needs before: in words, and as the qualification where it is one."""

    version = models.ForeignKey(QualificationVersion, on_delete=models.CASCADE, related_name="prerequisites")
    position = models.PositiveSmallIntegerField(default=0)
    text = MultilingualField(_("text"))
    qualification = models.ForeignKey(
        Qualification, null=True, blank=True, on_delete=models.PROTECT, related_name="leads_to"
    )

    class Meta:
        verbose_name = _("prerequisite")
        verbose_name_plural = _("prerequisites")
        ordering = ["version", "position", "pk"]

    def __str__(self) -> str:
        return str(self.text)


class QualificationConcept(Linked):
    """A link from a version of a qualification to an occupation."""

    version = models.ForeignKey(QualificationVersion, on_delete=models.CASCADE, related_name="concepts")

    class Meta(Linked.Meta):
        verbose_name = _("link of a qualification")
        verbose_name_plural = _("links of qualifications")
        ordering = ["version", "pk"]
        constraints = [
            *Linked.Meta.constraints,
            models.UniqueConstraint(
                fields=["version", "uri"], name="qualifications_qualification_concept_once"
            ),
        ]


class ElementLevel(models.Model):
    """The level of a version on one descriptor element, as its levelling ended."""

    version = models.ForeignKey(QualificationVersion, on_delete=models.CASCADE, related_name="elements")
    element = models.ForeignKey(Element, on_delete=models.PROTECT, related_name="+")
    level = models.ForeignKey(Level, on_delete=models.PROTECT, related_name="+")
    ground = models.TextField(_("ground"), blank=True)

    class Meta:
        verbose_name = _("level on an element")
        verbose_name_plural = _("levels on elements")
        ordering = ["version", "element"]
        constraints = [
            models.UniqueConstraint(fields=["version", "element"], name="qualifications_element_level_once")
        ]

    def __str__(self) -> str:
        return f"{self.element} {self.level}"
