"""What contexts offer to be found."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from gilde.core.text import Text

PUBLIC: Final = "public"


@dataclass(frozen=True)
class Entry:
    """One thing that can be found. `visible` holds the scopes that may: PUBLIC, or tokens such as an owner's
    id.

    Title and text are words in one `language`, or a Text in several. `url` is the path of the page. `facets`
    are the values by which it can be filtered and counted: {"level": ["4"], "area": ["BE2", "BE21"]}. Raises
    ValueError for a facet whose name is no identifier.
    """

    id: str
    kind: str
    title: str | Text
    text: str | Text
    url: str
    language: str = "en"
    visible: Collection[str] = (PUBLIC,)
    facets: Mapping[str, Collection[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if odd := [name for name in self.facets if not name.isidentifier()]:
            raise ValueError(
                f"{odd[0]!r} cannot be the name of a facet: use letters, digits and underscores."
            )

    def titles(self) -> Text:
        """Return the title in the languages that it has."""
        return self.title if isinstance(self.title, Text) else Text.of(self.title, self.language)

    def texts(self) -> Text:
        """Return the text in the languages that it has."""
        return self.text if isinstance(self.text, Text) else Text.of(self.text, self.language)


# Given ids, a source yields the entries of those that still exist; given None, of all.
Source: TypeAlias = Callable[[Collection[str] | None], Iterator[Entry]]
_sources: dict[str, Source] = {}


def searchable(kind: str) -> Callable[[Source], Source]:
    """Register a function as the source of entries of a kind. Raises ValueError for a kind that is taken."""

    def register(source: Source) -> Source:
        if kind in _sources:
            raise ValueError(f"The kind {kind!r} is made searchable twice.")
        _sources[kind] = source
        return source

    return register


def sources() -> dict[str, Source]:
    """Return the sources by kind."""
    return _sources
