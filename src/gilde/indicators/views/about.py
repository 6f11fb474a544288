"""What an indicator is: definition, dimensions, source, how to cite it, download it, put it on another site."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gilde.core import clock
from gilde.core.components import Fact
from gilde.indicators.dimensions import Dimension, dimensions_of
from gilde.indicators.exports import FORMATS
from gilde.indicators.identifiers import uri_of
from gilde.indicators.models import Indicator, Release
from gilde.indicators.views.common import address, indicator_context, indicator_of, newest_release, origin_of
from gilde.indicators.views.indicator import facts_of


@login_not_required
@require_safe
def page(request: HttpRequest, code: str) -> HttpResponseBase:
    """Tell what an indicator is and how to use its figures elsewhere."""
    indicator = indicator_of(request, code)
    release = newest_release(indicator)
    context = indicator_context(request, indicator, "about", _("About"))
    context |= {
        "facts": [*facts_of(indicator, release), *_more(indicator)],
        "dimensions": [_dimension(each) for each in dimensions_of(indicator)],
        "cite": _citation(indicator, release),
        "downloads": _downloads(indicator.code) if indicator.newest is not None else [],
        "snippets": _snippets(indicator) if indicator.state == Indicator.State.PUBLISHED else [],
        "machines": _machines(indicator),
    }
    return render(request, "indicators/about.html", context)


def _more(indicator: Any) -> list[Fact]:
    origin = origin_of(indicator)
    facts = [
        Fact(_("Kind"), indicator.get_kind_display()),
        Fact(_("How parts make a whole"), indicator.get_aggregation_display()),
        Fact(_("Dataset"), str(origin) if origin is not None else None),
        Fact(_("Selection"), _selection(origin.selection) if origin is not None else None),
        Fact(_("Metric"), indicator.metric or None),
        Fact(_("Licence of the figures"), indicator.licence or None),
        Fact(_("Code"), indicator.code),
    ]
    return [fact for fact in facts if fact.value is not None]


def _selection(selection: dict[str, Any]) -> str | None:
    return ", ".join(f"{name}={value}" for name, value in selection.items()) or None


def _dimension(dimension: Dimension) -> dict[str, object]:
    return {
        "code": dimension.code,
        "name": dimension.name,
        "total": dimension.total,
        "categories": list(dimension.categories.items()),
    }


@dataclass(frozen=True)
class Citation:
    """How to cite an indicator: as a sentence, as BibTeX, as CSL-JSON."""

    text: str
    bibtex: str
    csl: str


def _citation(indicator: Any, release: Release | None) -> Citation:
    name, source = str(indicator.name), str(indicator.source)
    author = str(indicator.body or indicator.owner or settings.SITE_NAME)
    today = clock.today()
    published = timezone.localtime(release.published_at).date() if release is not None else today
    uri = uri_of(indicator)
    text = _("%(author)s (%(year)s). %(name)s [%(source)s]. %(site)s. %(uri)s, consulted on %(day)s.") % {
        "author": author,
        "year": published.year,
        "name": name,
        "source": source,
        "site": settings.SITE_NAME,
        "uri": uri,
        "day": date_format(today, "DATE_FORMAT"),
    }
    fields = {
        "author": author,
        "title": name,
        "year": str(published.year),
        "publisher": settings.SITE_NAME,
        "note": source,
        "url": uri,
        "urldate": today.isoformat(),
    }
    told = ",\n".join(f"  {name} = {{{_bibtex(value)}}}" for name, value in fields.items())
    csl = {
        "id": indicator.code,
        "type": "dataset",
        "title": name,
        "author": [{"literal": author}],
        "publisher": settings.SITE_NAME,
        "source": source,
        "issued": {"date-parts": [[published.year, published.month, published.day]]},
        "accessed": {"date-parts": [[today.year, today.month, today.day]]},
        "URL": uri,
        "language": get_language(),
    }
    return Citation(
        text, f"@misc{{{indicator.code},\n{told}\n}}", json.dumps(csl, ensure_ascii=False, indent=2)
    )


def _bibtex(value: str) -> str:
    """Return a value that BibTeX reads as it stands (its special characters with a backslash in front)."""
    plain = value.replace("\\", " ").replace("{", "(").replace("}", ")")
    return "".join(f"\\{character}" if character in "%&#$_" else character for character in plain)


def _downloads(code: str) -> list[tuple[str, str]]:
    found = [(each.label, address("indicators:data", code, name)) for name, each in FORMATS.items()]
    return [(str(label), url) for label, url in found if url]


def _snippets(indicator: Indicator) -> list[tuple[str, str]]:
    """Return what to paste into another site: a frame, and a picture."""
    language = urlencode({"lang": get_language() or "en"})
    name = escape(str(indicator.name))
    frame = settings.SITE_URL + reverse("indicators:embed", args=[indicator.code])
    picture = settings.SITE_URL + reverse("indicators:figure-svg", args=[indicator.code])
    return [
        (
            _("As a frame: chart, source and table"),
            f'<iframe src="{frame}?{language}" title="{name}" width="100%" height="520" loading="lazy"></iframe>',
        ),
        (_("As a picture"), f'<img src="{picture}?{language}" alt="{name}" width="720" loading="lazy">'),
    ]


def _machines(indicator: Indicator) -> list[tuple[str, str]]:
    """Return the addresses for programs."""
    found = [
        (_("API: the indicator"), address("api:read_indicator", indicator.code)),
        (_("API: its figures"), address("api:list_observations", indicator.code)),
        (_("JSON-LD"), uri_of(indicator) + "?format=jsonld"),
        (_("Atom feed of new and revised figures"), address("indicators:indicator-feed", indicator.code)),
        (_("Catalogue of all indicators, DCAT-AP"), address("indicators:catalogue", "jsonld")),
    ]
    return [(words, url) for words, url in found if url]
