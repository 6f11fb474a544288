"""RDFC-1.0 as the specification words it (section 4), step by step and slowly: what ours is held against.

pyoxigraph 0.5 counts a blank node that is related twice in one way once, where the specification and the libraries of
Digital Bazaar count it twice; so it serves only where all facts are in one graph.
"""

from __future__ import annotations

import hashlib
from itertools import permutations

Quad = tuple[str, str, str, str]  # subject, predicate, object, graph; the last is empty for the default graph


class Issuer:
    """4.5: gives identifiers in the order of asking."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.issued: dict[str, str] = {}

    def issue(self, node: str) -> str:
        return self.issued.setdefault(node, f"{self.prefix}{len(self.issued)}")

    def copy(self) -> Issuer:
        made = Issuer(self.prefix)
        made.issued = dict(self.issued)
        return made


def canonical(quads: list[Quad]) -> set[str]:
    """Return the canonical lines; where the algorithm does not decide, the order of the quads does."""
    return _State(list(dict.fromkeys(quads))).lines()


class _State:
    def __init__(self, quads: list[Quad]) -> None:
        self.quads = quads
        self.about: dict[str, list[Quad]] = {}
        self.canonical = Issuer("c14n")
        for quad in quads:
            for node in dict.fromkeys((quad[0], quad[2], quad[3])):
                if node.startswith("_:"):
                    self.about.setdefault(node, []).append(quad)

    def lines(self) -> set[str]:
        alike: dict[str, list[str]] = {}
        for node in self.about:
            alike.setdefault(self.first_degree(node), []).append(node)
        for hashed in sorted(alike):
            if len(alike[hashed]) == 1:
                self.canonical.issue(alike.pop(hashed)[0])
        for hashed in sorted(alike):
            paths = []
            for node in alike[hashed]:
                if node not in self.canonical.issued:
                    issuer = Issuer("b")
                    issuer.issue(node)
                    paths.append(self.n_degree(node, issuer))
            for _hash, issuer in sorted(paths, key=lambda path: path[0]):
                for node in issuer.issued:
                    self.canonical.issue(node)
        return {
            _line(quad, {node: f"_:{name}" for node, name in self.canonical.issued.items()})
            for quad in self.quads
        }

    def first_degree(self, node: str) -> str:
        names = dict.fromkeys(self.about, "_:z") | {node: "_:a"}
        return _hash("".join(sorted(_line(quad, names) for quad in self.about[node])))

    def related(self, node: str, quad: Quad, issuer: Issuer, position: str) -> str:
        told = position if position == "g" else position + quad[1]
        if node in self.canonical.issued:
            return _hash(f"{told}_:{self.canonical.issued[node]}")
        if node in issuer.issued:
            return _hash(f"{told}_:{issuer.issued[node]}")
        return _hash(told + self.first_degree(node))

    def n_degree(self, node: str, issuer: Issuer) -> tuple[str, Issuer]:
        beside: dict[str, list[str]] = {}
        for quad in self.about[node]:
            for other, position in ((quad[0], "s"), (quad[2], "o"), (quad[3], "g")):
                if other.startswith("_:") and other != node:
                    beside.setdefault(self.related(other, quad, issuer, position), []).append(other)
        data = ""
        for hashed in sorted(beside):
            chosen, chosen_issuer = "", issuer
            for order in permutations(beside[hashed]):
                path, copy = self.path(order, issuer.copy())
                if not chosen or path < chosen:
                    chosen, chosen_issuer = path, copy
            data += hashed + chosen
            issuer = chosen_issuer
        return _hash(data), issuer

    def path(self, order: tuple[str, ...], issuer: Issuer) -> tuple[str, Issuer]:
        path, recursion = "", []
        for other in order:
            if other in self.canonical.issued:
                path += f"_:{self.canonical.issued[other]}"
                continue
            if other not in issuer.issued:
                recursion.append(other)
            path += f"_:{issuer.issue(other)}"
        for other in recursion:
            hashed, given = self.n_degree(other, issuer)
            path += f"_:{issuer.issue(other)}<{hashed}>"
            issuer = given
        return path, issuer


def _line(quad: Quad, names: dict[str, str]) -> str:
    return " ".join(names.get(part, part) for part in quad if part) + " .\n"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
