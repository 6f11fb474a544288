"""The Merkle tree: the known trees of Certificate Transparency, RFC 9162 as written, and no proof of what is not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gilde.core.errors import Invalid
from gilde.credentials.log.tree import (
    EMPTY,
    InMemory,
    Place,
    Tree,
    leaf_hash,
    node_hash,
    verify_consistency,
    verify_inclusion,
)

# The eight leaves, and the roots of the trees of the first 0 to 8 of them, of the reference implementation.
LEAVES = [
    bytes.fromhex(each)
    for each in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSIONS = {
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
}
CONSISTENCIES = {
    (1, 1): [],
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
MOST = 300  # leaves of the trees that are looked at whole


def leaf(number: int) -> bytes:
    return leaf_hash(b"%d" % number)


@cache
def grown(size: int = MOST) -> Tree:
    tree = Tree(InMemory())
    tree.append([leaf(number) for number in range(size)])
    return tree


@cache
def root(begin: int, end: int) -> bytes:
    """MTH as RFC 9162, section 2.1.1, defines it, over leaves that are hashed already."""
    if end - begin == 1:
        return leaf(begin)
    middle = begin + (1 << (end - begin - 1).bit_length() - 1)
    return node_hash(root(begin, middle), root(middle, end))


def spoiled(hashes: list[bytes], at: int, bit: int = 0) -> list[bytes]:
    changed = bytearray(hashes[at])
    changed[bit // 8] ^= 1 << bit % 8
    return [*hashes[:at], bytes(changed), *hashes[at + 1 :]]


# Known trees


@pytest.fixture
def known() -> Tree:
    tree = Tree(InMemory())
    tree.append([leaf_hash(data) for data in LEAVES])
    return tree


@pytest.mark.parametrize("size", range(9))
def test_the_known_trees_have_the_known_roots(known: Tree, size: int) -> None:
    assert known.root(size).hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "size"), INCLUSIONS)
def test_the_known_paths_are_given_and_verify(known: Tree, index: int, size: int) -> None:
    path = known.inclusion(index, size)
    assert [each.hex() for each in path] == INCLUSIONS[index, size]
    assert verify_inclusion(leaf_hash(LEAVES[index]), index, size, path, bytes.fromhex(ROOTS[size]))


@pytest.mark.parametrize(("first", "second"), CONSISTENCIES)
def test_the_known_consistency_proofs_are_given_and_verify(known: Tree, first: int, second: int) -> None:
    path = known.consistency(first, second)
    assert [each.hex() for each in path] == CONSISTENCIES[first, second]
    roots = bytes.fromhex(ROOTS[first]), bytes.fromhex(ROOTS[second])
    assert verify_consistency(first, second, path, *roots)


def test_a_leaf_can_never_be_taken_for_a_node() -> None:
    left, right = leaf(1), leaf(2)
    assert leaf_hash(left + right) != node_hash(left, right)


# Growing


@given(parts=st.lists(st.integers(0, 40), max_size=8))
def test_a_log_that_grew_in_parts_is_the_log_that_grew_at_once(parts: list[int]) -> None:
    tree = Tree(InMemory())
    for part in parts:
        tree.append([leaf(number) for number in range(tree.size, tree.size + part)])
    assert tree.size == sum(parts)
    assert tree.root() == (root(0, tree.size) if tree.size else EMPTY)
    whole = grown(320)
    assert isinstance(tree.nodes, InMemory)
    assert isinstance(whole.nodes, InMemory)
    assert tree.nodes.kept.items() <= whole.nodes.kept.items()


def test_each_root_that_a_log_ever_had_can_be_had_again() -> None:
    assert all(grown().root(size) == root(0, size) for size in range(1, MOST + 1))


class Counted(InMemory):
    """Nodes that count what is asked and written."""

    asked = written = calls = 0

    def get(self, places: Iterable[Place]) -> Mapping[Place, bytes]:
        places = list(places)
        self.calls += 1
        self.asked += len(places)
        return super().get(places)

    def put(self, nodes: Mapping[Place, bytes]) -> None:
        assert not nodes.keys() & self.kept.keys(), "what is kept is never changed"
        self.written += len(nodes)
        super().put(nodes)


def test_an_append_asks_once_and_writes_few_hashes() -> None:
    nodes = Counted()
    tree = Tree(nodes)
    tree.append([leaf(number) for number in range(10_000)])
    nodes.calls = nodes.asked = nodes.written = 0
    tree.append([leaf(10_000)])
    assert (nodes.calls, nodes.written) == (1, 1)
    assert nodes.asked <= 14


def test_a_proof_asks_once_for_few_hashes() -> None:
    nodes = Counted()
    tree = Tree(nodes)
    tree.append([leaf(number) for number in range(10_000)])
    for work in (lambda: tree.inclusion(4321, 9_999), lambda: tree.consistency(777, 9_999)):
        nodes.calls = nodes.asked = 0
        work()
        assert nodes.calls == 1
        assert nodes.asked <= 28


def test_a_log_that_lost_a_hash_says_so() -> None:
    tree = Tree(InMemory())
    tree.append([leaf(number) for number in range(8)])
    assert isinstance(tree.nodes, InMemory)
    del tree.nodes.kept[2, 0]
    with pytest.raises(Invalid, match="lacks the hash 0 of level 2"):
        tree.inclusion(5)


def test_what_is_no_hash_is_not_appended() -> None:
    with pytest.raises(ValueError):
        Tree(InMemory()).append([b"short"])


# Inclusion


def test_every_leaf_of_every_size_is_shown_to_be_in_the_tree() -> None:
    tree = grown()
    for size in range(1, MOST + 1):
        for index in range(size):
            path = tree.inclusion(index, size)
            assert verify_inclusion(leaf(index), index, size, path, root(0, size))


@given(size=st.integers(1, 20_000), data=st.data())
def test_a_leaf_of_a_larger_tree_is_shown_to_be_in_it(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    path = grown(20_000).inclusion(index, size)
    assert len(path) <= 15
    assert verify_inclusion(leaf(index), index, size, path, grown(20_000).root(size))


@given(size=st.integers(1, MOST), data=st.data())
def test_whatever_is_changed_the_proof_fails(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    path, head = grown().inclusion(index, size), grown().root(size)
    bit = data.draw(st.integers(0, 255))
    other = data.draw(st.integers(-1, MOST + 5).filter(lambda number: number != index))
    assert not verify_inclusion(spoiled([leaf(index)], 0, bit)[0], index, size, path, head)
    assert not verify_inclusion(leaf(index), index, size, path, spoiled([head], 0, bit)[0])
    assert not verify_inclusion(leaf(index), other, size, path, head)
    assert not verify_inclusion(leaf(index), index, size, [*path, leaf(0)], head)
    assert not verify_inclusion(leaf(index), index, size, [leaf(0), *path], head)
    if path:
        at = data.draw(st.integers(0, len(path) - 1))
        assert not verify_inclusion(leaf(index), index, size, spoiled(path, at, bit), head)
        assert not verify_inclusion(leaf(index), index, size, path[:at] + path[at + 1 :], head)
        assert not verify_inclusion(
            leaf(index), index, size, [*path[:at], path[at][:31], *path[at + 1 :]], head
        )


@given(size=st.integers(1, MOST), data=st.data())
def test_a_proof_for_one_size_is_none_for_the_root_of_another(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, MOST).filter(lambda number: number != size))
    assert not verify_inclusion(
        leaf(index), index, other, grown().inclusion(index, size), grown().root(other)
    )


@pytest.mark.parametrize(("index", "size"), [(-1, 5), (5, 5), (0, 0), (0, MOST + 1), (0, -1)])
def test_there_is_no_proof_for_what_is_not_in_the_log(index: int, size: int) -> None:
    with pytest.raises(Invalid):
        grown().inclusion(index, size)
    assert not verify_inclusion(leaf(0), index, size, [], leaf(0))


# Consistency


def test_every_size_is_shown_to_be_the_beginning_of_every_later_one() -> None:
    tree = grown()
    for second in range(1, MOST + 1):
        for first in range(1, second + 1):
            path = tree.consistency(first, second)
            assert verify_consistency(first, second, path, root(0, first), root(0, second))


@given(second=st.integers(2, MOST), data=st.data())
def test_whatever_is_changed_the_consistency_proof_fails(second: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(1, second - 1))
    tree = grown()
    path, roots = tree.consistency(first, second), (tree.root(first), tree.root(second))
    bit = data.draw(st.integers(0, 255))
    at = data.draw(st.integers(0, len(path) - 1))
    assert not verify_consistency(first, second, spoiled(path, at, bit), *roots)
    assert not verify_consistency(first, second, path[:at] + path[at + 1 :], *roots)
    assert not verify_consistency(first, second, [*path, leaf(0)], *roots)
    assert not verify_consistency(first, second, path, spoiled([roots[0]], 0, bit)[0], roots[1])
    assert not verify_consistency(first, second, path, roots[0], spoiled([roots[1]], 0, bit)[0])
    assert not verify_consistency(second, first, path, *roots)


@given(second=st.integers(2, MOST), data=st.data())
def test_a_log_that_took_something_out_cannot_prove_otherwise(second: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(1, second - 1))
    without = data.draw(st.integers(0, first - 1))
    forged = Tree(InMemory())
    forged.append([leaf(number) for number in range(second + 1) if number != without])
    path = forged.consistency(first, second)
    assert not verify_consistency(first, second, path, grown().root(first), forged.root(second))


@pytest.mark.parametrize(("first", "second"), [(0, 5), (6, 5), (-1, 5), (5, MOST + 1)])
def test_there_is_no_consistency_of_sizes_that_are_none(first: int, second: int) -> None:
    with pytest.raises(Invalid):
        grown().consistency(first, second)
    assert not verify_consistency(first, second, [], EMPTY, EMPTY)


def test_the_same_size_is_consistent_without_a_path_and_only_with_the_same_root() -> None:
    assert grown().consistency(7, 7) == []
    assert verify_consistency(7, 7, [], leaf(1), leaf(1))
    assert not verify_consistency(7, 7, [], leaf(1), leaf(2))
    assert not verify_consistency(7, 7, [leaf(1)], leaf(1), leaf(1))
