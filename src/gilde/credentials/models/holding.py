"""Holding: how an award comes into a wallet, folders, and links that show what the holder chose."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gilde.credentials.models.awards import Award


def token() -> str:
    """Return a secret for a link: 192 random bits, safe in addresses."""
    return secrets.token_urlsafe(24)


class Invitation(models.Model):
    """A link by mail, with which a person puts an award in their wallet. Only its hash is kept."""

    award = models.ForeignKey(Award, on_delete=models.CASCADE, related_name="invitations")
    token_hash = models.CharField(max_length=64, unique=True)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-sent_at"]

    def __str__(self) -> str:
        return str(self.award_id)


class Folder(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        verbose_name = _("folder")
        verbose_name_plural = _("folders")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="credentials_folder_once")]

    def __str__(self) -> str:
        return self.name


class Kept(models.Model):
    """An award in a wallet, and the folder that it lies in."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    award = models.ForeignKey(Award, on_delete=models.CASCADE, related_name="kept")
    folder = models.ForeignKey(
        Folder,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="kept",
        verbose_name=_("folder"),
    )
    added_at = models.DateTimeField(_("added on"))

    class Meta:
        ordering = ["-added_at"]
        constraints = [models.UniqueConstraint(fields=["user", "award"], name="credentials_kept_once")]

    def __str__(self) -> str:
        return str(self.award_id)


class Share(models.Model):
    """A link that shows an award, or parts of it, until a day or until it is withdrawn."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token = models.CharField(max_length=40, unique=True, default=token, editable=False)
    award = models.ForeignKey(Award, on_delete=models.CASCADE, related_name="shares")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    note = models.CharField(_("for whom"), max_length=120, blank=True)
    outcomes = models.JSONField(
        _("outcomes shown"), null=True, blank=True, help_text=_("Addresses; empty shows all.")
    )
    presentation = models.TextField(
        editable=False, help_text="What is handed over: an SD-JWT of which only what was chosen is disclosed."
    )
    with_grade = models.BooleanField(_("show how it was assessed, with the grade"), default=True)
    with_birth = models.BooleanField(_("show the date of birth"), default=False)
    created_at = models.DateTimeField(_("made on"))
    expires_at = models.DateTimeField(_("works until"))
    withdrawn_at = models.DateTimeField(_("withdrawn on"), null=True, blank=True)
    views = models.PositiveIntegerField(_("views"), default=0)

    class Meta:
        verbose_name = _("shared link")
        verbose_name_plural = _("shared links")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="credentials_share_ends_after_start"
            )
        ]

    def __str__(self) -> str:
        return str(self.id)

    def works(self, now: datetime) -> bool:
        """Return whether the link shows anything now."""
        return self.withdrawn_at is None and now < self.expires_at


class ShareUse(models.Model):
    """One time that somebody opened or checked what was shared: the holder sees each."""

    class Act(models.TextChoices):
        OPENED = "opened", _("Opened")
        CHECKED = "checked", _("Checked")

    share = models.ForeignKey(Share, on_delete=models.CASCADE, related_name="uses")
    act = models.CharField(max_length=10, choices=Act.choices)
    answer = models.CharField(max_length=20, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.act} {self.at:%Y-%m-%d %H:%M}"


class Offer(models.Model):
    """An award on its way into another wallet (OpenID4VCI, pre-authorised code). Secrets are kept as hashes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    award = models.ForeignKey(Award, on_delete=models.CASCADE, related_name="+")
    form = models.CharField(
        max_length=12, default="sd-jwt", help_text="Form of rendering that the wallet gets."
    )
    code_hash = models.CharField(max_length=64, unique=True)
    pin_hash = models.CharField(max_length=64, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    token_hash = models.CharField(max_length=64, blank=True, db_index=True)
    nonce = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    redeemed_at = models.DateTimeField(null=True, blank=True)
    issued_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(
        max_length=10, blank=True, help_text="What the wallet told: accepted, failure, deleted."
    )
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            # The nonce of the proof with which it was issued: each is used once.
            models.UniqueConstraint(fields=["nonce"], condition=~Q(nonce=""), name="credentials_nonce_once")
        ]

    def __str__(self) -> str:
        return str(self.id)


class Request(models.Model):
    """A question to a wallet (OpenID4VP): show an award; and what it answered."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    nonce = models.CharField(max_length=64)
    state = models.CharField(max_length=64, unique=True)
    wanted = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    verdict = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["expires_at"], name="credentials_request_ends")]

    def __str__(self) -> str:
        return str(self.id)
