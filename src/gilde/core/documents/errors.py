"""What can be wrong with a file that somebody brings, or with one that is kept."""

from __future__ import annotations

from gilde.core.errors import GildeError


class DocumentError(GildeError):
    """The file cannot be stored; nothing of it was kept."""

    status = 422
    code = "document"


class Empty(DocumentError):
    """There is nothing in the file."""

    code = "document-empty"


class TooLarge(DocumentError):
    """The file is larger than what is taken here."""

    status = 413
    code = "document-too-large"


class WrongType(DocumentError):
    """The content is of a type that is not taken here, whatever the file is called."""

    status = 415
    code = "document-type"


class UnsafeArchive(DocumentError):
    """The archive would become far larger, or is built to mislead."""

    code = "document-unsafe-archive"


class Encrypted(DocumentError):
    """The content is locked with a password, so nobody here can read or check it."""

    code = "document-encrypted"


class Lost(GildeError):
    """The storage no longer holds the content of a document, or not as it was stored."""

    status = 500
    code = "document-lost"
