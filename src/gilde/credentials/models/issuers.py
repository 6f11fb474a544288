"""Who issues: an organisation with an identity of its own (did:web), its keys, and what its papers look like."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gilde.core.models import Document
from gilde.core.text import MultilingualField
from gilde.organisations.public import Organisation


class Suite(models.TextChoices):
    """How credentials are signed by default; each rendering may use another."""

    EDDSA_JCS = "eddsa-jcs-2022", "eddsa-jcs-2022"
    EDDSA_RDFC = "eddsa-rdfc-2022", "eddsa-rdfc-2022"
    ECDSA_JCS = "ecdsa-jcs-2019", "ecdsa-jcs-2019"
    ECDSA_RDFC = "ecdsa-rdfc-2019", "ecdsa-rdfc-2019"


class Layout(models.TextChoices):
    CLASSIC = "classic", _("Classic")
    MODERN = "modern", _("Modern")
    PLAIN = "plain", _("Plain")


class Issuer(models.Model):
    """An organisation that issues awards; `slug` stands in its DID, so it never changes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.OneToOneField(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    slug = models.SlugField(_("name in addresses"), max_length=80, unique=True)
    legal_id = models.CharField(_("registration number"), max_length=40, blank=True)
    suite = models.CharField(_("signed with"), max_length=20, choices=Suite.choices, default=Suite.EDDSA_JCS)
    two_people = models.BooleanField(
        _("two people"),
        default=False,
        help_text=_("An award is issued only after a second person approved it."),
    )
    layout = models.CharField(_("layout"), max_length=20, choices=Layout.choices, default=Layout.CLASSIC)
    colour = models.CharField(_("colour"), max_length=7, default="#12324a")
    logo = models.ForeignKey(
        Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("logo")
    )
    template = models.ForeignKey(
        Document,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("own layout"),
    )
    signatories = models.JSONField(
        _("signatories"), default=list, blank=True, help_text=_("Name and function of each.")
    )
    wording = MultilingualField(_("wording"), blank=True, help_text=_("A sentence above the title."))
    place = models.CharField(_("place"), max_length=120, blank=True)
    opened_at = models.DateTimeField(_("issues since"))
    closed_at = models.DateTimeField(_("issued until"), null=True, blank=True)
    synthetic = models.BooleanField(_("invented"), default=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("issuer")
        verbose_name_plural = _("issuers")
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(closed_at__gte=F("opened_at")),
                name="credentials_issuer_closes_after_opening",
            )
        ]

    def __str__(self) -> str:
        return str(self.organisation)


class Key(models.Model):
    """A key pair of an issuer, or of the register itself (its log). The private half is encrypted, and goes when
    the key is retired for good; the public half stays for ever, so that what it signed can be checked.
    """

    class Kind(models.TextChoices):
        ED25519 = "Ed25519", "Ed25519"
        P256 = "P-256", "P-256"
        P384 = "P-384", "P-384"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    issuer = models.ForeignKey(
        Issuer, null=True, blank=True, on_delete=models.PROTECT, related_name="keys", verbose_name=_("issuer")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    fragment = models.CharField(_("name in the document"), max_length=40)
    multikey = models.CharField(_("public key"), max_length=120)
    sealed = models.TextField(_("private key, encrypted"), blank=True, editable=False)
    since = models.DateTimeField(_("signs since"))
    until = models.DateTimeField(_("signed until"), null=True, blank=True)
    compromised_from = models.DateTimeField(_("not to be trusted from"), null=True, blank=True)

    class Meta:
        verbose_name = _("key")
        verbose_name_plural = _("keys")
        ordering = ["issuer", "since", "fragment"]
        constraints = [
            models.UniqueConstraint(fields=["issuer", "fragment"], name="credentials_key_once"),
            models.UniqueConstraint(
                fields=["fragment"], condition=Q(issuer=None), name="credentials_register_key_once"
            ),
            models.UniqueConstraint(
                fields=["issuer", "kind"],
                condition=Q(until=None) & Q(issuer__isnull=False),
                name="credentials_one_key_of_a_kind_signs",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="credentials_key_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(compromised_from=None) | Q(until__isnull=False),
                name="credentials_compromised_key_signs_no_more",
            ),
        ]

    def __str__(self) -> str:
        return self.fragment
