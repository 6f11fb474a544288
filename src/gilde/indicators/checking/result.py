"""What a check tells."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gilde.indicators.incoming import Incoming
from gilde.indicators.models import Finding

Kind = Finding.Kind
SHOWN: Final = 200  # rows told one by one for each kind of fault; the rest is counted
# The kinds of fault that a row can have, by number; 0 is none.
FAULTS: Final = (
    "",
    Kind.UNREADABLE,
    Kind.DECIMAL_COMMA,
    Kind.IMPOSSIBLE,
    Kind.MIXED_UNITS,
    Kind.CHANGED_CODES,
    Kind.DUPLICATE,
    Kind.UNKNOWN_AREA,
    Kind.PERIOD,
)
NUMBER: Final = {kind: number for number, kind in enumerate(FAULTS)}


@dataclass(frozen=True)
class Found:
    """Something that a person has to look at: about a row, about `count` rows, or about the `whole` load."""

    kind: str
    sentence: str
    row: int | None = None
    area: str = ""
    key: str = ""
    period: str = ""
    value: str = ""
    count: int = 1
    whole: bool = False


@dataclass
class Checked:
    """What a message holds for an indicator. `fault` has a number for each row of `incoming`, 0 when it is sound.

    Rows whose area or period nobody knows are told in `found` and stand in neither. `new_categories` are those that
    the indicator does not have yet, by dimension, with their names.
    """

    incoming: Incoming
    fault: NDArray[np.int8]
    found: list[Found]
    rows: int
    left_aside: int
    new_categories: dict[str, dict[str, str]] = field(default_factory=dict)

    def sound(self, take: frozenset[str] = frozenset()) -> NDArray[np.bool_]:
        """Return which rows may be published: the sound ones, and those with a fault of a kind that is taken."""
        kept: NDArray[np.bool_] = self.fault == 0
        for kind in take & {Kind.IMPOSSIBLE, Kind.CHANGED_CODES}:
            kept |= self.fault == NUMBER[Kind(kind)]
        return kept
