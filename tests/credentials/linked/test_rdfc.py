"""Blank nodes get the names that RDFC-1.0 gives them, and a graph made to take for ever is refused."""

from __future__ import annotations

import random
from itertools import combinations
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from gilde.credentials.errors import TooMuch
from gilde.credentials.linked import rdfc
from gilde.credentials.linked.expansion import END, Facts, Quad
from tests.credentials.linked import by_libraries, by_the_letter

P, Q = " <urn:p> ", " <urn:q> "


def canonical_lines(quads: list[Quad], **options: Any) -> list[str]:
    facts = Facts()
    for quad in quads:
        facts.say(*quad)
    return facts.lines + rdfc.canonical_lines(facts.own, facts.quads, **options)


@st.composite
def graphs(draw: DrawFn, *, named: bool = False) -> list[Quad]:
    """A small graph of blank nodes with few predicates, so that many of its nodes are alike.

    If `named`, some facts are in graphs that are named, by an address or a blank node.
    """
    nodes = [f"_:n{number}" for number in range(draw(st.integers(1, 6)))]
    node = st.sampled_from(nodes)
    objects = st.sampled_from([*nodes, *nodes, "<urn:o>", '"text"', '"te\\"xt"@en'])
    subjects = st.sampled_from([*nodes, *nodes, "<urn:s>"])
    names = st.just(END)
    if named:
        names |= st.just(f" <urn:g>{END}") | node.map(lambda name: f" {name}{END}")
    quads = draw(
        st.lists(st.tuples(subjects, st.sampled_from([P, Q]), objects, names), min_size=1, max_size=9)
    )
    return [quad for quad in quads if "_:" in quad[0] + quad[2] + quad[3]]


@st.composite
def symmetrical(draw: DrawFn) -> list[Quad]:
    """Copies of one small graph, cycles and complete graphs: all nodes alike."""
    size = draw(st.integers(2, 5))
    copies = draw(st.integers(1, 3))
    shape = draw(st.sampled_from(["cycle", "complete", "chain", "star"]))
    pairs = {
        "cycle": [(number, (number + 1) % size) for number in range(size)],
        "complete": [(one, other) for one, other in combinations(range(min(size, 4)), 2)]
        + [(other, one) for one, other in combinations(range(min(size, 4)), 2)],
        "chain": [(number, number + 1) for number in range(size)],
        "star": [(0, number) for number in range(1, size)],
    }[shape]
    return [
        (f"_:{copy}x{one}", P, f"_:{copy}x{other}", END) for copy in range(copies) for one, other in pairs
    ]


def by_pyoxigraph(quads: list[Quad], *, sha384: bool = False) -> set[str]:
    read = list(ox.parse("".join("".join(quad) for quad in quads), format=ox.RdfFormat.N_QUADS))
    return by_libraries.canonical(read, sha384=sha384)


@given(graphs(named=True), st.randoms(use_true_random=False))
def test_the_names_are_those_of_the_specification(quads: list[Quad], chance: random.Random) -> None:
    """In named graphs the algorithm leaves some choices to the order of the quads."""
    told = [
        (subject, predicate.strip(), object_, graph[1:-3]) for subject, predicate, object_, graph in quads
    ]
    allowed = []
    for _turn in range(20):
        allowed.append(by_the_letter.canonical(told))
        chance.shuffle(told)
    assert set(canonical_lines(quads)) in allowed


@given(graphs())
def test_the_names_are_those_of_another_implementation(quads: list[Quad]) -> None:
    lines = canonical_lines(quads)
    assert by_libraries.read("".join(lines).encode()) == by_pyoxigraph(quads)


@given(symmetrical())
def test_the_names_are_so_when_all_nodes_are_alike(quads: list[Quad]) -> None:
    lines = canonical_lines(quads)
    assert by_libraries.read("".join(lines).encode()) == by_pyoxigraph(quads)


@given(graphs())
def test_with_sha_384_too(quads: list[Quad]) -> None:
    lines = canonical_lines(quads, digest="sha384")
    assert by_libraries.read("".join(lines).encode()) == by_pyoxigraph(quads, sha384=True)


