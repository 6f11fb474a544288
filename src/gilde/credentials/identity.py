"""Who Gilde's issuers are to the world: their DIDs, and the addresses at which what belongs to them is found."""

from __future__ import annotations

import ipaddress
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.urls import reverse

REGISTER: Final = "register"  # the slug of the register's own identity, which signs the log


def host() -> str:
    """Return the host of this Gilde as a did:web writes it: a name, a port with %3A. A bare address is localhost."""
    parts = urlsplit(settings.SITE_URL)
    name = parts.hostname or "localhost"
    try:
        ipaddress.ip_address(name)
        name = "localhost"
    except ValueError:
        pass
    standard = {"https": 443, "http": 80}.get(parts.scheme)
    return name if parts.port in (None, standard) else f"{name}%3A{parts.port}"


def did(slug: str) -> str:
    """Return the did:web of the issuer with this slug; its document is at /issuers/<slug>/did.json."""
    return f"did:web:{host()}:issuers:{slug}"


def slug_of(did_or_url: str) -> str | None:
    """Return the slug of an issuer of this Gilde from its DID or the URL of one of its keys, else None."""
    found = did_or_url.split("#", 1)[0]
    before = f"did:web:{host()}:issuers:"
    if not found.startswith(before):
        return None
    slug = found[len(before) :]
    return slug if slug and ":" not in slug else None


def url(name: str, *args: object) -> str:
    """Return the full address of a page or file of credentials, by the name of its route."""
    return settings.SITE_URL + reverse(f"credentials:{name}", args=args)


def award_urn(award: UUID) -> str:
    """Return the identifier of an award in every rendering; it leads nowhere, so that it tells nothing."""
    return f"urn:uuid:{award}"
