"""Store a file once, open it, and check that what is kept is still what came in."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from gilde.core import audit, clock
from gilde.core.access import Actor
from gilde.core.documents import archives, sniff
from gilde.core.documents.errors import Empty, Encrypted, Lost, TooLarge, WrongType
from gilde.core.documents.models import Document
from gilde.core.errors import Refused

_CHUNK = 256 * 1024


@dataclass(frozen=True)
class Damage:
    """A document whose content is gone or is no longer what was stored."""

    document: Document
    reason: str


class _Arrived(File[bytes]):
    """A temporary file that a storage on this machine may move into its place instead of copying it."""

    def temporary_file_path(self) -> str:
        return str(self.name)


def store(
    actor: Actor,
    *,
    file: bytes | File[bytes] | IO[bytes],
    name: str,
    limit: int | None = None,
    media_types: Collection[str] | None = None,
) -> Document:
    """Return the document with this content, stored now unless it was stored before.

    `limit` is in bytes (settings.UPLOAD_LIMIT by default); `media_types`, if given, are the only ones taken.
    The content goes through in pieces and is never whole in memory. Raises Empty, TooLarge, WrongType,
    UnsafeArchive, Encrypted, and Refused for who has not signed in; nothing is stored then.
    """
    if not actor.is_authenticated:
        raise Refused(_("Sign in to send a file."))
    name = clean_name(name)
    with _arriving() as arrived:
        sha256, size = _receive(file, arrived, name, settings.UPLOAD_LIMIT if limit is None else limit)
        media_type = _inspect(arrived, name, size, media_types)
        found = Document.objects.filter(sha256=sha256).first()
        document = found or Document(
            sha256=sha256, media_type=media_type, size=size, name=name, stored_at=clock.now()
        )
        # The content before its row: a row never promises what is not there. A content that was lost comes
        # back.
        _keep(arrived, document.path)
    if found:
        return found
    with transaction.atomic():
        document, new = Document.objects.get_or_create(
            sha256=sha256,
            defaults={"media_type": media_type, "size": size, "name": name, "stored_at": document.stored_at},
        )
        if new:
            # The name may name a person, so it stays out of the event.
            audit.record(
                actor,
                "core.document.store",
                document,
                after={"sha256": sha256, "media_type": media_type, "size": size},
            )
    return document


def open_document(document: Document) -> File[bytes]:
    """Return the content, open for reading; the caller closes it. Raises Lost when the storage does not hold
    it.
    """
    try:
        return default_storage.open(document.path, "rb")
    except FileNotFoundError as error:
        raise Lost(_lost(document)) from error


@contextmanager
def local_file(document: Document) -> Iterator[Path]:
    """Give the content as a file on this machine, for programs that read paths; it is not to be changed."""
    if _is_local():
        path = Path(default_storage.path(document.path))
        if not path.exists():
            raise Lost(_lost(document))
        yield path
        return
    with tempfile.NamedTemporaryFile() as copy, open_document(document) as content:
        for chunk in content.chunks(_CHUNK):
            copy.write(chunk)
        copy.flush()
        yield Path(copy.name)


def verify() -> Iterator[Damage]:
    """Yield every document whose content is missing, has another size, or another SHA-256 than when it was
    stored.
    """
    for document in Document.objects.order_by("stored_at").iterator(chunk_size=500):
        digest, size = hashlib.sha256(), 0
        try:
            with open_document(document) as content:
                for chunk in content.chunks(_CHUNK):
                    digest.update(chunk)
                    size += len(chunk)
        except Lost as error:
            yield Damage(document, error.sentence)
            continue
        if size != document.size or digest.hexdigest() != document.sha256:
            yield Damage(
                document,
                _(
                    "The content of “%(name)s” (%(sha256)s) was changed since it was stored. "
                    "Put it back from a backup."
                )
                % {"name": document.name, "sha256": document.sha256},
            )


def clean_name(name: str) -> str:
    """Return a file name without folders, control characters or quotes; "document" where nothing is left."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(character for character in last if character.isprintable() and character not in '"<>|:*?')
    kept = kept.strip(" .")
    stem, suffix = os.path.splitext(kept)
    return (stem[: 200 - len(suffix[:20])] + suffix[:20]) or "document"


@contextmanager
def _arriving() -> Iterator[IO[bytes]]:
    """Give a temporary file beside the kept ones, so that it can become one of them in a single step."""
    folder = None
    if _is_local():
        folder = default_storage.path("incoming")
        os.makedirs(folder, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, prefix="arriving-", delete=False) as file:
        try:
            yield file
        finally:
            Path(file.name).unlink(missing_ok=True)


def _receive(
    source: bytes | File[bytes] | IO[bytes], target: IO[bytes], name: str, limit: int
) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    for chunk in _chunks(source):
        size += len(chunk)
        if size > limit:
            raise TooLarge(
                _("“%(name)s” is larger than %(limit)s MB, the most that is taken here.")
                % {"name": name, "limit": f"{limit / 1024 / 1024:.3g}"}
            )
        digest.update(chunk)
        target.write(chunk)
    if size == 0:
        raise Empty(_("“%(name)s” is empty. Choose the file again.") % {"name": name})
    target.flush()
    os.fsync(target.fileno())
    return digest.hexdigest(), size


def _chunks(source: bytes | File[bytes] | IO[bytes]) -> Iterator[bytes]:
    if isinstance(source, bytes):
        view = memoryview(source)
        for start in range(0, len(view), _CHUNK):
            yield bytes(view[start : start + _CHUNK])
        return
    if isinstance(source, File):
        yield from source.chunks(_CHUNK)
        return
    while chunk := source.read(_CHUNK):
        yield chunk


def _inspect(file: IO[bytes], name: str, size: int, media_types: Collection[str] | None) -> str:
    # An archive is checked before anything else reads it, telling its kind included.
    file.seek(0)
    if file.read(4) in (b"PK\x03\x04", b"PK\x05\x06"):
        archives.check(file, name, size)
    media_type = sniff.media_type_of(file, size)
    if media_type == sniff.OLE and sniff.holds_encrypted_package(file):
        raise Encrypted(_("“%(name)s” is protected with a password. Send it without one.") % {"name": name})
    if media_types is not None and media_type not in media_types:
        raise WrongType(
            _("The content of “%(name)s” is %(found)s; what is taken here is: %(taken)s.")
            % {"name": name, "found": media_type, "taken": ", ".join(sorted(media_types))}
        )
    return media_type


def _keep(arrived: IO[bytes], path: str) -> None:
    if default_storage.exists(path):
        return
    arrived.seek(0)
    content: Any = _Arrived(arrived, name=str(arrived.name)) if _is_local() else File(arrived)
    saved = default_storage.save(path, content)
    if saved != path:  # somebody else stored the same content at the same moment
        default_storage.delete(saved)


def _is_local() -> bool:
    try:
        default_storage.path("x")
    except NotImplementedError:
        return False
    return True


def _lost(document: Document) -> str:
    return _("The storage no longer holds “%(name)s” (%(sha256)s). Put it back from a backup.") % {
        "name": document.name,
        "sha256": document.sha256,
    }
