"""Telling holders, by mail: of a new award with a link to put it in their wallet, and of what became of one."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from smtplib import SMTPException
from typing import Any, Final

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from gilde.core import audit, clock, jobs
from gilde.core.access import Actor, require
from gilde.credentials import access, identity
from gilde.credentials.models import OUT, Award, Invitation, State, token

logger = logging.getLogger(__name__)

INVITED: Final = timedelta(days=60)


@dataclass(frozen=True)
class Told:
    """How many were told, how many have no address, how many the mail server refused."""

    told: int
    without_address: int
    failed: int


def token_hash(secret: str) -> str:
    """Return what is kept of the secret in a link."""
    return sha256(secret.encode()).hexdigest()


def invite(award: Award) -> str:
    """Return a new link with which whoever has it puts the award in their wallet; older links stop working."""
    secret = token()
    now = clock.now()
    with transaction.atomic():
        award.invitations.filter(used_at=None).delete()
        Invitation.objects.create(
            award=award, token_hash=token_hash(secret), sent_at=now, expires_at=now + INVITED
        )
    return identity.url("claim", secret)


def tell_again(*, actor: Actor, awards: Sequence[Award]) -> jobs.Job:
    """Queue a mail to the holders of awards that are out, and return the job. Raises Refused."""
    for award in awards:
        require(access.can_stop(actor, award))
    with transaction.atomic():
        audit.record(
            actor,
            "credentials.issuer.tell",
            awards[0].issuer,
            after={"awards": [str(award.pk) for award in awards]},
        )
        return jobs.enqueue(actor, "credentials.tell", awards=[str(award.pk) for award in awards])


def tell(awards: Sequence[str]) -> Told:
    """Mail the holders of awards, each in the language of the award; an address that fails stops no other."""
    told = without = failed = 0
    found = Award.objects.filter(pk__in=awards, state__in=sorted(OUT))
    found = found.select_related("holder", "achievement", "issuer__organisation", "replaces")
    for number, award in enumerate(found.order_by("pk"), 1):
        jobs.progress(number, len(awards), "")
        if not award.holder.email:
            without += 1
            continue
        try:
            _mail(award).send()
        except (SMTPException, OSError) as error:
            # What a mail server answers holds the address, so only the kind of the error is logged.
            logger.error("The holder of award %s was not told: %s.", award.pk, type(error).__name__)
            failed += 1
            continue
        told += 1
    return Told(told, without, failed)


def _mail(award: Award) -> EmailMessage:
    language = award.language if award.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    with translation.override(language):
        in_wallet = award.kept.exists()
        context: dict[str, Any] = {
            "award": award,
            "issuer": str(award.issuer),
            "title": str(award.achievement.title),
            "replaces": award.replaces,
            "link": identity.url("wallet") if in_wallet else invite(award),
            "in_wallet": in_wallet,
            "site": settings.SITE_NAME,
            "state": award.get_state_display(),
        }
        name = {State.REVOKED: "revoked", State.SUSPENDED: "suspended"}.get(State(award.state), "issued")
        subject = render_to_string(f"credentials/mail/{name}_subject.txt", context)
        body = render_to_string(f"credentials/mail/{name}.txt", context)
    return EmailMessage(
        " ".join(subject.split()),
        body.strip() + "\n",
        to=[award.holder.email],
        headers={"Auto-Submitted": "auto-generated"},
    )
