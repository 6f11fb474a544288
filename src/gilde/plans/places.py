"""Where the plan says it: the quotes of a measure by what they are about, with an address in the document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from gilde.plans.models import Citation

_FIRST_WORDS = 80


@dataclass(frozen=True)
class Place:
    """The words of the document, the address that opens them there, and the place in words."""

    quote: str
    url: str
    where: str


def places_of(measure_id: UUID, slug: str) -> dict[str, Place]:
    """Return the places of a measure by subject ("section:rationale", "tick:…"), newest edition first."""
    rows: Any = (
        Citation.objects.filter(measure=measure_id)
        .order_by("edition__number", "pk")
        .values_list("subject", "quote", "anchor", "edition__number", "edition__document")
    )
    return {
        subject: Place(words, _url(slug, edition, anchor, words) if document else "", _where(anchor))
        for subject, words, anchor, edition, document in rows
    }


def _url(slug: str, edition: int, anchor: dict[str, Any], words: str) -> str:
    """Browsers scroll to a page of a PDF, and to words of a text (WICG scroll-to-text-fragment)."""
    url = reverse("plans:document", args=[slug, edition])
    if page := anchor.get("page"):
        return f"{url}#page={page}"
    first = words.strip().split("\n")[0][:_FIRST_WORDS]
    return f"{url}#:~:text={quote(first, safe='')}" if first else url


def _where(anchor: dict[str, Any]) -> str:
    if page := anchor.get("page"):
        return _("page %(page)s") % {"page": page}
    if "start" in anchor:
        return _("from character %(start)s") % {"start": anchor["start"]}
    return ""
