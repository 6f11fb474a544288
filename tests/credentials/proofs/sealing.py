"""A small world of certificates: an authority, a school that seals, and an authority that stamps the time."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any

from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from gilde.credentials.keys.authority import Authority, SealKind, certificates_pem, key_pem, new_sealing_key
from gilde.credentials.keys.certificates import Sealer, as_asn1, from_pem

SINCE = datetime(2020, 1, 1, tzinfo=UTC)
SEALED = datetime(2025, 6, 30, 8, 0, tzinfo=UTC)
UNTIL = datetime(2026, 1, 1, tzinfo=UTC)  # of the school's certificate
LONG_AFTER = datetime(2036, 6, 30, tzinfo=UTC)
NAME = "Lasschool Gent"
LEGAL_ID = "VATBE-0123456789"


@cache
def root(which: int = 0, kind: SealKind = SealKind.P256) -> Authority:
    """Return an authority, the same each time."""
    return Authority.make(f"Root {which}", since=SINCE, until=datetime(2040, 1, 1, tzinfo=UTC), kind=kind)


@cache
def school(kind: SealKind = SealKind.P256) -> Sealer:
    """Return the seal of a school with a key of this kind, under the first root."""
    return root().sealer(NAME, since=SINCE, until=UNTIL, kind=kind, country="BE", legal_id=LEGAL_ID)


def stamping_root() -> Authority:
    return root(1, SealKind.RSA2048)


def given_out(
    by: Authority,
    key: rsa.RSAPrivateKey,
    *,
    signs: bool = True,
    purpose: x509.ObjectIdentifier | None = None,
) -> x509.Certificate:
    """Return a certificate that may sign or not, for a purpose or any."""
    rest = ("content_commitment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign")
    usage = dict.fromkeys((*rest, "encipher_only", "decipher_only"), False)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Exact Time")]))
        .issuer_name(by.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(SINCE)
        .not_valid_after(UNTIL)
        .add_extension(
            x509.KeyUsage(digital_signature=signs, key_encipherment=not signs, **usage), critical=True
        )
    )
    if purpose is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=True)
    return builder.sign(by.key, hashes.SHA256())


@cache
def _stamping_key() -> rsa.RSAPrivateKey:
    key = new_sealing_key(SealKind.RSA2048)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


@cache
def _stamping_certificate(purpose: x509.ObjectIdentifier | None) -> x509.Certificate:
    return given_out(stamping_root(), _stamping_key(), purpose=purpose)


def unfit_sealer() -> Sealer:
    """Return a sealer whose certificate is for encrypting."""
    certificate = given_out(root(), _stamping_key(), signs=False)
    return from_pem(key_pem(_stamping_key()), certificates_pem(certificate))


def stamper(
    at: datetime = SEALED,
    *,
    purpose: x509.ObjectIdentifier | None = ExtendedKeyUsageOID.TIME_STAMPING,
    digest: str | None = None,
) -> DummyTimeStamper:
    """Return an authority that stamps this moment, as pyHanko has one."""
    store = SimpleCertificateStore()
    store.register(as_asn1(stamping_root().certificate))
    private = _stamping_key().private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return DummyTimeStamper(
        as_asn1(_stamping_certificate(purpose)),
        asn1_keys.PrivateKeyInfo.load(private),
        certs_to_embed=store,
        fixed_dt=at,
        override_md=digest,
    )


def stamping(at: datetime = SEALED, **options: Any) -> Callable[[bytes], bytes]:
    """Return an authority that stamps this moment, as one would reach it over HTTP."""
    authority = stamper(at, **options)

    def ask(request: bytes) -> bytes:
        response: bytes = authority.request_tsa_response(tsp.TimeStampReq.load(request)).dump()
        return response

    return ask


def token_over(data: bytes, at: datetime = SEALED, **options: Any) -> bytes:
    """Return a time stamp of these bytes, by whatever authority."""
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": hashlib.sha256(data).digest()}
    request = tsp.TimeStampReq({"version": "v1", "message_imprint": imprint, "cert_req": True})
    token: bytes = stamper(at, **options).request_tsa_response(request)["time_stamp_token"].dump()
    return token


def plain(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def meant(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def sealed_by_hand(
    sealer: Sealer, payload: bytes, header: dict[str, Any], later: dict[str, Any] | None = None
) -> bytes:
    """Return a seal with just this header, signed rightly."""
    protected = plain(json.dumps(header).encode())
    text = payload.decode() if header.get("b64") is False else plain(payload)
    alg = header["alg"] if header.get("alg") in sealer.algorithms else sealer.algorithms[0]
    told: dict[str, Any] = {"payload": text, "protected": protected}
    told["signature"] = plain(sealer.sign(f"{protected}.{text}".encode(), alg))
    return json.dumps(told | ({"header": later} if later is not None else {})).encode()
