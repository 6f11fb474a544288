"""JSON from outside, read strictly: what two readers could understand differently is refused (RFC 7493, I-JSON)."""

from __future__ import annotations

import json
import re
from typing import Any, Final, NoReturn

from django.utils.translation import gettext as _

from gilde.credentials.errors import TooMuch, Unreadable

LARGEST: Final = 16 * 1024 * 1024  # bytes; a sealed credential with its pictures has about one
MOST: Final = 200_000  # commas, so at most as many members and items, which take a third of a second to read
DEEPEST: Final = 64  # objects and lists in one another; no credential needs twenty
BIGGEST: Final = 2**53 - 1  # the last whole number that a double tells from its neighbours
_DIGITS: Final = 17  # of a number: a double tells no more of them apart
_HALF: Final = re.compile(r"\\u[dD][89a-fA-F]")  # an escape that writes half of a character, paired or not


def parse(data: bytes | str, *, largest: int = LARGEST, most: int = MOST, deepest: int = DEEPEST) -> Any:
    """Return the value of a JSON text (RFC 8259); one byte order mark before it is passed over, as section 8.1 allows.

    Raises Unreadable, with the reason not-utf8, not-json, duplicate-key, nan, lone-surrogate or big-number, and
    TooMuch, with the reason too-large, too-many or too-deep.
    """
    if len(data) > largest:
        raise TooMuch(
            _(
                "The file is larger than %(most)d MB. A credential is smaller: check whether this is the right file."
            )
            % {"most": largest // (1024 * 1024)},
            "too-large",
        )
    text = _text(data)
    if text.count(",") > most:
        raise TooMuch(
            _("The file consists of more than %(most)d values, which no honest credential does.")
            % {"most": most},
            "too-many",
        )
    try:
        value = _decoded(text)
    except json.JSONDecodeError as error:
        raise Unreadable(
            _("Line %(line)d, column %(column)d: this is no JSON, or it was cut off. Ask for the file again.")
            % {"line": error.lineno, "column": error.colno},
            "not-json",
        ) from error
    except RecursionError as error:
        raise _too_deep(deepest) from error
    if text.count("{") + text.count("[") > deepest and _deeper(value, deepest):
        raise _too_deep(deepest)
    if "\\u" in text and _HALF.search(text):
        _whole(value)
    return value


def _decoded(text: str) -> Any:
    """Return the value; straight from the scanner where no white space stands around it, as in a token."""
    try:
        value, end = _SCAN(text, 0)
        if end == len(text):
            return value
    except StopIteration:
        pass
    return _DECODER.decode(text)


def _text(data: bytes | str) -> str:
    if isinstance(data, str):
        _whole(data)
        text = data
    else:
        try:
            text = data.decode()
        except UnicodeDecodeError as error:
            raise Unreadable(
                _(
                    "Line %(line)d: this is not written in UTF-8. Save the file again as UTF-8, or ask for it again."
                )
                % {"line": data.count(b"\n", 0, error.start) + 1},
                "not-utf8",
            ) from error
    return text.removeprefix("\ufeff")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _value in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise Unreadable(
            _(
                "“%(key)s” stands twice in one object, so that readers may differ. Ask the issuer for a correct file."
            )
            % {"key": twice},
            "duplicate-key",
            key=twice,
        )
    return made


def _whole_number(text: str) -> int:
    if len(text) > _DIGITS or not -BIGGEST <= (value := int(text)) <= BIGGEST:
        raise _big_number(text)
    return value


def _fraction(text: str) -> float:
    """Return the double; one that would become another number without a word is refused."""
    value = float(text)
    mantissa = re.split("[eE]", text)[0].lstrip("-").replace(".", "").lstrip("0")
    if not -BIGGEST <= value <= BIGGEST or len(mantissa) > _DIGITS or (mantissa and not value):
        raise _big_number(text)
    return value


def _big_number(text: str) -> Unreadable:
    return Unreadable(
        _(
            "The number %(number)s is too large or too long to be read exactly. Ask the issuer to write it as text."
        )
        % {"number": text if len(text) < 40 else f"{text[:20]}…"},
        "big-number",
    )


def _constant(text: str) -> NoReturn:
    raise Unreadable(
        _("“%(value)s” is no number in JSON. Ask the issuer for a correct file.") % {"value": text}, "nan"
    )


def _deeper(value: Any, deepest: int) -> bool:
    level = [value] if type(value) is dict or type(value) is list else []
    for _step in range(deepest):
        level = [
            inner
            for each in level
            for inner in (each.values() if type(each) is dict else each)
            if type(inner) is dict or type(inner) is list
        ]
    return bool(level)


def _too_deep(deepest: int) -> TooMuch:
    return TooMuch(
        _("Objects and lists stand in one another more than %(most)d deep. No honest credential does this.")
        % {"most": deepest},
        "too-deep",
    )


def _whole(value: Any) -> None:
    """Refuse half a character, in a text, or in any text or key of a value."""
    try:
        (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)).encode()
    except UnicodeEncodeError as error:
        raise Unreadable(
            _("A text holds half of a character (a lone surrogate). Ask the issuer for a correct file."),
            "lone-surrogate",
        ) from error


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=_whole_number,
    parse_float=_fraction,
    parse_constant=_constant,
)
_SCAN: Final = json.scanner.make_scanner(_DECODER)  # type: ignore[attr-defined]  # what the decoder itself calls
