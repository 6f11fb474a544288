"""Reads a plan from bytes, in this process. Whatever comes from outside is read through `sandbox`."""

from __future__ import annotations

import importlib
from collections.abc import Callable

from gilde.plans.reader.document import BadDocument, SourceDocument
from gilde.plans.reader.result import Reading
from gilde.plans.reader.sniff import MEDIA_TYPES, sniff
from gilde.plans.reader.structure import understand

_READERS = {"html": "read_html", "docx": "read_docx", "pdf": "read_pdf"}


def read_source(data: bytes, filename: str = "") -> SourceDocument:
    """The linear document in the bytes of a file. Raises BadDocument if they cannot be read."""
    kind = sniff(data, filename)
    if kind in _READERS:
        module = importlib.import_module(f"gilde.plans.reader.{kind}")
        read: Callable[[bytes], SourceDocument] = getattr(module, _READERS[kind])
        document = read(data)
    else:
        from gilde.plans.reader.text import read_text

        document = read_text(data, MEDIA_TYPES[kind])
    if not any(character.isalnum() for character in document.text):
        raise BadDocument("The document has no words in it; choose the file of the plan itself.", "empty")
    return document


def read_bytes(data: bytes, filename: str = "") -> Reading:
    """The plan in the bytes of a file, read in this process without limits.

    Raises BadDocument with one sentence when there is none or it cannot be read.
    """
    return understand(read_source(data, filename))
