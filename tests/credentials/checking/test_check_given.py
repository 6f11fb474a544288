"""Whatever is given: in envelopes, presentations and pictures; and what is no credential, or was made to harm."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from datetime import timedelta
from typing import Any

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pyhanko.pdf_utils import generic, writer
from pyhanko.pdf_utils.embed import EmbeddedFileObject, FileSpec, embed_file

from gilde.core.errors import GildeError, Missing
from gilde.credentials.checking.around import Asked, Shared
from gilde.credentials.errors import TooMuch, Unreadable, Unsupported
from gilde.credentials.keys import did
from gilde.credentials.keys.base58 import to_multibase
from gilde.credentials.keys.kinds import KeyKind
from gilde.credentials.proofs import data_integrity, sd_jwt, vc_jwt
from gilde.credentials.renderings import open_badge, sd_jwt_vc
from gilde.credentials.verdict import Answer, Subject, Verdict
from tests.credentials.checking.world import ISSUED, World, key, made, reasons, signed
from tests.credentials.facts_strategy import a_facts, a_place

V2 = "https://www.w3.org/ns/credentials/v2"
HOLDER = did.new_key(KeyKind.ED25519)
HOLDER_DID = did.did_of(HOLDER.method)


def presented(*inside: Any, **members: Any) -> dict[str, Any]:
    credentials = list(inside)
    return {
        "@context": [V2, "https://gilde.example/ns/credentials/v1"],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": credentials,
        **members,
    }


def credential() -> Any:
    return json.loads(made("vc eddsa-jcs-2022"))


def told(verdict: Verdict, subject: Subject) -> set[str]:
    return {each.reason for each in verdict.checks if each.subject == subject}


def answer_to(value: bytes | str) -> str:
    """The answer, or the code of why it is none."""
    try:
        return World().check(value).answer
    except GildeError as error:
        return error.code


def png(text: str) -> bytes:
    held = io.BytesIO()
    segno.make(text, error="l").save(held, kind="png", scale=4)
    return held.getvalue()


# Layers


def test_a_presentation_is_as_good_as_the_worst_that_is_in_it() -> None:
    world = World()
    assert world.check(json.dumps(presented(credential()))).answer == Answer.VALID
    forged = {**credential(), "validUntil": "2040-01-01T00:00:00Z"}
    verdict = world.check(json.dumps(presented(credential(), forged)))
    assert [part.answer for part in verdict.parts] == [Answer.VALID, Answer.ALTERED]
    assert (verdict.answer, verdict.facts) == (Answer.ALTERED, None)


def test_a_presentation_that_its_holder_signed_tells_who_presented_it() -> None:
    told_ = presented(credential(), holder=HOLDER_DID)
    signed_ = data_integrity.sign(told_, HOLDER, "eddsa-jcs-2022", created=ISSUED, purpose="authentication")
    verdict = World().check(json.dumps(signed_))
    assert (verdict.answer, told(verdict, Subject.HOLDER)) == (Answer.VALID, {"presented"})
    stranger = did.new_key(KeyKind.ED25519)
    by_stranger = data_integrity.sign(
        told_, stranger, "eddsa-jcs-2022", created=ISSUED, purpose="authentication"
    )
    assert World().check(json.dumps(by_stranger)).answer == Answer.ALTERED
    changed = {**signed_, "id": "urn:uuid:3f0c2a52-6c4e-4b0e-9d4b-0c1c9f5f6a02"}
    assert World().check(json.dumps(changed)).answer == Answer.ALTERED


def test_a_presentation_in_a_token_expires_by_its_own_time() -> None:
    inside = vc_jwt.envelope(made("vc-jwt").decode())
    document = presented(inside, holder=HOLDER_DID)
    del document["@context"][1]
    token = vc_jwt.secure_presentation(document, HOLDER, now=ISSUED, lasts=timedelta(days=365))
    assert World().check(token).answer == Answer.VALID
    short = vc_jwt.secure_presentation(document, HOLDER, now=ISSUED, lasts=timedelta(minutes=5))
    verdict = World().check(short)
    assert (verdict.answer, reasons(verdict)) == (Answer.EXPIRED, {"presentation-expired"})


def test_an_enveloped_credential_is_checked_as_what_is_in_it() -> None:
    for form, media in (("vc-jwt", "application/vc+jwt"), ("sd-jwt", "application/dc+sd-jwt")):
        verdict = World().check(json.dumps(vc_jwt.envelope(made(form).decode(), media)))
        assert (verdict.answer, verdict.facts) == (Answer.VALID, a_facts())


def test_a_presentation_of_many_is_not_worked_through() -> None:
    world = World()
    with pytest.raises(TooMuch, match="one by one"):
        world.check(json.dumps(presented(*[credential()] * 21)))
    assert world.asked == []


def test_an_empty_presentation_shows_nothing() -> None:
    with pytest.raises(Unreadable, match="no credential"):
        World().check(json.dumps(presented()))


def test_layers_upon_layers_are_not_unpacked_for_ever() -> None:
    token = made("vc-jwt").decode()
    inner = json.dumps(vc_jwt.envelope(token))
    for _layer in range(6):
        inner = json.dumps(presented(json.loads(inner)))
        inner = json.dumps(
            {"@context": V2, "type": "EnvelopedVerifiableCredential", "id": f"data:a/b,{inner}"}
        )
    assert answer_to(inner) in (Answer.ALTERED, "unreadable", "unsupported")


def test_a_code_in_a_picture_holds_a_credential_or_leads_to_one() -> None:
    world = World()
    small = sd_jwt_vc.issue(
        a_facts(outcomes=(), assessment=None),
        a_place(),
        key(KeyKind.P256),
        vct="https://a.example",
        holder_key=None,
    )
    assert world.check(png(sd_jwt.present(small, []))).answer == Answer.VALID
    world.links["https://gilde.example/shared/abc/"] = Shared(made("sd-jwt"))
    verdict = world.check(png("https://gilde.example/shared/abc/"))
    assert (verdict.answer, verdict.facts) == (Answer.VALID, a_facts())
    assert "code" in {each.reason for each in verdict.checks}


def test_the_code_of_a_paper_leads_to_the_page_that_asks_what_is_printed() -> None:
    world = World()
    world.links["https://gilde.example/check/award/1/"] = Asked(
        "Say what is printed.", "https://gilde.example/ask"
    )
    with pytest.raises(Asked) as asked:
        world.check(png("https://gilde.example/check/award/1/"))
    assert asked.value.url == "https://gilde.example/ask"


def test_a_link_to_elsewhere_is_not_opened() -> None:
    world = World()
    with pytest.raises(Unsupported, match="opens none"):
        world.check("https://elsewhere.example/credential.json")
    assert world.asked == []


def test_a_link_that_has_ended_says_so() -> None:
    world = World()
    world.links["https://gilde.example/shared/gone/"] = Missing("This link shows nothing any more.")
    with pytest.raises(Missing):
        world.check("https://gilde.example/shared/gone/")


def test_a_wallets_own_credential_is_told_to_be_bound() -> None:
    bound = sd_jwt_vc.issue(
        a_facts(), a_place(), key(KeyKind.P256), vct="https://a.example", holder_key=HOLDER.public
    )
    verdict = World().check(bound)
    assert (verdict.answer, told(verdict, Subject.HOLDER)) == (Answer.VALID, {"not-presented"})


# What is no credential: one sentence each, and nothing happens


def archive(name: str = "a.txt") -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as file:
        file.writestr(name, "x")
    return held.getvalue()


NOTHING: dict[str, tuple[bytes | str, type[GildeError], str]] = {
    "nothing": (b"", Unreadable, "Nothing was given"),
    "white space": ("  \n ", Unreadable, "Nothing was given"),
    "a zip": (archive(), Unsupported, "archive"),
    "a Word document": (archive("[Content_Types].xml"), Unsupported, "office program"),
    "random bytes": (bytes(range(256)), Unreadable, "recognised"),
    "a web page": (b"<!doctype html><title>x</title>", Unreadable, "web page"),
    "a text": ("My diploma", Unreadable, "recognised"),
    "a wallet's link": ("openid4vp://?request=1", Unsupported, "wallet"),
    "JSON that is none": ('{"a": 1}', Unreadable, "no credential"),
    "JSON cut off": ('{"a": ', Unreadable, "cut off"),
    "JSON with a name twice": ('{"a": 1, "a": 2}', Unreadable, "twice"),
    "ten thousand layers": ("[" * 10_000 + "]" * 10_000, TooMuch, "deep"),
    "a name": ("did:web:school.example", Unreadable, "name of someone"),
    "a picture without a code": (png("x")[:0] or None, Unreadable, "QR code"),  # type: ignore[dict-item]
}


def blank_picture() -> bytes:
    held = io.BytesIO()
    Image.new("L", (200, 200), 255).save(held, "PNG")
    return held.getvalue()


@pytest.mark.parametrize("what", NOTHING)
def test_what_is_no_credential_gets_one_sentence(what: str) -> None:
    value, kind, words = NOTHING[what]
    world = World()
    with pytest.raises(kind, match=words) as told_:
        world.check(value if value is not None else blank_picture())
    assert told_.value.status == 422
    assert told_.value.sentence.count("\n") == 0
    assert world.asked == []


def test_a_picture_of_fifty_megabytes_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(TooMuch, match="larger than 50 MB"):
        World().check(b"\x89PNG\r\n\x1a\n" + bytes(50 * 1024 * 1024))


def test_a_small_picture_of_very_many_points_is_refused() -> None:
    width = height = 60_000
    rows = zlib.compress(bytes(1000), 9)
    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x01\x00\x00\x00\x00"

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    with pytest.raises(TooMuch, match="points"):
        World().check(data)


def test_a_paper_with_a_hundred_files_is_refused() -> None:
    made_ = writer.PdfFileWriter()
    page = writer.PageObject(
        contents=made_.add_object(generic.StreamObject(stream_data=b"")), media_box=(0, 0, 9, 9)
    )
    made_.insert_page(page)
    for number in range(100):
        held = EmbeddedFileObject.from_file_data(made_, data=b"{}", mime_type="application/json")
        embed_file(made_, FileSpec(file_spec_string=f"{number}.json", embedded_data=held))
    out = io.BytesIO()
    made_.write(out)
    with pytest.raises(TooMuch, match="more than 10 files"):
        World().check(out.getvalue())


def poisoned(size: int) -> dict[str, Any]:
    """A credential about nameless things of which each refers to each: nothing tells them apart."""
    knots = [
        {"id": f"_:n{number}", "https://a.example/p": [{"id": f"_:n{other}"} for other in range(size)]}
        for number in range(size)
    ]
    return {
        "@context": [V2],
        "type": ["VerifiableCredential"],
        "issuer": HOLDER_DID,
        "credentialSubject": {"https://a.example/p": knots},
        "proof": {
            "type": "DataIntegrityProof",
            "cryptosuite": "eddsa-rdfc-2022",
            "created": "2025-07-01T09:00:00Z",
            "verificationMethod": HOLDER.method,
            "proofPurpose": "assertionMethod",
            "proofValue": to_multibase(bytes(64)),
        },
    }


@pytest.mark.parametrize("size", [12, 60])
def test_a_poisoned_graph_is_refused(size: int) -> None:
    verdict = World().check(json.dumps(poisoned(size)))
    assert (verdict.answer, reasons(verdict), verdict.facts) == (Answer.CANNOT_TELL, {"poisoned"}, None)


def test_a_document_larger_than_any_credential_is_not_worked_through() -> None:
    big = {**credential(), "name": "x" * (5 * 1024 * 1024)}
    verdict = World().check(json.dumps(big))
    assert (verdict.answer, reasons(verdict)) == (Answer.CANNOT_TELL, {"too-large"})


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_make_the_check_fail_by_itself(data: bytes) -> None:
    assert answer_to(data) != Answer.VALID


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 255))
def test_no_single_byte_makes_another_award_of_it(at: int, by: int) -> None:
    """Only what changes no meaning, such as the letter in an escape or the case of a type, may still be valid."""
    content = bytearray(made("vc eddsa-jcs-2022"))
    content[at % len(content)] ^= by
    try:
        verdict = World().check(bytes(content))
    except GildeError:
        return
    assert verdict.answer != Answer.VALID or verdict.facts == a_facts()


def test_a_badge_of_which_the_picture_is_changed_is_still_the_credential_in_it() -> None:
    drawn = (
        made("badge svg")
        .replace(b"Fillet welder", b"Master welder")
        .replace(b"Hoeklasser</title>", b"X</title>")
    )
    try:
        verdict = World().check(drawn)
    except GildeError:
        return
    assert verdict.answer in (Answer.VALID, Answer.ALTERED)
    if verdict.answer == Answer.VALID:
        assert verdict.facts == a_facts()
        assert "picture" in {each.reason for each in verdict.checks}


def test_an_endorsement_inside_is_said_to_be_unchecked() -> None:
    value = open_badge.render(a_facts(), None)
    value["endorsement"] = [
        {
            "id": "urn:uuid:3f0c2a52-6c4e-4b0e-9d4b-0c1c9f5f6a09",
            "type": ["VerifiableCredential", "EndorsementCredential"],
            "issuer": {"id": "https://friends.example/1", "type": ["Profile"]},
            "credentialSubject": {
                "id": "https://schools.example/1",
                "type": ["EndorsementSubject"],
                "endorsementComment": "The best school there is",
            },
        }
    ]
    verdict = World().check(signed(value))
    assert "endorsements" in {each.reason for each in verdict.checks}
