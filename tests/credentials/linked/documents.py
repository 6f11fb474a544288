"""Strategies for documents over the closed contexts: of any shape that these allow, sound and unsound."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from gilde.credentials.errors import Unreadable
from gilde.credentials.linked.scopes import Kind, Scope, Term, scope_of
from gilde.credentials.linked.tables import (
    CONFORMANCE,
    CREDENTIALS_V1,
    CREDENTIALS_V2,
    EUROPEAN,
    GILDE_CONTEXT,
    OPEN_BADGES,
)

LISTS = (
    (CREDENTIALS_V2,),
    (CREDENTIALS_V2, OPEN_BADGES),
    (CREDENTIALS_V2, OPEN_BADGES, GILDE_CONTEXT),
    (CREDENTIALS_V2, GILDE_CONTEXT),
    (CREDENTIALS_V1,),
    (CREDENTIALS_V1, EUROPEAN),
    (CREDENTIALS_V1, EUROPEAN, GILDE_CONTEXT),
    (CREDENTIALS_V2, "https://w3id.org/citizenship/v4rc1"),
    (CREDENTIALS_V2, "https://www.w3.org/ns/credentials/examples/v2"),
    (CREDENTIALS_V1, "https://w3id.org/security/data-integrity/v2"),
    ("https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"),
)
TEXTS = st.text(max_size=12) | st.sampled_from(['say "it"', "a\\b", "é\n", "\x00\x7f\ufffe", "Ⅷ 𝄞", ""])
ADDRESSES = st.sampled_from(
    [
        "did:key:z6Mk",
        "urn:uuid:1",
        "https://a.example/b?c#d",
        "https://a.example/é",
        "_:x",
        "_:y",
        "elm:Note",
        "mailto:a@b",
    ]
)
LANGUAGES = st.sampled_from(["en", "nl", "nl-BE", "@none"])
NUMBERS = (
    st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False, width=64).filter(lambda number: abs(number) < 1e20)
)
SPOKEN = st.fixed_dictionaries(
    {"@value": TEXTS, "@language": st.sampled_from(["en", "ar-EG"])}, optional={"@direction": st.just("rtl")}
)
TYPED = st.fixed_dictionaries({"@value": TEXTS, "@type": st.just("https://a.example/type")})
JSON = st.recursive(
    st.none() | NUMBERS | TEXTS, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=4
)
UNSOUND = st.sampled_from(
    [
        ("notDefined", "x"),
        ("type", "NotDefined"),
        ("id", "relative"),
        ("id", 7),
        ("id", "https://a b"),
        ("notDefined", {"id": "urn:x:1"}),
        ("type", ["VerifiableCredential", "Unknown"]),
        ("https://a.example/own", "an address is defined by itself"),
        ("name", [["nested"]]),
        ("name", {"@value": "x", "@type": "relative"}),
        ("name", {"@value": "x", "url": "urn:x:2"}),
        ("name", {"@list": ["x", "y"]}),
        ("name", {"@set": ["x"]}),
        ("proof", {"id": "urn:x:5", "https://a.example/p": True}),
        ("@context", "https://unknown.example/v1"),
        ("@context", [CREDENTIALS_V2, OPEN_BADGES]),
    ]
)


@st.composite
def documents(draw: DrawFn, *, sound: bool = False) -> dict[str, Any]:
    """A document over one of the lists of contexts; unless `sound`, now and then with something wrong or rare in it."""
    contexts = draw(st.sampled_from(LISTS))
    told = draw(nodes(scope_of(CONFORMANCE, contexts), 4, sound=sound))
    return {**told, "@context": draw(st.just(list(contexts)) if len(contexts) > 1 else st.just(contexts[0]))}


@st.composite
def nodes(draw: DrawFn, scope: Scope, depth: int, *, sound: bool) -> dict[str, Any]:
    """An object in a scope."""
    told: dict[str, Any] = {}
    types = [word for word, term in scope.known.items() if word[0].isupper() and term.iri[0] != "@"]
    chosen = draw(st.lists(st.sampled_from(types), max_size=2)) if types else []
    if chosen and "type" in scope.kinds:
        told["type"] = chosen[0] if len(chosen) == 1 and draw(st.booleans()) else chosen
        try:
            scope, _iris = scope.typed(tuple(chosen))
        except Unreadable:  # two types that give one word two meanings
            if sound:
                del told["type"]
    if "id" in scope.ids and draw(st.booleans()):
        told["id"] = draw(ADDRESSES)
    words = [
        word
        for word, term in scope.known.items()
        if word[0].islower() and term.kind not in (Kind.KEYWORD, Kind.RARE) and not term.prefix
    ]
    if words:
        for word in draw(st.lists(st.sampled_from(sorted(words)), max_size=4 if depth else 1, unique=True)):
            term = scope.term(word)
            assert term is not None
            told[word] = draw(values(word, term, depth, sound=sound))
    if not sound and draw(st.integers(0, 15)) == 0:
        key, value = draw(UNSOUND)
        told[key] = value
    return told


@st.composite
def values(draw: DrawFn, word: str, term: Term, depth: int, *, sound: bool) -> Any:
    """What can stand behind a term."""
    if term.kind is Kind.JSON:
        return draw(JSON)
    one = _one(word, term, depth, sound=sound)
    if term.kind is Kind.LANGUAGES and draw(st.booleans()):
        return draw(st.dictionaries(LANGUAGES, TEXTS | st.lists(TEXTS | st.none(), max_size=2), max_size=3))
    return draw(one | st.lists(one, max_size=3))


def _one(word: str, term: Term, depth: int, *, sound: bool) -> SearchStrategy[Any]:
    inside = st.deferred(lambda: nodes(term.begin(word), depth - 1, sound=sound))
    if term.kind is Kind.GRAPH:  # in which something has to be said
        if depth == 0:
            return st.just({"https://a.example/p": "said"})
        return inside.map(lambda told: {**told, "https://a.example/p": "said"})
    read = Kind.LITERAL if term.coerced is None else term.coerced.bare
    bare = {
        Kind.ADDRESS: ADDRESSES,
        Kind.WORD: st.sampled_from(["assertionMethod", "authentication", "urn:x:purpose"]),
    }.get(read, TEXTS)
    plain = st.one_of(bare, bare, NUMBERS, st.none(), SPOKEN, TYPED)
    if term.kind is Kind.LANGUAGES:
        plain = TEXTS | NUMBERS
        return plain
    return plain if depth == 0 else st.one_of(plain, inside, inside)
