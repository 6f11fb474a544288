"""Reference classifications from their official files: `open_package` opens one edition, nothing is stored.

ESCO as its portal gives it, and lists such as ISCO-08, ISCED-F 2013 and NACE. `lists.own` gives those that come with
Gilde.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from gilde.qualifications.classifications.esco import EscoPackage
from gilde.qualifications.classifications.lists import read_list
from gilde.qualifications.classifications.parts import parts
from gilde.qualifications.classifications.reading import Package


def open_package(paths: Sequence[Path], *, version: str = "", scheme: str = "esco") -> Package:
    """Return one edition of a classification from ZIP archives, folders and CSV files that belong together.

    `version` is needed where no name of a file tells it, and must agree where one does. Names and headers are read
    here, everything else by `Package.check`. Raises Unreadable.
    """
    found = parts(paths)
    if scheme == EscoPackage.scheme:
        return EscoPackage(found, version)
    return read_list(found, scheme, version)
