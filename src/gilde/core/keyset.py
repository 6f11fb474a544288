"""Pages by key: each starts where the one before ended, so the last page is as fast as the first."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import F, Q, QuerySet


@dataclass(frozen=True)
class KeysetPage:
    """The rows of one page, and the cursors of the pages around it, empty where there is none."""

    rows: list[Mapping[str, Any]]
    before: str
    after: str


def page(
    found: QuerySet[Any, Any], descending: bool, size: int, *, after: str = "", before: str = ""
) -> KeysetPage:
    """Return the page after or before a cursor, the first one when the cursor is empty or cannot be read.

    `found` gives mappings with "_key" and "pk" and is ordered by these two, what has no key last.
    """
    try:
        return _page(found, descending, size, _read(after), _read(before))
    except (ValueError, TypeError, ValidationError):
        return _page(found, descending, size, None, None)


def _page(
    found: QuerySet[Any, Any], descending: bool, size: int, after: list[Any] | None, before: list[Any] | None
) -> KeysetPage:
    if before is not None:
        back = F("_key").asc(nulls_first=True) if descending else F("_key").desc(nulls_first=True)
        rows = list(
            found.filter(_beyond(before, descending, forward=False)).order_by(back, "-pk")[: size + 1]
        )
        more, rows = len(rows) > size, rows[:size][::-1]
        if not rows:
            return _page(found, descending, size, None, None)
        return KeysetPage(rows, _cursor(rows[0]) if more else "", _cursor(rows[-1]))
    if after is not None:
        found = found.filter(_beyond(after, descending, forward=True))
    rows = list(found[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    return KeysetPage(
        rows,
        _cursor(rows[0]) if rows and after is not None else "",
        _cursor(rows[-1]) if more else "",
    )


def _beyond(cursor: list[Any], descending: bool, *, forward: bool) -> Q:
    key, pk = cursor
    tie = Q(pk__gt=pk) if forward else Q(pk__lt=pk)
    if key is None:
        return Q(_key__isnull=True) & tie if forward else Q(_key__isnull=False) | (Q(_key__isnull=True) & tie)
    further = Q(_key__gt=key) if forward != descending else Q(_key__lt=key)
    beyond = further | (Q(_key=key) & tie)
    return beyond | Q(_key__isnull=True) if forward else beyond


def _cursor(row: Mapping[str, Any]) -> str:
    text = json.dumps([row["_key"], row["pk"]], cls=DjangoJSONEncoder, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str) -> list[Any] | None:
    if not cursor:
        return None
    try:
        value = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, UnicodeDecodeError) as error:
        raise ValueError("This is no cursor.") from error
    if not isinstance(value, list) or len(value) != 2 or isinstance(value[0], dict | list):
        raise ValueError("This is no cursor.")
    return value
