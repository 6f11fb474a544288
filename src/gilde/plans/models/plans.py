"""Plans as promised: blocks, measures, ticks, bodies, funding, and the place in the document of each value."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gilde.core.models import Document
from gilde.core.text import MultilingualField
from gilde.organisations.public import Organisation
from gilde.plans.models.instruments import Instrument, Provision


class Precision(models.TextChoices):
    """How exact a date is; a vague date is stored as the first day (start) or the last day (due) of what it means."""

    DAY = "day", _("day")
    WEEK = "week", _("week")
    MONTH = "month", _("month")
    QUARTER = "quarter", _("quarter")
    SEASON = "season", _("season")
    HALF_YEAR = "half-year", _("half year")
    YEAR = "year", _("year")
    SCHOOL_YEAR = "school-year", _("school year")
    PERIOD = "period", _("period")
    APPROXIMATE = "approximate", _("about")


class Plan(models.Model):
    class Kind(models.TextChoices):
        IMPLEMENTATION = "implementation-plan", _("National implementation plan")
        ACTION = "action-plan", _("Action plan on a declaration")

    class State(models.TextChoices):
        PUBLISHED = "published", _("Published")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    title = MultilingualField(_("title"))
    short_title = MultilingualField(_("short title"))
    owner = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        related_name="plans",
        verbose_name=_("owner"),
        help_text=_("The organisation whose officers keep this plan."),
    )
    co_owners = models.ManyToManyField(
        Organisation, related_name="plans_shared", blank=True, verbose_name=_("also owned by")
    )
    consulted = models.ManyToManyField(
        Organisation,
        related_name="plans_consulted",
        blank=True,
        verbose_name=_("consulted on the monitoring"),
    )
    instruments = models.ManyToManyField(
        Instrument, related_name="plans", blank=True, verbose_name=_("answers to")
    )
    country = models.CharField(_("country"), max_length=2, blank=True)
    area = MultilingualField(_("area that the figures cover"), blank=True)
    language = models.CharField(_("language of the document"), max_length=8, default="en")
    published_on = models.DateField(_("date of the document"), null=True, blank=True)
    period_start = models.PositiveSmallIntegerField(_("first year"), null=True, blank=True)
    period_end = models.PositiveSmallIntegerField(_("last year"), null=True, blank=True)
    source = MultilingualField(_("source"), blank=True)
    note = MultilingualField(_("note on the source"), blank=True)
    synthetic = models.BooleanField(_("invented"), default=False)
    progress_synthetic = models.BooleanField(_("progress is invented"), default=False)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.PUBLISHED)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(
                condition=Q(period_end=None) | Q(period_start=None) | Q(period_end__gte=F("period_start")),
                name="plans_plan_period_in_order",
            )
        ]

    def __str__(self) -> str:
        return str(self.short_title)


class Edition(models.Model):
    """One published version of a plan, complete and immutable: the database refuses any change."""

    append_only = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="editions")
    number = models.PositiveSmallIntegerField(_("edition"))
    document = models.ForeignKey(Document, null=True, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=255, blank=True)
    content = models.JSONField(
        help_text=_("The whole plan as published, in the documented form of a reading.")
    )
    content_hash = models.CharField(max_length=64)
    published_at = models.DateTimeField()
    published_by = models.UUIDField(null=True)

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        ordering = ["plan", "-number"]
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="plans_edition_number_once")]

    def __str__(self) -> str:
        return f"{self.plan} ({self.number})"


class Block(models.Model):
    """A building block of a plan."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="blocks")
    number = models.CharField(_("number"), max_length=20)
    position = models.PositiveSmallIntegerField(default=0)
    title = MultilingualField(_("title"))

    class Meta:
        verbose_name = _("building block")
        verbose_name_plural = _("building blocks")
        ordering = ["plan", "position"]
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="plans_block_once")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Measure(models.Model):
    """One measure of an implementation plan, or the answer of an action plan to one article."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="measures")
    block = models.ForeignKey(
        Block, null=True, blank=True, on_delete=models.SET_NULL, related_name="measures"
    )
    number = models.CharField(_("number"), max_length=20)
    position = models.PositiveSmallIntegerField(default=0)
    title = MultilingualField(_("title"))
    summary = MultilingualField(_("in short"), blank=True)
    dropped_in = models.PositiveSmallIntegerField(
        _("no longer in the plan since edition"), null=True, blank=True
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("measure")
        verbose_name_plural = _("measures")
        ordering = ["plan", "position"]
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="plans_measure_once")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Section(models.Model):
    """One labelled section of a measure (rationale, objectives, …), as the plan words it or restated."""

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="sections")
    name = models.CharField(_("section"), max_length=20)
    position = models.PositiveSmallIntegerField(default=0)
    text = MultilingualField(_("text"), blank=True)

    class Meta:
        ordering = ["measure", "position"]
        constraints = [models.UniqueConstraint(fields=["measure", "name"], name="plans_section_once")]

    def __str__(self) -> str:
        return self.name


class TargetGroup(models.Model):
    """A target group of the European plan template; the list and its order are data."""

    key = models.SlugField(max_length=60, primary_key=True)
    position = models.PositiveSmallIntegerField()
    heading = MultilingualField(_("heading"))
    name = MultilingualField(_("name"))

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return str(self.name)


class Tick(models.Model):
    """One tick box of a measure: ticked, not ticked, or unknown because the source has lost its state."""

    class Group(models.TextChoices):
        PROVISION = "provision", _("EU policy priorities addressed")
        SUBSYSTEM = "subsystem", _("VET subsystem")
        SCOPE = "scope", _("Scope")
        TARGET = "target", _("Target groups")

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="ticks")
    group = models.CharField(max_length=12, choices=Group.choices)
    code = models.CharField(
        max_length=60, help_text=_("Instrument and provision, subsystem, scope or target group.")
    )
    position = models.PositiveSmallIntegerField(default=0)
    provision = models.ForeignKey(
        Provision, null=True, blank=True, on_delete=models.PROTECT, related_name="ticks"
    )
    target_group = models.ForeignKey(
        TargetGroup, null=True, blank=True, on_delete=models.PROTECT, related_name="ticks"
    )
    ticked = models.BooleanField(null=True)

    class Meta:
        ordering = ["measure", "group", "position"]
        constraints = [
            models.UniqueConstraint(fields=["measure", "group", "code"], name="plans_tick_once"),
            models.CheckConstraint(
                condition=Q(group="provision", provision__isnull=False)
                | (~Q(group="provision") & Q(provision=None)),
                name="plans_tick_provision_fits_group",
            ),
            models.CheckConstraint(
                condition=Q(group="target", target_group__isnull=False)
                | (~Q(group="target") & Q(target_group=None)),
                name="plans_tick_target_fits_group",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure_id} {self.code} {self.ticked}"


class MeasureBody(models.Model):
    """A body with its role in a measure; `organisation` is empty until an officer links it."""

    class Role(models.TextChoices):
        RESPONSIBLE = "responsible", _("responsible")
        PARTNER = "partner", _("partner")
        CONSULTED = "consulted", _("consulted")
        FUNDER = "funder", _("funds it")

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="bodies")
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="measure_roles"
    )
    name = models.CharField(_("name as the plan writes it"), max_length=300)
    role = models.CharField(_("role"), max_length=12, choices=Role.choices, default=Role.RESPONSIBLE)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["measure", "position"]

    def __str__(self) -> str:
        return self.name


class FundingLine(models.Model):
    """Money that the plan promises; without an amount when the plan names only the source."""

    class Period(models.TextChoices):
        YEAR = "year", _("each year")
        TOTAL = "total", _("in all")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="funding")
    position = models.PositiveSmallIntegerField(default=0)
    text = MultilingualField(_("in words"), blank=True)
    amount = models.DecimalField(_("amount"), max_digits=16, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    period = models.CharField(_("period"), max_length=8, choices=Period.choices, blank=True)
    approximate = models.BooleanField(_("about"), default=False)
    maximum = models.BooleanField(_("at most"), default=False)
    year = models.PositiveSmallIntegerField(_("for the year"), null=True, blank=True)
    programme = models.CharField(_("programme"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("funding line")
        verbose_name_plural = _("funding lines")
        ordering = ["measure", "position"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount=None) | Q(amount__gte=0), name="plans_funding_not_negative"
            )
        ]

    def __str__(self) -> str:
        return str(self.text) or f"{self.amount} {self.currency}"


class Citation(models.Model):
    """The exact place in a document where a value of a measure comes from, with the words found there.

    `subject` names the value: "title", "section:funding", "tick:target:teachers", "body:<id>", "action:<id>", …
    """

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="citations")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="citations")
    subject = models.CharField(max_length=120)
    quote = models.TextField()
    anchor = models.JSONField(default=dict)

    class Meta:
        ordering = ["measure", "subject"]
        indexes = [models.Index(fields=["measure", "subject"], name="plans_citation_subject")]

    def __str__(self) -> str:
        return f"{self.subject}: {self.quote[:60]}"


class Note(models.Model):
    """What changed after the plan was adopted: dated, with its source, apart from what the plan says."""

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="notes")
    date = models.DateField(_("date"))
    text = MultilingualField(_("text"))
    source = models.CharField(_("source"), max_length=300)
    url = models.URLField(blank=True)

    class Meta:
        ordering = ["measure", "date"]

    def __str__(self) -> str:
        return str(self.text)
