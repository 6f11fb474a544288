"""What partners from several countries build together: what they agreed on, for partners also what is in the making."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from django.db.models import Count, Prefetch, Q
from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from gilde.core.api import Line, OneOf, Page, Paging, TextOut, page_of
from gilde.core.uris import uri
from gilde.qualifications.access import visible_joints
from gilde.qualifications.api.shapes import Eqf, Keeper, LevelOut, address, matching, text_or_none
from gilde.qualifications.joint_whole import level_of
from gilde.qualifications.models import Joint, Partner

joint = Router(tags=["joint"], auth=None)

JointPurpose = Annotated[str, OneOf(Joint.Purpose)]
JointState = Annotated[str, OneOf(Joint.State)]


class PartnerOut(Schema):
    """A partner with its national level and qualification; `qualification` is the address of a recognised version."""

    organisation: Keeper
    country: str
    lead: bool
    level: LevelOut | None
    qualification: str | None
    agreed: bool

    @classmethod
    def of(cls, partner: Partner, joint: Joint) -> PartnerOut:
        """Return the partner as the API gives it; that it agreed is told, not who did."""
        version = partner.qualification
        return cls(
            organisation=Keeper.of(partner.organisation),
            country=partner.country,
            lead=partner.organisation_id == joint.lead_id,
            level=LevelOut.of(level_of(partner)),
            qualification=uri("qualification-version", version.pk)
            if version is not None and version.recognised_at is not None
            else None,
            agreed=partner.agreed_at is not None,
        )


class JointLine(Schema):
    """Something built together. `core_units` are those that all partners share, `national_units` those of one."""

    id: UUID
    slug: str
    purpose: JointPurpose
    state: JointState
    title: TextOut
    summary: TextOut | None
    eqf: int | None
    starts: date | None
    ends: date | None
    agreed_at: datetime | None
    partners: list[PartnerOut]
    core_units: int
    national_units: int
    synthetic: bool
    page: str

    @classmethod
    def of(cls, joint: Joint) -> JointLine:
        """Return it as lists give it; `list_joints` reads what it needs."""
        return cls(
            id=joint.pk,
            slug=joint.slug,
            purpose=joint.purpose,
            state=joint.state,
            title=TextOut.of(joint.title),
            summary=text_or_none(joint.summary),
            eqf=joint.eqf,
            starts=joint.starts,
            ends=joint.ends,
            agreed_at=joint.agreed_at,
            partners=[PartnerOut.of(each, joint) for each in joint.partners.all()],
            core_units=getattr(joint, "core_units", 0),
            national_units=getattr(joint, "national_units", 0),
            synthetic=joint.synthetic,
            page=address("qualifications:joint", joint.slug),
        )


class JointFilter(Paging):
    purpose: JointPurpose | None = None
    state: JointState | None = None
    eqf: Eqf | None = Field(None, description="The EQF level aimed at.")
    country: Line = Field("", description="ISO 3166-1 code of two letters of a partner's country.")
    q: Line = Field("", description="Words in the title or the summary.")


@joint.get("", response=Page[JointLine], summary="List what is built together")
def list_joints(request: HttpRequest, query: Query[JointFilter]) -> Page[JointLine]:
    """Return what all partners agreed on; for the members of partners also what is being built."""
    found = visible_joints(request.user)
    for name in ("purpose", "state", "eqf"):
        if value := getattr(query, name):
            found = found.filter(**{name: value})
    if query.country:
        partners = Partner.objects.filter(country=query.country.upper())
        found = found.filter(pk__in=partners.values("joint"))
    partners = Partner.objects.order_by("position", "country", "pk").select_related(
        "organisation", "level__framework", "qualification__level__framework"
    )
    found = matching(found, query.q, ("title", "summary"), "slug").annotate(
        core_units=Count("units", filter=Q(units__national=None)),
        national_units=Count("units", filter=Q(units__national__isnull=False)),
    )
    return page_of(
        found.order_by("slug").prefetch_related(Prefetch("partners", partners)), query, JointLine.of
    )
