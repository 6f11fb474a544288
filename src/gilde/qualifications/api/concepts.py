"""Concepts of reference classifications: skills and occupations of ESCO, groups of ISCO-08, fields, activities."""

from __future__ import annotations

from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from ninja import Field, Query, Router, Schema

from gilde.core.api import Line, OneOf, TextOut
from gilde.qualifications.api.shapes import (
    Address,
    Onward,
    Stretch,
    matching,
    stretch_of,
    text_or_none,
)
from gilde.qualifications.models import Concept, ConceptRelation, SchemeEdition

concepts = Router(tags=["concepts"], auth=None)

RelationKind = Annotated[str, OneOf(ConceptRelation.Kind)]


class ConceptLine(Schema):
    """A concept of one edition of a classification, short."""

    uri: str
    scheme: str
    edition: str
    kind: str
    code: str | None
    label: TextOut
    status: str

    @classmethod
    def of(cls, concept: Concept) -> ConceptLine:
        """Return the concept as lists give it."""
        return cls(**_line(concept))


def _line(concept: Concept) -> dict[str, Any]:
    return {
        "uri": concept.uri,
        "scheme": concept.edition.scheme_id,
        "edition": concept.edition.number,
        "kind": concept.kind,
        "code": concept.code or None,
        "label": TextOut.of(concept.label),
        "status": concept.status,
    }


class ConceptFilter(Onward):
    scheme: Line = Field("", description="Code of a classification, such as esco or isco-08.")
    edition: Line = Field("", description="Number of an edition; those in use when left out.")
    after: int | None = Field(None, ge=0, le=2**63 - 1, description="The `next` of the page before.")
    kind: Line = Field("", description="Such as skill or occupation.")
    uri: Address = Field("", description="The address of the concept.")
    q: Line = Field("", description="Words in the name or the code.")


@concepts.get("", response=Stretch[ConceptLine], summary="List concepts of classifications")
def list_concepts(request: HttpRequest, query: Query[ConceptFilter]) -> Stretch[ConceptLine]:
    """Return the concepts of the editions that are in use, in the order in which they were loaded."""
    found = _of_edition(query.scheme, query.edition)
    if query.kind:
        found = found.filter(kind=query.kind)
    if query.uri:
        found = found.filter(uri=query.uri)
    return stretch_of(
        matching(found, query.q, ("label",), "code"), "pk", query.after, query.limit, ConceptLine.of
    )


class ConceptRelationOut(Schema):
    """What a concept leads to: a broader one, or what it is essential, optional or related for."""

    kind: RelationKind
    uri: str
    label: TextOut


class ConceptOut(ConceptLine):
    """A concept whole. `terms` are its other names by language; `replaced_by` is what took its place."""

    terms: dict[str, list[str]]
    description: TextOut | None
    skill_type: str | None
    reuse: str | None
    regulated: bool | None
    replaced_by: list[str]
    relations: list[ConceptRelationOut]


class OneConcept(Schema):
    uri: Address = Field(description="The address of the concept.")
    scheme: Line = Field("", description="Code of a classification, where two of them hold the concept.")
    edition: Line = Field("", description="Number of an edition; the one in use when left out.")


@concepts.get("/one", response=ConceptOut, summary="Read a concept")
def read_concept(request: HttpRequest, query: Query[OneConcept]) -> ConceptOut:
    """Return one concept by its address, with its other names, its description, and what it leads to."""
    found = _of_edition(query.scheme, query.edition).filter(uri=query.uri)
    concept = found.order_by("edition__scheme", "pk").first()
    if concept is None:
        raise Http404
    relations = concept.relations.select_related("target").order_by("kind", "target__uri")
    return ConceptOut(
        **_line(concept),
        terms=concept.terms,
        description=text_or_none(concept.description),
        skill_type=concept.skill_type or None,
        reuse=concept.reuse or None,
        regulated=concept.regulated,
        replaced_by=concept.replaced_by,
        relations=[
            ConceptRelationOut(kind=each.kind, uri=each.target.uri, label=TextOut.of(each.target.label))
            for each in relations
        ],
    )


def _of_edition(scheme: str, number: str) -> QuerySet[Concept]:
    editions = SchemeEdition.objects.filter(state=SchemeEdition.State.LOADED)
    editions = editions.filter(number=number) if number else editions.filter(current=True)
    if scheme:
        editions = editions.filter(scheme=scheme)
    return Concept.objects.filter(edition__in=editions.order_by().values("pk")).select_related("edition")
