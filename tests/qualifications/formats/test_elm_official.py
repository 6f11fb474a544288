"""What is written conforms to the official schema and shapes, what is broken does not, and official files are read."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings

from gilde.core.text import Text
from gilde.qualifications.described import Body, Described, Outcome
from gilde.qualifications.errors import Unreadable
from gilde.qualifications.formats import elm_rdf, elm_xml
from gilde.qualifications.formats.schema_check import count_qualifications, rdf_problems, xml_problems
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
