"""The reading desk: an uploaded document, every value that was read from it, and what officers decided."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gilde.core.models import Document
from gilde.organisations.public import Organisation
from gilde.plans.models.plans import Edition, Plan


class Reading(models.Model):
    """One document on the desk. What the reader found stays as it was found; officers work on its values."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting to be read")
        FAILED = "failed", _("Could not be read")
        OPEN = "open", _("On the desk")
        PUBLISHED = "published", _("Published")
        ABANDONED = "abandoned", _("Put aside")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="readings")
    plan = models.ForeignKey(
        Plan,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="readings",
        help_text=_("The plan of which this is a new edition; empty for a new plan."),
    )
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=255)
    title = models.CharField(_("title"), max_length=300, blank=True)
    kind = models.CharField(max_length=20, choices=Plan.Kind.choices, blank=True)
    language = models.CharField(max_length=8, default="en")
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.WAITING)
    problem = models.TextField(_("why it could not be read"), blank=True)
    notes = models.JSONField(
        default=list, help_text=_("What the reader has to say, such as a recognised encoding.")
    )
    text = models.TextField(
        blank=True, help_text=_("The document as one linear text, which `view` spans refer to.")
    )
    lines = models.JSONField(
        default=list, help_text=_("The lines of the text: start, end, kind, level, page.")
    )
    found = models.JSONField(
        default=dict, help_text=_("What the reader found, in the documented form; never changed.")
    )
    job = models.UUIDField(null=True)
    edition = models.ForeignKey(Edition, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    created_by = models.UUIDField(null=True)

    class Meta:
        verbose_name = _("reading")
        verbose_name_plural = _("readings")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="published", edition__isnull=False)
                | (~Q(state="published") & Q(edition=None)),
                name="plans_reading_published_has_edition",
            ),
            models.CheckConstraint(
                condition=Q(state="failed") & ~Q(problem="") | ~Q(state="failed") & Q(problem=""),
                name="plans_reading_failure_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.file_name


class Value(models.Model):
    """One value on the desk with its place in the document.

    `content` depends on `kind`: {"text"} for titles, sections and actions ({"title", "text"}), {"ticked"} for
    ticks, {"name", "organisation"} for bodies, {"amount", "currency", "period", …} for funding,
    {"kind", "from", "to", "precision", "every"} for dates. `status` tells who vouches for it.
    """

    class Kind(models.TextChoices):
        TITLE = "title", _("Title")
        SECTION = "section", _("Section")
        TICK = "tick", _("Tick box")
        BODY = "body", _("Body")
        FUNDING = "funding", _("Funding")
        DATE = "date", _("Date")
        ACTION = "action", _("Action")

    class Status(models.TextChoices):
        READ = "read", _("As read")
        UNKNOWN = "unknown", _("To be decided")
        DECIDED = "decided", _("Decided")
        CORRECTED = "corrected", _("Corrected")
        ADDED = "added", _("Added")
        REMOVED = "removed", _("Left out")

    reading = models.ForeignKey(Reading, on_delete=models.CASCADE, related_name="values")
    measure = models.CharField(_("measure"), max_length=20, help_text=_("Number of the measure or article."))
    measure_position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    code = models.CharField(
        max_length=80, blank=True, help_text=_("Section name, or tick group and code: “scope:local”.")
    )
    position = models.PositiveSmallIntegerField(default=0)
    content = models.JSONField()
    quote = models.TextField(blank=True)
    anchor = models.JSONField(null=True)
    view_start = models.PositiveIntegerField(null=True)
    view_end = models.PositiveIntegerField(null=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.READ)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["reading", "measure_position", "kind", "position"]
        indexes = [models.Index(fields=["reading", "status"], name="plans_value_status")]

    def __str__(self) -> str:
        return f"{self.measure} {self.kind} {self.code}"


class Revision(models.Model):
    """What an officer did to a value: by whom, when, on what ground, with the old value kept. Append-only."""

    append_only = True

    value = models.ForeignKey(Value, on_delete=models.PROTECT, related_name="revisions")
    act = models.CharField(max_length=12)  # decide, correct, link, split, merge, add, remove, restore
    before = models.JSONField()
    after = models.JSONField()
    ground = models.TextField(blank=True)
    by = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["value", "id"]

    def __str__(self) -> str:
        return f"{self.act} {self.value_id}"
