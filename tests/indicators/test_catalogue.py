"""The DCAT-AP catalogue: what 3.0.1 requires and recommends is there, and its three forms say the same."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pyoxigraph as ox
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gilde.core import clock
from gilde.core.text import Text
from gilde.core.uris import uri
from gilde.indicators.catalogue import PREFIXES, licence_of, place
from gilde.indicators.models import Area, Indicator
from tests.client import GildeClient
from tests.indicators.factories import AreaFactory, IndicatorFactory, OwnerFactory, figures_of

pytestmark = pytest.mark.django_db
START = datetime(2026, 1, 1, 12, tzinfo=UTC)
FORMS = {"jsonld": ox.RdfFormat.JSON_LD, "ttl": ox.RdfFormat.TURTLE, "rdf": ox.RdfFormat.RDF_XML}
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
# DCAT-AP 3.0.1, section 3: the mandatory and the recommended properties of each class.
# https://semiceu.github.io/DCAT-AP/releases/3.0.1/
REQUIRED = {
    "dcat:Catalog": "dct:title dct:description dct:publisher",
    "dcat:Dataset": "dct:title dct:description",
    "dcat:DataService": "dct:title dcat:endpointURL",
    "dcat:Distribution": "dcat:accessURL",
    "foaf:Agent": "foaf:name",
}
RECOMMENDED = {
    "dcat:Catalog": "dcat:dataset dcat:service dct:language dct:license dct:issued dct:modified dct:spatial "
    "dcat:themeTaxonomy foaf:homepage",
    "dcat:Dataset": "dcat:contactPoint dcat:distribution dcat:keyword dct:publisher dct:spatial dct:temporal "
    "dcat:theme",
    "dcat:DataService": "dcat:contactPoint dcat:endpointDescription dcat:keyword dct:publisher dcat:servesDataset "
    "dcat:theme",
    "dcat:Distribution": "dcatap:availability dct:description dct:format dct:license",
    "dct:PeriodOfTime": "dcat:startDate dcat:endDate",
}
# Those of which there may be one at most.
ONCE = {
    "dcat:Catalog": "dct:publisher dct:license dct:issued dct:modified foaf:homepage",
    "dcat:Dataset": "dct:publisher dct:accrualPeriodicity dct:accessRights dct:issued dct:modified "
    "dcat:temporalResolution",
    "dcat:DataService": "dct:publisher dct:accessRights dct:license",
    "dcat:Distribution": "dct:format dct:license dcat:mediaType dcatap:availability dct:issued dct:modified",
    "dct:PeriodOfTime": "dcat:startDate dcat:endDate",
}

Statements = Mapping[str, Mapping[str, list[Any]]]


def iri(short: str) -> str:
    prefix, _colon, name = short.partition(":")
    return PREFIXES[prefix] + name


def triples(client: GildeClient, form: str) -> set[ox.Triple]:
    response = client.get(f"/catalogue.{form}")
    assert response.status_code == 200
    return {quad.triple for quad in ox.parse(response.content, format=FORMS[form])}


def statements(found: set[ox.Triple]) -> Statements:
    told: dict[str, dict[str, list[Any]]] = {}
    for triple in found:
        assert isinstance(triple.subject, ox.NamedNode)
        told.setdefault(triple.subject.value, {}).setdefault(triple.predicate.value, []).append(triple.object)
    return told


def of_class(told: Statements, name: str) -> dict[str, Mapping[str, list[Any]]]:
    return {node: said for node, said in told.items() if iri(name) in {each.value for each in said[TYPE]}}


@pytest.fixture
def world() -> list[Indicator]:
    """Two indicators with figures, one without, and a draft."""
    body = OwnerFactory(slug="eurostat", name=Text.of({"en": "Eurostat", "nl": "Eurostat"}))
    first = IndicatorFactory(
        code="employment",
        name=Text.of({"en": "At work", "nl": "Aan het werk"}),
        definition=Text.of({"en": "Those who work.", "nl": "Wie werkt."}),
        body=body,
        licence="Eurostat: free reuse with the source named (CC BY 4.0)",
        source_url="https://example.org/edat_lfse_24",
    )
    quarterly = IndicatorFactory(code="quarterly", frequency="Q", licence="Ask the office of examples")
    IndicatorFactory(code="without-figures")
    draft = IndicatorFactory(code="draft", state=Indicator.State.DRAFT)
    AreaFactory(code="BE", aliases=["BEL"])
    AreaFactory(code="BE2", kind=Area.Kind.REGION, level=1, parent_id="BE")
    AreaFactory(code="EU27_2020", kind=Area.Kind.UNION, level=None)
    AreaFactory(code="VLG", kind=Area.Kind.COMMUNITY, level=None)
    with clock.moved_to(START):
        figures_of(first, {code: {"2014": 1.0, "2024": 2.0} for code in ("BE", "BE2", "EU27_2020", "VLG")})
        figures_of(quarterly, {"BE": {"2023-Q2": 1.0, "2024-Q3": 2.0}})
        figures_of(draft, {"BE": {"2020": 1.0}})
    with clock.moved_to(START + timedelta(days=3)):
        figures_of(first, {"BE": {"2024": 2.5}})
    return [first, quarterly, draft]


@pytest.mark.parametrize("form", ["ttl", "rdf"])
def test_every_form_makes_the_same_statements(client: GildeClient, world: list[Indicator], form: str) -> None:
    found = triples(client, form)
    assert len(found) > 100
    assert found == triples(client, "jsonld")


@pytest.mark.parametrize("table", [REQUIRED, RECOMMENDED], ids=["mandatory", "recommended"])
def test_nothing_that_dcat_ap_asks_for_is_missing(
    client: GildeClient, world: list[Indicator], table: Mapping[str, str]
) -> None:
    told = statements(triples(client, "jsonld"))
    without_figures = {"dct:spatial", "dct:temporal"}
    for name, properties in table.items():
        nodes = of_class(told, name)
        assert nodes, name
        for node, said in nodes.items():
            expected = set(properties.split())
            if node == uri("indicator", Indicator.objects.get(code="without-figures").pk):
                expected -= without_figures
            if any(
                node.startswith(uri("indicator", each.pk) + "#")
                for each in Indicator.objects.filter(licence="")
            ):
                expected -= {"dct:license"}
            assert {each for each in expected if iri(each) not in said} == set(), f"{name} {node}"


def test_what_there_may_be_one_of_is_there_once(client: GildeClient, world: list[Indicator]) -> None:
    told = statements(triples(client, "jsonld"))
    for name, properties in ONCE.items():
        for node, said in of_class(told, name).items():
            assert {p for p in properties.split() if len(said.get(iri(p), [])) > 1} == set(), f"{name} {node}"


def test_every_node_that_is_linked_to_here_is_described_here(
    client: GildeClient, world: list[Indicator]
) -> None:
    told = statements(triples(client, "jsonld"))
    links = "dct:publisher dcat:contactPoint dcat:dataset dcat:distribution dcat:service dcat:accessService "
    links += "dct:temporal"
    named = {o.value for said in told.values() for p in links.split() for o in said.get(iri(p), [])}
    assert named - set(told) == set()


def test_a_dataset_says_what_it_is(client: GildeClient, world: list[Indicator]) -> None:
    told = statements(triples(client, "ttl"))
    said = told[uri("indicator", world[0].pk)]

    def values(short: str) -> set[str]:
        return {each.value for each in said[iri(short)]}

    authority = "http://publications.europa.eu/resource/authority/"
    assert {(each.value, each.language) for each in said[iri("dct:title")]} == {
        ("At work", "en"),
        ("Aan het werk", "nl"),
    }
    assert values("dcat:theme") == {authority + "data-theme/EDUC"}
    assert values("dct:accrualPeriodicity") == {authority + "frequency/ANNUAL"}
    assert values("dct:spatial") == {
        authority + "country/BEL",
        authority + "continent/EUROPE",
        "http://data.europa.eu/nuts/code/BE2",
    }
    assert values("dct:issued") == {"2026-01-01T12:00:00+00:00"}
    assert values("dct:modified") == {"2026-01-04T12:00:00+00:00"}
    assert values("dct:language") == {authority + "language/ENG", authority + "language/NLD"}
    period = told[next(iter(values("dct:temporal")))]
    assert [period[iri(f"dcat:{end}Date")][0].value for end in ("start", "end")] == [
        "2014-01-01",
        "2024-12-31",
    ]
    assert {told[each][iri("dct:license")][0].value for each in values("dcat:distribution")} == {
        authority + "licence/CC_BY_4_0"
    }
    assert (
        client.get(next(iter(values("dcat:landingPage"))).removeprefix("http://127.0.0.1:8000")).status_code
        == 200
    )


def test_a_quarter_ends_on_its_last_day_and_a_licence_of_its_own_is_told(
    client: GildeClient, world: list[Indicator]
) -> None:
    told = statements(triples(client, "jsonld"))
    me = uri("indicator", world[1].pk)
    period = told[f"{me}#time"]
    assert [period[iri(f"dcat:{end}Date")][0].value for end in ("start", "end")] == [
        "2023-04-01",
        "2024-09-30",
    ]
    licence = told[f"{me}#csv"][iri("dct:license")][0].value
    assert told[licence][iri("rdfs:label")][0].value == "Ask the office of examples"


def test_every_distribution_can_be_had_as_the_type_that_it_says(
    client: GildeClient, world: list[Indicator]
) -> None:
    told = statements(triples(client, "jsonld"))
    me = uri("indicator", world[0].pk)
    types = {}
    for node in told[me][iri("dcat:distribution")]:
        said = told[node.value]
        response = client.get(said[iri("dcat:downloadURL")][0].value.removeprefix("http://127.0.0.1:8000"))
        assert response.status_code == 200
        types[said[iri("dcat:mediaType")][0].value.rpartition("media-types/")[2]] = response[
            "Content-Type"
        ].partition(";")[0]
    assert len(types) == 4
    assert all(declared == sent for declared, sent in types.items())


def test_drafts_are_not_in_the_catalogue(client: GildeClient, world: list[Indicator]) -> None:
    told = statements(triples(client, "jsonld"))
    [catalogue] = of_class(told, "dcat:Catalog").values()
    listed = {each.value for each in catalogue[iri("dcat:dataset")]}
    assert len(listed) == 3
    assert uri("indicator", world[2].pk) not in told


def test_an_empty_catalogue_is_one(client: GildeClient) -> None:
    for form in FORMS:
        told = statements(triples(client, form))
        assert len(of_class(told, "dcat:Catalog")) == 1


def test_the_catalogue_is_kept_until_something_changes(client: GildeClient, world: list[Indicator]) -> None:
    first = client.get("/catalogue.ttl")
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/catalogue.ttl", headers={"If-None-Match": first["ETag"]}).status_code == 304
    assert len(queries) == 2
    with CaptureQueriesContext(connection) as queries:
        figures_of(world[0], {"BE": {"2025": 9.0}})
        published = len(queries)
        fresh = client.get("/catalogue.ttl", headers={"If-None-Match": first["ETag"]})
    assert fresh.status_code == 200
    assert len(queries) - published <= 8
    assert b"2025-12-31" in fresh.content


def test_the_organisation_of_an_indicator_may_change_its_name(
    client: GildeClient, world: list[Indicator]
) -> None:
    assert b"Bureau of examples" not in client.get("/catalogue.ttl").content
    body = world[0].body
    assert body is not None
    body.name = Text.of("Bureau of examples")
    body.save()
    assert b"Bureau of examples" in client.get("/catalogue.ttl").content


@pytest.mark.parametrize(
    ("words", "address"),
    [
        ("CC BY 4.0", "http://publications.europa.eu/resource/authority/licence/CC_BY_4_0"),
        ("https://example.org/licence", "https://example.org/licence"),
        ("See https://example.org/licence", None),
        ("", None),
    ],
)
def test_a_licence_is_known_by_its_name_or_its_address(words: str, address: str | None) -> None:
    assert licence_of(words) == address


def test_an_area_outside_the_lists_has_no_address() -> None:
    assert place(Area(code="VLG", kind=Area.Kind.COMMUNITY)) == ""
    assert place(Area(code="EA20", kind=Area.Kind.UNION)) == ""
    assert place(Area(code="XX", kind=Area.Kind.COUNTRY)) == "http://data.europa.eu/nuts/code/XX"
