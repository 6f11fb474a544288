"""Indicators, releases and targets as linked data, in the words of DCAT 3, Dublin Core, PROV and schema.org."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.urls import reverse

from gilde.core.text import Text
from gilde.core.uris import uri
from gilde.indicators.dimensions import breakdown_of, dimensions_of
from gilde.indicators.identifiers import area_uri, uri_of
from gilde.indicators.models import Indicator, Release, Series, Target
from gilde.indicators.models.definitions import Frequency
from gilde.organisations.public import Organisation

Json = dict[str, Any]

# The context stands in each answer, so that whoever keeps one can read it without asking again.
CONTEXT: Final[Json] = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "prov": "http://www.w3.org/ns/prov#",
    "schema": "https://schema.org/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "Dataset": "dcat:Dataset",
    "Release": "prov:Entity",
    "Target": "schema:PropertyValueSpecification",
    "identifier": "dcterms:identifier",
    "title": {"@id": "dcterms:title", "@container": "@language"},
    "description": {"@id": "dcterms:description", "@container": "@language"},
    "scope": {"@id": "dcterms:coverage", "@container": "@language"},
    "usage": {"@id": "dcat:usageNote", "@container": "@language"},
    "provenance": {"@id": "dcterms:provenance", "@container": "@language"},
    "issuedBy": {"@id": "schema:citation", "@container": "@language"},
    "unit": {"@id": "schema:unitText", "@container": "@language"},
    "unitCode": "schema:unitCode",
    "frequency": {"@id": "dcterms:accrualPeriodicity", "@type": "@id"},
    "publisher": {"@id": "dcterms:publisher", "@type": "@id"},
    "creator": {"@id": "dcterms:creator", "@type": "@id"},
    "source": {"@id": "dcterms:source", "@type": "@id"},
    "sourceName": "dcterms:bibliographicCitation",
    "licence": "dcterms:rights",
    "variable": "schema:variableMeasured",
    "issued": {"@id": "dcterms:issued", "@type": "xsd:dateTime"},
    "modified": {"@id": "dcterms:modified", "@type": "xsd:dateTime"},
    "retrieved": {"@id": "prov:generatedAtTime", "@type": "xsd:dateTime"},
    "issuedIn": {"@id": "dcterms:created", "@type": "xsd:gYear"},
    "year": {"@id": "schema:endDate", "@type": "xsd:gYear"},
    "version": "dcat:version",
    "isVersionOf": {"@id": "dcterms:isVersionOf", "@type": "@id"},
    "hasVersion": {"@id": "dcat:hasVersion", "@type": "@id"},
    "about": {"@id": "schema:about", "@type": "@id"},
    "spatial": {"@id": "dcterms:spatial", "@type": "@id"},
    "areaCode": "schema:areaServed",
    "minValue": "schema:minValue",
    "maxValue": "schema:maxValue",
    "hash": "schema:sha256",
    "breakdown": "schema:valueReference",
    "synthetic": "schema:creativeWorkStatus",
    "page": {"@id": "foaf:page", "@type": "@id"},
    "target": {"@id": "dcterms:relation", "@type": "@id"},
}
# The codes of the Publications Office for frequencies.
_FREQUENCY: Final = {
    Frequency.YEAR: "ANNUAL",
    Frequency.SCHOOL_YEAR: "ANNUAL",
    Frequency.QUARTER: "QUARTERLY",
    Frequency.MONTH: "MONTHLY",
}
_AUTHORITY: Final = "http://publications.europa.eu/resource/authority/frequency/"
_RELEASES: Final = 50  # the newest ones are named; the feed has all


def indicator_data(indicator: Indicator) -> Json:
    """Return an indicator with its newest releases and its targets."""
    releases = list(indicator.releases.order_by("-published_at", "-pk")[:_RELEASES])
    targets = indicator.targets.filter(withdrawn=False).order_by("year", "pk").values_list("pk", flat=True)
    areas = (
        Series.objects.filter(indicator=indicator).order_by("area").values_list("area", flat=True).distinct()
    )
    return _clean(
        {
            "@context": CONTEXT,
            "@type": "Dataset",
            "identifier": indicator.code,
            "title": _words(indicator.name),
            "description": _words(indicator.definition),
            "scope": _words(indicator.scope),
            "usage": _words(indicator.note),
            "unit": _words(indicator.unit_label),
            "unitCode": indicator.unit,
            "frequency": _AUTHORITY + _FREQUENCY[Frequency(indicator.frequency)],
            "publisher": _organisation(indicator.owner),
            "creator": _organisation(indicator.body),
            "provenance": _words(indicator.source),
            "source": indicator.source_url or None,
            "licence": indicator.licence,
            "variable": [dimension.code for dimension in dimensions_of(indicator)],
            "areaCode": list(areas),
            "modified": _moment(releases[0].published_at) if releases else None,
            "hasVersion": [uri_of(release) for release in releases],
            "target": [uri("target", key) for key in targets],
            "synthetic": "invented" if indicator.synthetic else None,
            "page": _page("indicators:indicator", indicator.code),
        }
    )


def release_data(release: Release) -> Json:
    """Return a release: from where, when, and how much it changed."""
    return _clean(
        {
            "@context": CONTEXT,
            "@type": ["Dataset", "Release"],
            "isVersionOf": uri_of(release.indicator),
            "version": release.published_at.isoformat(),
            "issued": _moment(release.published_at),
            "retrieved": _moment(release.retrieved_at),
            "sourceName": release.source,
            "source": release.url if release.url.startswith(("https://", "http://")) else None,
            "hash": release.document.sha256 if release.document is not None else None,
            "title": {
                "en": f"{release.indicator.name.shown('en').words}: {release.added} added, {release.revised} revised, "
                f"{release.withdrawn} withdrawn"
            },
            "synthetic": "invented" if release.indicator.synthetic else None,
            "page": _page("indicators:revisions", release.indicator.code) + f"?release={release.uid}",
        }
    )


def target_data(target: Target) -> Json:
    """Return a target with the instrument that issued it."""
    bound = "minValue" if target.comparison == Target.Comparison.AT_LEAST else "maxValue"
    return _clean(
        {
            "@context": CONTEXT,
            "@type": "Target",
            "about": uri_of(target.indicator),
            bound: target.value,
            "unit": _words(target.indicator.unit_label),
            "unitCode": target.indicator.unit,
            "year": f"{target.year:04d}",
            "areaCode": target.area_id,
            "spatial": area_uri(target.area),
            "breakdown": [f"{code}={category}" for code, category in breakdown_of(target.key).items()],
            "issuedBy": _words(target.instrument),
            "issuedIn": f"{target.issued_year:04d}",
            "sourceName": target.source,
            "source": target.source_url or None,
            "usage": _words(target.scope_note),
            "page": _page("indicators:indicator", target.indicator.code) + f"#target-{target.pk}",
        }
    )


def _organisation(organisation: Organisation | None) -> str | None:
    return uri("organisation", organisation.pk) if organisation is not None else None


def _words(text: Text) -> Json | None:
    return {code: words for code, words in text.words.items() if words} or None


def _moment(moment: datetime) -> str:
    return moment.isoformat()


def _page(name: str, *arguments: object) -> str:
    return settings.SITE_URL + reverse(name, args=arguments)


def _clean(told: Json) -> Json:
    return {name: value for name, value in told.items() if value not in (None, "", [], {})}
