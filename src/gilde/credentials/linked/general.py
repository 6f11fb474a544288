"""From a JSON-LD document to its facts by the complete expansion algorithm, for what `expansion` leaves: slow, bounded.

Still nothing is fetched: the contexts are the closed ones. Still nothing is dropped: a word without a meaning refuses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NoReturn

from django.utils.translation import gettext as _

from gilde.credentials.errors import Unreadable
from gilde.credentials.linked import iris, refusals
from gilde.credentials.linked.expansion import END, FIRST, NIL, REST, TYPE, Facts
from gilde.credentials.linked.literals import double, json_literal, number, quoted, spoken, tail
from gilde.credentials.linked.refusals import wrong_value
from gilde.credentials.linked.tables import Closed, Entry, Table, context_document

MOST: Final = 5_000  # values in a document that goes this way
_MARK: Final = "relative-address:"  # by which what is relative shows itself, whatever it leaves out
_BASE: Final = f"{_MARK}//base/"
_VOCABULARY: Final = f"{_MARK}//vocabulary/"
# What these hold is told of an object, and stands elsewhere than a reader of credentials looks for it.
_HIDING: Final = frozenset({"@graph", "@included", "@nest", "@reverse"})


def facts_of(document: Mapping[str, Any], closed: Closed) -> Facts:
    """Return the facts of a document.

    Raises as `expansion.facts_of` does, and Unreadable with the reasons inline-context and not-json-ld.
    """
    from pyld import jsonld  # here, because it takes a quarter of a second that few need
    from pyld.context_resolver import ContextResolver

    def load(url: str, _options: object) -> dict[str, Any]:
        if url not in closed:
            raise refusals.unknown_context(url)
        return {"contextUrl": None, "documentUrl": url, "document": context_document(url), "tag": "static"}

    options = {
        "base": _BASE,
        "documentLoader": load,
        "contextResolver": ContextResolver({}, load),
        "processingMode": "json-ld-1.1",
        "keepFreeFloatingNodes": True,  # so that they are seen, and refused
    }
    try:
        known = _addresses(document, closed)
        for count, _value in enumerate(_values(document, closed, known)):
            if count > MOST:
                raise refusals.too_large(MOST)
        expanded = jsonld.JsonLdProcessor(on_property_dropped=_dropped).expand(_baseless(document), options)
        return _Walk(expanded).facts
    except Unreadable:
        raise
    except RecursionError as error:
        raise refusals.too_deep() from error
    except Exception as error:  # of a library that checks little before it works
        raise _told(error) from error


def _values(told: Any, closed: Closed, known: frozenset[str]) -> Iterator[Any]:
    """Yield every value in a document.

    Raises Unreadable for what expansion would drop without a word, and for what `Scope.names` says of an address.
    """
    yield told
    if isinstance(told, dict):
        if "@index" in told:
            raise wrong_value(_("“@index” says nothing that can be proved."))
        for word, value in told.items():
            if word == "@context":
                if not closed.inline and not _named(value):
                    raise refusals.inline_context()
                continue
            if word in _HIDING or word in known or (":" in word and f"{word.partition(':')[0]}:" in known):
                raise refusals.not_compact(word)
            yield from _values(value, closed, known)
    elif isinstance(told, list):
        for value in told:
            yield from _values(value, closed, known)


def _addresses(told: Any, closed: Closed) -> frozenset[str]:
    """Return the addresses for which the contexts of a document have words, and those words with a colon."""
    found: set[str] = set()
    if isinstance(told, dict):
        contexts = told.get("@context", [])
        for each in contexts if isinstance(contexts, list) else [contexts]:
            if isinstance(each, str) and each in closed:
                found.update(_named_by(closed[each]))
        told = list(told.values())
    for value in told if isinstance(told, list) else ():
        found |= _addresses(value, closed)
    return frozenset(found)


def _named_by(table: Table, outer: Mapping[str, Entry] | None = None) -> Iterator[str]:
    """Yield the addresses for which a table has words, and those words with a colon, as prefixes are written."""
    known = {**(outer or {}), **table.terms}
    for word, entry in table.terms.items():
        if entry.iri[:1] == "@":
            continue
        prefix, _colon, rest = entry.iri.partition(":")
        yield known[prefix].iri + rest if prefix in known and rest[:2] != "//" else entry.iri
        yield f"{word}:"
        if entry.within is not None:
            yield from _named_by(entry.within, known)


def _baseless(told: Any, *, inside: bool = False) -> Any:
    """Return a copy whose contexts name no base, and for no vocabulary one that shows itself.

    So what is relative is refused, whatever it could be relative to; and PyLD fails on a vocabulary of none.
    """
    if isinstance(told, Mapping):
        return {
            key: _VOCABULARY
            if inside and key == "@vocab" and value is None
            else _baseless(value, inside=inside or key == "@context")
            for key, value in told.items()
            if not (inside and key == "@base")
        }
    return [_baseless(value, inside=inside) for value in told] if isinstance(told, list) else told


def _named(contexts: Any) -> bool:
    return all(isinstance(each, str) for each in (contexts if isinstance(contexts, list) else [contexts]))


def _dropped(word: str | None) -> NoReturn:
    raise refusals.undefined_term(word or "@")


def _told(error: BaseException) -> Unreadable:
    """Return what a failure of the library says about the document."""
    code, cause = "", error
    while cause.__cause__ is not None:
        code = code or getattr(cause, "code", None) or ""
        cause = cause.__cause__
        if isinstance(cause, Unreadable):
            return cause
    code = code or getattr(error, "code", None) or ""
    if code == "protected term redefinition":
        return refusals.protected_term(str(getattr(error, "details", {}).get("term", "")))
    return Unreadable(
        _("The document breaks the rules of JSON-LD (%(why)s). Ask the issuer for a correct file.")
        % {"why": code or type(error).__name__},
        "not-json-ld",
    )


class _Walk:
    """Takes in what an expanded document says (JSON-LD 1.1 API, sections 7 and 8)."""

    def __init__(self, expanded: list[Any]) -> None:
        self.facts = Facts()
        self.labels: dict[str, str] = {}
        self.issued = 0
        for each in expanded:
            self.node(each, END, alone=True)
        if not self.facts.count():
            raise refusals.nothing_said()

    def blank(self) -> str:
        self.issued += 1
        return f"_:b{self.issued}"

    def address(self, told: Any) -> str:
        if isinstance(told, str) and told.startswith("_:"):
            if told not in self.labels:
                self.labels[told] = self.blank()
            return self.labels[told]
        if not isinstance(told, str) or told.startswith(_MARK) or not iris.absolute(told):
            raise refusals.no_address(str(told).removeprefix(_BASE).removeprefix(_VOCABULARY))
        return f"<{told}>"

    def node(self, told: Any, graph: str, *, alone: bool = False) -> str:
        """Return what stands for an object; one that stands `alone`, for nothing else, has to say something."""
        before = self.facts.count()
        if not isinstance(told, dict) or "@value" in told or "@list" in told:
            raise wrong_value(_("Here an object is needed that says something."))
        subject = self.address(told["@id"]) if "@id" in told else self.blank()
        for key, values in told.items():
            if key == "@type":
                for kind in values:
                    if not iris.absolute(kind or "") or kind.startswith(_MARK):
                        raise refusals.unknown_type(str(kind).removeprefix(_BASE).removeprefix(_VOCABULARY))
                    self.facts.say(subject, TYPE, f"<{kind}>", graph)
            elif key == "@graph":
                for value in values:
                    self.node(value, f" {subject}{END}", alone=True)
            elif key == "@included":
                for value in values:
                    self.node(value, graph, alone=True)
            elif key == "@reverse":
                for word, nodes in values.items():
                    for node in nodes:
                        self.facts.say(self.node(node, graph), self.predicate(word), subject, graph)
            elif key[:1] != "@":
                for value in values:
                    self.facts.say(subject, self.predicate(key), self.object(value, graph), graph)
            elif key != "@id":
                raise wrong_value(_("“%(word)s” says nothing that can be proved.") % {"word": key})
        if alone and self.facts.count() == before:
            raise refusals.nothing_said()
        return subject

    def predicate(self, word: str) -> str:
        if not iris.absolute(word) or word.startswith(_MARK):
            raise refusals.undefined_term(word.removeprefix(_BASE).removeprefix(_VOCABULARY))
        return f" <{word}> "

    def object(self, told: Any, graph: str) -> str:
        if "@list" in told:
            head = NIL
            for each in reversed([self.object(value, graph) for value in told["@list"]]):
                cell = self.blank()
                self.facts.say(cell, FIRST, each, graph)
                self.facts.say(cell, REST, head, graph)
                head = cell
            return head
        return self.literal(told) if "@value" in told else self.node(told, graph)

    def literal(self, told: Mapping[str, Any]) -> str:
        if not told.keys() <= {"@value", "@type", "@language", "@direction"}:
            raise wrong_value(_("“@index” says nothing that can be proved."))
        value, datatype = told["@value"], told.get("@type") or ""
        if datatype == "@json":
            return json_literal(value)
        if datatype and not iris.absolute(datatype):
            raise refusals.no_address(datatype)
        if "@language" in told or "@direction" in told:
            return spoken(value, told.get("@language"), told.get("@direction"))
        if not isinstance(value, str):
            return number(value, datatype)
        if datatype == iris.DOUBLE:
            try:
                return f'"{double(float(value))}{tail(datatype)}'
            except ValueError:
                pass
        return quoted(value) + tail(datatype)
