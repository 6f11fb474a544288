"""The parts of a message as streams of bytes: a file, one that is packed (gzip), or several in an archive (ZIP).

Everything is read as a stream that counts, so that neither a bomb nor a truncated file costs more than its limit.
"""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext as _

from gilde.core.documents import archives
from gilde.core.documents.errors import DocumentError
from gilde.indicators.errors import Unreadable

_MEGABYTE = 1024 * 1024
# A message is read as a stream, so it may be long; figures repeat themselves and pack well.
LIMITS: Final = archives.Limits(
    members=200, inflated=8 * 1024 * _MEGABYTE, ratio=400, ratio_from=64 * _MEGABYTE, nesting=0
)
_ZIP, _GZIP, _OFFICE = b"PK\x03\x04", b"\x1f\x8b", "[Content_Types].xml"
_HEAD = 64 * 1024


@dataclass(frozen=True)
class Part:
    """One file of a message: `open()` gives its bytes from the beginning, `head` is how it begins."""

    name: str
    open: Callable[[], Stream]
    head: bytes


def parts(path: Path, name: str = "") -> list[Part]:
    """Return the parts of a message, in the order of an archive. Raises Unreadable, for bombs and damage too."""
    name = name or path.name
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            magic = file.read(4)
            if magic == _ZIP:
                archives.check(file, name, size, LIMITS)
    except DocumentError as error:
        raise Unreadable(error.sentence) from error
    except OSError as error:
        raise Unreadable(_("“%(name)s” cannot be opened.") % {"name": name}) from error
    if magic == _ZIP:
        return _members(path, name, size)
    if magic.startswith(_GZIP):
        return [_part(name, lambda: Stream(gzip.open(path, "rb"), name, size))]
    return [_part(name, lambda: Stream(path.open("rb"), name))]


def _members(path: Path, name: str, size: int) -> list[Part]:
    with zipfile.ZipFile(path) as archive:
        inside = [
            member.filename
            for member in archive.infolist()
            if not member.is_dir() and not member.filename.startswith("__MACOSX/")
        ]
    if _OFFICE in inside:
        raise Unreadable(
            _("“%(name)s” is an office document. Save the table as CSV, or send the message itself.")
            % {"name": name}
        )
    if not inside:
        raise Unreadable(_("The archive “%(name)s” is empty.") % {"name": name})
    return [_part(f"{name} ▸ {member[-80:]}", _opener(path, member, name, size)) for member in inside]


def _opener(path: Path, member: str, name: str, size: int) -> Callable[[], Stream]:
    def opened() -> Stream:
        archive = zipfile.ZipFile(path)
        try:
            return Stream(archive.open(member), name, size, archive)
        except (KeyError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
            archive.close()
            raise _damaged(name) from error

    return opened


def _part(name: str, opened: Callable[[], Stream]) -> Part:
    with opened() as file:
        return Part(name, opened, file.read(_HEAD))


class Stream(io.RawIOBase):
    """The bytes of a part; counts what is unpacked against the limits and tells damage in a sentence."""

    def __init__(self, file: Any, name: str, packed: int = 0, owner: Any = None) -> None:
        super().__init__()
        self._file, self._name, self._packed, self._owner, self._read = file, name, packed, owner, 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        # Never everything at once: who asks so gets it in pieces that are counted.
        if size is None or size < 0:
            return b"".join(iter(lambda: self.read(_MEGABYTE), b""))
        try:
            data: bytes = self._file.read(size)
        except (OSError, EOFError, zlib.error, zipfile.BadZipFile, ValueError, RuntimeError) as error:
            raise _damaged(self._name) from error
        self._read += len(data)
        grown = self._read > LIMITS.ratio_from and self._read > LIMITS.ratio * self._packed
        if self._packed and (grown or self._read > LIMITS.inflated):
            raise Unreadable(
                _("“%(name)s” would unpack to far more than it is. It is not read.") % {"name": self._name}
            )
        return data

    def readinto(self, buffer: Any, /) -> int:
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            with suppress(OSError, zlib.error, ValueError):
                self._file.close()
            if self._owner is not None:
                self._owner.close()
        super().close()


def _damaged(name: str) -> Unreadable:
    return Unreadable(_("“%(name)s” is damaged or was cut off on the way. Fetch it again.") % {"name": name})
