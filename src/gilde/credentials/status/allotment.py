"""Where an award stands in a list: places that look drawn at random and never collide, without a look at what is taken.

A list whose places are given out in order tells when each award was made and how many there are. So the n-th award of a
list stands at the n-th element of a secret permutation of its places: a Feistel network keyed by BLAKE2b, as
format-preserving encryption does it (NIST SP 800-38G), over pairs of numbers below the square root of the size.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Container
from dataclasses import dataclass

from django.utils.translation import gettext as _

from gilde.core.errors import Invalid

_ROUNDS = 10  # as many as FF1 has


@dataclass(frozen=True)
class Allotment:
    """The places of a list of `size` entries in a secret order; `secret` has 16 bytes or more and is kept encrypted."""

    secret: bytes
    size: int

    def __post_init__(self) -> None:
        if len(self.secret) < 16 or self.size < 1:
            raise ValueError("A secret of 16 bytes and a size of 1 are the least.")

    def index(self, number: int) -> int:
        """Return the place of the award with this number, counted from 0; each number below the size has its own.

        Raises Invalid when the list is full, that is: the number is not below the size.
        """
        if not 0 <= number < self.size:
            raise full(self.size)
        side = math.isqrt(self.size - 1) + 1
        key = hashlib.sha256(self.secret).digest()
        place = self._turned(number, side, key)
        while place >= self.size:  # few: less than 2 × side of side² pairs are beyond the size
            place = self._turned(place, side, key)
        return place

    def _turned(self, number: int, side: int, key: bytes) -> int:
        left, right = divmod(number, side)
        for turn in range(_ROUNDS):
            told = b"%d,%d,%d" % (self.size, turn, right)
            drawn = int.from_bytes(hashlib.blake2b(told, key=key, digest_size=16).digest(), "big")
            left, right = right, (left + drawn) % side
        return left * side + right


def free(taken: Container[int], size: int, below: Callable[[int], int]) -> int:
    """Return a place that is not taken, each free one equally likely; `below(n)` draws a number from 0 to n - 1.

    For small lists and those that others began, `secrets.randbelow` draws. Raises Invalid when the list is full.
    """
    for _attempt in range(64):
        if (place := below(size)) not in taken:
            return place
    left = [place for place in range(size) if place not in taken]
    if not left:
        raise full(size)
    return left[below(len(left))]


def full(size: int) -> Invalid:
    """Return the error of a list without a free place."""
    return Invalid(
        _("All %(size)s places of the status list are taken; begin a new list for the awards to come.")
        % {"size": size}
    )
