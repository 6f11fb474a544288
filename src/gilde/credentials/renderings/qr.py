"""An address as QR code (ISO/IEC 18004): for paper as SVG, for pages also as PNG."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Final

import segno
from django.utils.translation import gettext as _

from gilde.credentials.errors import TooMuch

LARGEST: Final = 1000  # characters: beyond it the squares are too fine for a telephone at arm's length


def svg(text: str, *, quiet: int = 4) -> bytes:
    """Return the code as SVG without a size of its own, one unit a square, with `quiet` white squares around it.

    Error correction is M or better: 15 % of a worn or folded paper may be lost. Raises TooMuch beyond LARGEST.
    """
    return _drawn(
        text,
        lambda code, out: code.save(
            out,
            kind="svg",
            xmldecl=False,
            omitsize=True,
            svgclass=None,
            lineclass=None,
            border=quiet,
            light="#fff",
        ),
    )


def png(text: str, *, scale: int = 8) -> bytes:
    """Return the code as PNG in black and white, `scale` pixels a square. Raises TooMuch beyond LARGEST."""
    return _drawn(text, lambda code, out: code.save(out, kind="png", scale=scale))


def _drawn(text: str, save: Callable[[segno.QRCode, io.BytesIO], None]) -> bytes:
    if not 0 < len(text) <= LARGEST:
        raise TooMuch(
            _(
                "A QR code holds an address of 1 to %(most)s characters, this one has %(length)s; "
                "use a shorter one."
            )
            % {"most": LARGEST, "length": len(text)},
            "qr-too-long",
        )
    out = io.BytesIO()
    save(segno.make_qr(text, error="m"), out)
    return out.getvalue()
