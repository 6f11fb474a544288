"""From a JSON-LD document over the closed contexts to its facts (RDF quads), directly.

Expansion, node map and deserialisation of JSON-LD 1.1 API in one pass over the document. What is not sure to be handled
as the full algorithms do goes to `general`. Nothing is dropped: a word without a meaning refuses the document.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _

from gilde.credentials.errors import Unreadable
from gilde.credentials.linked import iris, refusals
from gilde.credentials.linked.literals import json_literal, number, quoted, spoken, tail
from gilde.credentials.linked.refusals import within, wrong_value
from gilde.credentials.linked.scopes import KEYWORDS, Elsewhere, Kind, Scope, Term, initial
from gilde.credentials.linked.tables import Closed

MOST: Final = 100_000  # facts of one document
SCOPE: Final = 100  # as many facts are read while one more context, or that of a type, is worked out
END: Final = " .\n"
TYPE: Final = f" <{iris.RDF}type> "
FIRST: Final = f" <{iris.RDF}first> "
REST: Final = f" <{iris.RDF}rest> "
NIL: Final = f"<{iris.RDF}nil>"
Quad = tuple[
    str, str, str, str
]  # as in N-Quads, the predicate with its spaces, the graph with the end of the line
_LITERAL, _ADDRESS, _WORD, _LANGUAGES, _KEYWORD = (
    Kind.LITERAL, Kind.ADDRESS, Kind.WORD, Kind.LANGUAGES, Kind.KEYWORD,
)  # fmt: skip


@dataclass
class Facts:
    """The facts of a document, by how many blank nodes are in each.

    `lines` are whole and have none; `own` are lines without their beginning, by the blank node that they are about and
    that is their only one; `quads` have several, or one elsewhere.
    """

    lines: list[str] = field(default_factory=list)
    own: dict[str, list[str]] = field(default_factory=dict)
    quads: list[Quad] = field(default_factory=list)

    def say(self, subject: str, predicate: str, object_: str, graph: str) -> None:
        """Add one fact."""
        if object_[0] == "_" or graph[1] == "_":
            self.quads.append((subject, predicate, object_, graph))
        elif subject[0] == "_":
            self.own.setdefault(subject, []).append(predicate + object_ + graph)
        else:
            self.lines.append(subject + predicate + object_ + graph)

    def count(self) -> int:
        return len(self.lines) + len(self.quads) + sum(map(len, self.own.values()))


def facts_of(document: Mapping[str, Any], closed: Closed) -> Facts:
    """Return the facts of a document.

    Raises Unreadable, with the reason unknown-context, undefined-term, unknown-type, no-address, protected-term,
    wrong-value or nothing-said, and TooMuch; Elsewhere when only the general algorithms can tell.
    """
    reader = _Reader(closed)
    try:
        reader.top(document)
    except Unreadable as error:
        raise refusals.placed(error) from error
    except RecursionError as error:
        raise refusals.too_deep() from error
    return reader.facts


def contexts_of(told: Any) -> tuple[str, ...]:
    """Return the URLs that `@context` names. Raises Elsewhere when it is more than a list of URLs."""
    each = told if isinstance(told, list) else [told]
    if not all(isinstance(one, str) for one in each):
        raise Elsewhere
    return tuple(each)


class _Reader:
    def __init__(self, closed: Closed) -> None:
        self.closed = closed
        self.facts = Facts()
        self.labels: dict[str, str] = {}
        self.issued = 0
        self.said = 0

    def top(self, document: Mapping[str, Any]) -> None:
        told = document.get("@context")
        scope = self.under(initial(self.closed), () if told is None else contexts_of(told))
        self.node(scope, document, END, top=True)
        if not self.facts.count():
            raise refusals.nothing_said()

    def node(self, scope: Scope, told: Mapping[str, Any], graph: str, *, top: bool = False) -> str:
        """Take in what an object says, and return what stands for it in other facts."""
        if "@context" in told and not top:
            scope = self.under(scope, contexts_of(told["@context"]))
        kinds: tuple[str, ...] = ()
        kind = told.get(scope.kind)
        if type(kind) is list and len(kind) == 1 and type(kind[0]) is str:
            kind = kind[0]
        if type(kind) is str and kind in scope.types and scope.usual and "@type" not in told:
            scope, kinds = scope.types[kind]
        elif kind is not None or not scope.usual or "@type" in told or scope.kind in told:
            scope, kinds = self.typed(scope, told, kind)
        value = told.get(scope.id)
        if type(value) is str and scope.usual and "@id" not in told:
            try:
                subject = self.address(scope, value)
            except Unreadable as error:
                within(error, scope.id)
                raise
        else:
            subject = self.subject(scope, told)
        facts = self.facts
        if graph is not END:
            head, lines = "", None
        elif subject[0] == "_":
            head, lines = "", facts.own.setdefault(subject, [])
        else:
            head, lines = subject, facts.lines
        for kind in kinds:
            if lines is None:
                facts.quads.append((subject, TYPE, kind, graph))
            else:
                lines.append(head + TYPE + kind + graph)
        terms = scope.terms
        self.spend(len(told) + len(kinds))
        for key, value in told.items():
            try:
                term = terms.get(key)
                if term is None:
                    term = scope.term(key) or self.other(scope, key)
                    if term is None:
                        continue
                read = term.text
                if read is _KEYWORD:
                    continue
                if type(value) is str:
                    if read is _LITERAL:
                        clean = value.isprintable() and '"' not in value and "\\" not in value
                        object_ = ('"' + value if clean else quoted(value)) + term.tail
                    elif read is _ADDRESS:
                        object_ = self.address(scope, value)
                    else:
                        (object_,) = self.objects(key, term, value, graph)
                elif type(value) is dict and term.kind <= _WORD:
                    object_ = self.one(key, term, value, graph)
                else:
                    predicate = term.predicate
                    for object_ in self.objects(key, term, value, graph):
                        if lines is None or object_[0] == "_":
                            facts.quads.append((subject, predicate, object_, graph))
                        else:
                            lines.append(f"{head}{predicate}{object_}{graph}")
                    continue
                if lines is None or object_[0] == "_":
                    facts.quads.append((subject, term.predicate, object_, graph))
                else:
                    lines.append(f"{head}{term.predicate}{object_}{graph}")
            except Unreadable as error:
                within(error, key)
                raise
        return subject

    def spend(self, facts: int) -> None:
        self.said += facts
        if self.said > MOST:
            raise refusals.too_large(MOST)

    def under(self, scope: Scope, contexts: tuple[str, ...]) -> Scope:
        """Return the scope below these contexts, which costs something unless it is known."""
        if not scope.knows(contexts):
            self.spend(SCOPE * len(contexts))
        return scope.under(contexts)

    def typed(self, scope: Scope, told: Mapping[str, Any], kind: Any) -> tuple[Scope, tuple[str, ...]]:
        if "@type" in told or not scope.usual:
            words = [word for word in scope.kinds if word in told]
            if len(words) != 1:
                if words:
                    raise Elsewhere
                return scope, ()
            kind = told[words[0]]
        try:
            if type(kind) is str:
                return scope.types.get(kind) or scope.typed(kind)
            if type(kind) is list and all(type(one) is str for one in kind):
                kinds = tuple(kind)
                if kinds not in scope.types:
                    self.spend(SCOPE * len(kinds))
                return scope.typed(kinds)
            raise wrong_value(_("A type is a word or a list of words."))
        except Unreadable as error:
            within(error, scope.kind)
            raise

    def subject(self, scope: Scope, told: Mapping[str, Any]) -> str:
        found = ""
        for word in scope.ids:
            if word in told:
                value = told[word]
                try:
                    if found:
                        raise wrong_value(_("The id of one object is told twice."))
                    if type(value) is not str:
                        raise wrong_value(_("An id is one address."))
                    found = self.address(scope, value)
                except Unreadable as error:
                    within(error, word)
                    raise
        return found or self.blank()

    def blank(self) -> str:
        self.issued += 1
        return f"_:b{self.issued}"

    def address(self, scope: Scope, word: str, *, vocab: bool = False) -> str:
        """Return the IRI in N-Quads, or the label of the blank node, that a value stands for."""
        if not vocab and iris.absolute(word) and word.partition(":")[0] not in scope.prefixes:
            return f"<{word}>"
        iri = scope.absolute(word, vocab=vocab)
        if iri is None:
            raise refusals.no_address(word)
        if iri[:2] != "_:":
            return f"<{iri}>"
        label = self.labels.get(iri)
        if label is None:
            label = self.labels[iri] = self.blank()
        return label

    def other(self, scope: Scope, key: str) -> Term | None:
        """Return the meaning of a word that no context defines; None for a keyword that is seen to elsewhere."""
        if key in ("@id", "@type", "@context"):
            return None
        if key in KEYWORDS:
            raise Elsewhere
        iri = scope.absolute(key, vocab=True)
        if iri is None or iri[:2] == "_:":
            raise refusals.undefined_term(key)
        if scope.names(iri):
            raise refusals.not_compact(key)
        return scope.loose(iri)

    def objects(self, key: str, term: Term, value: Any, graph: str) -> Iterable[str]:
        """Return what the value of a term stands for: objects of facts, none or several."""
        kind = term.kind
        if kind <= _LANGUAGES:
            if type(value) is list:
                return self.several(key, term, value, graph)
            if kind is _LANGUAGES and type(value) is dict:
                return self.languages(value)
            return () if value is None else (self.one(key, term, value, graph),)
        if kind is Kind.RARE:
            raise Elsewhere
        if kind is Kind.JSON:
            return (json_literal(value),)
        if value is None:
            return ()
        if kind is Kind.LIST:
            return (self.listed(key, term, value, graph),)
        return (
            self.several(key, term, value, graph)
            if type(value) is list
            else (self.graphed(key, term, value),)
        )

    def several(self, key: str, term: Term, values: list[Any], graph: str) -> list[str]:
        found: list[str] = []
        self.spend(len(values))
        plain = term.kind <= _WORD
        for index, value in enumerate(values):
            try:
                if plain and type(value) is dict:
                    found.append(self.one(key, term, value, graph))
                elif type(value) is list:
                    raise Elsewhere
                else:
                    found += self.objects(key, term, value, graph)
            except Unreadable as error:
                within(error, index)
                raise
        return found

    def one(self, key: str, term: Term, value: Any, graph: str) -> str:
        """Return what one value that is neither null nor a list stands for."""
        kind = type(value)
        if kind is dict:
            inner = term.inner
            if "@value" in value:
                language = value.get("@language")
                if len(value) == 2 and language is not None:
                    return spoken(value["@value"], language)
                return self.told(inner, value)
            if inner.previous is not None and len(value) == 1 and next(iter(value)) in inner.ids:
                return self.node(inner, value, graph)
            return self.node(term.inside or term.begin(key), value, graph)
        read = term.coerced
        if kind is str:
            bare = Kind.LITERAL if read is None else read.bare
            if bare is Kind.LITERAL:
                return quoted(value) + ('"' if read is None else read.tail)
            if bare is Kind.ADDRESS:
                return self.address(term.inner, value)
            if bare is Kind.WORD:
                return self.address(term.inner, value, vocab=True)
            raise Elsewhere
        return number(value, "" if read is None else read.datatype)

    def told(self, scope: Scope, value: Mapping[str, Any]) -> str:
        """Return the literal that an object with @value stands for."""
        told = {"@type" if key in scope.kinds else key: each for key, each in value.items()}
        if len(told) < len(value) or not told.keys() <= {"@value", "@type", "@language", "@direction"}:
            raise Elsewhere
        text, language, direction = told["@value"], told.get("@language"), told.get("@direction")
        tagged = language is not None or direction is not None
        datatype = None
        if "@type" in told:
            if type(told["@type"]) is not str or tagged:
                raise wrong_value(_("The type of a text is one word, and a text with a language has none."))
            datatype = scope.absolute(told["@type"], vocab=True)
            if told["@type"] == "@json" or datatype == iris.DOUBLE:
                raise Elsewhere
            if datatype is None or datatype[:2] == "_:":
                raise refusals.no_address(told["@type"])
        if tagged:
            return spoken(text, language, direction)
        return quoted(text) + tail(datatype or "") if type(text) is str else number(text, datatype or "")

    def languages(self, told: Mapping[str, Any]) -> list[str]:
        found = []
        for language, texts in told.items():
            if type(texts) is str and language != "@none":
                found.append(spoken(texts, language))
                continue
            for text in texts if type(texts) is list else [texts]:
                if text is not None and language != "@none":
                    found.append(spoken(text, language))
                elif type(text) is str:
                    found.append(quoted(text) + '"')
                elif text is not None:
                    raise wrong_value(_("Behind a language stands a text."))
        return found

    def graphed(self, key: str, term: Term, value: Any) -> str:
        """Return the blank node of a new graph in which an object says what it says."""
        if type(value) is not dict or "@value" in value:
            raise wrong_value(_("Here an object is needed that says something."))
        name = self.blank()
        before = len(self.facts.quads)
        self.one(key, term, value, f" {name}{END}")
        if len(self.facts.quads) == before:
            raise refusals.nothing_said()
        return name

    def listed(self, key: str, term: Term, value: Any, graph: str) -> str:
        """Return the head of the list of a value, and take in its cells."""
        values = value if type(value) is list else [value]
        if any(type(each) is list for each in values):
            raise Elsewhere
        self.spend(2 * len(values))
        head = NIL
        for each in reversed([self.one(key, term, each, graph) for each in values if each is not None]):
            cell = self.blank()
            self.facts.say(cell, FIRST, each, graph)
            self.facts.say(cell, REST, head, graph)
            head = cell
        return head
