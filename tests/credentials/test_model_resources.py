"""Related resources and their digests (VC Data Model 2.0, section 5.3)."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gilde.credentials import model
from gilde.credentials.errors import Unreadable
from gilde.credentials.keys import base58
from gilde.credentials.model_resources import KNOWN, unchecked
from tests.credentials.model_documents import V2
from tests.credentials.model_documents import a_credential as plain_credential
from tests.reference import reference_file

FILES = {
    "https://www.w3.org/2018/credentials/v1": "contexts/credentials-v1.jsonld",
    V2: "contexts/credentials-v2.jsonld",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json": "contexts/open-badges-3.0.3.jsonld",
}
SRI = "sha384-l/HrjlBCNWyAX91hr6LFV2Y3heB5Tcr6IeE4/Tje8YyzYBM8IhqjHWiWpr8+ZbYU"
MULTIBASE = "uWZVc7WaX1h4D8rJVb-vlMIqxaEKEb1tYbX8fet7JJzQ"
ELSEWHERE = "https://example.org/degree.json"


def a_credential(*resources: Any) -> dict[str, Any]:
    return plain_credential(relatedResource=list(resources))


def refused(*resources: Any) -> tuple[str, object]:
    with pytest.raises(Unreadable) as caught:
        model.check_credential(a_credential(*resources), secured=False)
    return caught.value.reason, caught.value.details["pointer"]


@pytest.mark.parametrize("url", FILES)
def test_the_digests_that_are_known_are_those_of_the_official_files(url: str) -> None:
    data = reference_file(FILES[url]).read_bytes()
    assert KNOWN[url] == {
        32: hashlib.sha256(data).hexdigest(),
        48: hashlib.sha384(data).hexdigest(),
        64: hashlib.sha512(data).hexdigest(),
    }


@pytest.mark.parametrize(
    "digest",
    [
        {"digestSRI": SRI},
        {"digestMultibase": MULTIBASE},
        {"digestSRI": SRI, "digestMultibase": MULTIBASE, "mediaType": "application/ld+json"},
        {"digestSRI": [SRI, "sha256-WZVc7WaX1h4D8rJVb+vlMIqxaEKEb1tYbX8fet7JJzQ="]},
        # The draft of July 2024, to which credentials still refer.
        {"digestSRI": "sha384-NSOcNpmdIVUxIJGvGUoe22FjTWrXiaXlsZ8q6912LdnR3KraQO2n75Ica4wK4Qeg"},
        {"digestMultibase": "uJKGMkOmFbVJhEfKTduMC2XCyvRAYLjOVmZWwIH1wQ7k"},
        {"digestSRI": f"{SRI} sha256-WZVc7WaX1h4D8rJVb+vlMIqxaEKEb1tYbX8fet7JJzQ=?ct=json"},
    ],
)
def test_a_resource_that_gilde_has_must_be_the_one_that_the_issuer_saw(digest: dict[str, Any]) -> None:
    document = a_credential({"id": V2, **digest})
    model.check_credential(document, secured=False)
    assert unchecked(document) == []


@pytest.mark.parametrize(
    "digest",
    [
        {"digestSRI": "sha384-NSOcNpmdIVUxIJGvGUoe22FjTWrXiaXlsZ8q6912LdnR3KraQO2n75Ica4wK4QeA"},
        {"digestMultibase": "uJKGMkOmFbVJhEfKTduMC2XCyvRAYLjOVmZWwIH1wQ7g"},
        {"digestSRI": SRI, "digestMultibase": "uJKGMkOmFbVJhEfKTduMC2XCyvRAYLjOVmZWwIH1wQ7k"},
        {"digestSRI": [SRI, "sha256-JKGMkOmFbVJhEfKTduMC2XCyvRAYLjOVmZWwIH1wQ7k="]},
    ],
)
def test_another_digest_of_it_is_refused(digest: dict[str, Any]) -> None:
    assert refused({"id": V2, **digest}) == ("digest-differs", "/relatedResource/0")


def test_of_a_resource_elsewhere_it_is_told_that_it_was_not_compared() -> None:
    document = a_credential({"id": ELSEWHERE, "digestMultibase": MULTIBASE}, {"id": V2, "digestSRI": SRI})
    model.check_credential(document, secured=False)
    assert unchecked(document) == [ELSEWHERE]


@pytest.mark.parametrize(
    ("resources", "reason", "pointer"),
    [
        ([V2], "relatedResource", "/relatedResource/0"),
        ([], "relatedResource", "/relatedResource"),
        ([{"digestSRI": SRI}], "id", "/relatedResource/0/id"),
        ([{"url": V2, "digestSRI": SRI}], "id", "/relatedResource/0/id"),
        ([{"id": "degree", "digestSRI": SRI}], "id", "/relatedResource/0/id"),
        ([{"id": ELSEWHERE}], "digest", "/relatedResource/0"),
        ([{"id": V2, "digestSRI": SRI}] * 2, "related-twice", "/relatedResource/1/id"),
    ],
)
def test_a_resource_needs_an_address_of_its_own_and_a_digest(
    resources: Any, reason: str, pointer: str
) -> None:
    assert refused(*resources) == (reason, pointer)


@pytest.mark.parametrize(
    ("member", "digest"),
    [
        ("digestSRI", ""),
        ("digestSRI", []),
        ("digestSRI", 7),
        ("digestSRI", "md5-1B2M2Y8AsgTpgAmY7PhCfg=="),
        ("digestSRI", "sha256-ca3d163bab055381827226140568f3bef634ac187cebd76878e0b63e9e442356"),
        ("digestSRI", "sha384-WZVc7WaX1h4D8rJVb+vlMIqxaEKEb1tYbX8fet7JJzQ="),
        ("digestMultibase", ""),
        ("digestMultibase", 7),
        ("digestMultibase", "uZTQ0MjM1NiAgcmVwb3J0cc5jZWxhdGVkLXJlc291cmNlLmpzb24K"),
        ("digestMultibase", "xWZVc7WaX1h4D8rJVb-vlMIqxaEKEb1tYbX8fet7JJzQ"),
        ("digestMultibase", f"{MULTIBASE}="),
        ("digestMultibase", "z0OIl"),
    ],
)
def test_what_can_be_no_digest_is_refused(member: str, digest: Any) -> None:
    where = "/relatedResource/0" if digest == [] else f"/relatedResource/0/{member}"
    assert refused({"id": ELSEWHERE, member: digest}) == ("digest", where)


HEADERS = {32: b"\x12\x20", 48: b"\x20\x30", 64: b"\x13\x40"}


@given(length=st.sampled_from([32, 48, 64]), flipped=st.integers(0, 255))
def test_one_wrong_bit_in_a_digest_of_any_form_is_noticed(length: int, flipped: int) -> None:
    right = bytes.fromhex(KNOWN[V2][length])
    wrong = bytearray(right)
    wrong[flipped % length] ^= 1 << (flipped % 8)
    for data, accepted in ((right, True), (bytes(wrong), False)):
        plain = base64.urlsafe_b64encode(data).rstrip(b"=").decode()
        hashed = HEADERS[length] + data
        forms = [
            {"digestSRI": f"sha{length * 8}-{base64.b64encode(data).decode()}"},
            {"digestMultibase": f"u{plain}"},
            {"digestMultibase": f"u{base64.urlsafe_b64encode(hashed).rstrip(b'=').decode()}"},
            {"digestMultibase": base58.to_multibase(data)},
            {"digestMultibase": base58.to_multibase(hashed)},
        ]
        for form in forms:
            if accepted:
                model.check_credential(a_credential({"id": V2, **form}), secured=False)
            else:
                assert refused({"id": V2, **form}) == ("digest-differs", "/relatedResource/0")
