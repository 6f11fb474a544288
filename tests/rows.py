"""The routes of a context in the two suites that cross every route: each `rows_<area>.py` tells its own."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from gilde.core.models import User
from gilde.organisations.models import Organisation
from tests.access_table import Row


@dataclass(frozen=True)
class Around:
    """The organisation that owns what the addresses name, and who works for it."""

    owner: Organisation
    reader: User
    officer: User
    approver: User
    elsewhere: User


CONTEXTS = ("qualifications", "credentials")


def modules(context: str) -> Iterator[ModuleType]:
    """Yield the modules that tell the routes of an area of a context."""
    package = importlib.import_module(f"tests.{context}")
    for found in pkgutil.iter_modules(package.__path__):
        if found.name.startswith("rows_"):
            yield importlib.import_module(f"tests.{context}.{found.name}")


def table() -> list[Row]:
    """Return who gets what on every route of these contexts."""
    return [row for context in CONTEXTS for module in modules(context) for row in module.ACCESS]


def things(around: Around) -> dict[str, Any]:
    """Return what the addresses of the table name, made now."""
    made: dict[str, Any] = {}
    for context in CONTEXTS:
        for module in modules(context):
            if hasattr(module, "things"):
                made |= module.things(around)
    return made


def pages(context: str) -> list[Any]:
    """Return the pages of a context that a browser looks at."""
    return [page for module in modules(context) for page in module.PAGES]


def not_pages(context: str) -> dict[str, str]:
    """Return the routes of a context at which no page is, with the reason."""
    return {route: why for module in modules(context) for route, why in module.NOT_PAGES.items()}


def demo_things(context: str) -> dict[str, str]:
    """Return what the addresses of the pages name in the demo world."""
    found: dict[str, str] = {}
    for module in modules(context):
        if hasattr(module, "demo_things"):
            found |= module.demo_things()
    return found
