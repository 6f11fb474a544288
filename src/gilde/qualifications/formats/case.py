"""CASE 1.0: a qualification as a CFPackage, its units and outcomes as items of a competency framework.

Source: 1EdTech, Competencies and Academic Standards Exchange (CASE) Service 1.0, information model and REST/JSON
binding of 7 July 2017. `docs/formats.md` says what stands where, and what CASE has no place for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from django.utils.translation import gettext as _

from gilde.core import clock
from gilde.core.text import Text
from gilde.qualifications.described import (
    ConceptLink,
    Described,
    LevelTold,
    NotHeld,
    Outcome,
    Publisher,
    Read,
    Unit,
)
from gilde.qualifications.formats import case_reading, case_terms, strict_json
from gilde.qualifications.formats.addresses import guid, scheme_of
from gilde.qualifications.formats.case_terms import EQF, ITEM_OF_QUALIFICATION

MEDIA_TYPE: Final = "application/json"
_REST: Final = "/ims/case/v1p0/"


def read(path: Path, name: str, *, largest: int = strict_json.LARGEST) -> Read:
    """Return the qualifications of a CFPackage, or of a list of them. Raises Unreadable."""
    return case_reading.read_told(strict_json.load(path, name, largest=largest), name)


def write(publisher: Publisher, qualifications: Iterable[Described]) -> tuple[bytes, list[NotHeld]]:
    """Return the CFPackage of the qualification as JSON, and what CASE has no place for.

    CASE has no file of several packages: two qualifications or more, or none, are a JSON list of packages, which is
    ours.
    """
    packages, not_held = [], []
    for told in qualifications:
        written, lost = package(publisher, told)
        packages.append(written)
        not_held += lost
    whole: Any = packages[0] if len(packages) == 1 else packages
    return json.dumps(whole, ensure_ascii=False).encode() + b"\n", not_held


def package(publisher: Publisher, told: Described) -> tuple[dict[str, Any], list[NotHeld]]:
    """Return the CFPackage of one qualification, as `/ims/case/v1p0/CFPackages/{id}` answers it; id is `guid(uri)`."""
    writing = _Package(publisher, told)
    return writing.whole(), writing.not_held


class _Package:
    def __init__(self, publisher: Publisher, told: Described) -> None:
        self.publisher, self.told = publisher, told
        self.not_held: list[NotHeld] = []
        self.language = told.title.source
        self.items: dict[str, dict[str, Any]] = {}
        self.outcomes: dict[str, Outcome] = {}
        self.associations: list[dict[str, Any]] = []
        self.rubrics: list[dict[str, Any]] = []
        self.types: dict[str, dict[str, Any]] = {}
        self.groupings: dict[str, dict[str, Any]] = {}
        self.title = self.words(told.title, self.language, told.uri)
        self.changed = self._changed()

    def _changed(self) -> str:
        """Return the moment of last change, which CASE requires of everything."""
        moment = self.told.modified
        if moment is None:
            moment = datetime.combine(self.told.issued, time(), UTC) if self.told.issued else clock.now()
            self.lost(
                self.told.uri,
                _("CASE requires a moment of last change and there is none; this one is written instead"),
                moment.isoformat(),
            )
        return moment.isoformat()

    def lost(self, where: str, what: str, value: object = "") -> None:
        self.not_held.append(NotHeld(where, what, strict_json.short(str(value))))

    def no_place(self, where: str, **values: object) -> None:
        """Note each value that is not empty: CASE has no property for it."""
        for called, value in values.items():
            if value not in (None, "", (), False):
                for each in value if isinstance(value, tuple) else (value,):
                    words = each.words if isinstance(each, Text) else each
                    if isinstance(each, Text) and not each:
                        continue
                    self.lost(
                        where,
                        _("CASE has no place for this: %(called)s") % {"called": called.replace("_", " ")},
                        words,
                    )

    def words(self, text: Text, language: str, where: str) -> str:
        """Return the words in the language of an item; CASE tells one language of each."""
        if not text:
            return ""
        kept = language if text.words.get(language) else text.source
        if kept != language:
            self.lost(
                where,
                _("This text is not there in the language of its item, %(language)s; it is written as it is")
                % {"language": language},
                text.words.get(kept, ""),
            )
        for other, words in text.words.items():
            if other != kept and words:
                self.lost(
                    where,
                    _("CASE tells one language; the text in %(other)s is left out") % {"other": other},
                    words,
                )
        return text.words.get(kept, "")

    def rest(self, what: str, identifier: str) -> str:
        return f"{self.publisher.base}{_REST}{what}/{identifier}"

    def whole(self) -> dict[str, Any]:
        document = self.document()
        qualification = self.qualification()
        for number, outcome in enumerate(self.told.outcomes, 1):
            self.child(self.outcome(outcome), qualification, number)
        for number, unit in enumerate(self.told.units, 1 + len(self.told.outcomes)):
            self.child(self.unit(unit), qualification, number)
        definitions: dict[str, Any] = {"CFItemTypes": list(self.types.values())}
        if subjects := self.subjects():
            definitions["CFSubjects"] = subjects
            document["subject"] = [subject["title"] for subject in subjects]
            document["subjectURI"] = [_link(subject) for subject in subjects]
        if self.groupings:
            definitions["CFAssociationGroupings"] = list(self.groupings.values())
        return {
            "CFDocument": document,
            "CFItems": list(self.items.values()),
            "CFAssociations": self.associations,
            "CFDefinitions": definitions,
            **({"CFRubrics": self.rubrics} if self.rubrics else {}),
        }

    def document(self) -> dict[str, Any]:
        told = self.told
        self.no_place(
            told.uri,
            credit=f"{told.credit.points} {told.credit.system}" if told.credit else "",
            hours=told.hours,
            country=told.country,
            kind_of_assessment=told.assessment_type,
            form_of_participation=told.participation,
            quality_assurance=told.quality,
            languages=told.languages,
            issued=told.issued,
            awarding_body=tuple(body.name for body in told.awarding),
        )
        return {
            "identifier": guid(told.uri),
            "uri": told.uri,
            "creator": self.creator(),
            "title": self.title,
            "lastChangeDateTime": self.changed,
            **_present(
                officialSourceURL=told.page,
                publisher=str(self.publisher.body.name),
                description=self.words(told.summary, self.language, told.uri),
                language=self.language,
                version=str(told.number),
                adoptionStatus=self.status(),
                statusStartDate=_day(told.valid_from),
                statusEndDate=_day(told.valid_until),
            ),
        }

    def creator(self) -> str:
        owner = self.told.owner
        if owner is None or not owner.name:
            name = str(self.publisher.body.name)
            self.lost(
                self.told.uri,
                _("CASE requires a creator and there is no owner; the publisher is written instead"),
                name,
            )
            return name
        self.no_place(
            self.told.uri,
            address_of_the_owner=owner.uri,
            country_of_the_owner=owner.country,
            website_of_the_owner=owner.website,
            number_of_the_owner=owner.identifier,
        )
        return self.words(owner.name, self.language, self.told.uri)

    def status(self) -> str:
        state = self.told.status
        if not state:
            return ""
        adoption = case_terms.STATUSES.get(state, case_terms.IN_PROCEDURE)
        if case_terms.status_read(adoption) != state:
            self.lost(
                self.told.uri,
                _("CASE knows fewer states; written as “%(adoption)s”") % {"adoption": adoption},
                state,
            )
        return adoption

    def item(self, uri: str, statement: str, kind: str, language: str, **more: object) -> dict[str, Any]:
        item_type = self.types.get(kind)
        if item_type is None:
            identifier = str(uuid5(NAMESPACE_URL, f"{self.publisher.base}{_REST}CFItemTypes/{kind}"))
            item_type = self.types[kind] = {
                "identifier": identifier,
                "uri": self.rest("CFItemTypes", identifier),
                "title": kind,
                "description": kind,
                "hierarchyCode": str(len(self.types) + 1),
                "lastChangeDateTime": self.changed,
            }
        item = {
            "identifier": guid(uri),
            "uri": uri,
            "fullStatement": statement,
            "CFItemType": kind,
            "CFItemTypeURI": _link(item_type),
            "language": language,
            "lastChangeDateTime": self.changed,
            **_present(**more),
        }
        return self.items.setdefault(uri, item)

    def qualification(self) -> dict[str, Any]:
        """Add the item that stands for the qualification itself: this version of it, its level, what it leads to."""
        told = self.told
        if (told.kind, told.partial) in case_terms.QUALIFICATIONS.values():
            kind = next(
                t for t, meant in case_terms.QUALIFICATIONS.items() if meant == (told.kind, told.partial)
            )
        else:
            kind = next(iter(case_terms.QUALIFICATIONS))
            self.lost(
                told.uri,
                _("This kind of qualification is not known; written as “%(kind)s”") % {"kind": kind},
                told.kind,
            )
        item = self.item(
            told.version_uri or told.uri + ITEM_OF_QUALIFICATION,
            self.title,
            kind,
            self.language,
            humanCodingScheme=told.code,
            educationLevel=self.levels(told.level),
            conceptKeywords=[told.sector] if told.sector else [],
        )
        document = {"identifier": guid(told.uri), "uri": told.uri, "title": self.title}
        self.associate("isChildOf", _node(item), document, 1)
        for number, link in enumerate(told.occupations, 1):
            self.concept(item, link, number)
        number = 0
        for before in told.prerequisites:
            words = self.words(before.text, self.language, told.uri)
            if before.qualification:
                number += 1
                self.associate("precedes", _outside(before.qualification, words), _node(item), number)
            else:
                self.no_place(told.uri, prerequisite_in_words=before.text)
        for number, uri in enumerate(told.part_of, 1):
            self.associate("isPartOf", _node(item), _outside(uri), number)
        if told.supersedes:
            self.associate("replacedBy", _outside(told.supersedes), _node(item))
        self.assessment(told.assessment, item, self.language)
        return item

    def levels(self, level: LevelTold | None) -> list[str]:
        if level is None:
            return []
        self.no_place(
            self.told.uri,
            name_of_the_level=level.name,
            name_of_the_framework=level.framework_name,
            address_of_the_level=level.uri,
        )
        reference = [f"{EQF} {level.eqf}"] if level.eqf is not None else []
        if level.framework == "eqf" and level.code == str(level.eqf):
            return reference
        return [f"{level.framework} {level.code}", *reference]

    def subjects(self) -> list[dict[str, Any]]:
        found = []
        for number, link in enumerate(self.told.fields, 1):
            self.details(link, self.told.uri)
            if link.relation != "exact":
                self.no_place(self.told.uri, relation_to_a_field=link.relation)
            found.append(
                {
                    "identifier": guid(link.uri),
                    "uri": link.uri,
                    "title": self.words(link.label, self.language, self.told.uri) or link.uri,
                    "hierarchyCode": str(number),
                    "lastChangeDateTime": self.changed,
                }
            )
        return found

    def unit(self, unit: Unit) -> dict[str, Any]:
        self.no_place(
            unit.uri,
            credit=f"{unit.credit.points} {unit.credit.system}" if unit.credit else "",
            hours=unit.hours,
        )
        language = unit.title.source
        kind = next(t for t, meant in case_terms.UNITS.items() if meant == (unit.partial, unit.optional))
        item = self.item(
            unit.uri,
            self.words(unit.title, language, unit.uri),
            kind,
            language,
            humanCodingScheme=unit.code,
            notes=self.words(unit.summary, language, unit.uri),
        )
        self.assessment(unit.assessment, item, language)
        for number, outcome in enumerate(unit.outcomes, 1):
            self.child(self.outcome(outcome), item, number)
        return item

    def outcome(self, outcome: Outcome) -> dict[str, Any]:
        before = self.outcomes.setdefault(outcome.uri, outcome)
        if outcome.uri in self.items:
            if before != outcome:
                self.lost(
                    outcome.uri,
                    _("The same outcome is told twice, differently; the first is written"),
                    outcome.statement,
                )
            return self.items[outcome.uri]
        self.no_place(
            outcome.uri,
            verb_by_itself=outcome.verb,
            object_by_itself=outcome.object,
            context_by_itself=outcome.context,
        )
        language = outcome.statement.source
        kind = next(title for title, meant in case_terms.OUTCOMES.items() if meant == outcome.kind)
        statement = self.words(outcome.statement, language, outcome.uri)
        item = self.item(outcome.uri, statement, kind, language, humanCodingScheme=outcome.code)
        for number, link in enumerate(outcome.concepts, 1):
            self.concept(item, link, number)
        return item

    def concept(self, item: dict[str, Any], link: ConceptLink, number: int) -> None:
        self.details(link, item["uri"])
        title = self.words(link.label, item["language"], item["uri"])
        kind = "exactMatchOf" if link.relation == "exact" else "isRelatedTo"
        association = self.associate(kind, _node(item), _outside(link.uri, title), number)
        for called, relation in case_terms.GROUPINGS.items():
            if relation == link.relation:
                association["CFAssociationGroupingURI"] = _link(self.grouping(called))

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

    def grouping(self, called: str) -> dict[str, Any]:
        identifier = str(uuid5(NAMESPACE_URL, f"{self.publisher.base}{_REST}CFAssociationGroupings/{called}"))
        return self.groupings.setdefault(
            called,
            {
                "identifier": identifier,
                "uri": self.rest("CFAssociationGroupings", identifier),
                "title": called,
                "lastChangeDateTime": self.changed,
            },
        )

    def assessment(self, text: Text, item: dict[str, Any], language: str) -> None:
        """Add how something is assessed, as a rubric with the item as its only criterion."""
        words = self.words(text, language, item["uri"])
        if not words:
            return
        rubric = str(uuid5(NAMESPACE_URL, item["uri"] + "#rubric"))
        criterion = str(uuid5(NAMESPACE_URL, item["uri"] + "#criterion"))
        at = {"lastChangeDateTime": self.changed}
        self.rubrics.append(
            {
                "identifier": rubric,
                "uri": self.rest("CFRubrics", rubric),
                "description": words,
                "CFRubricCriteria": [
                    {
                        "identifier": criterion,
                        "uri": self.rest("CFRubricCriteria", criterion),
                        "CFItemURI": _node(item),
                        "rubricId": rubric,
                        **at,
                    }
                ],
                **at,
            }
        )

    def child(self, item: dict[str, Any], parent: dict[str, Any], number: int) -> None:
        self.associate("isChildOf", _node(item), _node(parent), number)

    def associate(
        self, kind: str, origin: dict[str, str], destination: dict[str, str], number: int | None = None
    ) -> dict[str, Any]:
        told = "\n".join([self.told.uri, kind, origin["uri"], destination["uri"], str(number)])
        identifier = str(uuid5(NAMESPACE_URL, told))
        association = {
            "identifier": identifier,
            "uri": self.rest("CFAssociations", identifier),
            "associationType": kind,
            "originNodeURI": origin,
            "destinationNodeURI": destination,
            "lastChangeDateTime": self.changed,
            **_present(sequenceNumber=number),
        }
        self.associations.append(association)
        return association


def _present(**values: object) -> dict[str, object]:
    return {key: value for key, value in values.items() if value not in (None, "", [])}


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _link(thing: dict[str, Any]) -> dict[str, str]:
    return {"title": thing["title"], "identifier": thing["identifier"], "uri": thing["uri"]}


def _node(item: dict[str, Any]) -> dict[str, str]:
    return {"title": item["fullStatement"], "identifier": item["identifier"], "uri": item["uri"]}


def _outside(uri: str, title: str = "") -> dict[str, str]:
    return {"title": title or uri, "identifier": guid(uri), "uri": uri}
