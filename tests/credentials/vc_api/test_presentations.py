"""The cases of the W3C's suite for presentations (data model 2.0, sections 4.3, 4.5 and 4.13)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.credentials.vc_api.conftest import MADE
from tests.credentials.vc_api.documents import (
    ABSENT,
    CHALLENGE,
    DOMAIN,
    EXAMPLES,
    V2,
    Local,
    credential,
    presentation,
    without,
)

OURS = "https://school.example/terms#"
ASKED = {"domain": DOMAIN, "challenge": CHALLENGE}


@pytest.fixture
def local() -> Local:
    return Local()


def test_presentations_that_keep_the_rules_are_verified(api: Any, local: Local) -> None:
    own = {"Folder": OURS + "Folder"}
    other = Local()
    for told in (
        local.present(verifiableCredential=[]),
        local.present(id="urn:uuid:9c9a36f8-518f-4976-a934-6649502d0010"),
        local.present(local.issue(), local.issue(name="Baker")),
        local.present(other.issue(), holder=local.id),
        local.present(local.issue(), holder={"id": local.id}),
        local.present(local.issue(), context=[V2, EXAMPLES], holder=local.id),
        local.present(local.issue(), context=[V2, own], type=["VerifiablePresentation", "Folder"]),
        local.present(verifiableCredential=[], context=[V2, own], type=["VerifiablePresentation", "Folder"]),
        local.present(credential(issuer=local.id), holder=local.id),
    ):
        assert api.accepts_presentation(told, **ASKED), told


@pytest.mark.parametrize(
    "changed",
    [
        {"context": ABSENT},
        {"context": []},
        {"context": [EXAMPLES, V2]},
        {"context": [{"Folder": OURS + "Folder"}, V2]},
        {"type": ABSENT},
        {"type": [OURS + "Folder"]},
        {"id": "folder 7"},
        {"holder": {"name": "Noor"}},
        {"holder": "Noor"},
        {"verifiableCredential": ["did:example:credentials/7"]},
        {"verifiableCredential": [7]},
        {"verifiableCredential": "https://school.example/credentials/7"},
        {"verifiableCredential": [credential(type=[OURS + "Diploma"], issuer="did:example:school")]},
    ],
    ids=str,
)
def test_presentations_that_break_a_rule_are_refused_signed_or_not(
    api: Any, local: Local, changed: dict[str, Any]
) -> None:
    bare = presentation(**changed)
    signed = {**bare, "proof": local.present()["proof"]}

    assert not api.accepts_presentation(bare)
    assert not api.accepts_presentation(signed, **ASKED)
    assert not _told_alone(api, bare)


def _told_alone(api: Any, bare: dict[str, Any]) -> bool:
    verified: bool = api.post("/presentations/verify", presentation=bare).body["verified"]
    return verified


@pytest.mark.parametrize("context", ["https://school.example", "https ://no-address/terms/v1", 123192875])
def test_a_context_put_in_after_signing_is_refused(api: Any, local: Local, context: Any) -> None:
    told = local.present(local.issue(), context=[V2, EXAMPLES])
    told["@context"][1] = context

    assert not api.accepts_presentation(told, **ASKED)


def test_a_holder_who_did_not_sign_is_refused(api: Any, local: Local) -> None:
    told = local.present(local.issue(), holder="did:example:somebody")

    assert not api.accepts_presentation(told, **ASKED)


def test_ones_own_word_needs_ones_name(api: Any, local: Local) -> None:
    own = credential(issuer=local.id)

    assert api.accepts_presentation(local.present(own, holder=local.id), **ASKED)
    assert not api.accepts_presentation(local.present(own), **ASKED)
    assert not api.accepts_presentation(
        local.present(credential(issuer="did:example:school"), holder=local.id), **ASKED
    )


def test_a_signature_of_another_presentation_is_refused(api: Any, local: Local) -> None:
    told = local.present(local.issue())
    told["proof"]["proofValue"] = local.present(local.issue(name="Other"))["proof"]["proofValue"]

    assert not api.accepts_presentation(told, **ASKED)


def test_a_presentation_with_one_unsound_credential_is_refused_and_says_which(api: Any, local: Local) -> None:
    changed = {**local.issue(name="Helper"), "name": "Baker"}

    answer = api.verify_presentation(local.present(local.issue(), changed), **ASKED)

    assert answer.status == 400
    assert answer.body["problemDetails"][0]["pointer"] == "/verifiableCredential/1"


@pytest.mark.parametrize("asked", [{"domain": "other.example"}, {"challenge": "other"}], ids=str)
def test_a_presentation_for_another_place_or_request_is_refused(
    api: Any, local: Local, asked: dict[str, str]
) -> None:
    told = local.present(local.issue())

    assert api.accepts_presentation(told)
    assert not api.accepts_presentation(told, **{**ASKED, **asked})


def test_credentials_without_a_presentations_proof_are_taken_when_asked_so(api: Any, local: Local) -> None:
    bare = presentation(local.issue())

    assert _told_alone(api, bare)
    assert not api.accepts_presentation(bare)
    assert not _told_alone(api, presentation(credential(issuer=local.id), holder=local.id))
    assert not _told_alone(api, presentation({**local.issue(), "name": "Baker"}))


def test_a_presentation_is_given_back_when_asked(api: Any, local: Local) -> None:
    told = local.present(local.issue())

    assert (
        api.verify_presentation(told, **ASKED, returnPresentation=True).body["verifiablePresentation"] == told
    )
    assert "verifiablePresentation" not in api.verify_presentation(told, **ASKED).body


@pytest.mark.parametrize("path", ["/presentations", "/issuers/ecdsa-jcs-2019-p384/presentations"])
def test_a_presentation_that_the_server_made_is_verified(api: Any, local: Local, path: str) -> None:
    bare = presentation(local.issue())

    made = api.post(path, presentation=bare, options=ASKED)

    assert made.status == MADE
    assert without(made.body, "proof") == bare
    assert made.body["proof"]["challenge"] == CHALLENGE
    assert api.accepts_presentation(made.body, **ASKED)
    assert not api.accepts_presentation(made.body, domain=DOMAIN, challenge="other")


def test_an_unsound_presentation_is_not_made(api: Any, local: Local) -> None:
    signed = local.present(local.issue())

    assert api.post("/presentations", presentation=presentation("text")).status == 400
    assert api.post("/presentations", presentation=signed).status == 400
    assert api.post("/presentations", presentation=[]).status == 400
