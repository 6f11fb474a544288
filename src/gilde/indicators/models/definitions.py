"""What is measured, and where official figures of it come from."""

from __future__ import annotations

import uuid

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gilde.core.text import MultilingualField
from gilde.organisations.public import Organisation


class Frequency(models.TextChoices):
    """How long the periods of an indicator are; the letters are those of SDMX (CL_FREQ), S of Gilde."""

    YEAR = "A", _("yearly")
    SCHOOL_YEAR = "S", _("by school year")
    QUARTER = "Q", _("quarterly")
    MONTH = "M", _("monthly")


class Indicator(models.Model):
    class Kind(models.TextChoices):
        OFFICIAL = "official", _("Official statistics")
        COMPUTED = "computed", _("Computed by Gilde")
        REPORTED = "reported", _("Reported by officers")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Direction(models.TextChoices):
        HIGHER = "higher", _("higher is better")
        LOWER = "lower", _("lower is better")
        NONE = "none", _("neither is better")

    class Aggregation(models.TextChoices):
        """How figures of parts make the figure of a whole."""

        NONE = "none", _("They do not")
        SUM = "sum", _("Their sum")
        RATIO = "ratio", _("Sum of numerators by sum of denominators")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.SlugField(_("code"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    name = MultilingualField(_("name"))
    definition = MultilingualField(_("definition"))
    scope = MultilingualField(
        _("scope"), blank=True, help_text=_("Who and what is counted, such as the population and the region.")
    )
    note = MultilingualField(_("how to read it"), blank=True)
    unit = models.CharField(
        _("unit"), max_length=20, help_text=_("The code of SDMX: PC for percent, NR for number.")
    )
    unit_label = MultilingualField(_("unit in words"), help_text=_("As on an axis: “%”, “persons”."))
    decimals = models.PositiveSmallIntegerField(_("decimals shown"), default=1)
    frequency = models.CharField(
        _("frequency"), max_length=1, choices=Frequency.choices, default=Frequency.YEAR
    )
    direction = models.CharField(
        _("direction"), max_length=10, choices=Direction.choices, default=Direction.NONE
    )
    minimum = models.FloatField(_("least possible value"), null=True, blank=True)
    maximum = models.FloatField(_("greatest possible value"), null=True, blank=True)
    aggregation = models.CharField(
        _("aggregation"), max_length=10, choices=Aggregation.choices, default=Aggregation.NONE
    )
    dimensions = models.JSONField(
        _("dimensions"),
        default=list,
        blank=True,
        help_text=_(
            "Beside area and time: a list of {code, name, total, categories}; see `gilde.indicators.dimensions`."
        ),
    )
    owner = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="kept_indicators",
        verbose_name=_("kept here by"),
    )
    body = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="indicators",
        verbose_name=_("responsible body"),
    )
    source = MultilingualField(_("source"), help_text=_("As it stands under every figure."))
    source_url = models.URLField(_("address of the source"), blank=True, max_length=500)
    licence = models.CharField(_("licence of the figures"), max_length=200, blank=True)
    metric = models.CharField(_("metric"), max_length=100, blank=True)
    synthetic = models.BooleanField(_("invented"), default=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="computed") & ~Q(metric="") | ~Q(kind="computed") & Q(metric=""),
                name="indicators_indicator_computed_has_metric",
            ),
            models.CheckConstraint(
                condition=Q(minimum=None) | Q(maximum=None) | Q(maximum__gte=F("minimum")),
                name="indicators_indicator_bounds_in_order",
            ),
        ]

    def __str__(self) -> str:
        return str(self.name)


class Origin(models.Model):
    """Where official figures of an indicator come from: a dataset, and which part of it."""

    class Provider(models.TextChoices):
        """The identifiers of sdmx1."""

        EUROSTAT = "ESTAT", "Eurostat"
        OECD = "OECD", "OECD"

    indicator = models.OneToOneField(
        Indicator, on_delete=models.CASCADE, primary_key=True, related_name="origin"
    )
    provider = models.CharField(_("provider"), max_length=10, choices=Provider.choices)
    dataflow = models.CharField(_("dataset"), max_length=100, validators=[RegexValidator(r"^[\w@,.:-]+$")])
    selection = models.JSONField(
        _("selection"),
        default=dict,
        help_text=_(
            "What the indicator is of the dataset: a mapping of dimensions to codes, such as sex: T."
        ),
    )
    area_dimension = models.CharField(_("dimension of the area"), max_length=40, default="geo")
    areas = models.JSONField(
        _("areas"), default=list, blank=True, help_text=_("Codes to ask for; all areas when empty.")
    )

    class Meta:
        verbose_name = _("origin")
        verbose_name_plural = _("origins")

    def __str__(self) -> str:
        return f"{self.get_provider_display()} {self.dataflow}"
