"""Reads CFPackages of CASE 1.0: those of Gilde whole, those of others as far as a qualification has the place."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Literal, cast

from django.utils.translation import gettext as _

from gilde.core.text import Text
from gilde.qualifications.described import (
    Body,
    ConceptLink,
    Described,
    LevelTold,
    NotHeld,
    Outcome,
    Prerequisite,
    Read,
    Relation,
    Unit,
)
from gilde.qualifications.errors import Unreadable
from gilde.qualifications.formats import case_terms
from gilde.qualifications.formats.addresses import scheme_of
from gilde.qualifications.formats.case_terms import EQF, ITEM_OF_QUALIFICATION
from gilde.qualifications.formats.strict_json import Told

FORMAT = "case"
_LAST = 10**9


def recognises(told: Any) -> bool:
    """Return whether a JSON value is a CFPackage or a list of them."""
    packages = told if isinstance(told, list) else [told]
    return bool(packages) and all(isinstance(each, dict) and "CFDocument" in each for each in packages)


def read_told(told: Any, name: str) -> Read:
    """Return the qualifications of the JSON value of a file. Raises Unreadable."""
    several = isinstance(told, list)
    if told != [] and not recognises(told):
        raise Unreadable(
            _(
                "“%(name)s” is no CASE package: it has no CFDocument. A set of documents alone has no outcomes."
            )
            % {"name": name}
        )
    packages = [
        _Package(Told(each, name, f"/{n}" if several else ""))
        for n, each in enumerate(told if several else [told])
    ]
    read = tuple(package.qualification() for package in packages)
    return Read(FORMAT, read, tuple(lost for package in packages for lost in package.not_held))


class _Item:
    def __init__(self, told: Told, language: str) -> None:
        self.told = told
        self.identifier = told.needed("identifier")
        self.statement = told.needed("fullStatement")
        self.uri = told.text("uri") or "urn:uuid:" + self.identifier
        self.language = _language(told.text("language")) or language
        self.type = told.text("CFItemType")
        self.code = told.text("humanCodingScheme")
        for key in ("CFItemTypeURI", "lastChangeDateTime", "CFDocumentURI"):
            told.take(key)

    def text(self, words: str) -> Text:
        return _text(words, self.language)


class _Package:
    def __init__(self, told: Told) -> None:
        self.told = told
        self.not_held: list[NotHeld] = []
        document = told.object("CFDocument")
        if document is None:
            raise told.wrong("CFDocument", _("this is needed and is not there"))
        self.document = document
        self.identifier = document.needed("identifier")
        self.uri = document.text("uri") or "urn:uuid:" + self.identifier
        self.language = _language(document.text("language")) or "en"
        self.items = self._items()
        self.groupings: dict[str, str] = {}
        self._definitions()
        self.children: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
        self.links: defaultdict[str, list[tuple[int, ConceptLink]]] = defaultdict(list)
        self.prerequisites: list[tuple[int, Prerequisite]] = []
        self.part_of: list[tuple[int, str]] = []
        self.supersedes = ""
        self.main = self._main()
        self._associations()
        self.assessments = self._assessments()

    def lost(self, where: str, what: str, value: str = "") -> None:
        self.not_held.append(NotHeld(where, what, value))

    def left(self, told: Told, where: str) -> None:
        for key, value in told.rest():
            self.lost(where, _("Gilde has no place for %(key)s") % {"key": key}, value)

    def _items(self) -> dict[str, _Item]:
        found: dict[str, _Item] = {}
        for told in self.told.objects("CFItems"):
            item = _Item(told, self.language)
            if item.identifier in found or item.identifier == self.identifier:
                raise told.wrong(
                    "identifier", _("this identifier is used twice: %(it)s") % {"it": item.identifier}
                )
            found[item.identifier] = item
        return found

    def _main(self) -> _Item | None:
        """Return the item that stands for the qualification itself, which only packages of Gilde have."""
        return next((item for item in self.items.values() if item.type in case_terms.QUALIFICATIONS), None)

    def _definitions(self) -> None:
        definitions = self.told.object("CFDefinitions")
        if definitions is None:
            return
        for grouping in definitions.objects("CFAssociationGroupings"):
            self.groupings[grouping.text("identifier")] = grouping.text("title")
        definitions.take("CFItemTypes")
        definitions.take("CFSubjects")  # told by CFDocument.subjectURI too
        self.left(definitions, self.uri)

    def _associations(self) -> None:
        for told in self.told.objects("CFAssociations"):
            kind = told.needed("associationType")
            origin, destination = told.object("originNodeURI"), told.object("destinationNodeURI")
            if origin is None or destination is None:
                raise told.wrong("", _("an association needs originNodeURI and destinationNodeURI"))
            number = told.number("sequenceNumber")
            place = _LAST if number is None else int(number)
            if not self._associated(kind, origin, destination, place, told):
                self.lost(
                    self.uri,
                    _("Gilde has no place for an association of this kind: %(kind)s") % {"kind": kind},
                    f"{origin.text('uri')} → {destination.text('uri')}",
                )

    def _associated(self, kind: str, origin: Told, destination: Told, place: int, told: Told) -> bool:
        """Return whether the association was kept."""
        source, target = origin.text("identifier"), destination.text("identifier")
        own = {self.identifier, self.main.identifier if self.main else self.identifier}
        if kind == "isChildOf":
            if source not in self.items or not (target in self.items or target == self.identifier):
                return False
            self.children[target].append((place, source))
            return True
        if kind in ("exactMatchOf", "isRelatedTo") and target not in self.items:
            if source not in self.items and source not in own:
                return False
            link = self._link(kind, destination, self._grouping(told))
            self.links[self.main.identifier if self.main and source in own else source].append((place, link))
            return True
        if kind == "precedes" and target in own and source not in self.items:
            words = _title(origin)
            self.prerequisites.append(
                (place, Prerequisite(_text(words, self.language), origin.needed("uri")))
            )
            return True
        if kind == "isPartOf" and source in own and target not in self.items:
            self.part_of.append((place, destination.needed("uri")))
            return True
        if kind == "replacedBy" and target in own and source not in self.items and not self.supersedes:
            self.supersedes = origin.needed("uri")
            return True
        return False

    def _grouping(self, told: Told) -> str:
        link = told.object("CFAssociationGroupingURI")
        if link is None:
            return ""
        return self.groupings.get(link.text("identifier")) or link.text("title")

    def _link(self, kind: str, destination: Told, grouping: str) -> ConceptLink:
        uri = destination.needed("uri")
        relation = "exact" if kind == "exactMatchOf" else case_terms.GROUPINGS.get(grouping, "related")
        if grouping and grouping not in case_terms.GROUPINGS:
            self.lost(uri, _("Gilde has no place for a grouping of associations"), grouping)
        return ConceptLink(
            uri, _text(_title(destination, uri), self.language), cast(Relation, relation), scheme_of(uri)
        )

    def _assessments(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for rubric in self.told.objects("CFRubrics"):
            words, criteria = rubric.text("description"), rubric.objects("CFRubricCriteria")
            target = criteria[0].object("CFItemURI") if len(criteria) == 1 else None
            item = target.text("identifier") if target else ""
            if words and item in self.items and item not in found:
                found[item] = words
            else:
                self.lost(self.uri, _("Gilde has no place for this rubric"), words or rubric.text("title"))
        return found

    def qualification(self) -> Described:
        """Return the qualification. Raises Unreadable when items are their own ancestors."""
        document, main = self.document, self.main
        kind, partial = (
            case_terms.QUALIFICATIONS.get(main.type, ("", False)) if main else ("professional", False)
        )
        level, sector = self._level(main), self._sector(main)
        outcomes, units = self._tree()
        creator, words = document.text("creator"), self.assessments.pop(main.identifier, "") if main else ""
        told = Described(
            uri=self.uri,
            title=_text(document.needed("title"), self.language),
            kind=kind,
            code=main.code if main else "",
            version_uri="" if main is None or main.uri == self.uri + ITEM_OF_QUALIFICATION else main.uri,
            number=self._number(),
            summary=_text(document.text("description"), self.language),
            level=level,
            sector=sector,
            fields=self._fields(),
            occupations=self._concepts(main.identifier if main else self.identifier, main),
            units=tuple(units),
            outcomes=tuple(outcomes),
            owner=Body("", _text(creator, self.language)) if creator else None,
            prerequisites=tuple(
                each for _place, each in sorted(self.prerequisites, key=lambda pair: pair[0])
            ),
            assessment=_text(words, self.language),
            partial=partial,
            part_of=tuple(each for _place, each in sorted(self.part_of, key=lambda pair: pair[0])),
            supersedes=self.supersedes,
            status=self._status(),
            valid_from=document.day("statusStartDate"),
            valid_until=document.day("statusEndDate"),
            modified=document.moment("lastChangeDateTime"),
            page=document.text("officialSourceURL"),
        )
        for key in ("publisher", "CFPackageURI"):
            document.take(key)
        self.left(document, self.uri)
        for item in self.items.values():
            self.left(item.told, item.uri)
        for identifier, words in self.assessments.items():
            self.lost(
                self.items[identifier].uri, _("Gilde has no place for the assessment of one outcome"), words
            )
        self.left(self.told, self.uri)
        return told

    def _number(self) -> int:
        version = self.document.text("version")
        if version.isascii() and version.isdigit() and 0 < len(version) < 9 and int(version):
            return int(version)
        if version:
            self.lost(self.uri, _("Gilde counts versions in whole numbers; this one is taken for 1"), version)
        return 1

    def _status(self) -> str:
        adoption = self.document.text("adoptionStatus")
        state = case_terms.status_read(adoption)
        if adoption and not state:
            self.lost(self.uri, _("CASE has no such adoption status"), adoption)
        return state

    def _level(self, main: _Item | None) -> LevelTold | None:
        if main is None:
            return None
        eqf: int | None = None
        national: tuple[str, str] | None = None
        for told in main.told.texts("educationLevel"):
            framework, _space, code = told.partition(" ")
            if framework == EQF and code in tuple("12345678") and eqf is None:
                eqf = int(code)
            elif code and national is None:
                national = framework, code
            else:
                self.lost(self.uri, _("Gilde cannot read this level"), told)
        if national:
            return LevelTold(*national, eqf=eqf)
        return LevelTold("eqf", str(eqf), eqf) if eqf else None

    def _sector(self, main: _Item | None) -> str:
        words = main.told.texts("conceptKeywords") if main else []
        for word in words[1:]:
            self.lost(self.uri, _("Gilde has no place for a second keyword"), word)
        return words[0] if words else ""

    def _fields(self) -> tuple[ConceptLink, ...]:
        found, known = [], set()
        titles = self.document.texts("subject")
        for told in self.document.objects("subjectURI"):
            uri = told.needed("uri")
            title = _title(told, uri)
            found.append(ConceptLink(uri, _text(title, self.language), "exact", scheme_of(uri)))
            known |= {title, uri}
        for title in titles:
            if title not in known:
                self.lost(self.uri, _("Gilde has no place for a subject without an address"), title)
        return tuple(found)

    def _concepts(self, identifier: str, item: _Item | None) -> tuple[ConceptLink, ...]:
        found = sorted(self.links.pop(identifier, []), key=lambda pair: pair[0])
        if item is None or item.language == self.language:
            return tuple(link for _place, link in found)
        return tuple(
            ConceptLink(link.uri, item.text(str(link.label)), link.relation, link.scheme)
            for _place, link in found
        )

    def _below(self, identifier: str) -> list[_Item]:
        return [
            self.items[each] for _place, each in sorted(self.children[identifier], key=lambda pair: pair[0])
        ]

    def _tree(self) -> tuple[list[Outcome], list[Unit]]:
        """Return the outcomes that stand in no unit, and the units, in the order of the package."""
        self._refuse_cycles()
        placed = {child for children in self.children.values() for _place, child in children}
        loose = [item for item in self.items.values() if item.identifier not in placed]
        outcomes: list[Outcome] = []
        units: list[Unit] = []
        main = self.main
        top = [*self._below(self.identifier), *loose]
        if main:
            top = [*self._below(main.identifier), *(item for item in top if item is not main)]
        made: dict[str, Outcome] = {}
        for item in dict.fromkeys(top):
            if item.type in case_terms.UNITS or self.children[item.identifier]:
                units.append(self._unit(item, made))
            else:
                outcomes.append(self._outcome(item, made))
        return outcomes, units

    def _refuse_cycles(self) -> None:
        done: set[str] = set()
        for start in self.items:
            stack: list[tuple[str, bool]] = [(start, False)]
            above: set[str] = set()
            while stack:
                identifier, leaving = stack.pop()
                if leaving:
                    above.discard(identifier)
                    done.add(identifier)
                elif identifier in above:
                    raise self.items[identifier].told.wrong(
                        "", _("this item is below itself. Take one of its isChildOf associations away")
                    )
                elif identifier not in done:
                    above.add(identifier)
                    stack.append((identifier, True))
                    stack += [(child, False) for _place, child in self.children[identifier]]

    def _unit(self, item: _Item, made: dict[str, Outcome]) -> Unit:
        partial, optional = case_terms.UNITS.get(item.type, (False, False))
        if item.type and item.type not in case_terms.UNITS:
            self.lost(item.uri, _("This kind of item is taken for a unit"), item.type)
        outcomes = []
        waiting = self._below(item.identifier)[::-1]
        seen: set[str] = set()
        while waiting:
            below = waiting.pop()
            if below.identifier in seen:
                continue
            outcomes.append(self._outcome(below, made))
            if deeper := self._below(below.identifier):
                seen.add(below.identifier)
                self.lost(
                    below.uri,
                    _("Gilde keeps units and outcomes; what stands below this outcome stands beside it"),
                    below.statement,
                )
                waiting += deeper[::-1]
        for _place, link in self.links.pop(item.identifier, []):
            self.lost(item.uri, _("Gilde has no place for a link of a unit to a concept"), link.uri)
        return Unit(
            uri=item.uri,
            title=item.text(item.statement),
            outcomes=tuple(outcomes),
            code=item.code,
            summary=item.text(item.told.text("notes")),
            partial=partial,
            optional=optional,
            assessment=item.text(self.assessments.pop(item.identifier, "")),
        )

    def _outcome(self, item: _Item, made: dict[str, Outcome]) -> Outcome:
        if item.identifier not in made:
            if item.type and item.type not in case_terms.OUTCOMES:
                self.lost(item.uri, _("This kind of item is taken for a learning outcome"), item.type)
            kind = case_terms.OUTCOMES.get(item.type, "")
            made[item.identifier] = Outcome(
                uri=item.uri,
                statement=item.text(item.statement),
                kind=cast(Literal["knowledge", "skill", "autonomy", ""], kind),
                code=item.code,
                concepts=self._concepts(item.identifier, item),
            )
        return made[item.identifier]


def _language(told: str) -> str:
    return told.split("-")[0].lower()


def _text(words: str, language: str) -> Text:
    return Text(language, {language: words}) if words else Text()


def _title(link: Told, uri: str = "") -> str:
    """Return the title of a node outside; CASE requires one, so its address stands there when it has none."""
    title = link.text("title")
    return "" if title == (uri or link.values.get("uri")) else title
