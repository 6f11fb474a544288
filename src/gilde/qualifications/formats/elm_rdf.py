"""Qualifications as RDF of the European Learning Model 3 (LOQ-constraints 1.1.0): JSON-LD, Turtle and RDF/XML.

JSON-LD is made by hand, so that it reads well; the other forms are made of its statements.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final
from typing import Literal as One

import pyoxigraph
from django.utils.translation import gettext as _

from gilde.qualifications.described import Described, NotHeld, Publisher, Read
from gilde.qualifications.formats import elm_lists as lists
from gilde.qualifications.formats import strict_json
from gilde.qualifications.formats.checking_files import checked_bytes, refuse, refuse_dtd
from gilde.qualifications.formats.elm_nodes import Literal, Node, fingerprint
from gilde.qualifications.formats.elm_reading import read_nodes
from gilde.qualifications.formats.elm_telling import UNIT_OF_TWO, lacking, tell

Form = One["json-ld", "turtle", "rdf-xml"]
Json = dict[str, Any]

FORMAT: Final = "elm-rdf"
_FORMATS: Final = {
    "json-ld": pyoxigraph.RdfFormat.JSON_LD,
    "turtle": pyoxigraph.RdfFormat.TURTLE,
    "rdf-xml": pyoxigraph.RdfFormat.RDF_XML,
}
_ENDINGS: Final = {
    ".jsonld": "json-ld",
    ".json": "json-ld",
    ".ttl": "turtle",
    ".rdf": "rdf-xml",
    ".xml": "rdf-xml",
    ".owl": "rdf-xml",
}
_TEXTS: Final = "title description prefLabel legalName noteLiteral category"
_BY_LANGUAGE: Final = frozenset(_TEXTS.split())
_TYPED: Final = {
    "modified": "dateTime",
    "startDate": "dateTime",
    "endDate": "dateTime",
    "volumeOfLearning": "duration",
    "contentUrl": "anyURI",
    "isPartialQualification": "boolean",
}
_PLAIN: Final = "notation schemeName point status"
_LINKS: Final = (
    "additionalNote address awardingBody awardingOpportunity countryCode creditPoint educationLevel EQFLevel "
    "entryRequirement framework hasPart homepage identifier inScheme isPartOf ISCEDFCode language "
    "learningAchievementSpecification learningOutcome location mode noteFormat NQFLevel provenBy publisher "
    "relatedESCOSkill relatedSkill subject temporal"
)
_KINDS: Final = (
    "Address Agent AwardingOpportunity Concept ConceptScheme CreditPoint Identifier "
    "LearningAchievementSpecification LearningAssessmentSpecification LearningOutcome Location Note Organisation "
    "PeriodOfTime Qualification WebResource"
)
# "type" is what JSON-LD itself calls the class, so the model's property of that name is called as Europass calls it.
_RENAMED: Final = {"type": "dcType"}
_TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


def write(publisher: Publisher, qualifications: Iterable[Described], form: Form) -> bytes:
    """Return the qualifications as one graph that conforms to the shapes; `lost` tells what it leaves out.

    A qualification without a title or outcomes is left out, since the shapes refuse it.
    """
    return written(publisher, qualifications, form)[0]


def written(
    publisher: Publisher, qualifications: Iterable[Described], form: Form
) -> tuple[bytes, list[NotHeld]]:
    """Return the qualifications as one graph, and what it does not hold."""
    known = list(qualifications)
    beside = {each.uri for each in known if not lacking(each)}
    nester, lost = _Nester(), []
    graph = []
    for described in known:
        if missing := lacking(described):
            lost += missing
            continue
        node, more = tell(publisher, described, form="rdf", beside=beside)
        lost += more
        graph.append(nester.nested(node))
    # One qualification on each line: a file of a thousand is for machines, and an indented one takes ten times longer.
    lines = ",\n".join(json.dumps(each, ensure_ascii=False) for each in graph)
    head = json.dumps(context(), ensure_ascii=False, indent=1)
    data = f'{{"@context": {head},\n"@graph": [\n{lines}\n]}}\n'.encode()
    return (data if form == "json-ld" else serialised(data, form)), lost + nester.lost


def as_jsonld(publisher: Publisher, described: Described) -> Json:
    """Return one qualification as JSON-LD with its context inside, as its stable address gives it.

    It tells what there is: a draft that lacks what the shapes ask for is shown all the same.
    """
    node, _lost = tell(publisher, described, form="rdf")
    return {"@context": context(), **_Nester().nested(node)}


def serialised(jsonld: bytes, form: Form) -> bytes:
    """Return a JSON-LD document in another form, each subject once and in order, blank nodes by number."""
    triples = _grouped([quad.triple for quad in pyoxigraph.parse(jsonld, format=_FORMATS["json-ld"])])
    prefixes = {name: uri for name, uri in lists.elm()["namespaces"].items() if name not in ("loq", "rdf")}
    data = pyoxigraph.serialize(triples, format=_FORMATS[form], prefixes=prefixes) or b""
    # A carriage return that stands as itself is read as the end of a line (XML 1.0, section 2.11).
    return data.replace(b"\r", b"&#13;") if form == "rdf-xml" else data


@cache
def context() -> Json:
    """Return how the short names of the document are meant: nothing has to be fetched to read it."""
    prefixes = {
        name: uri for name, uri in lists.elm()["namespaces"].items() if name not in ("loq", "clv", "locn")
    }
    named = {
        name: f"{lists.home(name)}:{name}" for names in (_TEXTS, _PLAIN, _LINKS) for name in names.split()
    }
    return {
        **prefixes,
        "id": "@id",
        "type": "@type",
        **{kind: f"{lists.kind_home(kind)}:{kind}" for kind in _KINDS.split()},
        "dcType": {"@id": "dc:type", "@type": "@id"},
        **{name: {"@id": named[name], "@container": "@language"} for name in _TEXTS.split()},
        **{name: named[name] for name in _PLAIN.split()},
        **{name: {"@id": named[name], "@type": "@id"} for name in _LINKS.split()},
        **{
            name: {"@id": f"{lists.home(name)}:{name}", "@type": f"xsd:{kind}"}
            for name, kind in _TYPED.items()
        },
        "units": {"@reverse": "elm:isPartOf", "@type": "@id"},
    }


class _Nester:
    """Makes nested JSON-LD of nodes: a thing is told where it first stands, and referred to from then on."""

    def __init__(self) -> None:
        self.told: dict[str, int] = {}
        self.lost: list[NotHeld] = []

    def nested(self, node: Node) -> Json:
        """Return the node as an object. A node without an address stands in the other as it is."""
        found: Json = {"id": node.id} if node.id else {}
        if node.kind:
            found["type"] = node.kind
        for name, values in node.told.items():
            name = _RENAMED.get(name, name)
            if name == "units":
                values = self._new_units(node, values)
            if name in _BY_LANGUAGE:
                found[name] = _by_language([value for value in values if isinstance(value, Literal)])
            else:
                told = [self._value(value) for value in values]
                found[name] = told[0] if len(told) == 1 else told
        return found

    def _new_units(self, node: Node, units: Iterable[Literal | Node]) -> list[Literal | Node]:
        """Return the units that no qualification before this one has."""
        found: list[Literal | Node] = []
        for unit in units:
            if isinstance(unit, Node) and unit.id in self.told:
                self.lost.append(NotHeld(unit.id, UNIT_OF_TWO % {"uri": node.id}))
            else:
                found.append(unit)
        return found

    def _value(self, value: Literal | Node) -> Any:
        if isinstance(value, Literal):
            return value.value
        if not value.id:
            return self.nested(value)
        if not value.told and value.kind not in ("Concept", "ConceptScheme"):
            return value.id
        words = fingerprint(value)
        if value.id in self.told:
            if self.told[value.id] != words:
                self.lost.append(NotHeld(value.id, _("It is told in two ways; the first was kept.")))
            return value.id
        self.told[value.id] = words
        return self.nested(value)


def _by_language(literals: Sequence[Literal]) -> Json:
    found: Json = {}
    for each in literals:
        if each.language in found:
            told = found[each.language]
            found[each.language] = [*(told if isinstance(told, list) else [told]), each.value]
        else:
            found[each.language] = each.value
    return found


def _grouped(triples: Iterable[pyoxigraph.Triple]) -> list[pyoxigraph.Triple]:
    """Return the statements by subject in the order of their first appearance, blank nodes named by their place."""
    by_subject: dict[Any, list[tuple[Any, Any]]] = {}
    names: dict[Any, Any] = {}

    def named(term: Any) -> Any:
        if isinstance(term, pyoxigraph.BlankNode):
            return names.setdefault(term, pyoxigraph.BlankNode(f"b{len(names) + 1}"))
        return term

    for triple in triples:
        by_subject.setdefault(named(triple.subject), []).append((triple.predicate, named(triple.object)))
    return [
        pyoxigraph.Triple(subject, predicate, value)
        for subject, told in by_subject.items()
        for predicate, value in told
    ]


def read(path: Path, name: str) -> Read:
    """Return the qualifications of a file, and what of it has no place in Gilde.

    The form is told by the end of the name, else by how the file begins. Raises Unreadable as `checking_files` and
    `read_nodes` do, and for a JSON-LD context that would have to be fetched.
    """
    data = checked_bytes(path, name)
    form = _ENDINGS.get(Path(name).suffix.lower()) or _form(data)
    if form == "json-ld":
        _refuse_remote(strict_json.load(path, name, largest=path.stat().st_size), name)
    elif form == "rdf-xml":
        refuse_dtd(data, name)
    try:
        found = _nodes(pyoxigraph.parse(data, format=_FORMATS[form], base_iri="urn:gilde:file"))
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        refuse(name, _("this is no %(form)s, or it was cut off on the way") % {"form": form}, line)
    return read_nodes(found, name, FORMAT)


def _form(data: bytes) -> str:
    start = data.lstrip()[:1]
    return (
        "json-ld"
        if start in (b"{", b"[")
        else "rdf-xml"
        if data.lstrip()[:5] in (b"<?xml", b"<rdf:")
        else "turtle"
    )


def _refuse_remote(told: Any, name: str) -> None:
    """Raise Unreadable for a context that stands at an address: nothing is fetched to read a file."""
    if isinstance(told, list):
        for each in told:
            _refuse_remote(each, name)
    elif isinstance(told, dict):
        for key, value in told.items():
            if key in ("@context", "@import"):
                for each in value if isinstance(value, list) else [value]:
                    if isinstance(each, str):
                        sentence = _(
                            "its context is at %(uri)s, and nothing is fetched; write the context into the file"
                        )
                        refuse(name, sentence % {"uri": each})
            _refuse_remote(value, name)


def _nodes(quads: Iterable[pyoxigraph.Quad]) -> dict[str, Node]:
    """Return the nodes of a graph by their address, in the order in which they are first told."""
    found: dict[str, Node] = {}
    for quad in quads:
        id_ = _address(quad.subject)
        node = found.setdefault(id_, Node(id=id_))
        if quad.predicate.value == _TYPE:
            local = _local(_address(quad.object))
            if not node.kind or node.kind not in _KINDS.split():
                node.kind = local
        else:
            node.add(_local(quad.predicate.value), _value(quad.object))
    return found


def _value(term: Any) -> Literal | Node:
    if isinstance(term, pyoxigraph.Literal):
        return Literal(term.value, term.language or "")
    return Node(id=_address(term))


def _address(term: Any) -> str:
    return f"_:{term.value}" if isinstance(term, pyoxigraph.BlankNode) else str(getattr(term, "value", term))


@cache
def _local(uri: str) -> str:
    """Return the local name of a class or property of the model; of a stranger, its whole address."""
    for prefix, start in lists.elm()["namespaces"].items():
        if uri.startswith(start):
            local = uri.removeprefix(start)
            if prefix in (lists.home(local), lists.kind_home(local)):
                return local
    return uri
