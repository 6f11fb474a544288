"""The long work of credentials, as jobs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from gilde.core.jobs import job


@job("credentials.tell")
def tell(awards: Sequence[str]) -> dict[str, Any]:
    """Mail the holders of awards."""
    from gilde.credentials.services import telling

    return asdict(telling.tell(awards))
