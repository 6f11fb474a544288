"""Checks European Digital Credentials against the official shapes (SHACL), from a folder that a person downloaded.

It knows the constraints that those shapes use, read once for each folder; pyshacl finds the same (a test proves it) in
fifty times the time. Shapes that say something else are refused rather than passed over.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import pyoxigraph
import rdflib
from django.utils.translation import gettext as _
from pyoxigraph import BlankNode, Literal, NamedNode
from rdflib.collection import Collection
from rdflib.namespace import RDF, SH, SKOS

from gilde.credentials.errors import Unreadable, Unsupported
from gilde.credentials.linked.tables import PUBLIC, context_document

GENERIC: Final = ("EDC-generic-no-cv.ttl",)
ACCREDITED: Final = (*GENERIC, "EDC-accredited.ttl")
MANDATE: Final = (*GENERIC, "EDC-issuedByMandate.ttl")

_CREDENTIAL: Final = "http://data.europa.eu/snb/model/elm/EuropeanDigitalCredential"
_CONCEPT: Final = str(SKOS.Concept)
_IN_SCHEME: Final = str(SKOS.inScheme)
_TYPE: Final = str(RDF.type)
_LANG_STRING: Final = str(RDF.langString)
_MOST: Final = 200  # problems that are told
# What a shape says that is no constraint, or is read together with one.
_NO_CONSTRAINT: Final = {
    SH.name, SH.description, SH.message, SH.severity, SH.path, SH.targetClass, SH.property, SH.deactivated,
}  # fmt: skip
# The generic shapes write `sh:nodekind` once; that is no word of SHACL, so it says nothing.
_MISSPELT: Final = {rdflib.URIRef(f"{SH}nodekind")}
Graph = dict[Any, dict[str, list[Any]]]  # what is told of each subject, by property
Test = Callable[[Graph, list[Any]], str]  # what is wrong with the values, "" when nothing is


@dataclass(frozen=True)
class _Rule:
    """What the values of a property must be; without a path, what the thing itself must be."""

    path: str
    tests: tuple[Test, ...]

    def broken(self, graph: Graph, focus: Any) -> Iterator[str]:
        values = graph.get(focus, {}).get(self.path, []) if self.path else [focus]
        return (wrong for test in self.tests if (wrong := test(graph, values)))


def problems(document: Mapping[str, Any], shapes_dir: Path, profile: tuple[str, ...] = GENERIC) -> list[str]:
    """Return what the shapes of a profile say against a credential, in sentences; none when it conforms.

    Two things are asked for beyond the shapes: that there is a credential at all, without which nothing would be
    checked (a document with the wrong contexts shrinks to a few statements), and that each coded value names its list.
    Raises Unreadable when the folder lacks a file of the profile, and for unknown contexts.
    """
    shapes = _shapes(shapes_dir, profile)
    graph = _graph(document)
    if not any(_CREDENTIAL in _classes(graph, each) for each in graph):
        return [
            _(
                "The document is no European Digital Credential, so nothing was checked. Are its contexts right?"
            )
        ]
    found = list(_against(graph, shapes))
    found += (
        _sentence(graph, each, _IN_SCHEME, _("the list that the value is of is missing"))
        for each in graph
        if _CONCEPT in _classes(graph, each) and not graph[each].get(_IN_SCHEME)
    )
    return list(dict.fromkeys(found))[:_MOST]


def _against(graph: Graph, shapes: Mapping[str, tuple[_Rule, ...]]) -> Iterator[str]:
    for focus in graph:
        for name in sorted(_classes(graph, focus)):
            for rule in shapes.get(name, ()):
                for wrong in rule.broken(graph, focus):
                    yield _sentence(graph, focus, rule.path, wrong)


def _sentence(graph: Graph, focus: Any, path: str, wrong: str) -> str:
    told = {
        "kind": ", ".join(sorted(_short(each) for each in _classes(graph, focus))),
        "focus": focus.value if isinstance(focus, NamedNode) else "",
        "path": _short(path),
        "wrong": wrong,
    }
    return _("%(kind)s %(focus)s, %(path)s: %(wrong)s.") % told


def _short(address: str) -> str:
    return re.split(r"[/#]", address)[-1]


def _classes(graph: Graph, thing: Any) -> frozenset[str]:
    told = graph.get(thing, {}).get(_TYPE, ())
    return frozenset(each.value for each in told if isinstance(each, NamedNode))


def _graph(document: Mapping[str, Any]) -> Graph:
    """Return the statements of a document whose contexts are known."""
    told = document.get("@context")
    urls = [each for each in (told if isinstance(told, list) else [told]) if isinstance(each, str)]
    if urls != told or not set(urls) <= set(PUBLIC.urls):
        raise Unreadable(_("The document refers to contexts that Gilde does not know."), "unknown-context")
    whole = {**document, "@context": [context_document(each)["@context"] for each in urls]}
    graph: dict[Any, dict[str, dict[Any, None]]] = {}
    try:
        for quad in pyoxigraph.parse(json.dumps(whole).encode(), format=pyoxigraph.RdfFormat.JSON_LD):
            graph.setdefault(quad.subject, {}).setdefault(quad.predicate.value, {})[quad.object] = None
    except (SyntaxError, ValueError) as error:
        raise Unreadable(
            _("This is no JSON-LD (%(why)s).") % {"why": str(error)[:200]}, "no-json-ld"
        ) from error
    return {subject: {name: list(values) for name, values in told.items()} for subject, told in graph.items()}


@lru_cache(maxsize=4)
def _shapes(folder: Path, profile: tuple[str, ...]) -> Mapping[str, tuple[_Rule, ...]]:
    """Return the rules for each class, by its address."""
    rules: dict[str, tuple[_Rule, ...]] = {}
    for name in profile:
        if not (folder / name).is_file():
            raise Unreadable(
                _("The folder %(folder)s holds no %(name)s. Download it from the European Learning Model.")
                % {"folder": folder, "name": name},
                "no-shapes",
            )
        reader = _Shapes(rdflib.Graph().parse(folder / name, format="turtle"))
        for shape, target in reader.graph.subject_objects(SH.targetClass):
            rules[str(target)] = rules.get(str(target), ()) + reader.rules(shape)
    return rules


@dataclass(frozen=True)
class _Shapes:
    """A file of shapes, to make rules of."""

    graph: rdflib.Graph

    def rules(self, shape: Any) -> tuple[_Rule, ...]:
        """Return the rules of a shape: its own, and those of its properties."""
        if (shape, SH.deactivated, rdflib.Literal(True)) in self.graph:
            return ()
        path = self.graph.value(shape, SH.path)
        if path is not None and not isinstance(path, rdflib.URIRef):
            raise _unknown(SH.path)
        tests = [
            self._test(name, wanted)
            for name, wanted in sorted(self.graph.predicate_objects(shape))
            if str(name).startswith(str(SH)) and name not in _NO_CONSTRAINT | _MISSPELT
        ]
        own = (_Rule("" if path is None else str(path), tuple(tests)),) if tests else ()
        return own + tuple(
            rule
            for each in sorted(self.graph.objects(shape, SH.property), key=self._place)
            for rule in self.rules(each)
        )

    def _place(self, shape: Any) -> str:
        return str(self.graph.value(shape, SH.path))

    def _test(self, name: Any, wanted: Any) -> Test:
        if name in _TESTS:
            return _TESTS[name](wanted)
        if name == SH.node:
            inner = self.rules(wanted)
            return lambda graph, values: (
                "" if all(_conforms(graph, each, inner) for each in values) else _("is not complete")
            )
        if name == SH["or"]:
            choices = [self.rules(each) for each in Collection(self.graph, wanted)]
            return lambda graph, values: (
                ""
                if all(any(_conforms(graph, each, inner) for inner in choices) for each in values)
                else _("is of none of the kinds that may stand here")
            )
        raise _unknown(name)


def _conforms(graph: Graph, thing: Any, rules: tuple[_Rule, ...]) -> bool:
    return not any(True for rule in rules for _wrong in rule.broken(graph, thing))


def _unknown(what: Any) -> Unsupported:
    return Unsupported(
        _("The shapes ask for something that Gilde cannot check (%(what)s).") % {"what": _short(str(what))},
        "unknown-shape",
    )


def _of_class(wanted: Any) -> Test:
    address = str(wanted)
    return lambda graph, values: (
        ""
        if all(address in _classes(graph, each) for each in values)
        else _("is no %(kind)s") % {"kind": _short(address)}
    )


def _of_datatype(wanted: Any) -> Test:
    address = str(wanted)
    return lambda _graph, values: (
        ""
        if all(
            isinstance(each, Literal)
            and each.datatype.value == address
            and (address == _LANG_STRING or _well_formed(each.value, address))
            for each in values
        )
        else _("is no %(kind)s") % {"kind": _short(address)}
    )


def _of_kind(wanted: Any) -> Test:
    kind: type = {SH.IRI: NamedNode, SH.Literal: Literal, SH.BlankNode: BlankNode}[wanted]
    return lambda _graph, values: (
        ""
        if all(isinstance(each, kind) for each in values)
        else _("is no %(kind)s") % {"kind": _short(str(wanted))}
    )


def _at_least(wanted: Any) -> Test:
    least = int(wanted)
    return lambda _graph, values: "" if len(values) >= least else _("is missing")


def _at_most(wanted: Any) -> Test:
    most = int(wanted)
    return lambda _graph, values: (
        "" if len(values) <= most else _("has more values than %(most)d") % {"most": most}
    )


def _no_more_than(wanted: Any) -> Test:
    most = int(wanted)

    def test(_graph: Graph, values: list[Any]) -> str:
        numbers = [rdflib.Literal(each.value, datatype=rdflib.URIRef(each.datatype.value)).value
                   for each in values if isinstance(each, Literal)]  # fmt: skip
        sound = len(numbers) == len(values) and all(
            isinstance(each, int) and each <= most for each in numbers
        )
        return "" if sound else _("is no number up to %(most)d") % {"most": most}

    return test


def _once_a_language(wanted: Any) -> Test:
    def test(_graph: Graph, values: list[Any]) -> str:
        languages = [each.language for each in values if isinstance(each, Literal) and each.language]
        return "" if len(languages) == len(set(languages)) else _("stands twice in one language")

    return test if wanted == rdflib.Literal(True) else lambda _graph, _values: ""


_TESTS: Final[Mapping[Any, Callable[[Any], Test]]] = {
    SH["class"]: _of_class,
    SH.datatype: _of_datatype,
    SH.nodeKind: _of_kind,
    SH.minCount: _at_least,
    SH.maxCount: _at_most,
    SH.maxInclusive: _no_more_than,
    SH.uniqueLang: _once_a_language,
}


@lru_cache(maxsize=10_000)
def _well_formed(words: str, datatype: str) -> bool:
    return rdflib.Literal(words, datatype=rdflib.URIRef(datatype)).ill_typed is not True
