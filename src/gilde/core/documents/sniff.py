"""Tell what a file is from its content. What it is called is never asked: names lie, and the same content
has many.
"""

from __future__ import annotations

import codecs
import csv
import json
import re
import struct
import zipfile
import zlib
from typing import IO, Final

OCTETS: Final = "application/octet-stream"
ZIP: Final = "application/zip"
_OPEN_XML = "application/vnd.openxmlformats-officedocument."
DOCX: Final = _OPEN_XML + "wordprocessingml.document"
XLSX: Final = _OPEN_XML + "spreadsheetml.sheet"
PPTX: Final = _OPEN_XML + "presentationml.presentation"
ODT: Final = "application/vnd.oasis.opendocument.text"
OLE: Final = "application/x-ole-storage"

_HEAD = 64 * 1024
_JSON_WHOLE = 1024 * 1024
_SIGNATURES = [
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
    (b"\x1f\x8b", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
]
# The content type of the main part says which office format a package is.
_MAIN_PARTS = [
    (b"wordprocessingml.document.main+xml", DOCX),
    (b"spreadsheetml.sheet.main+xml", XLSX),
    (b"presentationml.presentation.main+xml", PPTX),
    (b"ms-word.document.macroEnabled.main+xml", "application/vnd.ms-word.document.macroEnabled.12"),
    (b"ms-excel.sheet.macroEnabled.main+xml", "application/vnd.ms-excel.sheet.macroEnabled.12"),
]
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_BEFORE_ROOT = re.compile(r"(?:\s|<!--.*?-->|<\?.*?\?>)*", re.S)
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body|title|meta|script)\b", re.I)
_SVG = re.compile(r"(?:<!doctype\s+svg\b[^>]*>\s*)?<(?:\w+:)?svg\b", re.I)
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")


def media_type_of(file: IO[bytes], size: int) -> str:
    """Return the media type of a file's content: "application/octet-stream" where nothing is recognised."""
    file.seek(0)
    head = file.read(_HEAD)
    for signature, media_type in _SIGNATURES:
        if head.startswith(signature):
            return media_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return _zip_kind(file)
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"%PDF-"):
        return "application/pdf"
    text = _as_text(head, whole=size <= len(head))
    return OCTETS if text is None else _text_kind(text, file, size)


def holds_encrypted_package(file: IO[bytes]) -> bool:
    """Return whether an OLE file is an office document that was locked with a password (MS-OFFCRYPTO 1.3)."""
    file.seek(0)
    before = b""
    while chunk := file.read(_HEAD):
        if _ENCRYPTED_PACKAGE in before + chunk:
            return True
        before = chunk[-len(_ENCRYPTED_PACKAGE) :]
    return False


def _zip_kind(file: IO[bytes]) -> str:
    try:
        archive = zipfile.ZipFile(file)
        names = set(archive.namelist())
        if "mimetype" in names:
            with archive.open("mimetype") as member:
                declared = member.read(100).decode("ascii", "replace").strip()
            if re.fullmatch(r"application/(vnd\.oasis\.opendocument\.[a-z-]+|epub\+zip)", declared):
                return declared
        if "[Content_Types].xml" in names:
            with archive.open("[Content_Types].xml") as member:
                types = member.read(1024 * 1024)
            for part, media_type in _MAIN_PARTS:
                if part in types:
                    return media_type
    except (zipfile.BadZipFile, OSError, RuntimeError, ValueError, EOFError, zlib.error, struct.error):
        return ZIP  # the check of archives that follows says what is wrong with it
    return ZIP


def _as_text(head: bytes, whole: bool) -> str | None:
    """Return the head as text, or None where it is not text in any encoding that people send."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            text = decoder.decode(head, final=whole)
        except UnicodeDecodeError:
            continue
        return None if _CONTROL.search(text) else text
    return None


def _text_kind(text: str, file: IO[bytes], size: int) -> str:
    before = _BEFORE_ROOT.match(text)
    root = text[before.end() :] if before else text
    if _HTML.match(root):
        return "text/html"
    if _SVG.match(root):
        return "image/svg+xml"
    if text.lstrip().startswith("<?xml"):
        return "application/xml"
    if root[:1] in ("{", "[") and _is_json(root, file, size):
        return "application/json"
    return "text/csv" if _is_table(text, whole=size <= _HEAD) else "text/plain"


def _is_json(root: str, file: IO[bytes], size: int) -> bool:
    if size > _JSON_WHOLE:  # too large to be read whole for this: its two ends must do
        file.seek(size - 64)
        return file.read().rstrip()[-1:] == (b"}" if root[0] == "{" else b"]")
    file.seek(0)
    try:
        json.loads(file.read())
    except (ValueError, RecursionError):
        return False
    return True


def _is_table(text: str, whole: bool) -> bool:
    """Return whether the text is rows of equally many fields; prose with commas is not."""
    lines = text.splitlines(keepends=True)
    sample = "".join(lines if whole else lines[:-1])
    for delimiter in (";", "\t", ","):
        if delimiter not in sample or sample.count(delimiter) == sample.count(delimiter + " "):
            continue
        try:
            rows = [row for row in csv.reader(sample.splitlines(), delimiter=delimiter, strict=True) if row]
        except csv.Error:
            continue
        widths = {len(row) for row in rows}
        if len(rows) >= 2 and len(widths) == 1 and widths.pop() >= 2 and len(rows) * len(rows[0]) >= 6:
            return True
    return False
