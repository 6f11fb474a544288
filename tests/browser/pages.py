"""Every page that the browser suite looks at. Each context adds a module `rows_<context>.py` beside this.

Such a module holds `PAGES`, `NOT_PAGES` (route → why nobody looks at it) and, where an address needs ids, a
function `things()` that runs once inside the served world and returns what its addresses need, by name.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import ModuleType

from django.urls import URLPattern, URLResolver, get_resolver, reverse


@dataclass(frozen=True)
class Page:
    """A route as one actor sees it. `address` and `query` may name things of the world: "{plan}"."""

    route: str
    actor: str = "visitor"
    address: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
    status: int = 200

    def __str__(self) -> str:
        return f"{self.route}{self.query} as {self.actor}" + (f" {self.status}" if self.status != 200 else "")

    def url(self, things: Mapping[str, str]) -> str:
        """Return the path and query of the page in a world with these things."""
        kwargs = {name: value.format(**things) for name, value in self.address.items()}
        return reverse(self.route, kwargs=kwargs) + self.query.format(**things)


def modules() -> Iterator[ModuleType]:
    """Yield the modules that list pages."""
    package = importlib.import_module("tests.browser")
    for found in pkgutil.iter_modules(package.__path__):
        if found.name.startswith("rows_"):
            yield importlib.import_module(f"tests.browser.{found.name}")


def all_pages() -> list[Page]:
    """Return every page of every context."""
    return [page for module in modules() for page in module.PAGES]


def not_pages() -> dict[str, str]:
    """Return the routes that are no page, with the reason."""
    return {route: why for module in modules() for route, why in getattr(module, "NOT_PAGES", {}).items()}


def makers() -> list[Callable[[], dict[str, str]]]:
    """Return the functions that make what the addresses need."""
    return [module.things for module in modules() if hasattr(module, "things")]


def routes() -> set[str]:
    """Return the name of every route of the URL configuration, with its namespace."""

    def walk(patterns: list[URLPattern | URLResolver], spaces: tuple[str, ...]) -> Iterator[str]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                space = (pattern.namespace,) if pattern.namespace else ()
                yield from walk(pattern.url_patterns, spaces + space)
            else:
                yield ":".join([*spaces, pattern.name or str(pattern.pattern)])

    return set(walk(get_resolver().url_patterns, ()))
