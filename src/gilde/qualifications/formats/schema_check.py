"""Checks files against the official schema and shapes, from folders that a person downloaded."""

from __future__ import annotations

import gc
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, Final

import pyoxigraph
import pyshacl
import rdflib
from django.utils.translation import gettext as _
from lxml import etree
from rdflib.namespace import RDF, SH

from gilde.qualifications.errors import Unreadable
from gilde.qualifications.formats.elm_lists import namespace
from gilde.qualifications.formats.shape_sieve import Graph, Sieve, Unknown

_ROOTS: Final = frozenset(
    f"{namespace('elm')}{each}" for each in ("Qualification", "LearningAchievementSpecification")
)
_MOST: Final = 200  # problems that are told
_PART: Final = 200  # things that are judged at once


def xml_problems(path: Path, schema_dir: Path) -> list[str]:
    """Return what the schema in a folder (`loq.xsd`, with what it includes) says against an XML file, in sentences.

    Raises Unreadable when the folder holds no such schema.
    """
    schema = _schema(schema_dir)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        document: Any = etree.parse(str(path), parser)
    except etree.XMLSyntaxError as error:
        return [_("Line %(line)d: this is no XML (%(why)s).") % {"line": error.lineno or 1, "why": error.msg}]
    if document.docinfo.doctype:
        return [_("Line 1: it declares a document type (DTD).")]
    if schema.validate(document):
        return []
    errors: Any = schema.error_log
    return [_xml_sentence(each.line, each.message) for each in islice(errors, _MOST)]


def _xml_sentence(line: int, message: str) -> str:
    return _("Line %(line)d: %(what)s") % {"line": line, "what": re.sub(r"\{[^}]*\}", "", message)}


@lru_cache(maxsize=2)
def _schema(folder: Path) -> etree.XMLSchema:
    main = folder / "loq.xsd"
    if not main.is_file():
        raise Unreadable(_("The folder %(folder)s holds no loq.xsd.") % {"folder": folder})
    return etree.XMLSchema(etree.parse(str(main)))


def rdf_problems(data: Path | bytes, shapes_dir: Path) -> list[str]:
    """Return what the shapes in a folder (`*.ttl` that hold any) say against a graph, in sentences.

    `data` is a file (.jsonld, .ttl, .rdf) or JSON-LD. A graph without a qualification is a problem itself: nothing in
    it would be checked. pyshacl judges what the sieve holds back, with all that it refers to: shapes that the sieve
    knows look at a thing and at what it refers to, never back. Raises Unreadable when the folder holds no shapes.
    """
    shapes = _shapes(shapes_dir)
    collecting = gc.isenabled()
    gc.disable()  # looking for garbage among millions of terms that all stay takes a third of the time
    try:
        graph = Graph.of(_triples(data))
        if not _qualifications(graph):
            return [_("The graph holds no qualification, so that nothing was checked.")]
        return _problems(graph, shapes)
    except (SyntaxError, ValueError) as error:
        return [_("This is no RDF: %(why)s.") % {"why": error}]
    finally:
        if collecting:
            gc.enable()


def count_qualifications(data: Path | bytes) -> int:
    """Return how many qualifications a graph holds, units that are none themselves included."""
    return _qualifications(Graph.of(_triples(data)))


def _qualifications(graph: Graph) -> int:
    return sum(not _ROOTS.isdisjoint(graph.classes(subject)) for subject in graph.told)


def _triples(data: Path | bytes) -> Iterator[Any]:
    form = pyoxigraph.RdfFormat.JSON_LD
    if isinstance(data, Path):
        form = pyoxigraph.RdfFormat.from_extension(data.suffix.lstrip(".")) or form
        data = data.read_bytes()
    return (quad.triple for quad in pyoxigraph.parse(data, format=form, base_iri="urn:gilde:file"))


def _problems(graph: Graph, shapes: rdflib.Graph) -> list[str]:
    try:
        suspects = list(Sieve(shapes).held_back(graph))
        size = _PART
    except Unknown:
        suspects = list(graph.told)
        size = len(suspects)
    found: dict[str, None] = {}
    for start in range(0, len(suspects), size):
        if len(found) < _MOST:
            found |= dict.fromkeys(_judged(graph, suspects[start : start + size], shapes))
    return list(found)[:_MOST]


def _judged(whole: Graph, suspects: Iterable[Any], shapes: rdflib.Graph) -> list[str]:
    """Return what pyshacl says against these things and all that they refer to."""
    graph = rdflib.Graph(bind_namespaces="none")
    for subject in whole.reached(suspects):
        for name, values in whole.told[subject].items():
            for value in values:
                graph.add((_term(subject), rdflib.URIRef(name), _term(value)))
    conforms, report, _words = pyshacl.validate(
        graph, shacl_graph=shapes, inference="none", do_owl_imports=False, inplace=True
    )
    if conforms:
        return []
    if not isinstance(report, rdflib.Graph):
        return [str(report)]
    return [_sentence(report, graph, each) for each in report.subjects(RDF.type, SH.ValidationResult)]


def _term(term: Any) -> Any:
    if isinstance(term, pyoxigraph.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, pyoxigraph.BlankNode):
        return rdflib.BNode(term.value)
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    return rdflib.Literal(term.value, datatype=rdflib.URIRef(term.datatype.value))


def _sentence(report: rdflib.Graph, graph: rdflib.Graph, result: Any) -> str:
    focus, path = report.value(result, SH.focusNode), report.value(result, SH.resultPath)
    kind = graph.value(focus, RDF.type) if focus is not None else None
    told = {
        "kind": _short(kind),
        "focus": "" if isinstance(focus, rdflib.BNode) else str(focus),
        "path": _short(path),
        "message": str(report.value(result, SH.resultMessage) or ""),
    }
    return _("%(kind)s %(focus)s, %(path)s: %(message)s") % told


def _short(term: Any) -> str:
    return re.split(r"[/#]", str(term))[-1] if isinstance(term, rdflib.URIRef) else "?"


@lru_cache(maxsize=2)
def _shapes(folder: Path) -> rdflib.Graph:
    """Return the shapes of a folder. Ontologies beside them are left out: the shapes are closed and need none."""
    shapes = rdflib.Graph()
    for path in sorted(folder.glob("*.ttl")) if folder.is_dir() else ():
        found = rdflib.Graph().parse(path, format="turtle")
        if "LOQ" in path.name and (None, RDF.type, SH.NodeShape) in found:
            shapes += found
    if not len(shapes):
        raise Unreadable(
            _("The folder %(folder)s holds no shapes of the profile (LOQ-constraints.ttl).")
            % {"folder": folder}
        )
    for shape, pattern in list(shapes.subject_objects(SH.pattern)):
        shapes.set((shape, SH.pattern, rdflib.Literal(_for_python(str(pattern)))))
    return shapes


def _for_python(pattern: str) -> str:
    """Return a regular expression of Java as Python reads it: flags first, classes flat, \\p{…} as letters and digits.

    The published shapes are written for Java (XPath has none of these either); without this they stop the check.
    """
    flags = "".join(dict.fromkeys(re.findall(r"\(\?([a-z])\)", pattern)))
    plain = re.sub(r"\(\?[a-z]\)", "", pattern)
    plain = re.sub(r"(?:\\p\{\w+\})+", r"\\w", plain.replace(r"[\p{L}\p{Nl}\p{Nd}]", r"\p{L}"))
    plain = plain.replace(r"[[A-Fa-f0-9]\:\.]", r"[A-Fa-f0-9:.]")
    return f"(?{flags}){plain}" if flags else plain
