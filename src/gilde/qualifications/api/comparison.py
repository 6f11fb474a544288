"""Qualifications side by side, outcome by outcome, with the evidence for each judgement."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from gilde.core.api import Line, TextOut
from gilde.core.errors import Invalid
from gilde.qualifications import comparing
from gilde.qualifications.api.shapes import text_or_none
from gilde.qualifications.comparison import Comparison, Evidence, Found, Overlap, Row, Side
from gilde.qualifications.described import Described, Outcome, Unit

comparison = Router(tags=["qualifications"], auth=None)

Judged = Literal["shared", "partly", "missing"]
Codes = Annotated[list[Line], Field(max_length=20)]


class ComparedOut(Schema):
    """A qualification that is compared, by the version that everybody is shown."""

    code: str
    uri: str
    version_uri: str
    title: TextOut
    country: str
    eqf: int | None
    synthetic: bool


class ComparedOutcome(Schema):
    """An outcome with the unit that it stands in, null where it stands in none."""

    uri: str
    statement: TextOut
    kind: Literal["knowledge", "skill", "autonomy", ""]
    unit: str | None
    unit_title: TextOut | None

    @classmethod
    def of(cls, outcome: Outcome, unit: Unit | None) -> ComparedOutcome:
        """Return the outcome as the API gives it."""
        return cls(
            uri=outcome.uri,
            statement=TextOut.of(outcome.statement),
            kind=outcome.kind,
            unit=unit.uri if unit else None,
            unit_title=text_or_none(unit.title) if unit else None,
        )


class JudgementOut(Schema):
    """One reason to hold an outcome for found in another, and what it says by itself.

    "broader": the outcome `of` is broader. `score` is that of the texts, from 0 to 1. `confirmed`: both links to the
    concept are somebody's word.
    """

    kind: Literal["same-outcome", "same-concept", "broader", "narrower", "related-concept", "similar-text"]
    status: Judged
    of: str
    concept: str | None
    label: TextOut | None
    scheme: str | None
    score: float | None
    confirmed: bool

    @classmethod
    def of_evidence(cls, evidence: Evidence) -> JudgementOut:
        """Return the evidence as the API gives it; who confirmed a link is not told."""
        return cls(
            kind=evidence.kind,
            status=evidence.status,
            of=evidence.of,
            concept=evidence.concept or None,
            label=text_or_none(evidence.label),
            scheme=evidence.scheme or None,
            score=evidence.score,
            confirmed=evidence.confirmed,
        )


class FoundOut(Schema):
    """What was found of an outcome in the qualification `code`: the best there, and all evidence, that for it first.

    `by_concepts_only`: no text there shares a language with the outcome.
    """

    code: str
    status: Judged
    best: ComparedOutcome | None
    evidence: list[JudgementOut]
    by_concepts_only: bool

    @classmethod
    def of(cls, found: Found, other: Described) -> FoundOut:
        """Return what was found as the API gives it."""
        return cls(
            code=other.code,
            status=found.status,
            best=ComparedOutcome.of(found.best, found.unit) if found.best else None,
            evidence=[JudgementOut.of_evidence(each) for each in found.evidence],
            by_concepts_only=found.by_concepts_only,
        )


class RowOut(Schema):
    """An outcome, what was found of it in each of the others, and the judgement that holds in all of them together."""

    outcome: ComparedOutcome
    everywhere: Judged
    found: list[FoundOut]

    @classmethod
    def of(cls, row: Row, others: tuple[Described, ...]) -> RowOut:
        """Return the row as the API gives it."""
        return cls(
            outcome=ComparedOutcome.of(row.outcome, row.unit),
            everywhere=row.everywhere,
            found=[FoundOut.of(found, other) for found, other in zip(row.found, others, strict=True)],
        )


class FromOne(Schema):
    """One of the qualifications with its outcomes, against which the others are held."""

    code: str
    rows: list[RowOut]

    @classmethod
    def of(cls, side: Side) -> FromOne:
        """Return the side as the API gives it."""
        return cls(code=side.qualification.code, rows=[RowOut.of(row, side.others) for row in side.rows])


class OverlapOut(Schema):
    """How many outcomes of `code` are found in `other`. The other way round the numbers may differ."""

    code: str
    other: str
    shared: int
    partly: int
    missing: int

    @classmethod
    def of(cls, overlap: Overlap) -> OverlapOut:
        """Return the overlap as the API gives it."""
        return cls(code=overlap.one.code, other=overlap.other.code, **vars(overlap.counts))


class RulesOut(Schema):
    """The rules of the day: what each ground says, and from which score on texts are alike."""

    valid_from: date
    source: TextOut
    source_url: str
    says: dict[str, Judged]
    text_partly: float
    text_shared: float


class QualificationsCompared(Schema):
    """Two to five qualifications, in the order asked, each in turn as the one that the others are held against."""

    qualifications: list[ComparedOut]
    overlaps: list[OverlapOut]
    sides: list[FromOne]
    rules: RulesOut

    @classmethod
    def of(cls, compared: Comparison, invented: tuple[Described, ...]) -> QualificationsCompared:
        """Return the comparison as the API gives it."""
        rules = compared.rules
        return cls(
            qualifications=[
                ComparedOut(
                    code=each.code,
                    uri=each.uri,
                    version_uri=each.version_uri,
                    title=TextOut.of(each.title),
                    country=each.country,
                    eqf=each.level.eqf if each.level else None,
                    synthetic=each in invented,
                )
                for each in compared.qualifications
            ],
            overlaps=[OverlapOut.of(each) for each in compared.overlaps],
            sides=[FromOne.of(side) for side in compared.sides],
            rules=RulesOut(
                valid_from=rules.valid_from,
                source=TextOut.of(rules.source),
                source_url=rules.source_url,
                says=dict(rules.says),
                text_partly=rules.text_partly,
                text_shared=rules.text_shared,
            ),
        )


class CompareFilter(Schema):
    q: Codes = Field(description="Codes of two to five qualifications: q=bricklayer&q=tiler.")


@comparison.get("", response=QualificationsCompared, summary="Compare qualifications")
def compare_qualifications(request: HttpRequest, query: Query[CompareFilter]) -> QualificationsCompared:
    """Return what two to five qualifications share, share in part and lack, with the evidence for each judgement."""
    told = comparing.told(request.user, list(dict.fromkeys(query.q)))
    if told.unknown:
        sentence = _("q: there is no qualification on record with this code: %(codes)s.")
        raise Invalid(sentence % {"codes": ", ".join(told.unknown)}, unknown=list(told.unknown))
    return QualificationsCompared.of(told.compared(), told.invented)
