"""What comes in: a file or an answer of a provider, what is wrong with it, and what a person decided."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gilde.core.models import Document
from gilde.indicators.models.definitions import Indicator
from gilde.indicators.models.figures import Release


class Load(models.Model):
    """One file or answer on its way in. Nothing of it is published while it is held."""

    class Kind(models.TextChoices):
        FILE = "file", _("File")
        PULL = "pull", _("Retrieved from the provider")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting to be read")
        HELD = "held", _("Held for a decision")
        PUBLISHED = "published", _("Published")
        UNCHANGED = "unchanged", _("Nothing new")
        REJECTED = "rejected", _("Rejected")
        FAILED = "failed", _("Could not be read")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="loads")
    kind = models.CharField(_("kind"), max_length=6, choices=Kind.choices)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    document = models.ForeignKey(Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(_("file"), max_length=255, blank=True)
    url = models.CharField(_("address"), max_length=2000, blank=True)
    complete = models.BooleanField(
        _("complete"),
        default=False,
        help_text=_("It holds every figure of its series: what it leaves out was withdrawn by the source."),
    )
    retrieved_at = models.DateTimeField(_("retrieved at"), null=True, blank=True)
    notes = models.JSONField(
        default=list, blank=True, help_text=_("What the provider said with the figures, in sentences.")
    )
    problem = models.TextField(_("why it could not be read"), blank=True)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    job = models.UUIDField(null=True, blank=True)
    release = models.OneToOneField(
        Release, null=True, blank=True, on_delete=models.PROTECT, related_name="load"
    )
    created_at = models.DateTimeField(_("begun at"))
    created_by = models.UUIDField(null=True, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.UUIDField(null=True, blank=True)
    decision = models.TextField(_("ground of the decision"), blank=True)
    taken = models.JSONField(
        _("taken as it stands"),
        default=list,
        blank=True,
        help_text=_("Kinds of findings that the decision takes."),
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("load")
        verbose_name_plural = _("loads")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="failed") & ~Q(problem="") | ~Q(state="failed") & Q(problem=""),
                name="indicators_load_failure_says_why",
            ),
            models.CheckConstraint(
                condition=Q(state="published", release__isnull=False)
                | (~Q(state="published") & Q(release=None)),
                name="indicators_load_published_has_release",
            ),
            models.CheckConstraint(
                condition=~Q(state="rejected") | Q(decided_at__isnull=False),
                name="indicators_load_rejection_is_dated",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.file_name or self.url}"


class Finding(models.Model):
    """Something in a load that a person has to look at. `row` is that of the file, `count` how many are alike."""

    class Kind(models.TextChoices):
        OTHER_INDICATOR = "other-indicator", _("Figures of another indicator")
        DUPLICATE = "duplicate", _("The same key twice")
        IMPOSSIBLE = "impossible", _("Impossible value")
        UNREADABLE = "unreadable", _("Value that cannot be read")
        DECIMAL_COMMA = "decimal-comma", _("Decimal comma")
        UNKNOWN_AREA = "unknown-area", _("Unknown area")
        PERIOD = "period", _("Period of another frequency")
        MIXED_UNITS = "mixed-units", _("Mixed units")
        CHANGED_CODES = "changed-codes", _("Changed code list")
        SHRUNK = "shrunk", _("Far fewer figures than before")

    load = models.ForeignKey(Load, on_delete=models.CASCADE, related_name="findings")
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    row = models.PositiveBigIntegerField(_("row"), null=True)
    area = models.CharField(_("area"), max_length=40, blank=True)
    key = models.CharField(_("breakdown"), max_length=300, blank=True)
    period = models.CharField(_("period"), max_length=40, blank=True)
    value = models.CharField(_("value"), max_length=100, blank=True)
    sentence = models.TextField(_("what is wrong"))
    count = models.PositiveIntegerField(_("how often"), default=1)
    whole = models.BooleanField(_("about the load as a whole"), default=False)

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ["load", "id"]

    def __str__(self) -> str:
        return self.sentence
