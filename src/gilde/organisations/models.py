"""Who is who: organisations, and which person does what for which."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gilde.core.text import MultilingualField


class Organisation(models.Model):
    class Kind(models.TextChoices):
        GOVERNMENT = "government", _("Government")
        MINISTRY = "ministry", _("Ministry or department")
        AGENCY = "agency", _("Public agency")
        PES = "pes", _("Public employment service")
        COUNCIL = "council", _("Advisory council or consultation body")
        SOCIAL_PARTNER = "social-partner", _("Social partner")
        SECTOR_BODY = "sector-body", _("Sector body")
        PROVIDER = "provider", _("School or training provider")
        COMPANY = "company", _("Company")
        ASSOCIATION = "association", _("Association")
        RESEARCH = "research", _("Research institution")
        EU_BODY = "eu-body", _("European institution or agency")
        INTERNATIONAL = "international", _("International organisation")
        OTHER = "other", _("Other")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(max_length=80, unique=True)
    name = MultilingualField(_("name"))
    short = models.CharField(_("abbreviation"), max_length=40, blank=True)
    aliases = models.JSONField(
        _("other names"), default=list, blank=True, help_text=_("As documents write them, abbreviations too.")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.OTHER)
    country = models.CharField(
        _("country"), max_length=2, blank=True, help_text=_("ISO 3166-1 code; EU for the Union.")
    )
    website = models.URLField(_("website"), blank=True)
    synthetic = models.BooleanField(_("invented"), default=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["slug"]

    def __str__(self) -> str:
        return str(self.name)


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active(self) -> MembershipQuerySet:
        """Return the memberships that hold today."""
        from gilde.core import clock

        return self.filter(since__lte=clock.today()).filter(Q(until=None) | Q(until__gte=clock.today()))


class Membership(models.Model):
    """A person's role in an organisation, for a time."""

    class Role(models.TextChoices):
        ADMINISTRATOR = "administrator", _("Administrator")
        OFFICER = "officer", _("Policy officer")
        APPROVER = "approver", _("Approver")
        READER = "reader", _("Reader")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["organisation", "user"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation", "role"], name="organisations_membership_once"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="organisations_membership_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()} · {self.organisation}"
