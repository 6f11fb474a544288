"""What a single value of a credential must be: an address, a type, a text in a language.

W3C Verifiable Credentials Data Model 2.0, sections 4.4 to 4.6 and 11.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from gilde.credentials.errors import Unreadable

# An absolute URL (or URN, or DID) of RFC 3986 or 3987: a scheme, and nothing that neither allows.
_URL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s\x00-\x20\x7f<>\"{}|\\^`]+")
_HOST: Final = re.compile(r"(?i:https?)://[^/?#]")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_WORDS: Final = {"@value", "@language", "@direction"}


def broken(pointer: str, what: str, reason: str) -> Unreadable:
    """Return the error for a rule of the data model that a document breaks; `pointer` is a JSON pointer (RFC 6901)."""
    sentence = _(
        "This is no credential by the W3C standard: at “%(place)s” %(what)s. Ask the issuer for a corrected one."
    )
    return Unreadable(sentence % {"place": pointer or "/", "what": what}, reason, pointer=pointer)


def is_url(value: object) -> bool:
    """Return whether this is one absolute URL, URN or DID."""
    if not isinstance(value, str) or not _URL.fullmatch(value):
        return False
    return not value.lower().startswith(("http:", "https:")) or bool(_HOST.match(value))


def listed(value: Any) -> list[Any]:
    """Return the values of a property, of which a single one may stand without its list."""
    return value if isinstance(value, list) else [value]


def check_id(thing: Mapping[str, Any], pointer: str, *, needed: bool = False) -> None:
    """Check the `id` of a thing: one URL (section 4.4)."""
    if "id" not in thing and not needed:
        return
    if not is_url(thing.get("id")):
        raise broken(f"{pointer}/id", _("one web address or other absolute URL must stand"), "id")


def types_of(thing: Mapping[str, Any], pointer: str) -> list[str]:
    """Return the types of a thing: terms or absolute URLs, one or more (section 4.5).

    That each term is defined by a context is told by `linked.canonical.checked`.
    """
    types = listed(thing.get("type"))
    if not types or not all(_is_type(each) for each in types):
        raise broken(f"{pointer}/type", _("one or more types must be named"), "type")
    return types


def check_words(thing: Mapping[str, Any], pointer: str) -> None:
    """Check `name` and `description`: a text, or texts that say their language and nothing else (section 4.6)."""
    for member in ("name", "description"):
        if member not in thing:
            continue
        words = listed(thing[member])
        if not words or not all(_is_words(each) for each in words):
            what = _("a text, or texts with their language and nothing else, must stand")
            raise broken(f"{pointer}/{member}", what, "language")


def things(document: Mapping[str, Any], member: str, at: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Give each object of a property with its JSON pointer; nothing when the property is absent.

    `at` is the pointer of the document itself, inside a presentation. Raises Unreadable for an empty list and for
    what is no object, or an object that says nothing.
    """
    if member not in document:
        return
    found = document[member]
    several = isinstance(found, list)
    if found == []:
        raise broken(f"{at}/{member}", _("at least one object must stand"), member)
    for index, each in enumerate(listed(found)):
        pointer = f"{at}/{member}/{index}" if several else f"{at}/{member}"
        if not isinstance(each, dict) or not each:
            raise broken(pointer, _("an object that says something must stand"), member)
        yield pointer, each


def url_or_thing(document: Mapping[str, Any], member: str, at: str = "") -> str:
    """Return the URL that a property is, or the `id` of the object that it is (issuer, holder: section 4.7)."""
    found = document.get(member)
    if isinstance(found, dict):
        check_id(found, f"{at}/{member}", needed=True)
        check_words(found, f"{at}/{member}")
        found = found["id"]
    if not isinstance(found, str) or not is_url(found):
        what = _("an absolute URL, or an object with one as its id, must stand")
        raise broken(f"{at}/{member}", what, member)
    return found


def _is_type(value: object) -> bool:
    if not isinstance(value, str) or not value or re.search(r"\s", value):
        return False
    return ":" not in value or is_url(value)


def _is_words(value: object) -> bool:
    if not isinstance(value, dict):
        return isinstance(value, str)
    language = value.get("@language", "und")
    return (
        value.keys() <= _WORDS
        and isinstance(value.get("@value"), str)
        and isinstance(language, str)
        and bool(_LANGUAGE.fullmatch(language))
        and value.get("@direction", "ltr") in ("ltr", "rtl")
    )