@given(graphs() | symmetrical(), st.randoms(use_true_random=False))
def test_other_labels_and_another_order_change_nothing(quads: list[Quad], chance: random.Random) -> None:
    labels = sorted(
        {part for quad in quads for part in (quad[0], quad[2], quad[3][1:-3]) if part[:2] == "_:"}
    )
    others = [f"_:other{number}" for number in range(len(labels))]
    chance.shuffle(others)
    new = dict(zip(labels, others, strict=True))
    turned = [
        (
            new.get(subject, subject),
            predicate,
            new.get(object_, object_),
            f" {new[graph[1:-3]]}{END}" if graph[1:-3] in new else graph,
        )
        for subject, predicate, object_, graph in quads
    ]
    chance.shuffle(turned)
    assert sorted(canonical_lines(turned)) == sorted(canonical_lines(quads))


def test_a_fact_that_is_told_twice_counts_once() -> None:
    quad = ("_:a", P, "_:b", END)
    assert sorted(canonical_lines([quad, quad])) == sorted(canonical_lines([quad]))


def complete(size: int) -> list[Quad]:
    return [
        (f"_:n{one}", P, f"_:n{other}", END) for one in range(size) for other in range(size) if one != other
    ]


def grid(width: int) -> list[Quad]:
    """A torus: every node like every other, with four neighbours."""
    return [
        (f"_:{row}x{column}", P, f"_:{(row + down) % width}x{(column + right) % width}", END)
        for row in range(width)
        for column in range(width)
        for down, right in ((0, 1), (1, 0))
    ]


@pytest.mark.parametrize(
    "quads", [complete(10), complete(60), grid(12)], ids=["clique-of-ten", "clique-of-sixty", "torus"]
)
def test_a_poisoned_graph_is_refused(quads: list[Quad]) -> None:
    with pytest.raises(TooMuch) as told:
        canonical_lines(quads)
    assert told.value.reason == "poisoned"


def test_the_work_is_bounded_by_what_is_allowed() -> None:
    with pytest.raises(TooMuch):
        canonical_lines(complete(4), most=10)
    assert len(canonical_lines(complete(4))) == 12


def test_twins_of_an_honest_document_are_named() -> None:
    """A hundred outcomes without an address that say the same are alike, and still there are a hundred."""
    quads = [("_:achievement", P, f"_:n{number}", END) for number in range(100)]
    quads += [(f"_:n{number}", Q, '"the same"', END) for number in range(100)]
    lines = canonical_lines([*quads, ("_:achievement", Q, '"Welder"', END)])
    assert len(set(lines)) == 201


def test_many_facts_of_twins_in_named_graphs_are_no_poison() -> None:
    """Two credentials in a presentation whose subjects have no address and say the same."""
    quads = [("<urn:presentation>", P, f"_:graph{number}", END) for number in range(2)]
    quads += [
        (f"_:subject{number}", f" <urn:p{fact}> ", '"same"', f" _:graph{number}{END}")
        for number in range(2)
        for fact in range(30)
    ]
    assert len(set(canonical_lines([*quads, ("_:graph0", Q, '"first"', END)]))) == 63


def test_thousands_of_twins_are_named() -> None:
    quads = [("_:hub", P, f"_:n{number}", END) for number in range(2000)]
    quads += [(f"_:n{number}", Q, f"_:m{number}", END) for number in range(2000)]
    assert len(set(canonical_lines(quads))) == 4000


def test_a_long_list_of_the_same_texts_is_named() -> None:
    quads = [(f"_:{side}{number}", P, f"_:{side}{number + 1}", END) for side in "ab" for number in range(50)]
    assert len(set(canonical_lines(quads))) == 100


def test_the_case_of_w3c_with_sha_384_comes_out_as_published() -> None:
    """rdf-canon test suite, rdfc10/test075: twelve nodes in two groups that look alike; these are its names."""
    beside = {0: "123", 1: "045", 2: "045", 3: "045", 4: "123", 5: "123"}
    pairs = [(one, int(other)) for one, others in beside.items() for other in others]
    pairs += [(6, 7), (6, 8), (6, 9), (7, 6), (7, 10), (7, 11), (8, 6), (8, 9), (8, 10)]
    pairs += [(9, 6), (9, 8), (9, 11), (10, 7), (10, 8), (10, 11), (11, 7), (11, 9), (11, 10)]
    quads = [(f"_:x{one * 5 % 12}", P, f"_:x{other * 5 % 12}", END) for one, other in pairs]
    # The published names were hashed with this predicate.
    quads = [(one, " <http://example.org/vocab#p> ", other, end) for one, _predicate, other, end in quads]
    expected = {f"_:c14n{one} <http://example.org/vocab#p> _:c14n{other} .\n" for one, other in pairs}
    assert set(canonical_lines(quads, digest="sha384")) == expected
