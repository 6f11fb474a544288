"""The terms of our linked data: those of Dublin Core, schema.org, PROV-O, ORG and ELI where these have one.

What no vocabulary has a term for, such as a tick box whose state is unknown, is our own, with its meaning.
`context()` is served at one stable address.
"""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.urls import reverse

Json = dict[str, Any]

PREFIXES: Final = {
    "dcterms": "http://purl.org/dc/terms/",
    "schema": "https://schema.org/",
    "prov": "http://www.w3.org/ns/prov#",
    "org": "http://www.w3.org/ns/org#",
    "eli": "http://data.europa.eu/eli/ontology#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
# Our own terms with what they mean. The namespace is the address at which this list can be read.
OWN: Final = {
    "Measure": "A measure of a plan: what it promises on one subject, with its actions.",
    "Milestone": "A point that must be reached: met with evidence, or missed.",
    "synthetic": "Whether something is invented, to show how Gilde works.",
    "ticks": "A provision that the measure says it addresses: its box is ticked in the document.",
    "doesNotTick": "A provision whose box is there in the document and is not ticked.",
    "unknownTick": "A provision whose box has lost its state in the document at hand; it is never guessed.",
    "due": "The last day of the time in which something is due.",
    "duePrecision": "How exact the due date is: a day, a month, a quarter, a school year, approximate.",
    "recurrence": "How often it comes back, as a duration of ISO 8601.",
    "milestoneState": "The state of a milestone: open, met or missed.",
    "droppedBecause": "Why an action that was promised will not be done.",
    "consulted": "An organisation that is consulted on how the plan is monitored.",
    "answersTo": "A recommendation or declaration that a plan answers to.",
    "measuredBy": "An indicator whose figures show whether a measure works, or an article is kept.",
    "fundingPeriod": "Whether an amount is promised each year or in all; empty when the plan does not say.",
    "anchor": "The place of a quote in a document, in the form of its format (see docs/api.md).",
    "progressSynthetic": "Whether the progress of a plan is invented.",
    "contentHash": "SHA-256 of the content of a report, in hexadecimal.",
}
_LANGUAGES = {"@container": "@language"}
_LINK = {"@type": "@id"}
_DAY = {"@type": "xsd:date"}


def context_address() -> str:
    """Return the stable address of the context."""
    return f"{settings.SITE_URL}{reverse('plans:context')}"


def context() -> Json:
    """Return the JSON-LD context with, under @graph, what each of our own terms means."""
    own = f"{context_address()}#"
    return {
        "@context": {
            "@version": 1.1,
            **PREFIXES,
            "gilde": own,
            **{name: {"@id": f"gilde:{name}", **_SHAPES.get(name, {})} for name in OWN},
            **TERMS,
        },
        "@graph": [
            {
                "@id": own + name,
                "rdfs:label": name,
                "rdfs:comment": meaning,
                "rdfs:isDefinedBy": {"@id": own[:-1]},
            }
            for name, meaning in OWN.items()
        ],
    }


_SHAPES: Final[dict[str, Json]] = {
    **dict.fromkeys(("ticks", "doesNotTick", "unknownTick", "consulted", "answersTo", "measuredBy"), _LINK),
    "due": _DAY,
    "recurrence": {"@type": "xsd:duration"},
    "anchor": {"@type": "@json"},
}
TERMS: Final[dict[str, Any]] = {
    "Plan": "prov:Plan",
    "Action": "schema:Action",
    "Instrument": "eli:LegalResource",
    "Provision": "eli:LegalResourceSubdivision",
    "Organization": "org:Organization",
    "Report": "schema:Report",
    "MonetaryAmount": "schema:MonetaryAmount",
    "Quotation": "schema:Quotation",
    "Evidence": "prov:Entity",
    "title": {"@id": "dcterms:title", **_LANGUAGES},
    "shortTitle": {"@id": "dcterms:alternative", **_LANGUAGES},
    "description": {"@id": "dcterms:description", **_LANGUAGES},
    "name": {"@id": "skos:prefLabel", **_LANGUAGES},
    "identifier": "dcterms:identifier",
    "number": "schema:position",
    "type": "dcterms:type",
    "language": "dcterms:language",
    "publisher": {"@id": "dcterms:publisher", **_LINK},
    "issued": {"@id": "dcterms:issued", **_DAY},
    "spatial": {"@id": "dcterms:spatial", **_LANGUAGES},
    "temporal": "schema:temporalCoverage",
    "source": {"@id": "dcterms:source", **_LANGUAGES},
    "isPartOf": {"@id": "dcterms:isPartOf", **_LINK},
    "hasPart": {"@id": "dcterms:hasPart", **_LINK},
    "subject": {"@id": "schema:about", **_LINK},
    "page": {"@id": "schema:url", **_LINK},
    "sameAs": {"@id": "schema:sameAs", **_LINK},
    "agent": {"@id": "schema:agent", **_LINK},
    "actionStatus": {"@id": "schema:actionStatus", "@type": "@vocab"},
    "potential": "schema:PotentialActionStatus",
    "active": "schema:ActiveActionStatus",
    "completed": "schema:CompletedActionStatus",
    "failed": "schema:FailedActionStatus",
    "startTime": {"@id": "schema:startTime", **_DAY},
    "endTime": {"@id": "schema:endTime", **_DAY},
    "scheduledStart": {"@id": "schema:scheduledTime", **_DAY},
    "funding": "schema:funding",
    "amount": {"@id": "schema:value", "@type": "xsd:decimal"},
    "currency": "schema:currency",
    "evidence": {"@id": "prov:wasInfluencedBy"},
    "date": {"@id": "dcterms:date", **_DAY},
    "url": {"@id": "schema:url", **_LINK},
    "sha256": "schema:sha256",
    "value": {"@id": "schema:value", "@type": "xsd:decimal"},
    "unit": "schema:unitText",
    "citation": "schema:citation",
    "quote": "schema:text",
    "about": "dcterms:subject",
    "generatedAt": {"@id": "prov:generatedAtTime", "@type": "xsd:dateTime"},
    "country": "schema:addressCountry",
}
