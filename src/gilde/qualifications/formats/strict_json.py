"""JSON from outside: bounded, unambiguous, and read key by key so that nothing is passed over in silence."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext as _

from gilde.qualifications.errors import Unreadable

LARGEST: Final = 100 * 1024 * 1024  # bytes
DEEPEST: Final = 40  # objects and lists in one another; neither CASE nor CTDL needs ten
_MEMORY: Final = 1024 * 1024 * 1024
_HALF: Final = re.compile("[\ud800-\udfff]")  # of a character of two parts in UTF-16


class _Pairs(list[tuple[str, Any]]):
    """An object as it is written, before its keys are known to be different."""


class _Constant(str):
    """NaN, Infinity or -Infinity, which are no JSON (RFC 8259, section 6)."""


def load(path: Path, name: str, *, largest: int = LARGEST) -> Any:
    """Return what the file holds, fractions as Decimal; `name` is what the file is called in sentences.

    Raises Unreadable when it is too large, no UTF-8, no JSON (RFC 8259), says a key twice in one object, or is nested
    too deep; the place is a JSON pointer (RFC 6901).
    """
    if path.stat().st_size > largest:
        raise Unreadable(
            _("“%(name)s” is larger than %(most)d MB. Send it in parts.")
            % {"name": name, "most": largest // (1024 * 1024)}
        )
    data = path.read_bytes()
    # About what the parser would need: so much for each container and each separator, whatever they hold.
    need = 150 * (data.count(b"{") + data.count(b"[")) + 60 * (data.count(b",") + data.count(b":"))
    if need > _MEMORY:
        raise Unreadable(_("“%(name)s” has too many values for one file. Send it in parts.") % {"name": name})
    try:
        told = json.loads(
            data.decode("utf-8-sig"),
            object_pairs_hook=_Pairs,
            parse_constant=_Constant,
            parse_float=Decimal,
        )
    except UnicodeDecodeError as error:
        raise Unreadable(
            _("“%(name)s”, line %(line)d: this is not UTF-8. Save the file again as UTF-8.")
            % {"name": name, "line": data.count(b"\n", 0, error.start) + 1}
        ) from error
    except json.JSONDecodeError as error:
        raise Unreadable(
            _("“%(name)s”, line %(line)d, column %(column)d: this is no JSON, or it was cut off on the way.")
            % {"name": name, "line": error.lineno, "column": error.colno}
        ) from error
    except RecursionError as error:
        raise _too_deep(name, "/") from error
    except ValueError as error:  # a whole number of thousands of digits
        raise Unreadable(_("“%(name)s” holds a number that is too long to read.") % {"name": name}) from error
    return _plain(told, name, "", 0)


def _plain(told: Any, name: str, place: str, depth: int) -> Any:
    """Return the value with its objects as dictionaries. Raises Unreadable with the place of what is wrong."""
    if depth > DEEPEST:
        raise _too_deep(name, place)
    if isinstance(told, _Pairs):
        found: dict[str, Any] = {}
        for key, value in told:
            here = f"{place}/{pointer(key)}"
            if key in found:
                raise Unreadable(
                    _("“%(name)s”, %(place)s: this is told twice in the same object. Keep one of them.")
                    % {"name": name, "place": here}
                )
            found[key] = _plain(value, name, here, depth + 1)
        return found
    if isinstance(told, list):
        return [_plain(value, name, f"{place}/{n}", depth + 1) for n, value in enumerate(told)]
    if isinstance(told, _Constant):
        raise Unreadable(
            _("“%(name)s”, %(place)s: %(value)s is not a number that JSON knows. Leave it out.")
            % {"name": name, "place": place or "/", "value": str(told)}
        )
    if isinstance(told, str) and not told.isascii() and _HALF.search(told):
        raise Unreadable(
            _("“%(name)s”, %(place)s: this text holds half a character. Write the text again.")
            % {"name": name, "place": place or "/"}
        )
    return told


def pointer(key: str) -> str:
    """Return a key as it stands in a JSON pointer (RFC 6901, section 3)."""
    return key.replace("~", "~0").replace("/", "~1")


def _too_deep(name: str, place: str) -> Unreadable:
    short = place if len(place) < 80 else place[:80] + "…"
    return Unreadable(
        _("“%(name)s”, %(place)s: objects stand in one another more than %(most)d deep.")
        % {"name": name, "place": short, "most": DEEPEST}
    )


class Told:
    """An object of a file. Each read takes its key out; `rest` yields what nobody read.

    Reads return the empty value for what is absent or null, and raise Unreadable for what is of another type.
    """

    def __init__(self, values: Any, name: str, place: str = "") -> None:
        self.name, self.place = name, place
        if not isinstance(values, dict):
            raise self.wrong("", _("an object is expected here"))
        self.values: dict[str, Any] = dict(values)

    def wrong(self, key: str, sentence: str) -> Unreadable:
        """Return the error for the value of a key, or for the object itself when the key is empty."""
        place = f"{self.place}/{pointer(key)}" if key else self.place or "/"
        return Unreadable(
            _("“%(name)s”, %(place)s: %(sentence)s.")
            % {"name": self.name, "place": place, "sentence": sentence}
        )

    def take(self, key: str) -> Any:
        """Return the value as it is, None when absent."""
        return self.values.pop(key, None)

    def text(self, key: str) -> str:
        """Return a text; a number is given as it is written."""
        value = self.take(key)
        if value is None:
            return ""
        if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
            raise self.wrong(key, _("a text is expected here"))
        return str(value)

    def needed(self, key: str) -> str:
        """Return a text that may not be absent or empty."""
        value = self.text(key)
        if not value.strip():
            raise self.wrong(key, _("this is needed and is not there"))
        return value

    def number(self, key: str) -> Decimal | None:
        """Return a number, also one that is written as a text."""
        value = self.take(key)
        if value is None:
            return None
        try:
            number = Decimal(value) if isinstance(value, str | int | Decimal) else None
        except ArithmeticError:
            number = None
        if number is None or isinstance(value, bool) or not number.is_finite() or abs(number) >= 10**12:
            raise self.wrong(key, _("a number is expected here"))
        return number

    def list_of(self, key: str) -> list[Any]:
        """Return a list; a single value stands for a list of one."""
        value = self.take(key)
        return [] if value is None else value if isinstance(value, list) else [value]

    def texts(self, key: str) -> list[str]:
        """Return a list of texts; a single one stands for a list of one."""
        values = self.list_of(key)
        if not all(isinstance(value, str) for value in values):
            raise self.wrong(key, _("a list of texts is expected here"))
        return values

    def objects(self, key: str) -> list[Told]:
        """Return the objects of a list; a single one stands for a list of one."""
        several = isinstance(self.values.get(key), list)
        place = f"{self.place}/{pointer(key)}"
        return [
            Told(value, self.name, f"{place}/{n}" if several else place)
            for n, value in enumerate(self.list_of(key))
        ]

    def object(self, key: str) -> Told | None:
        """Return the only object. Raises Unreadable when there are several."""
        found = self.objects(key)
        if len(found) > 1:
            raise self.wrong(key, _("only one is expected here"))
        return found[0] if found else None

    def day(self, key: str) -> date | None:
        """Return a date (ISO 8601); of a moment, its day."""
        value = self.text(key)
        if not value:
            return None
        try:
            return date.fromisoformat(value) if len(value) <= 10 else datetime.fromisoformat(value).date()
        except ValueError as error:
            raise self.wrong(key, _("a date such as 2025-09-01 is expected here")) from error

    def moment(self, key: str) -> datetime | None:
        """Return a moment (ISO 8601), taken for UTC when it tells no zone."""
        value = self.text(key)
        if not value:
            return None
        try:
            moment = datetime.fromisoformat(value)
        except ValueError as error:
            raise self.wrong(key, _("a moment such as 2025-09-01T12:00:00Z is expected here")) from error
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    def rest(self) -> Iterator[tuple[str, str]]:
        """Yield the keys that nobody read, with a short form of their value; empty values are left out."""
        for key, value in self.values.items():
            if value not in (None, "", [], {}):
                yield key, short(value)


def short(value: Any) -> str:
    """Return a value as one line of at most 200 signs."""
    line = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return line if len(line) <= 200 else line[:199] + "…"
