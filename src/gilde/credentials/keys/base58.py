"""Base58btc and multibase, read strictly: one text for each value, and no other.

Source: Controlled Identifiers 1.0, sections 2.4 (Multibase) and 3.6 (Base-58 Decode); multibase header "z".
"""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from gilde.credentials.errors import Unreadable

_ALPHABET: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
# For writing two digits at a time, which halves the operations on large numbers.
_PAIRS: Final = [first + second for first in _ALPHABET for second in _ALPHABET]
_STEP: Final = 58**10
# Long enough for every key and signature here, and a power of two as the lanes need it.
_LONGEST: Final = 256
_NONE: Final = 255
_DIGITS: Final = bytes(_ALPHABET.find(chr(each)) % 256 for each in range(256))
# For reading: a digit a byte, then all neighbours put together at once, in lanes of twice the width, until one is left.
_LANES: Final = [
    (
        8 * width,
        58**width,
        int.from_bytes((bytes(width) + b"\xff" * width) * (_LONGEST // (2 * width)), "big"),
    )
    for width in (1, 2, 4, 8, 16, 32, 64, 128)
]


def encode(data: bytes) -> str:
    """Return the bytes in base58btc; each leading zero byte is a "1"."""
    number, digits = int.from_bytes(data, "big"), []
    while number:
        number, part = divmod(number, _STEP)
        for _step in range(5):
            part, pair = divmod(part, 3364)
            digits.append(_PAIRS[pair])
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "1" * zeros + "".join(reversed(digits)).lstrip("1")


def decode(text: str) -> bytes:
    """Return the bytes of a base58btc text; raise Unreadable for any other character or more than 256 of them."""
    if len(text) > _LONGEST:
        raise Unreadable(
            _(
                "A key or signature is %(size)s characters long; none that Gilde knows is longer than %(most)s."
            )
            % {"size": len(text), "most": _LONGEST},
            "multibase",
        )
    digits = text.encode(errors="replace").translate(_DIGITS)
    if _NONE in digits:
        raise Unreadable(
            _("“%(text)s” is no base58 text: 0, O, I, l and all signs are not part of it.") % {"text": text},
            "multibase",
        )
    number = int.from_bytes(digits.rjust(_LONGEST, b"\0"), "big")
    for bits, base, mask in _LANES:
        number = (number >> bits & mask) * base + (number & mask)
    zeros = len(text) - len(text.lstrip("1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")


def to_multibase(data: bytes) -> str:
    """Return the bytes as multibase with the header "z" of base58btc."""
    return f"z{encode(data)}"


def from_multibase(text: object) -> bytes:
    """Return the bytes of a multibase text; raise Unreadable unless it is base58btc with its header "z"."""
    if not isinstance(text, str) or len(text) < 2 or text[0] != "z":
        raise Unreadable(
            _(
                "A key or signature must be a text that begins with “z” and goes on in base58; this one is not."
            ),
            "multibase",
        )
    return decode(text[1:])
