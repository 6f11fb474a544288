"""The same work by PyLD and pyoxigraph, which ours is held against."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pyoxigraph as ox
from pyld import jsonld
from pyld.context_resolver import ContextResolver

from gilde.credentials.linked.tables import Closed, context_document

ADDRESS = re.compile(r"[A-Za-z_][A-Za-z0-9+.-]*:\S*")
MARK = "relative-address:"


class LibraryRefuses(Exception):
    """PyLD calls it an error, would drop something, or makes what no RDF store takes."""


def quads_of(document: Mapping[str, Any], closed: Closed) -> list[ox.Quad]:
    """Return the facts of a document as PyLD tells them; LibraryRefuses where some would be lost."""

    def load(url: str, _options: object) -> dict[str, Any]:
        if url not in closed:
            raise LibraryRefuses(url)
        return {"contextUrl": None, "documentUrl": url, "document": context_document(url)}

    def dropped(word: str | None) -> None:
        raise LibraryRefuses(word)

    options = {
        "base": f"{MARK}//base/",
        "documentLoader": load,
        "contextResolver": ContextResolver({}, load),
        "rdfDirection": "i18n-datatype",
    }
    try:
        processor = jsonld.JsonLdProcessor(on_property_dropped=dropped)
        _check_addresses(processor.expand(dict(document), options))
        told = processor.to_rdf(dict(document), options)
        quads = [
            ox.Quad(
                _term(triple["subject"]),
                _term(triple["predicate"]),
                _term(triple["object"]),
                ox.DefaultGraph() if graph == "@default" else _node(graph),
            )
            for graph, triples in told.items()
            for triple in triples
        ]
    except (jsonld.JsonLdError, ValueError) as error:
        raise LibraryRefuses(str(error)) from error
    if not quads or any(_relative(quad) for quad in quads):
        raise LibraryRefuses("nothing said, or something relative")
    return quads


def _relative(quad: ox.Quad) -> bool:
    kind = quad.object.datatype if isinstance(quad.object, ox.Literal) else quad.object
    return any(
        str(term).startswith(f"<{MARK}") for term in (quad.subject, quad.predicate, kind, quad.graph_name)
    )


def _check_addresses(expanded: Any) -> None:
    """Refuse what to_rdf passes over: an id or type that is no address."""
    if isinstance(expanded, list):
        for each in expanded:
            _check_addresses(each)
    elif isinstance(expanded, dict):
        for key, value in expanded.items():
            for each in value if isinstance(value, list) else [value]:
                if key in ("@id", "@type") and each != "@json" and not ADDRESS.fullmatch(each or ""):
                    raise LibraryRefuses(str(each))
                _check_addresses(each)


def canonical(quads: list[ox.Quad], *, sha384: bool = False) -> set[str]:
    """Return the lines of the canonical form by pyoxigraph."""
    dataset = ox.Dataset(quads)
    algorithm = ox.CanonicalizationAlgorithm
    dataset.canonicalize(algorithm.RDFC_1_0_SHA_384 if sha384 else algorithm.RDFC_1_0_SHA_256)
    return {str(quad) for quad in dataset}


def read(nquads: bytes) -> set[str]:
    """Return the lines of N-Quads as pyoxigraph reads them."""
    return {str(quad) for quad in ox.parse(nquads, format=ox.RdfFormat.N_QUADS)}


def again(nquads: bytes) -> set[str]:
    """Return the lines of the canonical form, by pyoxigraph, of N-Quads."""
    return canonical(list(ox.parse(nquads, format=ox.RdfFormat.N_QUADS)))


def _term(told: Mapping[str, str]) -> Any:
    if told["type"] != "literal":
        return _node(told["value"])
    if told.get("language"):
        return ox.Literal(told["value"], language=told["language"])
    return ox.Literal(told["value"], datatype=ox.NamedNode(told["datatype"]))


def _node(told: str) -> ox.NamedNode | ox.BlankNode:
    return ox.BlankNode(told[2:]) if told.startswith("_:") else ox.NamedNode(told)
