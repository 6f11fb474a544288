"""The Merkle tree of the log: grows by appending, proves what is in it and that nothing was taken out.

RFC 9162, section 2.1 (the tree of RFC 6962 with SHA-256). What is kept is the hash of every complete subtree, by level
and index: an appended leaf adds two hashes on average, and any proof needs fewer than 2 × log2(size) of them, asked for
at once. So the database side is two methods and a table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Protocol

from django.utils.translation import gettext as _

from gilde.core.errors import Invalid

EMPTY = sha256(b"").digest()  # the root of no leaves
HASH = 32  # bytes

Place = tuple[int, int]  # level (0 are the leaves) and index on that level
_Span = tuple[int, int]  # leaves from, and up to without


class Nodes(Protocol):
    """Where the hashes of complete subtrees are kept. They are never changed."""

    def get(self, places: Iterable[Place]) -> Mapping[Place, bytes]:
        """Return the hashes of those of the places that there are."""

    def put(self, nodes: Mapping[Place, bytes]) -> None:
        """Keep hashes at places that were empty."""


@dataclass
class InMemory:
    """Nodes for a log that fits in memory, and for tests."""

    kept: dict[Place, bytes] = field(default_factory=dict)

    def get(self, places: Iterable[Place]) -> Mapping[Place, bytes]:
        return {place: self.kept[place] for place in places if place in self.kept}

    def put(self, nodes: Mapping[Place, bytes]) -> None:
        self.kept.update(nodes)


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf, which differs from that of any node by its first byte."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of what stands above two hashes."""
    return sha256(b"\x01" + left + right).digest()


@dataclass
class Tree:
    """A log of `size` leaves over its nodes. Roots and proofs are of any size that it ever had."""

    nodes: Nodes
    size: int = 0

    def append(self, leaves: Sequence[bytes]) -> None:
        """Add leaf hashes in their order. Two who append to the same size must be kept apart by the caller."""
        if any(len(leaf) != HASH for leaf in leaves):
            raise ValueError("A leaf hash has 32 bytes.")
        left = self._hashes(_cover((0, self.size))) if leaves else {}
        fresh: dict[Place, bytes] = {}
        row, first, level = list(leaves), self.size, 0
        while row:
            fresh.update(((level, index), found) for index, found in enumerate(row, first))
            if first % 2:
                first -= 1
                row.insert(0, left[level, first])
            row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row) - 1, 2)]
            first, level = first // 2, level + 1
        self.nodes.put(fresh)
        self.size += len(leaves)

    def root(self, size: int | None = None) -> bytes:
        """Return the root (MTH) of the first `size` leaves. Raises Invalid when the log has fewer."""
        size = self._at(size)
        return self._roots([(0, size)])[0] if size else EMPTY

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """Return the path (PATH) that proves a leaf to be among the first `size`. Raises Invalid when it is not."""
        size = self._at(size)
        if not 0 <= index < size:
            raise Invalid(
                _("The log had %(size)s entries then, so there is no proof for entry %(index)s among them.")
                % {"size": size, "index": index}
            )
        spans: list[_Span] = []
        begin, end = 0, size
        while end - begin > 1:
            middle = begin + _split(end - begin)
            if index < middle:
                spans.append((middle, end))
                end = middle
            else:
                spans.append((begin, middle))
                begin = middle
        return self._roots(reversed(spans))

    def consistency(self, first: int, second: int | None = None) -> list[bytes]:
        """Return the proof (PROOF) that the first `first` leaves are the beginning of the first `second`.

        Raises Invalid unless 1 ≤ first ≤ second ≤ size.
        """
        second = self._at(second)
        if not 1 <= first <= second:
            raise Invalid(
                _(
                    "A log of %(first)s entries cannot be shown to be the beginning of one of %(second)s; "
                    "ask for two sizes of which the first is smaller, and not 0."
                )
                % {"first": first, "second": second}
            )
        spans: list[_Span] = []
        begin, end, whole = 0, second, True
        while end != first:
            middle = begin + _split(end - begin)
            if first <= middle:
                spans.append((middle, end))
                end = middle
            else:
                spans.append((begin, middle))
                begin, whole = middle, False
        if not whole:
            spans.append((begin, end))
        return self._roots(reversed(spans))

    def _at(self, size: int | None) -> int:
        if size is None:
            return self.size
        if not 0 <= size <= self.size:
            raise Invalid(
                _("The log has %(has)s entries and never had %(asked)s; ask for a size that it had.")
                % {"has": self.size, "asked": size}
            )
        return size

    def _roots(self, spans: Iterable[_Span]) -> list[bytes]:
        covers = [_cover(span) for span in spans]
        found = self._hashes([place for cover in covers for place in cover])
        roots = []
        for cover in covers:
            root = found[cover[-1]]
            for place in cover[-2::-1]:
                root = node_hash(found[place], root)
            roots.append(root)
        return roots

    def _hashes(self, places: Sequence[Place]) -> Mapping[Place, bytes]:
        found = self.nodes.get(places) if places else {}
        for place in places:
            if place not in found:
                raise Invalid(
                    _(
                        "The log lacks the hash %(index)s of level %(level)s, which it once had; "
                        "restore the database from a copy."
                    )
                    % {"level": place[0], "index": place[1]}
                )
        return found


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Return whether the path leads from a leaf hash to the root of `size` leaves (RFC 9162, section 2.1.3.2)."""
    if not 0 <= index < size or any(len(each) != HASH for each in (leaf, root, *path)):
        return False
    node, last, told = index, size - 1, leaf
    for each in path:
        if last == 0:
            return False
        if node & 1 or node == last:
            told = node_hash(each, told)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            told = node_hash(told, each)
        node, last = node >> 1, last >> 1
    return last == 0 and told == root


def verify_consistency(
    first: int, second: int, path: Sequence[bytes], first_root: bytes, second_root: bytes
) -> bool:
    """Return whether the path shows the smaller tree to be the beginning of the larger (section 2.1.4.2)."""
    if not 1 <= first <= second or any(len(each) != HASH for each in (first_root, second_root, *path)):
        return False
    if first == second:
        return not path and first_root == second_root
    told = list(path)
    if not first & (first - 1):  # a power of two is a complete subtree, of which the root is known
        told.insert(0, first_root)
    if not told:
        return False
    node, last = first - 1, second - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    smaller = larger = told[0]
    for each in told[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            smaller, larger = node_hash(each, smaller), node_hash(each, larger)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            larger = node_hash(larger, each)
        node, last = node >> 1, last >> 1
    return last == 0 and smaller == first_root and larger == second_root


def _split(size: int) -> int:
    """Return the largest power of two below the size."""
    return 1 << (size - 1).bit_length() - 1


def _cover(span: _Span) -> list[Place]:
    """Return the complete subtrees of which the leaves are those of the span, from left to right.

    The spans of RFC 9162 begin where a subtree of their size does, so each subtree is smaller than the one before.
    """
    begin, end = span
    places = []
    while begin < end:
        level = (end - begin).bit_length() - 1
        places.append((level, begin >> level))
        begin += 1 << level
    return places
