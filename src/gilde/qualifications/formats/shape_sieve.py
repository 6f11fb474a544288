"""Finds what in a graph may break the shapes (SHACL Core), ten times sooner than pyshacl tells that nothing does.

It knows the constraints that `_TESTS` names and errs to one side only: what it passes, conforms; what it holds back is
for pyshacl to judge and to put into words. Of shapes or graphs that go beyond what it knows, it says so (`Unknown`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from sys import intern
from typing import Any, Final

import rdflib
from pyoxigraph import BlankNode, NamedNode
from pyoxigraph import Literal as Words
from rdflib.collection import Collection
from rdflib.namespace import RDF, RDFS, SH, XSD

_TYPE: Final = str(RDF.type)
_SUBCLASS: Final = str(RDFS.subClassOf)
_TEXTS: Final = {str(XSD.string), str(XSD.anyURI), str(RDF.langString)}
# What a shape says that holds nothing back, or that is read together with something else.
_NO_TEST: Final = {
    SH.name,
    SH.description,
    SH.message,
    SH.severity,
    SH.order,
    SH.group,
    SH.path,
    SH.targetClass,
    SH.ignoredProperties,
    SH.deactivated,
}
_KINDS: Final[dict[Any, tuple[type, ...]]] = {
    SH.IRI: (NamedNode,),
    SH.Literal: (Words,),
    SH.BlankNode: (BlankNode,),
    SH.BlankNodeOrIRI: (BlankNode, NamedNode),
    SH.BlankNodeOrLiteral: (BlankNode, Words),
    SH.IRIOrLiteral: (NamedNode, Words),
}
Values = Sequence[Any]


class Unknown(Exception):
    """The shapes, or the graph, hold something that the sieve does not know."""


@dataclass
class Graph:
    """What is told of each subject: its values by property, in order, each once."""

    told: dict[Any, dict[str, list[Any]]] = field(default_factory=dict)
    _classes: dict[Any, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, triples: Iterable[Any]) -> Graph:
        """Return the graph of these statements."""
        graph = cls()
        for triple in triples:
            told = graph.told.setdefault(triple.subject, {})
            values = told.setdefault(intern(triple.predicate.value), [])
            values.append(triple.object)
        for told in graph.told.values():
            for name, values in told.items():
                if len(values) > 1:
                    told[name] = list(dict.fromkeys(values))
        return graph

    def values(self, subject: Any, property_: str) -> Values:
        """Return the values of a property."""
        return self.told.get(subject, {}).get(property_, ())

    def classes(self, subject: Any) -> frozenset[str]:
        """Return the addresses of the classes that a thing is said to be of."""
        found = self._classes.get(subject)
        if found is None:
            told = self.values(subject, _TYPE)
            found = self._classes[subject] = frozenset(
                each.value for each in told if isinstance(each, NamedNode)
            )
        return found

    def reached(self, subjects: Iterable[Any]) -> dict[Any, None]:
        """Return the subjects and everything that they refer to, also through others, in order."""
        found: dict[Any, None] = {}
        to_see = list(subjects)
        while to_see:
            subject = to_see.pop()
            if subject not in found and subject in self.told:
                found[subject] = None
                for values in self.told[subject].values():
                    to_see += values
        return found


# Of a thing and the values of it that a shape looks at: whether they conform.
Test = Callable[[Graph, Any, Values], bool]


@dataclass
class _Shape:
    path: str | None  # None looks at the thing itself
    tests: list[Test]
    needs: bool  # whether no value at all can be wrong

    def passes(self, graph: Graph, focus: Any) -> bool:
        values = [focus] if self.path is None else graph.values(focus, self.path)
        if values or self.needs:
            for test in self.tests:
                if not test(graph, focus, values):
                    return False
        return True


class Sieve:
    """Shapes, made ready. Raises Unknown for those that it does not know."""

    def __init__(self, shapes: rdflib.Graph) -> None:
        self.shapes = shapes
        self.known: dict[Any, _Shape | None] = {}  # None while it is being made ready
        self.by_class: dict[str, list[_Shape]] = {}
        if set(shapes.predicates()) & {SH.targetNode, SH.targetObjectsOf, SH.targetSubjectsOf, SH.target}:
            raise Unknown
        if any((each, RDF.type, RDFS.Class) in shapes for each in shapes.subjects(RDF.type, SH.NodeShape)):
            raise Unknown
        for shape, target in shapes.subject_objects(SH.targetClass):
            self.by_class.setdefault(str(target), []).append(self._shape(shape))

    def held_back(self, graph: Graph) -> Iterator[Any]:
        """Yield each thing that may break a shape. Raises Unknown for a graph that names subclasses."""
        if any(_SUBCLASS in told for told in graph.told.values()):
            raise Unknown
        for subject in graph.told:
            shapes = [shape for each in graph.classes(subject) for shape in self.by_class.get(each, ())]
            if not all(shape.passes(graph, subject) for shape in shapes):
                yield subject

    def _shape(self, node: Any) -> _Shape:
        if node in self.known:
            if (known := self.known[node]) is None:  # a shape that asks for itself
                raise Unknown
            return known
        self.known[node] = None
        path = self.shapes.value(node, SH.path)
        if path is not None and not isinstance(path, rdflib.URIRef):
            raise Unknown
        shape = _Shape(None if path is None else str(path), [], needs=False)
        said = () if self._is(node, SH.deactivated) else self.shapes.predicate_objects(node)
        for constraint, wanted in said:
            if not str(constraint).startswith(str(SH)) or constraint in _NO_TEST:
                continue
            if constraint not in _TESTS:
                raise Unknown
            shape.tests.append(_TESTS[constraint](self, node, wanted))
            shape.needs = shape.needs or constraint in (SH.minCount, SH.hasValue)
        self.known[node] = shape
        return shape

    def _is(self, node: Any, what: Any) -> bool:
        return (node, what, rdflib.Literal(True)) in self.shapes

    def _inner(self, first: Any) -> list[_Shape]:
        return [self._shape(each) for each in Collection(self.shapes, first)]

    def _class(self, _node: Any, wanted: Any) -> Test:
        address = str(wanted)
        return lambda graph, _focus, values: all(address in graph.classes(each) for each in values)

    def _datatype(self, _node: Any, wanted: Any) -> Test:
        address = str(wanted)
        return lambda _graph, _focus, values: all(
            isinstance(each, Words)
            and each.datatype.value == address
            and (address in _TEXTS or _well_formed(each.value, address))
            for each in values
        )

    def _node_kind(self, _node: Any, wanted: Any) -> Test:
        kinds = _KINDS[wanted]
        return lambda _graph, _focus, values: all(isinstance(each, kinds) for each in values)

    def _min_count(self, _node: Any, wanted: Any) -> Test:
        least = int(wanted)
        if least > 1:  # two literals may be one value in other words: 1 and 01
            raise Unknown
        return lambda _graph, _focus, values: len(values) >= least

    def _max_count(self, _node: Any, wanted: Any) -> Test:
        most = int(wanted)
        return lambda _graph, _focus, values: len(values) <= most

    def _pattern(self, node: Any, wanted: Any) -> Test:
        if (node, SH.flags, None) in self.shapes:
            raise Unknown
        matches = re.compile(str(wanted)).search
        return lambda _graph, _focus, values: all(
            isinstance(each, NamedNode | Words)
            and (isinstance(each, NamedNode) or each.datatype.value in _TEXTS)
            and matches(each.value) is not None
            for each in values
        )

    def _unique_language(self, node: Any, _wanted: Any) -> Test:
        def test(_graph: Graph, _focus: Any, values: Values) -> bool:
            languages = [
                each.language.lower() for each in values if isinstance(each, Words) and each.language
            ]
            return len(languages) == len(set(languages))

        return test if self._is(node, SH.uniqueLang) else _passes

    def _disjoint(self, _node: Any, wanted: Any) -> Test:
        def test(graph: Graph, focus: Any, values: Values) -> bool:
            return not {each.value for each in graph.values(focus, str(wanted))} & {
                each.value for each in values
            }

        return test

    def _has_value(self, _node: Any, wanted: Any) -> Test:
        address = _named(wanted)
        return lambda _graph, _focus, values: address in values

    def _in(self, _node: Any, wanted: Any) -> Test:
        addresses = {_named(each) for each in Collection(self.shapes, wanted)}
        return lambda _graph, _focus, values: addresses.issuperset(values)

    def _closed(self, node: Any, _wanted: Any) -> Test:
        ignored = self.shapes.value(node, SH.ignoredProperties)
        allowed = {str(each) for each in Collection(self.shapes, ignored)} if ignored is not None else set()
        allowed |= {str(self.shapes.value(each, SH.path)) for each in self.shapes.objects(node, SH.property)}
        if not self._is(node, SH.closed):
            return _passes
        return lambda graph, _focus, values: all(
            allowed.issuperset(graph.told.get(each, ())) for each in values
        )

    def _conforms(self, _node: Any, wanted: Any) -> Test:
        """Test a value by another shape: sh:node, sh:property."""
        shape = self._shape(wanted)
        return lambda graph, _focus, values: all(shape.passes(graph, each) for each in values)

    def _or(self, _node: Any, wanted: Any) -> Test:
        shapes = self._inner(wanted)
        return lambda graph, _focus, values: all(
            any(shape.passes(graph, each) for shape in shapes) for each in values
        )

    def _and(self, _node: Any, wanted: Any) -> Test:
        shapes = self._inner(wanted)
        return lambda graph, _focus, values: all(
            shape.passes(graph, each) for shape in shapes for each in values
        )


_TESTS: Final[dict[Any, Callable[[Sieve, Any, Any], Test]]] = {
    SH["class"]: Sieve._class,
    SH.datatype: Sieve._datatype,
    SH.nodeKind: Sieve._node_kind,
    SH.minCount: Sieve._min_count,
    SH.maxCount: Sieve._max_count,
    SH.pattern: Sieve._pattern,
    SH.uniqueLang: Sieve._unique_language,
    SH.disjoint: Sieve._disjoint,
    SH.hasValue: Sieve._has_value,
    SH["in"]: Sieve._in,
    SH.closed: Sieve._closed,
    SH.node: Sieve._conforms,
    SH.property: Sieve._conforms,
    SH["or"]: Sieve._or,
    SH["and"]: Sieve._and,
}


def _passes(_graph: Graph, _focus: Any, _values: Values) -> bool:
    return True


def _named(term: Any) -> NamedNode:
    if not isinstance(term, rdflib.URIRef):
        raise Unknown
    return NamedNode(str(term))


@lru_cache(maxsize=50_000)
def _well_formed(words: str, datatype: str) -> bool:
    found = rdflib.Literal(words, datatype=rdflib.URIRef(datatype))
    return found.ill_typed is not True and found.value is not None
