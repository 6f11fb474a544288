"""Wallets: an award comes in by the link from the mail, lies in folders, and leaves as files."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext as _

from gilde.core import audit, clock, jobs
from gilde.core.access import Actor, require
from gilde.core.changes import checked
from gilde.core.errors import GildeError, Invalid, Missing, Refused
from gilde.core.models import AuditEvent
from gilde.core.users import User
from gilde.credentials import access
from gilde.credentials.models import OUT, Award, Folder, Holder, Invitation, Kept, Offer, Rendering, Share
from gilde.credentials.services import renderings, telling

PREPARE: Final = "credentials.prepare-archive"
# Files that are made within one request; beyond it a job makes them first. Papers take about 0.2 s each.
AT_ONCE: Final = 6
_AROUND: Final = ("award__issuer__organisation", "award__achievement", "award__holder", "award__status_list")


def wallet(actor: Actor) -> QuerySet[Kept]:
    """Return what is in the actor's wallet and was issued, the newest first."""
    if not actor.is_authenticated or actor.pk is None:
        return Kept.objects.none()
    return Kept.objects.filter(user=actor.pk, award__state__in=sorted(OUT)).order_by("-added_at", "-pk")


def invited(secret: str) -> Award:
    """Return the award that a link from a mail shows, to whoever has the link. Raises Missing when it works no more."""
    return _invitation(secret).award


def claimed(actor: Actor, secret: str) -> Award | None:
    """Return the award of a link that was used, where it lies in the actor's own wallet."""
    used = Invitation.objects.filter(token_hash=telling.token_hash(secret), used_at__isnull=False)
    return Award.objects.filter(
        pk__in=wallet(actor).order_by().filter(award__in=used.order_by().values("award")).values("award")
    ).first()


def _invitation(secret: str) -> Invitation:
    found = (
        Invitation.objects.filter(token_hash=telling.token_hash(secret), expires_at__gt=clock.now())
        .select_related("award__issuer__organisation", "award__achievement", "award__holder")
        .first()
    )
    if (
        found is None
        or found.used_at is not None
        or found.award.state not in OUT
        or found.award.facts is None
    ):
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
    now = clock.now()
    with transaction.atomic():
        if not Invitation.objects.filter(pk=invitation.pk, used_at=None).update(used_at=now):
            raise Missing(_("This link was used already."))
        holder = award.holder
        if holder.user_id not in (None, actor.pk):
            raise Refused(_("This award is in another wallet already. Ask the issuer if that is wrong."))
        holder.user = actor
        holder.save(update_fields=["user"])
        for each in holder.awards.filter(state__in=sorted(OUT)):
            Kept.objects.get_or_create(user=actor, award=each, defaults={"added_at": now})
        audit.record(actor, "credentials.award.claim", award)
    return award


def remove(*, actor: Actor, award: Award) -> None:
    """Take an award out of the actor's wallet, with every link to it and what these told. Raises Refused.

    The issuer keeps the award. Once none of a person's awards is in the wallet, the issuer's record of the person
    names the account no more, so that a new link may put them in another wallet.
    """
    require(access.holds(actor, award))
    with transaction.atomic():
        Share.objects.filter(user=actor.pk, award=award).delete()
        Kept.objects.filter(user=actor.pk, award=award).delete()
        if not Kept.objects.filter(user=actor.pk, award__holder=award.holder_id).exists():
            Holder.objects.filter(pk=award.holder_id, user=actor.pk).update(user=None)
        audit.record(actor, "credentials.award.put-out", award)


def make_folder(*, actor: Actor, name: str) -> Folder:
    """Make a folder in the actor's wallet, and return it. Raises Refused, Invalid for a name that is taken."""
    if not isinstance(actor, User):
        raise Refused(_("Sign in to keep awards in folders."))
    folder = Folder(user=actor, name=name.strip())
    _free(folder)
    checked(folder).save(force_insert=True)
    return folder


def rename_folder(*, actor: Actor, folder: Folder, name: str) -> Folder:
    """Give a folder another name, and return it. Raises Refused, Invalid."""
    _own(actor, folder)
    folder.name = name.strip()
    _free(folder)
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


def _free(folder: Folder) -> None:
    others = Folder.objects.filter(user=folder.user_id, name__iexact=folder.name).exclude(pk=folder.pk)
    if others.exists():
        sentence = _("You have a folder “%(name)s” already: give another name.") % {"name": folder.name}
        raise Invalid(sentence, fields={"name": [sentence]})


@dataclass(frozen=True)
class Prepared:
    """How many awards a wallet holds, how many files of them are ready, and how many could not be made."""

    awards: int
    files: int
    failed: int


def unmade(actor: Actor) -> int:
    """Return how many files of the actor's wallet would have to be made before it could be packed."""
    awards = wallet(actor)
    made = Rendering.objects.filter(
        award__in=awards.order_by().values("award"), form__in=renderings.FORMS, content__isnull=False
    )
    ready = made.order_by().values("award", "form").distinct().count()
    return max(0, awards.count() * len(renderings.FORMS) - ready)


