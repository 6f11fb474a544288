"""Boards that officers compose, and who wants to hear of new figures."""

from __future__ import annotations

import secrets
import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gilde.core.text import MultilingualField
from gilde.indicators.models.definitions import Indicator
from gilde.indicators.models.figures import Release
from gilde.organisations.public import Organisation


def new_token() -> str:
    """Return a word for an address that nobody can guess."""
    return secrets.token_urlsafe(18)


class Board(models.Model):
    """Figures put side by side. Members of its organisation see it; whoever has the link when it is shared."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="boards")
    title = MultilingualField(_("title"))
    intro = MultilingualField(_("introduction"), blank=True)
    shared = models.BooleanField(_("whoever has the link may see it"), default=False)
    token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("board")
        verbose_name_plural = _("boards")
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.title)


class BoardItem(models.Model):
    """One figure on a board."""

    class Form(models.TextChoices):
        LINE = "line", _("Line over time")
        BAR = "bar", _("Areas compared, latest figure")
        TABLE = "table", _("Table")
        STATUS = "status", _("Status against the target")
        MAP = "map", _("Map")

    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField(default=0)
    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="+")
    form = models.CharField(_("form"), max_length=8, choices=Form.choices, default=Form.LINE)
    areas = models.JSONField(
        _("areas"), default=list, help_text=_("Codes, in the order in which they are shown.")
    )
    key = models.CharField(_("breakdown"), max_length=300, blank=True)
    since = models.PositiveSmallIntegerField(_("from the year"), null=True, blank=True)
    note = MultilingualField(_("note"), blank=True)

    class Meta:
        verbose_name = _("figure on a board")
        verbose_name_plural = _("figures on a board")
        ordering = ["board", "position", "id"]

    def __str__(self) -> str:
        return f"{self.indicator} · {self.get_form_display()}"


class Subscription(models.Model):
    """Somebody who gets a mail when an indicator has new figures or changes status."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="followed")
    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="followers")
    language = models.CharField(max_length=8, default="en")
    told_until = models.ForeignKey(Release, null=True, on_delete=models.SET_NULL, related_name="+")
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        ordering = ["since"]
        constraints = [
            models.UniqueConstraint(fields=["user", "indicator"], name="indicators_subscription_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.indicator_id}"
