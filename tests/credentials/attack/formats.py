"""The formats that are attacked, and how many mutants of each the suite makes."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from tests.credentials.attack import documents, lists, papers, pictures, receipts, seals, selective, tokens
from tests.credentials.attack.world import Format

FULL: Final = 10_000
# What the suite makes, so that all together take a minute; a PDF takes sixty milliseconds, a receipt half of one.
SHARES: Final[Mapping[str, int]] = {
    "vc eddsa-jcs-2022": 1000,
    "vc eddsa-rdfc-2022": 1500,
    "vc ecdsa-jcs-2019": 1000,
    "vc ecdsa-rdfc-2019": 1000,
    "open badge": 800,
    "badge png": 600,
    "badge svg": 600,
    "vc-jwt": 1500,
    "sd-jwt": 2000,
    "sd-jwt with its holder": 2000,
    "edc": 600,
    "pdf": 150,
    "bitstring list": 800,
    "token list": 1500,
    "log receipt": FULL,
}


@cache
def formats() -> Sequence[Format]:
    """Return every format, with a genuine file of each."""
    modules = (documents, pictures, tokens, selective, seals, papers, lists, receipts)
    return [each for module in modules for each in module.formats()]


def named(name: str) -> Format:
    """Return the format of this name."""
    return next(each for each in formats() if each.name == name)


def share(name: str) -> int:
    """Return how many mutants of a format are made; GILDE_ATTACK=all asks for the whole campaign."""
    return FULL if os.environ.get("GILDE_ATTACK") == "all" else SHARES[name]
