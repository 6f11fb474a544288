"""Reads CTDL in JSON-LD with a closed table of terms: no context is fetched, what is not known is told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal, cast

from django.utils.translation import gettext as _

from gilde.core.text import Text
from gilde.qualifications.described import (
    Body,
    ConceptLink,
    Credit,
    Described,
    LevelTold,
    Outcome,
    Prerequisite,
    Read,
    Relation,
    Unit,
)
from gilde.qualifications.errors import Unreadable
from gilde.qualifications.formats import ctdl_terms as terms
from gilde.qualifications.formats.addresses import scheme_of
from gilde.qualifications.formats.ctdl_nodes import Graph
from gilde.qualifications.formats.strict_json import Told

FORMAT = "ctdl"
_DURATION = re.compile(r"PT(\d{1,7})H")


def read_told(told: Any, name: str) -> Read:
    """Return the qualifications of the JSON value of a file. Raises Unreadable."""
    if not isinstance(told, dict):
        raise Unreadable(
            _("“%(name)s” is no CTDL document: an object with @graph is expected.") % {"name": name}
        )
    reading = _Reading(told, name)
    found = tuple(reading.credentials())
    if not found:
        raise Unreadable(
            _("“%(name)s” has no credential that Gilde knows, such as ceterms:Certificate.") % {"name": name}
        )
    reading.leftovers()
    return Read(FORMAT, found, tuple(reading.not_held))


class _Reading(Graph):
    def __init__(self, told: dict[str, Any], name: str) -> None:
        super().__init__(told, name)
        self.outcomes: dict[str, Outcome] = {}
        self.bodies: dict[str, Body] = {}

    def credentials(self) -> Iterator[Described]:
        """Yield the credentials that are no unit of another."""
        units = {
            part
            for node in self.order
            if node.values.get("@type") in terms.CREDENTIALS
            for part in self.addresses(Told({"it": node.values.get("ceterms:hasPart")}, self.name), "it")
        }
        for node in self.order:
            if node.values.get("@type") in terms.CREDENTIALS and node.values.get("@id") not in units:
                yield self.credential(node)

    def credential(self, node: Told) -> Described:
        uri, kind = node.needed("@id"), node.needed("@type")
        if next(name for name, each in terms.CREDENTIALS.items() if each == terms.CREDENTIALS[kind]) != kind:
            self.lost(uri, _("Gilde keeps fewer kinds of qualification; this one is left out"), kind)
        title = self.text(node, "ceterms:name")
        if not title:
            raise node.wrong("ceterms:name", _("this is needed and is not there"))
        optional: set[str] = set()
        condition = self.condition(node, optional)
        units = tuple(
            self.unit(part, optional)
            for part in self.parts(node, "ceterms:hasPart")
            if self.is_unit(part, uri)
        )
        owners = [self.body(part) for part in self.parts(node, "ceterms:ownedBy")]
        for owner in owners[1:]:
            self.lost(uri, _("Gilde keeps one owner"), str(owner.name))
        numbers = self.versions(node, uri)
        created, modified = self.framework(uri)
        statuses = self.code(
            node, "ceterms:credentialStatusType", {"registered": "credentialStat:Active", **terms.STATUSES}
        )
        sectors = self.code(node, "ceterms:industryType")
        for sector in sectors[1:]:
            self.lost(uri, _("Gilde keeps one sector"), sector)
        earlier = self.addresses(node, "ceterms:previousVersion")
        quality = [
            self.text(part, "ceterms:description") for part in self.parts_left(node, "ceterms:reviewProcess")
        ]
        told = Described(
            uri=uri,
            title=title,
            kind=terms.CREDENTIALS[kind],
            code=node.text("ceterms:codedNotation"),
            version_uri=numbers[1],
            number=numbers[0],
            summary=self.text(node, "ceterms:description"),
            level=self.level(node),
            country=self.country(node),
            sector=sectors[0] if sectors else "",
            fields=self.concepts(node, "ceterms:instructionalProgramType"),
            occupations=self.concepts(node, "ceterms:occupationType"),
            credit=condition.credit,
            hours=self.hours(node),
            units=units,
            outcomes=condition.outcomes,
            awarding=tuple(self.body(part) for part in self.parts(node, "ceterms:offeredBy")),
            owner=owners[0] if owners else None,
            prerequisites=tuple(self.prerequisites(node)),
            assessment=condition.assessment,
            assessment_type=condition.assessment_type,
            participation=tuple(self.code(node, "ceterms:learningDeliveryType", terms.DELIVERIES)),
            quality=quality[0] if quality else Text(),
            languages=tuple(each.split("-")[0].lower() for each in node.texts("ceterms:inLanguage")),
            part_of=tuple(self.addresses(node, "ceterms:isPartOf")),
            supersedes=earlier[0] if earlier else "",
            status=statuses[0] if statuses else "",
            issued=created,
            valid_from=node.day("ceterms:dateEffective"),
            valid_until=node.day("ceterms:expirationDate"),
            modified=modified,
            page="".join(self.addresses(node, "ceterms:subjectWebpage")[:1]),
        )
        self.left(node, uri)
        return told

    def is_unit(self, part: Told, uri: str) -> bool:
        known = part.values.get("@type") in (*terms.UNITS, *terms.CREDENTIALS)
        if not known:
            self.lost(uri, _("This part is not in the file, or is no unit"), str(part.values.get("@id", "")))
        return known

    def versions(self, node: Told, uri: str) -> tuple[int, str]:
        number, address = 1, ""
        for part in self.parts_left(node, "ceterms:versionIdentifier"):
            name = str(self.text(part, "ceterms:identifierTypeName"))
            value = part.text("ceterms:identifierValueCode")
            if name == terms.VERSION_ADDRESS:
                address = value
            elif value.isascii() and value.isdigit() and len(value) < 9 and int(value):
                number = int(value)
            else:
                self.lost(uri, _("Gilde counts versions in whole numbers; this one is taken for 1"), value)
        return number, address

    def framework(self, uri: str) -> tuple[Any, Any]:
        """Return when a qualification was issued and modified, as its competency framework tells."""
        node = self.nodes.get(uri + terms.FRAMEWORK)
        if node is None:
            return None, None
        for key in ("ceasn:name", "ceasn:description", "ceasn:inLanguage", "ceasn:hasTopChild"):
            node.take(key)  # the same as those of the credential
        told = node.day("ceasn:dateCreated"), node.moment("ceasn:dateModified")
        self.left(node, uri)
        return told

    def level(self, node: Told) -> LevelTold | None:
        found: LevelTold | None = None
        eqf: int | None = None
        for part in self.parts_left(node, "ceterms:audienceLevelType"):
            notation, uri = part.text("ceterms:codedNotation"), part.text("ceterms:targetNode")
            scheme, name = part.text("ceterms:framework"), self.text(part, "ceterms:targetNodeName")
            called = self.text(part, "ceterms:frameworkName")
            if scheme == terms.EQF_SCHEME or (uri.startswith(terms.EQF_LEVEL) and ":" not in notation):
                last = uri.rsplit("/", 1)[-1]
                if last not in tuple("12345678"):
                    raise part.wrong("ceterms:targetNode", _("the EQF has the levels 1 to 8"))
                eqf = int(last)
            elif ":" in notation and found is None:
                framework, _colon, code = notation.partition(":")
                found = LevelTold(framework, code, None, name, called, uri)
            else:
                self.lost(
                    node.place,
                    _("Gilde cannot tell the framework of this level"),
                    str(name) or notation or uri,
                )
        if found:
            return LevelTold(found.framework, found.code, eqf, found.name, found.framework_name, found.uri)
        return LevelTold("eqf", str(eqf), eqf) if eqf else None

    def country(self, node: Told) -> str:
        found = []
        for part in self.parts_left(node, "ceterms:jurisdiction"):
            for place in self.parts_left(part, "ceterms:mainJurisdiction"):
                found.append(str(self.text(place, "ceterms:addressCountry")))
        for other in found[1:]:
            self.lost(node.place, _("Gilde keeps one country"), other)
        return found[0] if found else ""

    def concepts(self, node: Told, key: str) -> tuple[ConceptLink, ...]:
        found = []
        for notation, uri, name in self.notation(node, key):
            if uri:
                found.append(ConceptLink(uri, name, "exact", scheme_of(uri)))
            else:
                self.lost(node.place, _("Gilde keeps concepts that have an address"), str(name) or notation)
        return tuple(found)

    def hours(self, node: Told) -> int | None:
        hours = None
        for part in self.parts_left(node, "ceterms:estimatedDuration"):
            told = part.text("ceterms:exactDuration")
            found = _DURATION.fullmatch(told)
            if found:
                hours = int(found[1])
            elif told:
                self.lost(node.place, _("Gilde keeps a duration in hours"), told)
        return hours

    def prerequisites(self, node: Told) -> Iterator[Prerequisite]:
        for part in self.parts_left(node, "ceterms:entryCondition"):
            text, targets = (
                self.text(part, "ceterms:description"),
                self.addresses(part, "ceterms:targetCredential"),
            )
            for target in targets or [""]:
                yield Prerequisite(text, target)

    def condition(self, node: Told, optional: set[str]) -> _Condition:
        """Return what it takes, of the node and its conditions; `optional` gets the units of the alternatives."""
        found = _Condition()
        parts = set(self.addresses(Told({"it": node.values.get("ceterms:hasPart")}, self.name), "it"))
        self.take(node, found, "ceterms:teaches")
        for part in self.parts_left(node, "ceterms:requires"):
            self.take(part, found, "ceterms:targetCompetency")
            self.required(part, parts, node)
            for other in self.parts_left(part, "ceterms:alternativeCondition"):
                optional.update(self.required(other, parts, node))
        return found

    def required(self, condition: Told, parts: set[str], node: Told) -> list[str]:
        """Return the units that a condition requires, and note those that are no part of the qualification."""
        told = []
        for key in ("ceterms:targetLearningOpportunity", "ceterms:targetCredential"):
            told += (found := self.addresses(condition, key))
            for uri in found:
                if uri not in parts:
                    what = _("This is required but no part of the qualification: %(key)s") % {"key": key}
                    self.lost(node.place, what, uri)
        return told

    def take(self, told: Told, found: _Condition, competencies: str) -> None:
        for part in self.parts_left(told, "ceterms:creditValue"):
            value, systems = part.number("schema:value"), self.code(part, "ceterms:creditUnitType")
            if value is None or value < 0 or found.credit:
                self.lost(told.place, _("Gilde keeps one amount of credit"), str(value or ""))
            else:
                found.credit = Credit(value, systems[0] if systems else "")
        outcomes = []
        for notation, uri, name in self.notation(told, competencies):
            outcome = self.outcome(uri, notation, name)
            if outcome:
                outcomes.append(outcome)
        found.outcomes += tuple(outcomes)
        for part in self.parts(told, "ceterms:targetAssessment"):
            found.assessment = self.text(part, "ceterms:description")
            found.assessment_type = "".join(self.code(part, "ceterms:assessmentMethodType")[:1])
            self.left(part, told.place)

    def unit(self, node: Told, optional: set[str]) -> Unit:
        uri = node.text("@id") or node.place
        title = self.text(node, "ceterms:name")
        if not title:
            raise node.wrong("ceterms:name", _("this is needed and is not there"))
        condition = self.condition(node, set())
        partial = node.text("@type") in terms.CREDENTIALS
        node.take("ceterms:isPartOf")
        unit = Unit(
            uri=uri,
            title=title,
            outcomes=condition.outcomes,
            code=node.text("ceterms:codedNotation"),
            summary=self.text(node, "ceterms:description"),
            credit=condition.credit,
            hours=self.hours(node),
            partial=partial,
            optional=uri in optional,
            assessment=condition.assessment,
        )
        self.left(node, uri)
        return unit

    def outcome(self, uri: str, notation: str, name: Text) -> Outcome | None:
        """Return the competency at an address, or one that its alignment object tells whole."""
        if uri in self.outcomes:
            return self.outcomes[uri]
        node = self.nodes.get(uri)
        if node is None:
            if not name:
                self.lost(uri or notation, _("This competency is not in the file and has no text"))
                return None
            made = Outcome(uri, name, code=notation)
        else:
            statement = self.text(node, "ceasn:competencyText") or name
            if not statement:
                raise node.wrong("ceasn:competencyText", _("this is needed and is not there"))
            category = self.text(node, "ceasn:competencyCategory")
            kind = str(category) if str(category) in ("knowledge", "skill", "autonomy") else ""
            if category and not kind:
                self.lost(uri, _("Gilde knows knowledge, skill and autonomy"), str(category))
            made = Outcome(
                uri,
                statement,
                cast(Literal["knowledge", "skill", "autonomy", ""], kind),
                code=node.text("ceasn:codedNotation"),
                concepts=tuple(self.links(node)),
            )
            self.left(node, uri)
        self.outcomes[uri] = made
        return made

    def links(self, node: Told) -> Iterator[ConceptLink]:
        for term, relation in terms.ALIGNMENTS.items():
            for uri in self.addresses(node, term):
                concept, label = self.nodes.get(uri), Text()
                if concept is not None and concept.values.get("@type") == "skos:Concept":
                    label = self.text(Told(dict(concept.values), self.name, concept.place), "skos:prefLabel")
                    self.used.add(id(concept))
                yield ConceptLink(uri, label, cast(Relation, relation), scheme_of(uri))

    def body(self, node: Told) -> Body:
        uri = node.values.get("@id", "")
        if uri in self.bodies:
            return self.bodies[uri]
        countries = [
            str(self.text(place, "ceterms:addressCountry"))
            for place in self.parts_left(node, "ceterms:address")
        ]
        numbers = [
            part.text("ceterms:identifierValueCode") for part in self.parts_left(node, "ceterms:identifier")
        ]
        made = Body(
            uri="" if uri.startswith("_:") else uri,
            name=self.text(node, "ceterms:name"),
            country=countries[0] if countries else "",
            website="".join(self.addresses(node, "ceterms:subjectWebpage")[:1]),
            identifier=numbers[0] if numbers else "",
        )
        self.left(node, uri)
        if uri:
            self.bodies[uri] = made
        return made


class _Condition:
    """What a credential or a unit takes."""

    def __init__(self) -> None:
        self.credit: Credit | None = None
        self.outcomes: tuple[Outcome, ...] = ()
        self.assessment = Text()
        self.assessment_type = ""
