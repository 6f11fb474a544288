"""What the European Learning Model says of one thing, between its forms: XML and RDF are both made of these.

A node has the class and the properties of the model by their local names ("Qualification", "title"); `elm_telling`
makes nodes of a qualification, `elm_reading` makes a qualification of nodes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from gilde.core.text import Text


@dataclass(frozen=True, slots=True)
class Literal:
    """A value: with a language when it is a text, with the local name of its XSD type when it has one."""

    value: str
    language: str = ""
    type: str = ""


@dataclass(eq=False, slots=True)
class Node:
    """A thing. `id` is its address, "" when it has none; a node that tells nothing is a reference to `id`."""

    kind: str = ""
    id: str = ""
    told: dict[str, list[Literal | Node]] = field(default_factory=dict)
    line: int | None = None
    used: set[str] = field(default_factory=set)  # the properties that a reader took

    def add(self, name: str, *values: Literal | Node | None) -> None:
        """Add values to a property, in order; None stands for nothing."""
        for value in values:
            if value is not None:
                self.told.setdefault(name, []).append(value)

    def take(self, name: str) -> list[Literal | Node]:
        """Return the values of a property and remember that they were read."""
        self.used.add(name)
        return self.told.get(name, [])

    def nodes(self, name: str) -> list[Node]:
        """Take the values that are things."""
        return [value for value in self.take(name) if isinstance(value, Node)]

    def literals(self, name: str) -> list[Literal]:
        """Take the values that are texts, numbers and the like."""
        return [value for value in self.take(name) if isinstance(value, Literal)]

    def text(self, name: str) -> Text:
        """Take a text in its languages; the first that is told counts as the source."""
        return as_text(self.literals(name))

    def word(self, name: str) -> str:
        """Take the first value as it is written, "" when there is none."""
        found = self.literals(name)
        return found[0].value if found else ""


def as_text(literals: Iterable[Literal]) -> Text:
    """Return the text in its languages; the first language counts as the source, its first words stay."""
    words: dict[str, str] = {}
    for each in literals:
        words.setdefault(each.language or "und", each.value)
    return Text(next(iter(words)), words) if words else Text()


def as_literals(text: Text) -> Iterator[Literal]:
    """Yield the text in its languages, the source first; languages without words are left out."""
    for language in sorted(text.words, key=lambda each: each != text.source):
        if text.words[language]:
            yield Literal(text.words[language], language)


def fingerprint(node: Node) -> int:
    """Return a number that is the same for two nodes that tell the same; of what has an address, only that counts."""
    told = []
    for name, values in node.told.items():
        told.append(name)
        for value in values:
            if isinstance(value, Literal):
                told += [value.value, value.language]
            else:
                told.append(value.id or str(fingerprint(value)))
    return hash((node.kind, node.id, *told))
