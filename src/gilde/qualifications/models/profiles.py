"""Occupational profiles: what people in an occupation do, know, can and are like, in versions."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gilde.core.text import MultilingualField
from gilde.organisations.public import Organisation
from gilde.qualifications.models.classifications import Linked


class Profile(models.Model):
    """An occupation as its keeper describes it, over all versions of the description."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.SlugField(_("code"), max_length=80, unique=True)
    owner = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("kept by")
    )
    synthetic = models.BooleanField(_("invented"), default=False)

    class Meta:
        verbose_name = _("occupational profile")
        verbose_name_plural = _("occupational profiles")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class ProfileVersion(models.Model):
    """One version of a profile. Once published it never changes; a newer one supersedes it."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        SUPERSEDED = "superseded", _("Superseded")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.DRAFT)
    title = MultilingualField(_("title"))
    summary = MultilingualField(_("summary"), blank=True)
    context = MultilingualField(_("context of the work"), blank=True)
    regulated = models.BooleanField(_("regulated occupation"), null=True, blank=True)
    regulation = MultilingualField(_("by which rule"), blank=True)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("version of a profile")
        verbose_name_plural = _("versions of profiles")
        ordering = ["profile", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["profile", "number"], name="qualifications_profile_version_once"),
            models.UniqueConstraint(
                fields=["profile"],
                condition=Q(state="published"),
                name="qualifications_one_published_profile",
            ),
            models.UniqueConstraint(
                fields=["profile"], condition=Q(state="draft"), name="qualifications_one_draft_profile"
            ),
            models.CheckConstraint(
                condition=Q(state="draft", published_at=None)
                | Q(state__in=["published", "superseded", "withdrawn"], published_at__isnull=False),
                name="qualifications_profile_published_is_dated",
            ),
        ]

    def __str__(self) -> str:
        return str(self.title)


class ProfileItem(models.Model):
    """One activity, piece of knowledge, skill or attitude of a profile."""

    class Kind(models.TextChoices):
        ACTIVITY = "activity", _("Activity")
        KNOWLEDGE = "knowledge", _("Knowledge")
        SKILL = "skill", _("Skill")
        ATTITUDE = "attitude", _("Attitude")

    version = models.ForeignKey(ProfileVersion, on_delete=models.CASCADE, related_name="items")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    position = models.PositiveSmallIntegerField(default=0)
    text = MultilingualField(_("text"))

    class Meta:
        verbose_name = _("item of a profile")
        verbose_name_plural = _("items of profiles")
        ordering = ["version", "kind", "position", "pk"]

    def __str__(self) -> str:
        return str(self.text)


class ProfileConcept(Linked):
    """A link from a profile to an occupation of a classification."""

    version = models.ForeignKey(ProfileVersion, on_delete=models.CASCADE, related_name="concepts")

    class Meta(Linked.Meta):
        verbose_name = _("link of a profile")
        verbose_name_plural = _("links of profiles")
        ordering = ["version", "pk"]
        constraints = [
            *Linked.Meta.constraints,
            models.UniqueConstraint(fields=["version", "uri"], name="qualifications_profile_concept_once"),
        ]
