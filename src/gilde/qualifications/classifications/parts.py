"""The CSV files of a package: loose, in folders, or in ZIP archives, each opened as a stream that has been checked."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Final

from django.utils.translation import gettext as _

from gilde.core.documents import archives
from gilde.core.documents.errors import DocumentError
from gilde.qualifications.errors import Unreadable

_MEGABYTE = 1024 * 1024
# All 28 languages of ESCO with its relations are some 500 MB of text, which packs four to seven times.
LIMITS: Final = archives.Limits(members=2_000, inflated=1024 * _MEGABYTE, ratio=100, nesting=0)
_ZIP = b"PK\x03\x04"
_CSV = (".csv", ".txt")


@dataclass(frozen=True)
class Part:
    """One CSV file. `name` tells a person where it is; `stem` is its name alone, as "skills_en"."""

    name: str
    stem: str
    path: Path
    member: str = ""  # its name inside the ZIP archive `path`
    chosen: bool = False  # named by whoever asked, not found in a folder or archive

    @contextmanager
    def opened(self) -> Iterator[IO[bytes]]:
        """Give the bytes of the file. Raises Unreadable when it cannot be opened or is damaged."""
        try:
            if not self.member:
                with self.path.open("rb") as file:
                    yield file
                return
            with zipfile.ZipFile(self.path) as archive, archive.open(self.member) as member:
                yield member
        except (OSError, EOFError, KeyError, zlib.error, zipfile.BadZipFile, NotImplementedError) as error:
            raise _damaged(self.name) from error


def parts(paths: Sequence[Path]) -> list[Part]:
    """Return the CSV files of ZIP archives, folders and loose files. Raises Unreadable, for bombs and damage too."""
    found = [part for path in paths for part in _parts(path)]
    if not found:
        raise Unreadable(
            _("There is no CSV file in %(names)s. Choose the classification and the relations as CSV.")
            % {"names": ", ".join(f"“{path.name}”" for path in paths) or _("what was given")}
        )
    return found


def _parts(path: Path) -> list[Part]:
    if path.is_dir():
        inside = sorted(each for each in path.rglob("*") if each.suffix.lower() in (*_CSV, ".zip"))
        return [
            part for each in inside if each.is_file() for part in _of_file(each, f"{path.name}/{each.name}")
        ]
    return _of_file(path, path.name, chosen=True)


def _of_file(path: Path, name: str, *, chosen: bool = False) -> list[Part]:
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            zipped = file.read(4) == _ZIP or path.suffix.lower() == ".zip"
            if zipped:
                archives.check(file, name, size, LIMITS)
    except DocumentError as error:
        raise Unreadable(error.sentence) from error
    except OSError as error:
        raise Unreadable(_("“%(name)s” cannot be opened.") % {"name": name}) from error
    if zipped:
        return _members(path, name)
    if size > LIMITS.inflated:
        raise Unreadable(
            _("“%(name)s” is larger than %(megabytes)d MB, which no classification is.")
            % {"name": name, "megabytes": LIMITS.inflated // _MEGABYTE}
        )
    return [Part(name, path.stem, path, chosen=chosen)]


def _members(path: Path, name: str) -> list[Part]:
    with closing(zipfile.ZipFile(path)) as archive:
        inside = [PurePosixPath(each.filename) for each in archive.infolist() if not each.is_dir()]
    wanted = [each for each in inside if each.suffix.lower() in _CSV and "__MACOSX" not in each.parts]
    return [Part(f"{name} ▸ {each.name}", each.stem, path, str(each)) for each in wanted]


def _damaged(name: str) -> Unreadable:
    return Unreadable(_("“%(name)s” is damaged or was cut off on the way. Fetch it again.") % {"name": name})
