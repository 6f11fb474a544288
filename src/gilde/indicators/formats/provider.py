"""How Eurostat and the OECD are asked for figures. Nothing here opens a connection: `core.fetch` does."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote, urlencode

from django.utils.translation import gettext as _

from gilde.core.errors import Invalid
from gilde.indicators.errors import NoFigures, ProviderRefused, Unreadable
from gilde.indicators.formats import answers, opening, sdmx_ml

_JSON_STAT = "application/json"
_LONGEST_REFUSAL = 256 * 1024
_CSV = "application/vnd.sdmx.data+csv; version=2.0.0"
# OECD's dataflows have an agency and a version: "OECD.EDU.IMEP,DSD_EAG_LSO@DF_LSO,1.0" or "OECD.EDU.IMEP:DSD…(1.0)".
_DATAFLOW = re.compile(r"([\w.]+)[,:]([\w@-]+)(?:,([\w.+~]+)|\(([\w.+~]+)\))?")


def request_url(
    provider: str,
    dataflow: str,
    selection: Mapping[str, str | list[str]],
    areas: list[str],
    area_dimension: str,
) -> tuple[str, str]:
    """Return the address of the figures and what to send as Accept.

    `selection` names codes of dimensions, `areas` those of `area_dimension` (all when empty), in any order. That is why
    neither provider is asked by an SDMX 2.1 key, in which every dimension has its place: the order would have to be
    known first, and an added dimension would move every code to another one without an error.

    Eurostat is asked through its statistics API, which filters by name and answers JSON-stat 2.0 with flags and labels
    at once (it refuses what is too large instead of queueing it). The OECD is asked through SDMX REST 2, which filters
    by name too ("c[SEX]=F"), for SDMX-CSV 2.0. Base addresses are those of sdmx1. Raises Invalid for another provider
    or a dataset without its agency.
    """
    filters = {dimension: _listed(codes) for dimension, codes in selection.items()}
    if areas:
        filters[area_dimension] = list(areas)
    if provider == "ESTAT":
        base = _base("ESTAT").removesuffix("/sdmx/2.1")
        pairs = [(dimension, code) for dimension, codes in filters.items() for code in codes]
        query = urlencode([("format", "JSON"), ("lang", "EN"), *pairs])
        return f"{base}/statistics/1.0/data/{quote(dataflow.lower(), safe='')}?{query}", _JSON_STAT
    if provider == "OECD":
        found = _DATAFLOW.fullmatch(dataflow.strip())
        if found is None:
            raise Invalid(
                _("Write the dataset with its agency and version, such as “%(example)s”; not “%(words)s”.")
                % {"example": "OECD.EDU.IMEP,DSD_EAG_LSO@DF_LSO,1.0", "words": dataflow[:80]}
            )
        agency, ident, version = found[1], found[2], found[3] or found[4] or "+"
        query = urlencode(
            [(f"c[{dimension}]", ",".join(codes)) for dimension, codes in filters.items()], safe="[],"
        )
        path = "/".join(quote(part, safe="+~") for part in (agency, ident, version))
        return f"{_base('OECD3')}/data/dataflow/{path}/*?{query}".rstrip("?"), _CSV
    raise Invalid(_("There is no provider “%(words)s”.") % {"words": provider[:40]})


def later_url(said: bytes | ProviderRefused | Iterable[str]) -> str | None:
    """Return the address of the file that a provider writes in the background, None where it speaks of none.

    `said` is the answer itself, the error that reading it raised, or the notes of a message.
    """
    if isinstance(said, bytes):
        said = _refusal(said)
    if isinstance(said, ProviderRefused):
        return str(said.details.get("later") or "") or None
    return answers.address(said) or None


def is_later_url(url: str) -> bool:
    """Return whether an address is that of a file which Eurostat writes in the background, now or in earlier years."""
    return url.startswith(answers.LATER) or "/diss-web/file/" in url


def _refusal(answer: bytes) -> ProviderRefused | tuple[()]:
    """Return what a short answer refuses; long ones hold figures."""
    if len(answer) > _LONGEST_REFUSAL or answer.lstrip()[:1] != b"<":
        return ()
    try:
        sdmx_ml.read(opening.Part("", lambda: opening.Stream(io.BytesIO(answer), ""), answer))
    except ProviderRefused as error:
        return error
    except (Unreadable, NoFigures):
        pass
    return ()


def _listed(codes: str | list[str]) -> list[str]:
    return [codes] if isinstance(codes, str) else list(codes)


def _base(source: str) -> str:
    import sdmx  # takes the better part of a second, and only pulls need it

    return str(sdmx.get_source(source).url).rstrip("/")
