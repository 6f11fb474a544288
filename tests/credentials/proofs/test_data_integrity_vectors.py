"""The test vectors of the W3C for EdDSA suites, with every intermediate value."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from gilde.credentials.errors import Altered, Unreadable, Unsupported
from gilde.credentials.keys.base58 import from_multibase
from gilde.credentials.keys.did import of_key, resolve_key
from gilde.credentials.keys.instants import read_instant
from gilde.credentials.keys.kinds import KeyKind, SigningKey
from gilde.credentials.linked.tables import CONFORMANCE
from gilde.credentials.proofs.data_integrity import hash_data, sign, verify
from gilde.credentials.proofs.options import read_proofs
from gilde.credentials.proofs.suites import SUITES
from tests.reference import reference_file

NOW = datetime(2026, 5, 1, tzinfo=UTC)
ED25519 = KeyKind.ED25519

# Folder, ending of its file names, suite, and the document that was signed.
VECTORS = [
    ("eddsa-jcs-2022", "JCS", "eddsa-jcs-2022", "unsigned.json"),
    ("eddsa-rdfc-2022", "DataInt", "eddsa-rdfc-2022", "unsigned.json"),
    ("eddsa-rdfc-2022/employ", "DataInt", "eddsa-rdfc-2022", "employmentAuth.json"),
]
every_vector = pytest.mark.parametrize(("folder", "ending", "suite", "document"), VECTORS)


def text(name: str) -> str:
    return reference_file(f"vectors/eddsa/{name}").read_text(encoding="utf-8")


def told(name: str) -> Any:
    return json.loads(text(name))


def check(document: Any) -> list[Any]:
    return verify(document, resolve_key, now=NOW, contexts=CONFORMANCE)


def secret(method: str) -> SigningKey:
    """The secret key that the vectors give for a verification method."""
    pairs = [told("keyPair.json"), *told("proof-set-chain/multiKeyPairs.json").values()]
    (found,) = [
        pair["privateKeyMultibase"] for pair in pairs if method.endswith(f"#{pair['publicKeyMultibase']}")
    ]
    return of_key(SigningKey.from_secret_multikey(found))


@every_vector
def test_every_intermediate_value_is_that_of_the_vector(
    folder: str, ending: str, suite: str, document: str
) -> None:
    secured, unsecured = told(f"{folder}/signed{ending}.json"), told(document)
    (proof,) = read_proofs(secured)
    context = {} if ending == "JCS" else {"@context": unsecured["@context"]}
    config = {**proof.config, **context}
    assert config == told(f"{folder}/proofConfig{ending}.json")
    using = SUITES[suite]
    in_form = using.transformed(unsecured, ED25519, CONFORMANCE)
    config_in_form = using.transformed_config(config, ED25519, CONFORMANCE)
    assert in_form.decode() == text(f"{folder}/canonDoc{ending}.txt")
    assert config_in_form.decode() == text(f"{folder}/proofCanon{ending}.txt")
    assert using.transformed(config, ED25519, CONFORMANCE) == config_in_form
    assert using.hashed(in_form, ED25519).hex() == text(f"{folder}/docHash{ending}.txt")
    assert using.hashed(config_in_form, ED25519).hex() == text(f"{folder}/proofHash{ending}.txt")
    combined = hash_data(unsecured, proof, ED25519, CONFORMANCE)
    assert combined.hex() == text(f"{folder}/combinedHash{ending}.txt")
    signature = secret(proof.method).sign(combined)
    assert signature.hex() == text(f"{folder}/sigHex{ending}.txt")
    assert from_multibase(text(f"{folder}/sigBTC58{ending}.txt")) == signature == proof.value


@every_vector
def test_signing_makes_the_vector_and_verifying_takes_it(
    folder: str, ending: str, suite: str, document: str
) -> None:
    secured = told(f"{folder}/signed{ending}.json")
    proof = secured["proof"]
    key = secret(proof["verificationMethod"])
    made = sign(told(document), key, suite, created=read_instant(proof["created"]), contexts=CONFORMANCE)
    assert made == secured
    (proven,) = check(secured)
    assert (proven.suite, proven.method.id) == (suite, key.method)


@pytest.mark.parametrize("name", ["Set1", "Set2", "Chain1", "Chain2"])
def test_sets_and_chains_of_the_vectors_hold_and_are_made_again(name: str) -> None:
    secured = told(f"proof-set-chain/signedProof{name}.json")
    proofs = secured["proof"] if isinstance(secured["proof"], list) else [secured["proof"]]
    assert len(check(secured)) == len(proofs)
    made = told("proof-set-chain/unsigned.json")
    for proof in proofs:
        made = sign(
            made,
            secret(proof["verificationMethod"]),
            proof["cryptosuite"],
            created=read_instant(proof["created"]),
            contexts=CONFORMANCE,
            id=proof.get("id", ""),
            previous=proof.get("previousProof", ()),
        )
    assert made["proof"] == secured["proof"] or [made["proof"]] == secured["proof"]


@pytest.mark.parametrize("at", range(4))
def test_no_proof_of_the_chain_can_be_left_out_but_the_last(at: int) -> None:
    secured = told("proof-set-chain/signedProofChain2.json")
    secured["proof"].pop(at)
    if at == 3:
        assert len(check(secured)) == 3
    else:
        with pytest.raises(Unreadable) as refused:
            check(secured)
        assert refused.value.reason == "previous-proof"


@pytest.mark.parametrize("at", range(4))
def test_no_proof_of_the_chain_can_be_changed(at: int) -> None:
    secured = told("proof-set-chain/signedProofChain2.json")
    secured["proof"][at]["created"] = "2023-02-24T23:36:39Z"
    with pytest.raises(Altered) as refused:
        check(secured)
    assert refused.value.reason == "signature-wrong"


def test_the_legacy_signature_is_told_to_be_unsupported() -> None:
    with pytest.raises(Unsupported) as refused:
        check(told("Ed25519Signature2020/signedEdSig.json"))
    assert refused.value.reason == "proof-type"
    assert "Ed25519Signature2020" in refused.value.sentence
