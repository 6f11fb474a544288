"""The pages of qualifications: each area tells its own in `tests/qualifications/rows_<area>.py`."""

from __future__ import annotations

from tests.qualifications.rows import modules

PAGES = [page for module in modules() for page in module.PAGES]
NOT_PAGES = {route: why for module in modules() for route, why in module.NOT_PAGES.items()}


def things() -> dict[str, str]:
    """Return what the addresses name in the demo world."""
    found: dict[str, str] = {}
    for module in modules():
        if hasattr(module, "demo_things"):
            found |= module.demo_things()
    return found
