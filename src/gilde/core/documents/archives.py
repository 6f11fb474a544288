"""Check ZIP archives (and the office formats built on them) before anything opens them.

Nothing is trusted that an archive says of itself: members are inflated here in small pieces and counted.
"""

from __future__ import annotations

import struct
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _

from gilde.core.documents.errors import Encrypted, UnsafeArchive

_EOCD = b"PK\x05\x06"
_LOCAL = b"PK\x03\x04"
_CHUNK = 256 * 1024
_MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """What an archive may be at most; `ratio` counts only beyond `ratio_from` bytes, since small text packs
    well.
    """

    members: int = 10_000
    inflated: int = 300 * _MEGABYTE
    ratio: int = 200
    ratio_from: int = 20 * _MEGABYTE
    nesting: int = 2


@dataclass
class _Count:
    packed: int
    members: int = 0
    inflated: int = 0


def check(file: IO[bytes], name: str, size: int, limits: Limits | None = None) -> None:
    """Return when a ZIP archive is what it says and stays within the limits.

    Raises UnsafeArchive (bomb, lying sizes, overlapping members, too deep, damaged) and Encrypted. Leaves the
    file at an unspecified place.
    """
    _check(file, name, size, limits or Limits(), _Count(packed=size), depth=0)


def _check(file: IO[bytes], name: str, size: int, limits: Limits, count: _Count, depth: int) -> None:
    if depth > limits.nesting:
        raise UnsafeArchive(
            _("“%(name)s” holds archives inside archives, more than %(limit)d deep. Unpack it first.")
            % {"name": name, "limit": limits.nesting}
        )
    _check_directory(file, name, size, limits)
    try:
        members = zipfile.ZipFile(file).infolist()
    except (zipfile.BadZipFile, ValueError, OSError, RuntimeError, struct.error, OverflowError) as error:
        raise _damaged(name) from error
    count.members += len(members)
    if count.members > limits.members:
        raise _too_many(name, limits)
    if any(member.flag_bits & 0x1 for member in members):
        raise Encrypted(_("“%(name)s” is protected with a password. Send it without one.") % {"name": name})
    # What the archive declares is checked first, because that costs nothing.
    _check_growth(name, limits, count, sum(member.file_size for member in members))
    _check_overlap(members, name, size)
    for member in members:
        _inflate(file, member, name, limits, count, depth)


def _check_directory(file: IO[bytes], name: str, size: int, limits: Limits) -> None:
    """Refuse a directory of members too long to be read safely, before it is read."""
    tail = min(size, 65_557)
    file.seek(size - tail)
    data = file.read(tail)
    at = data.rfind(_EOCD)
    if at < 0 or len(data) - at < 22:
        raise _damaged(name)
    directory_size: int = struct.unpack_from("<I", data, at + 12)[0]
    # A member's line in the directory is 46 bytes and its name; some writers add up to a few hundred more.
    if directory_size > limits.members * 400:
        raise _too_many(name, limits)


def _check_overlap(members: list[zipfile.ZipInfo], name: str, size: int) -> None:
    """Refuse members that share their bytes: the way in which 40 KB becomes gigabytes without nesting."""
    end = 0
    for member in sorted(members, key=lambda member: member.header_offset):
        if member.header_offset < end:
            raise UnsafeArchive(
                _("“%(name)s” is built to unpack the same bytes several times. It is not stored.")
                % {"name": name}
            )
        end = member.header_offset + 30 + member.compress_size
    if end > size:
        raise _damaged(name)


def _inflate(
    file: IO[bytes], member: zipfile.ZipInfo, name: str, limits: Limits, count: _Count, depth: int
) -> None:
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise UnsafeArchive(
            _("“%(name)s” is packed in a way that cannot be checked. Pack it again as an ordinary ZIP.")
            % {"name": name}
        )
    file.seek(member.header_offset)
    header = file.read(30)
    if len(header) < 30 or header[:4] != _LOCAL:
        raise _damaged(name)
    name_length, extra_length = struct.unpack_from("<HH", header, 26)
    file.seek(name_length + extra_length, 1)
    inflater = zlib.decompressobj(-15) if member.compress_type == zipfile.ZIP_DEFLATED else None
    left, real, first = member.compress_size, 0, b""
    inner: IO[bytes] | None = None
    try:
        while left > 0:
            packed = file.read(min(_CHUNK, left))
            if not packed:
                raise _damaged(name)
            left -= len(packed)
            while packed:
                if inflater is None:
                    piece, packed = packed, b""
                else:
                    piece = inflater.decompress(packed, _CHUNK)
                    packed = inflater.unconsumed_tail
                real += len(piece)
                _check_growth(name, limits, count, real)
                if not first:
                    first = piece[:4]
                    if first == _LOCAL:
                        inner = tempfile.SpooledTemporaryFile(max_size=4 * _MEGABYTE)  # noqa: SIM115
                if inner is not None:
                    inner.write(piece)
                if inflater is not None and inflater.eof:
                    break
        if inflater is not None:
            rest = inflater.flush()
            real += len(rest)
            if inner is not None:
                inner.write(rest)
        count.inflated += real
        _check_growth(name, limits, count, 0)
        if real != member.file_size:
            raise UnsafeArchive(
                _("“%(name)s” says that “%(member)s” has %(declared)d bytes, but it has %(real)d.")
                % {"name": name, "member": member.filename[:80], "declared": member.file_size, "real": real}
            )
        if inner is not None:
            inner.seek(0)
            _check(inner, f"{name} ▸ {member.filename[:80]}", real, limits, count, depth + 1)
    except zlib.error as error:
        raise _damaged(name) from error
    finally:
        if inner is not None:
            inner.close()


def _check_growth(name: str, limits: Limits, count: _Count, more: int) -> None:
    grown = count.inflated + more
    if grown > limits.inflated or (grown > limits.ratio_from and grown > limits.ratio * max(count.packed, 1)):
        raise UnsafeArchive(
            _("“%(name)s” would unpack to far more than it is (over %(megabytes)d MB). It is not stored.")
            % {"name": name, "megabytes": min(grown, limits.inflated) // _MEGABYTE}
        )


def _too_many(name: str, limits: Limits) -> UnsafeArchive:
    return UnsafeArchive(
        _("“%(name)s” holds more than %(limit)d files. Send fewer at a time.")
        % {"name": name, "limit": limits.members}
    )


def _damaged(name: str) -> UnsafeArchive:
    return UnsafeArchive(
        _("“%(name)s” is damaged or was cut off on the way. Save it again and send the new copy.")
        % {"name": name}
    )
