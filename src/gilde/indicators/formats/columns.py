"""Columns of cells made into the columns of a message, a batch at a time and without a loop over rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from itertools import product
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from gilde.indicators.errors import Unreadable
from gilde.indicators.formats import cells
from gilde.indicators.formats.message import DENOMINATOR, FLAGS, NUMERATOR, PERIOD, ROW, TEXT, VALUE

CODES: Final = pa.dictionary(pa.int32(), pa.string())
BATCH: Final = 50_000
_GREATEST_MULTIPLIER = 30
_GREATEST_TABLE = 4096
_LONGEST = 200  # characters of words where a number should be


@dataclass
class Cells:
    """The columns of a piece of a message as they were read; each has as many cells as `rows`.

    `values` are words or, where the format has numbers, doubles that are null or NaN when missing. `statuses` and
    `confidentialities` are columns of flags; `multiplier` is a column of UNIT_MULT. A dictionary serves as column.
    """

    rows: NDArray[np.int64]
    dimensions: Mapping[str, pa.Array]
    periods: pa.Array
    values: pa.Array
    statuses: Sequence[pa.Array] = ()
    confidentialities: Sequence[pa.Array] = ()
    multiplier: pa.Array | None = None
    numerator: pa.Array | None = None
    denominator: pa.Array | None = None
    text: pa.Array | None = field(default=None)


def batch(name: str, read: Cells) -> pa.RecordBatch:
    """Return the columns of a message; raises Unreadable with the row and the name of the file."""
    values, text = _values(name, read)
    columns: list[tuple[str, pa.Array]] = [(ROW, pa.array(read.rows, pa.int64()))]
    columns += [(code, _printable(name, codes(column))) for code, column in read.dimensions.items()]
    columns.append((PERIOD, _mapped(_printable(name, codes(read.periods)), cells.period)))
    columns += [(VALUE, values), (TEXT, text), (FLAGS, _flags(name, read, values, text))]
    for column, words in ((NUMERATOR, read.numerator), (DENOMINATOR, read.denominator)):
        if words is not None:
            part, wrong = _numbers(words, None)
            if wrong.null_count < len(wrong):
                at = int(np.flatnonzero(wrong.is_valid().to_numpy(zero_copy_only=False))[0])
                raise Unreadable(
                    _(
                        "“%(name)s”, row %(row)d: “%(words)s” is no number that a numerator or denominator can be."
                    )
                    % {"name": name, "row": read.rows[at], "words": str(wrong[at])[:40]}
                )
            columns.append((column, part))
    return pa.RecordBatch.from_arrays(
        [array for _column, array in columns], names=[column for column, _array in columns]
    )


def codes(column: pa.Array) -> pa.DictionaryArray:
    """Return the column dictionary-encoded, with "" where there is nothing."""
    encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    if encoded.type != CODES:
        encoded = encoded.cast(CODES)
    if not encoded.null_count:
        return encoded
    return pc.fill_null(encoded.cast(pa.string()), "").dictionary_encode()


def _printable(name: str, column: pa.DictionaryArray) -> pa.DictionaryArray:
    if pc.any(pc.match_substring(column.dictionary, "\0")).as_py():
        raise Unreadable(
            _("“%(name)s” has zero bytes between its words. It was damaged; fetch it again.") % {"name": name}
        )
    return column


def repeated(word: str, times: int) -> pa.DictionaryArray:
    """Return a column in which every cell is the same."""
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(times, np.int32)), pa.array([word], pa.string()))


def placed(places: NDArray[Any], words: Sequence[str]) -> pa.DictionaryArray:
    """Return the column in which each cell is the word at a place of `words`."""
    return pa.DictionaryArray.from_arrays(
        pa.array(places.astype(np.int32, copy=False)), pa.array(words, pa.string())
    )


def _mapped(column: pa.DictionaryArray, change: Callable[[str], str]) -> pa.Array:
    """Return the column as words, each distinct one changed once."""
    changed = pa.array([change(word) for word in column.dictionary.to_pylist()], pa.string())
    return changed.take(column.indices)


def _values(name: str, read: Cells) -> tuple[pa.Array, pa.Array]:
    powers = None if read.multiplier is None else _powers(name, read)
    if not pa.types.is_floating(read.values.type):
        return _numbers(read.values, powers)
    numbers = read.values.to_numpy(zero_copy_only=False).astype(np.float64)
    if powers is not None:
        for at in np.flatnonzero(powers):
            if np.isfinite(numbers[at]):
                numbers[at] = float(Decimal(repr(float(numbers[at]))).scaleb(int(powers[at])))
    text = pa.nulls(len(numbers), pa.string()) if read.text is None else read.text
    return pa.array(numbers, pa.float64(), mask=~np.isfinite(numbers)), text


def _powers(name: str, read: Cells) -> NDArray[np.int64] | None:
    """Return the power of ten of each row, None where all are 1."""
    assert read.multiplier is not None
    column = codes(read.multiplier)
    powers = []
    for word in column.dictionary.to_pylist():
        told = cells.number(word) if word.strip() else 0.0
        if told is None or told != int(told) or abs(told) > _GREATEST_MULTIPLIER:
            raise Unreadable(
                _(
                    "“%(name)s”: the multiplier of a unit (UNIT_MULT) is “%(words)s”, which is no power of ten."
                )
                % {"name": name, "words": word[:40]}
            )
        powers.append(int(told))
    if not any(powers):
        return None
    taken: NDArray[np.int64] = np.array(powers, np.int64)[column.indices.to_numpy(zero_copy_only=False)]
    return taken


def _numbers(words: pa.Array, powers: NDArray[np.int64] | None) -> tuple[pa.Array, pa.Array]:
    """Return the numbers, null where missing or none, and the words where there is no number but words."""
    if pa.types.is_dictionary(words.type):
        words = words.cast(pa.string())
    missing = pc.or_kleene(pc.is_in(words, _missing()), pc.is_null(words))
    plain = pc.if_else(missing, pa.scalar(None, pa.string()), words)
    # The power of ten is written behind the number, so that the decimal number is rounded once and rightly.
    for power in () if powers is None else np.unique(powers[powers != 0]):
        scaled = pc.binary_join_element_wise(plain, f"e{power}", "")
        plain = pc.if_else(pa.array(powers == power), scaled, plain)
    try:
        numbers = plain.cast(pa.float64())
        if numbers.null_count == len(numbers) or pc.all(pc.is_finite(numbers)).as_py():
            return numbers, pa.nulls(len(words), pa.string())
    except pa.ArrowInvalid:
        pass
    return _numbers_one_by_one(words, powers)


def _numbers_one_by_one(words: pa.Array, powers: NDArray[np.int64] | None) -> tuple[pa.Array, pa.Array]:
    """Do as `_numbers`, for a batch in which some cell is no number."""
    numbers: list[float | None] = []
    text: list[str | None] = []
    for at, word in enumerate(words.to_pylist()):
        absent = word is None or cells.is_missing(word)
        value = None if absent else cells.number(word, 0 if powers is None else int(powers[at]))
        numbers.append(value)
        text.append(None if absent or value is not None else word.strip().replace("\0", "")[:_LONGEST])
    return pa.array(numbers, pa.float64()), pa.array(text, pa.string())


def _flags(name: str, read: Cells, values: pa.Array, text: pa.Array) -> pa.Array:
    """Return the flags, made once for each combination of statuses and told for every row by its number."""
    missing = (~values.is_valid().to_numpy(zero_copy_only=False)) & (
        ~text.is_valid().to_numpy(zero_copy_only=False)
    )
    told: list[list[tuple[str, str]]] = []
    place = missing.astype(np.int64)
    for column, confidential in [(c, False) for c in read.statuses] + [
        (c, True) for c in read.confidentialities
    ]:
        encoded = codes(column)
        indices = encoded.indices.to_numpy(zero_copy_only=False)
        meanings = _meanings(name, read, encoded, indices, confidential)
        place = place * len(meanings) + indices
        told.append(meanings)
    tables = [range(2), *[range(len(meanings)) for meanings in told]]
    if int(np.prod([len(table) for table in tables], dtype=np.float64)) <= _GREATEST_TABLE:
        combined = [_together(chosen, told) for chosen in product(*tables)]
        return pa.array(combined, pa.string()).take(pa.array(place))
    found, place = np.unique(place, return_inverse=True)
    combined = []
    for number in found.tolist():
        chosen: list[int] = []
        for meanings in reversed(told):
            number, at = divmod(number, len(meanings))
            chosen.insert(0, at)
        combined.append(_together((number, *chosen), told))
    return pa.array(combined, pa.string()).take(pa.array(place))


def _meanings(
    name: str, read: Cells, column: pa.DictionaryArray, indices: NDArray[Any], confidential: bool
) -> list[tuple[str, str]]:
    meanings = []
    for at, word in enumerate(column.dictionary.to_pylist()):
        try:
            meanings.append(cells.letters(word, confidential))
        except cells.UnknownStatus as error:
            rows = np.flatnonzero(indices == at)
            if not len(rows):  # a word of the dictionary that no row of this batch uses
                meanings.append(("", ""))
                continue
            raise Unreadable(
                _("“%(name)s”, row %(row)d: no list of codes knows the status “%(words)s” of a figure.")
                % {"name": name, "row": read.rows[rows[0]], "words": word[:40]}
            ) from error
    return meanings or [("", "")]


def _together(chosen: Sequence[int], told: Sequence[Sequence[tuple[str, str]]]) -> str:
    missing = chosen[0]
    flags = set("".join(meanings[at][missing] for at, meanings in zip(chosen[1:], told, strict=True)))
    return "".join(sorted(flags | {":"} if missing else flags))


@cache
def _missing() -> pa.Array:
    # Made with the first message, not at start-up: the first array of a process loads pandas.
    return pa.array(cells.MISSING_AS_WRITTEN, pa.string())
