"""The test vectors of W3C, Data Integrity EdDSA Cryptosuites v1.0, with every value on the way to the signature."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from gilde.credentials.errors import Unreadable
from gilde.credentials.linked import jcs, strict
from gilde.credentials.linked.canonical import checked, nquads
from gilde.credentials.linked.tables import CONFORMANCE, CREDENTIALS_V2, GILDE_CONTEXT
from tests.reference import reference_file

RDFC = [
    ("unsigned.json", "eddsa-rdfc-2022", "DataInt", "proofConfigDataInt.json"),
    ("employmentAuth.json", "eddsa-rdfc-2022/employ", "DataInt", "proofConfigDataInt.json"),
    ("unsigned.json", "Ed25519Signature2020", "EdSig", "proofConfigEdSig.json"),
]


def vector(name: str) -> bytes:
    return reference_file("vectors/eddsa").joinpath(name).read_bytes()


@pytest.mark.parametrize(("document", "folder", "ending", "options"), RDFC)
def test_the_vectors_of_suites_over_facts(document: str, folder: str, ending: str, options: str) -> None:
    told: dict[str, Any] = strict.parse(vector(document))
    proof: dict[str, Any] = strict.parse(vector(f"{folder}/{options}"))
    if "@context" not in proof:
        proof["@context"] = told["@context"]
    if ending == "EdSig":
        told["@context"] = proof["@context"]
    forms = nquads(told, contexts=CONFORMANCE), nquads(proof, contexts=CONFORMANCE)
    hashes = [hashlib.sha256(form).hexdigest() for form in forms]
    assert forms[0] == vector(f"{folder}/canonDoc{ending}.txt")
    assert forms[1] == vector(f"{folder}/proofCanon{ending}.txt")
    assert hashes[0] == vector(f"{folder}/docHash{ending}.txt").decode().strip()
    assert hashes[1] == vector(f"{folder}/proofHash{ending}.txt").decode().strip()
    assert hashes[1] + hashes[0] == vector(f"{folder}/combinedHash{ending}.txt").decode().strip()


def test_the_vectors_of_the_suite_over_json() -> None:
    folder = "eddsa-jcs-2022"
    forms = [
        jcs.canonical(strict.parse(vector(name)))
        for name in ("unsigned.json", f"{folder}/proofConfigJCS.json")
    ]
    hashes = [hashlib.sha256(form).hexdigest() for form in forms]
    assert forms[0] == vector(f"{folder}/canonDocJCS.txt")
    assert forms[1] == vector(f"{folder}/proofCanonJCS.txt")
    assert hashes[0] == vector(f"{folder}/docHashJCS.txt").decode().strip()
    assert hashes[1] == vector(f"{folder}/proofHashJCS.txt").decode().strip()
    assert hashes[1] + hashes[0] == vector(f"{folder}/combinedHashJCS.txt").decode().strip()


def test_the_canonical_form_with_sha_384_differs_only_in_the_names_of_blank_nodes() -> None:
    document = {
        "@context": [CREDENTIALS_V2, GILDE_CONTEXT],
        "type": "VocationalAward",
        "achieved": [{"awardedAt": f"place {number}"} for number in range(20)],
    }
    forms = [nquads(document, digest=digest).decode() for digest in ("sha256", "sha384")]
    assert forms[0] != forms[1]
    kept = [sorted(line.split()[-2] for line in form.splitlines() if "awardedAt" in line) for form in forms]
    assert kept[0] == kept[1]


def test_a_check_refuses_what_the_canonical_form_refuses() -> None:
    document = {"@context": CREDENTIALS_V2, "type": "VerifiableCredential", "unheard": "x"}
    for work in (checked, nquads):
        with pytest.raises(Unreadable) as told:
            work(document)
        assert told.value.reason == "undefined-term"


def test_a_check_does_not_ask_for_the_canonical_form_of_a_poisoned_graph() -> None:
    nodes = [f"_:n{number}" for number in range(12)]
    clique = [{"id": node, "https://a.example/p": [{"id": other} for other in nodes]} for node in nodes]
    document = {"@context": CREDENTIALS_V2, "type": "VerifiableCredential", "credentialSubject": clique}
    checked(document)
    with pytest.raises(Unreadable) as told:
        nquads(document)
    assert told.value.reason == "poisoned"


def test_the_form_is_that_of_the_document_and_not_of_its_writing() -> None:
    document = strict.parse(vector("employmentAuth.json"))
    other = json.loads(json.dumps(document, indent=3, sort_keys=True))
    assert nquads(other, contexts=CONFORMANCE) == nquads(document, contexts=CONFORMANCE)
