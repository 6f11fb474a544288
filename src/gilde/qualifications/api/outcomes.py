"""Learning outcomes as things of their own: reused between qualifications, in wordings, linked to skills."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema

from gilde.core.api import Line
from gilde.core.uris import uri
from gilde.qualifications.access import visible_outcomes, visible_versions
from gilde.qualifications.api.shapes import (
    Address,
    FileState,
    Keeper,
    Onward,
    OutcomeKind,
    OutcomeOut,
    Stretch,
    matching,
    stretch_of,
)
from gilde.qualifications.models import Linked, OutcomeConcept, OutcomeVersion, UnitOutcome

outcomes = Router(tags=["outcomes"], auth=None)


class OutcomeFilter(Onward):
    after: UUID | None = Field(None, description="The `next` of the page before.")
    skill: Address = Field("", description="Address of a concept to which they are linked.")
    kind: OutcomeKind | None = None
    q: Line = Field("", description="Words in the sentence or the code.")


@outcomes.get("", response=Stretch[OutcomeOut], summary="List learning outcomes")
def list_outcomes(request: HttpRequest, query: Query[OutcomeFilter]) -> Stretch[OutcomeOut]:
    """Return the outcomes of recognised qualifications, each in its newest fixed wording."""
    newer = OutcomeVersion.objects.filter(
        outcome=OuterRef("outcome"), fixed_at__isnull=False, number__gt=OuterRef("number")
    )
    found = _with_links(OutcomeVersion.objects.filter(~Exists(newer), fixed_at__isnull=False))
    if query.kind:
        found = found.filter(kind=query.kind)
    if query.skill:
        links = OutcomeConcept.objects.filter(
            outcome=OuterRef("pk"), uri=query.skill, state=Linked.State.CONFIRMED
        )
        found = found.filter(Exists(links))
    found = matching(found, query.q, ("statement",), "outcome__code")
    return stretch_of(found, "pk", query.after, query.limit, OutcomeOut.of)


class WordingLine(Schema):
    """A wording of the same outcome, the newest first."""

    id: UUID
    uri: str
    number: int
    fixed_at: datetime | None


class UseOut(Schema):
    """A qualification that holds the outcome, in which version, unit and wording."""

    qualification: str
    number: int
    state: FileState
    unit: str
    wording: int


class OutcomeWhole(OutcomeOut):
    """A learning outcome in one wording, with its other wordings and where all of them are used.

    `fixed_at` is when a qualification that holds the wording was recognised; it never changes since.
    """

    owner: Keeper
    fixed_at: datetime | None
    wordings: list[WordingLine]
    uses: list[UseOut]


@outcomes.get("/{uuid:outcome_id}", response=OutcomeWhole, summary="Read a learning outcome")
def read_outcome(request: HttpRequest, outcome_id: UUID) -> OutcomeWhole:
    """Return one wording of an outcome by its id, with its other wordings and its uses that you may see."""
    seen = visible_outcomes(request.user)
    version = get_object_or_404(_with_links(seen).select_related("outcome__owner"), pk=outcome_id)
    wordings = list(seen.filter(outcome=version.outcome_id).order_by("-number"))
    uses = UnitOutcome.objects.filter(
        outcome__in=[each.pk for each in wordings],
        unit__version__in=visible_versions(request.user).order_by().values("pk"),
    )
    return OutcomeWhole(
        **OutcomeOut.of(version).model_dump(),
        owner=Keeper.of(version.outcome.owner),
        fixed_at=version.fixed_at,
        wordings=[
            WordingLine(id=each.pk, uri=uri("outcome", each.pk), number=each.number, fixed_at=each.fixed_at)
            for each in wordings
        ],
        uses=[
            UseOut(
                qualification=use.unit.version.qualification.code,
                number=use.unit.version.number,
                state=use.unit.version.state,
                unit=uri("unit", use.unit_id),
                wording=use.outcome.number,
            )
            for use in uses.select_related("unit__version__qualification", "outcome").order_by(
                "unit__version__qualification__code", "-unit__version__number", "pk"
            )
        ],
    )


def _with_links(found: QuerySet[OutcomeVersion]) -> QuerySet[OutcomeVersion]:
    links = OutcomeConcept.objects.order_by("pk")
    return found.select_related("outcome").prefetch_related(Prefetch("concepts", links))
