"""Where the seed documents are, for tests that read real plans. They are never copied into the project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def seed(prefix: str) -> Path:
    """Return the seed file whose name begins with the prefix; skip the test, saying why, if absent."""
    folder = Path(os.environ.get("GILDE_SEEDS") or ROOT.parent / "shared" / "seeds")
    found = sorted(folder.glob(f"{prefix}*")) if folder.is_dir() else []
    if not found:
        pytest.skip(f"the seed documents are not here: set GILDE_SEEDS to the folder that holds {prefix}…")
    return found[0]
