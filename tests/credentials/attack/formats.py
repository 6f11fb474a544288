"""The formats that are attacked, and how many mutants of each the suite makes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tests.credentials.attack import documents, lists, pictures, receipts, seals, tokens
from tests.credentials.attack.world import Format

FULL: Final = 10_000


def formats() -> Sequence[Format]:
    found = [documents, pictures, tokens, seals, lists, receipts]
    return [each for module in found for each in module.formats()]


def share(name: str) -> int:
    return FULL
