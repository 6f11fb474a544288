"""Wallets: an award comes in by the link from the mail, lies in folders, and leaves as files."""

from __future__ import annotations

import io
import json
import zipfile

from django.db import transaction
from django.utils.translation import gettext as _

from gilde.core import audit, clock
from gilde.core.access import Actor, require
from gilde.core.changes import checked
from gilde.core.errors import Invalid, Missing, Refused
from gilde.core.users import User
from gilde.credentials import access
from gilde.credentials.models import OUT, Award, Folder, Invitation, Kept
from gilde.credentials.services import renderings, telling

_DEFAULT = ("vc", "open-badge", "edc", "certificate", "supplement")


def invited(secret: str) -> Award:
    """Return the award that a link from a mail shows, to whoever has the link. Raises Missing when it works no more."""
    return _invitation(secret).award


def _invitation(secret: str) -> Invitation:
    found = (
        Invitation.objects.filter(token_hash=telling.token_hash(secret), expires_at__gt=clock.now())
        .select_related("award__issuer__organisation", "award__achievement", "award__holder")
        .first()
    )
    if found is None or found.used_at is not None or found.award.state not in OUT:
        raise Missing(
            _("This link works no more. Sign in to see your awards, or ask the issuer for a new link.")
        )
    return found


def claim(*, actor: Actor, secret: str) -> Award:
    """Put the award of a link in the actor's wallet, with all others of the same person, and return it.

    The link works once. Raises Refused for who has not signed in, Missing.
    """
    if not isinstance(actor, User):
        raise Refused(_("Sign in, or make an account, to keep it in a wallet of your own."))
    invitation = _invitation(secret)
    award = invitation.award
    with transaction.atomic():
        if not Invitation.objects.filter(pk=invitation.pk, used_at=None).update(used_at=clock.now()):
            raise Missing(_("This link was used already."))
        holder = award.holder
        if holder.user_id not in (None, actor.pk):
            raise Refused(_("This award is in another wallet already. Ask the issuer if that is wrong."))
        holder.user = actor
        holder.save(update_fields=["user"])
        for each in holder.awards.filter(state__in=sorted(OUT)):
            Kept.objects.get_or_create(user=actor, award=each, defaults={"added_at": clock.now()})
        audit.record(actor, "credentials.award.claim", award)
    return award


def make_folder(*, actor: Actor, name: str) -> Folder:
    """Make a folder in the actor's wallet, and return it. Raises Refused, Invalid for a name that is taken."""
    if not isinstance(actor, User):
        raise Refused(_("Sign in to keep awards in folders."))
    folder = Folder(user=actor, name=name.strip())
    checked(folder).save(force_insert=True)
    return folder


def rename_folder(*, actor: Actor, folder: Folder, name: str) -> Folder:
    """Give a folder another name, and return it. Raises Refused, Invalid."""
    _own(actor, folder)
    folder.name = name.strip()
    checked(folder).save(update_fields=["name"])
    return folder


def remove_folder(*, actor: Actor, folder: Folder) -> None:
    """Take a folder away; what lay in it stays in the wallet. Raises Refused."""
    _own(actor, folder)
    folder.delete()


def put(*, actor: Actor, award: Award, folder: Folder | None) -> Kept:
    """Put an award of the actor's wallet in a folder, or in none, and return where it lies. Raises Refused."""
    require(access.holds(actor, award))
    if folder is not None:
        _own(actor, folder)
    kept = Kept.objects.get(user=actor.pk, award=award)
    kept.folder = folder
    kept.save(update_fields=["folder"])
    return kept


def _own(actor: Actor, folder: Folder) -> None:
    if actor.pk is None or folder.user_id != actor.pk:
        raise Refused(_("This is not your folder."))


def archive(*, actor: Actor) -> bytes:
    """Return all that is in the actor's wallet as one ZIP file: every award in every form, and a list of them.

    Raises Refused, Invalid for an empty wallet.
    """
    if not isinstance(actor, User):
        raise Refused(_("Sign in to take your awards with you."))
    awards = list(
        access.held_by(actor).select_related("issuer__organisation", "achievement", "status_list").distinct()
    )
    if not awards:
        raise Invalid(_("There is nothing in your wallet yet."))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        listed = []
        for award in awards:
            names = []
            for form in _DEFAULT:
                try:
                    file = renderings.file(award, form)
                except Missing:
                    continue
                name = f"{renderings.stem(award)}/{file.name}"
                archive.writestr(name, file.content)
                names.append(name)
            listed.append(
                {"award": str(award.pk), "state": award.state, "facts": award.facts, "files": names}
            )
        archive.writestr("awards.json", json.dumps(listed, ensure_ascii=False, indent=2))
    with transaction.atomic():
        audit.record(actor, "credentials.wallet.take", actor, after={"awards": len(awards)})
    return packed.getvalue()
