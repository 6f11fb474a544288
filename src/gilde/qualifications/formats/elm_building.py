"""Builds the small things of which a qualification in the European Learning Model consists."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Final
from urllib.parse import quote

from gilde.qualifications.formats import elm_lists as lists
from gilde.qualifications.formats.elm_nodes import Literal, Node

_NO_IRI: Final = re.compile(r'[\x00-\x20<>"{}|\\^`]')


def iri(uri: str) -> str:
    """Return an address with what an IRI cannot hold written as %xx (RFC 3987, section 3.1)."""
    return _NO_IRI.sub(lambda sign: quote(sign[0]), uri)


def concept(uri: str, within: str) -> Node:
    """Return a coded value with the list that it is from, "" for none."""
    found = Node("Concept", uri)
    found.add("inScheme", Node("ConceptScheme", within) if within else None)
    return found


def note_on(topic: str, literals: Iterable[Literal], *, json: bool = False) -> Node:
    """Return a note on a topic of `elm_lists`, with its words."""
    note = Node("Note")
    subject = Node("Concept", lists.topic_uri(topic))
    words = lists.elm()["own_topics"].get(topic)
    subject.add("prefLabel", Literal(words, "en") if words else None)
    note.add("subject", subject)
    note.add("noteFormat", concept(lists.elm()["json"], lists.scheme("file-type")) if json else None)
    note.add("noteLiteral", *literals)
    return note


def location(country: str) -> Node:
    """Return the place that a country is."""
    place = Node("Location", f"{lists.elm()['own']}country:{country.lower()}")
    address = Node("Address")
    address.add("countryCode", concept(lists.country_uri(country), lists.scheme("country")))
    place.add("address", address)
    return place


def web(url: str) -> Node:
    """Return a page."""
    resource = Node("WebResource")
    resource.add("contentUrl", Literal(iri(url), type="anyURI"))
    return resource


def title(name: str) -> list[Literal]:
    """Return a title of our own, where the model asks for one and there is none."""
    return [Literal(words, language) for language, words in lists.elm()["titles"][name].items()]


def flag(value: bool) -> Literal:
    """Return yes or no."""
    return Literal("true" if value else "false", type="boolean")


def moment(moment: datetime | None) -> Literal | None:
    """Return a moment; one without a zone is taken for UTC."""
    if moment is None:
        return None
    told = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return Literal(told.isoformat().replace("+00:00", "Z"), type="dateTime")


def midnight(day: date | None) -> Literal | None:
    """Return a day as the moment at which it begins."""
    return Literal(f"{day.isoformat()}T00:00:00", type="dateTime") if day else None


def once(nodes: Iterable[Node]) -> list[Node]:
    """Return each thing once, where it first stands."""
    found: dict[str, Node] = {}
    for node in nodes:
        found.setdefault(node.id, node)
    return list(found.values())
