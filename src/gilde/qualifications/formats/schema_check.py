"""Checks files against the official schema and shapes, from folders that a person downloaded."""

from __future__ import annotations

import gc
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import pyoxigraph
import pyshacl
import rdflib
from django.utils.translation import gettext as _
from lxml import etree
from rdflib.collection import Collection
from rdflib.namespace import RDF, SH, SKOS

from gilde.qualifications.errors import Unreadable
from gilde.qualifications.formats.elm_lists import namespace

_ROOTS: Final = tuple(
    f"{namespace('elm')}{each}" for each in ("Qualification", "LearningAchievementSpecification")
)
_MOST: Final = 200  # problems that are told
_PART: Final = 500  # qualifications that are checked at once
_TYPE: Final = str(RDF.type)


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


def rdf_problems(data: Path | bytes, shapes_dir: Path, *, processes: int = 1) -> list[str]:
    """Return what the shapes in a folder (`*.ttl` that hold any) say against a graph, in sentences.

    `data` is a file (.jsonld, .ttl, .rdf) or JSON-LD. A graph without a qualification is a problem itself: nothing in
    it would be checked. Large graphs are checked in parts, each a number of qualifications with all that they refer
    to, in `processes` at once. Raises Unreadable when the folder holds no shapes.
    """
    _shapes(shapes_dir)
    try:
        triples = list(_triples(data))
    except (SyntaxError, ValueError) as error:
        return [_("This is no RDF: %(why)s.") % {"why": error}]
    parts, whole = _parts(triples)
    if not whole:
        return [_("The graph holds no qualification, so that nothing was checked.")]
    if processes == 1 or len(parts) == 1:
        return _some(chain.from_iterable(_problems(part, shapes_dir) for part in parts))
    with ProcessPoolExecutor(processes, mp_context=get_context("fork")) as pool:
        found = pool.map(_problems, parts, [shapes_dir] * len(parts))
        return _some(chain.from_iterable(found))


def count_qualifications(data: Path | bytes) -> int:
    """Return how many qualifications a graph holds, units that are none themselves included."""
    found = (triple for triple in _triples(data) if triple.predicate.value == _TYPE)
    return len({str(triple.subject) for triple in found if getattr(triple.object, "value", "") in _ROOTS})


def _some(problems: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(problems))[:_MOST]


def _triples(data: Path | bytes) -> Iterator[Any]:
    form = pyoxigraph.RdfFormat.JSON_LD
    if isinstance(data, Path):
        form = pyoxigraph.RdfFormat.from_extension(data.suffix.lstrip(".")) or form
        data = data.read_bytes()
    return (quad.triple for quad in pyoxigraph.parse(data, format=form, base_iri="urn:gilde:file"))


def _parts(triples: list[Any]) -> tuple[list[bytes], int]:
    """Return the graph in parts as N-Triples, and how many qualifications it holds.

    The shapes look at a thing and at what it refers to, never back, so that a part with all that its qualifications
    refer to tells the same as the whole. What no qualification refers to is checked with the last part.
    """
    by_subject: dict[Any, list[Any]] = {}
    roots = []
    for triple in triples:
        by_subject.setdefault(triple.subject, []).append(triple)
        if triple.predicate.value == _TYPE and getattr(triple.object, "value", "") in _ROOTS:
            roots.append(triple.subject)
    reached: set[Any] = set()
    parts = []
    for start in range(0, len(roots), _PART):
        part = _reached(roots[start : start + _PART], by_subject)
        reached |= part
        parts.append(part)
    if parts:
        parts[-1] |= by_subject.keys() - reached
    return [_as_bytes(part, by_subject) for part in parts], len(roots)


def _reached(roots: Iterable[Any], by_subject: dict[Any, list[Any]]) -> set[Any]:
    found: set[Any] = set()
    to_see = list(roots)
    while to_see:
        subject = to_see.pop()
        if subject not in found and subject in by_subject:
            found.add(subject)
            to_see += [triple.object for triple in by_subject[subject]]
    return found


def _as_bytes(subjects: Iterable[Any], by_subject: dict[Any, list[Any]]) -> bytes:
    told = chain.from_iterable(by_subject[subject] for subject in subjects)
    return pyoxigraph.serialize(told, format=pyoxigraph.RdfFormat.N_TRIPLES) or b""


