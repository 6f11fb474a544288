"""The closed contexts mean what the official ones mean, and can be told again as JSON-LD."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import pytest

from gilde.credentials.errors import Unreadable
from gilde.credentials.linked.scopes import Scope, initial, scope_of
from gilde.credentials.linked.tables import (
    CONFORMANCE,
    CREDENTIALS_V1,
    CREDENTIALS_V2,
    EUROPEAN,
    GILDE_CONTEXT,
    OPEN_BADGES,
    PUBLIC,
    Closed,
    NoNotation,
    Table,
    context_document,
    described,
    gilde_context,
    read_context,
    table_of,
)
from tests.reference import reference_file

OFFICIAL = {
    CREDENTIALS_V1: "credentials-v1.jsonld",
    CREDENTIALS_V2: "credentials-v2.jsonld",
    OPEN_BADGES: "open-badges-3.0.3.jsonld",
    EUROPEAN: "edc-ap-context.jsonld",
}


def meaning(scope: Scope, words: Iterable[str]) -> dict[str, Any]:
    """What these words mean in a scope, with what is brought along by those that bring a context, as plain values."""
    told: dict[str, Any] = {"@vocab": scope.vocab}
    for word in words:
        term = scope.known[word]
        within = term.entry.within
        inner = scope.brought(within, keep=True, override=True) if term.entry.scoped else None
        told[word] = (
            (term.iri, term.coercion, term.container, term.prefix, term.entry.protected, term.entry.scoped),
            None if inner is None or within is None else meaning(inner, within.terms),
        )
    return told


def compiled(*tables: Table) -> dict[str, Any]:
    scope = initial(Closed(()))
    for table in tables:
        scope = scope.brought(table, keep=True, override=False)
    return meaning(scope, scope.known)


@pytest.mark.parametrize(("url", "name"), OFFICIAL.items(), ids=OFFICIAL.values())
def test_a_table_means_what_the_official_context_means(url: str, name: str) -> None:
    official = json.loads(reference_file(f"contexts/{name}").read_text())["@context"]
    assert compiled(PUBLIC[url]) == compiled(read_context(official))
    assert list(PUBLIC[url].terms) == [term for term in official if not term.startswith("@")]


@pytest.mark.parametrize("first", [CREDENTIALS_V1, CREDENTIALS_V2, EUROPEAN])
@pytest.mark.parametrize(("url", "name"), OFFICIAL.items(), ids=OFFICIAL.values())
def test_it_does_so_after_another_context_too(first: str, url: str, name: str) -> None:
    """What a context leaves to others, as Open Badges the prefix xsd, is read as they say."""
    official = read_context(json.loads(reference_file(f"contexts/{name}").read_text())["@context"])
    assert attempt(PUBLIC[first], PUBLIC[url]) == attempt(PUBLIC[first], official)


def attempt(*tables: Table) -> dict[str, Any] | str:
    """What the tables mean together, or why they do not stand together."""
    try:
        return compiled(*tables)
    except Unreadable as error:
        return error.reason


@pytest.mark.parametrize("url", CONFORMANCE.urls)
def test_a_table_told_as_json_ld_is_the_same_table(url: str) -> None:
    told = context_document(url)["@context"]
    assert compiled(read_context(json.loads(json.dumps(told)))) == compiled(CONFORMANCE[url])


def test_every_table_has_its_source_and_its_day_and_no_other_file_lies_there() -> None:
    told = list(described())
    assert {url for url, _source, _day in told} == set(CONFORMANCE.urls)
    assert all(source and date.fromisoformat(day) for _url, source, day in told)


def test_production_reads_only_public_contexts() -> None:
    assert set(PUBLIC.urls) == {CREDENTIALS_V2, CREDENTIALS_V1, OPEN_BADGES, EUROPEAN, GILDE_CONTEXT}
    assert not PUBLIC.inline
    with pytest.raises(Unreadable) as told:
        scope_of(PUBLIC, ("https://www.w3.org/ns/credentials/examples/v2",))
    assert told.value.reason == "unknown-context"


def _names(context: dict[str, Any]) -> Iterator[str]:
    for word, told in context.items():
        if not word.startswith("@"):
            yield word
            if isinstance(told, dict):
                yield from _names(told.get("@context") or {})


@pytest.mark.parametrize("url", [CREDENTIALS_V1, CREDENTIALS_V2, OPEN_BADGES, EUROPEAN])
def test_our_words_are_in_no_other_context_so_that_ours_stands_beside_each(url: str) -> None:
    ours = set(_names(gilde_context()["@context"])) - {"id", "type"}
    assert not ours & set(_names(context_document(url)["@context"]))
    assert scope_of(PUBLIC, (url, GILDE_CONTEXT)).known.keys() >= ours


def test_our_context_protects_what_it_defines() -> None:
    assert gilde_context()["@context"]["@protected"] is True


@pytest.mark.parametrize(
    "context",
    [
        {"a": {"@reverse": "urn:a"}},
        {"a": {"@id": "urn:a", "@nest": "b"}},
        {"a": {"@id": "urn:a", "@container": ["@graph", "@id"]}},
        {"@import": "https://a.example"},
        {"@language": "en"},
        {"a": None},
    ],
)
def test_what_the_notation_cannot_say_is_not_taken_for_something_else(context: dict[str, Any]) -> None:
    with pytest.raises(NoNotation):
        read_context(context)


@pytest.mark.parametrize("line", ["", "urn:a in", "urn:a @id in set more", "urn:a  @id"])
def test_a_line_that_is_none_is_refused(line: str) -> None:
    with pytest.raises(NoNotation):
        table_of({"terms": {"a": line}})


def test_a_term_that_is_defined_by_itself_is_refused() -> None:
    with pytest.raises(Unreadable) as told:
        compiled(read_context({"a": "b:c", "b": "a:d"}))
    assert told.value.reason == "wrong-context"
