"""Seals: keys with certificates, from files and tokens, and the way from a certificate to a trusted root."""

from __future__ import annotations

import asyncio
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from gilde.credentials.errors import Unreadable, Unsupported
from gilde.credentials.keys.authority import (
    Authority,
    SealKind,
    certificates_pem,
    key_pem,
    new_sealing_key,
    pkcs12_file,
)
from gilde.credentials.keys.certificates import (
    Sealer,
    about,
    from_pem,
    from_pkcs12,
    read_certificates,
    verify_signature,
)
from gilde.credentials.keys.paths import Lead, way_up
from gilde.credentials.keys.tokens import SealPlace

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
YEAR = timedelta(days=365)
ROOT = Authority.make("Gilde test root", since=NOW - YEAR)
OTHER = Authority.make("Another root", since=NOW - YEAR)
SEALERS = {
    kind: ROOT.sealer("School of Bakers", since=NOW - YEAR, kind=kind, country="BE") for kind in SealKind
}
ALGORITHMS = [(kind, algorithm) for kind, sealer in SEALERS.items() for algorithm in sealer.algorithms]


def test_a_certificate_tells_whose_it_is_and_when() -> None:
    certificate, _key = ROOT.issue(
        "School of Bakers", since=NOW, until=NOW + YEAR, country="BE", legal_id="VATBE-0123456789"
    )
    told = about(certificate)
    assert (told.organisation, told.country, told.legal_id) == ("School of Bakers", "BE", "VATBE-0123456789")
    assert (told.since, told.until) == (NOW, NOW + YEAR)
    assert told.issuer == "CN=Gilde test root"
    assert "O=School of Bakers" in told.subject
    assert told.serial == certificate.serial_number
    assert not told.qualified_seal


@pytest.mark.parametrize(("kind", "algorithm"), ALGORITHMS)
def test_every_algorithm_of_a_key_seals_and_is_verified(kind: SealKind, algorithm: str) -> None:
    sealer = SEALERS[kind]
    signature = sealer.sign(b"text", algorithm)
    assert verify_signature(sealer.certificate, signature, b"text", algorithm)
    assert not verify_signature(sealer.certificate, signature, b"other", algorithm)
    assert not verify_signature(sealer.certificate, signature[:-1], b"text", algorithm)
    assert not verify_signature(sealer.certificate, signature + b"\0", b"text", algorithm)


def test_the_algorithms_are_those_of_the_key() -> None:
    assert SEALERS[SealKind.P256].algorithms == ("ES256",)
    assert SEALERS[SealKind.P384].algorithms == ("ES384",)
    assert SEALERS[SealKind.RSA2048].algorithms == ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")
    assert len(SEALERS[SealKind.P256].sign(b"text")) == 64
    assert len(SEALERS[SealKind.RSA3072].sign(b"text")) == 384


@pytest.mark.parametrize("algorithm", ["none", "HS256", "ES384", "ES256K", "EdDSA", "RS1", "rs256", ""])
def test_no_other_algorithm_is_taken(algorithm: str) -> None:
    sealer = SEALERS[SealKind.P256]
    with pytest.raises(Unsupported):
        verify_signature(sealer.certificate, sealer.sign(b"text"), b"text", algorithm)
    if algorithm:
        with pytest.raises(Unsupported):
            sealer.sign(b"text", algorithm)


@given(at=st.integers(0, 383), bit=st.integers(0, 7), kind=st.sampled_from([SealKind.P256, SealKind.RSA2048]))
@settings(max_examples=40, deadline=None)
def test_a_seal_with_one_bit_changed_is_refused(at: int, bit: int, kind: SealKind) -> None:
    sealer = SEALERS[kind]
    signature = bytearray(sealer.sign(b"text"))
    signature[at % len(signature)] ^= 1 << bit
    assert not verify_signature(sealer.certificate, bytes(signature), b"text", sealer.algorithms[0])


# Files


