"""The API of qualifications."""

from __future__ import annotations

from ninja import Router

routers: list[tuple[str, Router]] = []

__all__ = ["routers"]
