"""The holder's own: what lies in the wallet, and links that show an award, or parts of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema, Status
from pydantic import StringConstraints

from gilde.core import clock
from gilde.core.api import OneOf, TextOut
from gilde.core.text import Text
from gilde.credentials import access
from gilde.credentials.api.awards import PICTURES
from gilde.credentials.api.shapes import (
    PERSONAL,
    Address,
    AwardKind,
    AwardState,
    ByKey,
    IssuerShort,
    Stretch,
    address,
    signed_in,
    stretch_of,
)
from gilde.credentials.facts import Facts
from gilde.credentials.facts_json import from_json
from gilde.credentials.models import Award, Kept, Share, ShareUse
from gilde.credentials.services import holding, renderings, sharing

wallet = Router(tags=["wallet"])
shares = Router(tags=["wallet"])

UseAct = Annotated[str, OneOf(ShareUse.Act)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120, pattern=r"^[^\x00]*$")]
_WITH = ("folder", "award__issuer__organisation", "award__achievement", "award__replaced_by")


class KeptLine(Schema):
    """An award in your wallet. `reason` says why it was revoked or suspended, `replaced_by` which one corrects it."""

    id: UUID
    kind: AwardKind
    title: TextOut
    issuer: IssuerShort
    state: AwardState
    expired: bool
    reason: str
    awarded_on: date
    valid_until: datetime | None
    replaced_by: UUID | None
    folder: str
    added_at: datetime
    page: str

    @classmethod
    def of(cls, kept: Kept) -> KeptLine:
        """Return what lies in a wallet as lists give it."""
        return cls(**_kept(kept))


def _kept(kept: Kept) -> dict[str, Any]:
    award = kept.award
    facts = from_json(award.facts) if award.facts else None
    after = getattr(award, "replaced_by", None)
    return {
        "id": award.pk,
        "kind": str(facts.kind) if facts else award.achievement.kind,
        "title": _title(award, facts),
        "issuer": IssuerShort.of(award.issuer),
        "state": award.state,
        "expired": award.valid_until is not None and award.valid_until < clock.now(),
        "reason": award.reason,
        "awarded_on": award.awarded_on,
        "valid_until": award.valid_until,
        "replaced_by": after.pk if after else None,
        "folder": kept.folder.name if kept.folder else "",
        "added_at": kept.added_at,
        "page": address("credentials:wallet-award", award.pk),
    }


def _title(award: Award, facts: Facts | None) -> TextOut:
    """Return the title as it was issued: that of the achievement may have been put right since."""
    if facts is None:
        return TextOut.of(award.achievement.title)
    words = dict(facts.achievement.title)
    return TextOut.of(Text(next(iter(words)), words))


@wallet.get(
    "", response=Stretch[KeptLine], summary="List what is in your wallet", auth=None, openapi_extra=PERSONAL
)
def list_wallet(request: HttpRequest, query: Query[ByKey]) -> Stretch[KeptLine]:
    """Return the awards in your own wallet, what came last first."""
    found = holding.wallet(signed_in(request)).select_related(*_WITH)
    return stretch_of(found, ["-added_at", "-pk"], query, KeptLine.of)


class KeptOut(KeptLine):
    """An award in your wallet, whole: `facts` is what every file of it says, `renderings` where these files are."""

    facts: dict[str, Any] | None
    renderings: dict[str, str]


@wallet.get(
    "/{uuid:award_id}",
    response=KeptOut,
    summary="Read an award in your wallet",
    auth=None,
    openapi_extra=PERSONAL,
)
def read_kept(request: HttpRequest, award_id: UUID) -> KeptOut:
    """Return an award in your own wallet with all that it says."""
    mine = holding.wallet(signed_in(request)).select_related(*_WITH)
    kept = get_object_or_404(mine, award=award_id)
    forms = (*renderings.FORMS, *PICTURES) if kept.award.facts is not None else ()
    return KeptOut(
        **_kept(kept),
        facts=kept.award.facts,
        renderings={form: address("api:read_rendering", award_id, form) for form in forms},
    )


class ShareLine(Schema):
    """A link that shows an award: `outcomes` null shows all. `works` says whether it shows anything now."""

    id: UUID
    award: UUID
    url: str
    note: str
    outcomes: list[str] | None
    with_grade: bool
    with_birth: bool
    created_at: datetime
    expires_at: datetime
    withdrawn_at: datetime | None
    works: bool
    views: int

    @classmethod
    def of(cls, share: Share) -> ShareLine:
        """Return the link as lists give it."""
        return cls(**_share(share))


def _share(share: Share) -> dict[str, Any]:
    return {
        "id": share.pk,
        "award": share.award_id,
        "url": sharing.url(share),
        "note": share.note,
        "outcomes": share.outcomes,
        "with_grade": share.with_grade,
        "with_birth": share.with_birth,
        "created_at": share.created_at,
        "expires_at": share.expires_at,
        "withdrawn_at": share.withdrawn_at,
        "works": share.works(clock.now()),
        "views": share.views,
    }


class ShareUseOut(Schema):
    """One time that somebody opened or checked what was shared; who it was is not known."""

    act: UseAct
    answer: str
    at: datetime


class ShareOut(ShareLine):
    """A link with the times that it was used, the newest first; a thousand at most."""

    uses: list[ShareUseOut]

    @classmethod
    def told(cls, share: Share) -> ShareOut:
        """Return the link whole."""
        uses = share.uses.order_by("-at", "-pk")[: sharing.KEPT]
        told = [ShareUseOut(act=each.act, answer=each.answer, at=each.at) for each in uses]
        return cls(**_share(share), uses=told)


@shares.get("", response=Stretch[ShareLine], summary="List your links", auth=None, openapi_extra=PERSONAL)
def list_shares(request: HttpRequest, query: Query[ByKey]) -> Stretch[ShareLine]:
    """Return the links that you made, the newest first."""
    found = access.visible_shares(signed_in(request))
    return stretch_of(found, ["-created_at", "-pk"], query, ShareLine.of)


@shares.get("/{uuid:share_id}", response=ShareOut, summary="Read a link", auth=None, openapi_extra=PERSONAL)
def read_share(request: HttpRequest, share_id: UUID) -> ShareOut:
    """Return a link that you made, with each time that it was opened or checked."""
    return ShareOut.told(get_object_or_404(access.visible_shares(signed_in(request)), pk=share_id))


class ShareIn(Schema):
    """Which award to show, what of it, for how long, and for whom: the note is read by you alone."""

    award: UUID
    days: int = Field(30, ge=1, le=365, description="How long the link works.")
    outcomes: list[Address] | None = Field(
        None, max_length=200, description="Addresses of the outcomes to show; null shows all, [] none."
    )
    note: Note = ""
    with_grade: bool = True
    with_birth: bool = False


@shares.post("", response={201: ShareOut}, summary="Share an award by a link")
def share_award(request: HttpRequest, payload: ShareIn) -> Status[ShareOut]:
    """Make a link that shows an award of your wallet; what is not chosen is not in it, not even hidden."""
    kept = holding.wallet(request.user).select_related("award__issuer__organisation", "award__status_list")
    award = get_object_or_404(kept, award=payload.award).award
    made = sharing.share(
        actor=request.user,
        award=award,
        expires_at=clock.now() + timedelta(days=payload.days),
        outcomes=payload.outcomes,
        note=payload.note,
        with_grade=payload.with_grade,
        with_birth=payload.with_birth,
    )
    return Status(201, ShareOut.told(made))


@shares.post("/{uuid:share_id}/withdraw", response=ShareOut, summary="Withdraw a link")
def withdraw_share(request: HttpRequest, share_id: UUID) -> ShareOut:
    """Let a link show nothing any more; it cannot be undone, but another can be made."""
    mine = access.visible_shares(request.user).select_related("award")
    return ShareOut.told(sharing.withdraw(actor=request.user, share=get_object_or_404(mine, pk=share_id)))
