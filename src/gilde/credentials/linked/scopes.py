"""What the words of a document mean at one place in it: context processing of JSON-LD 1.1 API, section 4, on tables.

A scope is worked out once for each list of contexts, and again for each type or property that brings its own context;
after that it is a look-up. All scopes of a closed set live as long as the process, and there are few.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Final

from django.utils.translation import gettext as _

from gilde.credentials.errors import Unreadable
from gilde.credentials.linked import iris, refusals
from gilde.credentials.linked.literals import tail
from gilde.credentials.linked.tables import Closed, Entry, Table

KEYWORDS: Final = frozenset(
    {
        "@base", "@container", "@context", "@default", "@direction", "@embed", "@explicit", "@first",
        "@graph", "@id", "@import", "@included", "@index", "@json", "@language", "@list", "@nest", "@none",
        "@omitDefault", "@propagate", "@protected", "@preserve", "@requireAll", "@reverse", "@set",
        "@type", "@value", "@version", "@vocab",
    }
)  # fmt: skip
_MOST: Final = (
    3000  # scopes, and lists of types, that a closed set keeps; a production system needs a hundred
)


class Elsewhere(Exception):
    """The document uses what only the general algorithms handle."""


class Kind(IntEnum):
    """How a value of a term is read."""

    LITERAL = 1
    ADDRESS = 2
    WORD = 3
    LANGUAGES = 4
    GRAPH = 5
    JSON = 6
    LIST = 7
    KEYWORD = 8
    RARE = 9  # only the general algorithms handle it
    CHANGED = 10  # as a context says that comes with the term


class Term:
    """What one word means in one scope, ready for use.

    `inner` is the scope of its values, `coerced` the term that says how a bare value is read there (a context that
    comes with the term may say it anew), and `inside` the scope in which an object that is its value begins. `text`
    says how a mere text is read, `kind` how any value is.
    """

    __slots__ = (
        "bare", "coerced", "coercion", "container", "datatype", "entry", "inner", "inside", "iri", "kind", "predicate",
        "prefix", "tail", "text",
    )  # fmt: skip

    def __init__(self, entry: Entry, iri: str, coercion: str) -> None:
        self.entry = entry
        self.iri = iri
        self.predicate = f" <{iri}> "
        self.coercion = coercion
        self.container = entry.container
        self.prefix = entry.simple and iri[-1:] in ":/?#[]@"
        self.datatype = coercion if coercion[:1] != "@" else ""
        self.tail = tail(self.datatype)
        self.bare = self._bare()
        self.kind = self._kind()
        plain = self.kind not in (Kind.GRAPH, Kind.LIST) and not entry.scoped
        self.text = self.bare if plain else Kind.CHANGED
        self.inner: Scope
        self.inside: Scope | None = None
        self.coerced: Term | None = None

    def _bare(self) -> Kind:
        if self.iri[:1] == "@":
            return Kind.KEYWORD if self.iri in ("@id", "@type") else Kind.RARE
        if self.coercion == iris.DOUBLE:  # which would be brought into another form
            return Kind.RARE
        read = {"@id": Kind.ADDRESS, "@vocab": Kind.WORD, "@json": Kind.JSON}
        return read.get(self.coercion, Kind.LITERAL)

    def _kind(self) -> Kind:
        if self.bare in (Kind.KEYWORD, Kind.RARE):
            return self.bare
        if self.bare is Kind.JSON:
            return Kind.JSON if self.container in ("", "@set") else Kind.RARE
        read = {"@language": Kind.LANGUAGES, "@graph": Kind.GRAPH, "@list": Kind.LIST}
        return read.get(self.container, self.bare)

    def begin(self, word: str) -> Scope:
        """Return the scope of an object that is a value of the term: what types brought outside ends here."""
        if self.inside is None:
            again = self.inner.known.get(word)
            self.inside = self.inner.previous or self.inner
            if again is not None and again.entry.scoped:
                self.inside = self.inside.brought(again.entry.within, keep=True, override=True)
        return self.inside

    def same(self, other: Term) -> bool:
        """Return whether both mean the same, protection aside (JSON-LD 1.1 API, section 4.2.2, step 27)."""
        mine, its = self.entry, other.entry
        return (
            (self.iri, self.coercion, self.container, self.prefix)
            == (other.iri, other.coercion, other.container, other.prefix)
            and mine.scoped == its.scoped
            and mine.within == its.within
        )


class Scope:
    """The words known at one place. `previous` is what holds again inside the next object, unless None."""

    __slots__ = (
        "_lists", "closed", "id", "ids", "kind", "kinds", "known", "prefixes", "previous", "terms", "types", "usual",
        "vocab",
    )  # fmt: skip

    def __init__(
        self, closed: Closed, known: Mapping[str, Term], vocab: str, previous: Scope | None = None
    ) -> None:
        self.closed = closed
        self.known = dict(known)
        self.vocab = vocab
        self.previous = previous
        self.terms: dict[str, Term] = {}  # those whose scopes are worked out
        self.types: dict[str | tuple[str, ...], tuple[Scope, tuple[str, ...]]] = {}
        self._lists: dict[tuple[str, ...], Scope] = {}
        self.find_aliases()

    def find_aliases(self) -> None:
        """Note the words for @id and @type, whether each has one, as is usual, and the prefixes of addresses."""
        self.prefixes = frozenset(word for word, term in self.known.items() if term.prefix)
        self.ids = ("@id", *(word for word, term in self.known.items() if term.iri == "@id"))
        self.kinds = ("@type", *(word for word, term in self.known.items() if term.iri == "@type"))
        self.id, self.kind = self.ids[-1], self.kinds[-1]
        self.usual = len(self.ids) == len(self.kinds) == 2

    def term(self, word: str) -> Term | None:
        """Return the term, worked out; None when no context defines it."""
        known = self.known.get(word)
        if known is None:
            return None
        term = Term(known.entry, known.iri, known.coercion)
        scoped = known.entry.scoped
        term.inner = self.brought(known.entry.within, keep=True, override=True) if scoped else self
        term.coerced = term.inner.known.get(word) if scoped else term
        self.terms[word] = term
        return term

    def keep(self) -> None:
        """Count one more scope or list of types that is kept.

        When there are too many all are forgotten: so no document fills the memory, or keeps others out of it.
        """
        self.closed.kept += 1
        if self.closed.kept >= _MOST:
            self.closed.top, self.closed.kept = None, 0

    def knows(self, contexts: tuple[str, ...]) -> bool:
        """Return whether the scope below these contexts is worked out."""
        return contexts in self._lists

    def brought(self, table: Table | None, *, keep: bool, override: bool) -> Scope:
        """Return this scope with what a table defines; None forgets everything. `keep` says it holds further inside.

        Raises Unreadable when it would give a protected term another meaning, unless it may `override`.
        """
        if table is None:
            return initial(self.closed)
        previous = self.previous if keep else (self.previous or self)
        made = Scope(self.closed, self.known, table.vocab or self.vocab, previous)
        _Definitions(made, table, override).all()
        made.find_aliases()
        return made

    def names(self, iri: str) -> bool:
        """Return whether a word is known for this address: whoever writes the address instead hides what it tells.

        Credentials are compacted JSON-LD (VC Data Model 2.0, section 1.3), and read by the words.
        """
        return any(term.iri == iri for term in self.known.values())

    def loose(self, iri: str) -> Term:
        """Return the term of a word that is an address itself: no context says how its values are read."""
        term = Term(Entry(iri), iri, "")
        term.inner, term.coerced = self, term
        return term

    def under(self, contexts: tuple[str, ...]) -> Scope:
        """Return the scope of an object in this one that names these contexts.

        Raises Unreadable, with the reason unknown-context or protected-term.
        """
        found = self._lists.get(contexts)
        if found is None:
            found = self
            for url in contexts:
                if url not in self.closed:
                    raise refusals.unknown_context(url)
                found = found.brought(self.closed[url], keep=True, override=False)
            self._lists[contexts] = found
            self.keep()
        return found

    def typed(self, types: str | tuple[str, ...]) -> tuple[Scope, tuple[str, ...]]:
        """Return the scope inside an object of these types, and the types as objects of facts; `types` keeps it.

        Raises Unreadable, with the reason unknown-type, when one is neither a term nor an absolute IRI.
        """
        told = self.types.get(types)
        if told is None:
            each = (types,) if isinstance(types, str) else types
            scope = self
            for one in sorted(each):
                term = self.known.get(one)
                if term is not None and term.entry.within is not None:
                    scope = scope.brought(term.entry.within, keep=False, override=False)
            if scope.kinds != self.kinds:
                raise Elsewhere
            told = scope, tuple(f"<{self._type(one)}>" for one in each)
            self.types[types] = told
            self.keep()
        return told

    def _type(self, word: str) -> str:
        iri = self.absolute(word, vocab=True)
        if iri is None or iri.startswith("_:"):
            raise refusals.unknown_type(word)
        if word not in self.known and self.names(iri):
            raise refusals.not_compact(word)
        return iri

    def absolute(self, word: str, *, vocab: bool = False) -> str | None:
        """Return the absolute IRI (or blank node) that a word stands for, with terms if `vocab`; None if none."""
        if vocab and (term := self.known.get(word)) is not None:
            return None if term.iri in KEYWORDS else term.iri
        prefix, colon, rest = word.partition(":")
        if colon and prefix and prefix != "_" and rest[:2] != "//":
            term = self.known.get(prefix)
            if term is not None and term.prefix:
                word = term.iri + rest
        elif vocab and self.vocab and not colon and word[:1] != "@":
            word = self.vocab + word
        return word if iris.absolute(word) or word.startswith("_:") else None


class _Definitions:
    """Creates the term definitions of one table in a new scope, each after those that it is made of."""

    def __init__(self, scope: Scope, table: Table, override: bool) -> None:
        self.scope = scope
        self.table = table
        self.override = override
        self.done: set[str] = set()
        self.begun: set[str] = set()

    def all(self) -> None:
        for word in self.table.terms:
            self.define(word)

    def define(self, word: str) -> None:
        if word in self.done:
            return
        if word in self.begun:
            raise Unreadable(_("The context defines “%(term)s” by itself.") % {"term": word}, "wrong-context")
        self.begun.add(word)
        entry = self.table.terms[word]
        before = self.scope.known.pop(word, None)
        coercion = entry.coercion if entry.coercion[:1] in ("", "@") else self.expand(entry.coercion)
        made = Term(entry, self.expand(entry.iri), coercion)
        if before is not None and before.entry.protected and not self.override:
            if not made.same(before):
                raise refusals.protected_term(word)
            made = before
        self.scope.known[word] = made
        self.done.add(word)

    def expand(self, text: str) -> str:
        if text in KEYWORDS:
            return text
        if text in self.table.terms:
            self.define(text)
        prefix, colon, rest = text.partition(":")
        if colon and rest[:2] != "//" and prefix in self.table.terms:
            self.define(prefix)
        iri = self.scope.absolute(text, vocab=True)
        if iri is None:
            term = self.scope.known.get(text)
            if term is not None:
                return term.iri
            raise Unreadable(_("“%(iri)s” in a context is no address.") % {"iri": text}, "wrong-context")
        return iri


def initial(closed: Closed) -> Scope:
    """Return the scope in which nothing is defined yet."""
    if closed.top is None:
        closed.top = Scope(closed, {}, "")
    found: Scope = closed.top
    return found


def scope_of(closed: Closed, contexts: tuple[str, ...]) -> Scope:
    """Return the scope at the top of a document with this list of contexts.

    Raises Unreadable, with the reason unknown-context or protected-term.
    """
    return initial(closed).under(contexts)
