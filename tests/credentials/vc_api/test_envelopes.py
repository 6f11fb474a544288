"""The cases of the W3C's suites for enveloped credentials and presentations: data model 4.13.1 and 4.13.2, JOSE.

JOSE has no VC-API in its suite; its cases are put to the issuer “jose” and to the verifier.
"""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import pytest

from gilde.core import clock
from gilde.credentials.keys.kinds import KeyKind
from gilde.credentials.proofs import sd_jwt
from tests.credentials.vc_api.conftest import MADE
from tests.credentials.vc_api.documents import (
    ABSENT,
    CHALLENGE,
    DOMAIN,
    EXAMPLES,
    V2,
    Local,
    credential,
    envelope,
    presentation,
)

ISSUERS = ["jose", "jose-p256", "jose-p384", "jose-ed25519"]
VP = {"media": "application/vp+jwt", "kind": "EnvelopedVerifiablePresentation"}
OLD_VP = {**VP, "media": "application/jwt"}
FULL = credential(
    context=[V2, EXAMPLES],
    id="urn:uuid:3978344f-8596-4c3a-a978-8fcaba3903d6",
    type=["VerifiableCredential", "BakersDiploma"],
    validFrom="2024-01-01T00:00:00Z",
    validUntil="2064-01-01T00:00:00Z",
    credentialSchema={"id": "https://school.example/schemas/diploma.json", "type": "JsonSchema"},
    evidence=[
        {"id": "https://school.example/evidence/7", "type": ["Seen"], "verifier": "https://school.example"}
    ],
    termsOfUse=[{"id": "https://school.example/terms/1", "type": "https://school.example/terms#v1"}],
    refreshService={"id": "https://school.example/refresh/7", "type": "ByHand"},
    credentialSubject={"id": "did:example:learner-7", "degree": {"type": "Diploma", "name": "Baker"}},
)


@pytest.fixture(params=list(KeyKind))
def local(request: pytest.FixtureRequest) -> Local:
    return Local(request.param)


