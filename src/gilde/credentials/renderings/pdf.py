"""Certificate and supplement as PDF/A-3a and PDF/UA-1 (ISO 19005-3, ISO 14289-1), the credential attached."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from django.utils import translation
from django.utils.translation import gettext as _

from gilde.credentials.errors import TooMuch
from gilde.credentials.facts import Facts
from gilde.credentials.proofs.pades_field import Visible
from gilde.credentials.renderings import pdf_logo, pdf_reading, pdf_setting, pdf_told, pdf_words, qr
from gilde.credentials.renderings.pdf_look import LAYOUTS, Look, Signatory

__all__ = ["LAYOUTS", "Attached", "Look", "Parts", "Signatory", "make", "seal_line"]

LARGEST: Final = 5_000_000  # bytes of an attached credential
FULL_PAGE: Final = (595, 842)  # points of A4
_SIDE, _FOOT, _HIGH = (
    60,
    11,
    13,
)  # points: where a seal shows, outside the frames and inside what printers reach
_MEDIA_TYPE: Final = re.compile(r"[a-z]+/[A-Za-z0-9.+-]{1,100}\Z")


class Parts(StrEnum):
    """What a file holds."""

    CERTIFICATE = "certificate"
    SUPPLEMENT = "supplement"
    BOTH = "certificate supplement"


@dataclass(frozen=True)
class Attached:
    """The credential in the file, byte for byte: `name` as "credential.json", `media_type` as "application/vc"."""

    name: str
    media_type: str
    data: bytes


def make(
    facts: Facts,
    look: Look | None = None,
    *,
    made_at: datetime,
    address: str = "",
    attached: Attached | None = None,
    parts: Parts = Parts.CERTIFICATE,
    language: str = "",
    sealed: bool = False,
    fonts: Path | None = None,
) -> bytes:
    """Return the papers of an award as PDF, the same bytes for the same arguments.

    `address` is that at which the award is checked, for the QR code; `sealed` that the file will carry a seal;
    `language` that of the words, else that of the award; `fonts` a folder with fonts for more scripts.
    Raises Unsupported when no font has a letter of the award, and what `pdf_logo`, `qr` and `pdf_setting` raise.
    """
    look = look or Look()
    wanted = language or facts.language
    with translation.override(pdf_words.labels(wanted)):
        told = pdf_told.told(
            facts,
            look,
            wanted=wanted,
            parts=tuple(parts.split()),
            address=address,
            attached=attached is not None,
            sealed=sealed,
        )
    files = {f"{name}.typ": pdf_setting.source(name) for name in ("main", "gilde", "supplement")}
    ours = look.layout if look.layout in LAYOUTS else LAYOUTS[0]
    files["layout.typ"] = look.template or pdf_setting.source(ours)
    if look.logo:
        files["logo.svg"] = pdf_logo.picture(look.logo).encode()
    if address:
        files["qr.svg"] = qr.svg(address, quiet=0)  # the layouts keep more white around it than it asks for
    told["attached"] = _attached(attached, files)
    inputs = {"award": json.dumps(told, ensure_ascii=False)}
    moment = int(made_at.timestamp())
    if not look.template:
        return pdf_setting.here(files, inputs, moment, fonts)
    pdf = pdf_setting.apart(files, inputs, moment, fonts)
    if [each.data for each in pdf_reading.attachments(pdf)] != ([attached.data] if attached else []):
        raise pdf_setting.BadTemplate(
            _("The layout attaches files; leave that to Gilde, which attaches the credential alone.")
        )
    return pdf


def _attached(attached: Attached | None, files: dict[str, bytes]) -> dict[str, Any] | None:
    """What the template is told of the credential; its bytes go beside it, where they are text."""
    if attached is None:
        return None
    if len(attached.data) > LARGEST:
        raise TooMuch(
            _("The credential has %(size)s bytes, more than the %(most)s that a paper carries.")
            % {"size": len(attached.data), "most": LARGEST},
            "attachment-too-large",
        )
    assert _MEDIA_TYPE.match(attached.media_type), attached.media_type
    told = {
        "name": attached.name,
        "media_type": attached.media_type,
        "description": _("The digital credential of this award"),
        "bytes": None,
    }
    try:
        attached.data.decode("utf-8")
    except UnicodeDecodeError:
        return {**told, "bytes": list(attached.data)}
    files["attached"] = attached.data
    return told


def seal_line(organisation: str, at: datetime, *, language: str = "en", landscape: bool = True) -> Visible:
    """Return the line at the foot of the first page that shows a seal, in the room that each layout leaves for it."""
    with translation.override(pdf_words.labels(language)):
        words = _("Sealed electronically by %(organisation)s on %(day)s") % {
            "organisation": pdf_words.clean(organisation),
            "day": pdf_words.day(at),
        }
    width = (FULL_PAGE[1] if landscape else FULL_PAGE[0]) - 2 * _SIDE
    told = {"words": words, "width": width, "height": _HIGH}
    picture = pdf_setting.picture("seal", {"seal": json.dumps(told, ensure_ascii=False)}, int(at.timestamp()))
    return Visible((_SIDE, _FOOT, _SIDE + width, _FOOT + _HIGH), picture)
