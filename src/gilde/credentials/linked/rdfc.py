"""The canonical form of facts with blank nodes: RDF Dataset Canonicalization (RDFC-1.0), bounded.

Blank nodes that the facts about them tell apart, as in nearly every credential, cost one hash each. The rest goes
through Hash N-Degree Quads (section 4.8), whose work grows with every symmetry; an honest document has few.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import permutations
from typing import Any, Final

from gilde.credentials.linked import refusals
from gilde.credentials.linked.expansion import END, Quad

MOST: Final = 30_000  # related blank nodes looked at, over all paths; a quarter of a second


def canonical_lines(
    own: Mapping[str, Iterable[str]], quads: Iterable[Quad], *, digest: str = "sha256", most: int = MOST
) -> list[str]:
    """Return the facts with blank nodes as lines of canonical N-Quads, in no order; `own` and `quads` as in Facts.

    Raises TooMuch when the blank nodes are so alike that telling them apart is more work than `most` steps.
    """
    naming = _Naming(own, quads, getattr(hashlib, digest), most)
    names = naming.names()
    lines = [names[node] + rest for node, each in naming.own.items() for rest in each]
    for subject, predicate, object_, graph in naming.quads:
        if graph[1] == "_":
            graph = f" {names[graph[1:-3]]}{END}"
        lines.append(names.get(subject, subject) + predicate + names.get(object_, object_) + graph)
    return lines


class _Issuer:
    """Gives names in the order of asking."""

    def __init__(self, prefix: str, names: dict[str, str] | None = None) -> None:
        self.prefix = prefix
        self.names = names or {}

    def copy(self) -> _Issuer:
        return _Issuer(self.prefix, dict(self.names))

    def issue(self, node: str) -> str:
        name = self.names.get(node)
        if name is None:
            name = self.names[node] = f"{self.prefix}{len(self.names)}"
        return name


def _orders(nodes: list[str]) -> Iterable[Sequence[str]]:
    """Yield the orders of the nodes, one of each: a node that is beside another several times is there as often.

    (Every fact in a named graph is one more way to its name, which would make as many factorial.)
    """
    if len(set(nodes)) == len(nodes):
        yield from permutations(nodes)
        return
    order, last = sorted(nodes), len(nodes) - 1
    while True:
        yield tuple(order)
        left = last - 1
        while left >= 0 and order[left] >= order[left + 1]:
            left -= 1
        if left < 0:
            return
        right = last
        while order[right] <= order[left]:
            right -= 1
        order[left], order[right] = order[right], order[left]
        order[left + 1 :] = reversed(order[left + 1 :])


class _Naming:
    def __init__(
        self,
        own: Mapping[str, Iterable[str]],
        quads: Iterable[Quad],
        digest: Callable[[bytes], Any],
        most: int,
    ) -> None:
        self.digest = digest
        self.most = most
        self.work = 0
        self.canonical = _Issuer("_:c14n")
        self.own = {node: sorted(set(each)) for node, each in own.items()}
        self.quads = list(dict.fromkeys(quads))
        self.links: dict[str, list[Quad]] = {}  # by each blank node in them
        for quad in self.quads:
            subject, _predicate, object_, graph = quad
            for node in {subject, object_, graph[1:-3]}:
                if node[:2] == "_:":
                    self.links.setdefault(node, []).append(quad)
        self.first = {node: self.first_degree(node) for node in {**self.own, **self.links}}

    def names(self) -> dict[str, str]:
        """Return the canonical name of each blank node (section 4.4.3)."""
        alike: dict[str, list[str]] = {}
        for node, hashed in self.first.items():
            alike.setdefault(hashed, []).append(node)
        ordered = sorted(alike)
        for hashed in ordered:
            if len(alike[hashed]) == 1:
                self.canonical.issue(alike[hashed][0])
        for hashed in ordered:
            nodes = alike[hashed]
            if len(nodes) > 1:
                self.tell_apart(nodes)
        return self.canonical.names

    def tell_apart(self, nodes: list[str]) -> None:
        paths = []
        for node in nodes:
            if node not in self.canonical.names:
                issuer = _Issuer("_:b")
                issuer.issue(node)
                try:
                    paths.append(self.n_degree(node, issuer))
                except RecursionError as error:
                    raise refusals.poisoned() from error
        for _hashed, issuer in sorted(paths, key=lambda path: path[0]):
            for node in issuer.names:
                self.canonical.issue(node)

    def hash(self, text: str) -> str:
        return str(self.digest(text.encode()).hexdigest())

    def first_degree(self, node: str) -> str:
        """Return the hash of what is said about a blank node alone (section 4.6.3)."""
        lines = []
        for subject, predicate, object_, graph in self.links.get(node, ()):
            if subject[0] == "_":
                subject = "_:a" if subject == node else "_:z"
            if object_[0] == "_":
                object_ = "_:a" if object_ == node else "_:z"
            if graph[1] == "_":
                graph = " _:a .\n" if graph[1:-3] == node else " _:z .\n"
            lines.append(subject + predicate + object_ + graph)
        lines += ["_:a" + rest for rest in self.own.get(node, ())]
        lines.sort()
        return self.hash("".join(lines))

    def related(self, node: str, issuer: _Issuer) -> dict[str, list[str]]:
        """Return the blank nodes beside one, by hash of how they are related to it (sections 4.7.3 and 4.8.3)."""
        found: dict[str, list[str]] = {}
        links = self.links.get(node, ())
        self.spend(len(links))
        for subject, predicate, object_, graph in links:
            for other, position in ((subject, "s"), (object_, "o"), (graph[1:-3], "g")):
                if other[:2] != "_:" or other == node:
                    continue
                name = self.canonical.names.get(other) or issuer.names.get(other) or self.first[other]
                said = position + name if position == "g" else position + predicate.strip(" ") + name
                found.setdefault(self.hash(said), []).append(other)
        return found

    def n_degree(self, node: str, issuer: _Issuer) -> tuple[str, _Issuer]:
        """Return the hash of a blank node by all paths from it, and the names given on the way (section 4.8.3)."""
        told: list[str] = []
        known = self.canonical.names
        for hashed, others in sorted(self.related(node, issuer).items()):
            chosen, chosen_issuer = "", issuer
            for order in _orders(others):
                self.spend(len(order) + len(issuer.names) // 64)
                copy, path, unnamed = issuer.copy(), [], []
                for other in order:
                    if other in known:
                        path.append(known[other])
                        continue
                    if other not in copy.names:
                        unnamed.append(other)
                    path.append(copy.issue(other))
                whole = "".join(path)
                if chosen and whole[: len(chosen)] > chosen:
                    continue
                for other in unnamed:
                    result, given = self.n_degree(other, copy)
                    whole += f"{copy.issue(other)}<{result}>"
                    copy = given
                    if chosen and whole[: len(chosen)] > chosen:
                        break
                else:
                    if not chosen or whole < chosen:
                        chosen, chosen_issuer = whole, copy
            told += (hashed, chosen)
            issuer = chosen_issuer
        return self.hash("".join(told)), issuer

    def spend(self, steps: int) -> None:
        self.work += steps
        if self.work > self.most:
            raise refusals.poisoned()
