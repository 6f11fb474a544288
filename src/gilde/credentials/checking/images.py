"""Reads the QR codes in a picture of anybody, a photo of a paper certificate as well as a saved code.

`codes` is a task of the process apart (apart.py, "image-codes"): its decoders are in C and read what anybody made.
"""

from __future__ import annotations

import io
from typing import Final

import zxingcpp
from django.utils.translation import gettext as _
from PIL import Image, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from gilde.credentials.errors import TooMuch, Unreadable

LARGEST: Final = 50 * 1024 * 1024  # bytes
PIXELS: Final = 50_000_000  # of a picture that must be unpacked whole
PHOTO: Final = 210_000_000  # of a JPEG, which is unpacked at half, a quarter or an eighth of its size
MOST: Final = 16  # codes in one picture

_SHARP = 16_000_000  # pixels in which a code on a page is found
_PLUGINS = (PngImagePlugin, JpegImagePlugin, WebPImagePlugin)  # registered by being imported
_FORMATS = zxingcpp.barcode_formats_from_str("QRCode")


def codes(data: bytes) -> list[str]:
    """Return the text of each QR code in a PNG, JPEG or WebP, those above and to the left first.

    Raises Unreadable when it is no such picture or holds no code (no-picture, no-code), TooMuch before anything is
    unpacked when it has too many bytes or pixels (too-large, too-many-pixels).
    """
    image = _opened(data)
    # Loading is where a damaged picture shows, in as many ways as there are decoders.
    try:
        if image.format == "JPEG":
            image.draft("L", _fitting(image.size))
        grey = _grey(image)
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise _no_picture() from error
    grey.thumbnail(_fitting(grey.size))
    read = zxingcpp.read_barcodes(grey, formats=_FORMATS, text_mode=zxingcpp.TextMode.Plain)
    found = [code for code in read if code.valid and code.text]
    if not found:
        raise Unreadable(
            _(
                "There is no QR code in the picture that can be read. Take the photo from nearer, straight and in "
                "good light, so that the whole code is in it; or give the file of the credential."
            ),
            "no-code",
        )
    found.sort(key=lambda code: (code.position.top_left.y, code.position.top_left.x))
    return list(dict.fromkeys(code.text for code in found))[:MOST]


def _opened(data: bytes) -> Image.Image:
    if len(data) > LARGEST:
        raise TooMuch(
            _(
                "The picture is larger than %(largest)s MB; save it smaller, or take a photo of the code alone."
            )
            % {"largest": LARGEST // 1048576},
            "too-large",
        )
    Image.MAX_IMAGE_PIXELS = None  # it is looked at here, before any pixel is unpacked
    try:
        image = Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP"))
    except (OSError, SyntaxError, ValueError) as error:
        raise _no_picture() from error
    width, height = image.size
    if width * height > (PHOTO if image.format == "JPEG" else PIXELS):
        raise TooMuch(
            _(
                "The picture has %(width)s × %(height)s points, which no photo of a certificate has; "
                "save it smaller, or take a photo of the code alone."
            )
            % {"width": width, "height": height},
            "too-many-pixels",
        )
    return image


def _grey(image: Image.Image) -> Image.Image:
    """Return the first frame in grey; what can be seen through lies on white."""
    if image.mode in ("LA", "PA", "RGBA") or "transparency" in image.info:
        coloured = image.convert("RGBA")
        white = Image.new("L", coloured.size, "white")
        white.paste(coloured.convert("L"), mask=coloured.getchannel("A"))
        return white
    if image.mode.startswith("I"):  # sixteen bits a point, which would be cut and not scaled
        return image.convert("I").point(lambda value: value / 256).convert("L")
    return image.convert("L")


def _fitting(size: tuple[int, int]) -> tuple[int, int]:
    share = min(1.0, (_SHARP / max(1, size[0] * size[1])) ** 0.5)
    return max(1, round(size[0] * share)), max(1, round(size[1] * share))


def _no_picture() -> Unreadable:
    return Unreadable(
        _("The picture is damaged or is no PNG, JPEG or WebP; save it again in one of these."), "no-picture"
    )
