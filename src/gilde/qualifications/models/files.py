"""The life of a file: its stages, what it held each time, and what committees said and decided."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gilde.qualifications.models.frameworks import Element, Level
from gilde.qualifications.models.outcomes import Outcome
from gilde.qualifications.models.procedures import Committee, Member
from gilde.qualifications.models.qualifications import QualificationVersion, State


class Stage(models.Model):
    """A stretch of time in one state. The open one has no end."""

    version = models.ForeignKey(QualificationVersion, on_delete=models.CASCADE, related_name="stages")
    state = models.CharField(_("state"), max_length=24, choices=State.choices)
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True, blank=True)
    by = models.UUIDField(_("moved by"), null=True, blank=True)
    ground = models.TextField(_("ground"), blank=True)

    class Meta:
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        ordering = ["version", "since", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["version"], condition=Q(until=None), name="qualifications_one_open_stage"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="qualifications_stage_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.state}"


class Snapshot(models.Model):
    """What a version held at a moment: each time it is handed in, and when it is recognised. Never changes."""

    append_only = True

    version = models.ForeignKey(QualificationVersion, on_delete=models.PROTECT, related_name="snapshots")
    number = models.PositiveSmallIntegerField(_("number"))
    reason = models.CharField(_("taken when"), max_length=30)
    taken_at = models.DateTimeField(_("taken at"))
    content = models.JSONField(_("content"))
    digest = models.CharField(_("SHA-256"), max_length=64)

    class Meta:
        verbose_name = _("snapshot")
        verbose_name_plural = _("snapshots")
        ordering = ["version", "number"]
        constraints = [
            models.UniqueConstraint(fields=["version", "number"], name="qualifications_snapshot_once")
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.number}"


class Round(models.Model):
    """One treatment of a file by a committee: open until the committee has decided.

    In a levelling round each judge judges each element alone; nobody sees the others before `revealed_at`.
    """

    class Result(models.TextChoices):
        OPEN = "", _("open")
        AGREED = "agreed", _("agreed")
        REFUSED = "refused", _("refused")
        RETURNED = "returned", _("returned")
        DISPUTED = "disputed", _("disputed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(QualificationVersion, on_delete=models.CASCADE, related_name="rounds")
    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="rounds")
    number = models.PositiveSmallIntegerField(_("round"))
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="rounds")
    opened_at = models.DateTimeField(_("opened at"))
    revealed_at = models.DateTimeField(_("judgements shown at"), null=True, blank=True)
    points = models.DecimalField(_("weighted points"), max_digits=6, decimal_places=3, null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    result = models.CharField(_("result"), max_length=10, choices=Result.choices, blank=True)
    ground = models.TextField(_("ground"), blank=True)

    class Meta:
        verbose_name = _("round")
        verbose_name_plural = _("rounds")
        ordering = ["version", "opened_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "committee", "number"], name="qualifications_round_once"
            ),
            models.UniqueConstraint(
                fields=["version"], condition=Q(closed_at=None), name="qualifications_one_open_round"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, result="") | (Q(closed_at__isnull=False) & ~Q(result="")),
                name="qualifications_round_closed_with_a_result",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.committee} {self.number}"


class Vote(models.Model):
    """What a member says to the file in a round, with the ground. It may be changed until the round closes."""

    class Choice(models.TextChoices):
        FOR = "for", _("For")
        AGAINST = "against", _("Against")
        ABSTAIN = "abstain", _("Abstain")

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="votes")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    choice = models.CharField(_("vote"), max_length=8, choices=Choice.choices)
    weight = models.PositiveSmallIntegerField(_("weight"), default=1)
    ground = models.TextField(_("ground"), blank=True)
    cast_at = models.DateTimeField(_("cast at"))

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        ordering = ["round", "cast_at"]
        constraints = [
            models.UniqueConstraint(fields=["round", "member"], name="qualifications_vote_once"),
            models.CheckConstraint(
                condition=~Q(choice="against") | ~Q(ground=""), name="qualifications_against_has_a_ground"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.choice}"


class LevelJudgement(models.Model):
    """The level that one judge finds on one element, judged alone."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="judgements")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    element = models.ForeignKey(Element, on_delete=models.PROTECT, related_name="+")
    level = models.ForeignKey(Level, on_delete=models.PROTECT, related_name="+")
    ground = models.TextField(_("ground"), blank=True)
    judged_at = models.DateTimeField(_("judged at"))

    class Meta:
        verbose_name = _("judgement of a level")
        verbose_name_plural = _("judgements of levels")
        ordering = ["round", "element", "member"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "member", "element"], name="qualifications_judgement_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.element} {self.level}"


class AgreedLevel(models.Model):
    """The level on which the committee agreed for one element, after everybody's judgement was shown."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="agreed")
    element = models.ForeignKey(Element, on_delete=models.PROTECT, related_name="+")
    level = models.ForeignKey(Level, on_delete=models.PROTECT, related_name="+")
    ground = models.TextField(_("ground"), blank=True)

    class Meta:
        verbose_name = _("agreed level")
        verbose_name_plural = _("agreed levels")
        ordering = ["round", "element"]
        constraints = [
            models.UniqueConstraint(fields=["round", "element"], name="qualifications_agreed_level_once")
        ]

    def __str__(self) -> str:
        return f"{self.element} {self.level}"


class Comment(models.Model):
    """A remark on a file or on one of its outcomes, until somebody has dealt with it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(QualificationVersion, on_delete=models.CASCADE, related_name="comments")
    round = models.ForeignKey(
        Round, null=True, blank=True, on_delete=models.SET_NULL, related_name="comments"
    )
    outcome = models.ForeignKey(
        Outcome, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("outcome")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    text = models.TextField(_("text"))
    made_at = models.DateTimeField(_("made at"))
    resolved_at = models.DateTimeField(_("dealt with at"), null=True, blank=True)
    answer = models.TextField(_("answer"), blank=True)

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["version", "made_at"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="qualifications_comment_text")]

    def __str__(self) -> str:
        return self.text[:60]
