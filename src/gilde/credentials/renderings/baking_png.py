"""Baking into PNG: an iTXt chunk with the keyword `openbadgecredential` (Open Badges 3.0, section 5.3.1)."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from gilde.credentials.errors import TooMuch, Unreadable, Unsupported

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
KEYWORD: Final = b"openbadgecredential"
_OLD_KEYWORD: Final = b"openbadges"  # of Open Badges 1 and 2
_LONGEST: Final = 2**31 - 1  # bytes in a chunk (PNG, section 5.3)


@dataclass(frozen=True)
class Chunk:
    kind: bytes
    data: bytes

    def packed(self) -> bytes:
        """Return the chunk as it stands in a file: length, kind, data, check sum."""
        body = self.kind + self.data
        return len(self.data).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")

    @property
    def keyword(self) -> bytes:
        """Return the keyword of a chunk that holds text, b"" of any other."""
        return self.data.split(b"\0", 1)[0] if self.kind in (b"iTXt", b"tEXt", b"zTXt") else b""

    @property
    def baked(self) -> bool:
        return self.kind == b"iTXt" and self.keyword == KEYWORD


def bake(picture: bytes, credential: str) -> bytes:
    """Return the PNG with the credential right behind its header, uncompressed."""
    header, *others = chunks(picture)
    text = Chunk(b"iTXt", KEYWORD + b"\0\0\0\0\0" + credential.encode())
    rest = (chunk for chunk in others if not chunk.baked)
    return SIGNATURE + b"".join(chunk.packed() for chunk in (header, text, *rest))


def unbake(picture: bytes, *, largest: int) -> str:
    """Return the credential in a PNG; `largest` is how many bytes a compressed one may unpack to."""
    found = list(chunks(picture))
    baked = [chunk for chunk in found if chunk.baked]
    if len(baked) > 1:
        raise Unreadable(
            _(
                "The picture holds %(count)d credentials, and a badge holds one. Ask the issuer for the badge again."
            )
            % {"count": len(baked)},
            "several-credentials",
        )
    if baked:
        return _text(baked[0], largest)
    if any(chunk.keyword == _OLD_KEYWORD for chunk in found):
        raise Unsupported(
            _(
                "This badge is of version 1 or 2 of Open Badges, which Gilde cannot check. Ask for a newer one."
            ),
            "open-badges-2",
        )
    raise Unreadable(
        _(
            "There is no credential in this picture. Perhaps it is a copy or a screen shot: use the original file."
        ),
        "no-credential",
    )


def chunks(picture: bytes) -> Iterator[Chunk]:
    """Give the chunks of a PNG, header first and end last; raise Unreadable at the first that is damaged."""
    if not picture.startswith(SIGNATURE):
        raise _damaged(_("it does not begin as a PNG does"), "not-png")
    at, kind = len(SIGNATURE), b""
    while kind != b"IEND":
        length = int.from_bytes(picture[at : at + 4], "big")
        end = at + 12 + length
        if len(picture) < at + 12 or length > _LONGEST or end > len(picture):
            raise _damaged(_("it ends in the middle"), "png-cut-off")
        body = picture[at + 4 : end - 4]
        kind = body[:4]
        if not (kind.isalpha() and kind.isascii()) or (at == len(SIGNATURE)) != (kind == b"IHDR"):
            raise _damaged(_("a part of it is no part of a PNG"), "png-chunk")
        if zlib.crc32(body) != int.from_bytes(picture[end - 4 : end], "big"):
            raise _damaged(_("a check sum in it is wrong"), "png-crc")
        yield Chunk(kind, body[4:])
        at = end
    if at != len(picture):
        raise _damaged(_("something follows behind its end"), "png-trailing")


def _text(chunk: Chunk, largest: int) -> str:
    """Return the text of an iTXt chunk (PNG, section 11.3.3.4)."""
    _keyword, _zero, rest = chunk.data.partition(b"\0")
    flag, method, rest = rest[:1], rest[1:2], rest[2:]
    _language, first, rest = rest.partition(b"\0")
    _translated, second, text = rest.partition(b"\0")
    if not first or not second or flag not in (b"\0", b"\1") or method != b"\0":
        raise _damaged(_("the credential in it is no text"), "png-text")
    if flag == b"\1":
        text = _inflated(text, largest)
    try:
        return text.decode()
    except UnicodeDecodeError:
        raise _damaged(_("the credential in it is not written in UTF-8"), "not-utf8") from None


def _inflated(data: bytes, largest: int) -> bytes:
    stream = zlib.decompressobj()
    try:
        text = stream.decompress(data, largest + 1)
    except zlib.error:
        raise _damaged(_("the credential in it cannot be unpacked"), "png-text") from None
    if len(text) > largest:
        raise TooMuch(
            _("The credential in this picture unpacks to more than %(most)d MB, which no honest one does.")
            % {"most": largest // (1024 * 1024)},
            "too-large",
        )
    if not stream.eof or stream.unused_data:
        raise _damaged(_("the credential in it cannot be unpacked"), "png-text")
    return text


def _damaged(what: str, reason: str) -> Unreadable:
    sentence = _("The picture is damaged: %(what)s. Use the original file, or ask the issuer for it again.")
    return Unreadable(sentence % {"what": what}, reason)
