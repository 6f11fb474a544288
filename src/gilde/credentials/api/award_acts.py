"""What is done with awards over the API: corrected, approved, stopped; one at a time, or many in one act."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Schema, Status

from gilde.core.access import require
from gilde.core.api import Paragraph
from gilde.core.errors import Invalid
from gilde.credentials import access
from gilde.credentials.api.awards import AwardOut, award_of, awards
from gilde.credentials.api.giving import AwardIn
from gilde.credentials.api.shapes import Lock, address, current
from gilde.credentials.models import OUT
from gilde.credentials.services import acting, stopping
from gilde.credentials.services.acting import Act
from gilde.credentials.views.award_acts import ACTS


class CorrectIn(AwardIn):
    """The award as it should have been, under a reference of its own, and what was wrong."""

    lock: Lock
    reason: Paragraph
    notify: bool = True


@awards.post("/{uuid:award_id}/correct", response={201: AwardOut}, summary="Correct an award")
def correct_award(request: HttpRequest, award_id: UUID, payload: CorrectIn) -> Status[AwardOut]:
    """Revoke an award and issue the right one in its place, linked to it; the answer is the new one."""
    award = award_of(request, award_id)
    require(access.can_draft(request.user, award.issuer))
    if award.state not in OUT or award.facts is None:
        raise Invalid(_("Only what was issued can be corrected. Change the draft instead."))
    current(payload.lock, award.version)
    made = stopping.correct(
        actor=request.user,
        award=award,
        given=payload.given(),
        reason=payload.reason,
        notify=payload.notify,
    )
    return Status(201, AwardOut.told(request, award_of(request, made.pk)))


class ActIn(Schema):
    lock: Lock
    reason: Paragraph = Field("", description="Why; send-back, revoke, suspend and reinstate need it.")
    notify: bool = Field(True, description="Tell the holder by mail, where the act tells them.")


class ActDone(Schema):
    """What became of the award; null when it is gone."""

    award: AwardOut | None


@awards.post("/{uuid:award_id}/{slug:act}", response=ActDone, summary="Do something with an award")
def act_on_award(request: HttpRequest, award_id: UUID, act: str, payload: ActIn) -> ActDone:
    """Do one act: issue, submit, approve, send-back, discard, revoke, suspend, reinstate or tell.

    `acts` of the award names those that are open to you.
    """
    award = award_of(request, award_id)
    if act not in ACTS:
        raise Http404
    told = ACTS[act]
    require(told.may(request.user, award))
    current(payload.lock, award.version)
    if award.state not in told.sources:
        raise Invalid(
            _("Award %(reference)s is “%(state)s”, so it cannot be changed that way.")
            % {"reference": award.reference, "state": award.get_state_display()}
        )
    more: dict[str, Any] = {"reason": payload.reason} if told.asks else {}
    if told.tells:
        more["notify"] = payload.notify
    told.do(actor=request.user, award=award, **more)
    return ActDone(award=None if told.gone else AwardOut.told(request, award_of(request, award_id)))


class ManyIn(Schema):
    """One act on many awards, all of issuers that you work for."""

    act: Act
    awards: list[UUID] = Field(min_length=1, max_length=1000)
    reason: Paragraph = ""
    notify: bool = True


class ManyDone(Schema):
    """What one act on many did, or began. `left` says why others stay as they are, and how many.

    `done` is null while a job does it; `page` then shows how far it is.
    """

    will: int
    done: int | None
    left: dict[str, int]
    page: str | None


@awards.post("/acts", response=ManyDone, summary="Do one act on many awards")
def act_on_awards(request: HttpRequest, payload: ManyIn) -> ManyDone:
    """Approve, send back, revoke, suspend, reinstate, issue anew or tell many at once; more than fifty as a job."""
    user = request.user
    chosen = access.issued_by(user).filter(pk__in=payload.awards)
    wanted = acting.foreseen(actor=user, act=payload.act, awards=chosen)
    made = acting.start(actor=user, wanted=wanted, reason=payload.reason, notify=payload.notify)
    if isinstance(made, acting.Done):
        return ManyDone(will=len(wanted.will), done=made.done, left=wanted.left, page=None)
    page = address("credentials:awards-job", made.pk)
    return ManyDone(will=len(wanted.will), done=None, left=wanted.left, page=page)
