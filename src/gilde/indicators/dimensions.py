"""Dimensions beside area and time, and the breakdown of a series as text.

A series of all is the key "". Another names each dimension that it narrows, in alphabetical order:
"age=Y15-24&sex=F". A category that stands for all (`total`) is left out, so that "sex=T" and "" are one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from gilde.core.errors import Invalid
from gilde.core.text import Text
from gilde.indicators.models import Indicator


@dataclass(frozen=True)
class Dimension:
    """One dimension: `total` is the category that stands for all of them, "" where there is none."""

    code: str
    name: Text
    total: str = ""
    categories: Mapping[str, Text] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the form in which an indicator stores it."""
        return {
            "code": self.code,
            "name": self.name.as_json(),
            "total": self.total,
            # Pairs, because PostgreSQL keeps no order of the keys of an object.
            "categories": [[code, name.as_json()] for code, name in self.categories.items()],
        }

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Dimension:
        """Return the dimension from its stored form."""
        return cls(
            stored["code"],
            _text(stored.get("name") or stored["code"]),
            stored.get("total") or "",
            {code: _text(name) for code, name in dict(stored.get("categories") or ()).items()},
        )

    def category(self, code: str) -> str:
        """Return the name of a category for the reader, its code where it has no name."""
        return str(self.categories.get(code) or "") or code


def dimensions_of(indicator: Indicator) -> list[Dimension]:
    """Return the dimensions of an indicator beside area and time."""
    return [Dimension.of(stored) for stored in indicator.dimensions]


def key_of(breakdown: Mapping[str, str], dimensions: Sequence[Dimension]) -> str:
    """Return the key of a breakdown. Raises Invalid for a dimension that there is not, or one left open."""
    known = {dimension.code: dimension for dimension in dimensions}
    if unknown := sorted(set(breakdown) - set(known)):
        raise Invalid(
            _("There is no dimension “%(code)s”. There are: %(known)s.")
            % {"code": unknown[0], "known": ", ".join(sorted(known)) or _("none")}
        )
    parts = []
    for code in sorted(known):
        category = breakdown.get(code) or known[code].total
        if not category:
            raise Invalid(_("The dimension “%(code)s” has no total: choose a category.") % {"code": code})
        if category != known[code].total:
            parts.append(f"{code}={category}")
    return "&".join(parts)


def breakdown_of(key: str, dimensions: Sequence[Dimension] = ()) -> dict[str, str]:
    """Return the categories that a key names; with `dimensions` also the totals that it leaves out."""
    told = dict(part.split("=", 1) for part in key.split("&")) if key else {}
    return {**{d.code: d.total for d in dimensions if d.total}, **told}


def words_of_key(key: str, dimensions: Sequence[Dimension]) -> str:
    """Return a breakdown in the reader's words, "women, 15 to 24 years"; "" for all."""
    known = {dimension.code: dimension for dimension in dimensions}
    return ", ".join(
        known[code].category(category) if code in known else category
        for code, category in breakdown_of(key).items()
    )


def _text(stored: Any) -> Text:
    return Text.of(stored) if isinstance(stored, str) else Text(stored["source"], stored["words"])
