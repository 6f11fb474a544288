"""From the bytes of a text file to its characters, without ever guessing where two encodings are mixed."""

from __future__ import annotations

import codecs
import re

from gilde.plans.reader.document import BadDocument

_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_WIDE = ((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"),
         (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip


def decode_text(data: bytes) -> tuple[str, str]:
    """The characters of a text file and the name of its encoding: utf-8, utf-16, utf-32 or cp1252.

    UTF-8 is decoded with nothing changed: a byte order mark and carriage returns stay characters of the text.
    Raises BadDocument for null bytes, control characters, and bytes that fit no encoding or two of them.
    """
    for mark, name in _WIDE:
        if data.startswith(mark):
            try:
                return _clean(data.decode(name)), name
            except UnicodeDecodeError as error:
                raise BadDocument(
                    f"The file says that it is {name.upper()} but byte {error.start} does not fit; "
                    "save it again as UTF-8.",
                    "encoding",
                ) from None
    zero = data.find(b"\0")
    if zero >= 0:
        raise BadDocument(
            f"The file holds a null byte at byte {zero}, so it is no text; give the document itself "
            "as text, Markdown, HTML, docx or pdf.",
            "null-bytes",
        )
    try:
        return _clean(data.decode("utf-8")), "utf-8"
    except UnicodeDecodeError as error:
        place = f"byte {error.start} (line {data.count(10, 0, error.start) + 1})"
        if _MULTIBYTE.search(data):
            raise BadDocument(
                f"The file mixes two encodings: most is UTF-8, but {place} is not; save it again as UTF-8.",
                "mixed-encodings",
            ) from None
        try:
            return _clean(data.decode("cp1252")), "cp1252"
        except UnicodeDecodeError:
            raise BadDocument(
                f"The text is neither UTF-8 nor Windows-1252: {place} fits neither; save it again as UTF-8.",
                "encoding",
            ) from None


def _clean(text: str) -> str:
    found = _CONTROLS.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        raise BadDocument(
            f"The file holds the control character U+{ord(found.group()):04X} in line {line}, so it is no "
            "text; give the document itself as text, Markdown, HTML, docx or pdf.",
            "control-characters",
        )
    return text
