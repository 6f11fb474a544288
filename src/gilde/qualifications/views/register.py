"""The register: find a qualification by words, and by level, sector, region, provider and skill."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.formats import number_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gilde.core import downloads, search
from gilde.core.searching import scopes_of
from gilde.core.text import Text
from gilde.indicators.public import Area
from gilde.organisations.public import Organisation
from gilde.qualifications import vocabularies
from gilde.qualifications.describing import version_shown
from gilde.qualifications.models import (
    Concept,
    OutcomeConcept,
    Qualification,
    QualificationConcept,
    QualificationVersion,
)

FACETS: Final = ("level", "sector", "kind", "area", "provider", "country", "skill", "occupation")
# What has thousands of values is filtered on from other pages, not counted.
_COUNTED: Final = ("level", "sector", "kind", "area", "provider", "country")
_OPEN: Final = (
    "level",
    "sector",
    "kind",
    "area",
)  # shown open; of the others only what is chosen, or in a fold
_PER_PAGE: Final = 20
_MOST_VALUES: Final = 30


@dataclass(frozen=True)
class Value:
    """A value of a filter with how many it would leave."""

    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Facet:
    name: str
    label: str
    values: list[Value]
    opened: bool


@dataclass(frozen=True)
class Line:
    """A qualification among what was found."""

    hit: search.Hit
    version: QualificationVersion | None
    facts: str


@login_not_required
@require_safe
def page(request: HttpRequest) -> HttpResponseBase:
    """Show what fits the words and filters, twenty a page, or give it as CSV or JSON."""
    words = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    chosen = {name: request.GET.getlist(name)[:20] for name in FACETS if request.GET.getlist(name)}
    wanted = request.GET.get("format", "")
    if wanted in downloads.WRITERS:
        return downloads.respond(wanted, "qualifications", _COLUMNS, _rows(request, words, chosen))
    number = _page_number(request.GET.get("page", ""))
    found = _find(request, words, chosen, _PER_PAGE, (number - 1) * _PER_PAGE, counted=True)
    context = {
        "title": _("Qualifications"),
        "words": words,
        "found": found,
        "lines": _lines(found.hits),
        "facets": _facets(found.counts, chosen),
        "narrowed": bool(words or chosen),
        "before": _address(words, chosen, page=number - 1) if number > 1 else "",
        "after": _address(words, chosen, page=number + 1) if number * _PER_PAGE < found.count else "",
        "downloads": [(name.upper(), _address(words, chosen, format=name)) for name in downloads.WRITERS],
    }
    return render(request, "qualifications/register.html", context)


def _find(
    request: HttpRequest,
    words: str,
    chosen: Mapping[str, list[str]],
    limit: int,
    offset: int,
    *,
    counted: bool = False,
) -> search.Results:
    return search.find(
        words,
        kinds=["qualification"],
        scopes=scopes_of(request.user),
        facets=chosen,
        count=_COUNTED if counted else (),
        limit=limit,
        offset=offset,
    )


def _versions(hits: tuple[search.Hit, ...]) -> dict[str, QualificationVersion]:
    """Return the versions that stand for what was found, in two queries."""
    found = Qualification.objects.filter(pk__in=[hit.id for hit in hits]).prefetch_related(
        "versions__level", "versions__framework"
    )
    shown = {str(each.pk): version_shown(each) or next(iter(each.versions.all()), None) for each in found}
    versions = {key: version for key, version in shown.items() if version}
    for each in found:
        for version in each.versions.all():
            version.qualification = each
    return versions


def _lines(hits: tuple[search.Hit, ...]) -> list[Line]:
    versions = _versions(hits)
    return [Line(hit, versions.get(hit.id), _said(versions.get(hit.id))) for hit in hits]


def _said(version: QualificationVersion | None) -> str:
    if version is None:
        return ""
    sector = vocabularies.sectors().get(version.qualification.sector)
    hours = version.hours
    parts = [
        str(version.qualification.get_kind_display()),
        _level(version),
        str(sector.name) if sector else "",
        _("%(hours)s hours") % {"hours": number_format(hours, force_grouping=True)} if hours else "",
    ]
    return " · ".join(filter(None, parts))


def _level(version: QualificationVersion) -> str:
    if version.level is None:
        return ""
    return _("level %(level)s") % {"level": version.level.code}


def _facets(counts: Mapping[str, Mapping[str, int]], chosen: Mapping[str, list[str]]) -> list[Facet]:
    labels = {
        "level": _("Level (EQF)"),
        "sector": _("Sector"),
        "kind": _("Kind"),
        "area": _("Where it can be learned"),
        "provider": pgettext("of education", "Provider"),
        "country": _("Country"),
        "skill": _("Skill (ESCO)"),
        "occupation": _("Occupation (ESCO)"),
    }
    made = []
    for name, label in labels.items():
        known = dict(counts.get(name, {}))
        for value in chosen.get(name, []):
            known.setdefault(value, 0)
        order = sorted(known, key=lambda value: (-known[value], value))[:_MOST_VALUES]
        order += [value for value in chosen.get(name, []) if value not in order]
        words = _words(name, order)
        by_value = name == "level"
        order.sort(key=lambda value: value if by_value else (words.get(value) or value).lower())
        values = [Value(v, words.get(v, v), known[v], v in chosen.get(name, [])) for v in order]
        if values:
            made.append(Facet(name, label, values, name in _OPEN or name in chosen))
    return made


def _words(name: str, values: list[str]) -> dict[str, str]:
    """Return what to call the values of a filter, at most one query."""
    match name:
        case "sector":
            return {code: str(term.name) for code, term in vocabularies.sectors().items()}
        case "kind":
            return {value: str(label) for value, label in Qualification.Kind.choices}
        case "area":
            return {area.code: str(area.name) for area in Area.objects.filter(code__in=values)}
        case "provider":
            return {each.slug: str(each.name) for each in Organisation.objects.filter(slug__in=values)}
        case "skill":
            return _labels(OutcomeConcept.objects.filter(uri__in=values), values)
        case "occupation":
            return _labels(QualificationConcept.objects.filter(uri__in=values), values)
    return {}


def _labels(links: Any, values: list[str]) -> dict[str, str]:
    """Return the names of concepts: those of the edition in use, else as they were when linked."""
    names: dict[str, Text] = dict(links.values_list("uri", "label"))
    language = (get_language() or "en").split("-")[0]
    if any(language not in text.words for text in names.values()):
        current = Concept.objects.filter(edition__current=True, uri__in=values)
        names |= dict(current.values_list("uri", "label"))
    return {uri: str(label) for uri, label in names.items()}


_COLUMNS: Final = [
    (name, lambda row, name=name: row[name])
    for name in ("code", "title", "kind", "level", "eqf", "sector", "country", "hours", "state", "uri")
]


def _rows(request: HttpRequest, words: str, chosen: Mapping[str, list[str]]) -> Iterator[Mapping[str, Any]]:
    from gilde.core.uris import uri

    offset = 0
    while True:
        found = _find(request, words, chosen, 200, offset)
        versions = _versions(found.hits)
        for hit in found.hits:
            if version := versions.get(hit.id):
                level = version.level
                yield {
                    "code": version.qualification.code,
                    "title": str(version.title),
                    "kind": version.qualification.kind,
                    "level": level.code if level else None,
                    "eqf": level.eqf if level else None,
                    "sector": version.qualification.sector,
                    "country": version.qualification.country,
                    "hours": version.hours,
                    "state": version.state,
                    "uri": uri("qualification", version.qualification_id),
                }
        offset += 200
        if not found.hits or offset >= found.count:
            return


def _address(words: str, chosen: Mapping[str, list[str]], **more: object) -> str:
    pairs = [("q", words)] if words else []
    pairs += [(name, value) for name, values in chosen.items() for value in values]
    pairs += [(name, str(value)) for name, value in more.items() if (name, value) != ("page", 1)]
    return "?" + urlencode(pairs)


def _page_number(given: str) -> int:
    return max(1, int(given)) if given.isascii() and given.isdigit() and len(given) < 6 else 1
