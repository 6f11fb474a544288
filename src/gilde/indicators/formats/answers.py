"""What providers answer instead of figures, or beside them: footers, errors, "your file will be ready later"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from gilde.indicators.errors import NoFigures, ProviderRefused

# Where Eurostat keeps what it prepares on request (API, asynchronous delivery).
LATER: Final = "https://ec.europa.eu/eurostat/api/dissemination/1.0/async/data/"
_ADDRESS = re.compile(r"https?://[^\s\"'<>]+[^\s\"'<>.,;)]")
_LONGEST = 600


@dataclass(frozen=True)
class Said:
    """One message of a provider: a code such as 413, how severe, and its sentences."""

    code: str
    severity: str
    texts: tuple[str, ...]

    @property
    def is_refusal(self) -> bool:
        """Return whether figures are not, or not all, there: an error, or an answer that is too large (413)."""
        return self.severity.lower() == "error" or self.code in ("413", "500", "501", "503", "510")

    @property
    def sentence(self) -> str:
        """Return what is said, without addresses that are said twice."""
        told: list[str] = []
        for text in self.texts:
            plain = " ".join(text.split())[:_LONGEST]
            if plain and not any(plain in earlier for earlier in told):
                told.append(plain)
        return " ".join(told)


def notes(said: Sequence[Said]) -> tuple[str, ...]:
    """Return what is said beside figures. Raises ProviderRefused where it says that they are not all there."""
    for each in said:
        if each.is_refusal:
            raise refusal(each)
    return tuple(each.sentence for each in said if each.sentence)


def without_figures(name: str, said: Sequence[Said]) -> NoFigures | ProviderRefused:
    """Return the error of a message that holds no figure."""
    for each in said:
        if each.code == "100":  # "No results found", SDMX guidelines for web services
            return NoFigures(
                _("“%(name)s” holds no figure: %(words)s") % {"name": name, "words": each.sentence}
            )
    if said:
        return refusal(max(said, key=lambda each: each.is_refusal))
    return NoFigures(_("“%(name)s” is a message without a single figure.") % {"name": name})


def refusal(said: Said) -> ProviderRefused:
    """Return the error that tells what the provider answered; `details["later"]` is the address of a later file."""
    later = address(said.texts)
    words = {"code": said.code or "–", "words": said.sentence or _("nothing more"), "address": later}
    if later:
        return ProviderRefused(
            _(
                "The provider answers that the figures are too many to send at once (%(code)s). It writes them to a "
                "file: fetch %(address)s in some minutes."
            )
            % words,
            later=later,
            said=said.sentence,
        )
    if said.code == "413":
        return ProviderRefused(
            _("The provider finds the request too large (413): %(words)s Ask for fewer figures.") % words,
            said=said.sentence,
        )
    return ProviderRefused(
        _("The provider answers with an error (%(code)s): %(words)s") % words, said=said.sentence
    )


def address(texts: Iterable[str]) -> str:
    """Return the first address that the texts name, "" if none."""
    return next((found.group() for text in texts if (found := _ADDRESS.search(text))), "")


def queued(ident: str, status: str) -> ProviderRefused:
    """Return the error for an answer of Eurostat that is being prepared under an identifier."""
    later = LATER + ident if re.fullmatch(r"[A-Za-z0-9-]{1,128}", ident) else ""
    return refusal(Said("413", status, (later,) if later else (status,)))


def in_json(told: Mapping[str, Any]) -> list[Said]:
    """Return the errors that a JSON answer holds: those of SDMX-JSON and of Eurostat's statistics API."""
    said = []
    for key, severity in (("errors", "error"), ("error", "error"), ("warning", "warning")):
        found = told.get(key)
        for each in found if isinstance(found, list) else [found] if isinstance(found, dict) else []:
            if isinstance(each, dict):
                code = str(each.get("code", each.get("status", "")))
                texts = [each.get(word) for word in ("title", "detail", "label", "message", "details")]
                said.append(Said(code, severity, tuple(str(text) for text in texts if text)))
    return said
