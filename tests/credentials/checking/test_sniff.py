"""What was given is told apart by what is in it; what is nothing gets a sentence that says what can be given."""

from __future__ import annotations

import base64
import io
import json
import zipfile
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from gilde.core.errors import GildeError
from gilde.credentials.checking.sniff import Form, sniff
from gilde.credentials.errors import TooMuch, Unreadable, Unsupported
from tests.reference import reference_file

V2 = "https://www.w3.org/ns/credentials/v2"
VC = {"@context": [V2], "type": ["VerifiableCredential"], "issuer": "did:key:z6Mk"}
VP = {"@context": V2, "type": "VerifiablePresentation", "verifiableCredential": [VC]}
ENVELOPED = {
    "@context": V2,
    "type": "EnvelopedVerifiableCredential",
    "id": "data:application/vc+jwt,e30.e30.AA",
}
BADGE = {**VC, "type": ["VerifiableCredential", "OpenBadgeCredential"]}
JADES = {"payload": "e30", "signatures": [{"protected": "e30", "signature": "AA"}]}


def outcome(told: bytes | str) -> Form | str:
    """The form, or the sentence that says why there is none."""
    try:
        return sniff(told).form
    except GildeError as error:
        return error.sentence


def part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def token(**header: Any) -> str:
    return f"{part(header)}.{part(VC)}.c2lnbmF0dXJl"


def picture(kind: str, **options: Any) -> bytes:
    into = io.BytesIO()
    Image.new("L", (8, 8), 255).save(into, kind, **options)
    return into.getvalue()


def baked(keyword: str) -> bytes:
    info = PngInfo()
    info.add_itxt(keyword, json.dumps(BADGE))
    return picture("PNG", pnginfo=info)


def packed(*names: str) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return into.getvalue()


JWT = token(alg="ES256", typ="vc+jwt")
SD_JWT = token(alg="ES256", typ="dc+sd-jwt") + "~WyJzYWx0Il0~"
TWICE = base64.urlsafe_b64encode(b'{"alg":"none","alg":"ES256"}').decode().rstrip("=") + ".e30.AA"
SVG = '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><openbadges:credential/></svg>'


@pytest.mark.parametrize(
    ("told", "form"),
    [
        (json.dumps(VC), Form.CREDENTIAL),
        (json.dumps({**VC, "type": "VerifiableCredential"}), Form.CREDENTIAL),
        (json.dumps(BADGE), Form.CREDENTIAL),
        (json.dumps(VP), Form.PRESENTATION),
        (json.dumps(ENVELOPED), Form.ENVELOPED),
        (json.dumps(JADES), Form.JADES),
        (json.dumps({"payload": "e30", "protected": "e30", "signature": "AA"}), Form.JADES),
        (token(alg="ES256", sigT="2026-01-31T12:00:00Z"), Form.JADES),
        (JWT, Form.JWT),
        (token(alg="none"), Form.JWT),
        (f"{part({'alg': 'none'})}.{part(VC)}.", Form.JWT),
        (SD_JWT, Form.SD_JWT),
        (SD_JWT + JWT, Form.SD_JWT),
        (token(alg="ES256") + "~", Form.SD_JWT),
        (SVG, Form.SVG_BADGE),
        ("https://gilde.example/s/abc#key", Form.LINK),
        ("HTTP://GILDE.EXAMPLE/S", Form.LINK),
        (baked("openbadgecredential"), Form.PNG_BADGE),
        (baked("openbadges"), Form.PNG_BADGE),
        (picture("PNG"), Form.IMAGE),
        (picture("JPEG"), Form.IMAGE),
        (picture("WEBP"), Form.IMAGE),
        (b"%PDF-1.7\n...", Form.PDF),
        (b"\n\n%PDF-1.4\n...", Form.PDF),
    ],
)
def test_each_form_is_told_from_the_others(told: bytes | str, form: Form) -> None:
    assert sniff(told).form == form
    if isinstance(told, str):
        assert sniff(told.encode()).form == form


def test_files_of_the_european_union_are_known() -> None:
    folder = reference_file("elm/samples")
    sealed = (folder / "certificate-of-participation-sealed.jsonld").read_bytes()
    unsigned = (folder / "certificate-of-participation-unsigned.jsonld").read_bytes()
    assert (sniff(sealed).form, sniff(unsigned).form) == (Form.JADES, Form.CREDENTIAL)


def test_a_signed_vector_of_the_w3c_is_known() -> None:
    signed = reference_file("vectors/eddsa/eddsa-jcs-2022/signedJCS.json").read_bytes()
    assert sniff(signed).value == json.loads(signed)


@pytest.mark.parametrize("around", ["{}", "  {}\n", "\ufeff{}", "\r\n{}\r\n"])
@pytest.mark.parametrize("told", [json.dumps(VC), JWT, SD_JWT, "https://gilde.example/s/abc"])
def test_white_space_and_a_mark_around_it_do_not_matter(told: str, around: str) -> None:
    assert sniff(around.format("%s") % told) == sniff(told)


@given(width=st.integers(1, 90))
def test_a_token_broken_into_lines_by_a_mail_program_is_whole_again(width: int) -> None:
    lines = "\n".join(SD_JWT[at : at + width] for at in range(0, len(SD_JWT), width))
    assert sniff(lines).text == SD_JWT


def test_text_of_windows_programs_is_read() -> None:
    assert sniff(json.dumps(VC).encode("utf-16")).value == VC


def test_the_header_of_a_token_is_told_and_not_believed() -> None:
    assert sniff(JWT).header == {"alg": "ES256", "typ": "vc+jwt"}


