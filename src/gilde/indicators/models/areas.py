"""The areas that figures are about: the Union, countries, NUTS regions, communities."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from gilde.core.text import MultilingualField


class Area(models.Model):
    """An area by its code in European statistics: "EU27_2020", "BE", "BE2". The list is data, see `data/areas.yaml`."""

    class Kind(models.TextChoices):
        UNION = "union", _("Union or group of countries")
        COUNTRY = "country", _("Country")
        REGION = "region", _("Region")
        COMMUNITY = "community", _("Community")

    code = models.CharField(_("code"), max_length=20, primary_key=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    level = models.PositiveSmallIntegerField(
        _("NUTS level"), null=True, blank=True, help_text=_("0 for countries, 1 to 3 for regions.")
    )
    name = MultilingualField(_("name"))
    note = MultilingualField(
        _("what it covers"), blank=True, help_text=_("Where the name alone could mislead.")
    )
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="parts",
        verbose_name=_("part of"),
    )
    aliases = models.JSONField(
        _("other codes"),
        default=list,
        blank=True,
        help_text=_("Of the same area in other lists, such as BEL."),
    )
    position = models.PositiveIntegerField(default=0)
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("area")
        verbose_name_plural = _("areas")
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return str(self.name)


class Boundary(models.Model):
    """The outline of an area for maps, as a GeoJSON geometry in longitude and latitude (EPSG:4326)."""

    area = models.OneToOneField(Area, on_delete=models.CASCADE, primary_key=True, related_name="boundary")
    geometry = models.JSONField()
    source = models.CharField(_("source"), max_length=200)

    class Meta:
        verbose_name = _("boundary")
        verbose_name_plural = _("boundaries")

    def __str__(self) -> str:
        return self.area_id
