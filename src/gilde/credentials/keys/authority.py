"""A certification authority of our own, for demos and tests; nobody else trusts it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from gilde.credentials.keys.certificates import Sealer, SealingKey, from_pem

_YEAR = timedelta(days=365)


class SealKind(StrEnum):
    """What key a seal has."""

    RSA2048 = "RSA-2048"
    RSA3072 = "RSA-3072"
    P256 = "P-256"
    P384 = "P-384"


def new_sealing_key(kind: SealKind) -> SealingKey:
    """Return a new private key."""
    if kind in (SealKind.RSA2048, SealKind.RSA3072):
        return rsa.generate_private_key(65537, int(kind.value.removeprefix("RSA-")))
    return ec.generate_private_key(ec.SECP256R1() if kind is SealKind.P256 else ec.SECP384R1())


@dataclass(frozen=True)
class Authority:
    """A root that gives out certificates for seals. Printing it shows no secret."""

    certificate: x509.Certificate
    key: SealingKey = field(repr=False, compare=False)

    @classmethod
    def make(
        cls, name: str, *, since: datetime, until: datetime | None = None, kind: SealKind = SealKind.P256
    ) -> Authority:
        """Return a new root, valid for ten years unless another end is given."""
        key = new_sealing_key(kind)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = _builder(subject, subject, key.public_key(), since, until or since + 10 * _YEAR)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        builder = builder.add_extension(_usage(authority=True), critical=True)
        return cls(builder.sign(key, hashes.SHA256()), key)

    def issue(
        self,
        organisation: str,
        *,
        since: datetime,
        until: datetime | None = None,
        kind: SealKind = SealKind.P256,
        country: str = "",
        legal_id: str = "",
    ) -> tuple[x509.Certificate, SealingKey]:
        """Return a new certificate for seals, valid for three years unless another end is given, and its key."""
        key = new_sealing_key(kind)
        return self.certify(
            key.public_key(), organisation, since=since, until=until, country=country, legal_id=legal_id
        ), key

    def certify(
        self,
        public: rsa.RSAPublicKey | ec.EllipticCurvePublicKey,
        organisation: str,
        *,
        since: datetime,
        until: datetime | None = None,
        country: str = "",
        legal_id: str = "",
    ) -> x509.Certificate:
        """Return a certificate for seals of a key that is elsewhere, as in a token."""
        told = {
            NameOID.COUNTRY_NAME: country,
            NameOID.ORGANIZATION_NAME: organisation,
            NameOID.ORGANIZATION_IDENTIFIER: legal_id,
            NameOID.COMMON_NAME: f"{organisation} seal",
        }
        subject = x509.Name([x509.NameAttribute(oid, value) for oid, value in told.items() if value])
        builder = _builder(self.certificate.subject, subject, public, since, until or since + 3 * _YEAR)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(_usage(authority=False), critical=True)
        above = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        return builder.add_extension(above, critical=False).sign(self.key, hashes.SHA256())

    def sealer(
        self,
        organisation: str,
        *,
        since: datetime,
        until: datetime | None = None,
        kind: SealKind = SealKind.P256,
        country: str = "",
        legal_id: str = "",
    ) -> Sealer:
        """Return a sealer with a new key and certificate."""
        certificate, key = self.issue(
            organisation, since=since, until=until, kind=kind, country=country, legal_id=legal_id
        )
        return from_pem(key_pem(key), certificates_pem(certificate, self.certificate))


def key_pem(key: SealingKey, password: str = "") -> bytes:
    """Return the private key in PEM, encrypted if there is a password."""
    hidden: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if password:
        hidden = serialization.BestAvailableEncryption(password.encode())
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, hidden)


def certificates_pem(*certificates: x509.Certificate) -> bytes:
    """Return the certificates in PEM, one after the other."""
    return b"".join(each.public_bytes(serialization.Encoding.PEM) for each in certificates)


def pkcs12_file(
    key: SealingKey, certificate: x509.Certificate, *above: x509.Certificate, password: str
) -> bytes:
    """Return a PKCS#12 file of a key with its certificates."""
    hidden = serialization.BestAvailableEncryption(password.encode())
    return pkcs12.serialize_key_and_certificates(b"seal", key, certificate, above, hidden)


def _builder(
    issuer: x509.Name,
    subject: x509.Name,
    public: rsa.RSAPublicKey | ec.EllipticCurvePublicKey,
    since: datetime,
    until: datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .issuer_name(issuer)
        .subject_name(subject)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
