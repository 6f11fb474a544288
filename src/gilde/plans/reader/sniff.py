"""Tells the format of a file by its content; the name of the file only tells Markdown from plain text."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Literal

from gilde.plans.reader.document import BadDocument

Format = Literal["text", "markdown", "html", "docx", "pdf"]
MEDIA_TYPES: dict[Format, str] = {
    "text": "text/plain",
    "markdown": "text/markdown",
    "html": "text/html",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
MAX_BYTES = 50 * 1024 * 1024
MAX_TEXT_BYTES = 10 * 1024 * 1024  # a plan of a thousand pages is 3 MB of text

_ADVICE = "save the plan as .docx, .pdf, .html, .md or .txt"
_PAGE = re.compile(rb"<(?:!doctype\s+html|html[\s>]|head[\s>]|body[\s>])", re.IGNORECASE)
_TAG = re.compile(
    rb"\s*(?:<!--.{0,2000}?-->\s*)*<(?:p|div|h[1-6]|table|section|article|ul|ol|main)[\s>]", re.I | re.S
)
_BINARY = (
    (b"{\\rtf", "an RTF file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"II*\0", "a picture"),
    (b"MM\0*", "a picture"),
    (b"\x1f\x8b", "a compressed file"),
    (b"7z\xbc\xaf", "a compressed file"),
    (b"Rar!", "a compressed file"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
)


def check_size(size: int) -> None:
    """Raises BadDocument for a file that is empty or larger than 50 MB."""
    if size == 0:
        raise BadDocument("The file is empty; choose the file of the plan itself.", "empty")
    if size > MAX_BYTES:
        raise BadDocument(
            f"The file has {size / 1048576:.0f} MB and at most {MAX_BYTES // 1048576} MB can be read; "
            "leave out pictures and annexes.",
            "too-large",
        )


def sniff(data: bytes, filename: str = "") -> Format:
    """The format of the bytes.

    Raises BadDocument for what is empty, too large, encrypted, or no document of a format that can be read.
    """
    check_size(len(data))
    if data.startswith(b"PK\x03\x04") or data.startswith(b"PK\x05\x06"):
        return _sniff_zip(data)
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise BadDocument(
                "The file is an Office document that is protected with a password; save it without password.",
                "encrypted",
            )
        raise BadDocument("The file is in the Word format of before 2007; save it as .docx.", "old-word")
    for magic, what in _BINARY:
        if data.startswith(magic):
            raise BadDocument(f"The file is {what}, not a document; {_ADVICE}.", "unknown-format")
    if not data.strip(b" \t\r\n\f\xef\xbb\xbf"):
        raise BadDocument("The file is empty but for blanks; choose the file of the plan itself.", "empty")
    if _is_page(data, filename):
        return "html"
    start = data[:2048].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"<?xml"):
        raise BadDocument(f"The file is XML that is no web page; {_ADVICE}.", "unknown-format")
    if len(data) > MAX_TEXT_BYTES:
        raise BadDocument(
            f"The file has {len(data) / 1048576:.0f} MB of text and at most {MAX_TEXT_BYTES // 1048576} "
            "MB can be read; choose the file of the plan itself.",
            "too-large",
        )
    return "markdown" if filename.lower().endswith((".md", ".markdown", ".mdown")) else "text"


def _is_page(data: bytes, filename: str) -> bool:
    start = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start.startswith(b"<"):
        return False
    if _PAGE.search(start):
        if len(data) > MAX_TEXT_BYTES * 2:
            raise BadDocument(
                f"The page has {len(data) / 1048576:.0f} MB and at most {MAX_TEXT_BYTES * 2 // 1048576} "
                "MB can be read; save it without the pictures inside.",
                "too-large",
            )
        return True
    return filename.lower().endswith((".html", ".htm", ".xhtml")) and bool(_TAG.match(start))


def _sniff_zip(data: bytes) -> Format:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise BadDocument(
            "The file is cut off or damaged: it begins as a .docx or zip file but its table of contents is "
            "missing; fetch it again.",
            "truncated",
        ) from None
    if "word/document.xml" in names or "word/document2.xml" in names:
        return "docx"
    if "[Content_Types].xml" in names and any(name.startswith("word/") for name in names):
        return "docx"
    if any(name.startswith("xl/") for name in names):
        raise BadDocument(f"The file is an Excel workbook; {_ADVICE}.", "unknown-format")
    if any(name.startswith("ppt/") for name in names):
        raise BadDocument(f"The file is a PowerPoint presentation; {_ADVICE}.", "unknown-format")
    if "content.xml" in names and "mimetype" in names:
        raise BadDocument("The file is an OpenDocument file; save it as .docx.", "unknown-format")
    raise BadDocument(
        f"The file is a zip archive, not a document; take the plan out of it, or {_ADVICE}.", "unknown-format"
    )
