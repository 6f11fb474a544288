"""A genuine document with a proof in it, as it is edited."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gilde.credentials.keys.kinds import KeyKind
from tests.credentials.attack import json_edits as edits
from tests.credentials.attack.expected import Expect, Mutant


@dataclass(frozen=True)
class Document:
    """A genuine document, and another; `graph` says that its suite signs what it means, and not how it is written."""

    value: dict[str, Any]
    other: dict[str, Any]
    suite: str
    wrap: Callable[[bytes], bytes] = bytes

    @property
    def graph(self) -> bool:
        return "rdfc" in self.suite

    @property
    def kind(self) -> KeyKind:
        return KeyKind.ED25519 if self.suite.startswith("eddsa") else KeyKind.P256

    @property
    def text(self) -> str:
        return edits.written(self.value, spaces=True).decode()

    def unsecured(self) -> dict[str, Any]:
        return {name: each for name, each in self.value.items() if name != "proof"}

    def mutant(self, family: str, made: edits.Edit | None, expect: Expect) -> Mutant | None:
        """Return the mutant of an edit of the value or the text; None where there was nothing to edit."""
        if made is None:
            return None
        what, told = made
        data = told.encode("utf-8", "surrogatepass") if isinstance(told, str) else edits.written(told)
        return Mutant(family, what, self.wrap(data), expect)
