"""Envelopes: a secured credential or presentation inside a `data:` URL (VC Data Model 2.0, sections 4.13.1, 4.13.2)."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote

from django.utils.translation import gettext as _

from gilde.credentials.model_values import broken, listed, types_of

CREDENTIAL: Final = "EnvelopedVerifiableCredential"
PRESENTATION: Final = "EnvelopedVerifiablePresentation"
V2: Final = "https://www.w3.org/ns/credentials/v2"

_DATA: Final = re.compile(
    r"data:([A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+)((?:;[^;,]*)*),([\x21-\x7e]+)", re.DOTALL
)


@dataclass(frozen=True)
class Envelope:
    """What an envelope holds: `media` is its media type in small letters, `content` the token as it was secured."""

    kind: str
    media: str
    content: str


def is_envelope(document: object) -> bool:
    """Return whether a document says that it is an envelope, well formed or not."""
    types = listed(document.get("type")) if isinstance(document, dict) else []
    return CREDENTIAL in types or PRESENTATION in types


def read_envelope(document: Mapping[str, Any], pointer: str = "") -> Envelope:
    """Return what an envelope holds.

    Raises Unreadable with the reason context, type or data-url, where one of these breaks its rule.
    """
    if V2 not in listed(document.get("@context")):
        what = _("the context %(url)s must be named") % {"url": V2}
        raise broken(f"{pointer}/@context", what, "context")
    types = types_of(document, pointer)
    if types not in ([CREDENTIAL], [PRESENTATION]):
        what = _("nothing but the type of an envelope must stand")
        raise broken(f"{pointer}/type", what, "type")
    url = document.get("id")
    found = _DATA.fullmatch(url) if isinstance(url, str) else None
    if found is None:
        what = _("a data: URL with the credential in it must stand")
        raise broken(f"{pointer}/id", what, "data-url")
    content = unquote(found[3])
    if "base64" in found[2].split(";"):
        try:
            content = base64.b64decode(content, validate=True).decode("ascii")
        except (binascii.Error, UnicodeDecodeError):
            what = _("a data: URL in base64 must stand")
            raise broken(f"{pointer}/id", what, "data-url") from None
    return Envelope(types[0], found[1].lower(), content)