@pytest.mark.parametrize("kind", SealKind)
@pytest.mark.parametrize("password", ["", "pässword"])
def test_a_seal_is_loaded_from_pem_and_pkcs12(kind: SealKind, password: str) -> None:
    certificate, key = ROOT.issue("School", since=NOW, kind=kind)
    loaded = [from_pem(key_pem(key, password), certificates_pem(ROOT.certificate, certificate), password)]
    if password:
        data = pkcs12_file(key, certificate, OTHER.certificate, ROOT.certificate, password=password)
        loaded.append(from_pkcs12(data, password))
    for sealer in loaded:
        assert sealer.chain == (certificate, ROOT.certificate)
        assert verify_signature(certificate, sealer.sign(b"text"), b"text", sealer.algorithms[0])


def test_a_wrong_password_and_a_broken_file_are_told_apart_from_nothing_else() -> None:
    certificate, key = ROOT.issue("School", since=NOW)
    chain = certificates_pem(certificate)
    broken = [
        lambda: from_pem(key_pem(key, "right"), chain, "wrong"),
        lambda: from_pem(key_pem(key, "right"), chain),
        lambda: from_pem(key_pem(key), chain, "unneeded"),
        lambda: from_pem(b"no key", chain),
        lambda: from_pkcs12(pkcs12_file(key, certificate, password="right"), "wrong"),
        lambda: from_pkcs12(b"no file", ""),
    ]
    for load in broken:
        with pytest.raises(Unreadable) as refused:
            load()
        assert refused.value.reason == "seal-file"
        assert "password" in refused.value.sentence


def test_a_key_whose_certificate_is_missing_is_refused() -> None:
    _certificate, key = ROOT.issue("School", since=NOW)
    for certificates in (
        certificates_pem(ROOT.certificate),
        certificates_pem(SEALERS[SealKind.P256].certificate),
    ):
        with pytest.raises(Unreadable) as refused:
            from_pem(key_pem(key), certificates)
        assert refused.value.reason == "certificate"


def test_weak_and_foreign_keys_make_no_seal() -> None:
    weak = rsa.generate_private_key(65537, 1024)
    with pytest.raises(Unsupported):
        from_pem(key_pem(weak), certificates_pem(ROOT.certify(weak.public_key(), "School", since=NOW)))
    other = ed25519.Ed25519PrivateKey.generate()
    pem = other.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with pytest.raises(Unsupported):
        from_pem(pem, certificates_pem(ROOT.certificate))


def test_certificates_are_read_from_der_and_pem_and_from_nothing_else() -> None:
    der = ROOT.certificate.public_bytes(serialization.Encoding.DER)
    assert read_certificates(der) == (ROOT.certificate,)
    assert read_certificates(certificates_pem(ROOT.certificate, OTHER.certificate)) == (
        ROOT.certificate,
        OTHER.certificate,
    )
    for wrong in (
        b"",
        b"text",
        der[:-5],
        key_pem(new_sealing_key(SealKind.P256)),
        b"-----BEGIN CERTIFICATE-----\n",
    ):
        with pytest.raises(Unreadable):
            read_certificates(wrong)


def test_printing_a_sealer_or_an_authority_shows_no_key() -> None:
    for shown in (repr(SEALERS[SealKind.P256]), str(ROOT), repr(SealPlace("file", "hidden word"))):
        assert "key=" not in shown
        assert "signing" not in shown
        assert "hidden word" not in shown


def test_the_seal_of_an_installation_is_a_file_or_none(tmp_path: Path) -> None:
    certificate, key = ROOT.issue("School", since=NOW)
    pem, p12, above = tmp_path / "seal.pem", tmp_path / "seal.p12", tmp_path / "above.pem"
    pem.write_bytes(key_pem(key, "word") + certificates_pem(certificate))
    p12.write_bytes(pkcs12_file(key, certificate, password="word"))
    above.write_bytes(certificates_pem(OTHER.certificate, ROOT.certificate))
    assert SealPlace().open() is None
    for file in (pem, p12):
        bare, full = (SealPlace(str(file), "word", certificates=more).open() for more in ("", str(above)))
        assert isinstance(bare, Sealer)
        assert isinstance(full, Sealer)
        assert bare.chain == (certificate,)
        assert full.chain == (certificate, ROOT.certificate)
        assert verify_signature(certificate, full.sign(b"text"), b"text", "ES256")
    with pytest.raises(Unreadable, match=r"missing\.p12"):
        SealPlace(str(tmp_path / "missing.p12")).open()


