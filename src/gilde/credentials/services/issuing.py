"""Issuing: what was entered becomes an award that counts, with its credential, its place in a list, and the log."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from gilde.core import audit, clock, jobs
from gilde.core.access import Actor, require
from gilde.core.errors import Invalid, Refused, Stale
from gilde.core.users import User
from gilde.credentials import access, describing, recognition
from gilde.credentials.facts_json import as_json
from gilde.credentials.keys.kinds import KeyKind
from gilde.credentials.linked import jcs
from gilde.credentials.models import Achievement, Award, Issuer, Kept, Rendering, State
from gilde.credentials.proofs import data_integrity
from gilde.credentials.renderings import vc
from gilde.credentials.services import drafting, keys, lists, log

CHUNK: Final = 500  # awards of one transaction; others get their turn between two
ENTERED: Final = frozenset({State.DRAFT, State.WAITING, State.HELD})  # what may come out
_KINDS: Final = {
    "eddsa-jcs-2022": KeyKind.ED25519,
    "eddsa-rdfc-2022": KeyKind.ED25519,
    "ecdsa-jcs-2019": KeyKind.P256,
    "ecdsa-rdfc-2019": KeyKind.P256,
}


def kind_of(suite: str) -> KeyKind:
    """Return the kind of key that signs with a cryptosuite."""
    return _KINDS[suite]


def submit(*, actor: Actor, award: Award) -> Award:
    """Send an award to be approved by another person, and return it. Raises Refused, Invalid, Stale."""
    require(access.can_draft(actor, award.issuer))
    return move(actor, award, "submit", {State.DRAFT}, State.WAITING)


def send_back(*, actor: Actor, award: Award, reason: str) -> Award:
    """Send an award back to who entered it, with the reason. Raises Refused, Invalid, Stale."""
    require(access.can_approve(actor, award.issuer, award.drafted_by_id))
    if not reason.strip():
        raise Invalid(_("Say why you send it back."), fields={"reason": []})
    return move(actor, award, "send-back", {State.WAITING}, State.DRAFT, reason=reason.strip())


def discard(*, actor: Actor, award: Award) -> None:
    """Take away an award that was never issued. Raises Refused, Stale."""
    require(access.can_edit(actor, award))
    with transaction.atomic():
        audit.record(actor, "credentials.award.discard", award)
        mine = Award.objects.filter(pk=award.pk, state=award.state, version=award.version)
        gone, _told = mine.delete()
        if not gone:
            raise Stale(_("Somebody else changed this in the meantime. Reload the page and look again."))
        if not award.holder.awards.exists():
            award.holder.delete()


def issue(*, actor: Actor, award: Award, notify: bool = True) -> Award:
    """Issue an award that was entered, or that waits for approval, and return it. Raises Refused, Invalid, Stale."""
    if award.state == State.WAITING:
        require(access.can_approve(actor, award.issuer, award.drafted_by_id))
    else:
        require(access.can_issue(actor, award.issuer))
    _in(award, {State.DRAFT, State.WAITING})
    issue_many(actor, [award], notify=notify)
    award.refresh_from_db()
    return award


def issue_new(*, actor: Actor, achievement: Achievement, given: drafting.Given, notify: bool = True) -> Award:
    """Enter an award and issue it at once, and return it; one that was issued before is returned as it is.

    Where the issuer asks for two people it is sent for approval instead. Raises Refused, Invalid.
    """
    with transaction.atomic():
        award = drafting.draft(actor=actor, achievement=achievement, given=given)
        if award.state != State.DRAFT:
            return award
        if achievement.issuer.two_people and actor.pk is not None:
            return submit(actor=actor, award=award)
        return issue(actor=actor, award=award, notify=notify)


def issue_many(actor: Actor, awards: Sequence[Award], *, notify: bool = True) -> None:
    """Issue awards of one issuer, all or none, in one transaction. The caller has checked access.

    Raises Refused where the issuer is not recognised for one of them, Invalid for what is out already, Stale when
    somebody was first.
    """
    if not awards:
        return
    issuer = awards[0].issuer
    if any(award.issuer_id != issuer.pk for award in awards):
        raise ValueError("Awards of one issuer are issued together.")
    for award in awards:
        _in(award, ENTERED)
        if not (decision := recognition.may_award(issuer, award.achievement, award.awarded_on)):
            raise Refused(f"{award.reference}: {decision.reason}")
    now = clock.now().replace(microsecond=0)
    templates: dict[UUID, describing.Template] = {}
    with transaction.atomic():
        key, signing = keys.signing_key(issuer, kind_of(issuer.suite))
        places = lists.allot(issuer, len(awards))
        signer = data_integrity.Signer(signing, str(issuer.suite), created=now)
        renderings = []
        for award, (status_list, index) in zip(awards, places, strict=True):
            if award.achievement_id not in templates:
                templates[award.achievement_id] = describing.template_of(award.achievement)
            facts = describing.facts_of(award, templates[award.achievement_id])
            document = vc.render(facts, lists.place(status_list, index))
            content = jcs.canonical(signer.sign(document))
            renderings.append(
                Rendering(
                    award=award,
                    form=Rendering.Form.VC,
                    variant=issuer.suite,
                    key=key,
                    content=content,
                    digest=log.digest_of(content),
                    made_at=now,
                )
            )
            rows = Award.objects.filter(pk=award.pk, state=award.state, version=award.version).update(
                state=State.ISSUED,
                issued_at=now,
                facts=as_json(facts),
                status_list=status_list,
                status_index=index,
                approved_by=actor if isinstance(actor, User) and award.state == State.WAITING else None,
                version=award.version + 1,
                reason="",
            )
            if rows != 1:
                raise Stale(
                    _("Award %(reference)s was changed in the meantime. Reload the page and look again.")
                    % {"reference": award.reference}
                )
        first = log.append([each.digest for each in renderings])
        for at, each in enumerate(renderings):
            each.leaf = first + at
        Rendering.objects.bulk_create(renderings, batch_size=200)
        _into_wallets(awards, now)
        _record(actor, issuer, awards)
        transaction.on_commit(log.sign_checkpoint)
        if notify:
            jobs.enqueue(actor, "credentials.tell", awards=[str(award.pk) for award in awards])


def _into_wallets(awards: Sequence[Award], now: datetime) -> None:
    """Put what takes the place of an award in the wallets that hold that, in the same folders."""
    new = {award.replaces_id: award for award in awards if award.replaces_id}
    if not new:
        return
    Kept.objects.bulk_create(
        (
            Kept(user_id=kept.user_id, award=new[kept.award_id], folder_id=kept.folder_id, added_at=now)
            for kept in Kept.objects.filter(award__in=list(new))
        ),
        ignore_conflicts=True,
    )


def _record(actor: Actor, issuer: Issuer, awards: Sequence[Award]) -> None:
    if len(awards) == 1:
        audit.record(
            actor,
            "credentials.award.issue",
            awards[0],
            before={"state": awards[0].state},
            after={"state": State.ISSUED, "achievement": awards[0].achievement.code},
        )
        return
    audit.record(
        actor,
        "credentials.issuer.issue-many",
        issuer,
        after={"number": len(awards), "awards": [str(award.pk) for award in awards]},
    )


def move(
    actor: Actor, award: Award, verb: str, sources: Collection[str], target: str, **fields: object
) -> Award:
    """Move an award to a state from one of `sources`, store `fields` with it, and return it as stored.

    The caller has checked access. Raises Invalid from another state, Stale when somebody was first.
    """
    _in(award, sources)
    with transaction.atomic():
        rows = Award.objects.filter(pk=award.pk, state=award.state, version=award.version).update(
            state=target, version=award.version + 1, **fields
        )
        if rows != 1:
            raise Stale(_("Somebody else changed this in the meantime. Reload the page and look again."))
        audit.record(
            actor,
            f"credentials.award.{verb}",
            award,
            before={"state": award.state},
            after={"state": target},
            personal={"reason": fields["reason"]} if fields.get("reason") else None,
        )
    award.refresh_from_db()
    return award


def _in(award: Award, sources: Collection[str]) -> None:
    if award.state not in sources:
        raise Invalid(
            _("Award %(reference)s is “%(state)s”, so it cannot be changed that way.")
            % {"reference": award.reference, "state": award.get_state_display()}
        )
