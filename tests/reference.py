"""Finds the public reference files (ESCO, European Learning Model), which are never part of the project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def reference_file(name: str) -> Path:
    """The reference file or folder of this name, as "esco/dev-pairs-nl-fr.csv"; without it the test is skipped."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    path = Path(os.environ.get("GILDE_REFERENCE_DATA") or beside) / name
    if not path.exists():
        pytest.skip(f"{name} is not there; set GILDE_REFERENCE_DATA to the folder of the reference files")
    return path
