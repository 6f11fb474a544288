"""The routes of qualifications in the two suites that cross every route: each `rows_<area>.py` tells its own."""

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


def modules() -> Iterator[ModuleType]:
    """Yield the modules that tell the routes of an area."""
    package = importlib.import_module("tests.qualifications")
    for found in pkgutil.iter_modules(package.__path__):
        if found.name.startswith("rows_"):
            yield importlib.import_module(f"tests.qualifications.{found.name}")


def table() -> list[Row]:
    """Return who gets what on every route."""
    return [row for module in modules() for row in module.ACCESS]


def things(around: Around) -> dict[str, Any]:
    """Return what the addresses of the table name, made now."""
    made: dict[str, Any] = {}
    for module in modules():
        if hasattr(module, "things"):
            made |= module.things(around)
    return made
