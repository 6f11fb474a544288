"""Learning outcomes, first-class: reused between qualifications, versioned, linked to skills of ESCO."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gilde.core.text import MultilingualField
from gilde.organisations.public import Organisation
from gilde.qualifications.models.classifications import Linked


class Outcome(models.Model):
    """A learning outcome over all its wordings."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(_("code"), max_length=80, blank=True)
    owner = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("kept by")
    )

    class Meta:
        verbose_name = _("learning outcome")
        verbose_name_plural = _("learning outcomes")
        ordering = ["owner", "code", "id"]

    def __str__(self) -> str:
        return self.code or str(self.pk)


class OutcomeVersion(models.Model):
    """One wording of an outcome. Once a recognised qualification holds it, it is fixed and never changes."""

    class Kind(models.TextChoices):
        KNOWLEDGE = "knowledge", _("Knowledge")
        SKILL = "skill", _("Skill")
        AUTONOMY = "autonomy", _("Autonomy and responsibility")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    outcome = models.ForeignKey(Outcome, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"), default=1)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    verb = MultilingualField(_("verb"), blank=True)
    object = MultilingualField(_("object"), blank=True)
    context = MultilingualField(_("context"), blank=True)
    statement = MultilingualField(_("whole sentence"))
    fixed_at = models.DateTimeField(_("fixed at"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("version of a learning outcome")
        verbose_name_plural = _("versions of learning outcomes")
        ordering = ["outcome", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["outcome", "number"], name="qualifications_outcome_version_once")
        ]

    def __str__(self) -> str:
        return str(self.statement)


class OutcomeConcept(Linked):
    """A link from an outcome to a skill of a classification: proposed by matching or a person, then decided."""

    outcome = models.ForeignKey(OutcomeVersion, on_delete=models.CASCADE, related_name="concepts")

    class Meta(Linked.Meta):
        verbose_name = _("link of an outcome")
        verbose_name_plural = _("links of outcomes")
        ordering = ["outcome", "pk"]
        constraints = [
            *Linked.Meta.constraints,
            models.UniqueConstraint(fields=["outcome", "uri"], name="qualifications_outcome_concept_once"),
        ]
        indexes = [models.Index(fields=["uri", "state"], name="qualifications_outcome_uri")]


class ConfirmedPair(models.Model):
    """A text and a concept that a person put together or kept apart; matching learns from these."""

    text = models.CharField(_("text"), max_length=1000)
    language = models.CharField(_("language"), max_length=8)
    uri = models.CharField(_("address of the concept"), max_length=200)
    relation = models.CharField(
        _("relation"), max_length=8, choices=[*Linked.Relation.choices, ("rejected", _("no match"))]
    )
    by = models.UUIDField(_("decided by"), null=True, blank=True)
    at = models.DateTimeField(_("decided at"))

    class Meta:
        verbose_name = _("confirmed pair")
        verbose_name_plural = _("confirmed pairs")
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(
                fields=["text", "language", "uri"], name="qualifications_confirmed_pair_once"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="qualifications_confirmed_pair_text"),
        ]

    def __str__(self) -> str:
        return f"{self.text} – {self.uri}"
