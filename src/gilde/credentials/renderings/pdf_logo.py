"""The logo of an issuer, checked and drawn anew, so that nothing of a file reaches a paper but its picture."""

from __future__ import annotations

import base64
import io
import re
import warnings
from functools import lru_cache
from typing import Final

from django.utils.translation import gettext as _
from lxml import etree
from PIL import Image

from gilde.credentials.errors import TooMuch, Unreadable

LARGEST: Final = 2_000_000  # bytes
PIXELS: Final = 25_000_000
ACROSS: Final = 1000  # pixels: 600 to the inch at the widest that a layout sets it

_SVG: Final = "{http://www.w3.org/2000/svg}"
# Shapes alone: nothing that loads, runs, repeats itself or asks for a font.
_SHAPES: Final = frozenset(
    f"{_SVG}{name}"
    for name in (
        *("svg", "g", "title", "desc", "metadata", "defs", "path", "rect", "circle", "ellipse", "line"),
        *("polyline", "polygon", "linearGradient", "radialGradient", "stop", "clipPath"),
    )
)
_MOST_SHAPES: Final = 5000
_LOADS: Final = re.compile(r"url\(\s*['\"]?(?!#)|@import|javascript:|data:", re.IGNORECASE)


@lru_cache(maxsize=256)
def picture(logo: bytes) -> str:
    """Return a PNG, JPEG or SVG logo as an SVG that holds everything it needs.

    Raises Unreadable when it is no such picture, TooMuch when it is larger than a logo is.
    """
    if len(logo) > LARGEST:
        raise TooMuch(
            _("The logo has %(size)s bytes; save it smaller, below %(most)s.")
            % {"size": len(logo), "most": LARGEST},
            "logo-too-large",
        )
    return _shapes(logo) if logo.lstrip()[:1] == b"<" else _pixels(logo)


def _pixels(logo: bytes) -> str:
    """The picture of a PNG or JPEG, without its colour profile, place and camera."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(logo), formats=("PNG", "JPEG"))
            if image.width * image.height > PIXELS:
                raise TooMuch(
                    _("The logo is %(width)s by %(height)s pixels; %(most)s across is enough for paper.")
                    % {"width": image.width, "height": image.height, "most": ACROSS},
                    "logo-too-large",
                )
            drawn = image.convert(
                "RGBA" if "A" in image.getbands() or "transparency" in image.info else "RGB"
            )
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Warning) as error:
        raise Unreadable(
            _("The logo is no PNG, JPEG or SVG picture that can be read; save it again as PNG."), "logo"
        ) from error
    drawn.thumbnail((ACROSS, ACROSS), Image.Resampling.LANCZOS)
    drawn.info = {}
    out = io.BytesIO()
    drawn.save(out, "PNG", optimize=True)
    width, height = drawn.size
    told = base64.b64encode(out.getvalue()).decode("ascii")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f'<image width="{width}" height="{height}" href="data:image/png;base64,{told}"/></svg>'
    )


def _shapes(logo: bytes) -> str:
    """The SVG itself, when it is drawn with plain shapes."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(logo, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(
            _("The logo is no SVG that can be read; save it again as SVG or PNG."), "logo"
        ) from error
    if b"<!ENTITY" in logo:
        raise Unreadable(_("The logo declares entities, which no logo needs; save it as plain SVG."), "logo")
    found = list(root.iter())
    if root.tag != f"{_SVG}svg" or len(found) > _MOST_SHAPES:
        raise Unreadable(_("The logo is no simple SVG; save it as plain SVG or PNG."), "logo")
    for element in found:
        if not isinstance(element.tag, str):
            continue
        if element.tag.startswith(_SVG) and element.tag not in _SHAPES:
            raise Unreadable(
                _(
                    "The logo holds <%(name)s>, and may hold plain shapes only; turn texts into paths, or use PNG."
                )
                % {"name": element.tag.removeprefix(_SVG)},
                "logo",
            )
        if any(_LOADS.search(str(value)) for value in element.attrib.values()):
            raise Unreadable(
                _("The logo refers to something outside itself; save it as plain SVG or as PNG."), "logo"
            )
    for element in [each for each in found if isinstance(each.tag, str) and not each.tag.startswith(_SVG)]:
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
    return etree.tostring(root, encoding="unicode")
