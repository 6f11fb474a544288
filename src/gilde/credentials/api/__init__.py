"""The API of credentials."""

from __future__ import annotations

from typing import Any

routers: list[tuple[str, Any]] = []

__all__ = ["routers"]
