"""All public indicators as a catalogue that data portals harvest: DCAT-AP 3.0.1.

The statements are written once, as JSON-LD; the other forms are made from them, so that each says the same. Nothing
in it is a blank node: two harvests of the same state are equal, statement by statement.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import pyoxigraph
import yaml
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Max, Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from gilde.core.text import Text
from gilde.core.uris import uri
from gilde.indicators import periods
from gilde.indicators.access import visible_indicators
from gilde.indicators.dimensions import dimensions_of
from gilde.indicators.exports import FORMATS
from gilde.indicators.kept import Kept
from gilde.indicators.models import Area, Indicator, Observation, Release, Series
from gilde.indicators.selection import heads
from gilde.organisations.public import Organisation

Json = dict[str, Any]

FORMS: Final[Mapping[str, str]] = {
    "jsonld": "application/ld+json",
    "ttl": "text/turtle; charset=utf-8",
    "rdf": "application/rdf+xml",
}
PREFIXES: Final[Mapping[str, str]] = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_RDF: Final = {"ttl": pyoxigraph.RdfFormat.TURTLE, "rdf": pyoxigraph.RdfFormat.RDF_XML}
_made: Kept[bytes] = Kept(16 * 1024 * 1024, len)
_spans: Kept[tuple[str, str]] = Kept(5000)


@dataclass(frozen=True)
class Coverage:
    """What figures of an indicator there are: areas, first and last period, first and last release."""

    areas: tuple[Area, ...] = ()
    first: str = ""
    last: str = ""
    issued: datetime | None = None
    modified: datetime | None = None


def catalogue(form: str) -> bytes:
    """Return the catalogue in one of `FORMS`, kept until something in it changes."""
    public = visible_indicators(AnonymousUser())
    named = Q(indicators__in=public) | Q(kept_indicators__in=public)
    bodies = Organisation.objects.filter(named).distinct().order_by("pk").values_list("pk", "name", "website")
    state = (tuple(head.state for head in heads(public)), repr(list(bodies)))
    name = (settings.SITE_URL, settings.SITE_NAME, state)
    if form != "jsonld":
        return _made.made((form, *name), lambda: _serialised(_made.made(("jsonld", *name), _jsonld), form))
    return _made.made((form, *name), _jsonld)


def statements(jsonld: bytes) -> list[pyoxigraph.Triple]:
    """Return the statements of a JSON-LD document, in its order."""
    quads = pyoxigraph.parse(jsonld, format=pyoxigraph.RdfFormat.JSON_LD, base_iri=f"{settings.SITE_URL}/")
    return [quad.triple for quad in quads]


def _serialised(jsonld: bytes, form: str) -> bytes:
    return pyoxigraph.serialize(statements(jsonld), format=_RDF[form], prefixes=dict(PREFIXES)) or b""


def _jsonld() -> bytes:
    indicators = list(visible_indicators(AnonymousUser()).select_related("owner", "body").order_by("code"))
    covered = _coverage(indicators)
    graph = [_catalogue(indicators, covered), _service(indicators), _publisher()]
    agents: dict[str, Json] = {}
    for indicator in indicators:
        graph += _dataset(indicator, covered.get(indicator.pk, Coverage()))
        for organisation in (indicator.body, indicator.owner):
            if organisation is not None:
                agents[str(organisation.pk)] = _agent(organisation)
    document = {"@context": _context(), "@graph": [*graph, *agents.values()]}
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


@cache
def codes() -> Json:
    """Return the codes with which indicators are described, see `data/dcat.yaml`."""
    path = Path(__file__).resolve().parent / "data" / "dcat.yaml"
    found: Json = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def _context() -> Json:
    """Return how the short names of the document are meant; texts are mappings of languages."""
    address = {"@type": "@id"}
    names = ("title", "description", "label", "name", "keyword", "fn")
    homes = {"label": "rdfs", "name": "foaf", "keyword": "dcat", "fn": "vcard"}
    links = {
        "dcat": "accessService accessURL contactPoint dataset distribution downloadURL endpointDescription endpointURL "
        "landingPage mediaType servesDataset service theme themeTaxonomy",
        "dct": "accessRights accrualPeriodicity conformsTo format language license publisher source spatial temporal",
        "dcatap": "availability",
        "foaf": "homepage",
        "vcard": "hasURL",
    }
    typed = {
        "issued": ("dct", "dateTime"),
        "modified": ("dct", "dateTime"),
        "startDate": ("dcat", "date"),
        "endDate": ("dcat", "date"),
        "temporalResolution": ("dcat", "duration"),
    }
    return {
        **PREFIXES,
        **{name: {"@id": f"{homes.get(name, 'dct')}:{name}", "@container": "@language"} for name in names},
        **{
            name: {"@id": f"{home}:{name}", **address}
            for home, told in links.items()
            for name in told.split()
        },
        **{name: {"@id": f"{home}:{name}", "@type": f"xsd:{kind}"} for name, (home, kind) in typed.items()},
        "identifier": "dct:identifier",
    }


def _site(path: str = "") -> str:
    return f"{settings.SITE_URL}{path}"


def _catalogue_id() -> str:
    return _site(reverse("indicators:catalogue", args=["jsonld"])) + "#catalogue"


def _service_id() -> str:
    return _site(reverse("indicators:catalogue", args=["jsonld"])) + "#api"


def _publisher_id() -> str:
    return _site(reverse("indicators:catalogue", args=["jsonld"])) + "#publisher"


def _every(sentence: str, **values: object) -> dict[str, str]:
    """Return a sentence of the interface in each of its languages."""
    told = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            told[code] = _(sentence) % values
    return told


def _catalogue(indicators: list[Indicator], covered: Mapping[Any, Coverage]) -> Json:
    moments = [each for each in covered.values() if each.issued]
    areas = {area.code: area for each in covered.values() for area in each.areas if area.parent_id is None}
    return _clean(
        {
            "@id": _catalogue_id(),
            "@type": "dcat:Catalog",
            "title": _every(gettext_noop("Indicators of %(site)s"), site=settings.SITE_NAME),
            "description": _every(
                gettext_noop(
                    "Figures on vocational education and training, with source, definition and revisions."
                )
            ),
            "publisher": _publisher_id(),
            "homepage": _site(reverse("indicators:list")),
            "language": [codes()["languages"][code] for code, _name in settings.LANGUAGES],
            "license": codes()["licences"]["CC BY 4.0"],
            "conformsTo": codes()["profile"],
            "issued": _moment(min((each.issued for each in moments if each.issued), default=None)),
            "modified": _moment(max((each.modified for each in moments if each.modified), default=None)),
            "spatial": sorted({place(area) for area in areas.values()} - {""}),
            "themeTaxonomy": codes()["theme_taxonomy"],
            "dataset": [uri("indicator", indicator.pk) for indicator in indicators],
            "service": _service_id(),
        }
    )


def _service(indicators: list[Indicator]) -> Json:
    return _clean(
        {
            "@id": _service_id(),
            "@type": "dcat:DataService",
            "title": _every(gettext_noop("API of %(site)s"), site=settings.SITE_NAME),
            "description": _every(
                gettext_noop(
                    "Figures by dimension, in pages or as files, with HTTP caching; no key is needed."
                )
            ),
            "endpointURL": _site(reverse("api:list_indicators")),
            "endpointDescription": _site(reverse("api:openapi-json")),
            "landingPage": _site(reverse("api:api-root")),
            "servesDataset": [uri("indicator", indicator.pk) for indicator in indicators],
            "publisher": _publisher_id(),
            "theme": codes()["theme"],
            "keyword": codes()["keywords"],
            "accessRights": codes()["access"],
            "contactPoint": _publisher_id(),
        }
    )


def _publisher() -> Json:
    """Return who runs this installation, as publisher and as whom to write to."""
    return {
        "@id": _publisher_id(),
        "@type": ["foaf:Agent", "vcard:Organization"],
        "name": {settings.LANGUAGE_CODE: settings.SITE_NAME},
        "fn": {settings.LANGUAGE_CODE: settings.SITE_NAME},
        "homepage": _site("/"),
        "hasURL": _site(reverse("about")),
    }


def _agent(organisation: Organisation) -> Json:
    page = _site(reverse("organisations:page", args=[organisation.slug]))
    return _clean(
        {
            "@id": uri("organisation", organisation.pk),
            "@type": ["foaf:Agent", "vcard:Organization"],
            "name": _words(organisation.name),
            "fn": _words(organisation.name),
            "homepage": organisation.website or page,
            "hasURL": organisation.website or page,
        }
    )


def _dataset(indicator: Indicator, covered: Coverage) -> list[Json]:
    """Return the dataset of an indicator with its distributions, its time and, where it has no address, its licence."""
    me = uri("indicator", indicator.pk)
    body = indicator.body or indicator.owner
    agent = uri("organisation", body.pk) if body else _publisher_id()
    keeper = uri("organisation", indicator.owner.pk) if indicator.owner else _publisher_id()
    licence = licence_of(indicator.licence)
    nodes: list[Json] = []
    if indicator.licence and licence is None:
        licence = f"{me}#licence"
        nodes.append({"@id": licence, "@type": "dct:LicenseDocument", "label": {"en": indicator.licence}})
    if covered.first:
        nodes.append(_time(indicator, covered))
    distributions = [_distribution(indicator, form, licence, covered) for form in FORMATS]
    dataset = {
        "@id": me,
        "@type": "dcat:Dataset",
        "identifier": me,
        "title": _words(indicator.name),
        "description": _words(indicator.definition),
        "publisher": agent,
        "contactPoint": keeper,
        "theme": codes()["theme"],
        "keyword": _keywords(indicator),
        "spatial": sorted({place(area) for area in covered.areas} - {""}),
        "temporal": f"{me}#time" if covered.first else None,
        "temporalResolution": codes()["resolutions"][indicator.frequency],
        "accrualPeriodicity": codes()["frequencies"][indicator.frequency],
        "accessRights": codes()["access"],
        "landingPage": _site(reverse("indicators:indicator", args=[indicator.code])),
        "source": indicator.source_url or None,
        "language": _languages(indicator.name, indicator.definition),
        "issued": _moment(covered.issued),
        "modified": _moment(covered.modified),
        "distribution": [each["@id"] for each in distributions],
    }
    return [_clean(dataset), *distributions, *nodes]


def _distribution(indicator: Indicator, form: str, licence: str | None, covered: Coverage) -> Json:
    address = _site(reverse("indicators:data", args=[indicator.code, form]))
    found = FORMATS[form]
    return _clean(
        {
            "@id": f"{uri('indicator', indicator.pk)}#{form}",
            "@type": "dcat:Distribution",
            "title": {
                language: f"{words} ({found.label})" for language, words in _words(indicator.name).items()
            },
            "description": _every(
                gettext_noop("All figures, with their flags, as %(form)s."), form=str(found.label)
            ),
            "accessURL": address,
            "downloadURL": address,
            "accessService": _service_id(),
            "mediaType": "https://www.iana.org/assignments/media-types/" + found.media_type.partition(";")[0],
            "format": codes()["file_types"].get(form),
            "conformsTo": codes()["standards"].get(form),
            "license": licence,
            "availability": codes()["availability"],
            "issued": _moment(covered.issued),
            "modified": _moment(covered.modified),
        }
    )


def _time(indicator: Indicator, covered: Coverage) -> Json:
    first = periods.parse(covered.first, indicator.frequency)
    last = periods.parse(covered.last, indicator.frequency)
    return {
        "@id": f"{uri('indicator', indicator.pk)}#time",
        "@type": "dct:PeriodOfTime",
        "startDate": first.first_day.isoformat(),
        "endDate": last.last_day.isoformat(),
    }


def _keywords(indicator: Indicator) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {language: list(words) for language, words in codes()["keywords"].items()}
    for dimension in dimensions_of(indicator):
        for language, words in _words(dimension.name).items():
            found.setdefault(language, []).append(words)
    return found


def _languages(*texts: Text) -> list[str]:
    known = codes()["languages"]
    return sorted({known[code] for text in texts for code in _words(text) if code in known})


def licence_of(words: str) -> str | None:
    """Return the address of a licence: that of a known one that the words name, or one that they are; else None."""
    if words.startswith(("https://", "http://")) and " " not in words:
        return words
    return next((address for name, address in codes()["licences"].items() if name in words), None)


def place(area: Area) -> str:
    """Return the address of an area in the lists that DCAT-AP names; "" for one that is in none of them."""
    if area.kind == Area.Kind.UNION:
        return str(codes()["union"]) if area.code.startswith("EU") else ""
    if area.kind == Area.Kind.COMMUNITY:
        return ""
    three = next(
        (each for each in area.aliases if len(each) == 3 and each.isascii() and each.isupper()), None
    )
    if area.kind == Area.Kind.COUNTRY and three:
        return f"{codes()['country']}{three}"
    return f"{codes()['nuts']}{area.code}"


def _coverage(indicators: list[Indicator]) -> dict[Any, Coverage]:
    """Return what figures there are of each indicator, in four queries, the large one only for what is new."""
    known = {area.code: area for area in Area.objects.all()}
    series = Series.objects.filter(indicator__in=[each.pk for each in indicators]).order_by()
    areas: dict[Any, list[Area]] = {}
    for pk, code in series.values_list("indicator", "area_id").distinct():
        areas.setdefault(pk, []).append(known[code])
    releases = Release.objects.filter(indicator__in=[each.pk for each in indicators]).order_by()
    told = {
        pk: (newest, issued, modified)
        for pk, newest, issued, modified in releases.values("indicator").values_list(
            "indicator", Max("pk"), Min("published_at"), Max("published_at")
        )
    }
    missing = [pk for pk, row in told.items() if _spans.get((pk, row[0])) is None]
    current = Observation.objects.filter(until=None, series__indicator__in=missing).order_by()
    for pk, first, last in current.values("series__indicator").values_list(
        "series__indicator", Min("period"), Max("period")
    ):
        _spans.put((pk, told[pk][0]), (first, last))
    return {
        pk: Coverage(
            tuple(sorted(areas.get(pk, ()), key=lambda area: (area.position, area.code))),
            *(_spans.get((pk, newest)) or ("", "")),
            issued,
            modified,
        )
        for pk, (newest, issued, modified) in told.items()
    }


def _words(text: Text) -> dict[str, str]:
    return {language: words for language, words in text.words.items() if words}


def _moment(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat(timespec="seconds") if moment else None


def _clean(node: Json) -> Json:
    """Return the node without what is empty: nothing is stated of what is not known."""
    return {name: value for name, value in node.items() if value not in (None, "", [], {})}
