"""European Digital Credentials against the official shapes: ours conform, broken ones do not."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pyshacl
import pytest
import rdflib
from hypothesis import given
from pyld import jsonld
from rdflib.namespace import SH

from gilde.credentials.errors import Unreadable, Unsupported
from gilde.credentials.facts import Facts
from gilde.credentials.renderings import edc, edc_shapes
from tests.credentials.facts_strategy import a_facts, a_place, facts
from tests.reference import reference_file

_FILES = {
    "https://www.w3.org/2018/credentials/v1": "credentials-v1.jsonld",
    "http://data.europa.eu/snb/model/context/edc-ap": "edc-ap-context.jsonld",
    "https://www.w3.org/ns/credentials/v2": "credentials-v2.jsonld",
}
Document = dict[str, Any]


def _claim(told: Document) -> Document:
    found: Document = told["credentialSubject"]["hasClaim"]
    return found


def _titled_again(told: Document) -> None:
    told["displayParameter"]["title"]["nl"] = ["Hoeklasser", "Lasser"]


# What is broken, and the property of which the check must speak.
BROKEN: dict[str, tuple[Callable[[Document], Any], str]] = {
    "no title of the achievement": (lambda told: _claim(told).pop("title"), "title"),
    "no title of the display": (lambda told: told["displayParameter"].pop("title"), "title"),
    "two titles in one language": (_titled_again, "title"),
    "two issuers": (
        lambda told: told.update(issuer=[told["issuer"], told["issuer"] | {"id": "did:web:other.example"}]),
        "issuer",
    ),
    "no issuer": (lambda told: told.pop("issuer"), "issuer"),
    "an issuer without legal identifier": (
        lambda told: [each.pop("eIDASIdentifier") for each in _bodies(told)],
        "issuer",
    ),
    "an issuer without name": (lambda told: [each.pop("legalName") for each in _bodies(told)], "legalName"),
    "an issuer without place": (lambda told: [each.pop("location") for each in _bodies(told)], "location"),
    "a holder without claims": (lambda told: told["credentialSubject"].pop("hasClaim"), "hasClaim"),
    "two holders": (
        lambda told: told.update(
            credentialSubject=[told["credentialSubject"], {"id": "urn:x:2", "type": "Agent"}]
        ),
        "credentialSubject",
    ),
    "two family names": (
        lambda told: told["credentialSubject"].update(familyName={"nl": "Vercauteren", "fr": "Autre"}),
        "familyName",
    ),
    "a wrong datatype": (
        lambda told: told.update(validFrom={"type": "xsd:date", "@value": "2025-06-30"}),
        "validFrom",
    ),
    "a day that is none": (lambda told: told.update(validFrom="2025-02-30T00:00:00Z"), "validFrom"),
    "a workload that is no duration": (
        lambda told: _claim(told)["specifiedBy"].update(volumeOfLearning="320 hours"),
        "volumeOfLearning",
    ),
    "a text without language": (
        lambda told: _claim(told).update({"dc:description": "Last hoeklassen."}),
        "description",
    ),
    "nobody who awards": (lambda told: _claim(told).pop("awardedBy"), "awardedBy"),
    "an assessment without grade": (lambda told: _claim(told)["provenBy"].pop("grade"), "grade"),
    "credit without system": (lambda told: _claim(told)["creditReceived"].pop("framework"), "framework"),
    "no picture": (
        lambda told: told["displayParameter"]["individualDisplay"]["displayDetail"].pop("image"),
        "image",
    ),
    "no main language": (lambda told: told["displayParameter"].pop("primaryLanguage"), "primaryLanguage"),
    "no schema": (lambda told: told.pop("credentialSchema"), "credentialSchema"),
    "no profile": (lambda told: told.pop("credentialProfiles"), "credentialProfiles"),
    "not issued": (lambda told: told.pop("issued"), "issued"),
    "specified twice": (
        lambda told: _claim(told).update(
            specifiedBy=[
                _claim(told)["specifiedBy"],
                {"id": "urn:x:2", "type": "Qualification", "title": {"nl": "x"}},
            ]
        ),
        "specifiedBy",
    ),
    "a skill that is no concept": (
        lambda told: _claim(told)["specifiedBy"]["learningOutcome"][0].update(relatedESCOSkill="urn:x:skill"),
        "relatedESCOSkill",
    ),
    "a status of the data model, which is no address": (
        lambda told: told.update(credentialStatus={"id": "urn:x:1"}),
        "credentialStatus",
    ),
}


def _bodies(told: Document) -> list[Document]:
    claim = _claim(told)
    return [
        told["issuer"],
        claim["awardedBy"]["awardingBody"],
        claim["provenBy"]["awardedBy"]["awardingBody"],
    ]


def _folder() -> Path:
    return reference_file("elm/rdf")


def _document() -> Document:
    """Return a credential of which each part stands for itself."""
    found: Document = json.loads(json.dumps(edc.render(a_facts(), a_place())))
    return found


def _broken(name: str) -> Document:
    document = _document()
    BROKEN[name][0](document)
    return document


@cache
def _official_shapes() -> rdflib.Graph:
    return rdflib.Graph().parse(_folder() / edc_shapes.GENERIC[0], format="turtle")


def _load(url: str, _options: Any = None) -> dict[str, Any]:
    text = reference_file(f"contexts/{_FILES[url]}").read_text(encoding="utf-8")
    return {"contextUrl": None, "documentUrl": url, "document": json.loads(text)}


def _judged_officially(document: Document) -> set[str]:
    """Return the properties of which pyshacl complains, with the official contexts and PyLD."""
    quads = jsonld.to_rdf(document, {"documentLoader": _load, "format": "application/n-quads"})
    graph = rdflib.Graph().parse(data=quads, format="nt")
    _conforms, report, _words = pyshacl.validate(graph, shacl_graph=_official_shapes(), inference="none")
    assert isinstance(report, rdflib.Graph)
    results = report.objects(None, SH.result)
    return {str(report.value(each, SH.resultPath)).replace("#", "/").rpartition("/")[2] for each in results}


def _spoken_of(told: list[str]) -> set[str]:
    return {each.rpartition(": ")[0].rpartition(", ")[2] for each in told}


@given(award=facts())
def test_every_award_that_gilde_writes_conforms(award: Facts) -> None:
    assert edc_shapes.problems(edc.render(award, a_place()), _folder()) == []


def test_pyshacl_with_the_official_contexts_finds_nothing_either() -> None:
    assert _judged_officially(_document()) == set()


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_credential_does_not_conform(name: str) -> None:
    spoken_of = _spoken_of(edc_shapes.problems(_broken(name), _folder()))
    assert BROKEN[name][1] in spoken_of
    assert spoken_of == _judged_officially(_broken(name))


def test_a_value_that_names_no_list_is_told_though_the_shapes_do_not_ask() -> None:
    document = _document()
    document["credentialProfiles"].pop("inScheme")
    (told,) = edc_shapes.problems(document, _folder())
    assert "inScheme" in told
    assert "http://data.europa.eu/snb/credential/e34929035b" in told


def test_the_unsigned_sample_lacks_what_sealing_adds_and_the_sealed_one_conforms() -> None:
    unsigned = json.loads(
        reference_file("elm/samples/certificate-of-participation-unsigned.jsonld").read_bytes()
    )
    sealed = json.loads(reference_file("elm/samples/certificate-of-participation-sealed.jsonld").read_bytes())
    assert _spoken_of(edc_shapes.problems(unsigned, _folder())) == {"issued", "issuer"}
    assert _judged_officially(unsigned) == {"issued", "issuer"}
    assert edc_shapes.problems(json.loads(sealed["payload"]), _folder()) == []


def test_a_document_that_shrinks_to_nothing_is_no_conforming_one() -> None:
    document = _document()
    document["@context"] = document["@context"][1:]
    (told,) = edc_shapes.problems(document, _folder())
    assert "nothing was checked" in told
    assert _judged_officially(document) == set()  # the trap: the shapes have nothing to say of it


def test_the_profiles_for_accredited_and_mandated_issuers_ask_for_evidence() -> None:
    for profile in (edc_shapes.ACCREDITED, edc_shapes.MANDATE):
        assert _spoken_of(edc_shapes.problems(_document(), _folder(), profile)) == {"evidence"}


def test_the_context_of_data_model_2_cannot_stand_beside_that_of_the_profile() -> None:
    document = _document()
    document["@context"][0] = "https://www.w3.org/ns/credentials/v2"
    with pytest.raises(jsonld.JsonLdError):
        _judged_officially(document)


def test_unknown_contexts_are_refused() -> None:
    with pytest.raises(Unreadable) as refused:
        edc_shapes.problems(_document() | {"@context": ["https://x.example/context"]}, _folder())
    assert refused.value.reason == "unknown-context"


def test_a_folder_without_the_shapes_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"EDC-generic-no-cv\.ttl") as refused:
        edc_shapes.problems(copy.deepcopy(_document()), tmp_path)
    assert refused.value.reason == "no-shapes"


def test_shapes_that_ask_for_something_unknown_are_refused_rather_than_passed_over(tmp_path: Path) -> None:
    (tmp_path / edc_shapes.GENERIC[0]).write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix x: <urn:x:> . "
        "x:shape a sh:NodeShape ; sh:targetClass x:Thing ; sh:property [ sh:path x:p ; sh:minLength 3 ] ."
    )
    with pytest.raises(Unsupported) as refused:
        edc_shapes.problems(_document(), tmp_path)
    assert refused.value.reason == "unknown-shape"
