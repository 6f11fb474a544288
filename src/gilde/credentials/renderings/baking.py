"""A credential inside the picture of its badge: baked into PNG or SVG, and taken out again.

1EdTech Open Badges 3.0, section 5.3. Nothing else of a picture changes, byte for byte; baking again replaces what was
baked before. Reading is strict, since a picture comes from anybody.
"""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from gilde.credentials.errors import TooMuch, Unreadable
from gilde.credentials.renderings import baking_png, baking_svg

LARGEST: Final = 16 * 1024 * 1024  # bytes of a picture, and of the credential in it


def bake(picture: bytes, credential: str) -> bytes:
    """Return the PNG or SVG with the credential in it: a compact JWS, or the JSON text of a credential with its proof.

    Raises Unreadable for what is no sound picture of these kinds.
    """
    _check_size(picture)
    if is_png(picture):
        return baking_png.bake(picture, credential)
    return baking_svg.bake(picture, credential)


def unbake(picture: bytes) -> str:
    """Return the credential in a PNG or SVG: a compact JWS, or JSON text.

    Raises Unreadable when there is none, or several, or the picture is damaged; Unsupported for a badge of an older
    version; TooMuch for one that unpacks to more than 16 MB.
    """
    _check_size(picture)
    return baking_png.unbake(picture, largest=LARGEST) if is_png(picture) else baking_svg.unbake(picture)


def is_png(picture: bytes) -> bool:
    """Return whether the bytes begin as those of a PNG do."""
    return picture.startswith(baking_png.SIGNATURE)


def _check_size(picture: bytes) -> None:
    if len(picture) > LARGEST:
        raise TooMuch(
            _(
                "The picture is larger than %(most)d MB. A badge is smaller: check whether this is the right file."
            )
            % {"most": LARGEST // (1024 * 1024)},
            "too-large",
        )
    if not picture:
        raise Unreadable(_("The file is empty. Choose the picture of the badge again."), "empty")
