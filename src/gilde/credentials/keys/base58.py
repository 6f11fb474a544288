"""Base58btc and multibase, read strictly: one text for each value, and no other.

Source: Controlled Identifiers 1.0, sections 2.4 (Multibase) and 3.6 (Base-58 Decode); multibase header "z".
"""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from gilde.credentials.errors import Unreadable

_ALPHABET: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
# Two digits at a time: half the operations on large numbers.
_PAIRS: Final = [first + second for first in _ALPHABET for second in _ALPHABET]
_VALUES: Final = {pair: value for value, pair in enumerate(_PAIRS)}
_STEP: Final = 58**10
# Long enough for every key and signature here; reading takes quadratic time.
_LONGEST: Final = 256


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
    zeros = len(text) - len(text.lstrip("1"))
    number, even = 0, "1" * (-len(text) % 10) + text
    try:
        # Ten digits at a time, since these still fit a machine word.
        for at in range(0, len(even), 10):
            part = _VALUES[even[at : at + 2]]
            part = part * 3364 + _VALUES[even[at + 2 : at + 4]]
            part = part * 3364 + _VALUES[even[at + 4 : at + 6]]
            part = part * 3364 + _VALUES[even[at + 6 : at + 8]]
            number = number * _STEP + part * 3364 + _VALUES[even[at + 8 : at + 10]]
    except KeyError:
        raise Unreadable(
            _("“%(text)s” is no base58 text: 0, O, I, l and all signs are not part of it.") % {"text": text},
            "multibase",
        ) from None
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
