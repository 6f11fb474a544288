"""Links by which a holder shows an award, or parts of it: they end on a day, can be withdrawn, and count views."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from gilde.core import audit, clock
from gilde.core.access import Actor, require
from gilde.core.changes import checked
from gilde.core.errors import Invalid, Missing
from gilde.core.users import User
from gilde.credentials import access, identity
from gilde.credentials.checking.around import Shared
from gilde.credentials.checking.check import check
from gilde.credentials.facts_json import from_json
from gilde.credentials.keys.kinds import KeyKind
from gilde.credentials.models import OUT, Award, Rendering, Share, ShareUse, token
from gilde.credentials.proofs import sd_jwt
from gilde.credentials.renderings import sd_jwt_vc
from gilde.credentials.services import checking, keys, lists, renderings
from gilde.credentials.verdict import Verdict

LONGEST: Final = timedelta(days=366)
# Of a link that is opened over and over every view is counted, and so many are kept with their time.
KEPT: Final = 1000


def url(share: Share) -> str:
    """Return the address of a link."""
    return identity.url("shared", share.token)


def share(
    *,
    actor: Actor,
    award: Award,
    expires_at: datetime,
    outcomes: Collection[str] | None = None,
    note: str = "",
    with_grade: bool = True,
    with_birth: bool = False,
) -> Share:
    """Make a link that shows an award until a moment, and return it.

    `outcomes` are the addresses of those to show, None for all. What is not chosen is not in what is handed over, not
    even hidden. Raises Refused, Invalid.
    """
    require(access.holds(actor, award))
    assert isinstance(actor, User)
    now = clock.now()
    if not now < expires_at <= now + LONGEST:
        raise Invalid(
            _("A link works for a year at most, and at least until a moment to come."),
            fields={"expires_at": [_("Choose a day within a year from now.")]},
        )
    if award.state not in OUT or award.facts is None:
        raise Missing(_("Of this award nothing can be handed out."))
    facts = from_json(award.facts)
    known = [each.id for each in facts.outcomes]
    chosen = known if outcomes is None else [each for each in known if each in set(outcomes)]
    if outcomes is not None and len(chosen) != len(set(outcomes)):
        raise Invalid(_("One of the outcomes is not of this award. Reload the page and choose again."))
    personal = ["sub", "given_name", "family_name"]
    if with_birth and facts.holder.born:
        personal.append("birthdate")
    if with_grade and facts.assessment:
        personal.append("assessment")
    key, signing = keys.signing_key(award.issuer, KeyKind.ED25519)
    signed = sd_jwt_vc.issue(
        facts, lists.place_of(award), signing, vct=identity.url("type-metadata"), holder_key=None
    )
    keep = sd_jwt_vc.paths(outcomes=[known.index(each) for each in chosen], personal=personal)
    made = Share(
        award=award,
        user=actor,
        token=token(),
        note=note.strip(),
        outcomes=None if outcomes is None else chosen,
        with_grade=with_grade,
        with_birth=with_birth,
        presentation=sd_jwt.present(signed, keep=keep, holder_key=None, now=now),
        created_at=now,
        expires_at=expires_at,
    )
    with transaction.atomic():
        checked(made).save(force_insert=True)
        left = renderings.keep(
            award,
            Rendering.Form.SD_JWT,
            "",
            signed.partition("~")[0].encode(),
            key,
            now.replace(microsecond=0),
        )
        Rendering.objects.filter(pk=left.pk).update(content=None)
        audit.record(actor, "credentials.share.make", made, after={"until": expires_at})
    return made


def withdraw(*, actor: Actor, share: Share) -> Share:
    """Let a link show nothing any more, and return it. Raises Refused, Invalid for one that was withdrawn."""
    require(access.holds(actor, share.award))
    with transaction.atomic():
        if not Share.objects.filter(pk=share.pk, withdrawn_at=None).update(withdrawn_at=clock.now()):
            raise Invalid(_("This link was withdrawn already."))
        audit.record(actor, "credentials.share.withdraw", share)
    share.refresh_from_db()
    return share


def remove(*, actor: Actor, share: Share) -> None:
    """Delete a link that shows nothing any more, with all that is known of its use. Raises Refused, Invalid."""
    require(access.holds(actor, share.award))
    if share.works(clock.now()):
        raise Invalid(_("This link still works: withdraw it first."))
    with transaction.atomic():
        audit.record(actor, "credentials.share.remove", share)
        share.delete()


def open_share(token: str) -> Share:
    """Return a link that works now. Raises Missing, alike for one that ended and one that never was."""
    found = Share.objects.filter(token=token).select_related("award__issuer__organisation").first()
    if found is None or not found.works(clock.now()) or found.award.facts is None:
        raise Missing(_("This link shows nothing any more, or never did. Ask the holder for a new one."))
    return found


def handed_over(share: Share) -> Shared:
    """Return what a link hands over to who checks it."""
    return Shared(share.presentation.encode(), None if share.outcomes is None else tuple(share.outcomes))


def seen(share: Share) -> Verdict:
    """Return what who opens a link is shown, for the holder: nothing is counted."""
    return check(handed_over(share).credential, checking.Here())


def viewed(share: Share) -> None:
    """Count a view by somebody, and keep when it was for the holder to see; never who."""
    now = clock.now()
    with transaction.atomic():
        Share.objects.filter(pk=share.pk).update(views=F("views") + 1)
        if share.views < KEPT:
            ShareUse.objects.create(share=share, act=ShareUse.Act.OPENED, at=now)
