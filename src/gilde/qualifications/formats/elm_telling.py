"""Tells a qualification in the European Learning Model 3, profile for learning opportunities and qualifications.

Source of every rule: loq.xsd 3.1.0 and LOQ-constraints 1.1.0. What the model has no element for goes into notes with a
subject of our own; `docs/formats.md` lists each. What cannot be told at all comes back as `NotHeld`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Final
from typing import Literal as One

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

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
    Unit,
)
from gilde.qualifications.formats import elm_building as build
from gilde.qualifications.formats import elm_lists as lists
from gilde.qualifications.formats.elm_more import as_words, credit_as_json, differences
from gilde.qualifications.formats.elm_nodes import Literal, Node, as_literals

Form = One["xml", "rdf"]

# Signs that XML 1.0 has no way to write (section 2.2).
_NO_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
UNIT_OF_TWO: Final = gettext_lazy("It is a unit of %(uri)s too, and was told as one of the first only.")
_WITHOUT_LANGUAGE: Final = "zxx"  # ISO 639-2: no linguistic content


def lacking(described: Described) -> list[NotHeld]:
    """Return what the model asks for and the qualification does not have; empty when it can be told."""
    found = []
    if not described.title:
        found.append(NotHeld(described.uri, _("It was left out: it has no title.")))
    if next(described.all_outcomes(), None) is None:
        found.append(NotHeld(described.uri, _("It was left out: it has no learning outcomes.")))
    return found


def tell(
    publisher: Publisher, described: Described, *, form: Form, beside: Collection[str] = ()
) -> tuple[Node, list[NotHeld]]:
    """Return the qualification as a node with everything that it consists of, and what has no place in the model.

    `beside` are the addresses of the qualifications in the same file, to which `part_of` may refer.
    """
    teller = _Teller(publisher, form, beside)
    return teller.qualification(described), teller.lost


@dataclass
class _Teller:
    publisher: Publisher
    form: Form
    beside: Collection[str]
    lost: list[NotHeld] = field(default_factory=list)

    def qualification(self, told: Described) -> Node:
        node = Node(_kind(told.level), build.iri(told.uri))
        self._identify(node, "code", told.code)
        self._identify(node, "version", told.version_uri)
        node.add("title", *self._texts(node, told.title))
        node.add("description", *self._texts(node, told.summary))
        node.add("type", Node("Concept", f"{lists.elm()['own']}kind:{told.kind}"))
        if told.page.startswith(("http://", "https://")):
            node.add("homepage", build.web(told.page))
        else:
            self._word(node, "page", told.page)
        node.add("category", *self._raw(node, told.sector))
        node.add("status", *(Literal(each.value) for each in self._raw(node, told.status)))
        node.add("modified", build.moment(told.modified))
        node.add("publisher", self._body(node, told.owner or self.publisher.body))
        self._shared(node, told)
        self._measures(node, told.credit, told.hours)
        node.add("mode", *self._modes(node, told.participation))
        self._prerequisites(node, told)
        self._assessment(node, told.assessment, told.assessment_type)
        self._occupations(node, told.occupations)
        self._awarding(node, told)
        self._part_of(node, told.part_of)
        if node.kind == "Qualification":
            node.add("isPartialQualification", build.flag(told.partial))
        elif told.partial:
            self._word(node, "partial", "true")
        node.add("units", *(self._unit(node, unit) for unit in told.units))
        node.add(
            "hasPart", *(Node(id=each.id) for each in node.nodes("units") if each.kind == "Qualification")
        )
        outcomes = [self._outcome(each) for each in told.outcomes]
        inside = [Node(id=each.id) for unit in node.nodes("units") for each in unit.nodes("learningOutcome")]
        node.add("learningOutcome", *build.once([*outcomes, *inside]))
        if told.number != 1:
            self._word(node, "number", str(told.number))
        self._word(node, "supersedes", told.supersedes)
        self._word(node, "issued", told.issued.isoformat() if told.issued else "")
        self._note(node, "quality", *self._texts(node, told.quality))
        return node

    def _shared(self, node: Node, told: Described) -> None:
        """Tell what a qualification shares with its units: field of education, language, level."""
        fields = [self._field(node, each) for each in told.fields]
        node.add("ISCEDFCode", *fields)
        if not node.told.get("ISCEDFCode"):
            node.add("ISCEDFCode", build.concept(lists.unknown_field(), lists.scheme("isced-f-2013")))
        for code in told.languages:
            if uri := lists.language_uri(code):
                node.add("language", build.concept(uri, lists.scheme("language")))
            else:
                self._lose(node, _("The language is not in the European list."), code)
        if not node.told.get("language"):
            node.add("language", build.concept(lists.unknown_language(), lists.scheme("language")))
        if told.level:
            self._level(node, told.level)

    def _level(self, node: Node, level: LevelTold) -> None:
        european = lists.eqf_uri(level.eqf) if level.eqf else ""
        if node.kind == "Qualification" and level.eqf:
            uri = _listed(level)
            framework, code = lists.level_of(uri) or ("", "")
            name = self._label_of_code(level.name)
            plain = LevelTold(framework, code, level.eqf, name, uri=uri)
            node.add("EQFLevel", build.concept(european, lists.scheme("eqf")))
            node.add("NQFLevel", self._labelled(build.concept(uri, lists.scheme("nqf")), name))
        else:
            plain = LevelTold("", "", level.eqf if european else None)
            node.add("educationLevel", build.concept(european, lists.scheme("eqf")) if european else None)
        if rest := differences(level, plain):
            self._more(node, {"level": uri if node.kind == "Qualification" else "", **rest})

    def _field(self, node: Node, link: ConceptLink) -> Node | None:
        uri = lists.field_uri(link.uri)
        if not uri or uri == lists.unknown_field():
            self._lose(node, _("The field of education is not in the list of ISCED-F 2013."), link.uri)
            return None
        label = self._label_of_code(link.label)
        concept = self._labelled(build.concept(uri, lists.scheme("isced-f-2013")), label)
        plain = ConceptLink(uri, label, scheme="isced-f-2013")
        if rest := differences(link, plain):
            self._more(node, {"concept": uri, **rest})
        return concept

    def _measures(self, node: Node, credit: Credit | None, hours: int | None) -> None:
        if credit and credit.system in lists.elm()["credit"]:
            framework = build.concept(lists.elm()["credit"][credit.system], lists.scheme("credit"))
            point = Node("CreditPoint")
            point.add("framework", framework)
            point.add("point", Literal(str(credit.points), type="string"))
            node.add("creditPoint", point)
        elif credit:
            self._note(
                node, "credit", Literal(as_words(credit_as_json(credit)), _WITHOUT_LANGUAGE), json=True
            )
        if hours is not None:
            node.add("volumeOfLearning", Literal(f"PT{hours}H", type="duration"))

    def _modes(self, node: Node, codes: Iterable[str]) -> list[Node]:
        found = []
        for code in codes:
            if uri := lists.learning_uri("participation", code):
                found.append(build.concept(uri, lists.scheme("mode")))
            else:
                self._lose(node, _("The form of participation is not in the European list."), code)
        return found

    def _prerequisites(self, node: Node, told: Described) -> None:
        known = [each for each in told.prerequisites if each.text or each.qualification]
        for n, each in enumerate(known, 1):
            topic = "entry-requirement" if n == 1 else f"entry-requirement-{n}"
            texts = self._texts(node, each.text)
            if n == 1 and texts:
                node.add("entryRequirement", build.note_on(topic, texts))
            else:
                self._note(node, topic, *texts)
            self._word(node, f"entry-requirement-{n}-qualification", each.qualification)

    def _assessment(self, node: Node, text: Text, kind: str = "") -> None:
        uri = lists.learning_uri("assessment_type", kind) if kind else ""
        if kind and not uri:
            self._lose(node, _("The type of assessment is not in the European list."), kind)
        if not text and not uri:
            return
        assessment = Node("LearningAssessmentSpecification", f"{node.id}#assessment")
        assessment.add("title", *build.title("assessment"))
        assessment.add("description", *self._texts(node, text))
        assessment.add("type", build.concept(uri, lists.scheme("assessment")) if uri else None)
        node.add("provenBy", assessment)

    def _occupations(self, node: Node, links: tuple[ConceptLink, ...]) -> None:
        """Tell the occupations: in XML as an entitlement, in RDF in notes.

        LOQ-constraints asks the status of an entitlement for a text, its part on vocabularies for a concept, so that
        no entitlement conforms to both.
        """
        if not links:
            return
        if self.form == "rdf":
            for link in links:
                rest = differences(link, ConceptLink(link.uri))
                words = as_words({"concept": link.uri, **rest})
                self._note(node, "occupation", Literal(words, _WITHOUT_LANGUAGE), json=True)
            return
        entitlement = Node("LearningEntitlementSpecification", f"{node.id}#occupations")
        entitlement.add("title", *build.title("entitlement"))
        codes = lists.elm()["entitlement"]
        entitlement.add("type", build.concept(codes["type"], lists.scheme("entitlement")))
        entitlement.add(
            "entitlementStatus", build.concept(codes["status"], lists.scheme("entitlement-status"))
        )
        for link in links:
            esco = "/esco/occupation/" in link.uri
            concept = self._linked(node, link, lists.scheme("esco-occupations") if esco else "")
            entitlement.add("limitOccupation" if esco else "limitNationalOccupation", concept)
        node.add("entitlesTo", entitlement)

    def _awarding(self, node: Node, told: Described) -> None:
        country = lists.country_uri(told.country)
        first, last = build.midnight(told.valid_from), build.midnight(told.valid_until)
        if not told.awarding:
            self._word(node, "valid-from", told.valid_from.isoformat() if told.valid_from else "")
            self._word(node, "valid-until", told.valid_until.isoformat() if told.valid_until else "")
        if not told.awarding or not country:
            self._word(node, "country", told.country)
        if not told.awarding:
            return
        opportunity = Node("AwardingOpportunity")
        opportunity.add("awardingBody", *build.once([self._body(node, body) for body in told.awarding]))
        opportunity.add("location", build.location(told.country) if country else None)
        if first or last:
            period = Node("PeriodOfTime")
            period.add("startDate", first)
            period.add("endDate", last)
            opportunity.add("temporal", period)
        opportunity.add("learningAchievementSpecification", Node(id=node.id))
        node.add("awardingOpportunity", opportunity)

    def _body(self, where: Node, body: Body) -> Node:
        """Return an organisation, or an agent where the name or the country that the former needs is not known."""
        located = lists.country_uri(body.country)
        node = Node("Organisation" if located and body.name else "Agent", build.iri(body.uri))
        website = body.website if node.kind == "Organisation" and body.website.startswith("http") else ""
        node.add("legalName" if node.kind == "Organisation" else "prefLabel", *self._texts(node, body.name))
        self._identify(node, "register", body.identifier)
        node.add("homepage", build.web(website) if website else None)
        node.add("location", build.location(body.country) if located else None)
        plain = Body(node.id, body.name, body.country if located else "", website, body.identifier)
        if rest := differences(body, plain):
            self._more(node, rest)
        return node

    def _part_of(self, node: Node, uris: Iterable[str]) -> None:
        """Refer to what this is part of; the shapes let a graph refer only to qualifications that it tells."""
        for uri in uris:
            if self.form == "xml" or uri in self.beside:
                node.add("isPartOf", Node("Qualification", build.iri(uri)))
            else:
                self._word(node, "part-of", uri)

    def _unit(self, parent: Node, unit: Unit) -> Node | None:
        if not unit.outcomes or not unit.title:
            self._lose(
                parent, _("A unit needs a title and learning outcomes; this one was left out."), unit.uri
            )
            return None
        partial = unit.partial and parent.kind == "Qualification"
        node = Node("Qualification" if partial else "LearningAchievementSpecification", build.iri(unit.uri))
        self._identify(node, "code", unit.code)
        node.add("title", *self._texts(node, unit.title))
        node.add("description", *self._texts(node, unit.summary))
        for name in ("ISCEDFCode", "language", *(("EQFLevel", "NQFLevel") if partial else ())):
            node.add(name, *parent.told.get(name, ()))
        self._measures(node, unit.credit, unit.hours)
        self._assessment(node, unit.assessment)
        if partial:
            node.add("isPartialQualification", build.flag(True))
        elif unit.partial:
            self._word(node, "partial", "true")
        if unit.optional:
            self._word(node, "optional", "true")
        node.add("learningOutcome", *build.once([self._outcome(each) for each in unit.outcomes]))
        return node

    def _outcome(self, outcome: Outcome) -> Node:
        node = Node("LearningOutcome", build.iri(outcome.uri))
        self._identify(node, "code", outcome.code)
        node.add("title", *self._texts(node, outcome.statement))
        if listed := lists.elm()["outcome_types"].get(outcome.kind):
            node.add("type", build.concept(listed, lists.scheme("outcome")))
        else:
            self._word(node, "outcome-type", outcome.kind)
        for name in ("verb", "object", "context"):
            self._note(node, name, *self._texts(node, getattr(outcome, name)))
        for link in outcome.concepts:
            esco = lists.classification_of(link.uri) == "esco"
            # The shape of relatedESCOSkill takes an address of the list that ESCO does not have, or none at all.
            within = lists.scheme("esco") if esco and self.form == "xml" else ""
            node.add("relatedESCOSkill" if esco else "relatedSkill", self._linked(node, link, within))
        return node

    def _linked(self, node: Node, link: ConceptLink, within: str) -> Node:
        uri, code = build.iri(link.uri), lists.classification_of(link.uri)
        if not within and code in lists.elm()["schemes"] and code != "esco":
            within = lists.scheme(code)
        if rest := differences(link, ConceptLink(uri, link.label, scheme=code)):
            self._more(node, {"concept": uri, **rest})
        return self._labelled(build.concept(uri, within), link.label)

    def _label_of_code(self, label: Text) -> Text:
        """Return the label that a coded value can have: in XML none, its element is empty."""
        return label if self.form == "rdf" else Text()

    def _labelled(self, concept: Node, label: Text) -> Node:
        concept.add("prefLabel", *self._texts(concept, label))
        return concept

    def _identify(self, node: Node, scheme: str, notation: str) -> None:
        for words in self._raw(node, notation):
            identifier = Node("Identifier")
            identifier.add("notation", Literal(words.value))
            identifier.add("schemeName", Literal(scheme, type="string"))
            node.add("identifier", identifier)

    def _word(self, node: Node, topic: str, words: str) -> None:
        self._note(node, topic, *self._raw(node, words))

    def _note(self, node: Node, topic: str, *literals: Literal, json: bool = False) -> None:
        if literals:
            node.add("additionalNote", build.note_on(topic, literals, json=json))

    def _more(self, node: Node, rest: dict[str, object]) -> None:
        self._note(node, "more", Literal(as_words(rest), _WITHOUT_LANGUAGE), json=True)

    def _texts(self, node: Node, text: Text) -> list[Literal]:
        return [Literal(self._clean(node, each.value), each.language) for each in as_literals(text)]

    def _raw(self, node: Node, words: str) -> list[Literal]:
        return [Literal(self._clean(node, words), _WITHOUT_LANGUAGE)] if words else []

    def _clean(self, node: Node, words: str) -> str:
        if not _NO_XML.search(words):
            return words
        self._lose(node, _("Signs that no XML can hold were left out of a text."), words)
        return _NO_XML.sub("", words)

    def _lose(self, node: Node, what: str, value: str) -> None:
        self.lost.append(NotHeld(node.id, what, value))


def _listed(level: LevelTold) -> str:
    if lists.level_of(level.uri):
        return level.uri
    return lists.level_uri(level.framework, level.code)


def _kind(level: LevelTold | None) -> str:
    """A qualification has an EQF level and a national one of the list; what has not is told as an achievement."""
    known = level and level.eqf and lists.eqf_uri(level.eqf) and _listed(level)
    return "Qualification" if known else "LearningAchievementSpecification"
