"""Plans as delivered: actions, milestones, evidence, progress updates, money that was committed and spent."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gilde.core.models import Document
from gilde.core.reviewed import Reviewed
from gilde.core.text import MultilingualField
from gilde.organisations.public import Organisation
from gilde.plans.models.plans import FundingLine, Measure, Precision


class Action(models.Model):
    """Something that a measure promises to do. Late and stale are computed from dates, never stored."""

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        UNDER_WAY = "under-way", _("Under way")
        DONE = "done", _("Done")
        DROPPED = "dropped", _("Dropped")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="actions")
    position = models.PositiveSmallIntegerField(default=0)
    title = MultilingualField(_("title"))
    text = MultilingualField(_("text"), blank=True)
    responsible = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="actions",
        verbose_name=_("responsible"),
    )
    start = models.DateField(_("start"), null=True, blank=True)
    due = models.DateField(_("due"), null=True, blank=True)
    start_precision = models.CharField(max_length=12, choices=Precision.choices, blank=True)
    due_precision = models.CharField(max_length=12, choices=Precision.choices, blank=True)
    date_note = MultilingualField(_("dates in words"), blank=True)
    recurrence = models.CharField(
        _("comes back every"), max_length=12, blank=True, help_text=_("ISO 8601 duration, such as P2Y.")
    )
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.PLANNED)
    started_on = models.DateField(_("started on"), null=True, blank=True)
    finished_on = models.DateField(_("finished on"), null=True, blank=True)
    dropped_because = models.TextField(_("reason for dropping it"), blank=True)
    reported_on = models.DateField(_("last reported on"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("action")
        verbose_name_plural = _("actions")
        ordering = ["measure", "position"]
        constraints = [
            models.CheckConstraint(
                condition=Q(start=None) | Q(due=None) | Q(due__gte=F("start")),
                name="plans_action_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(state="done", finished_on__isnull=False)
                | (~Q(state="done") & Q(finished_on=None)),
                name="plans_action_done_is_dated",
            ),
            models.CheckConstraint(
                condition=~Q(state="dropped") | ~Q(dropped_because=""), name="plans_action_dropped_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return str(self.title)


class Milestone(models.Model):
    """A point that must be reached; met with evidence, or missed."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        MET = "met", _("Met")
        MISSED = "missed", _("Missed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="milestones")
    action = models.ForeignKey(
        Action, null=True, blank=True, on_delete=models.SET_NULL, related_name="milestones"
    )
    position = models.PositiveSmallIntegerField(default=0)
    title = MultilingualField(_("title"))
    due = models.DateField(_("due"), null=True, blank=True)
    due_precision = models.CharField(max_length=12, choices=Precision.choices, blank=True)
    date_note = MultilingualField(_("date in words"), blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.OPEN)
    met_on = models.DateField(_("met on"), null=True, blank=True)
    missed_because = models.TextField(_("why it was missed"), blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["measure", "position"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="met", met_on__isnull=False) | (~Q(state="met") & Q(met_on=None)),
                name="plans_milestone_met_is_dated",
            )
        ]

    def __str__(self) -> str:
        return str(self.title)


class Evidence(Reviewed):
    """What shows that a milestone was met or an action done: a file with its hash, a dated link, or a figure."""

    class Kind(models.TextChoices):
        FILE = "file", _("File")
        LINK = "link", _("Link")
        FIGURE = "figure", _("Figure")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="evidence")
    action = models.ForeignKey(
        Action, null=True, blank=True, on_delete=models.SET_NULL, related_name="evidence"
    )
    milestone = models.ForeignKey(
        Milestone, null=True, blank=True, on_delete=models.SET_NULL, related_name="evidence"
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    title = MultilingualField(_("title"))
    date = models.DateField(_("date of the evidence"))
    document = models.ForeignKey(Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=255, blank=True)
    url = models.URLField(_("link"), blank=True, max_length=500)
    retrieved_on = models.DateField(_("retrieved on"), null=True, blank=True)
    figure = models.DecimalField(_("figure"), max_digits=18, decimal_places=4, null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=60, blank=True)
    synthetic = models.BooleanField(_("invented"), default=False)

    class Meta(Reviewed.Meta):
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["-date", "id"]
        constraints = [
            *Reviewed.Meta.constraints,
            models.CheckConstraint(
                condition=Q(kind="file", document__isnull=False)
                | (Q(kind="link", retrieved_on__isnull=False) & ~Q(url=""))
                | (Q(kind="figure", figure__isnull=False) & ~Q(unit="")),
                name="plans_evidence_is_complete",
            ),
        ]

    def __str__(self) -> str:
        return str(self.title)


class Update(Reviewed):
    """What an officer reports on a measure or one of its actions; counts once somebody else has approved it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="updates")
    action = models.ForeignKey(
        Action, null=True, blank=True, on_delete=models.CASCADE, related_name="updates"
    )
    text = MultilingualField(_("text"))
    date = models.DateField(_("state of affairs on"))
    new_state = models.CharField(
        _("the action is now"),
        max_length=12,
        choices=Action.State.choices,
        blank=True,
        help_text=_("Set when the update is approved."),
    )
    synthetic = models.BooleanField(_("invented"), default=False)

    class Meta(Reviewed.Meta):
        verbose_name = _("progress update")
        verbose_name_plural = _("progress updates")
        ordering = ["-date", "id"]

    def __str__(self) -> str:
        return f"{self.date} {str(self.text)[:60]}"


class Spending(models.Model):
    """Money of a funding line that was committed or spent, on a date, with who said so in the audit chain."""

    class Kind(models.TextChoices):
        COMMITTED = "committed", _("Committed")
        SPENT = "spent", _("Spent")

    line = models.ForeignKey(FundingLine, on_delete=models.CASCADE, related_name="spending")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    amount = models.DecimalField(_("amount"), max_digits=16, decimal_places=2)
    date = models.DateField(_("date"))
    note = models.CharField(_("note"), max_length=300, blank=True)
    synthetic = models.BooleanField(_("invented"), default=False)

    class Meta:
        verbose_name = _("spending")
        verbose_name_plural = _("spending")
        ordering = ["line", "date"]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="plans_spending_positive")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount}"
