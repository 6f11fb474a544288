"""The context of credentials: awards, their renderings, keys, log, wallets, and checking."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CredentialsConfig(AppConfig):
    name = "gilde.credentials"
    verbose_name = _("Credentials")
