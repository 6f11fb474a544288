"""Reads the parts of which things in the European Learning Model consist: notes, bodies, credit, dates, codes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.utils.translation import gettext as _

from gilde.core.text import Text
from gilde.qualifications.described import Body, Credit, NotHeld, Prerequisite
from gilde.qualifications.errors import Unreadable
from gilde.qualifications.formats import elm_lists as lists
from gilde.qualifications.formats.elm_more import Thing, applied, from_words
from gilde.qualifications.formats.elm_nodes import Literal, Node, as_text

_HOURS: Final = re.compile(r"PT(\d+)H(?:0+M)?(?:0+S)?")
_SCHEMES: Final = ("code", "version", "register")  # what we name identifiers by
_TOPICS: Final = {*lists.elm()["topics"], *lists.elm()["own_topics"]}


@dataclass
class Notes:
    """The notes of a thing by their subject: texts, and what was written as JSON."""

    texts: dict[str, list[Literal]] = field(default_factory=dict)
    objects: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def text(self, topic: str) -> Text:
        return as_text(self.texts.get(topic, ()))

    def word(self, topic: str) -> str:
        found = self.texts.get(topic)
        return found[0].value if found else ""

    def more(self, key: str) -> dict[str, dict[str, Any]]:
        """Return the differences of links or levels, by the address that `key` holds."""
        found = self.objects.get("more", ())
        return {str(each[key]): {k: v for k, v in each.items() if k != key} for each in found if key in each}


@dataclass
class Awarding:
    bodies: tuple[Body, ...] = ()
    country: str = ""
    first: date | None = None
    last: date | None = None


@dataclass
class Parts:
    """Reads from the nodes of a file, keyed by their address, and keeps a list of what has no place in Gilde."""

    found: Mapping[str, Node]
    name: str
    lost: list[NotHeld] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)  # the addresses of the things that were read

    def credit(self, node: Node, notes: Notes) -> Credit | None:
        found = [(each.word("point"), self.one(each, "framework")) for each in self.all(node, "creditPoint")]
        told = [(points, lists.code_of("credit", system.id) if system else "") for points, system in found]
        told += [
            (str(each.get("points", "")), str(each.get("system", "")))
            for each in notes.objects.get("credit", ())
        ]
        credit = None
        for points, system in told:
            try:
                number = Decimal(points)
            except InvalidOperation:
                number = Decimal("NaN")
            if credit is None and system and number.is_finite():
                credit = Credit(number, system)
            else:
                self.lose(node, "creditPoint", f"{points} {system}".strip())
        return credit

    def hours(self, node: Node) -> int | None:
        words = node.word("volumeOfLearning")
        hours = _HOURS.fullmatch(words)
        if words and (not hours or len(hours[1]) > 6):
            self.lose(node, "volumeOfLearning", words)
            return None
        return int(hours[1]) if hours else None

    def awarding(self, node: Node, notes: Notes) -> Awarding:
        found = Awarding()
        opportunities = self.all(node, "awardingOpportunity")
        for n, each in enumerate(opportunities):
            self.seen.add(each.id)
            each.used |= {"learningAchievementSpecification"}
            bodies = [self.body(self.needed(each, body)) for body in self.all(each, "awardingBody")]
            found.bodies += tuple(body for body in bodies if body not in found.bodies)
            if n:  # only the first tells where and when
                continue
            place = self.one(each, "location")
            found.country = self._country(place) if place else ""
            if period := self.one(each, "temporal"):
                found.first = self.day(node, "startDate", period.word("startDate"))
                found.last = self.day(node, "endDate", period.word("endDate"))
        return found

    def body(self, node: Node) -> Body:
        self.seen.add(node.id)
        notes = self.notes(node)
        place = self.one(node, "location")
        plain = Body(
            uri=node.id,
            name=node.text("legalName") or node.text("prefLabel"),
            country=self._country(place) if place else "",
            website=self.page(node),
            identifier=self.identifiers(node).get("register", ""),
        )
        for told in notes.objects.get("more", ()):
            plain = self.applied(node, plain, told)
        return plain

    def _country(self, reference: Node) -> str:
        place = self.known(reference)
        self.seen.add(place.id)
        found = ""
        for address in self.all(place, "address"):
            for each in self.all(address, "countryCode"):
                code = lists.country_of(each.id)
                if code and not found:
                    found = code
                elif code != found:
                    self.lose(place, "countryCode", each.id)
        return found

    def prerequisites(self, node: Node, notes: Notes) -> tuple[Prerequisite, ...]:
        found = []
        for note in self.all(node, "entryRequirement"):
            note.used |= {"subject"}
            notes.texts["entry-requirement"] = [
                *note.literals("noteLiteral"),
                *notes.texts.get("entry-requirement", ()),
            ]
        topics = [*notes.texts]
        for n in range(1, len(topics) + 1):
            text = notes.text("entry-requirement" if n == 1 else f"entry-requirement-{n}")
            other = notes.word(f"entry-requirement-{n}-qualification")
            if text or other:
                found.append(Prerequisite(text, other))
        return tuple(found)

    def assessment(self, node: Node) -> tuple[Text, str]:
        """Return how the qualification or unit is assessed, in words and as our code."""
        found = [self.needed(node, each) for each in self.all(node, "provenBy")]
        for each in found[1:]:
            self.seen.add(each.id)
            each.used |= set(each.told)
            self.lose(node, "provenBy", str(each.text("title")) or each.id)
        if not found:
            return Text(), ""
        assessment = found[0]
        self.seen.add(assessment.id)
        assessment.used |= {"proves"}
        title, text = assessment.text("title"), assessment.text("description")
        if title.words != lists.elm()["titles"]["assessment"]:
            if text:
                self.lose(assessment, "title", str(title))
            text = text or title
        kinds = self.codes(assessment, "type", "assessment_type")
        for kind in kinds[1:]:
            self.lose(assessment, "type", kind)
        return text, kinds[0] if kinds else ""

    def codes(self, node: Node, name: str, of: str) -> tuple[str, ...]:
        found = []
        for each in self.all(node, name):
            if code := lists.learning_code(of, each.id):
                found.append(code)
            else:
                self.lose(node, name, each.id)
        return tuple(found)

    def languages(self, node: Node) -> tuple[str, ...]:
        found = []
        for each in self.all(node, "language"):
            if code := lists.language_of(each.id):
                found.append(code)
            elif each.id != lists.unknown_language():
                self.lose(node, "language", each.id)
        return tuple(found)

    def page(self, node: Node) -> str:
        found = [each.word("contentUrl") for each in self.all(node, "homepage")]
        for each in found[1:]:
            self.lose(node, "homepage", each)
        return found[0] if found else ""

    def moment(self, node: Node) -> datetime | None:
        words = node.word("modified")
        try:
            moment = datetime.fromisoformat(words) if words else None
        except ValueError:
            self.lose(node, "modified", words)
            return None
        return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC)

    def day(self, node: Node, name: str, words: str) -> date | None:
        day, _sign, time = words.partition("T")
        try:
            found = date.fromisoformat(day[:10]) if day else None
        except ValueError:
            self.lose(node, name, words)
            return None
        if time and not time.startswith("00:00:00"):
            self.lose(node, name, words)
        return found

    def identifiers(self, node: Node) -> dict[str, str]:
        """Return the identifiers of a thing by the scheme that we gave them; the first of a stranger is its code."""
        found: dict[str, str] = {}
        strange = "register" if node.kind in ("Organisation", "Agent") else "code"
        for each in [*self.all(node, "identifier"), *self.all(node, "registration")]:
            notation, scheme = each.word("notation"), each.word("schemeName")
            name = scheme if scheme in _SCHEMES else strange
            if name != scheme and scheme:
                self.lose(node, "schemeName", scheme)
            if name in found:
                self.lose(node, "identifier", notation)
            else:
                found[name] = notation
        for name in _SCHEMES:
            if words := self._kept(node, name):
                found.setdefault(name, words)
        return found

    def _kept(self, node: Node, topic: str) -> str:
        """Return an identifier that stood in a note, since its notation stood in the file already."""
        for note in self._told_notes(node):
            if _topic(note) == topic:
                return next((each.value for each in note.literals("noteLiteral")), "")
        return ""

    def _told_notes(self, node: Node) -> list[Node]:
        return [self.known(each) for each in node.told.get("additionalNote", ()) if isinstance(each, Node)]

    def notes(self, node: Node) -> Notes:
        found = Notes()
        node.used.add("additionalNote")
        for note in self._told_notes(node):
            topic, literals = _topic(note), note.literals("noteLiteral")
            note.used |= {"subject", "noteFormat"}
            if topic in ("more", "credit", "occupation"):
                try:
                    found.objects.setdefault(topic, []).append(from_words(literals[0].value))
                    continue
                except (ValueError, IndexError, RecursionError):
                    topic = ""
            present = {each.language for each in found.texts.get(topic, ())}
            known = topic in _TOPICS or topic.startswith("entry-requirement")
            if not known or (topic != "part-of" and any(each.language in present for each in literals)):
                self.lose(node, "additionalNote", literals[0].value if literals else "")
            else:
                found.texts.setdefault(topic, []).extend(literals)
        return found

    def applied(self, node: Node, plain: Thing, told: Mapping[str, Any] | None) -> Thing:
        try:
            return applied(plain, told) if told else plain
        except ValueError as error:
            self.lose(node, "additionalNote", str(error))
            return plain

    def one(self, node: Node, name: str) -> Node | None:
        found = self.all(node, name)
        for each in found[1:]:
            self.lose(node, name, each.id)
        return found[0] if found else None

    def all(self, node: Node, name: str) -> list[Node]:
        """Take the things that a property names, each as the file tells it."""
        return [self.known(each) for each in node.nodes(name)]

    def known(self, reference: Node) -> Node:
        return self.found.get(reference.id, reference) if reference.id and not reference.told else reference

    def needed(self, node: Node, reference: Node) -> Node:
        target = self.known(reference)
        if not target.told:
            told = {"from": node.id, "uri": reference.id}
            raise Unreadable(self.at(node, _("%(from)s refers to %(uri)s, which is not in the file") % told))
        return target

    def at(self, node: Node, sentence: str) -> str:
        if node.line:
            return _("“%(name)s”, line %(line)d: %(sentence)s.") % {
                "name": self.name,
                "line": node.line,
                "sentence": sentence,
            }
        return _("“%(name)s”: %(sentence)s.") % {"name": self.name, "sentence": sentence}

    def lose(self, node: Node, name: str, value: str) -> None:
        place = node.id or node.kind
        self.lost.append(NotHeld(place, _("“%(name)s” has no place in Gilde.") % {"name": name}, value[:200]))


def _topic(note: Node) -> str:
    subjects = [each for each in note.told.get("subject", ()) if isinstance(each, Node)]
    return lists.topic_of(subjects[0].id) if subjects else ""