# The way to a root


def lead(sealer: Sealer, *roots: x509.Certificate, moment: datetime = NOW) -> Lead:
    return way_up(sealer.certificate, sealer.above, roots, moment=moment).lead


@pytest.mark.parametrize("kind", SealKind)
def test_a_certificate_leads_to_its_own_root_and_no_other(kind: SealKind) -> None:
    sealer = SEALERS[kind]
    way = way_up(sealer.certificate, sealer.above, [OTHER.certificate, ROOT.certificate], moment=NOW)
    assert way.lead is Lead.TRUSTED
    assert way.certificates == (sealer.certificate, ROOT.certificate)
    assert lead(sealer, OTHER.certificate) is Lead.UNKNOWN_ROOT
    assert lead(sealer) is Lead.UNKNOWN_ROOT


def test_a_certificate_is_judged_as_things_stood_at_the_moment() -> None:
    root = Authority.make("Long root", since=NOW - 5 * YEAR)
    sealer = root.sealer("School", since=NOW - 2 * YEAR, until=NOW - YEAR)
    moments = [(NOW - 3 * YEAR, Lead.NOT_YET_VALID), (NOW - 1.5 * YEAR, Lead.TRUSTED), (NOW, Lead.EXPIRED)]
    for moment, told in moments:
        assert lead(sealer, root.certificate, moment=moment) is told


def test_a_root_of_the_same_name_with_another_key_is_another_root() -> None:
    twin = Authority.make("Gilde test root", since=NOW - YEAR)
    assert lead(SEALERS[SealKind.P256], twin.certificate) is not Lead.TRUSTED


def test_an_authority_is_no_seal_and_a_seal_is_no_authority() -> None:
    assert way_up(ROOT.certificate, (), [ROOT.certificate], moment=NOW).lead is Lead.NOT_FOR_SEALS
    certificate, key = ROOT.issue("Greedy", since=NOW - YEAR)
    below = Authority(certificate, key).sealer("Victim", since=NOW - YEAR)
    told = way_up(below.certificate, [certificate], [ROOT.certificate], moment=NOW).lead
    assert told in (Lead.BROKEN, Lead.NOT_FOR_SEALS, Lead.UNKNOWN_ROOT)


# PDF


@pytest.mark.parametrize("kind", SealKind)
def test_a_pdf_is_sealed_and_found_intact(kind: SealKind) -> None:
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter
    from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
    from pyhanko.sign.validation import async_validate_pdf_signature
    from pyhanko_certvalidator.context import ValidationContext

    from gilde.credentials.keys.certificates import as_asn1

    sealer = SEALERS[kind]
    writer = PdfFileWriter()
    stream = writer.add_object(generic.StreamObject(stream_data=b""))
    box = generic.ArrayObject(generic.NumberObject(each) for each in (0, 0, 100, 100))
    writer.insert_page(PageObject(contents=stream, media_box=box))
    plain, sealed = io.BytesIO(), io.BytesIO()
    writer.write(plain)
    digest = "sha384" if kind is SealKind.P384 else "sha256"
    signer = PdfSigner(
        PdfSignatureMetadata(field_name="Seal", md_algorithm=digest), signer=sealer.pdf_signer()
    )
    signer.sign_pdf(IncrementalPdfFileWriter(plain), output=sealed)
    (embedded,) = PdfFileReader(sealed).embedded_signatures
    context = ValidationContext(trust_roots=[as_asn1(ROOT.certificate)], moment=NOW, allow_fetching=False)
    status = asyncio.run(async_validate_pdf_signature(embedded, context))
    assert status.intact
    assert status.valid
    assert status.trusted
    assert status.signing_cert.dump() == sealer.certificate.public_bytes(serialization.Encoding.DER)
