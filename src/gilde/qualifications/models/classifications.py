"""Reference classifications, several editions of one side by side: ESCO, ISCO-08, ISCED-F 2013, NACE."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gilde.core.text import MultilingualField


class Scheme(models.Model):
    """A classification that others keep, such as ESCO. What is linked to it is linked by URI, loaded or not."""

    code = models.SlugField(_("code"), max_length=30, primary_key=True)
    name = MultilingualField(_("name"))
    uri = models.URLField(_("address"), max_length=200, blank=True)
    publisher = models.CharField(_("kept by"), max_length=200, blank=True)
    licence = models.CharField(_("licence"), max_length=200, blank=True)
    note = MultilingualField(_("note"), blank=True)

    class Meta:
        verbose_name = _("classification")
        verbose_name_plural = _("classifications")
        ordering = ["code"]

    def __str__(self) -> str:
        return str(self.name)


class SchemeEdition(models.Model):
    """One version of a classification, as loaded. The current one is what pages and matching offer."""

    class State(models.TextChoices):
        LOADING = "loading", _("Being loaded")
        LOADED = "loaded", _("Loaded")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    scheme = models.ForeignKey(Scheme, on_delete=models.CASCADE, related_name="editions")
    number = models.CharField(_("version"), max_length=20)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.LOADING)
    current = models.BooleanField(_("in use"), default=False)
    languages = models.JSONField(_("languages"), default=list, blank=True)
    parts = models.JSONField(
        _("files"),
        default=list,
        blank=True,
        help_text=_("Names and SHA-256 of the files it was loaded from."),
    )
    concept_count = models.PositiveIntegerField(_("concepts"), default=0)
    relation_count = models.PositiveIntegerField(_("relations"), default=0)
    loaded_at = models.DateTimeField(_("loaded at"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("edition of a classification")
        verbose_name_plural = _("editions of classifications")
        ordering = ["scheme", "number"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "number"], name="qualifications_edition_once"),
            models.UniqueConstraint(
                fields=["scheme"], condition=Q(current=True), name="qualifications_one_current_edition"
            ),
            models.CheckConstraint(
                condition=Q(state="loading", loaded_at=None) | Q(state="loaded", loaded_at__isnull=False),
                name="qualifications_edition_loaded_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(current=False) | Q(state="loaded"), name="qualifications_current_is_loaded"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme} {self.number}"


class Concept(models.Model):
    """A skill, occupation, group or field of one edition. `terms` holds other names by language: {"nl": […]}."""

    edition = models.ForeignKey(SchemeEdition, on_delete=models.CASCADE, related_name="concepts")
    uri = models.CharField(_("address"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20)
    code = models.CharField(_("code"), max_length=40, blank=True)
    label = MultilingualField(_("name"))
    terms = models.JSONField(_("other names"), default=dict, blank=True)
    description = MultilingualField(_("description"), blank=True)
    status = models.CharField(_("status"), max_length=20, default="released")
    skill_type = models.CharField(_("type of skill"), max_length=20, blank=True)
    reuse = models.CharField(_("how widely used"), max_length=30, blank=True)
    regulated = models.BooleanField(_("regulated"), null=True, blank=True)
    replaced_by = models.JSONField(_("replaced by"), default=list, blank=True)
    member_of = models.JSONField(_("collections"), default=list, blank=True)

    class Meta:
        verbose_name = _("concept")
        verbose_name_plural = _("concepts")
        ordering = ["edition", "kind", "code", "pk"]
        constraints = [models.UniqueConstraint(fields=["edition", "uri"], name="qualifications_concept_once")]
        indexes = [
            models.Index(fields=["uri"], name="qualifications_concept_uri"),
            models.Index(fields=["edition", "kind", "code"], name="qualifications_concept_kind"),
        ]

    def __str__(self) -> str:
        return str(self.label)


class ConceptRelation(models.Model):
    """How two concepts of one edition relate. "broader": the target is; "essential": the occupation needs it."""

    class Kind(models.TextChoices):
        BROADER = "broader", _("is narrower than")
        ESSENTIAL = "essential", _("essential for")
        OPTIONAL = "optional", _("optional for")
        RELATED = "related", _("related to")

    source = models.ForeignKey(Concept, on_delete=models.CASCADE, related_name="relations")
    target = models.ForeignKey(Concept, on_delete=models.CASCADE, related_name="relations_to")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)

    class Meta:
        verbose_name = _("relation of concepts")
        verbose_name_plural = _("relations of concepts")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "target", "kind"], name="qualifications_concept_relation_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.kind} {self.target_id}"


class Linked(models.Model):
    """A link from something of ours to a concept, by URI, so that it holds without the classification loaded.

    `relation` is read from ours: "broad" means that the concept is broader. `label` is as it was when linked.
    """

    class Relation(models.TextChoices):
        EXACT = "exact", _("exact match")
        CLOSE = "close", _("close match")
        BROAD = "broad", _("the concept is broader")
        NARROW = "narrow", _("the concept is narrower")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        CONFIRMED = "confirmed", _("Confirmed")
        REJECTED = "rejected", _("Rejected")

    uri = models.CharField(_("address of the concept"), max_length=200)
    label = MultilingualField(_("name of the concept"), blank=True)
    scheme = models.CharField(_("classification"), max_length=30, default="esco")
    edition = models.CharField(_("version of the classification"), max_length=20, blank=True)
    relation = models.CharField(_("relation"), max_length=8, choices=Relation.choices, default=Relation.EXACT)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PROPOSED)
    confidence = models.DecimalField(
        _("confidence"), max_digits=4, decimal_places=3, null=True, blank=True, help_text=_("From 0 to 1.")
    )
    confirmed_by = models.UUIDField(_("confirmed by"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(state="proposed", confirmed_at=None)
                | Q(state__in=["confirmed", "rejected"], confirmed_at__isnull=False),
                name="%(app_label)s_%(class)s_decided_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(confidence=None) | Q(confidence__gte=0, confidence__lte=1),
                name="%(app_label)s_%(class)s_confidence",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.relation} {self.uri}"
