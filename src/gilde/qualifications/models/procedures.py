"""How a country makes qualifications: the steps, the bodies and the committees, all as data."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gilde.core.text import MultilingualField
from gilde.organisations.public import Organisation


class Procedure(models.Model):
    """A procedure by law or agreement. `steps` is the table of transitions; see `procedures.py` for its form."""

    code = models.SlugField(_("code"), max_length=60, primary_key=True)
    name = MultilingualField(_("name"))
    country = models.CharField(_("country"), max_length=2, blank=True)
    framework = models.SlugField(_("framework"), max_length=20)
    steps = models.JSONField(_("steps"))
    levelling = models.JSONField(_("levelling"), default=dict, blank=True)
    review_years = models.PositiveSmallIntegerField(_("years until review"), null=True, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=300)

    class Meta:
        verbose_name = _("procedure")
        verbose_name_plural = _("procedures")
        ordering = ["code"]

    def __str__(self) -> str:
        return str(self.name)


class ProcedureBody(models.Model):
    """An organisation that acts in a procedure under a word of its own: "agency", "government"."""

    procedure = models.ForeignKey(Procedure, on_delete=models.CASCADE, related_name="bodies")
    code = models.SlugField(_("code"), max_length=30)
    name = MultilingualField(_("name"))
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("body of a procedure")
        verbose_name_plural = _("bodies of procedures")
        ordering = ["procedure", "code"]
        constraints = [models.UniqueConstraint(fields=["procedure", "code"], name="qualifications_body_once")]

    def __str__(self) -> str:
        return str(self.name)


class Committee(models.Model):
    """A committee of a procedure: who sits on it, how many must take part, and how it decides."""

    class Rule(models.TextChoices):
        CONSENSUS = "consensus", _("Nobody against")
        MAJORITY = "majority", _("More for than against")
        TWO_THIRDS = "two-thirds", _("At least two thirds of the votes cast for")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    procedure = models.ForeignKey(Procedure, on_delete=models.CASCADE, related_name="committees")
    code = models.SlugField(_("code"), max_length=30)
    name = MultilingualField(_("name"))
    quorum = models.PositiveSmallIntegerField(
        _("quorum"), help_text=_("How many members with a vote must take part.")
    )
    rule = models.CharField(_("decides by"), max_length=12, choices=Rule.choices, default=Rule.CONSENSUS)
    source = models.CharField(_("source"), max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("committee")
        verbose_name_plural = _("committees")
        ordering = ["procedure", "code"]
        constraints = [
            models.UniqueConstraint(fields=["procedure", "code"], name="qualifications_committee_once"),
            models.CheckConstraint(condition=Q(quorum__gte=1), name="qualifications_committee_quorum"),
        ]

    def __str__(self) -> str:
        return str(self.name)


class Member(models.Model):
    """A person's seat on a committee, for a time. `votes` is the weight of the vote, 0 for who only advises."""

    class Role(models.TextChoices):
        CHAIR = "chair", _("Chair")
        MEMBER = "member", _("Member")
        SECRETARY = "secretary", _("Secretary")

    committee = models.ForeignKey(Committee, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="seats")
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("for")
    )
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.MEMBER)
    votes = models.PositiveSmallIntegerField(_("votes"), default=1)
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("member of a committee")
        verbose_name_plural = _("members of committees")
        ordering = ["committee", "role", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["committee", "user"], name="qualifications_member_once"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="qualifications_member_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"
