"""The closed contexts: which terms a credential may use and what each means, as tables of our own.

A table is a file in `contexts/`: where it is from (`source`, `date`), abbreviations (`short`), and `terms`. A term is
written in one line, `IRI [coercion] [in container]`, as in "{cred}validFrom {xsd}dateTime" or "{skos}altLabel in
language"; braces open an abbreviation of the file. What a term brings along inside it (a scoped context) makes it an
object with `is` and `within`. Whole words only: JSON-LD 1.1 has more than is in any of these contexts, and the rest
(reverse, index, nest, import, languages by default) has no notation on purpose.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

GILDE_CONTEXT: Final = "https://gilde.example/ns/credentials/v1"
CREDENTIALS_V2: Final = "https://www.w3.org/ns/credentials/v2"
CREDENTIALS_V1: Final = "https://www.w3.org/2018/credentials/v1"
OPEN_BADGES: Final = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
EUROPEAN: Final = "http://data.europa.eu/snb/model/context/edc-ap"

CONTAINERS: Final = ("@graph", "@language", "@list", "@set")
_FOLDER: Final = Path(__file__).parent / "contexts"
_LINE: Final = re.compile(r"(?P<iri>\S+)(?: (?P<coercion>(?!in(?: |$))\S+))?(?: in (?P<container>\w+))?")
_SHORT: Final = re.compile(r"\{(\w+)\}")


class NoNotation(ValueError):
    """A JSON-LD context uses a feature that the tables have no notation for."""


@dataclass(frozen=True)
class Entry:
    """One term: its IRI as written (absolute, "prefix:name", a term or a keyword), and how its values are read.

    `simple` says that JSON-LD writes it as a mere string, which makes one that ends in a delimiter a prefix.
    """

    iri: str
    coercion: str = ""
    container: str = ""
    protected: bool = False
    simple: bool = False
    scoped: bool = False
    within: Table | None = (
        None  # what a scoped term brings along; None then means a context that forgets everything
    )

    def jsonld(self) -> str | dict[str, Any]:
        """Return the definition as JSON-LD writes it, without @protected, which the whole table has."""
        if self.simple:
            return self.iri
        told: dict[str, Any] = {"@id": self.iri}
        if self.coercion:
            told["@type"] = self.coercion
        if self.container:
            told["@container"] = self.container
        if self.scoped:
            told["@context"] = self.within.jsonld() if self.within is not None else None
        return told


@dataclass(frozen=True)
class Table:
    """The terms of one context, in the order of its file; `vocab` makes every other word a term, if not empty."""

    terms: Mapping[str, Entry] = field(default_factory=dict)
    vocab: str = ""
    protected: bool = False

    def jsonld(self) -> dict[str, Any]:
        """Return the value of `@context` that means the same in JSON-LD 1.1."""
        head: dict[str, Any] = {"@protected": True} if self.protected else {}
        if self.vocab:
            head["@vocab"] = self.vocab
        return head | {term: entry.jsonld() for term, entry in self.terms.items()}


class Closed:
    """A closed set of contexts by URL; `inline` allows contexts that stand in the document itself besides.

    It keeps what was worked out for its contexts: `top`, the scope in which nothing is defined, and `kept`, how many.
    """

    def __init__(self, urls: Sequence[str], *, inline: bool = False) -> None:
        self.urls = tuple(urls)
        self.inline = inline
        self.top: Any = None
        self.kept = 0

    def __contains__(self, url: object) -> bool:
        return url in self.urls

    def __getitem__(self, url: str) -> Table:
        return _tables()[url]


def table_of(told: Mapping[str, Any]) -> Table:
    """Return the table that a file of `contexts/` describes."""
    short: Mapping[str, str] = told.get("short", {})

    def long(text: str) -> str:
        return _SHORT.sub(lambda found: short[found[1]], text)

    def entry(line: str | Mapping[str, Any], protected: bool) -> Entry:
        scoped = not isinstance(line, str)
        written = line if isinstance(line, str) else line["is"]
        found = _LINE.fullmatch(written)
        if found is None:
            raise NoNotation(written)
        within = None if isinstance(line, str) or line["within"] is None else table(line["within"], protected)
        coercion, container = (
            long(found["coercion"] or ""),
            f"@{found['container']}" if found["container"] else "",
        )
        return Entry(
            iri=long(found["iri"]),
            coercion=coercion,
            container=container,
            protected=protected,
            simple=not (scoped or coercion or container),
            scoped=scoped,
            within=within,
        )

    def table(terms: Mapping[str, Any], protected: bool) -> Table:
        return Table({term: entry(line, protected) for term, line in terms.items()}, protected=protected)

    protected = bool(told.get("protected"))
    return Table(table(told["terms"], protected).terms, long(told.get("vocab", "")), protected)


def read_context(context: Mapping[str, Any]) -> Table:
    """Return the table of a JSON-LD context, the value of `@context`.

    Raises NoNotation when it uses what the tables cannot say.
    """
    rest = {key: value for key, value in context.items() if key not in ("@version", "@protected", "@vocab")}
    if any(key.startswith("@") for key in rest):
        raise NoNotation(", ".join(rest))
    protected = context.get("@protected", False) is True
    vocab = context.get("@vocab", "")
    if not isinstance(vocab, str):
        raise NoNotation("@vocab")
    return Table({term: _entry(told, protected) for term, told in rest.items()}, vocab, protected)


def _entry(told: Any, protected: bool) -> Entry:
    if isinstance(told, str):
        return Entry(told, protected=protected, simple=True)
    if not isinstance(told, dict) or not isinstance(told.get("@id"), str):
        raise NoNotation(str(told))
    if not told.keys() <= {"@id", "@type", "@container", "@context", "@protected"}:
        raise NoNotation(", ".join(told))
    coercion, container, scoped = told.get("@type", ""), told.get("@container", ""), "@context" in told
    within = told.get("@context")
    if isinstance(container, list) and len(container) == 1:
        container = container[0]
    if (
        not isinstance(coercion, str)
        or container not in ("", *CONTAINERS)
        or not isinstance(within, dict | None)
    ):
        raise NoNotation(str(told))
    return Entry(
        iri=told["@id"],
        coercion=coercion,
        container=container,
        protected=told.get("@protected", protected) is True,
        scoped=scoped,
        within=None if within is None else read_context(within),
    )


def context_document(url: str) -> dict[str, Any]:
    """Return the context of this URL as the JSON-LD document to be served there, of all the closed ones."""
    return {"@context": _tables()[url].jsonld()}


def gilde_context() -> dict[str, Any]:
    """Return our own context, for facts that no public one can hold, as the JSON-LD document of `GILDE_CONTEXT`."""
    return context_document(GILDE_CONTEXT)


def described() -> Iterator[tuple[str, str, str]]:
    """Yield URL, source and date of every closed context, for documentation and tests."""
    for told in _files():
        yield told["url"], told["source"], told["date"]


def _files() -> Iterator[dict[str, Any]]:
    for path in sorted(_FOLDER.glob("*.json")):
        yield json.loads(path.read_text())


_LOADED: Final[dict[str, Table]] = {}


def _tables() -> Mapping[str, Table]:
    if not _LOADED:
        _LOADED.update((told["url"], table_of(told)) for told in _files())
    return _LOADED


PUBLIC: Final = Closed((CREDENTIALS_V2, CREDENTIALS_V1, OPEN_BADGES, EUROPEAN, GILDE_CONTEXT))
CONFORMANCE: Final = Closed(
    (
        *PUBLIC.urls,
        "https://w3id.org/security/data-integrity/v1",
        "https://w3id.org/security/data-integrity/v2",
        "https://w3id.org/security/multikey/v1",
        "https://w3id.org/security/suites/ed25519-2020/v1",
        "https://w3id.org/citizenship/v4rc1",
        "https://www.w3.org/ns/did/v1",
        "https://www.w3.org/ns/credentials/examples/v2",
        "https://www.w3.org/2018/credentials/examples/v1",
        "https://example.org/ns/test-credential-pre",
        "https://example.org/ns/test-credential",
        "https://example.org/ns/test-credential-post",
    ),
    inline=True,
)
