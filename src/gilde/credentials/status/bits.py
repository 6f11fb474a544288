"""The bits of a status list: built, packed for publishing, and unpacked without trust (W3C Bitstring Status List v1.0).

Index 0 is the left-most bit; an entry of several bits has its greatest bit on the left.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import zlib
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from gilde.credentials.errors import TooMuch, Unreadable

FEWEST = 131_072  # entries in a list, so that one of them hides among the others (section 3.2)
LARGEST = 16 * 1024 * 1024  # bytes of a list when inflated: 134 million entries of one bit
WIDEST = 32  # bits an entry


class Problem(StrEnum):
    """The codes of the specification, section 3.5; the last two are those of the data model."""

    RETRIEVAL = "STATUS_RETRIEVAL_ERROR"
    VERIFICATION = "STATUS_VERIFICATION_ERROR"
    LENGTH = "STATUS_LIST_LENGTH_ERROR"
    RANGE = "RANGE_ERROR"
    MALFORMED = "MALFORMED_VALUE_ERROR"

    @property
    def url(self) -> str:
        """Return the type of an RFC 9457 problem document."""
        if self in (Problem.RANGE, Problem.MALFORMED):
            return f"https://www.w3.org/TR/vc-data-model#{self.value}"
        return f"https://www.w3.org/ns/credentials/status-list#{self.value}"


class BadStatus(Unreadable):
    """A status list or a reference to one breaks the specification; `reason` is the code of a `Problem`."""

    code = "bad-status"

    def __init__(self, sentence: str, problem: Problem) -> None:
        super().__init__(sentence, problem.value, type=problem.url)
        self.problem = problem


def build(entries: int, values: Iterable[int] | Mapping[int, int] = (), *, size: int = 1) -> bytes:
    """Return the bits of so many entries, at least 131,072 of them, all 0 but those given.

    `values` are the indices that are set, or value by index where an entry has several bits. Raises BadStatus for an
    index or a value that does not fit.
    """
    check_size(size)
    entries = max(entries, FEWEST)
    bits = bytearray((entries * size + 7) // 8)
    if size == 1 and not isinstance(values, Mapping):
        for index in values:
            if not 0 <= index < entries:
                raise _out_of_range(index, entries)
            bits[index >> 3] |= 0x80 >> (index & 7)
        return bytes(bits)
    given = values.items() if isinstance(values, Mapping) else ((index, 1) for index in values)
    for index, value in given:
        if not 0 <= index < entries:
            raise _out_of_range(index, entries)
        if not 0 <= value < 1 << size:
            raise BadStatus(
                _("The status %(value)s does not fit in %(size)s bits; make the entries of the list wider.")
                % {"value": value, "size": size},
                Problem.MALFORMED,
            )
        _write(bits, index * size, size, value)
    return bytes(bits)


def bit(bits: bytes, index: int) -> bool:
    """Return whether the bit is set; 0 is the left-most. Raises BadStatus when the list is shorter."""
    return bool(value(bits, index))


def value(bits: bytes, index: int, size: int = 1) -> int:
    """Return the value of an entry of `size` bits, the left-most the greatest. Raises BadStatus out of range."""
    check_size(size)
    entries = len(bits) * 8 // size
    if not 0 <= index < entries:
        raise _out_of_range(index, entries)
    first, last = index * size, index * size + size
    window = int.from_bytes(bits[first >> 3 : (last + 7) >> 3], "big")
    return window >> (-last % 8) & ((1 << size) - 1)


def encode(bits: bytes) -> str:
    """Return the bits as `encodedList`: GZIP, then multibase base64url. The same bits give the same text."""
    packed = gzip.compress(bits, compresslevel=6, mtime=0)
    return "u" + base64.urlsafe_b64encode(packed).rstrip(b"=").decode("ascii")


def decode(encoded: str, *, largest: int = LARGEST) -> bytes:
    """Return the bits of an `encodedList`, inflated to no more than `largest` bytes and never beyond.

    Raises BadStatus when it is not multibase base64url of one whole GZIP stream, TooMuch when it inflates to more.
    """
    if len(encoded) > largest * 4 // 3 + 1024:
        raise _too_large(largest)
    text = encoded[1:]
    if not encoded.startswith("u") or not text.isascii() or any(letter in text for letter in "+/="):
        raise malformed(_("encodedList must be base64url without padding, with the letter u before it"))
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        raise malformed(_("encodedList is not base64url")) from None
    inflater = zlib.decompressobj(wbits=31)
    try:
        bits = inflater.decompress(packed, largest + 1)
    except zlib.error:
        raise malformed(_("encodedList is not compressed with GZIP, or is damaged")) from None
    if len(bits) > largest:
        raise _too_large(largest)
    if not inflater.eof:
        raise malformed(_("encodedList ends too early"))
    if inflater.unused_data:
        raise malformed(_("encodedList goes on after the end of its GZIP stream"))
    if base64.urlsafe_b64encode(packed).rstrip(b"=") != text.encode("ascii"):
        raise malformed(_("encodedList has bits left over at its end"))
    return bits


def check_size(size: Any) -> None:
    """Raise BadStatus unless this is a number of bits that an entry may have."""
    if not whole(size) or not 1 <= size <= WIDEST:
        raise malformed(_("statusSize must be a whole number from 1 to %(widest)s") % {"widest": WIDEST})


def _write(bits: bytearray, first: int, size: int, value: int) -> None:
    for offset in range(size):
        at, mask = (first + offset) >> 3, 0x80 >> ((first + offset) & 7)
        if value >> (size - 1 - offset) & 1:
            bits[at] |= mask
        else:
            bits[at] &= ~mask & 0xFF


def malformed(what: str) -> BadStatus:
    """Return the error of a value that breaks the data model; `what` is the sentence without its full stop."""
    return BadStatus(_("The status list breaks its standard: %(what)s.") % {"what": what}, Problem.MALFORMED)


def _out_of_range(index: int, entries: int) -> BadStatus:
    shown = str(index) if abs(index) < 10**20 else _("far beyond it")
    return BadStatus(
        _("The status list has %(entries)s entries and the credential points to entry %(index)s.")
        % {"entries": entries, "index": shown},
        Problem.RANGE,
    )


def _too_large(largest: int) -> TooMuch:
    return TooMuch(
        _(
            "The status list grows to more than %(largest)s MB when it is unpacked, which no honest list does; "
            "nothing more of it was read."
        )
        % {"largest": largest // 1048576},
        "status-list-too-large",
    )


def whole(told: object) -> bool:
    """Return whether this is a whole number, as JSON has them: true is none."""
    return isinstance(told, int) and not isinstance(told, bool)
