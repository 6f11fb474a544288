"""A job that waits in the middle until it is let go, so that its worker can be killed there."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from gilde.core import documents
from gilde.core.access import SYSTEM
from gilde.core.jobs import job, progress


@job("tests.wait")
def wait(folder: str, name: str) -> dict[str, Any]:
    """Store one document, wait for the file "go", store another; both are stored once however often this
    runs.
    """
    first = documents.store(SYSTEM, file=f"first of {name}".encode(), name="first.txt")
    progress(1, 2, "Waiting to go on")
    with (Path(folder) / f"{name}.started").open("a") as started:
        started.write(f"{os.getpid()}\n")
    while not (Path(folder) / "go").exists():
        time.sleep(0.05)
    second = documents.store(SYSTEM, file=f"second of {name}".encode(), name="second.txt")
    progress(2, 2, "Done")
    return {"documents": [first.sha256, second.sha256]}
