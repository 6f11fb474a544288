"""Qualifications as XML of the European Learning Model 3 (loq.xsd 3.1.0), out and in."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from functools import cache, lru_cache
from pathlib import Path
from sys import intern
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, Final

from django.utils.translation import gettext as _
from lxml import etree

from gilde.qualifications.described import Described, NotHeld, Publisher, Read
from gilde.qualifications.formats import elm_lists as lists
from gilde.qualifications.formats.checking_files import checked_elements, refuse
from gilde.qualifications.formats.elm_nodes import Literal, Node, fingerprint
from gilde.qualifications.formats.elm_reading import read_nodes
from gilde.qualifications.formats.elm_telling import UNIT_OF_TWO, lacking, tell

FORMAT: Final = "elm-xml"

# The sections of the file in their order, with the classes that stand in each (CoursesRootType).
_SECTIONS: Final = {
    "learningAchievementSpecificationReferences": ("LearningAchievementSpecification", "Qualification"),
    "learningOutcomeReferences": ("LearningOutcome",),
    "learningAssessmentSpecificationReferences": ("LearningAssessmentSpecification",),
    "learningEntitlementSpecificationReferences": ("LearningEntitlementSpecification",),
    "agentReferences": ("Agent", "Organisation"),
    "locationReferences": ("Location",),
}
_SECTION_OF: Final = {kind: section for section, kinds in _SECTIONS.items() for kind in kinds}
_SPECIFICATION: Final = (
    "identifier title description additionalNote homepage category status modified publisher"
)
_ACHIEVEMENT: Final = (
    f"{_SPECIFICATION} type ISCEDFCode volumeOfLearning creditPoint educationLevel language mode entryRequirement "
    "learningOutcome provenBy entitlesTo hasPart isPartOf awardingOpportunity"
)
# The elements of each class in the order in which the schema asks for them.
_ORDER: Final = {
    "LearningAchievementSpecification": _ACHIEVEMENT.split(),
    "Qualification": [*_ACHIEVEMENT.split(), "isPartialQualification", "EQFLevel", "NQFLevel"],
    "LearningOutcome": ["identifier", "title", "type", "additionalNote", "relatedSkill", "relatedESCOSkill"],
    "LearningAssessmentSpecification": f"{_SPECIFICATION} type".split(),
    "LearningEntitlementSpecification": (
        f"{_SPECIFICATION} type entitlementStatus limitOccupation limitNationalOccupation".split()
    ),
    "Agent": ["identifier", "prefLabel", "additionalNote", "location"],
    "Organisation": ["legalName", "identifier", "homepage", "additionalNote", "location"],
    "Location": ["address"],
    "Address": ["countryCode"],
    "AwardingOpportunity": ["awardingBody", "location", "temporal", "learningAchievementSpecification"],
    "Concept": ["prefLabel", "inScheme"],
    "CreditPoint": ["framework", "point"],
    "Identifier": ["notation", "schemeName"],
    "Note": ["subject", "noteFormat", "noteLiteral"],
    "PeriodOfTime": ["startDate", "endDate"],
    "WebResource": ["contentUrl"],
}
# The coded values: their elements hold nothing but the address (the restrictions of ConceptType).
_EMPTY: Final = {
    *("type", "ISCEDFCode", "language", "mode", "EQFLevel", "NQFLevel"),
    *("framework", "countryCode", "entitlementStatus", "reusabilityLevel"),
}
_LOQ: Final = lists.namespace("loq")
# The elements that the schema takes from elsewhere; all others are its own.
_ELSEWHERE: Final = {
    name: f"{{{lists.namespace(prefix)}}}{name}"
    for prefix, names in {"skos": "prefLabel altLabel notation inScheme", "dc": "subject"}.items()
    for name in names.split()
}
_NAMESPACES: Final = frozenset(lists.namespace(each) for each in ("loq", "skos", "dc", "locn", "clv"))
_MAP: Final[Any] = {None: _LOQ, "skos": lists.namespace("skos"), "dc": lists.namespace("dc")}
_IN_MEMORY: Final = 8 * 1024 * 1024  # bytes of a section before it goes to disk


def write(publisher: Publisher, qualifications: Iterable[Described], into: BinaryIO) -> list[NotHeld]:
    """Write the qualifications as one file that loq.xsd accepts; return what it does not hold.

    A qualification without a title or outcomes is left out, since the schema refuses it, and stands in the answer.
    """
    with ExitStack() as stack:
        writer = _Writer(stack)
        for described in qualifications:
            if missing := lacking(described):
                writer.lost += missing
                continue
            node, lost = tell(publisher, described, form="xml")
            writer.lost += lost
            writer.add(node)
        writer.add_references()
        stack.close()
        writer.join(into)
        return writer.lost


class _Writer:
    """Writes each section beside the others, since a qualification tells something in each of them."""

    def __init__(self, stack: ExitStack) -> None:
        self.files: dict[str, Any] = {}
        self.sections: dict[str, Any] = {}
        self.lost: list[NotHeld] = []
        self.written: dict[str, int] = {}  # by address: the fingerprint of what was written
        self.notations: set[str] = set()
        self.referred: dict[str, None] = {}
        for name in _SECTIONS:
            self.files[name] = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115
            xml = stack.enter_context(etree.xmlfile(self.files[name], encoding="utf-8"))
            stack.enter_context(xml.element(f"{{{_LOQ}}}{name}", nsmap=_MAP))
            self.sections[name] = xml

    def add(self, node: Node, *, parent: str = "") -> None:
        """Write a thing into its section, and then what it refers to into theirs; `parent` is what it is a unit of."""
        if not node.told:
            if node.kind == "Qualification":
                self.referred[node.id] = None
            return
        words = fingerprint(node)
        if node.id in self.written:
            if parent:
                self.lost.append(NotHeld(node.id, UNIT_OF_TWO % {"uri": parent}))
            elif self.written[node.id] != words:
                self.lost.append(NotHeld(node.id, _("It is told in two ways; the first was kept.")))
            return
        self.written[node.id] = words
        name = node.kind[0].lower() + node.kind[1:]
        element = self._fill(etree.Element(_tag(name), nsmap=_MAP), node, name)
        if parent:
            place = element.find(_tag("isPartialQualification"))
            reference = etree.Element(_tag("isPartOf"), {"idref": parent}, nsmap=_MAP)
            element.insert(len(element) if place is None else element.index(place), reference)
        self.sections[_SECTION_OF[node.kind]].write(element)
        for unit in node.told.get("units", ()):
            if isinstance(unit, Node):
                self.add(unit, parent=node.id)
        for inner in _inner(node):
            self.add(inner)

    def add_references(self) -> None:
        """Write a reference for each qualification that is referred to and does not stand in the file."""
        for uri in self.referred:
            if uri not in self.written and uri not in self.notations:
                element = etree.Element(_tag("qualificationReference"), {"id": uri}, nsmap=_MAP)
                identifier = etree.SubElement(element, _tag("identifier"))
                etree.SubElement(identifier, _ELSEWHERE["notation"]).text = uri
                self.sections["learningAchievementSpecificationReferences"].write(element)

    def join(self, into: BinaryIO) -> None:
        """Put the sections together into the whole file; an empty one is left out."""
        root = f'<Courses xmlns="{_LOQ}" xsdVersion="{lists.elm()["schema_version"]}">\n'
        into.write(b'<?xml version="1.0" encoding="UTF-8"?>\n' + root.encode())
        for file in self.files.values():
            file.seek(0)
            shutil.copyfileobj(file, into)
            into.write(b"\n")
            file.close()
        into.write(b"</Courses>\n")

    def _fill(self, element: Any, node: Node, name: str) -> Any:
        """Put into the element what the node tells, in the order of the schema."""
        if node.id:
            element.set("uri" if node.kind == "Concept" else "id", node.id)
        if name in _EMPTY:
            return element
        notes: list[Node] = []
        for each in _ORDER[node.kind]:
            values: Iterable[Literal | Node] = node.told.get(each, ())
            if each == "identifier":
                values = [value for value in values if self._is_new(value, notes)]
            elif each == "additionalNote":
                others = _one_language(node.told.get("entryRequirement", ()))[1:]
                values = [*_one_language(values), *others, *notes]
            elif each == "entryRequirement":
                values = _one_language(values)[:1]
            for value in values:
                self._child(element, value, each)
        return element

    def _child(self, parent: Any, value: Literal | Node, name: str) -> None:
        element = etree.SubElement(parent, _tag(name))
        if isinstance(value, Literal):
            element.text = value.value
            if value.language:
                element.set("language", value.language)
        elif name == "inScheme":
            element.text = value.id
        elif value.kind in _SECTION_OF or (not value.told and value.kind != "Concept"):
            element.set("idref", value.id)
        else:
            self._fill(element, value, name)

    def _is_new(self, identifier: Literal | Node, notes: list[Node]) -> bool:
        """The schema wants every notation once in a file (UniqueNotationCheck): a second one becomes a note."""
        if not isinstance(identifier, Node):
            return False
        notation, topic = identifier.word("notation"), identifier.word("schemeName")
        if notation not in self.notations:
            self.notations.add(notation)
            return True
        note = Node("Note")
        note.add("subject", Node("Concept", lists.topic_uri(topic)))
        note.add("noteLiteral", Literal(notation, "zxx"))
        notes.append(note)
        return False


@cache
def _tag(name: str) -> str:
    return _ELSEWHERE.get(name, f"{{{_LOQ}}}{name}")


def _inner(node: Node) -> Iterator[Node]:
    """Yield what a thing refers to and stands in a section, also through what is nested in it."""
    for name, values in node.told.items():
        for value in values:
            if isinstance(value, Node) and name != "units":
                if value.kind in _SECTION_OF:
                    yield value
                else:
                    yield from _inner(value)


def _one_language(notes: Iterable[Literal | Node]) -> list[Node]:
    """Return the notes so that each has its words in one language, as the schema asks (NoteType)."""
    found = []
    for note in notes:
        if isinstance(note, Node):
            for literal in note.literals("noteLiteral"):
                found.append(Node(note.kind, told={**note.told, "noteLiteral": [literal]}))
    return found


def read(path: Path, name: str) -> Read:
    """Return the qualifications of a file, and what of it has no place in Gilde.

    Raises Unreadable with the line where it is known: see `checking_files` and `read_nodes`; also when the root is not
    `Courses` or something that is referred to has no id.
    """
    found: dict[str, Node] = {}
    depth = 0
    for event, element in checked_elements(path, name, namespaces=_NAMESPACES):
        depth += 1 if event == "start" else -1
        if event == "start" and depth == 1 and element.tag != _tag("Courses"):
            refuse(name, _("the root is not “Courses” of the European Learning Model"), element.sourceline)
        if event == "end" and depth == 2:
            node = _node(element)
            if not node.id:
                told = {"element": etree.QName(element).localname}
                refuse(name, _("the element “%(element)s” has no id") % told, element.sourceline)
            if node.id in found:
                refuse(
                    name, _("the id %(id)s stands in the file twice") % {"id": node.id}, element.sourceline
                )
            found[node.id] = node
            element.clear(keep_tail=False)
    return read_nodes(found, name, FORMAT)


def _node(element: Any) -> Node:
    local = _local(element.tag)
    node = Node(
        local[0].upper() + local[1:], element.get("id") or element.get("idref") or element.get("uri") or ""
    )
    node.line = element.sourceline
    for child in element:
        if isinstance(child.tag, str):
            name = _local(child.tag)
            node.add(name, _value(child, name))
    return node


def _value(element: Any, name: str) -> Literal | Node:
    if name == "inScheme":
        return Node("ConceptScheme", (element.text or "").strip())
    if len(element) or element.get("idref") is not None or element.get("uri") is not None:
        return _node(element)
    return Literal(element.text or "", intern(element.get("language", "")))


@lru_cache(maxsize=1000)
def _local(tag: str) -> str:
    """Return the name of an element without its namespace: one string for all, since a file has a million of them."""
    return etree.QName(tag).localname
