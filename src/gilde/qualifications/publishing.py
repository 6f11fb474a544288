"""Who gives out the qualifications of this installation, and in which forms."""

from __future__ import annotations

from typing import Final

from django.conf import settings

from gilde.core.text import Text
from gilde.qualifications.described import Body, Publisher

# What the writers of `formats` are called; a test holds the two together.
FORMS: Final = {
    "elm-xml": "European Learning Model 3 (XML)",
    "elm-jsonld": "European Learning Model 3 (JSON-LD)",
    "elm-turtle": "European Learning Model 3 (Turtle)",
    "case": "CASE 1.0",
    "ctdl": "CTDL (JSON-LD)",
    "csv": "CSV",
}


def publisher() -> Publisher:
    """Return this installation as the publisher of its qualifications."""
    name = Text.of(settings.SITE_NAME)
    body = Body(uri=settings.SITE_URL, name=name, country=settings.COUNTRY, website=settings.SITE_URL)
    return Publisher(body, settings.SITE_URL, name, tuple(code for code, _name in settings.LANGUAGES))
