"""A bad file in the European Learning Model gives one clear sentence with its place, and nothing is half read."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from gilde.qualifications.errors import Unreadable
from gilde.qualifications.formats import checking_files, elm_rdf
from tests.qualifications.formats.elm_files import BRICKLAYER, PUBLISHER, as_xml, read_rdf, read_xml

ROOT = '<Courses xmlns="http://data.europa.eu/snb/model/ap/loq-constraints/">'
GOOD = as_xml(BRICKLAYER)[0]
XXE = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
BOMB = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
DEEP = "<learningOutcomeReferences>" * 60


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "“file.xml”: the file is empty."),
        (b" \n", "“file.xml”: the file is empty."),
        (f"{XXE}\n{ROOT}&x;</Courses>".encode(), "declares a document type (DTD)"),
        (f"{BOMB}{ROOT}&b;</Courses>".encode(), "declares a document type (DTD)"),
        (b"<a", "this is no XML, or it was cut off on the way"),
        (GOOD[: len(GOOD) // 2], "this is no XML, or it was cut off on the way"),
        (b"<Courses/>", "the element “Courses” is of a namespace that is not known here"),
        (ROOT.replace("Courses", "Lessons").encode() + b"</Lessons>", "the root is not “Courses”"),
        (f'{ROOT}\n<x:a xmlns:x="urn:x"/></Courses>'.encode(), "line 2: the element “a” is of a namespace"),
        (f"{ROOT}{DEEP}".encode(), "more than 40 deep"),
        (f"{ROOT}</Courses>".encode(), "“file.xml” holds no qualification"),
        (GOOD.replace(b"Metselaar", "Métselaar".encode("latin-1")), "this is not UTF-8"),
        (GOOD.decode().encode("utf-16"), "this is not UTF-8"),
        (GOOD.replace(b'encoding="UTF-8"', b'encoding="ISO-8859-1"'), "line 1: this is not UTF-8"),
        (GOOD.replace(b'id="https://gilde.example/id/unit/1"', b""), "has no id"),
        (GOOD.replace(b"id/unit/2", b"id/unit/1"), "stands in the file twice"),
        (re.sub(rb"<learningOutcomeRef.*</learningOutcomeReferences>", b"", GOOD), "is not in the file"),
        (re.sub(rb"<title[^>]*>[^<]*</title>", b"", GOOD), "has no title"),
    ],
)
def test_bad_xml_is_refused_in_one_sentence(data: bytes, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as error:
        read_xml(data, tmp_path)
    assert sentence in error.value.sentence
    assert error.value.sentence.startswith("“file.xml”")


def test_a_cut_off_file_tells_the_line(tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as error:
        read_xml(GOOD.replace(b">", b">\n", 20)[:1500], tmp_path)
    assert re.match(r"“file.xml”, line \d+: ", error.value.sentence)


@pytest.mark.parametrize("name", ["file.xml", "file.jsonld", "file.ttl"])
def test_a_file_over_the_limit_is_refused(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking_files, "LIMIT", 1024)
    with pytest.raises(Unreadable, match=r"it is larger than 0\.000976562 MB; send it in parts"):
        read_rdf(GOOD, tmp_path, name)
    with pytest.raises(Unreadable, match="larger than"):
        read_xml(GOOD, tmp_path)


REMOTE = json.dumps({"@context": "https://evil.example/context", "@id": "urn:a"}).encode()
NESTED = json.dumps({"@context": {}, "@graph": [{"@context": ["https://evil.example/c"]}]}).encode()
TURTLE = elm_rdf.write(PUBLISHER, [BRICKLAYER], "turtle")
RDF_XML = elm_rdf.write(PUBLISHER, [BRICKLAYER], "rdf-xml")


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("a.jsonld", REMOTE, "its context is at https://evil.example/context, and nothing is fetched"),
        ("a.json", NESTED, "its context is at https://evil.example/c, and nothing is fetched"),
        ("a.jsonld", b"{", "this is no JSON, or it was cut off on the way"),
        ("a.jsonld", b"{}", "holds no qualification of the European Learning Model"),
        ("a.jsonld", b'{"a": 1, "a": 2}', "told twice"),
        ("a.jsonld", b"[" * 100_000, "deep"),
        ("a.ttl", TURTLE[: len(TURTLE) // 2], "this is no turtle, or it was cut off on the way"),
        ("a.ttl", b"<urn:a> <urn:b> <urn:c> .", "holds no qualification"),
        ("a.rdf", RDF_XML[: len(RDF_XML) // 2], "this is no rdf-xml, or it was cut off on the way"),
        ("a.rdf", XXE.encode() + RDF_XML, "line 1: it declares a document type (DTD)"),
        ("a.rdf", BOMB.encode() + RDF_XML, "line 1: it declares a document type (DTD)"),
        ("a", b"\xff\xfe\x00", "this is not UTF-8"),
        ("a.ttl", b"", "the file is empty"),
    ],
)
def test_bad_rdf_is_refused_in_one_sentence(name: str, data: bytes, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as error:
        read_rdf(data, tmp_path, name)
    assert sentence in error.value.sentence
    assert f"“{name}”" in error.value.sentence


def test_what_has_no_place_is_listed_and_the_rest_read(tmp_path: Path) -> None:
    told = elm_rdf.as_jsonld(PUBLISHER, BRICKLAYER)
    told["elm:maximumDuration"] = "P1Y"
    told["http://other.example/colour"] = "red"
    told["volumeOfLearning"] = "P2M"
    found = read_rdf(json.dumps(told).encode(), tmp_path)
    assert {(each.what, each.value) for each in found.not_held} == {
        ("“maximumDuration” has no place in Gilde.", "P1Y"),
        ("“http://other.example/colour” has no place in Gilde.", "red"),
        ("“volumeOfLearning” has no place in Gilde.", "P2M"),
    }
    assert found.qualifications[0].units == BRICKLAYER.units


def test_a_form_is_told_by_how_the_file_begins(tmp_path: Path) -> None:
    for data in (TURTLE, RDF_XML, elm_rdf.write(PUBLISHER, [BRICKLAYER], "json-ld")):
        assert read_rdf(data, tmp_path, "download").qualifications[0].title == BRICKLAYER.title
