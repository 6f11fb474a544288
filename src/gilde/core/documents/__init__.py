"""Files, stored once by their SHA-256: `store` takes one in, `respond` is the only way out to a browser."""

from gilde.core.documents.errors import (
    DocumentError,
    Empty,
    Encrypted,
    Lost,
    TooLarge,
    UnsafeArchive,
    WrongType,
)
from gilde.core.documents.models import Document
from gilde.core.documents.serve import respond
from gilde.core.documents.service import Damage, clean_name, local_file, open_document, store, verify

__all__ = [
    "Damage",
    "Document",
    "DocumentError",
    "Empty",
    "Encrypted",
    "Lost",
    "TooLarge",
    "UnsafeArchive",
    "WrongType",
    "clean_name",
    "local_file",
    "open_document",
    "respond",
    "store",
    "verify",
]
