"""CTDL: qualifications as credentials in JSON-LD, their outcomes as competencies (CTDL-ASN).

Source: Credential Engine, https://credreg.net/ctdl/terms and https://credreg.net/ctdlasn/terms. `docs/formats.md` says
what stands where, and what CTDL has no place for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext as _

from gilde.core.text import Text
from gilde.qualifications.described import (
    Body,
    ConceptLink,
    Credit,
    Described,
    LevelTold,
    NotHeld,
    Outcome,
    Publisher,
    Read,
    Unit,
)
from gilde.qualifications.formats import ctdl_reading, strict_json
from gilde.qualifications.formats import ctdl_terms as terms
from gilde.qualifications.formats.addresses import guid, scheme_of

MEDIA_TYPE: Final = "application/ld+json"
_Node = dict[str, Any]


def ctid(uri: str) -> str:
    """Return the Credential Transparency Identifier of an address: always the same, "ce-" and a UUID."""
    return "ce-" + guid(uri)


def read(path: Path, name: str, *, largest: int = strict_json.LARGEST) -> Read:
    """Return the qualifications of a CTDL document. Raises Unreadable."""
    return ctdl_reading.read_told(strict_json.load(path, name, largest=largest), name)


def write(publisher: Publisher, qualifications: Iterable[Described]) -> tuple[bytes, list[NotHeld]]:
    """Return a graph with the credentials, frameworks, competencies and organisations, and what CTDL has no place for.

    A language map tells no source language: the source stands first, and is read as such.
    """
    graph = _Graph(publisher)
    for told in qualifications:
        graph.credential(told)
    whole = {"@context": terms.CONTEXT, "@graph": list(graph.nodes.values())}
    return json.dumps(whole, ensure_ascii=False).encode() + b"\n", graph.not_held


class _Graph:
    def __init__(self, publisher: Publisher) -> None:
        self.publisher = publisher
        self.nodes: dict[str, _Node] = {}
        self.told: dict[str, object] = {}
        self.not_held: list[NotHeld] = []

    def lost(self, where: str, what: str, value: object = "") -> None:
        self.not_held.append(NotHeld(where, what, strict_json.short(str(value))))

    def no_place(self, where: str, **values: object) -> None:
        for called, value in values.items():
            if value not in (None, "", (), False) and (not isinstance(value, Text) or value):
                words = value.words if isinstance(value, Text) else value
                self.lost(
                    where,
                    _("CTDL has no place for this: %(called)s") % {"called": called.replace("_", " ")},
                    words,
                )

    def new(self, uri: str, thing: object) -> bool:
        """Return whether a thing is still to be written; the same address for another thing is noted."""
        if uri not in self.told:
            self.told[uri] = thing
            return True
        if self.told[uri] != thing:
            self.lost(uri, _("The same address is used twice for what differs; the first is written"))
        return False

    def credential(self, told: Described) -> None:
        if not self.new(told.uri, told):
            return
        kind = next((name for name, kind in terms.CREDENTIALS.items() if kind == told.kind), "")
        if not kind:
            kind = next(iter(terms.CREDENTIALS))
            self.lost(
                told.uri,
                _("CTDL has no class for this kind of qualification; written as %(kind)s") % {"kind": kind},
                told.kind,
            )
        self.no_place(told.uri, partial_qualification=told.partial and _("yes"))
        node = self.nodes[told.uri] = {"@id": told.uri, "@type": kind, "ceterms:ctid": ctid(told.uri)}
        units = [self.unit(unit, told) for unit in told.units]
        node |= _present(
            {
                "ceterms:name": words(told.title),
                "ceterms:description": words(told.summary),
                "ceterms:subjectWebpage": told.page,
                "ceterms:codedNotation": told.code,
                "ceterms:versionIdentifier": self.version(told),
                "ceterms:previousVersion": told.supersedes,
                "ceterms:credentialStatusType": aligned(
                    terms.STATUS_SCHEME, terms.STATUSES.get(told.status, ""), notation=told.status
                ),
                "ceterms:inLanguage": list(told.languages),
                "ceterms:dateEffective": told.valid_from and told.valid_from.isoformat(),
                "ceterms:expirationDate": told.valid_until and told.valid_until.isoformat(),
                "ceterms:audienceLevelType": levels(told.level),
                "ceterms:jurisdiction": [
                    {"@type": "ceterms:JurisdictionProfile", "ceterms:mainJurisdiction": _place(told.country)}
                ]
                if told.country
                else [],
                "ceterms:industryType": [aligned(notation=told.sector)] if told.sector else [],
                "ceterms:instructionalProgramType": [self.concept(link, told.uri) for link in told.fields],
                "ceterms:occupationType": [self.concept(link, told.uri) for link in told.occupations],
                "ceterms:estimatedDuration": _hours(told.hours),
                "ceterms:ownedBy": [self.body(told.owner)] if told.owner else [],
                "ceterms:offeredBy": [self.body(body) for body in told.awarding],
                "ceterms:learningDeliveryType": [
                    aligned(terms.DELIVERY_SCHEME, terms.DELIVERIES.get(each, ""), notation=each)
                    for each in told.participation
                ],
                "ceterms:entryCondition": [
                    {
                        "@type": "ceterms:ConditionProfile",
                        **_present(
                            {
                                "ceterms:description": words(each.text),
                                "ceterms:targetCredential": [each.qualification]
                                if each.qualification
                                else [],
                            }
                        ),
                    }
                    for each in told.prerequisites
                ],
                "ceterms:reviewProcess": [
                    {"@type": "ceterms:ProcessProfile", "ceterms:description": words(told.quality)}
                ]
                if told.quality
                else [],
                "ceterms:isPartOf": list(told.part_of),
                "ceterms:hasPart": units,
                "ceterms:requires": self.requires(told),
            }
        )
        self.framework(told)

    def version(self, told: Described) -> list[_Node]:
        names = {terms.VERSION_NUMBER: str(told.number), terms.VERSION_ADDRESS: told.version_uri}
        return [
            {
                "@type": "ceterms:IdentifierValue",
                "ceterms:identifierTypeName": {"en": name},
                "ceterms:identifierValueCode": value,
            }
            for name, value in names.items()
            if value
        ]

    def requires(self, told: Described) -> list[_Node]:
        """Return the condition of a credential: all of its units, one of the optional ones, outcomes, credit."""
        optional = [unit for unit in told.units if unit.optional]
        condition = _present(
            {
                "ceterms:creditValue": credit(told.credit),
                "ceterms:targetCompetency": [self.competency(each, told) for each in told.outcomes],
                "ceterms:targetAssessment": self.assessment(told.uri, told.assessment, told.assessment_type),
                **_targets([unit for unit in told.units if not unit.optional]),
                "ceterms:alternativeCondition": [
                    {"@type": "ceterms:ConditionProfile", **_targets([unit])} for unit in optional
                ],
            }
        )
        return [{"@type": "ceterms:ConditionProfile", **condition}] if condition else []

    def unit(self, unit: Unit, told: Described) -> str:
        """Add a unit: something to learn, or a credential of its own when it is a partial qualification."""
        if not self.new(unit.uri, unit):
            return unit.uri
        node = self.nodes[unit.uri] = {"@id": unit.uri}
        outcomes = [self.competency(each, told) for each in unit.outcomes]
        assessment = self.assessment(unit.uri, unit.assessment)
        what = {
            "ceterms:ctid": ctid(unit.uri),
            "ceterms:name": words(unit.title),
            "ceterms:description": words(unit.summary),
            "ceterms:codedNotation": unit.code,
            "ceterms:estimatedDuration": _hours(unit.hours),
            "ceterms:isPartOf": [told.uri],
        }
        if unit.partial:
            condition = _present(
                {
                    "ceterms:creditValue": credit(unit.credit),
                    "ceterms:targetCompetency": outcomes,
                    "ceterms:targetAssessment": assessment,
                }
            )
            what["ceterms:requires"] = (
                [{"@type": "ceterms:ConditionProfile", **condition}] if condition else []
            )
            node |= {"@type": next(iter(terms.CREDENTIALS)), **_present(what)}
        else:
            what |= {
                "ceterms:creditValue": credit(unit.credit),
                "ceterms:teaches": outcomes,
                "ceterms:targetAssessment": assessment,
            }
            node |= {"@type": terms.UNITS[0], **_present(what)}
        return unit.uri

    def assessment(self, of: str, text: Text, kind: str = "") -> list[str]:
        if not (text or kind):
            return []
        uri = of + terms.ASSESSMENT
        self.nodes[uri] = {
            "@id": uri,
            "@type": "ceterms:AssessmentProfile",
            "ceterms:ctid": ctid(uri),
            **_present(
                {
                    "ceterms:description": words(text),
                    "ceterms:assessmentMethodType": [aligned(notation=kind)] if kind else [],
                }
            ),
        }
        return [uri]

    def framework(self, told: Described) -> None:
        """Add the competency framework of a qualification, which also holds the dates that no credential has."""
        uri = told.uri + terms.FRAMEWORK
        outcomes = [outcome.uri for outcome in told.all_outcomes()]
        self.nodes[uri] = {
            "@id": uri,
            "@type": "ceasn:CompetencyFramework",
            "ceterms:ctid": ctid(uri),
            "ceasn:name": words(told.title),
            **_present(
                {
                    "ceasn:description": words(told.summary) or words(told.title),
                    "ceasn:inLanguage": list(told.languages) or list(told.title.words),
                    "ceasn:publisher": [self.publisher.body.uri] if self.publisher.body.uri else [],
                    "ceasn:dateCreated": told.issued and told.issued.isoformat(),
                    "ceasn:dateModified": told.modified and told.modified.isoformat(),
                    "ceasn:hasTopChild": outcomes,
                }
            ),
        }

    def competency(self, outcome: Outcome, told: Described) -> _Node:
        """Add an outcome and return the alignment object that leads to it."""
        if self.new(outcome.uri, outcome):
            self.no_place(
                outcome.uri,
                verb_by_itself=outcome.verb,
                object_by_itself=outcome.object,
                context_by_itself=outcome.context,
            )
            self.nodes[outcome.uri] = {
                "@id": outcome.uri,
                "@type": "ceasn:Competency",
                "ceterms:ctid": ctid(outcome.uri),
                "ceasn:competencyText": words(outcome.statement),
                **_present(
                    {
                        "ceasn:competencyCategory": {"en": outcome.kind} if outcome.kind else {},
                        "ceasn:codedNotation": outcome.code,
                        "ceasn:isPartOf": [told.uri + terms.FRAMEWORK],
                        **self.alignments(outcome),
                    }
                ),
            }
        return aligned(told.uri + terms.FRAMEWORK, outcome.uri, name=outcome.statement)

    def alignments(self, outcome: Outcome) -> dict[str, list[str]]:
        """Return the links of an outcome by property; the name of a concept stands in a node of its own."""
        found: dict[str, list[str]] = {}
        for link in outcome.concepts:
            self.details(link, outcome.uri)
            term = next(name for name, relation in terms.ALIGNMENTS.items() if relation == link.relation)
            found.setdefault(term, []).append(link.uri)
            if link.label and self.new(link.uri, link.label):
                self.nodes[link.uri] = {
                    "@id": link.uri,
                    "@type": "skos:Concept",
                    "skos:prefLabel": words(link.label),
                }
        ordered = [link for name in terms.ALIGNMENTS for link in found.get(name, [])]
        if ordered != [link.uri for link in outcome.concepts]:
            self.lost(outcome.uri, _("CTDL sorts links by their relation; their order is not kept"))
        return found

    def concept(self, link: ConceptLink, where: str) -> _Node:
        self.details(link, where)
        self.no_place(
            where, relation_to_a_field_or_occupation="" if link.relation == "exact" else link.relation
        )
        return aligned(node=link.uri, name=link.label)

    def details(self, link: ConceptLink, where: str) -> None:
        self.no_place(
            where,
            edition_of_the_classification=link.edition,
            confidence_of_a_link=link.confidence,
            who_confirmed_a_link=link.confirmed_by,
            classification_of_a_concept=""
            if link.scheme == scheme_of(link.uri)
            else link.scheme or _("none"),
        )

    def body(self, body: Body) -> str:
        uri = body.uri or f"_:body{len(self.nodes)}"
        if self.new(uri, body):
            self.nodes[uri] = {
                "@id": uri,
                "@type": "ceterms:CredentialOrganization",
                **_present(
                    {
                        "ceterms:ctid": ctid(uri) if body.uri else "",
                        "ceterms:name": words(body.name),
                        "ceterms:subjectWebpage": body.website,
                        "ceterms:address": [_place(body.country)] if body.country else [],
                        "ceterms:identifier": [
                            {
                                "@type": "ceterms:IdentifierValue",
                                "ceterms:identifierValueCode": body.identifier,
                            }
                        ]
                        if body.identifier
                        else [],
                    }
                ),
            }
        return uri


def words(text: Text) -> dict[str, str]:
    """Return a language map with the source language first."""
    ordered = sorted(text.words, key=lambda language: language != text.source)
    return {language: text.words[language] for language in ordered if text.words[language]}


def aligned(framework: str = "", node: str = "", *, name: Text | None = None, notation: str = "") -> _Node:
    """Return a CredentialAlignmentObject, empty when there is nothing to align to."""
    told = _present(
        {
            "ceterms:framework": framework,
            "ceterms:targetNode": node,
            "ceterms:targetNodeName": words(name) if name else {},
            "ceterms:codedNotation": notation,
        }
    )
    return {"@type": "ceterms:CredentialAlignmentObject", **told} if node or notation else {}


def levels(level: LevelTold | None) -> list[_Node]:
    """Return a level as "framework:code" and, where it is referenced, the level of the EQF."""
    if level is None:
        return []
    national = aligned("", level.uri, name=level.name, notation=f"{level.framework}:{level.code}")
    if level.framework_name:
        national["ceterms:frameworkName"] = words(level.framework_name)
    if level.eqf is None:
        return [national]
    reference = aligned(terms.EQF_SCHEME, f"{terms.EQF_LEVEL}{level.eqf}", notation=str(level.eqf))
    return [national, reference]


def credit(told: Credit | None) -> list[_Node]:
    """Return an amount of credit with the code of its system."""
    if told is None:
        return []
    return [
        {
            "@type": "schema:ValueProfile",
            "schema:value": _number(told.points),
            "ceterms:creditUnitType": [aligned(notation=told.system)],
        }
    ]


def _number(points: Decimal) -> int | float:
    return int(points) if points == points.to_integral_value() else float(points)


def _targets(units: list[Unit]) -> dict[str, list[str]]:
    return {
        "ceterms:targetLearningOpportunity": [unit.uri for unit in units if not unit.partial],
        "ceterms:targetCredential": [unit.uri for unit in units if unit.partial],
    }


def _hours(hours: int | None) -> list[_Node]:
    return (
        []
        if hours is None
        else [{"@type": "ceterms:DurationProfile", "ceterms:exactDuration": f"PT{hours}H"}]
    )


def _place(country: str) -> _Node:
    return {"@type": "ceterms:Place", "ceterms:addressCountry": {"en": country}}


def _present(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value not in (None, "", [], {})}
