"""What an element of the European Learning Model cannot hold of a link, a level or a body, as JSON in a note.

The note says that it is JSON (its format is the file type of the Publications Office), names the thing by its address
and gives only what differs from what the element itself tells.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, TypeVar

from gilde.core.text import Text
from gilde.qualifications.described import Body, ConceptLink, Credit, LevelTold

Thing = TypeVar("Thing", ConceptLink, LevelTold, Body)


def differences(told: Thing, plain: Thing) -> dict[str, Any]:
    """Return the fields in which `told` differs from `plain`, as JSON values."""
    return {
        each.name: _as_json(getattr(told, each.name))
        for each in fields(told)
        if getattr(told, each.name) != getattr(plain, each.name)
    }


def applied(plain: Thing, told: Mapping[str, Any]) -> Thing:
    """Return `plain` with the differences put back; a field that it does not have is passed over.

    Raises ValueError when a value is of another type than its field.
    """
    known = {each.name: getattr(plain, each.name) for each in fields(plain)}
    values = {name: _from_json(name, value, known[name]) for name, value in told.items() if name in known}
    return replace(plain, **values)


def as_words(told: Mapping[str, Any]) -> str:
    """Return the text of the note."""
    return json.dumps(told, ensure_ascii=False)


def from_words(words: str) -> dict[str, Any]:
    """Return what the text of a note holds. Raises ValueError when it is not an object in JSON."""
    found = json.loads(words)
    if not isinstance(found, dict):
        raise ValueError(words)
    return found


def credit_as_json(credit: Credit) -> dict[str, Any]:
    """Return credit in a system that the model has no code for."""
    return {"points": str(credit.points), "system": credit.system}


def _as_json(value: Any) -> Any:
    if isinstance(value, Text):
        order = sorted(value.words, key=lambda each: each != value.source)
        return {language: value.words[language] for language in order}
    return value


def _from_json(name: str, value: Any, plain: Any) -> Any:
    if isinstance(plain, Text):
        if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
            raise ValueError(name)
        return Text(next(iter(value)), value) if value else Text()
    if name in ("confidence", "eqf"):
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise ValueError(name)
        return value
    if not isinstance(value, str):
        raise ValueError(name)
    return value
