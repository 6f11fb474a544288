"""Awards: who, what, by whom, when; stored once. Everything else is a rendering."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gilde.core.models import Document
from gilde.credentials.models.achievements import Achievement
from gilde.credentials.models.issuers import Issuer, Key
from gilde.credentials.models.lists import StatusList


class Holder(models.Model):
    """A person as an issuer knows them. All that is personal of an award stands here or in `Award.facts`, and goes
    when the person asks for it: then `erased_at` is set and the rest is empty.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="+", verbose_name=_("issuer"))
    reference = models.CharField(
        _("own number of the person"),
        max_length=80,
        blank=True,
        help_text=_("Of the issuer; never published."),
    )
    given_name = models.CharField(_("given name"), max_length=120, blank=True)
    family_name = models.CharField(_("family name"), max_length=120, blank=True)
    born = models.DateField(_("date of birth"), null=True, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("account"),
    )
    erased_at = models.DateTimeField(_("erased on"), null=True, blank=True)

    class Meta:
        verbose_name = _("holder")
        verbose_name_plural = _("holders")
        ordering = ["family_name", "given_name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "reference"], condition=~Q(reference=""), name="credentials_holder_once"
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None)
                | (Q(given_name="", family_name="", email="", reference="", born=None) & Q(user=None)),
                name="credentials_erased_holder_is_empty",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.given_name} {self.family_name}".strip() or "–"


class State(models.TextChoices):
    DRAFT = "draft", _("Draft")
    WAITING = "waiting", _("Waiting for approval")
    HELD = "held", _("Held for a person to decide")
    ISSUED = "issued", _("Issued")
    SUSPENDED = "suspended", _("Suspended")
    REVOKED = "revoked", _("Revoked")
    REFUSED = "refused", _("Refused")


OUT = frozenset({State.ISSUED, State.SUSPENDED, State.REVOKED})


class Award(models.Model):
    """One award. Until it is issued its fields may change; then `facts` holds what all renderings carry.

    `reference` is the issuer's own, once per issuer: the same row sent twice is one award. `origin` tells what was
    issued here from what an institution deposited in the register.
    """

    class Origin(models.TextChoices):
        ISSUED = "issued", _("Issued here")
        DEPOSITED = "deposited", _("Deposited")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    issuer = models.ForeignKey(
        Issuer, on_delete=models.PROTECT, related_name="awards", verbose_name=_("issuer")
    )
    achievement = models.ForeignKey(
        Achievement, on_delete=models.PROTECT, related_name="awards", verbose_name=_("achievement")
    )
    holder = models.ForeignKey(
        Holder, on_delete=models.PROTECT, related_name="awards", verbose_name=_("holder")
    )
    reference = models.CharField(_("own reference"), max_length=80)
    origin = models.CharField(_("origin"), max_length=10, choices=Origin.choices, default=Origin.ISSUED)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    awarded_on = models.DateField(_("awarded on"))
    valid_from = models.DateTimeField(_("valid from"))
    valid_until = models.DateTimeField(_("valid until"), null=True, blank=True)
    grade = models.CharField(pgettext_lazy("result of an assessment", "grade"), max_length=80, blank=True)
    assessed_on = models.DateField(_("assessed on"), null=True, blank=True)
    assessed_by = models.CharField(_("assessed by"), max_length=200, blank=True)
    place = models.CharField(_("place"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=8, default="en")
    left_out = models.JSONField(
        _("outcomes not reached"), default=list, blank=True, help_text=_("Addresses of outcomes.")
    )
    facts = models.JSONField(_("facts"), null=True, blank=True, editable=False)
    held_for = models.JSONField(_("held because"), default=list, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    replaces = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by"
    )
    status_list = models.ForeignKey(
        StatusList, null=True, blank=True, on_delete=models.PROTECT, related_name="awards"
    )
    status_index = models.PositiveIntegerField(null=True, blank=True, editable=False)
    batch = models.ForeignKey(
        "Batch", null=True, blank=True, on_delete=models.SET_NULL, related_name="awards"
    )
    evidence = models.ForeignKey(
        Document,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("scan of the paper"),
    )
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("entered on"))
    issued_at = models.DateTimeField(_("issued on"), null=True, blank=True)
    stopped_at = models.DateTimeField(_("revoked or suspended on"), null=True, blank=True)
    synthetic = models.BooleanField(_("invented"), default=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("award")
        verbose_name_plural = _("awards")
        ordering = ["-created_at", "id"]
        indexes = [
            models.Index(fields=["issuer", "state", "-created_at"], name="credentials_award_by_state"),
            models.Index(fields=["holder"], name="credentials_award_by_holder"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["issuer", "reference"], name="credentials_award_once"),
            models.UniqueConstraint(
                fields=["status_list", "status_index"], name="credentials_status_index_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(OUT), issued_at__isnull=False)
                | (~Q(state__in=sorted(OUT)) & Q(issued_at=None)),
                name="credentials_award_out_has_its_date",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[State.SUSPENDED, State.REVOKED], stopped_at__isnull=False)
                | (~Q(state__in=[State.SUSPENDED, State.REVOKED]) & Q(stopped_at=None)),
                name="credentials_award_stopped_has_its_date",
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")),
                name="credentials_award_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(status_list=None, status_index=None)
                | Q(status_list__isnull=False, status_index__isnull=False),
                name="credentials_award_has_both_of_its_status",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class Rendering(models.Model):
    """A credential as it left: the bytes, the key that signed, and its leaf in the log. Never changed.

    `digest` (SHA-256, hexadecimal) is what the log holds; of what it is taken says the form. The content goes when
    the holder asks for erasure; the digest stays, and tells nothing.
    """

    class Form(models.TextChoices):
        VC = "vc", _("Verifiable Credential")
        VC_JWT = "vc-jwt", _("Verifiable Credential (JWT)")
        OPEN_BADGE = "open-badge", _("Open Badge")
        EDC = "edc", _("European Digital Credential")
        SD_JWT = "sd-jwt", _("For a wallet (SD-JWT)")
        CERTIFICATE = "certificate", _("Certificate (PDF)")
        SUPPLEMENT = "supplement", _("Supplement (PDF)")

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="renderings")
    form = models.CharField(max_length=12, choices=Form.choices)
    variant = models.CharField(max_length=40, blank=True, help_text="Cryptosuite, or language of a paper.")
    key = models.ForeignKey(Key, null=True, on_delete=models.PROTECT, related_name="+")
    content = models.BinaryField(null=True)
    digest = models.CharField(max_length=64, unique=True)
    leaf = models.PositiveBigIntegerField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("rendering")
        verbose_name_plural = _("renderings")
        ordering = ["award", "form", "variant"]
        indexes = [models.Index(fields=["award", "form", "variant"], name="credentials_rendering_of")]

    def __str__(self) -> str:
        return f"{self.form} {self.variant}".strip()
