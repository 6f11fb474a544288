"""Study programmes: a matrix of finality, form and domain; where they are offered and lead, who follows them."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gilde.core.text import MultilingualField
from gilde.indicators.public import Area
from gilde.organisations.public import Organisation
from gilde.qualifications.models.qualifications import Qualification


class Programme(models.Model):
    """A study programme. Finality, form and domain are codes of a matrix, see `data/matrices/`.

    School years are named by the year in which they begin. When it is due for screening is computed, see `due.py`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.SlugField(_("code"), max_length=80, unique=True)
    matrix = models.SlugField(_("matrix"), max_length=40, help_text=_("Which country's matrix it stands in."))
    title = MultilingualField(_("title"))
    summary = MultilingualField(_("summary"), blank=True)
    owner = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("kept by")
    )
    finality = models.SlugField(_("finality"), max_length=30)
    form = models.SlugField(_("form"), max_length=30)
    domain = models.SlugField(_("domain"), max_length=30)
    grade = models.SlugField(_("grade"), max_length=20, blank=True)
    years = models.DecimalField(_("length in years"), max_digits=3, decimal_places=1, null=True, blank=True)
    created_in = models.PositiveSmallIntegerField(
        _("first school year"), help_text=_("The year in which that school year begins.")
    )
    ended_in = models.PositiveSmallIntegerField(_("last school year"), null=True, blank=True)
    last_screened = models.PositiveSmallIntegerField(_("last screened in school year"), null=True, blank=True)
    leads_to = models.ManyToManyField(
        Qualification, blank=True, related_name="programmes", verbose_name=_("leads to")
    )
    synthetic = models.BooleanField(_("invented"), default=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ["code"]
        indexes = [
            models.Index(
                fields=["matrix", "domain", "finality", "form"], name="qualifications_programme_cell"
            )
        ]

    def __str__(self) -> str:
        return str(self.title)


class Offer(models.Model):
    """Where a programme can be followed: a provider, at one of its sites, in an area."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="offers")
    provider = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("provider")
    )
    site = models.CharField(_("site"), max_length=120, blank=True)
    place = models.CharField(_("place"), max_length=80)
    area = models.ForeignKey(
        Area, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("area")
    )
    website = models.URLField(_("website"), blank=True)
    since = models.PositiveSmallIntegerField(_("from school year"), null=True, blank=True)
    until = models.PositiveSmallIntegerField(_("to school year"), null=True, blank=True)

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        ordering = ["programme", "place", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "provider", "place", "site"], name="qualifications_offer_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} {self.place}"


class Enrolment(models.Model):
    """How many learners followed a programme in a school year, at one offer or in all."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="enrolments")
    offer = models.ForeignKey(
        Offer, null=True, blank=True, on_delete=models.CASCADE, related_name="enrolments"
    )
    school_year = models.PositiveSmallIntegerField(_("school year"))
    learners = models.PositiveIntegerField(_("learners"))
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        ordering = ["programme", "school_year"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "school_year"],
                condition=Q(offer=None),
                name="qualifications_enrolment_in_all_once",
            ),
            models.UniqueConstraint(
                fields=["programme", "offer", "school_year"],
                condition=Q(offer__isnull=False),
                name="qualifications_enrolment_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} {self.school_year}: {self.learners}"
