"""The table of jobs: long work, with its progress, as its owner sees it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from gilde.core.access import Actor


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, actor: Actor) -> JobQuerySet:
        """Return the jobs that an actor may look at: their own; an administrator of the installation sees
        all.
        """
        if actor.is_superuser:
            return self
        return self.filter(owner=actor.pk) if actor.is_authenticated else self.none()


class Job(models.Model):
    """One piece of long work. The queue of django-tasks says when it runs; this row says what became of
    it.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Running")
        LOST = "lost", _("Interrupted, waiting to be run again")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=100)
    arguments = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="jobs"
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.QUEUED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True)
    step = models.CharField(_("what it is doing"), max_length=300, blank=True)
    result = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    error = models.TextField(_("what went wrong"), blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField()
    task = models.UUIDField(null=True, editable=False, help_text=_("Its place in the queue of django-tasks."))
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["lease_until"], condition=Q(finished_at=None), name="core_job_open_lease"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["done", "failed"], finished_at__isnull=False)
                | Q(state__in=["queued", "running", "lost"], finished_at=None),
                name="core_job_finished_has_its_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(error=""), name="core_job_failure_has_its_sentence"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} · {self.get_state_display()}"

    @property
    def is_finished(self) -> bool:
        """Return whether nothing more will happen to this job."""
        return self.finished_at is not None

    @property
    def percent(self) -> int | None:
        """Return the progress in whole percent, or None where the job does not know how much there is to
        do.
        """
        if self.state == self.State.DONE:
            return 100
        return min(100, 100 * self.done // self.total) if self.total else None
