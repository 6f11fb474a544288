"""Qualifications frameworks: levels, descriptors, and how they are referenced to the EQF."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gilde.core.text import MultilingualField


class Framework(models.Model):
    """A national or European framework. The list is data, see `data/frameworks/`."""

    code = models.SlugField(_("code"), max_length=20, primary_key=True)
    name = MultilingualField(_("name"))
    country = models.CharField(
        _("country"), max_length=2, blank=True, help_text=_("ISO 3166-1 code; EU for the Union.")
    )
    note = MultilingualField(_("what it covers"), blank=True)
    referenced_on = models.DateField(_("referenced to the EQF on"), null=True, blank=True)
    referencing_report = models.URLField(_("referencing report"), max_length=300, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=300)

    class Meta:
        verbose_name = _("framework")
        verbose_name_plural = _("frameworks")
        ordering = ["code"]

    def __str__(self) -> str:
        return str(self.name)


class Level(models.Model):
    """A level of a framework, with the EQF level that it corresponds to."""

    framework = models.ForeignKey(Framework, on_delete=models.CASCADE, related_name="levels")
    position = models.PositiveSmallIntegerField(_("order"))
    code = models.CharField(_("code"), max_length=20)
    name = MultilingualField(_("name"))
    summary = MultilingualField(_("what one can do at this level"), blank=True)
    eqf = models.PositiveSmallIntegerField(
        _("EQF level"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(8)]
    )
    uri = models.CharField(_("address in the European list"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("level")
        verbose_name_plural = _("levels")
        ordering = ["framework", "position"]
        constraints = [
            models.UniqueConstraint(fields=["framework", "code"], name="qualifications_level_once"),
            models.CheckConstraint(
                condition=Q(eqf=None) | Q(eqf__gte=1, eqf__lte=8), name="qualifications_level_eqf"
            ),
        ]

    def __str__(self) -> str:
        return str(self.name)


class Element(models.Model):
    """A descriptor element: one side by which levels are told apart, such as autonomy."""

    framework = models.ForeignKey(Framework, on_delete=models.CASCADE, related_name="elements")
    position = models.PositiveSmallIntegerField(_("order"))
    code = models.SlugField(_("code"), max_length=30)
    name = MultilingualField(_("name"))
    group = MultilingualField(_("group"), blank=True)

    class Meta:
        verbose_name = _("descriptor element")
        verbose_name_plural = _("descriptor elements")
        ordering = ["framework", "position"]
        constraints = [
            models.UniqueConstraint(fields=["framework", "code"], name="qualifications_element_once")
        ]

    def __str__(self) -> str:
        return str(self.name)


class Descriptor(models.Model):
    """What a level asks on one descriptor element."""

    level = models.ForeignKey(Level, on_delete=models.CASCADE, related_name="descriptors")
    element = models.ForeignKey(Element, on_delete=models.CASCADE, related_name="descriptors")
    text = MultilingualField(_("text"))

    class Meta:
        verbose_name = _("descriptor")
        verbose_name_plural = _("descriptors")
        ordering = ["level", "element"]
        constraints = [
            models.UniqueConstraint(fields=["level", "element"], name="qualifications_descriptor_once")
        ]

    def __str__(self) -> str:
        return str(self.text)
