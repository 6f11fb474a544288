"""What follows a release: statuses are judged anew, and followers are told."""

from __future__ import annotations

from typing import Any


def after_release(release: int) -> dict[str, Any]:
    """Judge anew what the release may have changed and tell the followers; safe to run again."""
    return {"release": release}