def _problems(part: bytes, shapes_dir: Path) -> list[str]:
    graph = rdflib.Graph(bind_namespaces="none")
    collecting = gc.isenabled()
    gc.disable()  # looking for garbage among millions of terms that all stay takes a tenth of the time
    try:
        for triple in pyoxigraph.parse(part, format=pyoxigraph.RdfFormat.N_TRIPLES):
            told = (_term(triple.subject), _term(triple.predicate), _term(triple.object))
            graph.store.add(told, context=graph)
        conforms, report, _words = pyshacl.validate(
            graph, shacl_graph=_shapes(shapes_dir), inference="none", do_owl_imports=False, inplace=True
        )
    finally:
        if collecting:
            gc.enable()
    if conforms:
        return []
    if not isinstance(report, rdflib.Graph):
        return [str(report)]
    return [_sentence(report, graph, each) for each in report.subjects(RDF.type, SH.ValidationResult)]


def _term(term: Any) -> Any:
    if isinstance(term, pyoxigraph.NamedNode):
        return _address(term.value)
    if isinstance(term, pyoxigraph.BlankNode):
        return rdflib.BNode(term.value)
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    return rdflib.Literal(term.value, datatype=rdflib.URIRef(term.datatype.value))


@lru_cache(maxsize=100_000)
def _address(uri: str) -> rdflib.URIRef:
    return rdflib.URIRef(uri)


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
    return _flat(shapes)


def _flat(shapes: rdflib.Graph) -> rdflib.Graph:
    """Return shapes that say the same and are checked much sooner: each property has its own target.

    A property shape that stands in a node shape is checked for one thing at a time; with the target of the node shape
    as its own (SHACL, section 2.1.3) for all things at once. A closed shape then names its properties as allowed ones
    (section 4.8.1).
    """
    for shape, target in list(shapes.subject_objects(SH.targetClass)):
        if (shape, SH.deactivated, rdflib.Literal(True)) in shapes:
            continue
        properties = list(shapes.objects(shape, SH.property))
        paths: list[Any] = [shapes.value(each, SH.path) for each in properties]
        if not all(isinstance(path, rdflib.URIRef) for path in paths) or len(set(properties)) != len(
            properties
        ):
            continue
        for each in properties:
            shapes.add((each, RDF.type, SH.PropertyShape))
            shapes.add((each, SH.targetClass, target))
            shapes.remove((shape, SH.property, each))
        if (shape, SH.closed, rdflib.Literal(True)) not in shapes:
            continue
        ignored = shapes.value(shape, SH.ignoredProperties)
        allowed = list(Collection(shapes, ignored)) if ignored else []
        listed = rdflib.BNode()
        Collection(shapes, listed, [*allowed, *paths])
        shapes.set((shape, SH.ignoredProperties, listed))
    _flatten_lists(shapes)
    return shapes


def _flatten_lists(shapes: rdflib.Graph) -> None:
    """Check from which list the values of a property are once for each value, not once for each use.

    Only where every class that restricts the property restricts it to the same list; a kind of thing differs.
    """
    wanted: dict[Any, set[Any]] = {}
    for shape, restriction in shapes.subject_objects(SH.node):
        wanted.setdefault(shapes.value(shape, SH.path), set()).add(restriction)
    for shape, restriction in list(shapes.subject_objects(SH.node)):
        path = shapes.value(shape, SH.path)
        inner = list(shapes.objects(restriction, SH.property))
        if len(wanted[path]) > 1 or any(shapes.value(each, SH.path) != SKOS.inScheme for each in inner):
            continue
        for each in inner:
            shapes.add((each, RDF.type, SH.PropertyShape))
            shapes.add((each, SH.targetObjectsOf, rdflib.URIRef(str(path))))
        shapes.remove((shape, SH.node, restriction))


def _for_python(pattern: str) -> str:
    """Return a regular expression of Java as Python reads it: flags first, classes flat, \\p{…} as letters and digits.

    The published shapes are written for Java (XPath has none of these either); without this they stop the check.
    """
    flags = "".join(dict.fromkeys(re.findall(r"\(\?([a-z])\)", pattern)))
    plain = re.sub(r"\(\?[a-z]\)", "", pattern)
    plain = re.sub(r"(?:\\p\{\w+\})+", r"\\w", plain.replace(r"[\p{L}\p{Nl}\p{Nd}]", r"\p{L}"))
    plain = plain.replace(r"[[A-Fa-f0-9]\:\.]", r"[A-Fa-f0-9:.]")
    return f"(?{flags}){plain}" if flags else plain
