"""What several parts of the API of qualifications give and take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Generic, Literal, TypeVar
from uuid import UUID

from django.conf import settings
from django.db.models import Model, Q, QuerySet
from django.urls import reverse
from ninja import Field, Schema
from pydantic import StringConstraints

from gilde.core.api import MOST, Figure, OneOf, TextOut
from gilde.core.lists import words_of
from gilde.core.text import Text
from gilde.core.uris import uri
from gilde.organisations.public import Organisation
from gilde.qualifications import described, describing
from gilde.qualifications.models import Linked, OutcomeVersion, ProfileVersion, Qualification, State

Row = TypeVar("Row", bound=Model)
Item = TypeVar("Item")

QualificationKind = Annotated[str, OneOf(Qualification.Kind)]
FileState = Annotated[str, OneOf(State)]
OutcomeKind = Annotated[str, OneOf(OutcomeVersion.Kind)]
ProfileState = Annotated[str, OneOf(ProfileVersion.State)]
MappingRelation = Annotated[str, OneOf(Linked.Relation)]
Eqf = Annotated[int, Field(ge=1, le=8)]
Address = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00]*$")]


class Onward(Schema):
    """How many results to give; where they begin says `after`, the `next` of the page before."""

    limit: int = Field(50, ge=1, le=MOST, description="How many results to give at most.")


class Stretch(Schema, Generic[Item]):
    """Results in a fixed order. `next` is what to send as `after` for those that follow, null at the end."""

    limit: int
    next: str | None
    items: list[Item]


def stretch_of(
    found: QuerySet[Row], key: str, after: object, limit: int, shape: Callable[[Row], Item]
) -> Stretch[Item]:
    """Return the rows behind `after`, each shaped for the API, in one query; `key` names a unique column."""
    if after not in (None, ""):
        found = found.filter(**{f"{key}__gt": after})
    rows: list[Any] = list(found.order_by(key)[: limit + 1])
    more, rows = len(rows) > limit, rows[:limit]
    last: Any = rows[-1] if more else None
    for part in key.split("__") if more else ():
        last = getattr(last, part)
    return Stretch[Any](
        limit=limit, next=None if last is None else str(last), items=[shape(row) for row in rows]
    )


def matching(found: QuerySet[Row], words: str, texts: tuple[str, ...], *codes: str) -> QuerySet[Row]:
    """Return the rows that have each word somewhere in the texts, in the reader's language, or in the codes."""
    if not words:
        return found
    names = {f"_words_{field}": words_of(field)() for field in texts}
    found = found.alias(**names)
    for word in words.split()[:8]:
        either = Q()
        for name in (*names, *codes):
            either |= Q(**{f"{name}__icontains": word.lower() if name in names else word})
        found = found.filter(either)
    return found


def text_or_none(text: Text) -> TextOut | None:
    """Return a text, or None where there is none."""
    return TextOut.of(text) if text else None


def address(name: str, *parts: object) -> str:
    """Return the whole address of a route, such as `qualifications:qualification` or `api:read_concept`."""
    return f"{settings.SITE_URL}{reverse(name, args=parts)}"


class Keeper(Schema):
    """An organisation that keeps, awards or offers something, short."""

    slug: str
    name: TextOut
    country: str

    @classmethod
    def of(cls, organisation: Organisation) -> Keeper:
        """Return the organisation in short."""
        return cls(slug=organisation.slug, name=TextOut.of(organisation.name), country=organisation.country)


class LevelOut(Schema):
    """A level of a framework, with the EQF level that it is referenced to; `uri` is that of the European list."""

    framework: str
    framework_name: TextOut
    code: str
    name: TextOut
    eqf: int | None
    uri: str | None

    @classmethod
    def of(cls, level: described.LevelTold | None) -> LevelOut | None:
        """Return the level as the API gives it, None where there is none."""
        if level is None:
            return None
        return cls(
            framework=level.framework,
            framework_name=TextOut.of(level.framework_name),
            code=level.code,
            name=TextOut.of(level.name),
            eqf=level.eqf,
            uri=level.uri or None,
        )


class CreditOut(Schema):
    """An amount of credit. `system` is "ects", "ecvet" or the code of a national system."""

    points: Figure
    system: str

    @classmethod
    def of(cls, points: Any, system: str) -> CreditOut | None:
        """Return the credit as the API gives it, None where there is none."""
        return None if points is None else cls(points=points, system=system or "ects")


class ConceptLinkOut(Schema):
    """A confirmed link to a concept, such as a skill of ESCO. "broad": the concept is broader (SKOS mapping)."""

    uri: str
    label: TextOut | None
    relation: Literal["exact", "close", "broad", "narrow", "related"]
    scheme: str
    edition: str
    confidence: float | None

    @classmethod
    def of(cls, link: described.ConceptLink) -> ConceptLinkOut:
        """Return the link as the API gives it; who confirmed it is not told."""
        return cls(
            uri=link.uri,
            label=text_or_none(link.label),
            relation=link.relation,
            scheme=link.scheme,
            edition=link.edition,
            confidence=link.confidence,
        )


class OutcomeOut(Schema):
    """A learning outcome in one wording. `outcome` stays the same over all wordings, `number` counts them."""

    id: UUID
    uri: str
    outcome: UUID
    number: int
    code: str
    kind: OutcomeKind
    statement: TextOut
    verb: TextOut | None
    object: TextOut | None
    context: TextOut | None
    concepts: list[ConceptLinkOut]

    @classmethod
    def of(cls, version: OutcomeVersion) -> OutcomeOut:
        """Return the wording with its confirmed links; its outcome and concepts must be read with it."""
        told = describing.outcome(version)
        return cls(
            id=version.pk,
            uri=uri("outcome", version.pk),
            outcome=version.outcome_id,
            number=version.number,
            code=version.outcome.code,
            kind=version.kind,
            statement=TextOut.of(version.statement),
            verb=text_or_none(version.verb),
            object=text_or_none(version.object),
            context=text_or_none(version.context),
            concepts=[ConceptLinkOut.of(link) for link in told.concepts],
        )
