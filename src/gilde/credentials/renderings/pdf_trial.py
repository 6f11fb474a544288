"""Tries the look of an issuer before anything is issued with it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pypdfium2
from django.utils.translation import gettext as _

from gilde.credentials.facts import Achievement, Assessment, Body, Credit, Facts, Kind, Level, Person
from gilde.credentials.renderings import pdf, pdf_words
from gilde.credentials.renderings.pdf_look import Look
from gilde.credentials.renderings.pdf_setting import BadTemplate

_ADDRESS = "https://example.org/check/00000000-0000-4000-8000-000000000000"


def specimen(issuer: str) -> Facts:
    """Return an invented award of this issuer, to look at."""
    return Facts(
        id="urn:uuid:00000000-0000-4000-8000-000000000000",
        kind=Kind.CERTIFICATE,
        achievement=Achievement("https://example.org/achievement", {"en": "Specimen of an achievement"}),
        holder=Person("urn:uuid:00000000-0000-4000-8000-000000000001", "Sam", "Specimen", date(2000, 2, 29)),
        issuer=Body("did:web:example.org", {"en": issuer}),
        awarded_on=date(2001, 2, 3),
        valid_from=datetime(2001, 2, 3, tzinfo=UTC),
        assessment=Assessment({"en": "Practical test"}, grade="17/20"),
        level=Level("EQF", "4", 4),
        hours=Decimal(360),
        credit=Credit(Decimal("12.5")),
    )


def tried(look: Look, *, issuer: str, made_at: datetime, fonts: Path | None = None) -> bytes:
    """Return the certificate of a specimen in this look, for a person to see.

    Raises BadTemplate when an own layout cannot be set, takes more than one page, or leaves out who was awarded what,
    by whom and when, and the number; Unreadable and TooMuch for a logo that is no picture.
    """
    facts = specimen(issuer)
    made = pdf.make(facts, look, made_at=made_at, address=_ADDRESS, fonts=fonts)
    document = pypdfium2.PdfDocument(made)
    try:
        pages = len(document)
        shown = " ".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()
    if pages != 1:
        raise BadTemplate(
            _("The layout makes %(pages)s pages of a certificate, which has one.") % {"pages": pages}
        )
    wanted = {
        _("the name"): pdf_words.holder(facts),
        _("the title"): facts.achievement.title["en"],
        _("the issuer"): issuer,
        _("the award number"): pdf_words.award_number(facts),
        _("the year"): str(facts.awarded_on.year),
    }
    missing = [label for label, value in wanted.items() if _plain(value) not in _plain(shown)]
    if missing:
        raise BadTemplate(_("The layout does not show %(missing)s.") % {"missing": ", ".join(missing)})
    return made


def _plain(text: str) -> str:
    """Letters and digits alone: lines break, and capitals are a matter of taste."""
    return re.sub(r"[\W_]+", "", text).casefold()