def opened(told: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and payload, read as the suites do: with nothing but base64 and JSON."""
    parts = told["id"].split(",")[1].split(".")
    header, payload = (json.loads(base64.urlsafe_b64decode(part + "===")) for part in parts[:2])
    return header, payload


def spoilt(told: dict[str, Any], **members: Any) -> dict[str, Any]:
    changed = {**told, **members}
    return {name: value for name, value in changed.items() if value is not ABSENT}


@pytest.mark.parametrize("issuer", ISSUERS)
@pytest.mark.parametrize("given", [credential(), FULL], ids=["small", "full"])
def test_a_credential_is_issued_in_an_envelope_that_is_verified(
    api: Any, issuer: str, given: dict[str, Any]
) -> None:
    told = api.issued(given, issuer)
    header, payload = opened(told)

    assert (told["@context"], told["type"]) == (V2, "EnvelopedVerifiableCredential")
    assert told["id"].startswith("data:application/vc+jwt,")
    assert (header["typ"], header["cty"]) == ("vc+jwt", "vc")
    assert header["kid"].startswith(payload["issuer"] + "#")
    assert {name: payload[name] for name in given} == given
    assert payload.keys().isdisjoint({"vc", "vp"})
    assert api.accepts(told)


def test_an_extension_that_no_context_defines_by_name_is_neither_issued_nor_verified(
    api: Any, local: Local
) -> None:
    extended = credential(context=[V2, EXAMPLES], issuer=local.id, shoeSize={"is": "40"})
    defined = credential(context=[V2, {"shoeSize": "https://school.example/terms#shoeSize"}], shoeSize="40")

    assert api.issue(extended, "jose").status == 400
    assert not api.accepts(envelope(local.token(extended, typ="vc+jwt")))
    assert api.accepts(api.issued(defined, "jose"))


@pytest.mark.parametrize(
    "members",
    [
        {"@context": []},
        {"@context": EXAMPLES},
        {"@context": [EXAMPLES]},
        {"type": ABSENT},
        {"type": "VerifiableCredential"},
        {"type": "EnvelopedVerifiablePresentation"},
        {"id": ABSENT},
        {"id": "https://school.example/credentials/7"},
        {"id": "data:application/vc+jwt,"},
        {"id": "data:application/vc+jwt,a.b"},
        {"id": "data:text/plain,a.b.c"},
    ],
    ids=str,
)
def test_a_spoilt_envelope_is_refused(api: Any, members: dict[str, Any]) -> None:
    assert not api.accepts(spoilt(api.issued(credential(), "jose"), **members))


def test_an_envelope_that_lost_what_is_before_its_token_is_refused(api: Any) -> None:
    told = api.issued(credential(), "jose")

    assert not api.accepts({**told, "id": told["id"].split(",")[1]})


def test_a_token_signed_by_somebody_with_a_did_key_is_verified(api: Any, local: Local) -> None:
    payload = credential(issuer=local.id)

    assert api.accepts(envelope(local.token(payload, typ="vc+jwt")))
    assert api.accepts(envelope(local.token(payload, typ="application/vc+jwt", cty="vc")))
    assert api.accepts(envelope(local.token({**payload, "iss": local.id, "iat": "2010-01-01T19:23:24Z"})))


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "did:example:somebody"},
        {"vc": {}},
        {"vp": {}},
        {"vc": "text", "vp": "text"},
        {"exp": 1_400_000_000},
        {"nbf": 30_000_000_000},
        {"exp": "tomorrow"},
        {"proof": "text"},
        {"issuer": ABSENT},
        {"credentialSubject": ABSENT},
        {"@context": ABSENT},
        {"undefinedTerm": "text"},
    ],
    ids=str,
)
def test_a_token_with_wrong_claims_is_refused(api: Any, local: Local, claims: dict[str, Any]) -> None:
    payload = spoilt(credential(issuer=local.id), **claims)

    assert not api.accepts(envelope(local.token(payload, typ="vc+jwt")))


@pytest.mark.parametrize("typ", ["JWT", "vp+jwt", "vc+sd-jwt", "application/json", "vc"])
def test_a_token_of_another_type_is_refused(api: Any, local: Local, typ: str) -> None:
    assert not api.accepts(envelope(local.token(credential(issuer=local.id), typ=typ)))


def test_a_token_that_holds_something_else_is_refused(api: Any, local: Local) -> None:
    assert not api.accepts(envelope(local.token(credential(issuer=local.id), typ="vc+jwt", cty="vp")))


@pytest.mark.parametrize(
    "header", [{"alg": "none"}, {"alg": "HS256"}, {"alg": "ES512"}, {"crit": ["exp"]}], ids=str
)
def test_a_token_with_another_way_of_signing_is_refused(
    api: Any, local: Local, header: dict[str, Any]
) -> None:
    assert not api.accepts(envelope(local.token(credential(issuer=local.id), typ="vc+jwt", **header)))


def test_a_changed_or_unsigned_token_is_refused(api: Any, local: Local) -> None:
    head, body, signature = local.token(credential(issuer=local.id), typ="vc+jwt").split(".")
    _head, other, _signature = local.token(credential(issuer=local.id, name="Baker"), typ="vc+jwt").split(".")

    for token in (f"{head}.{other}.{signature}", f"{head}.{body}.", f"{head}.{body}.{signature[4:]}"):
        assert not api.accepts(envelope(token))


def test_a_presentation_in_an_envelope_is_verified_with_all_that_it_holds(api: Any, local: Local) -> None:
    other = Local()
    inner = envelope(Local().token(credential(issuer=other.id), typ="vc+jwt"))
    sound = envelope(other.token(credential(issuer=other.id), typ="vc+jwt"))
    bare = presentation(
        sound, envelope(other.token(credential(issuer=other.id), typ="vc+jwt")), holder=local.id
    )
    claims = {"iss": local.id, "nonce": CHALLENGE, "aud": DOMAIN}

    told = envelope(local.token({**bare, **claims}, typ="vp+jwt"), **VP)

    assert api.accepts_presentation(told, challenge=CHALLENGE, domain=DOMAIN)
    assert not api.accepts_presentation(told, challenge="other")
    assert not api.accepts_presentation(told, challenge=CHALLENGE, domain="other.example")
    assert not api.accepts_presentation(
        envelope(local.token({**bare, "holder": other.id}, typ="vp+jwt"), **VP)
    )
    changed = {**inner, "id": inner["id"][:-4]}
    for unsound in (changed, credential(issuer=other.id), other.issue(), {**sound, "type": "Other"}, "text"):
        wrong = {**bare, "verifiableCredential": [sound, unsound]}
        assert not api.accepts_presentation(envelope(local.token(wrong, typ="vp+jwt"), **VP)), unsound


def test_a_spoilt_envelope_of_a_presentation_is_refused(api: Any, local: Local) -> None:
    told = envelope(local.token(presentation(holder=local.id), typ="vp+jwt"), **VP)

    assert api.accepts_presentation(told)
    for members in (
        {"@context": []},
        {"@context": [EXAMPLES]},
        {"id": told["id"].split(",")[1]},
        {"type": ["VerifiablePresentation"]},
        {"type": "EnvelopedVerifiableCredential"},
        {"type": ABSENT},
    ):
        assert not api.accepts_presentation(spoilt(told, **members)), members
    assert not api.accepts_presentation(envelope(local.token(presentation(), typ="vc+jwt"), **VP))
    assert not api.accepts_presentation(presentation(holder=local.id))


@pytest.mark.parametrize("issuer", ISSUERS)
def test_a_presentation_is_made_in_an_envelope(api: Any, issuer: str) -> None:
    inner = api.issued(credential(), issuer)

    made = api.post(
        f"/issuers/{issuer}/presentations", presentation=presentation(inner), options={"challenge": CHALLENGE}
    )

    assert made.status == MADE
    assert opened(made.body)[0]["typ"] == "vp+jwt"
    assert api.accepts_presentation(made.body, challenge=CHALLENGE)
    assert not api.accepts_presentation(made.body, challenge="other")


def test_the_encoding_of_data_model_1_is_read_as_plain_jwt_alone(api: Any, local: Local) -> None:
    other = Local(KeyKind.P256)
    inner = other.token({"iss": other.id, "sub": "did:example:learner-7", "vc": credential(issuer=other.id)})
    held = envelope(inner, "application/jwt")
    bare = presentation(holder=local.id, verifiableCredential=[[held]])
    token = local.token({"iss": local.id, "aud": DOMAIN, "nonce": CHALLENGE, "vp": bare}, typ="JWT")

    assert api.accepts(held)
    assert api.accepts_presentation(envelope(token, **OLD_VP), challenge=CHALLENGE)
    assert not api.accepts_presentation(envelope(token, **VP), challenge=CHALLENGE)
    assert not api.accepts(envelope(inner))
    assert not api.accepts(envelope(other.token(credential(issuer=other.id)), "application/jwt"))
    stranger = other.token({"iss": other.id, "vc": credential(issuer="did:example:school")})
    assert not api.accepts(envelope(stranger, "application/jwt"))


def test_a_credential_disclosed_in_part_is_verified(api: Any, local: Local) -> None:
    payload = credential(issuer=local.id, credentialSubject={"id": "did:example:learner-7", "name": "Noor"})
    token = sd_jwt.issue(payload, local.key, hidden=[("credentialSubject", "name")], typ="vc+sd-jwt")
    part = sd_jwt.present(token, [])

    for each in (token, part):
        assert api.accepts(envelope(each, "application/vc+sd-jwt"))
        assert not api.accepts(envelope(each, "application/vc+jwt"))
        assert not api.accepts(envelope(each.replace("~", "x~", 1), "application/vc+sd-jwt"))
    wrong = sd_jwt.issue(payload, local.key, typ="dc+sd-jwt")
    assert not api.accepts(envelope(wrong, "application/vc+sd-jwt"))


def test_a_token_out_of_its_time_is_refused_to_the_second(api: Any, local: Local) -> None:
    now = clock.now()
    soon, past = (int((now + step).timestamp()) for step in (timedelta(hours=1), -timedelta(hours=1)))
    payload = credential(issuer=local.id)

    assert api.accepts(envelope(local.token({**payload, "nbf": past, "exp": soon}, typ="vc+jwt")))
    assert not api.accepts(envelope(local.token({**payload, "exp": past}, typ="vc+jwt")))
    assert not api.accepts(envelope(local.token({**payload, "nbf": soon}, typ="vc+jwt")))
