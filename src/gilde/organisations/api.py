"""The API of organisations: who is who, to read."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema

from gilde.core.api import Line, OneOf, Page, Paging, TextOut, page_of
from gilde.core.lists import words_of
from gilde.organisations.access import visible_organisations
from gilde.organisations.models import Organisation

router = Router(tags=["organisations"], auth=None)


OrganisationKind = Annotated[str, OneOf(Organisation.Kind)]


class OrganisationOut(Schema):
    """An organisation. `synthetic` says that it is invented."""

    id: UUID
    slug: str
    name: TextOut
    short: str
    aliases: list[str]
    kind: OrganisationKind
    country: str
    website: str
    synthetic: bool

    @classmethod
    def of(cls, organisation: Organisation) -> OrganisationOut:
        """Return the organisation as the API gives it."""
        return cls(
            id=organisation.pk,
            slug=organisation.slug,
            name=TextOut.of(organisation.name),
            short=organisation.short,
            aliases=organisation.aliases,
            kind=organisation.kind,
            country=organisation.country,
            website=organisation.website,
            synthetic=organisation.synthetic,
        )


class OrganisationFilter(Paging):
    kind: OrganisationKind | None = None
    country: Line = Field("", description="ISO 3166-1 code of two letters; EU for the Union.")
    q: Line = Field("", description="Words in the name or the abbreviation.")


@router.get("", response=Page[OrganisationOut], summary="List organisations")
def list_organisations(request: HttpRequest, query: Query[OrganisationFilter]) -> Page[OrganisationOut]:
    """Return the organisations that Gilde knows."""
    found = visible_organisations(request.user).order_by("slug")
    if query.kind:
        found = found.filter(kind=query.kind)
    if query.country:
        found = found.filter(country=query.country.upper())
    return page_of(_named(found, query.q), query, OrganisationOut.of)


@router.get("/{slug}", response=OrganisationOut, summary="Read an organisation")
def read_organisation(request: HttpRequest, slug: str) -> OrganisationOut:
    """Return one organisation."""
    return OrganisationOut.of(get_object_or_404(visible_organisations(request.user), slug=slug))


def _named(found: QuerySet[Organisation], words: str) -> QuerySet[Organisation]:
    for number, word in enumerate(words.split()[:8]):
        name = f"_name{number}"
        either = found.alias(**{name: words_of("name")()})
        found = either.filter(**{f"{name}__icontains": word}) | either.filter(short__icontains=word)
    return found
