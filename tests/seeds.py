"""Finds the seed documents, which are never part of the project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def seed(prefix: str) -> Path:
    """The seed document whose name begins with `prefix`; without the seeds the test is skipped, saying so."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "seeds"
    folder = Path(os.environ.get("GILDE_SEEDS") or beside)
    found = sorted(folder.glob(f"{prefix}_*"))
    if not found:
        pytest.skip(f"the seed document {prefix} is not there; set GILDE_SEEDS to the folder of the seeds")
    return found[0]
