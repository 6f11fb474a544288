"""The long work of indicators."""

from __future__ import annotations

from typing import Any

from gilde.core.jobs import job


@job("indicators.load")
def load(load: str) -> dict[str, Any]:
    """Read a file or ask a provider, check what came, and publish it or hold it for a decision."""
    from gilde.indicators.services import loading

    return loading.read_load(load)


@job("indicators.after-release")
def after_release(release: int) -> dict[str, Any]:
    """Judge anew what a release may have changed, and tell who follows the indicator."""
    from gilde.indicators.services import following

    return following.after_release(release)


@job("indicators.compute")
def compute(codes: list[str] | None = None) -> dict[str, Any]:
    """Run the metrics of Gilde and publish what they tell."""
    from gilde.indicators.services import computing

    return computing.run_all(codes)
