"""Makes qualifications of what a file in the European Learning Model says, and lists what has no place in Gilde."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _

from gilde.qualifications.described import (
    ConceptLink,
    Described,
    LevelTold,
    NotHeld,
    Outcome,
    Read,
    Unit,
)
from gilde.qualifications.errors import Unreadable
from gilde.qualifications.formats import elm_lists as lists
from gilde.qualifications.formats.elm_nodes import Literal, Node, as_text
from gilde.qualifications.formats.elm_parts import Notes, Parts

QUALIFICATIONS: Final = ("Qualification", "LearningAchievementSpecification")
_VALUES: Final = (
    "Concept",
    "ConceptScheme",
    "QualificationReference",
)  # what is only ever read through the thing that has it
_KIND: Final = "kind:"


def read_nodes(found: Mapping[str, Node], name: str, form: str) -> Read:
    """Return the qualifications among the nodes of a file, which are keyed by their address, in order.

    Raises Unreadable when there is none, when one has no title, or when it refers to something that is needed and is
    not in the file.
    """
    reader = _Reader(found, name)
    qualifications = tuple(reader.qualification(node) for node in reader.whole())
    if not qualifications:
        raise Unreadable(
            _("“%(name)s” holds no qualification of the European Learning Model.") % {"name": name}
        )
    return Read(form, qualifications, (*reader.lost, *reader.rest()))


@dataclass
class _Reader(Parts):
    parts: dict[str, list[Node]] = field(default_factory=dict)  # the units of a qualification

    def whole(self) -> list[Node]:
        """Return the qualifications that are no unit of another in the file, and note which units each has.

        One that says of what kind it is, or that nothing in the file contains, is whole; so is one that is part of
        itself through others.
        """
        known = {id_: node for id_, node in self.found.items() if node.kind in QUALIFICATIONS}
        owner: dict[str, str] = {}
        for id_, node in known.items():
            for other in node.told.get("isPartOf", ()):
                if isinstance(other, Node) and other.id in known and not _says_its_kind(node):
                    owner.setdefault(id_, other.id)
            for other in node.told.get("hasPart", ()):
                if isinstance(other, Node) and other.id in known and not _says_its_kind(known[other.id]):
                    owner.setdefault(other.id, id_)
        owner = {id_: of for id_, of in owner.items() if of != id_ and of not in owner}
        for id_, node in known.items():
            if id_ in owner:
                self.parts.setdefault(owner[id_], []).append(node)
        return [node for id_, node in known.items() if id_ not in owner]

    def qualification(self, node: Node) -> Described:
        self.seen.add(node.id)
        title = node.text("title")
        if not title:
            raise Unreadable(
                self.at(node, _("the qualification %(uri)s has no title") % {"uri": node.id or "?"})
            )
        notes = self.notes(node)
        identifiers = self.identifiers(node)
        units = tuple(self._unit(node, each) for each in self.parts.get(node.id, ()))
        inside = {outcome.uri for unit in units for outcome in unit.outcomes}
        awarding = self.awarding(node, notes)
        assessment, kind = self.assessment(node)
        owner = self.one(node, "publisher")
        return Described(
            uri=node.id,
            title=title,
            kind=self._kind(node),
            code=identifiers.get("code", ""),
            version_uri=identifiers.get("version", ""),
            number=self._number(node, notes),
            summary=node.text("description"),
            level=self._level(node, notes),
            country=awarding.country or notes.word("country"),
            sector=self._sector(node),
            fields=self._fields(node, notes),
            occupations=self._occupations(node, notes),
            credit=self.credit(node, notes),
            hours=self.hours(node),
            units=units,
            outcomes=tuple(each for each in self._outcomes(node) if each.uri not in inside),
            awarding=awarding.bodies,
            owner=self.body(owner) if owner else None,
            prerequisites=self.prerequisites(node, notes),
            assessment=assessment,
            assessment_type=kind,
            participation=self.codes(node, "mode", "participation"),
            quality=notes.text("quality"),
            languages=self.languages(node),
            partial=node.word("isPartialQualification") in ("true", "1") or bool(notes.word("partial")),
            part_of=self._part_of(node, notes),
            supersedes=notes.word("supersedes"),
            status=node.word("status"),
            issued=self.day(node, "issued", notes.word("issued")),
            valid_from=awarding.first or self.day(node, "valid-from", notes.word("valid-from")),
            valid_until=awarding.last or self.day(node, "valid-until", notes.word("valid-until")),
            modified=self.moment(node),
            page=self.page(node) or notes.word("page"),
        )

    def _unit(self, parent: Node, node: Node) -> Unit:
        self.seen.add(node.id)
        notes = self.notes(node)
        for name in ("ISCEDFCode", "language", "EQFLevel", "NQFLevel"):
            shared = [each.id for each in parent.told.get(name, ()) if isinstance(each, Node)]
            for each in self.all(node, name):
                if each.id not in shared:
                    self.lose(node, name, each.id)
        node.used |= {"isPartOf"}
        for each in [*self.parts.get(node.id, ()), *self.all(node, "hasPart")]:
            self.lose(node, "hasPart", each.id)
        assessment, kind = self.assessment(node)
        if kind:
            self.lose(node, "provenBy", kind)
        title = node.text("title")
        if not title:
            raise Unreadable(self.at(node, _("the unit %(uri)s has no title") % {"uri": node.id}))
        return Unit(
            uri=node.id,
            title=title,
            outcomes=tuple(self._outcomes(node)),
            code=self.identifiers(node).get("code", ""),
            summary=node.text("description"),
            credit=self.credit(node, notes),
            hours=self.hours(node),
            partial=node.word("isPartialQualification") in ("true", "1") or bool(notes.word("partial")),
            optional=bool(notes.word("optional")),
            assessment=assessment,
        )

    def _outcomes(self, node: Node) -> list[Outcome]:
        return [self._outcome(self.needed(node, each)) for each in self.all(node, "learningOutcome")]

    def _outcome(self, node: Node) -> Outcome:
        self.seen.add(node.id)
        notes = self.notes(node)
        more = notes.more("concept")
        statement = node.text("title")
        if not statement:
            raise Unreadable(self.at(node, _("the learning outcome %(uri)s has no title") % {"uri": node.id}))
        kind = ""
        for each in self.all(node, "type"):
            kind = lists.code_of("outcome_types", each.id)
            if not kind:
                self.lose(node, "type", each.id)
        linked = (each for name in ("relatedESCOSkill", "relatedSkill") for each in self.all(node, name))
        return Outcome(
            uri=node.id,
            statement=statement,
            kind=kind or ("autonomy" if notes.word("outcome-type") == "autonomy" else ""),  # type: ignore[arg-type]
            verb=notes.text("verb"),
            object=notes.text("object"),
            context=notes.text("context"),
            code=self.identifiers(node).get("code", ""),
            concepts=tuple(self._link(node, each, more) for each in linked),
        )

    def _link(self, node: Node, reference: Node, more: Mapping[str, dict[str, Any]]) -> ConceptLink:
        concept = self.known(reference)
        schemes = [each.id for each in self.all(concept, "inScheme")] or [""]
        code = lists.classification_of(concept.id, schemes[0])
        plain = ConceptLink(concept.id, concept.text("prefLabel"), scheme=code)
        return self.applied(node, plain, more.get(concept.id))

    def _fields(self, node: Node, notes: Notes) -> tuple[ConceptLink, ...]:
        more, unknown = notes.more("concept"), lists.unknown_field()
        return tuple(
            self._link(node, each, more) for each in self.all(node, "ISCEDFCode") if each.id != unknown
        )

    def _occupations(self, node: Node, notes: Notes) -> tuple[ConceptLink, ...]:
        more = notes.more("concept")
        found = []
        for told in notes.objects.get("occupation", ()):
            plain = ConceptLink(str(told.get("concept", "")))
            found.append(self.applied(node, plain, told))
        for reference in self.all(node, "entitlesTo"):
            entitlement = self.needed(node, reference)
            self.seen.add(entitlement.id)
            entitlement.used |= {"title", "type", "entitlementStatus", "entitledBy"}
            for name in ("limitOccupation", "limitNationalOccupation"):
                found += [self._link(node, each, more) for each in self.all(entitlement, name)]
        return tuple(found)

    def _level(self, node: Node, notes: Notes) -> LevelTold | None:
        more = notes.more("level")
        european = [lists.eqf_of(each.id) for each in self.all(node, "EQFLevel")]
        for each in self.all(node, "educationLevel"):
            if lists.eqf_of(each.id) and not european:
                european.append(lists.eqf_of(each.id))
            else:
                self.lose(node, "educationLevel", each.id)
        eqf = european[0] if european else None
        national = self.all(node, "NQFLevel")
        for each in national[1:]:
            self.lose(node, "NQFLevel", each.id)
        if not national:
            told = more.get("")
            if told is None and eqf is None:
                return None
            return self.applied(
                node,
                LevelTold("eqf" if told is None else "", str(eqf or "") if told is None else "", eqf),
                told,
            )
        level = national[0]
        framework, code = lists.level_of(level.id) or ("", "")
        plain = LevelTold(framework, code, eqf, level.text("prefLabel"), uri=level.id)
        return self.applied(node, plain, more.get(level.id))

    def _kind(self, node: Node) -> str:
        found = ""
        own = f"{lists.elm()['own']}{_KIND}"
        for each in self.all(node, "type"):
            if each.id.startswith(own) and not found:
                found = each.id.removeprefix(own)
            else:
                self.lose(node, "type", each.id)
        return found or "professional"

    def _sector(self, node: Node) -> str:
        found = node.literals("category")
        for each in found[1:]:
            self.lose(node, "category", each.value)
        return found[0].value if found else ""

    def _part_of(self, node: Node, notes: Notes) -> tuple[str, ...]:
        units = [each.id for each in self.parts.get(node.id, ())]
        for each in self.all(node, "hasPart"):
            if each.id not in units:
                self.lose(node, "hasPart", each.id)
        found = [each.id for each in self.all(node, "isPartOf")]
        return tuple(dict.fromkeys([*found, *(each.value for each in notes.texts.get("part-of", ()))]))

    def _number(self, node: Node, notes: Notes) -> int:
        words = notes.word("number")
        if words and not (words.isascii() and words.isdigit() and len(words) < 9):
            self.lose(node, "additionalNote", words)
            return 1
        return int(words or 1)

    def rest(self) -> Iterable[NotHeld]:
        """Yield what nobody read, each thing and each property once."""
        visited: set[int] = set()
        for node in self.found.values():
            if node.id in self.seen:
                yield from self._rest_of(node, node.id, visited)
            elif node.kind not in _VALUES and not node.id.startswith("_:") and node.told:
                what = _("“%(kind)s” has no place in Gilde.") % {"kind": node.kind or "?"}
                yield NotHeld(node.id, what, str(as_text(_title_of(node))))

    def _rest_of(self, node: Node, where: str, visited: set[int]) -> Iterable[NotHeld]:
        if id(node) in visited:
            return
        visited.add(id(node))
        for name, values in node.told.items():
            for value in values:
                if name == "inScheme":
                    continue
                if name not in node.used:
                    what = _("“%(name)s” has no place in Gilde.") % {"name": name}
                    yield NotHeld(where, what, _short(value))
                elif isinstance(value, Node):
                    inner = self.known(value)
                    if inner.id not in self.seen and inner.used:
                        yield from self._rest_of(inner, f"{where} {name}", visited)


def _says_its_kind(node: Node) -> bool:
    own = f"{lists.elm()['own']}{_KIND}"
    return any(isinstance(each, Node) and each.id.startswith(own) for each in node.told.get("type", ()))


def _title_of(node: Node) -> list[Literal]:
    told = node.told.get("title") or node.told.get("legalName") or node.told.get("prefLabel") or []
    return [each for each in told if isinstance(each, Literal)]


def _short(value: Literal | Node) -> str:
    if isinstance(value, Literal):
        return value.value[:200]
    if value.id and not value.id.startswith("_:"):
        return value.id
    inner = next((each for values in value.told.values() for each in values), None)
    return _short(inner) if inner else ""
