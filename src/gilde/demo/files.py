"""The data files and plan documents of the demo world."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).resolve().parent / "data"
DOCUMENTS = Path(__file__).resolve().parent / "documents"


def read(path: str) -> dict[str, Any]:
    """Return one of the data files of the demo world."""
    data: dict[str, Any] = yaml.load((DATA / path).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return data


def upload_documents() -> Iterator[Path]:
    """Yield the plan documents that are ready to be uploaded at the desk."""
    yield from sorted(DOCUMENTS.glob("*.md"))