def request_archive(*, actor: Actor) -> jobs.Job:
    """Queue the making of every file of the actor's wallet, and return the job. Raises Refused, Invalid."""
    _anything(actor)
    return jobs.enqueue(actor, PREPARE, user=str(actor.pk))


def prepare(user: str) -> Prepared:
    """Make every file of a person's wallet that is not made yet, so that packing them takes no time."""
    awards = _awards(User.objects.get(pk=user))
    files = failed = 0
    for number, award in enumerate(awards):
        jobs.progress(number, len(awards), str(award.achievement.title))
        for form in renderings.FORMS:
            try:
                renderings.rendering(award, form)
            except GildeError:
                failed += 1
            else:
                files += 1
    jobs.progress(len(awards), len(awards))
    return Prepared(len(awards), files, failed)


def archive(*, actor: Actor) -> bytes:
    """Return all that is in the actor's wallet as one ZIP file: every award in every form, and a list of them.

    What cannot be made of an award is named in the list with the reason. Raises Refused, Invalid for an empty wallet.
    """
    _anything(actor)
    awards = _awards(actor)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        listed = []
        for award in awards:
            names, missing = [], {}
            for form, file in _files(award):
                if isinstance(file, GildeError):
                    missing[form] = file.sentence
                    continue
                name = f"{_folder(award)}/{file.name}"
                archive.writestr(name, file.content)
                names.append(name)
            listed.append(
                {
                    "award": str(award.pk),
                    "state": award.state,
                    "reason": award.reason,
                    "facts": award.facts,
                    "files": names,
                    "missing": missing,
                }
            )
        archive.writestr("awards.json", _json(listed))
        archive.writestr("about-me.json", _json(own_report(actor)))
    with transaction.atomic():
        assert isinstance(actor, User)
        audit.record(actor, "credentials.wallet.take", actor, after={"awards": len(awards)})
    return packed.getvalue()


def _anything(actor: Actor) -> None:
    if not isinstance(actor, User):
        raise Refused(_("Sign in to take your awards with you."))
    if not wallet(actor).exists():
        raise Invalid(_("There is nothing in your wallet yet."))


def _awards(actor: Actor) -> list[Award]:
    return [each.award for each in wallet(actor).select_related(*_AROUND)]


def _files(award: Award) -> Iterator[tuple[str, renderings.File | GildeError]]:
    for form in renderings.FORMS:
        try:
            yield form, renderings.file(award, form)
        except GildeError as error:
            yield form, error
    try:
        yield "badge", renderings.badge(award, "svg")
    except GildeError as error:
        yield "badge", error


def _folder(award: Award) -> str:
    title = slugify(str(award.achievement.title))[:60] or "award"
    return f"{award.awarded_on.isoformat()}-{title}-{str(award.pk)[:8]}"


def _json(told: Any) -> str:
    return json.dumps(told, ensure_ascii=False, indent=2, cls=DjangoJSONEncoder)


def own_report(actor: Actor) -> dict[str, Any]:
    """Return all that this Gilde's credentials hold of the actor, for them to read: what is in the wallet, the links
    with each use, what issuers of these awards know of them, other wallets, and what was recorded. Never a secret.

    Raises Refused for who has not signed in. Source: article 15 of Regulation (EU) 2016/679.
    """
    if not isinstance(actor, User):
        raise Refused(_("Sign in to read what is stored about you."))
    kept = list(wallet(actor).select_related(*_AROUND, "folder"))
    shares = list(access.visible_shares(actor).prefetch_related("uses"))
    awards = [each.award_id for each in kept]
    holders = list(Holder.objects.filter(user=actor).select_related("issuer__organisation"))
    objects = [*awards, *(share.pk for share in shares), *(holder.pk for holder in holders), actor.pk]
    events = AuditEvent.objects.filter(
        action__startswith="credentials.", object_id__in=list(map(str, objects))
    )
    return {
        "account": {"email": actor.email, "name": actor.name, "joined_at": actor.joined_at},
        "persons": [
            {
                "issuer": str(holder.issuer),
                "given_name": holder.given_name,
                "family_name": holder.family_name,
                "born": holder.born,
                "email": holder.email,
                "reference": holder.reference,
            }
            for holder in holders
        ],
        "awards": [
            {
                "award": str(each.award_id),
                "issuer": str(each.award.issuer),
                "reference": each.award.reference,
                "state": each.award.state,
                "reason": each.award.reason,
                "added_at": each.added_at,
                "folder": each.folder.name if each.folder else "",
                "facts": each.award.facts,
            }
            for each in kept
        ],
        "folders": list(access.visible_folders(actor).values_list("name", flat=True)),
        "links": [
            {
                "award": str(share.award_id),
                "for": share.note,
                "outcomes": share.outcomes,
                "with_grade": share.with_grade,
                "with_birth": share.with_birth,
                "made_at": share.created_at,
                "until": share.expires_at,
                "withdrawn_at": share.withdrawn_at,
                "views": share.views,
                "uses": [{"at": use.at, "act": use.act, "answer": use.answer} for use in share.uses.all()],
            }
            for share in shares
        ],
        "other_wallets": list(
            Offer.objects.filter(award__in=awards).values("award", "created_at", "redeemed_at", "issued_at")
        ),
        "events": list(events.order_by("pk").values("at", "action")),
    }