@pytest.mark.parametrize(
    ("told", "form"),
    [
        (json.dumps(JWT), Form.JWT),
        (json.dumps([VC]), Form.CREDENTIAL),
        (json.dumps({"verifiableCredential": VC}), Form.CREDENTIAL),
        (json.dumps({"verifiableCredential": JWT}), Form.JWT),
        (json.dumps({"credential": SD_JWT}), Form.SD_JWT),
        (json.dumps({"verifiablePresentation": VP}), Form.PRESENTATION),
        (f"data:application/vc+jwt,{JWT}", Form.JWT),
        ("data:image/png;base64," + base64.b64encode(picture("PNG")).decode(), Form.IMAGE),
    ],
)
def test_what_stands_around_a_credential_is_taken_off_once(told: str, form: Form) -> None:
    assert sniff(told).form == form


@pytest.mark.parametrize(
    "told",
    [
        json.dumps(json.dumps(JWT)),
        json.dumps({"credential": {"credential": {"credential": VC}}}),
        json.dumps([[VC]]),
        json.dumps([VC, VC]),
        json.dumps({"type": "VerifiableCredential"}),
        json.dumps({"@context": V2}),
        json.dumps({"@context": V2, "type": "Person"}),
        json.dumps({"payload": {}, "signatures": []}),
        "{}",
        "[]",
        '"word"',
    ],
)
def test_other_json_is_no_credential(told: str) -> None:
    with pytest.raises(Unreadable):
        sniff(told)


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ("", "nothing"),
        (b"", "nothing"),
        (" \n\t", "nothing"),
        ("hello", "unknown"),
        ("Dear sir, see e.g. this. And that. Yours.", "unknown"),
        ("a.b.c", "unknown"),
        (f"{part('text')}.e30.AA", "unknown"),
        ("ftp://gilde.example/x", "unknown"),
        ("javascript:alert(1)", "unknown"),
        ("file:///etc/passwd", "unknown"),
        ("https://gilde.example/a https://gilde.example/b", "unknown"),
        (b"\x00\x01\x02", "unknown"),
        (b"\x80hello", "unknown"),
        (b"\xff\xfe\x00", "unknown"),
        ("data:image/png;base64,%%%", "unknown"),
        ("did:web:gilde.example", "name-only"),
        ("urn:uuid:1b4e28ba-2fa1-11d2-883f-0016d3cca427", "name-only"),
        ("<svg xmlns='http://www.w3.org/2000/svg'/>", "plain-svg"),
        ("<!DOCTYPE html><title>x</title>", "html"),
        ('{"a": 1, "a": 2}', "duplicate-key"),
        ('{"a": NaN}', "nan"),
        ('{"a": ', "not-json"),
        (TWICE, "duplicate-key"),
    ],
)
def test_what_is_nothing_gets_a_reason(told: bytes | str, reason: str) -> None:
    with pytest.raises(Unreadable) as error:
        sniff(told)
    assert error.value.reason == reason


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (packed("a.json", "b.json"), "archive"),
        (zlib.compress(b"x", wbits=31), "archive"),
        (packed("[Content_Types].xml", "word/document.xml"), "office"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "office"),
        (picture("GIF"), "picture-kind"),
        (picture("TIFF"), "picture-kind"),
        (b"\x00\x00\x00\x18ftypheic", "picture-kind"),
        ("openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fx", "wallet-link"),
        ("openid4vp://?request_uri=https%3A%2F%2Fx", "wallet-link"),
        (f"{part({'alg': 'ECDH-ES', 'enc': 'A128GCM'})}..AA.AA.AA", "encrypted"),
        (json.dumps({"@context": "https://w3id.org/openbadges/v2", "type": "Assertion"}), "open-badge-2"),
        ("<?xml version='1.0'?><europassCredential/>", "xml"),
    ],
)
def test_what_is_known_and_not_read_gets_a_reason(told: bytes | str, reason: str) -> None:
    with pytest.raises(Unsupported) as error:
        sniff(told)
    assert error.value.reason == reason


def test_unknown_input_is_told_what_can_be_given() -> None:
    with pytest.raises(Unreadable, match=r"JSON, JWT, SD-JWT.*PNG or SVG.*PDF.*QR code.*link"):
        sniff("what is this?")


def test_a_file_of_more_than_fifty_megabytes_is_not_looked_into() -> None:
    with pytest.raises(TooMuch) as error:
        sniff(b"%PDF-" + bytes(50 * 1024 * 1024))
    assert error.value.reason == "too-large"


@pytest.mark.parametrize("told", ["[" * 10_000 + "]" * 10_000, '{"a":' * 10_000 + "1" + "}" * 10_000])
def test_json_nested_ten_thousand_deep_is_refused(told: str) -> None:
    with pytest.raises(TooMuch) as error:
        sniff(told)
    assert error.value.reason == "too-deep"


def test_a_link_longer_than_any_is_refused() -> None:
    with pytest.raises(TooMuch):
        sniff("https://gilde.example/" + "x" * 5000)


@given(told=st.one_of(st.binary(max_size=300), st.text(max_size=300)))
def test_whatever_is_given_there_is_a_form_or_a_sentence(told: bytes | str) -> None:
    found = outcome(told)
    assert isinstance(found, Form) or found.endswith(".")


@given(
    cut=st.integers(0, 400),
    start=st.sampled_from([baked("openbadgecredential"), picture("JPEG"), packed("a"), b"%PDF-1"]),
)
def test_a_file_cut_anywhere_is_still_told_apart(cut: int, start: bytes) -> None:
    found = outcome(start[:cut])
    assert found in {Form.PNG_BADGE, Form.IMAGE, Form.PDF} or found.endswith(".")
