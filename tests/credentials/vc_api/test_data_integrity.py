"""The cases of the W3C's suites for EdDSA, ECDSA and Data Integrity: what issuers make and what verifiers refuse."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest

from gilde.core import clock
from gilde.credentials.keys import base58
from gilde.credentials.keys.did import key_document
from gilde.credentials.keys.instants import write_instant
from gilde.credentials.keys.kinds import KeyKind
from tests.credentials.vc_api.conftest import MADE
from tests.credentials.vc_api.documents import (
    ABSENT,
    INTEGRITY,
    LEARNER,
    V1,
    V2,
    Local,
    credential,
    old_credential,
    without,
)
from tests.reference import reference_file

# By the issuer's name: the suite, the kind of key, how its Multikey begins, bytes of the key and of a signature.
ISSUERS = {
    "eddsa-rdfc-2022": ("eddsa-rdfc-2022", KeyKind.ED25519, "z6Mk", 34, 64),
    "eddsa-jcs-2022": ("eddsa-jcs-2022", KeyKind.ED25519, "z6Mk", 34, 64),
    "ecdsa-rdfc-2019": ("ecdsa-rdfc-2019", KeyKind.P256, "zDna", 35, 64),
    "ecdsa-rdfc-2019-p256": ("ecdsa-rdfc-2019", KeyKind.P256, "zDna", 35, 64),
    "ecdsa-rdfc-2019-p384": ("ecdsa-rdfc-2019", KeyKind.P384, "z82L", 51, 96),
    "ecdsa-jcs-2019": ("ecdsa-jcs-2019", KeyKind.P256, "zDna", 35, 64),
    "ecdsa-jcs-2019-p256": ("ecdsa-jcs-2019", KeyKind.P256, "zDna", 35, 64),
    "ecdsa-jcs-2019-p384": ("ecdsa-jcs-2019", KeyKind.P384, "z82L", 51, 96),
}
SUITES = sorted({(suite, kind) for suite, kind, *_rest in ISSUERS.values()})
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@pytest.fixture(params=SUITES, ids=lambda told: f"{told[0]}-{told[1]}")
def local(request: pytest.FixtureRequest) -> Local:
    suite, kind = request.param
    return Local(kind, suite)


@pytest.mark.parametrize("issuer", ISSUERS)
@pytest.mark.parametrize("given", [credential(), old_credential()], ids=["2.0", "1.1"])
class TestIssuers:
    def test_the_proof_says_all_that_it_must_and_is_verified(
        self, api: Any, issuer: str, given: dict[str, Any]
    ) -> None:
        suite, _kind, prefix, _key, signature = ISSUERS[issuer]

        told = api.issued({**given, "id": "urn:uuid:0f0f6e7e-4d3f-4b36-9a43-0d5f27c0f1a2"}, issuer)
        proof = told["proof"]

        assert (proof["type"], proof["cryptosuite"]) == ("DataIntegrityProof", suite)
        assert proof["proofPurpose"] == "assertionMethod"
        assert STAMP.fullmatch(proof["created"])
        assert proof["verificationMethod"].startswith(f"did:key:{prefix}")
        assert len(base58.from_multibase(proof["proofValue"])) == signature
        assert proof.get("@context") == (told["@context"] if "jcs" in suite else None)
        assert {V2, INTEGRITY}.intersection(each for each in told["@context"] if isinstance(each, str))
        assert told["@context"][: len(given["@context"])] == given["@context"]
        assert api.accepts(told, checks=["proof"])
        assert api.accepts(told)

    def test_the_key_is_a_multikey_of_its_controller_for_this_purpose(
        self, api: Any, issuer: str, given: dict[str, Any]
    ) -> None:
        _suite, _kind, prefix, size, _signature = ISSUERS[issuer]

        url = api.issued(given, issuer)["proof"]["verificationMethod"]
        document = key_document(url.split("#")[0])
        method = document["verificationMethod"][0]

        assert (method["id"], method["type"]) == (url, "Multikey")
        assert method["publicKeyMultibase"].startswith(prefix)
        assert len(base58.from_multibase(method["publicKeyMultibase"])) == size
        assert url in document["assertionMethod"]


def test_a_credential_by_the_old_model_gets_its_date_of_issue_from_the_issuer(api: Any) -> None:
    told = api.issued(without(old_credential(), "issuanceDate"), "ecdsa-rdfc-2019")

    assert STAMP.fullmatch(told["issuanceDate"])
    assert INTEGRITY in told["@context"]
    assert told["@context"][0] == V1


def test_a_secured_credential_is_not_secured_again(api: Any) -> None:
    assert api.issue(Local().issue()).status == 400


@pytest.mark.parametrize("version", ["2.0", "1.1"])
def test_a_credential_signed_by_somebody_with_a_did_key_is_verified(
    api: Any, local: Local, version: str
) -> None:
    if version == "2.0":
        told = local.issue()
    else:
        told = local.sign(old_credential(issuer=local.id))

    assert api.accepts(told, checks=["proof"])


@pytest.mark.parametrize(
    "proof",
    [
        ABSENT,
        None,
        "proof",
        [],
        {},
        [None],
        {"type": ABSENT},
        {"type": "UnknownProofType"},
        {"type": "Ed25519Signature2020"},
        {"type": ""},
        {"cryptosuite": ABSENT},
        {"cryptosuite": ""},
        {"cryptosuite": "UnknownCryptosuite"},
        {"cryptosuite": 7},
        {"verificationMethod": ABSENT},
        {"verificationMethod": "did:key:invalidVm"},
        {"verificationMethod": "did:key:@invalidVm@"},
        {"verificationMethod": "no address"},
        {"verificationMethod": "https://school.example/keys/1"},
        {"proofPurpose": ABSENT},
        {"proofPurpose": "invalidPurpose"},
        {"proofPurpose": "authentication"},
        {"proofValue": ABSENT},
        {"proofValue": None},
        {"proofValue": ""},
        {"proofValue": "z5nmMBw2u9TGKd9NxxHJtyZKgjN2Eh"},
        {"created": "invalidDate"},
        {"created": "2944-01-01T00:00:00Z"},
        {"created": 7},
        {"expires": "invalidDate"},
        {"expires": "2020-01-01T00:00:00Z"},
        {"id": "456321"},
        {"previousProof": 456321},
        {"previousProof": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc99"},
        {"previousProof": ["urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc99"]},
    ],
    ids=str,
)
def test_a_spoilt_proof_is_refused(called: Any, local: Local, proof: Any) -> None:
    told = local.issue()
    if proof is ABSENT:
        del told["proof"]
    elif isinstance(proof, dict) and proof:
        kept = {name: value for name, value in {**told["proof"], **proof}.items() if value is not ABSENT}
        told["proof"] = kept
    else:
        told["proof"] = proof

    assert not called.accepts(told, checks=["proof"])


@pytest.mark.parametrize(
    "options",
    [
        {"verificationMethod": ABSENT},
        {"verificationMethod": "did:key:invalidVm"},
        {"proofPurpose": ABSENT},
        {"proofPurpose": "authentication"},
        {"created": "invalidDate"},
        {"expires": "invalidDate"},
    ],
    ids=str,
)
def test_a_signature_over_spoilt_options_is_refused_though_it_fits(
    api: Any, local: Local, options: dict[str, Any]
) -> None:
    told = local.spoilt(credential(issuer=local.id), **options)

    assert api.accepts(local.spoilt(credential(issuer=local.id)), checks=["proof"])
    assert not api.accepts(told, checks=["proof"])


def test_the_date_of_a_proof_may_be_missing_or_without_its_zone_and_is_read_as_utc(
    api: Any, local: Local
) -> None:
    now = clock.now()
    bare = {name: write_instant(now + step)[:19] for name, step in _STEPS.items()}
    document = credential(issuer=local.id)

    assert api.accepts(local.spoilt(document, created=ABSENT))
    assert api.accepts(local.spoilt(document, created=bare["past"]))
    assert api.accepts(local.spoilt(document, expires=bare["future"]))
    assert not api.accepts(local.spoilt(document, expires=bare["past"]))
    assert not api.accepts(local.spoilt(document, created=bare["past"], expires=bare["now"]))


_STEPS = {"past": -timedelta(hours=3), "now": timedelta(0), "future": timedelta(hours=3)}


def test_a_proof_without_its_header_or_with_bytes_too_few_or_too_many_is_refused(
    api: Any, local: Local
) -> None:
    told = local.issue()
    value = told["proof"]["proofValue"]
    longer = base58.to_multibase(base58.from_multibase(value) + bytes(range(32)))

    for wrong in (value[1:], value[:-1], "u" + value[1:], "m" + value[1:], longer, value + "0"):
        assert not api.accepts({**told, "proof": {**told["proof"], "proofValue": wrong}}), wrong


def test_a_proof_by_another_way_of_making_one_form_or_hash_is_refused(api: Any, local: Local) -> None:
    document = credential(issuer=local.id)
    other = "jcs" if "rdfc" in local.suite else "rdfc"
    crossed = local.suite.replace("rdfc", other) if other == "jcs" else local.suite.replace("jcs", other)
    signed = Local(local.key.kind, crossed)
    signed.key = local.key
    told = signed.sign(document)

    assert not api.accepts(
        {**told, "proof": {**without(told["proof"], "@context"), "cryptosuite": local.suite}}
    )


def test_a_property_or_type_that_nothing_defines_is_refused(api: Any, local: Local) -> None:
    told = local.issue()
    subject = {**told["credentialSubject"], "undefinedTerm": "IfDroppedWillVerify"}

    assert not api.accepts({**told, "credentialSubject": subject})
    assert not api.accepts({**told, "type": [*told["type"], "UndefinedType"]})
    unknown = credential(credentialSubject={"id": LEARNER, "undefinedTerm": "text"})
    assert api.issue(unknown).status == 400
    assert (
        api.issue(
            credential(credentialSubject={"id": LEARNER, "undefinedTerm": "text"}), "ecdsa-jcs-2019"
        ).status
        == 400
    )


def test_a_proof_for_another_purpose_place_or_request_than_asked_is_refused(api: Any, local: Local) -> None:
    told = local.sign(credential(issuer=local.id), domain="here.example", challenge="1235abcd6789")

    assert api.accepts(
        told, domain="here.example", challenge="1235abcd6789", expectedProofPurpose="assertionMethod"
    )
    assert not api.accepts(told, expectedProofPurpose="authentication")
    assert not api.accepts(told, domain="domain.example")
    assert not api.accepts(told, domain="here.example", challenge="invalid-challenge")
    assert not api.accepts(local.issue(), domain="here.example")


def test_whatever_is_changed_after_signing_is_refused(api: Any, local: Local) -> None:
    told = local.issue(name="Helper", validFrom="2024-01-01T00:00:00Z")

    for changed in (
        {"name": "Baker"},
        {"validFrom": "2023-01-01T00:00:00Z"},
        {"credentialSubject": {"id": "did:example:somebody"}},
        {"issuer": "did:example:school"},
        {"type": ["VerifiableCredential", "https://school.example/terms#Diploma"]},
    ):
        assert not api.accepts({**told, **changed}), changed


class TestChains:
    """Several proofs of one document, each alone or one upon the other (VC Data Integrity, section 2.1.2)."""

    FIRST = "urn:uuid:26329423-bec9-4b2e-88cb-a7c7d9dc4599"

    def chained(self, local: Local, previous: Any) -> dict[str, Any]:
        once = local.sign(credential(issuer=local.id), id=self.FIRST)
        other = Local(local.key.kind, local.suite)
        told: dict[str, Any] = other.signer(
            previous=previous, id="urn:uuid:4e0a0b0c-0000-4000-8000-000000000001"
        ).sign(once)
        return told

    @pytest.mark.parametrize("previous", [FIRST, [FIRST], ()], ids=["one", "list", "set"])
    def test_sets_and_chains_are_verified_in_any_order(self, api: Any, local: Local, previous: Any) -> None:
        told = self.chained(local, previous)

        assert len(told["proof"]) == 2
        assert api.accepts(told)
        assert api.accepts({**told, "proof": told["proof"][::-1]})

    def test_each_proof_of_a_set_must_hold(self, api: Any, local: Local) -> None:
        told = self.chained(local, ())
        for index in (0, 1):
            proofs = json.loads(json.dumps(told["proof"]))
            proofs[index]["created"] = "2024-01-01T00:00:00Z"
            assert not api.accepts({**told, "proof": proofs})

    def test_a_chain_without_its_first_link_or_with_another_is_refused(self, api: Any, local: Local) -> None:
        told = self.chained(local, self.FIRST)
        first, second = told["proof"]

        assert not api.accepts({**told, "proof": [second]})
        assert api.accepts({**told, "proof": [first]})
        assert not api.accepts({**told, "proof": [{**first, "id": "urn:uuid:1"}, second]})
        assert not api.accepts({**told, "proof": [first, {**second, "id": "urn:uuid:1"}]})
        assert not api.accepts({**told, "proof": [first, {**second, "previousProof": 456321}]})
        assert not api.accepts({**told, "proof": [first, {**second, "previousProof": "urn:uuid:1"}]})
        replaced = local.sign(credential(issuer=local.id), id=self.FIRST, nonce="other")["proof"]
        assert not api.accepts({**told, "proof": [replaced, second]})


@pytest.mark.parametrize("name", ["eddsa-jcs-2022/signedJCS.json", "eddsa-rdfc-2022/signedDataInt.json"])
def test_the_signed_documents_of_the_specification_are_verified(api: Any, name: str) -> None:
    told = json.loads(reference_file(f"vectors/eddsa/{name}").read_text())

    assert api.accepts(told)
    assert not api.accepts({**told, "name": "Other"})


def test_a_credential_is_issued_by_every_issuer_that_the_server_lists(api: Any) -> None:
    listed = api.get("/issuers").body["issuers"]

    assert {"eddsa-rdfc-2022", "ecdsa-jcs-2019-p384", "jose"} <= {each["name"] for each in listed}
    for each in listed:
        answer = api.issue(credential(issuer=each["id"]), each["name"])
        assert answer.status == MADE
        assert api.accepts(answer.body)
