"""Awards, for the people of the issuer: read, issued, and ended, through the same services as the pages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status

from gilde.core import clock
from gilde.core.api import Line, OneOf, TextOut
from gilde.core.errors import Invalid
from gilde.credentials import access
from gilde.credentials.api.giving import AwardIn, rendered
from gilde.credentials.api.shapes import (
    PERSONAL,
    AwardState,
    ByKey,
    IssuerShort,
    Stretch,
    Word,
    address,
    signed_in,
    stretch_of,
)
from gilde.credentials.models import OUT, Achievement, Award, State
from gilde.credentials.services import drafting, holding, issuing, renderings
from gilde.credentials.views.award_acts import ACTS

awards = Router(tags=["awards"])

EXPIRED: Final = "expired"
PICTURES: Final = ("badge-png", "badge-svg")
_WITH: Final = (
    *("issuer__organisation", "achievement__issuer__organisation", "holder", "status_list"),
    *("replaces", "replaced_by"),
)


class HolderOut(Schema):
    """A person as the issuer knows them; everything is empty once they were erased. `person` is the issuer's number."""

    id: UUID
    given_name: str
    family_name: str
    born: date | None
    email: str
    person: str
    erased_at: datetime | None


class AwardedOut(Schema):
    """What was awarded, in short."""

    id: UUID
    code: str
    title: TextOut

    @classmethod
    def of(cls, achievement: Achievement) -> AwardedOut:
        """Return the achievement in short."""
        return cls(id=achievement.pk, code=achievement.code, title=TextOut.of(achievement.title))


class AwardLine(Schema):
    """An award as its issuer sees it. `lock` is what to send with the next act; `expired`: it counted until a day.

    `replaces` is the award that this one corrects, `replaced_by` the one that corrects it.
    """

    id: UUID
    reference: str
    state: AwardState
    expired: bool
    lock: int
    issuer: IssuerShort
    achievement: AwardedOut
    holder: HolderOut
    awarded_on: date
    valid_from: datetime
    valid_until: datetime | None
    grade: str
    reason: str
    created_at: datetime
    issued_at: datetime | None
    stopped_at: datetime | None
    replaces: UUID | None
    replaced_by: UUID | None
    synthetic: bool
    page: str

    @classmethod
    def of(cls, award: Award) -> AwardLine:
        """Return the award as lists give it."""
        return cls(**_award(award))


def _award(award: Award) -> dict[str, Any]:
    holder = award.holder
    after = getattr(award, "replaced_by", None)
    over = award.state == State.ISSUED and award.valid_until is not None and award.valid_until < clock.now()
    return {
        "id": award.pk,
        "reference": award.reference,
        "state": award.state,
        "expired": over,
        "lock": award.version,
        "issuer": IssuerShort.of(award.issuer),
        "achievement": AwardedOut.of(award.achievement),
        "holder": HolderOut(
            id=holder.pk,
            given_name=holder.given_name,
            family_name=holder.family_name,
            born=holder.born,
            email=holder.email,
            person=holder.reference,
            erased_at=holder.erased_at,
        ),
        "awarded_on": award.awarded_on,
        "valid_from": award.valid_from,
        "valid_until": award.valid_until,
        "grade": award.grade,
        "reason": award.reason,
        "created_at": award.created_at,
        "issued_at": award.issued_at,
        "stopped_at": award.stopped_at,
        "replaces": award.replaces_id,
        "replaced_by": after.pk if after else None,
        "synthetic": award.synthetic,
        "page": address("credentials:award", award.pk),
    }


class AwardFilter(ByKey):
    issuer: Word = Field("", description="Name of the issuer in its address.")
    achievement: Word = Field("", description="Code of the achievement.")
    state: Annotated[str, OneOf(State)] | None = None
    expired: bool | None = Field(None, description="Issued, and no longer counting by its period.")
    reference: Line = Field("", description="The issuer's own reference, exactly.")
    person: Line = Field("", description="The issuer's own number of the person, exactly.")
    batch: UUID | None = None
    awarded_from: date | None = None
    awarded_to: date | None = None
    q: Line = Field("", description="Words in the name of the holder or the reference.")


@awards.get("", response=Stretch[AwardLine], summary="List awards", auth=None, openapi_extra=PERSONAL)
def list_awards(request: HttpRequest, query: Query[AwardFilter]) -> Stretch[AwardLine]:
    """Return the awards of the issuers that you work for, the newest first."""
    found = _narrowed(access.issued_by(signed_in(request)), query)
    return stretch_of(found.select_related(*_WITH), ["-created_at", "-pk"], query, AwardLine.of)


def _narrowed(found: QuerySet[Award], query: AwardFilter) -> QuerySet[Award]:
    wanted: dict[str, object] = {
        "issuer__slug": query.issuer,
        "achievement__code": query.achievement,
        "state": query.state,
        "reference": query.reference,
        "holder__reference": query.person,
        "batch": query.batch,
        "awarded_on__gte": query.awarded_from,
        "awarded_on__lte": query.awarded_to,
    }
    found = found.filter(**{name: value for name, value in wanted.items() if value})
    if query.expired is not None:
        over = Q(state=State.ISSUED, valid_until__lt=clock.now())
        found = found.filter(over) if query.expired else found.exclude(over)
    for word in query.q.split()[:8]:
        found = found.filter(
            Q(holder__family_name__icontains=word)
            | Q(holder__given_name__icontains=word)
            | Q(reference__icontains=word)
        )
    return found


