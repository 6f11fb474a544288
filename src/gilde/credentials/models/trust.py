"""Whom a check believes: lists of issuers by file or address, beside the issuers of this register."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from gilde.core.models import Document
from gilde.core.text import MultilingualField


class TrustList(models.Model):
    """A list of issuers, as somebody who answers for it published it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=120, unique=True)
    url = models.URLField(_("address"), max_length=300, blank=True)
    document = models.ForeignKey(
        Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("file")
    )
    read_at = models.DateTimeField(_("read on"), null=True, blank=True)
    fault = models.TextField(_("what went wrong"), blank=True)
    closed_at = models.DateTimeField(_("no longer used since"), null=True, blank=True)

    class Meta:
        verbose_name = _("trust list")
        verbose_name_plural = _("trust lists")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class TrustedIssuer(models.Model):
    """An issuer on a list: `identifier` is a DID or URL, `certificate` the PEM of a seal or its authority."""

    trust_list = models.ForeignKey(TrustList, on_delete=models.CASCADE, related_name="issuers")
    identifier = models.CharField(_("identifier"), max_length=300, blank=True, db_index=True)
    certificate = models.TextField(_("certificate"), blank=True)
    name = MultilingualField(_("name"))
    country = models.CharField(_("country"), max_length=2, blank=True)
    qualifications = models.JSONField(
        _("accredited for"), default=list, blank=True, help_text=_("Addresses of qualifications.")
    )
    since = models.DateField(_("since"), null=True, blank=True)
    until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("trusted issuer")
        verbose_name_plural = _("trusted issuers")
        ordering = ["trust_list", "identifier"]

    def __str__(self) -> str:
        return str(self.name)


class CheckCount(models.Model):
    """How many checks of a day ended how: a count, of nobody."""

    day = models.DateField()
    format = models.CharField(max_length=30, blank=True)
    answer = models.CharField(max_length=20)
    number = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-day"]
        constraints = [
            models.UniqueConstraint(fields=["day", "format", "answer"], name="credentials_checks_of_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.format} {self.answer}"
