"""What is written conforms to the official schema and shapes, what is broken does not, and official files are read."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyoxigraph
import pyshacl
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, NamedNode, Triple
from pyoxigraph import Literal as Words
from rdflib.namespace import OWL, RDF, SH

from gilde.core.text import Text
from gilde.qualifications.described import Body, Described, Outcome
from gilde.qualifications.errors import Unreadable
from gilde.qualifications.formats import elm_rdf, elm_xml, schema_check
from gilde.qualifications.formats.schema_check import count_qualifications, rdf_problems, xml_problems
from gilde.qualifications.formats.shape_sieve import Graph, Sieve, Unknown
from tests.qualifications.described_strategies import described
from tests.qualifications.formats.elm_files import BRICKLAYER, ENDINGS, PUBLISHER, as_xml, official

OTHER = replace(
    BRICKLAYER,
    uri="https://gilde.example/id/qualification/2",
    units=(),
    outcomes=(Outcome("https://gilde.example/id/outcome/9", Text.of("Works safely")),),
    level=None,
    fields=(),
    languages=(),
    code="X",
    version_uri="",
    part_of=(BRICKLAYER.uri, "https://other.example/q/9"),
    awarding=(Body("https://gilde.example/id/organisation/3", Text.of("Somewhere")),),
)


@settings(max_examples=10)
@given(described())
def test_any_qualification_is_xml_that_the_schema_accepts(one: Described) -> None:
    schema = official("xsd", "loq")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "any.xml"
        path.write_bytes(as_xml(one)[0])
        assert xml_problems(path, schema) == []


@settings(max_examples=5)
@given(described())
def test_any_qualification_is_a_graph_that_the_shapes_accept(one: Described) -> None:
    shapes = official("rdf")
    data = elm_rdf.write(PUBLISHER, [one], "json-ld")
    assert rdf_problems(data, shapes) == []
    assert count_qualifications(data) >= 1


def test_two_qualifications_in_one_file_conform(tmp_path: Path) -> None:
    path = tmp_path / "two.xml"
    path.write_bytes(as_xml(BRICKLAYER, OTHER)[0])
    assert xml_problems(path, official("xsd", "loq")) == []
    for form, ending in ENDINGS.items():
        path = tmp_path / f"two.{ending}"
        path.write_bytes(elm_rdf.write(PUBLISHER, [BRICKLAYER, OTHER], form))  # type: ignore[arg-type]
        assert rdf_problems(path, official("rdf")) == []
        assert count_qualifications(path) == 2 + 2  # with the units of the first


def test_jsonld_of_one_conforms() -> None:
    data = json.dumps(elm_rdf.as_jsonld(PUBLISHER, BRICKLAYER)).encode()
    assert rdf_problems(data, official("rdf")) == []


def _without_title(told: Any) -> None:
    del told["title"]


def _wrong_code(told: Any) -> None:
    told["EQFLevel"] = {
        "id": "http://data.europa.eu/snb/eqf/3",
        "type": "Concept",
        "inScheme": told["NQFLevel"]["inScheme"],
    }


def _unknown_property(told: Any) -> None:
    told["elm:favouriteColour"] = "red"


def _unknown_property_of_an_outcome(told: Any) -> None:
    told["units"][0]["learningOutcome"]["elm:favouriteColour"] = "red"


def _without_list(told: Any) -> None:
    del told["units"][0]["learningOutcome"]["dcType"]["inScheme"]


def _without_list_of_language(told: Any) -> None:
    del told["language"]["inScheme"]


def _title_without_language(told: Any) -> None:
    told["units"][1]["learningOutcome"]["dc:title"] = told["units"][1]["learningOutcome"].pop("title")["nl"]


def _page_that_is_no_page(told: Any) -> None:
    told["homepage"]["contentUrl"] = "ftp://gilde.example"


def _two_levels(told: Any) -> None:
    told["EQFLevel"] = [told["EQFLevel"], {**told["EQFLevel"], "id": "http://data.europa.eu/snb/eqf/4"}]


@pytest.mark.parametrize(
    "break_it",
    [
        _without_title,
        _wrong_code,
        _unknown_property,
        _unknown_property_of_an_outcome,
        _without_list,
        _without_list_of_language,
        _title_without_language,
        _page_that_is_no_page,
        _two_levels,
    ],
)
def test_a_broken_graph_fails_the_shapes(break_it: Callable[[Any], None]) -> None:
    told = json.loads(json.dumps(elm_rdf.as_jsonld(PUBLISHER, BRICKLAYER)))
    break_it(told)
    assert rdf_problems(json.dumps(told).encode(), official("rdf"))


GOOD = list(pyoxigraph.parse(elm_rdf.write(PUBLISHER, [BRICKLAYER], "json-ld"), pyoxigraph.RdfFormat.JSON_LD))
XSD = "http://www.w3.org/2001/XMLSchema#"
LITERALS = [
    Words("muur"),
    Words("muur", language="nl"),
    Words("mur", language="nl"),
    Words("wall", language="en"),
    Words(""),
    Words("ftp://gilde.example", datatype=NamedNode(f"{XSD}anyURI")),
    Words("https://gilde.example/x", datatype=NamedNode(f"{XSD}anyURI")),
    Words("gisteren", datatype=NamedNode(f"{XSD}dateTime")),
    Words("2025-02-30T00:00:00", datatype=NamedNode(f"{XSD}dateTime")),
    Words("2025-01-01T00:00:00", datatype=NamedNode(f"{XSD}dateTime")),
    Words("PT9H", datatype=NamedNode(f"{XSD}duration")),
    Words("9 uur", datatype=NamedNode(f"{XSD}duration")),
    Words("1.5", datatype=NamedNode(f"{XSD}decimal")),
    Words("12", datatype=NamedNode(f"{XSD}integer")),
    Words("twaalf", datatype=NamedNode(f"{XSD}integer")),
    Words("true", datatype=NamedNode(f"{XSD}boolean")),
]


def _named(shapes: rdflib.Graph, property_: Any, *, of: Any = None) -> list[NamedNode]:
    found = {str(each) for each in shapes.objects(of, property_) if isinstance(each, rdflib.URIRef)}
    return [NamedNode(each) for each in sorted(found)]


@st.composite
def changed_graphs(draw: st.DrawFn) -> list[Triple]:
    """A good graph with things of any class of the shapes beside it, and some statements taken out, changed, added."""
    shapes = schema_check._shapes(official("rdf"))
    triples = [quad.triple for quad in GOOD]
    classes, properties = _named(shapes, SH.targetClass), _named(shapes, SH.path)
    lists = _named(shapes, SH.hasValue)
    subjects = list(dict.fromkeys(each.subject for each in triples))
    type_ = NamedNode(RDF.type)
    for n, kind in enumerate(draw(st.lists(st.sampled_from(classes), min_size=6, max_size=12))):
        subjects.append(BlankNode(f"new{n}") if n % 3 == 0 else NamedNode(f"urn:new:{n}"))
        triples.append(Triple(subjects[-1], type_, kind))
        target = rdflib.URIRef(kind.value)
        own = [
            path
            for shape in shapes.subjects(SH.targetClass, target)
            for each in shapes.objects(shape, SH.property)
            for path in _named(shapes, SH.path, of=each)
        ]
        for _each in range(draw(st.integers(0, 6))):
            value = draw(st.sampled_from([*subjects, *LITERALS, *lists]))
            triples.append(Triple(subjects[-1], draw(st.sampled_from(own or properties)), value))
    for _each in range(draw(st.integers(0, 8))):
        place = draw(st.integers(0, len(triples) - 1))
        was = triples[place]
        value = draw(st.sampled_from([*LITERALS, *lists, *subjects]))
        change = draw(
            st.sampled_from(["remove", "other value", "second value", "stranger", "class", "property"])
        )
        if change == "remove":
            del triples[place]
        elif change == "other value":
            triples[place] = Triple(was.subject, was.predicate, value)
        elif change == "second value":
            triples.append(Triple(was.subject, was.predicate, value))
        elif change == "stranger":
            triples.append(Triple(was.subject, NamedNode("urn:favourite-colour"), value))
        elif change == "class":
            triples.append(Triple(was.subject, type_, draw(st.sampled_from(classes))))
        else:
            triples.append(Triple(was.subject, draw(st.sampled_from(properties)), value))
    return triples


def _refused(shapes: rdflib.Graph, triples: list[Triple]) -> set[str]:
    """Return what pyshacl refuses in the whole graph."""
    graph = rdflib.Graph()
    for each in triples:
        graph.add(tuple(schema_check._term(term) for term in each))
    _conforms, report, _words = pyshacl.validate(graph, shacl_graph=shapes, inference="none")
    assert isinstance(report, rdflib.Graph)
    return {str(report.value(each, SH.focusNode)) for each in report.objects(None, SH.result)}


def _held_back(shapes: rdflib.Graph, triples: list[Triple]) -> set[str]:
    return {each.value for each in Sieve(shapes).held_back(Graph.of(triples))}


@settings(max_examples=8)
@given(changed_graphs())
def test_the_sieve_holds_back_just_what_pyshacl_refuses(triples: list[Triple]) -> None:
    shapes = schema_check._shapes(official("rdf"))
    assert _held_back(shapes, triples) == _refused(shapes, triples)


PREFIXES = f"@prefix : <urn:x:> . @prefix sh: <{SH}> . @prefix rdf: <{RDF}> . @prefix xsd: <{XSD}> .\n"


@pytest.mark.parametrize(
    ("constraint", "good", "broken"),
    [
        ("sh:path :p ; sh:class :C", [":c", ":c, :d", ""], [":t", '"c"', ":c, :nowhere", "[]"]),
        (
            "sh:path :p ; sh:datatype xsd:integer",
            ["1", '"01"^^xsd:integer'],
            ["1.5", '"x"^^xsd:integer', ":c"],
        ),
        ("sh:path :p ; sh:datatype rdf:langString", ['"x"@nl', '""@en'], ['"x"', ":c"]),
        ("sh:path :p ; sh:datatype xsd:string", ['"x"', '""'], ['"x"@nl', "true"]),
        ("sh:path :p ; sh:nodeKind sh:IRI", [":c", ""], ["[]", '"x"']),
        ("sh:path :p ; sh:nodeKind sh:Literal", ['"x"', "1"], ["[]", ":c"]),
        ("sh:path :p ; sh:nodeKind sh:BlankNodeOrIRI", ["[]", ":c"], ['"x"']),
        ("sh:path :p ; sh:minCount 1", [":c", ":c, :d"], [""]),
        ("sh:path :p ; sh:maxCount 1", [":c", "", ":c, :c"], [":c, :d", '"a"@nl, "a"@en']),
        ("sh:path :p ; sh:pattern '^https?:'", ["<http://a>", '"https:"', ""], [":c", '"x http:"', "[]"]),
        (
            "sh:path :p ; sh:uniqueLang true",
            ['"a"@nl, "a"@en', '"a", "b"'],
            ['"a"@nl, "b"@nl', '"a"@NL, "b"@nl'],
        ),
        ("sh:path :p ; sh:uniqueLang false", ['"a"@nl, "b"@nl'], []),
        (
            "sh:path :p ; sh:disjoint :q",
            [":c", '"a"@nl ; :q "a b"@nl'],
            [":c ; :q :d, :c", '"a"@nl ; :q "a"@nl'],
        ),
        ("sh:path :p ; sh:hasValue :c", [":c", ":d, :c"], ["", ":d"]),
        ("sh:path :p ; sh:in (:c :d)", [":c, :d", ""], [":t", '"c"', "[]"]),
        ("sh:path :p ; sh:or ([sh:class :C] [sh:nodeKind sh:Literal])", [":c", '"x"', ""], [":t", "[]"]),
        ("sh:path :p ; sh:and ([sh:class :C] [sh:class :D])", [":d", ""], [":c", '"x"']),
        (
            "sh:path :p ; sh:node [sh:property [sh:path :r ; sh:minCount 1]]",
            ["[:r 1]", ""],
            ["[]", ":c", "1"],
        ),
        ("sh:path :p ; sh:minCount 1 ; sh:deactivated true", ["", ":c"], []),
    ],
)
def test_the_sieve_reads_a_constraint_as_pyshacl_does(
    constraint: str, good: list[str], broken: list[str]
) -> None:
    shape = f":S a sh:NodeShape ; sh:targetClass :T ; sh:property [{constraint}] ."
    _agree(shape, good, broken)


@pytest.mark.parametrize(
    ("shape", "good", "broken"),
    [
        (
            "sh:closed true ; sh:ignoredProperties (rdf:type) ; sh:property [sh:path :p]",
            [":c", ""],
            [":c ; :z 1"],
        ),
        ("sh:closed false ; sh:property [sh:path :p]", [":c ; :z 1"], []),
        ("sh:deactivated true ; sh:property [sh:path :p ; sh:minCount 1]", [""], []),
        ("sh:class :C", [":c ; a :C"], [":c"]),
    ],
)
def test_the_sieve_reads_a_node_shape_as_pyshacl_does(shape: str, good: list[str], broken: list[str]) -> None:
    _agree(f":S a sh:NodeShape ; sh:targetClass :T ; {shape} .", good, broken)


def _agree(shape: str, good: list[str], broken: list[str]) -> None:
    shapes = rdflib.Graph().parse(data=PREFIXES + shape, format="turtle")
    told = [f":g{n} a :T{f' ; :p {each}' if each else ''} ." for n, each in enumerate(good)]
    told += [f":b{n} a :T{f' ; :p {each}' if each else ''} ." for n, each in enumerate(broken)]
    data = "\n".join([PREFIXES, ":c a :C . :d a :C, :D . ", *told])
    triples = [quad.triple for quad in pyoxigraph.parse(data, pyoxigraph.RdfFormat.TURTLE)]
    assert (
        _held_back(shapes, triples)
        == {f"urn:x:b{n}" for n in range(len(broken))}
        == _refused(shapes, triples)
    )


@pytest.mark.parametrize(
    "shape",
    [
        "sh:property [sh:path :p ; sh:minLength 3]",
        "sh:property [sh:path [sh:inversePath :p] ; sh:maxCount 1]",
        "sh:property [sh:path :p ; sh:minCount 2]",
        "sh:property [sh:path :p ; sh:hasValue 3]",
        "sh:property [sh:path :p ; sh:pattern 'a' ; sh:flags 'i']",
        "sh:property [sh:path :p ; sh:node :S]",
        "sh:targetNode :c",
    ],
)
def test_the_sieve_says_what_it_does_not_know(shape: str) -> None:
    shapes = rdflib.Graph().parse(
        data=f"{PREFIXES} :S a sh:NodeShape ; sh:targetClass :T ; {shape} .", format="turtle"
    )
    with pytest.raises(Unknown):
        Sieve(shapes)


def test_a_graph_that_names_subclasses_is_judged_whole() -> None:
    told = json.loads(json.dumps(elm_rdf.as_jsonld(PUBLISHER, BRICKLAYER)))
    told["@context"]["rdfs:subClassOf"] = {"@type": "@id"}
    told["rdfs:subClassOf"] = str(OWL.Thing)
    assert any("subClassOf" in each for each in rdf_problems(json.dumps(told).encode(), official("rdf")))


def test_a_graph_without_qualifications_does_not_pass_for_a_good_one() -> None:
    data = json.dumps({"@context": {"a": "http://a.example/"}, "a:b": "c"}).encode()
    assert rdf_problems(data, official("rdf")) == [
        "The graph holds no qualification, so that nothing was checked."
    ]


@pytest.mark.parametrize(
    ("was", "now", "words"),
    [
        ('<title language="nl">Metselaar</title><title language="en">Bricklayer</title>', "", "title"),
        ("eqf/3", "eqf/12", "EQFLevel"),
        ("<status>", "<favouriteColour>red</favouriteColour><status>", "favouriteColour"),
        ("skill-type/skill", "skill-type/charm", "type"),
        (
            '<learningOutcome idref="https://gilde.example/id/outcome/1"',
            '<learningOutcome idref="urn:nowhere"',
            "key",
        ),
    ],
)
def test_broken_xml_fails_the_schema(was: str, now: str, words: str, tmp_path: Path) -> None:
    data = as_xml(BRICKLAYER)[0].decode()
    assert was in data
    path = tmp_path / "broken.xml"
    path.write_text(data.replace(was, now, 1), encoding="utf-8")
    found = xml_problems(path, official("xsd", "loq"))
    assert any(words in each for each in found)
    assert all(each.startswith("Line ") for each in found)


def test_a_folder_without_schema_or_shapes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"holds no loq\.xsd"):
        xml_problems(tmp_path / "a.xml", tmp_path)
    with pytest.raises(Unreadable, match="holds no shapes"):
        rdf_problems(b"{}", tmp_path)


@pytest.mark.parametrize("name", ["loq.xml", "loq_withLearningAchievementSpecification.xml"])
def test_the_official_samples_are_read_and_what_has_no_place_is_listed(name: str) -> None:
    path = official("xsd", "loq", name)
    found = elm_xml.read(path, name)
    assert found.qualifications
    assert all(each.title and list(each.all_outcomes()) for each in found.qualifications)
    words = {each.what for each in found.not_held}
    assert "“LearningOpportunity” has no place in Gilde." in words
    assert "“targetGroup” has no place in Gilde." in words
    assert all(each.where for each in found.not_held)
    assert as_xml(*found.qualifications)[0]