class EntryOut(Schema):
    """A file of the award that left, and where the log has its digest."""

    form: str
    variant: str
    digest: str
    leaf: int | None
    made_at: datetime
    receipt: str


class AwardOut(AwardLine):
    """An award whole. `facts` is what every file of it carries; null before it is issued, and once it was erased.

    `acts` are those that you may do now, `renderings` the addresses of its files by form.
    """

    place: str
    language: str
    assessed_on: date | None
    assessed_by: str
    not_reached: list[str]
    held_for: list[Any]
    facts: dict[str, Any] | None
    acts: list[str]
    renderings: dict[str, str]
    log: list[EntryOut]

    @classmethod
    def told(cls, request: HttpRequest, award: Award) -> AwardOut:
        """Return the award whole, for who asks."""
        out = award.state in OUT and award.facts is not None
        forms = (*renderings.FORMS, *PICTURES) if out else ()
        entries = award.renderings.defer("content").order_by("made_at", "pk") if award.state in OUT else ()
        return cls(
            **_award(award),
            place=award.place,
            language=award.language,
            assessed_on=award.assessed_on,
            assessed_by=award.assessed_by,
            not_reached=award.left_out,
            held_for=award.held_for,
            facts=award.facts,
            acts=_open_acts(request, award),
            renderings={form: address("api:read_rendering", award.pk, form) for form in forms},
            log=[
                EntryOut(
                    form=each.form,
                    variant=each.variant,
                    digest=each.digest,
                    leaf=each.leaf,
                    made_at=each.made_at,
                    receipt=address("credentials:log-receipt", each.digest),
                )
                for each in entries
            ],
        )


def _open_acts(request: HttpRequest, award: Award) -> list[str]:
    told = [name for name, act in ACTS.items() if award.state in act.sources and act.may(request.user, award)]
    may_correct = award.state in OUT and award.facts is not None and not hasattr(award, "replaced_by")
    if may_correct and access.can_draft(request.user, award.issuer):
        told.append("correct")
    return told


@awards.get("/{uuid:award_id}", response=AwardOut, summary="Read an award", auth=None, openapi_extra=PERSONAL)
def read_award(request: HttpRequest, award_id: UUID) -> AwardOut:
    """Return an award of an issuer that you work for; its holder reads it under /api/wallet."""
    return AwardOut.told(request, award_of(request, award_id))


def award_of(request: HttpRequest, award_id: UUID) -> Award:
    """Return the award of an address to who works for its issuer; 404 for everybody else, 401 for strangers."""
    return get_object_or_404(access.issued_by(signed_in(request)).select_related(*_WITH), pk=award_id)


class NewAward(AwardIn):
    """An award to issue. With `draft` it is entered only; with `notify` the holder gets a mail with a link."""

    issuer: Word = Field(description="Name of the issuer in its address.")
    achievement: Word = Field(description="Code of the achievement.")
    draft: bool = False
    notify: bool = True


@awards.post("", response={201: AwardOut}, summary="Issue an award")
def issue_award(request: HttpRequest, payload: NewAward) -> Status[AwardOut]:
    """Issue an award, or enter it as a draft; where two people are asked for, it waits for approval.

    Sent twice under one reference it is one award; another award under a reference that is taken is refused.
    """
    found = access.visible_achievements(request.user)
    achievement = found.filter(issuer__slug=payload.issuer, code=payload.achievement).first()
    if achievement is None:
        raise Invalid(_("achievement: the issuer has none with this code. /api/achievements lists them."))
    given = payload.given()
    if payload.draft:
        award = drafting.draft(actor=request.user, achievement=achievement, given=given)
    else:
        award = issuing.issue_new(
            actor=request.user, achievement=achievement, given=given, notify=payload.notify
        )
    return Status(201, AwardOut.told(request, award_of(request, award.pk)))


class RenderingQuery(Schema):
    variant: Word = Field(
        "",
        description="Cryptosuite of a credential or badge, or language of a paper, when not the usual one.",
    )


_FILES: Final[dict[str, Any]] = {
    "responses": {
        200: {
            "description": "The file",
            "content": {
                kind: {"schema": {"type": "string", "format": "binary"}}
                for kind in (
                    *("application/vc", "application/vc+jwt", "application/json", "application/pdf"),
                    *("image/png", "image/svg+xml"),
                )
            },
        },
        **PERSONAL["responses"],
    }
}


@awards.get(
    "/{uuid:award_id}/renderings/{slug:form}",
    summary="Fetch a file of an award",
    auth=None,
    openapi_extra=_FILES,
)
def read_rendering(
    request: HttpRequest, award_id: UUID, form: str, query: Query[RenderingQuery]
) -> HttpResponse:
    """Return an award as a file: for the issuer's people, and for its holder from the wallet.

    Forms are vc, vc-jwt, open-badge, edc, certificate, supplement, badge-png and badge-svg. What was made once is the
    same file again.
    """
    actor = signed_in(request)
    kept = holding.wallet(actor).order_by().values("award")
    mine = access.issued_by(actor).order_by().values("pk")
    seen = Award.objects.filter(Q(pk__in=mine) | Q(pk__in=kept))
    award = get_object_or_404(
        seen.select_related("issuer__organisation", "achievement", "holder", "status_list"), pk=award_id
    )
    return rendered(award, form, query.variant)
