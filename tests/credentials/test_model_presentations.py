"""What every presentation must look like, and what may stand in it (VC Data Model 2.0, section 4.13)."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gilde.credentials import model
from gilde.credentials.errors import Unreadable
from gilde.credentials.model_envelopes import Envelope, is_envelope, read_envelope
from tests.credentials.model_documents import EXAMPLES, GONE, V2, a_presentation
from tests.credentials.model_documents import a_credential as plain_credential

HOLDER = "did:key:z6MkpJySvETLnxhQG9DzEdmKJtysBDjuuTeDfUj1uNNCUqcj"
TOKEN = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJkaWQ6YTpiIn0.c2ln"


def a_credential(**members: Any) -> dict[str, Any]:
    return plain_credential(**{"proof": {"type": "DataIntegrityProof"}, **members})


def an_envelope(**members: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "@context": V2,
        "type": "EnvelopedVerifiableCredential",
        "id": f"data:application/vc+jwt,{TOKEN}",
    }
    return {name: value for name, value in (plain | members).items() if value is not GONE}


def check(document: object, *, secured: bool = False) -> None:
    model.check_presentation(document, secured=secured)


def refused(document: object, *, secured: bool = False) -> tuple[str, object]:
    with pytest.raises(Unreadable) as caught:
        check(document, secured=secured)
    return caught.value.reason, caught.value.details.get("pointer")


@pytest.mark.parametrize(
    "document",
    [
        a_presentation(),
        a_presentation(verifiableCredential=GONE),
        a_presentation(a_credential()),
        a_presentation(a_credential(), a_credential(), an_envelope()),
        a_presentation(verifiableCredential=a_credential()),
        a_presentation(id="urn:uuid:9c9a36f8-518f-4976-a934-6649502d0008"),
        a_presentation(**{"@context": [V2, EXAMPLES]}),
        a_presentation(type=["VerifiablePresentation", "https://example.org/#Own"]),
        a_presentation(termsOfUse={"type": "Own"}),
        a_presentation(a_credential(), holder=HOLDER),
        a_presentation(a_credential(), holder={"id": HOLDER, "name": "Noor"}),
    ],
)
def test_a_presentation_holds_none_one_or_several_credentials(document: Any) -> None:
    check(document)


def test_the_holder_is_a_url_or_an_object_with_one_as_its_id() -> None:
    assert model.holder_of(a_presentation(holder={"id": HOLDER})) == HOLDER
    assert model.holder_of(a_presentation(holder=HOLDER)) == HOLDER
    assert model.holder_of(a_presentation()) == ""


@pytest.mark.parametrize(
    ("document", "reason", "pointer"),
    [
        ({"type": ["NonconformingDocument"]}, "context", "/@context"),
        (a_presentation(**{"@context": GONE}), "context", "/@context"),
        (a_presentation(**{"@context": [EXAMPLES, V2]}), "context", "/@context"),
        (a_presentation(**{"@context": [EXAMPLES]}), "context", "/@context"),
        (a_presentation(**{"@context": [V2, "https ://not-a-url"]}), "context", "/@context/1"),
        (a_presentation(**{"@context": [V2, 123192875]}), "context", "/@context/1"),
        (a_presentation(type=GONE), "type", "/type"),
        (a_presentation(type=["VerifiableCredential"]), "type", "/type"),
        (a_presentation(id="nine"), "id", "/id"),
        (a_presentation(holder=HOLDER[8:]), "holder", "/holder"),
        (a_presentation(holder=None), "holder", "/holder"),
        (a_presentation(holder={"id": HOLDER[8:]}), "id", "/holder/id"),
        (a_presentation(holder={"name": "Noor"}), "id", "/holder/id"),
        (a_presentation(termsOfUse={"id": "did:a:b"}), "type", "/termsOfUse/type"),
        (a_presentation(proof={}), "proof", "/proof"),
        (a_presentation("did:example:credential"), "verifiableCredential", "/verifiableCredential/0"),
        (a_presentation(a_credential(), 7), "verifiableCredential", "/verifiableCredential/1"),
        (a_presentation({}), "verifiableCredential", "/verifiableCredential/0"),
        (a_presentation(verifiableCredential=None), "verifiableCredential", "/verifiableCredential"),
        (a_presentation(a_credential(type=GONE)), "type", "/verifiableCredential/0/type"),
        (
            a_presentation(a_credential(), a_credential(issuer="school")),
            "issuer",
            "/verifiableCredential/1/issuer",
        ),
        (
            a_presentation(verifiableCredential=a_credential(credentialSubject={})),
            "credentialSubject",
            "/verifiableCredential/credentialSubject",
        ),
        (a_presentation(a_presentation()), "type", "/verifiableCredential/0/type"),
    ],
)
def test_another_presentation_is_refused(document: Any, reason: str, pointer: str) -> None:
    assert refused(document) == (reason, pointer)


def test_a_secured_presentation_needs_a_proof() -> None:
    assert refused(a_presentation(), secured=True) == ("no-proof", "/proof")
    check(a_presentation(proof={"type": "DataIntegrityProof"}), secured=True)


def test_a_credential_without_a_proof_of_its_own_is_the_holders_own_word() -> None:
    own = a_credential(proof=GONE, issuer=HOLDER)
    check(a_presentation(own, holder=HOLDER))
    check(a_presentation(own, holder={"id": HOLDER}))
    assert refused(a_presentation(own)) == ("no-holder", "/verifiableCredential/0")
    other = a_presentation(own, holder="did:example:alice")
    assert refused(other) == ("holder-differs", "/verifiableCredential/0/issuer")
    school = a_presentation(a_credential(proof=GONE), holder=HOLDER)
    assert refused(school) == ("holder-differs", "/verifiableCredential/0/issuer")


def test_an_envelope_tells_what_is_in_it() -> None:
    assert read_envelope(an_envelope()) == Envelope(
        "EnvelopedVerifiableCredential", "application/vc+jwt", TOKEN
    )
    listed = an_envelope(type=["EnvelopedVerifiablePresentation"], id=f"data:application/jwt,{TOKEN}")
    assert read_envelope(listed) == Envelope("EnvelopedVerifiablePresentation", "application/jwt", TOKEN)
    odd = an_envelope(id=f"data:application/vc-ld+jwt;base64url,{TOKEN}")
    assert read_envelope(odd).content == TOKEN


def test_an_envelope_in_base64_or_with_escapes_is_opened() -> None:
    packed = base64.b64encode(TOKEN.encode()).decode()
    assert read_envelope(an_envelope(id=f"data:application/vc+jwt;base64,{packed}")).content == TOKEN
    escaped = f"data:application/vc+sd-jwt,{TOKEN}%7Eab%7E"
    assert read_envelope(an_envelope(id=escaped)).content == f"{TOKEN}~ab~"


@pytest.mark.parametrize(
    ("members", "reason", "member"),
    [
        ({"@context": []}, "context", "@context"),
        ({"@context": EXAMPLES}, "context", "@context"),
        ({"@context": [EXAMPLES]}, "context", "@context"),
        ({"@context": GONE}, "context", "@context"),
        ({"id": TOKEN}, "data-url", "id"),
        ({"id": GONE}, "data-url", "id"),
        ({"id": "data:application/vc+jwt"}, "data-url", "id"),
        ({"id": "data:application/vc+jwt,"}, "data-url", "id"),
        ({"id": f"data:,{TOKEN}"}, "data-url", "id"),
        ({"id": f"https://example.org/{TOKEN}"}, "data-url", "id"),
        ({"id": "data:application/vc+jwt;base64,@@@"}, "data-url", "id"),
        ({"id": [f"data:application/vc+jwt,{TOKEN}"]}, "data-url", "id"),
        ({"type": ["EnvelopedVerifiableCredential", "VerifiableCredential"]}, "type", "type"),
        ({"type": "VerifiableCredential"}, "type", "type"),
        ({"type": GONE}, "type", "type"),
    ],
)
def test_an_envelope_that_breaks_its_rules_is_refused(
    members: dict[str, Any], reason: str, member: str
) -> None:
    with pytest.raises(Unreadable) as caught:
        read_envelope(an_envelope(**members))
    assert (caught.value.reason, caught.value.details["pointer"]) == (reason, f"/{member}")


def test_a_presentation_is_no_credential_even_in_an_envelope() -> None:
    inside = an_envelope(type="EnvelopedVerifiablePresentation", id=f"data:application/vp+jwt,{TOKEN}")
    assert refused(a_presentation(inside)) == ("type", "/verifiableCredential/0/type")


def test_what_says_that_it_is_an_envelope_is_treated_as_one() -> None:
    assert is_envelope({"type": ["EnvelopedVerifiableCredential", "VerifiableCredential"]})
    assert not is_envelope(a_credential())
    assert not is_envelope(TOKEN)
    wrong = an_envelope(id=TOKEN)
    assert refused(a_presentation(wrong)) == ("data-url", "/verifiableCredential/0/id")


@given(
    token=st.from_regex(r"[A-Za-z0-9_-]{1,40}(\.[A-Za-z0-9_-]{0,40}){2,4}(~[A-Za-z0-9_-]*)*", fullmatch=True)
)
def test_every_token_comes_out_of_its_envelope_as_it_went_in(token: str) -> None:
    assert read_envelope(an_envelope(id=f"data:application/vc+jwt,{token}")).content == token
    packed = base64.b64encode(token.encode()).decode()
    assert read_envelope(an_envelope(id=f"data:application/vc+jwt;base64,{packed}")).content == token
