"""One act on many awards: what would happen to how many is told first, then each chunk is done whole or not at all."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from gilde.core import audit, jobs
from gilde.core.access import SYSTEM, Actor, Decision, require
from gilde.core.errors import Invalid
from gilde.core.users import User
from gilde.credentials import access
from gilde.credentials.models import OUT, Award, Issuer, State
from gilde.credentials.services import issuing, stopping, telling

AT_ONCE: Final = 50  # so many are done while the reader waits; more is a job
CHUNK: Final = 100  # awards of one transaction of a job
MOST: Final = 20_000  # awards of one act: its event and its job name each of them


class Act(StrEnum):
    APPROVE = "approve"
    SEND_BACK = "send-back"
    REVOKE = "revoke"
    SUSPEND = "suspend"
    REINSTATE = "reinstate"
    REISSUE = "reissue"
    TELL = "tell"


# From which states an act takes an award, and in which it then is.
SOURCES: Final = {
    Act.APPROVE: frozenset({State.WAITING}),
    Act.SEND_BACK: frozenset({State.WAITING}),
    Act.REVOKE: frozenset({State.ISSUED, State.SUSPENDED}),
    Act.SUSPEND: frozenset({State.ISSUED}),
    Act.REINSTATE: frozenset({State.SUSPENDED}),
    Act.REISSUE: frozenset({State.ISSUED, State.SUSPENDED}),
    Act.TELL: OUT,
}
TARGETS: Final = {
    Act.APPROVE: State.ISSUED,
    Act.SEND_BACK: State.DRAFT,
    Act.REVOKE: State.REVOKED,
    Act.SUSPEND: State.SUSPENDED,
    Act.REINSTATE: State.ISSUED,
    Act.REISSUE: State.REVOKED,
}
WITH_REASON: Final = frozenset({Act.SEND_BACK, Act.REVOKE, Act.SUSPEND, Act.REINSTATE, Act.REISSUE})


@dataclass(frozen=True)
class Foreseen:
    """What an act would do: `will` are the awards that it changes; `left` says why others stay, and how many."""

    act: Act
    will: tuple[UUID, ...]
    left: dict[str, int] = field(default_factory=dict)
    without_address: int = 0  # of `will`, whose holder cannot be told
    issuers: frozenset[UUID] = frozenset()  # of `will`
    seen: str = (
        ""  # stands for `will` as these awards are now, so that nothing else is done than what was shown
    )


@dataclass(frozen=True)
class Done:
    """What an act did: how many awards are as it wanted, and how many stayed as they were."""

    act: str
    done: int
    left: int


def foreseen(*, actor: Actor, act: Act, awards: QuerySet[Award]) -> Foreseen:
    """Return what the act would do to awards that the actor may see; nothing is changed."""
    rows = awards.order_by("pk").values_list(
        *("pk", "state", "version", "issuer", "drafted_by"),
        *("holder__email", "holder__erased_at", "replaced_by"),
    )
    may: dict[tuple[UUID, bool], Decision] = {}
    issuers = {each.pk: each for each in Issuer.objects.select_related("organisation")}
    will: list[UUID] = []
    concerned: set[UUID] = set()
    left: Counter[str] = Counter()
    without = 0
    shown = hashlib.sha256()
    for pk, state, version, issuer, drafted_by, email, erased_at, replaced_by in rows.iterator(
        chunk_size=2000
    ):
        own = actor.pk is not None and drafted_by == actor.pk
        if (issuer, own) not in may:
            may[issuer, own] = _may(actor, act, issuers[issuer], drafted_by)
        if why := _stays(act, state, may[issuer, own], erased_at is not None, replaced_by is not None):
            left[why] += 1
            continue
        if act == Act.TELL and not email:
            left[_("has no address to write to")] += 1
            continue
        will.append(pk)
        shown.update(f"{pk} {version} ".encode())
        concerned.add(issuer)
        without += not email
    return Foreseen(act, tuple(will), dict(left), without, frozenset(concerned), shown.hexdigest()[:32])


def _may(actor: Actor, act: Act, issuer: Issuer, drafted_by: object) -> Decision:
    if act in (Act.APPROVE, Act.SEND_BACK):
        return access.can_approve(actor, issuer, drafted_by)
    if act == Act.REISSUE and not (decision := access.can_draft(actor, issuer)):
        return decision
    return access.can_stop(actor, Award(issuer=issuer))


def _stays(act: Act, state: str, decision: Decision, erased: bool, replaced: bool) -> str:
    """Return why an award would stay as it is, "" when it would not."""
    if state == TARGETS.get(act):
        return _("is that already")
    if state not in SOURCES[act]:
        return _("is “%(state)s”") % {"state": State(state).label.lower()}
    if not decision:
        return decision.reason
    if erased and act in (Act.REISSUE, Act.TELL):
        return _("is of a person who was erased")
    if replaced and act == Act.REISSUE:
        return _("was corrected already")
    return ""


def start(*, actor: Actor, wanted: Foreseen, reason: str = "", notify: bool = True) -> Done | jobs.Job:
    """Do what was foreseen: at once for a few awards, and return what was done; else as a job, and return that.

    Raises Refused, Invalid without a reason where one is needed, or without any award that would be changed.
    """
    act, awards = wanted.act, wanted.will
    if act in WITH_REASON and not reason.strip():
        raise Invalid(_("Say why."), fields={"reason": [_("Say why.")]})
    if not awards:
        raise Invalid(_("None of these awards would be changed by this."))
    if len(awards) > MOST:
        raise Invalid(
            _("%(number)d awards are more than go in one act, %(most)d. Narrow the list, and do it in parts.")
            % {"number": len(awards), "most": MOST}
        )
    told = [str(each) for each in awards]
    with transaction.atomic():
        for issuer in Issuer.objects.filter(pk__in=wanted.issuers):
            after = {"number": len(told), "awards": told}
            audit.record(actor, f"credentials.issuer.{act}-many", issuer, after=after)
        if act == Act.TELL:
            return jobs.enqueue(actor, "credentials.tell", awards=told)
        if len(told) <= AT_ONCE:
            return _done(act, awards, chunk(actor, act, awards, reason, notify))
        told_job = {"who": str(actor.pk or ""), "act": act.value, "awards": told}
        return jobs.enqueue(actor, "credentials.act", **told_job, reason=reason.strip(), notify=notify)


def run(*, who: str, act: str, awards: Sequence[str], reason: str, notify: bool) -> Done:
    """Do an act chunk by chunk, each in one transaction. Run again, it goes on where it was interrupted.

    Raises Refused when the actor may no longer; what was done stays done.
    """
    actor: Actor = User.objects.get(pk=who) if who else SYSTEM
    wanted = [UUID(each) for each in awards]
    done = 0
    for first in range(0, len(wanted), CHUNK):
        jobs.progress(first, len(wanted), "")
        some = wanted[first : first + CHUNK]
        done += _done(Act(act), some, chunk(actor, Act(act), some, reason, notify)).done
    jobs.progress(len(wanted), len(wanted), "")
    return Done(act, done, len(wanted) - done)


def chunk(actor: Actor, act: Act, awards: Sequence[UUID], reason: str, notify: bool) -> int:
    """Do the act on those of these awards that it still changes, all or none, and return how many these were."""
    with transaction.atomic():
        rows = Award.objects.filter(pk__in=awards).filter(state__in=sorted(SOURCES[act]))
        rows = rows.select_related("issuer__organisation", "achievement", "holder", "status_list")
        if act == Act.REISSUE:
            rows = rows.filter(replaced_by=None, holder__erased_at=None)
        by_issuer: dict[UUID, list[Award]] = {}
        for award in rows.order_by("pk"):
            by_issuer.setdefault(award.issuer_id, []).append(award)
        for some in by_issuer.values():
            _act(actor, act, some, reason, notify)
        return sum(map(len, by_issuer.values()))


def _act(actor: Actor, act: Act, awards: list[Award], reason: str, notify: bool) -> None:
    match act:
        case Act.APPROVE:
            for drafted_by in {award.drafted_by_id for award in awards}:
                require(access.can_approve(actor, awards[0].issuer, drafted_by))
            issuing.issue_many(actor, awards, notify=notify)
        case Act.SEND_BACK:
            for award in awards:
                issuing.send_back(actor=actor, award=award, reason=reason)
        case Act.REVOKE:
            stopping.revoke(actor=actor, awards=awards, reason=reason, notify=notify)
        case Act.SUSPEND:
            stopping.suspend(actor=actor, awards=awards, reason=reason, notify=notify)
        case Act.REINSTATE:
            stopping.reinstate(actor=actor, awards=awards, reason=reason, notify=notify)
        case Act.REISSUE:
            stopping.reissue(actor=actor, awards=awards, reason=reason, notify=notify)
        case Act.TELL:
            telling.tell_again(actor=actor, awards=awards)


def _done(act: Act, awards: Sequence[UUID], moved: int) -> Done:
    """Count what is as the act wanted it, whoever did it: a job that was interrupted did some before."""
    if act == Act.TELL:
        return Done(act, moved, len(awards) - moved)
    are = Award.objects.filter(pk__in=awards).filter(state=TARGETS[act])
    done = are.exclude(replaced_by=None).count() if act == Act.REISSUE else are.count()
    return Done(act, done, len(awards) - done)
