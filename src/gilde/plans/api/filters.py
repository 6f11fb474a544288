"""How the lists of the API are narrowed."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from gilde.core.lists import words_of

Row = TypeVar("Row", bound=Model)


def matching(found: QuerySet[Row], words: str, *fields: str) -> QuerySet[Row]:
    """Return the rows that have each word somewhere in the texts `fields`, in the reader's language."""
    if not words:
        return found
    found = found.alias(**{f"_{field}": words_of(field)() for field in fields})
    for word in words.split()[:8]:
        either = Q()
        for field in fields:
            either |= Q(**{f"_{field}__icontains": word})
        found = found.filter(either)
    return found
