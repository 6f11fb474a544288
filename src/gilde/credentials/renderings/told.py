"""Reads the facts of a document value by value, and says where one is not what it should be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Self, TypeVar

from django.utils.translation import gettext as _

from gilde.credentials.errors import Unreadable
from gilde.credentials.keys.instants import read_instant

Named = TypeVar("Named", bound=StrEnum)


def unlike(pointer: str, what: str, reason: str = "facts") -> Unreadable:
    """Return the error for a value that no fact can be; `pointer` is its JSON pointer (RFC 6901)."""
    sentence = _(
        "At “%(place)s” %(what)s, so it cannot be told what was awarded. Ask the issuer for a corrected one."
    )
    return Unreadable(sentence % {"place": pointer or "/", "what": what}, reason, pointer=pointer)


@dataclass(frozen=True)
class Told:
    """One object of a document, and where it stands; each reader raises Unreadable for a value of another kind."""

    values: Mapping[str, Any]
    pointer: str = ""

    def has(self, name: str) -> bool:
        return name in self.values

    def at(self, name: str) -> str:
        return f"{self.pointer}/{name}"

    def only(self, *names: str) -> None:
        """Raise Unreadable where another word stands than those that are read: it could tell what one of them hides."""
        for name in self.values:
            if name not in names:
                raise unlike(self.at(name), _("a word stands that no award has here"))

    def without(self, *names: str) -> None:
        """Raise Unreadable where one of these words stands, which mean the same as others that are read here."""
        for name in names:
            if name in self.values:
                raise unlike(self.at(name), _("a word stands that no award has here"))

    def text(self, name: str) -> str:
        """Return a text, "" when there is none."""
        found = self.values.get(name, "")
        if not isinstance(found, str):
            raise unlike(self.at(name), _("a text should stand"))
        return found

    def needed(self, name: str) -> str:
        found = self.text(name)
        if not found:
            raise unlike(self.at(name), _("a text is missing"))
        return found

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the texts of a property, one or several; one that stands twice is one."""
        found = self.values.get(name, [])
        listed = found if isinstance(found, list) else [found]
        if not all(isinstance(each, str) for each in listed):
            raise unlike(self.at(name), _("texts should stand"))
        return tuple(dict.fromkeys(listed))

    def named(self, name: str, kind: type[Named]) -> Named:
        """Return the one of a list of codes that is named."""
        try:
            return kind(self.text(name))
        except ValueError:
            known = ", ".join(kind)
            raise unlike(self.at(name), _("one of %(known)s should stand") % {"known": known}) from None

    def number(self, name: str) -> int | None:
        """Return a whole number, which JSON may write as 3 or 3.0; None when there is none."""
        found = self.values.get(name)
        if isinstance(found, float) and found.is_integer():
            return int(found)
        if found is not None and (not isinstance(found, int) or isinstance(found, bool)):
            raise unlike(self.at(name), _("a whole number should stand"))
        return found

    def amount(self, name: str) -> Decimal | None:
        """Return an amount that is written as a text, such as "12.5"."""
        if not self.has(name):
            return None
        try:
            found = Decimal(self.text(name))
        except InvalidOperation:
            found = Decimal("NaN")
        if not found.is_finite():
            raise unlike(self.at(name), _("a number should stand"))
        return found

    def day(self, name: str) -> date | None:
        if not self.has(name):
            return None
        try:
            return date.fromisoformat(self.text(name))
        except ValueError:
            raise unlike(self.at(name), _("a date should stand, such as 2026-01-31")) from None

    def moment(self, name: str) -> datetime | None:
        if not self.has(name):
            return None
        try:
            return read_instant(self.values[name])
        except Unreadable:
            raise unlike(self.at(name), _("a date with time and zone should stand")) from None

    def words(self, name: str, language: str) -> dict[str, str]:
        """Return a text by language, its tag in small letters, as JSON-LD means it (JSON-LD 1.1, section 4.2.4).

        One that does not say its language is in `language`.
        """
        found: dict[str, str] = {}
        for each in self._listed(name):
            told = {"@value": each} if isinstance(each, str) else each
            tag, text = (
                (told.get("@language", language), told.get("@value")) if isinstance(told, dict) else ("", "")
            )
            tag = tag.lower() if isinstance(tag, str) else ""
            if not isinstance(text, str) or not text or not tag or tag in found:
                raise unlike(self.at(name), _("a text in each language should stand, and one only"))
            found[tag] = text
        return found

    def by_language(self, name: str) -> dict[str, str]:
        """Return a text by language from a language map, such as {"nl": "lasser"}; tags as of `words`."""
        told = self.values.get(name, {})
        found = {tag.lower(): text for tag, text in told.items()} if isinstance(told, dict) else None
        if (
            found is None
            or len(found) != len(told)
            or not all(isinstance(each, str) for each in found.values())
        ):
            raise unlike(self.at(name), _("a text for each language should stand"))
        return found

    def one(self, name: str) -> Self:
        """Return the object that a property is; raise Unreadable when there is none, or several."""
        found = self.several(name)
        if len(found) != 1:
            raise unlike(self.at(name), _("one object should stand"))
        return found[0]

    def several(self, name: str) -> list[Self]:
        """Return the objects of a property, one or several."""
        several = isinstance(self.values.get(name), list)
        found = []
        for index, each in enumerate(self._listed(name)):
            pointer = f"{self.at(name)}/{index}" if several else self.at(name)
            if not isinstance(each, dict):
                raise unlike(pointer, _("an object should stand"))
            found.append(type(self)(each, pointer))
        return found

    def _listed(self, name: str) -> list[Any]:
        found = self.values.get(name, [])
        return found if isinstance(found, list) else [found]
