"""Issuers: opened with their first keys, changed, closed."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from gilde.core import audit, clock
from gilde.core.access import Actor, require
from gilde.core.changes import changed, checked
from gilde.core.errors import Invalid
from gilde.credentials import access, identity
from gilde.credentials.models import Issuer, Key
from gilde.credentials.services import keys
from gilde.organisations.public import Organisation


def open_issuer(*, actor: Actor, organisation: Organisation, slug: str = "", **fields: Any) -> Issuer:
    """Let an organisation issue awards: with a DID of its own and a key of each kind; return the issuer.

    Raises Refused, Invalid for a slug that is taken.
    """
    require(access.can_administer(actor))
    slug = slug or slugify(organisation.slug)
    if slug == identity.REGISTER:
        sentence = _("“%(slug)s” is the register's own name. Choose another.") % {"slug": slug}
        raise Invalid(sentence, fields={"slug": [sentence]})
    issuer = Issuer(organisation=organisation, slug=slug, opened_at=clock.now(), **fields)
    with transaction.atomic():
        checked(issuer).save(force_insert=True)
        audit.record(actor, "credentials.issuer.open", issuer, after={"slug": slug})
        for kind in keys.KINDS:
            keys.make_key(actor, issuer, kind, issuer.opened_at)
    return issuer


def change_issuer(*, actor: Actor, issuer: Issuer, lock: int, **fields: Any) -> Issuer:
    """Change how an issuer works and looks, and return it as stored. Raises Refused, Invalid, Stale."""
    require(access.can_manage(actor, issuer))
    stored: Issuer = changed(issuer, fields, actor=actor, event="credentials.issuer.change", version=lock)
    return stored


def close_issuer(*, actor: Actor, issuer: Issuer) -> Issuer:
    """Let an issuer issue no more. What it issued stays, and can still be checked and revoked. Raises Refused."""
    require(access.can_administer(actor))
    now = clock.now()
    with transaction.atomic():
        if not Issuer.objects.filter(pk=issuer.pk, closed_at=None).update(closed_at=now):
            raise Invalid(_("%(organisation)s issues no more.") % {"organisation": issuer})
        # Its status lists still have to be signed, so the newest key of each kind stays open.
        audit.record(actor, "credentials.issuer.close", issuer, after={"at": now})
    issuer.refresh_from_db()
    return issuer


def keys_of(issuer: Issuer) -> list[Key]:
    """Return all keys of an issuer, the newest first."""
    return list(issuer.keys.order_by("-since", "-fragment"))
