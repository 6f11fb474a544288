"""Facts as JSON, as the database and the API hold them."""

from __future__ import annotations

from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from gilde.credentials.facts import Facts

_FACTS: Final = TypeAdapter(Facts)


def as_json(facts: Facts) -> dict[str, Any]:
    """Return the facts as JSON values; decimals and times as text, so that nothing is rounded."""
    told: dict[str, Any] = _FACTS.dump_python(facts, mode="json")
    return told


def from_json(told: Any) -> Facts:
    """Return the facts again. Raises ValueError when these are none."""
    try:
        return _FACTS.validate_python(told)
    except ValidationError as error:
        raise ValueError(str(error)) from error
