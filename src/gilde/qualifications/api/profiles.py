"""Occupational profiles: what people in an occupation do, know, can and are like."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.db.models import OuterRef, Prefetch, Subquery
from django.http import Http404, HttpRequest
from ninja import Field, Query, Router, Schema

from gilde.core.api import Line, OneOf, Page, Paging, TextOut, page_of
from gilde.qualifications.access import visible_profile_versions
from gilde.qualifications.api.shapes import (
    Address,
    Keeper,
    MappingRelation,
    ProfileState,
    address,
    matching,
    text_or_none,
)
from gilde.qualifications.models import Linked, ProfileConcept, ProfileItem, ProfileVersion
from gilde.qualifications.views.profiles import shown_first

profiles = Router(tags=["profiles"], auth=None)

ItemKind = Annotated[str, OneOf(ProfileItem.Kind)]


class OccupationOut(Schema):
    """A confirmed link of a profile to an occupation. "broad": the occupation is broader."""

    uri: str
    label: TextOut | None
    relation: MappingRelation
    scheme: str
    edition: str


class ProfileLine(Schema):
    """A profile, short, by the version that is published, else its newest. `regulated` is null where it is not said."""

    id: UUID
    code: str
    number: int
    state: ProfileState
    title: TextOut
    summary: TextOut | None
    regulated: bool | None
    owner: Keeper
    occupations: list[OccupationOut]
    published_at: datetime | None
    synthetic: bool
    page: str

    @classmethod
    def of(cls, version: ProfileVersion) -> ProfileLine:
        """Return the version as lists give it; its occupations must be read with it."""
        return cls(**_line(version))


def _line(version: ProfileVersion) -> dict[str, Any]:
    return {
        "id": version.profile_id,
        "code": version.profile.code,
        "number": version.number,
        "state": version.state,
        "title": TextOut.of(version.title),
        "summary": text_or_none(version.summary),
        "regulated": version.regulated,
        "owner": Keeper.of(version.profile.owner),
        "occupations": [
            OccupationOut(
                uri=link.uri,
                label=text_or_none(link.label),
                relation=link.relation,
                scheme=link.scheme,
                edition=link.edition,
            )
            for link in version.concepts.all()
            if link.state == Linked.State.CONFIRMED
        ],
        "published_at": version.published_at,
        "synthetic": version.profile.synthetic,
        "page": address("qualifications:profile", version.profile.code),
    }


class ProfileFilter(Paging):
    q: Line = Field("", description="Words in the title, the summary or the code.")
    owner: Line = Field("", description="Name of the keeper in its address.")
    state: ProfileState | None = None
    regulated: bool | None = None
    occupation: Address = Field("", description="Address of an occupation to which they are linked.")


@profiles.get("", response=Page[ProfileLine], summary="List occupational profiles")
def list_profiles(request: HttpRequest, query: Query[ProfileFilter]) -> Page[ProfileLine]:
    """Return the profiles by code, each by what is published; drafts where your organisation keeps them."""
    seen = visible_profile_versions(request.user)
    first = seen.filter(profile=OuterRef("profile")).order_by(*shown_first()).values("pk")[:1]
    found = seen.filter(pk=Subquery(first)).select_related("profile__owner")
    if query.owner:
        found = found.filter(profile__owner__slug=query.owner)
    if query.state:
        found = found.filter(state=query.state)
    if query.regulated is not None:
        found = found.filter(regulated=query.regulated)
    if query.occupation:
        links = ProfileConcept.objects.filter(uri=query.occupation, state=Linked.State.CONFIRMED)
        found = found.filter(pk__in=links.values("version"))
    found = matching(found, query.q, ("title", "summary"), "profile__code")
    found = found.prefetch_related(Prefetch("concepts", ProfileConcept.objects.order_by("pk")))
    return page_of(found.order_by("profile__code"), query, ProfileLine.of)


class ItemOut(Schema):
    """An activity, a piece of knowledge, a skill or an attitude."""

    kind: ItemKind
    text: TextOut


class ProfileVersionLine(Schema):
    number: int
    state: ProfileState
    published_at: datetime | None


class ProfileOut(ProfileLine):
    """A profile whole: its items in order, the context of the work, by which rule it is regulated, its versions."""

    context: TextOut | None
    regulation: TextOut | None
    items: list[ItemOut]
    versions: list[ProfileVersionLine]


@profiles.get("/{slug:code}", response=ProfileOut, summary="Read an occupational profile")
def read_profile(request: HttpRequest, code: str) -> ProfileOut:
    """Return a profile as it is published; for its keeper a draft where nothing is."""
    versions = list(
        visible_profile_versions(request.user)
        .filter(profile__code=code)
        .select_related("profile__owner")
        .prefetch_related(Prefetch("concepts", ProfileConcept.objects.order_by("pk")))
        .order_by("-number")
    )
    if not versions:
        raise Http404
    published = ProfileVersion.State.PUBLISHED
    shown = next((each for each in versions if each.state == published), versions[0])
    return ProfileOut(
        **_line(shown),
        context=text_or_none(shown.context),
        regulation=text_or_none(shown.regulation),
        items=[
            ItemOut(kind=item.kind, text=TextOut.of(item.text))
            for item in shown.items.order_by("kind", "position", "pk")
        ],
        versions=[
            ProfileVersionLine(number=each.number, state=each.state, published_at=each.published_at)
            for each in versions
        ],
    )
