"""What every format is read into: a message of figures, as columns, in pieces that fit into memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import pyarrow as pa

# The columns of a batch beside the dimensions. Dimensions never begin with an underscore.
ROW: Final = "_row"  # int64: the row (of CSV and TSV, the heading is row 1) or the number of the observation
PERIOD: Final = (
    "_period"  # string: as the message writes it, brought to "2024", "2024-Q1", "2024-03", "2024-2025"
)
VALUE: Final = "_value"  # double: null when missing or not readable
TEXT: Final = "_text"  # string: null, or what stands where a number should be and is none, such as "75,4"
FLAGS: Final = "_flags"  # string: letters as `Observation.flags`, sorted, ":" when missing
NUMERATOR: Final = "_numerator"  # double, optional column
DENOMINATOR: Final = "_denominator"  # double, optional column


@dataclass(frozen=True)
class Message:
    """A message with its figures still to be read.

    `dimensions` are the codes of the dimensions in small letters, without time, in the order of the message; each is
    a string column of every batch (dictionary-encoded or plain). `names` gives the names of categories where the
    message carries them, in one language. `attributes` holds what is said once for the whole message, such as a unit.
    `notes` are what the provider says with the figures, in sentences. `batches()` reads from the beginning each time
    it is called, and raises Unreadable with the row where the message stops making sense.
    """

    format: str
    dimensions: tuple[str, ...]
    batches: Callable[[], Iterator[pa.RecordBatch]]
    dataflow: str = ""
    title: str = ""
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    prepared: datetime | None = None
    notes: tuple[str, ...] = ()
