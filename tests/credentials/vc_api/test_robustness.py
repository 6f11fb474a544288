"""Whatever is sent, the endpoints answer: never an exception, never a yes to what was changed."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gilde.credentials.vc_api import Answer
from tests.credentials.vc_api.conftest import MADE, OK, Called
from tests.credentials.vc_api.documents import EXAMPLES, V2, credential, presentation

CALLED = Called()
WORDS = st.sampled_from(
    ["@context", "@id", "@type", "@value", "@graph", "id", "type", "proof", "issuer", "holder", "credentialSubject",
     "credentialStatus", "verifiableCredential", "validFrom", "name", "VerifiableCredential", "DataIntegrityProof",
     "EnvelopedVerifiableCredential", "data:application/vc+jwt,e30.e30.e30", V2, EXAMPLES, "did:key:z6Mk",
     "2024-01-01T00:00:00Z"]
)  # fmt: skip
LEAVES = (
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | WORDS | st.text()
)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS | st.text(), inner, max_size=4),
    max_leaves=12,
)
ENDPOINTS = ["/credentials/issue", "/issuers/jose/credentials/issue", "/issuers/ecdsa-jcs-2019/credentials/issue",
             "/credentials/verify", "/presentations/verify", "/presentations", "/credentials/status"]  # fmt: skip
GIVEN = {
    "small": credential(name="Baker"),
    "with a status": credential(
        credentialStatus={"id": "did:example:1", "type": "https://school.example/RollCall"}
    ),
    "full": credential(
        context=[V2, EXAMPLES, {"trade": "https://school.example/terms#trade"}],
        id="urn:uuid:3978344f-8596-4c3a-a978-8fcaba3903d7",
        validFrom="2024-01-01T00:00:00Z",
        evidence=[{"type": "Seen"}],
        credentialSubject={
            "id": "did:example:7",
            "trade": {"@value": "baker", "@language": "en"},
            "hours": 12.5,
        },
    ),
}
ISSUED = {
    (name, issuer): CALLED.issued(given, issuer)
    for name, given in GIVEN.items()
    for issuer in ("eddsa-rdfc-2022", "eddsa-jcs-2022", "ecdsa-rdfc-2019-p384")
}


def sound(answer: Answer) -> bool:
    """Whether an answer is one of those that the standard knows."""
    return answer.status in (OK, MADE, 400, 404) and isinstance(answer.body, dict)


@pytest.mark.parametrize("path", ENDPOINTS)
@given(request=JSON)
def test_any_json_is_answered(path: str, request: Any) -> None:
    assert sound(CALLED.ask("POST", path, json.dumps(request).encode()))


@pytest.mark.parametrize("path", ENDPOINTS)
@given(body=st.binary(max_size=200))
def test_any_bytes_are_answered(path: str, body: bytes) -> None:
    assert sound(CALLED.ask("POST", path, body))


@given(name=st.sampled_from(sorted(GIVEN)), members=st.dictionaries(WORDS, JSON, min_size=1, max_size=3))
def test_a_credential_with_any_members_is_issued_or_refused(name: str, members: dict[str, Any]) -> None:
    answer = CALLED.issue({**GIVEN[name], **members})

    assert sound(answer)
    if answer.status == MADE:
        assert CALLED.verify(answer.body, checks=["proof"]).status in (OK, 400)


@given(members=st.dictionaries(WORDS, JSON, max_size=3))
def test_a_presentation_with_any_members_is_answered(members: dict[str, Any]) -> None:
    told = presentation(
        ISSUED["small", "eddsa-rdfc-2022"], **{k: v for k, v in members.items() if k != "@context"}
    )

    assert sound(CALLED.verify_presentation(told))
    assert sound(CALLED.post("/presentations/verify", presentation=told))
    assert sound(CALLED.post("/presentations", presentation=told))


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, each in inner for place in places(each, (*path, key)))]


@given(which=st.sampled_from(sorted(ISSUED)), data=st.data())
def test_one_change_anywhere_in_a_signed_credential_is_never_verified(
    which: tuple[str, str], data: st.DataObject
) -> None:
    original = ISSUED[which]
    changed = deepcopy(original)
    *way, last = data.draw(st.sampled_from([place for place in places(original) if place]))
    target: Any = changed
    for key in way:
        target = target[key]
    if data.draw(st.booleans()):
        del target[last]
    else:
        target[last] = data.draw(JSON)

    answer = CALLED.verify(changed, checks=["proof"])

    assert sound(answer)
    assert answer.status == 400 or _means_the_same(original, changed), changed


def _means_the_same(original: Any, changed: Any) -> bool:
    """Whether a change is none: one value alone or in a list, the same words in another order, or equal numbers."""
    return _plain(original) == _plain(changed)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items() if name != "@context"}
    if isinstance(value, list):
        return _plain(value[0]) if len(value) == 1 else sorted((_plain(each) for each in value), key=str)
    return value
