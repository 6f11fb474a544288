"""What is left of a qualification in a format that has less room: said once more, apart from the code that writes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time

from gilde.core.text import Text
from gilde.qualifications.described import Body, ConceptLink, Described, LevelTold, Outcome, Unit
from gilde.qualifications.formats.addresses import scheme_of

RELATIONS = ("exact", "close", "broad", "narrow", "related")


def _one(text: Text, language: str) -> Text:
    words = text.words.get(language) or text.words.get(text.source, "")
    return Text(language, {language: words}) if words else Text()


def _link(link: ConceptLink, language: str | None = None, relation: str = "") -> ConceptLink:
    label = link.label if language is None else _one(link.label, language)
    return ConceptLink(link.uri, label, relation or link.relation, scheme_of(link.uri))  # type: ignore[arg-type]


def case_outcome(outcome: Outcome) -> Outcome:
    language = outcome.statement.source
    return Outcome(
        outcome.uri,
        _one(outcome.statement, language),
        outcome.kind,
        code=outcome.code,
        concepts=tuple(_link(each, language) for each in outcome.concepts),
    )


def case_unit(unit: Unit) -> Unit:
    language = unit.title.source
    return Unit(
        unit.uri,
        _one(unit.title, language),
        tuple(map(case_outcome, unit.outcomes)),
        unit.code,
        _one(unit.summary, language),
        partial=unit.partial,
        optional=unit.optional,
        assessment=_one(unit.assessment, language),
    )


def case(told: Described, publisher: Body) -> Described:
    """One language an item; no credit, hours, country, bodies; a level without its names."""
    language = told.title.source
    creator = told.owner.name if told.owner else publisher.name
    states = {"recognised": "registered"}
    issued = datetime.combine(told.issued, time(), UTC) if told.issued else None
    return Described(
        uri=told.uri,
        title=_one(told.title, language),
        kind=told.kind,
        code=told.code,
        version_uri=told.version_uri,
        number=told.number,
        summary=_one(told.summary, language),
        level=told.level and LevelTold(told.level.framework, told.level.code, told.level.eqf),
        sector=told.sector,
        fields=tuple(_link(each, language, "exact") for each in told.fields),
        occupations=tuple(_link(each, language) for each in told.occupations),
        units=tuple(map(case_unit, told.units)),
        outcomes=tuple(map(case_outcome, told.outcomes)),
        owner=Body("", _one(creator, language)),
        prerequisites=tuple(
            replace(each, text=_one(each.text, language)) for each in told.prerequisites if each.qualification
        ),
        assessment=_one(told.assessment, language),
        partial=told.partial,
        part_of=told.part_of,
        supersedes=told.supersedes,
        status=states.get(told.status, told.status),
        valid_from=told.valid_from,
        valid_until=told.valid_until,
        modified=told.modified or issued,
        page=told.page,
    )


def ctdl_outcome(outcome: Outcome, labels: dict[str, Text]) -> Outcome:
    links = sorted(outcome.concepts, key=lambda each: RELATIONS.index(each.relation))
    return Outcome(
        outcome.uri,
        outcome.statement,
        outcome.kind,
        code=outcome.code,
        concepts=tuple(replace(_link(each), label=labels.get(each.uri, Text())) for each in links),
    )


def ctdl(several: list[Described]) -> list[Described]:
    """Every text in every language; links without who made them, their order by relation."""
    labels: dict[str, Text] = {}  # the first name of a concept in the file
    for told in several:
        # Units are written before the outcomes that stand in none.
        for outcome in (*(each for unit in told.units for each in unit.outcomes), *told.outcomes):
            for link in outcome.concepts:
                if link.label:
                    labels.setdefault(link.uri, link.label)
    return [_ctdl(told, labels) for told in several]


def _ctdl(told: Described, labels: dict[str, Text]) -> Described:
    return replace(
        told,
        kind="professional" if told.kind == "joint" else told.kind,
        partial=False,
        fields=tuple(_link(each, relation="exact") for each in told.fields),
        occupations=tuple(_link(each, relation="exact") for each in told.occupations),
        outcomes=tuple(ctdl_outcome(each, labels) for each in told.outcomes),
        units=tuple(
            replace(unit, outcomes=tuple(ctdl_outcome(each, labels) for each in unit.outcomes))
            for unit in told.units
        ),
    )
