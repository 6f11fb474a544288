"""Asking a provider for figures: in one question, or, when it says that this is too much, in several.

What comes is stored as a document before anything else is done with it, so that a worker that dies later does not
ask again. A provider that makes the answer ready for later is asked again until it is there; the address is kept, so
that this goes on where it stopped. sdmx1 knows the providers; `core.fetch` alone goes out.
"""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext as _

from gilde.core import clock, documents, jobs
from gilde.core import fetch as going_out
from gilde.core.access import SYSTEM
from gilde.core.fetch import BadAnswer, Purpose
from gilde.indicators.errors import ProviderRefused
from gilde.indicators.formats import provider
from gilde.indicators.models import Area, Load, Origin

PURPOSE: Final = going_out.register(
    Purpose(
        "statistics",
        "Figures of official statistics, for indicators",
        hosts=("ec.europa.eu", "sdmx.oecd.org"),
        limit=200 * 1024 * 1024,
        seconds=120.0,
    )
).name
ANSWER_LIMIT: Final = 500 * 1024 * 1024  # bytes, of all parts of an answer together
TOO_LARGE: Final = 413
_POLLS: Final = 40
WAIT_SECONDS: Final = 15.0


def fetch(load: Load) -> None:
    """Give a load the document with the answer of its provider, in one file or in a ZIP of several.

    Raises FetchError, ProviderRefused when the provider answers with a message instead of figures.
    """
    origin = Origin.objects.get(indicator=load.indicator)
    answers = _later(load.url) if _is_later(load) else _ask(load, origin, list(origin.areas))
    body, suffix = (answers[0], "") if len(answers) == 1 else (_zipped(answers), ".zip")
    document = documents.store(SYSTEM, file=body, name=f"{origin.dataflow}{suffix}", limit=ANSWER_LIMIT)
    load.document, load.retrieved_at = document, clock.now()
    Load.objects.filter(pk=load.pk).update(document=document, retrieved_at=load.retrieved_at)


def _ask(load: Load, origin: Origin, areas: list[str]) -> list[bytes]:
    """Return the answers for these areas (none: all): one, or two and more when one is too large."""
    url, accept = provider.request_url(
        origin.provider, origin.dataflow, origin.selection, areas, origin.area_dimension
    )
    _keep_address(load, url)
    jobs.progress(0, None, _("Asking %(provider)s") % {"provider": origin.get_provider_display()})
    try:
        answer = going_out.get(PURPOSE, url, accept=accept)
    except BadAnswer as error:
        if error.details.get("answered") != TOO_LARGE:
            raise
        halves = _halves(areas or _known_areas())
        if halves is None:
            raise
        return [*_ask(load, origin, halves[0]), *_ask(load, origin, halves[1])]
    later = provider.later_url(answer.body)
    if later is None:
        return [answer.body]
    _keep_address(load, later)
    return _later(later)


def _later(url: str) -> list[bytes]:
    """Return the answer that a provider has promised at an address, asking until it is there."""
    for turn in range(_POLLS):
        jobs.progress(turn, _POLLS, _("The provider is preparing a large answer"))
        try:
            return [going_out.get(PURPOSE, url).body]
        except BadAnswer as error:
            if error.details.get("answered") not in (404, 503):
                raise
        time.sleep(WAIT_SECONDS)
    raise ProviderRefused(
        _("The provider promised a large answer at %(url)s and did not give it in time. Pull again later.")
        % {"url": url}
    )


def _is_later(load: Load) -> bool:
    return bool(load.url) and provider.is_later_url(load.url)


def _keep_address(load: Load, url: str) -> None:
    load.url = url[:2000]
    Load.objects.filter(pk=load.pk).update(url=load.url)


def _halves(areas: Sequence[str]) -> tuple[list[str], list[str]] | None:
    middle = len(areas) // 2
    return (list(areas[:middle]), list(areas[middle:])) if middle else None


def _known_areas() -> list[str]:
    return list(Area.objects.exclude(kind=Area.Kind.COMMUNITY).values_list("code", flat=True))


def _zipped(answers: Sequence[bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, answer in enumerate(answers, 1):
            archive.writestr(f"part-{number:03d}", answer)
    return buffer.getvalue()
